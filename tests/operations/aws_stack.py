"""A deployed stack as ministack has it, for the tests of `glimpse verify --on aws`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.loaders import create_loader

REGION = "ap-northeast-2"
GIB = 2**30
MODELS = create_loader()
"""Shared by all sessions, because each would spend most of a second on reading what AWS's APIs look like."""


@contextmanager
def running_ministack(folder: Path) -> Iterator[str]:
    """ministack with the stack in it; its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0", "DOCKER_HOST": f"unix://{folder}/none.sock", "S3_DATA_DIR": str(folder), "TMPDIR": str(folder),
    }  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environment, stdout=log, stderr=log, cwd=folder
        )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/_ministack/health", timeout=2).read()
                break
            except OSError:
                is_starting = server.poll() is None and time.monotonic() < until
                assert is_starting, (folder / "log").read_text()[-2000:]
                time.sleep(0.05)
        _make_stack(lambda service: aws_session().client(service, endpoint_url=url))
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def aws_session(region: str = REGION) -> boto3.Session:
    session = botocore.session.get_session()
    session.register_component("data_loader", MODELS)
    return boto3.Session("test", "test", region_name=region, botocore_session=session)


def _make_stack(client: Callable[[str], Any]) -> None:
    """A balancer, a service of two tasks, a database with ten days behind it, and alarms: those of the Terraform."""
    ecs, elbv2, rds, cloudwatch = (client(name) for name in ("ecs", "elbv2", "rds", "cloudwatch"))
    balancer = elbv2.create_load_balancer(Name="glimpse-prod", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
    group = elbv2.create_target_group(
        Name="glimpse-prod-api", Protocol="HTTP", Port=3001, VpcId="vpc-1", TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    arn = balancer["LoadBalancerArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTPS", Port=443, DefaultActions=forward)
    elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "55"}]
    )
    elbv2.modify_target_group_attributes(
        TargetGroupArn=group,
        Attributes=[
            {"Key": "deregistration_delay.timeout_seconds", "Value": "30"},
            {"Key": "stickiness.enabled", "Value": "true"},
        ],
    )
    settings = {"KEEP_ALIVE_SECONDS": "65", "DATABASE_POOL": "4", "DRAIN_SECONDS": "25"}
    environment = [{"name": f"GLIMPSE_{name}", "value": value} for name, value in settings.items()]
    ecs.create_cluster(clusterName="glimpse-prod")
    ecs.register_task_definition(
        family="glimpse-api",
        containerDefinitions=[
            {"name": "logs", "image": "log-router", "stopTimeout": 5},
            {"name": "api", "image": "glimpse", "stopTimeout": 120, "environment": environment},
        ],
    )
    ecs.create_service(
        cluster="glimpse-prod", serviceName="glimpse-api", taskDefinition="glimpse-api", desiredCount=2,
        launchType="FARGATE",
        loadBalancers=[{"targetGroupArn": group, "containerName": "api", "containerPort": 3001}],
    )  # fmt: skip
    rds.create_db_parameter_group(
        DBParameterGroupName="glimpse-prod-1", DBParameterGroupFamily="postgres17", Description="The database's"
    )
    rds.create_db_instance(
        DBInstanceIdentifier="glimpse-prod", Engine="postgres", EngineVersion="17.6", DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20, MaxAllocatedStorage=100, MasterUsername="glimpse", MasterUserPassword="not-secret",
        DBParameterGroupName="glimpse-prod-1",
    )  # fmt: skip
    now = datetime.now(UTC)
    instance = [{"Name": "DBInstanceIdentifier", "Value": "glimpse-prod"}]
    of_balancer = [{"Name": "LoadBalancer", "Value": arn.partition(":loadbalancer/")[2]}]

    def put(namespace: str, name: str, dimensions: Any, value: float, at: datetime) -> None:
        datum = {"MetricName": name, "Dimensions": dimensions, "Value": value, "Timestamp": at}
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])

    for connections, hours in ((90, 30), (38, 20), (12, 1)):
        put("AWS/RDS", "DatabaseConnections", instance, connections, now - timedelta(hours=hours))
    for day in range(1, 11):
        put("AWS/RDS", "FreeStorageSpace", instance, (10 + 0.25 * day) * GIB, now - timedelta(days=day))
    put("AWS/RDS", "FreeStorageSpace", instance, 10 * GIB, now - timedelta(minutes=7))
    put("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", of_balancer, 3, now - timedelta(minutes=5))
    put("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", of_balancer, 4, now - timedelta(minutes=50))
    put("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", of_balancer, 900, now - timedelta(hours=5))
    make_alarms(cloudwatch, of_balancer, instance)


def make_alarms(cloudwatch: Any, of_balancer: Any, instance: Any) -> None:
    service = [{"Name": "ClusterName", "Value": "glimpse-prod"}, {"Name": "ServiceName", "Value": "glimpse-api"}]
    common = {"EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}

    def metric(name: str, dimensions: Any, stat: str, period: int) -> Mapping[str, Any]:
        of = {"Namespace": "AWS/ApplicationELB", "MetricName": name, "Dimensions": dimensions}
        return {"Id": name.lower(), "ReturnData": False, "MetricStat": {"Metric": of, "Stat": stat, "Period": period}}

    cloudwatch.put_metric_alarm(
        AlarmName="glimpse-prod-cpu", Namespace="AWS/ECS", MetricName="CPUUtilization", Dimensions=service,
        Statistic="Average", Period=60, EvaluationPeriods=10, ComparisonOperator="GreaterThanThreshold", Threshold=85,
    )  # fmt: skip
    cloudwatch.put_metric_alarm(
        AlarmName="TargetTracking-service/glimpse-prod/glimpse-api-AlarmHigh", Namespace="AWS/ECS",
        MetricName="CPUUtilization", Dimensions=service, Statistic="Average", Period=60, Threshold=70, **common,
        AlarmActions=[f"arn:aws:autoscaling:{REGION}:1:scalingPolicy:2:resource/ecs/service/a/b:policyName/cpu"],
    )  # fmt: skip
    cloudwatch.put_metric_alarm(
        AlarmName="another-stack", Namespace="AWS/RDS", MetricName="DatabaseConnections", Statistic="Maximum",
        Dimensions=[{"Name": "DBInstanceIdentifier", "Value": "another"}], Period=60, Threshold=10, **common,
    )  # fmt: skip
    cloudwatch.put_metric_alarm(
        AlarmName="glimpse-prod-5xx", Threshold=10, **common,
        Metrics=[
            {"Id": "errors", "Expression": "FILL(a, 0) + FILL(b, 0)", "ReturnData": True},
            metric("HTTPCode_ELB_5XX_Count", of_balancer, "Sum", 300),
            metric("HTTPCode_Target_5XX_Count", of_balancer, "Sum", 300),
        ],
    )  # fmt: skip
    cloudwatch.put_metric_alarm(
        AlarmName="by-hand", Namespace="AWS/RDS", MetricName="DatabaseConnections", Dimensions=instance,
        Statistic="Maximum", Period=60, Threshold=59.5, **common,
    )  # fmt: skip
