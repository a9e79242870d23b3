"""
The object store in S3. Addresses and requests are signed with botocore's signers (Signature Version 4); nothing else of
it is loaded but where credentials come from.
"""

from __future__ import annotations

import asyncio
import base64
import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from typing import Any, Protocol
from xml.sax.saxutils import escape

import urllib3
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError

from glimpse.chat.outside.s3.bucket import Bucket, Cdn
from glimpse.chat.ports import HEAD_BYTES, ObjectHead, ObjectsDown, PresignedPut

THREADS = 4
"""Requests at once; a quarter vCPU has no use for more."""

ANSWER_SECONDS = 10.0
"""A copy of 50 MB takes a second or two."""

WINDOW_SECONDS = 300
"""
An address for reading that one task gives is the same for as long, so that a browser fetches a file once, and good for
as long again.
"""

MAX_AT_ONCE = 1000
"""Keys that one request may remove."""

CACHE_CONTROL = f"private, max-age={WINDOW_SECONDS}, immutable"


class CredentialsSource(Protocol):
    """Those of botocore: `get_frozen_credentials` may ask another server for new ones, `refresh_needed` never does."""

    def get_frozen_credentials(self) -> Any: ...


class S3Objects:
    """Fulfils the port `Objects`. `now` in seconds since 1970. To be closed."""

    def __init__(
        self, bucket: Bucket, credentials: CredentialsSource, now: Callable[[], float], front: Cdn | None = None
    ) -> None:
        self._bucket, self._credentials, self._now, self._front = bucket, credentials, now, front
        self._named = bucket
        self._http = urllib3.PoolManager(
            maxsize=THREADS,
            retries=urllib3.Retry(2, redirect=False, status_forcelist=(500, 502, 503, 504), backoff_factor=0.1),
            timeout=urllib3.Timeout(connect=3.0, read=ANSWER_SECONDS),
        )
        self._threads = ThreadPoolExecutor(THREADS, "objects")

    def at(self, endpoint: str) -> S3Objects:
        """The same, whose addresses are at another way to its server. To be closed once for both."""
        same = copy(self)
        same._named = Bucket.of(endpoint, self._bucket.region, self._bucket.name)
        return same

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.clear()

    async def upload(self, key: str, content_type: str, size: int, sha256: str | None, seconds: int) -> PresignedPut:
        headers = {"content-type": content_type, **_checksum(sha256)}
        # Every client sends the length by itself, and a browser lets nobody else set it.
        signed = {**headers, "content-length": str(size)}
        return PresignedPut(await self._address("PUT", key, seconds, int(self._now()), signed), headers, seconds)

    async def look(self, key: str, with_checksum: bool = False) -> ObjectHead | None:
        found: ObjectHead | None = await self._asked(self._look, key, with_checksum)
        return found

    async def keep(self, source: str, target: str, tag: str, content_type: str, disposition: str) -> bool:
        is_kept: bool = await self._asked(self._keep, source, target, tag, content_type, disposition)
        return is_kept

    async def remove(self, keys: Sequence[str]) -> None:
        await self._asked(self._remove, keys)

    async def download(self, key: str) -> tuple[str, int]:
        began = int(self._now()) // WINDOW_SECONDS * WINDOW_SECONDS
        if self._front:
            return self._front.address(key, began + 2 * WINDOW_SECONDS), WINDOW_SECONDS
        return await self._address("GET", key, 2 * WINDOW_SECONDS, began), WINDOW_SECONDS

    async def make_bucket(self, origins: Sequence[str]) -> None:
        """Where it is not there yet, and let pages of these origins use it. What AWS has, Terraform makes."""
        await self._asked(self._make_bucket, origins)

    # ---- On a thread

    def _make_bucket(self, origins: Sequence[str]) -> None:
        self._request("PUT", "", accepted=(200, 409))
        named = "".join(f"<AllowedOrigin>{escape(origin)}</AllowedOrigin>" for origin in origins)
        may = "".join(f"<AllowedMethod>{method}</AllowedMethod>" for method in ("PUT", "GET"))
        rule = f"<CORSRule>{named}{may}<AllowedHeader>*</AllowedHeader></CORSRule>"
        self._request("PUT", "?cors=", body=f"<CORSConfiguration>{rule}</CORSConfiguration>".encode())

    def _look(self, key: str, with_checksum: bool) -> ObjectHead | None:
        answer = self._request("GET", key, {"range": f"bytes=0-{HEAD_BYTES - 1}"}, accepted=(200, 206, 404))
        if answer.status == 404:
            return None
        headers, size = answer.headers, answer.headers.get("content-range", "").rpartition("/")[2]
        found = ObjectHead(int(size or len(answer.data)), headers.get("content-type", ""), headers["etag"], answer.data)
        if not with_checksum:
            return found
        # Of a range, the checksum of the whole is not told.
        described = self._request("HEAD", key, {"x-amz-checksum-mode": "ENABLED"}, accepted=(200, 404))
        if described.status == 404 or described.headers["etag"] != found.tag:
            return None
        return replace(found, sha256=_hexadecimal(described.headers.get("x-amz-checksum-sha256", "")))

    def _keep(self, source: str, target: str, tag: str, content_type: str, disposition: str) -> bool:
        headers = {
            "x-amz-copy-source": f"/{self._bucket.name}/{source}",
            "x-amz-copy-source-if-match": tag,
            "x-amz-metadata-directive": "REPLACE",
            "content-type": content_type,
            "content-disposition": disposition,
            "cache-control": CACHE_CONTROL,
        }
        answer = self._request("PUT", target, headers, accepted=(200, 404, 412))
        # A copy that fails after it began is answered 200, with an error inside.
        if answer.status == 200 and b"<Error>" in answer.data:
            raise ObjectsDown(answer.data[:200].decode(errors="replace"))
        return bool(answer.status == 200)

    def _remove(self, keys: Sequence[str]) -> None:
        if len(keys) == 1:
            self._request("DELETE", keys[0], accepted=(204, 404))
            return
        for first in range(0, len(keys), MAX_AT_ONCE):
            named = "".join(f"<Object><Key>{escape(key)}</Key></Object>" for key in keys[first : first + MAX_AT_ONCE])
            body = f"<Delete><Quiet>true</Quiet>{named}</Delete>".encode()
            answer = self._request("POST", "?delete=", body=body)
            if b"<Error>" in answer.data:
                raise ObjectsDown(answer.data[:200].decode(errors="replace"))

    def _request(
        self,
        method: str,
        key: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        accepted: Sequence[int] = (200,),
    ) -> Any:
        asked = _to_sign(method, self._bucket, key, headers, body)
        if body:
            asked.headers["content-md5"] = _base64(hashlib.md5(body, usedforsecurity=False).digest())
        S3SigV4Auth(self._frozen(), "s3", self._bucket.region).add_auth(asked)
        try:
            answer = self._http.request(method, asked.url, body=body, headers=dict(asked.headers))
        except urllib3.exceptions.HTTPError as error:
            raise ObjectsDown(f"{type(error).__name__}: {error}") from error
        if answer.status not in accepted:
            said = answer.data[:300].decode(errors="replace")
            raise ObjectsDown(f"{method} {self._bucket.name}: {answer.status} {said}")
        return answer

    async def _asked(self, work: Callable[..., Any], *asked: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *asked)

    # ---- Signing

    async def _address(
        self, method: str, key: str, seconds: int, at: int, headers: Mapping[str, str] | None = None
    ) -> str:
        needs_refresh = getattr(self._credentials, "refresh_needed", None)
        if needs_refresh and needs_refresh():
            # That asks another server, for which nobody else shall wait.
            await self._asked(self._frozen)
        asked = _to_sign(method, self._named, key, headers)
        _AddressSigner(self._frozen(), self._named.region, seconds, at).add_auth(asked)
        return str(asked.url)

    def _frozen(self) -> Any:
        try:
            return self._credentials.get_frozen_credentials()
        except BotoCoreError as error:
            raise ObjectsDown(f"{type(error).__name__}: {error}") from error


class _AddressSigner(S3SigV4QueryAuth):  # type: ignore[misc]
    """Signs as if it was another moment; botocore's own takes now."""

    def __init__(self, credentials: Any, region: str, seconds: int, at: int) -> None:
        super().__init__(credentials, "s3", region, expires=seconds)
        self._at = datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y%m%dT%H%M%SZ")

    # Overrides.
    def _modify_request_before_signing(self, request: Any) -> None:
        request.context["timestamp"] = self._at
        super()._modify_request_before_signing(request)


def _to_sign(method: str, bucket: Bucket, key: str, headers: Mapping[str, str] | None, body: bytes = b"") -> AWSRequest:
    """To be signed. The signers read the host out of the address several times where they are not told it."""
    return AWSRequest(method, f"{bucket.url}/{key}", {"host": bucket.host, **(headers or {})}, body)


def _checksum(sha256: str | None) -> Mapping[str, str]:
    return {} if sha256 is None else {"x-amz-checksum-sha256": _base64(bytes.fromhex(sha256))}


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _hexadecimal(checksum: str) -> str | None:
    return base64.b64decode(checksum).hex() or None
