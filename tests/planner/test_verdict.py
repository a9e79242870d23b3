"""Promises: kept, broken or unknown, and unknown never counts as kept."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.scenarios import plan_of
from glimpse.planner.stack import Stack
from glimpse.planner.verdict import design_warnings, judged
from glimpse.planner.workload import Commitment, Promises, Workload
from tests.conftest import PEOPLE, estimator_for


def verdicts(stack: Stack, promises: Promises | None = None) -> dict[str, str]:
    workload: Workload = replace(PEOPLE, promises=promises or Promises())
    return {
        row.promise: row.verdict for row in judged(stack, estimator_for(workload=workload).bill(stack).usage.traffic)
    }


def without(stack: Stack, kind: type) -> Stack:
    return replace(stack, resources=tuple(entry for entry in stack.resources if not isinstance(entry, kind)))


def test_the_stack_as_it_stands_keeps_the_built_in_promises(own_stack: Stack) -> None:
    assert set(verdicts(own_stack).values()) == {"kept"}


def test_several_tasks_without_a_bus_or_stickiness_break_the_websocket_promise(own_stack: Stack) -> None:
    assert verdicts(without(own_stack, Cache))["websocket"] == "broken"
    [balancer] = own_stack.of(Balancer)
    assert verdicts(own_stack.changed(balancer, replace(balancer, sticky=False)))["websocket"] == "broken"


def test_one_task_needs_no_bus(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    alone = own_stack.changed(service, replace(service, scaling=None, desired=1))
    assert verdicts(without(alone, Cache))["websocket"] == "kept"
    assert verdicts(alone)["min_tasks"] == "broken"


def test_two_spot_tasks_break_the_on_demand_floor(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    spot = tuple(replace(share, base=0, weight=1 if "SPOT" in share.provider else 0) for share in service.strategy)
    assert verdicts(own_stack.changed(service, replace(service, strategy=spot)))["min_on_demand_tasks"] == "broken"


def test_a_floor_that_depends_on_rounding_is_unknown(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    even = tuple(replace(share, base=0, weight=1) for share in service.strategy)
    alone = own_stack.changed(service, replace(service, strategy=even, scaling=None, desired=1))
    assert verdicts(alone)["min_on_demand_tasks"] == "unknown"


def test_a_commitment_that_is_over_or_matches_nothing_is_a_warning_and_prices_nothing(own_stack: Stack) -> None:
    rows = (
        Commitment("module.rds.aws_db_instance.this", "reserved_1yr_no_upfront", datetime.date(2020, 1, 1)),
        Commitment("aws_db_instance.gone", "reserved_1yr_no_upfront", datetime.date(2026, 1, 1)),
    )
    bill = estimator_for(workload=replace(PEOPLE, commitments=rows)).bill(own_stack)
    assert bill.monthly == estimator_for().bill(own_stack).monthly
    assert {found.what.code for found in design_warnings(bill)} >= {"commitment_over", "commitment_unmatched"}


def test_what_is_not_there_is_unknown_and_not_kept() -> None:
    found = verdicts(Stack("empty", "ap-northeast-2"))
    assert found["websocket"] == found["min_tasks"] == found["database"] == "unknown"


def test_a_scenario_with_an_unknown_promise_is_not_recommended() -> None:
    plan = plan_of(Stack("empty", "ap-northeast-2"), estimator_for())
    assert plan.recommended is None
    assert {reason.code for reason in plan.reasons} == {"passed_over_promise"}


@pytest.mark.parametrize(("engine", "verdict"), [("PostgreSQL", "kept"), ("MySQL", "broken")])
def test_the_database_must_be_the_promised_one(own_stack: Stack, engine: str, verdict: str) -> None:
    [database] = own_stack.of(Database)
    assert verdicts(own_stack.changed(database, replace(database, engine=engine)))["database"] == verdict


def test_pools_that_cannot_fit_are_a_warning_and_break_the_promise_where_it_is_made(own_stack: Stack) -> None:
    assert "connections_fit" not in verdicts(own_stack)
    assert verdicts(own_stack, Promises(connections_fit=True))["connections_fit"] == "broken"
    warnings = {found.what.code: found.what.params for found in design_warnings(estimator_for().bill(own_stack))}
    # 100 connections × 20 tasks × 2 during a deploy; the lowest limit seen is 79, less 5 reserved and 3 for people
    assert warnings["pool_does_not_fit"]["connections"] == 4000
    assert warnings["pool_does_not_fit"]["usable"] == 71
    [service] = own_stack.of(FargateService)
    fitted = own_stack.changed(service, replace(service, database_pool=1, keep_alive_seconds=65))
    assert design_warnings(estimator_for().bill(fitted)) == ()
    assert verdicts(fitted, Promises(connections_fit=True))["connections_fit"] == "kept"


def test_sockets_are_counted_with_one_task_lost(own_stack: Stack) -> None:
    # 512 MiB - 173 = 339 MiB hold 13,619 sockets, the service itself dies at 12,700; 19 of 20 tasks
    assert verdicts(own_stack, Promises(sockets=19 * 12_700))["sockets"] == "kept"
    assert verdicts(own_stack, Promises(sockets=19 * 12_700 + 1))["sockets"] == "broken"
