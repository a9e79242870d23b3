"""
Clients of the chat that go on whatever happens to what they are connected to, and note what they see.

Each connection is a drill_connection.Connection; between two of them is the back-off of socket.io-client.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from itertools import count
from random import Random
from typing import Any

from glimpse.operations.drills.notes import (
    Acknowledged,
    Connected,
    ConnectionRefused,
    Disconnected,
    Draining,
    Failed,
    Fetched,
    Heard,
    Left,
    Note,
    Sent,
    Synced,
)
from glimpse.operations.outside.drill_connection import Connection, session

FIRST_DELAY, MAX_DELAY, JITTER = 1.0, 5.0, 0.5
"""Seconds: reconnection_delay, reconnection_delay_max and randomization_factor of python-socketio."""

ASK_AGAIN, FIRST_PAUSE, MAX_PAUSE = 0.1, 0.5, 10.0
"""
Seconds: after a request without an answer; and, doubling, after a refusal that a retry may cure (clients/typescript).
"""

DRAINING = "draining"
"""The reason of a close that the client made itself, because its task was going away."""

READ_SHARE = 0.2
"""Of the messages that a client hears, after so many it says that it has read them."""

OnNote = Callable[[Note], None]


class Cursors:
    """Per conversation, up to which seq a client knows everything."""

    def __init__(self) -> None:
        self._known: dict[str, set[int]] = {}
        self.cursors: dict[str, int] = {}

    def learn(self, conversation_id: str, seq: int) -> None:
        known = self._known.setdefault(conversation_id, set())
        known.add(seq)
        cursor = self.cursors.get(conversation_id, 0)
        while cursor + 1 in known:
            cursor += 1
            known.discard(cursor)
        self.cursors[conversation_id] = cursor

    def apply(self, answer: Mapping[str, Any]) -> None:
        for conversation in answer["conversations"]:
            self.learn(conversation["id"], 0)
        for entry in answer["messages"]:
            self.learn(entry["conversationId"], entry["seq"])


class Client:
    """
    One client of a user. `on_note` gets each note as it is made. A quiet client connects, syncs and hears nothing.

    `run` connects and reconnects until `leave`. Messages go out one at a time, so that a repeat cannot overtake.
    """

    def __init__(
        self,
        name: str,
        url: str,
        token: str,
        transport: str,
        random: Random,
        on_note: OnNote,
        is_quiet: bool = False,
        address: str | None = None,
    ) -> None:
        self.name, self.is_quiet = name, is_quiet
        self.connection: Connection | None = None
        """The one that has joined."""

        self.online = asyncio.Event()
        """Set while `connection` is there."""

        self.unanswered = 0
        """How many messages were sent, and neither acknowledged nor refused."""

        self._url, self._token, self._transport, self._address = url, token, transport, address
        self._random, self._on_note = random, on_note
        self._cursors = Cursors()
        self._queue: asyncio.Queue[tuple[str, str, str]] = asyncio.Queue()
        self._numbers = count(1)
        self._is_leaving = False
        self._latest: Connection | None = None
        """The one that has joined or is trying to."""

        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until it is cancelled."""
        async with session(self._address, self._on_failed_request) as http, asyncio.TaskGroup() as group:
            group.create_task(self._send_queue())
            failures, delay = 0, 0.0
            while not self._is_leaving:
                await asyncio.sleep(delay)
                connection = self._latest = Connection(http, self._on_event)
                try:
                    await connection.open(self._url, self._token, self._transport)
                    syncing = group.create_task(self._sync(connection))
                    await connection.closed.wait()
                    syncing.cancel()
                except ConnectionError:
                    if connection is not self.connection:
                        self._on_note(ConnectionRefused(time.time(), self.name))
                        delay, failures = self._back_off(failures), failures + 1
                        continue
                self.connection = None
                self.online.clear()
                if not self._is_leaving:
                    self._on_note(Disconnected(time.time(), self.name, connection.reason))
                # Not awaited: closing a connection to something that is gone takes long.
                self._start(connection.close())
                # Who was told to go connects again at once, for the task named another moment to each client.
                delay, failures = (0.0, 0) if connection.reason == DRAINING else (self._back_off(0), 1)

    def say(self, conversation_id: str, body: str) -> None:
        """Send a message until it is acknowledged or refused for good."""
        client_id = f"{self.name[:20]}-{next(self._numbers)}"
        self._on_note(Sent(time.time(), self.name, conversation_id, client_id))
        self.unanswered += 1
        self._queue.put_nowait((conversation_id, client_id, body))

    async def leave(self) -> None:
        """Close the connection and do not connect again."""
        self._is_leaving = True
        self._on_note(Left(time.time(), self.name))
        if self.connection:
            await self.connection.close()

    async def fetch_anew(self) -> bool:
        """Sync without cursors on a connection of its own, and note the answers; False where that is impossible."""
        cursors = Cursors()
        async with session(self._address) as http:
            connection = Connection(http, lambda *_: None)
            try:
                await connection.open(self._url, self._token, self._transport)
                while True:
                    answer = await connection.request("sync", {"cursors": cursors.cursors})
                    if answer is None or "error" in answer:
                        return False
                    self._on_note(Fetched(time.time(), self.name, answer))
                    cursors.apply(answer)
                    if not answer["more"]:
                        return True
            except ConnectionError:
                return False
            finally:
                await connection.close()

    # ---- The connection

    def _back_off(self, failures: int) -> float:
        delay: float = min(MAX_DELAY, FIRST_DELAY * 2.0**failures)
        return delay + JITTER * (2 * self._random.random() - 1)

    def _on_failed_request(self, sid: str) -> None:
        # Also while it opens: its task may leave the balancer between the handshake and the next request.
        if self._latest and sid and self._latest.sid == sid:
            self._start(self._latest.close("transport error"))

    def _on_event(self, connection: Connection, name: str, data: Any) -> None:
        if name == "connect":
            self._on_note(Connected(time.time(), self.name, self._transport))
            self.connection = connection
            self.online.set()
        elif name == "draining":
            seconds = data["reconnectInMs"] / 1000
            self._on_note(Draining(time.time(), self.name, seconds))
            asyncio.get_running_loop().call_later(seconds, lambda: self._start(connection.close(DRAINING)))
        elif not self.is_quiet:
            self._on_note(Heard(time.time(), self.name, name, data))
            if name == "message":
                self._cursors.learn(data["conversationId"], data["seq"])
                if self._random.random() < READ_SHARE:
                    self._start(self._read(connection, data["conversationId"]))
            elif name == "conversation":
                self._cursors.learn(data["id"], data["lastSeq"])

    def _start(self, doing: Any) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, connection: Connection, conversation_id: str) -> None:
        if seq := self._cursors.cursors.get(conversation_id):
            await connection.request("read", {"conversationId": conversation_id, "seq": seq})

    async def _sync(self, connection: Connection) -> None:
        while not connection.closed.is_set():
            answer = await connection.request("sync", {"cursors": self._cursors.cursors})
            if answer is None or "error" in answer:
                await asyncio.sleep(ASK_AGAIN)
                continue
            if not self.is_quiet:
                self._on_note(Synced(time.time(), self.name, answer))
            self._cursors.apply(answer)
            if not answer["more"]:
                return

    # ---- Messages

    async def _send_queue(self) -> None:
        while True:
            conversation_id, client_id, body = await self._queue.get()
            await self._deliver(conversation_id, client_id, body)
            self.unanswered -= 1

    async def _deliver(self, conversation_id: str, client_id: str, body: str) -> None:
        pause = FIRST_PAUSE
        while True:
            await self.online.wait()
            message = {"conversationId": conversation_id, "clientId": client_id, "body": body}
            answer = await self.connection.request("message", message) if self.connection else None
            if answer is None:
                await asyncio.sleep(ASK_AGAIN)
                continue
            now = time.time()
            if "error" not in answer:
                self._on_note(Acknowledged(now, self.name, conversation_id, client_id, answer["id"], answer["seq"]))
                return
            if not answer["error"]["retry"]:
                self._on_note(Failed(now, self.name, conversation_id, client_id, answer["error"]["code"]))
                return
            await asyncio.sleep(pause * (0.5 + self._random.random() / 2))
            pause = min(2 * pause, MAX_PAUSE)
