"""The conformance server in a thread with its own event loop, and a client that writes and reads bytes."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import uvloop

from glimpse.chat.outside.engineio import Engine
from glimpse.chat.outside.server import Server, open_listener
from glimpse.chat.protocol.engineio import Timing
from glimpse.chat.protocol.session import ON_WEBSOCKET, Session
from glimpse.chat.protocol.websocket import BINARY, CLOSE, CONTINUATION, TEXT
from tests.chat.conformance_server import CONNECT_SECONDS, EVERYWHERE, TIMING, conformance

SECONDS = 60.0
"""A test that waits for longer hangs."""

ECHO, CHAT = "/engine.io/", "/socket.io/"
POLLING, WEBSOCKET = "EIO=4&transport=polling", "EIO=4&transport=websocket"
UPGRADING = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def eventually(what: Callable[[], bool], seconds: float = SECONDS) -> bool:
    """Whether it becomes true before the test counts as hanging."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


@dataclass(frozen=True)
class Serving:
    """A running server; tests may look into its `engines`."""

    port: int
    engines: Mapping[str, Engine]

    def sessions(self) -> dict[str, Session]:
        return {sid: session for engine in self.engines.values() for sid, session in engine.sessions.items()}

    def polls(self, sid: str) -> bool:
        """Whether a poll of this session waits for an answer."""
        session = self.sessions().get(sid)
        return session is not None and session.state != ON_WEBSOCKET and session.transport is not None

    def sweep(self, later: float) -> None:
        """Send the pings and end the sessions that are due in `later` seconds. Returns when that is done."""
        for engine in self.engines.values():
            swept: Future[None] = Future()
            engine.loop.call_soon_threadsafe(_sweep, engine, later, swept)
            swept.result(SECONDS)


def _sweep(engine: Engine, later: float, swept: Future[None]) -> None:
    for session in list(engine.sessions.values()):
        session.tick(engine.loop.time() + later)
        session.flush()
    swept.set_result(None)


@contextlib.contextmanager
def serving(
    timing: Timing = TIMING,
    connect_seconds: float = CONNECT_SECONDS,
    allowed_origins: frozenset[str] = EVERYWHERE,
    **limits: Any,
) -> Iterator[Serving]:
    started: Future[tuple[Server, Serving]] = Future()

    async def run() -> None:
        server, engines = conformance(timing, connect_seconds, allowed_origins, **limits)
        opened = open_listener("127.0.0.1", 0)
        started.set_result((server, Serving(opened.getsockname()[1], engines)))
        await server.serve([opened])
        for engine in engines.values():
            engine.close()

    thread = threading.Thread(target=lambda: uvloop.run(run()))
    thread.start()
    server, running = started.result(SECONDS)
    try:
        yield running
    finally:
        server.force_exit = True
        next(iter(running.engines.values())).loop.call_soon_threadsafe(server.stop)
        thread.join(SECONDS)
        assert not thread.is_alive()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def code(self) -> int:
        """The code in the body of a request that was refused."""
        return int(json.loads(self.body)["code"])


class Wire:
    """One TCP connection, on which HTTP requests follow each other until a WebSocket takes it over."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self._read = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    # ---- HTTP

    def ask(self, method: str, target: str, body: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Send a request, and do not wait for its answer."""
        data = body.encode()
        length = {"Content-Length": str(len(data))} if method == "POST" else {}
        host = {"Host": f"127.0.0.1:{self.socket.getpeername()[1]}"}
        lines = [f"{name}: {value}" for name, value in {**host, **length, **(headers or {})}.items()]
        self.socket.sendall("\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode("latin-1") + data)

    def answer(self) -> Answer:
        head = self._until(b"\r\n\r\n").decode("latin-1")
        status, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = self._exactly(int(headers.get("content-length", "0")))
        return Answer(int(status.split(" ")[1]), headers, body.decode())

    def request(self, method: str, target: str, body: str = "", headers: Mapping[str, str] | None = None) -> Answer:
        self.ask(method, target, body, headers)
        return self.answer()

    def handshake(self, path: str) -> str:
        """Open a session that polls; its id."""
        answer = self.request("GET", f"{path}?{POLLING}")
        assert (answer.status, answer.body[0]) == (200, "0"), answer
        return str(json.loads(answer.body[1:])["sid"])

    # ---- WebSocket

    def upgrade(self, path: str, sid: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        target = f"{path}?{WEBSOCKET}" + (f"&sid={sid}" if sid else "")
        return self.request("GET", target, headers={**UPGRADING, **(headers or {})})

    def open(self, path: str) -> str:
        """Open a session on a WebSocket; its id."""
        assert self.upgrade(path).status == 101
        opening = self.heard()
        assert isinstance(opening, str)
        assert opening[0] == "0"
        return str(json.loads(opening[1:])["sid"])

    def frame(self, opcode: int, payload: bytes = b"", final: bool = True) -> None:
        self.socket.sendall(masked(opcode, payload, final))

    def say(self, *messages: str | bytes) -> None:
        for message in messages:
            self.frame(*((BINARY, message) if isinstance(message, bytes) else (TEXT, message.encode())))

    def next_frame(self) -> tuple[int, bytes]:
        first, size = self._exactly(2)
        assert first & 0xF0 == 0x80
        if size >= 126:
            size = int.from_bytes(self._exactly(2 if size == 126 else 8))
        assert size < 2**63, "a server masks nothing"
        return first & 0x0F, self._exactly(size)

    def heard(self) -> str | bytes:
        """The next message."""
        opcode, payload = self.next_frame()
        assert opcode in (TEXT, BINARY), (opcode, payload)
        return payload.decode() if opcode == TEXT else payload

    def close_code(self) -> int:
        """The code of the server's close frame. Skips the frames before it; fails where anything follows it."""
        while (frame := self.next_frame())[0] != CLOSE:
            assert frame[0] != CONTINUATION
        assert self.is_over()
        return int(struct.unpack("!H", frame[1][:2])[0])

    def is_over(self) -> bool:
        """Whether the server closed the connection and left nothing to read; waits for either."""
        try:
            return not self._read and not self.socket.recv(1)
        except ConnectionError:
            return True

    def _until(self, end: bytes) -> bytes:
        while end not in self._read:
            self._more()
        found, self._read = self._read.split(end, 1)
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        found, self._read = self._read[:size], self._read[size:]
        return found

    def _more(self) -> None:
        data = self.socket.recv(65_536)
        if not data:
            raise EOFError(f"the server hung up after {self._read[:200]!r}")
        self._read += data


def masked(opcode: int, payload: bytes = b"", final: bool = True) -> bytes:
    """A frame of a client. Its mask is zeros, so the payload stays readable; a server accepts any mask."""
    first, size = (0x80 if final else 0) | opcode, len(payload)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65_536:
        head = struct.pack("!BBH", first, 0xFE, size)
    else:
        head = struct.pack("!BBQ", first, 0xFF, size)
    return head + b"\0\0\0\0" + payload


def objects_of(kind: type[Any]) -> int:
    """The number of living objects of a class."""
    import gc

    gc.collect()
    return sum(isinstance(thing, kind) for thing in gc.get_objects())
