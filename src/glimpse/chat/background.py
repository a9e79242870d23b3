"""Coroutines that run in the background until they end, and work that is repeated or scheduled."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from glimpse.chat.ports import StoreDown

DEFECT_SECONDS = 1.0
"""A defect that recurs is logged at most this often, because logs cost money."""

PAUSE_SECONDS = 1.0
"""The least time between two calls by a Timer, however much is due."""

MAX_SLEEP_SECONDS = 60.0
"""
The longest time between two calls by a Timer. It sleeps by the event loop's clock, which does not follow when somebody
sets the system's clock.
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
    seconds: float, work: Callable[[], Awaitable[None]], report_defect: Callable[[BaseException], None]
) -> None:
    """Call `work` again and again until this is cancelled. After a failure it pauses for DEFECT_SECONDS more."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except StoreDown:
            pass  # The store may answer the next time.
        except Exception as error:
            report_defect(error)
            await asyncio.sleep(DEFECT_SECONDS)


class Timer:
    """
    Calls a function when something is due. Calling it each second to find out would cost an idle task more than all
    else. Two calls are at least `pause_seconds` apart, and at most about `max_sleep_seconds`. `now` in seconds since
    1970.
    """

    def __init__(
        self,
        now: Callable[[], float],
        max_sleep_seconds: float = MAX_SLEEP_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._now, self._max_sleep_seconds, self._pause_seconds = now, max_sleep_seconds, pause_seconds
        self._at = math.inf
        self._is_earlier = asyncio.Event()
        """Set when `_at` became an earlier time."""

    def set(self, at: float) -> None:
        """
        Something is due at this time, in seconds since 1970. Only the earliest time is kept, and only until the next
        call: the function sets again what is due later.
        """
        if at < self._at:
            self._at = at
            self._is_earlier.set()

    async def run(self, work: Callable[[], None], report_defect: Callable[[BaseException], None]) -> None:
        """
        Call `work` whenever something is due, until this is cancelled. After a failure it pauses for DEFECT_SECONDS
        more, and then calls it again.
        """
        while True:
            await self._sleep()
            try:
                work()
            except Exception as error:
                report_defect(error)
                self.set(self._now())
                await asyncio.sleep(DEFECT_SECONDS)
            await asyncio.sleep(self._pause_seconds)

    async def _sleep(self) -> None:
        """Return at the earliest time that was set, or after `max_sleep_seconds`."""
        while (seconds := self._at - self._now()) > 0:
            self._is_earlier.clear()
            try:
                async with asyncio.timeout(min(seconds, self._max_sleep_seconds)):
                    await self._is_earlier.wait()
            except TimeoutError:
                break
        self._at = math.inf
