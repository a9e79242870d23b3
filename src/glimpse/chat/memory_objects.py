"""
The object store without a world: for tests, and for a service that may forget everything when it ends.

Its addresses are known to nobody else, so `put` and `get` are here too: what a client would send over HTTP, answered
with the status that S3 gives.
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
    def tag(self) -> str:
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class _Ticket:
    """What an address was signed for; `size` None is for reading."""

    key: str
    until: float
    headers: Mapping[str, str]
    size: int | None = None


class MemoryObjects:
    """Fulfils the port `Objects`. `now` in seconds since 1970."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._objects: dict[str, _Object] = {}
        self._tickets: dict[str, _Ticket] = {}

    def keys(self) -> Sequence[str]:
        """Where something lies."""
        return sorted(self._objects)

    async def upload(self, key: str, content_type: str, size: int, sha256: str | None, seconds: int) -> PresignedPut:
        headers = {"content-type": content_type, **({"x-amz-checksum-sha256": sha256} if sha256 else {})}
        return PresignedPut(self._signed(_Ticket(key, self._now() + seconds, headers, size)), headers, seconds)

    async def look(self, key: str, with_checksum: bool = False) -> ObjectHead | None:
        found = self._objects.get(key)
        if found is None:
            return None
        head = found.content[:HEAD_BYTES]
        sha256 = hashlib.sha256(found.content).hexdigest() if with_checksum else None
        return ObjectHead(len(found.content), found.content_type, found.tag, head, sha256)

    async def keep(self, source: str, target: str, tag: str, content_type: str, disposition: str) -> bool:
        found = self._objects.get(source)
        if found is None or found.tag != tag:
            return False
        self._objects[target] = _Object(found.content, content_type, disposition)
        return True

    async def remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._objects.pop(key, None)

    async def download(self, key: str) -> tuple[str, int]:
        return self._signed(_Ticket(key, self._now() + DOWNLOAD_SECONDS, {})), DOWNLOAD_SECONDS

    # ---- What a client does

    def put(self, url: str, headers: Mapping[str, str], content: bytes) -> int:
        ticket = self._tickets.get(url)
        sent = {name.lower(): value for name, value in headers.items()}
        if ticket is None or ticket.until < self._now() or ticket.size != len(content):
            return 403
        if any(sent.get(name) != value for name, value in ticket.headers.items()):
            return 403
        sha256 = ticket.headers.get("x-amz-checksum-sha256")
        if sha256 and hashlib.sha256(content).hexdigest() != sha256:
            return 400
        self._objects[ticket.key] = _Object(content, ticket.headers["content-type"])
        return 200

    def get(self, url: str) -> tuple[int, bytes, Mapping[str, str]]:
        """The status, the content, and the headers that say how it is served."""
        ticket = self._tickets.get(url)
        if ticket is None or ticket.until < self._now() or ticket.size is not None:
            return 403, b"", {}
        found = self._objects.get(ticket.key)
        if found is None:
            return 404, b"", {}
        return 200, found.content, {"content-type": found.content_type, "content-disposition": found.disposition}

    def _signed(self, ticket: _Ticket) -> str:
        url = f"memory://{ticket.key}?signature={len(self._tickets)}"
        self._tickets[url] = ticket
        return url
