"""ElastiCache Serverless: what it keeps by the hour, and what it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

ELASTICACHE = "AmazonElastiCache"

LEAST_GB: Mapping[str, Fraction] = {"Valkey": Fraction(1, 10), "Redis": Fraction(1), "Memcached": Fraction(1)}
"""What is charged however little is kept (ElastiCache pricing page, serverless: 100 MB for Valkey, 1 GB otherwise)."""

ECPU_PER_MESSAGE = 3
"""One to publish and one for each of two tasks that hear it: a kilobyte or less each time (pricing page, ECPU)."""


@dataclass(frozen=True, slots=True)
class ServerlessCache:
    """
    `engine` as on the pricing page. `least_gb` is the minimum that its limits ask for, which is charged too.

    `is_bus`: it carries events and keeps nothing, so the least is all; of any other, what it keeps is unknown.
    """

    origin: Origin
    engine: str
    is_bus: bool
    least_gb: int = 0

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        charged = LEAST_GB.get(self.engine)
        least = max(charged, Fraction(self.least_gb)) if charged is not None and self.is_bus else None
        attributes = {"engine": self.engine}
        units = certain(traffic.workload.monthly("messages") * ECPU_PER_MESSAGE / traffic.serverless_caches)
        return (
            Meter(
                self.origin,
                f"{self.engine} data stored",
                "GB-hour",
                None if least is None else certain(least * HOURS_PER_MONTH),
                Sku(ELASTICACHE, "serverless_data_gb_hour", attributes),
                assumes=() if least is None else (say("cache_least", gb=str(float(least))),),
                needs=None if least is not None else say("needs_cache_size"),
            ),
            Meter(
                self.origin,
                f"{self.engine} processing units",
                "ECPU",
                units,
                Sku(ELASTICACHE, "serverless_ecpu", attributes),
                assumes=(say("cache_units", units=ECPU_PER_MESSAGE),),
                usage_based=True,
            ),
        )
