"""EBS snapshots: what they store, what is read of them directly, and fast restore."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.volume import EC2
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

DIRECT = (
    ("List blocks requests", "monthly_list_block_requests", "ebs_direct_list_blocks_1k"),
    ("Get block requests", "monthly_get_block_requests", "ebs_direct_get_block_1k"),
    ("Put block requests", "monthly_put_block_requests", "ebs_direct_put_block_1k"),
)
"""The EBS direct APIs, charged by the thousand (EBS pricing page)."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    A snapshot of a volume of `gib`, None where that is unknown. What it stores is what was written, so the volume's
    size is the most. `restored`: it is taken out of the archive. `read_directly`: by the EBS direct APIs, or restored
    fast, as far as somebody says so. `used`: whether anything in the files is made of it, None where nobody knows.
    """

    origin: Origin
    gib: int | None
    archived: bool = False
    restored: bool = False
    read_directly: bool = False
    used: bool | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        assumes = (say("snapshot_as_volume", gib=self.gib),) if self.gib is not None else ()
        kind = "ebs_snapshot_archive_gb_month" if self.archived else "ebs_snapshot_gb_month"
        component = "Archived snapshot storage" if self.archived else "Snapshot storage"
        sku = Sku(EC2, kind)
        yield metering.used(component, "GB-month", "storage_gb", sku, quantity=self.gib, assumes=assumes)
        if self.archived or self.restored:
            sku = Sku(EC2, "ebs_snapshot_archive_retrieval_gb")
            yield metering.used("Snapshot archive retrieval", "GB", "monthly_archive_retrieval_gb", sku)
        if self.read_directly:
            sku = Sku(EC2, "ebs_fast_snapshot_restore_hour")
            yield metering.used("Fast snapshot restore", "DSU-hour", "fast_snapshot_restore_hours", sku)
            for component, key, kind in DIRECT:
                yield metering.used(component, "1k requests", key, Sku(EC2, kind), per=1000)


@dataclass(frozen=True, slots=True)
class FastRestore:
    """Fast restore of one snapshot in one zone, charged by the hour while it is on."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("Fast snapshot restore", Sku(EC2, "ebs_fast_snapshot_restore_hour"), unit="DSU-hour")
