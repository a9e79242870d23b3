"""A stack of values alone, for tests of whoever takes a LocalStack: the page, drills, `verify`."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import Random

from msgspec.structs import replace

from glimpse.operations.deployment import Deployment, Plan
from glimpse.operations.local.placement import next_provider, server_names
from glimpse.operations.local.timeline import Timeline
from glimpse.operations.state import (
    BALANCER,
    BUS,
    CLIENTS,
    DATABASE,
    DRAINING,
    RUNNING,
    SERVICE,
    STARTING,
    STOPPED,
    STORAGE,
    Addresses,
    Limits,
    PartState,
    StackState,
    TaskState,
    Traffic,
)
from glimpse.operations.timings import Timings

PROGRAMS = {BALANCER: "HAProxy", DATABASE: "PostgreSQL", BUS: "Valkey", STORAGE: "SeaweedFS"}


class FakeStack:
    """
    Implements LocalStack without a process or a socket. `now`: seconds since 1970. Whatever takes time calls `sleep`,
    so that a test decides how time passes. `traffic`, `limits` and the tasks of `tasks` are what a test sets them to.
    """

    def __init__(
        self,
        deployment: Deployment,
        timings: Timings,
        addresses: Addresses,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.plan, self.deployment = Plan(deployment, monthly_usd="0"), deployment
        self.timings, self.addresses = timings, addresses
        self.drill: str | None = None
        self.traffic = Traffic()
        self.limits = Limits(deployment.tasks.vcpu, deployment.tasks.memory_mib, are_enforced=True)
        self._now, self._sleep = now, sleep
        self._timeline = Timeline(now)
        self.subscribers = self._timeline.subscribers
        self._numbers = itertools.count(1)
        self.parts = {
            name: PartState(name, program, RUNNING, now())
            for name, program in PROGRAMS.items()
            if name != BUS or deployment.uses_valkey
        }
        self.tasks: dict[str, TaskState] = {}
        for _ in range(deployment.tasks.desired):
            self._serve(self._place())

    def state(self) -> StackState:
        return StackState(
            at=self._now(),
            speed=self.timings.speed,
            addresses=self.addresses,
            limits=self.limits,
            parts=list(self.parts.values()),
            tasks=list(self.tasks.values()),
            traffic=self.traffic,
            timeline=list(self._timeline.events),
            drill=self.drill,
        )

    def record(self, subject: str, code: str, **values: str | int | float) -> None:
        self._timeline.record(subject, code, **values)

    async def reclaim_task(self, task: str, random: Random) -> None:
        self.record(task, "task_reclaimed", seconds=self.timings.stop_timeout)
        self._deregister(task)
        replacement = self._place()
        await self._sleep(self.timings.deregistration_delay)
        self._end(task)
        await self._start(replacement, random)

    async def kill_task(self, task: str, random: Random) -> None:
        self.record(task, "task_killed")
        self._end(task)
        await self._start(self._place(), random)

    async def kill_part(self, part: str) -> None:
        was = self.parts[part]
        self.record(part, "up_part_killed", program=was.program)
        self.parts[part] = replace(was, state=STOPPED, since=self._now())
        await self._sleep(1 / self.timings.speed)
        died = self.parts[part].since
        self.parts[part] = replace(was, since=self._now(), restarts=was.restarts + 1)
        self.record(part, "up_part_serves", program=was.program, seconds=self._now() - died)

    async def deploy(self, environment: Mapping[str, str], random: Random) -> None:
        self.record(SERVICE, "deploy_began", names=", ".join(environment) or "-")
        old: Sequence[str] = list(self.tasks)
        for task in [self._place() for _ in old]:
            await self._start(task, random)
        for task in old:
            self._deregister(task)
            await self._sleep(self.timings.deregistration_delay)
            self._end(task)
        self.record(SERVICE, "deploy_done")

    async def cut_clients(self) -> None:
        self.record(CLIENTS, "clients_cut")
        for task in self.tasks:
            self._change(task, sockets=0)

    def _place(self) -> str:
        taken = {task.server for task in self.tasks.values()}
        server = next(name for name in server_names(self.deployment.tasks.desired) if name not in taken)
        placed = [task.capacity_provider for task in self.tasks.values() if task.state != DRAINING]
        provider = next_provider(self.deployment.tasks, self.deployment.tasks.desired, placed)
        name = f"task-{next(self._numbers)}"
        self.tasks[name] = TaskState(name, server, provider, STARTING, self._now(), port=0)
        self.record(name, "task_starting", provider=provider)
        return name

    async def _start(self, task: str, random: Random) -> None:
        await self._sleep(self.timings.start_seconds(random))
        self._serve(task)

    def _serve(self, task: str) -> None:
        seconds = self._now() - self.tasks[task].since
        self._change(task, state=RUNNING, is_registered=True)
        self.record(task, "task_serving", seconds=seconds)

    def _deregister(self, task: str) -> None:
        self._change(task, state=DRAINING, is_registered=False)
        self.record(task, "task_deregistered")

    def _end(self, task: str) -> None:
        del self.tasks[task]
        self.record(task, "task_ended", exit=0)

    def _change(self, task: str, **changes: object) -> None:
        since = {"since": self._now()} if "state" in changes else {}
        self.tasks[task] = replace(self.tasks[task], **{**since, **changes})
