"""
Services that cost nothing until they are used, and have no other charge: each row of their pricing page is usage.

Rows are those of each service's pricing page (aws.amazon.com/SERVICE/pricing), as known on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin, perhaps
from glimpse.planner.metering import Metering
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class UsageRow:
    """
    One row: its name, the unit of its price, the usage key, and how many of the key's units make one of the price's.

    `shown` False: the row is printed only where its usage was given.
    """

    component: str
    unit: str
    key: str
    sku: Sku
    per: int = 1
    shown: bool = True


def meters_of(rows: tuple[UsageRow, ...], metering: Metering) -> Iterator[Meter]:
    """The meters of these rows: usage that was given, else symbols."""
    for row in rows:
        if row.shown or metering.number(row.key):
            yield metering.used(row.component, row.unit, row.key, row.sku, per=row.per)


@dataclass(frozen=True, slots=True)
class ByUse:
    """A resource that is charged by these rows and by nothing else; `charged` None: nobody knows whether by them."""

    origin: Origin
    rows: tuple[UsageRow, ...]
    charged: bool | None = True

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield from perhaps(self.charged, meters_of(self.rows, traffic.metering(self.origin)))


@dataclass(frozen=True, slots=True)
class UseWithoutPrice:
    """
    What `service`, in AWS's words, charges by use alone, where no price of that use is held: usage, and no gap. Where
    people give any usage, something is charged that has no price here.
    """

    origin: Origin
    service: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        component, sku = f"Usage of {self.service}", Sku(self.service, "usage")
        given = [key for key in metering.given if metering.number(key)]
        if given:
            needs = say("use_only_given", service=self.service, keys=", ".join(given))
            yield metering.fixed(component, "usage", sku, None, needs=needs)
        else:
            yield metering.used(component, "usage", (), sku, needs=say("use_only", service=self.service))


GLACIER_CLASS = {"storage_class": "Glacier Flexible Retrieval"}

GLACIER_VAULT = (
    # A vault is charged by the same storage SKU as the class Glacier Flexible Retrieval ("Glacier Storage per GB Mo").
    UsageRow("Glacier storage", "GB-month", "storage_gb", Sku("AmazonS3", "storage_gb_month", GLACIER_CLASS)),
    UsageRow("Upload requests", "1k requests", "monthly_upload_requests", Sku("AmazonGlacier", "upload_1k"), per=1000),
    UsageRow(
        "Standard retrieval",
        "GB",
        "monthly_standard_data_retrieval_gb",
        Sku("AmazonS3", "retrieval_gb", {**GLACIER_CLASS, "retrieval": "standard"}),
    ),
)

GATEWAY_DATA = (
    UsageRow("Data written by the gateway", "GB", "monthly_data_written_gb", Sku("AWSStorageGateway", "written_gb")),
)
GATEWAY_VOLUME = (
    UsageRow("Volume storage", "GB-month", "storage_gb", Sku("AWSStorageGateway", "volume_gb_month")),
    UsageRow("Volume snapshots", "GB-month", "snapshot_storage_gb", Sku("AmazonEC2", "ebs_snapshot_gb_month")),
)
GATEWAY_SNAPSHOTS = GATEWAY_VOLUME[1:]


def datasync(mode: str) -> tuple[UsageRow, ...]:
    """A DataSync task of a mode, "Basic" or "Enhanced": by GB, and in enhanced mode by execution, too."""
    copied = UsageRow("Data copied", "GB", "monthly_data_copied_gb", Sku("AWSDataSync", "copied_gb", {"mode": mode}))
    runs = UsageRow("Task executions", "execution", "monthly_executions", Sku("AWSDataSync", "enhanced_execution"))
    return (copied, runs) if mode == "Enhanced" else (copied,)
