"""
One Engine.IO session, as a state table.

It is told what arrived, and when; it answers through its listener (a message came, the session ended) and holds what
is to be sent until a transport takes it. The table below is the whole of its life; the docs draw it from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from glimpse.chat.protocol.engineio import (
    CLOSE,
    MESSAGE,
    NOOP,
    PING,
    POLLING,
    PONG,
    PROBE,
    UPGRADE,
    WEBSOCKET,
    Malformed,
    Packet,
    Timing,
)

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


PACKET_BYTES = 100
"""What a packet that waits costs beside its data, about."""


class Listener(Protocol):
    """Who is told: once for each message, and once that the session ended."""

    def on_message(self, data: str | bytes) -> None: ...

    def on_close(self, reason: str) -> None: ...


class Session:
    """`sid` is a secret of its client: whoever knows it speaks for the session. `waiting` bytes are to be sent."""

    __slots__ = ("_next_ping", "_pong_due", "listener", "outgoing", "sid", "state", "timing", "waiting")

    def __init__(self, sid: str, transport: str, timing: Timing, now: float, listener: Listener) -> None:
        self.sid = sid
        self.timing = timing
        self.listener = listener
        self.state = ON_POLLING if transport == POLLING else ON_WEBSOCKET
        self.outgoing: list[Packet] = []
        self.waiting = 0
        self._next_ping = now + timing.ping_interval
        self._pong_due: float | None = None

    @property
    def transport(self) -> str | None:
        """The transport that carries it; None once it ended."""
        if self.state == CLOSED:
            return None
        return WEBSOCKET if self.state == ON_WEBSOCKET else POLLING

    def send(self, data: str | bytes) -> None:
        if self.state != CLOSED:
            self.outgoing.append(Packet(MESSAGE, data))
            self.waiting += len(data) + PACKET_BYTES

    def taken(self) -> list[Packet]:
        """What is to be sent, for the transport that carries it: a poll while probing is released with a noop."""
        packets, self.outgoing, self.waiting = self.outgoing, [], 0
        return packets or ([Packet(NOOP)] if self.state == PROBING else [])

    def received(self, packet: Packet, now: float) -> None:
        """A packet over the transport that carries the session. Raises Malformed, after which the session is ended."""
        if self.state == CLOSED:
            return
        if packet.type == MESSAGE:
            self.listener.on_message(packet.data)
        elif packet.type == PONG and self._pong_due is not None:
            self._pong_due, self._next_ping = None, now + self.timing.ping_interval
        elif packet.type == CLOSE:
            # A poll that still waits learns nothing more than that it is over.
            self.outgoing.append(Packet(NOOP))
            self.end("client close")
        elif packet.type != PONG:
            self.end("parse error")
            raise Malformed(f"packet {packet.type} from a client")

    def probed(self, packet: Packet) -> Packet | None:
        """
        A packet over a WebSocket that joined a polling session: its probe is answered, its upgrade moves the session.

        Raises Malformed for anything else; the session stays on polling.
        """
        if packet == Packet(PING, PROBE) and self._move(PROBED):
            return Packet(PONG, PROBE)
        if packet.type == UPGRADE and self._move(UPGRADED):
            return None
        raise Malformed("not a probe")

    def probe_lost(self) -> None:
        self._move(PROBE_LOST)

    def tick(self, now: float) -> None:
        """Send a ping that is due; end a session whose client did not answer the last one in time."""
        if self._pong_due is not None:
            if now >= self._pong_due:
                self.end("ping timeout")
        elif now >= self._next_ping and self.state != CLOSED:
            self._pong_due = now + self.timing.ping_timeout
            self.outgoing.append(Packet(PING))

    def end(self, reason: str) -> None:
        """However it ends, it ends once."""
        if self._move(ENDED):
            self.listener.on_close(reason)

    def _move(self, event: str) -> bool:
        after = MOVES.get((self.state, event))
        if after is not None:
            self.state = after
        return after is not None
