"""
Tokens: JWTs (RFC 7519), `sub` the user's id, `exp` required. This service signs them with a shared secret (HS256);
other issuers sign them with the same secret, or with a key of their own whose public half is known (RS256, ES256).

The algorithm follows from the key. What a token's header says of algorithms, keys and URLs is never trusted: `alg` and
`kid` only choose among the keys that are known.

HS256 is signed and verified here, in a third of the time that PyJWT takes for it, because every connect pays for it.
PyJWT verifies the others. It is imported where it is needed, since with cryptography it takes 50 ms and 10 MB.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from glimpse.chat.refusals import TOKEN_EXPIRED, UNAUTHORIZED, Refusal
from glimpse.chat.text import is_id

if TYPE_CHECKING:
    import jwt

    from glimpse.chat.issuer_keys import IssuerKeys

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

MAX_REMEMBERED_HEADERS = 64
"""Decoded headers of tokens that are cached. An issuer has one for each of its keys."""

HEADER_AND_DOT = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=") + b"."
"""The beginning of every token that is issued here."""

MAYBE_KEY = re.compile(rb"\Z|0|ssh-|ecdsa-|.*(?:\{|----)", re.DOTALL)
"""
Matches a secret that is empty or may be a public key: in DER, which begins with 0, of SSH, a JWK, which has a brace, or
in PEM. PyJWT decides, and is not imported for other secrets.
"""

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


class InvalidSecret(Exception):
    """The secret is empty, or is a public key, with which anybody could sign."""


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """No known key has the `kid` of a token. `issued_at` is what the token says; it is not verified."""

    issued_at: float


class Tokens:
    """
    The first secret signs, and all verify, so that a secret can be replaced while its tokens are valid. `issuer` and
    `audiences` are those that a token must have; empty: any. `keys` are those of another issuer.
    Raises InvalidSecret.
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
        self._secrets, self._keys = tuple(_prepared(secret) for secret in secrets), keys
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
        signed = HEADER_AND_DOT + _encoded(msgspec.json.encode(claims))
        return (signed + b"." + _signature(self._secrets[0], signed)).decode()

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
        except ValueError:
            return INVALID_TOKEN
        if begins_at > now + LEEWAY_SECONDS:
            return UNAUTHORIZED.because("iat or nbf of the token lies in the future")
        return identity if identity.expires_at > now else TOKEN_EXPIRED

    def _decode_anew(self, token: str) -> tuple[Identity, float]:
        """
        The identity in a signed token, and the time from which it is valid. Raises _NoKey, _WrongClaim, and ValueError
        for any other token that is not valid.
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
        signed, _, signature = token.encode().rpartition(b".")
        header, _, payload = signed.partition(b".")
        algorithm, kid = _header(header)
        if algorithm in KEY_ALGORITHMS and self._keys is not None:
            return _payload_by_key(token, kid, self._keys)
        if algorithm != ALGORITHM or not any(
            # Compared in constant time, so that nobody finds a signature byte by byte.
            hmac.compare_digest(_signature(secret, signed), signature.removesuffix(b"="))
            for secret in self._secrets
        ):
            raise ValueError("signature")
        return _decoded(payload), ""


def _payload_by_key(token: str, kid: str | None, keys: IssuerKeys) -> tuple[bytes, str]:
    import jwt

    signatures = _signatures()
    try:
        candidates = keys.of(kid)
        if not candidates:
            unverified = _claims(signatures.decode(token, options={"verify_signature": False}))
            raise _NoKey(_time(unverified.get("iat", 0)) or 0.0)
        for key in candidates:
            with suppress(jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
                payload: bytes = signatures.decode(token, key, [key.algorithm_name])
                return payload, keys.fingerprint_of(key)
    except jwt.PyJWTError as error:
        raise ValueError(str(error)) from None
    raise ValueError("signature")


class _WrongClaim(Exception):
    """Which claim of a token with a valid signature is not accepted, and why."""


class _NoKey(Exception):
    def __init__(self, issued_at: float) -> None:
        super().__init__()
        self.issued_at = issued_at


@cache
def _signatures() -> jwt.PyJWS:
    import jwt

    return jwt.PyJWS(algorithms=KEY_ALGORITHMS)


@lru_cache(MAX_REMEMBERED_HEADERS)
def _header(segment: bytes) -> tuple[Any, str | None]:
    """
    `alg` and `kid` of a token's first part. Raises ValueError where it is no header, or one that asks for more than a
    signature of the payload (`crit` and `b64`: RFC 7515, section 4.1.11; RFC 7797).
    """
    try:
        header = json.loads(_decoded(segment))
    except RecursionError:
        raise ValueError("header") from None
    if not isinstance(header, dict) or header.get("b64") is False or not isinstance(header.get("kid", ""), str):
        raise ValueError("header")
    critical = header.get("crit")
    if "crit" in header and not (
        isinstance(critical, list) and critical and all(name == "b64" and name in header for name in critical)
    ):
        raise ValueError("crit")
    return header.get("alg"), header.get("kid")


def _prepared(secret: str) -> hmac.HMAC:
    """The HMAC with this secret, of which each signature takes a copy. Raises InvalidSecret."""
    key = secret.encode()
    if MAYBE_KEY.match(key):
        from jwt import InvalidKeyError
        from jwt.algorithms import HMACAlgorithm

        try:
            HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(key)
        except InvalidKeyError:
            raise InvalidSecret from None
    return hmac.new(key, digestmod="sha256")


def _signature(secret: hmac.HMAC, signed: bytes) -> bytes:
    # The copy saves hashing the secret again.
    signature = secret.copy()
    signature.update(signed)
    return _encoded(signature.digest())


def _encoded(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _decoded(segment: bytes) -> bytes:
    """
    The data of one part of a token, without padding or with all of it. Raises ValueError for anything else, also where
    the same data would be written otherwise: one token has one form.
    """
    text = segment.rstrip(b"=")
    padding = len(segment) - len(text)
    data = urlsafe_b64decode(text + b"==")
    if _encoded(data) != text or (padding and (padding > 2 or len(segment) % 4)):
        raise ValueError("base64url")
    return data


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        return _decode_claims(payload)
    except RecursionError:
        raise ValueError("payload") from None


def _time(claim: object) -> float | None:
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not 0 <= claim <= LATEST:
        return None
    return float(claim)
