"""Promises: kept, broken or unknown, and unknown never counts as kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glimpse.planner.levers import LEVERS
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.scenarios import plan_of
from glimpse.planner.stack import Stack
from glimpse.planner.verdict import Judge, judged
from glimpse.planner.workload import Promises, Workload, unstated
from tests.conftest import PEOPLE, estimator_for

NOTHING_STATED = Promises()
CHAT = Promises(websocket=True, min_tasks=2, min_on_demand_tasks=1, database="postgresql", no_commitment=True)
"""What the `glimpse.toml` of a chat may state."""


def verdicts(stack: Stack, promises: Promises = CHAT) -> dict[str, str]:
    workload: Workload = replace(PEOPLE, promises=promises)
    return {
        row.promise: row.verdict for row in judged(stack, estimator_for(workload=workload).bill(stack).usage.traffic)
    }


def without(stack: Stack, kind: type) -> Stack:
    return replace(stack, resources=tuple(entry for entry in stack.resources if not isinstance(entry, kind)))


def test_the_stack_as_it_stands_keeps_what_a_chat_promises(own_stack: Stack) -> None:
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


def test_what_is_not_there_is_unknown_and_not_kept() -> None:
    found = verdicts(Stack("empty", "ap-northeast-2"))
    assert found["websocket"] == found["min_tasks"] == found["database"] == "unknown"


def test_where_a_stated_promise_is_unknown_nothing_is_recommended() -> None:
    plan = plan_of(Stack("empty", "ap-northeast-2"), estimator_for(workload=replace(PEOPLE, promises=CHAT)))
    assert plan.recommended is None
    assert {reason.code for reason in plan.reasons} == {"passed_over_promise"}
    assert plan.broken == ()


@pytest.mark.parametrize(("engine", "verdict"), [("PostgreSQL", "kept"), ("MySQL", "broken")])
def test_the_database_must_be_the_promised_one(own_stack: Stack, engine: str, verdict: str) -> None:
    [database] = own_stack.of(Database)
    assert verdicts(own_stack.changed(database, replace(database, engine=engine)))["database"] == verdict


def test_pools_that_cannot_fit_break_the_promise_where_it_is_made(own_stack: Stack) -> None:
    assert "connections_fit" not in verdicts(own_stack)
    assert verdicts(own_stack, Promises(connections_fit=True))["connections_fit"] == "broken"
    [service] = own_stack.of(FargateService)
    fitted = own_stack.changed(service, replace(service, database_pool=1))
    assert verdicts(fitted, Promises(connections_fit=True))["connections_fit"] == "kept"


def test_sockets_are_counted_with_one_task_lost(own_stack: Stack) -> None:
    # 512 MiB - 173 = 339 MiB hold 13,619 sockets, the service itself dies at 12,700; 19 of 20 tasks
    assert verdicts(own_stack, Promises(sockets=19 * 12_700))["sockets"] == "kept"
    assert verdicts(own_stack, Promises(sockets=19 * 12_700 + 1))["sockets"] == "broken"


# ---- What a stack has today


def judge_of(stack: Stack, promises: Promises = NOTHING_STATED) -> Judge:
    workload = replace(unstated(), promises=promises)
    return Judge(stack, estimator_for(workload=workload).bill(stack).usage.traffic)


def broken(judge: Judge, stack: Stack) -> set[str]:
    traffic = estimator_for(workload=judge.workload).bill(stack).usage.traffic
    return {row.promise for row in judge.verdicts(stack, traffic) if row.verdict != "kept"}


def test_a_stack_without_a_toml_promises_what_it_has_and_keeps_it(own_stack: Stack) -> None:
    judge = judge_of(own_stack)
    rows = judge.verdicts(own_stack, estimator_for(workload=unstated()).bill(own_stack).usage.traffic)
    assert {row.verdict for row in rows} == {"kept"}
    assert {row.source for row in rows} == {"stack"}
    assert {"min_tasks", "max_tasks", "min_on_demand_tasks", "database", "zones", "log_days", "websocket"} <= {
        row.promise for row in rows
    }


@pytest.mark.parametrize(
    ("kind", "less", "name"),
    [
        (FargateService, {"scaling": None, "desired": 1}, "min_tasks"),
        (FargateService, {"scaling": None, "desired": 2}, "max_tasks"),
        (Balancer, {"zones": 1}, "zones"),
        (LogGroup, {"kept_days": 1}, "log_days"),
        (Database, {"engine": "MySQL"}, "database"),
    ],
)
def test_whatever_has_less_than_today_breaks_what_the_stack_promises(
    own_stack: Stack, kind: type, less: dict[str, object], name: str
) -> None:
    [resource] = own_stack.of(kind)
    changed = own_stack.changed(resource, replace(resource, **less))
    assert name in broken(judge_of(own_stack), changed)
    # What the owner says may be given up is no promise any more.
    assert name not in broken(judge_of(own_stack, Promises(may_give_up=frozenset({name}))), changed)
    assert name in broken(judge_of(own_stack), without(own_stack, kind))


def test_a_stated_number_stands_in_the_place_of_what_the_stack_has(own_stack: Stack) -> None:
    [service] = own_stack.of(FargateService)
    fewer = own_stack.changed(service, replace(service, scaling=None, desired=2))
    assert "max_tasks" in broken(judge_of(own_stack), fewer)
    assert "max_tasks" not in broken(judge_of(own_stack, Promises(max_tasks=2)), fewer)


def test_redis_and_valkey_are_one_engine(own_stack: Stack) -> None:
    [cache] = own_stack.of(Cache)
    data = own_stack.changed(cache, replace(cache, is_bus=False))
    [held] = data.of(Cache)
    judge = judge_of(data)
    assert broken(judge, data.changed(held, replace(held, engine="Valkey"))) == set()
    assert broken(judge, data.changed(held, replace(held, engine="Memcached"))) == {"cache", "websocket"}


def test_what_a_lever_gives_up_by_its_nature_is_broken_unless_it_may_be(own_stack: Stack) -> None:
    lever = LEVERS["ipv6_only"]
    assert judge_of(own_stack).given_up([lever]) == {"ipv4_egress"}
    assert judge_of(own_stack, Promises(may_give_up=frozenset({"ipv4_egress"}))).given_up([lever]) == frozenset()
