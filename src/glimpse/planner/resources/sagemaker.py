"""
SageMaker AI: endpoints on instances or serverless, and notebook instances (its pricing page, as known on 2026-11-28).

No price of it is held: what the files say is counted and named, what people use is a symbol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import UsageRow
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

SAGEMAKER = "AmazonSageMaker"


@dataclass(frozen=True, slots=True)
class EndpointVariant:
    """`instances` of one type that answer for an endpoint, by the hour whether asked or not; None is unknown."""

    origin: Origin
    name: str
    instance_type: str
    instances: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(SAGEMAKER, "hosting_instance_hour", {"instance_type": self.instance_type})
        yield traffic.metering(self.origin).hours(
            f"Hosting, {self.name}", sku, self.instances, unit="instance-hour", needs=say("needs_instance_count")
        )


@dataclass(frozen=True, slots=True)
class Notebook:
    origin: Origin
    instance_type: str
    volume_gb: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        sku = Sku(SAGEMAKER, "notebook_instance_hour", {"instance_type": self.instance_type})
        yield metering.hours(f"Notebook instance, {self.instance_type}", sku)
        sku = Sku(SAGEMAKER, "notebook_storage_gb_month")
        yield metering.fixed("Notebook storage", "GB-month", sku, self.volume_gb, needs=say("needs_notebook_volume"))


def serverless(memory_mb: int, provisioned: bool) -> tuple[UsageRow, ...]:
    """Serverless inference by the second at a memory size; concurrency that is kept ready has rates of its own."""
    size = {"memory_mb": str(memory_mb)}
    rows = [
        UsageRow(
            "Inference duration",
            "second",
            "monthly_inference_duration_seconds",
            Sku(SAGEMAKER, "serverless_inference_second", size),
        ),
        UsageRow("Data processed", "GB", "monthly_data_processed_gb", Sku(SAGEMAKER, "data_processed_gb")),
    ]
    if provisioned:
        key = "monthly_provisioned_concurrency_inference_duration_seconds"
        sku = Sku(SAGEMAKER, "provisioned_inference_second", size)
        rows.insert(1, UsageRow("Inference duration, provisioned concurrency", "second", key, sku))
    return tuple(rows)
