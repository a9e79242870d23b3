"""
Count the CPU instructions of a message and of a connect with callgrind, so that a busy machine does not matter.

Run:     python -m benchmarks.chat.instructions [--rounds 3] [--items 300] [ROW …]
Compare: run it at two commits with the same Python and the same libraries. Two runs of one commit differ by less than
         0.1 %, so a difference of half a percent comes from the commits.
Needs:   valgrind, and about five minutes of CPU; each process takes some 20 seconds.

The counts cover what a task does from the bytes that it reads to the bytes that it writes: WebSocket, Engine.IO,
Socket.IO, the service and group commit, and with two tasks also the relay and the encoding of bus messages. They do not
cover the network, uvicorn, the database and its driver, the connection to the bus, or Python's garbage collection.

Each row runs in two processes, one with N items and one with 3 N. The difference divided by 2 N is the count of one
item, so that the start of a process is not included.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import gc
import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

import glimpse.chat
from glimpse.chat.app import Task
from glimpse.chat.memory import MemoryStore
from glimpse.chat.outside.engineio import Engine
from glimpse.chat.outside.websocket import WebSocket
from glimpse.chat.protocol.engineio import Timing
from glimpse.chat.relay.bus import MemoryBus
from glimpse.chat.settings import read_settings
from glimpse.chat.tokens import Tokens

NOW = 1_800_000_000.0
"""The clock always shows this: with real time, each run would do different work."""

NEVER_SECONDS = 1e6
"""The interval of timers, so that none fires during a run, however slow the machine is."""

REPOSITORY = Path(__file__).parents[2]
SECRET = "s" * 32
BODY = b"x" * 100
WARM_UP_ITEMS = 50
"""Items before those that are counted, so that Python has specialised the bytecode."""

LOOP_TURNS = 6
"""After so many turns of the event loop, a connect has announced its user to everybody."""


def task_engine(store: MemoryStore, bus: MemoryBus | None) -> Engine:
    """The Engine.IO engine of a task that is wired as `glimpse serve` does it."""
    limits = {"GLIMPSE_EVENTS_PER_SECOND": "100000", "GLIMPSE_ADDRESS_REQUESTS_PER_SECOND": "100000"}
    settings = read_settings({"GLIMPSE_JWT_SECRETS": SECRET, **limits})
    timing = Timing(NEVER_SECONDS, NEVER_SECONDS)
    return Task(store, settings, bus, timing=timing, now=lambda: NOW).build().engine


def _id_maker(name: str) -> Callable[[], str]:
    """Makes predictable ids that are as long as a UUID."""
    numbers = itertools.count()
    return lambda: f"{name}-{next(numbers):034}"


# ---- Clients without a network


class Client(asyncio.Transport):
    """A client without a network: the transport of a task's WebSocket. It fills the buffer as the event loop would."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._waits_for: tuple[bytes, asyncio.Future[None]] = (b"", asyncio.get_running_loop().create_future())
        self._socket = WebSocket(lambda path: engine)
        self._socket.connection_made(self)
        self._socket.data_received(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: benchmark\r\n"
            b"upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\n"
            b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def send(self, frame: bytes) -> None:
        self._socket.get_buffer(-1)[: len(frame)] = frame
        self._socket.buffer_updated(len(frame))

    def received(self, part: bytes) -> asyncio.Future[None]:
        """Done once the task has written something that contains `part`."""
        self._waits_for = part, asyncio.get_running_loop().create_future()
        return self._waits_for[1]

    # ---- asyncio.Transport

    def write(self, data: bytes | bytearray | memoryview) -> None:
        part, received = self._waits_for
        if part in bytes(data) and not received.done():
            received.set_result(None)

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        raise AssertionError("the task closed the connection")

    abort = close


def masked_frame(data: bytes) -> bytes:
    """A client's text frame. Its mask is not zero, so that unmasking does its full work."""
    mask = b"\x5a\xc3\x0f\x96"
    repeated = (mask * (len(data) // 4 + 1))[: len(data)]
    head = bytes((0x81, 0x80 | len(data))) if len(data) < 126 else b"\x81\xfe" + len(data).to_bytes(2)
    return head + mask + (int.from_bytes(data) ^ int.from_bytes(repeated)).to_bytes(len(data))


class Store(MemoryStore):
    """Knows how `Fixture` pairs users, so that it finds a partner without searching every conversation."""

    async def partners(self, member_id: str) -> Sequence[str]:
        return [f"u{int(member_id[1:]) ^ 1}"]


@dataclass
class Fixture:
    """Pairs of users with a conversation each (u0 and u1 in c0, u2 and u3 in c1, …), and one task or two."""

    pairs: int
    tasks: int
    store: MemoryStore = field(init=False)
    engines: Sequence[Engine] = field(init=False)
    connect_frames: Sequence[bytes] = field(init=False)
    """The Socket.IO CONNECT of each user."""

    async def prepare(self) -> None:
        at = datetime.datetime.fromtimestamp(NOW, datetime.UTC)
        self.store = Store(lambda: at, _id_maker("s"))
        bus = MemoryBus() if self.tasks > 1 else None
        self.engines = [task_engine(self.store, bus) for _ in range(self.tasks)]
        tokens = Tokens([SECRET], 3600)
        self.connect_frames = [
            masked_frame(b'40{"token":"%b"}' % tokens.issue(f"u{number}", NOW).encode())
            for number in range(2 * self.pairs)
        ]
        for number in range(self.pairs):
            low, high = f"u{2 * number}", f"u{2 * number + 1}"
            await self.store.ensure_user(low)
            await self.store.ensure_user(high)
            await self.store.create_conversation(f"c{number}", low, [high])

    async def connect(self, user: int, task: int = 0) -> Client:
        client = Client(self.engines[task])
        accepted = client.received(b'40{"sid"')
        client.send(self.connect_frames[user])
        await accepted
        for _ in range(LOOP_TURNS):
            await asyncio.sleep(0)
        return client


# ---- Rows


async def _messages(count: int, total: int, tasks: int) -> None:
    fixture = Fixture(1, tasks)
    await fixture.prepare()
    frames = [
        masked_frame(b'42%d["message",{"conversationId":"c0","clientId":"m%d","body":"%b"}]' % (number, number, BODY))
        for number in range(total)
    ]
    sender, receiver = await fixture.connect(0), await fixture.connect(1, tasks - 1)
    for number in range(count):
        acknowledged, delivered = sender.received(b'43%d[{"id"' % number), receiver.received(b'42["message"')
        sender.send(frames[number])
        await acknowledged
        await delivered


async def alone(count: int, total: int) -> None:
    """A message on one task, delivered to its sender and to one other user."""
    await _messages(count, total, 1)


async def relayed(count: int, total: int) -> None:
    """A message on the first of two tasks, delivered to its sender there and to a user on the second one."""
    await _messages(count, total, 2)


async def connect(count: int, total: int) -> None:
    """A WebSocket that connects and stays; every second user has a partner who is online."""
    fixture = Fixture((total + 1) // 2, 1)
    await fixture.prepare()
    clients = [await fixture.connect(user) for user in range(count)]
    assert len(clients) == count


ROWS: dict[str, Callable[[int, int], Awaitable[None]]] = {"alone": alone, "relayed": relayed, "connect": connect}


# `total` is the same for the short and the long run, so that both prepare the same users and frames.


def run(row: str, count: int, total: int) -> None:
    """The work of one process under callgrind."""
    gc.disable()
    uvloop.run(ROWS[row](count + WARM_UP_ITEMS, total + WARM_UP_ITEMS))  # type: ignore[arg-type]
    # A clean shutdown would be counted.
    os._exit(0)


# ---- Counting


def instructions(row: str, count: int, total: int, wrapper: Sequence[str]) -> int:
    """The instructions of one whole process; 0 without callgrind. Raises SystemExit where the process fails."""
    command = [*wrapper, sys.executable, "-m", "benchmarks.chat.instructions", "--inside", row, str(count), str(total)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    process = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if process.returncode:
        raise SystemExit(f"{row} failed:\n{process.stderr[-3000:]}")
    collected = re.search(r"Collected : (\d+)", process.stderr)
    return int(collected[1]) if collected else 0


def instructions_per_item(row: str, items: int) -> float:
    callgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    short, long = (instructions(row, count, 3 * items, callgrind) for count in (items, 3 * items))
    return (long - short) / (2 * items)


def main() -> None:
    rows = "\n".join(f"  {name:8} {row.__doc__}" for name, row in ROWS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"rows:\n{rows}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="one or more of those below; default: all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", type=int, default=300, help="N of each row; the long run does 3 N")
    parser.add_argument("--inside", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        row, count, total = options.inside
        run(row, int(count), int(total))
    if not Path(glimpse.chat.__file__).is_relative_to(REPOSITORY):
        parser.error(f"glimpse is imported from another folder; set PYTHONPATH to {REPOSITORY / 'src'}")
    if unknown := set(options.rows) - ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    if not shutil.which("valgrind"):
        parser.error("valgrind is not installed")
    print(f"{'row':8} {'instructions':>14}   least to most", flush=True)
    for name in options.rows or ROWS:
        # Once without valgrind, so that Python has compiled all modules before the runs that count.
        instructions(name, 1, 1, ())
        counts = sorted(instructions_per_item(name, options.items) for _ in range(options.rounds))
        print(f"{name:8} {statistics.median(counts):14,.0f}   {counts[0]:,.0f} to {counts[-1]:,.0f}", flush=True)


if __name__ == "__main__":
    main()
