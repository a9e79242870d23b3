"""
Engine.IO sessions on real connections: the registry that both transports share, and long polling as an ASGI endpoint.

One transport at a time carries a session. What it has to send is collected while one turn of the event loop lasts, and
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
    GOING_AWAY,
    HANDSHAKE,
    NOOP,
    ORIGIN_FORBIDDEN,
    OVERLOADED,
    POLL,
    POLLING,
    TOO_OFTEN,
    BadRequest,
    Malformed,
    Timing,
    classify_request,
    decode_payload,
    encode_payload,
    open_packet,
)
from glimpse.chat.protocol.session import CLOSED, ON_WEBSOCKET, PARSE_ERROR, Listener, Session
from glimpse.chat.protocol.websocket import NORMAL, RESTART
from glimpse.chat.refusals import language_of

Scope = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]

UPGRADE_SECONDS = 10.0
"""How long a WebSocket that joined a polling session may take to complete the upgrade."""

MAX_BUFFERED_BYTES = 1_000_000
"""A client that leaves more than this unread is disconnected; it catches up when it is back."""

SWEEPS_PER_TIMEOUT = 10
"""One sweep over all sessions sends pings and finds missed ones, this often in a ping timeout."""

TEXT = (b"content-type", b"text/plain; charset=UTF-8")
JSON = (b"content-type", b"application/json")


class WebSocket(Protocol):
    """What a session asks of the WebSocket that carries it or wants to."""

    def write_packets(self, packets: list[str | bytes]) -> None: ...

    def close(self, code: int = NORMAL) -> None: ...

    def leave(self, code: int = NORMAL) -> None:
        """The session ended before this WebSocket carried it."""
        ...


class Connection(Session):
    """A session with what carries it: a poll that waits, or a WebSocket; `candidate` is one that joined and probes."""

    __slots__ = ("_engine", "_is_flush_due", "candidate", "poll", "websocket")

    def __init__(self, engine: Engine, transport: str) -> None:
        self._engine = engine
        self._is_flush_due = False
        self.poll: asyncio.Future[list[str | bytes]] | None = None
        self.websocket: WebSocket | None = None
        self.candidate: WebSocket | None = None
        super().__init__(engine.make_id(), transport, engine.timing, engine.loop.time(), engine.listen)

    @property
    def is_open(self) -> bool:
        return self.state != CLOSED

    def send(self, messages: Iterable[str | bytes]) -> None:
        super().send(messages)
        if self.buffered > MAX_BUFFERED_BYTES:
            self.flush()
            if self.buffered > MAX_BUFFERED_BYTES:
                self.close("too slow")
        if not self._is_flush_due:
            self._is_flush_due = True
            self._engine.flush_soon(self)

    def flush(self) -> None:
        self._is_flush_due = False
        if self.state == ON_WEBSOCKET:
            if self.websocket and self.outgoing:
                self.websocket.write_packets(self.take_outgoing())
        elif self.poll and not self.poll.done() and (packets := self.take_outgoing()):
            self.poll.set_result(packets)

    def end(self, reason: str) -> None:
        """As Session does; and nothing of an ended session is kept."""
        super().end(reason)
        self._engine.forget(self)

    def upgraded(self, websocket: WebSocket) -> None:
        """The WebSocket that joined carries the session from now on; the poll that waits is released."""
        self.candidate, self.websocket = None, websocket
        if self.poll and not self.poll.done():
            self.poll.set_result([NOOP])
        self.flush()


class Engine:
    """
    All sessions of one task. `listen` makes the listener of each new session. `admits` decides about each handshake by
    its X-Forwarded-For; no more than `max_sessions` are open.
    """

    def __init__(
        self,
        timing: Timing,
        listen: Callable[[Session], Listener],
        make_id: Callable[[], str],
        allowed_origins: frozenset[str],
        admits: Callable[[str | None], bool] = lambda forwarded_for: True,
        max_sessions: float = math.inf,
    ) -> None:
        self.timing, self.listen, self.make_id = timing, listen, make_id
        self.loop = asyncio.get_running_loop()
        self.connections: dict[str, Connection] = {}
        self.is_closed = False
        """No new session is opened; the open ones go on, and their clients are told to come back when they close."""

        self._to_flush: list[Connection] = []
        self._origins, self._admits, self._max_sessions = allowed_origins, admits, max_sessions
        self._sweep_seconds = min(timing.ping_interval, timing.ping_timeout) / SWEEPS_PER_TIMEOUT
        self._sweeper = self.loop.call_later(self._sweep_seconds, self._sweep)

    def open(self, transport: str, accept_language: str = "") -> Connection:
        connection = Connection(self, transport)
        connection.language = language_of(accept_language)
        self.connections[connection.sid] = connection
        connection.outgoing.append(open_packet(connection.sid, transport, self.timing))
        return connection

    def classify(
        self, method: str, query: Mapping[str, str], is_upgrade: bool, forwarded_for: str | None
    ) -> str | BadRequest:
        """As `classify_request` does; handshakes are refused while the task goes away or has too much to do."""
        what = classify_request(method, query, is_upgrade, self._transport_of)
        if what == HANDSHAKE:
            if self.is_closed:
                return GOING_AWAY
            if len(self.connections) >= self._max_sessions:
                return OVERLOADED
            if not self._admits(forwarded_for):
                return TOO_OFTEN
        return what

    def allows(self, origin: str | None, host: str | None) -> bool:
        """A request without an origin comes from no web page. The service's own page is always allowed."""
        if origin is None or "*" in self._origins or origin in self._origins:
            return True
        return host is not None and origin.partition("://")[2].lower() == host.lower()

    def flush_soon(self, connection: Connection) -> None:
        """At the end of this turn of the event loop, with all others that have something to send."""
        if not self._to_flush:
            self.loop.call_soon(self._flush)
        self._to_flush.append(connection)

    def _flush(self) -> None:
        connections, self._to_flush = self._to_flush, []
        for connection in connections:
            connection.flush()

    def forget(self, connection: Connection) -> None:
        """Close what carries an ended session. Idempotent."""
        self.connections.pop(connection.sid, None)
        code = RESTART if self.is_closed else NORMAL
        if connection.websocket:
            connection.websocket.close(code)
        if connection.candidate:
            connection.candidate.leave(code)
        if connection.poll and not connection.poll.done():
            connection.poll.set_result(connection.take_outgoing() or [CLOSE])

    def close(self) -> None:
        self.is_closed = True
        self._sweeper.cancel()
        for connection in list(self.connections.values()):
            connection.close()

    def _transport_of(self, sid: str) -> str | None:
        connection = self.connections.get(sid)
        if connection is None:
            return None
        # A session whose client is late is over, though no sweep has found it yet.
        connection.tick(self.loop.time())
        return connection.transport

    def _sweep(self) -> None:
        self._sweeper = self.loop.call_later(self._sweep_seconds, self._sweep)
        now = self.loop.time()
        for connection in list(self.connections.values()):
            connection.tick(now)
            if connection.outgoing:
                connection.flush()


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
            await _refuse(send, ORIGIN_FORBIDDEN, allowed)
            return
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        forwarded_for = headers.get(b"x-forwarded-for")
        address = None if forwarded_for is None else forwarded_for.decode("latin-1")
        what = engine.classify(scope["method"], query, False, address)
        if isinstance(what, BadRequest):
            await _refuse(send, what, allowed)
        elif what == HANDSHAKE:
            language = headers.get(b"accept-language", b"").decode("latin-1")
            await _answer(send, 200, _payload(engine.open(POLLING, language).take_outgoing()), [TEXT, *allowed])
        elif what == POLL:
            await self._poll(engine.connections[query["sid"]], receive, send, allowed)
        else:
            await self._post(engine, engine.connections[query["sid"]], receive, send, allowed)

    async def _poll(self, connection: Connection, receive: Any, send: Any, allowed: Headers) -> None:
        if connection.poll is not None:
            # Two polls at once: either may be somebody else's.
            connection.close("transport error")
            await _refuse(send, BAD_REQUEST, allowed)
            return
        packets = connection.take_outgoing()
        if not packets:
            connection.poll = asyncio.get_running_loop().create_future()
            disconnected = asyncio.create_task(_disconnected(receive))
            try:
                await asyncio.wait((connection.poll, disconnected), return_when=asyncio.FIRST_COMPLETED)
                if disconnected.done():
                    # What the poll was answered with, if anything, is lost: the client has to begin anew.
                    connection.close("transport close")
                    return
                packets = connection.poll.result()
            finally:
                disconnected.cancel()
                connection.poll = None
        await _answer(send, 200, _payload(packets), [TEXT, *allowed])

    async def _post(self, engine: Engine, connection: Connection, receive: Any, send: Any, allowed: Headers) -> None:
        body = await _body(receive, engine.timing.max_payload)
        if body is None:
            connection.close("transport error")
            await _answer(send, 413, b"", allowed)
            return
        try:
            now = engine.loop.time()
            for packet in decode_payload(body.decode()):
                connection.receive(packet, now)
        except (Malformed, UnicodeDecodeError):
            connection.close(PARSE_ERROR)
            await _refuse(send, BAD_REQUEST, allowed)
            return
        await _answer(send, 200, b"ok", [TEXT, *allowed])


async def _disconnected(receive: Any) -> None:
    """Returns when the client of a request is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Any, max_bytes: int) -> bytes | None:
    """The whole body; None as soon as it is longer than that, or breaks off."""
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return None
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if size > max_bytes:
            return None
        if not event.get("more_body"):
            return b"".join(parts)


def _payload(packets: Iterable[str | bytes]) -> bytes:
    return encode_payload(packets).encode()


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
