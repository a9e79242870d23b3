"""`glimpse verify` on the stack of `glimpse up`, as somebody would run the two."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.operations.schemas import undescribed

STACK = str(REPOSITORY / "infrastructure/terraform/environments/startup-prod")
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8"}
START_SECONDS = 120.0


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a stack that runs, whose times are divided by 100."""
    folder = tmp_path_factory.mktemp("up")
    command = [
        sys.executable, "-m", "glimpse", "up", STACK, "--data", str(folder / "data"), "--port", "0", "--page-port", "0",
        "--speed", "100", "--lang", "en",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        up = subprocess.Popen(command, env=ENVIRONMENT, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (folder / "data/up.json").exists():
            said = (folder / "log").read_text()
            if up.poll() is not None:
                pytest.skip(f"`glimpse up` cannot run here: {said}")
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
        yield folder / "data"
    finally:
        up.send_signal(signal.SIGINT)
        up.wait()


def verified(data: Path, *arguments: str, path: str = STACK) -> tuple[int, Mapping[str, Any]]:
    """The exit code, and each check of the report by its name."""
    command = [sys.executable, "-m", "glimpse", "verify", path, "--data", str(data), "--format", "json", *arguments]
    ran = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, cwd=data, check=False)
    assert ran.stdout, ran.stderr
    assert undescribed(ran.stdout) == []
    return ran.returncode, {check["name"]: check for check in json.loads(ran.stdout)["checks"]}


QUICK = (
    "service_healthy", "websocket", "polling_stickiness", "direct_upload", "running_tasks", "spot_share",
    "alarm_ecs_cpu", "alarm_ecs_memory", "alarm_running_tasks", "alarm_balancer_5xx", "alarm_database_connections",
    "database_connections", "balancer_5xx", "engine_support", "storage_growth",
)  # fmt: skip


def test_the_stack_of_the_repository_is_confirmed_but_for_its_pools(data: Path) -> None:
    code, checks = verified(data, "--only", ",".join((*QUICK, "database_connections_at_deploy", "keep_alive", "bill")))
    # As it stands, it asks for more connections than its database has, and its tasks close idle connections after 5 s.
    refuted = {name for name, check in checks.items() if check["verdict"] == "refuted"}
    assert (code, refuted) == (1, {"database_connections_at_deploy", "keep_alive"})
    assert {name: checks[name]["verdict"] for name in QUICK} == dict.fromkeys(QUICK, "confirmed")
    assert checks["bill"]["why"]["code"] == "verify_bill_local"
    assert checks["database_connections"]["why"]["values"]["limit"] == 79


def test_without_a_plan_the_service_is_checked_all_the_same(data: Path) -> None:
    code, checks = verified(data, "--only", "websocket,alarm_ecs_cpu", "--strict", path="no-such-folder")
    assert code == 3
    assert {name: check["verdict"] for name, check in checks.items()} == {
        "websocket": "confirmed", "alarm_ecs_cpu": "unknown",
    }  # fmt: skip


def test_a_spot_task_is_taken_away_only_where_somebody_agreed(data: Path) -> None:
    # Neither needs a plan, which takes the planner a second.
    code, checks = verified(data, "--only", "spot_recovery", path="no-such-folder")
    assert (code, checks["spot_recovery"]["why"]["code"]) == (0, "verify_spot_not_agreed_local")
    code, checks = verified(data, "--only", "spot_recovery", "--yes", path="no-such-folder")
    assert (code, checks["spot_recovery"]["why"]["code"]) == (0, "verify_spot_at_speed"), checks
    assert checks["spot_recovery"]["why"]["values"]["speed"] == "100"
