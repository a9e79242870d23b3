"""The eight drills: what each takes away, and what must hold meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from glimpse.operations.drills import promises
from glimpse.operations.drills.promises import EVERY_DRILL, WITH_A_DATABASE, Judge
from glimpse.operations.state import FARGATE_SPOT, TaskState, TimelineEvent

SIGTERM_CODES = ("task_reclaimed", "task_stopping")
SERVING_CODE = "task_serving"
"""The events of a stack's timeline that say when a task got SIGTERM, and when one began to serve."""

TASK, PART, SERVICE, CONNECTIONS, NOTHING = "task", "part", "service", "connections", "nothing"


class DrillKind(Struct, frozen=True):
    """
    `takes`: TASK, PART (then `part` names it), SERVICE (all tasks, one after the other), CONNECTIONS or NOTHING.
    `quiet_clients`: so many more are connected, and send nothing. `is_start_timed`: a replacement starts, which AWS
    takes its time for.
    """

    takes: str
    judges: Sequence[Judge]
    part: str = ""
    quiet_clients: int = 0
    is_start_timed: bool = False


DRILLS: Mapping[str, DrillKind] = {
    "spot": DrillKind(
        TASK, (*WITH_A_DATABASE, promises.back_after_close, promises.back_after_sigterm), is_start_timed=True
    ),
    "crash": DrillKind(TASK, (*WITH_A_DATABASE, promises.back_after_close), is_start_timed=True),
    "bus": DrillKind(PART, (*WITH_A_DATABASE, promises.events_in_time, promises.nobody_disconnected), part="bus"),
    "database": DrillKind(
        PART, (*EVERY_DRILL, promises.acknowledged_again, promises.nobody_disconnected), part="database"
    ),
    "storage": DrillKind(
        PART,
        (*WITH_A_DATABASE, promises.upload_completes, promises.messages_go_on, promises.nobody_disconnected),
        part="storage",
    ),
    "deploy": DrillKind(
        SERVICE, (*WITH_A_DATABASE, promises.back_after_close, promises.back_after_sigterm), is_start_timed=True
    ),
    "storm": DrillKind(CONNECTIONS, WITH_A_DATABASE, quiet_clients=200),
    "slow-readers": DrillKind(
        NOTHING,
        (
            *WITH_A_DATABASE,
            promises.slow_readers_disconnected,
            promises.others_not_slower,
            promises.nobody_disconnected,
        ),
    ),
}
"""By the names of names.py."""


def task_to_take(name: str, tasks: Sequence[TaskState], draw: float) -> TaskState | None:
    """
    A task that serves, drawn by `draw` (0 to 1); for `spot`, one on Spot where there is any. None where no task serves.
    """
    serving = [task for task in tasks if task.is_registered]
    on_spot = [task for task in serving if task.capacity_provider == FARGATE_SPOT]
    candidates = on_spot if name == "spot" and on_spot else serving
    return candidates[min(len(candidates) - 1, int(draw * len(candidates)))] if candidates else None


def terminated_at(timeline: Sequence[TimelineEvent]) -> Sequence[float]:
    """When tasks got SIGTERM, in seconds since 1970."""
    return [event.at for event in timeline if event.code in SIGTERM_CODES]


def last_served_at(timeline: Sequence[TimelineEvent], since: float) -> float | None:
    """When the last replacement began to serve, in seconds since 1970; None where the timeline has none."""
    return max((event.at for event in timeline if event.code == SERVING_CODE and event.at >= since), default=None)
