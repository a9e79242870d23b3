"""The ECS service: its tasks, what they were started with, and how many autoscaling lets run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from glimpse.operations.checks.observations import NotObservable, RunningTasks, TaskSettings
from glimpse.operations.deployment import Deployment
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.state import FARGATE, FARGATE_SPOT

MAX_DESCRIBED = 100
"""Tasks that DescribeTasks takes at once (ECS API reference)."""

DEFAULT_STOP_TIMEOUT_SECONDS = 30
"""Of a container on Fargate that has no `stopTimeout` (ECS API reference, ContainerDefinition)."""

STOP_REASON = "glimpse verify: does the service recover from the loss of a Spot task?"


def names(deployment: Deployment) -> tuple[str, str]:
    """The cluster and the service. Raises NotObservable where the Terraform does not tell them before the apply."""
    cluster, service = deployment.tasks.cluster, deployment.tasks.service
    if not cluster or not service:
        raise NotObservable("aws_name_unknown", what="aws_ecs_cluster, aws_ecs_service")
    return cluster, service


def service(calls: Calls, deployment: Deployment) -> Mapping[str, Any]:
    """What ECS says about the service."""
    cluster, name = names(deployment)
    answer = calls.call("ecs", "describe_services", cluster=cluster, services=[name])
    active = [found for found in answer["services"] if found.get("status") != "INACTIVE"]
    if not active:
        raise NotObservable("aws_not_found", name=f"{cluster}/{name}", region=calls.region)
    found: Mapping[str, Any] = active[0]
    return found


def _tasks(calls: Calls, deployment: Deployment) -> Sequence[Mapping[str, Any]]:
    """The service's tasks that run and are not to be stopped."""
    cluster, name = names(deployment)
    arns = list(
        calls.pages("ecs", "list_tasks", "taskArns", cluster=cluster, serviceName=name, desiredStatus="RUNNING")
    )

    def described() -> Iterator[Mapping[str, Any]]:
        for start in range(0, len(arns), MAX_DESCRIBED):
            some = arns[start : start + MAX_DESCRIBED]
            yield from calls.call("ecs", "describe_tasks", cluster=cluster, tasks=some)["tasks"]

    return [
        task for task in described() if task.get("lastStatus") == "RUNNING" and task.get("desiredStatus") == "RUNNING"
    ]


def running_tasks(calls: Calls, deployment: Deployment) -> RunningTasks:
    wanted = int(service(calls, deployment)["desiredCount"])
    tasks = _tasks(calls, deployment)
    providers = [_provider(task) for task in tasks]
    fewest, most = _bounds(calls, deployment)
    is_placed = all(provider in (FARGATE, FARGATE_SPOT) for provider in providers)
    return RunningTasks(
        running=len(tasks),
        wanted=wanted,
        on_demand=providers.count(FARGATE) if is_placed else None,
        spot=providers.count(FARGATE_SPOT) if is_placed else None,
        fewest=fewest,
        most=most,
    )


def _provider(task: Mapping[str, Any]) -> str | None:
    """The capacity provider. A task that was started by a launch type instead has none, and is on demand."""
    return task.get("capacityProviderName") or (FARGATE if task.get("launchType") == FARGATE else None)


def _bounds(calls: Calls, deployment: Deployment) -> tuple[int | None, int | None]:
    cluster, name = names(deployment)
    targets = calls.call(
        "application-autoscaling",
        "describe_scalable_targets",
        ServiceNamespace="ecs",
        ResourceIds=[f"service/{cluster}/{name}"],
        ScalableDimension="ecs:service:DesiredCount",
    )["ScalableTargets"]
    return (int(targets[0]["MinCapacity"]), int(targets[0]["MaxCapacity"])) if targets else (None, None)


def task_settings(calls: Calls, deployment: Deployment) -> TaskSettings:
    """Raises NotObservable during a deployment, too: two sets of settings run then, and neither is the one."""
    balancers = service(calls, deployment).get("loadBalancers") or [{}]
    definitions = {task["taskDefinitionArn"] for task in _tasks(calls, deployment)}
    if not definitions:
        raise NotObservable("aws_no_running_task", service=names(deployment)[1])
    if len(definitions) > 1:
        raise NotObservable("aws_deployment_under_way", service=names(deployment)[1])
    definition = calls.call("ecs", "describe_task_definition", taskDefinition=definitions.pop())["taskDefinition"]
    serving = _container(definition["containerDefinitions"], balancers[0].get("containerName"))
    environment = {entry["name"]: entry["value"] for entry in serving.get("environment", ())}
    return TaskSettings(
        keep_alive_seconds=_integer(environment.get("GLIMPSE_KEEP_ALIVE_SECONDS")),
        database_pool=_integer(environment.get("GLIMPSE_DATABASE_POOL")),
        drain_seconds=_integer(environment.get("GLIMPSE_DRAIN_SECONDS")),
        stop_timeout_seconds=int(serving.get("stopTimeout") or DEFAULT_STOP_TIMEOUT_SECONDS),
    )


def container(calls: Calls, deployment: Deployment) -> Mapping[str, Any]:
    """The container that the balancer speaks to, as the service's task definition has it."""
    found = service(calls, deployment)
    balancers = found.get("loadBalancers") or [{}]
    definition = calls.call("ecs", "describe_task_definition", taskDefinition=found["taskDefinition"])["taskDefinition"]
    return _container(definition["containerDefinitions"], balancers[0].get("containerName"))


def _container(containers: Sequence[Mapping[str, Any]], name: str | None) -> Mapping[str, Any]:
    """The one that the balancer speaks to: others beside it, such as a log router, have settings of their own."""
    return next((found for found in containers if found["name"] == name), containers[0])


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def reclaim_spot_task(calls: Calls, deployment: Deployment) -> str:
    """Stop one Spot task. Returns its id."""
    cluster, name = names(deployment)
    spot = [task["taskArn"] for task in _tasks(calls, deployment) if _provider(task) == FARGATE_SPOT]
    if not spot:
        raise NotObservable("aws_no_spot_task", service=name)
    calls.call("ecs", "stop_task", cluster=cluster, task=spot[0], reason=STOP_REASON)
    return str(spot[0]).rpartition("/")[2]


def is_recovered(calls: Calls, deployment: Deployment, task: str) -> bool:
    wanted = int(service(calls, deployment)["desiredCount"])
    others = [other for other in _tasks(calls, deployment) if not other["taskArn"].endswith(f"/{task}")]
    return len(others) >= wanted
