"""A client that uses the URLs of an object store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import urllib3

from glimpse.chat.memory_objects import MemoryObjects
from glimpse.chat.outside.s3.objects import S3Objects

HTTP = urllib3.PoolManager(retries=False, timeout=60)


@dataclass(frozen=True)
class OverHttp:
    """Uses the URLs of a real object store over HTTP."""

    objects: S3Objects

    def put(self, url: str, headers: Mapping[str, str], content: bytes) -> int:
        return HTTP.request("PUT", url, body=content, headers=dict(headers)).status

    def get(self, url: str) -> tuple[int, bytes, Mapping[str, str]]:
        answer = HTTP.request("GET", url)
        return answer.status, answer.data, {name.lower(): value for name, value in answer.headers.items()}


Client = OverHttp | MemoryObjects
