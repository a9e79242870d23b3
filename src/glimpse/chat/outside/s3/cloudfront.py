"""
CloudFront in front of the bucket: URLs are signed with a key of a trusted key group, under a canned policy.

Source: Amazon CloudFront Developer Guide, "Create a signed URL using a canned policy" (read 2026-11-27): RSA with SHA-1
over the policy without spaces, in base64 with `-`, `_` and `~` for `+`, `=` and `/`.
"""

from __future__ import annotations

import base64

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from glimpse.chat.failure import Failure

_ALPHABET = bytes.maketrans(b"+=/", b"-_~")


class CloudFront:
    """
    Implements the protocol `Cdn`. `url` is the distribution's, without a path. Raises Failure where the private key is
    not an RSA key in PEM.
    """

    def __init__(self, url: str, key_id: str, private_key: str) -> None:
        self.origin, self._key_id = url.rstrip("/"), key_id
        try:
            # An environment variable may be limited to one line, so a PEM may come with `\n` for its line ends.
            key = load_pem_private_key(private_key.replace("\\n", "\n").encode(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, RSAPrivateKey):
            raise Failure("setting_private_key", variable="GLIMPSE_CLOUDFRONT_PRIVATE_KEY")
        self._key = key

    def signed_url(self, key: str, until: int) -> str:
        """Valid until then, in seconds since 1970."""
        url = f"{self.origin}/{key}"
        policy = f'{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{until}}}}}}}]}}'
        signature = base64.b64encode(self._key.sign(policy.encode(), PKCS1v15(), SHA1())).translate(_ALPHABET)  # noqa: S303
        return f"{url}?Expires={until}&Signature={signature.decode()}&Key-Pair-Id={self._key_id}"
