"""
The use cases of messages, except sending one, which `service.py` does because a socket gets the acknowledgement. REST
and sockets call the same methods.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from weakref import WeakValueDictionary

from glimpse.chat.changes import await_change, commit_entry
from glimpse.chat.commit import GroupCommit
from glimpse.chat.documents import truncated
from glimpse.chat.events import read_event
from glimpse.chat.ports import Store
from glimpse.chat.publications import Notification
from glimpse.chat.publisher import Publisher
from glimpse.chat.refusals import INVALID, Refusal
from glimpse.chat.sync_position import SyncPosition
from glimpse.chat.values import Entry, Message, StoredEntry, SyncResult

MAX_SYNCED_ENTRIES = 500
MAX_SYNCED_BYTES = 256 * 1024
"""Limits of one answer to `sync`, the bytes for its conversations and its entries each; who missed more asks again."""


class Messages:
    """Every method acts for the user of its first argument and raises StoreDown."""

    def __init__(self, store: Store, commits: GroupCommit, publisher: Publisher) -> None:
        self._store, self._commits, self._publisher = store, commits, publisher
        # Weak, so that a lock is dropped when its last holder is done.
        self._read_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._sync_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def history(
        self, user_id: str, conversation_id: str, *, after: int | None, before: int | None, limit: int
    ) -> Sequence[Entry] | Refusal:
        """
        Read entries in the order of their seq: the first ones after `after`, the last ones before `before`, or else the
        newest ones. Refused `not_found`, `invalid` (both bounds at once).
        """
        if after is not None and before is not None:
            return INVALID.because("after and before exclude each other")
        return await self._store.history(conversation_id, user_id, after=after, before=before, limit=limit)

    async def before(
        self, user_id: str, conversation_id: str, before: int | None, limit: int
    ) -> tuple[Sequence[Message], int | None] | Refusal:
        """
        Read the last messages that are not deleted before a seq, or the newest, and the `before` of the next page, None
        where nothing comes before. A page may be empty although more follow. Refused `not_found`.
        """
        return await self._store.messages_before(conversation_id, user_id, before, limit)

    async def sync(
        self,
        user_id: str,
        cursors: Mapping[str, int],
        only: Sequence[str] | None = None,
        since: SyncPosition | None = None,
    ) -> SyncResult:
        """
        What a client missed after its cursors (a seq for each conversation), within the limits above. `only` and
        `since` as in Store.sync.
        """
        # One at a time for each user: a user of 20,000 conversations keeps one connection of the database busy for some
        # 0.1 s, and has many sockets; messages need the other connections.
        async with self._sync_locks.setdefault(user_id, asyncio.Lock()):
            missed = await self._store.sync(user_id, cursors, MAX_SYNCED_ENTRIES, only, since)
        return truncated(missed, since, MAX_SYNCED_BYTES)

    async def delete(self, user_id: str, conversation_id: str, seq: int) -> StoredEntry | Refusal:
        """Delete a message; members are told once. Returns the Deletion. Refused `not_found`, `forbidden`, `busy`."""
        return await commit_entry(
            lambda: self._store.delete_message(conversation_id, user_id, seq), self._commits, self._publisher
        )

    async def mark_read(self, user_id: str, conversation_id: str, seq: int) -> int | Refusal:
        """Mark as read up to `seq`; members are told if that moved. Returns the seq by now. Refused `not_found`."""
        # One at a time for each reader, so that members never receive a lower seq after a higher one.
        async with self._read_locks.setdefault(user_id, asyncio.Lock()):
            marked = await await_change(self._store.mark_read(conversation_id, user_id, seq), self._publisher)
            if isinstance(marked, Refusal):
                return marked
            read_to, moved = marked
            if moved:
                found = await await_change(self._store.conversation(conversation_id, user_id), self._publisher)
                if not isinstance(found, Refusal):
                    event = read_event(conversation_id, user_id, read_to)
                    self._publisher.notify(Notification(found.visible_ids, event))
            return read_to
