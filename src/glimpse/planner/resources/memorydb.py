"""MemoryDB clusters and their snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.reservable import reserved_hours
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

MEMORYDB = "AmazonMemoryDB"
SNAPSHOTS = "snapshot_storage_size_gb"


@dataclass(frozen=True, slots=True)
class MemoryCluster:
    """`engine` as on the pricing page: Redis, Valkey. `nodes` counts shards with their replicas."""

    origin: Origin
    engine: str
    node_type: str | None
    nodes: int | None
    keeps_snapshots: bool = False
    spans_regions: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.node_type is None or self.nodes is None:
            needs = say("needs_node_type" if self.node_type is None else "needs_node_count")
            yield metering.hours("MemoryDB node", Sku(MEMORYDB, "node_hour"), None, needs=needs)
        else:
            sku = Sku(MEMORYDB, "node_hour", {"engine": self.engine, "node_type": self.node_type})
            yield reserved_hours(self.origin, f"{self.node_type} {self.engine}", sku, self.nodes, traffic)
        sku = Sku(MEMORYDB, "data_written_gb", {"engine": self.engine})
        yield metering.used("Data written", "GB", "monthly_data_written_gb", sku)
        if self.keeps_snapshots or metering.number(SNAPSHOTS) is not None:
            yield metering.used("Snapshots", "GB-month", SNAPSHOTS, Sku(MEMORYDB, "backup_gb_month"))
        if self.spans_regions:
            sku = Sku("AWSDataTransfer", "inter_region_out_gb")
            yield metering.used("Replication between regions", "GB", "monthly_replicated_gb", sku)


@dataclass(frozen=True, slots=True)
class MemorySnapshot:
    """A snapshot of its own: one for each cluster is part of the price (MemoryDB pricing page)."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(MEMORYDB, "backup_gb_month")
        yield traffic.metering(self.origin).used("Snapshots", "GB-month", SNAPSHOTS, sku)
