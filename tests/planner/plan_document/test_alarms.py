"""The plan document's alarms: thresholds that follow from the design, and none where it does not tell one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from glimpse.planner.plan_document.alarms import alarms_of
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload
from tests.conftest import estimator_for


def test_alarms_follow_from_the_design_and_are_silent_where_it_does_not_tell(
    own_stack: Stack, own_workload: Workload
) -> None:
    traffic = estimator_for(workload=own_workload).bill(own_stack).usage.traffic
    derived = {row.name: row.derived and dict(row.derived.params) for row in alarms_of(own_stack, traffic)}
    assert derived == {
        "ecs_cpu": {"value": "85", "minutes": 10},  # half-way from 70 to 100
        "ecs_memory": {"value": "90", "minutes": 10},
        "running_tasks": {"value": 2, "minutes": 5},
        "balancer_5xx": {"value": 10, "minutes": 5},
        "database_connections": {"value": 59},  # four fifths of 79 - 5
    }
    asleep = own_stack.each(
        FargateService,
        lambda row: replace(row, scaling=row.scaling and replace(row.scaling, lowest=0, cpu_percent=Fraction(150))),
    )
    silent = {row.name for row in alarms_of(asleep, traffic) if row.derived is None}
    assert silent == {"ecs_cpu", "running_tasks"}
    assert alarms_of(Stack("empty", "ap-northeast-2"), traffic) == ()


def test_with_many_requests_the_alarm_on_errors_is_one_in_a_hundred(own_stack: Stack, own_workload: Workload) -> None:
    busy = replace(own_workload, numbers={**own_workload.numbers, "users": Fraction(50_000)})
    traffic = estimator_for(workload=busy).bill(own_stack).usage.traffic
    [errors] = [row for row in alarms_of(own_stack, traffic) if row.name == "balancer_5xx"]
    assert errors.derived is not None
    # 50,000 × 45 a day; the busiest of 24 hours carries 1/14.35 of them, and five minutes are a twelfth
    assert errors.derived.params["value"] == 131
