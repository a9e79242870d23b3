"""Datapoints of CloudWatch metrics, and the alarms on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Any

from msgspec import Struct

from glimpse.operations.deployment import Alarm, Deployment
from glimpse.operations.outside.aws.calls import Calls

DAY_SECONDS = 86_400


class Metric(Struct, frozen=True):
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str


Point = tuple[datetime, float]


def points(calls: Calls, metric: Metric, start: datetime, end: datetime, period: int) -> Sequence[Point]:
    """The datapoints of a metric by time, oldest first; `period` in seconds. None where nothing was reported."""
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions.items()]
    query = {
        "Id": "points",
        "MetricStat": {
            "Metric": {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions},
            "Period": period,
            "Stat": metric.statistic,
        },
    }
    found = calls.pages(
        "cloudwatch",
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=[query],
        StartTime=start,
        EndTime=end,
        ScanBy="TimestampAscending",
    )
    return sorted(
        point for result in found for point in zip(result.get("Timestamps", ()), result.get("Values", ()), strict=True)
    )


def slope_a_day(points: Sequence[Point]) -> float | None:
    """
    How much a metric changes in a day; None where it was not seen for two days.

    It is the median of the changes from one point to the next, because a disk that is enlarged once leaps, and a mean
    or a straight line would take that leap for a part of every day.
    """
    changes = [
        (later[1] - earlier[1]) / ((later[0] - earlier[0]).total_seconds() / DAY_SECONDS)
        for earlier, later in pairwise(points)
    ]
    return median(changes) if changes else None


def alarms(calls: Calls, deployment: Deployment) -> Sequence[Alarm]:
    """
    The alarms on metrics of this service, its balancer and its database, by whomever they were made. Those of target
    tracking are left out, for they steer tasks and tell nobody. `address` is the Terraform's where the name is, else
    empty.
    """
    addresses = {alarm.name: alarm.address for alarm in deployment.alarms if alarm.name}
    found = calls.pages("cloudwatch", "describe_alarms", "MetricAlarms", AlarmTypes=["MetricAlarm"])
    return [
        _alarm(alarm, addresses.get(alarm["AlarmName"], ""))
        for alarm in found
        if not _steers_tasks(alarm) and any(_is_of(metric, deployment) for metric, _, _ in _metrics(alarm))
    ]


def _steers_tasks(alarm: Mapping[str, Any]) -> bool:
    actions = alarm.get("AlarmActions", ())
    return bool(actions) and all(action.startswith("arn:aws:autoscaling:") for action in actions)


def _metrics(alarm: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str | None, int | None]]:
    """Each metric that an alarm reads, with its statistic and its period in seconds."""
    if alarm.get("MetricName"):
        yield alarm, alarm.get("Statistic") or alarm.get("ExtendedStatistic"), alarm.get("Period")
    for query in alarm.get("Metrics", ()):
        if stat := query.get("MetricStat"):
            yield stat["Metric"], stat.get("Stat"), stat.get("Period")


def _is_of(metric: Mapping[str, Any], deployment: Deployment) -> bool:
    dimensions = {entry["Name"]: entry["Value"] for entry in metric.get("Dimensions", ())}
    tasks, balancer, database = deployment.tasks, deployment.balancer, deployment.database
    return (
        (bool(tasks.service) and dimensions.get("ServiceName") == tasks.service
            and dimensions.get("ClusterName") == tasks.cluster)
        or (bool(balancer.name) and dimensions.get("LoadBalancer", "").startswith(f"app/{balancer.name}/"))
        or (database is not None and bool(database.identifier)
            and dimensions.get("DBInstanceIdentifier") == database.identifier)
    )  # fmt: skip


def _alarm(alarm: Mapping[str, Any], address: str) -> Alarm:
    metrics = list(_metrics(alarm))
    _, statistic, period = metrics[0]
    threshold = alarm.get("Threshold")
    return Alarm(
        address=address,
        name=alarm["AlarmName"],
        metrics=[f"{metric['Namespace']}/{metric['MetricName']}" for metric, _, _ in metrics],
        statistic=statistic,
        comparison=alarm.get("ComparisonOperator"),
        threshold=None if threshold is None else f"{Decimal(str(threshold)).normalize():f}",
        period_seconds=period,
        periods=alarm.get("EvaluationPeriods"),
    )
