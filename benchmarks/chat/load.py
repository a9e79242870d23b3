"""Load generator: clients on raw WebSockets that connect, send messages, and measure how long acknowledgements take."""

from __future__ import annotations

import asyncio
import random
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from glimpse.chat.tokens import Tokens

BODY = "x" * 100
CONCURRENT_CONNECTS = 100


@dataclass
class LoadStats:
    """What clients measured since `reset`."""

    seconds: array[float] = field(default_factory=lambda: array("d"))
    """For each acknowledgement, the time since its message was due."""

    delivered: int = 0
    """Message events received."""

    refused: int = 0
    lost: int = 0
    """Connections that the server closed; `reset` keeps this one."""

    def reset(self) -> None:
        self.seconds, self.delivered, self.refused = array("d"), 0, 0

    def percentile(self, percent: float) -> float:
        """In seconds, by nearest rank."""
        ranked = sorted(self.seconds)
        return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]


class LoadClient(asyncio.Protocol):
    """
    One WebSocket of one user, who sends messages to one conversation.

    While `sends_on_acknowledgement`, each acknowledgement makes it send the next message. Each message's clientId has
    at least `client_id_length` characters.
    """

    def __init__(
        self, token: str, conversation_id: str, stats: LoadStats, body: str = BODY, client_id_length: int = 0
    ) -> None:
        self._token, self._stats = token, stats
        self._before = f'["message",{{"conversationId":"{conversation_id}","clientId":"'.encode()
        self._after = f'","body":"{body}"}}]'.encode()
        self._client_id_prefix = f"{random.getrandbits(40):x}-"
        self._digits = client_id_length - len(self._client_id_prefix)
        self._unread = b""
        self._due: dict[int, float] = {}
        self._sent = 0
        self._is_closing = False
        self._response: asyncio.Future[bytes]
        self.sends_on_acknowledgement = False
        self.connected: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        """The server's answer to CONNECT: its acceptance or its refusal."""

        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    @property
    def awaits_acknowledgement(self) -> bool:
        return bool(self._due)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: benchmark\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set_result(None)
        if not self.connected.done():
            self.connected.set_exception(exc or ConnectionResetError("closed before the answer to CONNECT"))
        elif not self._is_closing:
            self._stats.lost += 1

    def data_received(self, data: bytes) -> None:
        self._unread = data = self._unread + data if self._unread else data
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
            self._on_packet(data, body, body + size)
            start = body + size
        self._unread = data[start:]

    def send(self, due: float) -> None:
        """Send a message that should have been sent at `due`, so that its latency includes this client's own delay."""
        self._sent = number = self._sent + 1
        self._due[number] = due
        client_id = self._client_id_prefix + str(number).zfill(self._digits)
        self._send_text(b"42%d%b%b%b" % (number, self._before, client_id.encode(), self._after))

    async def request(self, event: bytes) -> bytes:
        """Send another event than a message, and return its acknowledgement."""
        self._response = asyncio.get_running_loop().create_future()
        self._send_text(b"420" + event)
        return await self._response

    def close(self) -> None:
        self._is_closing = True
        self.transport.abort()

    def _on_packet(self, data: bytes, start: int, end: int) -> None:
        packet_type = data[start : start + 2]
        if packet_type == b"42":
            self._stats.delivered += data.startswith(b'["message"', start + 2)
        elif packet_type == b"43":
            bracket = data.index(b"[", start)
            if data[start + 2 : bracket] == b"0":
                self._response.set_result(data[bracket:end])
                return
            due = self._due.pop(int(data[start + 2 : bracket]))
            if data.startswith(b'[{"error"', bracket):
                self._stats.refused += 1
            now = time.perf_counter()
            self._stats.seconds.append(now - due)
            if self.sends_on_acknowledgement:
                self.send(now)
        elif packet_type[:1] == b"0":
            self._send_text(b'40{"token":"' + self._token.encode() + b'"}')
        elif packet_type == b"40" or packet_type == b"44":
            if not self.connected.done():
                self.connected.set_result(data[start:end])
        elif packet_type[:1] == b"2":
            self._send_text(b"3")

    def _send_text(self, data: bytes) -> None:
        head = bytes((0x81, 0x80 | len(data))) if len(data) < 126 else b"\x81\xfe" + len(data).to_bytes(2)
        self.transport.write(head + b"\0\0\0\0" + data)


async def connect_clients(
    port: int,
    secret: str,
    count: int,
    stats: LoadStats,
    user_of: Callable[[int], tuple[str, str]],
    address: str = "127.0.0.1",
    body: str = BODY,
    client_id_length: int = 0,
) -> list[LoadClient]:
    """`count` connected clients; `user_of` gives each one's user and conversation by its number."""
    tokens, loop = Tokens([secret], 3600), asyncio.get_running_loop()
    clients: list[LoadClient] = []
    for first in range(0, count, CONCURRENT_CONNECTS):
        connecting = []
        for number in range(first, min(first + CONCURRENT_CONNECTS, count)):
            user, conversation = user_of(number)
            token = tokens.issue(user, time.time())
            connection = loop.create_connection(
                partial(LoadClient, token, conversation, stats, body, client_id_length),
                address,
                port,
            )
            connecting.append((await connection)[1])
        await asyncio.gather(*(client.connected for client in connecting))
        clients += connecting
    return clients


async def closed_loop(clients: Sequence[LoadClient], stats: LoadStats, seconds: float, warm_up: float) -> float:
    """
    Each client sends its next message when the last one is acknowledged, and goes on after the return.

    Resets the stats after `warm_up` seconds. Returns the seconds that were measured.
    """
    now = time.perf_counter()
    for client in clients:
        client.sends_on_acknowledgement = True
        client.send(now)
    await asyncio.sleep(warm_up)
    stats.reset()
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    return time.perf_counter() - began


async def finish_sending(clients: Sequence[LoadClient]) -> None:
    """End a closed loop, and wait until every message is acknowledged."""
    for client in clients:
        client.sends_on_acknowledgement = False
    while any(client.awaits_acknowledgement for client in clients):
        await asyncio.sleep(0.05)


async def open_loop(clients: Sequence[LoadClient], rate: float, seconds: float, seed: int) -> None:
    """Random clients send `rate` messages a second, a Poisson process that does not wait for acknowledgements."""
    rng = random.Random(seed)
    due = began = time.perf_counter()
    while due < began + seconds:
        due += rng.expovariate(rate)
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        rng.choice(clients).send(due)
