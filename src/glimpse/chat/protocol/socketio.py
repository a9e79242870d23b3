"""
Socket.IO, protocol 5: its packets inside Engine.IO messages, and the server's side of one client.

    <type>[<attachments>-][<namespace>,][<ack id>][<JSON>]        2["hello",1]   51-/admin,7["file",{…}]

In the JSON a placeholder, `{"_placeholder":true,"num":0}`, stands for bytes; they follow as binary messages, in order.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from glimpse.chat.protocol.engineio import MalformedPacket
from glimpse.chat.protocol.session import PARSE_ERROR, Session

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK = range(7)
MAX_ATTACHMENTS = 10
MAX_PACKET_BYTES = 1_000_000
"""A packet and its attachments together: as much as `max_payload` allows one message by default."""

MAX_DEPTH = 32
"""JSON that is nested deeper is refused before any recursive function processes it."""

ROOT = "/"
ONLY_ROOT = (ROOT,)
RESERVED = frozenset(("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"))
"""Names of events that the protocol's own libraries emit locally; no client sends one."""

HEAD = re.compile(r"(\d)(?:(\d{1,2})-)?(?:(/[^,]*)(?:,|\Z))?(\d{1,15})?", re.ASCII)
"""The comma after a namespace may be missing where nothing follows: `0/admin`."""

CONNECT_COST = 10
"""A request to join counts as so many packets that are no events: its token is verified, and the database is asked."""

LONG_MESSAGE = 8_192
"""Decoding takes some 10 ns for each character: above this length, longer than refusing the message."""


class Packet(Struct, frozen=True):
    """
    `id`: the sender waits for an acknowledgement with the same id. `data`: an object or None for CONNECT, a list for
    EVENT and ACK.
    """

    type: int
    namespace: str = ROOT
    data: Any = None
    id: int | None = None


def encode_packet(packet: Packet) -> list[str | bytes]:
    """The Engine.IO messages of a packet: one of text, then its attachments."""
    attachments: list[bytes] = []
    data = packet.data if packet.data is None else _without_bytes(packet.data, attachments)
    kind = packet.type
    if attachments and kind in (EVENT, ACK):
        kind += BINARY_EVENT - EVENT
    parts = [str(kind)]
    if attachments:
        parts.append(f"{len(attachments)}-")
    if packet.namespace != ROOT:
        parts.append(f"{packet.namespace},")
    if packet.id is not None:
        parts.append(str(packet.id))
    if data is not None:
        parts.append(msgspec.json.encode(data).decode())
    return ["".join(parts), *attachments]


class Decoder:
    """
    Joins packets with their attachments, together at most `max_bytes`. After a MalformedPacket the connection must be
    closed.
    """

    __slots__ = ("_attachments", "_max_bytes", "_packet", "_remaining", "buffered")

    def __init__(self, max_bytes: int = MAX_PACKET_BYTES) -> None:
        self._max_bytes = max_bytes
        self.buffered = 0
        """How many characters and bytes wait for the last attachment of their packet."""

        self._packet: Packet | None = None
        self._remaining = 0
        self._attachments: list[bytes] = []

    def clear(self) -> None:
        """Forget a packet whose attachments did not come: its connection is over."""
        self._packet, self._attachments, self.buffered = None, [], 0

    def receive(self, message: str | bytes) -> Packet | None:
        """The packet that this message completes; None while attachments are to come."""
        if isinstance(message, bytes):
            return self._attach(message)
        if self._packet is not None:
            raise MalformedPacket("text instead of an attachment")
        packet, attachments = _decode(message)
        if not attachments:
            return packet
        self._packet, self._remaining, self._attachments = packet, attachments, []
        self.buffered = len(message)
        return None

    def _attach(self, data: bytes) -> Packet | None:
        if self._packet is None:
            raise MalformedPacket("an attachment without a packet")
        self._attachments.append(data)
        self._remaining -= 1
        self.buffered += len(data)
        if self.buffered > self._max_bytes:
            raise MalformedPacket("attachments")
        if self._remaining:
            return None
        packet, attachments = self._packet, self._attachments
        self._packet, self._attachments, self.buffered = None, [], 0
        return Packet(packet.type, packet.namespace, _with_bytes(packet.data, attachments), packet.id)


def _decode(text: str) -> tuple[Packet, int]:
    """A packet and how many attachments follow it. BINARY_EVENT becomes EVENT, and BINARY_ACK becomes ACK."""
    head = HEAD.match(text)
    if head is None:
        raise MalformedPacket("packet head")
    kind, attachments = int(head[1]), int(head[2] or 0)
    binary = kind in (BINARY_EVENT, BINARY_ACK)
    if kind > BINARY_ACK or bool(head[2]) != binary or attachments > MAX_ATTACHMENTS:
        raise MalformedPacket("packet type")
    rest = text[head.end() :]
    data = _json(rest) if rest else None
    kind -= BINARY_EVENT - EVENT if binary else 0
    if not VALID[kind](data):
        raise MalformedPacket("packet data")
    return Packet(kind, head[3] or ROOT, data, None if head[4] is None else int(head[4])), attachments


def _json(text: str) -> Any:
    try:
        try:
            data = msgspec.json.decode(text)
        except msgspec.DecodeError:
            # msgspec rejects half a surrogate pair, but it is valid JSON: the request is refused, not the connection.
            data = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise MalformedPacket("JSON") from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(data):
        raise MalformedPacket("nesting")
    return data


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _is_too_deep(data: Any) -> bool:
    """Checked level by level, without recursion. Brackets inside a string do not count."""
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [child for value in level if isinstance(value, list | dict) for child in _children(value)]
    return any(isinstance(value, list | dict) for value in level)


def _children(value: list[Any] | dict[str, Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _is_event(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in RESERVED


VALID: dict[int, Callable[[Any], bool]] = {
    CONNECT: lambda data: data is None or isinstance(data, dict),
    DISCONNECT: lambda data: data is None,
    EVENT: _is_event,
    ACK: lambda data: isinstance(data, list),
    CONNECT_ERROR: lambda data: isinstance(data, str | dict),
}


def _without_bytes(data: Any, attachments: list[bytes]) -> Any:
    if isinstance(data, bytes):
        attachments.append(data)
        return {"_placeholder": True, "num": len(attachments) - 1}
    if isinstance(data, list | tuple):
        return [_without_bytes(item, attachments) for item in data]
    if isinstance(data, dict):
        return {name: _without_bytes(item, attachments) for name, item in data.items()}
    return data


def _with_bytes(data: Any, attachments: list[bytes]) -> Any:
    if isinstance(data, dict):
        if data.get("_placeholder") is True:
            number = data.get("num")
            if type(number) is not int or not 0 <= number < len(attachments):
                raise MalformedPacket("placeholder")
            return attachments[number]
        return {name: _with_bytes(item, attachments) for name, item in data.items()}
    return [_with_bytes(item, attachments) for item in data] if isinstance(data, list) else data


class Application(Protocol):
    """What handles the events of clients. It answers through the peer, at once or later."""

    def on_connect(self, peer: Peer, namespace: str, auth: dict[str, Any]) -> None:
        """A client asks to join a namespace: call `accept` or `refuse`."""
        ...

    def on_text(self, peer: Peer, text: str) -> bool:
        """
        A client that joined the root namespace sent a text of at most LONG_MESSAGE characters, which may be any packet.
        True where the application recognises an event of its own in it, and handles it; then it is not decoded.
        """
        ...

    def on_event(self, peer: Peer, event: Packet) -> None:
        """`event.data` is its name, followed by its arguments; with an `event.id` it waits for an acknowledgement."""
        ...

    def refuses(self, peer: Peer, characters: int, ack_id: int | None) -> bool:
        """
        A client that joined sent a message of more than LONG_MESSAGE characters. True where the application refuses it,
        and has answered; then it is not decoded.
        """
        ...

    def on_disconnect(self, peer: Peer, namespace: str, reason: str) -> None:
        """The client left a namespace that it had joined, or its session ended."""
        ...


class Peer:
    """
    The server's side of one client, and the listener of its session. `join_by` returns when the session of a client
    that is in no namespace is closed: it is called for a new client, and for one that leaves its last namespace.

    A packet of a namespace that the client has not joined closes the connection, as in the reference server.
    """

    __slots__ = (
        "_application",
        "_connecting",
        "_decoder",
        "_disconnected",
        "_join_by",
        "_rejoin_by",
        "joined",
        "session",
        "state",
    )

    def __init__(self, application: Application, session: Session, join_by: Callable[[], float]) -> None:
        self._application, self.session = application, session
        self._decoder = Decoder()
        # Tuples, because a client joins one namespace, and a set would take 200 bytes for each socket.
        self._connecting: tuple[str, ...] = ()
        self.joined: tuple[str, ...] = ()
        self._disconnected: tuple[str, ...] = ()
        self.state: Any = None
        """For the application."""

        self._join_by = join_by
        self._rejoin_by: float | None = None
        """
        The deadline since the client first left its last namespace. It is set once: a client that joins and leaves in
        turns would otherwise keep a session for ever, and is not counted among its user's sockets most of that time.
        """

        session.deadline = join_by()

    # ---- What the application calls

    def accept(self, namespace: str, sid: str) -> None:
        self.session.deadline = None
        self._answered(namespace)
        self.joined += (namespace,)
        self.send(Packet(CONNECT, namespace, {"sid": sid}))
        # Written alone: some clients read only the first message of a write, and would miss an event after this packet.
        self.session.flush()

    def refuse(self, namespace: str, message: str, **data: Any) -> None:
        """Only for a reason that a retry cannot remove: socket.io-client never reconnects after this."""
        self._answered(namespace)
        self.send(Packet(CONNECT_ERROR, namespace, {"message": message, **({"data": data} if data else {})}))

    def disconnect(self, namespace: str) -> None:
        """
        Make the client leave a namespace; `on_disconnect` is not called. socket.io-client does not reconnect by itself.
        """
        self._disconnected += (namespace,)
        self._leave(namespace)
        self.send(Packet(DISCONNECT, namespace))

    def send(self, packet: Packet) -> None:
        self.session.send(encode_packet(packet))

    # ---- What the session calls

    def on_message(self, data: str | bytes) -> None:
        if len(data) > LONG_MESSAGE:
            if self.joined and self._refuses(data):
                return
        elif (
            self.joined == ONLY_ROOT
            and isinstance(data, str)
            and not self._decoder.buffered
            and self._application.on_text(self, data)
        ):
            return
        try:
            packet = self._decoder.receive(data)
            if packet is None or isinstance(data, bytes):
                self.session.wait_for_rest(self._decoder.buffered)
                if not self.session.allows_other():
                    return
            if packet is None:
                return
            if packet.type != EVENT or packet.namespace not in self.joined:
                self._receive_other(packet)
                return
        except MalformedPacket:
            self.session.close(PARSE_ERROR)
            return
        self._application.on_event(self, packet)

    def on_close(self, reason: str) -> None:
        self._decoder.clear()
        joined, self.joined = self.joined, ()
        for namespace in joined:
            self._application.on_disconnect(self, namespace, reason)

    def _refuses(self, data: str | bytes) -> bool:
        head = HEAD.match(data) if isinstance(data, str) else None
        if head is None:
            return False
        return self._application.refuses(self, len(data), None if head[4] is None else int(head[4]))

    def _receive_other(self, packet: Packet) -> None:
        """Handle any packet but an event of a joined namespace. Raises MalformedPacket."""
        namespace = packet.namespace
        if not self.session.allows_other(CONNECT_COST if packet.type == CONNECT else 1):
            return
        if packet.type == CONNECT:
            if namespace in self.joined or namespace in self._connecting:
                raise MalformedPacket("joined twice")
            self._connecting += (namespace,)
            self.session.is_joining = True
            self._disconnected = _without(self._disconnected, namespace)
            self._application.on_connect(self, namespace, packet.data or {})
        elif namespace in self._disconnected:
            pass  # The client sent it before it knew that it had to leave.
        elif namespace not in self.joined or packet.type not in (DISCONNECT, ACK):
            raise MalformedPacket("not joined, or not a client's packet")
        elif packet.type == DISCONNECT:
            self._leave(namespace)
            self._application.on_disconnect(self, namespace, "client disconnect")
        elif packet.id is None:
            raise MalformedPacket("an acknowledgement of nothing")

    def _answered(self, namespace: str) -> None:
        """The application accepted or refused the request to join a namespace."""
        self._connecting = _without(self._connecting, namespace)
        self.session.is_joining = bool(self._connecting)

    def _leave(self, namespace: str) -> None:
        self.joined = _without(self.joined, namespace)
        if not self.joined:
            if self._rejoin_by is None:
                self._rejoin_by = self._join_by()
            self.session.deadline = self._rejoin_by


def _without(namespaces: tuple[str, ...], namespace: str) -> tuple[str, ...]:
    return tuple(each for each in namespaces if each != namespace)
