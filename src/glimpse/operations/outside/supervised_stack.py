"""A stack of processes on this machine that serves: what drills, the page and `verify` see of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from random import Random

from msgspec import Struct

from glimpse.chat.background import every
from glimpse.operations.deployment import Deployment, Plan
from glimpse.operations.local.timeline import Timeline
from glimpse.operations.local.traffic import TrafficMeter
from glimpse.operations.outside.ecs_service import EcsService
from glimpse.operations.outside.haproxy import HaProxy
from glimpse.operations.outside.in_thread import in_thread
from glimpse.operations.outside.object_store import ObjectStore
from glimpse.operations.outside.postgres_server import PostgresServer
from glimpse.operations.outside.supervisor import SupervisedPart
from glimpse.operations.outside.valkey_server import ValkeyServer
from glimpse.operations.state import PARTS, STACK, Addresses, StackState, Traffic
from glimpse.operations.timings import Timings

SAMPLE_SECONDS = 1.0
MEMORY_SECONDS = 3.0


class Servers(Struct, frozen=True):
    """`bus` is None where the database carries the events. `ports`: of the balancer's listeners."""

    balancer: HaProxy
    ports: tuple[int, int]
    database: PostgresServer
    bus: ValkeyServer | None
    storage: ObjectStore
    service: EcsService


class SupervisedStack:
    """
    Implements `ports.LocalStack`. All methods run on the loop that made it. `page_url` is set by whoever serves a page,
    and `drill` by whoever runs one. `deployment` has the tasks and the bus of the options; `jwt_secret` is what the
    tasks sign tokens with.
    """

    def __init__(
        self,
        plan: Plan,
        deployment: Deployment,
        timings: Timings,
        servers: Servers,
        parts: Mapping[str, SupervisedPart],
        timeline: Timeline,
        jwt_secret: str,
    ) -> None:
        self.plan, self.deployment, self.timings, self.jwt_secret = plan, deployment, timings, jwt_secret
        self.page_url = ""
        self.drill: str | None = None
        self.subscribers = timeline.subscribers
        self._servers, self._parts, self._timeline = servers, parts, timeline
        self._service = servers.service
        self._meter, self._traffic = TrafficMeter(), Traffic()
        self._watches: list[asyncio.Task[None]] = []

    @property
    def addresses(self) -> Addresses:
        servers = self._servers
        chat, chat_2 = (f"http://127.0.0.1:{port}" for port in servers.ports)
        return Addresses(
            page=self.page_url,
            chat=chat,
            chat_2=chat_2,
            database=servers.database.url,
            bus=servers.bus.url if servers.bus else "",
            files=servers.storage.endpoint,
            bucket=servers.storage.bucket,
        )

    def state(self) -> StackState:
        return StackState(
            at=time.time(),
            speed=self.timings.speed,
            addresses=self.addresses.without_password(),
            limits=self._service.limits,
            parts=[self._parts[name].state() for name in PARTS if name in self._parts],
            tasks=self._service.states(),
            traffic=self._traffic,
            timeline=list(self._timeline.events),
            drill=self.drill,
        )

    def record(self, subject: str, code: str, **values: str | int | float) -> None:
        self._timeline.record(subject, code, **values)

    async def reclaim_task(self, task: str, random: Random) -> None:
        await self._service.reclaim_task(task, random)

    async def kill_task(self, task: str, random: Random) -> None:
        await self._service.kill_task(task, random)

    async def kill_part(self, part: str) -> None:
        await self._parts[part].kill()

    async def deploy(self, environment: Mapping[str, str], random: Random) -> None:
        await self._service.deploy(environment, random)

    async def cut_clients(self) -> None:
        await self._service.cut_clients()

    # ---- While it runs

    def start_watching(self) -> None:
        """From now on, parts that die are started again, and the figures of `state` are kept up to date."""
        samples = every(SAMPLE_SECONDS, self._sample, self._report_defect)
        memory = every(MEMORY_SECONDS, self._measure_memory, self._report_defect)
        watches = [part.watch() for part in self._parts.values()]
        self._watches = [asyncio.create_task(work) for work in (*watches, samples, memory)]

    def stop_watching(self) -> None:
        """What dies from now on stays dead."""
        for watch in self._watches:
            watch.cancel()

    async def wait_until_unwatched(self) -> None:
        """After `stop_watching`: until a start that was under way has ended."""
        await asyncio.gather(*self._watches, return_exceptions=True)

    async def _sample(self) -> None:
        samples = await self._service.sample()
        counters = await self._servers.balancer.counters()
        self._service.replace_unhealthy(counters.unhealthy)
        self._meter.add(time.monotonic(), samples)
        self._traffic = self._meter.traffic(counters.answers_5xx)

    async def _measure_memory(self) -> None:
        for part in self._parts.values():
            await in_thread(part.measure_memory)

    def _report_defect(self, error: BaseException) -> None:
        self.record(STACK, "up_defect", detail=f"{type(error).__name__}: {error}"[:200])
