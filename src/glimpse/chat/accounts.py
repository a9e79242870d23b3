"""Sign-up and log-in, where there is no other issuer of tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from glimpse.chat.ports import Store
from glimpse.chat.tokens import Tokens
from glimpse.chat.values import Refusal, User

WRONG = Refusal("unauthorized", detail="the handle or the password is wrong")


class Passwords(Protocol):
    """Hashing is slow on purpose, so it is queued; where the queue is full both are refused `busy`."""

    async def hashed(self, password: str) -> str | Refusal: ...

    async def matches(self, password_hash: str | None, password: str) -> bool | Refusal:
        """None for the hash takes as long and never matches: a stranger learns no handle by the time it takes."""
        ...


@dataclass(frozen=True, slots=True)
class IssuedToken:
    token: str
    lifetime_seconds: int
    user: User


class Accounts:
    """`now` in seconds since 1970."""

    def __init__(
        self,
        store: Store,
        passwords: Passwords,
        tokens: Tokens,
        now: Callable[[], float],
        make_id: Callable[[], str],
    ) -> None:
        self._store, self._passwords, self._tokens = store, passwords, tokens
        self._now, self._make_id = now, make_id

    async def sign_up(self, handle: str, password: str) -> IssuedToken | Refusal:
        """Refused `handle_taken`, `busy`."""
        hashed = await self._passwords.hashed(password)
        if isinstance(hashed, Refusal):
            return hashed
        return self._logged_in(await self._store.sign_up(self._make_id(), handle, hashed))

    async def log_in(self, handle: str, password: str) -> IssuedToken | Refusal:
        """Refused `unauthorized`, whether it is the handle or the password that is wrong, and `busy`."""
        found = await self._store.credentials(handle)
        matches = await self._passwords.matches(found[1] if found else None, password)
        if isinstance(matches, Refusal):
            return matches
        return self._logged_in(found[0]) if found and matches else WRONG

    async def refresh(self, user_id: str) -> IssuedToken | Refusal:
        """For whoever holds a token that is still valid."""
        return self._logged_in(await self._store.ensure_user(user_id))

    def _logged_in(self, user: User | Refusal) -> IssuedToken | Refusal:
        if isinstance(user, Refusal):
            return user
        return IssuedToken(self._tokens.issued(user.id, self._now()), self._tokens.lifetime_seconds, user)
