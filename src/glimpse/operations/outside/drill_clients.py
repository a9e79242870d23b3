"""
Clients of the chat that go on whatever happens to what they are connected to, and note what they see.

They are python-socketio's, which is used for one connection at a time, with the back-off of socket.io-client. By itself
python-socketio does not reconnect after the server closed the Engine.IO session, and python-engineio notices a failed
poll up to a minute late where it was about to send. socket.io-client does both at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from random import Random
from typing import Any

import aiohttp
import socketio
from engineio.payload import Payload  # type: ignore[import-untyped]

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

FIRST_DELAY, MAX_DELAY, JITTER = 1.0, 5.0, 0.5
"""Seconds: reconnection_delay, reconnection_delay_max and randomization_factor of python-socketio."""

CONNECT_SECONDS = 20.0
"""The `timeout` of socket.io-client. That of python-socketio is 1 s, which a task that is short of CPU may need."""

ANSWER_SECONDS = 10.0
"""As our page waits for an acknowledgement."""

ASK_AGAIN, FIRST_PAUSE, MAX_PAUSE = 0.1, 0.5, 10.0
"""
Seconds: after a request without an answer; and, doubling, after a refusal that a retry may cure (clients/typescript).
"""

DRAINING = "draining"
"""The reason of a close that the client made itself, because its task was going away."""

READ_SHARE = 0.2
"""Of the messages that a client hears, after so many it says that it has read them."""

EVENTS = ("connect", "message", "deleted", "conversation", "read", "draining")

# One poll may bring every event of a moment. python-engineio refuses more than 16, and other clients have no limit.
Payload.max_decode_packets = 10_000

logging.getLogger("engineio.client").setLevel(logging.CRITICAL)
logging.getLogger("socketio.client").setLevel(logging.CRITICAL)

OnNote = Callable[[Note], None]


def session(address: str | None, on_failure: Callable[[str], None] = lambda sid: None) -> aiohttp.ClientSession:
    """
    HTTP as one client: `address` is the one of this machine that it connects from; None: any. `on_failure` is called
    with the id of the Engine.IO session of which a request failed.
    """
    tracing = aiohttp.TraceConfig()

    async def on_end(_: aiohttp.ClientSession, context: object, ended: aiohttp.TraceRequestEndParams) -> None:
        if ended.response.status >= 300:
            on_failure(ended.url.query.get("sid", ""))

    async def on_exception(
        _: aiohttp.ClientSession, context: object, failed: aiohttp.TraceRequestExceptionParams
    ) -> None:
        on_failure(failed.url.query.get("sid", ""))

    tracing.on_request_end.append(on_end)
    tracing.on_request_exception.append(on_exception)
    return aiohttp.ClientSession(
        trace_configs=[tracing],
        connector=aiohttp.TCPConnector(local_addr=(address, 0) if address else None),
        # The balancer's cookie makes polling stay on one task; it is kept for IP addresses, too.
        cookie_jar=aiohttp.CookieJar(unsafe=True),
    )


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


class Connection:
    """
    One Socket.IO connection. `closed` is set once it has ended, with the `reason`. `on_event` gets each event until
    then; the first is "connect", once the namespace is joined.
    """

    def __init__(self, http: aiohttp.ClientSession, on_event: Callable[[Connection, str, Any], None]) -> None:
        self.closed = asyncio.Event()
        self.reason = ""
        self._on_event = on_event
        self._sio = socketio.AsyncClient(
            reconnection=False, handle_sigint=False, http_session=http, request_timeout=CONNECT_SECONDS
        )
        self._sio.on("disconnect", self._on_disconnect)
        for name in EVENTS:
            self._sio.on(name, partial(self._pass_on, name))

    async def open(self, url: str, token: str, transport: str) -> None:
        """Raises ConnectionError with what the other end said."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._sio.connect(
                    url, auth={"token": token}, transports=[transport], wait_timeout=int(CONNECT_SECONDS)
                )
        except Exception as error:
            # Not only socketio's ConnectionError: where the other end closes during the handshake, python-engineio
            # raises what its decoder or aiohttp does.
            await self.close()
            raise ConnectionError(str(error) or type(error).__name__) from error
        # python-engineio does not notice where its own reading raised an error.
        self._sio.eio.read_loop_task.add_done_callback(self._on_read_to_the_end)

    @property
    def sid(self) -> str:
        """The id of the Engine.IO session; empty while there is none."""
        return self._sio.eio.sid or ""

    async def request(self, name: str, data: Mapping[str, Any], seconds: float = ANSWER_SECONDS) -> Any:
        """The acknowledgement; None where none came in time, or the connection ended."""
        if self.closed.is_set():
            return None
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def on_answer(*values: Any) -> None:
            if not answered.done():
                answered.set_result(values[0] if values else {})

        closed = asyncio.create_task(self.closed.wait())
        try:
            await self._sio.emit(name, data, callback=on_answer)
            await asyncio.wait((answered, closed), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        except socketio.exceptions.SocketIOError:
            return None
        finally:
            closed.cancel()
        return answered.result() if answered.done() else None

    async def close(self, reason: str = "") -> None:
        """Returns within a second, whatever the other end does."""
        self.reason = self.reason or reason
        self.closed.set()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1.0):
                await self._sio.disconnect()

    def _pass_on(self, name: str, data: Any = None) -> None:
        if not self.closed.is_set():
            self._on_event(self, name, data)

    def _on_read_to_the_end(self, reading: asyncio.Task[None]) -> None:
        if not reading.cancelled():
            # Otherwise asyncio reports an error that nobody asked for.
            reading.exception()
        self._on_disconnect("transport error")

    def _on_disconnect(self, reason: str = "") -> None:
        self.reason = self.reason or str(reason)
        self.closed.set()


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
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until it is cancelled."""
        async with session(self._address, self._on_failed_request) as http, asyncio.TaskGroup() as group:
            group.create_task(self._send_queue())
            failures, delay = 0, 0.0
            while not self._is_leaving:
                await asyncio.sleep(delay)
                connection = Connection(http, self._on_event)
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
        if self.connection and sid and self.connection.sid == sid:
            self._start(self.connection.close("transport error"))

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
