"""
Fuzz the protocol: whatever bytes a client sends, it decodes them or raises MalformedPacket.

Run:     python -m benchmarks.fuzzing.frames -runs=10000000        (libFuzzer's options; it saves an input that fails)
Needs:   Linux, and atheris beside the project's own requirements: pip install atheris

Each input is decoded twice, from bytes to the requests of the service: as the data of a WebSocket, in pieces whose size
its first byte determines, and as a payload of long polling.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["glimpse.chat"]):
    from glimpse.chat.protocol.engineio import MalformedPacket, Timing, decode_payload
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
    """The session of a client that has joined the chat."""

    def accept_peer(session: Session) -> Peer:
        peer = Peer(Service(), session, lambda: 1.0)
        peer.accept(ROOT, "sid")
        return peer

    return Session("sid", transport, Timing(), 0.0, accept_peer, Registry())


def one_input(data: bytes) -> None:
    """Raises what the protocol should not have raised."""
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
            assert reader.buffered <= MAX_BYTES + 14, "the reader holds more than a message may have"
    except MalformedPacket:
        pass
    polling = session_over("polling")
    try:
        for packet in decode_payload(data[1:].decode()):
            polling.receive(packet, 0.0)
    except (MalformedPacket, UnicodeDecodeError):
        pass


def seeds() -> list[bytes]:
    """What real clients send; the fuzzer starts from these inputs."""
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
