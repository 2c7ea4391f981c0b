"""What the documents say of settings, errors, states and files is so."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import api.problems
from docvision import errors
from docvision.cli.main import COMMANDS
from docvision.jobs.model import State
from docvision.tasks.options import OPTIONS

LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
NEVER_SENT = {
    "input",
    "request",
    "limit_exceeded",
    "engine",
    "lease_lost",
    "suspect_work",
    "cancelled",
}
"""Families that are only raised as one of their members, and what workers tell each other."""


def every_error(kind: type[errors.DocvisionError] = errors.DocvisionError):
    yield kind
    for child in kind.__subclasses__():
        yield from every_error(child)


def test_the_table_of_settings_is_what_the_command_prints(root):
    # when the command is run
    table = subprocess.run(
        [sys.executable, "-m", "docvision.cli", "settings", "--markdown"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    # then the document ends with just that
    assert (root / "docs/settings.md").read_text(encoding="utf-8").endswith(f"-->\n{table}")


def test_every_error_code_is_explained_with_its_status(root):
    text = (root / "docs/rest.md").read_text(encoding="utf-8")
    rows = {code: status for status, code in re.findall(r"^\| (\w+) \| `(\w+)`", text, re.M)}
    for kind in every_error():
        if kind.code in NEVER_SENT:
            continue
        # then it is in the table with the status that the API gives it, or in the text below
        assert f"`{kind.code}`" in text
        status = rows.get(kind.code, "job")
        assert status in ("job", str(api.problems.status_of(kind.__new__(kind))))


def test_every_state_task_and_command_is_explained(root):
    rest = (root / "docs/rest.md").read_text(encoding="utf-8")
    readme = (root / "README.md").read_text(encoding="utf-8")
    for state in State:
        assert f"| `{state}` |" in rest
    for task, options in OPTIONS.items():
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{task}` |"))
        for name, option in options.model_fields.items():
            assert f"`{option.alias or name}`" in row
    for command in COMMANDS:
        assert f"docvision {command}" in readme or f"`{command}`" in readme


@pytest.mark.parametrize(
    "document",
    ["README.md", "docs/rest.md", "docs/deploy.md", "docs/architecture.md", "docs/settings.md"],
)
def test_every_link_leads_somewhere(root, document):
    file = root / document
    for target, anchor in LINK.findall(file.read_text(encoding="utf-8")):
        there = (file.parent / target).resolve() if target else file
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [heading.lower().replace(" ", "-") for heading in headings]
