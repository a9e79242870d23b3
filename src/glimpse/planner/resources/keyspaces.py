"""Amazon Keyspaces: tables by the request or by provisioned capacity, and what they keep (pricing page)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

KEYSPACES = "AmazonMCS"

MILLION = 10**6


@dataclass(frozen=True, slots=True)
class KeyspacesTable:
    """`provisioned`: read and write capacity units, each None where it is unknown; None is on demand."""

    origin: Origin
    provisioned: tuple[int | None, int | None] | None = None
    point_in_time_recovery: bool = False
    ttl: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.provisioned:
            for word, unit, units in zip(("Read", "Write"), ("RCU", "WCU"), self.provisioned, strict=True):
                sku, needs = Sku(KEYSPACES, f"{unit.lower()}_hour"), say("needs_keyspaces_capacity")
                yield metering.hours(f"{word} capacity units", sku, units, unit=f"{unit}-hour", needs=needs)
        else:
            for word, unit in (("Read", "RRU"), ("Write", "WRU")):
                key, sku = f"monthly_{word.lower()}_request_units", Sku(KEYSPACES, f"{word.lower()}_request_million")
                yield metering.used(f"{word} request units", f"1M {unit}", key, sku, per=MILLION)
        yield metering.used("Table storage", "GB-month", "storage_gb", Sku(KEYSPACES, "storage_gb_month"))
        if self.point_in_time_recovery:
            key, sku = "pitr_backup_storage_gb", Sku(KEYSPACES, "pitr_gb_month")
            yield metering.used("Point-in-time recovery", "GB-month", key, sku)
        if self.ttl:
            key, sku = "monthly_ttl_deletes", Sku(KEYSPACES, "ttl_delete_million")
            yield metering.used("TTL deletes", "1M deletes", key, sku, per=MILLION)
