"""How a deployed stack fares: alarms, answers, database, budget, certificate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.deployment import Deployment
from glimpse.operations.monitoring.observed import (
    Alarms,
    AlarmState,
    Answers,
    Budget,
    Certificate,
    Connections,
    CpuCredits,
)
from glimpse.operations.outside.aws import balancer, database
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.aws.metric_history import history
from glimpse.operations.outside.aws.metrics import Metric

BUDGET = "{name}-monthly"
"""As the Terraform names it."""

MAX_REASON = 300


def environment_name(deployment: Deployment) -> str:
    """The Terraform's `name`, which its cluster has. Raises NotObservable where it is not known before the apply."""
    if not deployment.tasks.cluster:
        raise NotObservable("aws_name_unknown", what="aws_ecs_cluster")
    return deployment.tasks.cluster


def alarms(calls: Calls, deployment: Deployment) -> Alarms:
    prefix = f"{environment_name(deployment)}-"
    found = calls.pages(
        "cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"]
    )
    return Alarms(prefix, [_state(alarm) for alarm in found])


def _state(alarm: Mapping[str, Any]) -> AlarmState:
    since = alarm.get("StateUpdatedTimestamp")
    reason = " ".join(str(alarm.get("StateReason", "")).split())[:MAX_REASON]
    return AlarmState(alarm["AlarmName"], alarm["StateValue"], since.date().isoformat() if since else "", reason)


def answers(calls: Calls, deployment: Deployment, now: datetime, days: int) -> Answers:
    """None of these metrics exists while it is zero (ELB user guide, CloudWatch metrics)."""
    dimensions = balancer.dimensions(calls, deployment)
    names = {"requests": "RequestCount", "own": "HTTPCode_ELB_5XX_Count", "tasks": "HTTPCode_Target_5XX_Count"}
    metrics = {key: Metric(balancer.NAMESPACE, name, dimensions, "Sum") for key, name in names.items()}
    found = history(calls, metrics, now - timedelta(days=days), now)
    sums = {key: round(sum(value for _, value in points)) for key, points in found.items()}
    return Answers(sums["requests"], sums["own"] + sums["tasks"], days)


def connections(calls: Calls, deployment: Deployment, now: datetime, days: int) -> Connections:
    seen = database.database_connections(calls, deployment, now, days)
    return Connections(seen.open, seen.limit, days)


def cpu_credits(calls: Calls, deployment: Deployment, now: datetime, days: int) -> CpuCredits:
    """Raises NotObservable for an instance class that has no credits, too."""
    metrics = {
        "balance": database.metric(deployment, "CPUCreditBalance", "Minimum"),
        "surplus": database.metric(deployment, "CPUSurplusCreditsCharged", "Sum"),
    }
    found = history(calls, metrics, now - timedelta(days=days), now)
    if not found["balance"]:
        raise NotObservable("aws_no_data", name="CPUCreditBalance")
    return CpuCredits(min(value for _, value in found["balance"]), sum(value for _, value in found["surplus"]))


def budget(calls: Calls, deployment: Deployment) -> Budget:
    name = BUDGET.format(name=environment_name(deployment))
    account = calls.call("sts", "get_caller_identity")["Account"]
    found = calls.call("budgets", "describe_budget", AccountId=account, BudgetName=name)["Budget"]
    spent, limit = found["CalculatedSpend"]["ActualSpend"], found["BudgetLimit"]
    if limit["Unit"] != "USD":
        raise NotObservable("aws_other_currency", currency=limit["Unit"])
    return Budget(name, Decimal(spent["Amount"]), Decimal(limit["Amount"]))


def certificate(calls: Calls, deployment: Deployment) -> Certificate:
    """The balancer's. ACM renews it by itself 60 days before its end, as long as its DNS record stands."""
    arn = balancer.certificate_arn(calls, deployment)
    if arn is None:
        raise NotObservable("watch_no_certificate")
    found = calls.call("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
    if "NotAfter" not in found:
        raise NotObservable("aws_no_data", name=f"{found['DomainName']} ({found.get('Status', '')})")
    return Certificate(found["DomainName"], found["NotAfter"].date().isoformat())
