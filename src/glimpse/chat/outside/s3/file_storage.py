"""Where files are kept, opened on first use: in a bucket that was set up, in a SeaweedFS of our own, or nowhere."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from glimpse.chat.failure import Failure
from glimpse.chat.outside.s3.bucket import Bucket, Cdn
from glimpse.chat.outside.s3.tcp_proxy import TcpProxy
from glimpse.chat.ports import Objects, ObjectsDown
from glimpse.chat.uploads import NoObjects

if TYPE_CHECKING:
    from glimpse.chat.outside.s3.embedded import EmbeddedSeaweed
    from glimpse.chat.outside.s3.objects import S3Objects

# What signs and asks is imported where it is needed: it takes memory and time that a chat without files has no use for.

RETRY_SECONDS = 0.1
EVERY_ORIGIN = ("*",)
"""Of a SeaweedFS of our own: nothing but a signature opens it."""

NAME = re.compile(r"[A-Za-z0-9._-]+")


class FileStorage(Protocol):
    """`host` is by what name, and perhaps at which port, a client calls the service; empty where no client does."""

    def origins(self, host: str) -> Sequence[str]:
        """From where browsers get files, in the words of a content security policy."""
        ...

    async def opened(self, host: str = "") -> Objects:
        """Whose addresses a client gets to that calls the service so. Raises ObjectsDown, NoObjects."""
        ...

    async def close(self) -> None: ...


class NoStorage:
    """No object store was set up."""

    def origins(self, host: str) -> Sequence[str]:
        return ()

    async def opened(self, host: str = "") -> Objects:
        raise NoObjects("set GLIMPSE_S3_BUCKET")

    async def close(self) -> None: ...


class S3Storage:
    """A bucket that is there, with the credentials that botocore finds: in the environment, or a task's role."""

    def __init__(self, bucket: Bucket, front: Cdn | None = None, now: Callable[[], float] = time.time) -> None:
        self._bucket, self._front, self._now = bucket, front, now
        self._opening = asyncio.Lock()
        self._objects: S3Objects | None = None

    def origins(self, host: str) -> Sequence[str]:
        return (self._bucket.origin, *([self._front.origin] if self._front else []))

    async def opened(self, host: str = "") -> Objects:
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


class EmbeddedStorage:
    """
    A SeaweedFS in a folder. It listens on loopback alone; a passage on the service's own interfaces leads to its S3, so
    that whoever gets to the service gets to their files by the same name. Started again where it ended by itself; what
    was signed before is then of no use.
    """

    def __init__(
        self,
        folder: Path,
        tell: Callable[..., None],
        interfaces: str = "127.0.0.1",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._folder, self._tell, self._interfaces, self._now = folder, tell, interfaces, now
        self._opening = asyncio.Lock()
        self._seaweed: EmbeddedSeaweed | None = None
        self._passage: TcpProxy | None = None
        self._objects: S3Objects | None = None

    def origins(self, host: str) -> Sequence[str]:
        name = _name(host)
        # A content security policy has no word for an address of IPv6, nor for what no DNS would take.
        return ("http:" if name.startswith("[") or "_" in name else f"http://{name}:*",)

    async def opened(self, host: str = "") -> Objects:
        async with self._opening:
            if not (self._seaweed and self._seaweed.is_running and self._objects and self._passage):
                await self.close()
                self._tell("serve_files", folder=str(self._folder))
                try:
                    self._objects, self._passage = await self._started()
                except Failure as failure:
                    await self.close()
                    self._tell(failure.code, **failure.values)
                    raise NoObjects("its own did not start") from failure
            if not host:
                return self._objects
            return self._objects.at(f"http://{_name(host)}:{self._passage.port}")

    async def close(self) -> None:
        if self._passage:
            self._passage.close()
        if self._objects:
            self._objects.close()
        if self._seaweed:
            await asyncio.to_thread(self._seaweed.stop)
        self._objects = self._passage = self._seaweed = None

    async def _started(self) -> tuple[S3Objects, TcpProxy]:
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
                    return objects, await TcpProxy.open(self._interfaces, self._seaweed.port)
            self._seaweed.give_up(is_late=time.monotonic() > give_up)
            await asyncio.sleep(RETRY_SECONDS)


def _name(host: str) -> str:
    """Of a host without its port. What is no host at all is whoever asks from this machine."""
    if host.startswith("["):
        with contextlib.suppress(ValueError):
            return f"[{ipaddress.IPv6Address(host[1 : host.index(']')])}]"
    name = NAME.match(host)
    return name[0].lower() if name else "127.0.0.1"
