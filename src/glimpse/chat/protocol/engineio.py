"""
Engine.IO, protocol 4: packets, payloads of long polling, and requests.

A packet is one digit and its data: `4hello`. On a WebSocket a binary message is a binary frame without a digit; in a
payload it is `b` and base64, and packets are separated by the record separator: `4hello<RS>bAQID`. In Python a packet
is always as in a WebSocket message: `str` with its digit, or `bytes`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

PROTOCOL = "4"
OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
TYPES = frozenset((OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP))
PING_PROBE, PONG_PROBE = PING + "probe", PONG + "probe"
POLLING, WEBSOCKET = "polling", "websocket"
TRANSPORTS = (POLLING, WEBSOCKET)
SEPARATOR = "\x1e"
MAX_PACKETS = 10_000
"""Packets in one body. The longest body has as many of the shortest events."""


class MalformedPacket(ValueError):
    """The client sent something that the protocol does not allow."""


class Timing(Struct, frozen=True):
    """What the open packet tells a client: two times in seconds, and the maximal bytes of one message or payload."""

    ping_interval: float = 25.0
    ping_timeout: float = 20.0
    max_payload: int = 1_000_000


def decode_payload(payload: str) -> list[str | bytes]:
    """The packets of a POST's body. Raises MalformedPacket, also where they are too many or one has no known type."""
    if payload.count(SEPARATOR) >= MAX_PACKETS:
        raise MalformedPacket("too many packets")
    return [_decode_part(part) for part in payload.split(SEPARATOR)]


def encode_payload(packets: Iterable[str | bytes]) -> str:
    """The body of an answer to a poll."""
    return SEPARATOR.join(
        "b" + base64.b64encode(packet).decode("ascii") if isinstance(packet, bytes) else packet for packet in packets
    )


def _decode_part(part: str) -> str | bytes:
    if part.startswith("b"):
        try:
            return base64.b64decode(part[1:], validate=True)
        except (binascii.Error, ValueError):
            raise MalformedPacket("base64") from None
    if part[:1] not in TYPES:
        raise MalformedPacket("packet type")
    return part


def open_packet(sid: str, transport: str, timing: Timing) -> str:
    """
    The first packet of a session: its id, the transports that it may upgrade to, and the timing in milliseconds. The id
    has no character that JSON escapes.
    """
    return f'{OPEN}{{"sid":"{sid}",{_after_id(transport, timing)}'


@cache
def _after_id(transport: str, timing: Timing) -> str:
    handshake = {
        "upgrades": [WEBSOCKET] if transport == POLLING else [],
        "pingInterval": round(timing.ping_interval * 1000),
        "pingTimeout": round(timing.ping_timeout * 1000),
        "maxPayload": timing.max_payload,
    }
    return msgspec.json.encode(handshake).decode().removeprefix("{")


def read_query(query: str) -> dict[str, str]:
    """The parameters of a query that have a value; of several with the same name, the last one."""
    if "%" in query or "+" in query:
        return dict(parse_qsl(query))
    pairs = (part.partition("=") for part in query.split("&"))
    return {name: value for name, _, value in pairs if value}


class BadRequest(Struct, frozen=True):
    """Why a request is refused: the code and message of the Node.js server, and the HTTP status."""

    code: int
    message: str
    status: int = 400


UNKNOWN_TRANSPORT = BadRequest(0, "Transport unknown")
UNKNOWN_SESSION = BadRequest(1, "Session ID unknown")
BAD_METHOD = BadRequest(2, "Bad handshake method")
BAD_REQUEST = BadRequest(3, "Bad request")
ORIGIN_FORBIDDEN = BadRequest(4, "Forbidden", 403)
BAD_VERSION = BadRequest(5, "Unsupported protocol version")
GOING_AWAY = BadRequest(3, "Going away", 503)
OVERLOADED = BadRequest(3, "Too many connections", 503)
TOO_OFTEN = BadRequest(3, "Too many requests from this address", 429)

HANDSHAKE, POLL, POST, JOIN, SECOND_WEBSOCKET = "handshake", "poll", "post", "join", "second"


def classify_request(
    method: str, query: Mapping[str, str], is_upgrade: bool, transport_of: Callable[[str], str | None]
) -> str | BadRequest:
    """
    Classify a request: a `handshake`, a `poll`, a `post`, a WebSocket that is to `join` a polling session, or the
    `second` WebSocket of a session, which is accepted and closed at once, as the Node.js server does.

    `transport_of` returns the name of the transport of an open session, and None for any other id.
    """
    transport, sid = query.get("transport"), query.get("sid")
    if transport not in TRANSPORTS or is_upgrade != (transport == WEBSOCKET):
        return UNKNOWN_TRANSPORT if transport not in TRANSPORTS else BAD_REQUEST
    if query.get("EIO") != PROTOCOL:
        return BAD_VERSION
    if sid is None:
        return HANDSHAKE if method == "GET" else BAD_METHOD
    current = transport_of(sid)
    if current is None:
        return UNKNOWN_SESSION
    if is_upgrade and method == "GET":
        return JOIN if current == POLLING else SECOND_WEBSOCKET
    if current != POLLING:
        # An upgraded session accepts nothing but its WebSocket.
        return BAD_REQUEST
    if is_upgrade:
        return BAD_METHOD
    return {"GET": POLL, "POST": POST}.get(method, BAD_METHOD)
