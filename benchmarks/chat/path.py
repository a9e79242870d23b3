"""
How many of our files a message enters on its way, and a file that is uploaded; and how often the way leads to another.

Run:     python -m benchmarks.chat.path [--times 40] [--list]
Compare: run it at two commits; the figures do not depend on the machine.
Needs:   nothing but this repository: its own PostgreSQL, and its own SeaweedFS for the file.

Two tasks in one process, one database, which is their bus, too. The sender is on the first task, the other member of
the conversation on the second. From when the sender's bytes are read until everything that they caused is done, each
call of a Python function that is defined in `glimpse/chat` is noted, and each time a coroutine or a generator goes on.

    files               in which something was called
    moves               from one call to the next one, where that is in another file
    before the service  the moves until the first call in service.py, that one included
    calls               all of them

Not noted: what clocks cause (the relay's tick, the sweeps), and what dataclasses and msgspec generate. Each way is
gone several times, and the most frequent figures are shown: now and then a heartbeat of the bus gets in between.
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
from benchmarks.chat.load import Person, Tally, joined
from benchmarks.chat.polling import answered
from benchmarks.chat.servers import SECRET, people
from glimpse.chat.app import Task
from glimpse.chat.outside.postgres.bus import PostgresBus
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.store import WITH_BUS, PostgresStore
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage
from glimpse.chat.settings import read_settings
from glimpse.chat.tokens import Tokens

OURS = f"{Path(glimpse.chat.__file__).parent}/"
HERE = Path(__file__).parents[2]
SERVICE = "service.py"

BY_THE_CLOCK = ("every", "Engine._sweep")
"""Functions that a clock calls: nothing below them is any message's."""

INSIDE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<module>")
"""No functions: part of the one that they are in, and since Python 3.12 not even called."""

QUIET_SECONDS = 0.03
"""After the last answer; by then everything else that was caused is done."""

WARM = 20
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" * 100


@asynccontextmanager
async def two_tasks(url: str, folder: Path) -> AsyncIterator[list[int]]:
    """Their ports."""
    given = {"JWT_SECRETS": SECRET, "HOST": "127.0.0.1", "PORT": "0", "DRAIN_SECONDS": "0"}
    limits = {"EVENTS_PER_SECOND": "10000", "UPLOADS_PER_MINUTE": "10000"}
    settings = read_settings({f"GLIMPSE_{name}": value for name, value in {**given, **limits}.items()})
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


# ---- The way


Call = tuple[str, str]
"""The file, and the function in it."""


@dataclass(frozen=True)
class Walk:
    calls: tuple[Call, ...]

    @property
    def figures(self) -> tuple[int, int, int | None, int]:
        return len(self.files), self.moves, self.before_service, len(self.calls)

    @property
    def files(self) -> set[str]:
        return {file for file, _ in self.calls}

    @property
    def moves(self) -> int:
        return len(self.stops()) - 1

    @property
    def before_service(self) -> int | None:
        """None where the service was never called."""
        return next((place for place, (file, _) in enumerate(self.stops()) if file == SERVICE), None)

    def stops(self) -> list[tuple[str, list[str]]]:
        """Each file as often as it was entered, and what was called in it until another was."""
        stops: list[tuple[str, list[str]]] = []
        for file, function in self.calls:
            if not stops or stops[-1][0] != file:
                stops.append((file, []))
            stops[-1][1].append(function)
        return stops


@dataclass
class Tracer:
    """Notes the calls of every thread that it profiles, while `is_on`."""

    is_on: bool = False
    by_the_clock: int = 0
    _calls: list[Call] = field(default_factory=list)

    async def walked(self, work: Callable[[], Awaitable[object]]) -> Walk:
        """What one piece of work causes; it is done when its answers are there."""
        self._calls = []
        self.is_on = True
        await work()
        await asyncio.sleep(QUIET_SECONDS)
        self.is_on = False
        return Walk(tuple(self._calls))

    def saw(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event != "call" or not self.is_on or not code.co_filename.startswith(OURS) or code.co_name in INSIDE:
            return
        below: FrameType | None = frame
        while below:
            if below.f_code.co_qualname in BY_THE_CLOCK:
                self.by_the_clock += 1
                return
            below = below.f_back
        self._calls.append((code.co_filename.removeprefix(OURS), code.co_qualname))


@contextmanager
def serving(url: str, folder: Path, tracer: Tracer) -> Iterator[list[int]]:
    """The ports of two tasks on a thread of their own, which is traced as are those that it starts."""
    started: Future[tuple[list[int], asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with two_tasks(url, folder) as ports:
                started.set_result((ports, loop, over))
                await over.wait()
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    threading.setprofile(tracer.saw)
    thread = threading.Thread(target=lambda: uvloop.run(run()))
    thread.start()
    ports, loop, over = started.result()
    try:
        yield ports
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        threading.setprofile(None)


# ---- What is done


class Sending:
    """A message of u0's, which u1 hears on the other task."""

    def __init__(self) -> None:
        self._mine, self._theirs = Tally(), Tally()
        self._people: list[Person] = []

    async def begin(self, ports: Sequence[int]) -> None:
        self._people += await joined(ports[0], SECRET, 1, self._mine, lambda _: ("u0", "c0"))
        self._people += await joined(ports[1], SECRET, 1, self._theirs, lambda _: ("u1", "c0"))

    def end(self) -> None:
        for person in self._people:
            person.leave()

    async def once(self) -> None:
        self._mine.begin()
        self._theirs.begin()
        self._people[0].send(time.perf_counter())
        while not (self._mine.seconds and self._mine.delivered and self._theirs.delivered):
            await asyncio.sleep(0.001)


class Uploading:
    """A picture of u0's: announced, put where the answer says, completed, and asked for."""

    steps = ("announced", "completed", "asked for")

    def __init__(self, port: int) -> None:
        self._port = port
        self._token = Tokens([SECRET], 3600).issued("u0", time.time())

    async def once(self, tracer: Tracer) -> list[Walk]:
        """A walk for each step."""
        document: dict[str, Any] = {}
        asked = {"fileName": "a.png", "contentType": "image/png", "size": len(PNG)}

        async def announced() -> None:
            document.update(await self._asked("POST", "/files/presigned-url", 201, asked))

        async def completed() -> None:
            await self._asked("POST", f"/files/{document['fileId']}/complete", 200)

        async def asked_for() -> None:
            await self._asked("GET", f"/files/{document['fileId']}", 200)

        walks = [await tracer.walked(announced)]
        await asyncio.to_thread(self._put, document)
        return [*walks, await tracer.walked(completed), await tracer.walked(asked_for)]

    def _put(self, document: dict[str, Any]) -> None:
        answer = urllib3.request("PUT", document["uploadUrl"], body=PNG, headers=document["headers"])
        assert answer.status == 200, answer.data

    async def _asked(self, method: str, path: str, status: int, body: dict[str, Any] | None = None) -> Any:
        connection = await asyncio.open_connection("127.0.0.1", self._port)
        data = json.dumps(body).encode() if body else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}\r\n"
        head += f"Accept: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        answer = await answered(connection, head.encode() + data, status)
        connection[1].close()
        return json.loads(answer)


async def walked(ports: Sequence[int], tracer: Tracer, times: int) -> dict[str, list[Walk]]:
    """The walks of everything that is done, by its name."""
    found: dict[str, list[Walk]] = {"a message": []}
    sending, uploading = Sending(), Uploading(ports[0])
    await sending.begin(ports)
    for _ in range(WARM):
        await sending.once()
    # By now each task knows of the other.
    await asyncio.sleep(1)
    found["a message"] = [await tracer.walked(sending.once) for _ in range(times)]
    sending.end()
    await asyncio.sleep(0.2)
    await uploading.once(tracer)
    tries = [await uploading.once(tracer) for _ in range(times)]
    for step, walks in zip(uploading.steps, zip(*tries, strict=True), strict=True):
        found[f"a file {step}"] = list(walks)
    return found


def usual(walks: Sequence[Walk]) -> tuple[Walk, int]:
    """One with the most frequent figures, and how many have them."""
    [(figures, times)] = Counter(walk.figures for walk in walks).most_common(1)
    [(walk, _)] = Counter(walk for walk in walks if walk.figures == figures).most_common(1)
    return walk, times


def table(shown: dict[str, tuple[Walk, int]], times: int) -> str:
    lines = [f"{'':20} files  moves  before the service  calls  how often"]
    for name, (walk, alike) in shown.items():
        files, moves, before, calls = walk.figures
        told = "–" if before is None else before
        lines.append(f"{name:20} {files:5}  {moves:5}  {told:>18}  {calls:5}  {alike} of {times}")
    together = set().union(*(walk.files for name, (walk, _) in shown.items() if name.startswith("a file")))
    lines.append(f"{'a file, all three':20} {len(together):5}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=40, help="how often each way is gone")
    parser.add_argument("--list", action="store_true", help="show each way: the files in turn, and what was called")
    given = parser.parse_args()
    if not Path(glimpse.chat.__file__).is_relative_to(HERE):
        parser.error(f"glimpse is imported from elsewhere; set PYTHONPATH to {HERE / 'src'}")
    tracer = Tracer()
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "database") as url:
        asyncio.run(people(url, 2, 1))
        with serving(url, Path(folder) / "files", tracer) as ports:
            found = asyncio.run(walked(ports, tracer, given.times))
    if not tracer.by_the_clock:
        parser.error(f"no clock called {' or '.join(BY_THE_CLOCK)}: what clocks cause was counted, too")
    shown = {name: usual(walks) for name, walks in found.items()}
    if given.list:
        for name, (walk, _) in shown.items():
            print(name)
            for file, functions in walk.stops():
                print(f"    {file:32} {', '.join(dict.fromkeys(functions))}")
    print(table(shown, given.times))


if __name__ == "__main__":
    main()
