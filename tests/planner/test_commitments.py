"""What a commitment does to a bill, what the levers propose to reserve, and a commitment that changes no line is named."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.bill import Line
from glimpse.planner.commitments import idle_commitments
from glimpse.planner.levers import LEVERS
from glimpse.planner.outside import workload_files
from glimpse.planner.quantities import CostCases, certain
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Commitment, Workload, unstated
from tests.conftest import PEOPLE, TODAY, estimator_for, read_stack

DATABASE = """
resource "aws_db_instance" "main" {
  engine            = "postgres"
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
}
resource "aws_eip" "ip" {}
"""


@pytest.mark.parametrize(
    ("address", "bought_on", "codes"),
    [
        ("aws_db_instance.main", TODAY, []),
        ("aws_db_instance.mian", TODAY, ["commitment_address_unknown_near"]),
        ("module.gone.aws_elasticache_cluster.c", TODAY, ["commitment_address_unknown"]),
        ("aws_db_instance.main", TODAY - datetime.timedelta(days=400), ["commitment_ended"]),
        ("aws_db_instance.main", TODAY + datetime.timedelta(days=40), ["commitment_not_begun"]),
        ("aws_eip.ip", TODAY, ["commitment_of_nothing"]),
    ],
)
def test_a_commitment_that_prices_nothing_is_named(
    write_stack: Callable[..., Path], address: str, bought_on: datetime.date, codes: list[str]
) -> None:
    workload = replace(PEOPLE, commitments=(Commitment(address, "reserved_1yr_no_upfront", bought_on),))
    stack = read_stack(write_stack(DATABASE))
    meters = estimator_for(workload=workload).usage(stack).meters
    assert [found.what.code for found in idle_commitments(workload, stack.addresses(), meters, TODAY)] == codes


def proposed(stack: Stack, lever: str) -> list[str]:
    return [row.address for row in LEVERS[lever].change(stack).commitments]


def test_a_line_says_from_which_month_on_its_commitment_is_cheaper(write_stack: Callable[..., Path]) -> None:
    """12 × 0.0198 of 0.025 USD an hour is 9.5 months on demand."""
    stack = LEVERS["reserved_database"].change(read_stack(write_stack(DATABASE)))
    said = [said for line in estimator_for().bill(stack).lines for said in line.meter.assumes]
    assert [found.params for found in said if found.code == "break_even_month"] == [{"month": 10, "months": 12}]


def test_what_is_bought_already_is_not_proposed_again(write_stack: Callable[..., Path]) -> None:
    stack = replace(read_stack(write_stack(DATABASE)), bought=frozenset({"aws_db_instance.main"}))
    assert LEVERS["reserved_database"].change(stack) is stack


SERVERS = """
resource "aws_instance" "steady" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "m6i.large"
}
resource "aws_instance" "dedicated" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "m6i.large"
  tenancy       = "dedicated"
}
resource "aws_instance" "stopped" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "m6i.large"
}
resource "aws_ec2_instance_state" "stopped" {
  instance_id = aws_instance.stopped.id
  state       = "stopped"
}
resource "aws_spot_instance_request" "spot" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "m6i.large"
}
variable "type" {}
resource "aws_instance" "unknown" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = var.type
}
resource "aws_launch_template" "web" {
  image_id      = "ami-0c9c942bd7bf113a2"
  instance_type = "m6i.large"
}
resource "aws_autoscaling_group" "scales" {
  min_size         = 1
  max_size         = 3
  desired_capacity = 2
  launch_template {
    id = aws_launch_template.web.id
  }
}
"""


def test_only_instances_that_run_on_demand_at_every_hour_are_proposed(write_stack: Callable[..., Path]) -> None:
    found = proposed(read_stack(write_stack(SERVERS)), "reserved_instances")
    assert found == ["aws_autoscaling_group.scales", "aws_instance.steady"]


NODES = """
resource "aws_eks_node_group" "nodes" {
  cluster_name    = "apps"
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = ["subnet-0123456789abcdef0"]
  instance_types  = [TYPES]

  scaling_config {
    min_size     = LEAST
    desired_size = 4
    max_size     = 8
  }
}
variable "unknown" {}
"""


@pytest.mark.parametrize(
    ("least", "types", "hours"),
    [("3", '"m6i.large"', (730, 2190)), ("4", '"m6i.large"', (2920,)), ("0", '"m6i.large"', None),
     ("var.unknown", '"m6i.large"', None), ("3", '"m6i.large", "m5.large"', None)],
    ids=["some", "all", "none", "unknown", "several types"],
)  # fmt: skip
def test_of_a_group_that_scales_so_many_are_reserved_as_it_keeps(
    write_stack: Callable[..., Path], least: str, types: str, hours: tuple[int, ...] | None
) -> None:
    """The rest of the four nodes is on demand."""
    stack = read_stack(write_stack(NODES.replace("LEAST", least).replace("TYPES", types)))
    changed = LEVERS["reserved_instances"].change(stack)
    assert (changed is stack) == (hours is None)
    lines = [line for line in estimator_for().bill(changed).lines if "m6i.large" in line.meter.component]
    assert [line.quantity and line.quantity.expected for line in lines] == list(hours or (2920,))


FLEET = """
resource "aws_launch_template" "web" {
  image_id      = "ami-0c9c942bd7bf113a2"
  instance_type = "m6i.large"
}
resource "aws_ec2_fleet" "web" {
  type = "TYPE"
  launch_template_config {
    launch_template_specification {
      launch_template_id = aws_launch_template.web.id
      version            = "1"
    }
  }
  target_capacity_specification {
    total_target_capacity        = 3
    default_target_capacity_type = "BOUGHT"
  }
}
"""


@pytest.mark.parametrize(
    ("kind", "bought", "is_proposed"),
    [("maintain", "on-demand", True), ("maintain", "spot", False), ("request", "on-demand", False)],
)
def test_a_fleet_that_maintains_instances_on_demand_is_proposed(
    write_stack: Callable[..., Path], kind: str, bought: str, is_proposed: bool
) -> None:
    stack = read_stack(write_stack(FLEET.replace("TYPE", kind).replace("BOUGHT", bought)))
    assert proposed(stack, "reserved_instances") == (["aws_ec2_fleet.web"] if is_proposed else [])


def test_a_reserved_instance_is_charged_for_the_hours_in_which_it_does_not_run(
    write_stack: Callable[..., Path],
) -> None:
    """160 hours on demand, and all 730 of what is reserved: the planner sees that this is dearer."""
    usage = {"glimpse.toml": '[usage."aws_instance.steady"]\nmonthly_hrs = 160\n'}
    folder = write_stack(SERVERS, usage)
    estimator, stack = estimator_for(workload=workload_files.workload_beside(folder, None)), read_stack(folder)

    def line(stack: Stack) -> Line:
        return next(line for line in estimator.bill(stack).lines if line.id.startswith("aws_instance.steady/m6i"))

    before, after = line(stack), line(LEVERS["reserved_instances"].change(stack))
    assert before.quantity
    assert after.quantity
    assert (before.quantity.expected, after.quantity.expected) == (160, 730)
    assert after.monthly > before.monthly


RESTING = """
resource "aws_instance" "server" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "m6i.large"
}
"""


@pytest.mark.parametrize("address", ["aws_db_instance.main", "aws_instance.server"])
def test_what_is_reserved_is_charged_at_night_too_when_a_schedule_stops_it(
    write_stack: Callable[..., Path], address: str
) -> None:
    """Fifteen hours of each day on demand are 456.25 a month; a reservation has no nights off."""
    stack = read_stack(write_stack(DATABASE + RESTING))
    [row] = [row for row in stack.resources if row.origin.address == address]
    asleep = stack.changed(row, replace(row, awake_hours=15))  # type: ignore[type-var, call-arg]
    bought = replace(PEOPLE, commitments=(Commitment(address, "reserved_1yr_no_upfront", TODAY),))

    def hours(workload: Workload) -> Fraction | None:
        line = next(line for line in estimator_for(workload=workload).bill(asleep).lines if address in line.id)
        return line.quantity and line.quantity.expected

    assert hours(PEOPLE) == Fraction("456.25")
    assert hours(bought) == 730


MIXED = """
resource "aws_launch_template" "web" {
  image_id      = "ami-0c9c942bd7bf113a2"
  instance_type = "m6i.large"
}
resource "aws_autoscaling_group" "mixed" {
  min_size         = 3
  max_size         = 9
  desired_capacity = 5
  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = 1
      on_demand_percentage_above_base_capacity = 50
    }
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.web.id
      }
    }
  }
}
"""


def test_of_a_mixed_group_only_what_is_on_demand_at_the_fewest_is_reserved(write_stack: Callable[..., Path]) -> None:
    """Of three one is on demand first, and one of the other two; of five one more is, and two are Spot."""
    bought = replace(PEOPLE, commitments=(Commitment("aws_autoscaling_group.mixed", "reserved_1yr_no_upfront", TODAY),))
    meters = estimator_for(workload=bought).usage(read_stack(write_stack(MIXED))).meters
    hours = {meter.component: meter.quantity for meter in meters if meter.component.startswith("m6i.large")}
    assert hours == {
        "m6i.large instance, reserved": certain(2 * 730),
        "m6i.large instance": certain(730),
        "m6i.large Spot instance": certain(2 * 730),
    }


def test_nodes_whose_number_scaling_changes_are_not_proposed(write_stack: Callable[..., Path]) -> None:
    stack = read_stack(
        write_stack(
            """
resource "aws_elasticache_replication_group" "cache" {
  replication_group_id       = "cache"
  description                = "cache"
  engine                     = "valkey"
  node_type                  = "cache.m7g.large"
  num_node_groups            = 2
  replicas_per_node_group    = 1
  automatic_failover_enabled = true
}
resource "aws_appautoscaling_target" "cache" {
  service_namespace  = "elasticache"
  resource_id        = "replication-group/${aws_elasticache_replication_group.cache.replication_group_id}"
  scalable_dimension = "elasticache:replication-group:NodeGroups"
  min_capacity       = 2
  max_capacity       = 6
}
"""
        )
    )
    assert proposed(stack, "reserved_cache") == []


SCALED = """
resource "aws_ecs_cluster" "c" {
  name = "c"
}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  cpu                   = 1024
  memory                = 2048
  container_definitions = "[]"
}
resource "aws_ecs_service" "s" {
  name            = "s"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.t.arn
  launch_type     = "FARGATE"
  desired_count   = 5
}
resource "aws_appautoscaling_target" "s" {
  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.c.name}/${aws_ecs_service.s.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = 2
  max_capacity       = 9
}
"""


def test_a_savings_plan_covers_the_tasks_that_run_at_every_hour_and_the_others_stay_on_demand(
    write_stack: Callable[..., Path],
) -> None:
    """Of 2 to 9 tasks, 5 as a rule, 2 are covered: 730 hours each, also where no more than those run."""
    stack = LEVERS["compute_savings_plan"].change(read_stack(write_stack(SCALED), region="us-east-1"))
    bill = estimator_for("us-east-1", unstated()).bill(stack)
    lines = {line.meter.component: line for line in bill.lines if "vCPU" in line.meter.component}
    covered, rest = lines["Fargate vCPU, Savings Plan"], lines["Fargate vCPU"]
    assert covered.quantity == certain(2 * 730)
    assert rest.quantity == CostCases(Fraction(0), Fraction(3 * 730), Fraction(7 * 730))
    assert covered.price
    assert rest.price
    assert covered.price.tiers[0].usd < rest.price.tiers[0].usd
    assert "break_even_month" in {said.code for said in covered.meter.assumes}


def test_tasks_on_spot_are_not_proposed_for_a_savings_plan(write_stack: Callable[..., Path]) -> None:
    spot = 'capacity_provider_strategy {\n    capacity_provider = "FARGATE_SPOT"\n    weight = 1\n  }'
    files = SCALED.replace('launch_type     = "FARGATE"', spot)
    assert proposed(read_stack(write_stack(files)), "compute_savings_plan") == []
