"""
What the chat does, whoever carries it: sockets and REST both come here.

Nothing is told to anybody before it is durable. Every numbered change goes through the one `Commits`, which lands them
one flight after the other; so each socket hears a conversation in the order of its numbers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

from msgspec.structs import replace

from glimpse.chat.bus import EntryCommitted, Notification
from glimpse.chat.documents import (
    Document,
    DrainingEvent,
    Nothing,
    ReadEvent,
    ReadTo,
    TypingEvent,
    acknowledgement,
    conversation_document,
    error_document,
    event_of,
    synced_document,
)
from glimpse.chat.drain import Drain
from glimpse.chat.limits import TokenBuckets
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.presence_notifier import PresenceNotifier
from glimpse.chat.protocol.socketio import encoded_event
from glimpse.chat.relay import Publisher
from glimpse.chat.requests import EVENTS, MarkRead, Renew, SendMessage, Sync, Typing, decode_request
from glimpse.chat.sockets import Socket, Sockets, Wire
from glimpse.chat.tokens import Tokens
from glimpse.chat.values import (
    BUSY,
    FORBIDDEN,
    MEMBERS,
    RATE_LIMITED,
    UNKNOWN,
    Conversation,
    Entry,
    NewMessage,
    Refusal,
    StoredEntry,
)

MAX_SYNCED_ENTRIES = 500
MAX_SYNCED_BYTES = 256 * 1024
MAX_UNKNOWN_OUTCOMES = 10_000
MAX_KNOWN_USERS = 20_000
"""Users that are remembered to exist, so that who reconnects costs the database nothing for it."""

MAX_PENDING = 5_000
"""Requests of sockets that may be under way at once, on this task."""

TYPING_A_SECOND = 1.0

CLOCKS_DIFFER_SECONDS = 5.0
"""The database's and this task's."""

UNAVAILABLE = Refusal("unavailable", retry=True)
INTERNAL = Refusal("internal", retry=True)

DRAINING = "draining"
TOO_MANY = "too many sockets"
"""Why a user's oldest socket has to go."""

Answer = Callable[[Document], None]
T = TypeVar("T")
Happened = TypeVar("Happened", bound=StoredEntry | Conversation | Refusal)


class Commits(Protocol):
    """Where every numbered change becomes durable, in the order in which it was asked for."""

    def append(self, message: NewMessage) -> asyncio.Future[StoredEntry | Refusal]: ...

    def alone(self, change: Callable[[], Awaitable[T]]) -> Awaitable[T | Refusal]: ...


class Observer(Protocol):
    """Is told what happens, to count it."""

    def socket_joined(self) -> None: ...

    def socket_left(self, reason: str) -> None: ...

    def event(self, name: str) -> None: ...

    def refused(self, code: str) -> None: ...

    def acknowledged(self, seconds: float) -> None: ...

    def failed(self, error: BaseException) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    body_characters: int
    events_per_second: int
    sockets_per_user: int


def landed_of(stored: StoredEntry) -> EntryCommitted:
    """What its members are sent of a change; who left hears that they did."""
    entry, told = stored.entry, stored.member_ids
    if entry.type == MEMBERS and entry.sender_id not in told:
        told = (*told, entry.sender_id)
    return EntryCommitted(entry.conversation_id, entry.seq, told, encoded_event(*event_of(stored)))


class Service:
    """`now` in seconds since 1970; the loop's own clock is not asked."""

    def __init__(
        self,
        store: Store,
        commits: Commits,
        tokens: Tokens,
        limits: Limits,
        witness: Observer,
        now: Callable[[], float],
        make_id: Callable[[], str],
        sockets: Sockets,
        lines: Publisher,
    ) -> None:
        self.sockets, self._lines = sockets, lines
        self._store, self._commits, self._tokens, self._limits = store, commits, tokens, limits
        self._witness, self._now, self._make_id = witness, now, make_id
        self._rates = TokenBuckets(limits.events_per_second)
        self._typing_rates = TokenBuckets(TYPING_A_SECOND)
        self._tasks: set[asyncio.Task[None]] = set()
        self._messages: set[asyncio.Future[StoredEntry | Refusal]] = set()
        self._unsure: set[tuple[str, str, str]] = set()
        self._known: set[str] = set()
        self.company = PresenceNotifier(store, sockets, lines, now, self._run)
        self._drain: Drain | None = None
        self._told_of_drain = 0
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # ---- Sockets

    async def join(self, wire: Wire, auth: Mapping[str, Any]) -> Socket | Refusal:
        """
        A client that showed its token. Refused `unauthorized`, `token_expired`. Raises StoreDown, which is no reason
        to refuse anybody for good.
        """
        identity = self._tokens.verified(auth.get("token"), self._now())
        if isinstance(identity, Refusal):
            return identity
        if identity.user_id not in self._known:
            user = await self._store.ensure_user(identity.user_id)
            if isinstance(user, Refusal):
                return user
            if len(self._known) >= MAX_KNOWN_USERS:
                self._known.clear()
            self._known.add(user.id)
        return Socket(wire, identity.user_id, identity.expires_at, self._now())

    def joined(self, socket: Socket) -> None:
        """It was told that it is in: from here on it hears what happens."""
        evicted = self.sockets.add(socket)
        self._witness.socket_joined()
        if evicted:
            self._witness.socket_left(TOO_MANY)
            evicted.wire.close(TOO_MANY)
        self.company.joined(socket)
        if self._drain:
            # Who joins now may have been sent here once more: to leave at once would be to go in circles.
            self._tell_of_drain(self._drain, socket, self._drain.closes_at(self._told_of_drain))

    def left(self, socket: Socket, reason: str) -> None:
        if socket not in self.sockets.of(socket.user_id):
            return
        self._witness.socket_left(reason)
        if self.sockets.remove(socket):
            self.company.left(socket.user_id)

    def sweep(self) -> None:
        """Once a second: tokens that ended, and people who did not come back."""
        now = self._now()
        for socket in self.sockets.all():
            if socket.expires_at <= now:
                socket.wire.close("token expired")
        self.company.sweep()

    # ---- Going away

    def drain(self, drain: Drain) -> None:
        """This task goes away: every socket is told, each another time to leave at, and whoever joins now is, too."""
        self._drain = drain
        for socket in self.sockets.all():
            self._tell_of_drain(drain, socket, drain.leaves_at(self._told_of_drain))

    def close_drained(self) -> None:
        """Sockets whose time has come and whose messages are all answered; called often while a drain goes on."""
        now = self._now()
        for socket in self.sockets.all() if self._drain else ():
            if self._drain and self._drain.closes_at(socket.number) <= now and not socket.unanswered:
                socket.wire.close(DRAINING)

    # ---- Events

    def said(self, socket: Socket, name: str, arguments: Sequence[Any], answer: Answer) -> None:
        """An event of a joined client. It is answered once, unless its socket is gone; `typing` only when refused."""
        self._witness.event(name if name in EVENTS else "other")
        refused: Refusal | None = None
        if not self._rates.allows(socket.user_id, self._now()):
            refused = RATE_LIMITED
        elif len(self._tasks) >= MAX_PENDING:
            refused = BUSY
        elif name not in EVENTS:
            refused = Refusal("invalid", detail="no such event")
        else:
            asked = decode_request(arguments[0] if arguments else None, EVENTS[name])
            if isinstance(asked, Refusal):
                refused = asked
            elif isinstance(asked, SendMessage):
                refused = self._unfit(asked)
                if refused is None:
                    self._send(socket, asked, answer)
            else:
                self._run(self._answered(HANDLERS[name](self, socket, asked), answer))
        if refused is not None:
            self._refuse(refused, answer)

    async def finished(self) -> None:
        """Everything that was under way is answered."""
        while under_way := self._tasks | self._messages:
            await asyncio.wait(under_way)

    async def _answered(self, handled: Coroutine[Any, Any, Document | Refusal | None], answer: Answer) -> None:
        try:
            answered = await handled
        except StoreDown:
            answered = UNAVAILABLE
        except Exception as error:
            self._witness.failed(error)
            answered = INTERNAL
        if isinstance(answered, Refusal):
            self._refuse(answered, answer)
        elif answered is not None:
            answer(answered)

    def _unfit(self, asked: SendMessage) -> Refusal | None:
        if not asked.body and asked.file_id is None:
            return Refusal("invalid", detail="neither a body nor a file")
        if len(asked.body) > self._limits.body_characters:
            return Refusal("invalid", detail=f"a body has at most {self._limits.body_characters} characters")
        return None

    def _send(self, socket: Socket, asked: SendMessage, answer: Answer) -> None:
        message = NewMessage(asked.conversation_id, socket.user_id, asked.client_id, asked.body, asked.file_id)
        landing = self._commits.append(message)
        self._messages.add(landing)
        socket.unanswered += 1
        landing.add_done_callback(partial(self._landed, socket, message, answer, self._now()))

    def _landed(
        self,
        socket: Socket,
        message: NewMessage,
        answer: Answer,
        began: float,
        landing: asyncio.Future[StoredEntry | Refusal],
    ) -> None:
        self._messages.discard(landing)
        socket.unanswered -= 1
        if landing.cancelled():
            return
        if error := landing.exception():
            self._witness.failed(error)
            self._refuse(INTERNAL, answer)
            return
        stored = landing.result()
        identity = (message.conversation_id, message.sender_id, message.client_id)
        if isinstance(stored, Refusal):
            if stored.code == UNKNOWN.code:
                self._lines.outcome_unknown()
                if len(self._unsure) < MAX_UNKNOWN_OUTCOMES:
                    self._unsure.add(identity)
            self._refuse(stored, answer)
            return
        if self._unsure and identity in self._unsure:
            # It may have been stored the first time, when nobody was told.
            self._unsure.discard(identity)
            stored = replace(stored, is_new=True)
        # The sender's own sockets hear the event before the acknowledgement.
        acknowledge = partial(self._acknowledge, stored.entry, began, answer)
        if stored.is_new:
            self._lines.landed(landed_of(stored), acknowledge)
        elif stored.entry.created_at.timestamp() > socket.joined_at - CLOCKS_DIFFER_SECONDS:
            self._lines.repeated(landed_of(stored), acknowledge)
        else:
            # Who joined after it was stored has fetched it.
            acknowledge()

    def _acknowledge(self, entry: Entry, began: float, answer: Answer) -> None:
        self._witness.acknowledged(self._now() - began)
        answer(acknowledgement(entry))

    async def _read(self, socket: Socket, asked: MarkRead) -> Document | Refusal:
        marked = await self.mark_read(socket.user_id, asked.conversation_id, asked.seq)
        return marked if isinstance(marked, Refusal) else ReadTo(marked)

    async def _sync(self, socket: Socket, asked: Sync) -> Document | Refusal:
        """One at a time for each socket, and no more at once than its connection may buffer."""
        if socket.is_syncing:
            return BUSY
        socket.is_syncing = True
        try:
            synced = await self._store.sync(socket.user_id, asked.cursors, MAX_SYNCED_ENTRIES)
        finally:
            socket.is_syncing = False
        return synced_document(synced.within(MAX_SYNCED_BYTES))

    async def _renew(self, socket: Socket, asked: Renew) -> Document | Refusal:
        identity = self._tokens.verified(asked.token, self._now())
        if isinstance(identity, Refusal):
            return identity
        if identity.user_id != socket.user_id:
            return FORBIDDEN
        socket.expires_at = identity.expires_at
        return Nothing()

    async def _typing(self, socket: Socket, asked: Typing) -> Refusal | None:
        if not self._typing_rates.allows((socket.user_id, asked.conversation_id), self._now()):
            return None
        found = await self._store.conversation(asked.conversation_id, socket.user_id)
        if isinstance(found, Refusal):
            return found
        others = [user_id for user_id in found.member_ids if user_id != socket.user_id]
        self._tell(others, "typing", TypingEvent(found.id, socket.user_id))
        return None

    # ---- What both sockets and REST ask for

    async def create_conversation(self, user_id: str, member_ids: Sequence[str]) -> tuple[Conversation, bool] | Refusal:
        """The conversation, and whether it is new; its members hear of it then."""
        made = await self._changed(self._store.create_conversation(self._make_id(), user_id, member_ids))
        if not isinstance(made, Refusal) and made[1]:
            self._tell(made[0].member_ids, "conversation", conversation_document(made[0]))
            await self.company.introduce(made[0])
        return made

    async def add_members(
        self, user_id: str, conversation_id: str, member_ids: Sequence[str]
    ) -> StoredEntry | Conversation | Refusal:
        """The conversation as it is where there was nobody to add."""
        adding = self._commits.alone(lambda: self._store.add_members(conversation_id, user_id, member_ids))
        return self._told(await self._changed(adding))

    async def leave(self, user_id: str, conversation_id: str) -> StoredEntry | Refusal:
        """Those who stay hear of it, and so do the other sockets of who left."""
        leaving = self._commits.alone(lambda: self._store.leave(conversation_id, user_id))
        return self._told(await self._changed(leaving))

    async def delete_message(self, user_id: str, conversation_id: str, seq: int) -> StoredEntry | Refusal:
        deleting = self._commits.alone(lambda: self._store.delete_message(conversation_id, user_id, seq))
        return self._told(await self._changed(deleting))

    async def mark_read(self, user_id: str, conversation_id: str, seq: int) -> int | Refusal:
        """How far is read now; the members hear of it where that moved."""
        # One after the other for each reader, so that nobody hears them go back.
        async with self._reading.setdefault(user_id, asyncio.Lock()):
            marked = await self._changed(self._store.mark_read(conversation_id, user_id, seq))
            if isinstance(marked, Refusal):
                return marked
            read_to, moved = marked
            if moved:
                found = await self._changed(self._store.conversation(conversation_id, user_id))
                if not isinstance(found, Refusal):
                    self._tell(found.member_ids, "read", ReadEvent(conversation_id, user_id, read_to))
            return read_to

    # ---- Telling

    async def _changed(self, change: Awaitable[T]) -> T:
        """What a change answers; where nobody knows what became of it, whoever may have to hear of it asks."""
        try:
            return await change
        except StoreDown:
            self._lines.outcome_unknown()
            raise

    def _told(self, stored: Happened) -> Happened:
        if isinstance(stored, StoredEntry) and stored.is_new:
            self._lines.landed(landed_of(stored))
        return stored

    def _tell(self, user_ids: Iterable[str], name: str, document: Document) -> None:
        """To every socket of each of them, on whichever task."""
        self._lines.told(Notification(tuple(user_ids), encoded_event(name, document)))

    def _tell_of_drain(self, drain: Drain, socket: Socket, leaves_at: float) -> None:
        socket.number, now = self._told_of_drain, self._now()
        self._told_of_drain += 1
        left, leaves = max(drain.ending_at - now, 0.0), max(leaves_at - now, 0.0)
        socket.wire.send([encoded_event("draining", DrainingEvent(round(left, 3), round(leaves * 1000)))])

    # ---- Under way

    def failed(self, error: BaseException) -> None:
        """A defect of this program, met while somebody was served."""
        self._witness.failed(error)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._witness.failed(error)

    def _refuse(self, refused: Refusal, answer: Answer) -> None:
        self._witness.refused(refused.code)
        answer(error_document(refused))


Handler = Callable[[Service, Socket, Any], Coroutine[Any, Any, Document | Refusal | None]]

HANDLERS: Mapping[str, Handler] = {
    "read": Service._read,
    "sync": Service._sync,
    "auth": Service._renew,
    "typing": Service._typing,
}
