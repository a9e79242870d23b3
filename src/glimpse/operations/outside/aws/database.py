"""The RDS instance: its engine, its disk, and how many connections it has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from glimpse.operations.checks.observations import DatabaseConnections, Engine, NotObservable, Storage
from glimpse.operations.deployment import Database, Deployment
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.aws.metrics import DAY_SECONDS, Metric, points, slope_a_day

HISTORY_DAYS = 15
GIB = 2**30
NAMESPACE = "AWS/RDS"
STANDARD_SUPPORT = "open-source-rds-standard-support"


def _database(deployment: Deployment) -> Database:
    if deployment.database is None or not deployment.database.identifier:
        raise NotObservable("aws_name_unknown", what="aws_db_instance")
    return deployment.database


def _instance(calls: Calls, deployment: Deployment) -> Mapping[str, Any]:
    identifier = _database(deployment).identifier
    instances = calls.call("rds", "describe_db_instances", DBInstanceIdentifier=identifier)["DBInstances"]
    if not instances:
        raise NotObservable("aws_not_found", name=str(identifier), region=calls.region)
    found: Mapping[str, Any] = instances[0]
    return found


def metric(deployment: Deployment, name: str, statistic: str) -> Metric:
    return Metric(NAMESPACE, name, {"DBInstanceIdentifier": _database(deployment).identifier or ""}, statistic)


def database_connections(calls: Calls, deployment: Deployment, now: datetime, days: int = 1) -> DatabaseConnections:
    """
    The most of the last days. Where `max_connections` is RDS's formula, whose memory nobody publishes, the limit is the
    fewest that was seen for the class, if the instance still has the class of the Terraform.
    """
    instance = _instance(calls, deployment)
    open_ = metric(deployment, "DatabaseConnections", "Maximum")
    seen = points(calls, open_, now - timedelta(days=days), now, 3600)
    if not seen:
        raise NotObservable("aws_no_data", name=open_.name)
    limit = _max_connections(calls, instance)
    database = _database(deployment)
    if limit is None and instance.get("DBInstanceClass") == database.instance_class:
        limit = database.connections
    return DatabaseConnections(open=round(max(value for _, value in seen)), limit=limit)


def _max_connections(calls: Calls, instance: Mapping[str, Any]) -> int | None:
    for group in instance.get("DBParameterGroups", ())[:1]:
        name = group["DBParameterGroupName"]
        for parameter in calls.pages("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=name):
            if parameter.get("ParameterName") == "max_connections":
                value = str(parameter.get("ParameterValue", ""))
                return int(value) if value.isdecimal() else None
    return None


def engine(calls: Calls, deployment: Deployment) -> Engine:
    """The end of standard support is RDS's own word; where it has none, what the plan knows of the same version."""
    instance = _instance(calls, deployment)
    version = str(instance["EngineVersion"])
    ends = _standard_support_ends(calls, instance["Engine"], version)
    database = _database(deployment)
    if ends is None and database.version and _is_release_of(version, database.version.split(".")[0]):
        ends = database.standard_support_ends
    return Engine(version, ends)


def _standard_support_ends(calls: Calls, engine: str, version: str) -> str | None:
    try:
        majors = list(calls.pages("rds", "describe_db_major_engine_versions", "DBMajorEngineVersions", Engine=engine))
    except NotObservable as error:
        if error.code != "aws_call_failed":
            raise
        # An older API, such as that of some partitions, does not have the operation.
        return None
    for major in majors:
        if _is_release_of(version, major["MajorEngineVersion"]):
            for lifecycle in major.get("SupportedEngineLifecycles", ()):
                if lifecycle["LifecycleSupportName"] == STANDARD_SUPPORT:
                    return str(lifecycle["LifecycleSupportEndDate"].date().isoformat())
    return None


def _is_release_of(version: str, major: str) -> bool:
    return version == major or version.startswith(f"{major}.")


def storage(calls: Calls, deployment: Deployment, now: datetime) -> Storage:
    instance = _instance(calls, deployment)
    free = metric(deployment, "FreeStorageSpace", "Average")
    latest = points(calls, free, now - timedelta(hours=3), now, 300)
    if not latest:
        raise NotObservable("aws_no_data", name=free.name)
    growth = slope_a_day(points(calls, free, now - timedelta(days=HISTORY_DAYS), now, DAY_SECONDS))
    allocated = int(instance["AllocatedStorage"]) * GIB
    most = instance.get("MaxAllocatedStorage")
    return Storage(
        used_bytes=max(0, round(allocated - latest[-1][1])),
        allocated_bytes=allocated,
        most_bytes=int(most) * GIB if most else None,
        growth_bytes_a_day=None if growth is None else -growth,
    )
