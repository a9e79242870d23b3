"""What can be seen of the stack of `glimpse up`: by its page, and by its database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp
import asyncpg
import msgspec

from glimpse.operations.checks.observations import (
    BalancerSettings,
    DatabaseConnections,
    Engine,
    Errors,
    NotObservable,
    RunningTasks,
    Spending,
    Storage,
    TaskSettings,
)
from glimpse.operations.deployment import Alarm, Deployment
from glimpse.operations.local.local_deployment import setting
from glimpse.operations.outside.probe_session import new_session
from glimpse.operations.state import FARGATE_SPOT, RUNNING, Addresses, StackState, TaskState

ANSWER_SECONDS = 10.0
WATCH_SECONDS = 0.25
TAKEN_SECONDS = 60.0
"""How long the stack may take until it takes a task away: its drill lets a load run for some seconds before."""

T = TypeVar("T")

DRILL_CLIENTS = 2
GIB = 2**30


class LocalObservations:
    """
    Implements Observations. What AWS alone has (alarms, the engine's support) is taken as the Terraform of the running
    stack writes it; the bill cannot be seen. Must be closed.
    """

    def __init__(self, addresses: Addresses, deployment: Deployment) -> None:
        self._addresses, self._deployment = addresses, deployment
        self._drill: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """The stack goes on with a drill that was begun: it must not stay without its task."""
        if self._drill:
            self._drill.cancel()
            await asyncio.gather(self._drill, return_exceptions=True)

    async def state(self) -> StackState:
        return await page_document(self._addresses.page, "/state", StackState)

    # ---- The tasks and the balancer

    async def running_tasks(self) -> RunningTasks:
        tasks = [task for task in (await self.state()).tasks if task.state == RUNNING and task.is_registered]
        spot = sum(task.capacity_provider == FARGATE_SPOT for task in tasks)
        wanted = self._deployment.tasks.desired
        return RunningTasks(running=len(tasks), wanted=wanted, on_demand=len(tasks) - spot, spot=spot)

    async def task_settings(self) -> TaskSettings:
        return TaskSettings(
            keep_alive_seconds=setting(self._deployment, "keep_alive_seconds"),
            database_pool=setting(self._deployment, "database_pool"),
            drain_seconds=setting(self._deployment, "drain_seconds"),
            stop_timeout_seconds=self._deployment.tasks.stop_timeout_seconds,
        )

    async def balancer_settings(self) -> BalancerSettings:
        """As HAProxy was configured: from the Deployment."""
        balancer = self._deployment.balancer
        return BalancerSettings(
            idle_timeout_seconds=balancer.idle_timeout_seconds,
            deregistration_delay_seconds=balancer.deregistration_delay_seconds,
            is_sticky=balancer.is_sticky,
            is_on_tls=False,
        )

    async def balancer_errors(self) -> Errors:
        state = await self.state()
        began = min((part.since for part in state.parts if part.name == "balancer"), default=state.at)
        return Errors(state.traffic.balancer_5xx, max(1, round((state.at - began) / 60)))

    # ---- The database

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[asyncpg.Connection]:
        try:
            connection = await asyncpg.connect(self._addresses.database, timeout=ANSWER_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise NotObservable("verify_database_silent", detail=f"{type(error).__name__}: {error}") from error
        try:
            yield connection
        finally:
            connection.terminate()

    async def database_connections(self) -> DatabaseConnections:
        async with self._database() as database:
            query = "select count(*) from pg_stat_activity where backend_type = 'client backend'"
            # The connection that asks is not the stack's.
            open_ = await database.fetchval(query) - 1
            return DatabaseConnections(open_, int(await database.fetchval("show max_connections")))

    async def engine(self) -> Engine:
        """Of the Terraform, because AWS's dates of support are about RDS."""
        database = self._deployment.database
        if database is not None and database.version is not None:
            return Engine(database.version, database.standard_support_ends)
        async with self._database() as connection:
            return Engine(str(await connection.fetchval("show server_version")))

    async def storage(self) -> Storage:
        """The disk is as large as the Terraform says; this machine's would say nothing about AWS."""
        written = self._deployment.database
        allocated = written.storage_gb * GIB if written and written.storage_gb else None
        most = written.max_storage_gb * GIB if written and written.max_storage_gb else None
        async with self._database() as database:
            used = await database.fetchval("select pg_database_size(current_database())")
            messages = await database.fetchval("select count(*) from entries")
        return Storage(used, allocated, most, messages=messages)

    # ---- What only AWS has

    async def alarms(self) -> Sequence[Alarm]:
        return self._deployment.alarms

    async def spending(self) -> Spending:
        raise NotObservable("verify_bill_local")

    # ---- The loss of a task

    async def reclaim_spot_task(self) -> str:
        """Runs the stack's own drill `spot`, and returns as soon as a Spot task leaves."""
        before = {task.name for task in (await self.state()).tasks if _serves_on_spot(task)}
        if not before:
            raise NotObservable("verify_no_spot_task")
        self._drill = asyncio.create_task(self._run_drill())
        deadline = time.monotonic() + TAKEN_SECONDS
        while time.monotonic() < deadline:
            if self._drill.done():
                self._drill.result()
            serving = {task.name for task in (await self.state()).tasks if task.state == RUNNING and task.is_registered}
            if gone := before - serving:
                return gone.pop()
            await asyncio.sleep(WATCH_SECONDS)
        raise NotObservable("verify_not_taken", seconds=round(TAKEN_SECONDS))

    async def _run_drill(self) -> None:
        async with (
            new_session(aiohttp.DummyCookieJar()) as session,
            session.post(
                f"{self._addresses.page}/drills/spot",
                json={"clients": DRILL_CLIENTS},
                timeout=aiohttp.ClientTimeout(total=None),
            ) as answer,
        ):
            if answer.status != 200:
                raise NotObservable("verify_drill_refused", status=answer.status)
            async for _ in answer.content.iter_any():
                pass

    async def is_recovered(self, task: str) -> bool:
        serving = {each.name for each in (await self.state()).tasks if each.state == RUNNING and each.is_registered}
        return task not in serving and len(serving) >= self._deployment.tasks.desired


async def page_document(page: str, path: str, type_: type[T]) -> T:
    """A document of the stack's page. Raises NotObservable where the page does not answer it."""
    try:
        async with new_session(aiohttp.DummyCookieJar()) as session, session.get(page + path) as answer:
            return msgspec.json.decode(await answer.read(), type=type_)
    except (aiohttp.ClientError, TimeoutError, msgspec.MsgspecError) as error:
        raise NotObservable("verify_page_silent", url=page + path, detail=f"{type(error).__name__}: {error}") from error


def _serves_on_spot(task: TaskState) -> bool:
    return task.state == RUNNING and task.is_registered and task.capacity_provider == FARGATE_SPOT
