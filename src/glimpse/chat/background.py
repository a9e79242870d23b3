"""Coroutines that run in the background until they end, and work that is repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from glimpse.chat.ports import StoreDown

DEFECT_SECONDS = 1.0
"""A defect that recurs is logged at most this often, because logs cost money."""


class BackgroundTasks:
    """`report_defect` is called with each exception that a coroutine raises, which is a defect of this program."""

    def __init__(self, report_defect: Callable[[BaseException], None]) -> None:
        self._report_defect = report_defect
        # The event loop keeps only weak references.
        self.running: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.running.add(task)
        task.add_done_callback(self._done)

    async def wait_until_idle(self) -> None:
        """Wait until no coroutine is running, including those that are started meanwhile."""
        while self.running:
            await asyncio.wait(self.running)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._report_defect(error)


async def every(
    seconds: float, work: Callable[[], Awaitable[None] | None], report_defect: Callable[[BaseException], None]
) -> None:
    """Call `work` again and again until this is cancelled. After a failure it pauses for DEFECT_SECONDS more."""
    while True:
        await asyncio.sleep(seconds)
        try:
            if (working := work()) is not None:
                await working
        except StoreDown:
            pass  # The store may answer the next time.
        except Exception as error:
            report_defect(error)
            await asyncio.sleep(DEFECT_SECONDS)
