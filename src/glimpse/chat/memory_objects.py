"""
The object store in memory: for tests, and for a service that may forget everything when it ends.

Only this class understands its URLs, so it also has `put` and `get`, which do what a client does over HTTP. They return
the status that S3 returns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from glimpse.chat.ports import HEAD_BYTES, ObjectHead, PresignedPut

DOWNLOAD_SECONDS = 300


@dataclass(frozen=True, slots=True)
class _Object:
    content: bytes
    content_type: str
    disposition: str = ""

    @property
    def etag(self) -> str:
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a URL was signed for. `size` is None for a download."""

    key: str
    until: float
    headers: Mapping[str, str]
    size: int | None = None


class MemoryObjects:
    """Implements the port `Objects`. `now` in seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._objects: dict[str, _Object] = {}
        self._signatures: dict[str, _Signature] = {}

    def keys(self) -> Sequence[str]:
        """The keys that have an object."""
        return sorted(self._objects)

    async def presign_put(
        self, key: str, content_type: str, size: int, sha256: str | None, seconds: int
    ) -> PresignedPut:
        headers = {"content-type": content_type, **({"x-amz-checksum-sha256": sha256} if sha256 else {})}
        return PresignedPut(self._sign(_Signature(key, self._now() + seconds, headers, size)), headers, seconds)

    async def head(self, key: str, with_checksum: bool = False) -> ObjectHead | None:
        found = self._objects.get(key)
        if found is None:
            return None
        sha256 = hashlib.sha256(found.content).hexdigest() if with_checksum else None
        return ObjectHead(len(found.content), found.content_type, found.etag, found.content[:HEAD_BYTES], sha256)

    async def read(self, key: str, etag: str, start: int, size: int) -> bytes:
        found = self._objects.get(key)
        return found.content[start : start + size] if found and found.etag == etag else b""

    async def copy(self, source: str, target: str, etag: str, content_type: str, disposition: str) -> bool:
        found = self._objects.get(source)
        if found is None or found.etag != etag:
            return False
        self._objects[target] = _Object(found.content, content_type, disposition)
        return True

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._objects.pop(key, None)

    async def presign_get(self, key: str) -> tuple[str, int]:
        return self._sign(_Signature(key, self._now() + DOWNLOAD_SECONDS, {})), DOWNLOAD_SECONDS

    # ---- What a client does

    def put(self, url: str, headers: Mapping[str, str], content: bytes) -> int:
        signature = self._signatures.get(url)
        sent = {name.lower(): value for name, value in headers.items()}
        if signature is None or signature.until < self._now() or signature.size != len(content):
            return 403
        if any(sent.get(name) != value for name, value in signature.headers.items()):
            return 403
        sha256 = signature.headers.get("x-amz-checksum-sha256")
        if sha256 and hashlib.sha256(content).hexdigest() != sha256:
            return 400
        self._objects[signature.key] = _Object(content, signature.headers["content-type"])
        return 200

    def get(self, url: str) -> tuple[int, bytes, Mapping[str, str]]:
        """The status, the content, and the headers with which it is served."""
        signature = self._signatures.get(url)
        if signature is None or signature.until < self._now() or signature.size is not None:
            return 403, b"", {}
        found = self._objects.get(signature.key)
        if found is None:
            return 404, b"", {}
        return 200, found.content, {"content-type": found.content_type, "content-disposition": found.disposition}

    def _sign(self, signature: _Signature) -> str:
        url = f"memory://{signature.key}?signature={len(self._signatures)}"
        self._signatures[url] = signature
        return url
