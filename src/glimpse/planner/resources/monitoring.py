"""CloudWatch alarms, dashboards, and the metrics that Container Insights makes."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

CLOUDWATCH = "AmazonCloudWatch"

INSIGHTS_METRICS = 13 + 15 + 10
"""Metrics for one cluster, one service and one task family (CloudWatch guide, Container Insights metrics for ECS)."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """`count` alarms at one place: those that target tracking makes stand beside its policy."""

    origin: Origin
    count: int = 1
    kind: str = "standard"
    made_by_scaling: bool = False

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        words = {
            "standard": "Standard alarm",
            "high_resolution": "High-resolution alarm",
            "composite": "Composite alarm",
        }
        assumes = (say("scaling_makes_alarms", count=self.count),) if self.made_by_scaling else ()
        sku = Sku(CLOUDWATCH, f"alarm_{self.kind}_month")
        return (Meter(self.origin, words[self.kind], "alarm-month", certain(self.count), sku, assumes),)


@dataclass(frozen=True, slots=True)
class Dashboard:
    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return (Meter(self.origin, "Dashboard", "dashboard-month", certain(1), Sku(CLOUDWATCH, "dashboard_month")),)


@dataclass(frozen=True, slots=True)
class ContainerInsights:
    """A cluster with Container Insights on. Its metrics have a count; the price is not in every catalogue."""

    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        sku = Sku(CLOUDWATCH, "container_insights_metric_month")
        assumes = (say("insights_metrics", count=INSIGHTS_METRICS),)
        quantity = certain(INSIGHTS_METRICS)
        return (Meter(self.origin, "Container Insights metrics", "metric-month", quantity, sku, assumes),)
