"""
What the blocks of a tree tell about its running service: names, health check, settings, alarms.

Looked up once the stack is made, and nothing here raises or notes a variable: what is wrong or unknown in it decides
no figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from glimpse.planner.deployment import AlarmRule, BalancerFacts, DeploymentFacts, HealthCheck
from glimpse.planner.extended_support import POSTGRESQL
from glimpse.planner.money import decimal_text
from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.databases import ENGINES
from glimpse.planner.outside.terraform_files.families.ecs import CLUSTER, definition_of
from glimpse.planner.outside.terraform_files.families.reader import certainly_referring
from glimpse.planner.outside.terraform_files.families.risk_facts import (
    DRAIN_SECONDS,
    GROUPS,
    INTERVAL_SECONDS,
    UNHEALTHY_COUNT,
    reached_container,
    stated,
    unnoted,
)
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.stack import Resource
from glimpse.planner.terraform.errors import EvaluationError, TooMuch
from glimpse.words import plain

HEALTHY_COUNT, IDLE_SECONDS = 3, 60
"""What the AWS provider takes where nothing is said (aws_lb_target_group, aws_lb)."""

MINIMUM_HEALTHY_PERCENT, MAXIMUM_PERCENT = 100, 200
"""What ECS takes where nothing is said (ECS API, DeploymentConfiguration)."""

SETTING = re.compile(r"GLIMPSE_[A-Z0-9_]+")
SECRET_NAME = re.compile(r"SECRET|PASSWORD|TOKEN|CREDENTIAL|_KEY$")
SECRET_VALUE = re.compile(r"://[^@\s]*:[^@\s]*@|password=", re.I)
"""A URL with a password."""

ALIASED = ("aws_lb", "aws_alb", "aws_cloudfront_distribution")
LISTENERS = ("aws_lb_listener", "aws_alb_listener")
CERTIFICATE, VALIDATION = "aws_acm_certificate", "aws_acm_certificate_validation"


def deployment_facts(tree: Tree, resources: Sequence[Resource]) -> DeploymentFacts | None:
    """
    The facts of the first service on Fargate behind a balancer; None where there is none, or where looking them up
    would take more than a reading may.
    """
    service = next((row for row in resources if isinstance(row, FargateService) and row.behind_balancer), None)
    if service is None:
        return None
    try:
        return _facts(service.origin.address, tree, resources)
    except (EvaluationError, TooMuch):
        return None


def _facts(address: str, tree: Tree, resources: Sequence[Resource]) -> DeploymentFacts:
    by_address = {block.address: block for block in tree.blocks}
    service = by_address[address]
    values = unnoted(service.values)
    groups = tree.certain_references(service, "load_balancer.target_group_arn", *GROUPS)
    # A service may stand behind two balancers while one takes the place of the other: a domain name leads to one.
    ways = [(group, _balancer_of(group, resources, by_address)) for group in groups or (None,)]
    group, balancer = next((way for way in ways if way[1] and _domain(way[1], tree)), ways[0])
    database = _database(resources)
    settings = _settings(service, tree)
    return DeploymentFacts(
        service=address,
        name=values.text("name"),
        cluster=_cluster(service, tree),
        minimum_healthy_percent=stated(values, "deployment_minimum_healthy_percent", MINIMUM_HEALTHY_PERCENT),
        maximum_percent=stated(values, "deployment_maximum_percent", MAXIMUM_PERCENT),
        environment=settings,
        balancer=_balancer(balancer, group, bool(tree.of("aws_cloudfront_vpc_origin")) or None),
        database=database.origin.address if database else None,
        identifier=unnoted(by_address[database.origin.address].values).text("identifier") if database else None,
        # A replica has the engine of its source, and does not say it.
        engine=next((name for name, engine in ENGINES.items() if database and engine == database.engine), None),
        bucket=settings.get("GLIMPSE_S3_BUCKET") or _bucket(tree),
        domain=_domain(balancer, tree) if balancer else None,
        zones=_zones(tree),
        alarms=tuple(map(_alarm, tree.of("aws_cloudwatch_metric_alarm"))),
    )


def _cluster(service: Block, tree: Tree) -> str | None:
    names = (unnoted(home.values).text("name") for home in tree.certain_references(service, "cluster", CLUSTER))
    said = (unnoted(service.values).text("cluster") or "").rpartition("/")[2]
    return next((name for name in names if name), said or None)


def _settings(service: Block, tree: Tree) -> Mapping[str, str]:
    """The settings of Glimpse that the container has in its environment, without secrets."""
    try:
        definition = definition_of(service, tree)
    except ArgumentUnknown:
        return {}
    container = reached_container(service, definition) or {}
    rows: Any = container.get("environment")
    pairs = ((row.get("name"), row.get("value")) for row in _mappings(rows))
    return {
        name: value
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str) and _is_open(name, value)
    }


def _mappings(rows: Any) -> Iterator[Mapping[str, Any]]:
    for row in rows if isinstance(rows, list | tuple) else ():
        if isinstance(row, Mapping):
            yield row


def _is_open(name: str, value: str) -> bool:
    """Whether a setting may be shown as it is."""
    is_secret = SECRET_NAME.search(name) or SECRET_VALUE.search(value)
    return bool(SETTING.fullmatch(name)) and not is_secret and plain(value) == value


def _balancer_of(group: Block | None, resources: Sequence[Resource], blocks: Mapping[str, Block]) -> Block | None:
    """The balancer that sends to a target group, or the only one where the group is not known."""
    balancers = [row for row in resources if isinstance(row, Balancer)]
    sending = [row for row in balancers if group and group.address in {to.origin.address for to in row.target_groups}]
    found = sending or (balancers if len(balancers) == 1 else [])
    return blocks[found[0].origin.address] if found else None


def _balancer(balancer: Block | None, group: Block | None, has_vpc_origin: bool | None) -> BalancerFacts:
    of_balancer = unnoted(balancer.values) if balancer else None
    of_group = unnoted(group.values) if group else None
    return BalancerFacts(
        name=of_balancer.text("name") if of_balancer else None,
        target_group=of_group.text("name") if of_group else None,
        idle_timeout_seconds=stated(of_balancer, "idle_timeout", IDLE_SECONDS) if of_balancer else None,
        deregistration_delay_seconds=stated(of_group, "deregistration_delay", DRAIN_SECONDS) if of_group else None,
        is_sticky=_is_sticky(of_group) if of_group else None,
        has_vpc_origin=has_vpc_origin,
        health_check=_health_check(of_group) if of_group else None,
    )


def _zones(tree: Tree) -> tuple[str, ...]:
    """The availability zones of the subnets, by id or by name as the files tell them."""
    values = [unnoted(subnet.values) for subnet in tree.of("aws_subnet")]
    zones = (row.text("availability_zone_id") or row.text("availability_zone") for row in values)
    return tuple(sorted({zone for zone in zones if zone}))


def _is_sticky(group: Values) -> bool | None:
    if group.is_unknown("stickiness"):
        return None
    rows = group.blocks("stickiness")
    if any(row.is_unknown("enabled") for row in rows):
        return None
    return any(row.boolean("enabled") is not False for row in rows)


def _health_check(group: Values) -> HealthCheck | None:
    if group.is_unknown("health_check"):
        return None
    check = group.block("health_check")
    return HealthCheck(
        path=check.text("path"),
        interval_seconds=stated(check, "interval", INTERVAL_SECONDS),
        timeout_seconds=check.integer("timeout"),
        healthy=stated(check, "healthy_threshold", HEALTHY_COUNT),
        unhealthy=stated(check, "unhealthy_threshold", UNHEALTHY_COUNT),
    )


def _database(resources: Sequence[Resource]) -> Database | None:
    """The database of the service: the first PostgreSQL, or the first of any engine."""
    databases = [row for row in resources if isinstance(row, Database)]
    return next((row for row in databases if row.engine == POSTGRESQL), next(iter(databases), None))


def _bucket(tree: Tree) -> str | None:
    """The name of the only bucket: with several, nothing here says which one has the files."""
    buckets = tree.of("aws_s3_bucket")
    return unnoted(buckets[0].values).text("bucket") if len(buckets) == 1 else None


def _domain(balancer: Block, tree: Tree) -> str | None:
    """
    The name that clients connect to: of a record that leads to the balancer, or to a CloudFront distribution before
    it; else of the balancer's certificate.
    """
    fronts = {balancer.address, *_distributions(balancer, tree)}
    for record in tree.of("aws_route53_record"):
        leads_to = {row.address for row in tree.certain_references(record, "alias.name", *ALIASED)}
        if leads_to & fronts and (name := _full_name(record, tree)):
            return name
    for listener in _listeners(balancer, tree):
        for row in tree.certain_references(listener, "certificate_arn", CERTIFICATE, VALIDATION):
            certificates = (
                tree.certain_references(row, "certificate_arn", CERTIFICATE) if row.type == VALIDATION else [row]
            )
            names = (unnoted(certificate.values).text("domain_name") for certificate in certificates)
            if name := next((name for name in names if name and "*" not in name), None):
                return name
    return None


def _listeners(balancer: Block, tree: Tree) -> Iterator[Block]:
    for type_ in LISTENERS:
        yield from certainly_referring(balancer, "load_balancer_arn", type_, tree)


def _distributions(balancer: Block, tree: Tree) -> Iterator[str]:
    for row in tree.of("aws_cloudfront_distribution"):
        if balancer in tree.certain_references(row, "origin.domain_name"):
            yield row.address


def _full_name(record: Block, tree: Tree) -> str | None:
    """A record's name may leave out its zone's."""
    name = (unnoted(record.values).text("name") or "").rstrip(".")
    zones = tree.certain_references(record, "zone_id", "aws_route53_zone")
    zone = next((found for row in zones if (found := unnoted(row.values).text("name"))), "").rstrip(".")
    if zone and name != zone and not name.endswith(f".{zone}"):
        name = f"{name}.{zone}" if name else zone
    return name if "." in name and "*" not in name else None


def _alarm(block: Block) -> AlarmRule:
    values = unnoted(block.values)
    rows = [metric for query in values.blocks("metric_query") for metric in query.blocks("metric")] or [values]
    pairs = ((row.text("namespace"), row.text("metric_name")) for row in rows)
    first, threshold = rows[0], values.number("threshold")
    return AlarmRule(
        address=block.address,
        name=values.text("alarm_name"),
        metrics=tuple(f"{namespace}/{metric}" for namespace, metric in pairs if namespace and metric),
        statistic=first.text("stat") or first.text("statistic") or first.text("extended_statistic"),
        comparison=values.text("comparison_operator"),
        threshold=None if threshold is None else decimal_text(threshold),
        period_seconds=first.integer("period"),
        periods=values.integer("evaluation_periods"),
    )
