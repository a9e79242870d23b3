"""The service on Socket.IO peers: who may join, and where the answers go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from glimpse.chat.documents import Document
from glimpse.chat.outside.socketio import Peer
from glimpse.chat.ports import StoreDown
from glimpse.chat.protocol.client import Joining, Said
from glimpse.chat.protocol.socketio import ROOT, encoded_answer
from glimpse.chat.service import Service
from glimpse.chat.sockets import Socket
from glimpse.chat.values import Refusal

MAX_JOINING = 5_000
"""Clients that may be looked up at once; who comes later is hung up on, and comes back."""


class Gateway:
    """What a Peer tells: one namespace, and nobody in it without a token."""

    def __init__(self, service: Service, make_id: Callable[[], str]) -> None:
        self._service, self._make_id = service, make_id
        self._sockets: dict[Peer, Socket] = {}
        self._joining: set[asyncio.Task[None]] = set()

    def on_join(self, peer: Peer, joining: Joining) -> None:
        if joining.namespace != ROOT:
            peer.refuse(joining.namespace, "Invalid namespace")
        elif len(self._joining) >= MAX_JOINING:
            peer.connection.close("busy")
        else:
            task = asyncio.get_running_loop().create_task(self._join(peer, joining.auth))
            self._joining.add(task)
            task.add_done_callback(self._joining.discard)

    def on_said(self, peer: Peer, said: Said) -> None:
        self._service.said(self._sockets[peer], said.name, said.arguments, partial(_answer, peer, said.id))

    def on_left(self, peer: Peer, namespace: str, reason: str) -> None:
        socket = self._sockets.pop(peer, None)
        if socket:
            self._service.left(socket, reason)

    async def _join(self, peer: Peer, auth: dict[str, Any]) -> None:
        try:
            socket = await self._service.join(peer.connection, auth)
        except StoreDown:
            # Not CONNECT_ERROR: the client would never try again.
            peer.connection.close("unavailable")
            return
        except Exception as error:
            self._service.failed(error)
            peer.connection.close("internal")
            return
        if not peer.connection.is_open:
            return
        if isinstance(socket, Refusal):
            peer.refuse(ROOT, socket.code, code=socket.code)
            return
        self._sockets[peer] = socket
        peer.accept(ROOT, self._make_id())
        self._service.joined(socket)


def _answer(peer: Peer, event_id: int | None, document: Document) -> None:
    if event_id is not None:
        peer.connection.send((encoded_answer(event_id, document),))
