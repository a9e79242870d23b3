"""The Deployment that runs on this machine: the Terraform's, with the options of `up` and the limits of one machine."""

from __future__ import annotations

from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.chat.settings import PREFIX, Settings
from glimpse.operations.deployment import Deployment, Plan
from glimpse.operations.local.placement import SERVERS_PER_TASK, on_demand_count
from glimpse.operations.options import StackOptions

MAX_TASKS = 20
"""Of one machine: a task takes 60 to 100 MB."""

DEFAULT_CONNECTIONS = 100
"""PostgreSQL's own `max_connections`, where the class of the Terraform's database is not known."""

MIN_CONNECTIONS = 20
"""With fewer, PostgreSQL's own processes would take most of them."""


def local_deployment(plan: Plan, options: StackOptions) -> Deployment:
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
    if options.tasks is not None and tasks.on_demand + tasks.spot:
        # `verify` compares what runs with this.
        on_demand = on_demand_count(tasks, desired)
        tasks = replace(tasks, on_demand=on_demand, spot=desired - on_demand)
    return replace(
        deployment,
        bus=options.bus or deployment.bus,
        tasks=replace(tasks, desired=desired, fewest=min(tasks.fewest, desired), most=max(tasks.most, desired)),
    )


def max_connections(deployment: Deployment) -> int:
    """PostgreSQL's `max_connections`."""
    database = deployment.database
    return max(MIN_CONNECTIONS, (database.connections if database else None) or DEFAULT_CONNECTIONS)


def setting(deployment: Deployment, field: str) -> int:
    """A number that the tasks are set to, by its field of Settings: the Terraform's, or else the service's default."""
    text = deployment.tasks.environment.get(PREFIX + field.upper(), "")
    default: int = getattr(Settings(), field)
    return int(text) if text.isdecimal() else default


def pool_of_task(deployment: Deployment) -> int:
    """
    The connections that a task may open here: what the Terraform lets it, or its share of `max_connections` while a
    deploy runs twice as many tasks. The service refuses to start with more than the database has.
    """
    reserved = deployment.database.reserved if deployment.database else 0
    # Listening for events takes a connection beside the pool.
    share = (max_connections(deployment) - reserved) // (SERVERS_PER_TASK * deployment.tasks.desired) - 1
    return max(1, min(setting(deployment, "database_pool"), share))
