"""
Engine.IO sessions on real connections: the registry that both transports share, and long polling as an ASGI endpoint.

One transport at a time carries a session. The packets of one turn of the event loop are sent as one write, or as the
answer to the poll that waits.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from heapq import heappop, heappush
from typing import Any

import msgspec

from glimpse.chat.counts import Counts
from glimpse.chat.held_bytes import HeldBytes
from glimpse.chat.protocol.engineio import (
    BAD_REQUEST,
    CLOSE,
    GOING_AWAY,
    HANDSHAKE,
    ORIGIN_FORBIDDEN,
    OVERLOADED,
    POLL,
    POLLING,
    TOO_OFTEN,
    BadRequest,
    MalformedPacket,
    Timing,
    classify_request,
    decode_payload,
    encode_payload,
    open_packet,
    read_query,
)
from glimpse.chat.protocol.outgoing import Outgoing, OutgoingText
from glimpse.chat.protocol.session import CLOSED, PARSE_ERROR, Listener, Session
from glimpse.chat.protocol.websocket import NORMAL, RESTART
from glimpse.chat.refusals import language_of

Scope = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]

UPGRADE_SECONDS = 10.0
"""How long a WebSocket that joined a polling session may take to complete the upgrade."""

SWEEPS_PER_TIMEOUT = 10
"""
How often in a ping timeout all sessions get a tick. A session that is due before the next sweep gets another tick when
it is due, so that none needs a timer of its own. What a client does makes its session due one sweep later at the
earliest.
"""

TICKS_PER_SWEEP = 5
"""
Times of ticks are rounded up to a fifth of a sweep, so that sessions that are due at about the same time share a timer.
"""

TIMER_RESOLUTION_SECONDS = 0.001
"""uvloop rounds timers to milliseconds, so one may fire this much too early."""

EVICTED = "evicted"
"""Why a session is closed whose client has not joined: a new session needs its place."""

TEXT = (b"content-type", b"text/plain; charset=UTF-8")
JSON = (b"content-type", b"application/json")


class Poll:
    """A poll that waits for packets. It is the transport of its session until it is answered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.packets: asyncio.Future[list[Outgoing]] = asyncio.get_running_loop().create_future()
        session.transport = self

    def write_packets(self, packets: list[Outgoing]) -> None:
        self._session.transport = None
        if not self.packets.done():
            self.packets.set_result(packets)

    def close(self, code: int = NORMAL) -> None:
        self.write_packets(self._session.take_outgoing() or [CLOSE])

    def stop(self, _: object) -> None:
        """
        The client disconnected: end the wait. What is written to this poll from now on is lost, so its session is
        closed.
        """
        if not self.packets.done():
            self.packets.set_result([])

    def abandon(self) -> None:
        """The request is over. The session keeps what it has to send for another poll."""
        if self._session.transport is self:
            self._session.transport = None


class Engine:
    """
    All sessions of one task. `make_listener` makes the listener of each new session. `admits` accepts or refuses a
    handshake by the peer's address and X-Forwarded-For, as for `client_network`. At most `max_sessions` are open at
    once. What peers make the task hold is counted in `held`, and why sessions ended without a namespace in `counts`.
    """

    def __init__(
        self,
        timing: Timing,
        make_listener: Callable[[Session], Listener],
        make_id: Callable[[], str],
        allowed_origins: frozenset[str],
        admits: Callable[[str | None, str], bool] = lambda peer, forwarded_for: True,
        max_sessions: float = math.inf,
        held: HeldBytes | None = None,
        counts: Counts | None = None,
    ) -> None:
        self.timing, self._make_listener, self._make_id = timing, make_listener, make_id
        self.loop = asyncio.get_running_loop()
        self._to_flush: deque[Session] = deque()
        """Sessions that have something to write at the end of this turn of the event loop."""

        self.held, self.counts = held or HeldBytes(), counts or Counts()
        self.sessions: dict[str, Session] = {}
        self._unjoined: deque[Session] = deque()
        """Sessions that were in no namespace at the last sweep, or opened since, oldest first. Some may have joined."""

        self.is_closed = False
        """No new session is opened. Open ones go on; when they close, the code tells their clients to reconnect."""

        self._origins, self._admits, self._max_sessions = allowed_origins, admits, max_sessions
        self._sweep_seconds = min(timing.ping_interval, timing.ping_timeout) / SWEEPS_PER_TIMEOUT
        self._tick_seconds = self._sweep_seconds / TICKS_PER_SWEEP
        self._sweeper: asyncio.TimerHandle | None = None
        """None where there are no sessions."""

        self._next_sweep = math.inf
        self._due: list[tuple[float, str]] = []
        """A heap: when sessions get their next tick, and their ids, until the next sweep. Some may have ended."""

        self._ticker: asyncio.TimerHandle | None = None
        """For the first of `_due`."""

    def open(self, transport: str, accept_language: str) -> Session:
        session = Session(self._make_id(), transport, self.timing, self.loop.time(), self._make_listener, self)
        session.language = language_of(accept_language)
        session.outgoing.append(open_packet(session.sid, transport, self.timing))
        self.sessions[session.sid] = session
        self._unjoined.append(session)
        if self._sweeper is None:
            self._sweeper = self.loop.call_later(self._sweep_seconds, self._sweep)
        return session

    def evict_session(self) -> bool:
        """Close the oldest session that has neither joined nor asked to. Returns whether there was one."""
        joining: list[Session] = []
        evicted = None
        while self._unjoined and evicted is None:
            session = self._unjoined.popleft()
            if session.state == CLOSED or session.deadline is None:
                continue
            if session.is_joining:
                joining.append(session)
            else:
                evicted = session
        self._unjoined.extendleft(reversed(joining))
        if evicted is None:
            return False
        evicted.close(EVICTED)
        return True

    def classify(
        self, method: str, query: Mapping[str, str], is_upgrade: bool, peer: str | None, forwarded_for: str
    ) -> str | BadRequest:
        """As `classify_request`, but refuses handshakes: a closed or full engine, or an address above its rate."""
        what = classify_request(method, query, is_upgrade, self._transport_of)
        if what == HANDSHAKE:
            if self.is_closed:
                return GOING_AWAY
            if not self._admits(peer, forwarded_for):
                return TOO_OFTEN
            if len(self.sessions) >= self._max_sessions and not self.evict_session():
                return OVERLOADED
        return what

    def allows_origin(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of this origin may connect; None is no page. The service's own page always may."""
        if origin is None or "*" in self._origins or origin in self._origins:
            return True
        return host is not None and origin.partition("://")[2].lower() == host.lower()

    def flush_soon(self, session: Session) -> None:
        if not self._to_flush:
            self.loop.call_soon(self._flush)
        self._to_flush.append(session)

    def forget(self, session: Session) -> None:
        self.sessions.pop(session.sid, None)
        if session.deadline is not None:
            self.counts.unjoined[session.end_reason] += 1
        code = RESTART if self.is_closed else NORMAL
        if session.transport:
            session.transport.close(code)
        if session.candidate:
            session.candidate.leave(code)
        # Nobody fetches it any more, but the session itself may wait for the garbage collector.
        session.outgoing = []

    def close(self) -> None:
        self.is_closed = True
        for session in list(self.sessions.values()):
            session.close()
        for timer in (self._sweeper, self._ticker):
            if timer:
                timer.cancel()

    def _flush(self) -> None:
        try:
            while self._to_flush:
                self._to_flush.popleft().flush()
        finally:
            # Something is left only after a defect in one session. The others are flushed all the same.
            if self._to_flush:
                self.loop.call_soon(self._flush)

    def _transport_of(self, sid: str) -> str | None:
        session = self.sessions.get(sid)
        if session is None:
            return None
        # The session may have timed out since its last tick.
        session.tick(self.loop.time())
        return session.transport_name

    def _sweep(self) -> None:
        """Give all sessions their ticks, and schedule those that come before the next sweep."""
        if self._sweeper:
            self._sweeper.cancel()
        if not self.sessions:
            self._sweeper = None
            return
        now = self.loop.time()
        # Scheduled first, because a defect in one session must not end the sweeps.
        self._sweeper = self.loop.call_later(self._sweep_seconds, self._sweep)
        self._next_sweep, self._due = now + self._sweep_seconds, []
        for session in list(self.sessions.values()):
            self._tick(session, now)
        self._unjoined = deque(session for session in self.sessions.values() if session.deadline is not None)
        self._set_ticker()

    def _tick(self, session: Session, now: float) -> None:
        due = session.tick(now)
        if session.outgoing:
            session.flush()
        if due < self._next_sweep and session.state != CLOSED:
            # By rounding errors the product may be less than `due`. A tick then would do nothing, and be scheduled for
            # the same time again.
            at = max(due, math.ceil(due / self._tick_seconds) * self._tick_seconds)
            heappush(self._due, (at, session.sid))

    def _set_ticker(self) -> None:
        if self._ticker:
            self._ticker.cancel()
        self._ticker = self.loop.call_later(self._due[0][0] - self.loop.time(), self._tick_due) if self._due else None

    def _tick_due(self) -> None:
        now = self.loop.time()
        while self._due and self._due[0][0] <= now + TIMER_RESOLUTION_SECONDS:
            due, sid = heappop(self._due)
            session = self.sessions.get(sid)
            if session is not None:
                self._tick(session, max(now, due))
        self._set_ticker()


class Polling:
    """The ASGI endpoint of long polling: handshakes, polls and posts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        engine = self._engine
        headers: dict[bytes, bytes] = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1") or None
        host = headers.get(b"host", b"").decode("latin-1") or None
        allowed = _cors(origin) if origin and engine.allows_origin(origin, host) else []
        if scope["method"] == "OPTIONS":
            await _answer(send, 204, b"", allowed)
            return
        if not engine.allows_origin(origin, host):
            await _refuse(send, ORIGIN_FORBIDDEN, allowed)
            return
        query = read_query(scope["query_string"].decode("latin-1"))
        forwarded_for = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        peer = scope["client"][0] if scope["client"] else None
        what = engine.classify(scope["method"], query, False, peer, forwarded_for.decode("latin-1"))
        if isinstance(what, BadRequest):
            await _refuse(send, what, allowed)
        elif what == HANDSHAKE:
            language = headers.get(b"accept-language", b"").decode("latin-1")
            await _answer(send, 200, _payload(engine.open(POLLING, language).take_outgoing()), [TEXT, *allowed])
        elif what == POLL:
            await self._poll(engine.sessions[query["sid"]], receive, send, allowed)
        else:
            await self._post(engine, engine.sessions[query["sid"]], receive, send, allowed)

    async def _poll(self, session: Session, receive: Any, send: Any, allowed: Headers) -> None:
        if session.transport is not None:
            # Two polls at once: one of them may come from somebody else.
            session.close("transport error")
            await _refuse(send, BAD_REQUEST, allowed)
            return
        packets = session.take_outgoing()
        if not packets:
            poll = Poll(session)
            disconnected = asyncio.create_task(_disconnected(receive))
            disconnected.add_done_callback(poll.stop)
            try:
                packets = await poll.packets
                if disconnected.done():
                    # The answer, if there was one, is lost: the client has to open a new session.
                    session.close("transport close")
                    return
            finally:
                # Also where this request is cancelled: the server does that when it stops.
                poll.abandon()
                disconnected.cancel()
        await _answer(send, 200, _payload(packets), [TEXT, *allowed])

    async def _post(self, engine: Engine, session: Session, receive: Any, send: Any, allowed: Headers) -> None:
        body = await _body(receive, session.max_bytes)
        if body is None:
            session.close("transport error")
            await _answer(send, 413, b"", allowed)
            return
        try:
            now = engine.loop.time()
            for packet in decode_payload(body.decode()):
                session.receive(packet, now)
        except (MalformedPacket, UnicodeDecodeError):
            session.close(PARSE_ERROR)
            await _refuse(send, BAD_REQUEST, allowed)
            return
        await _answer(send, 200, b"ok", [TEXT, *allowed])


async def _disconnected(receive: Any) -> None:
    """Returns when the client of a request is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Any, max_bytes: int) -> bytes | None:
    """The whole body; None where it is longer than `max_bytes`, or the client disconnects."""
    # One buffer, so that a body in many small pieces takes no more memory than its bytes.
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return None
        body += event.get("body", b"")
        if len(body) > max_bytes:
            return None
        if not event.get("more_body"):
            return bytes(body)


def _payload(packets: Iterable[Outgoing]) -> bytes:
    return encode_payload(each.packet if isinstance(each, OutgoingText) else each for each in packets).encode()


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
