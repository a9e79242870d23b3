"""
Amazon MSK: provisioned and serverless Kafka, Connect and Replicator.

Formulas are those of the MSK pricing page: brokers by the hour, their disks by the GB-month, private connectivity by
the hour of each authentication scheme, Connect by the hour of each MCU of each worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import HOURS_PER_MONTH, CostCases
from glimpse.planner.scaling_target import CAPACITY, ScalingTarget
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

MSK = "AmazonMSK"

STANDARD, EXPRESS = "standard", "express"
"""The two kinds of brokers. Express ones have no disks: what they keep and what is written to them is charged."""


@dataclass(frozen=True, slots=True)
class KafkaCluster:
    """
    `disk_gib` is the disk of each broker; `scaling` is what grows it. `schemes` counts the authentication schemes of
    private connectivity from other VPCs. `metrics` says whether more than the free metrics go to CloudWatch.
    """

    origin: Origin
    instance_type: str | None
    brokers: int | None
    disk_gib: int | None
    scaling: ScalingTarget | None = None
    tiered: bool = False
    schemes: int = 0
    metrics: bool = False

    @property
    def broker(self) -> str:
        return EXPRESS if (self.instance_type or "").startswith("express.") else STANDARD

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        attributes = {"broker": self.broker, "instance_type": self.instance_type or ""}
        known = self.brokers if self.instance_type else None
        yield metering.hours(
            f"{self.instance_type or 'Broker'} broker",
            Sku(MSK, "broker_hour", attributes),
            known,
            needs=say("needs_brokers"),
        )
        if self.broker == EXPRESS:
            yield metering.used("Storage", "GB-month", "storage_gb", Sku(MSK, "express_storage_gb_month"))
            yield metering.used("Data in", "GB", "monthly_data_in_gb", Sku(MSK, "express_in_gb"))
        else:
            yield self._disks(metering, traffic)
        if self.tiered:
            yield metering.used("Tiered storage", "GB-month", "tiered_storage_gb", Sku(MSK, "tiered_storage_gb_month"))
            key, sku = "monthly_tiered_storage_retrieval_gb", Sku(MSK, "tiered_storage_retrieval_gb")
            yield metering.used("Tiered storage retrieval", "GB", key, sku)
        if self.schemes:
            yield metering.hours("Private connectivity", Sku(MSK, "private_connectivity_hour"), self.schemes)
            key, sku = "monthly_private_connectivity_gb", Sku(MSK, "private_connectivity_gb")
            yield metering.used("Private connectivity data", "GB", key, sku)
        if self.metrics:
            sku = Sku("AmazonCloudWatch", "custom_metric_month")
            yield metering.used("Enhanced monitoring metrics", "metric-month", "enhanced_monitoring_metrics", sku)

    def _disks(self, metering: Metering, traffic: Traffic) -> Meter:
        """Each broker's disk; where storage scales, at what people state, else at the target's minimum."""
        stated = metering.number(CAPACITY)
        each: CostCases | Fraction | int | None = self.disk_gib
        if self.scaling:
            each = self.scaling.units(traffic, stated)
        total = None if each is None or self.brokers is None else each * self.brokers
        least = self.scaling and stated is None and not self.scaling.is_stated(traffic)
        return metering.fixed(
            "Storage",
            "GB-month",
            Sku(MSK, "storage_gb_month"),
            total,
            needs=say("needs_broker_disk"),
            assumes=(say("scaled_to_least"),) if least else (),
        )


@dataclass(frozen=True, slots=True)
class ServerlessKafka:
    """A serverless cluster: by the hour, by its partitions, and by what goes in, out and stays."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("Serverless cluster", Sku(MSK, "serverless_cluster_hour"))
        partitions = metering.number("partitions")
        yield metering.used(
            "Partitions",
            "hour",
            "monthly_partition_hours",
            Sku(MSK, "serverless_partition_hour"),
            quantity=None if partitions is None else partitions * HOURS_PER_MONTH,
        )
        yield metering.used("Data in", "GB", "monthly_data_in_gb", Sku(MSK, "serverless_in_gb"))
        yield metering.used("Data out", "GB", "monthly_data_out_gb", Sku(MSK, "serverless_out_gb"))
        yield metering.used("Storage", "GB-month", "storage_gb", Sku(MSK, "serverless_storage_gb_month"))


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector of MSK Connect: `workers` run at least, `most` at most, of `mcus` each. None is unknown."""

    origin: Origin
    workers: int | None
    mcus: int | None
    most: int | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        total: CostCases | None = None
        if self.workers is not None and self.mcus is not None:
            least, mcus = Fraction(self.workers), self.mcus
            total = CostCases(least, least, max(least, Fraction(self.most or 0))) * mcus
        yield traffic.metering(self.origin).hours(
            "Connect MCU",
            Sku(MSK, "connect_mcu_hour"),
            total,
            unit="MCU-hour",
            needs=say("needs_connect_workers"),
            assumes=(say("scaled_to_least"),) if self.most is not None else (),
        )


@dataclass(frozen=True, slots=True)
class Replicator:
    """A replicator: by the hour, and by the GB that it copies."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("Replicator", Sku(MSK, "replicator_hour"))
        yield metering.used("Data replicated", "GB", "monthly_data_replicated_gb", Sku(MSK, "replicator_gb"))
