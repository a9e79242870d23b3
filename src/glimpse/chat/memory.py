"""
The store in memory: for tests, and for a service that may forget everything when it ends.

It is called from one event loop and nothing in it awaits, so each call is a transaction.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from glimpse.chat.files import file_refusal, picture_refusal
from glimpse.chat.listing import ListPosition, decode_cursor
from glimpse.chat.refusals import BLOCKED, FORBIDDEN, HANDLE_TAKEN, INVALID, NOT_FOUND, QUOTA, Refusal
from glimpse.chat.text import can_be_announced, can_be_stored, handle_key, is_handle, is_id, is_storable
from glimpse.chat.values import (
    MAX_UNREAD,
    Conversation,
    ConversationChange,
    ConversationSummary,
    Deletion,
    Entry,
    File,
    MembershipChange,
    Message,
    NewFile,
    NewMessage,
    StoredEntry,
    SyncResult,
    User,
)


@dataclass(slots=True)
class _Conversation:
    """A conversation as it is kept: the entry with seq n is `entries[n - 1]`; the keys of `reads` are the members."""

    id: str
    is_pair: bool
    made_at: datetime.datetime
    changed_at: datetime.datetime
    reads: dict[str, int]
    entries: list[Entry] = field(default_factory=list)
    read_at: dict[str, datetime.datetime] = field(default_factory=dict)

    @property
    def member_ids(self) -> tuple[str, ...]:
        return tuple(self.reads)

    @property
    def last_seq(self) -> int:
        return len(self.entries)

    @property
    def position(self) -> ListPosition:
        return ListPosition(self.changed_at, self.id)

    def value(self) -> Conversation:
        return Conversation(self.id, self.member_ids, self.last_seq, dict(self.reads))


@dataclass(slots=True)
class _FileRow:
    """A file as it is kept: its value, and the columns of its row that the value lacks."""

    file: File
    is_pending: bool = True
    unused_since: float | None = None


class MemoryStore:
    """Implements the port `Store`. `clock` returns the time with its zone, `make_id` a new id each time."""

    def __init__(self, clock: Callable[[], datetime.datetime], make_id: Callable[[], str]) -> None:
        self._clock = clock
        self._make_id = make_id
        self._users: dict[str, User] = {}
        self._handles: dict[str, tuple[str, str]] = {}
        self._blocks: set[tuple[str, str]] = set()
        self._conversations: dict[str, _Conversation] = {}
        self._pairs: dict[frozenset[str], str] = {}
        self._sent: dict[tuple[str, str, str], int] = {}
        self._files: dict[str, _FileRow] = {}

    async def check(self) -> None: ...

    # ---- Users

    async def ensure_user(self, user_id: str) -> User | Refusal:
        if not is_id(user_id):
            return INVALID
        return self._users.setdefault(user_id, User(user_id))

    async def sign_up(self, user_id: str, handle: str, password_hash: str) -> User | Refusal:
        if not is_id(user_id) or not is_handle(handle) or not is_storable(password_hash):
            return INVALID
        if handle_key(handle) in self._handles:
            return HANDLE_TAKEN
        if user_id in self._users:
            return INVALID
        self._handles[handle_key(handle)] = (user_id, password_hash)
        return self._users.setdefault(user_id, User(user_id, handle))

    async def credentials(self, handle: str) -> tuple[User, str] | None:
        found = self._handles.get(handle_key(handle)) if is_handle(handle) else None
        return (self._users[found[0]], found[1]) if found else None

    async def users(self, user_ids: Sequence[str]) -> Sequence[User]:
        return [self._users[user_id] for user_id in user_ids if user_id in self._users]

    async def user_by_handle(self, handle: str) -> User | None:
        found = await self.credentials(handle)
        return found[0] if found else None

    async def update_profile(
        self, user_id: str, display_name: str | None, profile_image_id: str | None
    ) -> User | Refusal:
        if not is_storable(display_name) or not is_storable(profile_image_id):
            return INVALID
        user = self._users.get(user_id)
        if user is None:
            return NOT_FOUND
        if display_name is not None:
            user = replace(user, display_name=display_name)
        if profile_image_id is not None:
            if refused := picture_refusal(self._file(profile_image_id), user_id):
                return refused
            self._mark_used(profile_image_id)
            if user.profile_image_id != profile_image_id:
                self._mark_unused(user.profile_image_id)
            user = replace(user, profile_image_id=profile_image_id)
        self._users[user_id] = user
        return user

    async def block(self, blocker_id: str, blocked_id: str, on: bool) -> Refusal | None:
        if blocker_id not in self._users or blocked_id not in self._users:
            return NOT_FOUND
        if blocker_id == blocked_id:
            return INVALID
        if on:
            self._blocks.add((blocker_id, blocked_id))
        else:
            self._blocks.discard((blocker_id, blocked_id))
        return None

    # ---- Conversations

    async def create_conversation(
        self, conversation_id: str, creator_id: str, member_ids: Sequence[str]
    ) -> tuple[Conversation, bool] | Refusal:
        if not is_id(conversation_id):
            return INVALID
        members = dict.fromkeys((creator_id, *member_ids))
        if not members.keys() <= self._users.keys():
            return NOT_FOUND
        pair = frozenset(members) if len(members) == 2 else None
        conversation = self._conversations.get(self._pairs.get(pair, conversation_id) if pair else conversation_id)
        if conversation:
            return (conversation.value(), False) if creator_id in conversation.reads else INVALID
        now = self._clock()
        conversation = _Conversation(conversation_id, pair is not None, now, now, dict.fromkeys(members, 0))
        self._conversations[conversation_id] = conversation
        if pair:
            self._pairs[pair] = conversation_id
        return conversation.value(), True

    async def conversation(self, conversation_id: str, member_id: str) -> Conversation | Refusal:
        conversation = self._conversation_of(conversation_id, member_id)
        return conversation.value() if conversation else NOT_FOUND

    async def partners(self, member_id: str) -> Sequence[str]:
        pairs = [each for each in self._conversations_of(member_id) if each.is_pair]
        others = {other for pair in pairs for other in pair.reads if other != member_id}
        return sorted(other for other in others if not self._blocks & {(member_id, other), (other, member_id)})

    async def list_conversations(
        self, member_id: str, cursor: str | None, limit: int
    ) -> tuple[Sequence[ConversationSummary], str | None] | Refusal:
        position = None if cursor is None else decode_cursor(cursor)
        if cursor is not None and position is None:
            return INVALID
        newest_first = sorted(self._conversations_of(member_id), key=lambda each: each.position, reverse=True)
        rest = [each for each in newest_first if position is None or each.position < position]
        page = rest[:limit]
        return [self._summary(each, member_id) for each in page], page[-1].position.cursor if rest[limit:] else None

    async def add_members(
        self, conversation_id: str, by_id: str, member_ids: Sequence[str]
    ) -> StoredEntry | Conversation | Refusal:
        conversation = self._conversation_of(conversation_id, by_id)
        if conversation is None:
            return NOT_FOUND
        if conversation.is_pair:
            return FORBIDDEN
        if not set(member_ids) <= self._users.keys():
            return NOT_FOUND
        new = [member_id for member_id in dict.fromkeys(member_ids) if member_id not in conversation.reads]
        if not new:
            return conversation.value()
        conversation.reads.update(dict.fromkeys(new, 0))
        change = MembershipChange(*self._next(conversation, by_id, self._clock()), conversation.member_ids)
        return self._added(conversation, change)

    async def leave(self, conversation_id: str, member_id: str) -> StoredEntry | Refusal:
        conversation = self._conversation_of(conversation_id, member_id)
        if conversation is None:
            return NOT_FOUND
        if conversation.is_pair:
            self._pairs.pop(frozenset(conversation.reads), None)
        del conversation.reads[member_id]
        conversation.read_at.pop(member_id, None)
        change = MembershipChange(*self._next(conversation, member_id, self._clock()), conversation.member_ids)
        return self._added(conversation, change)

    # ---- Messages

    async def append(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        now = self._clock()
        return [self._append_one(message, now) for message in messages]

    async def delete_message(self, conversation_id: str, by_id: str, seq: int) -> StoredEntry | Refusal:
        conversation = self._conversation_of(conversation_id, by_id)
        if conversation is None or not 1 <= seq <= conversation.last_seq:
            return NOT_FOUND
        message = conversation.entries[seq - 1]
        if not isinstance(message, Message) or message.sender_id != by_id:
            return FORBIDDEN
        for entry in conversation.entries[seq:]:
            if isinstance(entry, Deletion) and entry.of == seq:
                return StoredEntry(entry, conversation.member_ids, False)
        self._mark_unused(message.file_id)
        conversation.entries[seq - 1] = replace(message, body=None, file_id=None)
        return self._added(conversation, Deletion(*self._next(conversation, by_id, self._clock()), seq))

    async def mark_read(self, conversation_id: str, member_id: str, seq: int) -> tuple[int, bool] | Refusal:
        conversation = self._conversation_of(conversation_id, member_id)
        if conversation is None:
            return NOT_FOUND
        before = conversation.reads[member_id]
        conversation.reads[member_id] = max(before, min(seq, conversation.last_seq))
        if moved := conversation.reads[member_id] > before:
            conversation.read_at[member_id] = self._clock()
        return conversation.reads[member_id], moved

    async def history(
        self, conversation_id: str, member_id: str, *, after: int | None, before: int | None, limit: int
    ) -> Sequence[Entry] | Refusal:
        conversation = self._conversation_of(conversation_id, member_id)
        if conversation is None:
            return NOT_FOUND
        if after is not None:
            return conversation.entries[max(after, 0) :][:limit]
        return conversation.entries[: conversation.last_seq if before is None else max(before - 1, 0)][-limit:]

    async def changes(
        self, conversation_id: str, after: int, before: int, since: float | None
    ) -> Sequence[StoredEntry]:
        conversation = self._conversations.get(conversation_id)
        entries = conversation.entries[max(after, 0) : max(before - 1, 0)] if conversation else []
        return [
            StoredEntry(entry, conversation.member_ids, True)
            for entry in entries
            if conversation and (since is None or entry.created_at.timestamp() >= since)
        ]

    async def changed_since(self, user_ids: Sequence[str], since: float) -> Sequence[ConversationChange]:
        changes = []
        for each in self._conversations.values():
            if not each.reads.keys().isdisjoint(user_ids):
                readers = {member_id for member_id, at in each.read_at.items() if at.timestamp() >= since}
                reads = {member_id: seq for member_id, seq in each.reads.items() if member_id in readers}
                if reads or each.changed_at.timestamp() >= since:
                    is_new = each.made_at.timestamp() >= since
                    changes.append(ConversationChange(each.id, each.member_ids, each.last_seq, is_new, reads))
        return changes

    async def sync(self, member_id: str, cursors: Mapping[str, int], limit: int) -> SyncResult:
        mine = {each.id: each for each in sorted(self._conversations_of(member_id), key=lambda each: each.id)}
        lagging = [each for each in mine.values() if cursors.get(each.id, -1) < each.last_seq]
        entries = [entry for each in lagging for entry in each.entries[max(cursors.get(each.id, 0), 0) :]]
        return SyncResult(
            conversations=tuple(each.value() for each in lagging),
            gone=tuple(sorted(cursors.keys() - mine.keys())),
            entries=tuple(entries[:limit]),
            more=len(entries) > limit,
            reset=tuple(each.id for each in mine.values() if cursors.get(each.id, 0) > each.last_seq),
        )

    # ---- Files

    async def announce_file(self, file: NewFile, seconds: float, quota_bytes: int) -> File | Refusal:
        if not can_be_announced(file) or file.id in self._files:
            return INVALID
        if file.owner_id not in self._users:
            return NOT_FOUND
        taken = sum(each.file.size for each in self._files.values() if each.file.owner_id == file.owner_id)
        if taken + file.size > quota_bytes:
            return QUOTA
        until = self._now() + seconds
        made = File(file.id, file.owner_id, file.name, file.content_type, file.size, file.sha256, False, until)
        self._files[file.id] = _FileRow(made)
        return made

    async def file(self, file_id: str) -> File | None:
        return self._file(file_id)

    async def complete_file(self, file_id: str, grace_seconds: float) -> bool:
        announced = self._files.get(file_id)
        if announced is None:
            return False
        if not announced.file.is_complete:
            if announced.file.upload_until <= self._now() - grace_seconds:
                return False
            announced.file = replace(announced.file, is_complete=True)
            announced.unused_since = self._now()
        return True

    async def file_seen_by(self, file_id: str, reader_id: str) -> File | None:
        announced = self._files.get(file_id)
        if announced is None or not announced.file.is_complete:
            return None
        file, mine = announced.file, list(self._conversations_of(reader_id))
        is_seen = (
            file.owner_id == reader_id
            or any(_posts(entry, file) for each in mine for entry in each.entries)
            or (self._is_profile_image(file) and any(file.owner_id in each.reads for each in mine))
        )
        return file if is_seen else None

    async def expire_unused_files(self, unused_seconds: float, limit: int) -> None:
        before = self._now() - unused_seconds
        unused = [each for each in self._files.values() if each.unused_since is not None and each.unused_since < before]
        for announced in unused[:limit]:
            file, announced.unused_since = announced.file, None
            is_posted = any(_posts(entry, file) for each in self._conversations.values() for entry in each.entries)
            if not is_posted and not self._is_profile_image(file):
                announced.file = replace(file, is_complete=False, upload_until=-math.inf)
                announced.is_pending = True

    async def files_to_sweep(self, grace_seconds: float, limit: int) -> Sequence[File]:
        expired = [each.file for each in self._files.values() if self._is_expired(each, grace_seconds)]
        return sorted(expired, key=lambda file: file.upload_until)[:limit]

    async def finish_sweep(self, kept_ids: Sequence[str], gone_ids: Sequence[str], grace_seconds: float) -> None:
        for file_id in (*kept_ids, *gone_ids):
            announced = self._files.get(file_id)
            if announced and self._is_expired(announced, grace_seconds):
                if announced.file.is_complete and file_id in kept_ids:
                    announced.is_pending = False
                elif not announced.file.is_complete and file_id in gone_ids:
                    del self._files[file_id]

    # ---- Helpers

    def _now(self) -> float:
        return self._clock().timestamp()

    def _file(self, file_id: str) -> File | None:
        announced = self._files.get(file_id)
        return announced.file if announced else None

    def _is_expired(self, announced: _FileRow, grace_seconds: float) -> bool:
        return announced.is_pending and announced.file.upload_until < self._now() - grace_seconds

    def _is_profile_image(self, file: File) -> bool:
        return self._users[file.owner_id].profile_image_id == file.id

    def _mark_used(self, file_id: str) -> None:
        self._files[file_id].unused_since = None

    def _mark_unused(self, file_id: str | None) -> None:
        if file_id in self._files:
            self._files[file_id].unused_since = self._now()

    def _conversation_of(self, conversation_id: str, member_id: str) -> _Conversation | None:
        conversation = self._conversations.get(conversation_id)
        return conversation if conversation and member_id in conversation.reads else None

    def _conversations_of(self, member_id: str) -> Iterable[_Conversation]:
        return (each for each in self._conversations.values() if member_id in each.reads)

    def _append_one(self, message: NewMessage, now: datetime.datetime) -> StoredEntry | Refusal:
        if not can_be_stored(message):
            return INVALID
        identity = (message.conversation_id, message.sender_id, message.client_id)
        conversation = self._conversations.get(message.conversation_id)
        if conversation and identity in self._sent:
            return StoredEntry(conversation.entries[self._sent[identity] - 1], conversation.member_ids, False)
        if conversation is None or message.sender_id not in conversation.reads:
            return NOT_FOUND
        if conversation.is_pair and any((other, message.sender_id) in self._blocks for other in conversation.reads):
            return BLOCKED
        if message.file_id is not None:
            if refused := file_refusal(self._file(message.file_id), message.sender_id):
                return refused
            self._mark_used(message.file_id)
        fields = (message.client_id, message.body, message.file_id)
        stored = self._added(conversation, Message(*self._next(conversation, message.sender_id, now), *fields))
        self._sent[identity] = stored.entry.seq
        return stored

    def _next(
        self, conversation: _Conversation, sender_id: str, now: datetime.datetime
    ) -> tuple[str, int, str, str, datetime.datetime]:
        """
        The fields of every entry, for the next one of a conversation. `created_at` never decreases, even if the clock
        was set back.
        """
        conversation.changed_at = max(conversation.changed_at, now)
        return conversation.id, conversation.last_seq + 1, self._make_id(), sender_id, conversation.changed_at

    def _added(self, conversation: _Conversation, entry: Entry) -> StoredEntry:
        conversation.entries.append(entry)
        return StoredEntry(entry, conversation.member_ids, True)

    def _summary(self, conversation: _Conversation, member_id: str) -> ConversationSummary:
        messages = [entry for entry in conversation.entries if isinstance(entry, Message)]
        read = conversation.reads[member_id]
        unread = sum(entry.seq > read and entry.sender_id != member_id and entry.body is not None for entry in messages)
        return ConversationSummary(
            conversation.value(),
            tuple(self._users[user_id] for user_id in conversation.reads),
            messages[-1] if messages else None,
            min(unread, MAX_UNREAD),
        )


def _posts(entry: Entry, file: File) -> bool:
    return isinstance(entry, Message) and entry.file_id == file.id and entry.sender_id == file.owner_id
