"""
What a client's packets mean: it joins namespaces, and then says things in them.

Nothing is dispatched in a namespace before the client joined it: a packet that is not of a joined namespace ends the
connection, as one of the protocol's own servers does.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from glimpse.chat.protocol.engineio import Malformed
from glimpse.chat.protocol.socketio import ACK, CONNECT, DISCONNECT, EVENT, Decoder, Packet


class Joining(Struct, frozen=True):
    """It asks to join; whoever serves the namespace answers with `joined` or `refused`."""

    namespace: str
    auth: dict[str, Any]


class Said(Struct, frozen=True):
    """An event with its arguments; `id` where it waits for an acknowledgement."""

    namespace: str
    name: str
    arguments: list[Any]
    id: int | None


class Acknowledged(Struct, frozen=True):
    namespace: str
    id: int
    arguments: list[Any]


class Left(Struct, frozen=True):
    namespace: str


Happening = Joining | Said | Acknowledged | Left


class Client:
    """`joined` holds the namespaces it is in."""

    __slots__ = ("_decoder", "_joining", "joined")

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._joining: set[str] = set()
        self.joined: set[str] = set()

    def fed(self, message: str | bytes) -> Happening | None:
        """What one Engine.IO message comes to; None while more of it is to come. Raises Malformed."""
        packet = self._decoder.fed(message)
        return None if packet is None else self._happening(packet)

    def accept(self, namespace: str) -> None:
        self._joining.discard(namespace)
        self.joined.add(namespace)

    def refuse(self, namespace: str) -> None:
        self._joining.discard(namespace)

    def _happening(self, packet: Packet) -> Happening:
        if packet.type == CONNECT:
            if packet.namespace in self.joined or packet.namespace in self._joining:
                raise Malformed("joined already")
            self._joining.add(packet.namespace)
            return Joining(packet.namespace, packet.data or {})
        if packet.namespace not in self.joined:
            raise Malformed("not of a joined namespace")
        if packet.type == EVENT:
            return Said(packet.namespace, packet.data[0], packet.data[1:], packet.id)
        if packet.type == ACK and packet.id is not None:
            return Acknowledged(packet.namespace, packet.id, packet.data)
        if packet.type == DISCONNECT:
            self.joined.discard(packet.namespace)
            return Left(packet.namespace)
        raise Malformed("packet type")
