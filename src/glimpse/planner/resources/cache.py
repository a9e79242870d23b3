"""ElastiCache nodes, alone or in a replication group; their snapshots; extended support for old versions of Redis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.extended_support import major_of, may_be_charged, support_of
from glimpse.planner.meter import Meter, Origin, perhaps
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import HOURS_PER_MONTH, CostCases, certain
from glimpse.planner.resources.database import CLOUDWATCH
from glimpse.planner.resources.reservable import reserved_hours
from glimpse.planner.scaling_target import ScalingTarget
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic

ELASTICACHE = "AmazonElastiCache"
CLOUDWATCH_LOGS, FIREHOSE = "cloudwatch-logs", "kinesis-firehose"
REDIS, MEMCACHED = "Redis", "Memcached"
SNAPSHOTS = "snapshot_storage_size_gb"

REDIS_FAMILY = (REDIS, "Valkey")
"""Valkey speaks Redis's protocol and took its place: they count as one engine."""

PREMIUM_PERCENT: Mapping[str, int] = {"1-2": 80, "3": 160}
"""What extended support adds to the price of a node on demand (ElastiCache pricing page, "Extended Support")."""


@dataclass(frozen=True, slots=True)
class NodeScaling:
    """What decides the shards of a replication group and the replicas of each: a number, or a scaling target."""

    shards: int | ScalingTarget | None
    replicas: int | ScalingTarget | None

    def is_stated(self, traffic: Traffic) -> bool:
        """Whether people state how many of them there are on average."""
        parts = (self.shards, self.replicas)
        return any(isinstance(part, ScalingTarget) and part.is_stated(traffic) for part in parts)

    def nodes(self, traffic: Traffic) -> CostCases | None:
        """Shards × (1 + replicas), in the cheapest, the expected and the dearest case; None where one is unknown."""
        shards, replicas = _units(self.shards, traffic), _units(self.replicas, traffic)
        if shards is None or replicas is None:
            return None
        return CostCases(
            shards.low * (1 + replicas.low),
            shards.expected * (1 + replicas.expected),
            shards.high * (1 + replicas.high),
        )

    @property
    def least(self) -> int | None:
        shards, replicas = (
            part.least if isinstance(part, ScalingTarget) else part for part in (self.shards, self.replicas)
        )
        return None if shards is None or replicas is None else shards * (1 + replicas)


def _units(part: int | ScalingTarget | None, traffic: Traffic) -> CostCases | None:
    if isinstance(part, ScalingTarget):
        return part.units(traffic)
    return None if part is None else certain(part)


@dataclass(frozen=True, slots=True)
class Cache:
    """
    `engine` as on the pricing page: Redis, Valkey, Memcached. `nodes` counts primaries and replicas; where `scaling`
    decides them, it is the least. `log_destinations`: where its slow and engine logs go, None is unknown.

    `is_bus`: it carries events and keeps nothing; its tag says so, for nothing else tells it from one that holds data.
    `version` as the files say it, None where they do not; ElastiCache then takes one that it supports. `shards`: the
    primaries of a replication group, None where there is none or nobody knows them. `environment` as its tag or its
    name says it, None where neither does. `in_group`: it is a whole replication group, which alone may become Valkey.
    """

    origin: Origin
    engine: str
    node_type: str | None
    nodes: int | None
    multi_az: bool = False
    is_bus: bool = False
    version: str | None = None
    version_known: bool = True
    keeps_snapshots: bool = False
    scaling: NodeScaling | None = None
    log_destinations: tuple[str, ...] | None = ()
    shards: int | None = None
    environment: str | None = None
    in_group: bool = True

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self._meters(traffic))

    def _meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.node_type is None or self.nodes is None:
            needs = say("needs_node_type" if self.node_type is None else "needs_node_count")
            yield metering.hours(f"{self.engine} node", Sku(ELASTICACHE, "node_hour"), None, needs=needs)
        else:
            sku = Sku(ELASTICACHE, "node_hour", {"engine": self.engine, "node_type": self.node_type})
            name = f"{self.node_type} {self.engine}"
            nodes = (self.scaling.nodes(traffic) if self.scaling else None) or certain(self.nodes)
            stated = self.scaling is None or self.scaling.is_stated(traffic)
            assumed = () if stated else (say("least_nodes", count=self.nodes),)
            yield reserved_hours(self.origin, name, sku, nodes, traffic, *assumed)
            yield from self._extended_support(metering, sku, nodes, traffic)
        yield from self._logs(metering)
        if self.keeps_snapshots or metering.number(SNAPSHOTS) is not None:
            yield metering.used("Snapshots", "GB-month", SNAPSHOTS, Sku(ELASTICACHE, "backup_gb_month"))

    def _logs(self, metering: Metering) -> Iterator[Meter]:
        """Vended logs (CloudWatch user guide, "Logging from AWS services"), which have prices of their own."""
        kinds = {CLOUDWATCH_LOGS: "vended_logs_ingest_gb", FIREHOSE: "vended_logs_to_firehose_gb"}
        names = {CLOUDWATCH_LOGS: "Logs delivered to CloudWatch", FIREHOSE: "Logs delivered to Firehose"}
        known = self.log_destinations is not None or None
        for destination in self.log_destinations if self.log_destinations is not None else (CLOUDWATCH_LOGS,):
            sku = Sku(CLOUDWATCH, kinds.get(destination, "vended_logs_gb"))
            logs = metering.used(names.get(destination, "Logs delivered"), "GB", "monthly_delivered_logs_gb", sku)
            yield from perhaps(known, (logs,))

    def _extended_support(self, metering: Metering, node: Sku, nodes: CostCases, traffic: Traffic) -> Iterator[Meter]:
        """An old version of Redis is charged a share of the node's price on demand, whatever the node is bought by."""
        if self.engine != REDIS:
            return
        if not self.version_known or may_be_charged(self.engine, self.version):
            version = major_of(self.engine, self.version)
            needs = say("support_unknown", engine=self.engine, version=version) if self.version_known else None
            yield metering.hours("Extended support", node, None, needs=needs or say("needs_version"))
            return
        support = support_of(self.engine, self.version)
        year = support.year(traffic.today) if support else None
        if support is None or year is None:
            return
        percent = PREMIUM_PERCENT[year]
        assumes: tuple[Sentence, ...] = (
            say("extended_support", version=major_of(self.engine, self.version), since=support.begins.isoformat()),
            say("support_percent", percent=percent),
        )
        hours = nodes * Fraction(HOURS_PER_MONTH * percent, 100)
        yield metering.fixed(f"Extended support, year {year}", "hour", node, hours, assumes=assumes)


@dataclass(frozen=True, slots=True)
class GlobalDatastore:
    """Replication groups of several regions that hold the same: each write is sent to the other regions."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku("AWSDataTransfer", "inter_region_out_gb")
        yield traffic.metering(self.origin).used("Replication between regions", "GB", "monthly_replicated_gb", sku)
