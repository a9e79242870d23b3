"""What observations of the stack mean beside its design: pure functions to a finding."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from decimal import Decimal

from glimpse.operations.checks.finding import Finding, confirmed, refuted, unknown
from glimpse.operations.checks.observations import (
    BalancerSettings,
    DatabaseConnections,
    Engine,
    Errors,
    RunningTasks,
    Spending,
    Storage,
    TaskSettings,
)
from glimpse.operations.deployment import Database, Deployment, DerivedAlarm, Plan, Tasks

ADMIN_CONNECTIONS = 3
"""One migration, one monitoring agent and one person at a psql prompt, as the plan counts them."""

BYTES_PER_MESSAGE = 797
"""What PostgreSQL stores of a usual message with its indexes: the most that was measured (`capacity/glimpse.json`)."""

DAYS_PER_MONTH = 30.4

MIN_MONTHS_LEFT = 3
"""A disk that is full sooner leaves no time to plan for it."""

MIN_MESSAGES = 10_000
"""With fewer stored messages, the size of the database is mostly that of its catalogues."""

BILL_TOLERANCE_PERCENT = 10
ERROR_MINUTES = 5
"""The plan document's and the derived alarm count errors in five minutes."""


def judge_running_tasks(seen: RunningTasks, tasks: Tasks) -> Finding:
    facts = {"running": seen.running, "wanted": seen.wanted, "fewest": tasks.fewest}
    is_enough = seen.running >= max(seen.wanted, tasks.fewest)
    return confirmed("verify_tasks", **facts) if is_enough else refuted("verify_tasks_missing", **facts)


def judge_spot_share(seen: RunningTasks, tasks: Tasks) -> Finding:
    """Compared at the desired count; with another count there is nothing to compare with."""
    if seen.on_demand is None or seen.spot is None:
        return unknown("verify_spot_share_unseen")
    facts: dict[str, str | int] = {"on_demand": seen.on_demand, "spot": seen.spot}
    if seen.running != tasks.desired:
        return unknown("verify_spot_share_count", **facts, desired=tasks.desired)
    planned = {"planned_on_demand": tasks.on_demand, "planned_spot": tasks.spot}
    facts["percent"] = round(100 * seen.spot / max(1, seen.running))
    if (seen.on_demand, seen.spot) == (tasks.on_demand, tasks.spot):
        return confirmed("verify_spot_share", **facts)
    return refuted("verify_spot_share_differs", **facts, **planned)


def judge_keep_alive(tasks: TaskSettings, balancer: BalancerSettings) -> Finding:
    if tasks.keep_alive_seconds is None:
        return unknown("verify_keep_alive_unset")
    facts = {"seconds": tasks.keep_alive_seconds, "idle": balancer.idle_timeout_seconds}
    if tasks.keep_alive_seconds > balancer.idle_timeout_seconds:
        return confirmed("verify_keep_alive_set", **facts)
    return refuted("verify_keep_alive_short", **facts)


def judge_connections(seen: DatabaseConnections, database: Database, alarm: DerivedAlarm | None) -> Finding:
    """Open connections against the alarm's threshold and the limit, less what PostgreSQL and RDS reserve."""
    limit = seen.limit if seen.limit is not None else database.connections
    if limit is None:
        return unknown("verify_connections_no_limit", open=seen.open)
    usable = limit - database.reserved
    most = min(Decimal(alarm.threshold), Decimal(usable)) if alarm and alarm.threshold else Decimal(usable)
    facts: dict[str, str | int] = {"open": seen.open, "most": f"{most:f}", "limit": limit, "usable": usable}
    return confirmed("verify_connections", **facts) if seen.open <= most else refuted(
        "verify_connections_many", **facts
    )  # fmt: skip


def judge_connections_at_deploy(
    settings: TaskSettings, seen: DatabaseConnections, database: Database, deployment: Deployment
) -> Finding:
    """Pools of the old and the new tasks at once, as many tasks as autoscaling may start."""
    limit = seen.limit if seen.limit is not None else database.connections
    if limit is None or settings.database_pool is None:
        return unknown("verify_deploy_unseen")
    tasks = deployment.tasks.most * deployment.tasks.maximum_percent // 100
    # Where the database is the bus, each task keeps one more connection to listen.
    listening = 1 if deployment.bus == "postgresql" else 0
    needed = tasks * (settings.database_pool + listening) + ADMIN_CONNECTIONS
    usable = limit - database.reserved
    facts: dict[str, str | int] = {
        "needed": needed, "usable": usable, "limit": limit, "tasks": tasks,
        "pool": settings.database_pool + listening, "admin": ADMIN_CONNECTIONS,
    }  # fmt: skip
    return confirmed("verify_deploy", **facts) if needed <= usable else refuted("verify_deploy_many", **facts)


def judge_errors(seen: Errors, alarm: DerivedAlarm | None) -> Finding:
    facts: dict[str, str | int] = {"count": seen.count, "minutes": seen.minutes}
    if alarm is None or alarm.threshold is None:
        return unknown("verify_errors_no_bound", **facts)
    rate = Decimal(seen.count) * ERROR_MINUTES / max(seen.minutes, ERROR_MINUTES)
    facts["most"] = alarm.threshold
    return confirmed("verify_errors", **facts) if rate <= Decimal(alarm.threshold) else refuted(
        "verify_errors_many", **facts
    )  # fmt: skip


def judge_engine(seen: Engine, database: Database, today: datetime.date) -> Finding:
    ends = seen.standard_support_ends
    if ends is None and database.version and _major(database.version) == _major(seen.version):
        ends = database.standard_support_ends
    if ends is None:
        return unknown("verify_engine_unknown", engine=database.engine, version=seen.version)
    days = (datetime.date.fromisoformat(ends) - today).days
    facts: dict[str, str | int] = {"engine": database.engine, "version": seen.version, "ends": ends}
    return confirmed("verify_engine", **facts, days=days) if days >= 0 else refuted("verify_engine_old", **facts)


def judge_storage(seen: Storage, plan: Plan) -> Finding:
    """Months until the disk is full: by the measured growth, or by the messages of the plan."""
    most = seen.most_bytes or seen.allocated_bytes
    if most is None:
        return unknown("verify_storage_no_limit")
    facts: dict[str, str | int] = {"used": _gib(seen.used_bytes), "most": _gib(most)}
    if seen.growth_bytes_a_day is not None:
        monthly, code = seen.growth_bytes_a_day * DAYS_PER_MONTH, "verify_storage_seen"
    elif plan.monthly_messages is not None:
        has_many = seen.messages is not None and seen.messages >= MIN_MESSAGES
        bytes_ = seen.used_bytes / (seen.messages or 1) if has_many else BYTES_PER_MESSAGE
        monthly, code = plan.monthly_messages * bytes_, "verify_storage_planned"
        facts["bytes"] = round(bytes_)
    else:
        return unknown("verify_storage_no_growth", **facts)
    facts |= {"monthly": _gib(monthly), "least": MIN_MONTHS_LEFT}
    months = (most - seen.used_bytes) / monthly if monthly > 0 else math.inf
    if months < MIN_MONTHS_LEFT:
        return refuted(f"{code}_full", **facts, months=f"{max(0.0, months):.1f}")
    if months > 120:
        return confirmed(f"{code}_years", **facts)
    return confirmed(code, **facts, months=math.floor(months))


def judge_bill(seen: Spending, plan: Plan) -> Finding:
    if seen.days < 1:
        return unknown("verify_bill_no_days")
    month = Decimal(seen.usd) / seen.days * Decimal(str(DAYS_PER_MONTH))
    planned = Decimal(plan.monthly_usd)
    facts: dict[str, str | int] = {
        "days": seen.days, "services": seen.services, "month": f"{month:.2f}", "planned": f"{planned:.2f}",
        "percent": BILL_TOLERANCE_PERCENT,
    }  # fmt: skip
    if month > planned * (100 + BILL_TOLERANCE_PERCENT) / 100:
        return refuted("verify_bill_high", **facts)
    return confirmed("verify_bill", **facts)


def judge_applied(
    tasks: TaskSettings, running: RunningTasks, balancer: BalancerSettings, deployment: Deployment
) -> Finding:
    """Whether what runs has the settings of the Terraform. What Terraform leaves open is not compared."""
    written, environment = deployment.balancer, deployment.tasks.environment
    pairs: Sequence[tuple[str, object, object]] = (
        ("idle_timeout", written.idle_timeout_seconds, balancer.idle_timeout_seconds),
        ("deregistration_delay", written.deregistration_delay_seconds, balancer.deregistration_delay_seconds),
        ("stickiness", written.is_sticky, balancer.is_sticky),
        ("min_capacity", deployment.tasks.fewest, running.fewest),
        ("max_capacity", deployment.tasks.most, running.most),
        ("stopTimeout", deployment.tasks.stop_timeout_seconds, tasks.stop_timeout_seconds),
        ("GLIMPSE_KEEP_ALIVE_SECONDS", environment.get("GLIMPSE_KEEP_ALIVE_SECONDS"), tasks.keep_alive_seconds),
        ("GLIMPSE_DATABASE_POOL", environment.get("GLIMPSE_DATABASE_POOL"), tasks.database_pool),
        ("GLIMPSE_DRAIN_SECONDS", environment.get("GLIMPSE_DRAIN_SECONDS"), tasks.drain_seconds),
    )
    compared = [(name, str(want), str(have)) for name, want, have in pairs if want is not None and have is not None]
    differing = [f"{name}: {have} ({want})" for name, want, have in compared if want != have]
    if differing:
        return refuted("verify_not_applied", differing="; ".join(differing))
    return confirmed("verify_applied", names=", ".join(name for name, _, _ in compared))


def _major(version: str) -> str:
    return version.partition(".")[0]


def _gib(bytes_: float) -> str:
    """RDS counts its storage in GiB, whatever it calls them."""
    return f"{bytes_ / 2**30:.2f}"
