"""Route 53: zones, records, health checks, resolvers, and namespaces of Cloud Map."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem, alone
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.discovery import HttpNamespace, RegisteredResource
from glimpse.planner.resources.dns import (
    AWS,
    FirewallAssociation,
    FirewallDomains,
    RecordQueries,
    ResolverEndpoint,
    Route53HealthCheck,
    TrafficPolicyRecord,
)
from glimpse.planner.resources.monitoring import CUSTOM_METRICS
from glimpse.planner.resources.zone import Zone

STANDARD = "monthly_standard_queries"
METRICS = ("rni_enhanced_metrics_enabled", "target_name_server_metrics_enabled")
POLICIES = {
    "latency_routing_policy": "monthly_latency_based_queries",
    "geolocation_routing_policy": "monthly_geo_queries",
    "geoproximity_routing_policy": "monthly_geoproximity_queries",
    "cidr_routing_policy": "monthly_ip_based_queries",
}
OF_AWS = ("CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL")
"""Checks that ask no endpoint are charged as those of one in AWS (Route 53 pricing page, "Health checks")."""

FAST_SECONDS = 10


def record(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Records are free. Queries of an alias to something in AWS are, too; those of any other can be stated with it."""
    yield block.origin
    if not block.values.has("alias"):
        routings = [key for policy, key in POLICIES.items() if block.values.has(policy)]
        yield RecordQueries(block.origin, routings[0] if routings else STANDARD)


def health_check(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    kind = values.text("type") or ""
    asked = [found for argument in ("fqdn", "ip_address") for found in tree.certain_references(block, argument)]
    # What a record leads to may stand anywhere.
    inside = kind in OF_AWS or any(found.type != "aws_route53_record" for found in asked)
    options = (
        kind.startswith("HTTPS"),
        kind.endswith("STR_MATCH"),
        values.integer("request_interval") == FAST_SECONDS,
        bool(values.boolean("measure_latency")),
    )
    yield Route53HealthCheck(block.origin, AWS if inside else None, 0 if kind in OF_AWS else sum(options))


def resolver(block: Block, tree: Tree) -> Iterator[StackItem]:
    rows = None if block.values.is_unknown("ip_address") else len(block.values.blocks("ip_address"))
    yield ResolverEndpoint(block.origin, rows or None)
    if any(block.values.boolean(name) for name in METRICS):
        yield ByUse(block.origin, CUSTOM_METRICS)


def domains(block: Block, tree: Tree) -> Iterator[StackItem]:
    listed = block.values.known.items("domains")
    yield FirewallDomains(block.origin, None if block.values.is_unknown("domains") else len(listed or ()))


READERS = {
    "aws_route53_zone": alone(Zone),
    "aws_route53_record": record,
    "aws_route53_health_check": health_check,
    "aws_route53_resolver_endpoint": resolver,
    "aws_route53_resolver_firewall_domain_list": domains,
    "aws_route53_resolver_firewall_rule_group_association": alone(FirewallAssociation),
    "aws_route53_traffic_policy_instance": alone(TrafficPolicyRecord),
    "aws_service_discovery_instance": alone(RegisteredResource),
    "aws_service_discovery_http_namespace": alone(HttpNamespace),
    "aws_service_discovery_private_dns_namespace": alone(Zone),
    "aws_service_discovery_public_dns_namespace": alone(Zone),
}
EVERYWHERE = {
    "aws_route53_zone",
    "aws_route53_record",
    "aws_route53_health_check",
    "aws_route53_traffic_policy_instance",
}
BY_USE = {"aws_route53_record"}
