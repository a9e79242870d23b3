"""Where files are stored: in a configured bucket (`objects.py`), in an embedded SeaweedFS, or nowhere."""

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
from glimpse.chat.outside.s3.tcp_proxy import TcpProxy
from glimpse.chat.ports import NoObjectStore, Objects, ObjectsDown

if TYPE_CHECKING:
    from glimpse.chat.outside.s3.embedded import EmbeddedSeaweed
    from glimpse.chat.outside.s3.objects import S3Objects

# botocore and urllib3 are imported where they are first needed: a chat without files saves their memory and load time.

RETRY_SECONDS = 0.1
ALL_ORIGINS = ("*",)
"""Pages of every origin may use the embedded SeaweedFS, since only a signature gives access to an object."""

HOST_NAME = re.compile(r"[A-Za-z0-9._-]+")


class FileStorage(Protocol):
    """`host` is the Host header of a client's request; it is empty where no client asked."""

    problem: str
    """Why the last request to the object store failed; empty where it succeeded, and before the first one."""

    def origins(self, host: str) -> Sequence[str]:
        """The sources of a content security policy from which browsers get files."""
        ...

    async def open(self, host: str = "") -> Objects:
        """An object store whose presigned URLs this client can reach. Raises ObjectsDown, NoObjectStore."""
        ...

    async def close(self) -> None: ...


class NoStorage:
    """No object store is configured."""

    problem = ""

    def origins(self, host: str) -> Sequence[str]:
        return ()

    async def open(self, host: str = "") -> Objects:
        raise NoObjectStore("set GLIMPSE_S3_BUCKET")

    async def close(self) -> None: ...


class EmbeddedStorage:
    """
    A SeaweedFS in a folder, started on first use. It listens only on loopback. A proxy on the service's interfaces
    forwards to its S3, so that a client reaches its files at the same host name as the service. Where the server ended
    by itself it is started again; URLs that were signed before then no longer work.
    """

    def __init__(
        self,
        folder: Path,
        tell: Callable[..., None],
        interfaces: str = "127.0.0.1",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._folder, self._tell, self._interfaces, self._now = folder, tell, interfaces, now
        self.problem = ""
        self._opening = asyncio.Lock()
        self._seaweed: EmbeddedSeaweed | None = None
        self._proxy: TcpProxy | None = None
        self._objects: S3Objects | None = None

    def origins(self, host: str) -> Sequence[str]:
        name = _host_name(host)
        # A content security policy cannot express an IPv6 address, nor a name that is invalid in DNS.
        return ("http:" if name.startswith("[") or "_" in name else f"http://{name}:*",)

    async def open(self, host: str = "") -> Objects:
        async with self._opening:
            if not (self._seaweed and self._seaweed.is_running and self._objects and self._proxy):
                await self.close()
                self._tell("serve_files", folder=str(self._folder))
                try:
                    self._objects, self._proxy = await self._start()
                except Failure as failure:
                    await self.close()
                    self._tell(failure.code, **failure.values)
                    raise NoObjectStore("its own did not start") from failure
            if not host:
                return self._objects
            return self._objects.with_public_endpoint(f"http://{_host_name(host)}:{self._proxy.port}")

    async def close(self) -> None:
        if self._proxy:
            self._proxy.close()
        if self._objects:
            self._objects.close()
        if self._seaweed:
            await asyncio.to_thread(self._seaweed.stop)
        self._objects = self._proxy = self._seaweed = None
        self.problem = ""

    def _report(self, problem: str) -> None:
        self.problem = problem

    async def _start(self) -> tuple[S3Objects, TcpProxy]:
        from glimpse.chat.outside.s3.embedded import SERVER_START_SECONDS, EmbeddedSeaweed
        from glimpse.chat.outside.s3.objects import S3Objects

        self._seaweed = EmbeddedSeaweed(self._folder)
        bucket, credentials = await asyncio.to_thread(self._seaweed.start)
        objects = S3Objects(bucket, credentials, self._now, report_problem=self._report)
        deadline = time.monotonic() + SERVER_START_SECONDS
        while True:
            # Its port is open some time before it can store anything.
            if self._seaweed.is_listening:
                with contextlib.suppress(ObjectsDown):
                    await objects.make_bucket(ALL_ORIGINS)
                    return objects, await TcpProxy.open(self._interfaces, self._seaweed.port)
            self._seaweed.raise_if_failed(is_late=time.monotonic() > deadline)
            await asyncio.sleep(RETRY_SECONDS)


def _host_name(host: str) -> str:
    """The Host header without its port; loopback where the header is not a valid host."""
    if host.startswith("["):
        with contextlib.suppress(ValueError):
            return f"[{ipaddress.IPv6Address(host[1 : host.index(']')])}]"
    name = HOST_NAME.match(host)
    return name[0].lower() if name else "127.0.0.1"
