"""
Elastic Beanstalk environments. Their settings say what they make, which is then read as if it stood there itself.

Names and defaults of settings: Elastic Beanstalk developer guide, general options for all environments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from glimpse.planner.meter import Origin
from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.outside.terraform_files.families.launching import ROOT, Launch, launched, tenancy_of
from glimpse.planner.resources.beanstalk import Environment
from glimpse.planner.resources.instance import Instances, Split
from glimpse.planner.resources.volume import Disk
from glimpse.planner.sentence import say
from glimpse.planner.stack import Resource, Unpriced

INSTANCES, LAUNCH, GROUP = "aws:ec2:instances", "aws:autoscaling:launchconfiguration", "aws:autoscaling:asg"
ENVIRONMENT, NETWORK, DATABASE = "aws:elasticbeanstalk:environment", "aws:ec2:vpc", "aws:rds:dbinstance"
LOGS, HEALTH_LOGS = "aws:elasticbeanstalk:cloudwatch:logs", "aws:elasticbeanstalk:cloudwatch:logs:health"

SPOT_ON_DEMAND_PERCENT = 70
LEAST_INSTANCES = 1
LOG_DAYS = 7
DATABASE_CLASS, DATABASE_ENGINE, DATABASE_GB = "db.t2.micro", "mysql", 5

DECIDING = frozenset(
    "EnvironmentType LoadBalancerType LoadBalancerIsShared HasCoupledDatabase MultiAZDatabase DBEngine DBInstanceClass "
    "EnableSpot StreamLogs HealthStreamingEnabled AssociatePublicIpAddress ELBScheme Tenancy RootVolumeType "
    "MonitoringInterval".split()
)

Settings = Mapping[tuple[str, str], str | None]
"""By namespace and name; None is set to something that nobody knows."""


def environment(block: Block, tree: Tree) -> Iterator[Found]:
    settings = _settings(block, tree)
    parts: list[tuple[str, Resource]] = [("ec2.", _instances(block, settings))]
    named: list[Unpriced] = []
    for start, type_, arguments in _made(block, settings):
        made = Block(block.address, type_, Values(arguments), block.file, block.line, region=block.region)
        for found in _read(made):
            if isinstance(found, Unpriced):
                named.append(found)
            elif not isinstance(found, Origin):
                parts.append((start, found))
    yield Environment(block.origin, tuple(parts))
    yield from named
    if (LAUNCH, "BlockDeviceMappings") in settings:
        yield Unpriced(block.origin, "Block device mappings", say("part_unknown"))


def _settings(block: Block, tree: Tree) -> Settings:
    """The settings of its configuration template, and its own, which win."""
    templates = tree.certain_references(block, "template_name", "aws_elastic_beanstalk_configuration_template")
    rows = [row for source in (*templates, block) for row in source.values.blocks("setting")]
    return {
        (row.text("namespace") or "", row.text("name") or ""): row.known.text("value") or _flag(row) for row in rows
    }


def _flag(row: Values) -> str | None:
    value = row.known.boolean("value")
    return None if value is None else str(value).lower()


def _is_on(settings: Settings, namespace: str, name: str) -> bool:
    return (settings.get((namespace, name)) or "").lower() == "true"


def _is_single(settings: Settings) -> bool:
    return settings.get((ENVIRONMENT, "EnvironmentType")) == "SingleInstance"


def _number(settings: Settings, namespace: str, name: str, default: int | None = None) -> int | None:
    """A number, the default where it is left out; None where nobody knows it."""
    if (namespace, name) not in settings:
        return default
    value = settings[(namespace, name)] or ""
    return int(value) if value.isdecimal() else None


def _instances(block: Block, settings: Settings) -> Instances:
    """As few as the group may have. A single instance has an Elastic IP; others a public address where it is asked."""
    types = settings.get((INSTANCES, "InstanceTypes")) or settings.get((LAUNCH, "InstanceType")) or ""
    listed = [name.strip() for name in types.split(",") if name.strip()]
    size = _number(settings, LAUNCH, "RootVolumeSize")
    kind = settings.get((LAUNCH, "RootVolumeType"), "gp2") or "gp2"
    iops = _number(settings, LAUNCH, "RootVolumeIOPS")
    root = Disk(kind, size, iops, _number(settings, LAUNCH, "RootVolumeThroughput"))
    single = _is_single(settings)
    in_vpc = (NETWORK, "VPCId") in settings
    public = _is_on(settings, NETWORK, "AssociatePublicIpAddress") if in_vpc else True
    spot = _is_on(settings, INSTANCES, "EnableSpot")
    percent = _number(
        settings, INSTANCES, "SpotFleetOnDemandAboveBasePercentage", 0 if single else SPOT_ON_DEMAND_PERCENT
    )
    base = _number(settings, INSTANCES, "SpotFleetOnDemandBase", 0)
    launch = Launch(
        instance_type=listed[0] if listed else None,
        disks=((ROOT, root),),
        tenancy=tenancy_of(settings.get((NETWORK, "Tenancy"))),
        monitored=settings.get((LAUNCH, "MonitoringInterval")) == "1 minute",
    )
    return replace(
        launched(block, launch),
        count=1 if single else _number(settings, GROUP, "MinSize", LEAST_INSTANCES),
        addresses=int(single or public),
        split=Split(base or 0, SPOT_ON_DEMAND_PERCENT if percent is None else percent) if spot else None,
        assumes=(say("first_of_types", count=len(listed), type=listed[0]),) if len(listed) > 1 else (),
        system="Windows" if "Windows" in (block.values.known.text("solution_stack_name") or "") else None,
        scales=True,
    )


def _made(block: Block, settings: Settings) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What else it makes, as the types and arguments of the resources that they would be."""
    worker = block.values.text("tier") == "Worker"
    shared = _is_on(settings, ENVIRONMENT, "LoadBalancerIsShared")
    if not worker and not shared and not _is_single(settings):
        yield from _balancer(settings)
    if worker and ("aws:elasticbeanstalk:sqsd", "WorkerQueueURL") not in settings:
        yield "sqs.", "aws_sqs_queue", {}
    if any(namespace == DATABASE for namespace, _ in settings) and _has_database(settings):
        yield (
            "db.",
            "aws_db_instance",
            {
                "instance_class": settings.get((DATABASE, "DBInstanceClass"), DATABASE_CLASS),
                "engine": settings.get((DATABASE, "DBEngine"), DATABASE_ENGINE),
                "engine_version": settings.get((DATABASE, "DBEngineVersion")),
                "allocated_storage": _number(settings, DATABASE, "DBAllocatedStorage", DATABASE_GB),
                "multi_az": _is_on(settings, DATABASE, "MultiAZDatabase"),
            },
        )
    if _is_on(settings, LOGS, "StreamLogs") or _is_on(settings, HEALTH_LOGS, "HealthStreamingEnabled"):
        days = _number(settings, LOGS, "RetentionInDays", LOG_DAYS)
        yield "cloudwatch.", "aws_cloudwatch_log_group", {"retention_in_days": days}


def _has_database(settings: Settings) -> bool:
    return settings.get((DATABASE, "HasCoupledDatabase")) != "false"


def _balancer(settings: Settings) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A classic one where the type is left out, as the API has it."""
    kind = settings.get((ENVIRONMENT, "LoadBalancerType"), "classic")
    subnets = settings.get((NETWORK, "ELBSubnets")) or settings.get((NETWORK, "Subnets"))
    arguments: dict[str, Any] = {"internal": settings.get((NETWORK, "ELBScheme")) == "internal"}
    if subnets:
        arguments["subnets"] = tuple(name.strip() for name in subnets.split(","))
    if kind == "classic":
        yield "elb.", "aws_elb", arguments
    else:
        yield "lb.", "aws_lb", {**arguments, "load_balancer_type": kind}


def _read(made: Block) -> Iterator[Found]:
    """Read by whichever family reads that type."""
    families = import_module("glimpse.planner.outside.terraform_files.families")
    reader = families.reader_of(made.type)
    if reader is None:
        yield Unpriced(made.origin, made.type, say("part_unknown"))
    else:
        yield from reader(made, Tree((made,)))


READERS = {"aws_elastic_beanstalk_environment": environment}
