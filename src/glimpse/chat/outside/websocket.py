"""
The WebSocket that uvicorn hands a connection to. Our own, because it takes less memory: an idle socket has no task and
no buffer, and takes 2 kB where a stream would take 24.

uvicorn passes the handshake, which it has parsed, to `data_received`. After that the event loop reads into one buffer
that all WebSockets share, so what is read is processed within the same call.
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
    MalformedPacket,
)
from glimpse.chat.protocol.session import MAX_BUFFERED_BYTES, ON_WEBSOCKET, PARSE_ERROR, Session

READ_BUFFER = memoryview(bytearray(256 * 1024))

CONTROL = 0x8
"""Set in the opcodes of control frames (RFC 6455, section 5.5)."""

CLOSE_SECONDS = 10.0
"""How long the client of a closed WebSocket may take to read what was sent; then the connection is aborted."""

Engines = Callable[[str], Engine | None]
"""Returns the engine that is served at a path, None where there is none."""


def for_uvicorn(engines: Engines) -> Callable[..., WebSocket]:
    """What uvicorn takes as its WebSocket class. It is called for each upgrade, with three arguments of uvicorn's."""

    def make(config: Any, server_state: Any, app_state: Any) -> WebSocket:
        return WebSocket(engines)

    return make


class WebSocket(asyncio.BufferedProtocol):
    """The transport of one session: of a new one, or of a polling one that it joins and that upgrades to it."""

    __slots__ = (
        "_engine",
        "_engines",
        "_has_probed",
        "_is_carrying",
        "_is_closing",
        "_leave_code",
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
        self._is_closing = False
        self._has_probed = False
        self._is_carrying = False
        """Whether this WebSocket is the session's transport; False while the session still polls."""

        self._leave_code = ws.NORMAL

    # ---- What uvicorn and the event loop call

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """The handshake, as uvicorn rebuilds it from what it parsed."""
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
        if not engine.allows_origin(headers.get("origin"), headers.get("host")):
            return ORIGIN_FORBIDDEN
        if headers.get("sec-websocket-version") != "13" or not headers.get("sec-websocket-key"):
            return BAD_REQUEST
        what = engine.classify(method, query, True, headers.get("x-forwarded-for"))
        is_second = what == JOIN and engine.sessions[query["sid"]].candidate is not None
        return BAD_REQUEST if is_second else what

    def get_buffer(self, sizehint: int) -> memoryview:
        return READ_BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        messages, broken = self._reader.receive(READ_BUFFER[:nbytes])
        try:
            for message in messages:
                if self._is_closing:
                    return
                if message.opcode & CONTROL or not self._is_carrying:
                    self._receive_other(message)
                elif self._session is not None:
                    self._session.receive(message.data, self._engine.loop.time())
        except MalformedPacket:
            self._fail(ws.PROTOCOL_ERROR)
        if broken and not self._is_closing:
            self._fail(broken.code)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_closing = True
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
        if self._is_closing:
            return  # Nothing may follow a close frame (RFC 6455, section 5.5.1).
        self._transport.write(ws.encode_messages(packets))
        if self._transport.get_write_buffer_size() > MAX_BUFFERED_BYTES:
            self._cut_off()

    def close(self, code: int = ws.NORMAL) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._transport.write(ws.close_frame(code))
            self._transport.close()
            self._stop_timer()
            self._timer = self._engine.loop.call_later(CLOSE_SECONDS, self._transport.abort)

    def leave(self, code: int = ws.NORMAL) -> None:
        """
        Once its probe was answered, the client has stopped polling, so this WebSocket stays open until the client
        completes the upgrade: socket.io-client takes an earlier close for a failed probe, and would wait for a ping.
        """
        if self._has_probed and not self._is_closing:
            self._session, self._leave_code = None, code
        else:
            self.close(code)

    # ---- Messages

    def _receive_other(self, message: ws.Message) -> None:
        """A control frame, or a packet before the WebSocket carries the session. Raises MalformedPacket."""
        if message.opcode == ws.PING:
            self._transport.write(ws.frame(ws.PONG, cast("bytes", message.data)))
            if self._transport.get_write_buffer_size() > MAX_BUFFERED_BYTES:
                self._cut_off()
        elif message.opcode == ws.CLOSE:
            self.close()
        elif message.opcode == ws.PONG:
            return
        elif self._session is None:
            self.close(self._leave_code)
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
        """Abort: the client leaves too much unread."""
        self._is_closing = True
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
        self._is_closing = True
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
