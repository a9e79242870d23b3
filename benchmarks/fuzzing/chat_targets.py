"""
What `benchmarks.fuzzing.chat` gives its inputs to, and the inputs it starts from. Run one target by itself, with any
option of libFuzzer: python -m benchmarks.fuzzing.chat_targets frames -runs=10000000 -seed=1
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import atheris
import jwt
import msgspec

from benchmarks.fuzzing.chat import NAMES

with atheris.instrument_imports(include=["glimpse.chat"]):
    from glimpse.chat.addresses import client_network
    from glimpse.chat.endpoints import ENDPOINTS
    from glimpse.chat.file_names import readable_name
    from glimpse.chat.held_bytes import HeldBytes
    from glimpse.chat.listing import decode_cursor
    from glimpse.chat.media_types import media_type_of
    from glimpse.chat.names import display_name, enforced_password, handle_keys, new_handle
    from glimpse.chat.protocol.engineio import MalformedPacket, Timing, decode_payload, encode_payload
    from glimpse.chat.protocol.session import Session
    from glimpse.chat.protocol.socketio import ROOT, Decoder, Packet, Peer, encode_packet
    from glimpse.chat.protocol.websocket import BINARY, TEXT, FrameReader
    from glimpse.chat.refusals import Refusal, language_of
    from glimpse.chat.requests import EVENTS, decode_request
    from glimpse.chat.sync_position import decode_position
    from glimpse.chat.text import is_storable
    from glimpse.chat.tokens import Tokens

MAX_BYTES = 4096
SECRET = "a secret of at least thirty-two bytes"
NOW = 1_800_000_000.0
BODIES = tuple({each.body for each in ENDPOINTS if each.body is not None} | set(EVENTS.values()))


class Service:
    """Decodes each event as a request of every kind, as the real service does for one."""

    def on_connect(self, peer: Peer, namespace: str, auth: dict[str, Any]) -> None: ...

    def on_text(self, peer: Peer, text: str) -> bool:
        return False

    def on_event(self, peer: Peer, event: Packet) -> None:
        for kind in EVENTS.values():
            decode_request(event.data[1] if len(event.data) > 1 else None, kind)

    def refuses(self, peer: Peer, characters: int, ack_id: int | None) -> bool:
        return False

    def on_disconnect(self, peer: Peer, namespace: str, reason: str) -> None: ...


class Registry:
    held = HeldBytes()

    def flush_soon(self, session: Session) -> None: ...

    def forget(self, session: Session) -> None: ...


def joined_session(transport: str) -> Session:
    """The session of a client that has joined the chat."""

    def accept_peer(session: Session) -> Peer:
        peer = Peer(Service(), session, lambda: 1.0)
        peer.accept(ROOT, "sid")
        return peer

    return Session("sid", transport, Timing(), 0.0, accept_peer, Registry())


def frames(data: bytes) -> None:
    size = data[0] % 32 + 1 if data else 1
    reader, session = FrameReader(MAX_BYTES), joined_session("websocket")
    try:
        for start in range(1, len(data), size):
            messages, broken = reader.receive(data[start : start + size])
            for message in messages:
                if message.opcode in (TEXT, BINARY):
                    session.receive(message.data, 0.0)
            if broken:
                break
            assert reader.buffered <= MAX_BYTES + 14, "the reader holds more than a message may have"
    except MalformedPacket:
        pass


def packets(data: bytes) -> None:
    """The text before the first NUL, then the attachments, each up to the next one."""
    text, *attachments = data.split(b"\0")
    decoder = Decoder()
    try:
        packet = decoder.receive(text.decode())
        while packet is None and attachments:
            packet = decoder.receive(attachments.pop(0))
    except (MalformedPacket, UnicodeDecodeError):
        return
    if packet is not None:
        again = Decoder()
        assert [each for message in encode_packet(packet) if (each := again.receive(message))] == [packet]


def payloads(data: bytes) -> None:
    session = joined_session("polling")
    try:
        decoded = decode_payload(data.decode())
        for packet in decoded:
            session.receive(packet, 0.0)
    except (MalformedPacket, UnicodeDecodeError):
        return
    assert decode_payload(encode_payload(decoded)) == decoded


def requests(data: bytes) -> None:
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    for kind in BODIES:
        request = decode_request(raw, kind)
        if not isinstance(request, Refusal):
            assert all(is_storable(each) for each in msgspec.structs.astuple(request) if isinstance(each, str))


def texts(data: bytes) -> None:
    text = data.decode(errors="replace")
    if isinstance(new_handle(text), str):
        key, *_ = handle_keys(text)
        assert handle_keys(key)[0] == key, "a key is not its own key"
    name = display_name(text)
    if isinstance(name, str):
        assert display_name(name) == name, "an accepted display name changes when it is accepted again"
    password = enforced_password(text)
    assert password is None or enforced_password(password) == password
    cursor = decode_cursor(text)
    assert cursor is None or decode_cursor(cursor.cursor) == cursor
    for proxies in range(3):
        network = client_network("192.0.2.1", text, proxies)
        assert len(network) < 64
    media_type_of(text, text)
    readable_name(text)
    if position := decode_position(text):
        again = decode_position(position.text)
        assert again is not None
        assert again.seconds <= position.seconds, "a client would miss what lies between the two"
    language_of(text)


def tokens(data: bytes) -> None:
    """The first byte: whether the claims are signed as they should be, or the whole is any text."""
    verifier = Tokens([SECRET], 3600)
    if not data or data[0] % 2:
        found = verifier.verify(data[1:].decode(errors="replace"), NOW)
        assert isinstance(found, Refusal), "a token was accepted that nobody signed"
        return
    header, _, claims = data[1:].partition(b"\0")
    try:
        headers = msgspec.json.decode(header) if header else {}
        token = jwt.api_jws.encode(claims, SECRET, algorithm="HS256", headers=headers)
    except Exception:
        return  # No token can have such a header.
    verifier.verify(token, NOW)


TARGETS: Mapping[str, Callable[[bytes], None]] = dict(
    zip(NAMES, (frames, packets, payloads, requests, texts, tokens), strict=True)
)

PACKETS = (
    '0{"token":"x"}', '21["message",{"conversationId":"c","clientId":"1","body":"hello"}]', "1", '3/a,7[]',
    '51-["message",{"_placeholder":true,"num":0}]\0abc', '2["sync",{"cursors":{"c":1},"only":["c"],"since":"x"}]',
    '2["read",{"conversationId":"c","seq":9007199254740991}]', '2["typing",{"conversationId":"c"}]',
)  # fmt: skip
ENGINE_PACKETS = (*(f"4{each}" for each in PACKETS), "2probe", "3", "5", "4\x1e2\x1e3\x1ebAQID")
BODY_TEXTS = (
    '{"handle":"ada","password":"correct horse"}', '{"displayName":"에이다","profileImageId":"f"}',
    '{"memberIds":["a","b"]}', '{"fileName":"사진.png","contentType":"image/png","size":1}',
)  # fmt: skip
CLAIMS = '{"sub":"ada","exp":1900000000,"iat":1700000000,"aud":["chat"],"iss":"me","nbf":1}'
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "frames": (
        *(bytes((31, 0x81, 0x80 | len(text[:125]))) + bytes(4) + text[:125].encode() for text in ENGINE_PACKETS),
        b"\x03\x82\x84\1\2\3\4\1\2\3\4",
    ),
    "packets": tuple(each.encode() for each in PACKETS),
    "payloads": tuple(each.encode() for each in ENGINE_PACKETS),
    "requests": tuple(each.encode() for each in BODY_TEXTS),
    "texts": tuple(
        each.encode()
        for each in (
            "alice", "\uff41lice", "김철수", "\N{WOMAN}\u200d\N{GIRL}", "1795392000000000-c", "ko-KR,ko;q=0.9",
            "text/csv; charset=utf-16", "203.0.113.9, [2001:db8::1]:443", "사진.heic",
        )
    ),
    "tokens": (b"\0\0" + CLAIMS.encode(), b'\0{"kid":"1","typ":"JWT"}\0' + CLAIMS.encode(), b"\1a.b.c"),
}  # fmt: skip
"""What real clients send; the fuzzer starts from these inputs."""


def main(name: str, options: list[str]) -> None:
    """Fuzz one target in this process, which then ends."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(SEEDS[name]):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([name, f"-max_len={MAX_BYTES}", *options, corpus], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
