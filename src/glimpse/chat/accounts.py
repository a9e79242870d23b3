"""Sign-up and log-in, for a chat that issues its own tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from msgspec.structs import replace

from glimpse.chat.ports import Store
from glimpse.chat.refusals import UNAUTHORIZED, Refusal
from glimpse.chat.tokens import Tokens
from glimpse.chat.values import User

WRONG_CREDENTIALS = replace(
    UNAUTHORIZED, english="the handle or the password is wrong", korean="아이디나 비밀번호가 맞지 않아요"
)


class Passwords(Protocol):
    """Hashing is slow on purpose, so calls are queued. Both methods are refused `busy` where the queue is full."""

    async def hash(self, password: str) -> str | Refusal: ...

    async def matches(self, password_hash: str | None, password: str) -> bool | Refusal:
        """False without a hash, after the same time, so that the duration does not reveal whether a handle exists."""
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
        hashed = await self._passwords.hash(password)
        if isinstance(hashed, Refusal):
            return hashed
        return self._issue_token(await self._store.sign_up(self._make_id(), handle, hashed))

    async def log_in(self, handle: str, password: str) -> IssuedToken | Refusal:
        """Refused `busy`, and `unauthorized`: the same for a wrong handle and a wrong password."""
        found = await self._store.credentials(handle)
        matches = await self._passwords.matches(found[1] if found else None, password)
        if isinstance(matches, Refusal):
            return matches
        return self._issue_token(found[0]) if found and matches else WRONG_CREDENTIALS

    async def refresh(self, user_id: str) -> IssuedToken | Refusal:
        """A new token for the user of a valid one."""
        return self._issue_token(await self._store.ensure_user(user_id))

    def _issue_token(self, user: User | Refusal) -> IssuedToken | Refusal:
        if isinstance(user, Refusal):
            return user
        return IssuedToken(self._tokens.issue(user.id, self._now()), self._tokens.lifetime_seconds, user)
