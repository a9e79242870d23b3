"""Where a bucket is, and what may stand before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit


class Cdn(Protocol):
    """What stands before the bucket for those who read; `origin` is what browsers call it."""

    @property
    def origin(self) -> str: ...

    def address(self, key: str, until: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Bucket:
    """
    Where a bucket is: `url` without a slash at its end. One of AWS is named by its host, dual-stack, for tasks and
    phones may have IPv6 alone; any other by its path.
    """

    url: str
    region: str
    name: str

    @classmethod
    def of(cls, endpoint: str, region: str, name: str) -> Bucket:
        if endpoint:
            return cls(f"{endpoint.rstrip('/')}/{name}", region, name)
        return cls(f"https://{name}.s3.dualstack.{region}.amazonaws.com", region, name)

    @property
    def host(self) -> str:
        """As it stands in the header of a request."""
        parts = urlsplit(self.url)
        return parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")

    @property
    def origin(self) -> str:
        """What browsers call it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"
