"""A real HAProxy, started as `up` starts it, before small servers that stand for tasks."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from glimpse.chat.failure import Failure
from glimpse.chat.outside.child_process import free_port
from glimpse.operations.deployment import Balancer, HealthCheck
from glimpse.operations.outside.haproxy import HaProxy

pytestmark = pytest.mark.skipif(
    not (shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")), reason="haproxy is not installed"
)
BALANCER = Balancer(is_sticky=True, health_check=HealthCheck("/health", interval_seconds=1, healthy=1, unhealthy=1))
PAGE = "http://localhost:8090"
LONGEST_SECONDS = 30


class TinyTask:
    """Answers every request with its name. It keeps `/stream` open, and answers `/health` and `/5xx` as it is told."""

    def __init__(self, name: str) -> None:
        self.name, self.is_healthy, self.port = name, True, 0
        self.heads: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        path = head.split()[1]
        fails = path == "/5xx" or (path == "/health" and not self.is_healthy)
        status = "500 Internal Server Error" if fails else "200 OK"
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\n"
            f"Connection: close\r\n\r\n{self.name}".encode()
        )
        await writer.drain()
        if path == "/stream":
            await reader.read()
        writer.close()


class Stand:
    def __init__(self, haproxy: HaProxy, ports: tuple[int, int], tasks: list[TinyTask]) -> None:
        self.haproxy, self.ports, self.tasks = haproxy, ports, tasks
        self.writers: list[asyncio.StreamWriter] = []

    async def enable_all(self) -> None:
        for server, task in zip(self.haproxy.servers, self.tasks, strict=False):
            await self.haproxy.enable(server, task.port)

    async def get(self, path: str = "/", cookie: str = "", listener: int = 0) -> str:
        reader = await self.open(path, cookie, listener)
        return (await reader.read()).decode()

    async def name(self, cookie: str = "", listener: int = 0) -> str:
        """Which task answers."""
        return (await self.get(cookie=cookie, listener=listener)).rpartition("\r\n\r\n")[2]

    async def open(self, path: str, cookie: str, listener: int) -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.ports[listener])
        header = f"Cookie: {cookie}\r\n" if cookie else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: chat\r\nConnection: close\r\n{header}\r\n".encode())
        self.writers.append(writer)
        return reader

    async def stream(self, cookie: str, listener: int = 0) -> asyncio.StreamReader:
        """A connection that stays, and has had its first byte from the task."""
        reader = await self.open("/stream", cookie, listener)
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(1)
        return reader


@asynccontextmanager
async def stand(folder: Path, balancer: Balancer = BALANCER) -> AsyncIterator[Stand]:
    tasks = [TinyTask("one"), TinyTask("two")]
    servers = [await asyncio.start_server(task.answer, "127.0.0.1", 0) for task in tasks]
    for task, server in zip(tasks, servers, strict=True):
        task.port = server.sockets[0].getsockname()[1]
    ports = (free_port(), free_port())
    haproxy = HaProxy(folder, balancer, ports, [PAGE], ["server-1", "server-2", "server-3"])
    made = Stand(haproxy, ports, tasks)
    try:
        await haproxy.start()
        yield made
    finally:
        for writer in made.writers:
            writer.close()
        await haproxy.stop()
        haproxy.close()
        for server in servers:
            server.close()


def run(folder: Path, work: Callable[[Stand], Awaitable[None]], balancer: Balancer = BALANCER) -> None:
    async def work_on_stand() -> None:
        async with asyncio.timeout(LONGEST_SECONDS), stand(folder, balancer) as made:
            await work(made)

    asyncio.run(work_on_stand())


async def until(condition: Callable[[], Coroutine[Any, Any, bool]]) -> None:
    while not await condition():
        await asyncio.sleep(0.02)


def test_requests_go_round_and_each_listener_has_its_own_cookie(tmp_path: Path) -> None:
    async def work(stand: Stand) -> None:
        await stand.enable_all()
        assert {await stand.name(), await stand.name()} == {"one", "two"}
        for listener, name in enumerate(("AWSALB", "AWSALB2")):
            answer = await stand.get(listener=listener)
            found = re.search(rf"(?i)set-cookie: ({name}=server-\d)", answer)
            assert found
            names = {await stand.name(found[1], listener) for _ in range(4)}
            assert names == {answer.rpartition("\r\n\r\n")[2]}
        # Two windows of one browser send both cookies, and are on two tasks.
        both = "AWSALB=server-1; AWSALB2=server-2"
        assert [await stand.name(both, 0), await stand.name(both, 1)] == ["one", "two"]

    run(tmp_path, work)


def test_a_leaving_task_keeps_its_connections_and_gets_no_new_ones(tmp_path: Path) -> None:
    async def work(stand: Stand) -> None:
        await stand.enable_all()
        streams = [await stand.stream("AWSALB=server-1"), await stand.stream("AWSALB2=server-1", 1)]
        other = await stand.stream("AWSALB=server-2")
        await stand.haproxy.disable("server-1")
        assert {await stand.name("AWSALB=server-1") for _ in range(3)} == {"two"}
        assert {await stand.name("AWSALB2=server-1", 1) for _ in range(3)} == {"two"}
        assert (await stand.haproxy.counters()).sessions == {"server-1": 2, "server-2": 1, "server-3": 0}
        assert not any(stream.at_eof() for stream in streams)
        await stand.haproxy.cut("server-1")
        for stream in streams:
            await stream.read()
        assert (await stand.haproxy.counters()).sessions == {"server-1": 0, "server-2": 1, "server-3": 0}
        await stand.haproxy.cut()
        await other.read()

    run(tmp_path, work)


def test_a_task_that_fails_its_health_check_gets_no_requests_until_it_passes(tmp_path: Path) -> None:
    async def work(stand: Stand) -> None:
        await stand.enable_all()
        stand.tasks[0].is_healthy = False

        async def only_the_other_answers() -> bool:
            return await stand.name("AWSALB=server-1") == "two" and await stand.name("AWSALB2=server-1", 1) == "two"

        async def it_is_back() -> bool:
            return await stand.name("AWSALB=server-1") == "one" and await stand.name("AWSALB2=server-1", 1) == "one"

        await until(only_the_other_answers)
        # The third server has no task: it is out of service, and does not fail.
        assert set((await stand.haproxy.counters()).unhealthy) == {"server-1"}
        stand.tasks[0].is_healthy = True
        await until(it_is_back)
        assert not (await stand.haproxy.counters()).unhealthy

    run(tmp_path, work)


def test_answers_with_5xx_are_counted_also_over_a_restart(tmp_path: Path) -> None:
    async def work(stand: Stand) -> None:
        # HAProxy's own: no task is there.
        assert "503 Service Unavailable" in await stand.get()
        await stand.enable_all()
        await stand.get("/5xx", listener=1)
        await stand.get("/")
        assert (await stand.haproxy.counters()).answers_5xx == 2
        assert stand.haproxy.pid
        os.kill(stand.haproxy.pid, signal.SIGKILL)
        assert await stand.haproxy.wait() == -signal.SIGKILL
        await stand.haproxy.start()
        await stand.get("/5xx")
        assert (await stand.haproxy.counters()).answers_5xx == 3

    run(tmp_path, work)


def test_a_restart_after_a_crash_finds_every_server_as_it_was(tmp_path: Path) -> None:
    async def work(stand: Stand) -> None:
        await stand.enable_all()
        await stand.haproxy.disable("server-1")
        assert stand.haproxy.pid
        os.kill(stand.haproxy.pid, signal.SIGKILL)
        await stand.haproxy.wait()
        # What changes while it is down counts, too.
        await stand.haproxy.disable("server-2")
        await stand.haproxy.enable("server-3", stand.tasks[1].port)
        await stand.haproxy.start()
        assert {await stand.name("AWSALB=server-1") for _ in range(3)} == {"two"}
        assert "AWSALB=server-3" in await stand.get()

    run(tmp_path, work)


def test_a_server_takes_a_later_task_at_another_port(tmp_path: Path) -> None:
    async def work(stand: Stand) -> None:
        await stand.haproxy.enable("server-1", stand.tasks[0].port)
        assert await stand.name() == "one"
        await stand.haproxy.disable("server-1")
        await stand.haproxy.enable("server-1", stand.tasks[1].port)
        assert [await stand.name(), await stand.name(listener=1)] == ["two", "two"]

    run(tmp_path, work)


def test_a_task_learns_the_client_and_the_live_page_may_frame_the_chat(tmp_path: Path) -> None:
    async def work(stand: Stand) -> None:
        await stand.enable_all()
        answer = await stand.get(cookie="AWSALB=server-1")
        assert "x-forwarded-for: 127.0.0.1" in stand.tasks[0].heads[-1].lower()
        assert f"content-security-policy: default-src 'self'; frame-ancestors {PAGE}\r\n" in answer

    run(tmp_path, work)


def test_an_idle_connection_is_closed_after_the_idle_timeout(tmp_path: Path) -> None:
    async def work(stand: Stand) -> None:
        await stand.enable_all()
        stream = await stand.stream("AWSALB=server-1")
        began = asyncio.get_running_loop().time()
        await stream.read()
        assert asyncio.get_running_loop().time() - began >= 0.9

    run(tmp_path, work, Balancer(is_sticky=True, idle_timeout_seconds=1))


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    async def work(stand: Stand) -> None:
        (tmp_path / "second").mkdir()
        second = HaProxy(tmp_path / "second", BALANCER, stand.ports, [], ["server-1"])
        with pytest.raises(Failure) as failed:
            await second.start()
        second.close()
        assert (failed.value.code, failed.value.values["port"]) == ("up_port_taken", stand.ports[0])

    run(tmp_path, work)


def test_without_haproxy_a_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glimpse.operations.outside.haproxy.shutil.which", lambda name, path=None: None)
    haproxy = HaProxy(tmp_path, BALANCER, (1, 2), [], ["server-1"])
    with pytest.raises(Failure) as failed:
        asyncio.run(haproxy.start())
    haproxy.close()
    assert failed.value.code == "haproxy_missing"
