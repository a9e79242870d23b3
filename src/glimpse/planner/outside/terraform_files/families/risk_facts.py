"""
Arguments and free resources that only risks depend on.

Nothing here raises ArgumentUnknown or notes a variable: what is unknown is None, and no bill depends on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from glimpse.planner.meter import Origin
from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import certainly_referring
from glimpse.planner.resources.balancer import TargetGroup
from glimpse.planner.terraform.instances import Arguments
from glimpse.planner.terraform.values import Null, Unknown

GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
INTERVAL_SECONDS, UNHEALTHY_COUNT, DRAIN_SECONDS = 30, 3, 300
"""What a target group has where nothing is said (AWS provider, aws_lb_target_group)."""

STOP_SECONDS = 30
"""How long ECS waits between SIGTERM and SIGKILL where nothing is said (ECS API, ContainerDefinition.stopTimeout)."""

ROUTE, ASSOCIATION, SUBNET = "aws_route", "aws_route_table_association", "aws_subnet"
ROUTE_TABLES = ("aws_route_table", "aws_default_route_table")
INTERFACE = "aws_network_interface"
INTERFACES_OF_INSTANCE = ("network_interface.network_interface_id", "primary_network_interface.network_interface_id")

TOPIC, SUBSCRIPTION = "aws_sns_topic", "aws_sns_topic_subscription"
ACTIONS = ("alarm_actions", "ok_actions", "insufficient_data_actions")
MAY_SUBSCRIBE = (
    "aws_chatbot_slack_channel_configuration", "aws_chatbot_teams_channel_configuration",
    "awscc_chatbot_slack_channel_configuration", "awscc_chatbot_microsoft_teams_channel_configuration",
    "aws_cloudformation_stack",
)  # fmt: skip
"""Types that subscribe to topics without a resource for it."""

MAY_WATCH_ALARMS = (
    "aws_cloudwatch_composite_alarm", "aws_codedeploy_deployment_group", "aws_appconfig_environment",
    "aws_cloudwatch_event_rule", "aws_route53_health_check", "aws_fis_experiment_template",
)  # fmt: skip
"""Types that look at an alarm's state by themselves: an alarm without actions may exist for one of them."""

WATCHING_BLOCKS = (("aws_ecs_service", "alarms"), ("aws_autoscaling_group", "instance_refresh"))
"""Nested blocks of other types that look at an alarm's state."""


def unnoted(values: Values) -> Values:
    """Arguments of which an unknown one reads as None without being noted as something that decides a figure."""
    return replace(values, lenient=True, note=lambda unknown: None)


def stated(values: Values, name: str, default: int) -> int | None:
    """A count, or its default where it is left out; None where nobody knows."""
    if values.is_unknown(name):
        return None
    return values.integer(name) if values.has(name) else default


# ---- Target groups and the tasks behind them


def target_group(group: Block) -> TargetGroup:
    """How a target group finds out about a target, and lets one go. Functions have neither by themselves."""
    values = unnoted(group.values)
    check = values.block("health_check")
    interval = stated(check, "interval", INTERVAL_SECONDS)
    failures = stated(check, "unhealthy_threshold", UNHEALTHY_COUNT)
    is_function = values.is_unknown("target_type") or values.text("target_type") == "lambda"
    is_off = check.is_unknown("enabled") or check.boolean("enabled") is False
    unseen = is_function or is_off or values.is_unknown("health_check") or interval is None or failures is None
    return TargetGroup(
        group.origin,
        interval=None if unseen else interval,
        failures=None if unseen else failures,
        drain_seconds=None if is_function else stated(values, "deregistration_delay", DRAIN_SECONDS),
    )


def service_groups(service: Block, tree: Tree) -> tuple[TargetGroup, ...]:
    """The target groups in the files that a service registers its tasks with."""
    groups = tree.certain_references(service, "load_balancer.target_group_arn", *GROUPS)
    return tuple(map(target_group, groups))


def reached_container(service: Block, definition: Block | None) -> Mapping[str, Any] | None:
    """The container that a balancer reaches, as its task definition says it; None where nobody knows."""
    containers = _containers(definition) if definition else ()
    name = unnoted(service.values).block("load_balancer").text("container_name")
    named = [row for row in containers if row.get("name") == name]
    rows = named or (containers if len(containers) == 1 else ())
    return rows[0] if len(rows) == 1 else None


def stop_seconds(service: Block, definition: Block | None) -> int | None:
    """How long the container that a balancer reaches has between SIGTERM and SIGKILL; None where nobody knows."""
    container = reached_container(service, definition)
    if container is None:
        return None
    seconds = container.get("stopTimeout")
    if seconds is None or isinstance(seconds, Null):
        return STOP_SECONDS
    try:
        return int(seconds) if isinstance(seconds, int | Fraction | str) and not isinstance(seconds, bool) else None
    except ValueError:
        return None


def _containers(definition: Block) -> Sequence[Mapping[str, Any]]:
    """
    The containers of a task definition. Its text is unknown as soon as one name in it is; what it encodes tells the
    rest.
    """
    source = definition.values.arguments
    found: Any = source.get("container_definitions")
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except ValueError:
            return ()
    elif isinstance(source, Arguments):
        found = source.encoded("container_definitions")
    rows = found if isinstance(found, list | tuple) else ()
    return tuple(rows) if all(isinstance(row, Mapping) for row in rows) else ()


# ---- Routes


def zones_behind(gateway: Block, tree: Tree) -> int | None:
    """In how many zones subnets stand whose way out is this NAT gateway or instance; None where no subnet is known."""
    tables: dict[str, Block] = {}
    if not tree.of(ASSOCIATION):
        return None
    for target, argument in _targets(gateway, tree):
        for route in certainly_referring(target, argument, ROUTE, tree):
            tables |= {row.address: row for row in tree.certain_references(route, "route_table_id", *ROUTE_TABLES)}
        for type_ in ROUTE_TABLES:
            rows = certainly_referring(target, f"route.{argument}", type_, tree) if tree.of(type_) else ()
            tables |= {row.address: row for row in rows}
    subnets = {
        subnet.address: unnoted(subnet.values)
        for table in tables.values()
        for row in certainly_referring(table, "route_table_id", ASSOCIATION, tree)
        for subnet in tree.certain_references(row, "subnet_id", SUBNET)
    }
    names, ids = (
        {zone for values in subnets.values() if (zone := values.text(argument))}
        for argument in ("availability_zone", "availability_zone_id")
    )
    return max(len(names), len(ids)) or None


def _targets(gateway: Block, tree: Tree) -> Iterator[tuple[Block, str]]:
    """What routes may name to lead through a gateway or an instance, and in which argument."""
    if gateway.type == "aws_nat_gateway":
        yield gateway, "nat_gateway_id"
        return
    yield gateway, "network_interface_id"
    yield gateway, "instance_id"
    for path in INTERFACES_OF_INSTANCE:
        for interface in tree.certain_references(gateway, path, INTERFACE):
            yield interface, "network_interface_id"


# ---- Alarms


def has_actions(alarm: Block, tree: Tree) -> bool | None:
    """
    Whether an alarm notifies anyone of its state; None where nobody knows, or where something may look at its state by
    itself.
    """
    values = unnoted(alarm.values)
    if any(values.items(name) for name in ACTIONS):
        return True
    unknown = any(values.is_unknown(name) for name in ACTIONS)
    return None if unknown or _may_be_watched(tree) else False


@lru_cache(maxsize=4)
def _may_be_watched(tree: Tree) -> bool:
    """Whether anything of a tree may look at an alarm that has no actions."""
    blocks = any(row.values.has(name) for type_, name in WATCHING_BLOCKS for row in tree.of(type_))
    return blocks or bool(tree.of(*MAY_WATCH_ALARMS))


def topic_nobody_hears(alarm: Block, tree: Tree) -> Origin | None:
    """A topic of these files that an alarm publishes to, if every topic that it publishes to lacks a subscription."""
    values, silent = unnoted(alarm.values), _topics_without_subscription(tree)
    told = [item for name in ACTIONS for item in values.items(name) or ()] if silent else []
    if not told or any(values.is_unknown(name) for name in ACTIONS):
        return None
    topics = [next(iter(item.references)) for item in told if isinstance(item, Unknown) and len(item.references) == 1]
    if len(topics) < len(told) or not all(topic in silent for topic in topics):
        return None
    return silent[topics[0]]


@lru_cache(maxsize=4)
def _topics_without_subscription(tree: Tree) -> Mapping[str, Origin]:
    """The topics that certainly have no subscription in a tree: none, where any subscription could be of any topic."""
    if tree.of(*MAY_SUBSCRIBE):
        return {}
    subscribed: set[str] = set()
    for row in tree.of(SUBSCRIPTION):
        try:
            topics = tree.references(row, "topic_arn", TOPIC)
        except ArgumentUnknown:
            return {}
        if not topics:
            return {}
        subscribed |= {topic.address for topic in topics}
    return {row.address: row.origin for row in tree.of(TOPIC) if row.address not in subscribed}


# ---- Scaling


def has_policy(group: Block, tree: Tree) -> bool:
    """Whether a scaling policy of these files certainly belongs to an Auto Scaling group."""
    return bool(certainly_referring(group, "autoscaling_group_name", "aws_autoscaling_policy", tree))
