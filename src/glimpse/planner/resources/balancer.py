"""Load balancers of every kind: hours, capacity units or data, and the public addresses they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin, perhaps
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import DAYS_PER_MONTH, HOURS_PER_MONTH, certain
from glimpse.planner.resources.address import public_ipv4
from glimpse.planner.sentence import say
from glimpse.planner.traffic import HourOfTraffic, Traffic

NEW_CONNECTIONS_PER_SECOND = 25
ACTIVE_CONNECTIONS_PER_MINUTE = 3000
GB_PER_HOUR = 1
RULE_EVALUATIONS_PER_SECOND = 1000
RULES_IN_THE_PRICE = 10

ELB = "AWSELB"
GB_PER_HOUR_OF_FUNCTIONS = Fraction(2, 5)
"""A unit holds 0.4 GB an hour where the targets are Lambda functions (pricing page, "LCU details")."""

LCU_KEYS = ("new_connections", "active_connections", "processed_bytes_gb", "rule_evaluations")
"""Usage keys of the four dimensions: a second, at once, a month, a second."""


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
class UnitSize:
    """
    What one capacity unit holds: new connections a second, active ones a minute, GB an hour, rule evaluations a second.
    """

    new: int
    active: int
    gb: Fraction = Fraction(GB_PER_HOUR)
    evaluations: int | None = None


APPLICATION_UNIT = UnitSize(
    NEW_CONNECTIONS_PER_SECOND, ACTIVE_CONNECTIONS_PER_MINUTE, evaluations=RULE_EVALUATIONS_PER_SECOND
)
NETWORK_UNITS = {"TCP": UnitSize(800, 100_000), "UDP": UnitSize(400, 50_000), "TLS": UnitSize(50, 3_000)}
GATEWAY_UNIT = UnitSize(600, 60_000)
"""Source: Elastic Load Balancing pricing page, "NLCU details" and "GLCU details", as known on 2026-11-28."""


def stated_unit_hours(metering: Metering, unit: UnitSize) -> Fraction | None:
    """
    Unit-hours a month of usage that somebody stated as means: the largest dimension, every hour alike.

    The evaluations that are stated are those beyond the rules in the price. None where nothing was stated.
    """
    new, active, gb, evaluations = (metering.number(key) for key in LCU_KEYS)
    dimensions = [
        None if new is None else new / unit.new,
        None if active is None else active / unit.active,
        None if gb is None else gb / HOURS_PER_MONTH / unit.gb,
        None if evaluations is None or unit.evaluations is None else evaluations / unit.evaluations,
    ]
    known = [dimension for dimension in dimensions if dimension is not None]
    return max(known) * HOURS_PER_MONTH if known else None


def _addresses(metering: Metering, count: int | None) -> Iterator[Meter]:
    """The public IPv4 addresses that a balancer holds itself."""
    if count is None:
        sku = Sku("AmazonVPC", "public_ipv4_hour")
        yield metering.fixed("Public IPv4 address", "hour", sku, None, needs=say("needs_zones"))
    elif count:
        yield public_ipv4(metering.origin, certain(HOURS_PER_MONTH) * count)


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """
    Where a balancer sends to. After `failures` health checks in a row, one each `interval` seconds, it stops sending to
    a target; `drain_seconds`: how long it lets open requests end on a target that leaves. None is unknown, or not
    done.
    """

    origin: Origin
    interval: int | None = None
    failures: int | None = None
    drain_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Balancer:
    """
    `kind` is "application" or "network".

    `addresses`: how many public IPv4 it holds itself, one a zone where it faces the internet; None is unknown, as is
    None for `zones`, in how many it stands. `reserved`: capacity units that are kept for it, None is unknown.
    `protocols` are those of a network balancer's listeners. `functions`: its targets are Lambda functions.
    `cross_zone`: a network balancer that sends to targets in other zones, which is charged as transfer. `vpc`: the
    address or the id of its VPC. None is unknown for each of these, too. `target_groups` are those in the files that it
    sends to.
    """

    origin: Origin
    kind: str
    internal: bool
    addresses: int | None
    rules: int = 0
    idle_timeout: int = 60
    sticky: bool = False
    zones: int | None = None
    reserved: int | None = 0
    protocols: frozenset[str] | None = frozenset()
    functions: bool | None = False
    cross_zone: bool | None = False
    target_groups: tuple[TargetGroup, ...] = ()
    has_targets: bool | None = None
    vpc: str | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.kind == "application":
            yield metering.hours("Application Load Balancer", Sku(ELB, "alb_hour"))
            yield from self._application_units(metering, traffic)
        else:
            yield metering.hours("Network Load Balancer", Sku(ELB, "nlb_hour"))
            yield from perhaps(self.protocols is not None or None, (self._network_units(metering),))
            sku = Sku("AWSDataTransfer", "inter_az_gb")
            across = metering.used("Data transfer between zones", "GB", "monthly_intra_region_gb", sku)
            yield from perhaps(self.cross_zone, (across,))
        if self.reserved is None or self.reserved:
            unit = "LCU-hour" if self.kind == "application" else "NLCU-hour"
            sku = Sku(ELB, "alb_reserved_lcu_hour" if self.kind == "application" else "nlb_reserved_nlcu_hour")
            yield metering.hours("Reserved capacity units", sku, self.reserved, unit=unit, needs=say("needs_reserved"))
        yield from _addresses(metering, self.addresses)

    def _application_units(self, metering: Metering, traffic: Traffic) -> Iterator[Meter]:
        unit = replace(APPLICATION_UNIT, gb=GB_PER_HOUR_OF_FUNCTIONS) if self.functions else APPLICATION_UNIT
        units, why = stated_unit_hours(metering, unit), say("lcu_of_means")
        # What was given in GB is of another number of units before functions.
        decided = units is None or self.functions is not None
        if units is None and traffic.people:
            apart = self.internal and not traffic.service_edges
            by_hour = (capacity_units(hour, traffic, self.rules) for hour in traffic.hours)
            units = Fraction(0) if apart else sum(by_hour, Fraction(0)) * DAYS_PER_MONTH
            why = say("lcu_internal") if apart else say("lcu_largest")
        sku = Sku(ELB, "alb_lcu_hour")
        used = metering.used("Load balancer capacity units", "LCU-hour", LCU_KEYS, sku, quantity=units, assumes=(why,))
        yield from perhaps(decided or None, (used,))

    def _network_units(self, metering: Metering) -> Meter:
        """
        Units count by protocol, and nobody states usage by protocol: with several, all of it is taken to be of the one
        that needs the most units.
        """
        sizes = [NETWORK_UNITS[protocol] for protocol in sorted(self.protocols or ()) if protocol in NETWORK_UNITS]
        known = [
            hours
            for size in sizes or [NETWORK_UNITS["TCP"]]
            if (hours := stated_unit_hours(metering, size)) is not None
        ]
        why = [say("lcu_of_means")]
        if len(sizes) != 1:
            why.append(say("nlcu_dearest" if sizes else "nlcu_of_tcp"))
        return metering.used(
            "Network load balancer capacity units",
            "NLCU-hour",
            LCU_KEYS[:3],
            Sku(ELB, "nlb_nlcu_hour"),
            quantity=max(known, default=None),
            assumes=tuple(why),
        )


@dataclass(frozen=True, slots=True)
class JoinedBalancers:
    """
    What passed application balancers (`joined`) that are gone: the one that took their rules is charged its capacity
    units. What people do is shared among the balancers that are left.
    """

    origin: Origin
    joined: tuple[Origin, ...]

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(ELB, "alb_lcu_hour")
        for origin in self.joined:
            metering = traffic.metering(origin)
            units = stated_unit_hours(metering, APPLICATION_UNIT)
            if units is not None or not traffic.people:
                yield metering.used("Load balancer capacity units", "LCU-hour", LCU_KEYS, sku, quantity=units)


@dataclass(frozen=True, slots=True)
class GatewayBalancer:
    """A Gateway Load Balancer, before firewalls and other appliances."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("Gateway Load Balancer", Sku(ELB, "gwlb_hour"))
        yield metering.used(
            "Gateway load balancer capacity units",
            "GLCU-hour",
            LCU_KEYS[:3],
            Sku(ELB, "gwlb_glcu_hour"),
            quantity=stated_unit_hours(metering, GATEWAY_UNIT),
            assumes=(say("lcu_of_means"),),
        )


@dataclass(frozen=True, slots=True)
class ClassicBalancer:
    """A Classic Load Balancer: hours, and every GB that passes. `addresses` as of any other balancer."""

    origin: Origin
    addresses: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("Classic Load Balancer", Sku(ELB, "clb_hour"))
        yield metering.used("Data processed", "GB", "monthly_data_processed_gb", Sku(ELB, "clb_gb"))
        yield from _addresses(metering, self.addresses)


@dataclass(frozen=True, slots=True)
class TrustStore:
    """A trust store, by which an Application Load Balancer checks its clients' certificates (mutual TLS)."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).hours("Trust store", Sku(ELB, "trust_store_hour"))
