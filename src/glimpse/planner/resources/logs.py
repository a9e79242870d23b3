"""CloudWatch Logs: groups, queries of them, and logs that AWS delivers elsewhere (CloudWatch's pricing page)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.money import decimal_text
from glimpse.planner.quantities import DAYS_PER_MONTH
from glimpse.planner.resources.by_use import UsageRow, meters_of
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic

CLOUDWATCH = "AmazonCloudWatch"
INGESTED, STORED = "monthly_data_ingested_gb", "storage_gb"

QUERIES = (
    UsageRow("Logs Insights queries", "GB", "monthly_data_scanned_gb", Sku(CLOUDWATCH, "logs_insights_scanned_gb")),
    UsageRow("Live Tail", "minute", "monthly_live_tail_minutes", Sku(CLOUDWATCH, "live_tail_minute"), shown=False),
)
DELIVERED_BY_CLASS = (UsageRow("Log delivery", "GB", INGESTED, Sku(CLOUDWATCH, "logs_ingest_delivery_class_gb")),)
"""A group of the class Delivery passes logs on and keeps none."""

DATA_PROTECTION = (
    UsageRow("Log data protection", "GB", "monthly_data_scanned_gb", Sku(CLOUDWATCH, "logs_data_protection_gb")),
)
PARQUET = (UsageRow("Conversion to Parquet", "GB", "monthly_data_converted_gb", Sku(CLOUDWATCH, "parquet_gb")),)

VENDED = {
    "CWL": (UsageRow("Vended logs to CloudWatch Logs", "GB", INGESTED, Sku(CLOUDWATCH, "vended_logs_ingest_gb")),),
    "S3": (UsageRow("Vended logs to S3", "GB", INGESTED, Sku(CLOUDWATCH, "vended_logs_to_s3_gb")),),
    "FH": (UsageRow("Vended logs to Firehose", "GB", INGESTED, Sku(CLOUDWATCH, "vended_logs_to_firehose_gb")),),
    "XRAY": (UsageRow("Spans to X-Ray", "GB", INGESTED, Sku("AWSXRay", "spans_ingested_gb")),),
}
"""Logs that AWS services write, by where they are delivered."""


@dataclass(frozen=True, slots=True)
class LogGroup:
    """
    Logs written and kept. `kept_days` None never expires; a month's worth is then charged, and grows.

    `needs_standard`: something in the files reads it by what the class Standard alone has, such as a metric filter;
    None where nobody knows.
    """

    origin: Origin
    infrequent_access: bool = False
    kept_days: int | None = None
    retention_known: bool = True
    needs_standard: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering, people = traffic.metering(self.origin), traffic.people
        shared = (say("shared_evenly", count=traffic.log_groups),) if traffic.log_groups > 1 else ()
        written, measured = self._written(traffic)
        kind = "logs_ingest_ia_gb" if self.infrequent_access else "logs_ingest_gb"
        assumes = (*shared, *measured)
        yield metering.used("Log ingestion", "GB", INGESTED, Sku(CLOUDWATCH, kind), quantity=written, assumes=assumes)
        written = metering.number(INGESTED) if metering.number(INGESTED) is not None else written
        yield self._storage(metering, written, shared)
        # What people do says nothing of those who read logs: only a bill without it shows their queries unasked.
        queries = QUERIES if people is None else tuple(row for row in QUERIES if metering.number(row.key))
        yield from meters_of(queries, metering)

    def _written(self, traffic: Traffic) -> tuple[Fraction | None, tuple[Sentence, ...]]:
        """GB a month that the service writes to this group, None where that is unknown, and what says so."""
        people, capacity = traffic.people, traffic.capacity
        whole = people.log_gb(capacity) if people else None
        if people is None or whole is None:
            return None, ()
        if capacity is None or people.stated("log_bytes_per_event") is not None:
            return whole / traffic.log_groups, ()
        if not whole:
            return whole, (say("logs_measured_none", service=capacity.service),)
        logged = decimal_text(capacity.log_bytes_per_event or Fraction(0), 1)
        return whole / traffic.log_groups, (say("logs_measured", service=capacity.service, bytes=logged),)

    def _storage(self, metering: Metering, written: Fraction | None, shared: tuple[Sentence, ...]) -> Meter:
        """
        What is kept of what is written: where that is known, and how long is not, the files leave a gap.

        Where nobody said how much is written, a group that never expires has a component of its own: all that it ever
        stored has no figure, and to keep less of it saves something, although a GB costs as much.
        """
        component, unit, sku = "Log storage", "GB-month", Sku(CLOUDWATCH, "logs_storage_gb_month")
        if not self.retention_known and written and metering.number(STORED) is None:
            return metering.fixed(component, unit, sku, None, needs=say("needs_retention"))
        if written is None and self.retention_known and self.kept_days is None and STORED not in metering.given:
            component = "Log storage, never deleted"
        kept = written if written is None or self.kept_days is None else written * (self.kept_days / DAYS_PER_MONTH)
        how_long = say("logs_kept_a_month") if self.kept_days is None else say("logs_kept", days=self.kept_days)
        return metering.used(component, unit, STORED, sku, quantity=kept, assumes=(*shared, how_long))
