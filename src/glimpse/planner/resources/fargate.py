"""
ECS: services on Fargate with the tasks that really run and where they are placed, tasks that a schedule or an event
starts, and the EBS volume that a service makes for each task.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from glimpse.planner.catalogue import ON_DEMAND, SPOT, Sku
from glimpse.planner.charged_units import times
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare, place
from glimpse.planner.quantities import DAYS_PER_MONTH, HOURS_PER_MONTH, NOTHING, CostCases, certain
from glimpse.planner.resources.address import IPV4, public_ipv4
from glimpse.planner.resources.balancer import TargetGroup
from glimpse.planner.resources.volume import EC2, Disk
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.sizing import Scaling, TaskSize, tasks_asked
from glimpse.planner.traffic import Traffic

ECS = "AmazonECS"
LINUX, WINDOWS = "Linux", "Windows"

FREE_EPHEMERAL_GIB = 20
"""Storage that is part of every task's price (Fargate pricing page)."""

UNDER_PLAN = frozenset(("fargate_vcpu_hour", "fargate_gb_hour"))
"""What a Compute Savings Plan covers of Fargate: neither Spot nor Windows licenses (Savings Plans user guide)."""

TASK_HOURS, INSTANCE_HOURS = "monthly_task_hours", "monthly_external_instance_hours"


@dataclass(frozen=True, slots=True)
class TargetHealthCheck:
    """How the balancer finds out about a task, in seconds and counts."""

    interval: int = 30
    unhealthy: int = 2


def volume_meters(metering: Metering, volume: Disk, task_hours: CostCases | None) -> Iterator[Meter]:
    """
    The EBS volume that ECS makes with each task and deletes with it; `task_hours` a month are None where unknown.

    EBS charges a volume for the part of the month in which it stands, by the second (EBS pricing page): there are as
    many volumes as task-hours / 730.
    """
    if task_hours is None or volume.gib is None:
        needs = say("needs_volume_size" if volume.gib is None else "needs_task_count")
        sku = Sku(EC2, "ebs_volume_gb_month", {"volume_type": volume.kind})
        yield metering.fixed(f"EBS {volume.kind} storage", "GB-month", sku, None, needs=needs)
    else:
        yield from volume.meters(metering, task_hours * Fraction(1, HOURS_PER_MONTH))


@dataclass(frozen=True, slots=True)
class FargateService:
    """
    One service. Unknown is None: `size` where the task definition was not found, `desired` where nothing says it.

    `behind_balancer`: people reach it, through a balancer or a gateway. What the service's tags tell: `uploads`,
    how files reach the bucket ("api" or "presigned"); `keep_alive_seconds`, the server's own; `database_pool`, the
    connections each task holds; `bus`, what carries events between tasks where it is not a cache ("postgresql");
    `environment`. `volume` is made with each task. `target_groups` are those that its tasks join; `stop_seconds`: how
    long a task has between SIGTERM and SIGKILL, None where nobody knows. `assumed` is what had to be taken for granted
    to read the service.
    """

    origin: Origin
    size: TaskSize | None
    strategy: tuple[ProviderShare, ...]
    desired: int | None
    scaling: Scaling | None = None
    behind_balancer: bool = True
    public_address: bool | None = False
    uploads: str | None = None
    keep_alive_seconds: int | None = None
    database_pool: int | None = None
    bus: str | None = None
    environment: str | None = None
    maximum_percent: int = 200
    health: TargetHealthCheck = TargetHealthCheck()
    os: str = LINUX
    volume: Disk | None = None
    assumed: tuple[Sentence, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    stop_seconds: int | None = None

    @property
    def fewest(self) -> int | None:
        return self.scaling.fewest if self.scaling else self.desired

    @property
    def most(self) -> int | None:
        return self.scaling.most if self.scaling else self.desired

    def tasks_by_hour(self, traffic: Traffic) -> tuple[int, ...] | None:
        """
        Tasks in each of the 24 hours.

        With a scaling target: what target tracking asks for, within its bounds; where nobody said how many people
        there are, `desired` within its bounds. Without one: `desired`.
        """
        if not self.scaling:
            return None if self.desired is None else (self.desired,) * len(traffic.hours)
        bounds = self.scaling.bounds
        people = traffic.people
        if not people and self.desired is not None:
            return tuple(min(max(self.desired, lowest), highest) for lowest, highest in bounds)
        if not (people and traffic.capacity and self.size and self.behind_balancer):
            return tuple(lowest for lowest, _ in bounds)
        asked = tasks_asked(
            traffic.hours,
            Fraction(1, traffic.services),
            traffic.capacity,
            self.size,
            self.scaling.cpu_percent,
            self.scaling.memory_percent,
            people["upload_mb"] if self.uploads == "api" else Fraction(0),
        )
        return tuple(
            highest if tasks is None else min(max(tasks, lowest), highest)
            for tasks, (lowest, highest) in zip(asked, bounds, strict=True)
        )

    def on_demand_tasks(self, tasks: int) -> tuple[int, int]:
        """The fewest and the most on demand that any usual rounding of the split gives."""
        counts = [split.get(FARGATE, 0) for split in place(self.strategy, tasks).possible]
        return min(counts), max(counts)

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self._meters(traffic))

    def _meters(self, traffic: Traffic) -> Iterator[Meter]:
        by_hour = self.tasks_by_hour(traffic)
        hours = self._task_hours(by_hour)
        if hours is None or self.size is None:
            code = "needs_task_count" if self.size else "needs_task_size"
            for word, kind in (("vCPU", "fargate_vcpu_hour"), ("memory", "fargate_gb_hour")):
                unit = "vCPU-hour" if word == "vCPU" else "GB-hour"
                yield Meter(self.origin, f"Fargate {word}", unit, None, Sku(ECS, kind), needs=say(code))
            if self.volume:
                all_hours = None if hours is None else sum(hours.values(), start=NOTHING)
                yield from volume_meters(traffic.metering(self.origin), self.volume, all_hours)
            return
        assumes = self._assumptions(traffic, by_hour or (0,))
        for provider, task_hours in hours.items():
            covered = self._under_plan(traffic, assumes) if provider == FARGATE else ()
            yield from covered
            rest = task_hours.map(partial(_beyond, self._planned_hours if covered else 0))
            for component, unit, sku, amount in _charged(self.size, self.os, provider):
                left = rest if sku.kind in UNDER_PLAN else task_hours
                if not covered or not left.is_zero:
                    yield Meter(self.origin, component, unit, left * amount, sku, assumes)
        if self.scaling and self.desired is None and not traffic.people and self.fewest != self.most:
            # Neither people nor the files say how many of the allowed tasks run: the fewest are priced.
            sku = Sku(ECS, "fargate_vcpu_hour", {"arch": self.size.arch, "os": self.os})
            component = "Fargate tasks above the fewest"
            yield Meter(self.origin, component, "vCPU-hour", None, sku, needs=say("needs_task_count"))
        all_hours = sum(hours.values(), start=NOTHING)
        for component, unit, sku, amount in _ephemeral(self.size):
            yield Meter(self.origin, component, unit, all_hours * amount, sku)
        if self.volume:
            yield from volume_meters(traffic.metering(self.origin), self.volume, all_hours)
        if self.public_address is None:
            yield Meter(self.origin, "Public IPv4 address", "hour", None, IPV4, needs=say("needs_public_ip"))
        elif self.public_address:
            yield public_ipv4(self.origin, all_hours)

    @property
    def _planned_hours(self) -> int:
        """Task-hours a month that run on demand at every hour: so many a Savings Plan is bought for."""
        return self.on_demand_tasks(self.fewest or 0)[0] * HOURS_PER_MONTH

    def _under_plan(self, traffic: Traffic, assumes: tuple[Sentence, ...]) -> tuple[Meter, ...]:
        """What a Compute Savings Plan covers: it is charged at every hour, used or not (Savings Plans user guide)."""
        commitment = traffic.commitment(self.origin.address)
        if commitment is None or self.size is None or not self._planned_hours:
            return ()
        term, until = commitment.term, commitment.until
        bought = say("committed", term=term, until=until.isoformat()) if until else say("committed_proposed", term=term)
        return tuple(
            Meter(
                self.origin,
                f"{component}, Savings Plan",
                unit,
                certain(self._planned_hours * amount),
                replace(sku, term=term),
                (*assumes, bought),
            )
            for component, unit, sku, amount in _charged(self.size, self.os, FARGATE)
            if sku.kind in UNDER_PLAN
        )

    def _task_hours(self, by_hour: tuple[int, ...] | None) -> dict[str, CostCases] | None:
        """Hours a month on each provider, in the stack's cheapest, expected and dearest case."""
        if by_hour is None:
            return None
        bounds = self.scaling.bounds if self.scaling else tuple((tasks, tasks) for tasks in by_hour)
        cheapest, expected, dearest = Counter[str](), Counter[str](), Counter[str]()
        for (tasks, (lowest, highest)), hours_alike in Counter(zip(by_hour, bounds, strict=True)).items():
            for counted, split in (
                (cheapest, place(self.strategy, lowest).most(FARGATE_SPOT)),
                (expected, place(self.strategy, tasks).expected),
                (dearest, place(self.strategy, highest).most(FARGATE)),
            ):
                counted.update({provider: count * hours_alike for provider, count in split.items()})
        hours = {
            share.provider: CostCases(
                *(counted[share.provider] * DAYS_PER_MONTH for counted in (cheapest, expected, dearest))
            )
            for share in self.strategy
        }
        placed = {provider: cases for provider, cases in hours.items() if not cases.is_zero}
        # A service with no task is a line of 0, not a gap.
        return placed or {self.strategy[0].provider: NOTHING}

    def _assumptions(self, traffic: Traffic, by_hour: tuple[int, ...]) -> tuple[Sentence, ...]:
        usual = max(set(by_hour), key=by_hour.count)
        placed = place(self.strategy, usual)
        said = [
            say("tasks_billed", min=self.fewest or 0, expected=usual, max=self.most or 0)
            if self.scaling
            else say("tasks_desired", tasks=usual),
            say(
                "placement",
                tasks=usual,
                on_demand=placed.expected.get(FARGATE, 0),
                spot=placed.expected.get(FARGATE_SPOT, 0),
            ),
        ]
        if len(placed.possible) > 1:
            counts = sorted({split.get(FARGATE, 0) for split in placed.possible})
            said.append(say("placement_range", least=counts[0], most=counts[-1]))
        if self.scaling and self.scaling.schedule:
            said.append(say("schedule_local"))
        if self.scaling and self.behind_balancer and traffic.people:
            if traffic.capacity:
                said.append(say("capacity_measured", service=traffic.capacity.service))
            else:
                said.append(say("capacity_unknown"))
        return (*self.assumed, *said)


def _beyond(covered: int, hours: Fraction) -> Fraction:
    """Hours on demand beyond those that are covered."""
    return max(Fraction(0), hours - covered)


HourlyCharge = tuple[str, str, Sku, Fraction]
"""Component, unit, SKU, and how many units one task takes in an hour."""


def _charged(size: TaskSize, os: str, provider: str) -> Iterator[HourlyCharge]:
    """
    What an hour of one task is charged by.

    Windows tasks pay their own rates and a license for each vCPU (Fargate pricing page, Windows containers).
    """
    spot = provider == FARGATE_SPOT
    prefix, term, label = ("fargate_spot", SPOT, "Fargate Spot") if spot else ("fargate", ON_DEMAND, "Fargate")
    attributes = {"arch": size.arch, "os": os}
    yield f"{label} vCPU", "vCPU-hour", Sku(ECS, f"{prefix}_vcpu_hour", attributes, term), size.vcpu
    yield f"{label} memory", "GB-hour", Sku(ECS, f"{prefix}_gb_hour", attributes, term), size.memory_gib
    if os == WINDOWS:
        yield "Windows license", "vCPU-hour", Sku(ECS, "fargate_windows_license_vcpu_hour"), size.vcpu


def _ephemeral(size: TaskSize) -> Iterator[HourlyCharge]:
    extra = size.ephemeral_gib - FREE_EPHEMERAL_GIB
    if extra > 0:
        sku = Sku(ECS, "fargate_ephemeral_storage_gb_hour")
        yield "Fargate ephemeral storage", "GB-hour", sku, Fraction(extra)


@dataclass(frozen=True, slots=True)
class StartedTasks:
    """
    Fargate tasks that an event or a schedule starts, and that end by themselves: people's use decides their hours.

    `count` tasks are started at once; `size` is None where the task definition was not found.
    """

    origin: Origin
    size: TaskSize | None
    strategy: tuple[ProviderShare, ...]
    count: int = 1
    os: str = LINUX
    public_address: bool | None = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.size is None:
            for word, unit, kind in (("vCPU", "vCPU-hour", "vcpu"), ("memory", "GB-hour", "gb")):
                sku = Sku(ECS, f"fargate_{kind}_hour")
                yield Meter(self.origin, f"Fargate {word}", unit, None, sku, needs=say("needs_task_size"))
            return
        placed = place(self.strategy, self.count).expected
        for share in self.strategy:
            part = Fraction(placed.get(share.provider, 0), self.count) if self.count else Fraction(0)
            for component, unit, sku, amount in _charged(self.size, self.os, share.provider):
                if part:
                    yield _by_hours(metering, component, unit, sku, amount * part)
        for component, unit, sku, amount in _ephemeral(self.size):
            yield _by_hours(metering, component, unit, sku, amount)
        if self.public_address is None:
            yield Meter(self.origin, "Public IPv4 address", "hour", None, IPV4, needs=say("needs_public_ip"))
        elif self.public_address:
            yield _by_hours(metering, "Public IPv4 address", "hour", IPV4, Fraction(1))


def _by_hours(metering: Metering, component: str, unit: str, sku: Sku, an_hour: Fraction) -> Meter:
    """`an_hour` of something in each hour of a task."""
    return times(metering.used(component, unit, TASK_HOURS, sku), an_hour)


@dataclass(frozen=True, slots=True)
class TasksOnInstances:
    """
    A service whose tasks run on instances, which are charged where they stand; its `volume` is charged here.

    `fewest`, `desired` and `most` tasks are None where nobody knows them.
    """

    origin: Origin
    volume: Disk
    fewest: int | None
    desired: int | None
    most: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        hours = None
        if self.fewest is not None and self.desired is not None and self.most is not None:
            hours = CostCases(Fraction(self.fewest), Fraction(self.desired), Fraction(self.most)) * HOURS_PER_MONTH
        yield from volume_meters(traffic.metering(self.origin), self.volume, hours)


@dataclass(frozen=True, slots=True)
class TasksAnywhere:
    """A service on machines outside AWS, which ECS Anywhere charges by the hour (ECS pricing page)."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(ECS, "anywhere_instance_hour")
        yield traffic.metering(self.origin).used("ECS Anywhere instances", "instance-hour", INSTANCE_HOURS, sku)
