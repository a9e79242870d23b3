"""What runs on this machine: what the Terraform says, with the options of `up` and what one machine can have."""

from __future__ import annotations

from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.chat.settings import Settings
from glimpse.operations.deployment import Deployment, Plan
from glimpse.operations.local.placement import SERVERS_PER_TASK
from glimpse.operations.options import StackOptions

MAX_TASKS = 20
"""Of one machine: a task takes 60 to 100 MB."""

DEFAULT_CONNECTIONS = 100
"""PostgreSQL's own `max_connections`, where the class of the Terraform's database is not known."""

MIN_CONNECTIONS = 20
"""With fewer, PostgreSQL's own processes would take most of them."""


def chosen(plan: Plan, options: StackOptions) -> Deployment:
    """
    What the Terraform says, with the tasks and the bus of the options. Raises Failure: `deployment_missing`,
    `up_tasks_wrong`.
    """
    deployment = plan.deployment
    if deployment is None:
        raise Failure("deployment_missing", path=options.arguments[0] if options.arguments else ".")
    tasks = deployment.tasks
    desired = max(1, tasks.desired) if options.tasks is None else options.tasks
    if not 1 <= desired <= MAX_TASKS:
        raise Failure("up_tasks_wrong", count=desired, most=MAX_TASKS)
    return replace(
        deployment,
        bus=options.bus or deployment.bus,
        tasks=replace(tasks, desired=desired, fewest=min(tasks.fewest, desired), most=max(tasks.most, desired)),
    )


def max_connections(deployment: Deployment) -> int:
    """PostgreSQL's `max_connections`."""
    database = deployment.database
    return max(MIN_CONNECTIONS, (database.connections if database else None) or DEFAULT_CONNECTIONS)


def wanted_pool(deployment: Deployment) -> int:
    """The most connections that the Terraform lets a task open."""
    return _number(deployment, "GLIMPSE_DATABASE_POOL", Settings().database_pool)


def database_pool(deployment: Deployment) -> int:
    """
    The same, lowered to a task's share of the connections while a deploy runs twice as many tasks. The service refuses
    to start with more than the database has.
    """
    reserved = deployment.database.reserved if deployment.database else 0
    # Listening for events takes a connection beside the pool.
    share = (max_connections(deployment) - reserved) // (SERVERS_PER_TASK * deployment.tasks.desired) - 1
    return max(1, min(wanted_pool(deployment), share))


def drain_seconds(deployment: Deployment) -> int:
    """What a task takes to drain at most."""
    return _number(deployment, "GLIMPSE_DRAIN_SECONDS", Settings().drain_seconds)


def _number(deployment: Deployment, variable: str, default: int) -> int:
    text = deployment.tasks.environment.get(variable, "")
    return int(text) if text.isdecimal() else default
