"""
WebSocket (RFC 6455), the server's side: bytes to messages, and messages to frames. No extensions, so no compression.

Section numbers are the RFC's.
"""

from __future__ import annotations

import base64
import hashlib
import struct

from msgspec import Struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MAX_CONTROL_PAYLOAD = 125
"""A control frame's payload is at most this long, and never fragmented (5.5)."""

FREE_FRAGMENTS, MEAN_FRAGMENT_BYTES = 100, 64
"""A message may come in FREE_FRAGMENTS frames of any size. More of them have MEAN_FRAGMENT_BYTES on average."""

FINAL, MASKED = 0x80, 0x80
"""The high bit of a frame's first byte, and of its second (5.2)."""

FIRST_BYTES = frozenset((CONTINUATION, TEXT, BINARY)) | {
    FINAL | opcode for opcode in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG)
}

NORMAL, GOING_AWAY, PROTOCOL_ERROR, NOT_UTF8, POLICY, TOO_BIG, RESTART = 1000, 1001, 1002, 1007, 1008, 1009, 1012
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class FrameError(ValueError):
    """The client violated the protocol: close the connection with `code` (7.4)."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


class Message(Struct, frozen=True):
    """A whole message, or a control frame. `opcode` is that of the first frame."""

    opcode: int
    data: str | bytes


def accept_key(key: str) -> str:
    """The Sec-WebSocket-Accept header for a client's Sec-WebSocket-Key (4.2.2)."""
    return base64.b64encode(hashlib.sha1(key.encode("ascii", "replace") + GUID).digest()).decode()  # noqa: S324


def frame(opcode: int, payload: bytes) -> bytes:
    """One unfragmented, unmasked frame (5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + payload


def encode_message(data: str | bytes) -> bytes:
    return frame(BINARY, data) if isinstance(data, bytes) else frame(TEXT, data.encode())


def close_frame(code: int = NORMAL, reason: str = "") -> bytes:
    # `ignore` drops a character that was cut in half, which would not be UTF-8.
    fitting = reason.encode()[: MAX_CONTROL_PAYLOAD - 2].decode(errors="ignore")
    return frame(CLOSE, struct.pack("!H", code) + fitting.encode())


class FrameReader:
    """
    Cuts what arrives into messages of at most `max_bytes`, however many frames they come in.

    It keeps only an incomplete message, so an idle connection has no buffer.
    """

    __slots__ = ("_count", "_fragments", "_opcode", "_partial", "buffered", "max_bytes")

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.buffered = 0
        """How many bytes wait for the rest of their message."""

        self._partial: bytearray | None = None
        self._fragments: bytearray | None = None
        self._count = 0
        """Of the fragments in `_fragments`, some of which may be empty."""

        self._opcode = CONTINUATION

    def clear(self) -> None:
        """Forget an incomplete message: its connection is over."""
        self._partial = self._fragments = None
        self.buffered = 0

    def only_text(self, data: memoryview) -> str | None:
        """
        The text of `data` where it is exactly one complete frame of text, as most reads are. None for anything else:
        then call `receive`.
        """
        received = len(data)
        if received < 6 or data[0] != FINAL | TEXT or self._partial is not None or self._opcode:
            return None
        size, key = data[1] - MASKED, 2
        if size == 126:
            size, key = data[2] << 8 | data[3], 4
        elif size == 127:
            # The length follows, in eight bytes.
            return None
        body = key + 4
        if received != body + size or size > self.max_bytes:
            return None
        try:
            return _unmasked(bytes(data[body:]), bytes(data[key:body])).decode()
        except UnicodeDecodeError:
            return None

    def receive(self, data: bytes | memoryview) -> tuple[list[Message], FrameError | None]:
        """The messages that `data` completes, and the violation after them, if any; then do not call this again."""
        buffer: bytes | bytearray
        if self._partial is None:
            buffer = bytes(data)
        else:
            # Extended in place, so that a frame in a thousand pieces is not copied a thousand times.
            self._partial += data
            buffer = self._partial
        messages: list[Message] = []
        broken: FrameError | None = None
        start = 0
        try:
            while len(buffer) - start >= 2:
                first, second = buffer[start], buffer[start + 1]
                is_control = first & CLOSE
                if (
                    first not in FIRST_BYTES
                    or second < MASKED
                    or (is_control and second > MASKED | MAX_CONTROL_PAYLOAD)
                ):
                    raise _frame_error(first, second)
                size, body = second & 0x7F, start + 2
                if size > MAX_CONTROL_PAYLOAD:
                    width = 2 if size == 126 else 8
                    if len(buffer) - body < width:
                        break
                    size, body = int.from_bytes(buffer[body : body + width]), body + width
                if not is_control and size + len(self._fragments or b"") > self.max_bytes:
                    raise FrameError(TOO_BIG, "message")
                end = body + 4 + size
                if len(buffer) < end:
                    break
                payload, start = _unmasked(buffer[body + 4 : end], buffer[body : body + 4]), end
                message = self._message(first, payload)
                if message is not None:
                    messages.append(message)
        except FrameError as error:
            broken = error
        if start == len(buffer):
            self._partial, self.buffered = None, 0
        else:
            if start or self._partial is None:
                self._partial = bytearray(buffer[start:])
            self.buffered = len(self._partial)
        if self._fragments is not None:
            self.buffered += len(self._fragments)
        return messages, broken

    def _message(self, first: int, payload: bytes) -> Message | None:
        """The message that a frame completes; None for a fragment that is not the last. `first` is its first byte."""
        if first == FINAL | TEXT and not self._opcode:
            return Message(TEXT, _text(payload))
        opcode = first & ~FINAL
        if opcode == CLOSE:
            _check_close(payload)
        if opcode >= CLOSE:
            return Message(opcode, payload)
        if (opcode == CONTINUATION) != bool(self._opcode):
            raise FrameError(PROTOCOL_ERROR, "fragments")  # 5.4
        if opcode == CONTINUATION or not first & FINAL:
            self._opcode = self._opcode or opcode
            # One buffer, so that many small fragments take no more memory than the message.
            self._fragments = self._fragments or bytearray()
            self._fragments += payload
            if not first & FINAL:
                self._count += 1
                if self._count > FREE_FRAGMENTS + len(self._fragments) // MEAN_FRAGMENT_BYTES:
                    raise FrameError(POLICY, "tiny fragments")
                return None
            opcode, payload = self._opcode, bytes(self._fragments)
            self._fragments, self._count, self._opcode = None, 0, CONTINUATION
        return Message(BINARY, payload) if opcode == BINARY else Message(TEXT, _text(payload))


def _frame_error(first: int, second: int) -> FrameError:
    """Why no frame of a client begins with these two bytes (5.1, 5.2, 5.5)."""
    if first & 0x70:
        return FrameError(PROTOCOL_ERROR, "reserved bits: no extension was negotiated")
    if second < MASKED:
        return FrameError(PROTOCOL_ERROR, "not masked")
    return FrameError(PROTOCOL_ERROR, "control frame" if first & ~FINAL in (CLOSE, PING, PONG) else "opcode")


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise FrameError(NOT_UTF8, "text") from None  # 8.1


def _check_close(payload: bytes) -> None:
    """Valid is an empty payload, or a code that may be sent and a reason in UTF-8 (5.5.1, 7.4)."""
    code = int.from_bytes(payload[:2]) if payload else NORMAL
    if len(payload) == 1 or not (3000 <= code < 5000 or (1000 <= code <= 1014 and code not in (1004, 1005, 1006))):
        raise FrameError(PROTOCOL_ERROR, "close code")
    _text(payload[2:])


def _unmasked(payload: bytes | bytearray, mask: bytes | bytearray) -> bytes:
    """XOR with the repeated mask (5.3), on one big integer: a hundred times faster than byte by byte."""
    size = len(payload)
    if not size:
        return b""
    repeated = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(repeated, "little")).to_bytes(size, "little")
