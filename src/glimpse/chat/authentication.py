"""
Who makes a request: the user of its token, unless the token was revoked.

The keys of another issuer are fetched when the service starts, every hour, and for a token whose key is unknown. Known
keys stay in use while the issuer is down.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

from glimpse.chat.issuer_keys import IssuerKeys
from glimpse.chat.joins import JoinQueue
from glimpse.chat.ports import Store
from glimpse.chat.refusals import ISSUER_DOWN, KEY_NOT_KNOWN, UNAUTHORIZED, Refusal
from glimpse.chat.tokens import INVALID_TOKEN, LEEWAY_SECONDS, Identity, Tokens, UnknownKey
from glimpse.chat.values import JoinState, Validity

KEYS_SECONDS = 3600.0
"""The keys are fetched again after this long, so that a key that the issuer withdrew is dropped."""

LOOK_UP_SECONDS = 60.0
"""The issuer is asked at most this often, whatever tokens people make up."""

VALIDITY_SECONDS = 60.0
"""
How long a REST request may rely on what was read before: a revocation by another task, which the bus did not tell, is
noticed this late.
"""

MAX_REMEMBERED_USERS = 10_000
"""Users whose validity is remembered, in about 3 MB."""

NEVER_READ = (0, False, -math.inf)
"""What is remembered of a user whose validity was never read: it was read for ever ago."""

FetchKeys = Callable[[], Awaitable[IssuerKeys]]

REVOKED_TOKEN = UNAUTHORIZED.because("the token was revoked; log in again")


class IssuerDown(Exception):
    """The issuer did not answer with keys. The text says why, without any secret that the URL may contain."""


class Authentication:
    """
    `fetch_keys` raises IssuerDown; None where no keys are fetched. `now` in seconds since 1970. Every method that asks
    the store (`identify`, `check`, `join`) raises StoreDown.
    """

    def __init__(
        self,
        store: Store,
        tokens: Tokens,
        fetch_keys: FetchKeys | None,
        now: Callable[[], float],
    ) -> None:
        self._store, self._tokens, self._fetch_keys, self._now = store, tokens, fetch_keys, now
        self._joins = JoinQueue(store)
        self._fetching: asyncio.Task[None] | None = None
        self._asked_at = self._keys_fetched_at = -math.inf
        self._remembered: dict[str, tuple[int, bool, float]] = {}
        """The `valid_after` and `is_deleted` of users, and when they were read."""

        self.problem = ""
        """Why the issuer could not be asked the last time; empty where it could."""

    @property
    def withdrawn_keys(self) -> frozenset[str]:
        """As of Tokens: what these keys signed is not valid any more."""
        return self._tokens.withdrawn_keys

    # ---- Tokens

    async def verify(self, token: object) -> Identity | Refusal:
        """
        The user of a token, which may have been revoked. Refused `unauthorized`, `token_expired`, and `issuer_down`
        where the token may be valid, but its key cannot be asked for now.
        """
        asked_at = self._now()
        found = self._tokens.verify(token, asked_at)
        if not isinstance(found, UnknownKey):
            return found
        if self._fetch_keys is None or found.issued_at + LEEWAY_SECONDS < self._keys_fetched_at:
            # The keys were fetched after the token was issued, so its key would be among them.
            return INVALID_TOKEN
        await self._look_up(self._fetch_keys)
        again = self._tokens.verify(token, self._now())
        if not isinstance(again, UnknownKey):
            return again
        if self._keys_fetched_at >= asked_at:
            return INVALID_TOKEN
        return ISSUER_DOWN if self.problem else KEY_NOT_KNOWN

    async def identify(self, token: object) -> Identity | Refusal:
        """For a REST request. Refused as by `verify`, and `unauthorized` up to VALIDITY_SECONDS after a revocation."""
        identity = await self.verify(token)
        if isinstance(identity, Refusal):
            return identity
        valid_after, is_deleted, read_at = self._remembered.get(identity.user_id, NEVER_READ)
        # A token that is newer than what was read may be that of a user who comes back after deleting the account.
        is_recent = 0 <= self._now() - read_at < VALIDITY_SECONDS and identity.issued_at <= read_at
        if is_recent and identity.issued_at < valid_after:
            return REVOKED_TOKEN
        return identity if is_recent and not is_deleted else await self.check(identity)

    async def check(self, identity: Identity) -> Identity | Refusal:
        """Ask the store whether the token was revoked. Refused `unauthorized`."""
        read_at = self._now()
        return await self._accept(identity, await self._store.validity(identity.user_id), read_at) or identity

    async def join(self, identity: Identity) -> JoinState | Refusal:
        """What a user who joins needs; the user is created on first use. Refused `unauthorized`, `invalid`."""
        read_at = self._now()
        state = await self._joins.join_state(identity.user_id)
        if isinstance(state, Refusal):
            return state
        return await self._accept(identity, state, read_at) or state

    def forget(self, user_id: str) -> None:
        """The user's tokens were revoked, by this task or another, so the next request asks the store."""
        self._remembered.pop(user_id, None)

    async def _accept(self, identity: Identity, validity: Validity, read_at: float) -> Refusal | None:
        is_revoked = identity.issued_at < validity.valid_after
        if validity.is_deleted and not is_revoked:
            # Another issuer's user is free to come back.
            await self._store.restore_user(identity.user_id)
        if len(self._remembered) >= MAX_REMEMBERED_USERS:
            self._remembered.clear()
        # Also for a revoked token, so that a client that keeps using one costs the store nothing.
        self._remembered[identity.user_id] = validity.valid_after, validity.is_deleted and is_revoked, read_at
        return REVOKED_TOKEN if is_revoked else None

    # ---- The keys of another issuer

    async def refresh_keys(self) -> None:
        """Fetch the keys if that is due. Called when the service starts, and once a minute."""
        if self._fetch_keys and not 0 <= self._now() - self._keys_fetched_at < KEYS_SECONDS:
            await self._look_up(self._fetch_keys)

    async def _look_up(self, fetch_keys: FetchKeys) -> None:
        """Ask the issuer, at most every LOOK_UP_SECONDS; callers that come meanwhile wait for the same answer."""
        if self._fetching is None:
            if 0 <= self._now() - self._asked_at < LOOK_UP_SECONDS:
                return
            self._asked_at = self._now()
            self._fetching = asyncio.create_task(self._fetch(fetch_keys))
        # A caller that gives up must not cancel the look-up for the others.
        await asyncio.shield(self._fetching)

    async def _fetch(self, fetch_keys: FetchKeys) -> None:
        began = self._now()
        try:
            self._tokens.use_keys(await fetch_keys())
            self._keys_fetched_at, self.problem = began, ""
        except IssuerDown as down:
            self.problem = str(down)
        finally:
            self._fetching = None
