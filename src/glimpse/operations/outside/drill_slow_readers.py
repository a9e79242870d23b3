"""Clients that ask for a lot and read none of it, so that the chat has to disconnect them."""

from __future__ import annotations

import asyncio
import socket
import time

from glimpse.operations.outside.drill_clients import Client
from glimpse.operations.outside.drill_load import Api, User

LARGE_MESSAGES, LARGE_CHARACTERS = 80, 4_000
"""One sync of such a conversation is 320 kB; the chat closes a connection at 1 MB that nobody reads."""

SLOW_REQUEST_SECONDS, SLOW_SECONDS, END_SECONDS = 0.1, 15.0, 10.0
"""How often a client that never reads asks, how long, and how long it then waits for the end of its connection."""


async def write_large_history(api: Api, user: User, client: Client) -> None:
    """A conversation of one user that is large to read. It takes some seconds: the chat limits events a second."""
    conversation_id = await api.conversation(user, [])
    for number in range(LARGE_MESSAGES):
        client.say(conversation_id, f"{number}: ".ljust(LARGE_CHARACTERS, "x"))
    while client.unanswered:
        await asyncio.sleep(0.1)


async def read_nothing(url: str, user: User) -> bool:
    """
    Ask for the whole history over and over, and read none of it. Whether the chat closed the connection meanwhile: a
    balancer keeps its side open until what it holds is read, so at the end everything is read. A socket of its own,
    because every library's client reads.
    """
    host, _, port = url.partition("://")[2].partition(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, (host, int(port)))
    reader, writer = await asyncio.open_connection(sock=raw, limit=2**10)
    try:
        writer.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ZHJpbGwgZHJpbGwgZHJpbA==\r\n\r\n"
            "".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        _write_text(writer, f'40{{"token":"{user.token}"}}')
        while b"40{" not in (received := await reader.read(100)):
            if not received:
                raise ConnectionResetError
        transport: asyncio.ReadTransport = reader._transport  # type: ignore[attr-defined]
        transport.pause_reading()
        until = time.monotonic() + SLOW_SECONDS
        while time.monotonic() < until and not writer.transport.is_closing():
            _write_text(writer, '421["sync",{"cursors":{}}]')
            await asyncio.sleep(SLOW_REQUEST_SECONDS)
        transport.resume_reading()
        async with asyncio.timeout(END_SECONDS):
            while await reader.read(2**16):
                pass
    except TimeoutError:
        return False
    except (ConnectionError, asyncio.IncompleteReadError):
        return True
    finally:
        writer.transport.abort()
    return True


def _write_text(writer: asyncio.StreamWriter, message: str) -> None:
    """A masked text frame, as a WebSocket client has to send it; the mask is zero."""
    data = message.encode()
    length = bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
    writer.write(b"\x81" + length + b"\0\0\0\0" + data)
