"""
Snapshots of who is on which task: when this task sends its own, which ones it asks for, and which parts have arrived.
Times are in seconds, all of the same clock.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from glimpse.chat.relay.bus import PresenceSnapshot

SNAPSHOT_SECONDS = 30.0
"""How often a task sends its snapshot without being asked."""

MIN_SNAPSHOT_SECONDS = 1.0
"""It sends a snapshot at most this often: where the bus loses many batches, many tasks ask for one."""

REQUEST_AGAIN_SECONDS = 3.0
"""When a request that was not answered is repeated."""


class RosterActions(Struct, frozen=True):
    """What is due. `send_snapshot`: send that of this task. `request_from`: tasks to ask for theirs."""

    send_snapshot: bool
    request_from: Sequence[str]


class Roster:
    def __init__(self) -> None:
        self._next_snapshot = self._sent_at = 0.0
        self._missing: dict[str, float] = {}
        """Tasks whose snapshot is missing, with the time at which to ask for it."""

        self._parts: dict[str, dict[int, PresenceSnapshot]] = {}

    def snapshot_missing(self, task_id: str, now: float) -> None:
        """It is not known for certain who is on that task, so its snapshot is needed."""
        self._missing.setdefault(task_id, now)

    def snapshot_requested(self) -> None:
        """Another task asked for the snapshot of this one."""
        self._next_snapshot = min(self._next_snapshot, self._sent_at + MIN_SNAPSHOT_SECONDS)

    def add(self, task_id: str, snapshot: PresenceSnapshot) -> Sequence[str] | None:
        """Add a part. Returns everybody who is on that task once all parts have arrived, and None until then."""
        parts = self._parts.setdefault(task_id, {})
        if any((each.snapshot_id, each.parts) != (snapshot.snapshot_id, snapshot.parts) for each in parts.values()):
            parts.clear()
        parts[snapshot.part] = snapshot
        if len(parts) < snapshot.parts:
            return None
        self.left(task_id)
        return [user_id for each in parts.values() for user_id in each.user_ids]

    def left(self, task_id: str) -> None:
        """Forget what is missing and what has arrived of a task."""
        self._missing.pop(task_id, None)
        self._parts.pop(task_id, None)

    def next_due(self) -> float:
        """When `tick` is to be called next: to send a snapshot, or to ask for one."""
        return min([self._next_snapshot, *self._missing.values()])

    def tick(self, now: float) -> RosterActions:
        send_snapshot = now >= self._next_snapshot
        if send_snapshot:
            self._next_snapshot, self._sent_at = now + SNAPSHOT_SECONDS, now
        request_from = [task_id for task_id, due in self._missing.items() if due <= now]
        for task_id in request_from:
            self._missing[task_id] = now + REQUEST_AGAIN_SECONDS
        return RosterActions(send_snapshot, request_from)
