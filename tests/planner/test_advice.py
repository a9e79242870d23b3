"""
What an owner is advised whose stack has no `glimpse.toml`: nothing that takes away what they have, and nothing that a
missing price or unknown usage could turn into a loss.

Every stack of this repository's own tests is tried: the cases of the families, the trees, the stacks of the levers, and
the five of `examples`.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from glimpse.planner.catalogue import Sku
from glimpse.planner.estimate import Estimator, least
from glimpse.planner.given_usage import GivenUsage, UsageEntry
from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import SAME_FOR_LESS
from glimpse.planner.plan import Plan
from glimpse.planner.promises import PROMISE_NAMES as PROMISES
from glimpse.planner.resources.aurora import AuroraInstance
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.saving import Rate, costs_of
from glimpse.planner.scenarios import plan_of, survey_of
from glimpse.planner.stack import Stack
from glimpse.planner.workload import unstated
from tests.conftest import REPOSITORY, estimator_for, read_stack

STACKS = sorted(
    folder
    for pattern in ("tests/cases/*", "tests/trees/*", "tests/levers/*/before", "examples/*")
    for folder in REPOSITORY.glob(pattern)
    if (folder / "main.tf").is_file()
)
NAMES = [str(folder.relative_to(REPOSITORY)) for folder in STACKS]


@cache
def planned(name: str) -> tuple[Stack, Estimator, Plan]:
    """A stack as its owner has it, without a workload file, and what is planned for it."""
    stack = read_stack(REPOSITORY / name)
    estimator = estimator_for(stack.region, unstated())
    stack = least(stack, estimator)
    return stack, estimator, plan_of(stack, estimator)


Has = tuple[str, type, str, Fraction | int | str]


def what_it_has(stack: Stack) -> Iterator[Has]:
    """What a stack has today, counted here by other code than the promises'."""
    for resource in stack.resources:
        kind, address = type(resource), resource.origin.address
        if isinstance(resource, FargateService):
            fewest, most = resource.fewest, resource.most
            if fewest is not None and most is not None:
                yield "fewest", kind, address, fewest
                yield "most", kind, address, most
                yield "on demand", kind, address, min(resource.on_demand_tasks(fewest))
        elif isinstance(resource, Instances) and resource.count is not None and not resource.is_nat:
            yield "instances", kind, address, resource.count
        elif isinstance(resource, Database):
            yield "standby", kind, address, int(resource.multi_az)
            yield "gib", kind, address, resource.storage_gib or 0
        elif isinstance(resource, AuroraInstance | NatGateway):
            yield "stands", kind, address, 1
        elif isinstance(resource, Cache):
            yield "nodes", kind, address, resource.nodes or 0
        elif isinstance(resource, Balancer):
            yield "zones", kind, address, resource.zones or 0
            yield "addresses", kind, address, resource.addresses or 0
        elif isinstance(resource, LogGroup):
            yield "days", kind, address, 10**6 if resource.kept_days is None else resource.kept_days


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_advised_into_less_than_they_have(name: str) -> None:
    stack, _, plan = planned(name)
    assert plan.recommended is not None
    before = {entry[:3]: entry[3] for entry in what_it_has(stack)}
    after = {entry[:3]: entry[3] for entry in what_it_has(plan.recommended.bill.stack)}
    assert {key: (before[key], after.get(key)) for key in before if not (after.get(key, -1) >= before[key])} == {}
    assert all(lever.group == SAME_FOR_LESS for lever in plan.recommended.changing)


@pytest.mark.parametrize("name", NAMES)
def test_a_recommendation_costs_no_more_and_its_bill_is_the_one_that_was_promised(name: str) -> None:
    _, estimator, plan = planned(name)
    chosen = plan.recommended
    assert chosen is not None
    assert chosen.bill.monthly == estimator.bill(chosen.bill.stack).monthly <= plan.today.bill.monthly
    assert chosen.saving.usd == plan.today.bill.monthly - chosen.bill.monthly
    if plan.search and chosen.name == "best":
        assert plan.search.best.monthly == chosen.bill.monthly


@pytest.mark.parametrize("name", NAMES)
def test_a_recommended_design_has_no_risk_left_that_a_free_lever_mends(name: str) -> None:
    _, _, plan = planned(name)
    assert plan.recommended is not None
    assert [risk for risk in plan.recommended.risks if risk.mended_by] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_the_search_is_told_of_a_lever_is_what_its_bill_says(name: str) -> None:
    """
    Each lever is priced by its difference from today, and once more whole: the total, the unpriced parts and the rates
    agree.
    """
    stack, estimator, _ = planned(name)
    survey = survey_of(stack, estimator)
    for lever in survey.candidates.levers:
        cost = survey.cache.of((lever,))
        whole = costs_of(estimator.bill(cost.stack))
        assert cost.monthly == whole.monthly, lever.name
        assert Counter(map(_unnumbered, cost.rates)) == Counter(map(_unnumbered, whole.rates)), lever.name
        told = {(part.address, part.component) for part in cost.unpriced}
        unread = {(entry.origin.address, entry.component) for entry in cost.stack.unpriced}
        assert told == {(part.address, part.component) for part in whole.unpriced} - unread, lever.name


@pytest.mark.parametrize("name", NAMES)
def test_what_a_lever_saves_at_least_it_saves_whatever_the_usage_is(name: str) -> None:
    """All usage that one of both designs is charged for and that nobody gave is drawn at random."""
    stack, estimator, _ = planned(name)
    chance = random.Random(name)
    survey = survey_of(stack, estimator)
    for lever in survey.candidates.levers:
        before, after = survey.cache.today, survey.cache.of((lever,))
        saved = survey.cache.saving(before, after)
        if not saved.is_certain or after.unpriced != before.unpriced:
            continue
        for _ in range(3):
            usage = drawn(before.rates | after.rates, chance)
            priced = replace(estimator, workload=replace(estimator.workload, usage=usage))
            bills = priced.bill(before.stack), priced.bill(after.stack)
            # Every line is rounded to the cent by itself.
            slack = Fraction(len(bills[0].lines) + len(bills[1].lines), 200)
            assert bills[0].monthly - bills[1].monthly >= (saved.usd or 0) - slack, lever.name


def _unnumbered(rate: Rate) -> Rate:
    """A meter's name without the number that a bill gives it where several have one name at one address."""
    return replace(rate, component=re.sub(r" \(\d+\)$", "", rate.component))


def drawn(rates: Iterable[Rate], chance: random.Random) -> GivenUsage:
    values: dict[str, dict[str, Fraction | str]] = {}
    for address, key in sorted({(rate.address, rate.key) for rate in rates}):
        values.setdefault(address, {})[key] = Fraction(round(10 ** chance.uniform(0, 5)))
    return GivenUsage(tuple(UsageEntry(address, keys, "drawn") for address, keys in values.items()))


@pytest.mark.parametrize("name", NAMES)
def test_missing_prices_never_make_a_recommendation_better(name: str) -> None:
    """
    A third of the prices that decide is removed. What is then recommended saves at the full prices what it claims.
    """
    stack, whole, plan = planned(name)
    chance = random.Random(name)
    used = {line.price.id: line.price for scenario in plan.scenarios for line in scenario.bill.lines if line.price}
    gappy = whole.catalogue
    for price in sorted(used.values(), key=lambda price: price.id):
        held = gappy.price(Sku(price.service, price.kind, price.attributes, price.term))
        if chance.random() < 1 / 3 and held == price:
            gappy = gappy.without(price)
    found = plan_of(stack, replace(whole, catalogue=gappy)).recommended
    assert found is not None
    assert found.saving.usd is not None
    at_whole_prices = whole.bill(plan.today.bill.stack).monthly - whole.bill(found.bill.stack).monthly
    assert at_whole_prices >= found.saving.usd
    if plan.recommended and plan.recommended.saving.usd is not None:
        assert at_whole_prices <= plan.recommended.saving.usd


@pytest.mark.parametrize("name", NAMES)
def test_what_a_stack_promises_can_be_given_up_by_its_name(name: str) -> None:
    _, _, plan = planned(name)
    assert {promise.name for promise in plan.promises} <= PROMISES


def test_no_lever_of_the_same_for_less_takes_anything_away() -> None:
    assert all(lever.gives_up is None for lever in LEVERS.values() if lever.group == SAME_FOR_LESS)
