"""Clients that come as browsers do by default: by long polling, and then move to a WebSocket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from glimpse.chat.tokens import Tokens

PATH = "/socket.io/?EIO=4&transport="


async def upgraded(port: int, secret: str, count: int, user: Callable[[int], str]) -> list[asyncio.WriteTransport]:
    """So many sockets that joined and were upgraded, some at a time."""
    tokens, transports = Tokens([secret], 3600), []
    for first in range(0, count, 50):
        coming = [_upgraded(port, tokens.issued(user(n), time.time())) for n in range(first, min(first + 50, count))]
        transports += await asyncio.gather(*coming)
    return transports


async def _upgraded(port: int, token: str) -> asyncio.WriteTransport:
    """
    What socket.io-client 4.8 sends on one keep-alive connection and one WebSocket, in its order: handshake, CONNECT,
    a poll that brings its answer; and meanwhile the probe, the last poll that the probe releases, and the upgrade.
    """
    polling = await asyncio.open_connection("127.0.0.1", port)
    opened = await _asked(polling, "GET", "polling")
    sid = json.loads(opened[1:])["sid"]
    await _asked(polling, "POST", f"polling&sid={sid}", b'40{"token":"' + token.encode() + b'"}')
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {PATH}websocket&sid={sid} HTTP/1.1\r\nHost: benchmark\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head
    answer = await _asked(polling, "GET", f"polling&sid={sid}")
    assert answer.startswith(b"40"), answer
    last_poll = asyncio.create_task(_asked(polling, "GET", f"polling&sid={sid}"))
    await asyncio.sleep(0)
    _say(writer, b"2probe")
    while await _heard(reader) != b"3probe":
        pass
    await last_poll
    _say(writer, b"5")
    polling[1].close()
    return writer.transport


async def _asked(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], method: str, what: str, body: bytes = b""
) -> bytes:
    request = f"{method} {PATH}{what} HTTP/1.1\r\nHost: benchmark\r\nContent-Length: {len(body)}\r\n\r\n"
    return await answered(connection, request.encode() + body)


async def answered(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes, status: int = 200
) -> bytes:
    """The body of the answer, which has this status."""
    reader, writer = connection
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d" % status), head
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    return await reader.readexactly(int(length.split(b":")[1]))


def _say(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(bytes((0x81, 0x80 | len(data))) + b"\0\0\0\0" + data)


async def _heard(reader: asyncio.StreamReader) -> bytes:
    size = (await reader.readexactly(2))[1]
    if size == 126:
        size = int.from_bytes(await reader.readexactly(2))
    return await reader.readexactly(size)
