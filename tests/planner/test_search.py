"""The search looks at every combination, prices each as the bill would, and never wins through a gap."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from glimpse.planner.catalogue import Catalogue
from glimpse.planner.levers import LEVERS, applied
from glimpse.planner.meter import Origin
from glimpse.planner.money import usd_text
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.scenarios import plan_of
from glimpse.planner.search import search
from glimpse.planner.stack import Stack
from glimpse.planner.verdict import KEPT, judged
from glimpse.planner.workload import Promises, Workload
from tests.conftest import OWN, estimator_for, read_stack

IMPLEMENTED = [lever for lever in LEVERS.values() if lever.implemented != "planned"]


def test_the_best_is_the_cheapest_of_all_combinations_that_keep_every_promise(
    own_stack: Stack, own_workload: Workload
) -> None:
    """Once more, slowly: a whole bill for each of the combinations."""
    estimator = estimator_for(workload=own_workload)
    found = search(own_stack, estimator, IMPLEMENTED)
    assert found is not None
    totals = []
    for size in range(len(IMPLEMENTED) + 1):
        for chosen in itertools.combinations(IMPLEMENTED, size):
            bill = estimator.bill(applied(own_stack, chosen))
            kept = all(row.verdict == KEPT for row in judged(bill.stack, bill.usage.traffic))
            if kept and not bill.unpriced:
                totals.append(bill.monthly)
    assert found.looked_at == 2 ** len(IMPLEMENTED)
    assert found.best.monthly == min(totals)
    assert found.second is not None
    assert found.second.monthly == min(total for total in totals if total > found.best.monthly)


def test_the_best_on_the_own_stack_and_what_each_promise_alone_forbids(
    own_stack: Stack, own_workload: Workload
) -> None:
    found = search(own_stack, estimator_for(workload=own_workload), IMPLEMENTED)
    assert found is not None
    assert found.best.names == "valkey_node, parameters, task_addresses"
    # today 88.41, less 3.50 for the node, 2 × 0.40 for secrets, 8.18 for the NAT, plus 2 × 3.65
    assert usd_text(found.best.monthly) == "83.23"
    refused = {other.broken[0]: usd_text(found.best.monthly - other.monthly) for other in found.forbidden}
    # two Spot tasks instead of one and one: 10.37 - 3.11; one task instead of two: 3.11 and its address, 3.65
    assert refused == {"min_on_demand_tasks": "7.26", "min_tasks": "6.76"}


def test_without_that_promise_the_search_takes_what_it_forbade(own_stack: Stack, own_workload: Workload) -> None:
    relaxed = replace(own_workload, promises=Promises(min_on_demand_tasks=0))
    found = search(own_stack, estimator_for(workload=relaxed), IMPLEMENTED)
    assert found is not None
    assert found.best.names == "spot_base, spot_weights, valkey_node, parameters, task_addresses"


@pytest.mark.parametrize("seed", range(8))
def test_the_best_never_wins_through_a_missing_price(
    own_stack: Stack, own_workload: Workload, seoul: Catalogue, seed: int
) -> None:
    whole = estimator_for(workload=own_workload)
    used = [line.price for line in whole.bill(own_stack).lines if line.price and line.exact.expected]
    gappy = seoul
    for price in random.Random(seed).sample(used, 4):
        gappy = gappy.without(price)
    found = search(own_stack, replace(whole, catalogue=gappy), IMPLEMENTED)
    assert found is not None
    today = whole.bill(own_stack).monthly
    assert whole.bill(applied(own_stack, found.best.levers)).monthly <= today


def test_a_stack_that_cannot_keep_its_promises_has_no_best(own_workload: Workload) -> None:
    assert search(Stack("empty", "ap-northeast-2"), estimator_for(workload=own_workload), IMPLEMENTED) is None


def test_the_bill_of_the_best_variables_file_is_the_one_the_search_promised(
    own_stack: Stack, own_workload: Workload
) -> None:
    """Law 2, for what was found and not written down."""
    estimator = estimator_for(workload=own_workload)
    plan = plan_of(own_stack, estimator)
    assert plan.recommended is not None
    assert plan.recommended.name == "best"
    edited = estimator.bill(read_stack(OWN, var_files=(OWN / "best.tfvars",)))
    assert [(line.id, line.exact) for line in edited.lines] == [
        (line.id, line.exact) for line in plan.recommended.bill.lines
    ]


def test_a_nat_that_serves_more_than_tasks_is_not_taken_away(own_stack: Stack, own_workload: Workload) -> None:
    lever = LEVERS["task_addresses"]
    gateway = NatGateway(Origin("aws_nat_gateway.a"))
    alone = replace(own_stack, resources=(gateway,))
    assert lever.change(alone) == alone
    server = Instances(Origin("aws_instance.web"), "t4g.micro", 1)
    shared = replace(own_stack, resources=(*own_stack.resources, server))
    assert lever.change(shared) == shared
    assert lever.change(own_stack) != own_stack


def test_where_the_best_is_the_stack_as_it_is_no_reason_says_that_it_costs_more(own_workload: Workload) -> None:
    plan = plan_of(read_stack(OWN, var_files=(OWN / "best.tfvars",)), estimator_for(workload=own_workload))
    assert plan.recommended is plan.today
    assert {reason.code for reason in plan.reasons} >= {"passed_over_same"}
