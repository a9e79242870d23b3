"""The use cases on a store in memory, with a recording publisher."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any

from glimpse.chat.background import BackgroundTasks
from glimpse.chat.commit import GroupCommit
from glimpse.chat.conversations import Conversations
from glimpse.chat.counts import Counts
from glimpse.chat.events import conversation_event
from glimpse.chat.messages import Messages
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.presence_notifier import PresenceNotifier
from glimpse.chat.publications import EntryCommitted, Notification
from glimpse.chat.refusals import Refusal
from glimpse.chat.sockets import Sockets
from glimpse.chat.users import Users
from glimpse.chat.values import Conversation, NewMessage, StoredEntry
from tests.chat.conftest import memory_store


class RecordingPublisher:
    """Each published event by who receives it, its name and its document; and how often an outcome was unknown."""

    def __init__(self) -> None:
        self.published: list[tuple[tuple[str, ...], str, dict[str, Any]]] = []
        self.unknown_outcomes = 0

    def publish_entry(self, committed: EntryCommitted, on_delivered: Callable[[], None] | None = None) -> None:
        self._keep(committed)
        if on_delivered:
            on_delivered()

    def repeat_entry(self, committed: EntryCommitted, created_at: float, on_delivered: Callable[[], None]) -> None:
        on_delivered()

    def notify(self, notification: Notification) -> None:
        self._keep(notification)

    def conversation_made(self, conversation: Conversation) -> None:
        self._keep(Notification(conversation.member_ids, conversation_event(conversation)))

    def presence_changed(self, user_id: str, is_here: bool) -> None: ...

    def block_changed(self, user_ids: tuple[str, str]) -> None: ...

    def outcome_unknown(self) -> None:
        self.unknown_outcomes += 1

    def of(self, name: str) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
        """Who receives each event of this name, and its document."""
        return [(user_ids, document) for user_ids, published, document in self.published if published == name]

    def _keep(self, message: EntryCommitted | Notification) -> None:
        name, document = json.loads(bytes(message.event))
        self.published.append((message.user_ids, name, document))


class UseCases:
    def __init__(self, store: Store | None = None) -> None:
        self.store, self.publisher = store or memory_store(), RecordingPublisher()
        self.commits = GroupCommit(self.store, Counts(), raise_defect)
        ids = itertools.count(1)
        notifier = PresenceNotifier(
            self.store, Sockets(1, Counts()), self.publisher, lambda: 0.0, BackgroundTasks(raise_defect)
        )
        self.conversations = Conversations(
            self.store, self.commits, self.publisher, notifier, lambda: f"conversation-{next(ids)}"
        )
        self.messages = Messages(self.store, self.commits, self.publisher)
        self.users = Users(self.store, self.publisher, notifier)

    async def conversation(self, *user_ids: str) -> str:
        """The id of a new one; the first user creates it."""
        for user_id in user_ids:
            await self.store.ensure_user(user_id)
        created = await self.conversations.create(user_ids[0], user_ids[1:])
        assert not isinstance(created, Refusal)
        return created[0].id

    async def send(self, conversation_id: str, sender_id: str, client_id: str, body: str = "hello") -> int:
        """The seq of a message, which is not published here."""
        stored = await appended(self.commits, NewMessage(conversation_id, sender_id, client_id, body))
        assert isinstance(stored, StoredEntry)
        return stored.entry.seq


def appended(commits: GroupCommit, message: NewMessage) -> asyncio.Future[StoredEntry | Refusal]:
    """Queue a message. The future has its answer."""
    answer: asyncio.Future[StoredEntry | Refusal] = asyncio.get_running_loop().create_future()
    commits.append(message, answer.set_result)
    return answer


async def store_is_down(*_: object, **__: object) -> Any:
    """Stands in for a method of a store that cannot be reached."""
    raise StoreDown


def raise_defect(error: BaseException) -> None:
    raise error
