"""Levers on what watches servers, containers and databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glimpse.planner.levers.lever import GIVES_UP, TERRAFORM, Lever, each, in_turn, without
from glimpse.planner.resources.aurora import AuroraInstance, DatabaseCluster
from glimpse.planner.resources.database import FREE_INSIGHTS_DAYS, Database, Monitoring
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.monitoring import ContainerInsights
from glimpse.planner.stack import Stack


def basic_monitoring(instances: Instances) -> Instances:
    """Metrics every five minutes, which are free, instead of every minute."""
    return replace(instances, monitored=False) if instances.monitored else instances


def container_insights_off(stack: Stack) -> Stack:
    """Where no alarm and no scaling policy in the files uses its metrics."""
    return without(stack, lambda resource: isinstance(resource, ContainerInsights) and resource.watched is False)


def _of_databases(change: Callable[[Monitoring], Monitoring]) -> Callable[[Stack], Stack]:
    return in_turn(
        each(Database, lambda row: replace(row, monitoring=change(row.monitoring))),
        each(AuroraInstance, lambda row: replace(row, monitoring=change(row.monitoring))),
        each(DatabaseCluster, lambda row: replace(row, monitoring=change(row.monitoring))),
    )


def database_insights_standard(monitoring: Monitoring) -> Monitoring:
    """Seven days of what the database did, which is free, instead of months."""
    if monitoring.insights is None or monitoring.kept_days is None:
        return monitoring
    if not monitoring.advanced and not (monitoring.insights and monitoring.kept_days > FREE_INSIGHTS_DAYS):
        return monitoring
    return replace(monitoring, advanced=False, kept_days=FREE_INSIGHTS_DAYS)


def enhanced_monitoring_off(monitoring: Monitoring) -> Monitoring:
    return replace(monitoring, enhanced=False) if monitoring.enhanced else monitoring


LEVERS = (
    Lever(
        "basic_monitoring", "detailed monitoring", GIVES_UP, each(Instances, basic_monitoring), TERRAFORM, "variable",
        gives_up="detailed_monitoring",
    ),
    Lever(
        "container_insights_off", "container insights", GIVES_UP, container_insights_off, TERRAFORM, "variable",
        gives_up="container_insights",
    ),
    Lever(
        "database_insights_standard", "database insights", GIVES_UP, _of_databases(database_insights_standard),
        TERRAFORM, "variable", gives_up="database_insights",
    ),
    Lever(
        "enhanced_monitoring_off", "enhanced monitoring", GIVES_UP, _of_databases(enhanced_monitoring_off),
        TERRAFORM, "variable", gives_up="enhanced_monitoring",
    ),
)  # fmt: skip
