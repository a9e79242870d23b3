"""The use cases of users: profiles, handles and blocks. REST and sockets call the same methods."""

from __future__ import annotations

from glimpse.chat.ports import Store
from glimpse.chat.refusals import NOT_FOUND, Refusal
from glimpse.chat.values import User

MAX_KNOWN_USERS = 20_000
"""How many users are remembered to exist, about 3 MB of UUIDs, so that their reconnects need no database statement."""


class Users:
    """
    Users are known by the ids in their tokens. A token of another issuer may have a new id, so each method that needs
    the user creates a missing one first. Every method raises StoreDown.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: set[str] = set()

    async def ensure(self, user_id: str) -> User | Refusal:
        """Read a user, created on first use. Refused `invalid`."""
        return await self._store.ensure_user(user_id)

    async def ensure_known(self, user_id: str) -> Refusal | None:
        """Create a user on first use; the store is not asked again about one who connected before."""
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
        """Block a user (`on`) or unblock them. Idempotent. Refused `not_found`, `invalid` (oneself)."""
        await self._store.ensure_user(blocker_id)
        return await self._store.block(blocker_id, blocked_id, on)
