"""Public IPv4 addresses: every one is charged by the hour, in use or idle, since 2024-02-01."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, CostCases, certain
from glimpse.planner.traffic import Traffic

IPV4 = Sku("AmazonVPC", "public_ipv4_hour")


def public_ipv4(origin: Origin, hours: CostCases) -> Meter:
    return Meter(origin, "Public IPv4 address", "hour", hours, IPV4)


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """
    An Elastic IP. It carries the charge itself; what it is attached to is not charged for it again. `attached`:
    whether anything in the files holds it, None where nobody knows.
    """

    origin: Origin
    attached: bool | None = None

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return (public_ipv4(self.origin, certain(HOURS_PER_MONTH)),)
