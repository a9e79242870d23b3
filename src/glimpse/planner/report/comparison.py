"""What the comparison of scenarios shows: only what tells one of them from another, or from today."""

from __future__ import annotations

from collections.abc import Iterable

from glimpse.planner.promises import STACK
from glimpse.planner.report.fragments import rated_text
from glimpse.planner.scenarios import BEST, BEST_WITH_PLANNED, TODAY, Plan, Scenario
from glimpse.planner.sentence import Sentence
from glimpse.planner.verdict import KEPT, UNKNOWN, Verdict
from glimpse.planner.words import Words

OF_A_RANKING = ("passed_over_same", "passed_over_dearer")
"""Reasons that compare a scenario with the recommended one; between today and best the table says the same."""


def has_own_scenarios(plan: Plan) -> bool:
    """Whether glimpse.toml states scenarios of its own; elsewhere today is compared with best."""
    return any(scenario.name not in (TODAY, BEST, BEST_WITH_PLANNED) for scenario in plan.scenarios)


def compared(plan: Plan) -> tuple[Scenario, ...]:
    """The scenarios of the table: all that are stated, and of the others those that change anything."""
    if has_own_scenarios(plan):
        return plan.scenarios
    return tuple(scenario for scenario in plan.scenarios if scenario is plan.today or scenario.changing)


def has_websocket(scenarios: Iterable[Scenario]) -> bool:
    """Whether any of them is known to carry WebSocket connections, or not to."""
    return any(scenario.websocket[0] != UNKNOWN for scenario in scenarios)


def has_availability(scenarios: Iterable[Scenario]) -> bool:
    return any(rated_text(scenario.availability) != "–" for scenario in scenarios)


def reasons_shown(plan: Plan) -> tuple[Sentence, ...]:
    if has_own_scenarios(plan):
        return plan.reasons
    return tuple(reason for reason in plan.reasons if reason.code not in OF_A_RANKING)


def best_text(plan: Plan, words: Words) -> str | None:
    """What the best is made of, and out of how many combinations; None where there is none, or it changes nothing."""
    best = next((scenario for scenario in plan.scenarios if scenario.name == BEST), None)
    if plan.search is None or best is None or not best.changing:
        return None
    names = ", ".join(lever.name for lever in best.changing)
    return words("ui_best", levers=names, count=f"{plan.search.looked_at:,}")


def kept_as_today(plan: Plan) -> tuple[str, ...]:
    """The names of what the stack itself promises and keeps today: they are named together, without a reason each."""
    return tuple(row.promise for row in plan.today.verdicts if row.source == STACK and row.verdict == KEPT)


def worth_a_line(plan: Plan, scenario: Scenario) -> tuple[Verdict, ...]:
    """Of today every stated promise; of the stack's own, and of other scenarios, what is not kept and differs."""
    if scenario is plan.today:
        return tuple(row for row in scenario.verdicts if row.source != STACK or row.verdict != KEPT)
    return tuple(row for row in scenario.verdicts if row.verdict != KEPT and row not in plan.today.verdicts)
