"""
CloudWatch alarms, dashboards, metrics, canaries and what watches users; the metrics that Container Insights makes.

Rows: Amazon CloudWatch's pricing page, as known on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.resources.by_use import UsageRow
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

CLOUDWATCH = "AmazonCloudWatch"

CLUSTER_METRICS, SERVICE_METRICS, FAMILY_METRICS = 13, 15, 10
"""
What Container Insights reports of a cluster, of each service, and of each task family (CloudWatch user guide, "Amazon
ECS Container Insights metrics"), "charged as custom metrics" (there).
"""

METRICS_OF_A_BAND = 2
"""
An anomaly detection alarm is charged for three metrics: the one that it watches, and the upper and the lower bound of
what is expected (CloudWatch pricing page, anomaly detection alarms).
"""

CUSTOM_METRICS = (UsageRow("Custom metrics", "metric-month", "custom_metrics", Sku(CLOUDWATCH, "custom_metric_month")),)
"""What metric filters and Amazon RUM's extended metrics make; charged in the hours in which they report."""

METRIC_STREAM = (
    UsageRow("Metric updates streamed", "update", "monthly_metric_updates", Sku(CLOUDWATCH, "metric_stream_update")),
)
RUM = (UsageRow("RUM events", "event", "monthly_rum_events", Sku(CLOUDWATCH, "rum_event")),)
RUM_LOGS = (
    UsageRow("Log ingestion", "GB", "monthly_data_ingested_gb", Sku(CLOUDWATCH, "logs_ingest_gb")),
    UsageRow("Log storage", "GB-month", "storage_gb", Sku(CLOUDWATCH, "logs_storage_gb_month")),
)
METRICS_INSIGHTS_ALARM = (
    UsageRow(
        "Metrics Insights query alarm",
        "metric-month",
        "analyzed_metrics",
        Sku(CLOUDWATCH, "alarm_metrics_insights_metric_month"),
    ),
)
"""An alarm on a query is charged for each metric that the query analyses."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """
    `count` metrics watched at one place, each charged as an alarm; those that target tracking makes stand beside its
    policy. `bands` of them are watched for anomalies. `has_actions`: whether it tells anyone, None where that is
    unknown. `silent_topic`: the topic that it tells, where nothing in the files subscribes to that. `watches_nat`: it
    goes with the NAT.
    """

    origin: Origin
    count: int = 1
    kind: str = "standard"
    made_by_scaling: bool = False
    bands: int = 0
    has_actions: bool | None = None
    silent_topic: Origin | None = None
    watches_nat: bool = False

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        words = {"standard": "Standard", "high_resolution": "High-resolution", "composite": "Composite"}
        component = f"{words[self.kind]} anomaly detection alarm" if self.bands else f"{words[self.kind]} alarm"
        made = (say("scaling_makes_alarms", count=self.count),) if self.made_by_scaling else ()
        assumes = (*made, *((say("anomaly_bounds"),) if self.bands else ()))
        quantity = certain(self.count + METRICS_OF_A_BAND * self.bands)
        sku = Sku(CLOUDWATCH, f"alarm_{self.kind}_month")
        return (Meter(self.origin, component, "alarm-month", quantity, sku, assumes),)


@dataclass(frozen=True, slots=True)
class Dashboard:
    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return (Meter(self.origin, "Dashboard", "dashboard-month", certain(1), Sku(CLOUDWATCH, "dashboard_month")),)


@dataclass(frozen=True, slots=True)
class ContainerInsights:
    """
    A cluster with Container Insights on, and the `services` that run in it, each of a task family of its own.

    `enhanced` observability reports of each task and container as well, at a price of its own. `watched`: an alarm or
    a scaling policy in the files uses its metrics; None where nobody knows.
    """

    origin: Origin
    services: int = 1
    enhanced: bool = False
    watched: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        kind = "container_insights_metric_month" if self.enhanced else "custom_metric_month"
        count = CLUSTER_METRICS + self.services * (SERVICE_METRICS + FAMILY_METRICS)
        yield traffic.metering(self.origin).fixed(
            "Container Insights metrics",
            "metric-month",
            Sku(CLOUDWATCH, kind),
            count,
            assumes=(say("insights_metrics", count=count, services=self.services),),
        )


@dataclass(frozen=True, slots=True)
class Canary:
    """`runs` a month as its schedule says; None where it does not run by itself, or nobody knows."""

    origin: Origin
    runs: Fraction | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).used(
            "Canary runs",
            "run",
            "monthly_canary_runs",
            Sku(CLOUDWATCH, "canary_run"),
            quantity=self.runs,
            assumes=(say("canary_schedule"),),
        )


@dataclass(frozen=True, slots=True)
class ContributorRule:
    """A Contributor Insights rule over a `source_kind`: "logs", or what AWS manages for a resource."""

    origin: Origin
    source_kind: str = "logs"

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering, source = traffic.metering(self.origin), {"source_kind": self.source_kind}
        rule, event = (Sku(CLOUDWATCH, f"contributor_insights_{kind}", source) for kind in ("rule_month", "event"))
        yield metering.fixed("Contributor Insights rule", "rule-month", rule, 1)
        yield metering.used("Contributor Insights events", "event", "monthly_matched_log_events", event)
