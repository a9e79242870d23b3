"""ECR repositories."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Registry:
    """An ECR repository; the workload says how many GB of images are kept in all."""

    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        stored = certain(traffic.workload["image_gb"] / traffic.registries)
        sku = Sku("AmazonECR", "storage_gb_month")
        return (Meter(self.origin, "ECR storage", "GB-month", stored, sku, usage_based=True),)
