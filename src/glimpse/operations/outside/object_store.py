"""SeaweedFS, as S3 has it: the bucket of the files, for pages of the balancer's listeners."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from glimpse.chat.failure import Failure
from glimpse.chat.outside.s3.embedded import (
    BUCKET,
    IDENTITY,
    REGION,
    SERVER_START_SECONDS,
    EmbeddedSeaweed,
    SeaweedMissing,
    SeaweedNotStarted,
    seaweed_program,
)
from glimpse.chat.ports import ObjectsDown
from glimpse.operations.outside.in_thread import in_thread
from glimpse.operations.outside.programs import last_lines, version_of

RETRY_SECONDS = 0.05


class ObjectStore:
    """
    A server that keeps its address and its objects when it is started again. `folder` is its own; `origins`: of the
    pages that may use it, as CORS of the Terraform's bucket has them.
    """

    def __init__(self, folder: Path, origins: Sequence[str]) -> None:
        self._seaweed, self._origins = EmbeddedSeaweed(folder), origins
        self._secret = ""
        self.program = ""
        self.bucket = BUCKET

    @property
    def pid(self) -> int | None:
        return self._seaweed.pid

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._seaweed.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What a task needs to use it; on AWS its role has the credentials."""
        return {
            "GLIMPSE_S3_ENDPOINT": self.endpoint,
            "GLIMPSE_S3_BUCKET": self.bucket,
            "GLIMPSE_S3_REGION": REGION,
            "AWS_ACCESS_KEY_ID": IDENTITY,
            "AWS_SECRET_ACCESS_KEY": self._secret,
        }

    async def start(self) -> None:
        """Returns once it can store objects. Raises Failure."""
        try:
            await self._start()
        except SeaweedMissing:
            raise Failure("up_storage_missing") from None
        except SeaweedNotStarted as failure:
            raise Failure("up_storage_not_started", **failure.values) from None

    async def _start(self) -> None:
        # Imported here, because it takes 50 ms, while the planner is started.
        from glimpse.chat.outside.s3.objects import S3Objects

        began = time.monotonic()
        bucket, credentials = await in_thread(self._seaweed.start)
        self._secret = credentials.get_frozen_credentials().secret_key
        self.program = self.program or await in_thread(
            lambda: version_of("SeaweedFS", [seaweed_program(), "version"], 2)
        )
        objects = S3Objects(bucket, credentials, time.time)
        try:
            while True:
                # Its port is open some time before it can store anything.
                if self._seaweed.is_listening:
                    with contextlib.suppress(ObjectsDown):
                        await objects.make_bucket(self._origins)
                        return
                self._seaweed.raise_if_failed(is_late=time.monotonic() > began + SERVER_START_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            objects.close()

    async def stop(self) -> None:
        await in_thread(self._seaweed.stop)

    def last_lines(self) -> str:
        return last_lines(self._seaweed.folder / "log")
