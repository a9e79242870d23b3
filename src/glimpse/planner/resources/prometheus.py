"""
Amazon Managed Service for Prometheus: collectors by the hour, workspaces by use.

What a workspace takes in, keeps and is asked is charged by use. Source: its pricing page, as known on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import UsageRow
from glimpse.planner.traffic import Traffic

PROMETHEUS = "AmazonPrometheus"
PROMETHEUS_WORKSPACE = (
    UsageRow(
        "Metric samples ingested", "10M samples", "monthly_samples_ingested", Sku(PROMETHEUS, "ingested_10m"), per=10**7
    ),
    UsageRow("Metric storage", "GB-month", "storage_gb", Sku(PROMETHEUS, "storage_gb_month")),
    UsageRow(
        "Query samples processed",
        "1B samples",
        "monthly_query_samples_processed",
        Sku(PROMETHEUS, "query_samples_billion"),
        per=10**9,
    ),
)
PROMETHEUS_QUERIES = PROMETHEUS_WORKSPACE[2:]
PROMETHEUS_QUERY_LOGS = (
    UsageRow(
        "Vended logs ingestion", "GB", "monthly_data_ingested_gb", Sku("AmazonCloudWatch", "vended_logs_ingest_gb")
    ),
)


@dataclass(frozen=True, slots=True)
class Collector:
    """A managed collector, which runs as long as it exists."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("Managed collector", Sku(PROMETHEUS, "collector_hour"))
        sku = Sku(PROMETHEUS, "collected_samples_10m")
        yield metering.used("Samples collected", "10M samples", "monthly_samples_collected", sku, per=10**7)
