"""
The public keys of another issuer of tokens, as its JWKS document lists them (RFC 7517).

Only keys are used that verify tokens safely: RSA of at least 2,048 bits (RFC 7518, section 3.3), and P-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import jwt

# PyJWT and cryptography are imported where a key is read: a chat with no other issuer saves their time and memory.

MAX_KEYS = 100
"""Issuers publish two to ten."""

MIN_RSA_BITS = 2_048
_ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}


class IssuerKeys:
    """Keys by their `kid`. Several may have the same one."""

    def __init__(self, keys: Iterable[jwt.PyJWK] = ()) -> None:
        self._keys = tuple(keys)
        self._fingerprints = {key: _fingerprint(key) for key in self._keys}
        self._by_kid: dict[str | None, tuple[jwt.PyJWK, ...]] = {}
        for key in self._keys:
            self._by_kid[key.key_id] = (*self._by_kid.get(key.key_id, ()), key)

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def fingerprints(self) -> frozenset[str]:
        """What tells the keys apart, also from other keys with the same `kid`."""
        return frozenset(self._fingerprints.values())

    def fingerprint_of(self, key: jwt.PyJWK) -> str:
        """`key` is one of these keys."""
        return self._fingerprints[key]

    def of(self, kid: str | None) -> Sequence[jwt.PyJWK]:
        """The keys that may have signed a token with this `kid`; without one, the only key of an issuer with one."""
        if kid is None and len(self._keys) == 1:
            return self._keys
        return self._by_kid.get(kid, ()) if kid is not None else ()


def read_keys(document: str | bytes) -> IssuerKeys:
    """The usable keys of a JWKS document. Raises ValueError for any other text, and where no key is usable."""
    try:
        found = msgspec.json.decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("not JSON") from None
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no list of keys")
    keys = [key for each in listed if _may_verify(each) for key in _made(each)][:MAX_KEYS]
    if not keys:
        raise ValueError("no RSA key of 2,048 bits or more, and no P-256 key, for signatures")
    return IssuerKeys(keys)


def _may_verify(key: Any) -> bool:
    """Whether a JWK is a public key for signatures of an algorithm that is accepted."""
    if not isinstance(key, dict) or not isinstance(key.get("kid"), str | None):
        return False
    kind, operations = key.get("kty"), key.get("key_ops", ["verify"])
    return (
        isinstance(kind, str)
        and kind in _ALGORITHMS
        and key.get("alg", _ALGORITHMS[kind]) == _ALGORITHMS[kind]
        and (kind != "EC" or key.get("crv") == "P-256")
        and key.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        # A key that was published with its private half by mistake: anybody could sign with it.
        and "d" not in key
    )


def _fingerprint(key: jwt.PyJWK) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _made(key: dict[str, Any]) -> Sequence[jwt.PyJWK]:
    """The key; nothing where its numbers are not those of a valid key."""
    import jwt

    try:
        made = jwt.PyJWK(key, _ALGORITHMS[key["kty"]])
    except jwt.PyJWTError:
        return ()
    return (made,) if key["kty"] == "EC" or made.key.key_size >= MIN_RSA_BITS else ()
