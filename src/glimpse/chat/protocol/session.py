"""
One Engine.IO session, as a state table.

It is told what arrived, and when. It tells its listener each message, and once that the session ended. What is to be
sent stays in `outgoing` until the transport writes it: at the end of the turn of the event loop, or when a poll comes.
`MOVES` is the whole of its life; the docs draw it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

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
    Malformed,
    Timing,
)
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

PACKET_BYTES = 100
"""About what a packet in `outgoing` takes beside its data."""

MAX_BUFFERED_BYTES = 1_000_000
"""A client that leaves more than this unread is disconnected; it catches up when it is back."""


class Listener(Protocol):
    """Receives each message of a session, and is told once that the session ended."""

    def on_message(self, data: str | bytes) -> None: ...

    def on_close(self, reason: str) -> None: ...


class Transport(Protocol):
    """What carries a session: a WebSocket, or a poll that waits for an answer."""

    def write_packets(self, packets: list[str | bytes]) -> None: ...

    def close(self, code: int = NORMAL) -> None: ...


class WebSocket(Transport, Protocol):
    def leave(self, code: int = NORMAL) -> None:
        """The session that this WebSocket joined ended before the upgrade was complete."""
        ...


class Registry(Protocol):
    """Keeps the sessions that are open. `call_soon` is the event loop's: it calls at the end of this turn."""

    @property
    def call_soon(self) -> Callable[[Callable[[], None]], object]: ...

    def forget(self, session: Session) -> None:
        """The session ended. Closes what carries it."""
        ...


class Session:
    """
    `listen` makes the listener of the new session. `now` is in seconds of any clock, everywhere the same.

    A packet is here what a WebSocket message carries: bytes for a binary message, else text that begins with its type.
    """

    __slots__ = (
        "_is_flush_due",
        "_next_ping",
        "_pong_due",
        "_registry",
        "buffered",
        "candidate",
        "deadline",
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
        listen: Callable[[Session], Listener],
        registry: Registry,
    ) -> None:
        self.sid, self.timing, self._registry = sid, timing, registry
        self.transport: Transport | None = None
        """None while a client that polls does not, and once the connection is lost."""

        self.candidate: WebSocket | None = None
        """The WebSocket that joined a polling session, until the upgrade is complete."""

        self.language = ""
        """Of the client, where its transport knows it: for sentences that people read."""

        self.state = ON_POLLING if transport == POLLING else ON_WEBSOCKET
        self.outgoing: list[str | bytes] = []
        self.buffered = 0
        """Bytes of messages in `outgoing`, about."""

        self.deadline: float | None = None
        """When the session is closed, unless its listener takes the deadline back."""

        self._is_flush_due = False
        self._next_ping = now + timing.ping_interval
        self._pong_due: float | None = None
        self.listener = listen(self)

    @property
    def transport_name(self) -> str | None:
        """Of the transport that carries the session; None once it ended."""
        if self.state == CLOSED:
            return None
        return WEBSOCKET if self.state == ON_WEBSOCKET else POLLING

    # ---- What the listener calls

    def send(self, messages: Iterable[str | bytes]) -> None:
        if self.state == CLOSED:
            return
        for data in messages:
            self.outgoing.append(data if isinstance(data, bytes) else MESSAGE + data)
            self.buffered += len(data) + PACKET_BYTES
        if self.buffered > MAX_BUFFERED_BYTES:
            self.flush()
            if self.buffered > MAX_BUFFERED_BYTES:
                self.close("too slow")
                return
        if not self._is_flush_due:
            self._is_flush_due = True
            self._registry.call_soon(self.flush)

    def close(self, reason: str = "server close") -> None:
        """Send what is outgoing, then end the session."""
        if self.transport_name == POLLING:
            self.outgoing.append(CLOSE)
        self.flush()
        self.end(reason)

    def flush(self) -> None:
        """Write what is outgoing, where a transport can."""
        self._is_flush_due = False
        if self.transport and self.outgoing:
            packets, self.outgoing, self.buffered = self.outgoing, [], 0
            self.transport.write_packets(packets)

    # ---- What the transports call

    def receive(self, packet: str | bytes, now: float) -> None:
        """A packet over the transport that carries the session. Raises Malformed: the transport closes the session."""
        if self.state == CLOSED:
            return
        if isinstance(packet, bytes):
            self.listener.on_message(packet)
            return
        kind = packet[:1]
        if kind == MESSAGE:
            self.listener.on_message(packet[1:])
        elif kind == PONG:
            if self._pong_due is not None:
                self._pong_due, self._next_ping = None, now + self.timing.ping_interval
        elif kind == CLOSE:
            # A poll that waits is answered with this; the client has said already that it is over.
            self.outgoing.append(NOOP)
            self.end("client close")
        else:
            raise Malformed(f"packet {kind!r} from a client")

    def receive_probe(self, packet: str | bytes) -> str | None:
        """
        A packet over a WebSocket that joined a polling session: returns the answer to its probe; its upgrade moves the
        session. Raises Malformed for anything else; the session stays on polling.
        """
        if packet == PING_PROBE and self._move(PROBED):
            return PONG_PROBE
        if isinstance(packet, str) and packet[:1] == UPGRADE and self._move(UPGRADED):
            return None
        raise Malformed("not a probe")

    def probe_lost(self) -> None:
        self._move(PROBE_LOST)

    def take_outgoing(self) -> list[str | bytes]:
        """The packets for a poll that comes. While a WebSocket probes there is always one, so that polling pauses."""
        packets, self.outgoing, self.buffered = self.outgoing, [], 0
        return packets or ([NOOP] if self.state == PROBING else [])

    def release_poll(self) -> None:
        """Answer the poll that waits: the client pauses polling before it upgrades."""
        if self.transport:
            self.transport.write_packets(self.take_outgoing() or [NOOP])

    def upgraded(self, websocket: WebSocket) -> None:
        """The WebSocket that joined carries the session from now on."""
        self.candidate = None
        if self.transport:
            self.transport.write_packets([NOOP])
        self.transport = websocket
        self.flush()

    def tick(self, now: float) -> None:
        """Send a ping that is due; end a session that missed its deadline or whose client did not answer a ping."""
        if self._pong_due is not None and now >= self._pong_due:
            self.end("ping timeout")
        elif self.deadline is not None and now >= self.deadline:
            self.close("connect timeout")
        elif self._pong_due is None and now >= self._next_ping and self.state != CLOSED:
            self._pong_due = now + self.timing.ping_timeout
            self.outgoing.append(PING)

    def end(self, reason: str) -> None:
        """End the session, without sending what is outgoing. Only the first call does anything."""
        if self._move(ENDED):
            self.listener.on_close(reason)
            self._registry.forget(self)

    def _move(self, event: str) -> bool:
        after = MOVES.get((self.state, event))
        if after is not None:
            self.state = after
        return after is not None
