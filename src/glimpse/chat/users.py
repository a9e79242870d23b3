"""The use cases of users: profiles, handles and blocks. REST and sockets call the same methods."""

from __future__ import annotations

from collections.abc import Sequence

from glimpse.chat import names
from glimpse.chat.changes import await_change
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.presence_notifier import PresenceNotifier
from glimpse.chat.publisher import Publisher
from glimpse.chat.refusals import NOT_FOUND, Refusal
from glimpse.chat.values import User


class Users:
    """
    Users are known by the ids in their tokens. A token of another issuer may have a new id, so each method that needs
    the user creates a missing one first. Every method raises StoreDown.
    """

    def __init__(self, store: Store, publisher: Publisher, notifier: PresenceNotifier) -> None:
        self._store, self._publisher, self._notifier = store, publisher, notifier

    async def ensure(self, user_id: str) -> User | Refusal:
        """Read a user, created on first use. Refused `invalid`."""
        return await self._store.ensure_user(user_id)

    async def update_profile(
        self, user_id: str, display_name: str | None, profile_image_id: str | None
    ) -> User | Refusal:
        """
        Change the fields that are not None; an empty display name removes it. Refused as by Store.update_profile, and
        `invalid` for a bad display name.
        """
        if display_name:
            shown = names.display_name(display_name)
            if isinstance(shown, Refusal):
                return shown
            display_name = shown
        await self._store.ensure_user(user_id)
        return await self._store.update_profile(user_id, display_name, profile_image_id)

    async def by_handle(self, handle: str) -> User | Refusal:
        """Find the user with a handle, in upper or lower case. Refused `not_found`."""
        return await self._store.user_by_handle(handle) or NOT_FOUND

    async def block(self, blocker_id: str, blocked_id: str, on: bool) -> Refusal | None:
        """
        Block a user (`on`) or unblock them. If that changes something, the two are told that the other is offline, or
        online again. Idempotent. Refused `not_found`, `invalid` (oneself).
        """
        await self._store.ensure_user(blocker_id)
        try:
            changed = await await_change(self._store.block(blocker_id, blocked_id, on), self._publisher)
        except StoreDown:
            # It may have changed all the same. The notifier tells them what the store says once it answers again.
            self._notifier.block_changed(blocker_id, blocked_id)
            raise
        if isinstance(changed, Refusal):
            return changed
        if changed:
            self._notifier.block_changed(blocker_id, blocked_id)
        return None

    async def blocked(self, user_id: str, after_id: str, limit: int) -> tuple[Sequence[User], str | None]:
        """
        A page of the users whom the user blocks, in the order of their ids: those after an id, which may be empty. Also
        the id after which the next page begins, None on the last.
        """
        found = await self._store.blocked_users(user_id, after_id, limit + 1)
        return found[:limit], found[limit - 1].id if found[limit:] else None
