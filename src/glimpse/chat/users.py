"""What users do with their own account's profile and with each other: REST and sockets call the same methods."""

from __future__ import annotations

from glimpse.chat.ports import Store
from glimpse.chat.refusals import NOT_FOUND, Refusal
from glimpse.chat.values import User

MAX_KNOWN_USERS = 20_000
"""Ids of users that are known to exist, about 3 MB as UUIDs; a reconnect of such a user costs no database statement."""


class Users:
    """
    Users by the ids of their tokens. Another issuer's tokens may bring an id that was never seen, so each method that
    needs a user creates the missing one first. Every method raises StoreDown.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: set[str] = set()

    async def ensure(self, user_id: str) -> User | Refusal:
        """Read a user, created on first use. Refused `invalid`."""
        return await self._store.ensure_user(user_id)

    async def ensure_known(self, user_id: str) -> Refusal | None:
        """Create a user on first use, without asking the store again for one who connected before."""
        if user_id in self._known:
            return None
        user = await self._store.ensure_user(user_id)
        if isinstance(user, Refusal):
            return user
        if len(self._known) >= MAX_KNOWN_USERS:
            self._known.clear()
        self._known.add(user_id)
        return None

    async def update_profile(
        self, user_id: str, display_name: str | None, profile_image_id: str | None
    ) -> User | Refusal:
        """Change the fields that are not None. Refused as by Store.update_profile, for a bad image file."""
        await self._store.ensure_user(user_id)
        return await self._store.update_profile(user_id, display_name, profile_image_id)

    async def by_handle(self, handle: str) -> User | Refusal:
        """Find the user with a handle, in upper or lower case. Refused `not_found`."""
        return await self._store.user_by_handle(handle) or NOT_FOUND

    async def block(self, blocker_id: str, blocked_id: str, on: bool) -> Refusal | None:
        """Block a user (`on`) or unblock them, again without effect. Refused `not_found`, `invalid` (oneself)."""
        await self._store.ensure_user(blocker_id)
        return await self._store.block(blocker_id, blocked_id, on)
