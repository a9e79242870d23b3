"""Two users who talk while a task is taken away, and what each of them saw."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import socketio

from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.checks.service import Loss
from glimpse.operations.outside.probe_session import ANSWER_SECONDS
from glimpse.operations.outside.probe_users import CLIENT_ID_START, ProbeUsers

MESSAGE_SECONDS = 1.0
"""One message a second: enough to notice a gap, and no load."""

RETRY_SECONDS = 0.5
GIVE_UP_SECONDS = 240.0
"""The notice of 120 s and the slowest start that the facts have, 105 s, and some more."""

BACK_SECONDS = 20.0
"""How long a socket that is away at the end may still take to return."""


@dataclass
class _SocketNotes:
    """What one user's socket noted."""

    live: Counter[str] = field(default_factory=Counter)
    fetched: set[str] = field(default_factory=set)
    back_seconds: list[float | None] = field(default_factory=list)
    is_connected: asyncio.Event = field(default_factory=asyncio.Event)
    was_cut: float | None = None

    def on_event(self, event: str, document: Mapping[str, Any] | None) -> None:
        if event == "connect":
            if self.was_cut is not None:
                self.back_seconds.append(time.monotonic() - self.was_cut)
                self.was_cut = None
            self.is_connected.set()
        elif event == "disconnect":
            self.was_cut = time.monotonic()
            self.is_connected.clear()
        elif event == "message" and document:
            self.live[document["clientId"]] += 1


async def lose_task(
    users: ProbeUsers, reclaim: Callable[[], Awaitable[str]], is_recovered: Callable[[str], Awaitable[bool]]
) -> Loss:
    """Raises NotObservable where the task could not be taken away."""
    sender, receiver = await users.pair()
    conversation = await users.conversation()
    first_seq = users.first_seq
    sender_notes, receiver_notes = _SocketNotes(), _SocketNotes()
    acknowledged: set[str] = set()
    async with (
        users.socket(sender, "websocket", sender_notes.on_event, reconnects=True) as sender_socket,
        users.socket(receiver, "websocket", receiver_notes.on_event, reconnects=True) as receiver_socket,
    ):
        is_over = asyncio.Event()
        talking = asyncio.create_task(_talk(users, sender_socket, acknowledged, is_over))
        try:
            # Some messages come before the loss, so that a socket which never worked is noticed.
            await asyncio.sleep(2 * MESSAGE_SECONDS)
            task = await reclaim()
            began = time.monotonic()
            recovered = await _recovered(task, is_recovered, began)
            for each in (sender_notes, receiver_notes):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(each.is_connected.wait(), BACK_SECONDS)
        finally:
            is_over.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(talking, 2 * ANSWER_SECONDS)
        if receiver_notes.is_connected.is_set():
            await _catch_up(receiver_socket, conversation, receiver_notes, first_seq)
        stored = Counter(entry.client_id for entry in await users.history(sender, first_seq))
        away = [None for each in (sender_notes, receiver_notes) if each.was_cut is not None]
        heard = receiver_notes.fetched | set(receiver_notes.live)
    return Loss(
        task=task,
        acknowledged=len(acknowledged),
        lost=sum(stored[client_id] == 0 for client_id in acknowledged),
        unheard=len(acknowledged - heard),
        duplicates=sum(max(stored[client_id], receiver_notes.live[client_id]) > 1 for client_id in acknowledged),
        back_seconds=[*sender_notes.back_seconds, *receiver_notes.back_seconds, *away],
        recovered_seconds=recovered,
    )


async def _talk(
    users: ProbeUsers, socket: socketio.AsyncClient, acknowledged: set[str], is_over: asyncio.Event
) -> None:
    """Send each message again, under the same clientId, until it is acknowledged."""
    while not is_over.is_set():
        client_id = CLIENT_ID_START + secrets.token_hex(8)
        while client_id not in acknowledged and not is_over.is_set():
            with contextlib.suppress(socketio.exceptions.SocketIOError):
                answer = await users.send(socket, client_id, 5)
                if isinstance(answer, dict) and "seq" in answer:
                    acknowledged.add(client_id)
                    break
            await asyncio.sleep(RETRY_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(is_over.wait(), MESSAGE_SECONDS)


async def _recovered(task: str, is_recovered: Callable[[str], Awaitable[bool]], began: float) -> float | None:
    """Seconds until all tasks ran again; None where that took too long."""
    while time.monotonic() - began < GIVE_UP_SECONDS:
        # Nobody may be able to say for a moment: the question is asked again.
        with contextlib.suppress(aiohttp.ClientError, OSError, NotObservable):
            if await is_recovered(task):
                return time.monotonic() - began
        await asyncio.sleep(1.0)
    return None


async def _catch_up(socket: socketio.AsyncClient, conversation: str, notes: _SocketNotes, seq: int) -> None:
    """What a client fetches after it was away: everything since a seq."""
    while True:
        request = {"cursors": {conversation: seq}, "only": [conversation]}
        answer = await socket.call("sync", request, timeout=ANSWER_SECONDS)
        entries = answer["messages"]
        notes.fetched |= {entry.get("clientId") for entry in entries}
        if not answer["more"] or not entries:
            return
        seq = entries[-1]["seq"]
