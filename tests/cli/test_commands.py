"""What a user of the command line sees, without a server."""

from __future__ import annotations

import socket
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version

import pytest

from docvision import errors
from docvision.cli.main import COMMANDS, exit_code
from docvision.settings import env_name, setting_fields


def test_help_names_every_command_and_loads_none_of_them(docvision):
    # when help is asked for
    shown = docvision("--help")

    # then every command is there with its line
    assert shown.returncode == 0
    for name, (_, line) in COMMANDS.items():
        assert name in shown.stdout
        assert line in shown.stdout


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "read"])
def test_the_line_in_the_list_is_the_first_of_the_commands_own_help(name):
    module, line = COMMANDS[name]
    assert import_module(module).command.help.splitlines()[0] == line


def test_the_version_is_the_packages(docvision):
    assert docvision("--version").stdout == f"docvision {version('docvision')}\n"


def test_an_unknown_command_is_answered_with_the_known_ones(docvision):
    shown = docvision("red")
    assert shown.returncode == 2
    assert "There is: read, " in shown.stderr


def test_settings_shows_every_setting_and_what_is_set_here(docvision):
    # given an environment with a setting and a secret
    shown = docvision(
        "settings", DOCVISION_LIMITS_PAGES="7", DOCVISION_ENGINE_REMOTE_API_KEY="s3cret"
    )

    # then all are shown, what is set with its default, and the secret is not
    assert shown.returncode == 0
    for path, field in setting_fields():
        assert env_name(path) in shown.stdout
        assert field.description in shown.stdout
    assert "DOCVISION_LIMITS_PAGES=7  (default: 2000)" in shown.stdout
    assert "s3cret" not in shown.stdout


def test_a_misspelt_setting_is_one_line_that_names_the_right_one(docvision):
    # given a setting with a typing mistake
    shown = docvision("settings", DOCVISION_LIMIT_PAGES="7")

    # then one line says so
    assert shown.returncode == 2
    assert shown.stderr == (
        "docvision: DOCVISION_LIMIT_PAGES is no setting of docvision. "
        "Did you mean DOCVISION_LIMITS_PAGES? [settings]\n"
    )


def test_without_a_server_one_line_says_how_to_start_one(docvision, tmp_path):
    # given a port on which nobody listens
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    # when jobs are asked for
    shown = docvision("jobs", "list", "--server", url)

    # then there is no traceback
    assert shown.returncode == 3
    assert shown.stderr.splitlines() == [
        f"docvision: The docvision server at {url} does not answer. `docvision up` starts one. "
        "[server_unavailable]"
    ]


def test_an_option_without_a_value_is_refused(docvision, tmp_path):
    (tmp_path / "a.txt").touch()
    shown = docvision("submit", str(tmp_path / "a.txt"), "--option", "pages")
    assert shown.returncode == 2
    assert "'pages' is not KEY=VALUE" in shown.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.Corrupt("x"), 1),
        (errors.JobNotFound("x"), 2),
        (errors.SettingsError("x"), 2),
        (errors.StackError("x"), 3),
        (errors.ServerUnavailable("x"), 3),
        (errors.JobFailed("x"), 1),
        (errors.JobCancelled("x"), 1),
    ],
)
def test_exit_codes_are_those_of_the_table(error, code):
    assert exit_code(error) == code


def test_help_loads_no_library_but_click():
    # when the command's front is imported
    program = "import docvision.cli.main, sys; print('\\n'.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    # then nothing that only a subcommand needs was loaded
    loaded = set(run.stdout.split())
    assert "click" in loaded
    assert loaded.isdisjoint({"httpx", "rich", "redis", "pydantic", "numpy", "torch"})
