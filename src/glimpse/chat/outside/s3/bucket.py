"""Where a bucket is, and the CDN that may stand in front of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol
from urllib.parse import urlsplit


class Cdn(Protocol):
    """Serves the bucket's objects to readers. `origin` is its scheme and host, as in an Origin header."""

    @property
    def origin(self) -> str: ...

    def signed_url(self, key: str, until: int) -> str:
        """Valid until then, in seconds since 1970."""
        ...


@dataclass(frozen=True)
class Bucket:
    """
    `url` has no slash at its end. A bucket of AWS has its own host; it is the dual-stack one, because tasks and phones
    may have only IPv6. At any other endpoint the bucket is the first part of the path.
    """

    url: str
    region: str
    name: str

    @classmethod
    def of(cls, endpoint: str, region: str, name: str) -> Bucket:
        """`endpoint` is empty for AWS."""
        if endpoint:
            return cls(f"{endpoint.rstrip('/')}/{name}", region, name)
        return cls(f"https://{name}.s3.dualstack.{region}.amazonaws.com", region, name)

    @cached_property
    def host(self) -> str:
        """The Host header of a request to the bucket."""
        parts = urlsplit(self.url)
        return parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")

    @property
    def origin(self) -> str:
        """Its scheme and host, as in an Origin header."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"
