"""
Socket.IO, protocol 5: its packets inside Engine.IO messages.

    <type>[<attachments>-][<namespace>,][<ack id>][<JSON>]        2["hello",1]   51-/admin,7["file",{…}]

Bytes stand in the JSON as `{"_placeholder":true,"num":0}` and follow as binary messages, in order.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from glimpse.chat.protocol.engineio import Malformed

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK = range(7)
MAX_ATTACHMENTS = 10
MAX_DEPTH = 32
"""What is nested deeper is refused before anything walks through it."""

ROOT = "/"
RESERVED = frozenset(("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"))
"""Events that both sides keep for themselves; a client that sends one is not a client."""

HEAD = re.compile(r"(\d)(?:(\d{1,2})-)?(?:(/[^,]*),)?(\d{1,15})?", re.ASCII)


class Packet(Struct, frozen=True):
    """`id` asks for an acknowledgement with the same id. `data`: CONNECT an object or None, EVENT and ACK a list."""

    type: int
    namespace: str = ROOT
    data: Any = None
    id: int | None = None


def encoded(packet: Packet) -> list[str | bytes]:
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


def encoded_event(name: str, document: Any) -> str:
    """The one message of an event of the root namespace that holds no bytes and asks for no acknowledgement."""
    return f"{EVENT}{msgspec.json.encode((name, document)).decode()}"


def encoded_answer(event_id: int, document: Any) -> str:
    """The one message that answers an event of the root namespace, without bytes."""
    return f"{ACK}{event_id}{msgspec.json.encode((document,)).decode()}"


class Decoder:
    """Puts packets together again; raises Malformed, after which the connection must end."""

    __slots__ = ("_attachments", "_packet", "_wanted")

    def __init__(self) -> None:
        self._packet: Packet | None = None
        self._wanted = 0
        self._attachments: list[bytes] = []

    def fed(self, message: str | bytes) -> Packet | None:
        """The packet that this message completes; None while attachments are to come."""
        if isinstance(message, bytes):
            return self._attached(message)
        if self._packet is not None:
            raise Malformed("text while attachments are awaited")
        packet, wanted = _decoded(message)
        if not wanted:
            return packet
        self._packet, self._wanted, self._attachments = packet, wanted, []
        return None

    def _attached(self, data: bytes) -> Packet | None:
        if self._packet is None:
            raise Malformed("an attachment of nothing")
        self._attachments.append(data)
        if len(self._attachments) < self._wanted:
            return None
        packet, attachments = self._packet, self._attachments
        self._packet, self._attachments = None, []
        return Packet(packet.type, packet.namespace, _with_bytes(packet.data, attachments), packet.id)


def _decoded(text: str) -> tuple[Packet, int]:
    """A packet and how many attachments follow it; binary types become what they carry."""
    head = HEAD.match(text)
    if head is None:
        raise Malformed("packet head")
    kind, attachments = int(head[1]), int(head[2] or 0)
    binary = kind in (BINARY_EVENT, BINARY_ACK)
    if kind > BINARY_ACK or bool(head[2]) != binary or attachments > MAX_ATTACHMENTS:
        raise Malformed("packet type")
    rest = text[head.end() :]
    data = _json(rest) if rest else None
    kind -= BINARY_EVENT - EVENT if binary else 0
    if not VALID[kind](data):
        raise Malformed("packet data")
    return Packet(kind, head[3] or ROOT, data, None if head[4] is None else int(head[4])), attachments


def _json(text: str) -> Any:
    try:
        try:
            data = msgspec.json.decode(text)
        except msgspec.DecodeError:
            # An emoji cut in half is JSON all the same: whoever is asked says what is wrong with it.
            data = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise Malformed("JSON") from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(data):
        raise Malformed("nesting")
    return data


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _is_too_deep(data: Any) -> bool:
    """Level by level, so that no depth is too deep to be told; brackets within a text are no nesting."""
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
                raise Malformed("placeholder")
            return attachments[number]
        return {name: _with_bytes(item, attachments) for name, item in data.items()}
    return [_with_bytes(item, attachments) for item in data] if isinstance(data, list) else data
