"""Who is online: users with a socket on any task, and for a while after their last one left. Time is handed in."""

from __future__ import annotations

import math
from collections.abc import Iterable

AWAY_SECONDS = 15.0
"""How long a user stays online after the last socket left: a phone that changes networks reconnects sooner."""

THIS_TASK = ""
"""Stands for the id of this task."""

ONLY_THIS_TASK = (THIS_TASK,)


class Presence:
    """The tasks on which each user has sockets."""

    def __init__(self) -> None:
        self._task_ids: dict[str, tuple[str, ...]] = {}
        self._away_until: dict[str, float] = {}

    def joined(self, user_id: str, task_id: str = THIS_TASK) -> bool:
        """The user has a socket on this task. Returns whether the user was offline before."""
        task_ids = self._task_ids.get(user_id, ())
        was_away = self._away_until.pop(user_id, None) is not None
        if task_id not in task_ids:
            # Most users are on this task only: they share one tuple.
            self._task_ids[user_id] = (*task_ids, task_id) if task_ids or task_id else ONLY_THIS_TASK
        return not task_ids and not was_away

    def left(self, user_id: str, now: float, task_id: str = THIS_TASK) -> None:
        """The last socket of the user on this task left."""
        task_ids = self._task_ids.get(user_id, ())
        rest = tuple(each for each in task_ids if each != task_id)
        if rest:
            self._task_ids[user_id] = rest
        elif task_ids:
            del self._task_ids[user_id]
            self._away_until[user_id] = now + AWAY_SECONDS

    def snapshot(self, task_id: str, user_ids: Iterable[str], now: float) -> list[str]:
        """Exactly these users are on a task. Returns those who were offline before."""
        present = set(user_ids)
        for user_id in [user_id for user_id, task_ids in self._task_ids.items() if task_id in task_ids]:
            if user_id not in present:
                self.left(user_id, now, task_id)
        return [user_id for user_id in present if self.joined(user_id, task_id)]

    def newly_offline(self, now: float) -> list[str]:
        """Users who are offline from now on; each is returned once."""
        offline = [user_id for user_id, until in self._away_until.items() if until <= now]
        for user_id in offline:
            del self._away_until[user_id]
        return offline

    def next_offline_at(self) -> float:
        """When `newly_offline` next returns somebody; infinity where nobody is away."""
        return min(self._away_until.values(), default=math.inf)

    def retry_offline(self, user_id: str, now: float) -> None:
        """The partners could not be told: the user counts as online until `newly_offline` returns them again."""
        if user_id not in self._task_ids:
            self._away_until.setdefault(user_id, now)

    def is_online(self, user_id: str) -> bool:
        return user_id in self._task_ids or user_id in self._away_until
