"""
Engine.IO sessions on real connections: long polling as an ASGI endpoint, and the registry that both transports share.

A session is fed by one transport at a time. What it has to say is collected while one turn of the event loop lasts and
goes out as one write, or as the answer to the poll that waits.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, Protocol
from urllib.parse import parse_qsl

import msgspec

from glimpse.chat.protocol.engineio import (
    BAD_REQUEST,
    CLOSE,
    FORBIDDEN,
    GOING_AWAY,
    HANDSHAKE,
    NOOP,
    OVERLOADED,
    POLL,
    POLLING,
    TOO_OFTEN,
    BadRequest,
    Malformed,
    Packet,
    Timing,
    asked,
    opening,
    payload_decoded,
    payload_encoded,
)
from glimpse.chat.protocol.session import CLOSED, ON_WEBSOCKET, Listener, Session
from glimpse.chat.protocol.websocket import NORMAL, RESTART

Scope = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]

UPGRADE_SECONDS = 10.0
"""How long a WebSocket that joined a polling session may take to complete the upgrade."""

MAX_BUFFERED_BYTES = 1_000_000
"""What a reader may leave unread; one that is slower is disconnected, and catches up when it is back."""

SWEEPS_A_TIMEOUT = 10
"""Pings are sent and missed ones found by one sweep over all sessions, this often in a ping timeout."""

TEXT = (b"content-type", b"text/plain; charset=UTF-8")
JSON = (b"content-type", b"application/json")


class WebSocket(Protocol):
    """What a session asks of the one that carries it."""

    def write_packets(self, packets: list[Packet]) -> None: ...

    def close(self, code: int = NORMAL) -> None: ...

    def leave(self, code: int = NORMAL) -> None:
        """The session that it joined ended before it carried it."""
        ...


class Connection:
    """One session with what carries it: a poll that waits, or a WebSocket. Whoever serves it sends through here."""

    __slots__ = ("_engine", "candidate", "is_waiting", "poll", "session", "websocket")

    def __init__(self, engine: Engine, session: Session) -> None:
        self._engine = engine
        self.is_waiting = False
        self.session = session
        self.poll: asyncio.Future[list[Packet]] | None = None
        self.websocket: WebSocket | None = None
        self.candidate: WebSocket | None = None

    @property
    def is_open(self) -> bool:
        return self.session.state != CLOSED

    def send(self, messages: Iterable[str | bytes]) -> None:
        for data in messages:
            self.session.send(data)
        if self.session.waiting > MAX_BUFFERED_BYTES:
            self.flush()
            if self.session.waiting > MAX_BUFFERED_BYTES:
                self.close("too slow")
        self.wake()

    def wake(self) -> None:
        """What is to be sent goes out at the end of this turn of the loop."""
        if not self.is_waiting:
            self.is_waiting = True
            self._engine.flush_soon(self)

    def flush(self) -> None:
        session = self.session
        if session.state == ON_WEBSOCKET:
            if self.websocket and session.outgoing:
                self.websocket.write_packets(session.taken())
        elif self.poll and not self.poll.done() and (packets := session.taken()):
            self.poll.set_result(packets)

    def close(self, reason: str = "server close") -> None:
        """End the session: what it had left goes out, on its WebSocket or to its poll, and then it is closed."""
        if self.session.transport == POLLING:
            self.session.outgoing.append(Packet(CLOSE))
        self.flush()
        self.session.end(reason)
        self._engine.forget(self)

    def upgraded(self, websocket: WebSocket) -> None:
        """The WebSocket that joined carries the session from here on; the poll that waits is released."""
        self.candidate, self.websocket = None, websocket
        if self.poll and not self.poll.done():
            self.poll.set_result([Packet(NOOP)])
        self.flush()


class Engine:
    """
    All sessions of one task. `listen` gives each new connection somebody who listens to it. `admits` is asked for each
    handshake that came through a balancer; of more than `most` sessions none is opened.
    """

    def __init__(
        self,
        timing: Timing,
        listen: Callable[[Connection], Listener],
        make_id: Callable[[], str],
        allowed_origins: frozenset[str],
        admits: Callable[[str | None], bool] = lambda forwarded_for: True,
        most: float = math.inf,
    ) -> None:
        self.timing = timing
        self.loop = asyncio.get_running_loop()
        self.connections: dict[str, Connection] = {}
        self.is_closed = False
        """No session is opened any more; those that are open go on, and learn when they close that it is for now."""
        self._waiting: list[Connection] = []
        self._listen, self._make_id, self._origins = listen, make_id, allowed_origins
        self._admits, self._most = admits, most
        self._sweep_seconds = min(timing.ping_interval, timing.ping_timeout) / SWEEPS_A_TIMEOUT
        self._sweeper = self.loop.call_later(self._sweep_seconds, self._sweep)

    def open(self, transport: str) -> Connection:
        session = Session(self._make_id(), transport, self.timing, self.loop.time(), _Nobody())
        connection = Connection(self, session)
        session.listener = self._listen(connection)
        self.connections[session.sid] = connection
        session.outgoing.append(opening(session.sid, transport, self.timing))
        return connection

    def asked(
        self, method: str, query: Mapping[str, str], upgrading: bool, forwarded_for: str | None
    ) -> str | BadRequest:
        what = asked(method, query, upgrading, self._transport_of)
        if what == HANDSHAKE:
            if self.is_closed:
                return GOING_AWAY
            if len(self.connections) >= self._most:
                return OVERLOADED
            if not self._admits(forwarded_for):
                return TOO_OFTEN
        return what

    def allows(self, origin: str | None, host: str | None) -> bool:
        """A request without an origin is no page's: a phone's, or a server's. The service's own page may always."""
        if origin is None or "*" in self._origins or origin in self._origins:
            return True
        return host is not None and origin.partition("://")[2].lower() == host.lower()

    def received(self, connection: Connection, packet: Packet) -> None:
        """A packet over the transport that carries the session. Raises Malformed, with the session ended."""
        session = connection.session
        try:
            session.received(packet, self.loop.time())
        finally:
            if session.state == CLOSED:
                self.forget(connection)

    def flush_soon(self, connection: Connection) -> None:
        if not self._waiting:
            self.loop.call_soon(self._flush)
        self._waiting.append(connection)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            connection.is_waiting = False
        for connection in waiting:
            connection.flush()

    def forget(self, connection: Connection) -> None:
        """A session that ended leaves nothing behind. Forgetting twice is nothing."""
        self.connections.pop(connection.session.sid, None)
        code = RESTART if self.is_closed else NORMAL
        if connection.websocket:
            connection.websocket.close(code)
        if connection.candidate:
            connection.candidate.leave(code)
        if connection.poll and not connection.poll.done():
            connection.poll.set_result(connection.session.taken() or [Packet(CLOSE)])

    def close(self) -> None:
        self.is_closed = True
        self._sweeper.cancel()
        for connection in list(self.connections.values()):
            connection.close()

    def _transport_of(self, sid: str) -> str | None:
        connection = self.connections.get(sid)
        return connection.session.transport if connection else None

    def _sweep(self) -> None:
        self._sweeper = self.loop.call_later(self._sweep_seconds, self._sweep)
        now = self.loop.time()
        for connection in list(self.connections.values()):
            connection.session.tick(now)
            if connection.session.state == CLOSED:
                self.forget(connection)
            elif connection.session.outgoing:
                connection.flush()


class _Nobody:
    """Listens until somebody does."""

    def on_message(self, data: str | bytes) -> None: ...

    def on_close(self, reason: str) -> None: ...


class Polling:
    """The ASGI endpoint of long polling: handshakes, polls and posts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        engine = self._engine
        headers: dict[bytes, bytes] = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1") or None
        host = headers.get(b"host", b"").decode("latin-1") or None
        allowed = _cors(origin) if origin and engine.allows(origin, host) else []
        if scope["method"] == "OPTIONS":
            await _answer(send, 204, b"", allowed)
            return
        if not engine.allows(origin, host):
            await _refuse(send, FORBIDDEN, allowed)
            return
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        forwarded_for = headers.get(b"x-forwarded-for")
        address = None if forwarded_for is None else forwarded_for.decode("latin-1")
        what = engine.asked(scope["method"], query, False, address)
        if isinstance(what, BadRequest):
            await _refuse(send, what, allowed)
        elif what == HANDSHAKE:
            await _answer(send, 200, _payload(engine.open(POLLING).session.taken()), [TEXT, *allowed])
        elif what == POLL:
            await self._poll(engine.connections[query["sid"]], receive, send, allowed)
        else:
            await self._post(engine, engine.connections[query["sid"]], receive, send, allowed)

    async def _poll(self, connection: Connection, receive: Any, send: Any, allowed: Headers) -> None:
        if connection.poll is not None:
            # Two polls at once: neither can be trusted to be the client's.
            connection.close("transport error")
            await _refuse(send, BAD_REQUEST, allowed)
            return
        packets = connection.session.taken()
        if not packets:
            connection.poll = asyncio.get_running_loop().create_future()
            hangs_up = asyncio.create_task(_hung_up(receive))
            try:
                await asyncio.wait((connection.poll, hangs_up), return_when=asyncio.FIRST_COMPLETED)
                if hangs_up.done():
                    # What the poll was answered with, if anything, is lost with it: the client has to begin anew.
                    connection.close("transport close")
                    return
                packets = connection.poll.result()
            finally:
                hangs_up.cancel()
                connection.poll = None
        await _answer(send, 200, _payload(packets), [TEXT, *allowed])

    async def _post(self, engine: Engine, connection: Connection, receive: Any, send: Any, allowed: Headers) -> None:
        body = await _body(receive, engine.timing.max_payload)
        if body is None:
            connection.close("transport error")
            await _answer(send, 413, b"", allowed)
            return
        try:
            for packet in payload_decoded(body.decode()):
                engine.received(connection, packet)
        except (Malformed, UnicodeDecodeError):
            connection.close("parse error")
            await _refuse(send, BAD_REQUEST, allowed)
            return
        await _answer(send, 200, b"ok", [TEXT, *allowed])


async def _hung_up(receive: Any) -> None:
    """Until the client of a request is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Any, most: int) -> bytes | None:
    """The whole body; None as soon as it is longer than `most`, or breaks off."""
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return None
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        if not event.get("more_body"):
            return b"".join(parts)


def _payload(packets: Iterable[Packet]) -> bytes:
    return payload_encoded(packets).encode()


def _cors(origin: str) -> Headers:
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", b"authorization, content-type"),
        (b"vary", b"origin"),
    ]


async def _refuse(send: Any, why: BadRequest, allowed: Headers) -> None:
    body = msgspec.json.encode({"code": why.code, "message": why.message})
    await _answer(send, why.status, body, [JSON, *allowed])


async def _answer(send: Any, status: int, body: bytes, headers: Headers) -> None:
    length = (b"content-length", str(len(body)).encode())
    headers = [length, (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
