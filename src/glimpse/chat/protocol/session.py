"""
One Engine.IO session, as a state table.

A transport calls `receive` with each packet. The session calls its listener with each message, and once when it ends.
Packets to send stay in `outgoing` until the transport writes them: at the end of the turn of the event loop, or when a
poll comes. `MOVES` has all states and their transitions; the docs draw the diagram from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from glimpse.chat.held_bytes import UNCOUNTED_BYTES, HeldBytes
from glimpse.chat.protocol.deadlines import MAX_UNJOINED_BYTES, seconds_for
from glimpse.chat.protocol.engineio import (
    CLOSE,
    MESSAGE,
    NOOP,
    PING,
    PING_PROBE,
    POLLING,
    PONG,
    PONG_PROBE,
    UPGRADE,
    WEBSOCKET,
    MalformedPacket,
    Timing,
)
from glimpse.chat.protocol.outgoing import PACKET_BYTES, Outgoing, OutgoingText
from glimpse.chat.protocol.websocket import NORMAL

# States
ON_POLLING, PROBING, ON_WEBSOCKET, CLOSED = "polling", "probing", "websocket", "closed"

# Events
PROBED, UPGRADED, PROBE_LOST, ENDED = "probe", "upgrade", "probe lost", "end"

MOVES: Mapping[tuple[str, str], str] = {
    (ON_POLLING, PROBED): PROBING,
    (PROBING, UPGRADED): ON_WEBSOCKET,
    (PROBING, PROBE_LOST): ON_POLLING,
    (ON_POLLING, ENDED): CLOSED,
    (PROBING, ENDED): CLOSED,
    (ON_WEBSOCKET, ENDED): CLOSED,
}

PARSE_ERROR = "parse error"
"""Why a session is closed after something malformed."""

UNFINISHED = "unfinished"
"""Why a session is closed: its client did not complete what it began to send."""

MAX_OTHERS, OTHERS_SECONDS = 100, 10.0
"""
A client may send MAX_OTHERS packets that are no events, and control frames of its WebSocket, within OTHERS_SECONDS: the
limits of its user count events alone. An honest client sends a heartbeat every 25 s.
"""

FLOODING = "flooding"
"""Why a session is closed: its client sends more than it may, and goes on."""

MAX_BUFFERED_BYTES = 1_000_000
"""A client that leaves more than this unread is disconnected; it catches up when it is back."""


class Listener(Protocol):
    """Receives each message of a session, and is called once when the session ends."""

    def on_message(self, data: str | bytes) -> None: ...

    def on_close(self, reason: str) -> None: ...


class Transport(Protocol):
    """What carries a session: a WebSocket, or a poll that waits for an answer."""

    def write_packets(self, packets: list[Outgoing]) -> None: ...

    def close(self, code: int = NORMAL) -> None: ...


class WebSocket(Transport, Protocol):
    def leave(self, code: int = NORMAL) -> None:
        """The session ended before its upgrade to this WebSocket was complete."""
        ...


class Registry(Protocol):
    """
    Keeps the sessions that are open. `held` counts what all peers of the task make it hold.
    """

    @property
    def held(self) -> HeldBytes: ...

    def flush_soon(self, session: Session) -> None:
        """Call `flush` at the end of this turn of the event loop."""
        ...

    def forget(self, session: Session) -> None:
        """The session ended: close its transport and its candidate."""
        ...


class Session:
    """
    `make_listener` makes the listener of the new session. Times are in seconds, all of the same clock.

    A packet is `str`, which begins with the digit of its type, or `bytes` for a binary message.
    """

    __slots__ = (
        "_is_flush_due",
        "_is_held",
        "_next_ping",
        "_others",
        "_others_until",
        "_pong_due",
        "_registry",
        "_unfinished",
        "_unfinished_since",
        "buffered",
        "candidate",
        "deadline",
        "end_reason",
        "is_joining",
        "language",
        "listener",
        "outgoing",
        "sid",
        "state",
        "timing",
        "transport",
    )

    def __init__(
        self,
        sid: str,
        transport: str,
        timing: Timing,
        now: float,
        make_listener: Callable[[Session], Listener],
        registry: Registry,
    ) -> None:
        self.sid, self.timing, self._registry = sid, timing, registry
        self.transport: Transport | None = None
        """None while no poll waits, and once the connection is lost."""

        self.candidate: WebSocket | None = None
        """The WebSocket that joined a polling session, until the upgrade is complete."""

        self.language = ""
        """The client's language, for sentences that people read; empty where it is not known."""

        self.state = ON_POLLING if transport == POLLING else ON_WEBSOCKET
        self.outgoing: list[Outgoing] = []
        self.buffered = 0
        """Roughly the bytes of the messages in `outgoing`."""

        self.deadline: float | None = None
        """
        When the session is closed, unless its listener sets this to None before. While it is set, the client is in no
        namespace and may send only little.
        """

        self.is_joining = False
        """The listener handles a request to join. Such a session is not closed for a newer one."""

        self.end_reason = ""
        self._unfinished = 0
        """Bytes of a packet whose last attachments have not come."""

        self._unfinished_since: float | None = None
        """When `tick` first saw that such a packet is not complete."""

        self._is_held = False
        """Whether `held` counts something of this session."""

        self._is_flush_due = False
        self._others, self._others_until = 0, now + OTHERS_SECONDS
        self._next_ping = now + timing.ping_interval
        self._pong_due: float | None = None
        self.listener = make_listener(self)

    @property
    def transport_name(self) -> str | None:
        """The name of the transport that carries the session; None once it ended."""
        if self.state == CLOSED:
            return None
        return WEBSOCKET if self.state == ON_WEBSOCKET else POLLING

    @property
    def max_bytes(self) -> int:
        """The longest message or polling body that the client may send now."""
        return self.timing.max_payload if self.deadline is None else min(MAX_UNJOINED_BYTES, self.timing.max_payload)

    # ---- What the listener calls

    def send(self, messages: Iterable[str | bytes]) -> None:
        if self.state == CLOSED:
            return
        for data in messages:
            self.outgoing.append(data if isinstance(data, bytes) else MESSAGE + data)
            self.buffered += len(data) + PACKET_BYTES
        self._flush_soon()

    def send_text(self, text: OutgoingText) -> None:
        if self.state == CLOSED:
            return
        self.outgoing.append(text)
        self.buffered += text.memory_bytes
        if not self._is_flush_due or self.buffered > UNCOUNTED_BYTES:
            self._flush_soon()

    def allows_other(self, cost: int = 1) -> bool:
        """The client sent what is no event. False where it does so too often: the session is closed then."""
        self._others += cost
        if self._others > MAX_OTHERS and self.state != CLOSED:
            self.close(FLOODING)
        return self.state != CLOSED

    def wait_for_rest(self, received: int) -> None:
        """The listener holds `received` bytes of an incomplete packet; 0 when it is complete, which ends the wait."""
        self._unfinished = received
        if not received:
            self._unfinished_since = None
        self._count_held()

    def close(self, reason: str = "server close") -> None:
        """Send what is outgoing, then end the session."""
        if self.transport_name == POLLING:
            self.outgoing.append(CLOSE)
        self.flush()
        self.end(reason)

    def flush(self) -> None:
        """Write the outgoing packets, if there is a transport."""
        self._is_flush_due = False
        if self.transport and self.outgoing:
            packets, self.outgoing, self.buffered = self.outgoing, [], 0
            if self._is_held:
                self._count_held()
            self.transport.write_packets(packets)

    # ---- What the transports call

    def receive(self, packet: str | bytes, now: float) -> None:
        """
        A packet over the transport that carries the session. After a MalformedPacket the transport closes the session.
        """
        if self.state == CLOSED:
            return
        if isinstance(packet, bytes):
            self.listener.on_message(packet)
            return
        kind = packet[:1]
        if kind == MESSAGE:
            self.listener.on_message(packet[1:])
        elif kind == PONG:
            if self.allows_other() and self._pong_due is not None:
                self._pong_due, self._next_ping = None, now + self.timing.ping_interval
        elif kind == CLOSE:
            # For a poll that waits: the client itself closed the session, so it is not told so.
            self.outgoing.append(NOOP)
            self.end("client close")
        else:
            raise MalformedPacket(f"packet {kind!r} from a client")

    def receive_probe(self, packet: str | bytes) -> str | None:
        """
        A packet over a WebSocket that joined a polling session. Returns the answer to its probe; an upgrade packet
        changes the state to ON_WEBSOCKET. Raises MalformedPacket for anything else; the session then goes on polling.
        """
        if packet == PING_PROBE and self._move(PROBED):
            return PONG_PROBE
        if isinstance(packet, str) and packet[:1] == UPGRADE and self._move(UPGRADED):
            return None
        raise MalformedPacket("not a probe")

    def probe_lost(self) -> None:
        self._move(PROBE_LOST)

    def take_outgoing(self) -> list[Outgoing]:
        """The packets for the answer to a poll. While a WebSocket probes there is at least one, so no poll waits."""
        packets, self.outgoing, self.buffered = self.outgoing, [], 0
        if self._is_held:
            self._count_held()
        return packets or ([NOOP] if self.state == PROBING else [])

    def release_poll(self) -> None:
        """Answer the poll that waits, with a noop at least: the client pauses polling before it upgrades."""
        if self.transport:
            self.transport.write_packets(self.take_outgoing())

    def upgraded(self, websocket: WebSocket) -> None:
        """From now on the WebSocket that joined carries the session."""
        self.candidate = None
        if self.transport:
            self.transport.write_packets([NOOP])
        self.transport = websocket
        self.flush()

    def tick(self, now: float) -> float:
        """
        Send a ping if one is due; end a session that missed its deadline, or whose client did not answer a ping or did
        not complete a packet. Returns when the next tick is due, if nothing happens before.
        """
        if self._others and now >= self._others_until:
            self._others, self._others_until = 0, now + OTHERS_SECONDS
        rest_due = math.inf
        if self._unfinished:
            if self._unfinished_since is None:
                self._unfinished_since = now
            rest_due = self._unfinished_since + seconds_for(self._unfinished)
            if now >= rest_due:
                self.close(UNFINISHED)
                return math.inf
        if self._pong_due is not None and now >= self._pong_due:
            self.end("ping timeout")
        elif self.deadline is not None and now >= self.deadline:
            self.close("connect timeout")
        elif self._pong_due is None and now >= self._next_ping and self.state != CLOSED:
            # From when the ping was due, so that a late one gives no more time; but at least half of it is left.
            self._pong_due = max(self._next_ping, now - self.timing.ping_timeout / 2) + self.timing.ping_timeout
            self.outgoing.append(PING)
        due = self._next_ping if self._pong_due is None else self._pong_due
        if rest_due < due:
            due = rest_due
        return due if self.deadline is None or due < self.deadline else self.deadline

    def end(self, reason: str) -> None:
        """End the session, without sending what is outgoing. Only the first call does anything."""
        if self._move(ENDED):
            self.end_reason = reason
            if self._is_held:
                self._registry.held.update(self, 0)
            self.listener.on_close(reason)
            self._registry.forget(self)

    # ---- What HeldBytes calls

    def held_bytes(self) -> int:
        return self._unfinished + (self.buffered if self.buffered > UNCOUNTED_BYTES else 0)

    def cut_off(self, reason: str) -> None:
        self.close(reason)

    def _flush_soon(self) -> None:
        if self.buffered > UNCOUNTED_BYTES:
            if self.buffered > MAX_BUFFERED_BYTES:
                self.flush()
                if self.buffered > MAX_BUFFERED_BYTES:
                    self.close("too slow")
                    return
            if not self.transport:
                self._count_held()
        if not self._is_flush_due:
            self._is_flush_due = True
            self._registry.flush_soon(self)

    def _count_held(self) -> None:
        if self.state != CLOSED:
            held = self.held_bytes()
            self._is_held = held > 0
            self._registry.held.update(self, held)

    def _move(self, event: str) -> bool:
        after = MOVES.get((self.state, event))
        if after is not None:
            self.state = after
        return after is not None
