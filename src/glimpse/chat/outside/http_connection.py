"""
One HTTP connection, with bounds on what its peer begins and does not finish: the head and the body of a request, the
reading of its answer, and the end of the connection. uvicorn itself bounds only the time between requests.
"""

from __future__ import annotations

import asyncio
import math
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from glimpse.chat.held_bytes import UNCOUNTED_BYTES
from glimpse.chat.outside.connections import FULL, HEALTH_PATH, Connections
from glimpse.chat.outside.json_http import response
from glimpse.chat.protocol.deadlines import BYTES_PER_SECOND, seconds_for
from glimpse.chat.refusals import BUSY

HEAD_SECONDS = 10.0
"""How long a request may take until its headers are complete; uvicorn itself would wait for ever."""

MAX_HEAD_BYTES = 16_384
"""A request's line and headers; uvicorn itself would take them for as long as they come."""

MAX_HEADERS = 128
"""The most headers of a request. Each takes 150 bytes beside its text; browsers send twenty."""

MAX_PIPELINED = 8
"""Requests that wait while an earlier one of the same connection is answered."""

UNREAD_SECONDS = 10.0
"""How long an answer may stay unread. A peer that reads at least BYTES_PER_SECOND gets as long again."""

MIN_READ_BYTES = round(UNREAD_SECONDS * BYTES_PER_SECOND)

CONTINUE_PREFIX = b"HTTP/1.1 100 "
"""The beginning of a response that asks for the request's body (RFC 9110, section 15.2.1). The final one follows it."""

HEAD, BODY, UNREAD, PIPELINED = "head", "body", "unread", "pipelined"
"""Why a connection is cut off, as the metrics name it: what was not finished in time, or too many requests waiting."""


class ResponseTransport:
    """The transport of one response. Its head waits for the first part of the body, so that both are one write."""

    __slots__ = ("_has_begun", "_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport, self._head, self._has_begun = transport, b"", False

    def write(self, data: bytes) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head + data)
        elif self._has_begun or data.startswith(CONTINUE_PREFIX):
            self._transport.write(data)
        else:
            self._head, self._has_begun = data, True

    def finish(self) -> None:
        """The response is complete: write its head, if it had no body."""
        head, self._head = self._head, b""
        if head:
            self._transport.write(head)

    def close(self) -> None:
        self.finish()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()


class Http(HttpToolsProtocol):
    """uvicorn's own, with these bounds. `connections` counts it, and may cut it off for a newer one."""

    def __init__(self, connections: Connections, **uvicorn_arguments: Any) -> None:
        super().__init__(**uvicorn_arguments)
        self._connections = connections
        self._is_health_only = False
        """There are too many connections: this one may only ask for /health."""

        self._unfinished = 0
        """Bytes received since the last complete head or piece of a body: those of an incomplete head."""

        self._head_since: float | None = None
        """Since when the head of a request is due; None while a body is, and between requests."""

        self._body_since: float | None = None
        """Since when the body of the newest request is due; None when it is complete."""

        self._body_received = 0
        self._unanswered: dict[RequestResponseCycle, int] = {}
        """The requests that are not answered yet, in their order, with the bytes of their bodies that came so far."""

        self._unread, self._unread_since = 0, math.inf
        """Bytes that wait for the peer to read, and since when it has not read enough of them."""

        self._closed_at = math.inf
        self._is_over = False
        """The connection is lost or about to be, or a WebSocket has it."""

        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = math.inf

    # ---- What the event loop calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        # Instead of uvicorn's own, which asks for the socket: uvloop then keeps an object with both addresses, which
        # takes 350 bytes for each connection, also once it is a WebSocket.
        self.transport, self.flow, self.scheme = transport, FlowControl(transport), "http"
        peer = transport.get_extra_info("peername")
        self.client = peer[:2] if isinstance(peer, tuple) else None
        self.connections.add(self)
        transport.set_write_buffer_limits(UNCOUNTED_BYTES)
        if not self._connections.open(self):
            self._is_health_only, self.app = True, only_health(self.app)
        self._head_since = self.loop.time()
        self._update()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_tracking()
        self._connections.close(self)
        self._disconnect_requests()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_since is None and self._body_since is None:
            # Also for line breaks before a request: they are none, but uvicorn cancels its own timeout for them.
            self._head_since = self.loop.time()
        # In pieces, because the parser keeps what it has of a head, and one read may be 16 times as long as a head may.
        for start in range(0, len(data), MAX_HEAD_BYTES):
            part = data[start : start + MAX_HEAD_BYTES]
            self._unfinished += len(part)
            super().data_received(part)
            if self._is_over or self.transport.is_closing():
                break
            if self._unfinished > MAX_HEAD_BYTES:
                self.send_400_response("Request head too long.")
                break
        self._update()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread, self._unread_since = self.transport.get_write_buffer_size(), self.loop.time()
        self._update()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unread, self._unread_since = 0, math.inf
        self._update()

    # ---- What the parser calls

    def on_message_begin(self) -> None:
        if self._head_since is None:
            self._head_since = self.loop.time()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._body_since is not None:
            # A trailer, after the body. uvicorn would add it to the headers; but whoever wrote the address of a client,
            # or a token, wrote it into the head, and a proxy may pass on a client's own trailers.
            return
        super().on_header(name, value)
        if len(self.headers) > MAX_HEADERS:
            raise ValueError("too many headers")  # which the parser turns into a 400

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        self._head_since, self._body_since, self._body_received = None, self.loop.time(), 0
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES:
            raise ValueError("request head too long")
        if len(self.pipeline) >= MAX_PIPELINED:
            self._connections.counts.cut_off[PIPELINED] += 1
            raise ValueError("too many requests wait")
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self._unanswered[self.cycle] = 0
            self.cycle.transport = ResponseTransport(self.transport)  # type: ignore[assignment]

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        self._body_received += len(body)
        if self.cycle in self._unanswered:
            self._unanswered[self.cycle] += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._body_since = None
        super().on_message_complete()

    # ---- What uvicorn calls

    def on_response_complete(self) -> None:
        if not self._is_over:
            next(iter(self._unanswered)).transport.finish()  # type: ignore[attr-defined]
        super().on_response_complete()
        if not self._is_over:
            del self._unanswered[next(iter(self._unanswered))]
            self._connections.finish_request(self)
            self._update()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._update()

    def send_400_response(self, msg: str) -> None:
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def handle_websocket_upgrade(self) -> None:
        if self._is_health_only:
            self._connections.counts.cut_off[FULL] += 1
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections.")
        elif self._unanswered:
            # The answers to the earlier requests would be written between the frames.
            self._refuse(HTTPStatus.BAD_REQUEST, "Upgrade before the answers to earlier requests.")
        else:
            self._stop_tracking()
            self._connections.upgrade(self)
            super().handle_websocket_upgrade()
            # Both refer to this object. Without these cycles it is freed at once, and not by the garbage collector.
            self.parser = self.cycle = None  # type: ignore[assignment]

    # ---- What Connections and HeldBytes call

    def is_evictable(self) -> bool:
        is_answering = bool(self._unanswered) and self._body_since is None
        return not is_answering or self.flow.write_paused

    def held_bytes(self) -> int:
        unread = self.transport.get_write_buffer_size()
        return self._unfinished + sum(self._unanswered.values()) + (unread if unread > UNCOUNTED_BYTES else 0)

    def cut_off(self, reason: str) -> None:
        self._connections.counts.cut_off[reason] += 1
        self._abort()

    # ---- Deadlines

    def due_at(self) -> float:
        """When the peer must have finished what it does now, in seconds of the event loop's clock."""
        if self._closed_at < math.inf:
            return self._closed_at + UNREAD_SECONDS
        due = self._unread_since + UNREAD_SECONDS
        if self._head_since is not None:
            due = min(due, self._head_since + HEAD_SECONDS)
        elif self._body_since is not None:
            due = min(due, self._body_since + seconds_for(self._body_received))
        return due

    def _update(self) -> None:
        """Something has changed: count what is held, and set the timer if something is due earlier."""
        if self._is_over:
            return
        now = self.loop.time()
        if self.transport.is_closing() and self._closed_at == math.inf:
            self._closed_at = now
        self._connections.held.update(self, self.held_bytes())
        due = self.due_at()
        if due < self._timer_at:
            self._stop_timer()
            self._timer_at = due
            self._timer = self.loop.call_at(due, self._on_timer)

    def _on_timer(self) -> None:
        """What the timer was set for is often done by now, and then something else is due later."""
        self._timer, self._timer_at = None, math.inf
        now = self.loop.time()
        if self.due_at() <= now:
            self._on_due(now)
        self._update()

    def _on_due(self, now: float) -> None:
        if self._closed_at < math.inf:
            self._abort()
        elif self._unread_since + UNREAD_SECONDS <= now:
            unread = self.transport.get_write_buffer_size()
            if unread > self._unread - MIN_READ_BYTES:
                self.cut_off(UNREAD)
            else:
                self._unread, self._unread_since = unread, now
        elif self._head_since is not None:
            self._connections.counts.cut_off[HEAD] += 1
            self.transport.close()
        elif self.flow.read_paused:
            # This task does not read, so the peer is not late.
            self._body_since = now
        else:
            self._connections.counts.cut_off[BODY] += 1
            if self._unanswered:
                self._refuse(HTTPStatus.REQUEST_TIMEOUT, "Request body too slow.")
            else:  # The request was answered before its body came.
                self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer, self._timer_at = None, math.inf

    def _abort(self) -> None:
        self._stop_tracking()
        self.transport.abort()

    def _stop_tracking(self) -> None:
        """Stop the timer and count nothing any more: the connection is over, or a WebSocket takes it."""
        self._is_over = True
        self._stop_timer()
        self._connections.held.update(self, 0)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """Answer the newest request, unless its answer has begun or an earlier one is missing; then close."""
        if not self._unanswered or (len(self._unanswered) == 1 and not self.cycle.response_started):
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
            head += f"connection: close\r\ncontent-length: {len(message)}\r\n\r\n"
            self.transport.write(head.encode() + message.encode())
        self._disconnect_requests()
        self.transport.close()

    def _disconnect_requests(self) -> None:
        """Tell the application that the peer is gone: it may wait for the rest of a body, or for the end of a poll."""
        self.pipeline.clear()
        for cycle in self._unanswered:
            cycle.disconnected = True
            # The request may wait for the garbage collector, but its body need not.
            cycle.body = bytearray()
            cycle.message_event.set()
        self._unanswered.clear()


def only_health(app: Any) -> Any:
    """The application of a health-only connection: it answers /health, 503 to anything else, and then closes."""

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        async def send_and_close(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        answer = app if scope["path"] == HEALTH_PATH else response(BUSY)
        await answer(scope, receive, send_and_close)

    return serve
