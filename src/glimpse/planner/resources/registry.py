"""ECR repositories, private and public."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import UsageRow
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Registry:
    """An ECR repository; the workload says how many GB of images are kept in all."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        people = traffic.people
        stored = people["image_gb"] / traffic.registries if people else None
        sku = Sku("AmazonECR", "storage_gb_month")
        yield traffic.metering(self.origin).used("ECR storage", "GB-month", "storage_gb", sku, quantity=stored)


PUBLIC_REPOSITORY = (
    UsageRow("ECR Public storage", "GB-month", "storage_gb", Sku("AmazonECRPublic", "storage_gb_month")),
    UsageRow("ECR Public data transfer", "GB", "monthly_data_transfer_gb", Sku("AmazonECRPublic", "transfer_out_gb")),
)
"""Public repositories are charged beyond free amounts (ECR pricing page)."""
