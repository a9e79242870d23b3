"""Kinesis Data Streams: provisioned shards, or streams on demand; what is kept longer, and enhanced fan-out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

KINESIS = "AmazonKinesis"

DAY_HOURS, WEEK_HOURS = 24, 168
"""A record is kept a day within the price; up to a week is extended, beyond that long-term (pricing page)."""


@dataclass(frozen=True, slots=True)
class KinesisStream:
    """
    `shards` is None where nobody knows them; a stream on demand has none. `kept_hours`: how long records stay.
    `consumers` counts those registered for enhanced fan-out, each charged by the hour of every shard (pricing page).
    `shard_metrics` counts the metrics of each shard that go to CloudWatch, charged as custom ones (developer guide,
    enhanced shard-level metrics).
    """

    origin: Origin
    on_demand: bool
    shards: int | None
    kept_hours: int = DAY_HOURS
    consumers: int = 0
    shard_metrics: int = 0

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.on_demand:
            yield metering.hours("Stream on demand", Sku(KINESIS, "on_demand_stream_hour"), unit="stream-hour")
            rows: tuple[tuple[str, str, str], ...] = (
                ("Data in", "monthly_on_demand_data_in_gb", "on_demand_in_gb"),
                ("Data out", "monthly_on_demand_data_out_gb", "on_demand_out_gb"),
                ("Enhanced fan-out data", "monthly_on_demand_efo_data_out_gb", "on_demand_enhanced_fan_out_gb"),
            )
        else:
            needs = say("needs_shards")
            yield metering.hours("Shard", Sku(KINESIS, "shard_hour"), self.shards, unit="shard-hour", needs=needs)
            # Some state GB for it; AWS charges shard-hours.
            metering.number("monthly_provisioned_extended_retention_gb")
            if self.kept_hours > DAY_HOURS:
                sku = Sku(KINESIS, "extended_retention_shard_hour")
                yield metering.hours("Extended retention", sku, self.shards, unit="shard-hour", needs=needs)
            yield metering.used(
                "PUT payload units", "unit", "monthly_provisioned_put_units", Sku(KINESIS, "put_payload_unit")
            )
            yield metering.used(
                "Enhanced fan-out consumers",
                "consumer-shard-hour",
                "monthly_provisioned_efo_consumer_hours",
                Sku(KINESIS, "enhanced_fan_out_consumer_shard_hour"),
                quantity=self._consumer_shard_hours(),
                assumes=(say("consumers_registered", consumers=self.consumers),),
            )
            rows = (("Enhanced fan-out data", "monthly_provisioned_efo_data_out_gb", "enhanced_fan_out_gb"),)
        for component, key, kind in rows:
            yield metering.used(component, "GB", key, Sku(KINESIS, kind))
        if self.shard_metrics:
            shards = None if self.on_demand else self.shards
            yield metering.used(
                "Shard-level metrics",
                "metric-month",
                "shard_level_metrics",
                Sku("AmazonCloudWatch", "custom_metric_month"),
                quantity=None if shards is None else self.shard_metrics * shards,
            )
        yield from self._kept(traffic)

    def _consumer_shard_hours(self) -> int | None:
        """What the registered consumers come to; None where none is, or nobody knows the shards."""
        return self.consumers * self.shards * HOURS_PER_MONTH if self.consumers and self.shards is not None else None

    def _kept(self, traffic: Traffic) -> Iterator[Meter]:
        """What longer retention costs, where the files ask for it, or somebody states how much."""
        metering = traffic.metering(self.origin)
        mode, prefix = ("on_demand", "on_demand_") if self.on_demand else ("provisioned", "")
        key, kind = f"monthly_{mode}_long_term_retention_gb", f"{prefix}long_term_retention_gb_month"
        rows = [(WEEK_HOURS, "Long-term retention", "GB-month", key, kind)]
        if self.on_demand:
            key, kind = "monthly_on_demand_extended_retention_gb", "on_demand_extended_retention_gb_month"
            rows.insert(0, (DAY_HOURS, "Extended retention", "GB-month", key, kind))
        else:
            key = "monthly_provisioned_long_term_retrieval_gb"
            rows.append((WEEK_HOURS, "Long-term retrieval", "GB", key, "long_term_retrieval_gb"))
        for hours, component, unit, key, kind in rows:
            if metering.number(key) is not None or self.kept_hours > hours:
                yield metering.used(component, unit, key, Sku(KINESIS, kind))


@dataclass(frozen=True, slots=True)
class StreamConsumer:
    """A consumer of a stream that nobody knows: its hours are those of the stream's shards."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        unit, key = "consumer-shard-hour", "monthly_provisioned_efo_consumer_hours"
        yield metering.used(
            "Enhanced fan-out consumers", unit, key, Sku(KINESIS, "enhanced_fan_out_consumer_shard_hour")
        )
