"""
The WebSocket that uvicorn hands a connection to. Our own, because it takes less memory: an idle socket has no task and
no buffer, and takes 2 kB where a stream would take 24.

uvicorn passes the handshake, which it has parsed, to `data_received`. After that the event loop reads into one buffer
that all WebSockets share, so what is read is processed within the same call.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

import msgspec

from glimpse.chat.held_bytes import UNCOUNTED_BYTES
from glimpse.chat.outside.connections import Connections
from glimpse.chat.outside.engineio import UPGRADE_SECONDS, Engine
from glimpse.chat.protocol import websocket as ws
from glimpse.chat.protocol.deadlines import MAX_UNJOINED_BYTES, START_SECONDS, seconds_for
from glimpse.chat.protocol.engineio import (
    BAD_REQUEST,
    HANDSHAKE,
    JOIN,
    ORIGIN_FORBIDDEN,
    SECOND_WEBSOCKET,
    WEBSOCKET,
    BadRequest,
    MalformedPacket,
    read_query,
)
from glimpse.chat.protocol.outgoing import Outgoing, OutgoingText
from glimpse.chat.protocol.session import (
    FLOODING,
    MAX_BUFFERED_BYTES,
    ON_WEBSOCKET,
    PARSE_ERROR,
    UNFINISHED,
    Session,
)

READ_BUFFER = memoryview(bytearray(16 * 1024))
"""Small, because a client that is cut off for the frames in it has had all of them parsed: 2,700 at most, 3 ms."""

MAX_BYTES_UNJOINED = 2 * MAX_UNJOINED_BYTES
"""All that a client may send before it joins: its request, and another after the first was refused."""

CONTROL = 0x8
"""Set in the opcodes of control frames (RFC 6455, section 5.5)."""

KEY = re.compile(r"[+/0-9A-Za-z]{22}==")
"""A Sec-WebSocket-Key is 16 bytes in base64 (RFC 6455, section 4.1)."""

SUBPROTOCOLS = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*")
"""A Sec-WebSocket-Protocol is a list of tokens (RFC 6455, section 4.1)."""

CLOSE_SECONDS = 10.0
"""How long the client of a closed WebSocket may take to read what was sent; then the connection is aborted."""

UNREAD = "unread"
"""Why a connection is cut off: its client leaves too much unread. The metrics name it so."""

Engines = Callable[[str], Engine | None]
"""Returns the engine that is served at a path, None where there is none."""


def for_uvicorn(engines: Engines, connections: Connections) -> Callable[..., WebSocket]:
    """What uvicorn takes as its WebSocket class. It is called for each upgrade, with three arguments of uvicorn's."""

    def make(config: Any, server_state: Any, app_state: Any) -> WebSocket:
        return WebSocket(engines, connections)

    return make


class WebSocket(asyncio.BufferedProtocol):
    """The transport of one session: of a new one, or of a polling one that it joins and that upgrades to it."""

    __slots__ = (
        "_connections",
        "_counted",
        "_engine",
        "_engines",
        "_has_probed",
        "_is_carrying",
        "_is_closing",
        "_known_deadline",
        "_leave_code",
        "_reader",
        "_session",
        "_timer",
        "_transport",
        "_unfinished_since",
        "_unfinished_timer",
        "_unjoined_bytes",
    )

    def __init__(self, engines: Engines, connections: Connections | None = None) -> None:
        self._engines, self._connections = engines, connections
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
        self._known_deadline: float | None = None
        """The session's deadline when the limit of the reader was last set; the limit changes with it."""

        self._counted = 0
        """Bytes of an incomplete message when they were counted last."""

        self._unjoined_bytes = 0
        """Received while the client was in no namespace."""

        self._unfinished_since = 0.0
        self._unfinished_timer: asyncio.TimerHandle | None = None
        """Not cancelled when the message is complete: the next incomplete one uses it again."""

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
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        if "sec-websocket-protocol" in headers:
            # Clients that ask for one give up where none is named; this server speaks all of them alike.
            head += f"Sec-WebSocket-Protocol: {headers['sec-websocket-protocol'].partition(',')[0].strip()}\r\n"
        head += f"Sec-WebSocket-Accept: {ws.accept_key(headers['sec-websocket-key'])}\r\n\r\n"
        if what == HANDSHAKE:
            self._session = engine.open(WEBSOCKET, headers.get("accept-language", ""))
            self._session.transport = self
            self._is_carrying = True
            # The open packet goes with the answer, which saves a write.
            opening = [ws.encode_message(cast("str", packet)) for packet in self._session.take_outgoing()]
            self._transport.write(b"".join([head.encode(), *opening]))
            return
        self._transport.write(head.encode())
        if what == SECOND_WEBSOCKET:
            self.close()
        else:
            self._session = engine.sessions[query["sid"]]
            self._session.candidate = self
            self._timer = engine.loop.call_later(UPGRADE_SECONDS, self.close)

    def _classify(
        self, engine: Engine, method: str, query: dict[str, str], headers: dict[str, str]
    ) -> str | BadRequest:
        if not engine.allows_origin(headers.get("origin"), headers.get("host")):
            return ORIGIN_FORBIDDEN
        if headers.get("sec-websocket-version") != "13" or not KEY.fullmatch(headers.get("sec-websocket-key", "")):
            return BAD_REQUEST
        offered = headers.get("sec-websocket-protocol")
        if offered is not None and not SUBPROTOCOLS.fullmatch(offered):
            return BAD_REQUEST
        peer = self._transport.get_extra_info("peername")
        # The address of a peer on a Unix socket is no tuple.
        address = peer[0] if isinstance(peer, tuple) else None
        what = engine.classify(method, query, True, address, headers.get("x-forwarded-for", ""))
        is_second = what == JOIN and engine.sessions[query["sid"]].candidate is not None
        return SECOND_WEBSOCKET if is_second else what

    def get_buffer(self, sizehint: int) -> memoryview:
        return READ_BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        reader, session = self._reader, self._session
        if session is not None:
            if session.deadline is not self._known_deadline:
                self._known_deadline, reader.max_bytes = session.deadline, session.max_bytes
            if self._known_deadline is not None:
                self._unjoined_bytes += nbytes
                if self._unjoined_bytes > MAX_BYTES_UNJOINED and not self._is_closing:
                    self._fail(ws.TOO_BIG, FLOODING)
                    return
        received = READ_BUFFER[:nbytes]
        if self._is_carrying and not self._is_closing and session is not None:
            text = reader.only_text(received)
            if text is not None:
                try:
                    session.receive(text, self._engine.loop.time())
                except MalformedPacket:
                    self._fail(ws.PROTOCOL_ERROR)
                return
        messages, broken = reader.receive(received)
        if reader.buffered or self._counted:
            self._count_unfinished(messages)
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
        self._stop_timers()
        if self._connections is not None:
            self._connections.close_websocket()
        if self._engine:
            self._engine.held.update(self, 0)
            # A closed connection is part of a reference cycle, which may live long; what it held must not.
            self._reader.clear()
        session = self._session
        if session is None:
            return
        if session.candidate is self:
            session.candidate = None
            session.probe_lost()
        elif session.transport is self:
            session.transport = None
            session.close("transport close")

    def pause_writing(self) -> None:
        self._count_held()

    def resume_writing(self) -> None:
        self._count_held()

    # ---- What the session calls

    def write_packets(self, packets: list[Outgoing]) -> None:
        if self._is_closing:
            return  # Nothing may follow a close frame (RFC 6455, section 5.5.1).
        frames = [each.frame if isinstance(each, OutgoingText) else ws.encode_message(each) for each in packets]
        self._transport.write(frames[0] if len(frames) == 1 else b"".join(frames))
        if self._transport.get_write_buffer_size() > UNCOUNTED_BYTES:
            self._on_unread()

    def close(self, code: int = ws.NORMAL) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._transport.write(ws.close_frame(code))
            self._close_transport()

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
        session = self._session
        if message.opcode & CONTROL and session and not session.allows_other():
            return
        if message.opcode == ws.PING:
            self._transport.write(ws.frame(ws.PONG, cast("bytes", message.data)))
            if self._transport.get_write_buffer_size() > UNCOUNTED_BYTES:
                self._on_unread()
        elif message.opcode == ws.CLOSE:
            self.close()
        elif message.opcode == ws.PONG:
            return
        elif session is None:
            self.close(self._leave_code)
        else:
            self._receive_probe(session, message.data)

    def _receive_probe(self, session: Session, packet: str | bytes) -> None:
        answer = session.receive_probe(packet)
        if answer is not None:
            self._has_probed = True
            self.write_packets([answer])
            session.release_poll()
        elif session.state == ON_WEBSOCKET:
            self._is_carrying = True
            if self._timer:
                self._timer.cancel()
            session.upgraded(self)

    # ---- What peers hold

    def held_bytes(self) -> int:
        unread = self._transport.get_write_buffer_size()
        return self._reader.buffered + (unread if unread > UNCOUNTED_BYTES else 0)

    def cut_off(self, reason: str) -> None:
        """Abort."""
        self._engine.counts.cut_off[reason] += 1
        self._is_closing = True
        self._transport.abort()

    def _on_unread(self) -> None:
        if self._transport.get_write_buffer_size() > MAX_BUFFERED_BYTES:
            self.cut_off(UNREAD)
        else:
            self._count_held()

    def _count_held(self) -> None:
        if self._engine:  # which a refused handshake has not
            self._engine.held.update(self, self.held_bytes())

    def _count_unfinished(self, completed: list[ws.Message]) -> None:
        """A message is incomplete, or its rest has come. `completed`: the messages that came before that."""
        loop, buffered = self._engine.loop, self._reader.buffered
        if buffered:
            if not self._counted or any(not message.opcode & CONTROL for message in completed):
                self._unfinished_since = loop.time()
            if self._unfinished_timer is None:
                self._unfinished_timer = loop.call_later(START_SECONDS, self._check_unfinished)
        self._counted = buffered
        self._count_held()

    def _check_unfinished(self) -> None:
        self._unfinished_timer = None
        if not self._counted or self._is_closing:
            return
        left = self._unfinished_since + seconds_for(self._counted) - self._engine.loop.time()
        if left > 0:
            self._unfinished_timer = self._engine.loop.call_later(left, self._check_unfinished)
        else:
            self._engine.counts.cut_off[UNFINISHED] += 1
            self._fail(ws.POLICY, UNFINISHED)

    # ---- The end

    def _close_transport(self) -> None:
        """Close the connection once what was written is read, or after CLOSE_SECONDS."""
        self._transport.close()
        self._stop_timers()
        self._timer = asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._transport.abort)

    def _stop_timers(self) -> None:
        for timer in (self._timer, self._unfinished_timer):
            if timer:
                timer.cancel()

    def _fail(self, code: int, reason: str = PARSE_ERROR) -> None:
        session, self._session = self._session, None
        self.close(code)
        if session is None:
            return
        if session.candidate is self:
            session.candidate = None
            session.probe_lost()
        else:
            session.close(reason)

    def _refuse(self, why: BadRequest) -> None:
        self._is_closing = True
        body = msgspec.json.encode({"code": why.code, "message": why.message})
        head = f"HTTP/1.1 {why.status} {HTTPStatus(why.status).phrase}\r\nContent-Type: application/json\r\n"
        head += f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)
        self._close_transport()


def _request(data: bytes) -> tuple[str, str, dict[str, str], dict[str, str]]:
    """
    Method, path, query and headers of a request whose form uvicorn has already checked. Lines of the same header are
    joined (RFC 9110, section 5.3).
    """
    head, *lines = data.decode("latin-1").split("\r\n")
    method, target, _ = head.split(" ", 2)
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            name, value = name.strip().lower(), value.strip()
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    path, _, query = target.partition("?")
    return method, path, read_query(query), headers
