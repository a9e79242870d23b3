"""What happened to a stack, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from glimpse.operations.ports import OnEvent
from glimpse.operations.state import MAX_EVENTS, TimelineEvent


class Timeline:
    """
    The last MAX_EVENTS events. `now` gives seconds since 1970. `subscribers` are called with each event as it happens.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.events: deque[TimelineEvent] = deque(maxlen=MAX_EVENTS)
        self.subscribers: set[OnEvent] = set()

    def record(self, subject: str, code: str, **values: str | int | float) -> None:
        event = TimelineEvent(self._now(), subject, code, values)
        self.events.append(event)
        for subscriber in list(self.subscribers):
            subscriber(event)
