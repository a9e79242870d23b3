"""
Which tasks are alive, by the batches that this task hears, and whether a batch was lost. Times are in seconds, of any
clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

HEARTBEAT_SECONDS = 0.5
"""How often a task sends a batch, even an empty one."""

SILENCE_SECONDS = 1.5
"""After this long without a batch a task may have sent some that were lost."""

LEASE_SECONDS = 10.0
"""After this long without a batch a task's users count as offline."""

FORGET_TASK_SECONDS = 60.0
"""After this long without a batch a task counts as ended."""

MAX_FORGOTTEN = 100
"""Ended tasks whose last numbers are remembered, in case that one of them is heard after all."""


class Heard(Struct, frozen=True):
    """
    What the number of a batch says. `is_first`: its task was not known. `is_late`: this batch or a later one of its
    task was heard before. `missed_since`: a batch of its task that was sent after this time was lost; None where none
    was.
    """

    is_first: bool
    is_late: bool
    missed_since: float | None


class HeartbeatActions(Struct, frozen=True):
    """
    What is due. `send`: a heartbeat. `silent_since`: batches that were sent after this time may be lost, since a task
    is silent; None where none is. `lapsed`: tasks whose users are offline from now on.
    """

    send: bool
    silent_since: float | None
    lapsed: Sequence[str]


class Heartbeats:
    """The tasks that are heard. This task, `own_id`, is one of them from the beginning, and always stays one."""

    def __init__(self, own_id: str, now: float) -> None:
        self._own_id, self._began = own_id, now
        # For each task the highest number of its batches, and when its last batch was heard.
        self._heard: dict[str, tuple[int, float]] = {own_id: (0, now)}
        self._forgotten: dict[str, tuple[int, float]] = {}
        self._lapsed: set[str] = set()
        self._next_heartbeat = 0.0
        self._deaf_until = now

    def heard(self, task_id: str, number: int, now: float) -> Heard:
        """
        A batch arrived. Of a task that is heard for the first time everything is missed since this task began to
        listen, but for FORGET_TASK_SECONDS at most: a task that lived before that would have been heard.
        """
        known = self._heard.get(task_id)
        last, at = known or self._forgotten.pop(task_id, None) or (0, max(self._began, now - FORGET_TASK_SECONDS))
        self._heard[task_id] = (max(last, number), now)
        return Heard(known is None, known is not None and number <= last, at if number > last + 1 else None)

    def left(self, task_id: str) -> None:
        """The task said that it ends."""
        self._heard.pop(task_id, None)

    def age(self, now: float) -> float:
        """Seconds since this task heard itself, or began to listen."""
        return now - self._heard[self._own_id][1]

    def tick(self, now: float) -> HeartbeatActions:
        """Each lapsed task is named once, until it is heard again."""
        send = now >= self._next_heartbeat
        if send:
            self._next_heartbeat = now + HEARTBEAT_SECONDS
        silent_since = min((at for _, at in self._heard.values() if now - at > SILENCE_SECONDS), default=None)
        lapsed: Sequence[str] = ()
        if self.age(now) > SILENCE_SECONDS:
            self._deaf_until = now
        # A task that does not hear itself cannot say that another is gone, nor until it has listened for a while.
        if now - self._deaf_until > LEASE_SECONDS:
            lapsed = self._newly_lapsed(now)
            self._forget_ended(now)
        return HeartbeatActions(send, silent_since, lapsed)

    def _newly_lapsed(self, now: float) -> Sequence[str]:
        lapsed = {task_id for task_id, (_, at) in self._heard.items() if now - at > LEASE_SECONDS}
        before, self._lapsed = self._lapsed, lapsed
        return sorted(lapsed - before)

    def _forget_ended(self, now: float) -> None:
        for task_id, (_, at) in list(self._heard.items()):
            if now - at > FORGET_TASK_SECONDS and task_id != self._own_id:
                self._forgotten[task_id] = self._heard.pop(task_id)
        while len(self._forgotten) > MAX_FORGOTTEN:
            del self._forgotten[next(iter(self._forgotten))]
