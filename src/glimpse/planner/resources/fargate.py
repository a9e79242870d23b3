"""ECS services on Fargate: the tasks that really run, and where they are placed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import ON_DEMAND, SPOT, Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare, place
from glimpse.planner.quantities import DAYS_PER_MONTH, NOTHING, Cases
from glimpse.planner.resources.address import IPV4, public_ipv4
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.sizing import Scaling, TaskSize, tasks_asked
from glimpse.planner.traffic import Traffic

FREE_EPHEMERAL_GIB = 20
"""Storage that is part of every task's price (Fargate pricing page)."""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """How the balancer finds out about a task, in seconds and counts."""

    interval: int = 30
    unhealthy: int = 2


@dataclass(frozen=True, slots=True)
class FargateService:
    """
    One service. Unknown is None: `size` where the task definition was not found, `desired` where nothing says it.

    `behind_balancer`: people reach it, through a balancer or a gateway. What the service's tags tell: `uploads`,
    how files reach the bucket ("api" or "presigned"); `keep_alive_seconds`, the server's own; `database_pool`, the
    connections each task holds; `bus`, what carries events between tasks where it is not a cache ("postgresql");
    `log_sample_percent`, how many lines of one event each are written; `environment`.
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
    log_sample_percent: int = 100
    environment: str | None = None
    maximum_percent: int = 200
    health: HealthCheck = HealthCheck()

    @property
    def fewest(self) -> int | None:
        return self.scaling.fewest if self.scaling else self.desired

    @property
    def most(self) -> int | None:
        return self.scaling.most if self.scaling else self.desired

    def tasks_by_hour(self, traffic: Traffic) -> tuple[int, ...] | None:
        """
        Tasks in each of the 24 hours.

        With a scaling target: what target tracking asks for, within its bounds; `desired` only says where a
        deploy starts. Without one: `desired`.
        """
        if not self.scaling:
            return None if self.desired is None else (self.desired,) * len(traffic.hours)
        bounds = self.scaling.bounds
        if not (traffic.capacity and self.size and self.behind_balancer):
            return tuple(lowest for lowest, _ in bounds)
        asked = tasks_asked(
            traffic.hours,
            Fraction(1, traffic.services),
            traffic.capacity,
            self.size,
            self.scaling.cpu_percent,
            self.scaling.memory_percent,
            traffic.workload["upload_mb"] if self.uploads == "api" else Fraction(0),
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
        hours = self._task_hours(traffic)
        if hours is None or self.size is None:
            code = "needs_task_count" if self.size else "needs_task_size"
            for word, kind in (("vCPU", "fargate_vcpu_hour"), ("memory", "fargate_gb_hour")):
                unit = "vCPU-hour" if word == "vCPU" else "GB-hour"
                yield Meter(self.origin, f"Fargate {word}", unit, None, Sku("AmazonECS", kind), needs=say(code))
            return
        assumes = self._assumptions(traffic)
        attributes = {"arch": self.size.arch, "os": "Linux"}
        for provider, task_hours in hours.items():
            spot = provider == FARGATE_SPOT
            prefix, term, label = ("fargate_spot", SPOT, "Fargate Spot") if spot else ("fargate", ON_DEMAND, "Fargate")
            for word, unit, kind, amount in (
                ("vCPU", "vCPU-hour", f"{prefix}_vcpu_hour", self.size.vcpu),
                ("memory", "GB-hour", f"{prefix}_gb_hour", self.size.memory_gib),
            ):
                sku = Sku("AmazonECS", kind, attributes, term)
                yield Meter(self.origin, f"{label} {word}", unit, task_hours * amount, sku, assumes)
        all_hours = sum(hours.values(), start=NOTHING)
        extra = self.size.ephemeral_gib - FREE_EPHEMERAL_GIB
        if extra > 0:
            sku = Sku("AmazonECS", "fargate_ephemeral_storage_gb_hour")
            yield Meter(self.origin, "Fargate ephemeral storage", "GB-hour", all_hours * extra, sku)
        if self.public_address is None:
            yield Meter(self.origin, "Public IPv4 address", "hour", None, IPV4, needs=say("needs_public_ip"))
        elif self.public_address:
            yield public_ipv4(self.origin, all_hours)

    def _task_hours(self, traffic: Traffic) -> dict[str, Cases] | None:
        """Hours a month on each provider, in the stack's cheapest, expected and dearest case."""
        by_hour = self.tasks_by_hour(traffic)
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
            share.provider: Cases(
                *(counted[share.provider] * DAYS_PER_MONTH for counted in (cheapest, expected, dearest))
            )
            for share in self.strategy
        }
        placed = {provider: cases for provider, cases in hours.items() if not cases.is_zero}
        # A service with no task is a line of 0, not a gap.
        return placed or {self.strategy[0].provider: NOTHING}

    def _assumptions(self, traffic: Traffic) -> tuple[Sentence, ...]:
        by_hour = self.tasks_by_hour(traffic) or (0,)
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
        if self.scaling and self.behind_balancer:
            if traffic.capacity:
                said.append(say("capacity_measured", service=traffic.capacity.service))
            else:
                said.append(say("capacity_unknown"))
        return tuple(said)
