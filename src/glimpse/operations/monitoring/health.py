"""How a stack fares, judged: good, needs a person, or unknown for a reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from msgspec import Struct

from glimpse.operations.checks.observations import Engine, NotObservable, RunningTasks, Storage
from glimpse.operations.monitoring.bills import Catalogue
from glimpse.operations.monitoring.note import Note, note
from glimpse.operations.monitoring.observed import (
    Alarms,
    Answers,
    Budget,
    Certificate,
    Connections,
    CpuCredits,
)

GOOD, ATTENTION, UNKNOWN = "good", "attention", "unknown"

STORAGE_DAYS = 30
"""A disk that is full sooner needs a person now: RDS refuses to write to a full one."""

CERTIFICATE_DAYS = 30
"""ACM renews 60 days before the end (ACM user guide, managed renewal); later than this it did not succeed."""

SUPPORT_DAYS = 90
MAX_GROWTH_DAYS = 3650


class HealthItem(Struct, frozen=True):
    """`name` is what was looked at; `state` is good, attention or unknown."""

    name: str
    state: str
    why: Note


Observed = Any | NotObservable


def judge(seen: Mapping[str, Observed], catalogue: Catalogue, today: date, month: str) -> Sequence[HealthItem]:
    """`seen` has an observation, or why there is none, for each name of JUDGES; `month` is the one of the budget."""
    judges: dict[str, Callable[[Any], Iterable[HealthItem]]] = {
        "alarms": judge_alarms,
        "tasks": judge_tasks,
        "answers": judge_answers,
        "connections": judge_connections,
        "cpu_credits": judge_cpu_credits,
        "storage": partial(judge_storage, today=today),
        "budget": partial(judge_budget, month=month),
        "certificate": partial(judge_certificate, today=today),
        "engine": partial(judge_engine, today=today),
    }
    items: list[HealthItem] = []
    for name, found in seen.items():
        if isinstance(found, NotObservable):
            items.append(HealthItem(name, UNKNOWN, Note(found.code, found.values)))
        else:
            items += judges[name](found)
    return [*items, *judge_prices(catalogue)]


def _good(item: str, code: str, /, **values: str | int) -> list[HealthItem]:
    return [HealthItem(item, GOOD, Note(code, values))]


def _attention(item: str, code: str, /, **values: str | int) -> list[HealthItem]:
    return [HealthItem(item, ATTENTION, Note(code, values))]


def judge_alarms(seen: Alarms) -> Iterable[HealthItem]:
    if not seen.states:
        return [HealthItem("alarms", UNKNOWN, note("watch_alarms_none", prefix=seen.prefix))]
    raised = [
        HealthItem("alarms", ATTENTION, note("watch_alarm", name=alarm.name, since=alarm.since, reason=alarm.reason))
        for alarm in seen.states
        if alarm.state == "ALARM"
    ]
    silent = [alarm.name for alarm in seen.states if alarm.state == "INSUFFICIENT_DATA"]
    count, ok = len(seen.states), len(seen.states) - len(raised) - len(silent)
    rest = _good("alarms", "watch_alarms", ok=ok, count=count)
    if silent:
        rest = _good("alarms", "watch_alarms_silent", ok=ok, count=count, names=", ".join(silent))
    return [*raised, *rest]


def judge_tasks(seen: RunningTasks) -> Iterable[HealthItem]:
    if seen.wanted and not seen.running:
        return _attention("tasks", "watch_tasks_none", wanted=seen.wanted)
    if seen.on_demand is None or seen.spot is None:
        return _good("tasks", "watch_tasks_unplaced", running=seen.running, wanted=seen.wanted)
    return _good(
        "tasks", "watch_tasks", running=seen.running, wanted=seen.wanted, on_demand=seen.on_demand, spot=seen.spot
    )


def judge_answers(seen: Answers) -> Iterable[HealthItem]:
    percent = f"{100 * seen.errors / seen.requests:.2f}" if seen.requests else "0"
    return _good(
        "answers", "watch_answers", errors=seen.errors, requests=seen.requests, percent=percent, days=seen.days
    )


def judge_connections(seen: Connections) -> Iterable[HealthItem]:
    if seen.limit is None:
        return _good("connections", "watch_connections_unlimited", most=seen.most, days=seen.days)
    return _good("connections", "watch_connections", most=seen.most, limit=seen.limit, days=seen.days)


def judge_cpu_credits(seen: CpuCredits) -> Iterable[HealthItem]:
    lowest = f"{seen.lowest:.0f}"
    if seen.surplus > 0:
        return _good("cpu_credits", "watch_cpu_credits_surplus", lowest=lowest, surplus=f"{seen.surplus:.1f}")
    return _good("cpu_credits", "watch_cpu_credits", lowest=lowest)


def judge_storage(seen: Storage, today: date) -> Iterable[HealthItem]:
    """When the disk is full at its growth: at the size up to which RDS enlarges it, where it may."""
    most = seen.most_bytes or seen.allocated_bytes
    if most is None:
        return [HealthItem("storage", UNKNOWN, note("watch_storage_no_limit"))]
    facts: dict[str, str | int] = {"used": _gib(seen.used_bytes), "most": _gib(most)}
    growth = seen.growth_bytes_a_day
    if growth is None:
        return [HealthItem("storage", UNKNOWN, note("watch_storage_no_growth", **facts))]
    days = (most - seen.used_bytes) / growth if growth > 0 else math.inf
    if days > MAX_GROWTH_DAYS:
        return _good("storage", "watch_storage_steady", **facts)
    facts |= {"growth": f"{growth / 2**20:.0f}", "ends": (today + timedelta(days=max(0, int(days)))).isoformat()}
    if days < STORAGE_DAYS:
        return _attention("storage", "watch_storage_full", **facts)
    return _good("storage", "watch_storage", **facts)


def _gib(bytes_: float) -> str:
    return f"{bytes_ / 2**30:.1f}"


def judge_budget(seen: Budget, month: str) -> Iterable[HealthItem]:
    facts = {"name": seen.name, "spent": f"{seen.spent:.2f}", "limit": f"{seen.limit:.2f}", "month": month}
    if seen.spent > seen.limit:
        return _attention("budget", "watch_budget_passed", **facts)
    return _good("budget", "watch_budget", **facts)


def judge_certificate(seen: Certificate, today: date) -> Iterable[HealthItem]:
    is_late = (date.fromisoformat(seen.ends) - today).days < CERTIFICATE_DAYS
    facts = {"domain": seen.domain, "ends": seen.ends}
    if is_late:
        return _attention("certificate", "watch_certificate_ends", **facts)
    return _good("certificate", "watch_certificate", **facts)


def judge_engine(seen: Engine, today: date) -> Iterable[HealthItem]:
    ends = seen.standard_support_ends
    if ends is None:
        return [HealthItem("engine", UNKNOWN, note("watch_engine_unknown", version=seen.version))]
    if (date.fromisoformat(ends) - today).days < SUPPORT_DAYS:
        return _attention("engine", "watch_engine_ends", version=seen.version, ends=ends)
    return _good("engine", "watch_engine", version=seen.version, ends=ends)


def judge_prices(catalogue: Catalogue) -> Iterable[HealthItem]:
    if catalogue.newest is None or catalogue.oldest is None:
        return []
    return _good("prices", "watch_prices", newest=catalogue.newest, oldest=catalogue.oldest)
