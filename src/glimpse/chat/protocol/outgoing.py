"""A text for several sockets, encoded once: a Socket.IO packet within an Engine.IO message, as one WebSocket frame."""

from __future__ import annotations

from struct import Struct

from glimpse.chat.protocol.engineio import MESSAGE
from glimpse.chat.protocol.websocket import FINAL, MAX_CONTROL_PAYLOAD, TEXT

_SHORT, _MEDIUM, _LONG = Struct("!BBc").pack, Struct("!BBHc").pack, Struct("!BBQc").pack
_MESSAGE = MESSAGE.encode()
_FIRST = FINAL | TEXT

PACKET_BYTES = 100
"""Roughly the memory that a packet takes beside its data."""


class OutgoingText:
    """
    Made from a Socket.IO packet in UTF-8. `frame`: the WebSocket frame. `memory_bytes`: roughly what it takes while it
    waits to be sent.
    """

    __slots__ = ("_size", "frame", "memory_bytes")

    def __init__(self, text: bytes) -> None:
        # One more byte for the type of the Engine.IO packet.
        self._size = size = len(text) + 1
        self.memory_bytes = size + PACKET_BYTES
        if size <= MAX_CONTROL_PAYLOAD:
            self.frame = _SHORT(_FIRST, size, _MESSAGE) + text
        elif size < 65_536:
            self.frame = _MEDIUM(_FIRST, 126, size, _MESSAGE) + text
        else:
            self.frame = _LONG(_FIRST, 127, size, _MESSAGE) + text

    @property
    def packet(self) -> str:
        """The Engine.IO packet, for a session that polls."""
        return self.frame[-self._size :].decode()


Outgoing = str | bytes | OutgoingText
"""A packet that a session sends: `str` begins with the digit of its type, `bytes` are a binary message."""
