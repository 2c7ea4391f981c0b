"""The compose file keeps the promises of docs/deploy.md, as far as that shows without Docker."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from docvision.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
KEYS = {
    "build", "cap_drop", "command", "depends_on", "deploy", "environment", "healthcheck", "image",
    "init", "mem_limit", "networks", "ports", "profiles", "read_only", "restart", "security_opt",
    "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_uses_keys_networks_and_volumes_that_there_are(name):
    service = SERVICES[name]
    assert set(service) <= KEYS
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(COMPOSE["volumes"])
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_health_check_and_no_rights_to_spare(name):
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name != "vllm":  # an image of others, which writes its caches: docs/deploy.md says so
        assert service["read_only"] is True
        assert service["user"].partition(":")[0] != "0"
        assert service["mem_limit"]


def test_only_the_api_has_a_port_and_that_on_this_machine_alone():
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["api"]
    assert SERVICES["api"]["ports"] == ["${BIND:-127.0.0.1}:${PORT:-8400}:8400"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_gpu_profile_is_a_vllm_server_and_a_worker_that_asks_it():
    assert {name for name in SERVICES if SERVICES[name].get("profiles")} == {"vllm", "worker-gpu"}
    asked = SERVICES["worker-gpu"]["environment"]["DOCVISION_ENGINE_MODEL"]
    assert asked in SERVICES["vllm"]["command"]


@pytest.mark.parametrize("name", ["api", "worker", "worker-gpu"])
def test_the_environment_of_a_service_is_made_of_known_settings(name):
    environment = SERVICES[name]["environment"]
    settings = Settings.from_env(environment)
    assert settings.redis_url == "redis://redis:6379/0"
    assert str(settings.data_dir) == "/data"


def test_the_image_file_has_the_targets_and_runs_commands_that_the_wheel_has():
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name in ("api", "worker"):
        assert f" AS {SERVICES[name]['build']['target']}\n" in text
        assert f'CMD ["docvision-{name}"]' in text
        assert f"docvision-{name}" in project["scripts"]
    assert "USER docvision" in text
