"""
The WebSocket that uvicorn hands a connection to. Ours, because of what it costs: no task and no buffer of its own for
a socket that is silent, 2 kB where a stream would take 24.

uvicorn gives it the handshake it has already parsed through `data_received`, and from then on the event loop fills the
one read buffer that all sockets share: nothing that is read outlives the call it was read in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qsl

import msgspec

from glimpse.chat.outside.engineio import UPGRADE_SECONDS, Engine
from glimpse.chat.protocol import websocket as ws
from glimpse.chat.protocol.engineio import (
    BAD_REQUEST,
    HANDSHAKE,
    JOIN,
    ORIGIN_FORBIDDEN,
    WEBSOCKET,
    BadRequest,
    Malformed,
)
from glimpse.chat.protocol.session import MAX_BUFFERED_BYTES, ON_WEBSOCKET, PARSE_ERROR, Session

READ_BUFFER = memoryview(bytearray(256 * 1024))

CONTROL = 0x8
"""Set in the opcodes of control frames (RFC 6455, section 5.5)."""

CLOSE_SECONDS = 10.0
"""How long the client of a closed WebSocket may take to read the rest; then it is cut off."""

Engines = Callable[[str], Engine | None]
"""The engine that is served at a path; None where there is none."""


def for_uvicorn(engines: Engines) -> Callable[..., WebSocket]:
    """What uvicorn takes as its WebSocket class: it is called for each upgrade with uvicorn's own three arguments."""

    def made(config: Any, server_state: Any, app_state: Any) -> WebSocket:
        return WebSocket(engines)

    return made


class WebSocket(asyncio.BufferedProtocol):
    """Carries one session from its handshake, or joins one that polls and takes it over."""

    __slots__ = (
        "_closing",
        "_engine",
        "_engines",
        "_has_probed",
        "_is_carrying",
        "_leaves_with",
        "_reader",
        "_session",
        "_timer",
        "_transport",
    )

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._engine: Engine = cast("Engine", None)
        self._reader: ws.FrameReader = cast("ws.FrameReader", None)
        self._session: Session | None = None
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False
        self._has_probed = False
        self._is_carrying = False
        """Whether the session is on this WebSocket, and not still polling."""

        self._leaves_with = ws.NORMAL

    # ---- What uvicorn and the event loop call

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """The handshake, as uvicorn writes it anew from what it parsed."""
        method, path, query, headers = _request(data)
        engine = self._engines(path)
        if engine is None:
            self._refuse(BadRequest(3, "Not found", 404))
            return
        what = self._classify(engine, method, query, headers)
        if isinstance(what, BadRequest):
            self._refuse(what)
            return
        self._engine, self._reader = engine, ws.FrameReader(engine.timing.max_payload)
        accepted = ws.accept_key(headers["sec-websocket-key"])
        self._transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accepted.encode() + b"\r\n\r\n"
        )
        if what == HANDSHAKE:
            self._session = engine.open(WEBSOCKET, headers.get("accept-language", ""))
            self._session.transport = self
            self._is_carrying = True
            self._session.flush()
        else:
            self._session = engine.sessions[query["sid"]]
            self._session.candidate = self
            self._timer = engine.loop.call_later(UPGRADE_SECONDS, self.close)

    def _classify(
        self, engine: Engine, method: str, query: dict[str, str], headers: dict[str, str]
    ) -> str | BadRequest:
        if not engine.allows(headers.get("origin"), headers.get("host")):
            return ORIGIN_FORBIDDEN
        if headers.get("sec-websocket-version") != "13" or not headers.get("sec-websocket-key"):
            return BAD_REQUEST
        what = engine.classify(method, query, True, headers.get("x-forwarded-for"))
        joins = what == JOIN and engine.sessions[query["sid"]].candidate is not None
        return BAD_REQUEST if joins else what

    def get_buffer(self, sizehint: int) -> memoryview:
        return READ_BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        messages, broken = self._reader.receive(READ_BUFFER[:nbytes])
        try:
            for message in messages:
                if self._closing:
                    return
                if message.opcode & CONTROL or not self._is_carrying:
                    self._receive_other(message)
                elif self._session is not None:
                    self._session.receive(message.data, self._engine.loop.time())
        except Malformed:
            self._fail(ws.PROTOCOL_ERROR)
        if broken and not self._closing:
            self._fail(broken.code)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = True
        self._stop_timer()
        session = self._session
        if session is None:
            return
        if session.candidate is self:
            session.candidate = None
            session.probe_lost()
        elif session.transport is self:
            session.transport = None
            session.close("transport close")

    def pause_writing(self) -> None: ...

    def resume_writing(self) -> None: ...

    # ---- What the session calls

    def write_packets(self, packets: list[str | bytes]) -> None:
        self._transport.write(ws.encode_messages(packets))
        if self._transport.get_write_buffer_size() > MAX_BUFFERED_BYTES:
            self._cut_off()

    def close(self, code: int = ws.NORMAL) -> None:
        if not self._closing:
            self._closing = True
            self._transport.write(ws.close_frame(code))
            self._transport.close()
            self._stop_timer()
            self._timer = self._engine.loop.call_later(CLOSE_SECONDS, self._transport.abort)

    def leave(self, code: int = ws.NORMAL) -> None:
        """
        A client whose probe was answered has stopped polling. It completes the upgrade before this WebSocket closes:
        socket.io-client takes an earlier close for a failed probe, and waits for a ping that never comes.
        """
        if self._has_probed and not self._closing:
            self._session, self._leaves_with = None, code
        else:
            self.close(code)

    # ---- Messages

    def _receive_other(self, message: ws.Message) -> None:
        """A control frame, or a packet before the WebSocket carries the session. Raises Malformed."""
        if message.opcode == ws.PING:
            self._transport.write(ws.frame(ws.PONG, cast("bytes", message.data)))
            if self._transport.get_write_buffer_size() > MAX_BUFFERED_BYTES:
                self._cut_off()
        elif message.opcode == ws.CLOSE:
            self.close()
        elif message.opcode == ws.PONG:
            return
        elif self._session is None:
            self.close(self._leaves_with)
        else:
            self._receive_probe(self._session, message.data)

    def _receive_probe(self, session: Session, packet: str | bytes) -> None:
        answer = session.receive_probe(packet)
        if answer is not None:
            self._has_probed = True
            self.write_packets([answer])
            session.release_poll()
        elif session.state == ON_WEBSOCKET:
            self._is_carrying = True
            self._stop_timer()
            session.upgraded(self)

    def _cut_off(self) -> None:
        """The client leaves too much unread."""
        self._closing = True
        self._transport.abort()

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _fail(self, code: int) -> None:
        session, self._session = self._session, None
        self.close(code)
        if session is None:
            return
        if session.candidate is self:
            session.candidate = None
            session.probe_lost()
        else:
            session.close(PARSE_ERROR)

    def _refuse(self, why: BadRequest) -> None:
        self._closing = True
        body = msgspec.json.encode({"code": why.code, "message": why.message})
        head = f"HTTP/1.1 {why.status} {HTTPStatus(why.status).phrase}\r\nContent-Type: application/json\r\n"
        head += f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)
        self._transport.close()


def _request(data: bytes) -> tuple[str, str, dict[str, str], dict[str, str]]:
    """Method, path, query and headers of a request whose form uvicorn has already checked."""
    head, *lines = data.decode("latin-1").split("\r\n")
    method, target, _ = head.split(" ", 2)
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    path, _, query = target.partition("?")
    return method, path, dict(parse_qsl(query)), headers
