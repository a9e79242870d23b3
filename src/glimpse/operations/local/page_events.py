"""
The server-sent events of `GET /events` of the live page, and what each of them has as data.

    history    [Point]              the last minutes, once, before the first `state`
    timeline   [PageEvent]        what the stack's timeline holds at first, then each event as it happens
    drill      DrillState           when a drill begins or ends
    costs      Costs                when prices at another load are known
    state      StackState           each second, without its timeline
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from glimpse.operations.drills.promises import Promise
from glimpse.operations.drills.result import Drill
from glimpse.operations.options import Say
from glimpse.operations.state import STARTING, StackState, TimelineEvent, Traffic

HISTORY_SECONDS = 300


class PointTask(Struct, frozen=True):
    name: str
    sockets: int


class Point(Struct, frozen=True):
    """What the charts need of one second; a StackState has the same fields, and more."""

    at: float
    traffic: Traffic
    tasks: Sequence[PointTask]


class BilingualText(Struct, frozen=True):
    """A sentence in both languages: the page can switch without asking again."""

    en: str
    ko: str


class PageEvent(Struct, frozen=True):
    at: float
    subject: str
    code: str
    sentence: BilingualText


class PagePromise(Struct, frozen=True):
    """As drills.promises.Promise."""

    code: str
    sentence: BilingualText
    is_kept: bool
    measured: float | None
    bound: float
    unit: str


class PageDrill(Struct, frozen=True):
    """
    What the page shows of a Drill. Times are in seconds: `without_service`, the longest; `everyone_back` and `recovery`
    since the part was taken away, null where a client did not come back or the stack did not recover.
    """

    name: str
    seed: int
    speed: float
    clients: int
    acknowledged: int
    lost: int
    duplicates: int
    gaps: int
    without_service: float
    everyone_back: float | None
    recovery: float | None
    promises: Sequence[PagePromise]
    remarks: Sequence[BilingualText]


class DrillState(Struct, frozen=True):
    """`running`: the name of the drill that runs now. `failure`: why the last one has no result."""

    running: str | None = None
    failure: BilingualText | None = None


Languages = Mapping[str, Say]
"""A Say for "en" and one for "ko"."""


def point_of(state: StackState) -> Point:
    return Point(state.at, state.traffic, [PointTask(task.name, task.sockets) for task in state.tasks])


def without_timeline(state: StackState) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(state).items() if name != "timeline"}


def bilingual_text(languages: Languages, code: str, values: Mapping[str, str | int | float]) -> BilingualText:
    """
    Both sentences of a code. Fractions are seconds, which people read with one digit. A code without a sentence stands
    for itself: it must not stop the stack that records it.
    """
    texts = {name: f"{round(value, 1):g}" if isinstance(value, float) else value for name, value in values.items()}
    try:
        return BilingualText(languages["en"](code, **texts), languages["ko"](code, **texts))
    except KeyError:
        return BilingualText(code, code)


def page_event(languages: Languages, event: TimelineEvent) -> PageEvent:
    return PageEvent(event.at, event.subject, event.code, bilingual_text(languages, event.code, event.values))


def page_drill(languages: Languages, drill: Drill) -> PageDrill:
    figures = drill.figures
    return PageDrill(
        name=drill.name,
        seed=drill.seed,
        speed=drill.timings.speed,
        clients=figures.clients,
        acknowledged=figures.acknowledged,
        lost=len(figures.lost),
        duplicates=len(figures.duplicates),
        gaps=len(figures.gaps),
        without_service=figures.without_service,
        everyone_back=drill.everyone_back_seconds,
        recovery=drill.recovery_seconds,
        promises=[_page_promise(languages, promise) for promise in drill.promises],
        remarks=[bilingual_text(languages, code, {}) for code in drill.remarks],
    )


def _page_promise(languages: Languages, promise: Promise) -> PagePromise:
    sentence = bilingual_text(languages, promise.code, {})
    return PagePromise(promise.code, sentence, promise.is_kept, promise.measured, promise.bound, promise.unit)


def task_of_cookie(state: StackState, server: str | None) -> str | None:
    """
    The task that a cookie of the balancer leads to: its value is the name of a server. A task that drains still has
    the sockets that it had; to one that starts the balancer sends nobody.
    """
    return next((task.name for task in state.tasks if task.server == server and task.state != STARTING), None)
