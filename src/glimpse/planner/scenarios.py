"""The scenarios: named sets of levers, priced on one workload, judged, and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.claims import DOCUMENTS, Claim
from glimpse.planner.estimate import Estimator, saving
from glimpse.planner.levers import EFFORTS, LEVERS, Lever, applied
from glimpse.planner.money import usd_text
from glimpse.planner.search import Search, search
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Finding, Stack
from glimpse.planner.verdict import KEPT, Verdict, capacity_sockets, design_warnings, judged, websocket

# `balanced` is the plan document's own recommendation, with the smallest number of tasks left at two. Beside these
# stands `best`, which is not written down but searched for among the levers that are implemented.
SCENARIOS: Mapping[str, tuple[str, ...]] = {
    "today": (),
    "balanced": ("spot_weights", "task_count", "presigned_uploads", "keep_alive", "pool_size"),
}


@dataclass(frozen=True)
class Effect:
    """
    What one lever saves on today's stack alone, and given the others of its scenario (for one outside every
    scenario: on top of `balanced`); None: cannot be told.
    """

    lever: Lever
    alone: Fraction | None
    here: Fraction | None
    changes: bool


@dataclass(frozen=True)
class Scenario:
    name: str
    bill: Bill
    effects: tuple[Effect, ...]
    verdicts: tuple[Verdict, ...]
    saving: Fraction | None
    rank: int | None = None

    @property
    def effort(self) -> str:
        return max(
            (effect.lever.effort for effect in self.effects if effect.changes), key=EFFORTS.index, default="none"
        )

    @property
    def planned(self) -> tuple[Lever, ...]:
        """Levers that nothing implements yet: they keep the scenario from being recommended."""
        return tuple(
            effect.lever for effect in self.effects if effect.lever.implemented == "planned" and effect.changes
        )

    @property
    def keeps_all(self) -> bool:
        return all(verdict.verdict == KEPT for verdict in self.verdicts)

    @property
    def websocket(self) -> str:
        return websocket(self.bill.stack)[0]

    @property
    def capacity_sockets(self) -> int | None:
        return capacity_sockets(self.bill.stack, self.bill.usage.traffic)


@dataclass(frozen=True)
class Plan:
    """
    The scenarios judged. `single` are levers outside every scenario, priced on today's stack.

    `recommended` is None where no scenario keeps every promise, `search` where no combination does.
    """

    scenarios: tuple[Scenario, ...]
    search: Search | None
    single: tuple[Effect, ...]
    recommended: Scenario | None
    reasons: tuple[Sentence, ...]
    warnings: tuple[Finding, ...]
    claims: tuple[Claim, ...]

    @property
    def today(self) -> Scenario:
        return self.scenarios[0]


def plan_of(stack: Stack, estimator: Estimator) -> Plan:
    today = estimator.bill(stack)
    implemented = [lever for lever in LEVERS.values() if lever.implemented != "planned"]
    searched = search(stack, estimator, implemented)
    named = {name: tuple(LEVERS[lever] for lever in levers) for name, levers in SCENARIOS.items()}
    if searched:
        named["best"] = searched.best.levers
    ranked = _ranked([_scenario(name, levers, stack, today, estimator) for name, levers in named.items()])
    used = SCENARIOS["balanced"]
    balanced = next(scenario for scenario in ranked if scenario.name == "balanced")
    single = tuple(
        _on_top(lever, stack, today, balanced, estimator) for name, lever in LEVERS.items() if name not in used
    )
    recommended = _recommended(ranked)
    document = DOCUMENTS.get(estimator.workload.document)
    claims = document(today, balanced.bill, estimator) if document else ()
    reasons = (*_reasons(ranked, recommended), *(searched.reasons() if searched else ()))
    return Plan(ranked, searched, single, recommended, reasons, design_warnings(today), claims)


def _scenario(name: str, levers: tuple[Lever, ...], stack: Stack, today: Bill, estimator: Estimator) -> Scenario:
    bill = estimator.bill(applied(stack, levers)) if levers else today
    effects = tuple(_effect(lever, stack, today, levers, bill, estimator) for lever in levers)
    return Scenario(name, bill, effects, judged(bill.stack, bill.usage.traffic), saving(today, bill))


def _effect(
    lever: Lever, stack: Stack, today: Bill, together: tuple[Lever, ...], bill: Bill, estimator: Estimator
) -> Effect:
    without = applied(stack, tuple(other for other in together if other is not lever))
    changed = lever.change(stack)
    alone, rest = _billed(changed, today, estimator), _billed(without, bill, estimator)
    return Effect(lever, saving(today, alone), saving(rest, bill), changes=changed != stack)


def _on_top(lever: Lever, stack: Stack, today: Bill, balanced: Scenario, estimator: Estimator) -> Effect:
    changed, together = lever.change(stack), lever.change(balanced.bill.stack)
    alone, here = _billed(changed, today, estimator), _billed(together, balanced.bill, estimator)
    return Effect(lever, saving(today, alone), saving(balanced.bill, here), changes=changed != stack)


def _billed(stack: Stack, known: Bill, estimator: Estimator) -> Bill:
    """The stack's bill; the one already known where the stack is the same."""
    return known if stack == known.stack else estimator.bill(stack)


def _ranked(scenarios: list[Scenario]) -> tuple[Scenario, ...]:
    """Rank by cost, then effort; what cannot be compared with today has no rank."""
    comparable = sorted(
        (scenario for scenario in scenarios if scenario.saving is not None),
        key=lambda scenario: (scenario.bill.monthly, EFFORTS.index(scenario.effort)),
    )
    place = {scenario.name: number for number, scenario in enumerate(comparable, start=1)}
    return tuple(Scenario(s.name, s.bill, s.effects, s.verdicts, s.saving, place.get(s.name)) for s in scenarios)


def _recommended(scenarios: tuple[Scenario, ...]) -> Scenario | None:
    eligible = [s for s in scenarios if s.rank is not None and s.keeps_all and not s.planned]
    return min(eligible, key=lambda scenario: scenario.rank or 0, default=None)


def _reasons(scenarios: tuple[Scenario, ...], recommended: Scenario | None) -> tuple[Sentence, ...]:
    """Why each scenario that is not recommended was passed over."""
    said = []
    cheapest = recommended.bill.monthly if recommended else Fraction(0)
    for scenario in scenarios:
        if scenario is recommended:
            continue
        broken = [verdict.promise for verdict in scenario.verdicts if verdict.verdict != KEPT]
        if broken:
            said.append(say("passed_over_promise", scenario=scenario.name, promises=", ".join(broken)))
        elif scenario.saving is None:
            said.append(say("passed_over_unpriced", scenario=scenario.name))
        elif scenario.planned:
            names = ", ".join(lever.name for lever in scenario.planned)
            said.append(say("passed_over_planned", scenario=scenario.name, levers=names))
        else:
            more = scenario.bill.monthly - cheapest
            code, params = ("passed_over_dearer", {"more": usd_text(more)}) if more else ("passed_over_same", {})
            said.append(say(code, scenario=scenario.name, **params))
    return tuple(said)
