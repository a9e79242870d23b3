"""X-Ray: the traces that services record where tracing is switched on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import UsageRow
from glimpse.planner.traffic import Traffic

XRAY = "AWSXRay"

XRAY_TRACES = (
    UsageRow("Traces recorded", "1M traces", "monthly_traces_recorded", Sku(XRAY, "trace_recorded_million"), per=10**6),
    UsageRow(
        "Traces retrieved or scanned",
        "1M traces",
        "monthly_traces_retrieved",
        Sku(XRAY, "trace_retrieved_million"),
        per=10**6,
    ),
)

XRAY_INSIGHTS = (
    UsageRow(
        "Insights traces stored", "1M traces", "monthly_insights_traces", Sku(XRAY, "insights_trace_million"), per=10**6
    ),
)


@dataclass(frozen=True, slots=True)
class Traces:
    """What one resource records; it is charged by the trace, beside the resource itself (X-Ray pricing page)."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(XRAY, "trace_recorded_million")
        metering = traffic.metering(self.origin)
        yield metering.used("X-Ray traces recorded", "1M traces", "monthly_traces", sku, per=10**6)
