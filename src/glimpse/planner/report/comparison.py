"""What the comparison of scenarios shows: only what tells one of them from another, or from today."""

from __future__ import annotations

from collections.abc import Iterable

from glimpse.planner.bill import Bill
from glimpse.planner.money import usd_text
from glimpse.planner.promises import STACK
from glimpse.planner.report.plan_fragments import rated_text
from glimpse.planner.report.savings import NO_COMMITMENT
from glimpse.planner.scenarios import BEST, BEST_WITH_PLANNED, TODAY, Plan, Scenario
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.verdict import KEPT, Verdict
from glimpse.words import Words

OF_A_RANKING = ("passed_over_same", "passed_over_dearer")
"""Reasons that compare a scenario with the recommended one; between today and best the table says the same."""


def has_own_scenarios(plan: Plan) -> bool:
    """Whether glimpse.toml states scenarios of its own; elsewhere today is compared with best."""
    return any(scenario.name not in (TODAY, BEST, BEST_WITH_PLANNED) for scenario in plan.scenarios)


def compared_scenarios(plan: Plan) -> tuple[Scenario, ...]:
    """
    The scenarios of the table. Only today, if no scenario is stated and nothing is advised; none, if no reason is shown
    either.
    """
    if has_own_scenarios(plan) or _changes_something(plan.recommended):
        return plan.scenarios
    return (plan.today,) if reasons_shown(plan) else ()


def _changes_something(scenario: Scenario | None) -> bool:
    return scenario is not None and bool(scenario.changing)


def has_websocket(scenarios: Iterable[Scenario]) -> bool:
    """Whether WebSocket connections are among what is promised; elsewhere nobody asks for them."""
    return any(row.promise == "websocket" for scenario in scenarios for row in scenario.verdicts)


def has_availability(scenarios: Iterable[Scenario]) -> bool:
    return any(rated_text(scenario.availability) != "–" for scenario in scenarios)


def cost_column(priced: Bill | Scenario) -> str:
    """A total for a column of figures: it is a lower bound where anything is missing or usage comes on top."""
    return ("≥ " if priced.is_lower_bound else "") + usd_text(priced.monthly)


def kept_text(scenario: Scenario) -> str:
    """How many of its promises it keeps."""
    return f"{sum(row.verdict == KEPT for row in scenario.verdicts)}/{len(scenario.verdicts)}"


def reasons_shown(plan: Plan) -> tuple[Sentence, ...]:
    """Why nothing cheaper is recommended, and what the next best costs."""
    ranking = () if has_own_scenarios(plan) else OF_A_RANKING
    return tuple(_as_commitment(reason) for reason in plan.reasons if reason.code not in ranking)


def _as_commitment(reason: Sentence) -> Sentence:
    """Avoids the double negative "without no commitment"."""
    if reason.code != "search_forbidden" or reason.params["promise"] != NO_COMMITMENT:
        return reason
    return say("search_forbidden_commitment", less=reason.params["less"], levers=reason.params["levers"])


def best_text(plan: Plan, words: Words) -> str | None:
    """What the best is made of, and how many combinations there are; None where the table has none that changes any."""
    best = next((scenario for scenario in plan.scenarios if scenario.name == BEST), None)
    if plan.search is None or best is None or best not in compared_scenarios(plan) or not best.changing:
        return None
    names = ", ".join(lever.name for lever in best.changing)
    return words("ui_best", levers=names, count=f"{plan.search.looked_at:,}")


def states_promises(plan: Plan) -> bool:
    return any(row.source != STACK for row in plan.promises)


def kept_as_today(plan: Plan, words: Words) -> str:
    """
    One sentence that names what the stack itself promises and keeps; empty if there is nothing to say. If no promise is
    stated, the sentence is about the recommendation.
    """
    kept = [row.promise for row in plan.today.verdicts if row.source == STACK and row.verdict == KEPT]
    if states_promises(plan):
        return words("kept_as_today", names=_named(kept, words)) if kept else ""
    names = _named([name for name in kept if name != NO_COMMITMENT], words)
    if names:
        return words("kept_all_as_today", names=names)
    return words("kept_all") if _changes_something(plan.recommended) else ""


def _named(promises: Iterable[str], words: Words) -> str:
    return ", ".join(words(f"promise_{name}") for name in promises)


def worth_a_line(plan: Plan, scenario: Scenario) -> tuple[Verdict, ...]:
    """
    The verdicts that a report shows: of today the stated promises and all that are not kept; of another scenario those
    that are not kept and that today does not have.
    """
    if scenario is plan.today:
        return tuple(row for row in scenario.verdicts if row.source != STACK or row.verdict != KEPT)
    return tuple(row for row in scenario.verdicts if row.verdict != KEPT and row not in plan.today.verdicts)
