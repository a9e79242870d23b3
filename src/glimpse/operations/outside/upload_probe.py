"""What an object store does with uploads: one that is right, and several that are not."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit, urlunsplit

from msgspec import Struct

from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.checks.service import PresignedUpload, PublicRead, SecondPut, Upload
from glimpse.operations.outside.probe_session import is_private
from glimpse.operations.outside.probe_users import ProbeUsers

CONTENT_TYPE = "text/plain"
SIZE = 512

EXPIRY_MARGIN_SECONDS = 5.0
"""Clocks may differ by so much."""

PENDING = "/pending/"
"""The service has uploads that are not yet checked under this part of the bucket."""


DEFAULT_PORTS = {"http": 80, "https": 443}


class _Address(Struct, frozen=True, rename="camel"):
    """The service's answer to an announced upload."""

    file_id: str
    upload_url: str
    headers: Mapping[str, str]


class _Link(Struct, frozen=True):
    url: str


class _Announced(Struct, frozen=True):
    file_id: str
    url: str
    headers: Mapping[str, str]
    content: bytes


class UploadProbe:
    """The half of a Service that is about files."""

    def __init__(self, users: ProbeUsers) -> None:
        self._users = users
        self._allowed: set[str] = set()

    async def presigned_upload(self) -> PresignedUpload:
        status, answer = await self._announce_request(_content())
        if status != 201 or not answer:
            return PresignedUpload(status)
        address = urlsplit(answer.upload_url)
        query = {name.lower(): values[0] for name, values in parse_qs(address.query).items()}
        lives = query.get("x-amz-expires", "")
        signed = [name for name in query.get("x-amz-signedheaders", "").split(";") if name]
        return PresignedUpload(status, self._host, _host(address), signed, int(lives) if lives.isdecimal() else None)

    async def upload(self) -> Upload:
        announced = await self._announce()
        put = await self._put(announced, announced.content, announced.headers)
        complete = await self._complete(announced)
        download, received = await self._download(announced) if complete == 200 else (0, b"")
        is_same = received == announced.content
        return Upload(self._host, _host(urlsplit(announced.url)), put, complete, download, is_same)

    async def put_wrong_size(self) -> int:
        announced = await self._announce()
        return await self._tampered(announced, announced.content + b"and more", announced.headers)

    async def put_wrong_type(self) -> int:
        announced = await self._announce()
        return await self._tampered(announced, announced.content, {**announced.headers, "content-type": "text/html"})

    async def put_wrong_checksum(self) -> int:
        announced = await self._announce(with_checksum=True)
        return await self._tampered(announced, _content(), announced.headers)

    async def put_twice(self) -> SecondPut:
        announced = await self._announce()
        put = await self._put(announced, announced.content, announced.headers)
        complete = await self._complete(announced)
        if (put, complete) != (200, 200):
            raise NotObservable("verify_upload_first", put=put, complete=complete)
        status = await self._put(announced, _content(), announced.headers)
        download, received = await self._download(announced)
        if download != 200:
            raise NotObservable("verify_upload_unread", status=download)
        return SecondPut(status, received == announced.content)

    async def put_expired(self) -> tuple[int, int]:
        announced = await self._announce()
        seconds = int(parse_qs(urlsplit(announced.url).query)["X-Amz-Expires"][0])
        await self._must_take(announced)
        await asyncio.sleep(seconds + EXPIRY_MARGIN_SECONDS)
        return await self._put(announced, announced.content, announced.headers), seconds

    async def public_read(self) -> PublicRead:
        announced = await self._announce()
        put = await self._put(announced, announced.content, announced.headers)
        complete = await self._complete(announced)
        if (put, complete) != (200, 200):
            raise NotObservable("verify_upload_first", put=put, complete=complete)
        signed = await self._link(announced)
        # A store that lets nobody read proves nothing.
        download, _ = await self._get(signed)
        if download != 200:
            raise NotObservable("verify_upload_unread", status=download)
        link = urlsplit(signed)
        store = urlsplit(announced.url)
        bucket = urlunsplit(store._replace(path=store.path.partition(PENDING)[0] + "/", query="list-type=2"))
        return PublicRead(
            object=(await self._get(urlunsplit(link._replace(query=""))))[0],
            listing=(await self._get(bucket))[0],
            file=(await self._get(f"{self._users.url}/files/{announced.file_id}"))[0],
        )

    # ---- Requests

    @property
    def _host(self) -> str:
        return _host(urlsplit(self._users.url))

    async def _tampered(self, announced: _Announced, content: bytes, headers: Mapping[str, str]) -> int:
        """
        The status of an upload that must be refused. Where it is, the right one must be taken: a store that refuses
        everything proves nothing. Raises NotObservable.
        """
        status = await self._put(announced, content, headers)
        if status >= 300:
            await self._must_take(announced)
        return status

    async def _must_take(self, announced: _Announced) -> None:
        put = await self._put(announced, announced.content, announced.headers)
        if put != 200:
            raise NotObservable("verify_upload_control", status=put)

    async def _allow(self, url: str) -> None:
        """
        Raises NotObservable where a service of the internet names an address of this machine or of a private network:
        nobody out there could use it, and whoever runs `verify` has servers there that it must not speak to.
        """
        address = urlsplit(url)
        host = address.hostname or ""
        if address.scheme not in DEFAULT_PORTS or not host:
            raise NotObservable("verify_store_strange", url=url.partition("?")[0])
        if host not in self._allowed:
            if await is_private(host) and not await is_private(urlsplit(self._users.url).hostname or ""):
                raise NotObservable("verify_store_private", store=address.netloc)
            self._allowed.add(host)

    async def _announce_request(self, content: bytes, with_checksum: bool = False) -> tuple[int, _Address | None]:
        owner, _ = await self._users.pair()
        body: dict[str, Any] = {"fileName": "glimpse-verify.txt", "contentType": CONTENT_TYPE, "size": len(content)}
        if with_checksum:
            body["sha256"] = hashlib.sha256(content).hexdigest()
        return await self._users.call("POST", "/files/presigned-url", _Address, owner.token, body)

    async def _announce(self, with_checksum: bool = False) -> _Announced:
        """Raises NotObservable where no address is given out."""
        content = _content()
        status, answer = await self._announce_request(content, with_checksum)
        if status != 201 or not answer:
            raise NotObservable("verify_no_address_given", status=status)
        return _Announced(answer.file_id, answer.upload_url, answer.headers, content)

    async def _put(self, announced: _Announced, content: bytes, headers: Mapping[str, str]) -> int:
        await self._allow(announced.url)
        self._users.count_request()
        async with self._users.session.put(
            announced.url, data=content, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status

    async def _complete(self, announced: _Announced) -> int:
        owner, _ = await self._users.pair()
        status, _ = await self._users.call("POST", f"/files/{announced.file_id}/complete", Any, owner.token)
        self._users.completed_files += status == 200
        return status

    async def _link(self, announced: _Announced) -> str:
        """The signed address of the download."""
        owner, _ = await self._users.pair()
        status, answer = await self._users.call("GET", f"/files/{announced.file_id}", _Link, owner.token)
        if status != 200 or not answer:
            raise NotObservable("verify_no_address_given", status=status)
        return answer.url

    async def _download(self, announced: _Announced) -> tuple[int, bytes]:
        return await self._get(await self._link(announced))

    async def _get(self, url: str) -> tuple[int, bytes]:
        await self._allow(url)
        self._users.count_request()
        async with self._users.session.get(url, allow_redirects=False) as answer:
            return answer.status, await answer.read()


def _host(address: SplitResult) -> str:
    """With its port, so that two spellings of one address are equal."""
    return f"{address.hostname}:{address.port or DEFAULT_PORTS.get(address.scheme, 0)}"


def _content() -> bytes:
    """Other bytes each time, of the same size."""
    return secrets.token_hex(SIZE // 2).encode()
