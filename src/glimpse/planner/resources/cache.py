"""ElastiCache nodes, alone or in a replication group."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.reservable import instance_hours
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Cache:
    """
    `engine` as on the pricing page: Redis, Valkey, Memcached. `nodes` counts primaries and replicas.

    `is_bus`: it carries events and keeps nothing; its tag says so, for nothing else tells it from one that holds data.
    """

    origin: Origin
    engine: str
    node_type: str | None
    nodes: int | None
    multi_az: bool = False
    is_bus: bool = False

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        if self.node_type is None or self.nodes is None:
            needs = say("needs_node_type" if self.node_type is None else "needs_node_count")
            sku = Sku("AmazonElastiCache", "node_hour")
            return (Meter(self.origin, f"{self.engine} node", "hour", None, sku, needs=needs),)
        attributes = {"engine": self.engine, "node_type": self.node_type}
        sku = Sku("AmazonElastiCache", "node_hour", attributes)
        return (instance_hours(self.origin, f"{self.node_type} {self.engine}", sku, self.nodes, traffic),)
