"""What docker-compose.yml and the Dockerfile say is run here, process by process, on real servers."""

import json
import re
import shlex
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from campaigns import heartbeats
from tests.flows.stage import Stage, free_port
from tests.short import ONCE

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
OWN_PORT = "8000"
SERVED_PROCESSES = ("web", "worker-send", "worker-events", "worker-journeys", "worker-upkeep", "beat")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def here(command: Sequence[str], folder: Path, port: int) -> list[str]:
    """A container's command with this machine's folder and a free port."""
    return [part.replace("/data", str(folder)).replace(OWN_PORT, str(port)) for part in command]


def health(port: int) -> dict[str, Any]:
    """What `/healthz` says; empty while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)
    except OSError:
        return {}


@ONCE
def test_the_processes_of_the_containers_make_a_healthy_installation(
    services: dict[str, Any], stage: Stage, tmp_path: Path
) -> None:
    port = free_port()
    stage.env |= {"DJANGO_SETTINGS_MODULE": "circolare.settings", "BASE_URL": f"http://127.0.0.1:{port}"}
    (tmp_path / "renditions").mkdir()
    run_setup(services["setup"]["command"], stage)

    for name in SERVED_PROCESSES:
        program, *arguments = here(services[name]["command"], tmp_path, port)
        stage.start(name, program, *arguments)

    stage.wait(lambda: health(port).get("status") == "ok", START_SECONDS, "health")
    assert health(port)["silent"] == []
    assert all(process.is_running for process in stage.processes if process.name != "setup")


def run_setup(command: list[str], stage: Stage) -> None:
    """The one-off service, its shell line part by part."""
    shell, option, line = command
    assert (shell, option) == ("sh", "-c")
    for part in line.split(" && "):
        program, script, *arguments = shlex.split(part)
        assert (program, script) == ("python", "manage.py")
        stage.manage(*arguments)


def test_every_queue_has_a_worker_of_its_own_and_beat_is_one(services: dict[str, Any]) -> None:
    lines = [service["command"] for service in services.values() if "celery" in service.get("command", [])]
    queues = [line[line.index("--queues") + 1] for line in lines if "--queues" in line]

    assert sorted(queues) == sorted(heartbeats.QUEUES)
    assert sum("beat" in line for line in lines) == 1


def test_the_health_check_of_the_web_container_is_ours(services: dict[str, Any]) -> None:
    kind, program, option, code = services["web"]["healthcheck"]["test"]

    assert (kind, program, option) == ("CMD", "python", "-c")
    assert "http://127.0.0.1:8000/healthz" in code
    compile(code, "healthcheck", "exec")


def test_only_loopback_ports_are_opened(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert ports != []
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_image_is_made_from_files_that_exist_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    sources = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert [name for name in sources if not (ROOT / name).exists()] == []
    assert set(sources) == let_in
    assert users == ["circolare"]


def test_the_image_runs_what_compose_runs(services: dict[str, Any]) -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    command = json.loads(next(line for line in lines if line.startswith("CMD ")).removeprefix("CMD "))
    web = services["web"]["command"]

    assert [part for part in command if part not in web] == []


def test_the_image_installs_the_lock_without_the_tools_of_developers() -> None:
    text = (ROOT / "Dockerfile").read_text()
    syncs = re.findall(r"uv sync (.+)", text)

    assert [line.split()[:2] for line in syncs] == [["--frozen", "--no-default-groups"]] * 2
    assert re.search(r"^FROM python:3\.1[1-4]-slim$", text, re.MULTILINE)
