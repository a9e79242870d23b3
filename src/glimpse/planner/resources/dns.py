"""Route 53 beyond its zones: records' queries, health checks, resolver endpoints, DNS Firewall, traffic policies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.zone import ROUTE53, queries
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

AWS, ELSEWHERE = "AWS", "non-AWS"
"""Where what a health check asks stands: in the same account, or elsewhere (Route 53 pricing page, "Health checks")."""

ROUTINGS = {
    "monthly_standard_queries": (None, "DNS queries"),
    "monthly_latency_based_queries": ("latency", "Latency-based routing queries"),
    "monthly_geo_queries": ("geolocation", "Geo DNS queries"),
    "monthly_geoproximity_queries": ("geoproximity", "Geoproximity routing queries"),
    "monthly_ip_based_queries": ("ip-based", "IP-based routing queries"),
}
"""By usage key: the price's routing, and its name. Weighted, failover and multivalue answers are standard queries."""


@dataclass(frozen=True, slots=True)
class RecordQueries:
    """
    The queries of one record, by how it is routed: `routing` is a key of ROUTINGS.

    A record itself is free. What nobody stated for a record of plain routing is shown with its zone.
    """

    origin: Origin
    routing: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        for key, (routing, component) in ROUTINGS.items():
            shown = key == self.routing and routing is not None
            if shown or key in metering.given:
                yield queries(metering, component, key, routing)


@dataclass(frozen=True, slots=True)
class Route53HealthCheck:
    """
    A health check with its `options`: HTTPS, string matching, a fast interval, latency measurement, each charged.

    `endpoint` is AWS or ELSEWHERE; None where the files do not tell, and the usage does not either.
    """

    origin: Origin
    endpoint: str | None
    options: int

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        stated = {"aws": AWS, "non_aws": ELSEWHERE}.get((metering.word("endpoint_type") or "").lower())
        assumes = () if stated or self.endpoint else (say("health_check_of_aws"),)
        attributes = {"endpoint": stated or self.endpoint or AWS}
        sku = Sku(ROUTE53, "health_check_month", attributes)
        yield metering.fixed("Health check", "check-month", sku, 1, assumes=assumes)
        if self.options:
            sku = Sku(ROUTE53, "health_check_option_month", attributes)
            yield metering.fixed("Health check options", "option-month", sku, self.options)


@dataclass(frozen=True, slots=True)
class ResolverEndpoint:
    """A resolver endpoint: one network interface for each of its `addresses`, two at least, and the queries."""

    origin: Origin
    addresses: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        sku = Sku(ROUTE53, "resolver_endpoint_address_hour")
        needs = say("needs_resolver_addresses")
        yield metering.hours("Resolver network interface", sku, self.addresses, needs=needs)
        sku = Sku(ROUTE53, "resolver_query_million")
        yield metering.used("Resolver queries", "1M queries", "monthly_queries", sku, per=10**6)


@dataclass(frozen=True, slots=True)
class FirewallDomains:
    """A domain list of the DNS Firewall, charged by its domains; None is unknown."""

    origin: Origin
    domains: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(ROUTE53, "firewall_domain_month")
        metering = traffic.metering(self.origin)
        yield metering.fixed("DNS Firewall domains", "domain-month", sku, self.domains, needs=say("needs_domains"))


@dataclass(frozen=True, slots=True)
class FirewallAssociation:
    """A VPC whose queries the DNS Firewall looks at."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(ROUTE53, "firewall_query_million")
        metering = traffic.metering(self.origin)
        yield metering.used("DNS Firewall queries", "1M queries", "monthly_queries", sku, per=10**6)


@dataclass(frozen=True, slots=True)
class TrafficPolicyRecord:
    """What a traffic policy instance makes: a policy record, charged by the month."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(ROUTE53, "traffic_flow_record_month")
        yield traffic.metering(self.origin).fixed("Traffic policy record", "record-month", sku, 1)
