"""
Amazon Data Firehose: what is ingested, and what is done with it on the way (pricing page).

Direct PUT and Kinesis streams are charged in steps of 5 KB for each record; other sources byte by byte. VPC delivery
is charged by the hour in each zone, and by the GB.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

FIREHOSE = "AmazonFirehose"

STEP_KB = 5
"""What a record is rounded up to, from Direct PUT and Kinesis (pricing page)."""

INGESTED, RECORD = "monthly_data_ingested_gb", "record_size_kb"

PLAIN, SNOWFLAKE, ICEBERG, MSK_SOURCE = "ingest_gb", "ingest_snowflake_gb", "ingest_iceberg_gb", "ingest_msk_gb"
"""What is ingested has another price by its source and destination."""


@dataclass(frozen=True, slots=True)
class DeliveryStream:
    """
    `ingested` names how its data is charged. `zones` counts the subnets in which it delivers into a VPC: 0 where it
    does not, None where nobody knows. `jq` says whether partition keys are taken out of the records.
    """

    origin: Origin
    ingested: str = PLAIN
    converts: bool = False
    partitions: bool = False
    jq: bool = False
    decompresses: bool = False
    zones: int | None = 0

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield self._by_record(metering, "Data ingested", self.ingested)
        if self.converts:
            yield self._by_record(metering, "Format conversion", "format_conversion_gb")
        for asked, component, unit, key, kind in (
            (self.partitions, "Dynamic partitioning", "GB", "monthly_data_partitioned_gb", "dynamic_partitioning_gb"),
            (self.partitions, "Objects delivered", "object", "monthly_objects_delivered", "partitioned_object"),
            (self.jq, "JQ processing", "hour", "monthly_jq_hours", "jq_hour"),
            (self.decompresses, "Decompression", "GB", "monthly_data_decompressed_gb", "decompression_gb"),
        ):
            if asked:
                yield metering.used(component, unit, key, Sku(FIREHOSE, kind))
        if self.zones != 0:
            yield self._by_record(metering, "VPC delivery data", "vpc_delivery_gb")
            needs = say("needs_delivery_subnets")
            yield metering.hours("VPC delivery", Sku(FIREHOSE, "vpc_delivery_hour"), self.zones, needs=needs)

    def _by_record(self, metering: Metering, component: str, kind: str) -> Meter:
        """GB, each record rounded up to the next 5 KB where its size is given."""
        given, record = metering.number(INGESTED), metering.number(RECORD)
        stepped = self.ingested != MSK_SOURCE
        factor = Fraction(math.ceil(record / STEP_KB) * STEP_KB) / record if record and stepped else Fraction(1)
        assumes = () if record or not stepped else (say("records_of_steps", kb=STEP_KB),)
        quantity = None if given is None else given * factor
        return metering.used(
            component, "GB", (INGESTED, RECORD), Sku(FIREHOSE, kind), quantity=quantity, assumes=assumes
        )
