"""S3 buckets in the Standard class: what is kept, and the requests that keep and fetch it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Bucket:
    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        workload = traffic.workload
        shared = (say("shared_evenly", count=traffic.buckets),) if traffic.buckets > 1 else ()
        rows: tuple[tuple[str, str, str, Fraction, dict[str, str]], ...] = (
            ("S3 Standard storage", "GB-month", "storage_gb_month", workload.stored_gb, {"storage_class": "Standard"}),
            ("PUT requests", "1k requests", "request_tier1", workload.monthly("uploads") / 1000, {}),
            ("GET requests", "1k requests", "request_tier2", workload.monthly("downloads") / 1000, {}),
        )
        return tuple(
            Meter(
                self.origin,
                component,
                unit,
                certain(amount / traffic.buckets),
                Sku("AmazonS3", kind, attributes),
                shared,
                usage_based=True,
            )
            for component, unit, kind, amount, attributes in rows
        )
