"""
The object store in S3. Of botocore, only the signers (Signature Version 4) and the search for credentials are loaded:
they sign the URLs and the requests, and urllib3 sends the requests.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import datetime
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Protocol
from xml.sax.saxutils import escape

import urllib3
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError

from glimpse.chat.outside.s3.bucket import Bucket, Cdn
from glimpse.chat.ports import HEAD_BYTES, ObjectHead, Objects, ObjectsDown, PresignedPut

THREADS = 4
"""Concurrent requests; a quarter of a vCPU has no use for more."""

RESPONSE_SECONDS = 10.0
"""How long S3 may take to respond; a copy of 50 MB takes a second or two."""

WINDOW_SECONDS = 300
"""
A task signs the same URL for reading for this long, so that a browser gets a file once and then finds it in its cache.
The URL is valid for as long again.
"""

MAX_DELETED_KEYS = 1000
"""Keys in one DeleteObjects request; the limit is S3's."""

CACHE_CONTROL = f"private, max-age={WINDOW_SECONDS}, immutable"


class CredentialsSource(Protocol):
    """botocore's credentials. `get_frozen_credentials` may request new ones from a server, `refresh_needed` never."""

    def get_frozen_credentials(self) -> Any: ...


class S3Objects:
    """
    Implements the port `Objects`. `now` in seconds since 1970. `report_problem` is called, on any thread, with why a
    request failed, and with an empty text when one succeeded. Must be closed.
    """

    def __init__(
        self,
        bucket: Bucket,
        credentials: CredentialsSource,
        now: Callable[[], float],
        cdn: Cdn | None = None,
        report_problem: Callable[[str], None] = lambda problem: None,
    ) -> None:
        self.bucket, self.credentials, self._now, self._cdn = bucket, credentials, now, cdn
        self._report_problem = report_problem
        self._public_bucket = bucket
        self._http = urllib3.PoolManager(
            maxsize=THREADS,
            retries=urllib3.Retry(2, redirect=False, status_forcelist=(500, 502, 503, 504), backoff_factor=0.1),
            timeout=urllib3.Timeout(connect=3.0, read=RESPONSE_SECONDS),
        )
        self._threads = ThreadPoolExecutor(THREADS, "objects")

    def with_public_endpoint(self, endpoint: str) -> S3Objects:
        """The same store, whose presigned URLs lead to another address of its server. Closing either closes both."""
        same = copy.copy(self)
        same._public_bucket = Bucket.of(endpoint, self.bucket.region, self.bucket.name)
        return same

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.clear()

    async def presign_put(
        self, key: str, content_type: str, size: int, sha256: str | None, seconds: int
    ) -> PresignedPut:
        headers = {"content-type": content_type, **_checksum(sha256)}
        # HTTP clients set the length themselves, and a browser forbids a page to set it.
        signed = {**headers, "content-length": str(size)}
        return PresignedPut(await self._presign("PUT", key, seconds, int(self._now()), signed), headers, seconds)

    async def head(self, key: str, with_checksum: bool = False) -> ObjectHead | None:
        head: ObjectHead | None = await self._in_thread(self._head, key, with_checksum)
        return head

    async def read(self, key: str, etag: str, start: int, size: int) -> bytes:
        content: bytes = await self._in_thread(self._read, key, etag, start, size)
        return content

    async def copy(self, source: str, target: str, etag: str, content_type: str, disposition: str) -> bool:
        is_copied: bool = await self._in_thread(self._copy, source, target, etag, content_type, disposition)
        return is_copied

    async def delete(self, keys: Sequence[str]) -> None:
        await self._in_thread(self._delete, keys)

    async def presign_get(self, key: str) -> tuple[str, int]:
        began = int(self._now()) // WINDOW_SECONDS * WINDOW_SECONDS
        if self._cdn:
            return self._cdn.signed_url(key, began + 2 * WINDOW_SECONDS), WINDOW_SECONDS
        return await self._presign("GET", key, 2 * WINDOW_SECONDS, began), WINDOW_SECONDS

    async def make_bucket(self, origins: Sequence[str]) -> None:
        """Create the bucket unless it exists, for pages of these origins. Terraform creates the buckets in AWS."""
        await self._in_thread(self._make_bucket, origins)

    # ---- Requests, each on a thread of its own

    def _make_bucket(self, origins: Sequence[str]) -> None:
        self._request("PUT", "", accepted=(200, 409))
        allowed = "".join(f"<AllowedOrigin>{escape(origin)}</AllowedOrigin>" for origin in origins)
        methods = "".join(f"<AllowedMethod>{method}</AllowedMethod>" for method in ("PUT", "GET"))
        rule = f"<CORSRule>{allowed}{methods}<AllowedHeader>*</AllowedHeader></CORSRule>"
        self._request("PUT", "?cors=", body=f"<CORSConfiguration>{rule}</CORSConfiguration>".encode())

    def _head(self, key: str, with_checksum: bool) -> ObjectHead | None:
        answer = self._request("GET", key, {"range": f"bytes=0-{HEAD_BYTES - 1}"}, accepted=(200, 206, 404))
        if answer.status == 404:
            return None
        headers, size = answer.headers, answer.headers.get("content-range", "").rpartition("/")[2]
        head = ObjectHead(int(size or len(answer.data)), headers.get("content-type", ""), headers["etag"], answer.data)
        if not with_checksum:
            return head
        # The response to a range does not have the checksum of the whole object.
        described = self._request("HEAD", key, {"x-amz-checksum-mode": "ENABLED"}, accepted=(200, 404))
        if described.status == 404 or described.headers["etag"] != head.etag:
            return None
        return replace(head, sha256=_hexadecimal(described.headers.get("x-amz-checksum-sha256", "")))

    def _read(self, key: str, etag: str, start: int, size: int) -> bytes:
        headers = {"range": f"bytes={start}-{start + size - 1}", "if-match": etag}
        # 412: the object has another etag. 416: it is not that long.
        answer = self._request("GET", key, headers, accepted=(206, 404, 412, 416))
        return bytes(answer.data) if answer.status == 206 else b""

    def _copy(self, source: str, target: str, etag: str, content_type: str, disposition: str) -> bool:
        headers = {
            "x-amz-copy-source": f"/{self.bucket.name}/{source}",
            "x-amz-copy-source-if-match": etag,
            "x-amz-metadata-directive": "REPLACE",
            "content-type": content_type,
            "content-disposition": disposition,
            "cache-control": CACHE_CONTROL,
        }
        answer = self._request("PUT", target, headers, accepted=(200, 404, 412))
        # Where a copy fails after S3 began to respond, the status is 200 and the body has an error.
        if answer.status == 200 and b"<Error>" in answer.data:
            raise self._down(answer.data[:200].decode(errors="replace"))
        return bool(answer.status == 200)

    def _delete(self, keys: Sequence[str]) -> None:
        if len(keys) == 1:
            self._request("DELETE", keys[0], accepted=(204, 404))
            return
        for first in range(0, len(keys), MAX_DELETED_KEYS):
            listed = "".join(
                f"<Object><Key>{escape(key)}</Key></Object>" for key in keys[first : first + MAX_DELETED_KEYS]
            )
            body = f"<Delete><Quiet>true</Quiet>{listed}</Delete>".encode()
            answer = self._request("POST", "?delete=", body=body)
            if b"<Error>" in answer.data:
                raise self._down(answer.data[:200].decode(errors="replace"))

    def _request(
        self,
        method: str,
        key: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        accepted: Sequence[int] = (200,),
    ) -> Any:
        request = _unsigned(method, self.bucket, key, headers, body)
        if body:
            request.headers["content-md5"] = _base64(hashlib.md5(body, usedforsecurity=False).digest())
        S3SigV4Auth(self._frozen(), "s3", self.bucket.region).add_auth(request)
        try:
            answer = self._http.request(method, request.url, body=body, headers=dict(request.headers))
        except urllib3.exceptions.HTTPError as error:
            raise self._down(f"{type(error).__name__}: {error}") from error
        if answer.status not in accepted:
            said = answer.data[:300].decode(errors="replace")
            raise self._down(f"{method} {self.bucket.name}: {answer.status} {said}")
        self._report_problem("")
        return answer

    def _down(self, problem: str) -> ObjectsDown:
        self._report_problem(problem)
        return ObjectsDown(problem)

    async def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    # ---- Signing

    async def _presign(
        self, method: str, key: str, seconds: int, at: int, headers: Mapping[str, str] | None = None
    ) -> str:
        needs_refresh = getattr(self.credentials, "refresh_needed", None)
        if needs_refresh and needs_refresh():
            # A refresh is a request to another server, which must not block the event loop.
            await self._in_thread(self._frozen)
        request = _unsigned(method, self._public_bucket, key, headers)
        _QuerySigner(self._frozen(), self._public_bucket.region, seconds, at).add_auth(request)
        return str(request.url)

    def _frozen(self) -> Any:
        try:
            return self.credentials.get_frozen_credentials()
        except BotoCoreError as error:
            raise self._down(f"{type(error).__name__}: {error}") from error


class S3Storage:
    """
    A FileStorage over a bucket that exists. On first use, botocore looks for the credentials: in the environment, in a
    profile, and of a task's role.
    """

    def __init__(self, bucket: Bucket, cdn: Cdn | None = None, now: Callable[[], float] = time.time) -> None:
        self._bucket, self._cdn, self._now = bucket, cdn, now
        self.problem = ""
        self._opening = asyncio.Lock()
        self._objects: S3Objects | None = None

    def origins(self, host: str) -> Sequence[str]:
        return (self._bucket.origin, *([self._cdn.origin] if self._cdn else []))

    async def open(self, host: str = "") -> Objects:
        async with self._opening:
            if self._objects is None:
                try:
                    self._objects = await asyncio.to_thread(self._make)
                except ObjectsDown as down:
                    self._report(str(down))
                    raise
            return self._objects

    async def close(self) -> None:
        if self._objects:
            self._objects.close()

    def _report(self, problem: str) -> None:
        self.problem = problem

    def _make(self) -> S3Objects:
        # Loading the session takes time, so it happens on this thread.
        from botocore.session import Session

        try:
            credentials = Session().get_credentials()
        except BotoCoreError as error:
            raise ObjectsDown(f"{type(error).__name__}: {error}") from error
        if credentials is None:
            # The role may not have been attached yet, so a retry can help.
            raise ObjectsDown("no credentials were found: of the environment, a profile, or a task's role")
        return S3Objects(self._bucket, credentials, self._now, self._cdn, self._report)


class _QuerySigner(S3SigV4QueryAuth):  # type: ignore[misc]
    """Signs as of a given time, in seconds since 1970; botocore's own signer takes the present."""

    def __init__(self, credentials: Any, region: str, seconds: int, at: int) -> None:
        super().__init__(credentials, "s3", region, expires=seconds)
        self._at = datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y%m%dT%H%M%SZ")

    # Overrides.
    def _modify_request_before_signing(self, request: Any) -> None:
        request.context["timestamp"] = self._at
        super()._modify_request_before_signing(request)


def _unsigned(
    method: str, bucket: Bucket, key: str, headers: Mapping[str, str] | None, body: bytes = b""
) -> AWSRequest:
    """The request that a signer completes. Without a Host header the signers parse the URL several times."""
    return AWSRequest(method, f"{bucket.url}/{key}", {"host": bucket.host, **(headers or {})}, body)


def _checksum(sha256: str | None) -> Mapping[str, str]:
    return {} if sha256 is None else {"x-amz-checksum-sha256": _base64(bytes.fromhex(sha256))}


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _hexadecimal(checksum: str) -> str | None:
    return base64.b64decode(checksum).hex() or None
