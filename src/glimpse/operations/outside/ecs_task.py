"""One task of an ECS service on this machine, from its start to its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from signal import SIGKILL, SIGTERM

from glimpse.operations.local.traffic import Sample
from glimpse.operations.outside.control_group import ControlGroup
from glimpse.operations.outside.haproxy import HaProxy
from glimpse.operations.outside.task_process import TaskProcess
from glimpse.operations.state import DRAINING, RUNNING, STARTING, TaskState
from glimpse.operations.timings import Timings

Record = Callable[..., None]
"""`record(subject, code, **values)`, as in `ports.LocalStack`."""

START_SECONDS = 60.0
"""A task that has not been healthy for so long after its start is stopped: the Terraform's grace period."""

GRACE_SECONDS = START_SECONDS
"""The same period, in which ECS does not stop a task that fails the balancer's health check."""

SESSIONS_POLL_SECONDS = 0.25


class EcsTask:
    """`revision`: of the settings that it was started with. `server`: of the balancer, which leads to it."""

    def __init__(
        self,
        name: str,
        server: str,
        capacity_provider: str,
        revision: int,
        process: TaskProcess,
        group: ControlGroup | None,
        balancer: HaProxy,
        timings: Timings,
        record: Record,
    ) -> None:
        self.name, self.server, self.capacity_provider, self.revision = name, server, capacity_provider, revision
        self.process, self.group = process, group
        self.is_leaving = self.is_killed = self.is_late = self.is_out_of_memory = False
        self.explanation: str | None = None
        self._balancer, self._timings, self._record = balancer, timings, record
        self._began = self._now()
        self._served: float | None = None
        self._ended = asyncio.Event()
        self._state, self._since = STARTING, time.time()
        self._sample = Sample()
        self._cpu: tuple[float, float] | None = None
        self._cpu_percent: float | None = None

    @property
    def has_ended(self) -> bool:
        return self._ended.is_set()

    @property
    def is_live(self) -> bool:
        """Whether it counts as a task of the service."""
        return not self.is_leaving and not self.has_ended

    @property
    def is_serving(self) -> bool:
        return self.is_live and self._served is not None

    @property
    def served_seconds(self) -> float | None:
        """How long it has served, None where it never did."""
        return None if self._served is None else self._now() - self._served

    @property
    def is_in_grace(self) -> bool:
        return self._now() < self._began + GRACE_SECONDS

    def become(self, state: str) -> None:
        self._state, self._since = state, time.time()

    # ---- Its life

    async def run(self, seconds: float, on_serving: Callable[[], None]) -> int:
        """
        Its exit code, once it has ended. It serves `seconds` after its start, or later where it needs longer: a new
        target of a balancer needs to pass one check.
        """
        try:
            if self.group:
                self.group.create()
            await self.process.start()
        except OSError as error:
            # A full disk, for example: it counts as a task that died.
            self.explanation = str(error)
            self.process.signal(SIGKILL)
        if self.is_leaving:
            self.process.signal(SIGKILL)
        ended = asyncio.ensure_future(self.process.wait())
        healthy = asyncio.ensure_future(self.process.wait_until_healthy())
        try:
            await asyncio.wait((ended, healthy), timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if healthy.done():
                await asyncio.wait((ended,), timeout=max(0.0, self._began + seconds - self._now()))
                if not ended.done() and self.is_live:
                    await self._register(on_serving)
            elif not ended.done():
                self.is_late = True
                self.process.signal(SIGKILL)
            code = await ended
        finally:
            ended.cancel()
            healthy.cancel()
        await self._balancer.disable(self.server)
        if self.group:
            with suppress(OSError, ValueError):
                self.is_out_of_memory = code == -SIGKILL and self.group.out_of_memory_kills() > 0
        self.end()
        return code

    def end(self) -> None:
        """Its process has ended."""
        self._ended.set()
        if self.group:
            self.group.remove()

    async def _register(self, on_serving: Callable[[], None]) -> None:
        await self._balancer.enable(self.server, self.process.port)
        if self.is_leaving:
            # It was taken away meanwhile.
            await self._balancer.disable(self.server)
            return
        self._served = self._now()
        self.become(RUNNING)
        self._record(self.name, "task_serving", seconds=round(self._served - self._began, 1))
        on_serving()

    # ---- How it leaves

    def leave(self) -> None:
        """It no longer counts, and is not replaced when it ends."""
        self.is_leaving = True
        self.become(DRAINING)

    async def deregister(self) -> None:
        await self._balancer.disable(self.server)
        self._record(self.name, "task_deregistered")

    async def drain(self) -> None:
        """
        Wait for the deregistration delay, then cut what is left. The delay ends early where nothing is left, as on AWS
        (ELB user guide, deregistration delay).
        """
        deadline = self._now() + self._timings.deregistration_delay
        while not self.has_ended:
            sessions = (await self._balancer.counters()).sessions.get(self.server, 0)
            rest = deadline - self._now()
            if sessions and rest <= 0:
                self._record(self.name, "task_cut", count=sessions)
                await self._balancer.cut(self.server)
            if not sessions or rest <= 0:
                return
            await self._wait_for_end(min(SESSIONS_POLL_SECONDS, rest))

    async def terminate(self) -> None:
        """SIGTERM, and SIGKILL after the stop timeout. Returns once it has ended."""
        self.process.signal(SIGTERM)
        await self._wait_for_end(self._timings.stop_timeout)
        if not self.has_ended:
            self._record(self.name, "task_stop_timeout", seconds=self._timings.stop_timeout)
            self.process.signal(SIGKILL)
            await self._ended.wait()

    async def retire(self) -> None:
        """As a deployment does: the balancer lets it go, then it is stopped."""
        await self.deregister()
        await self.drain()
        if not self.has_ended:
            self._record(self.name, "task_stopping", seconds=self._timings.stop_timeout)
            await self.terminate()

    async def _wait_for_end(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)

    # ---- What is seen of it

    async def measure(self, vcpu: float) -> Sample | None:
        """None where it does not answer. `state` has the figures of the last answer."""
        sample = await self.process.sample()
        self._sample = sample or self._sample
        used, now = self.process.cpu_seconds(), self._now()
        if used is not None:
            if self._cpu and now > self._cpu[0]:
                self._cpu_percent = 100 * (used - self._cpu[1]) / (now - self._cpu[0]) / vcpu
            self._cpu = now, used
        return sample

    def state(self) -> TaskState:
        is_running = self.process.pid is not None
        return TaskState(
            name=self.name,
            server=self.server,
            capacity_provider=self.capacity_provider,
            state=self._state,
            since=self._since,
            port=self.process.port,
            is_registered=self.is_serving,
            pid=self.process.pid,
            sockets=self._sample.sockets if is_running else 0,
            database_connections=self._sample.database_connections if is_running else 0,
            cpu_percent=self._cpu_percent if is_running else None,
            memory_mib=self.process.memory_mib() if is_running else None,
            explanation=self.explanation,
        )

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
