"""What the comparison of scenarios shows: only what tells one of them from another, or from today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glimpse.planner.bill import Bill
from glimpse.planner.money import usd_text
from glimpse.planner.plan import BEST, BEST_WITH_PLANNED, TODAY, Plan, ReferenceRegion, Scenario
from glimpse.planner.promises import STACK
from glimpse.planner.report.plan_fragments import rated_text
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.verdict import BROKEN, KEPT, UNKNOWN, Verdict
from glimpse.words import Words

NO_COMMITMENT = "no_commitment"
"""The promise that nothing is bought in advance."""

REASONS_IN_THE_TABLE = ("passed_over_same", "passed_over_dearer", "passed_over_promise")
"""Reasons that the table of scenarios shows already: what each costs, and what it does not keep."""


def has_own_scenarios(plan: Plan) -> bool:
    """Whether glimpse.toml states scenarios of its own; elsewhere today is compared with best."""
    return any(scenario.name not in (TODAY, BEST, BEST_WITH_PLANNED) for scenario in plan.scenarios)


def compared_scenarios(plan: Plan) -> tuple[Scenario, ...]:
    """
    The scenarios of the table, in the order of cost: last are those whose saving is not certain. Only today, if no
    scenario is stated and nothing is advised; none, if no reason is shown either.
    """
    if has_own_scenarios(plan) or _changes_something(plan.recommended):
        return tuple(sorted(plan.scenarios, key=lambda row: (row.rank is None, row.rank or 0, row.monthly)))
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


def in_dollars(priced: Bill | Scenario) -> str:
    """The same for a sentence."""
    return ("≥ $" if priced.is_lower_bound else "$") + usd_text(priced.monthly)


def reference_region(scenario: Scenario) -> ReferenceRegion | None:
    """The scenario in another region that has the prices which its own lacks; None where there is none."""
    there = scenario.reference
    return None if there is None or there.bill.stack.region == scenario.stack.region else there


def kept_text(scenario: Scenario, words: Words) -> str:
    """Whether it keeps what is promised, or all but how much; for a column."""
    if not scenario.verdicts:
        return "–"
    count = sum(row.verdict != KEPT for row in scenario.verdicts)
    return words("kept_all_but", count=count) if count else words("kept_everything")


def not_kept_texts(scenario: Scenario, words: Words) -> Iterator[str]:
    """By name, what of the promises it breaks, and of what nobody can tell."""
    for verdict in (BROKEN, UNKNOWN):
        names = _named((row.promise for row in scenario.verdicts if row.verdict == verdict), words)
        if names:
            yield f"{words(f'names_{verdict}')} {names}"


def reasons_shown(plan: Plan) -> tuple[Sentence, ...]:
    """Why nothing cheaper is recommended, and what the next best costs."""
    return tuple(_as_commitment(reason) for reason in plan.reasons if reason.code not in REASONS_IN_THE_TABLE)


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
    count = plan.search.looked_at
    return f"{words('best_of', count=count, shown=f'{count:,}')} {names}"


def states_promises(plan: Plan) -> bool:
    return any(row.source != STACK for row in plan.promises)


def kept_as_today(plan: Plan, words: Words) -> str:
    """
    The names of what the stack itself promises and keeps; empty if there is nothing to say. If no promise is stated,
    a sentence on the recommendation is before them.
    """
    kept = [row.promise for row in plan.today.verdicts if row.source == STACK and row.verdict == KEPT]
    is_stated = states_promises(plan)
    if not is_stated:
        # The sentence says that nothing is bought in advance.
        kept = [name for name in kept if name != NO_COMMITMENT]
    names = f"{words('kept_as_today')} {_named(kept, words)}." if kept else ""
    if is_stated or not (kept or _changes_something(plan.recommended)):
        return names
    return " ".join(filter(None, (words("kept_all"), names)))


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
