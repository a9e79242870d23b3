"""
Amazon Managed Grafana: licences of active users, by workspace and month.

Source: Amazon Managed Grafana's pricing page, as known on 2026-11-28: each workspace needs at least one editor, whether
anybody signs in or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin, perhaps
from glimpse.planner.quantities import certain
from glimpse.planner.resources.by_use import UsageRow, meters_of
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

GRAFANA = "AmazonGrafana"
EDITORS, VIEWERS = "editors_administrator_licenses", "viewer_licenses"

CLOUDWATCH_QUERIES = UsageRow(
    "Metrics requested from CloudWatch",
    "metric",
    "monthly_requested_metrics",
    Sku("AmazonCloudWatch", "get_metric_data_metric"),
)
"""What dashboards ask CloudWatch for is charged by the metric, GetMetricData (CloudWatch pricing page)."""


@dataclass(frozen=True, slots=True)
class GrafanaWorkspace:
    """
    `enterprise`: each of its users needs a licence for enterprise plugins besides. `asks_cloudwatch`: CloudWatch is
    among its data sources, None is unknown.
    """

    origin: Origin
    enterprise: bool = False
    asks_cloudwatch: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        editors, viewers = metering.number(EDITORS), metering.number(VIEWERS)
        paid = Fraction(1) if editors is None else editors
        yield Meter(
            self.origin,
            "Editor licences",
            "user-month",
            certain(paid),
            Sku(GRAFANA, "editor_month"),
            (say("one_editor"),) if editors is None else (),
            usage_based=True,
            usage_keys=(EDITORS,),
        )
        yield metering.used("Viewer licences", "user-month", VIEWERS, Sku(GRAFANA, "viewer_month"))
        if self.enterprise:
            users = paid + (viewers or 0)
            sku = Sku(GRAFANA, "enterprise_plugins_month")
            yield metering.fixed("Enterprise plugins licences", "user-month", sku, users)
        yield from perhaps(self.asks_cloudwatch, meters_of((CLOUDWATCH_QUERIES,), metering))
