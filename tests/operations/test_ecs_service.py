"""An ECS service of real tasks, with a real balancer and database. Drain and delays are short: the speed is high."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import asyncpg
import psutil
import pytest

from glimpse.chat.failure import Failure
from glimpse.chat.outside.child_process import free_port
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.operations.deployment import Balancer, Deployment, HealthCheck, Tasks
from glimpse.operations.local.placement import server_names
from glimpse.operations.outside import ecs_task, orphans
from glimpse.operations.outside.ecs_service import EcsService
from glimpse.operations.outside.haproxy import HaProxy
from glimpse.operations.outside.launcher import launch_command
from glimpse.operations.outside.orphans import write_pid
from glimpse.operations.state import FARGATE, FARGATE_SPOT, RUNNING, TaskState
from glimpse.operations.timings import Timings

pytestmark = pytest.mark.skipif(
    not (shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")), reason="haproxy is not installed"
)
TASKS = Tasks(
    desired=2,
    fewest=2,
    most=4,
    vcpu=1.0,
    on_demand=1,
    spot=1,
    environment={"GLIMPSE_DATABASE_POOL": "3", "GLIMPSE_UPLOADS": "unknown to the service"},
)
DEPLOYMENT = Deployment(
    "ap-northeast-2", TASKS, Balancer(is_sticky=True, health_check=HealthCheck("/health", healthy=2))
)
TIMINGS = Timings(speed=200, notice=3, stop_timeout=3, drain=1, deregistration_delay=0.3)
LONGEST_SECONDS = 60
SERVING = "task_serving"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    async def make_schema(url: str) -> None:
        connection = await asyncpg.connect(url)
        await migrate(connection)
        await connection.close()

    with EmbeddedPostgres(tmp_path_factory.mktemp("database")) as url:
        asyncio.run(make_schema(url))
        yield url


class Stand:
    def __init__(self, folder: Path, database: str, more: Mapping[str, str]) -> None:
        self.events: list[tuple[str, str, dict[str, str | int | float]]] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.port = free_port()
        self.haproxy = HaProxy(folder, DEPLOYMENT.balancer, (self.port, free_port()), [], server_names(TASKS.desired))
        parts = {"GLIMPSE_DATABASE_URL": database, "GLIMPSE_BUS_URL": "postgresql:", "GLIMPSE_JWT_SECRETS": "s" * 32}
        self.service = EcsService(DEPLOYMENT, TIMINGS, self.haproxy, {**parts, **more}, folder, self.record)

    def record(self, subject: str, code: str, **values: str | int | float) -> None:
        self.events.append((subject, code, values))

    def codes(self, subject: str) -> list[str]:
        return [code for each, code, _ in self.events if each == subject]

    def task(self, name: str) -> TaskState:
        return next(task for task in self.service.states() if task.name == name)

    def names(self) -> list[str]:
        return [task.name for task in self.service.states() if task.is_registered]

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await asyncio.sleep(0.02)

    async def socket(self, server: str) -> asyncio.StreamReader:
        """A WebSocket through the balancer to the task of this server. It ends when the balancer or the task closes it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Cookie: AWSALB={server}\r\n\r\n".encode()
        )
        assert b" 101 " in await reader.readline()
        self.writers.append(writer)
        return reader


@asynccontextmanager
async def stand(folder: Path, database: str, more: Mapping[str, str]) -> AsyncIterator[Stand]:
    made = Stand(folder, database, more)
    try:
        await asyncio.gather(made.haproxy.start(), made.service.start())
        yield made
    finally:
        for writer in made.writers:
            writer.close()
        await made.service.stop()
        await made.haproxy.stop()
        made.haproxy.close()
        assert not list(folder.glob("*.pid"))


def run(folder: Path, database: str, work: Callable[[Stand], Awaitable[None]], **more: str) -> Stand:
    async def work_on_stand() -> Stand:
        async with asyncio.timeout(LONGEST_SECONDS), stand(folder, database, more) as made:
            await work(made)
            return made

    return asyncio.run(work_on_stand())


def test_all_tasks_start_at_once_and_nothing_is_left_at_the_end(tmp_path: Path, database: str) -> None:
    pids: list[int | None] = []

    async def work(stand: Stand) -> None:
        starting = [code for _, code, _ in stand.events[:2]]
        assert starting == ["task_starting", "task_starting"]
        samples = await stand.service.sample()
        assert all(samples.values())
        first, second = stand.service.states()
        assert (first.name, first.capacity_provider, second.name) == ("task-1", FARGATE, "task-2")
        assert (second.capacity_provider, second.state, second.is_registered) == (FARGATE_SPOT, RUNNING, True)
        assert first.memory_mib
        assert first.database_connections <= 3
        pids.extend((first.pid, second.pid, stand.haproxy.pid))

    run(tmp_path, database, work)
    assert len(pids) == 3
    assert not any(pid and psutil.pid_exists(pid) for pid in pids)


def test_a_reclaimed_task_leaves_the_balancer_and_is_replaced_at_once(tmp_path: Path, database: str) -> None:
    async def work(stand: Stand) -> None:
        await stand.service.reclaim_task("task-2", Random(1))
        assert sorted(stand.names()) == ["task-1", "task-3"]
        assert stand.task("task-3").capacity_provider == FARGATE_SPOT
        order = [(subject, code) for subject, code, _ in stand.events]
        began = order.index(("task-2", "task_reclaimed"))
        # Neither waits for the drain, which ends with the task.
        assert order.index(("task-3", "task_starting")) < order.index(("task-2", "task_ended"))
        assert began < order.index(("task-2", "task_deregistered")) < order.index(("task-2", "task_ended"))
        with pytest.raises(Failure) as failed:
            await stand.service.reclaim_task("task-2", Random(1))
        assert failed.value.code == "task_not_running"
        assert sorted(str(failed.value.values["names"]).split(", ")) == ["task-1", "task-3"]

    run(tmp_path, database, work)


def test_a_reclaimed_task_that_does_not_end_is_cut_and_killed(tmp_path: Path, database: str) -> None:
    async def work(stand: Stand) -> None:
        reader = await stand.socket(stand.task("task-2").server)
        pid = stand.task("task-2").pid
        assert pid
        # A stopped process does nothing about SIGTERM.
        os.kill(pid, signal.SIGSTOP)
        reclaimed = asyncio.create_task(stand.service.reclaim_task("task-2", Random(1)))
        await reader.read()
        assert "task_cut" in stand.codes("task-2")
        assert "task_stop_timeout" not in stand.codes("task-2")
        await reclaimed
        assert stand.codes("task-2")[-2:] == ["task_stop_timeout", "task_ended"]

    run(tmp_path, database, work)


def test_a_task_that_fails_the_health_check_is_replaced_after_its_grace_period(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(stand: Stand) -> None:
        hung = stand.task("task-1")
        assert hung.pid
        os.kill(hung.pid, signal.SIGSTOP)
        stand.service.replace_unhealthy([hung.server])
        assert stand.names() == ["task-1", "task-2"]
        monkeypatch.setattr(ecs_task, "GRACE_SECONDS", 0.0)
        stand.service.replace_unhealthy([hung.server])
        await stand.until(lambda: sorted(stand.names()) == ["task-2", "task-3"] and len(stand.service.states()) == 2)
        left = [code for code in stand.codes("task-1") if code not in ("task_starting", SERVING)]
        assert left == ["task_unhealthy", "task_deregistered", "task_stopping", "task_stop_timeout", "task_ended"]

    run(tmp_path, database, work)


def test_a_killed_task_is_replaced_after_a_drawn_start_time(tmp_path: Path, database: str) -> None:
    async def work(stand: Stand) -> None:
        await stand.service.kill_task("task-1", Random(7))
        assert stand.task("task-3").capacity_provider == FARGATE
        (serving,) = [values["seconds"] for name, code, values in stand.events if (name, code) == ("task-3", SERVING)]
        assert float(serving) >= round(TIMINGS.start_seconds(Random(7)), 1)

    run(tmp_path, database, work)


def test_a_task_that_the_system_does_not_start_counts_as_one_that_died(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(stand: Stand) -> None:
        with monkeypatch.context() as full:
            full.setattr(orphans.Path, "write_text", no_space)
            pid = stand.task("task-1").pid
            assert pid
            os.kill(pid, signal.SIGKILL)
            await stand.until(lambda: "task_died" in stand.codes("task-3"))
            assert "No space left" in str(stand.task("task-3").explanation)
        await stand.until(lambda: len(stand.names()) == 2)

    def no_space(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    run(tmp_path, database, work)


def test_tasks_that_keep_dying_are_replaced_after_pauses(tmp_path: Path, database: str) -> None:
    async def work(stand: Stand) -> None:
        for name in ("task-1", "task-2"):
            pid = stand.task(name).pid
            assert pid
            os.kill(pid, signal.SIGKILL)
            await stand.until(lambda name=name: "task_died" in stand.codes(name))
        await stand.until(lambda: len(stand.names()) == 2)
        assert ("task-1", "task_died", {"exit": 137}) in stand.events, "SIGKILL, as ECS shows it"
        assert "task_restart_waits" not in stand.codes("task-1")
        assert "task_restart_waits" in stand.codes("task-2")

    run(tmp_path, database, work)


def test_a_deployment_replaces_all_tasks_and_never_has_too_few(tmp_path: Path, database: str) -> None:
    async def work(stand: Stand) -> None:
        fewest = [2]
        socket = await stand.socket(stand.task("task-1").server)
        deployed = asyncio.create_task(stand.service.deploy({"GLIMPSE_DATABASE_POOL": "2"}, Random(3)))
        while not deployed.done():
            fewest.append(len(stand.names()))
            await asyncio.sleep(0.005)
        await deployed
        assert min(fewest) == 2
        assert sorted(stand.names()) == ["task-3", "task-4"]
        # The balancer lets a task go before it is stopped, and closes what is left after the delay.
        await socket.read()
        left = [code for code in stand.codes("task-1") if code not in ("task_starting", SERVING)]
        assert left == ["task_deregistered", "task_cut", "task_stopping", "task_ended"]
        providers = sorted(task.capacity_provider for task in stand.service.states())
        assert providers == [FARGATE, FARGATE_SPOT]
        # The settings stay in force for later tasks.
        await stand.service.kill_task("task-3", Random(3))
        for task in stand.service.states():
            assert task.pid
            assert psutil.Process(task.pid).environ()["GLIMPSE_DATABASE_POOL"] == "2"

    run(tmp_path, database, work)


def test_a_deployment_whose_tasks_cannot_start_is_rolled_back(tmp_path: Path, database: str) -> None:
    async def work(stand: Stand) -> None:
        with pytest.raises(Failure) as failed:
            await stand.service.deploy({"GLIMPSE_DATABASE_POOL": "none"}, Random(3))
        assert failed.value.code == "deploy_rolled_back"
        assert "GLIMPSE_DATABASE_POOL" in str(failed.value.values["said"])
        assert stand.names() == ["task-1", "task-2"]
        await stand.service.kill_task("task-1", Random(3))
        assert len(stand.names()) == 2

    run(tmp_path, database, work)


def test_tasks_that_cannot_start_fail_with_what_they_said(tmp_path: Path, database: str) -> None:
    async def work(stand: Stand) -> None:
        raise AssertionError("the service has started")

    with pytest.raises(Failure) as failed:
        run(tmp_path, database, work, GLIMPSE_KEEP_ALIVE_SECONDS="long")
    assert failed.value.code == "tasks_not_started"
    assert "GLIMPSE_KEEP_ALIVE_SECONDS" in str(failed.value.values["said"])


def test_cutting_clients_closes_the_sockets_of_all_tasks(tmp_path: Path, database: str) -> None:
    async def work(stand: Stand) -> None:
        sockets = [await stand.socket(task.server) for task in stand.service.states()]
        await stand.service.cut_clients()
        for socket in sockets:
            await socket.read()
        assert len(stand.names()) == 2

    run(tmp_path, database, work)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_what_was_launched_ends_with_a_process_that_is_killed() -> None:
    parent = textwrap.dedent(
        """
        import subprocess, sys
        from glimpse.operations.outside.launcher import launch_command
        child = subprocess.Popen(launch_command(["sleep", "60"]))
        print(child.pid, flush=True)
        child.wait()
        """
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = psutil.Process(int(process.stdout.readline()))
        # It has been launched once the launcher has become the program.
        wait_until(lambda: child.name() == "sleep")
        process.kill()
        wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_the_next_start_ends_tasks_that_a_killed_process_left(tmp_path: Path, database: str) -> None:
    orphan = subprocess.Popen(["sleep", "60"], cwd=tmp_path)
    stranger = subprocess.Popen(["sleep", "60"], cwd="/")
    write_pid(tmp_path, "task-1", orphan.pid)
    write_pid(tmp_path, "task-2", stranger.pid)

    async def work(stand: Stand) -> None:
        assert stand.events[0] == ("service", "orphans_ended", {"count": 1})

    try:
        run(tmp_path, database, work)
        # psutil has waited for it, so its exit code is not known here.
        assert orphan.poll() is not None
        assert stranger.poll() is None
    finally:
        for process in (orphan, stranger):
            process.kill()
            process.wait()


def test_a_launched_program_gets_its_words_as_they_are() -> None:
    words = ["a b", "--", "-c", "ü"]
    command = launch_command([sys.executable, "-c", "import sys; print(sys.argv[1:])", *words])
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == str(words)


def test_a_program_that_cannot_be_launched_is_one_line(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("no program")
    program.chmod(0o755)
    ran = subprocess.run(launch_command([str(program)]), capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr == f"{program}: Exec format error\n"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
