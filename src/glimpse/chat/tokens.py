"""
Who somebody is: a JWT signed with HS256, `sub` the user's id, `exp` required (RFC 7519).

The algorithm is pinned: what a token says of its own algorithm decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial

import jwt

from glimpse.chat.text import is_id
from glimpse.chat.values import Refusal

ALGORITHM = "HS256"
MAX_TOKEN_LENGTH = 4_096
MAX_REMEMBERED_TOKENS = 4_096
"""Tokens whose signature was found good, some 600 bytes each."""

LATEST = 253_402_300_799
"""The last second of the year 9999."""
UNAUTHORIZED = Refusal("unauthorized", detail="the token is missing or not valid")
EXPIRED = Refusal("token_expired")


@dataclass(frozen=True, slots=True)
class Identity:
    """`expires_at` in seconds since 1970."""

    user_id: str
    expires_at: float


class Tokens:
    """The first secret signs; all verify, so that a secret can be replaced while its tokens live."""

    def __init__(self, secrets: Sequence[str], lifetime_seconds: int) -> None:
        self._secrets = tuple(secrets)
        self.lifetime_seconds = lifetime_seconds
        # The same token comes with every request. What raises is not remembered, so nobody fills this with tokens that
        # are not ours.
        self._signed = lru_cache(MAX_REMEMBERED_TOKENS)(partial(_signed, self._secrets))

    def issued(self, user_id: str, now: float) -> str:
        claims = {"sub": user_id, "iat": int(now), "exp": int(now) + self.lifetime_seconds}
        return jwt.encode(claims, self._secrets[0], algorithm=ALGORITHM)

    def verified(self, token: object, now: float) -> Identity | Refusal:
        """Whose token it is. Refused `unauthorized`, or `token_expired` where only the time is wrong."""
        if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN_LENGTH:
            return UNAUTHORIZED
        try:
            identity, begins_at = self._signed(token)
        except (jwt.InvalidTokenError, ValueError):
            return UNAUTHORIZED
        if begins_at > now:
            return UNAUTHORIZED
        return identity if identity.expires_at > now else EXPIRED


def _signed(secrets: Sequence[str], token: str) -> tuple[Identity, float]:
    """Who a token says that somebody is, and from when on. Raises InvalidTokenError, ValueError."""
    for secret in secrets:
        with suppress(jwt.InvalidSignatureError):
            claims = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                # Time is handed in, so it is compared here and not by the library.
                options={"require": ["exp", "sub"], "verify_exp": False, "verify_nbf": False, "verify_iat": False},
            )
            user_id, expires, begins = claims["sub"], _time(claims["exp"]), _time(claims.get("nbf", 0))
            if not isinstance(user_id, str) or not is_id(user_id) or expires is None or begins is None:
                raise jwt.InvalidTokenError
            return Identity(user_id, expires), begins
    raise jwt.InvalidSignatureError


def _time(claim: object) -> float | None:
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not 0 <= claim <= LATEST:
        return None
    return float(claim)
