"""Starts the whole stack on this machine: PostgreSQL, the bus, SeaweedFS, tasks and the balancer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from glimpse.chat.failure import Failure
from glimpse.chat.outside.secret_file import load_or_create_secret
from glimpse.chat.settings import SAME_DATABASE
from glimpse.operations.deployment import Deployment, Plan
from glimpse.operations.local.local_deployment import local_deployment, max_connections, pool_of_task, setting
from glimpse.operations.local.placement import server_names
from glimpse.operations.local.timeline import Timeline
from glimpse.operations.options import StackOptions
from glimpse.operations.outside.ecs_service import EcsService
from glimpse.operations.outside.haproxy import HaProxy
from glimpse.operations.outside.loopback_ports import port_after, refuse_taken, steady_port
from glimpse.operations.outside.object_store import ObjectStore
from glimpse.operations.outside.orphans import end_orphans
from glimpse.operations.outside.postgres_server import PostgresServer, create_database
from glimpse.operations.outside.supervised_stack import Servers, SupervisedStack
from glimpse.operations.outside.supervisor import PartProcess, SupervisedPart
from glimpse.operations.outside.valkey_server import ValkeyServer
from glimpse.operations.state import BALANCER, BUS, DATABASE, STORAGE
from glimpse.operations.timings import timings

ReadPlan = Callable[[], Coroutine[Any, Any, Plan]]

Tell = Callable[..., None]
"""Called with the code of a sentence and its values, for somebody at a terminal."""


@asynccontextmanager
async def local_stack(options: StackOptions, plan: Plan | ReadPlan, tell: Tell) -> AsyncIterator[SupervisedStack]:
    """
    A stack that serves, as the plan's Terraform describes it; it ends with the block, and leaves no process. Port 0
    is any free one; without a port for a page, no page may show the chat in a frame. A plan that is still to be read is
    read while parts start. `tell` hears of each part that is ready. Raises Failure where a part cannot start.
    """
    starter = _Starter(options, tell)
    try:
        try:
            stack = await starter.start(plan)
        except BrokenPipeError:
            # Nobody reads any more what `tell` prints.
            raise
        except OSError as error:
            # What is written meanwhile is in the data folder.
            raise Failure("up_data_unwritable", folder=str(options.data), detail=str(error)) from error
        stack.start_watching()
        try:
            yield stack
        finally:
            stack.stop_watching()
            await stack.wait_until_unwatched()
    finally:
        await starter.stop()


class _Starter:
    """Holds what has started, so that `stop` ends it also where `start` failed in the middle."""

    def __init__(self, options: StackOptions, tell: Tell) -> None:
        self._options, self._tell = options, tell
        self._folder = options.data.resolve()
        self._timeline = Timeline(time.time)
        self._parts: dict[str, SupervisedPart] = {}
        self._balancer: HaProxy | None = None
        self._service: EcsService | None = None

    async def start(self, planned: Plan | ReadPlan) -> SupervisedStack:
        """The plan may be read meanwhile. Raises Failure."""
        for folder in (self._folder / "balancer", self._folder / "tasks"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A balancer that a killed `up` left would hold the ports.
        end_orphans(self._folder / "balancer")
        ports = self._choose_ports()
        origins = [f"http://{host}:{port}" for port in ports for host in ("127.0.0.1", "localhost")]
        storage = ObjectStore(self._folder / "files", origins)
        # Both take long, and need nothing of the plan.
        storing = asyncio.create_task(self._start_part(STORAGE, storage))
        creating = asyncio.create_task(create_database(self._folder / "database"))
        try:
            plan = await self._read(planned)
            deployment = local_deployment(plan, self._options)
            database = PostgresServer(self._folder / "database", max_connections(deployment))
            bus = ValkeyServer(self._folder / "bus") if deployment.uses_valkey else None
            self._balancer = balancer = self._make_balancer(deployment, ports)
            await _together(
                self._start_database(database, creating),
                self._start_part(BALANCER, balancer),
                *([self._start_part(BUS, bus)] if bus else []),
                _wait_for(storing),
            )
        except BaseException:
            for task in (storing, creating):
                task.cancel()
            await asyncio.gather(storing, creating, return_exceptions=True)
            raise
        jwt_secret = load_or_create_secret(self._folder / "jwt-secret")
        environment = {
            "GLIMPSE_DATABASE_URL": database.url,
            # A rolling deployment runs two tasks at a time, so that even a single task needs a bus.
            "GLIMPSE_BUS_URL": bus.url if bus else SAME_DATABASE,
            "GLIMPSE_JWT_SECRETS": jwt_secret,
            "GLIMPSE_DATABASE_POOL": str(self._choose_pool(deployment)),
            **storage.environment,
        }
        times = timings(
            self._options.speed,
            stop_timeout=deployment.tasks.stop_timeout_seconds,
            drain=setting(deployment, "drain_seconds"),
            deregistration_delay=deployment.balancer.deregistration_delay_seconds,
        )
        service = EcsService(deployment, times, balancer, environment, self._folder / "tasks", self._timeline.record)
        await self._start_tasks(service)
        servers = Servers(balancer, ports, database, bus, storage, service)
        return SupervisedStack(plan, deployment, times, servers, self._parts, self._timeline, jwt_secret)

    async def stop(self) -> None:
        """The balancer serves until the tasks have drained, and they have their database until then."""
        storage = asyncio.create_task(self._stop_part(STORAGE))
        try:
            if self._service:
                await self._service.stop()
        finally:
            await asyncio.gather(*(self._stop_part(name) for name in (BALANCER, BUS, DATABASE)), storage)
            if self._balancer:
                self._balancer.close()

    def _choose_ports(self) -> tuple[int, int]:
        """Of the two listeners. Raises Failure `up_port_taken`."""
        chat_port, page_port = self._options.port, self._options.page_port
        for port, option in ((chat_port, "--port"), (page_port, "--page-port")):
            if port:
                refuse_taken(port, option)
        if chat_port:
            return chat_port, port_after(chat_port, page_port)
        return steady_port(), steady_port()

    def _make_balancer(self, deployment: Deployment, ports: tuple[int, int]) -> HaProxy:
        page = self._options.page_port
        return HaProxy(
            self._folder / "balancer",
            deployment.balancer,
            ports,
            [f"http://127.0.0.1:{page}"] if page else [],
            server_names(deployment.tasks.desired),
        )

    def _choose_pool(self, deployment: Deployment) -> int:
        """The connections that each task may open. Tells somebody where the Terraform lets it open more."""
        pool, wanted = pool_of_task(deployment), setting(deployment, "database_pool")
        if wanted > pool:
            self._tell("up_pool_lowered", wanted=wanted, connections=max_connections(deployment), pool=pool)
        return pool

    async def _read(self, planned: Plan | ReadPlan) -> Plan:
        if isinstance(planned, Plan):
            return planned
        began = time.monotonic()
        plan = await planned()
        self._tell("up_plan_read", seconds=_seconds_since(began))
        return plan

    async def _start_part(self, name: str, server: PartProcess) -> None:
        began = time.monotonic()
        self._parts[name] = part = SupervisedPart(name, server, self._timeline.record)
        await part.start()
        self._tell("up_part_ready", program=server.program, seconds=_seconds_since(began))

    async def _start_database(self, database: PostgresServer, creating: asyncio.Task[None]) -> None:
        await creating
        await self._start_part(DATABASE, database)
        await database.migrate(self._tell)

    async def _start_tasks(self, service: EcsService) -> None:
        began = time.monotonic()
        self._service = service
        await service.start()
        self._tell("up_tasks_ready", count=len(service.states()), seconds=_seconds_since(began))

    async def _stop_part(self, name: str) -> None:
        if name in self._parts:
            await self._parts[name].stop()


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """All side by side; when one fails, the others are cancelled, and its exception is raised once they have ended."""
    running = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in running:
            task.cancel()
        results = await asyncio.gather(*running, return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    # The cancelled ones only ended because of the one that failed.
    for failure in sorted(failures, key=lambda failure: isinstance(failure, asyncio.CancelledError)):
        raise failure


async def _wait_for(task: asyncio.Task[None]) -> None:
    await task


def _seconds_since(began: float) -> str:
    return f"{time.monotonic() - began:.1f}"
