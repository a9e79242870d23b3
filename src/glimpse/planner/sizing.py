"""How many tasks run, how large a task may be, and how many database connections fit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from glimpse.planner.capacity import Capacity
from glimpse.planner.traffic import HourOfTraffic

MIB_PER_GIB = 1024


@dataclass(frozen=True, slots=True)
class TaskSize:
    vcpu: Fraction
    memory_gib: Fraction
    arch: str = "x86_64"
    ephemeral_gib: int = 20

    @property
    def is_legal(self) -> bool:
        """
        Whether Fargate sells this pair of CPU and memory.

        Source: the ECS developer guide, Fargate task size (0.25 vCPU with 0.5, 1 or 2 GB, up to 16 vCPU with 120 GB).
        """
        if self.vcpu == Fraction(1, 4):
            return self.memory_gib in (Fraction(1, 2), 1, 2)
        bounds = {Fraction(1, 2): (1, 4, 1), 1: (2, 8, 1), 2: (4, 16, 1), 4: (8, 30, 1), 8: (16, 60, 4)}
        bounds[16] = (32, 120, 8)
        if self.vcpu not in bounds:
            return False
        lowest, highest, step = bounds[self.vcpu]
        return lowest <= self.memory_gib <= highest and (self.memory_gib - lowest) % step == 0


@dataclass(frozen=True, slots=True)
class Scaling:
    """
    A scaling target and its target-tracking policies, in per cent; None where there is no such policy.

    `schedule`: fewest and most tasks in each hour of the day, where scheduled actions change them. `policies`: how many
    of whatever kind belong to the target.
    """

    lowest: int
    highest: int
    cpu_percent: Fraction | None = None
    memory_percent: Fraction | None = None
    schedule: tuple[tuple[int, int], ...] = ()
    policies: int = 0

    @property
    def bounds(self) -> tuple[tuple[int, int], ...]:
        """Fewest and most tasks, hour by hour."""
        return self.schedule or ((self.lowest, self.highest),) * 24

    @property
    def fewest(self) -> int:
        return min((lowest for lowest, _ in self.schedule), default=self.lowest)

    @property
    def most(self) -> int:
        return max((highest for _, highest in self.schedule), default=self.highest)


@lru_cache(maxsize=256)
def tasks_asked(
    hours: tuple[HourOfTraffic, ...],
    share: Fraction,
    capacity: Capacity,
    size: TaskSize,
    cpu_percent: Fraction | None,
    memory_percent: Fraction | None,
    mb_per_upload: Fraction = Fraction(0),
) -> tuple[int | None, ...]:
    """
    The tasks that target tracking would ask for in each hour; None when memory could never meet its target.

    CPU: (messages × µs + connects × µs + MB of uploads × µs) over the hour, divided by what one task gives at the
    target; `mb_per_upload` is 0 where files do not pass the task.
    Memory: the sockets that fit between the service's base and the target. Coefficients nobody
    measured count as nothing, so this is a lower bound; the line says which service was measured.
    """
    fitting = sockets_per_task(capacity, size, memory_percent) if memory_percent else None
    asked: list[int | None] = []
    for hour in hours:
        tasks = 1
        if cpu_percent and capacity.message_us is not None:
            busy_us = hour.messages * capacity.message_us + hour.connects * (capacity.connect_us or 0)
            busy_us += hour.uploads * mb_per_upload * (capacity.upload_mb_us or 0)
            vcpu = busy_us * share / 10**6 / 3600
            tasks = max(tasks, math.ceil(vcpu / (size.vcpu * cpu_percent / 100)))
        if fitting:
            tasks = max(tasks, math.ceil(hour.sockets * share / fitting))
        asked.append(None if fitting == 0 else tasks)
    return tuple(asked)


def sockets_per_task(capacity: Capacity, size: TaskSize, percent: Fraction | int = 100) -> int | None:
    """Sockets one task holds within `percent` of its memory and below the service's own limit; None: not measured."""
    if capacity.base_mib is None or not capacity.bytes_per_socket:
        return None
    room_mib = size.memory_gib * MIB_PER_GIB * percent / 100 - capacity.base_mib
    by_memory = math.floor(max(Fraction(0), room_mib) * 1024**2 / capacity.bytes_per_socket)
    return by_memory if capacity.limit_sockets is None else min(by_memory, capacity.limit_sockets)


RESERVED_CONNECTIONS = 5
"""3 for superusers (PostgreSQL's default) and 2 that RDS keeps for itself (its error message names them)."""

ADMIN_CONNECTIONS = 3
"""One migration, one monitoring agent and one person at a psql prompt."""


@dataclass(frozen=True, slots=True)
class ConnectionLimit:
    """
    The connections that a database class allows, as people read them off running instances.

    AWS publishes the formula LEAST(memory/9531392, 5000) but not the memory that it uses, which is less than the
    class's own; so plans use the lowest value seen.
    """

    lowest_seen: int
    highest_seen: int
    formula: int

    @property
    def usable(self) -> int:
        """What is left for the pools of tasks."""
        return self.lowest_seen - RESERVED_CONNECTIONS - ADMIN_CONNECTIONS


# Values that public repositories and one incident note report from running instances: 79, about 85 twice, about
# 87 twice; a lone 60 is left out. 1 GiB / 9,531,392 = 112 is an upper bound that no instance showed.
CONNECTION_LIMITS: Mapping[str, ConnectionLimit] = {"db.t4g.micro": ConnectionLimit(79, 87, 112)}


def tasks_during_deploy(most_tasks: int, maximum_percent: int) -> int:
    """Old and new tasks that hold pools at once while a rolling deploy replaces them."""
    return most_tasks * maximum_percent // 100


def fitted_pool(usable: int, tasks_at_peak: int) -> int:
    """The largest pool per task that still fits when every task has one; 0 when none does."""
    return max(0, usable // max(1, tasks_at_peak))
