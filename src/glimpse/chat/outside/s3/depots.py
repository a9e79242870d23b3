"""Where files are kept, opened on first use: in a bucket that was set up, in a SeaweedFS of our own, or nowhere."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from glimpse.chat.failure import Failure
from glimpse.chat.outside.s3.bucket import Bucket, Front
from glimpse.chat.ports import Objects, ObjectsDown
from glimpse.chat.uploads import NoObjects

if TYPE_CHECKING:
    from glimpse.chat.outside.s3.embedded import EmbeddedSeaweed
    from glimpse.chat.outside.s3.objects import S3Objects

# What signs and asks is imported where it is needed: it takes memory and time that a chat without files has no use for.

RETRY_SECONDS = 0.1
EVERY_ORIGIN = ("*",)
"""Of a SeaweedFS on loopback: nothing but a signature opens it."""


class Depot(Protocol):
    """`origins`: from where browsers get files, in the words of a content security policy."""

    @property
    def origins(self) -> Sequence[str]: ...

    async def opened(self) -> Objects:
        """Raises ObjectsDown, NoObjects."""
        ...

    async def close(self) -> None: ...


class Nowhere:
    """No object store was set up."""

    origins: Sequence[str] = ()

    async def opened(self) -> Objects:
        raise NoObjects("set GLIMPSE_S3_BUCKET")

    async def close(self) -> None: ...


class Configured:
    """A bucket that is there, with the credentials that botocore finds: in the environment, or a task's role."""

    def __init__(self, bucket: Bucket, front: Front | None = None, now: Callable[[], float] = time.time) -> None:
        self._bucket, self._front, self._now = bucket, front, now
        self._opening = asyncio.Lock()
        self._objects: S3Objects | None = None

    @property
    def origins(self) -> Sequence[str]:
        return (self._bucket.origin, *([self._front.origin] if self._front else []))

    async def opened(self) -> Objects:
        async with self._opening:
            if self._objects is None:
                self._objects = await asyncio.to_thread(self._made)
            return self._objects

    async def close(self) -> None:
        if self._objects:
            self._objects.close()

    def _made(self) -> S3Objects:
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session

        from glimpse.chat.outside.s3.objects import S3Objects

        try:
            credentials = Session().get_credentials()
        except BotoCoreError as error:
            raise ObjectsDown(f"{type(error).__name__}: {error}") from error
        if credentials is None:
            # A role that is not there yet may come.
            raise ObjectsDown("no credentials were found: of the environment, a profile, or a task's role")
        return S3Objects(self._bucket, credentials, self._now, self._front)


class Own:
    """A SeaweedFS in a folder. Started again where it ended by itself; what was signed before is then of no use."""

    origins: Sequence[str] = ("http://127.0.0.1:*",)

    def __init__(self, folder: Path, tell: Callable[..., None], now: Callable[[], float] = time.time) -> None:
        self._folder, self._tell, self._now = folder, tell, now
        self._opening = asyncio.Lock()
        self._seaweed: EmbeddedSeaweed | None = None
        self._objects: S3Objects | None = None

    async def opened(self) -> Objects:
        async with self._opening:
            if self._seaweed and self._objects and self._seaweed.is_running:
                return self._objects
            await self.close()
            self._tell("serve_files", folder=str(self._folder))
            try:
                self._objects = await self._started()
            except Failure as failure:
                await self.close()
                self._tell(failure.code, **failure.values)
                raise NoObjects("its own did not start") from failure
            return self._objects

    async def close(self) -> None:
        if self._objects:
            self._objects.close()
        if self._seaweed:
            await asyncio.to_thread(self._seaweed.stop)
        self._objects = self._seaweed = None

    async def _started(self) -> S3Objects:
        from glimpse.chat.outside.s3.embedded import START_SECONDS, EmbeddedSeaweed
        from glimpse.chat.outside.s3.objects import S3Objects

        self._seaweed = EmbeddedSeaweed(self._folder)
        bucket, credentials = await asyncio.to_thread(self._seaweed.start)
        objects = S3Objects(bucket, credentials, self._now)
        give_up = time.monotonic() + START_SECONDS
        while True:
            # Before its port is open nobody need be asked; once it is, it takes a while until it can store anything.
            if self._seaweed.is_listening:
                with contextlib.suppress(ObjectsDown):
                    await objects.make_bucket(EVERY_ORIGIN)
                    return objects
            self._seaweed.give_up(is_late=time.monotonic() > give_up)
            await asyncio.sleep(RETRY_SECONDS)
