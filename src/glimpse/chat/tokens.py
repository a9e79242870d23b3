"""
Tokens: JWTs (RFC 7519), `sub` the user's id, `exp` required. This service signs them with a shared secret (HS256);
other issuers sign them with the same secret, or with a key of their own whose public half is known (RS256, ES256).

The algorithm follows from the key. What a token's header says of algorithms, keys and URLs is never trusted: `alg` and
`kid` only choose among the keys that are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
import msgspec
from jwt.algorithms import HMACAlgorithm

from glimpse.chat.issuer_keys import IssuerKeys
from glimpse.chat.refusals import TOKEN_EXPIRED, UNAUTHORIZED, Refusal
from glimpse.chat.text import is_id

ALGORITHM = "HS256"
KEY_ALGORITHMS = ("RS256", "ES256")
MAX_TOKEN_LENGTH = 4_096
MAX_REMEMBERED_TOKENS = 4_096
"""Tokens with a valid signature, cached in some 600 bytes each."""

LEEWAY_SECONDS = 60.0
"""How much the clock of another issuer may be ahead, for `nbf` and `iat`. `exp` is exact."""

SESSION_SECONDS = 30 * 86_400.0
SESSION_CLAIM = "session_started_at"
"""When a user logged in here. Only tokens that were issued here have it, and a refreshed token keeps it."""

VALID_AFTER_CLAIM = "valid_after"
"""
The user's `valid_after` that was known at the log-in. A refreshed token keeps it, so it is revoked together with the
token that it replaces, even where it was issued while that was revoked. Only tokens that were issued here have it.
"""

LATEST = 253_402_300_799
"""The last second of the year 9999."""
INVALID_TOKEN = UNAUTHORIZED.because("the token is missing or not valid")


class _PreparedSecret(HMACAlgorithm):
    """
    HS256 with a secret that Tokens has checked. PyJWT would look again at each token for whether the secret is a public
    key, which takes as long as all else.
    """

    def prepare_key(self, key: Any) -> bytes:
        return bytes(key)


_CHECKING = HMACAlgorithm(HMACAlgorithm.SHA256)
_SIGNATURES = jwt.PyJWS(algorithms=KEY_ALGORITHMS)
_SIGNATURES.register_algorithm(ALGORITHM, _PreparedSecret(HMACAlgorithm.SHA256))
_decode_claims = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True)
class Identity:
    """
    The user of a valid token, and its times in seconds since 1970. It is revoked where `issued_at` is before the user's
    `valid_after`; a token without `iat` was issued at 0, and one that was issued here counts as issued at the
    `valid_after` that was known at the log-in. `session_started_at`: when the user logged in here; None for a token of
    another issuer. `signed_by`: the fingerprint of another issuer's key; empty for a shared secret.
    """

    user_id: str
    expires_at: float
    issued_at: float = 0.0
    session_started_at: float | None = None
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """No known key has the `kid` of a token. `issued_at` is what the token says; it is not verified."""

    issued_at: float


class Tokens:
    """
    The first secret signs, and all verify, so that a secret can be replaced while its tokens are valid. `issuer` and
    `audiences` are those that a token must have; empty: any. `keys` are those of another issuer.
    Raises jwt.InvalidKeyError for a secret that is a public key.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        lifetime_seconds: int,
        session_seconds: float = SESSION_SECONDS,
        issuer: str = "",
        audiences: Sequence[str] = (),
        keys: IssuerKeys | None = None,
    ) -> None:
        self._secrets, self._keys = tuple(_CHECKING.prepare_key(secret) for secret in secrets), keys
        self._lifetime_seconds, self._session_seconds = lifetime_seconds, session_seconds
        self._issuer, self._audiences = issuer, tuple(audiences)
        self.withdrawn_keys: frozenset[str] = frozenset()
        """The fingerprints of keys that were known once, and that the other issuer does not list any more."""

        # The same token comes with every request. Exceptions are not cached, so forged tokens cannot fill the cache.
        self._decode = lru_cache(MAX_REMEMBERED_TOKENS)(self._decode_anew)

    def use_keys(self, keys: IssuerKeys) -> None:
        """From now on these are the keys of the other issuer; what other keys signed is not valid any more."""
        before = frozenset[str]() if self._keys is None else self._keys.fingerprints
        self.withdrawn_keys = (self.withdrawn_keys | before) - keys.fingerprints
        self._keys = keys
        self._decode.cache_clear()

    def expires_at(self, now: float, session_started_at: float) -> int:
        """When a token expires that is issued now: never after the end of its session."""
        return int(min(now + self._lifetime_seconds, session_started_at + self._session_seconds))

    def issue(
        self, user_id: str, now: float, session_started_at: float | None = None, valid_after: int | None = None
    ) -> str:
        """
        A token for a user who logs in now, or logged in at `session_started_at`. It is revoked as soon as the user's
        tokens from before a later second than `valid_after` are; None: from before a later second than now.
        """
        started = now if session_started_at is None else session_started_at
        claims: dict[str, Any] = {
            "sub": user_id,
            "iat": max(int(now), valid_after or 0),
            "exp": self.expires_at(now, started),
            SESSION_CLAIM: int(started),
        }
        if valid_after is not None:
            claims[VALID_AFTER_CLAIM] = valid_after
        if self._issuer:
            claims["iss"] = self._issuer
        if self._audiences:
            claims["aud"] = self._audiences[0]
        return jwt.encode(claims, self._secrets[0], algorithm=ALGORITHM)

    def verify(self, token: object, now: float) -> Identity | UnknownKey | Refusal:
        """The user of a token. Refused `unauthorized`, or `token_expired` where the token is valid but expired."""
        if not isinstance(token, str) or not 0 < len(token) <= MAX_TOKEN_LENGTH:
            return INVALID_TOKEN
        try:
            identity, begins_at = self._decode(token)
        except _NoKey as unknown:
            return UnknownKey(unknown.issued_at)
        except _WrongClaim as wrong:
            # The signature is valid, so this tells nobody anything but the developer who set the service up.
            return UNAUTHORIZED.because(str(wrong))
        except (jwt.PyJWTError, ValueError):
            return INVALID_TOKEN
        if begins_at > now + LEEWAY_SECONDS:
            return UNAUTHORIZED.because("iat or nbf of the token lies in the future")
        return identity if identity.expires_at > now else TOKEN_EXPIRED

    def _decode_anew(self, token: str) -> tuple[Identity, float]:
        """
        The identity in a signed token, and the time from which it is valid. Raises _NoKey, and PyJWTError or ValueError
        for a token that is not valid.
        """
        payload, signed_by = self._payload(token)
        claims = _claims(payload)
        user_id, expires = claims.get("sub"), _time(claims.get("exp"))
        issued, begins = _time(claims.get("iat", 0)), _time(claims.get("nbf", 0))
        if not isinstance(user_id, str) or not is_id(user_id):
            raise _WrongClaim("sub is missing or no id")
        if expires is None or issued is None or begins is None:
            raise _WrongClaim("exp is missing, or one of exp, iat and nbf is no time")
        if self._issuer and claims.get("iss") != self._issuer:
            raise _WrongClaim("iss is not GLIMPSE_JWT_ISSUER")
        if not self._is_for_us(claims):
            raise _WrongClaim("aud, or client_id without it, is not in GLIMPSE_JWT_AUDIENCE")
        started = None if signed_by else _time(claims.get(SESSION_CLAIM))
        valid_after = None if signed_by else _time(claims.get(VALID_AFTER_CLAIM))
        counted = issued if valid_after is None else valid_after
        return Identity(user_id, expires, counted, started, signed_by), max(issued, begins)

    def _is_for_us(self, claims: Mapping[str, Any]) -> bool:
        # Access tokens of Cognito have no `aud`, but the same value in `client_id`.
        named = claims.get("aud", claims.get("client_id"))
        named = named if isinstance(named, list) else [named]
        return not self._audiences or any(audience in named for audience in self._audiences)

    def _payload(self, token: str) -> tuple[bytes, str]:
        """The payload of a token with a valid signature, and by which key, as Identity's `signed_by`."""
        if self._keys is not None:
            header = jwt.get_unverified_header(token)
            if header.get("alg") in KEY_ALGORITHMS:
                return self._payload_by_key(token, header, self._keys)
        for secret in self._secrets:
            with suppress(jwt.InvalidSignatureError):
                return _SIGNATURES.decode(token, secret, [ALGORITHM]), ""
        raise jwt.InvalidSignatureError

    def _payload_by_key(self, token: str, header: Mapping[str, Any], keys: IssuerKeys) -> tuple[bytes, str]:
        candidates = keys.of(header.get("kid"))
        if not candidates:
            unverified = _claims(_SIGNATURES.decode(token, options={"verify_signature": False}))
            raise _NoKey(_time(unverified.get("iat", 0)) or 0.0)
        for key in candidates:
            with suppress(jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
                payload: bytes = _SIGNATURES.decode(token, key, [key.algorithm_name])
                return payload, keys.fingerprint_of(key)
        raise jwt.InvalidSignatureError


class _WrongClaim(Exception):
    """Which claim of a token with a valid signature is not accepted, and why."""


class _NoKey(Exception):
    def __init__(self, issued_at: float) -> None:
        super().__init__()
        self.issued_at = issued_at


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        return _decode_claims(payload)
    except RecursionError:
        raise jwt.DecodeError from None


def _time(claim: object) -> float | None:
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not 0 <= claim <= LATEST:
        return None
    return float(claim)
