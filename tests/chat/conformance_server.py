#!/usr/bin/env python3
"""
A server for the protocols' own test suites, on the real transport.

    python tests/chat/conformance_server.py --port 3000

/engine.io/ echoes every message. /socket.io/ has the namespaces `/` and `/custom`: on connecting each emits `auth` with
what the client gave; `message` comes back as `message-back`, and `message-with-ack` as the acknowledgement. `cut` is
answered with `cutting`, and then the server cuts the connection.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import secrets
from collections.abc import MutableMapping
from typing import Any

import uvloop

from glimpse.chat.outside.connections import Connections
from glimpse.chat.outside.engineio import Engine, Polling
from glimpse.chat.outside.server import Server, open_listener, server
from glimpse.chat.protocol.engineio import Timing
from glimpse.chat.protocol.session import Session
from glimpse.chat.protocol.socketio import ACK, EVENT, Packet, Peer

TIMING = Timing(ping_interval=0.3, ping_timeout=0.2, max_payload=1_000_000)
CONNECT_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 65
EVERYWHERE = frozenset({"*"})


class Echo:
    """The Engine.IO suite's server."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def on_message(self, data: str | bytes) -> None:
        self.session.send([data])

    def on_close(self, reason: str) -> None: ...


class Answers:
    """The Socket.IO suite's server."""

    def on_connect(self, peer: Peer, namespace: str, auth: dict[str, Any]) -> None:
        if namespace not in ("/", "/custom"):
            peer.refuse(namespace, "Invalid namespace")
            return
        peer.accept(namespace, secrets.token_urlsafe(15))
        peer.send(Packet(EVENT, namespace, ["auth", auth]))

    def on_text(self, peer: Peer, text: str) -> bool:
        return False

    def on_event(self, peer: Peer, event: Packet) -> None:
        name, *arguments = event.data
        if name == "message":
            peer.send(Packet(EVENT, event.namespace, ["message-back", *arguments]))
        elif name == "message-with-ack" and event.id is not None:
            peer.send(Packet(ACK, event.namespace, arguments, event.id))
        elif name == "cut":
            peer.send(Packet(EVENT, event.namespace, ["cutting"]))
            peer.session.close("the client asked for it")

    def refuses(self, peer: Peer, characters: int, ack_id: int | None) -> bool:
        return False

    def on_disconnect(self, peer: Peer, namespace: str, reason: str) -> None: ...


def make_id() -> str:
    return secrets.token_urlsafe(15)


def conformance(
    timing: Timing = TIMING,
    connect_seconds: float = CONNECT_SECONDS,
    allowed_origins: frozenset[str] = EVERYWHERE,
    max_connections: float = math.inf,
    **limits: Any,
) -> tuple[Server, dict[str, Engine]]:
    """
    Make a server and its engines, by their paths. Call it within the event loop that will serve. `limits` are passed
    to both engines.
    """
    answers, clock = Answers(), asyncio.get_running_loop().time

    def listen(session: Session) -> Peer:
        return Peer(answers, session, lambda: clock() + connect_seconds)

    engines = {
        "/engine.io/": Engine(timing, Echo, make_id, allowed_origins, **limits),
        "/socket.io/": Engine(timing, listen, make_id, allowed_origins, **limits),
    }
    polling = {path: Polling(engine) for path, engine in engines.items()}

    async def app(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        endpoint = polling.get(scope["path"])
        if endpoint:
            await endpoint(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})

    def evict_session() -> bool:
        return any(engine.evict_session() for engine in engines.values())

    connections = Connections(max_connections, evict_session=evict_session)
    return server(app, engines.get, KEEP_ALIVE_SECONDS, connections=connections), engines


async def serve(port: int) -> None:
    await conformance()[0].serve([open_listener("127.0.0.1", port)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=3000, help="where to listen on 127.0.0.1 (default: 3000)")
    uvloop.run(serve(parser.parse_args().port))
