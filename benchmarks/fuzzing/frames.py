"""
Whatever bytes a client sends, the protocol answers with an error of its own kind, or with what they mean.

Run:     python -m benchmarks.fuzzing.frames -runs=10000000        (libFuzzer's options; a failure leaves its input)
Needs:   pip install atheris, beside the project's own requirements. Linux.

One input is what a connection reads, cut into pieces where its first byte says; it goes the whole way from bytes to
what the service would be told, and once more as a payload of long polling.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["glimpse.chat"]):
    from glimpse.chat.protocol.engineio import Malformed, Timing, decode_payload
    from glimpse.chat.protocol.session import Session
    from glimpse.chat.protocol.socketio import ROOT, Packet, Peer
    from glimpse.chat.protocol.websocket import BINARY, TEXT, FrameReader
    from glimpse.chat.requests import EVENTS, decode_request

MAX_BYTES = 4096


class Service:
    """Decodes each event as a request of every kind, as the real service does for one."""

    def on_connect(self, peer: Peer, namespace: str, auth: dict[str, Any]) -> None: ...

    def on_event(self, peer: Peer, event: Packet) -> None:
        for kind in EVENTS.values():
            decode_request(event.data[1] if len(event.data) > 1 else None, kind)

    def on_disconnect(self, peer: Peer, namespace: str, reason: str) -> None: ...


class Registry:
    def call_soon(self, call: Callable[[], None]) -> None: ...

    def forget(self, session: Session) -> None: ...


def session_over(transport: str) -> Session:
    """Of a client that has joined."""

    def listen(session: Session) -> Peer:
        peer = Peer(Service(), session, 1.0)
        peer.accept(ROOT, "sid")
        return peer

    return Session("sid", transport, Timing(), 0.0, listen, Registry())


def one_input(data: bytes) -> None:
    size = data[0] % 32 + 1 if data else 1
    reader, session = FrameReader(MAX_BYTES), session_over("websocket")
    try:
        for start in range(1, len(data), size):
            messages, broken = reader.receive(data[start : start + size])
            for message in messages:
                if message.opcode in (TEXT, BINARY):
                    session.receive(message.data, 0.0)
            if broken:
                break
            assert reader.held <= MAX_BYTES + 14, "more is held than a message may have"
    except Malformed:
        pass
    polling = session_over("polling")
    try:
        for packet in decode_payload(data[1:].decode()):
            polling.receive(packet, 0.0)
    except (Malformed, UnicodeDecodeError):
        pass


def seeds() -> list[bytes]:
    """What clients really send, from which the fuzzer goes on."""
    texts = (
        '40{"token":"x"}', '421["message",{"conversationId":"c","clientId":"1","body":"hello"}]', "2probe", "3", "5",
        '451-["message",{"_placeholder":true,"num":0}]', '42["sync",{"cursors":{"c":1}}]', "41", "4\x1e2\x1e3\x1ebAQID",
        '42["read",{"conversationId":"c","seq":9007199254740991}]', '42["typing",{"conversationId":"c"}]', '43/a,7[]',
    )  # fmt: skip
    masked = [bytes((31, 0x81, 0x80 | len(text))) + b"\0\0\0\0" + text.encode() for text in texts]
    return [*masked, *(b"\0" + text.encode() for text in texts), b"\x03\x82\x84\1\2\3\4\1\2\3\4"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds()):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([*sys.argv, corpus], one_input)
        atheris.Fuzz()
