"""
The store in PostgreSQL: which statement of `queries.sql` each call runs, and what its rows mean.

How a message gets the next seq without a gap is explained at `append_one` there. An earlier copy of a message is looked
up first only where its sender may be repeating messages (`repeats.py`). Otherwise it is inserted at once: the unique
index refuses a repeat, which is then looked up.
"""

from __future__ import annotations

import asyncio
import datetime
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import groupby, islice, repeat
from typing import Any, cast

import asyncpg
import msgspec

from glimpse.chat.failure import Failure
from glimpse.chat.files import file_refusal, picture_refusal
from glimpse.chat.history import MAX_EXAMINED, next_before
from glimpse.chat.listing import ListPosition, decode_cursor
from glimpse.chat.memberships import HAS_LEFT, IN_A_BLOCK
from glimpse.chat.names import handle_keys
from glimpse.chat.outside.postgres.connection import DOWN, raise_store_down, ssl_context, unknown_outcome
from glimpse.chat.outside.postgres.held_connections import HeldConnections
from glimpse.chat.outside.postgres.queries import QUERIES
from glimpse.chat.outside.postgres.repeats import Repeaters
from glimpse.chat.ports import MAX_SYNCED_CONVERSATIONS, SYNC_LAG_SECONDS, StoreDown
from glimpse.chat.refusals import FORBIDDEN, HANDLE_TAKEN, INVALID, NOT_FOUND, QUOTA, REFUSALS, UNKNOWN_OUTCOME, Refusal
from glimpse.chat.slices import slices
from glimpse.chat.sync_position import SyncPosition, next_position
from glimpse.chat.text import MAX_CLIENT_ID, can_be_announced, can_be_stored, is_handle, is_id, is_storable
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
    UnknownEntry,
    User,
    Validity,
)

CONNECTIONS = 4
STATEMENT_SECONDS = 5.0
"""The limit of one statement. A client that waits longer sends again, and is answered with the first entry."""

LOCK_SECONDS = 3.0
ANSWER_SECONDS = STATEMENT_SECONDS + 2.0
"""More than the statement's own limit: for a server that does not answer at all."""

TRIES = 3
"""One repetition is enough where another task stored the same message; more would mean a broken schema."""

CHANGES_A_PAGE = 200

MESSAGE, DELETED, MEMBERS = "message", "deleted", "members"
"""The types of entries in the database."""

SEPARATOR = "\x1f"
"""Joins the texts of a column into one parameter, because asyncpg takes ten times as long to encode an array."""

IDS_AT_ONCE = 256
"""Ids made from one system call for randomness, because the call takes longer than all else about an id."""

_MAX_BIGINT = 2**63 - 1

WITH_BUS, WITHOUT_BUS = "glimpse", "glimpse-alone"
"""The application names of a task's connections, by which tasks find each other without a bus."""


class NotDurable(Failure):
    """The server is configured so that it may lose what it has committed."""


class PoolTooLarge(Failure):
    """This task might open more connections than the server allows."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Sessions keep no state between two calls, so no round trip is spent on resetting them."""

    def get_reset_query(self) -> str:
        return ""


class PostgresStore:
    """Implements the port `Store` over a pool of connections. Made by `open`."""

    def __init__(self, pool: Any, now: Callable[[], float]) -> None:
        self._pool, self._connections = pool, HeldConnections(pool, ANSWER_SECONDS)
        self._repeaters = Repeaters(now)
        self._entry_ids = _entry_ids()

    @classmethod
    async def open(
        cls,
        url: str,
        connections: int = CONNECTIONS,
        name: str = WITH_BUS,
        now: Callable[[], float] = time.monotonic,
    ) -> PostgresStore:
        """
        Connect to a migrated database; `name` is the application name of the connections, `now` in seconds of any clock
        that only goes forward. Raises NotDurable, PoolTooLarge, StoreDown.
        """
        with unknown_outcome():
            pool = await asyncpg.create_pool(
                url,
                connection_class=_Connection,
                min_size=0,
                max_size=connections,
                max_inactive_connection_lifetime=0,
                timeout=ANSWER_SECONDS,
                command_timeout=ANSWER_SECONDS,
                ssl=ssl_context(url),
                server_settings={
                    "application_name": name,
                    # So that the server ends the connections, and releases the locks, of a host that vanished.
                    "tcp_keepalives_idle": "10",
                    "tcp_keepalives_interval": "5",
                    "tcp_keepalives_count": "3",
                    "statement_timeout": str(int(STATEMENT_SECONDS * 1000)),
                    "lock_timeout": str(int(LOCK_SECONDS * 1000)),
                    # Planned once for all parameters: a fifth less work of the database for a single message.
                    "plan_cache_mode": "force_generic_plan",
                    # A plan that scans a small table would stay after the table has grown.
                    "enable_seqscan": "off",
                    # Compiling pays off for long reports only.
                    "jit": "off",
                },
            )
        store = cls(pool, now)
        try:
            [row] = await store._rows("server")
            for setting in ("fsync", "synchronous_commit"):
                if row[setting] == "off":
                    raise NotDurable("database_not_durable", setting=setting)
            if connections > row["connections"]:
                raise PoolTooLarge("pool_too_large", pool=connections, most=row["connections"])
        except BaseException:
            pool.terminate()
            raise
        return store

    async def close(self, seconds: float = ANSWER_SECONDS) -> None:
        """Wait for running calls, for at most so many seconds; by default as long as a call can take."""
        try:
            await self._connections.close()
            await asyncio.wait_for(self._pool.close(), seconds)
        except DOWN:
            self._pool.terminate()

    def connections(self) -> Mapping[str, float]:
        """The gauges of the pool, by the names of the task's metrics."""
        size = self._pool.get_size()
        return {
            "database_connections": size,
            "database_connections_busy": size - self._pool.get_idle_size() - self._connections.idle,
            "database_connections_most": self._pool.get_max_size(),
        }

    async def finds_other_task(self, has_bus: bool) -> bool:
        """
        Whether another task that shares no bus with this one already serves the database. Call it before any other use.
        """
        names = [WITHOUT_BUS] if has_bus else [WITHOUT_BUS, WITH_BUS]
        [row] = await self._rows("others", names)
        return bool(row[0])

    async def check(self) -> None:
        await self._rows("check")

    # ---- Users

    async def ensure_user(self, user_id: str) -> User | Refusal:
        if not is_id(user_id):
            return INVALID
        while True:
            for name in ("users", "ensure_users"):
                for row in await self._rows(name, [user_id]):
                    return User(*row)

    async def sign_up(self, user_id: str, handle: str, password_hash: str) -> User | Refusal:
        if not is_id(user_id) or not is_handle(handle) or not is_storable(password_hash):
            return INVALID
        keys = handle_keys(handle)
        for row in await self._rows("sign_up", user_id, handle, keys[0], password_hash, keys):
            return User(*row)
        return HANDLE_TAKEN if await self.user_by_handle(handle) else INVALID

    async def credentials(self, handle_key: str) -> Credentials | None:
        return _credentials(await self._rows("user_of_handle", handle_key) if is_storable(handle_key) else ())

    async def credentials_of(self, user_id: str) -> Credentials | None:
        return _credentials(await self._rows("account_of_user", user_id) if is_id(user_id) else ())

    async def change_password(self, user_id: str, old_hash: str, new_hash: str, valid_after: int) -> int | None:
        for row in await self._rows("change_password", user_id, old_hash, new_hash, valid_after):
            return int(row["valid_after"])
        return None

    async def join_states(self, user_ids: Sequence[str]) -> Sequence[JoinState | Refusal]:
        missing = {user_id for user_id in user_ids if is_id(user_id)}
        found: dict[str, JoinState | Refusal] = {}
        while missing:
            asked = ("join_states", missing) if len(missing) > 1 else ("join_state", *missing)
            for user_id, valid_after, is_deleted, partners in await self._rows(*asked):
                found[user_id] = JoinState(valid_after, is_deleted, tuple(partners))
            if missing := missing - found.keys():
                # In the order of their ids, so that two tasks that create the same users do not wait for each other.
                # Users whom another task creates at this moment are missing here; the next round reads them.
                found |= {row[0]: JoinState() for row in await self._rows("ensure_users", sorted(missing))}
                missing -= found.keys()
        return [found.get(user_id, INVALID) for user_id in user_ids]

    async def validity(self, user_id: str) -> Validity:
        rows = await self._rows("validity", user_id) if is_id(user_id) else ()
        return Validity(*rows[0]) if rows else Validity()

    async def revoke(self, user_id: str, valid_after: int) -> int | Refusal:
        if not is_id(user_id):
            return INVALID
        [row] = await self._rows("revoke", user_id, valid_after)
        return int(row["valid_after"])

    async def revoked_since(self, user_ids: Sequence[str], since: float) -> Sequence[tuple[str, int]]:
        at = datetime.datetime.fromtimestamp(since, datetime.UTC)
        rows = await self._rows("revoked_since", [user_id for user_id in user_ids if is_id(user_id)], at)
        return [(row["id"], row["valid_after"]) for row in rows]

    async def delete_user(self, user_id: str, valid_after: int) -> int | Refusal:
        for row in await self._rows("delete_user", user_id, valid_after) if is_id(user_id) else ():
            return int(row["valid_after"])
        return NOT_FOUND

    async def restore_user(self, user_id: str) -> None:
        if is_id(user_id):
            await self._rows("restore_user", user_id)

    async def groups(self, member_id: str) -> Sequence[str]:
        return [row["id"] for row in await self._rows("groups", member_id)] if is_id(member_id) else []

    async def remember_login(self, user_id: str, network: str) -> None:
        if is_id(user_id):
            await self._rows("remember_login", user_id, network)

    async def users(self, user_ids: Sequence[str]) -> Sequence[User]:
        return [User(*row) for row in await self._rows("users", [user_id for user_id in user_ids if is_id(user_id)])]

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
        if is_id(user_id):
            for row in await self._rows("update_profile", user_id, display_name, profile_image_id):
                return User(*row)
            found = await self.users([user_id]) if profile_image_id is not None else ()
            if profile_image_id is not None and found and not found[0].is_deleted:
                return picture_refusal(await self.file(profile_image_id), user_id) or NOT_FOUND
        return NOT_FOUND

    async def block(self, blocker_id: str, blocked_id: str, on: bool) -> bool | Refusal:
        if not is_id(blocker_id) or not is_id(blocked_id):
            return NOT_FOUND
        if blocker_id == blocked_id:
            return INVALID if await self.users([blocker_id]) else NOT_FOUND
        [row] = await self._rows("block" if on else "unblock", blocker_id, blocked_id)
        return bool(row["changed"]) if row["known"] else NOT_FOUND

    async def blocked_users(self, blocker_id: str, after_id: str, limit: int) -> Sequence[User]:
        if not is_id(blocker_id) or not is_storable(after_id):
            return []
        return [User(*row) for row in await self._rows("blocked_users", blocker_id, after_id, limit)]

    async def pair_is_open(self, first_id: str, second_id: str) -> bool | None:
        if is_id(first_id) and is_id(second_id):
            for row in await self._rows("pair_is_open", first_id, second_id):
                return bool(row["is_open"])
        return None

    async def pairs_changed_since(self, user_ids: Sequence[str], since: float) -> Sequence[PairChange]:
        at = datetime.datetime.fromtimestamp(since, datetime.UTC)
        rows = await self._rows("pairs_changed_since", [user_id for user_id in user_ids if is_id(user_id)], at)
        return [PairChange((low, high), changed_at.timestamp()) for low, high, changed_at in rows]

    # ---- Conversations

    async def create_conversation(
        self, conversation_id: str, creator_id: str, member_ids: Sequence[str]
    ) -> tuple[Conversation, bool] | Refusal:
        if not is_id(conversation_id):
            return INVALID
        members = list(dict.fromkeys((creator_id, *member_ids)))
        if not all(map(is_id, members)):
            return NOT_FOUND
        pair = sorted(members) if len(members) == 2 else (None, None)
        while True:
            [row] = await self._rows("create_conversation", conversation_id, members, *pair, creator_id)
            if not row["known"]:
                return NOT_FOUND
            if row["made"]:
                return Conversation(conversation_id, tuple(members), 0, dict.fromkeys(members, 0)), True
            for found in await self._rows("conversation_made_before", conversation_id, *pair, creator_id):
                conversation = _conversation(found)
                return (conversation, False) if creator_id in conversation.member_ids else INVALID
            if row["deleted"]:
                return NOT_FOUND
            if row["blocked"]:
                return IN_A_BLOCK
            # Between the two statements a member left the pair, so now a new one can be created.

    async def conversation(self, conversation_id: str, member_id: str) -> Conversation | Refusal:
        if is_id(conversation_id) and is_id(member_id):
            for row in await self._rows("conversation", conversation_id, member_id):
                return _conversation(row)
        return NOT_FOUND

    async def partners(self, member_id: str) -> Sequence[str]:
        if not is_id(member_id):
            return []
        return [row["id"] for row in await self._rows("partners", member_id)]

    async def list_conversations(
        self, member_id: str, cursor: str | None, limit: int
    ) -> tuple[Sequence[ConversationSummary], str | None] | Refusal:
        position = None if cursor is None else decode_cursor(cursor)
        if cursor is not None and position is None:
            return INVALID
        if not is_id(member_id):
            return [], None
        changed_at, conversation_id = (position.changed_at, position.conversation_id) if position else (None, None)
        rows = await self._rows("list_conversations", member_id, changed_at, conversation_id, limit + 1, MAX_UNREAD)
        page = [
            ConversationSummary(
                _conversation(row),
                tuple(User(*user) for user in row["members"]),
                cast("Message", _entry(row["last_message"])) if row["last_message"] else None,
                row["unread"],
                row["is_pair"],
            )
            for row in rows[:limit]
        ]
        last = rows[limit - 1] if rows[limit:] else None
        return page, ListPosition(last["changed_at"], last["id"]).cursor if last else None

    async def add_members(
        self, conversation_id: str, by_id: str, member_ids: Sequence[str]
    ) -> StoredEntry | Conversation | Refusal:
        if not is_id(conversation_id) or not is_id(by_id):
            return NOT_FOUND
        async with self._locked(conversation_id, by_id) as (connection, locked):
            if locked is None:
                return NOT_FOUND
            if locked["is_pair"]:
                return FORBIDDEN
            asked = list(dict.fromkeys(member_ids))
            if not all(map(is_id, asked)):
                return NOT_FOUND
            users = [User(*row) for row in await connection.fetch(QUERIES["users"], asked)]
            if len(users) < len(asked):
                return NOT_FOUND
            new = [member_id for member_id in asked if member_id not in locked["member_ids"]]
            if any(user.is_deleted for user in users if user.id in new):
                return NOT_FOUND
            if not new:
                return _conversation(await connection.fetchrow(QUERIES["conversation"], conversation_id, by_id))
            refused = await connection.fetchrow(QUERIES["who_may_not_be_added"], conversation_id, by_id, new)
            if refused["left_before"]:
                return HAS_LEFT
            if refused["blocked"]:
                return IN_A_BLOCK
            members = await connection.fetchval(QUERIES["add_members"], conversation_id, new)
            return await _add_change(connection, conversation_id, MEMBERS, by_id, members, None, members)

    async def join(self, conversation_id: str, user_id: str) -> StoredEntry | Conversation | Refusal:
        if not is_id(conversation_id) or not is_id(user_id):
            return NOT_FOUND
        async with self._locked(conversation_id, user_id, "lock_group_for_former_member") as (connection, locked):
            if locked is None:
                return NOT_FOUND
            if user_id in locked["member_ids"]:
                return _conversation(await connection.fetchrow(QUERIES["conversation"], conversation_id, user_id))
            members = await connection.fetchval(QUERIES["add_members"], conversation_id, [user_id])
            return await _add_change(connection, conversation_id, MEMBERS, user_id, members, None, members)

    async def leave(self, conversation_id: str, member_id: str) -> StoredEntry | Refusal:
        if not is_id(conversation_id) or not is_id(member_id):
            return NOT_FOUND
        async with self._locked(conversation_id, member_id) as (connection, locked):
            if locked is None:
                return NOT_FOUND
            members = await connection.fetchval(QUERIES["remove_member"], conversation_id, member_id)
            return await _add_change(connection, conversation_id, MEMBERS, member_id, members, None, members)

    # ---- Messages

    async def append(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        if len(messages) == 1:
            return [await self._append_one(messages[0])]
        if not messages:
            return []
        *columns, file_ids = zip(*map(msgspec.structs.astuple, messages), strict=True)
        if file_ids.count(None) < len(messages):
            return await self._append_with_files(messages)
        senders = columns[1]
        try:
            if not self._repeaters.has_any(senders) and (texts := _joined_columns(columns)):
                return await self._append_new(messages, columns, texts)
            return await self._append_with_look_up(messages)
        except StoreDown:
            # Their clients will send the messages again.
            self._repeaters.add(senders)
            raise

    async def _append_with_files(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        """One transaction after another. What comes after one whose outcome is not known is not tried."""
        outcomes: list[StoredEntry | Refusal] = []
        try:
            for batch in _batches(messages):
                outcomes += await self.append(batch)
        except StoreDown:
            if not outcomes:
                raise
        return [*outcomes, *repeat(UNKNOWN_OUTCOME, len(messages) - len(outcomes))]

    async def _append_one(self, message: NewMessage) -> StoredEntry | Refusal:
        if not can_be_stored(message):
            return INVALID
        conversation_id, sender_id, client_id, body, file_id = msgspec.structs.astuple(message)
        try:
            if file_id is None and not self._repeaters.has_any((sender_id,)):
                entry_id = next(self._entry_ids)
                asked = conversation_id, sender_id, client_id, body, entry_id
                with suppress(asyncpg.UniqueViolationError):
                    for seq, created_at, member_ids in await self._rows("append_one_new", *asked):
                        entry = Message(conversation_id, seq, entry_id, sender_id, created_at, client_id, body)
                        return StoredEntry(entry, tuple(member_ids), True)
            [outcome] = await self._append_with_look_up([message])
            return outcome
        except StoreDown:
            self._repeaters.add([sender_id])
            raise

    async def _append_new(
        self, messages: Sequence[NewMessage], columns: Sequence[Sequence[str]], texts: Sequence[str]
    ) -> Sequence[StoredEntry | Refusal]:
        """
        Messages that can be stored, whose senders are not known to repeat. `columns` are their fields, `texts` each
        column joined.
        """
        ids = list(islice(self._entry_ids, len(messages)))
        try:
            rows = await self._rows("append_batch_new", *texts, SEPARATOR.join(ids))
        except asyncpg.UniqueViolationError:
            return await self._append_with_look_up(messages)
        # For each conversation: the seq before its next message, and what its messages share.
        places, at = {}, None
        for conversation_id, seq, created_at, member_ids in rows:
            # Equal times become one object: most conversations of a batch share theirs.
            at = at if at == created_at else created_at
            places[conversation_id] = [seq, at, tuple(member_ids)]
        outcomes: list[Any] = []
        left = []
        for conversation_id, sender_id, client_id, body, entry_id in zip(*columns, ids, strict=True):
            if place := places.get(conversation_id):
                place[0] = seq = place[0] + 1
                entry = Message(conversation_id, seq, entry_id, sender_id, place[1], client_id, body)
                outcomes.append(StoredEntry(entry, place[2], True))
            else:
                left.append(messages[len(outcomes)])
                outcomes.append(None)
        if left:
            # Messages of conversations in which one is refused, or is a repeat whose sender has left.
            rest: Iterator[StoredEntry | Refusal]
            try:
                rest = iter(await self._append_with_look_up(left))
            except StoreDown:
                # The other messages are durable: their events come before those of later messages.
                self._repeaters.add(message.sender_id for message in left)
                rest = repeat(UNKNOWN_OUTCOME)
            return [outcome or next(rest) for outcome in outcomes]
        return outcomes

    async def _append_with_look_up(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        """
        Messages without files, or a single one with a file, in one transaction that first looks up an earlier copy of
        each.
        """
        good = [message for message in messages if can_be_stored(message)]
        stored = iter(await self._append_good(good) if good else ())
        outcomes = [next(stored) if can_be_stored(message) else INVALID for message in messages]
        self._repeaters.add(
            message.sender_id
            for message, outcome in zip(messages, outcomes, strict=True)
            if isinstance(outcome, Refusal) or not outcome.is_new
        )
        return outcomes

    async def _append_good(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        first = messages[0]
        for left in reversed(range(TRIES)):
            try:
                if first.file_id is not None:
                    return [await self._append_with_file(first, first.file_id)]
                fields = list(map(msgspec.structs.astuple, messages))
                if len(fields) == 1:
                    rows = await self._rows("append_one", *fields[0])
                else:
                    rows = await self._rows("append_batch", *map(list, zip(*fields, strict=True)))
                return list(map(_stored, messages, rows))
            except asyncpg.UniqueViolationError:
                # Another task stored the same message at this moment. The statement failed as a whole and took no seq.
                if not left:
                    raise
        raise AssertionError

    async def _append_with_file(self, message: NewMessage, file_id: str) -> StoredEntry | Refusal:
        """
        The message is stored before its file is checked, because a repeat is answered whatever became of the file; if
        the file is refused, the rollback gives the seq back. The conversation is locked before the file, as in a
        deletion, to avoid deadlocks. The lock of the file lets the sweep either see it in use or take it first.
        """
        fields = (message.conversation_id, message.sender_id, message.client_id, message.body, file_id)
        with unknown_outcome():
            async with self._connections.connection() as connection:
                transaction = connection.transaction()
                await transaction.start()
                try:
                    outcome = _stored(message, await connection.fetchrow(QUERIES["append_one"], *fields))
                    if isinstance(outcome, StoredEntry) and outcome.is_new:
                        found = await connection.fetchrow(QUERIES["lock_file"], file_id)
                        if refused := file_refusal(File(*found) if found else None, message.sender_id):
                            await transaction.rollback()
                            return refused
                        await connection.execute(QUERIES["use_file"], file_id)
                    await transaction.commit()
                    return outcome
                except BaseException:
                    with suppress(*DOWN):
                        await transaction.rollback()
                    raise

    async def delete_message(self, conversation_id: str, by_id: str, seq: int) -> StoredEntry | Refusal:
        if not is_id(conversation_id) or not is_id(by_id) or not 1 <= seq <= _MAX_BIGINT:
            return NOT_FOUND
        async with self._locked(conversation_id, by_id) as (connection, locked):
            found = await connection.fetchrow(QUERIES["deletion_of"], conversation_id, seq) if locked else None
            if found is None:
                return NOT_FOUND
            if found["type"] != MESSAGE or found["sender_id"] != by_id:
                return FORBIDDEN
            if found["deletion"]:
                return StoredEntry(_entry(found["deletion"]), tuple(locked["member_ids"]), False)
            await connection.execute(QUERIES["empty_message"], conversation_id, seq)
            return await _add_change(connection, conversation_id, DELETED, by_id, None, seq, locked["member_ids"])

    async def mark_read(self, conversation_id: str, member_id: str, seq: int) -> tuple[int, bool] | Refusal:
        if is_id(conversation_id) and is_id(member_id):
            for row in await self._rows("mark_read", conversation_id, member_id, _bigint(seq)):
                return row["read_seq"], row["moved"]
        return NOT_FOUND

    async def history(
        self, conversation_id: str, member_id: str, *, after: int | None, before: int | None, limit: int
    ) -> Sequence[Entry] | Refusal:
        if not is_id(conversation_id) or not is_id(member_id):
            return NOT_FOUND
        if after is not None:
            name, seq = "history_after", _bigint(after)
        else:
            name, seq = "history_before", _MAX_BIGINT if before is None else _bigint(before)
        rows = await self._rows(name, conversation_id, member_id, seq, limit)
        if not rows:
            return NOT_FOUND
        return [_entry(row) for row in rows if row["seq"] is not None]

    async def messages_before(
        self, conversation_id: str, member_id: str, before: int | None, limit: int
    ) -> tuple[Sequence[Message], int | None] | Refusal:
        if not is_id(conversation_id) or not is_id(member_id):
            return NOT_FOUND
        seq = _MAX_BIGINT if before is None else max(_bigint(before), 1)
        rows = await self._rows("messages_before", conversation_id, member_id, seq, limit, MAX_EXAMINED)
        if not rows:
            return NOT_FOUND
        messages = [cast("Message", _entry(row[:-1])) for row in rows if row["seq"] is not None]
        return messages, next_before(messages, rows[0]["top"], limit)

    async def changes(
        self, conversation_id: str, after: int, before: int, since: float | None
    ) -> Sequence[StoredEntry]:
        found: list[StoredEntry] = []
        while is_id(conversation_id):
            rows = await self._rows("changes", conversation_id, _bigint(after), _bigint(before), CHANGES_A_PAGE)
            page = [StoredEntry(_entry(row[:-1]), tuple(row["members"]), True) for row in rows]
            # Later entries are not older.
            wanted = [each for each in page if since is None or each.entry.created_at.timestamp() >= since]
            found += wanted
            if len(wanted) < CHANGES_A_PAGE:
                break
            before = wanted[-1].entry.seq
        return found[::-1]

    async def changed_since(self, user_ids: Sequence[str], since: float) -> Sequence[ConversationChange]:
        at = datetime.datetime.fromtimestamp(since, datetime.UTC)
        rows = await self._rows("changed_since", [user_id for user_id in user_ids if is_id(user_id)], at)
        return [
            ConversationChange(
                id,
                tuple(member_ids),
                last_seq,
                is_new,
                dict(zip(reader_ids or (), reads or (), strict=True)),
                {reader_id: frozenset(each[1] for each in hidden if each[0] == reader_id) for reader_id, _ in hidden},
            )
            for id, member_ids, last_seq, is_new, reader_ids, reads, hidden in rows
        ]

    async def sync(
        self,
        member_id: str,
        cursors: Mapping[str, int],
        limit: int,
        only: Sequence[str] | None = None,
        since: SyncPosition | None = None,
    ) -> SyncResult:
        named: Iterable[str] = cursors if only is None else dict.fromkeys(only)
        known: dict[str, int | None] = {}
        gone: list[str] = []
        async for part in slices(named):
            for conversation_id in part:
                if is_id(conversation_id):
                    seq = cursors.get(conversation_id)
                    known[conversation_id] = None if seq is None else _bigint(seq)
                else:
                    gone.append(conversation_id)
        rows: list[Any] = []
        if is_id(member_id):
            at = None if since is None else datetime.datetime.fromtimestamp(since.seconds, datetime.UTC)
            after_id = since.after_id if since else ""
            # As JSON: asyncpg takes ten times as long to encode an array.
            asked = (msgspec.json.encode(known).decode(), limit, only is not None, at, after_id)
            rows = list(await self._rows("sync", member_id, *asked, SYNC_LAG_SECONDS, MAX_SYNCED_CONVERSATIONS + 1))
        else:
            gone += known
        now = rows[0]["at"] if rows else 0.0
        is_cut = len(rows) > MAX_SYNCED_CONVERSATIONS
        rows = [row for row in rows[:MAX_SYNCED_CONVERSATIONS] if row["id"] is not None]
        gone += [row["id"] for row in rows if row["last_seq"] is None]
        here = [row for row in rows if row["last_seq"] is not None]
        behind = [row for row in here if (row["cursor"] or 0) <= row["last_seq"]]
        return SyncResult(
            conversations=tuple(map(_conversation, behind)),
            gone=tuple(sorted(gone)),
            entries=tuple(_entry(entry) for row in behind for entry in row["entries"]),
            more=is_cut or sum(row["entries_missed"] for row in behind) > limit,
            reset=tuple(row["id"] for row in here if (row["cursor"] or 0) > row["last_seq"]),
            at=next_position(since, now, rows[-1]["id"] if is_cut else None),
        )

    # ---- Files

    async def announce_file(self, file: NewFile, seconds: float, quota_bytes: int) -> File | Refusal:
        if not can_be_announced(file):
            return INVALID
        asked = (file.id, file.owner_id, file.name, file.content_type, file.size, file.sha256, seconds, quota_bytes)
        [(*made, is_known)] = await self._rows("announce_file", *asked)
        if made[0] is not None:
            return File(*made)
        return QUOTA if is_known else NOT_FOUND

    async def file(self, file_id: str) -> File | None:
        rows = await self._rows("file", file_id) if is_id(file_id) else ()
        return File(*rows[0]) if rows else None

    async def complete_file(self, file_id: str, grace_seconds: float) -> bool:
        return is_id(file_id) and bool(await self._rows("complete_file", file_id, grace_seconds))

    async def files_seen_by(self, file_ids: Sequence[str], reader_id: str) -> Sequence[File]:
        known = list(filter(is_id, file_ids)) if is_id(reader_id) else []
        return [File(*row) for row in await self._rows("files_seen_by", known, reader_id)] if known else []

    async def expire_unused_files(self, unused_seconds: float, limit: int) -> None:
        await self._rows("expire_unused_files", unused_seconds, limit)

    async def files_to_sweep(self, grace_seconds: float, limit: int) -> Sequence[File]:
        return [File(*row) for row in await self._rows("files_to_sweep", grace_seconds, limit)]

    async def finish_sweep(self, kept_ids: Sequence[str], gone_ids: Sequence[str], grace_seconds: float) -> None:
        await self._rows("finish_sweep", kept_ids, gone_ids, grace_seconds)

    # ---- The database

    async def _rows(self, name: str, *arguments: object) -> Sequence[Any]:
        """Run one statement, which is a transaction."""
        try:
            return await self._connections.rows(name, *arguments)
        except DOWN as error:
            raise_store_down(error)

    @asynccontextmanager
    async def _locked(
        self, conversation_id: str, user_id: str, name: str = "lock_conversation"
    ) -> AsyncIterator[tuple[Any, Any]]:
        """
        A transaction that begins with a statement that locks a conversation for a user: its connection, and the row,
        None where the user may not lock it.
        """
        with unknown_outcome():
            async with self._connections.connection() as connection, connection.transaction():
                yield connection, await connection.fetchrow(QUERIES[name], conversation_id, user_id)


def _batches(messages: Sequence[NewMessage]) -> list[list[NewMessage]]:
    """The messages of each transaction: one with a file has its own."""
    numbered = enumerate(messages)
    grouped = groupby(numbered, lambda each: -1 if each[1].file_id is None else each[0])
    return [[message for _, message in group] for _, group in grouped]


def _joined_columns(columns: Sequence[Sequence[str]]) -> Sequence[str] | None:
    """
    The conversations, senders, client ids and bodies of messages, each column joined; None where one of the messages
    cannot be stored, contains the separator, or is there twice. The lengths of ids of conversations and users are not
    checked: the database has none of a wrong length.
    """
    conversations, senders, clients, _ = columns
    if not all(clients) or max(map(len, clients)) > MAX_CLIENT_ID:
        return None
    if len(set(zip(conversations, senders, clients, strict=True))) < len(clients):
        return None
    joined = [SEPARATOR.join(texts) for texts in columns]
    separators = len(clients) - 1
    return joined if all(is_storable(text) and text.count(SEPARATOR) == separators for text in joined) else None


def _entry_ids() -> Iterator[str]:
    """Random ids of 128 bits, in hexadecimal. `gen_random_uuid()` would cost the database system calls for each."""
    while True:
        digits = os.urandom(16 * IDS_AT_ONCE).hex()
        for start in range(0, len(digits), 32):
            yield digits[start : start + 32]


async def _add_change(
    connection: Any,
    conversation_id: str,
    entry_type: str,
    sender_id: str,
    member_ids: Sequence[str] | None,
    of: int | None,
    members: Sequence[str],
) -> StoredEntry:
    row = await connection.fetchrow(QUERIES["add_change"], conversation_id, entry_type, sender_id, member_ids, of)
    return StoredEntry(_entry(row), tuple(members), True)


def _stored(message: NewMessage, row: Any) -> StoredEntry | Refusal:
    refused, is_new, seq, entry_id, created_at, body, file_id, member_ids = row
    if refused:
        return REFUSALS[refused]
    if is_new:
        body, file_id = message.body, message.file_id
    entry = Message(
        message.conversation_id, seq, entry_id, message.sender_id, created_at, message.client_id, body, file_id
    )
    return StoredEntry(entry, tuple(member_ids), is_new)


def _credentials(rows: Sequence[Any]) -> Credentials | None:
    for *user, password_hash, valid_after, login_network in rows:
        return Credentials(User(*user), password_hash, valid_after, login_network)
    return None


def _entry(row: Any) -> Entry:
    """From the columns of the fragment `entry`."""
    conversation_id, seq, entry_type, entry_id, sender_id, created_at, client_id, body, file_id, of, member_ids = row
    common = (conversation_id, seq, entry_id, sender_id, created_at)
    if entry_type == MESSAGE:
        return Message(*common, client_id, body, file_id)
    if entry_type == DELETED:
        return Deletion(*common, of)
    if entry_type == MEMBERS:
        return MembershipChange(*common, tuple(member_ids))
    return UnknownEntry(*common)


def _conversation(row: Any) -> Conversation:
    member_ids = tuple(row["member_ids"])
    reads = dict(zip(member_ids, row["reads"], strict=True))
    hidden_ids = tuple(member_id for member_id, seq in reads.items() if seq is None) if None in row["reads"] else ()
    for member_id in hidden_ids:
        del reads[member_id]
    return Conversation(row["id"], member_ids, row["last_seq"], reads, hidden_ids)


def _bigint(seq: int) -> int:
    """A client's number, clamped to what PostgreSQL can store; no seq is that large."""
    return min(max(seq, -_MAX_BIGINT), _MAX_BIGINT)
