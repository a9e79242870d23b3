"""Hashes and other cryptography. Source of every entry: Terraform's documentation, "Hash and Crypto Functions"."""

from __future__ import annotations

import re

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.table import Table, function, not_computed
from glimpse.planner.terraform.functions.texts import base64_of, bytes_of, decoded, normalised
from glimpse.planner.terraform.types import NUMBER, STRING

HASHES: Table = {}


def digest(algorithm: str, data: bytes) -> bytes:
    import hashlib  # it loads OpenSSL, and few stacks need a hash

    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def _hash(algorithm: str, example: str) -> None:
    """Enter a hash function, whose result is in hexadecimal digits."""
    function(HASHES, algorithm, STRING, returns=STRING, examples=[example])(
        lambda text: digest(algorithm, text.encode()).hex()
    )


_hash("md5", 'md5("hello world") == "5eb63bbbe01eeed093cb22bb8f5acdc3"')
_hash("sha1", 'sha1("hello world") == "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed"')
_hash("sha256", 'sha256("hello world") == "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"')
_hash("sha512", 'substr(sha512("é"), 0, 16) == substr(sha512("é"), -128, 16)')


def _base64_hash(algorithm: str, example: str) -> None:
    """Enter a hash function whose result is in Base64."""
    function(HASHES, f"base64{algorithm}", STRING, returns=STRING, examples=[example])(
        lambda text: base64_of(digest(algorithm, text.encode()))
    )


_base64_hash("sha256", 'base64sha256("hello world") == "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="')
_base64_hash("sha512", 'substr(base64sha512("hello world"), 0, 8) == "MJ7MSJwS"')

# Each call of these gives something else.
function(HASHES, "uuid", returns=STRING)(lambda: not_computed("uuid"))
function(HASHES, "bcrypt", STRING, returns=STRING, rest=NUMBER)(lambda text, *cost: not_computed("bcrypt"))

NAMESPACES = {
    name: f"6ba7b81{digit}9dad11d180b400c04fd430c8"
    for name, digit in zip(("dns", "url", "oid", "x500"), "0124", strict=True)
}
UUID = r"(?i)(?:urn:uuid:)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})|([0-9a-f]{32})"


@function(
    HASHES,
    "uuidv5",
    STRING,
    STRING,
    returns=STRING,
    examples=[
        'uuidv5("dns", "www.terraform.io") == "a5008fae-b28c-5ba5-96cd-82b4c53552d6"',
        'uuidv5("dns", "a") == uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "a")',
        'can(uuidv5("DNS", "a")) == false',
    ],
)
def _uuidv5(namespace: str, name: str) -> str:
    # Go's parser takes any two characters around 36 others for braces.
    bare = namespace[1:-1] if len(namespace.encode()) == 38 else namespace
    match = re.fullmatch(UUID, NAMESPACES.get(namespace, bare))
    if not match:
        raise EvaluationError("this namespace is not supported")
    found = digest("sha1", bytes.fromhex("".join(match.groups(""))) + name.encode()).hex()
    variant = f"{int(found[16], 16) & 3 | 8:x}"
    return f"{found[:8]}-{found[8:12]}-5{found[13:16]}-{variant}{found[17:20]}-{found[20:32]}"


@function(HASHES, "rsadecrypt", STRING, STRING, returns=STRING, examples=['can(rsadecrypt("YQ==", "no key")) == false'])
def _rsadecrypt(ciphertext: str, key: str) -> str:
    """
    RSA with the padding of PKCS #1, version 1.5, computed here because OpenSSL answers a wrong ciphertext with random
    bytes, where Terraform reports an error. That the time taken depends on the key is no risk: whoever measures it has
    the key.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    data = bytes_of(ciphertext)
    load = load_ssh_private_key if "BEGIN OPENSSH" in key else load_pem_private_key
    if not re.search("^-----BEGIN ", key, re.MULTILINE):  # Python's parser would also take spaces before it
        raise EvaluationError("invalid private key")
    try:
        private = load(key.encode(), None)
    except Exception:  # each kind of damage to a key has its own exception
        raise EvaluationError("invalid private key") from None
    if not isinstance(private, RSAPrivateKey):
        raise EvaluationError("invalid private key type")
    secret = private.private_numbers()
    modulus = secret.public_numbers.n
    number = int.from_bytes(data)
    block = pow(number, secret.d, modulus).to_bytes((modulus.bit_length() + 7) // 8)
    end = block.find(0, 2)
    if len(data) > len(block) or number >= modulus or not block.startswith(b"\x00\x02") or end < 10:
        raise EvaluationError("failed to decrypt")
    return normalised(decoded(block[end + 1 :]))
