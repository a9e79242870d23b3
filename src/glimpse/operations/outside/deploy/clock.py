"""The clock of this machine, and one of a rehearsal, on which waiting takes no time."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable


class SystemClock:
    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class FakeClock:
    """Time passes in `sleep` alone, and what is due by then happens in its order."""

    def __init__(self, now: float = 0.0) -> None:
        self._now = now
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        until = self._now + seconds
        while self._events and self._events[0][0] <= until:
            self._now, _, event = heapq.heappop(self._events)
            event()
        self._now = until

    def later(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self._now + seconds, next(self._numbers), event))
