"""Which senders may repeat messages, so that an earlier copy of each is looked up before it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable

REMEMBERED_SECONDS = 60.0
"""A client that comes back repeats at once what was not acknowledged; after that it has new things to say."""

MAX_REMEMBERED = 10_000
"""Above this many, the user who was added longest ago is forgotten. So many take some 2 MB."""


class Repeaters:
    """
    Users who repeated a message, had one refused, or were not told whether it was stored. An insert of a repeat fails,
    writes a line into the database's log and costs more than the look-up. `now` in seconds of a clock that only goes
    forward.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until: dict[str, float] = {}
        """Until when each is remembered, soonest first."""

    def add(self, user_ids: Iterable[str]) -> None:
        until = self._now() + REMEMBERED_SECONDS
        for user_id in user_ids:
            self._until.pop(user_id, None)
            self._until[user_id] = until
        while len(self._until) > MAX_REMEMBERED:
            del self._until[next(iter(self._until))]

    def has_any(self, user_ids: Iterable[str]) -> bool:
        """Whether one of these users is remembered."""
        if self._until:
            now = self._now()
            while self._until and (oldest := next(iter(self._until.items())))[1] <= now:
                del self._until[oldest[0]]
        return bool(self._until) and not self._until.keys().isdisjoint(user_ids)
