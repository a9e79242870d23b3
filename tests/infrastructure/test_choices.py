"""Designs, choices and edits of levers: what each of them changes in the plan, and what it leaves alone."""

import re

import pytest

from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.planner.levers import LEVERS
from glimpse.planner.stack import Stack
from tests.infrastructure.terraform_plans import (
    CHOICES,
    DESIGNS,
    EDITS,
    ENVIRONMENT,
    MIGRATION,
    NAT,
    NAT_ALARM,
    SECRETS,
    Plan,
    block,
    difference,
    record_types,
    source,
    strategy,
)

# What the levers of the planner set


def test_every_edit_of_every_lever_has_been_planned_by_terraform(own_stack: Stack) -> None:
    planned = {(name, value) for variables in (*CHOICES.values(), *EDITS.values()) for name, value in variables.items()}
    for design in DESIGNS:
        if design != "before":
            text = source(str(ENVIRONMENT), f"{design}.tfvars")
            planned |= set(re.findall(r'^(\w+)\s*=\s*"?([^"#\n]+?)"?\s*(?:#.*)?$', text, re.MULTILINE))
    edits = {
        (name, str(value))
        for lever in LEVERS.values()
        if lever.edit and lever.change(own_stack) != own_stack
        for name, value in lever.edit_in(lever.change(own_stack)).items()
    }
    assert edits <= planned


def test_the_small_values_of_the_levers_arrive_where_they_count(plans: dict[str, Plan]) -> None:
    small = plans["second_environment"]
    assert strategy(small) == {"FARGATE": (0, 30), "FARGATE_SPOT": (0, 70)}
    assert small.one("aws_appautoscaling_target")["min_capacity"] == 1
    assert block(small.task, "runtime_platform")["cpu_architecture"] == "ARM64"
    assert small.one("aws_appautoscaling_target")["max_capacity"] == 8
    assert small.one("aws_elasticache_replication_group")["engine"] == "valkey"
    assert small.one("aws_db_instance")["max_allocated_storage"] == 100
    assert strategy(plans["on_demand_pair"]) == {"FARGATE": (2, 30), "FARGATE_SPOT": (0, 70)}


# What each choice changes, and what it leaves alone


IPV6 = {
    "module.ecs.aws_vpc_security_group_egress_rule.tasks_to_internet_ipv6[0]",
    "module.networking.aws_egress_only_internet_gateway.tasks[0]",
    "module.networking.aws_route.internet_ipv6[0]",
    "module.networking.aws_route.tasks[0]",
    "module.networking.aws_route_table.tasks[0]",
    "module.networking.aws_route_table_association.tasks[0]",
    "module.networking.aws_route_table_association.tasks[1]",
    "module.networking.aws_subnet.tasks[0]",
    "module.networking.aws_subnet.tasks[1]",
}
IPV6_CHANGES = {
    ("module.networking.aws_vpc.this", "assign_generated_ipv6_cidr_block"),
    ("module.rds.aws_db_instance.this", "apply_immediately"),
    ("module.rds.aws_db_instance.this", "network_type"),
}
BALANCER = "module.balancer[0]"
INTERNAL = "module.internal_balancer[0]"
BALANCER_ON_IPV6 = {
    (f"{BALANCER}.aws_lb.this", "ip_address_type"),
    (f"{BALANCER}.aws_lb_target_group.this", "ip_address_type"),
    (f"{BALANCER}.aws_lb_target_group.this", "name"),
}
AAAA = "aws_route53_record.ipv6[0]"
CLOUDFRONT = {
    "module.cloudfront[0].aws_cloudfront_distribution.this",
    "module.cloudfront[0].aws_cloudfront_vpc_origin.this",
}


def way(balancer: str, key: str, *ports: str) -> set[str]:
    """What stands for one way in: its balancer, open at these ports, and the rules that let it reach the tasks."""
    return {
        f"{balancer}.aws_lb.this",
        f"{balancer}.aws_lb_listener.https",
        f"{balancer}.aws_lb_target_group.this",
        f"{balancer}.aws_security_group.this",
        f"{balancer}.aws_vpc_security_group_ingress_rule.https",
        *(f"{balancer}.{port}" for port in ports),
        f'module.ecs.aws_vpc_security_group_egress_rule.balancer_to_tasks["{key}"]',
        f'module.ecs.aws_vpc_security_group_ingress_rule.tasks_from_balancer["{key}"]',
    }


PUBLIC_WAY = way(BALANCER, "public", "aws_lb_listener.http[0]", "aws_vpc_security_group_ingress_rule.http[0]")
INTERNAL_WAY = way(INTERNAL, "internal")
HEALTHY = "module.monitoring.aws_cloudwatch_metric_alarm.healthy_tasks[0]"


def test_the_balanced_design_changes_the_service_and_nothing_else(
    plans: dict[str, Plan],
) -> None:
    gone, new, changed = difference(plans, "balanced")
    assert not gone | new
    service = "module.ecs.aws_ecs_service.this"
    assert changed == {
        (service, "capacity_provider_strategy"),
        (service, "desired_count"),
        (service, "tags"),
    }


def test_without_a_choice_nothing_of_what_the_choices_bring_is_there(plan: Plan) -> None:
    for kind in (
        "aws_appautoscaling_scheduled_action",
        "aws_cloudfront_distribution",
        "aws_cloudfront_vpc_origin",
        "aws_egress_only_internet_gateway",
        "aws_eip",
        "aws_elasticache_serverless_cache",
        "aws_nat_gateway",
    ):
        assert not plan.of_type(kind), kind
    for address, values in plan.resources.items():
        for name in ("cidr_ipv6", "destination_ipv6_cidr_block", "ipv6_cidr_block", "ip_discovery", "network_type"):
            assert values.get(name) is None, f"{address}: {name}"
    assert plan.one("aws_vpc").get("assign_generated_ipv6_cidr_block") is None
    assert plan.one("aws_lb")["ip_address_type"] == "ipv4"
    assert plan.one("aws_lb_target_group").get("ip_address_type") is None
    assert plan.one("aws_lb_target_group")["name"] == "glimpse-prod-api"
    assert plan.one("aws_db_instance").get("apply_immediately") is None
    assert record_types(plan) == ["A"]


def test_with_addresses_of_their_own_only_the_tasks_move(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "addresses_and_parameters")
    assert all(SECRETS.match(address) or NAT.search(address) or address == NAT_ALARM for address in gone)
    assert all(SECRETS.match(address) for address in new)
    # The subnets are still unknown in a plan, so that the tasks move to public ones shows in the text alone.
    assert changed == {("module.ecs.aws_ecs_service.this", "network_configuration"), (MIGRATION, "input")}
    network = block(plans["addresses_and_parameters"].one("aws_ecs_service"), "network_configuration")
    assert network["assign_public_ip"] is True
    assert task_subnets() == [
        'var.egress == "task_addresses" ? module.networking.public_subnet_ids :',
        'var.egress == "ipv6_only" ? module.networking.ipv6_subnet_ids :',
        "module.networking.nat_subnet_ids",
    ]


def task_subnets() -> list[str]:
    text = source(str(ENVIRONMENT), "main.tf")
    assert re.search(r"^  subnet_ids += local\.task_subnet_ids$", text, re.MULTILINE)
    (chosen,) = re.findall(r"^  task_subnet_ids = \(\n(.*?)^  \)", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for line in chosen.splitlines()]


def test_a_nat_gateway_takes_the_place_of_the_nat_instance_and_a_serverless_cache_that_of_the_node(
    plans: dict[str, Plan],
) -> None:
    gone, new, changed = difference(plans, "gateway_and_serverless")
    assert {address for address in gone if not NAT.search(address)} == {
        NAT_ALARM,
        "module.elasticache.aws_elasticache_replication_group.this[0]",
        "module.elasticache.aws_elasticache_subnet_group.this[0]",
    }
    assert new == {
        "module.monitoring.aws_cloudwatch_metric_alarm.nat_gateway[0]",
        "module.elasticache.aws_elasticache_serverless_cache.this[0]",
        "module.networking.aws_eip.nat[0]",
        "module.networking.aws_nat_gateway.nat[0]",
        "module.networking.aws_route.nat[0]",
        "module.networking.aws_route.nat[1]",
    }
    assert not changed


def test_with_the_database_as_the_bus_nothing_of_the_cache_is_left(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "ipv6_and_postgresql")
    assert {address for address in gone if not NAT.search(address)} == {
        NAT_ALARM,
        "module.ecs.aws_vpc_security_group_egress_rule.tasks_to_cache[0]",
        "module.ecs.aws_vpc_security_group_ingress_rule.cache_from_tasks[0]",
        "module.elasticache.aws_elasticache_replication_group.this[0]",
        "module.elasticache.aws_elasticache_subnet_group.this[0]",
        "module.elasticache.aws_security_group.this[0]",
    }
    assert not [address for address in plans["ipv6_and_postgresql"].resources if "elasticache" in address]
    assert new == IPV6 | {
        AAAA,
        f"{BALANCER}.aws_vpc_security_group_ingress_rule.http_ipv6[0]",
        f"{BALANCER}.aws_vpc_security_group_ingress_rule.https_ipv6[0]",
    }
    assert changed == IPV6_CHANGES | BALANCER_ON_IPV6 | {("module.ecs.aws_ecs_service.this", "tags")}


def test_with_ipv6_alone_everything_that_a_task_meets_learns_to_speak_it(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "ipv6_and_cloudfront")
    assert {address for address in gone if not NAT.search(address)} == PUBLIC_WAY | {NAT_ALARM}
    assert new == IPV6 | CLOUDFRONT | INTERNAL_WAY | {AAAA}
    cache = "module.elasticache.aws_elasticache_replication_group.this[0]"
    cache_changes = {(cache, name) for name in ("ip_discovery", "network_type", "replication_group_id")}
    assert changed == IPV6_CHANGES | cache_changes | {(HEALTHY, "alarm_name")}


def test_with_cloudfront_the_balancer_goes_inside_and_nothing_else_changes(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "cloudfront_and_nights")
    assert gone == PUBLIC_WAY
    nights = {address for address in new if ".aws_appautoscaling_scheduled_action." in address}
    assert new - nights == CLOUDFRONT | INTERNAL_WAY | {AAAA}
    assert {change for change in changed if ".balancer" in change[0] or "record" in change[0]} == set()
    text = source(str(ENVIRONMENT), "main.tf")
    for name, subnets in (("balancer", "public"), ("internal_balancer", "private")):
        (call,) = re.findall(rf'^module "{name}" \{{\n(.*?)^\}}', text, re.MULTILINE | re.DOTALL)
        assert re.search(rf"^  subnet_ids += module\.networking\.{subnets}_subnet_ids$", call, re.MULTILINE)


# What a choice needs of several modules at once


@pytest.mark.parametrize("choice", ["ipv6_and_cloudfront", "ipv6_and_postgresql"])
def test_the_balancer_the_database_and_the_cache_answer_a_task_without_ipv4(
    plans: dict[str, Plan], choice: str
) -> None:
    plan = plans[choice]
    assert plan.one("aws_lb")["ip_address_type"] == "dualstack"
    assert plan.one("aws_lb_target_group")["ip_address_type"] == "ipv6"
    assert plan.one("aws_db_instance")["network_type"] == "DUAL"
    assert plan.one("aws_db_instance")["apply_immediately"] is True, "or it waits for the maintenance window"
    for cache in plan.of_type("aws_elasticache_replication_group"):
        assert (cache["network_type"], cache["ip_discovery"]) == ("dual_stack", "ipv6")
    for name in ("public", "private"):
        assert "aws_vpc.this" in plan.written[f"module.networking.aws_subnet.{name}"]["ipv6_cidr_block"]["references"]


def test_tasks_without_ipv4_fetch_their_image_and_keep_uploads_over_ipv6() -> None:
    text = source(str(ENVIRONMENT), "main.tf")
    registry = re.search(r"^  registry += (.*)$", source(str(ENVIRONMENT), "bootstrap.tf"), re.MULTILINE)
    assert registry
    assert registry[1] == (
        'var.egress == "ipv6_only" ? "dkr-ecr.${var.region}.on.aws" : "dkr.ecr.${var.region}.amazonaws.com"'
    )
    # The service takes the address that has IPv6 by itself, as long as it is not told another one.
    assert "GLIMPSE_S3_ENDPOINT" not in text
    assert ".dualstack." in Bucket.of("", "ap-northeast-2", "files").url


def test_with_ipv6_and_cloudfront_there_is_no_public_ipv4_anywhere(plans: dict[str, Plan]) -> None:
    plan = plans["ipv6_and_cloudfront"]
    for kind in ("aws_eip", "aws_nat_gateway", "aws_instance", "aws_launch_template", "aws_network_interface"):
        assert not plan.of_type(kind), kind
    assert plan.one("aws_lb")["internal"] is True
    assert block(plan.one("aws_ecs_service"), "network_configuration")["assign_public_ip"] is False
    assert plan.one("aws_db_instance")["publicly_accessible"] is False
    assert not any(subnet["map_public_ip_on_launch"] for subnet in plan.of_type("aws_subnet"))
