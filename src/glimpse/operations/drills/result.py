"""
The result of a drill, `glimpse.drill/1`, and the lines of `POST /drills/NAME` of the stack's page.

The page answers NDJSON: one DrillLine with an `event` for each event of the stack's timeline as it happens, and at the
end one with the `result` or the `failure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from glimpse.operations.drills.figures import Figures
from glimpse.operations.drills.names import DEFAULT_CLIENTS
from glimpse.operations.drills.promises import Promise
from glimpse.operations.state import TimelineEvent
from glimpse.operations.timings import Timings

SCHEMA = "glimpse.drill/1"


class DrillRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What to run; without `name`, the body of `POST /drills/NAME`. `seed` decides which task is taken and how long starts
    take; None: any. `environment`: what a deploy gives to the new tasks.
    """

    name: str = ""
    clients: int = DEFAULT_CLIENTS
    seed: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class Drill(Struct, frozen=True):
    """
    Times are in seconds since 1970. `taken`: the task or part that was taken away, or "service", "connections" or
    "nothing". `began`: when the load began; `taken_at`: when it was taken away; `recovered_at`: when everything was as
    before, None where it did not recover in time.
    """

    name: str
    seed: int
    timings: Timings
    tasks: int
    bus: str
    taken: str
    began: float
    taken_at: float
    recovered_at: float | None
    ended: float
    figures: Figures
    promises: Sequence[Promise]
    """`is_kept` below is whether all of them were kept."""

    timeline: Sequence[TimelineEvent]
    is_kept: bool
    recovery_seconds: float | None
    """From `taken_at` to `recovered_at`."""

    everyone_back_seconds: float | None
    """From `taken_at` until the last client was connected again; None where one never was, 0 where none was cut."""

    document_recovery_seconds: float | None = None
    """What the plan document claims for the recovery from the loss of a task; None without such a document."""

    remarks: Sequence[str] = ()
    """Codes of sentences about this run, such as that no task was on Spot."""

    schema: str = SCHEMA

    @property
    def first_event_at(self) -> float:
        """From when the timeline counts its seconds, on the terminal and on the page alike."""
        return self.timeline[0].at if self.timeline else self.began


class DrillFailure(Struct, frozen=True):
    """Why a drill could not run: a code of `operations/words/` and its values."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


class DrillLine(Struct, frozen=True, omit_defaults=True):
    """One line of NDJSON; exactly one field is there."""

    event: TimelineEvent | None = None
    result: Drill | None = None
    failure: DrillFailure | None = None
