"""`glimpse up` with real parts, in temporary folders and on free ports."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest
import socketio

from glimpse.chat.failure import Failure
from glimpse.operations import up
from glimpse.operations.deployment import Database, Deployment, Plan, Tasks
from glimpse.operations.local.local_deployment import local_deployment, pool_of_task
from glimpse.operations.options import StackOptions
from glimpse.operations.outside import running_stack
from glimpse.operations.outside.local_stack import local_stack
from glimpse.operations.outside.loopback_ports import steady_port
from glimpse.operations.state import Addresses
from tests.conftest import OWN

WAIT_SECONDS = 60.0
PASSWORD = "correct horse battery staple"

T = TypeVar("T")


def has_haproxy() -> bool:
    return bool(shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin"))


needs_haproxy = pytest.mark.skipif(not has_haproxy(), reason="HAProxy is not installed: the package haproxy")


def until(look: Callable[[], T], what: str) -> T:
    """What `look` returns as soon as that is true."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        if found := look():
            return found
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def post(url: str, body: object, token: str = "") -> Any:
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


class Up:
    """One `glimpse up` as a process of its own."""

    started = 0

    def __init__(self, data: Path, *options: str, tasks: int = 1) -> None:
        Up.started += 1
        self.data, self.said = data, data.with_suffix(f".said-{Up.started}")
        command = [sys.executable, "-m", "glimpse", "up", str(OWN), "--data", str(data), "--tasks", str(tasks)]
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [*command, "--port", "0", "--page-port", "0", *options],
                stdout=said, stderr=said, env={**os.environ, "LANG": "C.UTF-8"}, start_new_session=True,
            )  # fmt: skip

    def addresses(self) -> Addresses:
        def look() -> Addresses | None:
            assert self.process.poll() is None, self.said.read_text()
            return running_stack.find(self.data)

        return until(look, "the stack is not ready")

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, *signals: int) -> int:
        for number in signals:
            self.process.send_signal(number)
        return self.process.wait(WAIT_SECONDS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    started = Up(tmp_path_factory.mktemp("up") / "data", "--bus", "valkey", tasks=2)
    try:
        yield started
    finally:
        started.end(signal.SIGINT)


def part_of(state: Any, name: str) -> Any:
    return next(part for part in state["parts"] if part["name"] == name)


@needs_haproxy
def test_the_stack_serves_at_both_listeners_and_says_what_it_took_from_the_terraform(running: Up) -> None:
    addresses = running.addresses()
    for listener in (addresses.chat, addresses.chat_2):
        assert urllib.request.urlopen(f"{listener}/health", timeout=10).status == 200
    state = get(f"{addresses.page}/state")
    assert [task["state"] for task in state["tasks"]] == ["running", "running"]
    assert {part["name"] for part in state["parts"]} == {"balancer", "database", "bus", "storage"}
    assert all(part["state"] == "running" and part["pid"] for part in state["parts"])
    said = running.said.read_text()
    for expected in ("PostgreSQL 1", "Valkey ", "HAProxy ", "SeaweedFS ", addresses.chat, addresses.page, "0.25 vCPU"):
        assert expected in said


@needs_haproxy
def test_the_addresses_of_the_running_stack_are_shell_variables(running: Up) -> None:
    addresses = running.addresses()
    glimpse = f"{sys.executable} -m glimpse"
    script = (
        f'eval "$({glimpse} up --addresses --data {running.data})" && echo "$CHAT_URL" "$PAGE_URL" "$S3_BUCKET"'
        ' && psql "$DATABASE_URL" -Atc "show max_connections"'
    )
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [addresses.chat, addresses.page, addresses.bucket, "79"]


@needs_haproxy
def test_a_second_stack_on_the_same_data_says_where_the_first_one_is(running: Up) -> None:
    page = running.addresses().page
    second = Up(running.data, tasks=1)
    assert second.process.wait(WAIT_SECONDS) == 2
    assert page in second.said.read_text()
    assert get(f"{page}/state")["tasks"]


@needs_haproxy
@pytest.mark.parametrize("name", ["database", "bus", "storage", "balancer"])
def test_a_part_that_is_killed_starts_again_at_the_same_address_and_messages_go_on(running: Up, name: str) -> None:
    addresses = running.addresses()
    began = get(f"{addresses.page}/state")
    before = part_of(began, name)
    sent = asyncio.run(messages_around(addresses.chat, lambda: os.kill(before["pid"], signal.SIGKILL), name))
    assert sent == [1, 2, 3]

    def restarted() -> Any:
        part = part_of(get(f"{addresses.page}/state"), name)
        return part if part["restarts"] > before["restarts"] and part["state"] == "running" else None

    assert until(restarted, f"{name} is not started again")["pid"] != before["pid"]
    state = get(f"{addresses.page}/state")
    assert state["addresses"] == began["addresses"]
    codes = [event["code"] for event in state["timeline"] if event["subject"] == name]
    assert codes[-2:] == ["up_part_ended", "up_part_serves"]


async def messages_around(chat: str, kill: Callable[[], None], name: str) -> list[int]:
    """The seqs of a message before a part dies, of one while it is away, and of one later."""
    users = [post(f"{chat}/auth/signup", {"handle": f"{name}{who}", "password": PASSWORD}) for who in ("a", "b")]
    token = users[0]["accessToken"]
    conversation = post(f"{chat}/conversations", {"memberIds": [users[1]["user"]["id"]]}, token)["id"]
    client = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.5)
    await client.connect(chat, auth={"token": token}, transports=["websocket"])
    seqs = []
    for number in range(3):
        if number == 1:
            kill()
        message = {"conversationId": conversation, "clientId": f"{number}", "body": "hello"}
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                try:
                    answer = await client.call("message", message, timeout=5)
                    if "seq" in answer:
                        break
                except socketio.exceptions.SocketIOError:
                    pass
                await asyncio.sleep(0.1)
        seqs.append(answer["seq"])
    await client.disconnect()
    return seqs


@needs_haproxy
def test_the_data_outlives_ctrl_c_and_a_kill_and_no_process_does(tmp_path: Path) -> None:
    account = {"handle": "ada", "password": PASSWORD}
    first = Up(tmp_path / "data", "--bus", "postgresql")
    try:
        post(f"{first.addresses().chat}/auth/signup", account)
        children = first.children()
        assert len(children) > 3
        assert first.end(signal.SIGINT) == 0
        assert not psutil.wait_procs(children, 0)[1]
        assert running_stack.find(first.data) is None

        second = first = Up(tmp_path / "data", "--bus", "postgresql")
        post(f"{second.addresses().chat}/auth/login", account)
        orphans = second.children()
        second.end(signal.SIGKILL)

        third = first = Up(tmp_path / "data", "--bus", "postgresql")
        post(f"{third.addresses().chat}/auth/login", account)
        assert not psutil.wait_procs(orphans, 0)[1]
        children = third.children()
        assert third.end(signal.SIGTERM, signal.SIGINT) == 0
        assert not psutil.wait_procs(children, 0)[1]
    finally:
        if first.process.poll() is None:
            first.end(signal.SIGINT)


@needs_haproxy
def test_ctrl_c_while_the_stack_starts_leaves_no_process(tmp_path: Path) -> None:
    started = Up(tmp_path / "data")
    try:
        children = until(started.children, "nothing is started")
        assert started.end(signal.SIGINT) == 0
        assert not psutil.wait_procs(children, 0)[1]
    finally:
        if started.process.poll() is None:
            started.end(signal.SIGKILL)


def test_a_taken_port_is_named_with_who_has_it_and_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started = Up(tmp_path / "data", "--port", str(port))
        assert started.process.wait(WAIT_SECONDS) == 2
    said = started.said.read_text()
    assert len(said.splitlines()) == 1
    assert f"Port {port} is taken" in said
    assert f"pid {os.getpid()}" in said
    assert "--port" in said


def options(data: Path, **changes: Any) -> StackOptions:
    return StackOptions(**{"arguments": [str(OWN)], "data": data, "port": 0, "page_port": 0, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"speed": 0.5}, "up_speed_wrong"),
        ({"speed": float("nan")}, "up_speed_wrong"),
        ({"speed": 1e9}, "up_speed_wrong"),
        ({"tasks": 0}, "up_tasks_wrong"),
        ({"tasks": 1000}, "up_tasks_wrong"),
        ({"port": 9000, "page_port": 9000}, "up_ports_equal"),
        ({"port": 70_000}, "up_port_wrong"),
        ({"page_port": -1}, "up_port_wrong"),
    ],
)
def test_options_that_no_stack_can_have_are_refused(tmp_path: Path, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Failure) as refused:
        up.validate_options(options(tmp_path, **changes))
    assert refused.value.code == code


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Failure) as refused, running_stack.only_stack(tmp_path / "file" / "data"):
        pass
    assert refused.value.code == "up_data_unwritable"


def test_another_user_may_pass_through_the_data_folder_and_read_nothing_in_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running_stack.only_stack(data):
        running_stack.publish(data, Addresses("http://page", "", "", "", "", "", ""))
        assert data.stat().st_mode & 0o777 == 0o711
        assert all(path.stat().st_mode & 0o077 == 0 for path in data.iterdir())


@pytest.mark.parametrize(("command", "module"), [("up", "psutil"), ("drill spot", "aiohttp"), ("verify", "aiohttp")])
def test_a_package_that_is_missing_is_named(tmp_path: Path, command: str, module: str) -> None:
    words = [*command.split(), str(OWN), "--data", str(tmp_path / "data")]
    program = f"import sys; sys.modules[{module!r}] = None; from glimpse.cli import main; main({words})"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert module in ran.stderr
    assert "glimpse-chat[operations]" in ran.stderr


def test_a_file_that_cannot_be_written_while_parts_start_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "balancer").touch()
    started = Up(data)
    assert started.process.wait(WAIT_SECONDS) == 2
    said = started.said.read_text()
    assert f"The data folder {data} cannot be used" in said
    assert str(data / "balancer") in said


def test_the_parts_of_a_stack_get_ports_of_their_own_before_they_listen() -> None:
    ports = [steady_port() for _ in range(200)]
    assert len(set(ports)) == 200


def test_addresses_without_a_running_stack_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Failure) as refused:
        up.print_addresses(tmp_path / "none")
    assert refused.value.code == "up_not_running"
    assert not (tmp_path / "none").exists()


def test_the_addresses_of_a_killed_stack_are_not_believed(tmp_path: Path) -> None:
    addresses = Addresses("http://page", "", "", "", "", "", "")
    with running_stack.only_stack(tmp_path):
        running_stack.publish(tmp_path, addresses)
        assert running_stack.find(tmp_path) == addresses
        with pytest.raises(Failure) as refused, running_stack.only_stack(tmp_path):
            pass
        assert refused.value.code == "up_running"
        left = (tmp_path / "up.json").read_bytes()
    (tmp_path / "up.json").write_bytes(left)
    assert running_stack.find(tmp_path) is None


def test_a_balancer_that_a_killed_stack_left_does_not_hold_the_port(tmp_path: Path) -> None:
    class PlanRead(Exception):
        """The start got as far as the plan."""

    async def read_plan() -> Plan:
        raise PlanRead

    async def start(port: int) -> None:
        async with local_stack(options(tmp_path, port=port), read_plan, lambda code, **values: None):
            pass

    folder = tmp_path / "balancer"
    folder.mkdir()
    listen = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", listen], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as left:
        assert left.stdout
        port = int(left.stdout.readline())
        (folder / "haproxy.pid").write_text(str(left.pid))
        try:
            with pytest.raises(PlanRead):
                asyncio.run(start(port))
        finally:
            left.kill()


def planned(pool: str, connections: int | None, desired: int = 3) -> Plan:
    tasks = Tasks(desired, fewest=2, most=20, environment={"GLIMPSE_DATABASE_POOL": pool} if pool else {})
    return Plan(Deployment("eu-west-1", tasks, database=Database(connections=connections)), "10")


def test_the_options_go_over_the_terraform(tmp_path: Path) -> None:
    deployment = local_deployment(planned("4", 79), options(tmp_path, tasks=1, bus="postgresql"))
    assert (deployment.tasks.desired, deployment.tasks.fewest, deployment.tasks.most) == (1, 1, 20)
    assert deployment.bus == "postgresql"


@pytest.mark.parametrize(("tasks", "expected"), [(1, (1, 0)), (2, (1, 1)), (6, (4, 2)), (None, (2, 1))])
def test_other_numbers_of_tasks_are_placed_in_the_proportion_of_the_terraform(
    tmp_path: Path, tasks: int | None, expected: tuple[int, int]
) -> None:
    plan = Plan(Deployment("eu-west-1", Tasks(3, fewest=2, most=7, on_demand=2, spot=1)), "10")
    found = local_deployment(plan, options(tmp_path, tasks=tasks)).tasks
    assert (found.on_demand, found.spot) == expected


def test_a_pool_that_the_database_cannot_serve_is_lowered_to_the_share_of_a_task_at_a_deploy(tmp_path: Path) -> None:
    for pool, connections, desired, expected in (
        ("100", 79, 3, 11),
        ("4", 79, 3, 4),
        ("", None, 2, 4),
        ("9", 20, 20, 1),
    ):
        deployment = local_deployment(planned(pool, connections, desired), options(tmp_path))
        assert pool_of_task(deployment) == expected
