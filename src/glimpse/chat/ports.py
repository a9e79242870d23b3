"""
What the service needs of the world, as protocols. `memory.py` fulfils them without any; `outside/postgres` with
PostgreSQL; the same contract tests run on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from glimpse.chat.values import Conversation, Entry, Listed, NewMessage, Refused, Stored, Synced, User


class StoreDown(Exception):
    """The store could not be asked; nothing is known of what it did."""


class Store(Protocol):
    """
    Everything durable. Each call is one transaction; what it answers is committed. Raises StoreDown where the outcome
    is unknown. A refusal changes nothing.
    """

    # ---- Users

    async def ensure_user(self, user_id: str) -> User:
        """The user of a valid token, made on first use."""
        ...

    async def sign_up(self, user_id: str, handle: str, password_hash: str) -> User | Refused:
        """Refused `handle_taken`; handles are compared without case."""
        ...

    async def credentials(self, handle: str) -> tuple[User, str] | None:
        """The user of a handle and their password's hash."""
        ...

    async def users(self, user_ids: Sequence[str]) -> Sequence[User]:
        """Those that exist, in the order asked."""
        ...

    async def user_by_handle(self, handle: str) -> User | None: ...

    async def update_profile(
        self, user_id: str, display_name: str | None, profile_image_id: str | None
    ) -> User | Refused:
        """None leaves a field as it is. Refused `not_found`."""
        ...

    async def block(self, blocker_id: str, blocked_id: str, on: bool) -> Refused | None:
        """In their pair, messages of the blocked are refused. Idempotent. Refused `not_found`."""
        ...

    # ---- Conversations

    async def create_conversation(
        self, conversation_id: str, creator_id: str, member_ids: Sequence[str]
    ) -> tuple[Conversation, bool] | Refused:
        """
        The conversation and whether it is new; the creator is a member. The same two people get the same
        conversation, also when asked twice at once. Refused `not_found` for an unknown member.
        """
        ...

    async def conversation(self, conversation_id: str, member_id: str) -> Conversation | Refused:
        """Refused `not_found` also to who is not a member."""
        ...

    async def conversation_ids(self, member_id: str) -> Sequence[str]: ...

    async def list_conversations(
        self, member_id: str, cursor: str | None, limit: int
    ) -> tuple[Sequence[Listed], str | None]:
        """Newest change first, and the cursor of the next page; None on the last."""
        ...

    async def add_members(self, conversation_id: str, by_id: str, member_ids: Sequence[str]) -> Stored | Refused:
        """A `members` entry; not fresh where all were members already. Refused `not_found`, `forbidden` (a pair)."""
        ...

    async def leave(self, conversation_id: str, member_id: str) -> Stored | Refused:
        """A `members` entry for those who stay; `member_ids` of Stored are those who stay. Refused `not_found`."""
        ...

    # ---- Messages

    async def append(self, messages: Sequence[NewMessage]) -> Sequence[Stored | Refused]:
        """
        Store a batch in one transaction, each at the next seq of its conversation, answered in the order given.

        A repeat, also inside the batch and through another task at the same moment, answers the first entry. A bad
        message (not a member: `not_found`; `blocked`; text that the database cannot hold: `invalid`) harms only itself.
        """
        ...

    async def delete_message(self, conversation_id: str, by_id: str, seq: int) -> Stored | Refused:
        """
        A `deleted` entry; the message keeps its place with a null body. Again: fresh is False and the first entry.
        Refused `not_found`, `forbidden` (another's message, or no message).
        """
        ...

    async def mark_read(self, conversation_id: str, member_id: str, seq: int) -> tuple[int, bool] | Refused:
        """How far is read now and whether that moved: only forward, at most last_seq. Refused `not_found`."""
        ...

    async def history(
        self, conversation_id: str, member_id: str, *, after: int | None, before: int | None, limit: int
    ) -> Sequence[Entry] | Refused:
        """Entries in seq order: the first after `after`, or the last before `before`, or the newest."""
        ...

    async def sync(self, member_id: str, cursors: Mapping[str, int], limit: int) -> Synced: ...
