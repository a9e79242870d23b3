"""The result of a drill as the lines that people read, at most MAX_LINES."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from glimpse.operations.drills.drills import CONNECTIONS, DRILLS, NOTHING, SERVICE
from glimpse.operations.drills.promises import SECONDS, Promise
from glimpse.operations.drills.result import Drill
from glimpse.operations.options import Say
from glimpse.operations.state import (
    BALANCER,
    BUS,
    CLIENTS,
    DATABASE,
    DRILL,
    STACK,
    STORAGE,
    TimelineEvent,
)

MAX_LINES = 25
NAMED_BY = {SERVICE: "drill_taken_service", CONNECTIONS: "drill_taken_connections", NOTHING: "drill_taken_nothing"}

SUBJECTS = {
    BALANCER: "drill_subject_balancer", DATABASE: "drill_subject_database", BUS: "drill_subject_bus",
    STORAGE: "drill_subject_storage", SERVICE: "drill_subject_service", CLIENTS: "drill_subject_clients",
    DRILL: "drill_subject_drill", STACK: "drill_subject_stack",
}  # fmt: skip


def lines(drill: Drill, say: Say) -> Sequence[str]:
    width = max(_width(say(promise.code)) for promise in drill.promises)
    return [
        verdict(drill, say),
        conditions(drill, say),
        *(say(code) for code in drill.remarks),
        "",
        *(
            f"  {_padded(say('drill_kept' if promise.is_kept else 'drill_broken'), 7)}"
            f" {_padded(say(promise.code), width)}  {measured(promise, say)}".rstrip()
            for promise in drill.promises
        ),
        "",
        *(f"  {line}" for line in figure_lines(drill, say)),
    ]


def verdict(drill: Drill, say: Say) -> str:
    broken = sum(not promise.is_kept for promise in drill.promises)
    if broken:
        return say("drill_verdict_broken", name=drill.name, broken=broken, count=len(drill.promises))
    return say("drill_verdict_kept", name=drill.name, count=len(drill.promises))


def conditions(drill: Drill, say: Say) -> str:
    return say(
        "drill_conditions",
        clients=drill.figures.clients,
        tasks=drill.tasks,
        taken=say(NAMED_BY[drill.taken]) if drill.taken in NAMED_BY else drill.taken,
        speed=f"{drill.timings.speed:g}",
        seed=drill.seed,
    )


def measured(promise: Promise, say: Say) -> str:
    """What was measured, and the bound; what broke the promise, where something can be named."""
    if promise.unit == SECONDS:
        value = "–" if promise.measured is None else f"{promise.measured:.1f}"
        text = say("drill_measured", seconds=value, bound=f"{promise.bound:.1f}")
    elif promise.is_kept:
        return ""
    else:
        text = f"{promise.measured or 0:.0f}"
    return f"{text}: {', '.join(promise.examples[:2])}" if promise.examples else text


def figure_lines(drill: Drill, say: Say) -> Sequence[str]:
    figures = drill.figures
    rows = [say("drill_figure_messages", acknowledged=figures.acknowledged, heard=figures.heard)]
    if figures.acknowledgement:
        rows.append(
            say(
                "drill_figure_acknowledgement",
                median=f"{figures.acknowledgement.median * 1000:.0f}",
                slowest=f"{figures.acknowledgement.max:.1f}",
                silence=f"{figures.without_service:.1f}",
            )
        )
    rows.append(say("drill_figure_event", seconds=f"{figures.latest_event:.1f}"))
    if (back := figures.back_after_close) is None:
        rows.append(say("drill_figure_no_close"))
    else:
        rows.append(
            say(
                "drill_figure_back",
                count=len(figures.closes),
                told=sum(close.was_told for close in figures.closes),
                median=f"{back.median:.1f}",
                longest=f"{back.max:.1f}",
                refused=figures.connections_refused,
            )
        )
        if drill.everyone_back_seconds is not None:
            rows.append(say("drill_figure_everyone", seconds=f"{drill.everyone_back_seconds:.1f}"))
    return [*rows, *_recovery(drill, say)]


def _recovery(drill: Drill, say: Say) -> Sequence[str]:
    seconds, speed = drill.recovery_seconds, drill.timings.speed
    if seconds is None or DRILLS[drill.name].takes in (CONNECTIONS, NOTHING):
        return []
    if not DRILLS[drill.name].is_start_timed:
        return [say("drill_figure_recovery_part", seconds=f"{seconds:.1f}")]
    if drill.name == "deploy":
        rows = [say("drill_figure_recovery_part", seconds=f"{seconds:.1f}")]
    elif drill.document_recovery_seconds is None:
        rows = [say("drill_figure_recovery", seconds=f"{seconds:.1f}")]
    else:
        document = f"{drill.document_recovery_seconds:g}"
        rows = [say("drill_figure_recovery_document", seconds=f"{seconds:.1f}", document=document)]
    if speed > 1:
        rows.append(say("drill_figure_at_speed_1", seconds=f"{seconds * speed:.0f}", speed=f"{speed:g}"))
        rows.append(say("drill_not_divided"))
    return rows


def event_line(event: TimelineEvent, began: float, say: Say) -> str:
    """One event as it happens: the seconds since `began`, whom it is about, and what happened."""
    return f"{event.at - began:6.1f} s  {_padded(subject_text(event, say), 10)} {event_text(event, say)}"


def subject_text(event: TimelineEvent, say: Say) -> str:
    """A task is called by its name."""
    return say(SUBJECTS[event.subject]) if event.subject in SUBJECTS else event.subject


def event_text(event: TimelineEvent, say: Say) -> str:
    values = {
        name: f"{round(value, 1):g}" if isinstance(value, float) else value for name, value in event.values.items()
    }
    return say(event.code, **values)


def _width(text: str) -> int:
    """How many columns a terminal takes for it: Korean letters are two wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - _width(text))
