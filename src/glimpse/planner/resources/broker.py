"""Amazon MQ: ActiveMQ and RabbitMQ brokers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.charged_units import times
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

MQ = "AmazonMQ"
CLUSTER = "CLUSTER_MULTI_AZ"
CLUSTER_NODES = 3
"""A RabbitMQ cluster: three nodes, each with a disk of its own. The price of its hour is of all three (MQ pricing)."""


@dataclass(frozen=True, slots=True)
class Broker:
    """`instance_type` is None where nobody knows it. `storage` is "ebs" or "efs"; how much is stored, use decides."""

    origin: Origin
    engine: str
    instance_type: str | None
    deployment: str
    storage: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        attributes = {
            "engine": self.engine,
            "instance_type": self.instance_type or "?",
            "deployment": self.deployment,
        }
        yield metering.hours(
            f"{self.engine} broker {self.instance_type or '?'}",
            Sku(MQ, "instance_hour", attributes),
            None if self.instance_type is None else 1,
            needs=say("needs_instance_type"),
        )
        sku = Sku(MQ, "storage_gb_month", {"engine": self.engine, "storage_type": self.storage})
        stored = metering.used(f"Storage {self.storage.upper()}", "GB-month", "storage_size_gb", sku)
        yield times(stored, CLUSTER_NODES if self.deployment == CLUSTER else 1)
