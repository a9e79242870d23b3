"""compose.yaml: the stack of the Terraform for those with a container engine."""

import asyncio
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.credentials import Credentials

from glimpse.chat.outside.child_process import are_ports_free
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.s3.embedded import FIRST_PORTS, GRPC_OFFSET, PORT_NAMES, SeaweedMissing, seaweed_program
from glimpse.chat.outside.s3.objects import S3Objects
from glimpse.chat.ports import ObjectsDown
from glimpse.chat.settings import SETTINGS, read_migration_settings, read_settings
from glimpse.operations.deployment import Deployment, plan_of
from glimpse.operations.local.balancer_configuration import (
    BalancerConfiguration,
    BalancerServer,
    balancer_configuration,
)

ROOT = Path(__file__).parents[2]
FILE = ROOT / "infrastructure" / "docker" / "compose.yaml"
PORT = 8080

ELSEWHERE = {"GLIMPSE_ALLOWED_ORIGINS"}
"""Settings of the Terraform that name something outside this machine."""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    command = [sys.executable, "-m", "glimpse", "plan", "--format", "json", "--project", str(ROOT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False)
    deployment = plan_of(done.stdout).deployment
    assert deployment
    return deployment


def tasks_of(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in compose["services"].items() if name.startswith("task-")}


def environment_of(service: dict[str, Any]) -> dict[str, str]:
    """As it is where the person who starts it has set nothing: `${NAME:-default}` is the default."""
    given: dict[str, str] = service.get("environment", {})
    assert all(isinstance(value, str) for value in given.values())
    return {name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value) for name, value in given.items()}


def test_the_file_is_valid_compose() -> None:
    checker = Path(sys.executable).parent / "check-jsonschema"
    command = [str(checker), "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_referred_to_exists(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
        assert {each["source"] for each in service.get("configs", ())} <= compose["configs"].keys()
        assert {each.partition(":")[0] for each in service.get("volumes", ())} <= compose["volumes"].keys()
        if "build" in service:
            context = FILE.parent / service["build"]["context"]
            assert (context / service["build"]["dockerfile"]).is_file()
            assert (context / ".dockerignore").is_file()
    hosts = set(re.findall(r"(?:@|//)([\w.-]+):\d+", FILE.read_text().partition("services:")[0]))
    assert hosts <= services.keys() | {"localhost", "storage.localhost"}


def test_one_service_builds_the_image_and_nobody_pulls_it(compose: dict[str, Any]) -> None:
    """Builds of one tag at the same time collide in BuildKit: image "glimpse": already exists."""
    ours = {name: service for name, service in compose["services"].items() if service["image"] == "glimpse"}
    assert [name for name, service in compose["services"].items() if "build" in service] == ["migrate"]
    assert ours.keys() > tasks_of(compose).keys()
    assert {service["pull_policy"] for name, service in ours.items() if name != "migrate"} == {"never"}
    assert all("pull_policy" not in service for name, service in compose["services"].items() if name not in ours)


def test_every_setting_is_one_of_the_service_and_is_accepted(compose: dict[str, Any]) -> None:
    known = {setting.variable for setting in SETTINGS} | {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert len(tasks_of(compose)) >= 2
    for task in tasks_of(compose).values():
        environment = environment_of(task)
        assert environment.keys() <= known
        assert read_settings(environment).bus_url == "redis://bus:6379"
        assert read_settings({**environment, "GLIMPSE_BUS_URL": "postgresql:"})
    migration = read_migration_settings(environment_of(compose["services"]["migrate"]))
    assert migration.database_app_password


def test_only_this_machine_reaches_the_ports(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_tasks_are_those_of_the_terraform(compose: dict[str, Any], deployment: Deployment) -> None:
    tasks = tasks_of(compose)
    assert len(tasks) == deployment.tasks.desired
    for task in tasks.values():
        assert task["cpus"] == deployment.tasks.vcpu
        assert task["mem_limit"] == f"{deployment.tasks.memory_mib}m"
        assert task["stop_grace_period"] == f"{deployment.tasks.stop_timeout_seconds}s"
        assert task["read_only"] is True
        environment = environment_of(task)
        described = {name: value for name, value in deployment.tasks.environment.items() if name not in ELSEWHERE}
        assert {name: environment.get(name) for name in described} == described
    assert deployment.bus == "redis"
    assert deployment.database
    assert compose["services"]["database"]["image"].startswith(f"postgres:{deployment.database.version}")


def test_the_tasks_have_the_health_check_of_the_task_definition(compose: dict[str, Any]) -> None:
    files = sorted((ROOT / "infrastructure/terraform/modules/ecs").glob("*.tf"))
    terraform = "".join(file.read_text(encoding="utf-8") for file in files)
    (probe,) = re.findall(r"health_probe = <<-PYTHON\n(.*?)\n\s*PYTHON", terraform, re.DOTALL)
    described = [line.strip().replace("${var.port}", "3001") for line in probe.splitlines()]
    check = next(iter(tasks_of(compose).values()))["healthcheck"]
    assert check["test"][:4] == ["CMD", "python3", "-I", "-c"]
    assert check["test"][4].splitlines() == described
    seconds = dict(re.findall(r"(interval|timeout|retries|startPeriod)\s+= (\d+)", terraform))
    assert check["interval"] == f"{seconds['interval']}s"
    assert check["timeout"] == f"{seconds['timeout']}s"
    assert str(check["retries"]) == seconds["retries"]
    assert check["start_period"] == f"{seconds['startPeriod']}s"


def test_the_balancer_is_that_of_glimpse_up(compose: dict[str, Any], deployment: Deployment) -> None:
    assert deployment.balancer
    configuration = BalancerConfiguration(deployment.balancer, (PORT, PORT + 1), (), "unused")
    servers = [BalancerServer(name, 3001, is_enabled=True) for name in tasks_of(compose)]
    text = balancer_configuration(configuration, servers).partition("frontend listener_2")[0]
    expected = [line.strip() for line in text.splitlines() if not re.match(r"\s+(#|stats socket)", line)]
    expected = [line.replace("bind 127.0.0.1:", "bind :") for line in expected]
    expected = [re.sub(r"^server (\S+) 127\.0\.0\.1", r"server \1 \1", line) for line in expected]
    ours = [line.strip() for line in compose["configs"]["balancer"]["content"].splitlines()]
    added = ["resolvers engine", "parse-resolv-conf", "hold valid 1s", "default-server resolvers engine init-addr none"]
    assert [line for line in ours if line not in added] == expected
    assert compose["services"]["balancer"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]


def test_haproxy_accepts_the_balancers_configuration(compose: dict[str, Any], tmp_path: Path) -> None:
    haproxy = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if not haproxy:
        pytest.skip("NOT RUN: haproxy is not installed")
    file = tmp_path / "haproxy.cfg"
    file.write_text(compose["configs"]["balancer"]["content"])
    done = subprocess.run([haproxy, "-c", "-f", str(file)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def storage(compose: dict[str, Any], tmp_path: Path) -> Iterator[str]:
    """The storage, by the arguments of its service; but on loopback and on ports that are free. Its endpoint."""
    try:
        program = seaweed_program()
    except SeaweedMissing:
        pytest.skip("NOT RUN: SeaweedFS is not installed")
    identities = tmp_path / "identities.json"
    identities.write_text(compose["configs"]["identities"]["content"])
    offsets = [number + offset for number in range(len(PORT_NAMES)) for offset in (0, GRPC_OFFSET)]
    shuffled = random.sample(FIRST_PORTS, len(FIRST_PORTS))
    first = next(first for first in shuffled if are_ports_free(*(first + offset for offset in offsets)))
    places = {"-dir": str(tmp_path), "-ip.bind": "127.0.0.1", "-s3.config": str(identities)}
    places |= {f"-{name}": str(first + n) for n, name in enumerate(PORT_NAMES)}
    given = dict(each.partition("=")[::2] for each in compose["services"]["storage"]["command"][1:])
    assert given["-s3.port"] == "8333"
    command = [program, "mini", *(f"{name}={value}" for name, value in {**given, **places}.items())]
    command += ["-s3.localSocket=s3.socket", "-filer.localSocket=filer.socket"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{first + PORT_NAMES.index('s3.port')}"
    finally:
        process.kill()
        process.wait()


def test_the_bucket_is_made_in_the_storage(compose: dict[str, Any], storage: str) -> None:
    service = compose["services"]["bucket"]
    environment = {**environment_of(service), "GLIMPSE_S3_ENDPOINT": storage}
    command = [sys.executable, *service["command"][1:]]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    task = environment_of(tasks_of(compose)["task-1"])
    credentials = Credentials(task["AWS_ACCESS_KEY_ID"], task["AWS_SECRET_ACCESS_KEY"])
    bucket = Bucket.of(storage, task["GLIMPSE_S3_REGION"], task["GLIMPSE_S3_BUCKET"])
    objects = S3Objects(bucket, credentials, time.time)
    assert asyncio.run(objects.head("nothing")) is None
    other = S3Objects(bucket, Credentials(task["AWS_ACCESS_KEY_ID"], "another secret"), time.time)
    with pytest.raises(ObjectsDown):
        asyncio.run(other.head("nothing"))
