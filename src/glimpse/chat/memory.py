"""
The store without a world: for tests, and for a service that may forget everything when it ends.

One event loop calls it and nothing here waits, so each call is a transaction by itself.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from glimpse.chat.listing import Place, place_of
from glimpse.chat.media_types import unfit_file, unfit_picture
from glimpse.chat.text import can_be_announced, can_be_stored, handle_key, is_handle, is_id, is_storable
from glimpse.chat.values import (
    DELETED,
    FORBIDDEN,
    INVALID,
    MAX_UNREAD,
    MEMBERS,
    MESSAGE,
    NOT_FOUND,
    QUOTA,
    Conversation,
    ConversationChange,
    ConversationSummary,
    Entry,
    File,
    NewFile,
    NewMessage,
    Refusal,
    StoredEntry,
    SyncResult,
    User,
)


@dataclass(slots=True)
class _Room:
    """A conversation as it is kept: the entry of seq n is `entries[n - 1]`, who is in is a key of `reads`."""

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
    def place(self) -> Place:
        return Place(self.changed_at, self.id)

    def seen(self) -> Conversation:
        return Conversation(self.id, self.member_ids, self.last_seq, dict(self.reads))


@dataclass(slots=True)
class _Announced:
    """A file as it is kept, with what its columns are in the database."""

    file: File
    is_pending: bool = True
    unused_since: float | None = None


class MemoryStore:
    """Fulfils the port `Store`. `clock` gives times with a zone, `ids` a new id each time."""

    def __init__(self, clock: Callable[[], datetime.datetime], ids: Callable[[], str]) -> None:
        self._clock = clock
        self._ids = ids
        self._users: dict[str, User] = {}
        self._handles: dict[str, tuple[str, str]] = {}
        self._blocks: set[tuple[str, str]] = set()
        self._rooms: dict[str, _Room] = {}
        self._pairs: dict[frozenset[str], str] = {}
        self._sent: dict[tuple[str, str, str], int] = {}
        self._files: dict[str, _Announced] = {}

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
            return Refusal("handle_taken")
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
            if refused := unfit_picture(self._file(profile_image_id), user_id):
                return refused
            self._is_used(profile_image_id)
            if user.profile_image_id != profile_image_id:
                self._is_unused(user.profile_image_id)
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
        room = self._rooms.get(self._pairs.get(pair, conversation_id) if pair else conversation_id)
        if room:
            return (room.seen(), False) if creator_id in room.reads else INVALID
        now = self._clock()
        room = _Room(conversation_id, pair is not None, now, now, dict.fromkeys(members, 0))
        self._rooms[conversation_id] = room
        if pair:
            self._pairs[pair] = conversation_id
        return room.seen(), True

    async def conversation(self, conversation_id: str, member_id: str) -> Conversation | Refusal:
        room = self._room_of(conversation_id, member_id)
        return room.seen() if room else NOT_FOUND

    async def partners(self, member_id: str) -> Sequence[str]:
        pairs = [room for room in self._rooms.values() if room.is_pair and member_id in room.reads]
        others = {other for room in pairs for other in room.reads if other != member_id}
        return sorted(other for other in others if not self._blocks & {(member_id, other), (other, member_id)})

    async def list_conversations(
        self, member_id: str, cursor: str | None, limit: int
    ) -> tuple[Sequence[ConversationSummary], str | None] | Refusal:
        place = None if cursor is None else place_of(cursor)
        if cursor is not None and place is None:
            return INVALID
        rooms = sorted(self._rooms_of(member_id), key=lambda room: room.place, reverse=True)
        rooms = [room for room in rooms if place is None or room.place < place]
        page = rooms[:limit]
        return [self._listed(room, member_id) for room in page], page[-1].place.cursor if rooms[limit:] else None

    async def add_members(
        self, conversation_id: str, by_id: str, member_ids: Sequence[str]
    ) -> StoredEntry | Conversation | Refusal:
        room = self._room_of(conversation_id, by_id)
        if room is None:
            return NOT_FOUND
        if room.is_pair:
            return FORBIDDEN
        if not set(member_ids) <= self._users.keys():
            return NOT_FOUND
        new = [member_id for member_id in dict.fromkeys(member_ids) if member_id not in room.reads]
        if not new:
            return room.seen()
        room.reads.update(dict.fromkeys(new, 0))
        return self._added(room, MEMBERS, by_id, self._clock(), member_ids=room.member_ids)

    async def leave(self, conversation_id: str, member_id: str) -> StoredEntry | Refusal:
        room = self._room_of(conversation_id, member_id)
        if room is None:
            return NOT_FOUND
        if room.is_pair:
            self._pairs.pop(frozenset(room.reads), None)
        del room.reads[member_id]
        room.read_at.pop(member_id, None)
        return self._added(room, MEMBERS, member_id, self._clock(), member_ids=room.member_ids)

    # ---- Messages

    async def append(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        now = self._clock()
        return [self._appended(message, now) for message in messages]

    async def delete_message(self, conversation_id: str, by_id: str, seq: int) -> StoredEntry | Refusal:
        room = self._room_of(conversation_id, by_id)
        if room is None or not 1 <= seq <= room.last_seq:
            return NOT_FOUND
        message = room.entries[seq - 1]
        if message.type != MESSAGE or message.sender_id != by_id:
            return FORBIDDEN
        for entry in room.entries[seq:]:
            if entry.of == seq:
                return StoredEntry(entry, room.member_ids, False)
        self._is_unused(message.file_id)
        room.entries[seq - 1] = replace(message, body=None, file_id=None)
        return self._added(room, DELETED, by_id, self._clock(), of=seq)

    async def mark_read(self, conversation_id: str, member_id: str, seq: int) -> tuple[int, bool] | Refusal:
        room = self._room_of(conversation_id, member_id)
        if room is None:
            return NOT_FOUND
        before = room.reads[member_id]
        room.reads[member_id] = max(before, min(seq, room.last_seq))
        if moved := room.reads[member_id] > before:
            room.read_at[member_id] = self._clock()
        return room.reads[member_id], moved

    async def history(
        self, conversation_id: str, member_id: str, *, after: int | None, before: int | None, limit: int
    ) -> Sequence[Entry] | Refusal:
        room = self._room_of(conversation_id, member_id)
        if room is None:
            return NOT_FOUND
        if after is not None:
            return room.entries[max(after, 0) :][:limit]
        return room.entries[: room.last_seq if before is None else max(before - 1, 0)][-limit:]

    async def changes(
        self, conversation_id: str, after: int, before: int, since: float | None
    ) -> Sequence[StoredEntry]:
        room = self._rooms.get(conversation_id)
        entries = room.entries[max(after, 0) : max(before - 1, 0)] if room else []
        return [
            StoredEntry(entry, room.member_ids, True)
            for entry in entries
            if room and (since is None or entry.created_at.timestamp() >= since)
        ]

    async def changed_since(self, user_ids: Sequence[str], since: float) -> Sequence[ConversationChange]:
        changed = []
        for room in self._rooms.values():
            if not room.reads.keys().isdisjoint(user_ids):
                late = {each for each, at in room.read_at.items() if at.timestamp() >= since}
                reads = {member_id: seq for member_id, seq in room.reads.items() if member_id in late}
                if reads or room.changed_at.timestamp() >= since:
                    is_new = room.made_at.timestamp() >= since
                    changed.append(ConversationChange(room.id, room.member_ids, room.last_seq, is_new, reads))
        return changed

    async def sync(self, member_id: str, cursors: Mapping[str, int], limit: int) -> SyncResult:
        rooms = {room.id: room for room in sorted(self._rooms_of(member_id), key=lambda room: room.id)}
        lagging = [room for room in rooms.values() if cursors.get(room.id, -1) < room.last_seq]
        entries = [entry for room in lagging for entry in room.entries[max(cursors.get(room.id, 0), 0) :]]
        return SyncResult(
            conversations=tuple(room.seen() for room in lagging),
            gone=tuple(sorted(cursors.keys() - rooms.keys())),
            entries=tuple(entries[:limit]),
            more=len(entries) > limit,
            reset=tuple(room.id for room in rooms.values() if cursors.get(room.id, 0) > room.last_seq),
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
        self._files[file.id] = _Announced(made)
        return made

    async def file(self, file_id: str) -> File | None:
        return self._file(file_id)

    async def complete_file(self, file_id: str, late_seconds: float) -> bool:
        announced = self._files.get(file_id)
        if announced is None:
            return False
        if not announced.file.is_complete:
            if announced.file.upload_until <= self._now() - late_seconds:
                return False
            announced.file = replace(announced.file, is_complete=True)
            announced.unused_since = self._now()
        return True

    async def file_seen_by(self, file_id: str, reader_id: str) -> File | None:
        announced = self._files.get(file_id)
        if announced is None or not announced.file.is_complete:
            return None
        file, rooms = announced.file, list(self._rooms_of(reader_id))
        is_seen = (
            file.owner_id == reader_id
            or any(_posts(entry, file) for room in rooms for entry in room.entries)
            or (self._is_picture(file) and any(file.owner_id in room.reads for room in rooms))
        )
        return file if is_seen else None

    async def expire_unused_files(self, unused_seconds: float, limit: int) -> None:
        before = self._now() - unused_seconds
        late = [each for each in self._files.values() if each.unused_since is not None and each.unused_since < before]
        for announced in late[:limit]:
            file, announced.unused_since = announced.file, None
            posted = any(_posts(entry, file) for room in self._rooms.values() for entry in room.entries)
            if not posted and not self._is_picture(file):
                announced.file = replace(file, is_complete=False, upload_until=-math.inf)
                announced.is_pending = True

    async def files_to_sweep(self, late_seconds: float, limit: int) -> Sequence[File]:
        late = [each.file for each in self._files.values() if self._is_late(each, late_seconds)]
        return sorted(late, key=lambda file: file.upload_until)[:limit]

    async def finish_sweep(self, kept_ids: Sequence[str], gone_ids: Sequence[str], late_seconds: float) -> None:
        for file_id in (*kept_ids, *gone_ids):
            announced = self._files.get(file_id)
            if announced and self._is_late(announced, late_seconds):
                if announced.file.is_complete and file_id in kept_ids:
                    announced.is_pending = False
                elif not announced.file.is_complete and file_id in gone_ids:
                    del self._files[file_id]

    # ---- What several of them need

    def _now(self) -> float:
        return self._clock().timestamp()

    def _file(self, file_id: str) -> File | None:
        announced = self._files.get(file_id)
        return announced.file if announced else None

    def _is_late(self, announced: _Announced, late_seconds: float) -> bool:
        return announced.is_pending and announced.file.upload_until < self._now() - late_seconds

    def _is_picture(self, file: File) -> bool:
        return self._users[file.owner_id].profile_image_id == file.id

    def _is_used(self, file_id: str) -> None:
        self._files[file_id].unused_since = None

    def _is_unused(self, file_id: str | None) -> None:
        if file_id in self._files:
            self._files[file_id].unused_since = self._now()

    def _room_of(self, conversation_id: str, member_id: str) -> _Room | None:
        room = self._rooms.get(conversation_id)
        return room if room and member_id in room.reads else None

    def _rooms_of(self, member_id: str) -> Iterable[_Room]:
        return (room for room in self._rooms.values() if member_id in room.reads)

    def _appended(self, message: NewMessage, now: datetime.datetime) -> StoredEntry | Refusal:
        if not can_be_stored(message):
            return INVALID
        identity = (message.conversation_id, message.sender_id, message.client_id)
        room = self._rooms.get(message.conversation_id)
        if room and identity in self._sent:
            return StoredEntry(room.entries[self._sent[identity] - 1], room.member_ids, False)
        if room is None or message.sender_id not in room.reads:
            return NOT_FOUND
        if room.is_pair and any((other, message.sender_id) in self._blocks for other in room.reads):
            return Refusal("blocked")
        if message.file_id is not None:
            if refused := unfit_file(self._file(message.file_id), message.sender_id):
                return refused
            self._is_used(message.file_id)
        stored = self._added(
            room,
            MESSAGE,
            message.sender_id,
            now,
            client_id=message.client_id,
            body=message.body,
            file_id=message.file_id,
        )
        self._sent[identity] = stored.entry.seq
        return stored

    def _added(
        self,
        room: _Room,
        kind: str,
        sender_id: str,
        now: datetime.datetime,
        *,
        client_id: str | None = None,
        body: str | None = None,
        file_id: str | None = None,
        of: int | None = None,
        member_ids: tuple[str, ...] = (),
    ) -> StoredEntry:
        """The next entry of a room. A clock that was set back does not make a later entry the earlier one."""
        room.changed_at = max(room.changed_at, now)
        entry = Entry(
            room.id,
            room.last_seq + 1,
            kind,
            self._ids(),
            sender_id,
            room.changed_at,
            client_id,
            body,
            file_id,
            of,
            member_ids,
        )
        room.entries.append(entry)
        return StoredEntry(entry, room.member_ids, True)

    def _listed(self, room: _Room, member_id: str) -> ConversationSummary:
        messages = [entry for entry in room.entries if entry.type == MESSAGE]
        read = room.reads[member_id]
        unread = sum(entry.seq > read and entry.sender_id != member_id and entry.body is not None for entry in messages)
        return ConversationSummary(
            room.seen(),
            tuple(self._users[user_id] for user_id in room.reads),
            messages[-1] if messages else None,
            min(unread, MAX_UNREAD),
        )


def _posts(entry: Entry, file: File) -> bool:
    return entry.file_id == file.id and entry.sender_id == file.owner_id
