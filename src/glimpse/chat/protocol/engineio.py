"""
Engine.IO, protocol 4: its packets, their text on a WebSocket, their payload in long polling, and its requests.

A packet is one digit and its data: `4hello`. On a WebSocket a binary message is a binary frame without a digit; in a
payload it is `b` and base64, and packets are separated by the record separator: `4hello<RS>bAQID`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping

import msgspec
from msgspec import Struct

PROTOCOL = "4"
OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
TYPES = frozenset((OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP))
PROBE = "probe"
POLLING, WEBSOCKET = "polling", "websocket"
TRANSPORTS = (POLLING, WEBSOCKET)
SEPARATOR = "\x1e"


class Malformed(ValueError):
    """The other side sent something that is not of the protocol."""


class Packet(Struct, frozen=True):
    """`data` is bytes only in a message."""

    type: str
    data: str | bytes = ""


class Timing(Struct, frozen=True):
    """What the server tells a client in its open packet: seconds, and the most bytes of one message or payload."""

    ping_interval: float = 25.0
    ping_timeout: float = 20.0
    max_payload: int = 1_000_000


def decoded(frame: str | bytes) -> Packet:
    """The packet of one WebSocket message. Raises Malformed."""
    if isinstance(frame, bytes):
        return Packet(MESSAGE, frame)
    if frame[:1] not in TYPES or not frame:
        raise Malformed("packet type")
    return Packet(frame[0], frame[1:])


def encoded(packet: Packet) -> str | bytes:
    """The WebSocket message of one packet."""
    return packet.data if isinstance(packet.data, bytes) else packet.type + packet.data


def payload_decoded(payload: str) -> list[Packet]:
    """The packets of a POST's body. Raises Malformed."""
    return [_part_decoded(part) for part in payload.split(SEPARATOR)]


def payload_encoded(packets: Iterable[Packet]) -> str:
    """The body of an answer to a poll."""
    return SEPARATOR.join(
        "b" + base64.b64encode(packet.data).decode("ascii")
        if isinstance(packet.data, bytes)
        else packet.type + packet.data
        for packet in packets
    )


def _part_decoded(part: str) -> Packet:
    if not part.startswith("b"):
        return decoded(part)
    try:
        return Packet(MESSAGE, base64.b64decode(part[1:], validate=True))
    except (binascii.Error, ValueError):
        raise Malformed("base64") from None


def opening(sid: str, transport: str, timing: Timing) -> Packet:
    """The open packet: the session's id, what it may change to, and the times in milliseconds."""
    told = {
        "sid": sid,
        "upgrades": [WEBSOCKET] if transport == POLLING else [],
        "pingInterval": round(timing.ping_interval * 1000),
        "pingTimeout": round(timing.ping_timeout * 1000),
        "maxPayload": timing.max_payload,
    }
    return Packet(OPEN, msgspec.json.encode(told).decode())


class BadRequest(Struct, frozen=True):
    """A request that is refused with this code and sentence, as Node's server words them."""

    code: int
    message: str
    status: int = 400


UNKNOWN_TRANSPORT = BadRequest(0, "Transport unknown")
UNKNOWN_SESSION = BadRequest(1, "Session ID unknown")
BAD_METHOD = BadRequest(2, "Bad handshake method")
BAD_REQUEST = BadRequest(3, "Bad request")
FORBIDDEN = BadRequest(4, "Forbidden", 403)
BAD_VERSION = BadRequest(5, "Unsupported protocol version")
GOING_AWAY = BadRequest(3, "Going away", 503)
OVERLOADED = BadRequest(3, "Too many connections", 503)
TOO_OFTEN = BadRequest(3, "Too many requests from this address", 429)

HANDSHAKE, POLL, POST, JOIN = "handshake", "poll", "post", "join"


def asked(
    method: str, query: Mapping[str, str], upgrading: bool, transport_of: Callable[[str], str | None]
) -> str | BadRequest:
    """
    What a request asks for: a `handshake`, a `poll`, a `post`, or to `join` a session with a WebSocket.

    `transport_of` gives the transport of a session that is alive, and None for any other id.
    """
    transport, sid = query.get("transport"), query.get("sid")
    if transport not in TRANSPORTS or upgrading != (transport == WEBSOCKET):
        return UNKNOWN_TRANSPORT if transport not in TRANSPORTS else BAD_REQUEST
    if query.get("EIO") != PROTOCOL:
        return BAD_VERSION
    if sid is None:
        return HANDSHAKE if method == "GET" else BAD_METHOD
    current = transport_of(sid)
    if current is None:
        return UNKNOWN_SESSION
    if current != POLLING:
        # Once upgraded, the session is its WebSocket's alone.
        return BAD_REQUEST
    if upgrading:
        return JOIN if method == "GET" else BAD_METHOD
    return {"GET": POLL, "POST": POST}.get(method, BAD_METHOD)
