"""Clients that connect as browsers do by default: by long polling, followed by an upgrade to a WebSocket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from glimpse.chat.tokens import Tokens

PATH = "/socket.io/?EIO=4&transport="


async def connect_and_upgrade(
    port: int, secret: str, count: int, user: Callable[[int], str]
) -> list[asyncio.WriteTransport]:
    """`count` clients that are connected and upgraded; `user` gives each one's user id by its number."""
    tokens, transports = Tokens([secret], 3600), []
    for first in range(0, count, 50):
        connecting = [
            _connect_and_upgrade(port, tokens.issue(user(n), time.time())) for n in range(first, min(first + 50, count))
        ]
        transports += await asyncio.gather(*connecting)
    return transports


async def _connect_and_upgrade(port: int, token: str) -> asyncio.WriteTransport:
    """
    Send what socket.io-client 4.8 sends on one keep-alive connection and one WebSocket, in its order: the handshake,
    CONNECT, a poll that returns its answer; and at the same time the probe, the last poll (which the server answers
    when it gets the probe), and the upgrade.
    """
    polling = await asyncio.open_connection("127.0.0.1", port)
    opened = await _engineio_request(polling, "GET", "polling")
    sid = json.loads(opened[1:])["sid"]
    await _engineio_request(polling, "POST", f"polling&sid={sid}", b'40{"token":"' + token.encode() + b'"}')
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {PATH}websocket&sid={sid} HTTP/1.1\r\nHost: benchmark\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head
    answer = await _engineio_request(polling, "GET", f"polling&sid={sid}")
    assert answer.startswith(b"40"), answer
    last_poll = asyncio.create_task(_engineio_request(polling, "GET", f"polling&sid={sid}"))
    await asyncio.sleep(0)
    _send_frame(writer, b"2probe")
    while await _read_frame(reader) != b"3probe":
        pass
    await last_poll
    _send_frame(writer, b"5")
    polling[1].close()
    return writer.transport


async def _engineio_request(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], method: str, query: str, body: bytes = b""
) -> bytes:
    request = f"{method} {PATH}{query} HTTP/1.1\r\nHost: benchmark\r\nContent-Length: {len(body)}\r\n\r\n"
    return await http_request(connection, request.encode() + body)


async def http_request(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes, status: int = 200
) -> bytes:
    """Send a request and return the body of its response. Raises AssertionError for another status."""
    reader, writer = connection
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d" % status), head
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    return await reader.readexactly(int(length.split(b":")[1]))


def _send_frame(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(bytes((0x81, 0x80 | len(data))) + b"\0\0\0\0" + data)


async def _read_frame(reader: asyncio.StreamReader) -> bytes:
    size = (await reader.readexactly(2))[1]
    if size == 126:
        size = int.from_bytes(await reader.readexactly(2))
    return await reader.readexactly(size)
