"""ECS: services joined with their task definition, cluster, scaling target, policies and target group."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare
from glimpse.planner.resources.fargate import FargateService, HealthCheck
from glimpse.planner.resources.monitoring import Alarms, ContainerInsights
from glimpse.planner.sentence import say
from glimpse.planner.sizing import Scaling, TaskSize
from glimpse.planner.stack import Unpriced

SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(vcpu|gb)?\s*$", re.IGNORECASE)
DAILY = re.compile(r"^cron\(0 (\d{1,2}) (?:\* \* \?|\? \* \*) \*\)$")
SERVICE = "aws_ecs_service"
TAG = "glimpse:"
UPLOADS, LOG_SAMPLE = "uploads", "log-sample-percent"
COSTLY = {UPLOADS: "Uploads through the service", LOG_SAMPLE: "Log lines of the service"}
"""The tags that other figures depend on. Where one is unknown, the value that costs least is taken, and this named."""

PRESIGNED = "presigned"


def service(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    strategy = _strategy(block, tree)
    if strategy is None and values.text("launch_type") is None and not _clusters(block, tree):
        yield Unpriced(block.origin, "ECS service", say("cluster_unknown"))
        return
    if strategy is None:
        # Tasks on instances: the instances are charged, the service is not.
        yield block.origin
        return
    if not any(share.weight for share in strategy):
        yield Unpriced(block.origin, "ECS service", say("strategy_without_weight"))
        return
    strange = [share.provider for share in strategy if share.provider not in (FARGATE, FARGATE_SPOT)]
    if strange:
        yield Unpriced(block.origin, "ECS service", say("capacity_provider_unknown", provider=strange[0]))
        return
    definition = _definition(block, tree)
    if definition and definition.values.block("runtime_platform").text("operating_system_family") not in (
        None,
        "LINUX",
    ):
        yield Unpriced(block.origin, "ECS service", say("not_linux"))
        return
    size = _size(definition.values) if definition else None
    if size and not size.is_legal:
        params = {"cpu": str(size.vcpu), "memory": str(size.memory_gib)}
        yield Unpriced(block.origin, "ECS service", say("task_size_illegal", **params))
        return
    target = _scaling_target(block, tree)
    scaling = _scaling(target, tree) if target else None
    desired = values.known.integer("desired_count") if values.has("desired_count") else 0  # the provider's default
    tags = {**values.known.mapping("tags_all"), **values.known.mapping("tags")}
    said = {name.removeprefix(TAG): value for name, value in tags.items() if name.startswith(TAG)}
    settings = Values(said, "tags.", values.note).known
    for name, part in COSTLY.items():
        if settings.is_unknown(name):
            yield Unpriced(block.origin, part, say("part_unknown"))
    yield FargateService(
        origin=block.origin,
        size=size,
        strategy=strategy,
        # A target whose bounds are unknown still overrules desired_count.
        desired=None if target and not scaling else desired,
        scaling=scaling,
        behind_balancer=bool(values.blocks("load_balancer")),
        public_address=_public_address(values),
        uploads=PRESIGNED if settings.is_unknown(UPLOADS) else settings.text(UPLOADS),
        keep_alive_seconds=settings.integer("keep-alive-seconds"),
        database_pool=settings.integer("database-pool"),
        bus=settings.text("bus"),
        log_sample_percent=_log_sample_percent(settings),
        environment=settings.text("environment"),
        maximum_percent=values.known.integer("deployment_maximum_percent") or 200,
        health=_health(block, tree),
    )


def _log_sample_percent(settings: Values) -> int:
    least = 0 if settings.is_unknown(LOG_SAMPLE) else 100
    return min(100, settings.integer(LOG_SAMPLE) or least)


def _public_address(values: Values) -> bool | None:
    """Whether each task has a public address; None where that is unknown."""
    if values.is_unknown("network_configuration"):
        return None
    network = values.block("network_configuration").known
    return network.boolean("assign_public_ip") if network.has("assign_public_ip") else False


def cluster(block: Block, tree: Tree) -> Iterator[Found]:
    settings = {row.text("name"): row.text("value") for row in block.values.blocks("setting")}
    if settings.get("containerInsights") in ("enabled", "enhanced"):
        yield ContainerInsights(block.origin)
    else:
        yield block.origin


def policy(block: Block, tree: Tree) -> Iterator[Found]:
    """Target tracking keeps two alarms for every policy, and they are charged like any other."""
    tracking = block.values.text("policy_type") == "TargetTrackingScaling"
    yield Alarms(block.origin, count=2, made_by_scaling=True) if tracking else block.origin


def _strategy(block: Block, tree: Tree) -> tuple[ProviderShare, ...] | None:
    """The service's own strategy, its launch type, or the default strategy of its cluster."""
    rows = block.values.blocks("capacity_provider_strategy")
    if not rows and block.values.text("launch_type") == FARGATE:
        return (ProviderShare(FARGATE, weight=1),)
    if not rows and block.values.text("launch_type") is None:
        for home in _clusters(block, tree):
            name = home.values.known.text("name")
            joined = tree.referenced_by(home, "cluster_name", "aws_ecs_cluster_capacity_providers")
            for providers in tree.of("aws_ecs_cluster_capacity_providers"):
                if providers in joined or (name and providers.values.known.text("cluster_name") == name):
                    rows = providers.values.blocks("default_capacity_provider_strategy")
    if not rows:
        return None
    return tuple(
        ProviderShare(row.text("capacity_provider") or "?", row.integer("base") or 0, row.integer("weight") or 0)
        for row in rows
    )


def _clusters(block: Block, tree: Tree) -> tuple[Block, ...]:
    """The service's cluster, as far as it is in the tree: by link, or by its name in the argument."""
    linked = tree.references(block, "cluster", "aws_ecs_cluster")
    named = (block.values.known.text("cluster") or "").rpartition("/")[2]
    return linked or tuple(
        home for home in tree.of("aws_ecs_cluster") if named and home.values.known.text("name") == named
    )


def _definition(block: Block, tree: Tree) -> Block | None:
    """The task definition: by reference, or by its family (`family:revision`)."""
    linked = tree.references(block, "task_definition", "aws_ecs_task_definition")
    family = (block.values.known.text("task_definition") or "").rpartition("/")[2].partition(":")[0]
    rows = tree.of("aws_ecs_task_definition")
    found = linked or [row for row in rows if family and row.values.known.text("family") == family]
    return found[0] if len(found) == 1 else None


def _size(values: Values) -> TaskSize | None:
    cpu, memory = _amount(values.text("cpu"), "vcpu"), _amount(values.text("memory"), "gb")
    if cpu is None or memory is None:
        return None
    arch = (values.block("runtime_platform").text("cpu_architecture") or "X86_64").lower()
    storage = values.block("ephemeral_storage").integer("size_in_gib") or 20
    return TaskSize(cpu, memory, arch, storage)


def _amount(text: str | None, unit: str) -> Fraction | None:
    """`256` and `0.25 vCPU` are one quarter; `512` and `0.5 GB` are one half."""
    match = SIZE.match(text or "")
    if not match:
        return None
    return Fraction(match[1]) if (match[2] or "").lower() == unit else Fraction(match[1]) / 1024


def _scaling_target(block: Block, tree: Tree) -> Block | None:
    """The service's scaling target: by link, or by its name. Raises ArgumentUnknown where one could be its target."""
    linked = tree.referenced_by(block, "resource_id", "aws_appautoscaling_target")
    if linked:
        return linked[0]
    homes = {home.values.known.text("name") for home in _clusters(block, tree)} - {None}
    for target in filter(_scales_tasks, tree.of("aws_appautoscaling_target")):
        if target.values.is_unknown("resource_id") and tree.certain_references(target, "resource_id", SERVICE):
            continue
        parts = (target.values.text("resource_id") or "").split("/")
        if (
            len(parts) == 3
            and parts[0] == "service"
            and parts[1] in (homes or {parts[1]})
            and parts[2] == block.values.text("name")
        ):
            return target
    return None


def _scales_tasks(row: Block) -> bool:
    """Whether a target, a policy or an action may be a service's."""
    return row.values.known.text("service_namespace") in (None, "ecs")


def scheduled(block: Block, tree: Tree) -> Iterator[Found]:
    """Free itself; what it makes of the tasks is the service's, and cannot be told of a calendar that is not daily."""
    dimension = block.values.text("scalable_dimension")
    unread = dimension == "ecs:service:DesiredCount" and _hour(block) is None
    yield Unpriced(block.origin, "Scheduled scaling", say("schedule_not_daily")) if unread else block.origin


def _hour(action: Block) -> int | None:
    """The full hour at which an action repeats every day; None for any other calendar."""
    match = DAILY.match(action.values.text("schedule") or "")
    hour = int(match[1]) if match else None
    return hour if hour is not None and hour < 24 else None


def _schedule(target: Block, lowest: int, highest: int, tree: Tree) -> tuple[tuple[int, int], ...]:
    """
    The bounds of each hour as the day's actions leave them; nothing where there is no daily action.

    An action that sets one bound leaves the other as it was, so the day is walked twice: the second time it begins as
    the first one ended.
    """
    actions: dict[int, tuple[int | None, int | None]] = {}
    for action in tree.of("aws_appautoscaling_scheduled_action"):
        hour, bounds = _hour(action), action.values.block("scalable_target_action")
        if hour is not None and _same_target(action, target, tree):
            actions[hour] = bounds.integer("min_capacity"), bounds.integer("max_capacity")
    if not actions:
        return ()
    day: list[tuple[int, int]] = []
    for hour in (*range(24), *range(24)):
        low, high = actions.get(hour, (None, None))
        lowest, highest = lowest if low is None else low, highest if high is None else high
        day.append((lowest, max(lowest, highest)))
    return tuple(day[24:])


def _same_target(row: Block, target: Block, tree: Tree) -> bool:
    """
    Whether a policy or an action belongs to a target: it names it, or the same resource as that does.

    Raises ArgumentUnknown where nobody can tell.
    """
    identity = row.values.known.text("resource_id")
    if identity is not None and identity == target.values.known.text("resource_id"):
        return True
    named = {found.address: found for found in tree.references(row, "resource_id")}
    services = {found.address: found for found in tree.references(target, "resource_id", SERVICE)}
    if target.address in named or named.keys() & services:
        return True
    if _scales_tasks(row) and not any(found.type == target.type for found in named.values()):
        theirs = [found for found in named.values() if found.type == SERVICE]
        if not (theirs and services):
            _tell_apart(row, theirs, target)
            _tell_apart(target, [*services.values()], row)
    return False


def _tell_apart(row: Block, services: list[Block], other: Block) -> None:
    """Raise ArgumentUnknown where a row, which refers to these services, could stand for the same one as another."""
    if row.values.is_unknown("resource_id"):
        name = (other.values.text("resource_id") or "").rpartition("/")[2]
        if not services or any(service.values.text("name") == name for service in services):
            row.values.text("resource_id")


def _scaling(target: Block, tree: Tree) -> Scaling | None:
    lowest, highest = target.values.known.integer("min_capacity"), target.values.known.integer("max_capacity")
    if lowest is None or highest is None or not 0 <= lowest <= highest:
        return None
    tracked: dict[str, Fraction] = {}
    for row in tree.of("aws_appautoscaling_policy"):
        if not _same_target(row, target, tree):
            continue
        tracking = row.values.block("target_tracking_scaling_policy_configuration")
        metric = tracking.block("predefined_metric_specification").text("predefined_metric_type")
        percent = tracking.number("target_value")
        if metric and percent and percent > 0:
            tracked[metric] = percent
    return Scaling(
        lowest,
        highest,
        tracked.get("ECSServiceAverageCPUUtilization"),
        tracked.get("ECSServiceAverageMemoryUtilization"),
        _schedule(target, lowest, highest, tree),
    )


def _health(block: Block, tree: Tree) -> HealthCheck:
    groups = ("aws_lb_target_group", "aws_alb_target_group")
    for group in tree.certain_references(block, "load_balancer.target_group_arn", *groups):
        check = group.values.known.block("health_check")
        # The provider's own defaults; its 3 failures overrule the 2 of AWS.
        return HealthCheck(
            interval=check.integer("interval") or 30,
            unhealthy=check.integer("unhealthy_threshold") or 3,
        )
    return HealthCheck()


READERS = {
    SERVICE: service,
    "aws_ecs_cluster": cluster,
    "aws_appautoscaling_policy": policy,
    "aws_appautoscaling_scheduled_action": scheduled,
}
