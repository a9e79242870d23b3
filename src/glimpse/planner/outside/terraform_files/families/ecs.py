"""ECS: services joined with their task definition, cluster, scaling target, policies and target group."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.environments import environment_of
from glimpse.planner.outside.terraform_files.families.metric_users import is_metric_used
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.outside.terraform_files.families.risk_facts import service_groups, stop_seconds
from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.event_bus import PIPE, SCHEDULE
from glimpse.planner.resources.fargate import (
    LINUX,
    WINDOWS,
    FargateService,
    StartedTasks,
    TargetHealthCheck,
    TasksAnywhere,
    TasksOnInstances,
)
from glimpse.planner.resources.monitoring import Alarms, ContainerInsights
from glimpse.planner.resources.volume import Disk
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.sizing import Scaling, TaskSize
from glimpse.planner.stack import Unpriced
from glimpse.planner.terraform.values import Unknown

SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(vcpu|gb)?\s*$", re.IGNORECASE)
DAILY = re.compile(r"^cron\(0 (\d{1,2}) (?:\* \* \?|\? \* \*) \*\)$")
SERVICE, TASK_SET, CLUSTER = "aws_ecs_service", "aws_ecs_task_set", "aws_ecs_cluster"
CLUSTER_PROVIDERS = "aws_ecs_cluster_capacity_providers"
EXTERNAL = "EXTERNAL"
INSIGHTS = "ECS/ContainerInsights"
"""The namespace of what Container Insights reports of ECS (CloudWatch user guide)."""

OFFERED, ASKED = "capacity_providers", "requires_compatibilities"
TAG = "glimpse:"
UPLOADS = "uploads"
COSTLY = {UPLOADS: "Uploads through the service"}
"""The tags that other figures depend on. Where one is unknown, the value that costs least is taken, and this named."""

PRESIGNED = "presigned"


def service(block: Block, tree: Tree) -> Iterator[StackItem]:
    sets = tree.referenced_by(block, "service", TASK_SET)
    if sets and not block.values.has("task_definition"):
        # Under an external controller the task sets run the tasks, each its share of what the service asks for.
        for row in sets:
            yield from _service(block, row, tree)
    else:
        yield from _service(block, block, tree)


def _service(block: Block, tasks: Block, tree: Tree) -> Iterator[StackItem]:
    """A service, or one task set of it: `tasks` is the block that says what a task is."""
    values = block.values
    strategy = _strategy(tasks, tree)
    if strategy is None and tasks is not block:
        strategy = _strategy(block, tree)
    definition = definition_of(tasks, tree)
    assumed = () if strategy else _assumed_strategy(block, definition, tree)
    if assumed:
        strategy = (ProviderShare(FARGATE, weight=1),)
    # Beside a strategy it is null, which a plan may not know.
    launch_type = None if strategy else tasks.values.text("launch_type") or values.text("launch_type")
    if strategy is None and launch_type is None and not _clusters(block, tree):
        yield Unpriced(block.origin, "ECS service", say("cluster_unknown"))
        return
    if strategy is None or all(_is_of_instances(share.provider, tree) for share in strategy):
        yield from _on_instances(block, tasks, launch_type, tree)
        return
    if alone := _alone(strategy):
        strategy, assumed = alone, (*assumed, say("provider_alone"))
    if not any(share.weight for share in strategy):
        yield Unpriced(block.origin, "ECS service", say("strategy_without_weight"))
        return
    strange = [share.provider for share in strategy if share.provider not in (FARGATE, FARGATE_SPOT)]
    if strange:
        yield Unpriced(block.origin, "ECS service", say("capacity_provider_unknown", provider=strange[0]))
        return
    os = _os(definition)
    size = _size(definition.values) if definition else None
    if size and not size.is_legal:
        params = {"cpu": str(size.vcpu), "memory": str(size.memory_gib)}
        yield Unpriced(block.origin, "ECS service", say("task_size_illegal", **params))
        return
    target = _scaling_target(block, tree)
    scaling = _scaling(target, tree) if target else None
    tags = {**values.known.mapping("tags_all"), **values.known.mapping("tags")}
    said = {name.removeprefix(TAG): value for name, value in tags.items() if name.startswith(TAG)}
    settings = Values(said, "tags.", values.note).known
    for name, part in COSTLY.items():
        if settings.is_unknown(name):
            yield Unpriced(block.origin, part, say("part_unknown"))
    volume = values.block("volume_configuration").block("managed_ebs_volume")
    if volume.has("volume_initialization_rate"):
        yield Unpriced(block.origin, "EBS volume initialization", say("part_unknown"))
    yield FargateService(
        origin=block.origin,
        size=size,
        strategy=strategy,
        # A target whose bounds are unknown still overrules desired_count.
        desired=None if target and not scaling else _desired(block, tasks),
        scaling=None if tasks.values.has("scale") else scaling,
        behind_balancer=bool(values.blocks("load_balancer")),
        public_address=_public_address(tasks.values),
        uploads=PRESIGNED if settings.is_unknown(UPLOADS) else settings.text(UPLOADS),
        keep_alive_seconds=settings.integer("keep-alive-seconds"),
        database_pool=settings.integer("database-pool"),
        bus=settings.text("bus"),
        environment=settings.text("environment") or environment_of(block),
        maximum_percent=values.known.integer("deployment_maximum_percent") or 200,
        health=_health(block, tree),
        os=os,
        volume=_volume(values),
        assumed=assumed,
        target_groups=service_groups(block, tree),
        stop_seconds=stop_seconds(block, definition),
    )


def _desired(block: Block, tasks: Block) -> int | None:
    """How many tasks the service asks for, or the share of them that a task set runs, rounded up; None is unknown."""
    values = block.values
    desired = values.known.integer("desired_count") if values.has("desired_count") else 0  # the provider's default
    scale = tasks.values.block("scale")
    if tasks is block or desired is None or not scale.has("value"):
        return desired
    percent = scale.known.number("value")
    return None if percent is None else math.ceil(desired * percent / 100)


def _os(definition: Block | None) -> str:
    """The pricing page's name of the tasks' operating system: a family such as WINDOWS_SERVER_2022_CORE."""
    family = definition.values.block("runtime_platform").text("operating_system_family") if definition else None
    return WINDOWS if (family or "LINUX").startswith("WINDOWS") else LINUX


def _volume(values: Values) -> Disk | None:
    """
    The EBS volume of each task. gp3 is what ECS takes where nothing is said (ECS API,
    ServiceManagedEBSVolumeConfiguration); the size may be left to a snapshot.
    """
    for row in values.block("volume_configuration").blocks("managed_ebs_volume"):
        kind, size = row.text("volume_type") or "gp3", row.known.integer("size_in_gb")
        return Disk(kind, size, row.integer("iops"), row.integer("throughput"))
    return None


def _on_instances(block: Block, tasks: Block, launch_type: str | None, tree: Tree) -> Iterator[StackItem]:
    """Tasks on instances: the instances are charged, the service is not; but each volume that it makes is."""
    volume = _volume(block.values)
    if launch_type == EXTERNAL:
        yield TasksAnywhere(block.origin)
    elif volume is None:
        yield block.origin
    elif block.values.text("scheduling_strategy") == "DAEMON":
        yield TasksOnInstances(block.origin, volume, None, None, None)  # a task on each instance
    else:
        target = _scaling_target(block, tree)
        scaling = _scaling(target, tree) if target else None
        desired = _desired(block, tasks)
        if target and not scaling:
            desired = None
        bounds = (scaling.fewest, scaling.most) if scaling else (desired, desired)
        asked = None if desired is None else max(bounds[0] or 0, min(desired, bounds[1] or desired))
        yield TasksOnInstances(block.origin, volume, bounds[0], asked, bounds[1])


def _is_of_instances(provider: str, tree: Tree) -> bool:
    """Whether a capacity provider of the tree stands for an Auto Scaling group."""
    return any(
        row.values.has("auto_scaling_group_provider")
        for row in tree.of("aws_ecs_capacity_provider")
        if row.values.known.text("name") == provider
    )


def _assumed_strategy(block: Block, definition: Block | None, tree: Tree) -> tuple[Sentence, ...]:
    """
    Whether a service means Fargate without saying so: its definition asks for it, and its cluster offers nothing else.

    ECS itself would look for instances there and find none, so nothing would run; what is meant is priced, and said.
    """
    if definition is None or block.values.text("launch_type") or block.values.has("capacity_provider_strategy"):
        return ()
    offered: set[object] = set()
    for home in _clusters(block, tree):
        for row in (home, *_providers(home, tree)):
            offered |= _words(row.values, OFFERED)
    if offered - {FARGATE, FARGATE_SPOT} or not offered:
        return ()
    meant = _words(definition.values, ASKED) == {FARGATE}
    return (say("fargate_meant"),) if meant else ()


def _words(values: Values, name: str) -> set[object]:
    """The elements of a list. Raises ArgumentUnknown where one of them is."""
    items = values.items(name) or ()
    for item in items:
        if isinstance(item, Unknown):
            raise ArgumentUnknown(values.path + name, item)
    return set(items)


def task_set(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A task set is charged with its service, if the service is in the tree."""
    services = tree.references(block, "service", SERVICE)
    if services and not services[0].values.has("task_definition"):
        yield block.origin
    else:
        yield Unpriced(block.origin, "ECS task set", say("needs_task_count"), may_be=(FargateService,))


def rule_target(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A target of a rule is charged where it is declared. Only the tasks that it starts are declared nowhere else."""
    found: list[StackItem] = []
    for row in block.values.blocks("ecs_target"):
        found += _started(block, row, "ecs_target.", "arn", tree)
    yield from found or (block.origin,)


def schedule(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ByUse(block.origin, SCHEDULE)
    for row in block.values.block("target").blocks("ecs_parameters"):
        yield from _started(block, row, "target.ecs_parameters.", "target.arn", tree)


def pipe(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ByUse(block.origin, PIPE)
    for row in block.values.block("target_parameters").blocks("ecs_task_parameters"):
        yield from _started(block, row, "target_parameters.ecs_task_parameters.", "target", tree)


def _started(block: Block, row: Values, path: str, cluster: str, tree: Tree) -> Iterator[StackItem]:
    """
    The Fargate tasks that `block` starts, by the part `row` of it at `path`; nothing where they run on instances.

    `cluster` is the argument that names the cluster.
    """
    found = definition_of(block, tree, f"{path}task_definition_arn", row.known.text("task_definition_arn"))
    launch_type, strategy = row.text("launch_type"), _rows(row)
    if strategy is None and launch_type is None:
        homes = tree.certain_references(block, cluster, CLUSTER)
        strategy = next((rows for home in homes if (rows := _default_strategy(home, tree))), None)
        fargate_alone = found and _words(found.values, ASKED) == {FARGATE}
        if strategy is None and not homes and not fargate_alone:
            yield Unpriced(block.origin, "ECS tasks", say("cluster_unknown"))
            return
        launch_type = FARGATE if strategy is None and not homes else None
    if strategy is None and launch_type == FARGATE:
        strategy = (ProviderShare(FARGATE, weight=1),)
    if strategy is None or any(share.provider not in (FARGATE, FARGATE_SPOT) for share in strategy):
        return
    strategy = _alone(strategy) or strategy
    yield StartedTasks(
        origin=block.origin,
        size=_size(found.values, row.block("overrides")) if found else None,
        strategy=strategy,
        count=row.integer("task_count") or 1,
        os=_os(found),
        public_address=_gives_address(row.block("network_configuration")),
    )


def _gives_address(network: Values) -> bool | None:
    """Whether tasks get a public address, which pipes say by a word; None where that is unknown."""
    network = next(iter(network.blocks("aws_vpc_configuration")), network)
    if not network.has("assign_public_ip"):
        return False
    word = network.known.text("assign_public_ip")
    return network.known.boolean("assign_public_ip") if word is None else word == "ENABLED"


def _public_address(values: Values) -> bool | None:
    """Whether each task has a public address; None where that is unknown."""
    if values.is_unknown("network_configuration"):
        return None
    network = values.block("network_configuration").known
    return network.boolean("assign_public_ip") if network.has("assign_public_ip") else False


def cluster(block: Block, tree: Tree) -> Iterator[StackItem]:
    settings = {row.text("name"): row.text("value") for row in block.values.blocks("setting")}
    if (insights := settings.get("containerInsights")) in ("enabled", "enhanced"):
        services = sum(block in _clusters(service, tree) for service in tree.of(SERVICE))
        watched = is_metric_used(tree, INSIGHTS)
        yield ContainerInsights(block.origin, services, enhanced=insights == "enhanced", watched=watched)
    else:
        yield block.origin


def policy(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Target tracking keeps two alarms for every policy, and they are charged like any other."""
    tracking = block.values.text("policy_type") == "TargetTrackingScaling"
    yield Alarms(block.origin, count=2, made_by_scaling=True) if tracking else block.origin


def _strategy(block: Block, tree: Tree) -> tuple[ProviderShare, ...] | None:
    """The service's own strategy, its launch type, or the default strategy of its cluster."""
    if own := _rows(block.values):
        return own  # A plan may not know that the launch type beside it is null.
    if launch_type := block.values.text("launch_type"):
        return (ProviderShare(FARGATE, weight=1),) if launch_type == FARGATE else None
    found: tuple[ProviderShare, ...] | None = None
    for home in _clusters(block, tree):
        found = _default_strategy(home, tree) or found
    return found


def _default_strategy(home: Block, tree: Tree) -> tuple[ProviderShare, ...] | None:
    """A cluster's default. Until version 5 of the provider the cluster held it (hashicorp's pull request 31346)."""
    found = _rows(home.values, "default_capacity_provider_strategy")
    for providers in _providers(home, tree):
        found = _rows(providers.values, "default_capacity_provider_strategy")
    return found


def _providers(home: Block, tree: Tree) -> Iterator[Block]:
    """What joins a cluster to its capacity providers."""
    name = home.values.known.text("name")
    joined = tree.referenced_by(home, "cluster_name", CLUSTER_PROVIDERS)
    for providers in tree.of(CLUSTER_PROVIDERS):
        if providers in joined or (name and providers.values.known.text("cluster_name") == name):
            yield providers


def _rows(values: Values, name: str = "capacity_provider_strategy") -> tuple[ProviderShare, ...] | None:
    """A strategy; None where there is none."""
    rows = values.blocks(name)
    if not rows:
        return None
    return tuple(
        ProviderShare(row.text("capacity_provider") or "?", row.integer("base") or 0, row.integer("weight") or 0)
        for row in rows
    )


def _alone(strategy: tuple[ProviderShare, ...] | None) -> tuple[ProviderShare, ...] | None:
    """
    A single provider without a weight, as the one that takes every task; None where there is no such one.

    ECS refuses strategies of several providers of which none has a weight (ECS API, CapacityProviderStrategyItem).
    """
    if strategy is None or len(strategy) != 1 or strategy[0].weight:
        return None
    return (replace(strategy[0], weight=1),)


def _clusters(block: Block, tree: Tree) -> tuple[Block, ...]:
    """The service's cluster, as far as it is in the tree: by reference, or by its name in the argument."""
    linked = tree.references(block, "cluster", CLUSTER)
    named = (block.values.known.text("cluster") or "").rpartition("/")[2]
    return linked or tuple(home for home in tree.of(CLUSTER) if named and home.values.known.text("name") == named)


def definition_of(block: Block, tree: Tree, argument: str = "task_definition", text: str | None = None) -> Block | None:
    """The task definition: by reference, or by its family (`family:revision`)."""
    linked = tree.references(block, argument, "aws_ecs_task_definition")
    said = text if text is not None else block.values.known.text(argument)
    family = (said or "").rpartition("/")[2].partition(":")[0]
    rows = tree.of("aws_ecs_task_definition")
    found = linked or [row for row in rows if family and row.values.known.text("family") == family]
    return found[0] if len(found) == 1 else None


def _size(values: Values, overrides: Values | None = None) -> TaskSize | None:
    """What a definition says of a task's size, less what `overrides` say instead."""
    first = values if overrides is None else overrides
    cpu = _amount(first.text("cpu") or values.text("cpu"), "vcpu")
    memory = _amount(first.text("memory") or values.text("memory"), "gb")
    if cpu is None or memory is None:
        return None
    arch = (values.block("runtime_platform").text("cpu_architecture") or "X86_64").lower()
    own = first.block("ephemeral_storage") if first.has("ephemeral_storage") else values.block("ephemeral_storage")
    return TaskSize(cpu, memory, arch, own.integer("size_in_gib") or 20)


def _amount(text: str | None, unit: str) -> Fraction | None:
    """`256` and `0.25 vCPU` are one quarter; `512` and `0.5 GB` are one half."""
    match = SIZE.match(text or "")
    if not match:
        return None
    return Fraction(match[1]) if (match[2] or "").lower() == unit else Fraction(match[1]) / 1024


def _scaling_target(block: Block, tree: Tree) -> Block | None:
    """The service's scaling target: by reference, or by name. Raises ArgumentUnknown where one could be its target."""
    linked = tree.referenced_by(block, "resource_id", "aws_appautoscaling_target")
    if linked:
        return linked[0]
    for target in filter(_scales_tasks, tree.of("aws_appautoscaling_target")):
        if target.values.is_unknown("resource_id") and tree.certain_references(target, "resource_id", SERVICE):
            continue
        parts = (target.values.text("resource_id") or "").split("/")
        if (
            len(parts) == 3
            and parts[0] == "service"
            and parts[2] == block.values.text("name")
            and parts[1] in (_cluster_names(block, tree) or {parts[1]})
        ):
            return target
    return None


def _cluster_names(block: Block, tree: Tree) -> set[str | None]:
    return {home.values.known.text("name") for home in _clusters(block, tree)} - {None}


def _scales_tasks(row: Block) -> bool:
    """Whether a target, a policy or an action may be a service's."""
    return row.values.known.text("service_namespace") in (None, "ecs")


def scheduled(block: Block, tree: Tree) -> Iterator[StackItem]:
    """
    A scheduled action is free, and changes the tasks of its service. One whose calendar is not daily cannot be
    followed.
    """
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
    policies = 0
    for row in tree.of("aws_appautoscaling_policy"):
        if not _same_target(row, target, tree):
            continue
        policies += 1
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
        policies,
    )


def _health(block: Block, tree: Tree) -> TargetHealthCheck:
    groups = ("aws_lb_target_group", "aws_alb_target_group")
    for group in tree.certain_references(block, "load_balancer.target_group_arn", *groups):
        check = group.values.known.block("health_check")
        # The provider's own defaults; its 3 failures overrule the 2 of AWS.
        return TargetHealthCheck(
            interval=check.integer("interval") or 30,
            unhealthy=check.integer("unhealthy_threshold") or 3,
        )
    return TargetHealthCheck()


READERS = {
    SERVICE: service,
    TASK_SET: task_set,
    CLUSTER: cluster,
    "aws_cloudwatch_event_target": rule_target,
    "aws_scheduler_schedule": schedule,
    "aws_pipes_pipe": pipe,
    "aws_appautoscaling_policy": policy,
    "aws_appautoscaling_scheduled_action": scheduled,
}
CARRIERS = {SERVICE: (FargateService,)}
