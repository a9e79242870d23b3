"""
The sockets of one task: how they connect, what their events do, and when they are closed. The service itself sends
messages; for every other event it calls the use cases (`users`, `conversations`, `messages`), as REST does.

No change is published before it is durable. Every entry goes through one GroupCommit, so each socket receives the
entries of a conversation in the order of their seq.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from msgspec.structs import replace

from glimpse.chat.background import BackgroundTasks
from glimpse.chat.commit import GroupCommit
from glimpse.chat.conversations import Conversations
from glimpse.chat.counts import ACK_SECONDS_BOUNDS, Counts
from glimpse.chat.documents import (
    Document,
    EmptyDocument,
    ReadDocument,
    error_document,
    synced_document,
)
from glimpse.chat.drain import Drain
from glimpse.chat.events import acknowledgement, draining_event, entry_committed, message_acknowledgement, typing_event
from glimpse.chat.limits import TokenBuckets
from glimpse.chat.messages import Messages
from glimpse.chat.ports import StoreDown
from glimpse.chat.presence_notifier import PresenceNotifier
from glimpse.chat.protocol.session import CLOSED
from glimpse.chat.protocol.socketio import ROOT, Packet, Peer
from glimpse.chat.publications import Notification
from glimpse.chat.publisher import Publisher
from glimpse.chat.refusals import (
    BUSY,
    FORBIDDEN,
    INTERNAL,
    INVALID,
    RATE_LIMITED,
    UNAVAILABLE,
    UNKNOWN_OUTCOME,
    Refusal,
    language_of,
)
from glimpse.chat.requests import EVENTS, MarkRead, Renew, SendMessage, Sync, Typing, decode_request
from glimpse.chat.sockets import Socket, Sockets
from glimpse.chat.tokens import Tokens
from glimpse.chat.users import Users
from glimpse.chat.values import NewMessage, StoredEntry

MAX_CONNECTING = 5_000
"""Clients whose tokens and users are checked at once. The connection of one more is closed; it reconnects later."""

MAX_PENDING = 5_000
"""Events of sockets that this task handles at once, not counting messages."""

MAX_UNKNOWN_OUTCOMES = 10_000
"""Messages that are remembered because their outcome is unknown."""

TYPING_PER_SECOND = 1.0
"""Typing events of one user in one conversation; more are dropped."""

DRAINING, TOO_MANY = "draining", "too many sockets"
"""Reasons to close a socket, as the metrics name them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a message's body, and of the events of one user on this task."""

    body_characters: int
    events_per_second: int


@dataclass
class Service:
    """
    The application of the Socket.IO peers. `report_defect` is called with exceptions that are defects of this program.
    `now` in seconds since 1970. `make_sid` makes an id that nobody can guess.
    """

    commits: GroupCommit
    tokens: Tokens
    users: Users
    conversations: Conversations
    messages: Messages
    sockets: Sockets
    publisher: Publisher
    notifier: PresenceNotifier
    background: BackgroundTasks
    counts: Counts
    report_defect: Callable[[BaseException], None]
    limits: Limits
    now: Callable[[], float]
    make_sid: Callable[[], str]

    _drain: Drain | None = field(default=None, init=False)
    _drain_count: int = field(default=0, init=False)
    _appending: set[asyncio.Future[StoredEntry | Refusal]] = field(default_factory=set, init=False)
    _unknown_outcomes: set[tuple[str, str, str]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._rates = TokenBuckets(self.limits.events_per_second)
        self._typing_rates = TokenBuckets(TYPING_PER_SECOND)
        self._connecting = BackgroundTasks(self.report_defect)

    # ---- What a Socket.IO client does

    def on_connect(self, peer: Peer, namespace: str, auth: dict[str, Any]) -> None:
        if namespace != ROOT:
            peer.refuse(namespace, "Invalid namespace")
        elif len(self._connecting.running) >= MAX_CONNECTING:
            peer.session.close("busy")
        else:
            self._connecting.run(self._connect(peer, auth))

    def on_event(self, peer: Peer, event: Packet) -> None:
        """Every event is acknowledged once while its socket is open; `typing` only where it is refused."""
        socket: Socket = peer.state
        name: str = event.data[0]
        kind = EVENTS.get(name)
        self.counts.events[name if kind else "other"] += 1
        refusal: Refusal | None = None
        if not self._rates.allows(socket.user_id, self.now()):
            refusal = RATE_LIMITED
        elif len(self.background.running) >= MAX_PENDING:
            refusal = BUSY
        elif kind is None:
            refusal = INVALID.because("no such event")
        else:
            request = decode_request(event.data[1] if len(event.data) > 1 else None, kind)
            if isinstance(request, SendMessage):
                refusal = self._send_message(socket, request, event.id)
            elif isinstance(request, Refusal):
                refusal = request
            else:
                self.background.run(self._handle(socket, HANDLERS[name](self, socket, request), event.id))
        if refusal is not None:
            self._refuse(socket, refusal, event.id)

    def on_disconnect(self, peer: Peer, namespace: str, reason: str) -> None:
        socket: Socket = peer.state
        if socket not in self.sockets.of(socket.user_id):
            return
        self.counts.left[reason] += 1
        if self.sockets.remove(socket):
            self.notifier.left(socket.user_id)

    # ---- What the clock triggers

    def sweep(self) -> None:
        """Once a second: close sockets whose token expired, and announce users who stayed away."""
        now = self.now()
        for socket in self.sockets.all():
            if socket.expires_at <= now:
                socket.session.close("token expired")
        self.notifier.sweep()

    def drain(self, drain: Drain) -> None:
        """This task is about to stop. Tell each socket when to leave, each at another time; a later one as it joins."""
        self._drain = drain
        for socket in self.sockets.all():
            self._announce_drain(drain, socket, drain.leaves_at(self._drain_count))

    def close_drained(self) -> None:
        """Close the sockets that are due and have no unanswered message. Called often during a drain."""
        now = self.now()
        for socket in self.sockets.all() if self._drain else ():
            if self._drain and self._drain.closes_at(socket.drain_number) <= now and not socket.unanswered:
                socket.session.close(DRAINING)

    async def wait_until_idle(self) -> None:
        """Wait until every event is answered."""
        while self.background.running or self._connecting.running or self._appending:
            await self.background.wait_until_idle()
            await self._connecting.wait_until_idle()
            if self._appending:
                await asyncio.wait(self._appending)

    # ---- Connecting

    async def _connect(self, peer: Peer, auth: Mapping[str, Any]) -> None:
        identity = self.tokens.verify(auth.get("token"), self.now())
        if not isinstance(identity, Refusal):
            try:
                identity = await self.users.ensure_known(identity.user_id) or identity
            except StoreDown:
                # Not CONNECT_ERROR, after which socket.io-client would never try again.
                peer.session.close("unavailable")
                return
            except Exception as error:
                self.report_defect(error)
                peer.session.close("internal")
                return
        if peer.session.state == CLOSED:
            return
        if isinstance(identity, Refusal):
            peer.refuse(ROOT, identity.code, code=identity.code)
            return
        if (language := auth.get("language")) and isinstance(language, str):
            # The page sends it here, because it cannot set the Accept-Language header of a WebSocket's handshake.
            peer.session.language = language_of(language)
        socket = Socket(peer.session, identity.user_id, identity.expires_at, self.now())
        peer.state = socket
        peer.accept(ROOT, self.make_sid())
        if peer.session.state != CLOSED:
            self._add_socket(socket)

    def _add_socket(self, socket: Socket) -> None:
        """The client was told that it joined; from now on it receives events."""
        evicted = self.sockets.add(socket)
        self.counts.joined += 1
        if evicted:
            self.counts.left[TOO_MANY] += 1
            evicted.session.close(TOO_MANY)
        self.notifier.joined(socket)
        if self._drain:
            # The balancer may send the client here again. Asked to leave at once, it would reconnect in a loop.
            self._announce_drain(self._drain, socket, self._drain.closes_at(self._drain_count))

    # ---- Messages

    def _send_message(self, socket: Socket, request: SendMessage, ack_id: int | None) -> Refusal | None:
        if not request.body and request.file_id is None:
            return INVALID.because("neither a body nor a file")
        if len(request.body) > self.limits.body_characters:
            return INVALID.because(f"a body has at most {self.limits.body_characters} characters")
        message = NewMessage(request.conversation_id, socket.user_id, request.client_id, request.body, request.file_id)
        appending = self.commits.append(message)
        self._appending.add(appending)
        socket.unanswered += 1
        appending.add_done_callback(partial(self._on_appended, socket, message, ack_id, self.now()))
        return None

    def _on_appended(
        self,
        socket: Socket,
        message: NewMessage,
        ack_id: int | None,
        began: float,
        appending: asyncio.Future[StoredEntry | Refusal],
    ) -> None:
        self._appending.discard(appending)
        socket.unanswered -= 1
        if appending.cancelled():
            return
        if error := appending.exception():
            self.report_defect(error)
            self._refuse(socket, INTERNAL, ack_id)
            return
        stored = appending.result()
        if isinstance(stored, Refusal):
            if stored == UNKNOWN_OUTCOME:
                self.publisher.outcome_unknown()
                if len(self._unknown_outcomes) < MAX_UNKNOWN_OUTCOMES:
                    self._unknown_outcomes.add(_identity(message))
            self._refuse(socket, stored, ack_id)
            return
        if self._unknown_outcomes and _identity(message) in self._unknown_outcomes:
            # The first attempt may have stored it without publishing it.
            self._unknown_outcomes.discard(_identity(message))
            stored = replace(stored, is_new=True)
        # The sender's own sockets receive the event before the acknowledgement.
        acknowledge = partial(self._acknowledge, socket, stored, ack_id, began)
        if stored.is_new:
            self.publisher.publish_entry(entry_committed(stored), acknowledge)
        else:
            self.publisher.repeat_entry(entry_committed(stored), stored.entry.created_at.timestamp(), acknowledge)

    def _acknowledge(self, socket: Socket, stored: StoredEntry, ack_id: int | None, began: float) -> None:
        seconds = self.now() - began
        self.counts.ack_buckets[bisect_left(ACK_SECONDS_BOUNDS, seconds)] += 1
        self.counts.ack_seconds += seconds
        if ack_id is not None:
            socket.session.send((message_acknowledgement(ack_id, stored.entry),))

    # ---- Other events

    async def _handle(self, socket: Socket, handling: Awaitable[Document | Refusal | None], ack_id: int | None) -> None:
        try:
            answer = await handling
        except StoreDown:
            answer = UNAVAILABLE
        except Exception as error:
            self.report_defect(error)
            answer = INTERNAL
        if isinstance(answer, Refusal):
            self._refuse(socket, answer, ack_id)
        elif answer is not None:
            self._answer(socket, answer, ack_id)

    async def _read(self, socket: Socket, request: MarkRead) -> Document | Refusal:
        read_to = await self.messages.mark_read(socket.user_id, request.conversation_id, request.seq)
        return read_to if isinstance(read_to, Refusal) else ReadDocument(read_to)

    async def _sync(self, socket: Socket, request: Sync) -> Document | Refusal:
        """One at a time for each socket: two answers together may exceed what its connection may buffer."""
        if socket.is_syncing:
            return BUSY
        socket.is_syncing = True
        try:
            return synced_document(await self.messages.sync(socket.user_id, request.cursors))
        finally:
            socket.is_syncing = False

    async def _renew(self, socket: Socket, request: Renew) -> Document | Refusal:
        identity = self.tokens.verify(request.token, self.now())
        if isinstance(identity, Refusal):
            return identity
        if identity.user_id != socket.user_id:
            return FORBIDDEN
        socket.expires_at = identity.expires_at
        return EmptyDocument()

    async def _typing(self, socket: Socket, request: Typing) -> Refusal | None:
        if not self._typing_rates.allows((socket.user_id, request.conversation_id), self.now()):
            return None
        conversation = await self.conversations.get(socket.user_id, request.conversation_id)
        if isinstance(conversation, Refusal):
            return conversation
        others = tuple(user_id for user_id in conversation.member_ids if user_id != socket.user_id)
        self.publisher.notify(Notification(others, typing_event(conversation.id, socket.user_id)))
        return None

    # ---- Answering

    def _answer(self, socket: Socket, document: Document, ack_id: int | None) -> None:
        if ack_id is not None:
            socket.session.send((acknowledgement(ack_id, document),))

    def _refuse(self, socket: Socket, refusal: Refusal, ack_id: int | None) -> None:
        self.counts.refusals[refusal.code] += 1
        self._answer(socket, error_document(refusal, socket.session.language), ack_id)

    def _announce_drain(self, drain: Drain, socket: Socket, leaves_at: float) -> None:
        socket.drain_number, now = self._drain_count, self.now()
        self._drain_count += 1
        grace, leaves_in = max(drain.ending_at - now, 0.0), max(leaves_at - now, 0.0)
        socket.session.send([draining_event(round(grace, 3), round(leaves_in * 1000))])


def _identity(message: NewMessage) -> tuple[str, str, str]:
    return message.conversation_id, message.sender_id, message.client_id


Handler = Callable[[Service, Socket, Any], Coroutine[Any, Any, Document | Refusal | None]]

HANDLERS: Mapping[str, Handler] = {
    "read": Service._read,
    "sync": Service._sync,
    "auth": Service._renew,
    "typing": Service._typing,
}
"""The handlers of all events but `message`, which needs no asyncio task of its own."""
