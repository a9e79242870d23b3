"""Many metrics over many days, in as few requests as CloudWatch allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.aws.metrics import Metric, Point

MAX_METRICS = 500
"""Metrics of one request of GetMetricData (CloudWatch API reference)."""

HOUR_SECONDS, DAY_SECONDS = 3600, 86_400


def history(
    calls: Calls, metrics: Mapping[str, Metric], start: datetime, end: datetime, period: int = HOUR_SECONDS
) -> Mapping[str, list[Point]]:
    """
    The datapoints of each metric by time, oldest first. Every name is there; a metric that nobody reported has none.

    CloudWatch keeps datapoints of an hour for 455 days. It charges $0.01 for 1,000 metrics (CloudWatch pricing).
    """
    found: dict[str, list[Point]] = {name: [] for name in metrics}
    names = list(metrics)
    for first in range(0, len(names), MAX_METRICS):
        some = names[first : first + MAX_METRICS]
        queries = [
            {
                "Id": f"m{at}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": metrics[name].namespace,
                        "MetricName": metrics[name].name,
                        "Dimensions": [{"Name": key, "Value": text} for key, text in metrics[name].dimensions.items()],
                    },
                    "Period": period,
                    "Stat": metrics[name].statistic,
                },
            }
            for at, name in enumerate(some)
        ]
        results = calls.pages(
            "cloudwatch", "get_metric_data", "MetricDataResults", MetricDataQueries=queries, StartTime=start,
            EndTime=end, ScanBy="TimestampAscending",
        )  # fmt: skip
        for result in results:
            name = some[int(result["Id"].removeprefix("m"))]
            found[name] += zip(result.get("Timestamps", ()), result.get("Values", ()), strict=True)
    return {name: sorted(points) for name, points in found.items()}
