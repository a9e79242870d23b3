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
from glimpse.chat.history import MAX_EXAMINED, next_before
from glimpse.chat.listing import ListPosition, decode_cursor
from glimpse.chat.memberships import HAS_LEFT, IN_A_BLOCK
from glimpse.chat.names import handle_keys
from glimpse.chat.ports import MAX_SYNCED_CONVERSATIONS, SYNC_LAG_SECONDS
from glimpse.chat.refusals import BLOCKED, FORBIDDEN, HANDLE_TAKEN, INVALID, NOT_FOUND, QUOTA, Refusal
from glimpse.chat.sync_position import SyncPosition, next_position
from glimpse.chat.text import can_be_announced, can_be_stored, is_handle, is_id, is_storable
from glimpse.chat.values import (
    MAX_UNREAD,
    Conversation,
    ConversationChange,
    ConversationSummary,
    Credentials,
    Deletion,
    Entry,
    File,
    JoinState,
    MembershipChange,
    Message,
    NewFile,
    NewMessage,
    PairChange,
    StoredEntry,
    SyncResult,
    User,
    Validity,
)


@dataclass(slots=True)
class _Conversation:
    """
    A conversation as it is kept: the entry with seq n is `entries[n - 1]`; the keys of `reads` are the members, and
    those of `joined_seqs` the members who were added later.
    """

    id: str
    is_pair: bool
    made_at: datetime.datetime
    changed_at: datetime.datetime
    reads: dict[str, int]
    entries: list[Entry] = field(default_factory=list)
    read_at: dict[str, datetime.datetime] = field(default_factory=dict)
    joined_seqs: dict[str, int] = field(default_factory=dict)
    former_ids: set[str] = field(default_factory=set)
    members_changed_at: datetime.datetime | None = None

    @property
    def member_ids(self) -> tuple[str, ...]:
        return tuple(self.reads)

    @property
    def last_seq(self) -> int:
        return len(self.entries)

    @property
    def position(self) -> ListPosition:
        return ListPosition(self.changed_at, self.id)

    def add(self, member_ids: Iterable[str], now: datetime.datetime) -> None:
        """Add members with the next entry."""
        for member_id in member_ids:
            self.reads[member_id], self.joined_seqs[member_id] = 0, self.last_seq + 1
            self.former_ids.discard(member_id)
        self.members_changed_at = now

    def remove(self, member_id: str, now: datetime.datetime) -> None:
        del self.reads[member_id]
        self.read_at.pop(member_id, None)
        self.joined_seqs.pop(member_id, None)
        if not self.is_pair:
            self.former_ids.add(member_id)
        self.members_changed_at = now


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
        self._login_networks: dict[str, str] = {}
        self._valid_after: dict[str, int] = {}
        self._revoked_at: dict[str, float] = {}
        self._blocks: set[tuple[str, str]] = set()
        self._blocks_changed_at: dict[str, datetime.datetime] = {}
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
        if not self._handles.keys().isdisjoint(keys := handle_keys(handle)):
            return HANDLE_TAKEN
        if user_id in self._users:
            return INVALID
        self._handles[keys[0]] = (user_id, password_hash)
        return self._users.setdefault(user_id, User(user_id, handle))

    async def credentials(self, handle_key: str) -> Credentials | None:
        found = self._handles.get(handle_key)
        return self._credentials(*found) if found else None

    async def credentials_of(self, user_id: str) -> Credentials | None:
        for owner_id, password_hash in self._handles.values():
            if owner_id == user_id:
                return self._credentials(owner_id, password_hash)
        return None

    async def change_password(self, user_id: str, old_hash: str, new_hash: str, valid_after: int) -> int | None:
        for key, account in self._handles.items():
            if account == (user_id, old_hash):
                self._handles[key] = (user_id, new_hash)
                return self._revoke(user_id, valid_after)
        return None

    async def join_states(self, user_ids: Sequence[str]) -> Sequence[JoinState | Refusal]:
        return [await self._join_state(user_id) for user_id in user_ids]

    async def validity(self, user_id: str) -> Validity:
        user = self._users.get(user_id)
        return Validity(self._valid_after.get(user_id, 0), user is not None and user.is_deleted)

    async def revoke(self, user_id: str, valid_after: int) -> int | Refusal:
        user = await self.ensure_user(user_id)
        return user if isinstance(user, Refusal) else self._revoke(user_id, valid_after)

    async def revoked_since(self, user_ids: Sequence[str], since: float) -> Sequence[tuple[str, int]]:
        revoked = [user_id for user_id in user_ids if self._revoked_at.get(user_id, -math.inf) >= since]
        return [(user_id, self._valid_after[user_id]) for user_id in revoked]

    async def delete_user(self, user_id: str, valid_after: int) -> int | Refusal:
        if user_id not in self._users:
            return NOT_FOUND
        self._users[user_id] = User(user_id, is_deleted=True)
        self._handles = {key: account for key, account in self._handles.items() if account[0] != user_id}
        self._login_networks.pop(user_id, None)
        for blocker_id, blocked_id in tuple(self._blocks):
            if blocker_id == user_id:
                await self.block(blocker_id, blocked_id, False)
        for row in self._files.values():
            if row.file.owner_id == user_id:
                row.file = replace(row.file, is_complete=False, upload_until=-math.inf)
                row.is_pending, row.unused_since = True, None
        return self._revoke(user_id, max(valid_after, self._valid_after.get(user_id, 0) + 1))

    async def restore_user(self, user_id: str) -> None:
        if user_id in self._users:
            self._users[user_id] = replace(self._users[user_id], is_deleted=False)

    async def groups(self, member_id: str) -> Sequence[str]:
        return sorted(each.id for each in self._conversations_of(member_id) if not each.is_pair)

    async def remember_login(self, user_id: str, network: str) -> None:
        if user_id in self._users:
            self._login_networks[user_id] = network

    async def users(self, user_ids: Sequence[str]) -> Sequence[User]:
        return [self._users[user_id] for user_id in user_ids if user_id in self._users]

    async def user_by_handle(self, handle: str) -> User | None:
        for key in handle_keys(handle) if is_handle(handle) else ():
            if found := await self.credentials(key):
                return found.user
        return None

    async def update_profile(
        self, user_id: str, display_name: str | None, profile_image_id: str | None
    ) -> User | Refusal:
        if not is_storable(display_name) or not is_storable(profile_image_id):
            return INVALID
        user = self._users.get(user_id)
        if user is None or user.is_deleted:
            return NOT_FOUND
        if display_name is not None:
            user = replace(user, display_name=display_name or None)
        if profile_image_id is not None:
            if refused := picture_refusal(self._file(profile_image_id), user_id):
                return refused
            self._mark_used(profile_image_id)
            if user.profile_image_id != profile_image_id:
                self._mark_unused(user.profile_image_id)
            user = replace(user, profile_image_id=profile_image_id)
        self._users[user_id] = user
        return user

    async def block(self, blocker_id: str, blocked_id: str, on: bool) -> bool | Refusal:
        if blocker_id not in self._users or blocked_id not in self._users:
            return NOT_FOUND
        if blocker_id == blocked_id:
            return INVALID
        if on and self._users[blocker_id].is_deleted:
            return NOT_FOUND
        if changed := ((blocker_id, blocked_id) in self._blocks) != on:
            self._blocks ^= {(blocker_id, blocked_id)}
            self._blocks_changed_at |= dict.fromkeys((blocker_id, blocked_id), self._clock())
        return changed

    async def blocked_users(self, blocker_id: str, after_id: str, limit: int) -> Sequence[User]:
        ids = sorted(blocked for blocker, blocked in self._blocks if blocker == blocker_id and blocked > after_id)
        return await self.users(ids[:limit])

    async def pair_is_open(self, first_id: str, second_id: str) -> bool | None:
        has_pair = first_id != second_id and frozenset((first_id, second_id)) in self._pairs
        return not self._in_a_block(first_id, second_id) if has_pair else None

    async def pairs_changed_since(self, user_ids: Sequence[str], since: float) -> Sequence[PairChange]:
        changes = []
        for pair in self._pairs:
            low, high = sorted(pair)
            times = [self._blocks_changed_at[each].timestamp() for each in pair if each in self._blocks_changed_at]
            if not pair.isdisjoint(user_ids) and len(times) == 2 and min(times) >= since:
                changes.append(PairChange((low, high), min(times)))
        return changes

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
            return (self._read_by(conversation, creator_id), False) if creator_id in conversation.reads else INVALID
        if any(self._users[each].is_deleted for each in members):
            return NOT_FOUND
        if any(self._in_a_block(creator_id, each) for each in members):
            return IN_A_BLOCK
        now = self._clock()
        conversation = _Conversation(conversation_id, pair is not None, now, now, dict.fromkeys(members, 0))
        self._conversations[conversation_id] = conversation
        if pair:
            self._pairs[pair] = conversation_id
        return self._read_by(conversation, creator_id), True

    async def conversation(self, conversation_id: str, member_id: str) -> Conversation | Refusal:
        conversation = self._conversation_of(conversation_id, member_id)
        return self._read_by(conversation, member_id) if conversation else NOT_FOUND

    async def partners(self, member_id: str) -> Sequence[str]:
        pairs = [each for each in self._conversations_of(member_id) if each.is_pair]
        others = {other for pair in pairs for other in pair.reads if other != member_id}
        return sorted(other for other in others if not self._in_a_block(member_id, other))

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
        if any(self._users[each].is_deleted for each in new):
            return NOT_FOUND
        if not new:
            return self._read_by(conversation, by_id)
        if not conversation.former_ids.isdisjoint(new):
            return HAS_LEFT
        if any(self._in_a_block(by_id, each) for each in new):
            return IN_A_BLOCK
        now = self._clock()
        conversation.add(new, now)
        change = MembershipChange(*self._next(conversation, by_id, now), conversation.member_ids)
        return self._added(conversation, change)

    async def join(self, conversation_id: str, user_id: str) -> StoredEntry | Conversation | Refusal:
        conversation = self._conversations.get(conversation_id)
        if (
            conversation is None
            or conversation.is_pair
            or user_id not in conversation.former_ids | {*conversation.reads}
        ):
            return NOT_FOUND
        if user_id in conversation.reads:
            return self._read_by(conversation, user_id)
        if self._users[user_id].is_deleted:
            return NOT_FOUND
        now = self._clock()
        conversation.add([user_id], now)
        change = MembershipChange(*self._next(conversation, user_id, now), conversation.member_ids)
        return self._added(conversation, change)

    async def leave(self, conversation_id: str, member_id: str) -> StoredEntry | Refusal:
        conversation = self._conversation_of(conversation_id, member_id)
        if conversation is None:
            return NOT_FOUND
        if conversation.is_pair:
            self._pairs.pop(frozenset(conversation.reads), None)
        now = self._clock()
        conversation.remove(member_id, now)
        change = MembershipChange(*self._next(conversation, member_id, now), conversation.member_ids)
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

    async def messages_before(
        self, conversation_id: str, member_id: str, before: int | None, limit: int
    ) -> tuple[Sequence[Message], int | None] | Refusal:
        conversation = self._conversation_of(conversation_id, member_id)
        if conversation is None:
            return NOT_FOUND
        top = conversation.last_seq + 1 if before is None else max(min(before, conversation.last_seq + 1), 1)
        examined = conversation.entries[max(top - 1 - MAX_EXAMINED, 0) : top - 1]
        messages = [each for each in examined if isinstance(each, Message) and each.body is not None][-limit:]
        return messages, next_before(messages, top, limit)

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
                    hidden_ids = {reader_id: frozenset(self._hidden_ids(each, reader_id)) for reader_id in reads}
                    hidden_ids = {reader_id: ids for reader_id, ids in hidden_ids.items() if ids}
                    changes.append(
                        ConversationChange(each.id, each.member_ids, each.last_seq, is_new, reads, hidden_ids)
                    )
        return changes

    async def sync(
        self,
        member_id: str,
        cursors: Mapping[str, int],
        limit: int,
        only: Sequence[str] | None = None,
        since: SyncPosition | None = None,
    ) -> SyncResult:
        named = set(cursors if only is None else only)
        mine = {each.id: each for each in self._conversations_of(member_id)}
        asked = [each for each in mine.values() if only is None or each.id in named]
        told = [each for each in asked if cursors.get(each.id, -1) != each.last_seq]
        told += [
            each
            for each in asked
            if cursors.get(each.id, -1) == each.last_seq
            and since is not None
            and each.id > since.after_id
            and self._has_moved(each, member_id, since.seconds)
        ]
        all_ids = sorted({*(each.id for each in told), *(named - mine.keys())})
        ids = all_ids[:MAX_SYNCED_CONVERSATIONS]
        here = [mine[each] for each in ids if each in mine]
        behind = [each for each in here if cursors.get(each.id, 0) <= each.last_seq]
        entries = [entry for each in behind for entry in each.entries[max(cursors.get(each.id, 0), 0) :]]
        is_cut = len(ids) < len(all_ids)
        return SyncResult(
            conversations=tuple(self._read_by(each, member_id) for each in behind),
            gone=tuple(each for each in ids if each not in mine),
            entries=tuple(entries[:limit]),
            more=is_cut or len(entries) > limit,
            reset=tuple(each.id for each in here if cursors.get(each.id, 0) > each.last_seq),
            at=next_position(since, self._now() - SYNC_LAG_SECONDS, ids[-1] if is_cut else None),
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

    async def files_seen_by(self, file_ids: Sequence[str], reader_id: str) -> Sequence[File]:
        mine = list(self._conversations_of(reader_id))

        def is_seen(file: File) -> bool:
            return file.is_complete and (
                file.owner_id == reader_id
                or any(_posts(entry, file) for each in mine for entry in each.entries)
                or (self._is_profile_image(file) and any(file.owner_id in each.reads for each in mine))
            )

        return [file for file in map(self._file, file_ids) if file and is_seen(file)]

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

    def _credentials(self, user_id: str, password_hash: str) -> Credentials:
        valid_after, login_network = self._valid_after.get(user_id, 0), self._login_networks.get(user_id)
        return Credentials(self._users[user_id], password_hash, valid_after, login_network)

    async def _join_state(self, user_id: str) -> JoinState | Refusal:
        user = await self.ensure_user(user_id)
        if isinstance(user, Refusal):
            return user
        validity = await self.validity(user_id)
        return JoinState(validity.valid_after, validity.is_deleted, tuple(await self.partners(user_id)))

    def _revoke(self, user_id: str, valid_after: int) -> int:
        self._revoked_at[user_id] = self._now()
        self._valid_after[user_id] = max(self._valid_after.get(user_id, 0), valid_after)
        return self._valid_after[user_id]

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

    def _in_a_block(self, first_id: str, second_id: str) -> bool:
        """Whether one of the two blocked the other."""
        return not self._blocks.isdisjoint({(first_id, second_id), (second_id, first_id)})

    def _hidden_ids(self, conversation: _Conversation, reader_id: str) -> tuple[str, ...]:
        """The members who are in a block with the reader."""
        return tuple(each for each in conversation.reads if self._in_a_block(reader_id, each)) if self._blocks else ()

    def _read_by(self, conversation: _Conversation, reader_id: str) -> Conversation:
        hidden_ids = self._hidden_ids(conversation, reader_id)
        reads = {member_id: seq for member_id, seq in conversation.reads.items() if member_id not in hidden_ids}
        return Conversation(conversation.id, conversation.member_ids, conversation.last_seq, reads, hidden_ids)

    def _has_moved(self, conversation: _Conversation, reader_id: str, since: float) -> bool:
        """Whether its members, the receipts that the reader sees, or blocks of the reader changed since then."""
        hidden_ids = self._hidden_ids(conversation, reader_id)
        receipts = [at for member_id, at in conversation.read_at.items() if member_id not in hidden_ids]
        others = [self._blocks_changed_at.get(each) for each in conversation.reads if each != reader_id]
        mine = self._blocks_changed_at.get(reader_id)
        blocks = [min(mine, theirs) for theirs in others if mine and theirs]
        times = [*receipts, *blocks, *filter(None, [conversation.members_changed_at])]
        return any(at.timestamp() >= since for at in times)

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
        if conversation.is_pair and self._hidden_ids(conversation, message.sender_id):
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
        seen = max(conversation.reads[member_id], conversation.joined_seqs.get(member_id, 0))
        unread = sum(entry.seq > seen and entry.sender_id != member_id and entry.body is not None for entry in messages)
        return ConversationSummary(
            self._read_by(conversation, member_id),
            tuple(self._users[user_id] for user_id in conversation.reads),
            messages[-1] if messages else None,
            min(unread, MAX_UNREAD),
            conversation.is_pair,
        )


def _posts(entry: Entry, file: File) -> bool:
    return isinstance(entry, Message) and entry.file_id == file.id and entry.sender_id == file.owner_id
