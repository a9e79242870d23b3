"""The metrics that tell what people do with a stack, by the hour. What cannot be asked for is noted with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.deployment import Deployment
from glimpse.operations.monitoring.costs import TAG
from glimpse.operations.monitoring.measured import Series, Traffic
from glimpse.operations.monitoring.note import Note
from glimpse.operations.monitoring.time_zones import zone_of
from glimpse.operations.outside.aws import balancer, database, service
from glimpse.operations.outside.aws.calls import GLOBAL_REGION, Calls
from glimpse.operations.outside.aws.health import environment_name
from glimpse.operations.outside.aws.metric_history import DAY_SECONDS, HOUR_SECONDS, history
from glimpse.operations.outside.aws.metrics import Metric

BALANCER = ("RequestCount", "ActiveConnectionCount", "NewConnectionCount", "ProcessedBytes")
TASKS = ("CPUUtilization", "MemoryUtilization")

Metrics = Mapping[str, Metric]


class MetricReader:
    """Reads the metrics of a deployment; `metrics` counts them, because AWS charges for each 1,000."""

    def __init__(self, calls: Calls, session: Any, deployment: Deployment, now: datetime, days: int) -> None:
        self._calls, self._deployment = calls, deployment
        self._everywhere = Calls(session, GLOBAL_REGION, policy=calls.policy)
        # Whole days, so that no hour is counted more often than another.
        self._end = now.replace(hour=0, minute=0, second=0, microsecond=0)
        self._start = self._end - timedelta(days=days)
        self._series: dict[str, Series] = {}
        self._unasked: dict[str, Note] = {}
        self._serving: Mapping[str, Any] | None = None
        self.metrics = 0

    def read(self) -> Traffic:
        calls, hourly, daily = self._calls, HOUR_SECONDS, DAY_SECONDS
        self._ask(BALANCER, self._balancer, calls, hourly)
        self._ask(TASKS, self._tasks, calls, hourly)
        self._ask(("FreeStorageSpace",), self._storage, calls, hourly)
        self._ask(("BucketSizeBytes", "NumberOfObjects"), self._files, calls, daily)
        self._ask(("GetRequests", "BytesDownloaded of S3"), self._file_requests, calls, hourly)
        self._ask(("IncomingBytes",), self._logs, calls, hourly)
        self._ask(("BytesInFromDestination",), self._gateways, calls, hourly)
        front, downloads = self._distributions()
        if downloads:
            files = ("Requests", "BytesDownloaded")
            self._ask(files, lambda: _distribution(downloads), self._everywhere, hourly)
        name = zone_of(self._calls.region)
        try:
            zone = ZoneInfo(name)
        except ZoneInfoNotFoundError:
            name, zone = "UTC", ZoneInfo("UTC")
        return Traffic(
            start=self._start,
            end=self._end,
            zone=zone,
            zone_name=name,
            series=self._series,
            unasked=self._unasked,
            is_behind_cloudfront=front is not None,
        )

    def _ask(self, names: Sequence[str], find: Callable[[], Metrics], calls: Calls, period: int) -> None:
        """`find` has a metric for each name, or several, `NAME#0` and so on, which are added up."""
        try:
            metrics = find()
            self.metrics += len(metrics)
            found = history(calls, metrics, self._start, self._end, period)
        except NotObservable as error:
            self._unasked |= {name: Note(error.code, error.values) for name in names}
            return
        for name in names:
            sums: dict[datetime, float] = {}
            for key in (key for key in found if key == name or key.startswith(f"{name}#")):
                for at, value in found[key]:
                    sums[at] = sums.get(at, 0.0) + value
            self._series[name] = sorted(sums.items())

    def _balancer(self) -> Metrics:
        dimensions = balancer.dimensions(self._calls, self._deployment)
        return {name: Metric(balancer.NAMESPACE, name, dimensions, "Sum") for name in BALANCER}

    def _tasks(self) -> Metrics:
        cluster, name = service.names(self._deployment)
        dimensions = {"ClusterName": cluster, "ServiceName": name}
        return {metric: Metric("AWS/ECS", metric, dimensions, "Average") for metric in TASKS}

    def _storage(self) -> Metrics:
        return {"FreeStorageSpace": database.metric(self._deployment, "FreeStorageSpace", "Average")}

    def _container(self) -> Mapping[str, Any]:
        """The container that serves; it knows its bucket and its log group, whose names Terraform may not tell."""
        if self._serving is None:
            self._serving = service.container(self._calls, self._deployment)
        return self._serving

    def _bucket(self) -> str:
        environment = {entry["name"]: entry["value"] for entry in self._container().get("environment", ())}
        bucket = environment.get("GLIMPSE_S3_BUCKET") or self._deployment.bucket
        if not bucket:
            raise NotObservable("workload_no_bucket")
        return str(bucket)

    def _files(self) -> Metrics:
        def metric(name: str, storage: str) -> Metric:
            return Metric("AWS/S3", name, {"BucketName": bucket, "StorageType": storage}, "Average")

        bucket = self._bucket()
        return {
            "BucketSizeBytes": metric("BucketSizeBytes", "StandardStorage"),
            "NumberOfObjects": metric("NumberOfObjects", "AllStorageTypes"),
        }

    def _file_requests(self) -> Metrics:
        """S3 has metrics of requests only where somebody asked it to, under a filter with a name of its own."""
        of_bucket = [{"Name": "BucketName", "Value": self._bucket()}]
        listed = self._calls.pages(
            "cloudwatch", "list_metrics", "Metrics", Namespace="AWS/S3", MetricName="GetRequests", Dimensions=of_bucket
        )
        dimensions = next(({each["Name"]: each["Value"] for each in metric["Dimensions"]} for metric in listed), None)
        if dimensions is None:
            raise NotObservable("workload_no_request_metrics")
        return {
            "GetRequests": Metric("AWS/S3", "GetRequests", dimensions, "Sum"),
            "BytesDownloaded of S3": Metric("AWS/S3", "BytesDownloaded", dimensions, "Sum"),
        }

    def _logs(self) -> Metrics:
        group = self._container().get("logConfiguration", {}).get("options", {}).get("awslogs-group")
        if not group:
            raise NotObservable("workload_no_log_group")
        return {"IncomingBytes": Metric("AWS/Logs", "IncomingBytes", {"LogGroupName": group}, "Sum")}

    def _gateways(self) -> Metrics:
        name = environment_name(self._deployment)
        tagged = [{"Name": f"tag:{TAG}", "Values": [name]}]
        found = list(self._calls.pages("ec2", "describe_nat_gateways", "NatGateways", Filter=tagged))
        if not found:
            raise NotObservable("workload_no_nat_gateway")
        return {
            f"BytesInFromDestination#{at}": Metric(
                "AWS/NATGateway", "BytesInFromDestination", {"NatGatewayId": gateway["NatGatewayId"]}, "Sum"
            )
            for at, gateway in enumerate(found)
        }

    def _distributions(self) -> tuple[str | None, str | None]:
        """The ids of the distributions before the service and before its files, by their domains."""
        domain = self._deployment.domain
        if not domain:
            return None, None
        found: dict[str, str] = {}
        request: dict[str, str] = {}
        try:
            while True:
                page = self._calls.call("cloudfront", "list_distributions", **request)["DistributionList"]
                for each in page.get("Items", ()):
                    found |= dict.fromkeys(each["Aliases"].get("Items", ()), each["Id"])
                if not page["IsTruncated"]:
                    break
                request["Marker"] = page["NextMarker"]
        except NotObservable as error:
            self._unasked["Requests"] = Note(error.code, error.values)
        return found.get(domain), found.get(f"files.{domain}")


def _distribution(id_: str) -> Metrics:
    dimensions = {"DistributionId": id_, "Region": "Global"}
    return {name: Metric("AWS/CloudFront", name, dimensions, "Sum") for name in ("Requests", "BytesDownloaded")}
