"""
The processor's instructions for a message and for a connect, as callgrind counts them: the same on a busy machine.

Run:     python -m benchmarks.chat.instructions [--rounds 3] [--items 300] [ROW …]
Compare: run it at two commits with the same Python and the same libraries. Two runs of one commit differ by less than
         0.1 %, so half a percent between two commits is theirs.
Needs:   valgrind. About five minutes of a processor; each single run takes some 20 seconds of them.

What is counted is what a task does between the bytes that arrive and the bytes that it writes: WebSocket, Engine.IO,
Socket.IO, the service, group commit, and with two tasks the relay and the encoding of the bus. What is not: the
network, uvicorn, the database and its driver, the carrier of a bus, and Python's search for garbage. Each row runs in
two processes, one for N items and one for 3 N; what the second counts more, divided by 2 N, is an item's share. So the
start of a process is in no figure.
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
"""Always: time that passes would do other things from run to run."""

NEVER_SECONDS = 1e6
"""Nothing that a timer does is counted, however slow the machine is."""

HERE = Path(__file__).parents[2]
SECRET = "s" * 32
BODY = b"x" * 100
WARM = 50
"""Items before those that are counted, so that Python has specialised what they run through."""

TURNS = 6
"""Turns of the loop in which a connect has greeted everybody."""


def engine_of(store: MemoryStore, bus: MemoryBus | None) -> Engine:
    """Of a task as `glimpse serve` wires it."""
    settings = read_settings({"GLIMPSE_JWT_SECRETS": SECRET, "GLIMPSE_EVENTS_PER_SECOND": "100000"})
    timing = Timing(NEVER_SECONDS, NEVER_SECONDS)
    return Task(store, settings, bus, timing=timing, now=lambda: NOW).build().engine


def _ids(name: str) -> Callable[[], str]:
    """As long as a UUID."""
    numbers = itertools.count()
    return lambda: f"{name}-{next(numbers):034}"


# ---- Clients without a network


class Client(asyncio.Transport):
    """What a task's WebSocket writes to; what is said to it lies in the buffer that the loop would have filled."""

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

    def say(self, frame: bytes) -> None:
        self._socket.get_buffer(-1)[: len(frame)] = frame
        self._socket.buffer_updated(len(frame))

    def hears(self, what: bytes) -> asyncio.Future[None]:
        """Is done when something with this in it was written."""
        self._waits_for = what, asyncio.get_running_loop().create_future()
        return self._waits_for[1]

    # ---- What a WebSocket asks of its transport

    def write(self, data: bytes | bytearray | memoryview) -> None:
        what, heard = self._waits_for
        if what in bytes(data) and not heard.done():
            heard.set_result(None)

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        raise AssertionError("the task hung up")

    abort = close


def framed(data: bytes) -> bytes:
    """What a client sends; the mask is not zeros, so that taking it off is work."""
    mask = b"\x5a\xc3\x0f\x96"
    repeated = (mask * (len(data) // 4 + 1))[: len(data)]
    head = bytes((0x81, 0x80 | len(data))) if len(data) < 126 else b"\x81\xfe" + len(data).to_bytes(2)
    return head + mask + (int.from_bytes(data) ^ int.from_bytes(repeated)).to_bytes(len(data))


class Store(MemoryStore):
    """Finds partners without a look at every conversation, as a database does; as `Scene` made them."""

    async def partners(self, member_id: str) -> Sequence[str]:
        return [f"u{int(member_id[1:]) ^ 1}"]


@dataclass
class Scene:
    """So many pairs of users, each with a conversation: u0 and u1 in c0, u2 and u3 in c1, …; and one task, or two."""

    pairs: int
    tasks: int
    store: MemoryStore = field(init=False)
    engines: Sequence[Engine] = field(init=False)
    greetings: Sequence[bytes] = field(init=False)

    async def set(self) -> None:
        at = datetime.datetime.fromtimestamp(NOW, datetime.UTC)
        self.store = Store(lambda: at, _ids("s"))
        bus = MemoryBus() if self.tasks > 1 else None
        self.engines = [engine_of(self.store, bus) for _ in range(self.tasks)]
        tokens = Tokens([SECRET], 3600)
        self.greetings = [
            framed(b'40{"token":"%b"}' % tokens.issued(f"u{number}", NOW).encode()) for number in range(2 * self.pairs)
        ]
        for number in range(self.pairs):
            low, high = f"u{2 * number}", f"u{2 * number + 1}"
            await self.store.ensure_user(low)
            await self.store.ensure_user(high)
            await self.store.create_conversation(f"c{number}", low, [high])

    async def joined(self, user: int, task: int = 0) -> Client:
        client = Client(self.engines[task])
        heard = client.hears(b'40{"sid"')
        client.say(self.greetings[user])
        await heard
        for _ in range(TURNS):
            await asyncio.sleep(0)
        return client


# ---- Rows


async def _messages(count: int, most: int, tasks: int) -> None:
    scene = Scene(1, tasks)
    await scene.set()
    frames = [
        framed(b'42%d["message",{"conversationId":"c0","clientId":"m%d","body":"%b"}]' % (number, number, BODY))
        for number in range(most)
    ]
    sender, other = await scene.joined(0), await scene.joined(1, tasks - 1)
    for number in range(count):
        acknowledged, heard = sender.hears(b'43%d[{"id"' % number), other.hears(b'42["message"')
        sender.say(frames[number])
        await acknowledged
        await heard


async def alone(count: int, most: int) -> None:
    """A message on one task, told to its sender and to the other one."""
    await _messages(count, most, 1)


async def relayed(count: int, most: int) -> None:
    """A message on the first of two tasks, whose other member is on the second."""
    await _messages(count, most, 2)


async def connect(count: int, most: int) -> None:
    """A WebSocket that comes, joins and stays; every second user meets their partner."""
    scene = Scene((most + 1) // 2, 1)
    await scene.set()
    kept = [await scene.joined(user) for user in range(count)]
    assert len(kept) == count


ROWS: dict[str, Callable[[int, int], Awaitable[None]]] = {"alone": alone, "relayed": relayed, "connect": connect}


# The longer run and the shorter one make the same users and the same frames; so these are in no difference.


def run(row: str, count: int, most: int) -> None:
    """What a process under callgrind does."""
    gc.disable()
    uvloop.run(ROWS[row](count + WARM, most + WARM))  # type: ignore[arg-type]
    # To take everything down again would be counted.
    os._exit(0)


# ---- Counting


def instructions(row: str, count: int, most: int, through: Sequence[str]) -> int:
    """All that one process executes. Raises SystemExit where it fails."""
    command = [*through, sys.executable, "-m", "benchmarks.chat.instructions", "--inside", row, str(count), str(most)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{row} failed:\n{done.stderr[-3000:]}")
    collected = re.search(r"Collected : (\d+)", done.stderr)
    return int(collected[1]) if collected else 0


def an_item(row: str, items: int) -> float:
    callgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    few, many = (instructions(row, count, 3 * items, callgrind) for count in (items, 3 * items))
    return (many - few) / (2 * items)


def main() -> None:
    rows = "\n".join(f"  {name:8} {row.__doc__}" for name, row in ROWS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"rows:\n{rows}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="one of those below; none is all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", type=int, default=300, help="N of each row; the longer run does three times as many")
    parser.add_argument("--inside", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        row, count, most = given.inside
        run(row, int(count), int(most))
    if not Path(glimpse.chat.__file__).is_relative_to(HERE):
        parser.error(f"glimpse is imported from elsewhere; set PYTHONPATH to {HERE / 'src'}")
    if unknown := set(given.rows) - ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    if not shutil.which("valgrind"):
        parser.error("valgrind is not installed")
    print(f"{'row':8} {'instructions':>14}   least to most", flush=True)
    for name in given.rows or ROWS:
        # Once without valgrind: what Python compiles, it keeps for the runs that count.
        instructions(name, 1, 1, ())
        found = sorted(an_item(name, given.items) for _ in range(given.rounds))
        print(f"{name:8} {statistics.median(found):14,.0f}   {found[0]:,.0f} to {found[-1]:,.0f}", flush=True)


if __name__ == "__main__":
    main()
