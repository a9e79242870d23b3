"""A client's raw connection to the chat, from any address of 127.0.0.0/8: HTTP, or the text messages of a WebSocket."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import NamedTuple

import jwt

HONEST, ATTACKER = 1, 66
"""Which network a client is in, so that limits for each address tell attackers from others."""

HOSTS = 250
EDGE = "64.252.64.1"
"""The address of the CDN from which its requests reach the balancer."""

SOCKET_PATH = "/socket.io/?EIO=4&transport="

LOST = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
"""Raised where the task closed or refused the connection; OSError includes TimeoutError."""


class Address(NamedTuple):
    """From where a client connects, and the X-Forwarded-For with which its requests arrive; empty: none."""

    source: str
    forwarded_for: str = ""


def address_of(network: int, number: int, proxies: int = 0) -> Address:
    """The address of a client by its number, behind a balancer (`proxies` = 1), or behind a CDN and a balancer (2)."""
    host = f"{network}.{number // HOSTS}.{number % HOSTS + 1}"
    if not proxies:
        return Address(f"127.{host}")
    return Address("127.0.0.1", f"10.{host}" + (f", {EDGE}" if proxies == 2 else ""))


def issue_token(secret: str, user_id: str, seconds: int = 3600) -> str:
    """A token as another service with the same secret would issue it."""
    now = int(time.time())
    return jwt.encode({"sub": user_id, "iat": now, "exp": now + seconds}, secret, algorithm="HS256")


class Connection:
    """Awaited methods raise what LOST lists. `close` it, or use it as a context manager."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: Address) -> None:
        self._reader, self._writer, self._address = reader, writer, address

    @classmethod
    async def open(cls, port: int, address: Address, receive_buffer: int | None = None) -> Connection:
        """`receive_buffer`: the bytes that the kernel receives before anybody reads them; None leaves that to it."""
        client = socket.socket()
        try:
            client.setblocking(False)
            client.bind((address.source, 0))
            if receive_buffer:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
            return cls(*await asyncio.open_connection(sock=client), address)
        except BaseException:
            client.close()
            raise

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._writer.transport.abort()

    def stop_reading(self) -> None:
        self._reader._transport.pause_reading()  # type: ignore[attr-defined]

    async def send(self, data: bytes) -> None:
        if self._writer.transport.is_closing():
            raise ConnectionResetError("the connection is closed")
        self._writer.write(data)
        await self._writer.drain()

    async def wait_until_closed(self) -> None:
        """Read and drop whatever comes, until the task closes the connection."""
        while await self._reader.read(65_536):
            pass

    # ---- HTTP

    def head(self, method: str, path: str, body_bytes: int | None = None, token: str = "", more: str = "") -> bytes:
        """`more`: further headers, each with its line break."""
        forwarded = f"X-Forwarded-For: {self._address.forwarded_for}\r\n" if self._address.forwarded_for else ""
        length = "" if body_bytes is None else f"Content-Length: {body_bytes}\r\nContent-Type: application/json\r\n"
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        return f"{method} {path} HTTP/1.1\r\nHost: attacks\r\n{forwarded}{length}{authorization}{more}\r\n".encode()

    async def request(self, method: str, path: str, body: bytes = b"", token: str = "") -> tuple[int, bytes]:
        """The status and the body of the response."""
        await self.send(self.head(method, path, len(body), token) + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await self._reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
        return int(head.split(b" ", 2)[1]), body

    async def open_polling(self) -> str:
        """The id of a new session by long polling. Raises ConnectionRefusedError where the task refuses it."""
        status, body = await self.request("GET", f"{SOCKET_PATH}polling")
        if status != 200:
            raise ConnectionRefusedError(f"the handshake was answered with {status}")
        return body.partition(b'"sid":"')[2].partition(b'"')[0].decode()

    # ---- WebSocket

    async def upgrade(self) -> None:
        """Become the WebSocket of a new session. Raises ConnectionRefusedError where the task refuses it."""
        more = (
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        )
        await self.send(self.head("GET", f"{SOCKET_PATH}websocket", more=more))
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionRefusedError(f"the handshake was answered with {head[9:12].decode()}")
        await self.receive_text()

    async def join(self, token: str) -> None:
        """Upgrade, and join the namespace. Raises ConnectionRefusedError where the task refuses it."""
        await self.upgrade()
        await self.send_text(f'40{{"token":"{token}"}}')
        while not (text := await self.receive_text()).startswith("40"):
            if text.startswith("44"):
                raise ConnectionRefusedError(text)

    async def send_text(self, text: str) -> None:
        await self.send(frame(text.encode()))

    async def receive_text(self) -> str:
        """The next text message; a ping of the session is answered here. Raises ConnectionResetError at the end."""
        while True:
            first, size = await self._reader.readexactly(2)
            if size > 125:
                size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8))
            data = await self._reader.readexactly(size)
            if first & 0x0F == 8:
                raise ConnectionResetError("the task closed the WebSocket")
            if data == b"2":
                await self.send_text("3")
            else:
                return data.decode()


def frame(payload: bytes, first: int = 0x81, declared: int | None = None) -> bytes:
    """
    A client's WebSocket frame. `first` is its first byte, by default that of a whole text message. `declared`: the
    length that it claims, where that is not the payload's. The mask is zero, so that masking costs nothing.
    """
    size = len(payload) if declared is None else declared
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65_536:
        head = bytes((first, 0xFE)) + size.to_bytes(2)
    else:
        head = bytes((first, 0xFF)) + size.to_bytes(8)
    return head + b"\0\0\0\0" + payload
