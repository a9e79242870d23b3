"""Work that nobody awaits: coroutines that are waited for at the end, and work that is repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from glimpse.chat.ports import StoreDown

DEFECT_SECONDS = 1.0
"""A defect that shows each time is logged no more often than this: what is logged is paid for."""


class BackgroundTasks:
    """`failed` is told of each exception that a coroutine raised, which is a defect of this program."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        # The loop itself keeps weak references only.
        self.running: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.running.add(task)
        task.add_done_callback(self._done)

    async def finished(self) -> None:
        """Wait until none is running, those included that are started meanwhile."""
        while self.running:
            await asyncio.wait(self.running)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._failed(error)


async def every(
    seconds: float, work: Callable[[], Awaitable[None] | None], failed: Callable[[BaseException], None]
) -> None:
    """Call `work` again and again until this is cancelled. After a failure it pauses for DEFECT_SECONDS more."""
    while True:
        await asyncio.sleep(seconds)
        try:
            if (working := work()) is not None:
                await working
        except StoreDown:
            pass  # The next time it may answer.
        except Exception as error:
            failed(error)
            await asyncio.sleep(DEFECT_SECONDS)
