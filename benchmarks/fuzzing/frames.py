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
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["glimpse.chat"]):
    from glimpse.chat.protocol.client import Client, Said
    from glimpse.chat.protocol.engineio import MESSAGE, Malformed, Packet, Timing, decoded, payload_decoded
    from glimpse.chat.protocol.session import Session
    from glimpse.chat.protocol.socketio import ROOT
    from glimpse.chat.protocol.websocket import BINARY, TEXT, Broken, Receiver
    from glimpse.chat.requests import EVENTS, decode_request

MOST = 4096


class Service:
    """Listens to a session as the real one does, and asks of each event whether it fits."""

    def __init__(self) -> None:
        self._client = Client()
        self._client.accept(ROOT)

    def on_message(self, data: str | bytes) -> None:
        happening = self._client.fed(data)
        if isinstance(happening, Said):
            for wanted in EVENTS.values():
                decode_request(happening.arguments[0] if happening.arguments else None, wanted)

    def on_close(self, reason: str) -> None: ...


def one_input(data: bytes) -> None:
    size = data[0] % 32 + 1 if data else 1
    receiver, session = Receiver(MOST), Session("sid", "websocket", Timing(), 0.0, Service())
    try:
        for start in range(1, len(data), size):
            for message in receiver.fed(data[start : start + size]):
                if message.opcode in (TEXT, BINARY):
                    packet = Packet(MESSAGE, message.data) if message.opcode == BINARY else decoded(message.data)
                    session.received(packet, 0.0)
            assert receiver.held <= MOST + 14, "more is held than a message may have"
    except (Broken, Malformed):
        pass
    polling = Session("sid", "polling", Timing(), 0.0, Service())
    try:
        for packet in payload_decoded(data[1:].decode()):
            polling.received(packet, 0.0)
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
