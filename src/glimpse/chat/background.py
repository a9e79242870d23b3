"""Coroutines that run in the background until they end, and work that is repeated or due at some time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from glimpse.chat.ports import StoreDown

DEFECT_SECONDS = 1.0
"""A defect that recurs is logged at most this often, because logs cost money."""

ALARM_SECONDS = 1.0
"""An alarm rings at most this often, however much is due."""

LONGEST_SECONDS = 60.0
"""
An alarm rings at least this often: the clock may be set, and the event loop's own, by which it sleeps, does not follow.
"""


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


class Alarm:
    """
    Calls work when something is due, and keeps quiet before: a timer that looks each second for something to do costs
    an idle task more than all else. `now` in seconds since 1970. It rings at most every `pause_seconds` and at least
    every `longest_seconds`.
    """

    def __init__(
        self,
        now: Callable[[], float],
        longest_seconds: float = LONGEST_SECONDS,
        pause_seconds: float = ALARM_SECONDS,
    ) -> None:
        self._now, self._longest_seconds, self._pause_seconds = now, longest_seconds, pause_seconds
        self._at = math.inf
        self._is_earlier = asyncio.Event()

    def set(self, at: float) -> None:
        """Something is due at this time, in seconds since 1970. What is due later must be set again when it rings."""
        if at < self._at:
            self._at = at
            self._is_earlier.set()

    async def run(self, work: Callable[[], None], report_defect: Callable[[BaseException], None]) -> None:
        """
        Call `work` whenever something is due, until this is cancelled. After a failure it pauses for DEFECT_SECONDS
        more, and then calls it again.
        """
        while True:
            await self._ring()
            try:
                work()
            except Exception as error:
                report_defect(error)
                self.set(self._now())
                await asyncio.sleep(DEFECT_SECONDS)
            await asyncio.sleep(self._pause_seconds)

    async def _ring(self) -> None:
        """Return when the earliest time has come that was set, or after the longest time."""
        while (seconds := self._at - self._now()) > 0:
            self._is_earlier.clear()
            try:
                async with asyncio.timeout(min(seconds, self._longest_seconds)):
                    await self._is_earlier.wait()
            except TimeoutError:
                break
        self._at = math.inf
