"""
An account in which the stack of `best.tfvars` has run for some weeks, for the tests of `glimpse watch` and of
`glimpse workload from-cloudwatch`: every answer that they ask for, in the shape of botocore's service models.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.validate import validate_parameters

from glimpse.operations.monitoring.bills import Bill
from glimpse.operations.outside.aws.calls import POLICY_ACTIONS, POLICY_PREFIXES
from glimpse.operations.outside.plan import read_bill
from tests.operations.aws_stack import GIB, REGION, aws_session

NAME = "glimpse-prod"
ACCOUNT = "123456789012"
NOW = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/{NAME}/50dc6c495c0c9188"
GROUP = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/{NAME}-api/6d0ecf831eec9f09"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:{NAME}-alarms"

ECS, ELB, RDS, VPC = (
    "Amazon Elastic Container Service", "Amazon Elastic Load Balancing", "Amazon Relational Database Service",
    "Amazon Virtual Private Cloud",
)  # fmt: skip
USAGE: tuple[tuple[str, str, float, float, str], ...] = (
    (ELB, "APN2-LoadBalancerUsage", 0.54, 24, "Hrs"),
    (ELB, "APN2-LCUUsage", 0.0312, 3.9, "LCU-Hrs"),
    (ECS, "APN2-Fargate-vCPU-Hours:perCPU", 0.2794, 6, "vCPU-Hours"),
    (ECS, "APN2-Fargate-GB-Hours", 0.0613, 12, "GB-Hours"),
    (ECS, "APN2-SpotUsage-Fargate-vCPU-Hours:perCPU", 0.0921, 6, "vCPU-Hours"),
    (ECS, "APN2-SpotUsage-Fargate-GB-Hours", 0.0202, 12, "GB-Hours"),
    (RDS, "APN2-InstanceUsage:db.t4g.micro", 0.6, 24, "Hrs"),
    (RDS, "APN2-RDS:GP3-Storage", 0.0873, 0.6666667, "GB-Mo"),
    ("Amazon Simple Storage Service", "APN2-TimedStorage-ByteHrs", 0.0, 0.1, "GB-Mo"),
    ("Amazon Simple Storage Service", "APN2-Requests-Tier1", 0.0003, 62, "Requests"),
    ("AmazonCloudWatch", "APN2-DataProcessing-Bytes", 0.0, 0.02, "GB"),
    ("AmazonCloudWatch", "APN2-CW:AlarmMonitorUsage", 0.0452, 0.452, "Alarms"),
    (VPC, "APN2-PublicIPv4:InUseAddress", 0.24, 48, "Hrs"),
    ("EC2 - Other", "APN2-EBS:VolumeUsage.gp3", 0.05, 0.55, "GB-Mo"),
)
"""What each day has: service, usage type, USD, quantity, unit. The last two are in no plan."""

Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Refusal(Exception):
    """In place of an answer: AWS's code for it."""


_BILLS: dict[Any, Bill] = {}


async def read_bill_once(arguments: Sequence[str], actual: str | None = None) -> Bill:
    """As `read_bill` does; the same question is asked once, because the planner takes a second for each."""
    key = tuple(arguments), actual
    if key not in _BILLS:
        _BILLS[key] = await read_bill(arguments, actual)
    return _BILLS[key]


class Account(dict[str, Any]):
    """Answers by action, as a policy names it. A callable one is given the parameters. `made` are the calls."""

    def __init__(self) -> None:
        super().__init__(answers())
        self.made: list[tuple[str, Mapping[str, Any]]] = []
        self.usage = list(USAGE)
        self.tagged: list[tuple[str, str, float]] = [("APN2-EBS:VolumeUsage.gp3", "", 0.35)]
        self.adjustments: list[tuple[str, str, float]] = []
        self.metrics: dict[str, Callable[[datetime], float | None]] = dict(METRICS)
        self.first_day: date | None = None
        self["ce:GetCostAndUsage"] = self._costs
        self["cloudwatch:GetMetricData"] = self._metrics

    def session(self) -> boto3.Session:
        session = aws_session()

        asked = threading.local()

        def note(params: Any, model: Any, **_: Any) -> None:
            asked.parameters = dict(params)
            self.made.append((action_of(model), asked.parameters))

        def answer(model: Any, **_: Any) -> Any:
            found = self[action_of(model)]
            found = found(asked.parameters) if callable(found) else found
            if isinstance(found, Refusal):
                code = str(found.args[0])
                return SimpleNamespace(status_code=400), {"Error": {"Code": code, "Message": "no"}}
            validate_parameters(found, model.output_shape)
            return SimpleNamespace(status_code=200), found

        session.events.register("provide-client-params", note)
        session.events.register("before-call", answer)
        return session

    def _costs(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        start = date.fromisoformat(asked["TimePeriod"]["Start"])
        end = date.fromisoformat(asked["TimePeriod"]["End"])
        keys = [group["Key"] for group in asked["GroupBy"]]
        days = []
        for ordinal in range(start.toordinal(), end.toordinal()):
            day = date.fromordinal(ordinal)
            groups = self._groups(keys, day == start) if not self.first_day or day >= self.first_day else []
            period = {"Start": str(day), "End": str(day + timedelta(days=1))}
            days.append({"TimePeriod": period, "Groups": groups, "Estimated": True, "Total": {}})
        return {"ResultsByTime": days, "GroupDefinitions": asked["GroupBy"], "DimensionValueAttributes": []}

    def _groups(self, keys: list[str], is_first: bool) -> list[Mapping[str, Any]]:
        if keys == ["SERVICE", "USAGE_TYPE"]:
            return [group([service, name], usd, quantity, unit) for service, name, usd, quantity, unit in self.usage]
        if keys == ["USAGE_TYPE", "RECORD_TYPE"]:
            return [group([name, kind], usd) for name, kind, usd in self.adjustments if is_first]
        assert keys == ["USAGE_TYPE", "Environment"]
        return [group([name, f"Environment${value}"], usd) for name, value, usd in self.tagged if is_first]

    def _metrics(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        results = []
        for query in asked["MetricDataQueries"]:
            stat = query["MetricStat"]
            value_at = self.metrics.get(f"{stat['Metric']['Namespace']}/{stat['Metric']['MetricName']}")
            at, times, values = asked["StartTime"], [], []
            while value_at and at < asked["EndTime"]:
                value = value_at(at)
                if value is not None:
                    times.append(at)
                    values.append(value * stat["Period"] / 3600 if stat["Stat"] == "Sum" else value)
                at += timedelta(seconds=stat["Period"])
            results.append({"Id": query["Id"], "Label": "", "Timestamps": times, "Values": values})
        return {"MetricDataResults": results, "Messages": []}


def action_of(model: Any) -> str:
    prefix = model.service_model.signing_name
    action = f"{POLICY_PREFIXES.get(prefix, prefix)}:{model.name}"
    return POLICY_ACTIONS.get(action, action)


def group(keys: list[str], usd: float, quantity: float = 0, unit: str = "N/A") -> Mapping[str, Any]:
    amounts = {"AmortizedCost": (usd, "USD"), "UsageQuantity": (quantity, unit)}
    metrics = {name: {"Amount": f"{amount:.10f}", "Unit": unit} for name, (amount, unit) in amounts.items()}
    return {"Keys": keys, "Metrics": metrics}


def by_hour(peak: float) -> Callable[[datetime], float]:
    """A load that is highest at 21:00 in Seoul, which is 12:00 UTC."""
    return lambda at: peak * (0.55 + 0.45 * math.cos((at.hour - 12) / 24 * 2 * math.pi))


METRICS: Mapping[str, Callable[[datetime], float | None]] = {
    "AWS/RDS/DatabaseConnections": lambda at: 17.0,
    "AWS/RDS/FreeStorageSpace": lambda at: (14 - 0.05 * (at - NOW).total_seconds() / 86_400) * GIB,
    "AWS/RDS/CPUCreditBalance": lambda at: 280.0,
    "AWS/ApplicationELB/RequestCount": by_hour(2400),
    "AWS/ApplicationELB/HTTPCode_ELB_5XX_Count": lambda at: 2.0 if at.hour == 3 else None,
    "AWS/ApplicationELB/ActiveConnectionCount": lambda at: 60 * 2 * by_hour(150)(at),
    "AWS/ApplicationELB/NewConnectionCount": by_hour(700),
    "AWS/ApplicationELB/ProcessedBytes": by_hour(9e6),
    "AWS/ECS/CPUUtilization": by_hour(31),
    "AWS/ECS/MemoryUtilization": lambda at: 41.0,
    "AWS/S3/BucketSizeBytes": lambda at: 6.1e9 + 1e8 * (at - NOW).total_seconds() / 86_400 if at.hour == 0 else None,
    "AWS/S3/NumberOfObjects": lambda at: 4200 + 52 * (at - NOW).total_seconds() / 86_400 if at.hour == 0 else None,
    "AWS/Logs/IncomingBytes": by_hour(1e6),
}
"""The value of each metric in an hour; a sum is of that hour."""


def answers() -> dict[str, Answer]:
    tasks = [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{NAME}/{number:032x}" for number in (1, 2)]
    environment = [{"name": "GLIMPSE_S3_BUCKET", "value": "glimpse-prod-files-1"}]
    logs = {"logDriver": "awslogs", "options": {"awslogs-group": f"/ecs/{NAME}"}}
    definition = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{NAME}-api:7"
    return {
        "sts:GetCallerIdentity": {"UserId": "AIDA", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/watch"},
        "ecs:DescribeServices": {"services": [{
            "status": "ACTIVE", "desiredCount": 2, "taskDefinition": definition,
            "loadBalancers": [{"targetGroupArn": GROUP, "containerName": "api", "containerPort": 3001}],
        }]},
        "ecs:ListTasks": {"taskArns": tasks},
        "ecs:DescribeTasks": {"tasks": [
            {"taskArn": arn, "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "capacityProviderName": provider}
            for arn, provider in zip(tasks, ("FARGATE", "FARGATE_SPOT"), strict=True)
        ]},
        "ecs:DescribeTaskDefinition": {"taskDefinition": {
            "containerDefinitions": [{"name": "api", "environment": environment, "logConfiguration": logs}],
        }},
        "application-autoscaling:DescribeScalableTargets": {"ScalableTargets": []},
        "elasticloadbalancing:DescribeTargetGroups": {"TargetGroups": [
            {"TargetGroupArn": GROUP, "LoadBalancerArns": [BALANCER]}
        ]},
        "elasticloadbalancing:DescribeListeners": {"Listeners": [
            {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": CERTIFICATE}]}
        ]},
        "acm:DescribeCertificate": {"Certificate": {
            "DomainName": "chat.example.com", "NotAfter": datetime(2027, 9, 1, tzinfo=UTC), "Status": "ISSUED",
        }},
        "rds:DescribeDBInstances": {"DBInstances": [{
            "Engine": "postgres", "EngineVersion": "17.6", "DBInstanceClass": "db.t4g.micro", "AllocatedStorage": 20,
            "MaxAllocatedStorage": 100, "DBParameterGroups": [{"DBParameterGroupName": f"{NAME}-1"}],
        }]},
        "rds:DescribeDBParameters": {"Parameters": []},
        "rds:DescribeDBMajorEngineVersions": {"DBMajorEngineVersions": []},
        "cloudwatch:DescribeAlarms": {"MetricAlarms": [
            {"AlarmName": f"{NAME}-{name}", "StateValue": "OK", "StateUpdatedTimestamp": NOW} for name in ("cpu", "5xx")
        ]},
        "budgets:ViewBudget": {"Budget": {
            "BudgetName": f"{NAME}-monthly", "TimeUnit": "MONTHLY", "BudgetType": "COST",
            "BudgetLimit": {"Amount": "75.0", "Unit": "USD"},
            "CalculatedSpend": {"ActualSpend": {"Amount": "55.41", "Unit": "USD"}},
        }},
        "ce:ListCostAllocationTags": {"CostAllocationTags": [
            {"TagKey": "Environment", "Type": "UserDefined", "Status": "Active"}
        ]},
        "cloudfront:ListDistributions": {"DistributionList": {
            "Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0, "Items": [],
        }},
        "cloudwatch:ListMetrics": {"Metrics": []},
        "ec2:DescribeNatGateways": {"NatGateways": []},
        "sns:Publish": {"MessageId": "1"},
    }  # fmt: skip
