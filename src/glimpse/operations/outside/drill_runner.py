"""
Run a drill on a stack: `partial(run_drill, stack)` is what the stack's page runs.

What happens meanwhile goes to the stack's timeline, so that whoever subscribed to the stack sees it as it happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from glimpse.chat.failure import Failure
from glimpse.operations.drills.drills import (
    CONNECTIONS,
    DRILLS,
    NOTHING,
    PART,
    SERVICE,
    TASK,
    DrillKind,
    last_served_at,
    task_to_take,
    terminated_at,
)
from glimpse.operations.drills.figures import figures
from glimpse.operations.drills.promises import DrillObservations
from glimpse.operations.drills.result import Drill, DrillRequest
from glimpse.operations.drills.validation import validate_request
from glimpse.operations.outside.drill_clients import Client
from glimpse.operations.outside.drill_load import Load, User, prepared_load
from glimpse.operations.outside.drill_slow_readers import read_nothing, write_large_history
from glimpse.operations.outside.drill_upload import upload
from glimpse.operations.outside.drill_watch import ClientWatch
from glimpse.operations.ports import LocalStack
from glimpse.operations.state import BUS, CLIENTS, DRILL, FARGATE_SPOT, TimelineEvent

CONNECT_SECONDS, BACK_SECONDS, ANSWER_SECONDS = 60.0, 60.0, 60.0
BEFORE_SECONDS, AFTER_SECONDS = 5.0, 3.0
MAX_RECOVERY_SECONDS = 600.0
SETTLE_SECONDS = 2.5
"""After the last message: an event is at most so late, while the bus is away."""

CONNECT_APART_SECONDS = 0.02
SLOW_READERS = 3


async def run_drill(stack: LocalStack, request: DrillRequest) -> Drill:
    """Raises Failure where the drill could not run; a broken promise is a result."""
    validate_request(request)
    kind = DRILLS[request.name]
    if kind.part == BUS and not stack.state().addresses.bus:
        raise Failure("drill_no_bus")
    seed = secrets.randbelow(2**31) if request.seed is None else request.seed
    timeline: list[TimelineEvent] = []
    watch = ClientWatch(stack)
    stack.subscribers.add(timeline.append)
    try:
        url = stack.state().addresses.chat
        load_random = Random(f"{seed}-load")  # noqa: S311
        stack.record(CLIENTS, "drill_signing_up", clients=request.clients)
        async with (
            prepared_load(url, request.clients, kind.quiet_clients, load_random, watch.on_note) as load,
            _running(watch.tell()),
        ):
            return await _Run(stack, kind, request, seed, load, timeline).run(load_random)
    finally:
        stack.subscribers.discard(timeline.append)


class _Run:
    """One drill, from the load that begins to the judged result."""

    def __init__(
        self,
        stack: LocalStack,
        kind: DrillKind,
        request: DrillRequest,
        seed: int,
        load: Load,
        timeline: list[TimelineEvent],
    ) -> None:
        self.stack, self.kind, self.request, self.seed, self.load = stack, kind, request, seed, load
        self.timeline = timeline
        self.began = self.taken_at = self.ended = 0.0
        self.recovered_at: float | None = None
        self.serving = 0
        """How many tasks served when it was taken away."""

        self.taken = ""
        self.remarks: list[str] = []
        self.upload_seconds: float | None = None
        self.slow_readers: list[User] = []
        self.slow_readers_disconnected = 0

    async def run(self, random: Random) -> Drill:
        async with _running(*_spaced(self.load.clients)):
            await self._wait_for_clients()
            if self.request.name == "slow-readers":
                await self._prepare_slow_readers(random)
            async with _running(*(self.load.talk(client, _fork(random)) for client in self.load.talking)):
                await self._take_away_under_load()
            await self._wait_for_answers()
        await asyncio.gather(*(_fetch_anew(client) for client in self.load.talking))
        return self._judged()

    async def _wait_for_clients(self) -> None:
        load = self.load
        if not await _until(lambda: load.connected == len(load.clients), CONNECT_SECONDS):
            raise Failure("drill_not_connected", connected=load.connected, clients=len(load.clients))

    async def _take_away_under_load(self) -> None:
        """Until every client is back, or would have had the time for it."""
        stack, load = self.stack, self.load
        self.began = time.time()
        stack.record(CLIENTS, "drill_clients_talk", clients=len(load.clients))
        await asyncio.sleep(BEFORE_SECONDS)
        self.serving = sum(task.is_registered for task in stack.state().tasks)
        async with self._beside():
            self.taken_at = time.time()
            self.recovered_at = await self._take_away()
            if self.recovered_at is not None:
                stack.record(DRILL, "drill_recovered", seconds=round(self.recovered_at - self.taken_at, 1))
        # A client notices a moment later that its connection ended.
        await asyncio.sleep(AFTER_SECONDS)
        await _until(lambda: load.connected == len(load.clients), BACK_SECONDS)
        await asyncio.sleep(AFTER_SECONDS)
        self.ended = time.time()

    async def _wait_for_answers(self) -> None:
        """Until no message waits for its acknowledgement; then the clients leave."""
        self.stack.record(CLIENTS, "drill_clients_stop")
        await _until(lambda: not any(client.unanswered for client in self.load.talking), ANSWER_SECONDS)
        await asyncio.sleep(SETTLE_SECONDS)
        await asyncio.gather(*(client.leave() for client in self.load.clients))

    def _judged(self) -> Drill:
        stack, seen = self.stack, figures(self.load.notes, self.began, self.ended)
        observed = DrillObservations(
            figures=seen,
            notes=self.load.notes,
            timings=stack.timings,
            taken_at=self.taken_at,
            recovered_at=self.recovered_at,
            can_serve_meanwhile=self.serving > 1,
            terminated=terminated_at(self.timeline),
            upload_seconds=self.upload_seconds,
            slow_readers=len(self.slow_readers),
            slow_readers_disconnected=self.slow_readers_disconnected,
        )
        promises = [judge(observed) for judge in self.kind.judges]
        return Drill(
            name=self.request.name,
            seed=self.seed,
            timings=stack.timings,
            tasks=self.serving,
            bus=stack.deployment.bus or "",
            taken=self.taken,
            began=self.began,
            taken_at=self.taken_at,
            recovered_at=self.recovered_at,
            ended=self.ended,
            figures=seen,
            promises=promises,
            timeline=self.timeline[:],
            is_kept=all(promise.is_kept for promise in promises),
            recovery_seconds=None if self.recovered_at is None else self.recovered_at - self.taken_at,
            everyone_back_seconds=seen.everyone_back(self.taken_at),
            document_recovery_seconds=stack.plan.document_recovery_seconds,
            remarks=self.remarks,
        )

    async def _take_away(self) -> float | None:
        """Take it away and wait until everything is as before. When that was; None where it was not in time."""
        began, taking = time.time(), asyncio.create_task(self._take())
        done, _ = await asyncio.wait({taking}, timeout=MAX_RECOVERY_SECONDS)
        if not done:
            taking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await taking
            return None
        await taking
        # The stack is as before once the old task has ended, too; the service recovered when the new one served.
        served_at = last_served_at(self.timeline, began) if self.kind.takes == TASK else None
        return served_at or time.time()

    async def _take(self) -> None:
        random = Random(self.seed)  # noqa: S311
        stack, name = self.stack, self.request.name
        if self.kind.takes == TASK:
            task = task_to_take(name, stack.state().tasks, random.random())
            if task is None:
                raise Failure("drill_no_task")
            self.taken = task.name
            if name == "spot":
                if task.capacity_provider != FARGATE_SPOT:
                    self.remarks.append("drill_none_on_spot")
                await stack.reclaim_task(task.name, random)
            else:
                await stack.kill_task(task.name, random)
        elif self.kind.takes == PART:
            self.taken = self.kind.part
            await stack.kill_part(self.kind.part)
        elif self.kind.takes == CONNECTIONS:
            self.taken = CONNECTIONS
            await stack.cut_clients()
        elif self.kind.takes == SERVICE:
            self.taken = SERVICE
            await stack.deploy(self.request.environment, random)
        else:
            self.taken = NOTHING
            await self._read_slowly()

    @asynccontextmanager
    async def _beside(self) -> AsyncIterator[None]:
        """For `storage`, an upload that is under way when the part is taken away, and that the block waits for."""
        if self.request.name != "storage":
            yield
            return
        started = asyncio.Event()
        uploading = asyncio.create_task(upload(self.load.api, self.load.users[0], started))
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await started.wait()
            self.stack.record(CLIENTS, "drill_upload_began")
            yield
            self.upload_seconds = await uploading
            self.stack.record(CLIENTS, "drill_upload_done", seconds=round(self.upload_seconds, 1))
        except (TimeoutError, Failure):
            self.stack.record(CLIENTS, "drill_upload_failed")
        finally:
            uploading.cancel()

    # ---- Slow readers

    async def _prepare_slow_readers(self, random: Random) -> None:
        api = self.load.api
        user = await api.sign_up(f"drillslow{secrets.token_hex(5)}")
        writer = Client(user.id, api.url, user.token, "websocket", _fork(random), lambda note: None, is_quiet=True)
        async with _running(writer.run()):
            await write_large_history(api, user, writer)
        self.slow_readers = [user] * SLOW_READERS

    async def _read_slowly(self) -> None:
        self.stack.record(CLIENTS, "drill_slow_readers_began", clients=len(self.slow_readers))
        ended = await asyncio.gather(*(read_nothing(self.load.api.url, user) for user in self.slow_readers))
        self.slow_readers_disconnected = sum(ended)
        self.stack.record(CLIENTS, "drill_slow_readers_ended", clients=sum(ended), of=len(ended))


def _fork(random: Random) -> Random:
    return Random(random.random())  # noqa: S311


def _spaced(clients: Any) -> list[Coroutine[Any, Any, None]]:
    async def later(client: Client, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await client.run()

    return [later(client, number * CONNECT_APART_SECONDS) for number, client in enumerate(clients)]


async def _fetch_anew(client: Client) -> None:
    for _ in range(3):
        if await client.fetch_anew():
            return
        await asyncio.sleep(1)


async def _until(what: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


@asynccontextmanager
async def _running(*coroutines: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """These run while the block does, and are cancelled at its end. What one of them raises ends the block."""
    tasks = [asyncio.create_task(each) for each in coroutines]
    try:
        yield
        for task in tasks:
            if task.done() and not task.cancelled() and (error := task.exception()):
                raise error
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
