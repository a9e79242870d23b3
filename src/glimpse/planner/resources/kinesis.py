"""Kinesis Data Streams: provisioned shards, or streams on demand; what is kept longer, and enhanced fan-out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

KINESIS = "AmazonKinesis"

DAY_HOURS, WEEK_HOURS = 24, 168
"""A record is kept a day within the price; up to a week is extended, beyond that long-term (pricing page)."""


@dataclass(frozen=True, slots=True)
class KinesisStream:
    """`shards` is None where nobody knows them; a stream on demand has none. `kept_hours`: how long records stay."""

    origin: Origin
    on_demand: bool
    shards: int | None
    kept_hours: int = DAY_HOURS

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.on_demand:
            yield metering.hours("Stream on demand", Sku(KINESIS, "on_demand_stream_hour"), unit="stream-hour")
            rows = (
                ("Data in", "monthly_on_demand_data_in_gb", "on_demand_in_gb"),
                ("Data out", "monthly_on_demand_data_out_gb", "on_demand_out_gb"),
                ("Enhanced fan-out data", "monthly_on_demand_efo_data_out_gb", "on_demand_enhanced_fan_out_gb"),
            )
        else:
            needs = say("needs_shards")
            yield metering.hours("Shard", Sku(KINESIS, "shard_hour"), self.shards, unit="shard-hour", needs=needs)
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
            )
            rows = (("Enhanced fan-out data", "monthly_provisioned_efo_data_out_gb", "enhanced_fan_out_gb"),)
        for component, key, kind in rows:
            yield metering.used(component, "GB", key, Sku(KINESIS, kind))
        yield from self._kept(traffic)

    def _kept(self, traffic: Traffic) -> Iterator[Meter]:
        """What longer retention costs, where the files ask for it."""
        metering = traffic.metering(self.origin)
        mode, prefix = ("on_demand", "on_demand_") if self.on_demand else ("provisioned", "")
        if self.on_demand and self.kept_hours > DAY_HOURS:
            sku = Sku(KINESIS, "on_demand_extended_retention_gb_month")
            yield metering.used("Extended retention", "GB-month", "monthly_on_demand_extended_retention_gb", sku)
        if self.kept_hours > WEEK_HOURS:
            key, sku = f"monthly_{mode}_long_term_retention_gb", Sku(KINESIS, f"{prefix}long_term_retention_gb_month")
            yield metering.used("Long-term retention", "GB-month", key, sku)
            if not self.on_demand:
                key, sku = "monthly_provisioned_long_term_retrieval_gb", Sku(KINESIS, "long_term_retrieval_gb")
                yield metering.used("Long-term retrieval", "GB", key, sku)
