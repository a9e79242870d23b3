"""Levers on the ways in and out of stacks that are not ours: what they leave alone, and on what a saving depends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.given_usage import given_usage_from
from glimpse.planner.levers import LEVERS
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.saving import Saving, costs_of, saving
from glimpse.planner.stack import Stack
from glimpse.planner.workload import unstated
from tests.conftest import REPOSITORY, estimator_for, read_stack

Write = Callable[..., Path]

NETWORK = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = "ap-northeast-2${["a", "c"][count.index]}"
}
resource "aws_eip" "nat" {
  count = 2
}
resource "aws_nat_gateway" "nat" {
  count         = 2
  subnet_id     = aws_subnet.public[count.index].id
  allocation_id = aws_eip.nat[count.index].id
}
"""
SERVER = """
resource "aws_instance" "web" {
  instance_type               = "m6i.large"
  subnet_id                   = aws_subnet.public[0].id
  associate_public_ip_address = true
}
"""
TARGET = """
resource "aws_lb_target_group_attachment" "web" {
  target_group_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/1"
  target_id        = aws_instance.web.id
}
"""
BALANCERS = """
resource "aws_lb" "first" {
  subnets = aws_subnet.public[*].id
}
resource "aws_lb" "second" {
  subnets = aws_subnet.public[*].id
}
"""
DISTRIBUTION = """
resource "aws_cloudfront_distribution" "site" {
  enabled = true
  origin {
    domain_name = "files.example.com"
    origin_id   = "files"
  }
  default_cache_behavior {
    cache_policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
}
"""


Stated = dict[str, dict[str, float]]


def bills(stack: Stack, name: str, usage: Stated | None = None) -> tuple[Bill, Bill]:
    given, problems = given_usage_from(usage or {}, "glimpse.toml")
    assert not problems
    estimator = estimator_for(workload=replace(unstated(), usage=given))
    return estimator.bill(stack), estimator.bill(LEVERS[name].change(stack))


def saved(stack: Stack, name: str, usage: Stated | None = None) -> Saving:
    before, after = bills(stack, name, usage)
    return saving(costs_of(before), costs_of(after))


# ---- NAT gateways


def test_one_nat_gateway_saves_until_what_crosses_zones_costs_as_much(write_stack: Write) -> None:
    found = saved(read_stack(write_stack(NETWORK)), "one_nat_gateway")
    assert found.usd == Fraction("46.72")
    evens = {(even.address, even.key): even for even in found.break_even}
    # 730 hours at 0.059 and 0.005, against 0.01 a GB on both sides
    assert evens["aws_nat_gateway.nat[1]", "monthly_data_processed_gb"].units == 2336
    assert not any(even.is_above for even in found.break_even)


def test_what_passed_the_other_gateways_is_charged_as_before_and_for_the_way_between_zones(write_stack: Write) -> None:
    stack = read_stack(write_stack(NETWORK))
    usage: Stated = {"aws_nat_gateway.nat[1]": {"monthly_data_processed_gb": 1000}}
    before, after = bills(stack, "one_nat_gateway", usage)
    assert before.monthly - after.monthly == Fraction("46.72") - 20


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("vpc_id            = aws_vpc.main.id", 'vpc_id = "vpc-${count.index}"'),
        ("vpc_id            = aws_vpc.main.id", "vpc_id = var.vpc"),
        ("count         = 2", 'count = 2\n  connectivity_type = "private"'),
        ("count         = 2", "count = 1"),
    ],
)
def test_gateways_that_may_be_of_several_vpcs_are_left_alone(write_stack: Write, old: str, new: str) -> None:
    stack = read_stack(write_stack('variable "vpc" {\n}\n' + NETWORK.replace(old, new)))
    assert stack.has(NatGateway)
    assert LEVERS["one_nat_gateway"].change(stack) is stack


def test_a_private_nat_gateway_has_no_other_way(write_stack: Write) -> None:
    private = NETWORK.replace("count         = 2", 'count = 2\n  connectivity_type = "private"')
    stack = read_stack(write_stack(private))
    for name in ("nat_instance", "gateway_endpoints", "interface_endpoints"):
        assert LEVERS[name].change(stack) is stack


# ---- Endpoints


def test_a_gateway_endpoint_takes_its_part_of_what_passes_a_nat_gateway(write_stack: Write) -> None:
    stack = read_stack(write_stack(NETWORK))
    given: dict[str, float] = {"monthly_data_processed_gb": 1000, "monthly_s3_and_dynamodb_gb": 400}
    found = saved(stack, "gateway_endpoints", {"aws_nat_gateway.nat[0]": given})
    assert found.usd == 400 * Fraction("0.059")
    whole = bills(stack, "gateway_endpoints", {"aws_nat_gateway.nat[0]": given})[0]
    alone = bills(stack, "gateway_endpoints", {"aws_nat_gateway.nat[0]": {"monthly_data_processed_gb": 1000}})[0]
    assert whole.monthly == alone.monthly


def test_endpoints_of_a_vpc_that_is_made_elsewhere_are_unknown(write_stack: Write) -> None:
    endpoint = 'resource "aws_vpc_endpoint" "e" {\n  vpc_id = var.v\n  service_name = "com.amazonaws.x.s3"\n}\n'
    elsewhere = NETWORK.replace("aws_vpc.main.id", '"vpc-1"')
    for text in (elsewhere, 'variable "v" {\n}\n' + NETWORK + endpoint):
        stack = read_stack(write_stack(text))
        assert [gateway.endpoints for gateway in stack.of(NatGateway)] == [None, None]
        assert LEVERS["gateway_endpoints"].change(stack) is stack


def test_interface_endpoints_are_for_tasks_alone(write_stack: Write) -> None:
    case = (REPOSITORY / "tests/levers/interface_endpoints/before/main.tf").read_text()
    lever = LEVERS["interface_endpoints"]
    alone = read_stack(write_stack(case.partition("}\n")[2]))
    assert lever.change(alone) is not alone
    function = 'resource "aws_lambda_function" "f" {\n  function_name = "f"\n  role = "r"\n}\n'
    shared = read_stack(write_stack(case.partition("}\n")[2] + function))
    assert lever.change(shared) is shared


def test_a_server_that_forwards_beside_a_nat_gateway_may_be_a_vpn_and_stays(write_stack: Write) -> None:
    case = (REPOSITORY / "tests/levers/interface_endpoints/before/main.tf").read_text().partition("}\n")[2]
    vpn = 'resource "aws_instance" "vpn" {\n  instance_type = "t4g.nano"\n  source_dest_check = false\n}\n'
    stack = read_stack(write_stack(case + vpn))
    for name in ("ipv6_only", "task_addresses", "interface_endpoints"):
        assert LEVERS[name].change(stack) is stack


# ---- Addresses


def test_a_server_behind_a_balancer_saves_its_address_until_the_gateway_costs_as_much(write_stack: Write) -> None:
    found = saved(read_stack(write_stack(NETWORK + SERVER + TARGET)), "private_addresses")
    assert found.usd == Fraction("3.65")
    [even] = found.break_even
    assert (even.address, even.units) == ("aws_instance.web", Fraction("3.65") / Fraction("0.059"))


def test_a_server_that_people_may_reach_directly_keeps_its_address(write_stack: Write) -> None:
    without_nat = NETWORK.partition('resource "aws_eip"')[0]
    for text in (NETWORK + SERVER, without_nat + SERVER + TARGET):
        stack = read_stack(write_stack(text))
        assert LEVERS["private_addresses"].change(stack) is stack


@pytest.mark.parametrize("name", ["ipv6_only", "task_addresses"])
def test_tasks_of_which_nobody_knows_their_address_are_left_alone(write_stack: Write, name: str) -> None:
    case = (REPOSITORY / "tests/levers/interface_endpoints/before/main.tf").read_text().partition("}\n")[2]
    unknown = case.replace("network_configuration {", "network_configuration {\n    assign_public_ip = var.public")
    stack = read_stack(write_stack('variable "public" {\n}\n' + unknown))
    changed = LEVERS[name].change(stack)
    assert [service.public_address for service in changed.of(FargateService)] == [None]


# ---- Balancers


def test_what_passed_the_other_balancer_is_still_charged(write_stack: Write) -> None:
    stack = read_stack(write_stack(NETWORK + BALANCERS))
    found = saved(stack, "fewer_balancers")
    assert (found.usd, found.at_least, found.break_even) == (Fraction("23.73"), False, ())
    busy: Stated = {"aws_lb.second": {"new_connections": 100}}
    assert saved(stack, "fewer_balancers", busy).usd == found.usd


@pytest.mark.parametrize("other", ["internal = true", "idle_timeout = 300", 'load_balancer_type = "network"'])
def test_balancers_that_differ_stay_apart(write_stack: Write, other: str) -> None:
    text = BALANCERS.replace('"second" {', f'"second" {{\n  {other}')
    stack = read_stack(write_stack(NETWORK + text))
    assert LEVERS["fewer_balancers"].change(stack) is stack


# ---- CloudFront


def test_a_flat_rate_plan_saves_above_some_use(write_stack: Write) -> None:
    stack = read_stack(write_stack(DISTRIBUTION))
    found = saved(stack, "cloudfront_flat_rate")
    assert found.usd == -15
    assert found.break_even
    assert all(even.is_above for even in found.break_even)


def test_a_flat_rate_plan_has_no_price_for_more_than_it_holds(write_stack: Write) -> None:
    stack = read_stack(write_stack(DISTRIBUTION))
    key = "monthly_data_transfer_to_internet_gb"
    within: Stated = {"aws_cloudfront_distribution.site": {f"{key}.asia_pacific": 5_000}}
    beyond: Stated = {"aws_cloudfront_distribution.site": {f"{key}.asia_pacific": 60_000}}
    assert saved(stack, "cloudfront_flat_rate", within).usd == 5_000 * Fraction("0.12") - 15
    assert saved(stack, "cloudfront_flat_rate", beyond).usd is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('cache_policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6"', ""),
        ('origin_id   = "files"', 'origin_id = "files"\n    vpc_origin_config {\n      vpc_origin_id = "vo-1"\n    }'),
        ("enabled = true", 'enabled = true\n  anycast_ip_list_id = "aip-1"'),
    ],
)
def test_a_distribution_with_more_than_the_plan_has_is_left_alone(write_stack: Write, old: str, new: str) -> None:
    stack = read_stack(write_stack(DISTRIBUTION.replace(old, new)))
    assert LEVERS["cloudfront_flat_rate"].change(stack) is stack


# ---- Spot


def test_spot_above_the_floor_leaves_on_demand_what_scaling_keeps(write_stack: Write) -> None:
    case = (REPOSITORY / "tests/levers/spot_above_floor/before/main.tf").read_text().partition("}\n")[2]
    [service] = LEVERS["spot_above_floor"].change(read_stack(write_stack(case))).of(FargateService)
    assert service.on_demand_tasks(service.fewest or 0) == (2, 2)
    assert service.on_demand_tasks(12) == (2, 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [("min_capacity       = 2", "min_capacity = var.x"), ("max_capacity       = 12", "max_capacity = 2")],
)
def test_a_service_without_room_above_its_floor_buys_no_spot(write_stack: Write, old: str, new: str) -> None:
    case = (REPOSITORY / "tests/levers/spot_above_floor/before/main.tf").read_text().partition("}\n")[2]
    stack = read_stack(write_stack('variable "x" {\n}\n' + case.replace(old, new)))
    assert LEVERS["spot_above_floor"].change(stack) is stack
