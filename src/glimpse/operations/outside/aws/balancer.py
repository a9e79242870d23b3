"""The Application Load Balancer that the service stands behind: its settings, its errors, its address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from glimpse.operations.checks.observations import BalancerSettings, Errors, NotObservable
from glimpse.operations.deployment import Deployment
from glimpse.operations.outside.aws import service
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.aws.metrics import Metric, points

ERRORS_MINUTES = 60
ERRORS_PERIOD_SECONDS = 60
NAMESPACE = "AWS/ApplicationELB"


def _target_group(calls: Calls, deployment: Deployment) -> Mapping[str, Any]:
    """The service itself names its target group, so no name of the Terraform has to be known."""
    arns = [
        entry["targetGroupArn"]
        for entry in service.service(calls, deployment).get("loadBalancers", ())
        if entry.get("targetGroupArn")
    ]
    if not arns:
        raise NotObservable("aws_no_balancer", service=service.names(deployment)[1])
    group: Mapping[str, Any] = calls.call("elbv2", "describe_target_groups", TargetGroupArns=arns[:1])["TargetGroups"][
        0
    ]
    if not group.get("LoadBalancerArns"):
        raise NotObservable("aws_no_balancer", service=service.names(deployment)[1])
    return group


def _balancer_arn(calls: Calls, deployment: Deployment) -> str:
    return str(_target_group(calls, deployment)["LoadBalancerArns"][0])


def balancer_settings(calls: Calls, deployment: Deployment) -> BalancerSettings:
    group = _target_group(calls, deployment)
    balancer = group["LoadBalancerArns"][0]
    of_balancer = _attributes(calls.call("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=balancer))
    of_group = _attributes(
        calls.call("elbv2", "describe_target_group_attributes", TargetGroupArn=group["TargetGroupArn"])
    )
    return BalancerSettings(
        idle_timeout_seconds=_seconds(of_balancer, "idle_timeout.timeout_seconds"),
        deregistration_delay_seconds=_seconds(of_group, "deregistration_delay.timeout_seconds"),
        is_sticky=of_group.get("stickiness.enabled") == "true",
        is_on_tls=_is_on_tls(calls, balancer),
    )


def _attributes(answer: Mapping[str, Any]) -> Mapping[str, str]:
    return {attribute["Key"]: attribute["Value"] for attribute in answer["Attributes"]}


def _seconds(attributes: Mapping[str, str], key: str) -> int:
    if key not in attributes:
        raise NotObservable("aws_no_data", name=key)
    return int(attributes[key])


def _is_on_tls(calls: Calls, balancer: str) -> bool:
    listeners = calls.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=balancer)
    return any(listener.get("Protocol") == "HTTPS" for listener in listeners)


def chat_url(calls: Calls, deployment: Deployment) -> str:
    """
    Where clients connect: the domain of the Terraform, else the balancer's own name. Raises NotObservable where that
    balancer can only be reached inside its VPC.
    """
    if deployment.domain:
        return f"https://{deployment.domain}"
    arn = _balancer_arn(calls, deployment)
    balancer = calls.call("elbv2", "describe_load_balancers", LoadBalancerArns=[arn])["LoadBalancers"][0]
    if balancer.get("Scheme") == "internal":
        raise NotObservable("aws_internal_balancer", name=balancer["LoadBalancerName"])
    return f"http{'s' if _is_on_tls(calls, arn) else ''}://{balancer['DNSName']}"


def balancer_errors(calls: Calls, deployment: Deployment, now: datetime) -> Errors:
    """CloudWatch has no datapoint where there was no error (ELB user guide, CloudWatch metrics): none is zero."""
    of_balancer = dimensions(calls, deployment)
    start = now - timedelta(minutes=ERRORS_MINUTES)
    count = sum(
        value
        for name in ("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count")
        for _, value in points(calls, Metric(NAMESPACE, name, of_balancer, "Sum"), start, now, ERRORS_PERIOD_SECONDS)
    )
    return Errors(round(count), ERRORS_MINUTES)


def dimensions(calls: Calls, deployment: Deployment) -> Mapping[str, str]:
    """How CloudWatch's metrics name the balancer."""
    return {"LoadBalancer": _balancer_arn(calls, deployment).partition(":loadbalancer/")[2]}


def certificate_arn(calls: Calls, deployment: Deployment) -> str | None:
    """The default certificate of the balancer's first listener that has one."""
    listeners = calls.pages(
        "elbv2", "describe_listeners", "Listeners", LoadBalancerArn=_balancer_arn(calls, deployment)
    )
    arns = (found["CertificateArn"] for listener in listeners for found in listener.get("Certificates", ()))
    return next(arns, None)
