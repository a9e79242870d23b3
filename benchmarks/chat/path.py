"""
Trace the path of a message, and of an uploaded file, through the chat's source files.

Run:     python -m benchmarks.chat.path [--times 40] [--list]
Compare: run it at two commits. The counts do not depend on the machine.
Needs:   only this repository: it starts its own PostgreSQL, and its own SeaweedFS for the file.

Two tasks run in one process and share one database, which is also their bus. The sender is connected to the first task,
the other member of the conversation to the second. From when the sender's bytes are read until all their effects are
done, the tracer records each call of a Python function in `glimpse/chat`, and each resumption of a coroutine or
generator.

    files               source files in which something was called
    moves               how often a call is in another file than the call before it
    before the service  moves up to and including the first call in service.py
    calls               all recorded calls

Work that a timer starts (the relay's tick, the sweeps) and code that dataclasses and msgspec generate are not recorded.
Each path is traced several times, and the table shows the most frequent counts, because a heartbeat on the bus
sometimes gets in between.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import urllib3
import uvloop

import glimpse.chat
from benchmarks.chat.load import LoadClient, LoadStats, connect_clients
from benchmarks.chat.polling import http_request
from benchmarks.chat.servers import SECRET, create_users
from glimpse.chat.app import Task
from glimpse.chat.outside.postgres.bus import PostgresBus
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.store import WITH_BUS, PostgresStore
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage
from glimpse.chat.settings import read_settings
from glimpse.chat.tokens import Tokens

CHAT_FOLDER = f"{Path(glimpse.chat.__file__).parent}/"
REPOSITORY = Path(__file__).parents[2]
SERVICE = "service.py"

TIMER_CALLBACKS = ("every", "Timer.run", "Engine._sweep", "Engine._tick_due")
"""Functions that timers call. Nothing that they call is recorded."""

NOT_FUNCTIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<module>")
"""Code objects that belong to the function around them; since Python 3.12 comprehensions are not even called."""

QUIET_SECONDS = 0.03
"""Waited after the last answer, so that all other effects are done, too."""

WARM_UP_MESSAGES = 20
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" * 100


@asynccontextmanager
async def two_tasks(url: str, folder: Path) -> AsyncIterator[list[int]]:
    """Run two tasks over the database at `url`, and yield their ports."""
    required = {"JWT_SECRETS": SECRET, "HOST": "127.0.0.1", "PORT": "0", "DRAIN_SECONDS": "0"}
    limits = {"EVENTS_PER_SECOND": "10000", "UPLOADS_PER_MINUTE": "10000", "ADDRESS_REQUESTS_PER_SECOND": "10000"}
    settings = read_settings({f"GLIMPSE_{name}": value for name, value in {**required, **limits}.items()})
    async with AsyncExitStack() as stack:
        storage = EmbeddedStorage(folder, lambda code, **values: None)
        stack.push_async_callback(storage.close)
        ports = []
        for _ in range(2):
            store = await PostgresStore.open(url, name=WITH_BUS)
            stack.push_async_callback(store.close)
            bus = PostgresBus(url)
            await stack.enter_async_context(bus.running())
            ports.append(await stack.enter_async_context(Task(store, settings, bus, storage).serving()))
        yield ports


# ---- Tracing


Call = tuple[str, str]
"""A source file and the function in it."""


@dataclass(frozen=True)
class Trace:
    """The recorded calls of one request, in order."""

    calls: tuple[Call, ...]

    @property
    def counts(self) -> tuple[int, int, int | None, int]:
        """The columns of the table."""
        return len(self.files), self.moves, self.moves_before_service, len(self.calls)

    @property
    def files(self) -> set[str]:
        return {file for file, _ in self.calls}

    @property
    def moves(self) -> int:
        return len(self.visits()) - 1

    @property
    def moves_before_service(self) -> int | None:
        """None where the service was never called."""
        return next((number for number, (file, _) in enumerate(self.visits()) if file == SERVICE), None)

    def visits(self) -> list[tuple[str, list[str]]]:
        """Runs of calls in the same file: the file, and the functions that were called."""
        visits: list[tuple[str, list[str]]] = []
        for file, function in self.calls:
            if not visits or visits[-1][0] != file:
                visits.append((file, []))
            visits[-1][1].append(function)
        return visits


@dataclass
class Tracer:
    """While `is_on`, records the calls in every thread that has `on_event` as its profile function."""

    is_on: bool = False
    timer_calls: int = 0
    """Calls that were left out because a timer caused them."""

    _calls: list[Call] = field(default_factory=list)

    async def trace(self, request: Callable[[], Awaitable[object]]) -> Trace:
        """Trace one request, which returns when its answers are there."""
        self._calls = []
        self.is_on = True
        await request()
        await asyncio.sleep(QUIET_SECONDS)
        self.is_on = False
        return Trace(tuple(self._calls))

    def on_event(self, frame: FrameType, event: str, argument: Any) -> None:
        """For `threading.setprofile`."""
        code = frame.f_code
        if event != "call" or not self.is_on:
            return
        if not code.co_filename.startswith(CHAT_FOLDER) or code.co_name in NOT_FUNCTIONS:
            return
        caller: FrameType | None = frame
        while caller:
            if caller.f_code.co_qualname in TIMER_CALLBACKS:
                self.timer_calls += 1
                return
            caller = caller.f_back
        self._calls.append((code.co_filename.removeprefix(CHAT_FOLDER), code.co_qualname))


@contextmanager
def traced_tasks(url: str, folder: Path, tracer: Tracer) -> Iterator[list[int]]:
    """The ports of two tasks that run in their own thread. The tracer sees that thread and those that it starts."""
    started: Future[tuple[list[int], asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with two_tasks(url, folder) as ports:
                started.set_result((ports, loop, stop))
                await stop.wait()
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    threading.setprofile(tracer.on_event)
    thread = threading.Thread(target=lambda: uvloop.run(run()))
    thread.start()
    ports, loop, stop = started.result()
    try:
        yield ports
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        threading.setprofile(None)


# ---- Requests


class MessageRequest:
    """A message from u0 on the first task to u1 on the second one."""

    def __init__(self) -> None:
        self._sender_stats, self._receiver_stats = LoadStats(), LoadStats()
        self._clients: list[LoadClient] = []

    async def connect(self, ports: Sequence[int]) -> None:
        self._clients += await connect_clients(ports[0], SECRET, 1, self._sender_stats, lambda _: ("u0", "c0"))
        self._clients += await connect_clients(ports[1], SECRET, 1, self._receiver_stats, lambda _: ("u1", "c0"))

    def close(self) -> None:
        for client in self._clients:
            client.close()

    async def send(self) -> None:
        """Return once both have the event, and the sender has the acknowledgement."""
        sender, receiver = self._sender_stats, self._receiver_stats
        sender.reset()
        receiver.reset()
        self._clients[0].send(time.perf_counter())
        while not (sender.seconds and sender.delivered and receiver.delivered):
            await asyncio.sleep(0.001)


class FileRequests:
    """An upload by u0: announce a picture, put it into the bucket, complete it, and get it."""

    steps = ("announced", "completed", "asked for")

    def __init__(self, port: int) -> None:
        self._port = port
        self._token = Tokens([SECRET], 3600).issue("u0", time.time())

    async def trace(self, tracer: Tracer) -> list[Trace]:
        """Upload one file. The trace of each step."""
        announced: dict[str, Any] = {}
        picture = {"fileName": "a.png", "contentType": "image/png", "size": len(PNG)}

        async def announce() -> None:
            announced.update(await self._request("POST", "/files/presigned-url", 201, picture))

        async def complete() -> None:
            await self._request("POST", f"/files/{announced['fileId']}/complete", 200)

        async def get() -> None:
            await self._request("GET", f"/files/{announced['fileId']}", 200)

        traces = [await tracer.trace(announce)]
        await asyncio.to_thread(self._put, announced)
        return [*traces, await tracer.trace(complete), await tracer.trace(get)]

    def _put(self, announced: dict[str, Any]) -> None:
        response = urllib3.request("PUT", announced["uploadUrl"], body=PNG, headers=announced["headers"])
        assert response.status == 200, response.data

    async def _request(self, method: str, path: str, status: int, body: dict[str, Any] | None = None) -> Any:
        connection = await asyncio.open_connection("127.0.0.1", self._port)
        data = json.dumps(body).encode() if body else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}\r\n"
        head += f"Accept: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        response = await http_request(connection, head.encode() + data, status)
        connection[1].close()
        return json.loads(response)


async def trace_requests(ports: Sequence[int], tracer: Tracer, times: int) -> dict[str, list[Trace]]:
    """`times` traces of each request, by the name of its row."""
    message, file = MessageRequest(), FileRequests(ports[0])
    await message.connect(ports)
    for _ in range(WARM_UP_MESSAGES):
        await message.send()
    # By then each task has heard a heartbeat of the other one.
    await asyncio.sleep(1)
    traces = {"a message": [await tracer.trace(message.send) for _ in range(times)]}
    message.close()
    await asyncio.sleep(0.2)
    await file.trace(tracer)
    uploads = [await file.trace(tracer) for _ in range(times)]
    for step, of_step in zip(file.steps, zip(*uploads, strict=True), strict=True):
        traces[f"a file {step}"] = list(of_step)
    return traces


def most_frequent(traces: Sequence[Trace]) -> tuple[Trace, int]:
    """A trace with the most frequent counts, and how many traces have these counts."""
    [(counts, times)] = Counter(trace.counts for trace in traces).most_common(1)
    [(trace, _)] = Counter(trace for trace in traces if trace.counts == counts).most_common(1)
    return trace, times


def table(rows: dict[str, tuple[Trace, int]], times: int) -> str:
    lines = [f"{'':20} files  moves  before the service  calls  how often"]
    for name, (trace, frequency) in rows.items():
        files, moves, moves_before_service, calls = trace.counts
        before = "–" if moves_before_service is None else moves_before_service
        lines.append(f"{name:20} {files:5}  {moves:5}  {before:>18}  {calls:5}  {frequency} of {times}")
    all_files = set().union(*(trace.files for name, (trace, _) in rows.items() if name.startswith("a file")))
    lines.append(f"{'a file, all three':20} {len(all_files):5}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=40, help="how often each path is traced")
    parser.add_argument(
        "--list", action="store_true", help="list each path: the files in order, with the functions called"
    )
    options = parser.parse_args()
    if not Path(glimpse.chat.__file__).is_relative_to(REPOSITORY):
        parser.error(f"glimpse is imported from another folder; set PYTHONPATH to {REPOSITORY / 'src'}")
    tracer = Tracer()
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "database") as url:
        asyncio.run(create_users(url, 2, 1))
        with traced_tasks(url, Path(folder) / "files", tracer) as ports:
            traces = asyncio.run(trace_requests(ports, tracer, options.times))
    if not tracer.timer_calls:
        parser.error(f"no timer called {' or '.join(TIMER_CALLBACKS)}: the counts include what timers cause")
    rows = {name: most_frequent(of_row) for name, of_row in traces.items()}
    if options.list:
        for name, (trace, _) in rows.items():
            print(name)
            for file, functions in trace.visits():
                print(f"    {file:32} {', '.join(dict.fromkeys(functions))}")
    print(table(rows, options.times))


if __name__ == "__main__":
    main()
