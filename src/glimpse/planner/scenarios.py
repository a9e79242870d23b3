"""The scenarios: named sets of levers, priced on one workload, judged, and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.alarms import Alarm, alarms_of
from glimpse.planner.availability import Availability, availability
from glimpse.planner.bill import Bill
from glimpse.planner.claims import DOCUMENTS, Claim
from glimpse.planner.document import CHECKS, ROWS, Check, Row
from glimpse.planner.estimate import Estimator, saving
from glimpse.planner.finding import Finding
from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import EFFORTS, Lever
from glimpse.planner.money import usd_text
from glimpse.planner.scale import Scale
from glimpse.planner.search import Search, Searches
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Stack
from glimpse.planner.steps import Step, steps_of
from glimpse.planner.verdict import KEPT, Verdict, capacity_sockets, design_warnings, judged, websocket

# The plan document's own, with the smallest number of tasks of `balanced` left at two. Beside these stand `best` and
# `best_with_planned`, which are not written down but searched for.
SCENARIOS: Mapping[str, tuple[str, ...]] = {
    "today": (),
    "extreme": ("spot_weights", "task_count", "min_capacity", "api_gateway_websocket"),
    "balanced": ("spot_weights", "task_count", "presigned_uploads", "keep_alive", "pool_size"),
    "serverless": ("serverless",),
    "phase6": (
        *("spot_weights", "task_count", "presigned_uploads", "keep_alive", "pool_size"),
        *("reserved_database", "cloudfront_downloads", "night_off"),
    ),
}


@dataclass(frozen=True)
class Effect:
    """
    What one lever saves on today's stack alone, and given the others of a scenario: taken out of it, or where it is
    not in it, put in instead of what decides the same part. None: cannot be told.
    """

    lever: Lever
    alone: Fraction | None
    here: Fraction | None
    changes: bool


@dataclass(frozen=True)
class Illustration:
    """The same scenario in a region that has the prices this one lacks, and what it saves there."""

    bill: Bill
    saving: Fraction | None


@dataclass(frozen=True)
class Scenario:
    """`document` is the plan document's own row of it; `elsewhere` only where this region cannot price it."""

    name: str
    levers: tuple[Lever, ...]
    bill: Bill
    effects: tuple[Effect, ...]
    verdicts: tuple[Verdict, ...]
    saving: Fraction | None
    rank: int | None = None
    elsewhere: Illustration | None = None
    document: Row | None = None

    @property
    def effort(self) -> str:
        return max((lever.effort for lever in self.changing), key=EFFORTS.index, default="none")

    @property
    def planned(self) -> tuple[Lever, ...]:
        """Levers that nothing implements yet: they keep the scenario from being recommended."""
        return tuple(lever for lever in self.changing if lever.is_planned)

    @property
    def changing(self) -> tuple[Lever, ...]:
        """Its levers that change anything here."""
        return tuple(effect.lever for effect in self.effects if effect.changes)

    @property
    def keeps_all(self) -> bool:
        return all(verdict.verdict == KEPT for verdict in self.verdicts)

    @property
    def websocket(self) -> tuple[str, Sentence]:
        return websocket(self.bill.stack)

    @property
    def availability(self) -> Availability | None:
        return availability(self.bill.stack)

    @property
    def capacity_sockets(self) -> int | None:
        return capacity_sockets(self.bill.stack, self.bill.usage.traffic)


@dataclass(frozen=True)
class Plan:
    """
    The scenarios judged. `effects` holds every lever, alone and beside `measure`: the best, or `balanced` where no
    combination keeps every promise. `recommended` and `search` are None where nothing keeps them.
    """

    scenarios: tuple[Scenario, ...]
    search: Search | None
    measure: Scenario
    effects: tuple[Effect, ...]
    recommended: Scenario | None
    reasons: tuple[Sentence, ...]
    warnings: tuple[Finding, ...]
    claims: tuple[Claim, ...]
    checks: tuple[Check, ...]
    alarms: tuple[Alarm, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """What to do for the recommendation."""
        chosen = self.recommended
        return steps_of(chosen.name, chosen.changing, chosen.bill) if chosen else ()

    @property
    def today(self) -> Scenario:
        return self.scenarios[0]

    def scenario(self, name: str) -> Scenario:
        return next(scenario for scenario in self.scenarios if scenario.name == name)


def plan_of(stack: Stack, estimator: Estimator, abroad: Callable[[], Estimator] | None = None) -> Plan:
    """`abroad` prices what this region cannot: it is asked only where a scenario has no price for a part."""
    rows = estimator.workload.commitments
    stack = replace(stack, bought=frozenset(row.address for row in rows if row.holds(estimator.today)))
    today = estimator.bill(stack)
    scale = Scale(stack, estimator)
    searches = Searches(scale, searched())
    found, planned = searches.search(), searches.search(planned=True)
    named = {name: tuple(LEVERS[lever] for lever in levers) for name, levers in SCENARIOS.items()}
    if found:
        named["best"] = found.best.levers
    if planned:
        named["best_with_planned"] = planned.best.levers
    scenarios = [_scenario(name, levers, today, scale) for name, levers in named.items()]
    if abroad and any(scenario.saving is None for scenario in scenarios):
        there = abroad()
        before = there.bill(_moved(stack, there))
        scenarios = [_illustrated(scenario, before, there) for scenario in scenarios]
    ranked = _ranked(scenarios)
    by_name = {scenario.name: scenario for scenario in ranked}
    measure = by_name.get("best", by_name["balanced"])
    effects = tuple(_beside(lever, measure, scale) for lever in LEVERS.values())
    recommended = _recommended(ranked)
    document = DOCUMENTS.get(estimator.workload.document)
    claims = document(today, {name: row.bill for name, row in by_name.items()}, estimator) if document else ()
    if document:
        ranked = tuple(replace(row, document=ROWS.get(row.name)) for row in ranked)
        recommended = recommended and next(row for row in ranked if row.name == recommended.name)
    reasons = (*_reasons(ranked, recommended), *(found.reasons() if found else ()))
    return Plan(
        ranked, found, measure, effects, recommended, reasons, design_warnings(today), claims,
        CHECKS if document else (), alarms_of(stack, today.usage.traffic) if document else (),
    )  # fmt: skip


def searched() -> tuple[Lever, ...]:
    """What a search for the cheapest tries: all but rewrites, and what saves nothing by its nature."""
    return tuple(lever for lever in LEVERS.values() if lever.effort != EFFORTS[-1] and lever.priced)


def _scenario(name: str, levers: tuple[Lever, ...], today: Bill, scale: Scale) -> Scenario:
    changed = scale.of(levers).stack
    bill = today if changed == today.stack else scale.estimator.bill(changed)
    effects = tuple(_effect(lever, levers, scale) for lever in levers)
    verdicts = judged(bill.stack, bill.usage.traffic)
    return Scenario(name, levers, bill, effects, verdicts, saving(today, bill))


def _illustrated(scenario: Scenario, before: Bill, there: Estimator) -> Scenario:
    if scenario.saving is not None:
        return scenario
    bill = there.bill(_moved(scenario.bill.stack, there))
    return replace(scenario, elsewhere=Illustration(bill, saving(before, bill)))


def _moved(stack: Stack, there: Estimator) -> Stack:
    return replace(stack, region=there.catalogue.region)


def _effect(lever: Lever, together: tuple[Lever, ...], scale: Scale) -> Effect:
    today, alone = scale.of(()), scale.of((lever,))
    rest = scale.of(tuple(other for other in together if other is not lever))
    return Effect(lever, today.saves(alone), rest.saves(scale.of(together)), changes=alone.stack != today.stack)


def _beside(lever: Lever, measure: Scenario, scale: Scale) -> Effect:
    inside = next((effect for effect in measure.effects if effect.lever is lever), None)
    if inside:
        return inside
    instead = (*(other for other in measure.levers if other.part != lever.part), lever)
    today, alone = scale.of(()), scale.of((lever,))
    here = scale.of(measure.levers).saves(scale.of(instead))
    return Effect(lever, today.saves(alone), here, changes=alone.stack != today.stack)


def _ranked(scenarios: list[Scenario]) -> tuple[Scenario, ...]:
    """Rank by cost, then effort; what cannot be compared with today has no rank."""
    comparable = sorted(
        (scenario for scenario in scenarios if scenario.saving is not None),
        key=lambda scenario: (scenario.bill.monthly, EFFORTS.index(scenario.effort)),
    )
    place = {scenario.name: number for number, scenario in enumerate(comparable, start=1)}
    return tuple(replace(scenario, rank=place.get(scenario.name)) for scenario in scenarios)


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
