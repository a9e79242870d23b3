"""EC2 instances, standing alone or kept by an Auto Scaling group, with the disks and addresses they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import SPOT, Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, certain
from glimpse.planner.resources.address import public_ipv4
from glimpse.planner.resources.reservable import instance_hours
from glimpse.planner.resources.volume import Disk
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

EC2 = "AmazonEC2"


@dataclass(frozen=True, slots=True)
class Instances:
    """
    `count` Linux instances of one type; a type or a count of None is unknown.

    `addresses` are the public IPv4 that each holds for itself (not Elastic ones); None is decided by the subnet
    and was not found. `tenancy` as on the pricing page. `is_nat`: other servers reach the internet
    through it. `elastic`: where its Elastic IPs are charged.
    """

    origin: Origin
    instance_type: str | None
    count: int | None
    disks: tuple[Disk, ...] = ()
    addresses: int | None = 0
    spot: bool = False
    tenancy: str = "Shared"
    is_nat: bool = False
    elastic: tuple[str, ...] = ()

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self._meters(traffic))

    def _meters(self, traffic: Traffic) -> Iterator[Meter]:
        if self.instance_type is None or self.count is None:
            needs = say("needs_instance_type" if self.instance_type is None else "needs_instance_count")
            yield Meter(self.origin, "EC2 instance", "hour", None, Sku(EC2, "instance_hour"), needs=needs)
            return
        attributes = {"instance_type": self.instance_type, "os": "Linux", "tenancy": self.tenancy}
        hours = certain(HOURS_PER_MONTH * self.count)
        if self.spot:
            sku = Sku(EC2, "instance_hour", attributes, SPOT)
            yield Meter(self.origin, f"{self.instance_type} Spot instance", "hour", hours, sku)
        else:
            sku = Sku(EC2, "instance_hour", attributes)
            label = f"{self.instance_type} instance"
            yield instance_hours(self.origin, label, sku, self.count, traffic, say("linux_assumed"))
        for disk in self.disks:
            yield from disk.meters(self.origin, self.count)
        if self.addresses is None:
            sku = Sku("AmazonVPC", "public_ipv4_hour")
            yield Meter(self.origin, "Public IPv4 address", "hour", None, sku, needs=say("needs_subnet"))
        elif self.addresses:
            yield public_ipv4(self.origin, hours * self.addresses)
