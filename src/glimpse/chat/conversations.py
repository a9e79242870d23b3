"""The use cases of conversations. REST and sockets call the same methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glimpse.chat.changes import await_change, commit_entry
from glimpse.chat.commit import GroupCommit
from glimpse.chat.ports import Store
from glimpse.chat.presence_notifier import PresenceNotifier
from glimpse.chat.publisher import Publisher
from glimpse.chat.refusals import Refusal
from glimpse.chat.values import Conversation, ConversationSummary, StoredEntry


class Conversations:
    """Every method acts for the user of its first argument and raises StoreDown. `make_id` makes a conversation id."""

    def __init__(
        self,
        store: Store,
        commits: GroupCommit,
        publisher: Publisher,
        notifier: PresenceNotifier,
        make_id: Callable[[], str],
    ) -> None:
        self._store, self._commits, self._publisher = store, commits, publisher
        self._notifier, self._make_id = notifier, make_id

    async def create(self, user_id: str, member_ids: Sequence[str]) -> tuple[Conversation, bool] | Refusal:
        """
        Create a conversation, or find the one that two people already have. Returns it, and whether it is new; then its
        members are told. Refused `not_found` for an unknown member, `forbidden` for one who is in a block with the
        creator.
        """
        await self._store.ensure_user(user_id)
        creating = self._store.create_conversation(self._make_id(), user_id, member_ids)
        created = await await_change(creating, self._publisher)
        if not isinstance(created, Refusal) and created[1]:
            conversation = created[0]
            self._publisher.conversation_made(conversation)
            await self._notifier.announce_online_to_each_other(conversation)
        return created

    async def get(self, user_id: str, conversation_id: str) -> Conversation | Refusal:
        """Read a conversation. Refused `not_found`, also to a user who is not a member."""
        return await self._store.conversation(conversation_id, user_id)

    async def list(
        self, user_id: str, cursor: str | None, limit: int
    ) -> tuple[Sequence[ConversationSummary], str | None] | Refusal:
        """
        A page of the user's conversations, newest change first, and the cursor of the next page, None on the last.
        Refused `invalid` (the cursor).
        """
        return await self._store.list_conversations(user_id, cursor, limit)

    async def add_members(
        self, user_id: str, conversation_id: str, member_ids: Sequence[str]
    ) -> StoredEntry | Conversation | Refusal:
        """
        Add members, and tell old and new ones. Returns the stored entry, or the unchanged conversation where all were
        members already. Refused `not_found`, `busy`, and `forbidden` as by Store.add_members.
        """
        return await commit_entry(
            lambda: self._store.add_members(conversation_id, user_id, member_ids), self._commits, self._publisher
        )

    async def join(self, user_id: str, conversation_id: str) -> StoredEntry | Conversation | Refusal:
        """
        Return to a conversation that the user left, and tell its members. Returns the stored entry, or the conversation
        where the user is a member. Refused `not_found`, also where the user was never a member, `busy`.
        """
        return await commit_entry(lambda: self._store.join(conversation_id, user_id), self._commits, self._publisher)

    async def leave(self, user_id: str, conversation_id: str) -> StoredEntry | Refusal:
        """Leave; the remaining members and the user's own sockets are told. Refused `not_found`, `busy`."""
        return await commit_entry(lambda: self._store.leave(conversation_id, user_id), self._commits, self._publisher)
