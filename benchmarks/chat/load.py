"""People on raw sockets: they join, send, and note how long each acknowledgement took."""

from __future__ import annotations

import asyncio
import random
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from glimpse.chat.tokens import Tokens

BODY = "x" * 100
AT_ONCE = 100
"""So many connect at the same time."""


@dataclass
class Tally:
    """What was seen since `begin`: seconds from when a message was due until its acknowledgement, and deliveries."""

    seconds: array[float] = field(default_factory=lambda: array("d"))
    delivered: int = 0
    refused: int = 0
    lost: int = 0

    def begin(self) -> None:
        self.seconds, self.delivered, self.refused = array("d"), 0, 0

    def percentile(self, percent: float) -> float:
        """Seconds; by nearest rank."""
        ranked = sorted(self.seconds)
        return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]


class Person(asyncio.Protocol):
    """
    One socket. `again` sends the next message as soon as one is acknowledged. `client_id_length`: the clientId of each
    message has at least so many characters.
    """

    def __init__(
        self, token: str, conversation_id: str, tally: Tally, body: str = BODY, client_id_length: int = 0
    ) -> None:
        self._token, self._tally = token, tally
        self._before = f'["message",{{"conversationId":"{conversation_id}","clientId":"'.encode()
        self._after = f'","body":"{body}"}}]'.encode()
        self._run = f"{random.getrandbits(40):x}-"
        self._digits = client_id_length - len(self._run)
        self._read = b""
        self._due: dict[int, float] = {}
        self._sent = 0
        self._is_leaving = False
        self._answer: asyncio.Future[bytes]
        self.again = False
        self.joined: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: benchmark\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.joined.done():
            self.joined.set_exception(exc or ConnectionResetError("closed before it joined"))
        elif not self._is_leaving:
            self._tally.lost += 1

    def data_received(self, data: bytes) -> None:
        self._read = data = self._read + data if self._read else data
        start = 0
        if data.startswith(b"HTTP"):
            start = data.find(b"\r\n\r\n") + 4
            if not data.startswith(b"HTTP/1.1 101"):
                self.transport.abort()
                return
        while len(data) - start >= 2:
            size, body = data[start + 1], start + 2
            if size > 125:
                width = 2 if size == 126 else 8
                size, body = int.from_bytes(data[body : body + width]), body + width
            if len(data) < body + size:
                break
            self._heard(data, body, body + size)
            start = body + size
        self._read = data[start:]

    def send(self, due: float) -> None:
        """A message that should have been sent at `due`: what makes it late counts."""
        self._sent = number = self._sent + 1
        self._due[number] = due
        client_id = self._run + str(number).zfill(self._digits)
        self._say(b"42%d%b%b%b" % (number, self._before, client_id.encode(), self._after))

    async def ask(self, event: bytes) -> bytes:
        """Another event than a message, and what it is answered."""
        self._answer = asyncio.get_running_loop().create_future()
        self._say(b"420" + event)
        return await self._answer

    def leave(self) -> None:
        self._is_leaving = True
        self.transport.abort()

    def _heard(self, data: bytes, start: int, end: int) -> None:
        kind = data[start : start + 2]
        if kind == b"42":
            self._tally.delivered += data.startswith(b'["message"', start + 2)
        elif kind == b"43":
            bracket = data.index(b"[", start)
            if data[start + 2 : bracket] == b"0":
                self._answer.set_result(data[bracket:end])
                return
            due = self._due.pop(int(data[start + 2 : bracket]))
            if data.startswith(b'[{"error"', bracket):
                self._tally.refused += 1
            now = time.perf_counter()
            self._tally.seconds.append(now - due)
            if self.again:
                self.send(now)
        elif kind[:1] == b"0":
            self._say(b'40{"token":"' + self._token.encode() + b'"}')
        elif kind == b"40" or kind == b"44":
            if not self.joined.done():
                self.joined.set_result(data[start:end])
        elif kind[:1] == b"2":
            self._say(b"3")

    def _say(self, data: bytes) -> None:
        head = bytes((0x81, 0x80 | len(data))) if len(data) < 126 else b"\x81\xfe" + len(data).to_bytes(2)
        self.transport.write(head + b"\0\0\0\0" + data)


async def joined(
    port: int,
    secret: str,
    count: int,
    tally: Tally,
    who: Callable[[int], tuple[str, str]],
    address: str = "127.0.0.1",
    body: str = BODY,
    client_id_length: int = 0,
) -> list[Person]:
    """So many sockets, some at a time; `who` gives each number its user and conversation."""
    tokens, loop = Tokens([secret], 3600), asyncio.get_running_loop()
    people: list[Person] = []
    for first in range(0, count, AT_ONCE):
        some = []
        for number in range(first, min(first + AT_ONCE, count)):
            user, conversation = who(number)
            token = tokens.issued(user, time.time())
            made = loop.create_connection(
                lambda token=token, conversation=conversation: Person(
                    token, conversation, tally, body, client_id_length
                ),
                address,
                port,
            )
            some.append((await made)[1])
        await asyncio.gather(*(person.joined for person in some))
        people += some
    return people


async def closed_loop(people: Sequence[Person], tally: Tally, seconds: float, warm: float) -> float:
    """Everybody sends the next message when the last is acknowledged. The seconds that were counted."""
    now = time.perf_counter()
    for person in people:
        person.again = True
        person.send(now)
    await asyncio.sleep(warm)
    tally.begin()
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    return time.perf_counter() - began


async def settled(people: Sequence[Person]) -> None:
    """Nobody sends again, and everything is answered."""
    for person in people:
        person.again = False
    while any(person._due for person in people):
        await asyncio.sleep(0.05)


async def open_loop(people: Sequence[Person], rate: float, seconds: float, seed: int) -> None:
    """Messages arrive as they do from many people: Poisson, whether or not the ones before were answered."""
    chance = random.Random(seed)
    due = began = time.perf_counter()
    while due < began + seconds:
        due += chance.expovariate(rate)
        late = due - time.perf_counter()
        if late > 0:
            await asyncio.sleep(late)
        chance.choice(people).send(due)
