"""What an object store does with uploads: one that is right, and several that are not."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from msgspec import Struct

from glimpse.operations.checks.observations import Unseen
from glimpse.operations.checks.service import PresignedUpload, PublicRead, SecondPut, Upload
from glimpse.operations.outside.probe_users import ProbeUsers

CONTENT_TYPE = "text/plain"
SIZE = 512

EXPIRY_MARGIN_SECONDS = 5.0
"""Clocks may differ by so much."""

PENDING = "/pending/"
"""The service has uploads that are not yet checked under this part of the bucket."""


class _Announced(Struct, frozen=True):
    file_id: str
    url: str
    headers: Mapping[str, str]
    content: bytes


class UploadProbe:
    """The half of a Service that is about files."""

    def __init__(self, users: ProbeUsers) -> None:
        self._users = users

    async def presigned_upload(self) -> PresignedUpload:
        status, answer = await self._announce_request(_content())
        if status != 201:
            return PresignedUpload(status)
        address = urlsplit(answer["uploadUrl"])
        query = {name.lower(): values[0] for name, values in parse_qs(address.query).items()}
        lives = query.get("x-amz-expires", "")
        signed = [name for name in query.get("x-amz-signedheaders", "").split(";") if name]
        return PresignedUpload(status, self._host, address.netloc, signed, int(lives) if lives.isdecimal() else None)

    async def upload(self) -> Upload:
        announced = await self._announce()
        put = await self._put(announced, announced.content, announced.headers)
        complete = await self._complete(announced)
        download, received = await self._download(announced) if complete == 200 else (0, b"")
        is_same = received == announced.content
        return Upload(self._host, urlsplit(announced.url).netloc, put, complete, download, is_same)

    async def put_wrong_size(self) -> int:
        announced = await self._announce()
        return await self._put(announced, announced.content + b"and more", announced.headers)

    async def put_wrong_type(self) -> int:
        announced = await self._announce()
        return await self._put(announced, announced.content, {**announced.headers, "content-type": "text/html"})

    async def put_wrong_checksum(self) -> int:
        announced = await self._announce(with_checksum=True)
        return await self._put(announced, _content(), announced.headers)

    async def put_twice(self) -> SecondPut:
        announced = await self._announce()
        put = await self._put(announced, announced.content, announced.headers)
        complete = await self._complete(announced)
        if (put, complete) != (200, 200):
            raise Unseen("verify_upload_first", put=put, complete=complete)
        status = await self._put(announced, _content(), announced.headers)
        _, received = await self._download(announced)
        return SecondPut(status, received == announced.content)

    async def put_expired(self) -> tuple[int, int]:
        announced = await self._announce()
        seconds = int(parse_qs(urlsplit(announced.url).query)["X-Amz-Expires"][0])
        await asyncio.sleep(seconds + EXPIRY_MARGIN_SECONDS)
        return await self._put(announced, announced.content, announced.headers), seconds

    async def public_read(self) -> PublicRead:
        announced = await self._announce()
        put = await self._put(announced, announced.content, announced.headers)
        complete = await self._complete(announced)
        if (put, complete) != (200, 200):
            raise Unseen("verify_upload_first", put=put, complete=complete)
        link = urlsplit(await self._link(announced))
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
        return urlsplit(self._users.url).netloc

    async def _announce_request(self, content: bytes, with_checksum: bool = False) -> tuple[int, Any]:
        owner, _ = await self._users.pair()
        body = {"fileName": "glimpse-verify.txt", "contentType": CONTENT_TYPE, "size": len(content)}
        if with_checksum:
            body["sha256"] = hashlib.sha256(content).hexdigest()
        return await self._users.call("POST", "/files/presigned-url", owner, body)

    async def _announce(self, with_checksum: bool = False) -> _Announced:
        """Raises Unseen where no address is given out."""
        content = _content()
        status, answer = await self._announce_request(content, with_checksum)
        if status != 201:
            raise Unseen("verify_no_address_given", status=status)
        return _Announced(answer["fileId"], answer["uploadUrl"], answer["headers"], content)

    async def _put(self, announced: _Announced, content: bytes, headers: Mapping[str, str]) -> int:
        self._users.count_request()
        async with self._users.session.put(announced.url, data=content, headers=headers) as answer:
            return answer.status

    async def _complete(self, announced: _Announced) -> int:
        owner, _ = await self._users.pair()
        status, _ = await self._users.call("POST", f"/files/{announced.file_id}/complete", owner)
        self._users.completed_files += status == 200
        return status

    async def _link(self, announced: _Announced) -> str:
        """The signed address of the download."""
        owner, _ = await self._users.pair()
        status, answer = await self._users.call("GET", f"/files/{announced.file_id}", owner)
        if status != 200:
            raise Unseen("verify_no_address_given", status=status)
        url: str = answer["url"]
        return url

    async def _download(self, announced: _Announced) -> tuple[int, bytes]:
        return await self._get(await self._link(announced))

    async def _get(self, url: str) -> tuple[int, bytes]:
        self._users.count_request()
        async with self._users.session.get(url, allow_redirects=False) as answer:
            return answer.status, await answer.read()


def _content() -> bytes:
    """Other bytes each time, of the same size."""
    return secrets.token_hex(SIZE // 2).encode()
