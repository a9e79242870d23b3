"""An upload that goes on while the object store is taken away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp

from glimpse.chat.failure import Failure
from glimpse.operations.outside.drill_load import GIVE_UP_SECONDS, REQUEST_SECONDS, RETRY_SECONDS, Api, User

CHUNKS, CHUNK_BYTES, CHUNK_SECONDS = 20, 50_000, 0.1
"""An upload takes two seconds, so that the object store can be taken away meanwhile."""


async def upload(api: Api, user: User, started: asyncio.Event) -> float:
    """
    Upload a file straight into the bucket as clients/typescript does: a PUT that fails is repeated, with a new address
    where the old one expired. `started` is set when the first bytes leave. The seconds that it took; raises Failure.
    """
    began = time.monotonic()
    size = CHUNKS * CHUNK_BYTES
    announcement = {"fileName": "drill.txt", "contentType": "text/plain", "size": size}
    while True:
        presigned = await api.request("POST", "/files/presigned-url", announcement, user.token)
        is_put = await _put(api.http, presigned, started)
        if is_put:
            with contextlib.suppress(Failure):
                # A refusal that a new PUT cures: what arrived is not complete.
                await api.request("POST", f"/files/{presigned['fileId']}/complete", None, user.token)
                return time.monotonic() - began
        if time.monotonic() - began > GIVE_UP_SECONDS:
            raise Failure("drill_no_answer", url=api.url, seconds=int(GIVE_UP_SECONDS), detail="PUT")
        await asyncio.sleep(RETRY_SECONDS)


async def _put(http: aiohttp.ClientSession, presigned: Mapping[str, Any], started: asyncio.Event) -> bool:
    async def content() -> AsyncIterator[bytes]:
        for _ in range(CHUNKS):
            yield b"drill\n".ljust(CHUNK_BYTES, b".")
            started.set()
            await asyncio.sleep(CHUNK_SECONDS)

    size = str(CHUNKS * CHUNK_BYTES)
    try:
        async with http.put(
            presigned["uploadUrl"],
            data=content(),
            headers={**presigned["headers"], "Content-Length": size},
            timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS),
        ) as response:
            return response.status < 300
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
