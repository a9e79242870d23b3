"""
Tokens: JWTs signed with HS256, `sub` the user's id, `exp` required (RFC 7519).

The algorithm is pinned: the one that a token's header names is ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial

import jwt

from glimpse.chat.refusals import TOKEN_EXPIRED, UNAUTHORIZED, Refusal
from glimpse.chat.text import is_id

ALGORITHM = "HS256"
MAX_TOKEN_LENGTH = 4_096
MAX_REMEMBERED_TOKENS = 4_096
"""Tokens with a valid signature, cached in some 600 bytes each."""

LATEST = 253_402_300_799
"""The last second of the year 9999."""
INVALID_TOKEN = UNAUTHORIZED.because("the token is missing or not valid")


@dataclass(frozen=True, slots=True)
class Identity:
    """`expires_at` in seconds since 1970."""

    user_id: str
    expires_at: float


class Tokens:
    """The first secret signs, and all verify, so that a secret can be replaced while its tokens are valid."""

    def __init__(self, secrets: Sequence[str], lifetime_seconds: int) -> None:
        self._secrets = tuple(secrets)
        self.lifetime_seconds = lifetime_seconds
        # The same token comes with every request. Exceptions are not cached, so forged tokens cannot fill the cache.
        self._decode = lru_cache(MAX_REMEMBERED_TOKENS)(partial(_decode, self._secrets))

    def issue(self, user_id: str, now: float) -> str:
        claims = {"sub": user_id, "iat": int(now), "exp": int(now) + self.lifetime_seconds}
        return jwt.encode(claims, self._secrets[0], algorithm=ALGORITHM)

    def verify(self, token: object, now: float) -> Identity | Refusal:
        """The user of a token. Refused `unauthorized`, or `token_expired` where the token is valid but expired."""
        if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN_LENGTH:
            return INVALID_TOKEN
        try:
            identity, begins_at = self._decode(token)
        except (jwt.InvalidTokenError, ValueError):
            return INVALID_TOKEN
        if begins_at > now:
            return INVALID_TOKEN
        return identity if identity.expires_at > now else TOKEN_EXPIRED


def _decode(secrets: Sequence[str], token: str) -> tuple[Identity, float]:
    """The identity in a signed token, and the time from which it is valid. Raises InvalidTokenError, ValueError."""
    for secret in secrets:
        with suppress(jwt.InvalidSignatureError):
            claims = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                # Tokens.verify compares the times with the `now` that it is given.
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
