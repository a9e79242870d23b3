"""
EFS file systems: storage by class, throughput, and what reading and writing the colder classes costs.

Rows: Amazon EFS's pricing page, as known on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.resources.by_use import UsageRow
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

EFS = "AmazonEFS"

BURSTING, PROVISIONED, ELASTIC = "bursting", "provisioned", "elastic"

GIB_FOR_A_MIBPS = 20
"""Each 20 GiB of Standard storage include 1 MiB/s; only throughput beyond it is charged (EFS pricing page)."""

INFREQUENT, ARCHIVE = "Infrequent Access", "Archive"
USAGE_KEYS = {INFREQUENT: "infrequent_access", ARCHIVE: "archive"}


@dataclass(frozen=True, slots=True)
class FileSystem:
    """
    `colder` are the classes that its lifecycle moves files to. `provisioned_mibps` is None where nobody knows it, and
    in the other throughput modes.
    """

    origin: Origin
    one_zone: bool = False
    throughput: str = BURSTING
    provisioned_mibps: Fraction | None = None
    colder: frozenset[str] = frozenset()

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        main = "One Zone" if self.one_zone else "Standard"
        sku = Sku(EFS, "storage_gb_month", {"storage_class": main})
        yield metering.used(f"EFS {main} storage", "GB-month", "storage_gb", sku)
        for name, key in USAGE_KEYS.items():
            yield from self._colder(name, key, metering)
        if self.throughput == PROVISIONED:
            yield self._provisioned(metering)
        elif self.throughput == ELASTIC:
            for way in ("read", "write"):
                sku = Sku(EFS, f"elastic_throughput_{way}_gb")
                yield metering.used(f"Elastic throughput, {way}", "GB", f"monthly_elastic_{way}_gb", sku)

    def _colder(self, name: str, key: str, metering: Metering) -> Iterator[Meter]:
        rows = [(f"{name} storage", "GB-month", f"{key}_storage_gb", self._storage(name))]
        for way in ("read", "write"):
            sku = Sku(EFS, f"tiered_{way}_gb", {"storage_class": name})
            rows.append((f"{name} {way}s", "GB", f"monthly_{key}_{way}_gb", sku))
        for component, unit, usage_key, sku in rows:
            if name in self.colder or metering.number(usage_key):
                yield metering.used(f"EFS {component}", unit, usage_key, sku)

    def _storage(self, name: str) -> Sku:
        """In one zone the price is the same in each throughput mode; Infrequent Access in several differs by it."""
        if self.one_zone:
            return Sku(EFS, "storage_gb_month", {"storage_class": f"One Zone-{name}"})
        mode = ELASTIC if self.throughput == ELASTIC else "bursting or provisioned"
        return Sku(EFS, "storage_gb_month", {"storage_class": name, "throughput": mode})

    def _provisioned(self, metering: Metering) -> Meter:
        """Throughput beyond what the storage includes; as if nothing were stored where nobody said how much is."""
        stored, throughput = metering.number("storage_gb"), self.provisioned_mibps
        charged = None if throughput is None else max(Fraction(0), throughput - Fraction(stored or 0) / GIB_FOR_A_MIBPS)
        assumed = say("storage_includes_throughput") if stored is not None else say("no_storage_includes_throughput")
        return metering.fixed(
            "Provisioned throughput",
            "MiBps-month",
            Sku(EFS, "provisioned_throughput_mibps_month"),
            charged,
            needs=say("needs_throughput"),
            assumes=(assumed,),
        )


def replica(to: str | None) -> tuple[UsageRow, ...]:
    """The transfer that replication to another region makes; the replica is a file system of its own."""
    sku = Sku("AWSDataTransfer", "inter_region_out_gb", {"to": to} if to else {})
    return (UsageRow("Data transfer to another region", "GB", "monthly_outbound_other_regions_gb", sku),)
