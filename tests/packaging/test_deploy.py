"""What deploy/ holds fits the service: names, settings, queues and figures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from docvision.jobs.wire import queue_key
from docvision.settings import Settings
from docvision.stack.services import WORKER_GRACE

DEPLOY = Path(__file__).parents[2] / "deploy"
OBJECTS = list(yaml.safe_load_all((DEPLOY / "kubernetes/docvision.yaml").read_text("utf-8")))
PODS = [one for one in OBJECTS if one["kind"] == "Deployment"]
FIGURE = re.compile(r"docvision_\w+")
FIRST = {"Secret": "v1", "ConfigMap": "v1", "ServiceAccount": "v1", "Service": "v1"}
VERSIONS = FIRST | {
    "Deployment": "apps/v1",
    "PodDisruptionBudget": "policy/v1",
    "TriggerAuthentication": "keda.sh/v1alpha1",
    "ScaledObject": "keda.sh/v1alpha1",
}


def named(kind: str, name: str) -> Any:
    (found,) = [o for o in OBJECTS if o["kind"] == kind and o["metadata"]["name"] == name]
    return found


def containers(pod: Any) -> Any:
    return pod["spec"]["template"]["spec"]["containers"]


def test_every_object_is_of_a_known_kind_and_named_once() -> None:
    for one in OBJECTS:
        assert one["apiVersion"] == VERSIONS[one["kind"]]
    names = [(one["kind"], one["metadata"]["name"]) for one in OBJECTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("pod", PODS, ids=lambda pod: pod["metadata"]["name"])
def test_what_a_pod_refers_to_is_there(pod: Any) -> None:
    spec = pod["spec"]
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    named("ServiceAccount", spec["template"]["spec"]["serviceAccountName"])
    volumes = {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
    for container in containers(pod):
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes
        for source in container["envFrom"]:
            named("ConfigMap", source["configMapRef"]["name"])
        for variable in container["env"]:
            wanted = variable["valueFrom"]["secretKeyRef"]
            assert wanted["key"] in named("Secret", wanted["name"])["stringData"]


@pytest.mark.parametrize("pod", PODS, ids=lambda pod: pod["metadata"]["name"])
def test_a_pod_has_no_rights_to_spare(pod: Any) -> None:
    spec = pod["spec"]["template"]["spec"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["automountServiceAccountToken"] is False
    for container in containers(pod):
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert "memory" in container["resources"]["limits"]
        assert container["livenessProbe"]


def test_the_settings_are_settings_and_ask_for_keys() -> None:
    config = named("ConfigMap", "docvision")["data"]
    secret = named("Secret", "docvision")["stringData"]
    settings = Settings.from_env(config | secret)
    assert settings.api.demands_keys
    assert settings.blob_url is not None


def test_a_worker_has_time_to_hand_its_work_back() -> None:
    (worker,) = [pod for pod in PODS if pod["metadata"]["name"] == "docvision-worker"]
    given = worker["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert given >= Settings().worker.drain_seconds + WORKER_GRACE


def test_workers_are_scaled_by_the_queue_that_they_work_off() -> None:
    scaled = named("ScaledObject", "docvision-worker")["spec"]
    named("Deployment", scaled["scaleTargetRef"]["name"])
    (trigger,) = scaled["triggers"]
    assert trigger["metadata"]["listName"] == queue_key()
    login = named("TriggerAuthentication", trigger["authenticationRef"]["name"])
    for target in login["spec"]["secretTargetRef"]:
        assert target["key"] in named("Secret", target["name"])["stringData"]


def test_the_dashboard_shows_figures_that_there_are() -> None:
    board = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    code = "".join(
        path.read_text("utf-8")
        for path in (DEPLOY.parent / "api/metrics.py", DEPLOY.parent / "docvision/run/figures.py")
    )
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    for figure in {name for expression in asked for name in FIGURE.findall(expression)}:
        stem = re.sub(r"_(total|bucket|sum|count)$", "", figure)
        short = re.sub(r"^docvision_(worker_)?", "", stem)
        assert stem in code or f'"{short}"' in code or f"{short}=" in code, figure
