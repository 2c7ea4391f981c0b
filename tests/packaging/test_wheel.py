"""What `pip install` of the built wheel leaves behind, and that its three commands run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import httpx
import psutil
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without the network."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment into which only the wheel was installed."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", home, "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", wheel], check=True)
    return home


def environ(**settings: str) -> dict[str, str]:
    """An environment in which the dependencies, and only they, come from this one."""
    plain = {name: value for name, value in os.environ.items() if "DOCVISION_" not in name}
    return plain | {"PYTHONPATH": sysconfig.get_path("purelib")} | settings


def test_only_docvision_lands_in_site_packages(environment):
    # when the wheel is all that was installed
    packages = next(environment.glob("lib/python*/site-packages"))

    # then there is the package and what pip notes of it, and three commands
    assert {path.name for path in packages.iterdir()} == {"docvision", "docvision-0.1.0.dist-info"}
    commands = {path.name for path in (environment / "bin").glob("docvision*")}
    assert commands == {"docvision", "docvision-api", "docvision-worker"}


def test_the_wheel_holds_all_that_the_checkout_has(wheel):
    # given the files of the library, the API and the workers, not only the Python ones
    ours = {
        str(path.relative_to(ROOT))
        for folder in ("docvision", "api", "workers")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {f"docvision/{name}" if name[0] in "aw" else name for name in ours}

    # then each is in the wheel, the checkpoint and the scripts of the ledger too
    assert packed <= set(zipfile.ZipFile(wheel).namelist())


def test_the_command_answers_from_the_installed_package(environment, tmp_path):
    # when the installed command is asked for help and for its settings
    for arguments in (["--help"], ["--version"], ["settings"], ["up", "--help"]):
        run = subprocess.run(
            [environment / "bin" / "docvision", *arguments],
            env=environ(),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

        # then it answers
        assert run.returncode == 0, run.stderr
        assert run.stdout


@pytest.mark.parametrize("command", ["docvision-api", "docvision-worker"])
def test_a_service_without_a_redis_says_so_in_one_line(environment, tmp_path, command):
    # when a service is started with no settings at all
    run = subprocess.run(
        [environment / "bin" / command],
        env=environ(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    # then it names the setting, without a traceback
    assert run.returncode != 0
    assert run.stderr == "Set DOCVISION_REDIS_URL, or run `docvision up`.\n"


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_installed_stack_comes_up_and_goes_down(environment, tmp_path):
    # given an installation, and a folder with packages of the same names as its parts
    for name in ("api", "workers"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('not this one')")

    # when `docvision up` is run there
    command = [environment / "bin" / "docvision", "up", "--port", "0", "--data-dir", "data"]
    with subprocess.Popen(
        command, env=environ(), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as up:
        assert up.stdout is not None
        url = up.stdout.readline().split()[-1]

        # then it serves from the installed package
        assert httpx.get(f"{url}/readyz").json()["status"] == "ready"
        modules = {child.cmdline()[-1] for child in psutil.Process(up.pid).children()}
        assert {"docvision.api", "docvision.workers"} <= modules

        # and stops when it is told to
        up.send_signal(signal.SIGTERM)
        assert up.wait(timeout=60) == 0


ONLY_THESE = """
import importlib.metadata, json, sys
allowed = set(json.loads(sys.argv[1]))
owners = importlib.metadata.packages_distributions()

class Refuse:
    def find_spec(self, name, path=None, target=None):
        owner = owners.get(name.partition(".")[0], ["docvision"])
        if not allowed & {one.lower().replace("_", "-") for one in owner}:
            raise ModuleNotFoundError(f"{name} is not in the image", name=name)

sys.meta_path.insert(0, Refuse())
import api.__main__, docvision.cli.main, docvision.client, docvision.stack.probe
"""


def test_the_api_runs_with_the_packages_of_its_image_alone():
    # given what the API's image installs, and what those packages bring along
    lines = (ROOT / "deploy" / "api.txt").read_text(encoding="utf-8").splitlines()
    allowed = closure([line for line in lines if line and not line.startswith("#")])
    assert not allowed & {"torch", "transformers", "onnxruntime", "rapidocr"}

    # when the API is imported where nothing else can be
    run = subprocess.run(
        [sys.executable, "-c", ONLY_THESE, json.dumps([*allowed, "docvision"])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    # then it lacks nothing
    assert run.returncode == 0, run.stderr


def closure(requirements: list[str]) -> set[str]:
    """The distributions that these requirements bring, by what is installed here."""
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    found: set[str] = set()
    open_ends = [Requirement(line) for line in requirements]
    while open_ends:
        requirement = open_ends.pop()
        name = requirement.name.lower().replace("_", "-")
        if name in found:
            continue
        found.add(name)
        extras = [{"extra": extra} for extra in requirement.extras] or [{"extra": ""}]
        for line in requires(name) or ():
            inner = Requirement(line)
            if inner.marker is None or any(inner.marker.evaluate(extra) for extra in extras):
                open_ends.append(inner)
    return found
