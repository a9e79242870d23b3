"""KMS keys that the account manages itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Key:
    """A customer-managed KMS key."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.fixed("KMS key", "key-month", Sku("awskms", "key_month"), 1)
        sku = Sku("awskms", "request_10k")
        yield metering.used("KMS requests", "10k requests", "monthly_requests", sku, per=10_000)
