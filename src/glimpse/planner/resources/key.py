"""KMS keys that the account manages itself."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Key:
    """A customer-managed KMS key."""

    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        calls = Meter(
            self.origin,
            "KMS requests",
            "10k requests",
            None,
            Sku("awskms", "request_10k"),
            usage_based=True,
            needs=say("needs_key_requests"),
        )
        return (Meter(self.origin, "KMS key", "key-month", certain(1), Sku("awskms", "key_month")), calls)
