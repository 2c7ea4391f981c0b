"""Every command of the documents that needs no network works when pasted.

Blocks called `console` and `python` are run, in order, one shell for a document; blocks called
`sh` are those that set up, need Docker, or do not end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docvision.settings import ApiSettings, Settings
from docvision.stack import Stack

DOCUMENTS = (
    "README.md",
    "docs/rest.md",
    "docs/deploy.md",
    "docs/howto/eval.md",
    "docs/howto/extract.md",
    "docs/howto/webhooks.md",
)
ADDRESS = "http://127.0.0.1:8400"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory):
    data = tmp_path_factory.mktemp("data")
    with Stack(Settings(data_dir=data, api=ApiSettings(port=0)), say=print) as running:
        yield running


def surroundings(stack: Stack) -> dict[str, str]:
    """The environment of someone who has activated the checkout's virtual environment."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    port = str(stack.settings.api.port)
    return os.environ | {"PATH": path, "DOCVISION_API_PORT": port, "COLUMNS": "120"}


def script_of(blocks: list[str], address: str) -> str:
    """One shell script of all lines that begin with `$ `; curl fails where the server does."""
    lines = [line[2:] for block in blocks for line in block.splitlines() if line[:2] == "$ "]
    return "\n".join(["set -eux", *lines]).replace(ADDRESS, address)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_commands_of_a_document_work(document, blocks, workplace, stack):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")

    # when all commands of the document are pasted into one shell, in order
    shell = subprocess.run(
        ["bash", "-c", script_of(blocks(document, "console"), stack.url)],
        cwd=workplace,
        env=surroundings(stack),
        capture_output=True,
        text=True,
        check=False,
    )

    # then none fails, and no answer is an error but those that the text announces
    assert shell.returncode == 0, shell.stderr
    announced = 2 if document == "docs/rest.md" else 0
    assert shell.stdout.count('"code":"') - shell.stdout.count('"problem":{"code"') == announced


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_programs_of_a_document_work(document, blocks, workplace, stack):
    for number, program in enumerate(blocks(document, "python")):
        # when a program is saved and run
        file = workplace / f"program{number}.py"
        file.write_text(program.replace(ADDRESS, stack.url), encoding="utf-8")
        run = subprocess.run(
            [sys.executable, str(file)],
            cwd=workplace,
            env=surroundings(stack),
            capture_output=True,
            text=True,
            check=False,
        )

        # then it ends well and says something
        assert run.returncode == 0, run.stderr
        assert run.stdout
