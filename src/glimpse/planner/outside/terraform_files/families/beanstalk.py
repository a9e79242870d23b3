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
from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values, cause_text
from glimpse.planner.outside.terraform_files.families.launching import (
    ROOT,
    Launch,
    is_set,
    launched,
    named,
    tenancy_of,
)
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.beanstalk import Environment
from glimpse.planner.resources.instance import Instances, PurchaseSplit
from glimpse.planner.resources.volume import Disk
from glimpse.planner.sentence import say
from glimpse.planner.stack import Resource, Unpriced
from glimpse.planner.terraform.values import Cause, Unknown

INSTANCES, LAUNCH, GROUP = "aws:ec2:instances", "aws:autoscaling:launchconfiguration", "aws:autoscaling:asg"
ENVIRONMENT, NETWORK, DATABASE = "aws:elasticbeanstalk:environment", "aws:ec2:vpc", "aws:rds:dbinstance"
LOGS, HEALTH_LOGS = "aws:elasticbeanstalk:cloudwatch:logs", "aws:elasticbeanstalk:cloudwatch:logs:health"

SPOT_ON_DEMAND_PERCENT = 70
LEAST_INSTANCES = 1
LOG_DAYS = 7
DATABASE_CLASS, DATABASE_ENGINE, DATABASE_GB = "db.t2.micro", "mysql", 5

TEMPLATE = "aws_elastic_beanstalk_configuration_template"


class _Settings:
    """
    The settings of an environment by namespace and name. `rest` is why nobody knows those that are not among them,
    where a configuration template that is not in the files may state them. Asking for an unknown one as a text or a
    number raises ArgumentUnknown.
    """

    def __init__(self, rows: Mapping[tuple[str, str], str | Unknown | None], rest: Unknown | None) -> None:
        self._rows = rows
        self._rest = rest

    def value(self, namespace: str, name: str, default: str | None = None) -> str | Unknown | None:
        return self._rows.get((namespace, name), self._rest or default)

    def text(self, namespace: str, name: str, default: str | None = None) -> str | None:
        value = self.value(namespace, name, default)
        if isinstance(value, Unknown):
            raise ArgumentUnknown(name, value)
        return value

    def number(self, namespace: str, name: str, default: int | None = None) -> int | None:
        """The default where it is left out; None where it is no number."""
        value = self.text(namespace, name)
        if (namespace, name) not in self._rows:
            return default
        return int(value) if value and value.isdecimal() else None

    def known_number(self, namespace: str, name: str, default: int | None = None) -> int | None:
        """The same for those who take None for unknown."""
        return None if self.is_unknown(namespace, name) else self.number(namespace, name, default)

    def is_on(self, namespace: str, name: str) -> bool:
        return (self.text(namespace, name) or "").lower() == "true"

    def is_unknown(self, namespace: str, name: str) -> bool:
        return isinstance(self.value(namespace, name), Unknown)

    def has(self, namespace: str, name: str) -> bool:
        """Whether it is set, to whatever. Raises where a template decides it that nobody knows."""
        if (namespace, name) not in self._rows and self._rest:
            raise ArgumentUnknown(name, self._rest)
        return (namespace, name) in self._rows

    def has_any(self, namespace: str) -> bool:
        """Whether any setting of a namespace is set. Raises as `has` does."""
        if any(place == namespace for place, _ in self._rows):
            return True
        return self.has(namespace, namespace)

    @property
    def is_single(self) -> bool:
        return self.text(ENVIRONMENT, "EnvironmentType") == "SingleInstance"


ImpliedResource = tuple[str, str, Mapping[str, Any]]
"""A resource that an environment makes: the prefix of its usage keys, and the type and arguments that it would have."""


def environment(block: Block, tree: Tree) -> Iterator[StackItem]:
    """
    Each part of an environment is read by itself: one that depends on an unknown setting is named, and the others are
    priced.
    """
    settings = _settings(block, tree)
    parts: list[tuple[str, Resource]] = []
    unpriced: list[Unpriced] = []
    try:
        parts.append(("ec2.", _instances(block, settings)))
    except ArgumentUnknown as unknown:
        unpriced.append(_undecided(block, "EC2 instances", unknown))
    else:
        unpriced += _public_unknown(block, settings)
    made = {"Load balancer": _balancer, "SQS queue": _queue, "Database": _database, "Log group": _logs}
    for component, make in made.items():
        try:
            for start, type_, arguments in make(block, settings):
                as_if = Block(block.address, type_, Values(arguments), block.file, block.line, region=block.region)
                for found in list(_read(as_if)):
                    if isinstance(found, Unpriced):
                        unpriced.append(found)
                    elif not isinstance(found, Origin):
                        parts.append((start, found))
        except ArgumentUnknown as unknown:
            unpriced.append(_undecided(block, component, unknown))
    yield Environment(block.origin, tuple(parts))
    yield from unpriced
    if settings.value(LAUNCH, "BlockDeviceMappings") is not None:
        yield Unpriced(block.origin, "Block device mappings", say("part_unknown"))


def _undecided(block: Block, component: str, unknown: ArgumentUnknown) -> Unpriced:
    block.values.note(unknown.why)
    why = say("argument_unknown", argument=unknown.name, cause=cause_text(unknown.why))
    return Unpriced(block.origin, component, why)


def _settings(block: Block, tree: Tree) -> _Settings:
    """The settings of its configuration template, and its own, which win."""
    template = named(block, tree, "template_name", TEMPLATE)
    rest = None
    if template is None and is_set(block.values, "template_name"):
        name = block.values.known.text("template_name")
        found = (Unknown(causes=frozenset((Cause("computed", name),))),) if name else block.unknowns("template_name")
        rest = next(iter(found), Unknown())
    rows = [row for source in (template, block) if source for row in source.values.blocks("setting")]
    return _Settings({(row.text("namespace") or "", row.text("name") or ""): _value(row) for row in rows}, rest)


def _value(row: Values) -> str | Unknown | None:
    try:
        flag = row.boolean("value")
        return row.text("value") if flag is None else str(flag).lower()
    except ArgumentUnknown as unknown:
        return unknown.why


def _instances(block: Block, settings: _Settings) -> Instances:
    """As few as the group may have. A single instance has an Elastic IP; others a public address where it is asked."""
    listed = _types(settings)
    single = settings.is_single
    spot = settings.is_on(INSTANCES, "EnableSpot")
    split = _split(settings, single) if spot else None
    launch = Launch(
        instance_type=listed[0] if listed else None,
        disks=((ROOT, _root(settings)),),
        tenancy=tenancy_of(settings.text(NETWORK, "Tenancy")),
        monitored=settings.text(LAUNCH, "MonitoringInterval") == "1 minute",
    )
    return replace(
        launched(block, launch),
        count=1 if single else settings.known_number(GROUP, "MinSize", LEAST_INSTANCES),
        addresses=int(single or _is_public(settings) is True),
        split=split,
        assumes=(say("first_of_types", count=len(listed), type=listed[0]),) if len(listed) > 1 else (),
        system="Windows" if "Windows" in (block.values.known.text("solution_stack_name") or "") else None,
        scales=True,
    )


def _types(settings: _Settings) -> list[str]:
    """Those that it may use; none where nobody knows them."""
    for namespace, name in ((INSTANCES, "InstanceTypes"), (LAUNCH, "InstanceType")):
        if settings.is_unknown(namespace, name):
            return []
        if types := settings.text(namespace, name):
            return [part.strip() for part in types.split(",") if part.strip()]
    return []


def _root(settings: _Settings) -> Disk:
    return Disk(
        settings.text(LAUNCH, "RootVolumeType") or "gp2",
        settings.known_number(LAUNCH, "RootVolumeSize"),
        settings.number(LAUNCH, "RootVolumeIOPS"),
        settings.number(LAUNCH, "RootVolumeThroughput"),
        is_assumed=settings.value(LAUNCH, "RootVolumeSize") is None,
        kind_assumed=settings.value(LAUNCH, "RootVolumeType") is None,
    )


def _split(settings: _Settings, single: bool) -> PurchaseSplit:
    usual = 0 if single else SPOT_ON_DEMAND_PERCENT
    percent = settings.number(INSTANCES, "SpotFleetOnDemandAboveBasePercentage", usual)
    base = settings.number(INSTANCES, "SpotFleetOnDemandBase", 0)
    return PurchaseSplit(base or 0, SPOT_ON_DEMAND_PERCENT if percent is None else percent)


def _is_public(settings: _Settings) -> bool | None:
    """Whether each instance is given a public address; None where nobody knows."""
    try:
        return settings.is_on(NETWORK, "AssociatePublicIpAddress") if settings.has(NETWORK, "VPCId") else True
    except ArgumentUnknown:
        return None


def _public_unknown(block: Block, settings: _Settings) -> Iterator[Unpriced]:
    if not settings.is_single and _is_public(settings) is None:
        yield Unpriced(block.origin, "Public IPv4 address", say("needs_public_setting"))


def _balancer(block: Block, settings: _Settings) -> Iterator[ImpliedResource]:
    """
    A load balancer: classic if no type is set, as in the API. A worker environment and a single instance have none.
    """
    if _is_worker(block) or settings.is_single or settings.is_on(ENVIRONMENT, "LoadBalancerIsShared"):
        return
    kind = settings.text(ENVIRONMENT, "LoadBalancerType", "classic")
    subnets = settings.value(NETWORK, "ELBSubnets") or settings.value(NETWORK, "Subnets")
    arguments: dict[str, Any] = {"internal": settings.text(NETWORK, "ELBScheme") == "internal"}
    if subnets:
        listed = subnets if isinstance(subnets, Unknown) else tuple(name.strip() for name in subnets.split(","))
        arguments["subnets"] = listed
    if kind == "classic":
        yield "elb.", "aws_elb", arguments
    else:
        yield "lb.", "aws_lb", {**arguments, "load_balancer_type": kind}


def _queue(block: Block, settings: _Settings) -> Iterator[ImpliedResource]:
    if _is_worker(block) and not settings.has("aws:elasticbeanstalk:sqsd", "WorkerQueueURL"):
        yield "sqs.", "aws_sqs_queue", {}


def _is_worker(block: Block) -> bool:
    return block.values.text("tier") == "Worker"


def _database(block: Block, settings: _Settings) -> Iterator[ImpliedResource]:
    if not settings.has_any(DATABASE) or settings.text(DATABASE, "HasCoupledDatabase") == "false":
        return
    yield (
        "db.",
        "aws_db_instance",
        {
            "instance_class": settings.text(DATABASE, "DBInstanceClass", DATABASE_CLASS),
            "engine": settings.text(DATABASE, "DBEngine", DATABASE_ENGINE),
            "engine_version": settings.value(DATABASE, "DBEngineVersion"),
            "allocated_storage": settings.value(DATABASE, "DBAllocatedStorage", str(DATABASE_GB)),
            "multi_az": settings.is_on(DATABASE, "MultiAZDatabase"),
        },
    )


def _logs(block: Block, settings: _Settings) -> Iterator[ImpliedResource]:
    switches = ((LOGS, "StreamLogs"), (HEALTH_LOGS, "HealthStreamingEnabled"))
    # One that is on is enough: only then does it not matter that the other one is unknown.
    if any(settings.is_on(*switch) for switch in sorted(switches, key=lambda switch: settings.is_unknown(*switch))):
        yield (
            "cloudwatch.",
            "aws_cloudwatch_log_group",
            {"retention_in_days": settings.value(LOGS, "RetentionInDays", str(LOG_DAYS))},
        )


def _read(made: Block) -> Iterator[StackItem]:
    """The resources that the reader of that type makes of these arguments."""
    families = import_module("glimpse.planner.outside.terraform_files.families")
    reader = families.reader_of(made.type)
    if reader is None:
        yield Unpriced(made.origin, made.type, say("part_unknown"))
    else:
        yield from reader(made, Tree((made,)))


READERS = {"aws_elastic_beanstalk_environment": environment}
