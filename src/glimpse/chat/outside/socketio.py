"""Socket.IO peers on Engine.IO connections: who joined, what they say, and how to answer them."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from glimpse.chat.outside.engineio import Connection
from glimpse.chat.protocol.client import Client, Joining, Left, Said
from glimpse.chat.protocol.engineio import Malformed
from glimpse.chat.protocol.socketio import ACK, CONNECT, CONNECT_ERROR, EVENT, Packet, encoded


class Application(Protocol):
    """What is served: it is told of peers, and answers through them."""

    def on_join(self, peer: Peer, joining: Joining) -> None:
        """Answer with `accept` or `refuse`, now or later."""
        ...

    def on_said(self, peer: Peer, said: Said) -> None: ...

    def on_left(self, peer: Peer, namespace: str, reason: str) -> None:
        """The peer left a namespace, or is gone altogether."""
        ...


class Peer:
    """One client of the application, whichever transport carries it."""

    __slots__ = ("_application", "_client", "_connect_timer", "connection")

    def __init__(self, application: Application, connection: Connection, connect_seconds: float) -> None:
        self._application = application
        self._client = Client()
        self.connection = connection
        # Whoever holds a connection and joins nothing within the time is not here to chat.
        loop = asyncio.get_running_loop()
        self._connect_timer = loop.call_later(connect_seconds, self._unless_joined)

    # ---- What the application calls

    def accept(self, namespace: str, sid: str) -> None:
        self._connect_timer.cancel()
        self._client.accept(namespace)
        self._send(Packet(CONNECT, namespace, {"sid": sid}))
        self.connection.flush()

    def refuse(self, namespace: str, message: str, **data: Any) -> None:
        """The client's library never tries again after this: only for what trying again cannot cure."""
        self._client.refuse(namespace)
        error = {"message": message, **({"data": data} if data else {})}
        self._send(Packet(CONNECT_ERROR, namespace, error))

    def emit(self, namespace: str, name: str, *arguments: Any) -> None:
        self._send(Packet(EVENT, namespace, [name, *arguments]))

    def acknowledge(self, said: Said, *arguments: Any) -> None:
        if said.id is not None:
            self._send(Packet(ACK, said.namespace, list(arguments), said.id))

    # ---- What the Engine.IO session calls

    def on_message(self, data: str | bytes) -> None:
        try:
            happening = self._client.fed(data)
        except Malformed:
            self.connection.close("parse error")
            return
        if isinstance(happening, Said):
            self._application.on_said(self, happening)
        elif isinstance(happening, Joining):
            self._application.on_join(self, happening)
        elif isinstance(happening, Left):
            self._application.on_left(self, happening.namespace, "client disconnect")
        # An acknowledgement answers nothing: the service asks for none.

    def on_close(self, reason: str) -> None:
        self._connect_timer.cancel()
        for namespace in tuple(self._client.joined):
            self._client.joined.discard(namespace)
            self._application.on_left(self, namespace, reason)

    def _unless_joined(self) -> None:
        if not self._client.joined:
            self.connection.close("connect timeout")

    def _send(self, packet: Packet) -> None:
        self.connection.send(encoded(packet))
