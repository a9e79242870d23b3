"""Load balancers: hours, capacity units, and the public addresses they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import DAYS_PER_MONTH, HOURS_PER_MONTH, certain
from glimpse.planner.resources.address import public_ipv4
from glimpse.planner.sentence import say
from glimpse.planner.traffic import HourOfTraffic, Traffic

NEW_CONNECTIONS_PER_SECOND = 25
ACTIVE_CONNECTIONS_PER_MINUTE = 3000
GB_PER_HOUR = 1
RULE_EVALUATIONS_PER_SECOND = 1000
RULES_IN_THE_PRICE = 10


def capacity_units(hour: HourOfTraffic, traffic: Traffic, rules: int) -> Fraction:
    """
    The load balancer capacity units (LCU) of one hour: the largest of four dimensions, never their sum.

    Units:   LCU for one hour; times USD per LCU-hour is the charge.
    Assumes: an open WebSocket is an active connection in every minute, even a silent one; a request's
             connection is active in the minute it is opened.
    Source:  Elastic Load Balancing pricing page, "LCU details" (25 new connections a second, 3,000 active a
             minute, 1 GB an hour, 1,000 rule evaluations a second above ten free rules), as collected 2026-11-22.
    """
    new_connections = traffic.new_connections(hour)
    active = hour.sockets + new_connections / 60
    evaluations = hour.requests / 3600 * max(0, rules - RULES_IN_THE_PRICE)
    return (
        max(
            new_connections / 3600 / NEW_CONNECTIONS_PER_SECOND,
            active / ACTIVE_CONNECTIONS_PER_MINUTE,
            traffic.balancer_gb(hour) / GB_PER_HOUR,
            evaluations / RULE_EVALUATIONS_PER_SECOND,
        )
        / traffic.balancers
    )


@dataclass(frozen=True, slots=True)
class Balancer:
    """
    `kind` is "application" or "network".

    `addresses`: how many public IPv4 it holds itself, one a zone where it faces the internet; None is unknown, as is
    None for `zones`, in how many it stands.
    """

    origin: Origin
    kind: str
    internal: bool
    addresses: int | None
    rules: int = 0
    idle_timeout: int = 60
    sticky: bool = False
    zones: int | None = None

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self._meters(traffic))

    def _meters(self, traffic: Traffic) -> Iterator[Meter]:
        always = certain(HOURS_PER_MONTH)
        if self.kind == "application":
            apart = self.internal and not traffic.service_edges
            yield Meter(self.origin, "Application Load Balancer", "hour", always, Sku("AWSELB", "alb_hour"))
            units = sum((capacity_units(hour, traffic, self.rules) for hour in traffic.hours), Fraction(0))
            yield Meter(
                self.origin,
                "Load balancer capacity units",
                "LCU-hour",
                certain(Fraction(0) if apart else units * DAYS_PER_MONTH),
                Sku("AWSELB", "alb_lcu_hour"),
                assumes=(say("lcu_internal") if apart else say("lcu_largest"),),
                usage_based=True,
            )
        else:
            yield Meter(self.origin, "Network Load Balancer", "hour", always, Sku("AWSELB", "nlb_hour"))
            yield Meter(
                self.origin,
                "Network load balancer capacity units",
                "NLCU-hour",
                None,
                Sku("AWSELB", "nlb_nlcu_hour"),
                usage_based=True,
                needs=say("needs_nlcu"),
            )
        if self.addresses is None:
            yield Meter(
                self.origin,
                "Public IPv4 address",
                "hour",
                None,
                Sku("AmazonVPC", "public_ipv4_hour"),
                needs=say("needs_zones"),
            )
        elif self.addresses:
            yield public_ipv4(self.origin, always * self.addresses)
