"""
Which tasks are alive, judged by the batches that this task receives, and whether a batch was lost. Times are in
seconds, all of the same clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

HEARTBEAT_SECONDS = 0.5
"""How often a task sends a batch, even an empty one."""

SILENCE_SECONDS = 1.5
"""After this long without a batch, batches of a task may have been lost."""

LEASE_SECONDS = 10.0
"""After this long without a batch a task's users count as offline."""

FORGET_TASK_SECONDS = 60.0
"""After this long without a batch a task counts as ended."""

MAX_FORGOTTEN = 100
"""How many ended tasks' last batch numbers are kept, in case one of them is heard again."""


class BatchStatus(Struct, frozen=True):
    """
    What the number of a batch says. `is_first`: its task was not known. `is_late`: this batch or a later one of its
    task was received before. `missed_since`: a batch that its task sent after this time was lost; None if none was.
    """

    is_first: bool
    is_late: bool
    missed_since: float | None


class HeartbeatActions(Struct, frozen=True):
    """
    What is due. `send`: send a heartbeat. `silent_since`: a task is silent, so batches that were sent after this time
    may be lost; None if no task is. `lapsed`: tasks whose users are offline from now on.
    """

    send: bool
    silent_since: float | None
    lapsed: Sequence[str]


class Heartbeats:
    """The tasks that this one hears. It hears itself too: `own_id` is one of them from the beginning, and stays one."""

    def __init__(self, own_id: str, now: float) -> None:
        self._own_id, self._began = own_id, now
        # For each task the highest number of its batches, and when its last batch was heard.
        self._heard: dict[str, tuple[int, float]] = {own_id: (0, now)}
        self._forgotten: dict[str, tuple[int, float]] = {}
        self._lapsed: set[str] = set()
        self._next_heartbeat = 0.0
        self._unheard_until = now

    def on_batch(self, task_id: str, number: int, now: float) -> BatchStatus:
        """
        A batch arrived. If its task was not known, earlier batches were missed since this task began to listen, but at
        most since FORGET_TASK_SECONDS ago: a task that was alive before then would have been heard.
        """
        known = self._heard.get(task_id)
        last, at = known or self._forgotten.pop(task_id, None) or (0, max(self._began, now - FORGET_TASK_SECONDS))
        self._heard[task_id] = (max(last, number), now)
        return BatchStatus(known is None, known is not None and number <= last, at if number > last + 1 else None)

    def left(self, task_id: str) -> None:
        """A task announced that it ends."""
        self._heard.pop(task_id, None)

    def age(self, now: float) -> float:
        """Seconds since this task heard itself, or began to listen."""
        return now - self._heard[self._own_id][1]

    def tick(self, now: float) -> HeartbeatActions:
        """What is due now. A lapsed task is named once, and again only after it was heard meanwhile."""
        send = now >= self._next_heartbeat
        if send:
            self._next_heartbeat = now + HEARTBEAT_SECONDS
        silent_since = min((at for _, at in self._heard.values() if now - at > SILENCE_SECONDS), default=None)
        lapsed: Sequence[str] = ()
        if self.age(now) > SILENCE_SECONDS:
            self._unheard_until = now
        # While this task does not hear itself, and for LEASE_SECONDS after, it cannot know whether another is gone.
        if now - self._unheard_until > LEASE_SECONDS:
            lapsed = self._newly_lapsed(now)
            self._forget_ended(now)
        return HeartbeatActions(send, silent_since, lapsed)

    def next_due(self, now: float) -> float:
        """When `tick` is to be called next: to send a heartbeat, or because a task may become silent."""
        silent_at = [at + SILENCE_SECONDS for _, at in self._heard.values()]
        return min([self._next_heartbeat, *(at for at in silent_at if at >= now)])

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
