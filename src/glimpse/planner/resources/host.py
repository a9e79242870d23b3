"""EC2 Dedicated Hosts, and capacity that is reserved on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import ON_DEMAND, Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.instance import DEDICATED, EC2, reserved_term
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Host:
    """A Dedicated Host, charged by the hour whatever runs on it. A family of None is unknown."""

    origin: Origin
    family: str | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        term = reserved_term(metering) or ON_DEMAND
        sku = Sku(EC2, "dedicated_host_hour", {"instance_family": self.family or "?"}, term)
        count = 1 if self.family else None
        assumes = () if term == ON_DEMAND else (say("reserved_by_usage", term=term),)
        needs = say("needs_instance_type")
        yield metering.hours(f"{self.family or 'EC2'} Dedicated Host", sku, count, needs=needs, assumes=assumes)


@dataclass(frozen=True, slots=True)
class CapacityReservation:
    """
    Capacity that is kept free, charged like running instances whether or not any run in it. `inside` of the stack's
    own instances run in it and are charged themselves. Source: EC2 user guide, Capacity Reservation pricing.
    """

    origin: Origin
    instance_type: str | None
    system: str
    tenancy: str
    count: int | None
    inside: int = 0

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        attributes = {"instance_type": self.instance_type or "?", "os": self.system, "tenancy": self.tenancy}
        kind = "dedicated_instance_hour" if self.tenancy == DEDICATED else "instance_hour"
        known = self.count is not None and self.instance_type
        free = max(0, (self.count or 0) - self.inside) if known else None
        assumes = (say("reservation_inside", count=min(self.inside, self.count or 0)),) if self.inside else ()
        yield metering.hours(
            f"{self.instance_type or 'Capacity'} reservation, unused",
            Sku(EC2, kind, attributes),
            free,
            needs=say("needs_instance_count" if self.instance_type else "needs_instance_type"),
            assumes=assumes,
        )
