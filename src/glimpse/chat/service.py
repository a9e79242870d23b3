"""
The sockets of one task: how they connect, what their events do, and when they are closed. The service itself sends
messages; for every other event it calls the use cases (`users`, `conversations`, `messages`), as REST does.

No change is published before it is durable. Every entry goes through one GroupCommit, so each socket receives the
entries of a conversation in the order of their seq.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from msgspec.structs import replace

from glimpse.chat.authentication import REVOKED_TOKEN, Authentication
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
from glimpse.chat.events import (
    REPLACED,
    acknowledgement,
    draining_event,
    entry_committed,
    event_packet,
    message_acknowledgement,
    typing_event,
)
from glimpse.chat.limits import TokenBuckets
from glimpse.chat.messages import Messages
from glimpse.chat.ports import StoreDown
from glimpse.chat.presence_notifier import PresenceNotifier
from glimpse.chat.protocol.session import CLOSED, FLOODING
from glimpse.chat.protocol.socketio import LONG_MESSAGE, ROOT, Packet, Peer
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
from glimpse.chat.requests import EVENTS, MarkRead, Renew, SendMessage, Sync, Typing, decode_request, read_message_event
from glimpse.chat.sockets import ENDED_SESSION, REVOKED, Socket, Sockets
from glimpse.chat.sync_position import decode_position
from glimpse.chat.text import is_blank
from glimpse.chat.tokens import Identity
from glimpse.chat.values import NewMessage, StoredEntry

MAX_CONNECTING = 5_000
"""Clients whose tokens and users are checked at once. The connection of one more is closed; it reconnects later."""

MAX_PENDING = 5_000
"""Events of sockets that this task handles at once, not counting messages."""

MAX_UNKNOWN_OUTCOMES = 10_000
"""Messages that are remembered because their outcome is unknown."""

MAX_FREE_CURSORS, CURSORS_PER_EVENT = 1_000, 20
"""A `sync` with more cursors, and without `only`, counts as one event for each CURSORS_PER_EVENT of them."""

TYPING_PER_SECOND = 1.0
"""Typing events of one user in one conversation; more are dropped."""

SHARE_OF_FREE = 0.05
"""
One user may take this share of the places that are still free, so that some are always left: a hundred users who each
take all that they may leave a sixth of them.
"""

LONG_CHARACTERS_PER_SECOND = 65_536
"""
Limits a user's messages that are longer than LONG_MESSAGE, because a whole message is decoded before it counts as one
event. Where ten messages with the longest body are more, they are the limit. A `sync` of 20,000 cursors, the longest
request there is, is allowed every 14 s.
"""

FLOOD_SECONDS = 20
"""
A user's socket is closed when more events were refused than the user may send in this time. To refuse an event takes a
third of the time that it takes to store a message. A long one counts as several, because receiving a million characters
takes a few milliseconds.
"""

JOINS_PER_SECOND, JOINS = 2.0, 100
"""
A user's clients may join so often, and JOINS of them at once: a join takes as long as some messages, and a client that
joins and leaves in turns is not limited by the sockets that its user has at once.
"""

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
    authentication: Authentication
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
    _unknown_outcomes: set[tuple[str, str, str]] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._rates = TokenBuckets(self.limits.events_per_second)
        self._refused_rates = TokenBuckets(self.limits.events_per_second, FLOOD_SECONDS * self.limits.events_per_second)
        self._long_rates = TokenBuckets(max(LONG_CHARACTERS_PER_SECOND, 10 * self.limits.body_characters))
        self._pending: Counter[str] = Counter()
        self._typing_rates = TokenBuckets(TYPING_PER_SECOND)
        self._joins = TokenBuckets(JOINS_PER_SECOND, JOINS)
        self._connecting = BackgroundTasks(self.report_defect)

    # ---- What a Socket.IO client does

    def on_connect(self, peer: Peer, namespace: str, auth: dict[str, Any]) -> None:
        if namespace != ROOT:
            peer.refuse(namespace, "Invalid namespace")
        elif len(self._connecting.running) >= MAX_CONNECTING:
            peer.session.close("busy")
        else:
            self._connecting.run(self._connect(peer, auth))

    def on_text(self, peer: Peer, text: str) -> bool:
        found = read_message_event(text)
        if found is None:
            return False
        socket: Socket = peer.state
        request, ack_id = found
        self.counts.events["message"] += 1
        now = self.now()
        if not self._rates.allows(socket.user_id, now):
            self._refuse_too_many(socket, ack_id)
        elif refusal := BUSY if self._is_busy() else self._send_message(socket, request, ack_id, now):
            self._refuse(socket, refusal, ack_id)
        return True

    def on_event(self, peer: Peer, event: Packet) -> None:
        """Every event is acknowledged once while its socket is open; `typing` only where it is refused."""
        socket: Socket = peer.state
        name: str = event.data[0]
        kind = EVENTS.get(name)
        self.counts.events[name if kind else "other"] += 1
        refusal: Refusal | None = None
        cost, now = _sync_cost(event.data) if kind is Sync else 1, self.now()
        if not self._rates.allows(socket.user_id, now, cost):
            self._refuse_too_many(socket, event.id)
            return
        if self._is_busy():
            refusal = BUSY
        elif kind is None:
            refusal = INVALID.because("no such event")
        else:
            request = decode_request(event.data[1] if len(event.data) > 1 else None, kind)
            if isinstance(request, SendMessage):
                refusal = self._send_message(socket, request, event.id, now)
            elif isinstance(request, Refusal):
                refusal = request
            elif self._pending[socket.user_id] > (MAX_PENDING - len(self.background.running)) * SHARE_OF_FREE:
                refusal = BUSY
            else:
                self._pending[socket.user_id] += 1
                self.background.run(self._handle(socket, HANDLERS[name](self, socket, request), event.id))
        if refusal is not None:
            self._refuse(socket, refusal, event.id)

    def refuses(self, peer: Peer, characters: int, ack_id: int | None) -> bool:
        socket: Socket = peer.state
        if self._long_rates.allows(socket.user_id, self.now(), characters):
            return False
        self._refuse_too_many(socket, ack_id, characters / LONG_MESSAGE)
        return True

    def on_disconnect(self, peer: Peer, namespace: str, reason: str) -> None:
        socket: Socket = peer.state
        if socket not in self.sockets.of(socket.user_id):
            return
        self.counts.left[reason] += 1
        if self.sockets.remove(socket):
            self.notifier.left(socket.user_id)

    # ---- What the clock triggers

    def sweep(self) -> None:
        """
        Close sockets whose token expired or whose key was withdrawn, announce users who stayed away, and say when this
        is due next.
        """
        now, withdrawn_keys, next_expiry = self.now(), self.authentication.withdrawn_keys, math.inf
        for socket in self.sockets.all():
            if socket.expires_at <= now:
                socket.session.close("token expired")
            elif socket.signed_by in withdrawn_keys:
                socket.session.close(REVOKED)
            else:
                next_expiry = min(next_expiry, socket.expires_at)
        self.sockets.on_due(next_expiry)
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
        while self.background.running or self._connecting.running or self.commits.is_busy:
            await self.background.wait_until_idle()
            await self._connecting.wait_until_idle()
            await self.commits.wait_until_idle()

    # ---- Connecting

    async def _connect(self, peer: Peer, auth: Mapping[str, Any]) -> None:
        try:
            admitted = await self._admit(auth.get("token"))
        except StoreDown:
            admitted = UNAVAILABLE
        except Exception as error:
            self.report_defect(error)
            admitted = INTERNAL
        if peer.session.state == CLOSED:
            return
        if isinstance(admitted, Refusal):
            if admitted.retry:
                # Not CONNECT_ERROR, after which socket.io-client would never try again.
                peer.session.close(admitted.code)
            else:
                peer.refuse(ROOT, admitted.code, code=admitted.code)
            return
        identity, partners = admitted
        if self.sockets.replaces_too_often(identity.user_id, self.now()):
            # Not CONNECT_ERROR either: the client comes back, after a pause that grows.
            self.counts.refusals[RATE_LIMITED.code] += 1
            peer.session.close(TOO_MANY)
            return
        if (language := auth.get("language")) and isinstance(language, str):
            # The page sends it here, because it cannot set the Accept-Language header of a WebSocket's handshake.
            peer.session.language = language_of(language)
        socket = Socket(peer, peer.session, identity.user_id, identity.expires_at, self.now())
        socket.issued_at, socket.signed_by = identity.issued_at, identity.signed_by
        peer.state = socket
        peer.accept(ROOT, self.make_sid())
        if peer.session.state != CLOSED:
            self._add_socket(socket, partners)

    async def _admit(self, token: object) -> tuple[Identity, Sequence[str] | None] | Refusal:
        """
        The user of a token, and the user's partners; None where they may have changed since they were read. The caller
        must add the socket before it waits for anything, so that the socket misses nothing.
        """
        identity = await self.authentication.verify(token)
        if isinstance(identity, Refusal):
            return identity
        if not self._joins.allows(identity.user_id, self.now()):
            return RATE_LIMITED
        client = self.sockets.begin_joining(identity.user_id)
        try:
            state = await self.authentication.join(identity)
        finally:
            self.sockets.end_joining(identity.user_id, client)
        if isinstance(state, Refusal):
            return state
        if identity.issued_at < client.valid_after:
            return REVOKED_TOKEN
        return identity, None if client.has_stale_partners else state.partners

    def _add_socket(self, socket: Socket, partners: Sequence[str] | None) -> None:
        """The client was told that it joined; from now on it receives events."""
        replaced = self.sockets.add(socket)
        self.counts.joined += 1
        if replaced:
            self._replace(replaced)
        self.notifier.joined(socket, partners)
        if self._drain:
            # The balancer may send the client here again. Asked to leave at once, it would reconnect in a loop.
            self._announce_drain(self._drain, socket, self._drain.closes_at(self._drain_count))

    def _replace(self, socket: Socket) -> None:
        """A newer socket of the user takes its place. Its session ends when its client leaves, or a little later."""
        self.counts.left[TOO_MANY] += 1
        socket.session.send_text(event_packet(REPLACED))
        socket.session = ENDED_SESSION
        socket.peer.disconnect(ROOT)

    # ---- Messages

    def _send_message(self, socket: Socket, request: SendMessage, ack_id: int | None, now: float) -> Refusal | None:
        if len(request.body) > self.limits.body_characters:
            return INVALID.because(f"a body has at most {self.limits.body_characters} characters")
        if request.file_id is None and is_blank(request.body):
            return INVALID.because("neither a body that shows something nor a file")
        if socket.unanswered and socket.unanswered >= self.commits.free_places * SHARE_OF_FREE:
            return BUSY
        message = NewMessage(request.conversation_id, socket.user_id, request.client_id, request.body, request.file_id)
        socket.unanswered += 1
        self.commits.append(message, partial(self._on_stored, socket, message, ack_id, now))
        return None

    def _on_stored(
        self, socket: Socket, message: NewMessage, ack_id: int | None, began: float, stored: StoredEntry | Refusal
    ) -> None:
        socket.unanswered -= 1
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
            socket.session.send_text(message_acknowledgement(ack_id, stored.entry))

    # ---- Other events

    async def _handle(self, socket: Socket, handling: Awaitable[Document | Refusal | None], ack_id: int | None) -> None:
        try:
            answer = await handling
        except StoreDown:
            answer = UNAVAILABLE
        except Exception as error:
            self.report_defect(error)
            answer = INTERNAL
        finally:
            self._pending[socket.user_id] -= 1
            if not self._pending[socket.user_id]:
                del self._pending[socket.user_id]
        if isinstance(answer, Refusal):
            self._refuse(socket, answer, ack_id)
        elif answer is not None:
            self._answer(socket, answer, ack_id)

    async def _read(self, socket: Socket, request: MarkRead) -> Document | Refusal:
        read_to = await self.messages.mark_read(socket.user_id, request.conversation_id, request.seq)
        return read_to if isinstance(read_to, Refusal) else ReadDocument(read_to)

    async def _sync(self, socket: Socket, request: Sync) -> Document | Refusal:
        """One at a time for each socket: two answers together may exceed what its connection may buffer."""
        since = None if request.since is None else decode_position(request.since)
        if since is None and request.since is not None:
            return INVALID.because("since is the `at` of an earlier answer")
        if socket.is_syncing:
            return BUSY
        socket.is_syncing = True
        try:
            return synced_document(await self.messages.sync(socket.user_id, request.cursors, request.only, since))
        finally:
            socket.is_syncing = False

    async def _renew(self, socket: Socket, request: Renew) -> Document | Refusal:
        identity = await self.authentication.verify(request.token)
        if isinstance(identity, Refusal):
            return identity
        if identity.user_id != socket.user_id:
            return FORBIDDEN
        identity = await self.authentication.check(identity)
        if isinstance(identity, Refusal):
            return identity
        socket.expires_at, socket.issued_at = identity.expires_at, identity.issued_at
        socket.signed_by = identity.signed_by
        self.sockets.on_due(socket.expires_at)
        return EmptyDocument()

    async def _typing(self, socket: Socket, request: Typing) -> Refusal | None:
        if not self._typing_rates.allows((socket.user_id, request.conversation_id), self.now()):
            return None
        conversation = await self.conversations.get(socket.user_id, request.conversation_id)
        if isinstance(conversation, Refusal):
            return conversation
        others = tuple(user_id for user_id in conversation.visible_ids if user_id != socket.user_id)
        self.publisher.notify(Notification(others, typing_event(conversation.id, socket.user_id)))
        return None

    # ---- Answering

    def _is_busy(self) -> bool:
        return len(self.background.running) >= MAX_PENDING

    def _answer(self, socket: Socket, document: Document, ack_id: int | None) -> None:
        if ack_id is not None:
            socket.session.send_text(acknowledgement(ack_id, document))

    def _refuse(self, socket: Socket, refusal: Refusal, ack_id: int | None) -> None:
        self.counts.refusals[refusal.code] += 1
        self._answer(socket, error_document(refusal, socket.session.language), ack_id)

    def _refuse_too_many(self, socket: Socket, ack_id: int | None, cost: float = 1) -> None:
        if self._refused_rates.allows(socket.user_id, self.now(), cost):
            self._refuse(socket, RATE_LIMITED, ack_id)
        else:
            socket.session.close(FLOODING)

    def _announce_drain(self, drain: Drain, socket: Socket, leaves_at: float) -> None:
        socket.drain_number, now = self._drain_count, self.now()
        self._drain_count += 1
        grace, leaves_in = max(drain.ending_at - now, 0.0), max(leaves_at - now, 0.0)
        socket.session.send_text(event_packet(draining_event(round(grace, 3), round(leaves_in * 1000))))


def _sync_cost(event: list[Any]) -> float:
    """How many events a `sync` counts as. Its request is not decoded yet, so that a refused one costs little."""
    request = event[1] if len(event) > 1 else None
    if not isinstance(request, dict) or request.get("only") is not None:
        return 1
    cursors = request.get("cursors")
    count = len(cursors) if isinstance(cursors, dict) else 0
    return count / CURSORS_PER_EVENT if count > MAX_FREE_CURSORS else 1


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
