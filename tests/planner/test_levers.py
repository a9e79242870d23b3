"""Levers on stacks that are not ours: each changes what it understands, and leaves alone what others may need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.levers import LEVERS
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.scenarios import plan_of
from glimpse.planner.stack import Stack
from glimpse.planner.verdict import websocket
from glimpse.planner.workload import Commitment, Promises, Workload
from tests.conftest import PEOPLE, TODAY, estimator_for, read_stack

Write = Callable[..., Path]

SERVICE = """
resource "aws_ecs_cluster" "c" {
  name = "c"
}
resource "aws_ecs_task_definition" "t" {
  family = "t"
  cpu    = "256"
  memory = "512"
}
resource "aws_ecs_service" "s" {
  name            = "s"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.t.arn
  launch_type     = "FARGATE"
  desired_count   = 2
  load_balancer {
    target_group_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/t/1"
    container_name   = "c"
    container_port   = 80
  }
}
"""
NAT = """
resource "aws_eip" "nat" {
}
resource "aws_nat_gateway" "n" {
  allocation_id = aws_eip.nat.id
}
"""
BALANCER = """
resource "aws_lb" "b" {
  internal = %s
  subnets  = ["subnet-1", "subnet-2", "subnet-3"]
}
"""


def cache(tags: str = "") -> str:
    return f"""
resource "aws_elasticache_replication_group" "c" {{
  replication_group_id = "c"
  description          = "c"
  node_type            = "cache.r6g.large"
  num_cache_clusters   = 1
  {tags}
}}
resource "aws_db_instance" "d" {{
  engine            = "postgres"
  engine_version    = "17.6"
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
}}
"""


@pytest.mark.parametrize("name", ["valkey_serverless", "bus_postgresql"])
def test_a_cache_that_may_hold_data_is_not_taken_away(write_stack: Write, name: str) -> None:
    lever = LEVERS[name]
    unknown = read_stack(write_stack(SERVICE + cache()))
    assert lever.change(unknown) == unknown
    bus = read_stack(write_stack(SERVICE + cache('tags = { "glimpse:role" = "bus" }')))
    assert not lever.change(bus).has(Cache)


@pytest.mark.parametrize("name", ["task_addresses", "ipv6_only"])
@pytest.mark.parametrize(
    "other",
    [
        'resource "aws_lambda_function" "f" {\n  function_name = "f"\n  role = "r"\n}\n',
        'resource "aws_eks_node_group" "g" {\n  cluster_name = "k"\n}\n',
        'module "m" {\n  source = "./gone"\n}\n',
    ],
)
def test_a_nat_stays_where_something_beside_tasks_may_use_it(write_stack: Write, name: str, other: str) -> None:
    alone = read_stack(write_stack(SERVICE + NAT))
    assert LEVERS[name].change(alone).resources != alone.resources
    assert not LEVERS[name].change(alone).has(NatGateway)
    shared = read_stack(write_stack(SERVICE + NAT + other))
    assert LEVERS[name].change(shared).has(NatGateway)


def test_the_elastic_ip_of_a_nat_instance_goes_with_it(write_stack: Write) -> None:
    nat = """
resource "aws_instance" "nat" {
  instance_type     = "t4g.nano"
  source_dest_check = false
}
resource "aws_eip" "nat" {
  instance = aws_instance.nat.id
}
"""
    stack = read_stack(write_stack(SERVICE + nat))
    for name in ("ipv6_only", "nat_gateway"):
        assert "aws_eip.nat" not in {row.origin.address for row in LEVERS[name].change(stack).resources}


def test_cloudfront_before_a_balancer_leaves_its_zones_and_what_passes_between_them(write_stack: Write) -> None:
    stack = read_stack(write_stack(SERVICE + cache() + BALANCER % "false"))
    estimator = estimator_for()
    before, after = estimator.bill(stack), estimator.bill(LEVERS["cloudfront_ingress"].change(stack))
    crossing = [
        next(line.quantity for line in bill.lines if line.meter.origin.address == "flow.between_zones")
        for bill in (before, after)
    ]
    assert before.usage.traffic.zones == after.usage.traffic.zones == 3
    assert crossing[0] == crossing[1]


def test_a_balancer_that_only_the_vpc_reaches_keeps_no_websocket_promise(write_stack: Write) -> None:
    stack = read_stack(write_stack(SERVICE + cache() + BALANCER % "true"))
    assert websocket(stack)[0] == "unknown"
    assert websocket(stack)[1].code == "websocket_internal"


def test_a_reservation_that_is_held_is_not_proposed_again(own_stack: Stack, own_workload: Workload) -> None:
    held = Commitment("module.rds.aws_db_instance.this", "reserved_1yr_no_upfront", TODAY)
    workload = replace(own_workload, commitments=(held,))
    plan = plan_of(own_stack, estimator_for(workload=workload))
    assert plan.scenario("phase6").bill.stack.commitments == ()


def test_the_next_promise_names_the_number_that_it_prices(own_stack: Stack, own_workload: Workload) -> None:
    plan = plan_of(own_stack, estimator_for(workload=own_workload))
    [said] = [reason for reason in plan.reasons if reason.code == "search_more_on_demand"]
    assert said.params["count"] == 2


def test_a_rewrite_leaves_an_architecture_alone_that_has_such_parts_already(write_stack: Write) -> None:
    api = 'resource "aws_apigatewayv2_api" "hooks" {\n  name = "hooks"\n  protocol_type = "HTTP"\n}\n'
    stack = read_stack(write_stack(SERVICE + BALANCER % "false" + api))
    for name in ("api_gateway_websocket", "serverless"):
        assert LEVERS[name].change(stack) == stack
    [line] = [line for line in estimator_for().bill(stack).lines if "apigateway" in line.meter.origin.address]
    assert line.quantity is None


# ---- Schedules, and what cannot be read


SCHEDULED = """
resource "aws_appautoscaling_target" "t" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/c/s"
  min_capacity       = 1
  max_capacity       = 4
}
resource "aws_appautoscaling_scheduled_action" "up" {
  name               = "up"
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/c/s"
  schedule           = "cron(0 9 * * ? *)"
  scalable_target_action {
    min_capacity = 10
    max_capacity = 20
  }
}
resource "aws_appautoscaling_scheduled_action" "down" {
  name               = "down"
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/c/s"
  schedule           = "%s"
  scalable_target_action {
    min_capacity = 2
  }
}
"""


def test_an_action_that_sets_one_bound_leaves_the_other_as_it_was(write_stack: Write) -> None:
    stack = read_stack(write_stack(SERVICE + SCHEDULED % "cron(0 18 * * ? *)"))
    [service] = stack.of(FargateService)
    assert service.scaling is not None
    assert service.scaling.bounds[9:18] == ((10, 20),) * 9
    assert service.scaling.bounds[18:] == ((2, 20),) * 6
    assert (service.fewest, service.most) == (2, 20)


def test_a_schedule_that_is_not_daily_is_named(write_stack: Write) -> None:
    stack = read_stack(write_stack(SERVICE + SCHEDULED % "cron(30 18 ? * MON-FRI *)"))
    assert [entry.why.code for entry in stack.unpriced] == ["schedule_not_daily"]


def test_what_decides_a_charge_and_cannot_be_read_is_named(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
variable "unknown" {
}
resource "aws_cloudwatch_log_group" "l" {
  retention_in_days = var.unknown
}
resource "aws_db_instance" "d" {
  engine            = "postgres"
  engine_version    = var.unknown
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
}
resource "aws_cloudfront_distribution" "e" {
  enabled    = true
  web_acl_id = var.unknown
}
"""
            + SERVICE.replace(
                'launch_type     = "FARGATE"',
                'launch_type = "FARGATE"\n  network_configuration {\n    assign_public_ip = var.unknown\n  }',
            )
        )
    )
    logging = replace(PEOPLE, numbers={**PEOPLE.numbers, "log_bytes_per_event": Fraction(1000)})
    named = {entry.component for entry in estimator_for(workload=logging).bill(stack).unpriced}
    assert {"Log storage", "Extended support", "AWS WAF", "Public IPv4 address"} <= named


def test_a_count_below_zero_is_no_count(write_stack: Write) -> None:
    table = 'resource "aws_dynamodb_table" "t" {\n  name = "t"\n  read_capacity = -5\n  write_capacity = 1\n}\n'
    bill = estimator_for().bill(read_stack(write_stack(table)))
    assert "Read capacity units" in {entry.component for entry in bill.unpriced}


def test_a_workload_without_promises_of_websocket_asks_for_no_bus(write_stack: Write) -> None:
    quiet = replace(PEOPLE, promises=Promises(websocket=False, min_tasks=1, min_on_demand_tasks=0, database=""))
    plan = plan_of(read_stack(write_stack(SERVICE)), estimator_for(workload=quiet))
    assert "websocket" not in {row.promise for row in plan.today.verdicts}
