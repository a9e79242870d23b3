"""
What one task costs: CPU of the service a message, and memory of an idle socket.

Run:     python benchmarks/chat/measure.py [--rounds 5] [--users 1000] [--idle 5000] [--seconds 5]
Compare: run it before and after a change on an idle machine; rounds follow each other, so that noise shows as spread.
Needs:   Linux with two cores: the service has the first to itself, its database and these clients share the second.

Closed loop: each user sends 100 bytes, waits for the acknowledgement, sends the next; two deliveries a message. The
service is the one that is shipped, limits on, durable PostgreSQL. Messages a second are bounded by the second core.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

import asyncpg
import uvloop

from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.tokens import Tokens

SECRET = secrets.token_urlsafe(48)
BODY = "x" * 100
HANDSHAKE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: benchmark\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Client(asyncio.Protocol):
    """Joins; while `is_sending`, it sends a message whenever the one before was acknowledged."""

    acknowledged = 0
    is_sending = False

    def __init__(self, token: str, conversation_id: str) -> None:
        self._token, self._conversation_id = token, conversation_id
        self._read = b""
        self._sent = 0
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        self._read += data
        if self._read.startswith(b"HTTP"):
            _, end, self._read = self._read.partition(b"\r\n\r\n")
            assert end, "a handshake arrives whole on loopback"
        while len(self._read) >= 2:
            size, start = self._read[1], 2
            if size == 126:
                size, start = int.from_bytes(self._read[2:4]), 4
            if len(self._read) < start + size:
                return
            message, self._read = self._read[start : start + size], self._read[start + size :]
            self._heard(message)

    def send(self) -> None:
        self._sent += 1
        asked = {"conversationId": self._conversation_id, "clientId": str(self._sent), "body": BODY}
        self._say("421" + json.dumps(["message", asked]))

    def _heard(self, message: bytes) -> None:
        if message.startswith(b"431"):
            assert b"error" not in message, message
            Client.acknowledged += 1
            if Client.is_sending:
                self.send()
        elif message.startswith(b"0"):
            self._say("40" + json.dumps({"token": self._token}))
        elif message.startswith(b"40"):
            self.joined.set_result(None)
        elif message == b"2":
            self._say("3")

    def _say(self, text: str) -> None:
        data = text.encode()
        head = bytes((0x81, 0x80 | len(data))) if len(data) < 126 else b"\x81\xfe" + len(data).to_bytes(2)
        self.transport.write(head + b"\0\0\0\0" + data)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def people(url: str, count: int) -> list[str]:
    """Users u0, u1, …, two to a conversation; the conversations' ids."""
    store = await PostgresStore.open(url)
    for number in range(count):
        await store.ensure_user(f"u{number}")
    for pair in range(count // 2):
        await store.create_conversation(f"c{pair}", f"u{2 * pair}", [f"u{2 * pair + 1}"])
    await store.close()
    return [f"c{number // 2}" for number in range(count)]


async def connected(port: int, users: int, count: int) -> list[Client]:
    """So many sockets, the users in turn; a hundred at a time."""
    tokens, loop = Tokens([SECRET], 3600), asyncio.get_running_loop()
    clients: list[Client] = []
    for first in range(0, count, 100):
        some = []
        for number in range(first, min(first + 100, count)):
            user = number % users
            token = tokens.issued(f"u{user}", time.time())
            _, client = await loop.create_connection(
                lambda token=token, user=user: Client(token, f"c{user // 2}"), "127.0.0.1", port
            )
            some.append(client)
        await asyncio.gather(*(client.joined for client in some))
        clients += some
    return clients


async def measured(port: int, pid: int, given: argparse.Namespace) -> None:
    clients = await connected(port, given.users, given.users)
    costs, rates = [], []
    Client.is_sending = True
    for client in clients:
        client.send()
    for _ in range(given.rounds):
        before, cpu, at = Client.acknowledged, cpu_seconds(pid), time.perf_counter()
        await asyncio.sleep(given.seconds)
        messages = Client.acknowledged - before
        costs.append((cpu_seconds(pid) - cpu) / messages * 1e6)
        rates.append(messages / (time.perf_counter() - at))
    Client.is_sending = False
    print(spread("CPU of the service", costs, "µs a message"))
    print(spread("messages", rates, "a second"))
    resident, cpu = resident_bytes(pid), cpu_seconds(pid)
    more = await connected(port, given.users, given.idle)
    print(f"idle socket: {(resident_bytes(pid) - resident) / given.idle:,.0f} bytes resident, {given.idle:,} of them")
    print(f"connect and join: {(cpu_seconds(pid) - cpu) / given.idle * 1e6:,.0f} µs of CPU")
    for client in clients + more:
        client.transport.abort()


def spread(name: str, values: list[float], unit: str) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{name}: {middle:,.1f} {unit} (median of {len(values)}; {low:,.1f} to {high:,.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--idle", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "database") as url:
        uvloop.run(prepared(url, given.users))
        environment = {
            **os.environ,
            "GLIMPSE_DATABASE_URL": url,
            "GLIMPSE_JWT_SECRETS": SECRET,
            "GLIMPSE_PORT": "0",
            "GLIMPSE_EVENTS_PER_SECOND": "100000",
        }
        command = [sys.executable, "-m", "glimpse", "serve", "--lang", "en"]
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as serving:
            os.sched_setaffinity(serving.pid, {0})
            assert serving.stderr
            port = re.search(r"port (\d+)", serving.stderr.readline())
            assert port
            try:
                uvloop.run(measured(int(port[1]), serving.pid, given))
            finally:
                serving.terminate()


async def prepared(url: str, users: int) -> None:
    connection = await asyncpg.connect(url)
    await migrate(connection)
    await connection.close()
    await people(url, users)


if __name__ == "__main__":
    main()
