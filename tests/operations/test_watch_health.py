"""`glimpse watch`: what of a stack's health needs a person."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from glimpse.operations.checks.observations import Engine, NotObservable, RunningTasks, Storage
from glimpse.operations.monitoring.bills import Catalogue
from glimpse.operations.monitoring.health import HealthItem, judge
from glimpse.operations.monitoring.observed import (
    Alarms,
    AlarmState,
    Answers,
    Budget,
    Certificate,
    Connections,
    CpuCredits,
)
from glimpse.words import Words
from tests.operations.aws_stack import GIB

TODAY = datetime.date(2026, 11, 29)
ALARMS = Alarms(
    "glimpse-prod-",
    [
        AlarmState("glimpse-prod-cpu", "OK"),
        AlarmState("glimpse-prod-5xx", "ALARM", "2026-11-28", "Threshold Crossed"),
        AlarmState("glimpse-prod-memory", "INSUFFICIENT_DATA"),
    ],
)


def judged(name: str, seen: object, catalogue: Catalogue | None = None) -> Sequence[HealthItem]:
    items = judge({name: seen}, catalogue or Catalogue(), TODAY, "2026-11")
    for item in items:
        for language in ("en", "ko"):
            assert item.why.text(Words(language))
            assert Words(language)(f"watch_of_{item.name}")
    return items


def storage(used: float, growth: float | None, most: int | None = 100) -> Storage:
    return Storage(round(used * GIB), 20 * GIB, most * GIB if most else None, None if growth is None else growth * GIB)


@pytest.mark.parametrize(
    ("name", "seen", "state", "code"),
    [
        ("alarms", Alarms("glimpse-prod-", ALARMS.states[:1]), "good", "watch_alarms"),
        ("alarms", Alarms("glimpse-prod-", []), "unknown", "watch_alarms_none"),
        ("tasks", RunningTasks(2, 2, 1, 1), "good", "watch_tasks"),
        ("tasks", RunningTasks(1, 2), "good", "watch_tasks_unplaced"),
        ("tasks", RunningTasks(0, 2, 0, 0), "attention", "watch_tasks_none"),
        ("tasks", RunningTasks(0, 0, 0, 0), "good", "watch_tasks"),
        ("answers", Answers(1000, 7, 7), "good", "watch_answers"),
        ("connections", Connections(17, 79, 7), "good", "watch_connections"),
        ("connections", Connections(17, None, 7), "good", "watch_connections_unlimited"),
        ("cpu_credits", CpuCredits(280, 0), "good", "watch_cpu_credits"),
        ("cpu_credits", CpuCredits(0, 12.5), "good", "watch_cpu_credits_surplus"),
        ("storage", storage(10, 0.25), "good", "watch_storage"),
        ("storage", storage(10, 0), "good", "watch_storage_steady"),
        ("storage", storage(10, -1), "good", "watch_storage_steady"),
        ("storage", storage(95, 1), "attention", "watch_storage_full"),
        ("storage", storage(101, 1), "attention", "watch_storage_full"),
        ("storage", storage(10, 1, most=None), "attention", "watch_storage_full"),
        ("storage", storage(10, None), "unknown", "watch_storage_no_growth"),
        ("storage", Storage(1, None), "unknown", "watch_storage_no_limit"),
        ("budget", Budget("b", Decimal(75), Decimal(75)), "good", "watch_budget"),
        ("budget", Budget("b", Decimal("75.01"), Decimal(75)), "attention", "watch_budget_passed"),
        ("certificate", Certificate("chat.example.com", "2026-12-29"), "good", "watch_certificate"),
        ("certificate", Certificate("chat.example.com", "2026-12-28"), "attention", "watch_certificate_ends"),
        ("engine", Engine("17.6", "2030-02-28"), "good", "watch_engine"),
        ("engine", Engine("13.9", "2027-02-26"), "attention", "watch_engine_ends"),
        ("engine", Engine("17.6"), "unknown", "watch_engine_unknown"),
        ("engine", NotObservable("aws_denied", action="x", policy="y"), "unknown", "aws_denied"),
    ],
)
def test_each_finding_is_good_needs_a_person_or_is_unknown(name: str, seen: Any, state: str, code: str) -> None:
    [item] = judged(name, seen)
    assert (item.name, item.state, item.why.code) == (name, state, code)


def test_each_raised_alarm_needs_a_person_and_the_others_are_counted() -> None:
    raised, others = judged("alarms", ALARMS)
    assert (raised.state, raised.why.values["name"]) == ("attention", "glimpse-prod-5xx")
    assert others.state == "good"
    assert others.why.values == {"ok": 1, "count": 3, "names": "glimpse-prod-memory"}


def test_the_end_of_the_storage_is_the_day_on_which_the_largest_disk_is_full() -> None:
    [item] = judged("storage", storage(10, 0.5))
    assert item.why.values["ends"] == str(TODAY + datetime.timedelta(days=180))
    assert item.why.values["most"] == "100.0"


def test_the_age_of_the_prices_is_told_where_the_bill_has_it() -> None:
    *_, item = judged("tasks", RunningTasks(2, 2, 1, 1), Catalogue(newest="2026-10-15", oldest="2024-09-25"))
    assert item.why.code == "watch_prices"
    assert len(judged("tasks", RunningTasks(2, 2, 1, 1))) == 1
