"""The scenarios: named sets of levers, priced on one workload, judged, and compared."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.changes import Change, changes_between
from glimpse.planner.costs import Cost, CostCache
from glimpse.planner.estimate import Estimator
from glimpse.planner.growth import growth_of
from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import BY_HAND, EFFORTS, Lever
from glimpse.planner.meter import Origin
from glimpse.planner.money import usd_text
from glimpse.planner.plan import BEST, BEST_WITH_PLANNED, TODAY, Effect, Plan, ReferenceRegion, Scenario
from glimpse.planner.promises import PROMISE_NAMES, promises_of
from glimpse.planner.saving import Saving, costs_of, saving
from glimpse.planner.search import Candidates, Combinations
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.verdict import KEPT, Judge
from glimpse.planner.waterfall import waterfall_of
from glimpse.planner.workload import Workload
from glimpse.planner.workload_checks import WorkloadError


def plan_of(stack: Stack, estimator: Estimator, reference: Callable[[], Estimator] | None = None) -> Plan:
    """
    The plan of a stack. `reference` gives the prices of another region; it is called only if a scenario has an unpriced
    part.

    Raises WorkloadError if `glimpse.toml` names a lever or a promise that does not exist.
    """
    workload = estimator.workload
    named = stated_scenarios(workload)
    check_promises(workload)
    survey = survey_of(stack, estimator)
    stack, cache, judge = survey.cache.stack, survey.cache, survey.judge
    candidates, combinations = survey.candidates, survey.combinations
    mending = [lever for lever in candidates.levers if lever.mends]
    found = combinations.search()
    levers = {TODAY: (), **named}
    if found:
        levers[BEST] = combinations.completed(found.best, mending).levers
    planned = combinations.search(planned=True) if named else None
    if found and planned and planned.best != found.best:
        levers[BEST_WITH_PLANNED] = combinations.completed(planned.best, mending).levers
    scenarios = [_scenario(name, row, cache, judge, candidates) for name, row in levers.items()]
    if reference and any(scenario.saving.missing for scenario in scenarios):
        there = reference()
        before = there.bill(_in_region(stack, there))
        scenarios = [_referred(scenario, before, there) for scenario in scenarios]
    ranked = _ranked(scenarios)
    today = ranked[0].bill
    by_name = {scenario.name: scenario for scenario in ranked}
    measure = by_name.get(BEST, by_name[TODAY])
    effects = tuple(_beside(lever, measure, cache, candidates) for lever in candidates.levers)
    recommended = _recommended(ranked)
    reasons = (*_reasons(ranked, recommended), *(found.reasons() if found else ()))
    other = found.best_with_other_free_tier if found else None
    if found and recommended and other and set(other.levers) != set(found.best.levers):
        code = "free_tier_changes" if not estimator.free_tier else "no_free_tier_changes"
        reasons = (*reasons, say(code, levers=other.names, monthly=usd_text(other.with_other_free_tier)))
    document = None
    if workload.document:
        from glimpse.planner.plan_document import read_document

        document = read_document(workload.document, today, {row.name: row.stack for row in ranked}, estimator)
    idle = tuple(lever for lever in LEVERS.values() if lever not in candidates.levers)
    waterfall = waterfall_of(recommended, cache) if recommended else ()
    return Plan(
        ranked, found, measure, effects, idle, recommended, reasons, promises_of(stack, workload), growth_of(today),
        document, waterfall,
    )  # fmt: skip


@dataclass(frozen=True)
class Survey:
    """One stack under the levers that it is offered: what they cost, what is promised, and where they apply."""

    cache: CostCache
    judge: Judge
    candidates: Candidates
    combinations: Combinations


def survey_of(stack: Stack, estimator: Estimator, levers: Iterable[Lever] = tuple(LEVERS.values())) -> Survey:
    stack = as_stated(stack, estimator)
    cache = CostCache(stack, estimator)
    judge = Judge(stack, cache.today.traffic)
    candidates = Candidates(cache, (lever for lever in levers if _is_offered(lever, stack, estimator.workload)))
    tried = [lever for lever in searched(candidates.levers) if not lever.mends or candidates.saves(lever)]
    return Survey(cache, judge, candidates, Combinations(cache, judge, tried))


def as_stated(stack: Stack, estimator: Estimator) -> Stack:
    """The stack with what only `glimpse.toml` tells about it."""
    workload = estimator.workload
    bought = frozenset(row.address for row in workload.commitments if row.holds(estimator.today))
    return replace(stack, bought=bought, runs=workload.runs, environment=workload.environment)


def stated_scenarios(workload: Workload) -> dict[str, tuple[Lever, ...]]:
    """The scenarios of `glimpse.toml`. Raises WorkloadError where one names a lever that does not exist."""
    problems = [
        _unknown("scenario_lever_unknown", name, LEVERS, scenario=scenario)
        for scenario, names in workload.scenarios.items()
        for name in names
        if name not in LEVERS
    ]
    if problems:
        raise WorkloadError(problems, workload.source)
    return {scenario: tuple(LEVERS[name] for name in names) for scenario, names in workload.scenarios.items()}


def check_promises(workload: Workload) -> None:
    """Raises WorkloadError where `may_give_up` names something that no stack has and no lever gives up."""
    known = {*PROMISE_NAMES, *(lever.gives_up for lever in LEVERS.values() if lever.gives_up)}
    problems = [
        _unknown("promise_unknown", name, known) for name in sorted(workload.promises.may_give_up) if name not in known
    ]
    if problems:
        raise WorkloadError(problems, workload.source)


def _unknown(code: str, name: str, known: Collection[str], **params: str) -> Sentence:
    """What was not found, with the name that is nearest, or all there are."""
    if near := difflib.get_close_matches(name, known, n=1):
        return say(f"{code}_near", name=name, near=near[0], **params)
    return say(code, name=name, known=", ".join(sorted(known)), **params)


def _is_offered(lever: Lever, stack: Stack, workload: Workload) -> bool:
    """
    Whether the service that a lever requires runs in the stack. A planned lever is offered only if scenarios are
    stated, which may hold it.
    """
    return lever.requires in (None, stack.runs) and (bool(workload.scenarios) or not lever.is_planned)


def searched(levers: Iterable[Lever]) -> tuple[Lever, ...]:
    """The levers that a search may try: all but rewrites, and those that only people can decide on."""
    return tuple(lever for lever in levers if lever.effort != EFFORTS[-1] and lever.group != BY_HAND)


def _scenario(name: str, levers: tuple[Lever, ...], cache: CostCache, judge: Judge, candidates: Candidates) -> Scenario:
    cost = cache.of(levers)
    effects = tuple(_effect(lever, levers, cache, candidates) for lever in levers)
    changing = [effect.lever for effect in effects if effect.changes]
    verdicts = judge.verdicts(cost.stack, cost.traffic, changing)
    return Scenario(name, levers, cost, cache.estimator, effects, verdicts, cache.saving(cache.today, cost))


def _referred(scenario: Scenario, before: Bill, there: Estimator) -> Scenario:
    if not scenario.saving.missing:
        return scenario
    bill = there.bill(_in_region(scenario.stack, there))
    return replace(scenario, reference=ReferenceRegion(bill, saving(costs_of(before), costs_of(bill))))


def _in_region(stack: Stack, there: Estimator) -> Stack:
    return replace(stack, region=there.catalogue.region)


def _effect(lever: Lever, together: tuple[Lever, ...], cache: CostCache, candidates: Candidates) -> Effect:
    rest, whole = cache.of(tuple(other for other in together if other is not lever)), cache.of(together)
    effect = _measured(lever, cache.saving(rest, whole), whole, cache, candidates)
    # A lever that changes nothing by itself may change what another lever leaves.
    return effect if effect.changes or whole.stack == rest.stack else replace(effect, places=_places(rest, whole))


def _beside(lever: Lever, measure: Scenario, cache: CostCache, candidates: Candidates) -> Effect:
    inside = next((effect for effect in measure.effects if effect.lever is lever), None)
    if inside:
        return inside
    instead = (*(other for other in measure.levers if other.slot != lever.slot), lever)
    changed = cache.of(instead)
    return _measured(lever, cache.saving(cache.of(measure.levers), changed), changed, cache, candidates)


def _measured(lever: Lever, here: Saving, changed: Cost, cache: CostCache, candidates: Candidates) -> Effect:
    alone = cache.of((lever,))
    by_place = candidates.savings.get(lever)
    held = cache.restricted.get(lever)
    left = (by_place or {}).keys() - held if held is not None else frozenset()
    dropped = tuple(dict.fromkeys(row.origin for row in cache.stack.resources if row.origin.address in left))
    saves, places, edit = cache.saving(cache.today, alone), _places(cache.today, alone), lever.edit_in(changed.stack)
    return Effect(lever, saves, here, places, by_place, dropped, edit, _changes(cache.today, alone))


def _changes(today: Cost, changed: Cost) -> dict[str, tuple[Change, ...]]:
    """What differs about each resource that is changed and stays where it was."""
    here = {id(resource) for resource in today.stack.resources}
    before: dict[tuple[type, str], list[Resource]] = defaultdict(list)
    for resource in today.stack.resources:
        before[type(resource), resource.origin.address].append(resource)
    found = {}
    for resource in changed.stack.resources:
        old = before.get((type(resource), resource.origin.address), [])
        if id(resource) not in here and len(old) == 1:
            found[resource.origin.address] = changes_between(old[0], resource)
    return found


def _places(today: Cost, changed: Cost) -> tuple[Origin, ...]:
    """
    The places of today's stack that are changed, taken away or bought; if something is only added, the places of that.
    """
    here = {id(resource) for resource in changed.stack.resources}
    gone = [resource.origin for resource in today.stack.resources if id(resource) not in here]
    before = {id(resource) for resource in today.stack.resources}
    bought = {row.address for row in changed.stack.commitments}
    gone += [resource.origin for resource in today.stack.resources if resource.origin.address in bought]
    new = [resource.origin for resource in changed.stack.resources if id(resource) not in before]
    whole = [Origin(today.stack.name)] if changed.stack != today.stack else []
    return tuple(dict.fromkeys(gone or new or whole))


def _ranked(scenarios: list[Scenario]) -> tuple[Scenario, ...]:
    """Rank by cost, then effort. A scenario that does not certainly compare with today has no rank."""
    comparable = sorted(
        (scenario for scenario in scenarios if scenario.saving.is_certain),
        key=lambda scenario: (scenario.monthly, EFFORTS.index(scenario.effort)),
    )
    place = {scenario.name: number for number, scenario in enumerate(comparable, start=1)}
    return tuple(replace(scenario, rank=place.get(scenario.name)) for scenario in scenarios)


def _recommended(scenarios: tuple[Scenario, ...]) -> Scenario | None:
    """The cheapest scenario that keeps every promise; of two that cost the same, the one that mends more."""
    eligible = [
        row
        for row in scenarios
        if row.rank is not None
        and row.keeps_all
        and not any(lever.is_planned or lever.group == BY_HAND for lever in row.changing)
    ]
    return min(
        eligible,
        key=lambda row: (row.monthly, -sum(lever.mends for lever in row.changing), not row.saving.at_least, row.rank),
        default=None,
    )


def _reasons(scenarios: tuple[Scenario, ...], recommended: Scenario | None) -> tuple[Sentence, ...]:
    """Why each scenario that is not recommended was passed over."""
    said = []
    cheapest = recommended.monthly if recommended else Fraction(0)
    for scenario in scenarios:
        if scenario is recommended:
            continue
        broken = [verdict.promise for verdict in scenario.verdicts if verdict.verdict != KEPT]
        if broken:
            said.append(say("passed_over_promise", scenario=scenario.name, promises=", ".join(broken)))
        elif not scenario.saving.is_certain:
            said.append(say("passed_over_unpriced", scenario=scenario.name))
        elif scenario.planned:
            names = ", ".join(lever.name for lever in scenario.planned)
            said.append(say("passed_over_planned", scenario=scenario.name, levers=names))
        else:
            more = scenario.monthly - cheapest
            code, params = ("passed_over_dearer", {"more": usd_text(more)}) if more else ("passed_over_same", {})
            said.append(say(code, scenario=scenario.name, **params))
    return tuple(said)
