"""An ECS service on this machine: it keeps as many tasks as wanted, and takes them away as AWS does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from signal import SIGINT, SIGKILL
from typing import Any

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Deployment
from glimpse.operations.local.placement import next_provider
from glimpse.operations.local.restarts import RestartPolicy
from glimpse.operations.local.rolling import Counts, Step, bounds, has_room, next_step
from glimpse.operations.local.traffic import Sample
from glimpse.operations.outside.ecs_task import START_SECONDS, EcsTask, Record
from glimpse.operations.outside.haproxy import HaProxy
from glimpse.operations.outside.task_factory import TaskFactory
from glimpse.operations.outside.task_process import SERVE
from glimpse.operations.state import CLIENTS, FAILED, SERVICE, STOPPED, TaskState
from glimpse.operations.timings import Timings

MAX_FAILED_STARTS = 3
"""After so many a deploy is rolled back: the least threshold of ECS's deployment circuit breaker."""

STOP_SECONDS = 5.0


class EcsService:
    """
    `balancer` has the servers of `placement.server_names`; its owner starts and stops it, before or after this service.
    `environment`: the variables that the other parts give to a task. `folder` exists and belongs to nobody else; it
    gets the tasks' logs. What happens goes to `record`.
    """

    def __init__(
        self,
        deployment: Deployment,
        timings: Timings,
        balancer: HaProxy,
        environment: Mapping[str, str],
        folder: Path,
        record: Record,
        command: Sequence[str] = SERVE,
    ) -> None:
        tasks = deployment.tasks
        self._factory = TaskFactory(deployment, timings, balancer, environment, folder, record, command)
        self.limits = self._factory.limits
        self._deployment, self._timings, self._balancer, self._record = deployment, timings, balancer, record
        self._wanted, self._bounds = tasks.desired, bounds(tasks, tasks.desired)
        self._tasks: list[EcsTask] = []
        self._deployed: Mapping[str, str] = {}
        self._revision = self._revisions = 0
        self._restarts = RestartPolicy()
        self._start_after = 0.0
        self._failed_starts = 0
        self._random: Random | None = None
        self._operation = asyncio.Lock()
        self._changed = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()
        self._defect: BaseException | None = None

    # ---- For the stack

    async def start(self) -> None:
        """
        Start all tasks at once, and return when all serve. Raises Failure where one cannot start. Tasks that a killed
        process left in the folder are ended first.
        """
        if orphans := await self._factory.remove_leftovers():
            self._record(SERVICE, "orphans_ended", count=orphans)
        self._spawn(self._reconcile_forever())
        await self._until(lambda: self._is_settled() or self._failed_starts > 0)
        if self._failed_starts:
            await self.stop()
            failed = next(task for task in self._tasks if task.explanation is not None)
            raise Failure("tasks_not_started", log=str(failed.process.log), said=failed.explanation or "-")

    async def stop(self) -> None:
        """End all tasks. Their sockets are closed at once, and the requests under way are answered. Idempotent."""
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        running = [task for task in self._tasks if task.process.pid]
        for task in running:
            # SIGTERM would begin a drain, which is for clients that have another task to go to.
            task.process.signal(SIGINT)
        ends = [asyncio.ensure_future(task.process.wait()) for task in running]
        if ends:
            await asyncio.wait(ends, timeout=STOP_SECONDS)
        for task in running:
            task.process.signal(SIGKILL)
        await asyncio.gather(*ends)
        for task in self._tasks:
            task.end()

    def states(self) -> Sequence[TaskState]:
        """With the figures of the last `sample`. A task that died is there until its replacement starts."""
        return [task.state() for task in self._tasks]

    async def sample(self) -> Mapping[str, Sample | None]:
        """Ask each task that runs for its metrics; None where it does not answer. Meant for once a second."""
        running = [task for task in self._tasks if task.process.pid]
        samples = await asyncio.gather(*(task.measure(self._deployment.tasks.vcpu) for task in running))
        return {task.name: sample for task, sample in zip(running, samples, strict=True)}

    def replace_unhealthy(self, servers: Collection[str]) -> None:
        """Stop the tasks that fail the health check in these servers, and start others, as ECS does."""
        for task in self._tasks:
            if task.is_serving and task.server in servers and not task.is_in_grace:
                check = self._deployment.balancer.health_check
                self._record(task.name, "task_unhealthy", count=check.unhealthy, path=check.path)
                task.leave()
                self._spawn(task.retire())
                self._notify()

    # ---- What drills do: see `ports.LocalStack`

    async def reclaim_task(self, task: str, random: Random) -> None:
        """Also raises Failure where no such task runs."""
        async with self._operating(random):
            reclaimed = self._running(task)
            self._record(task, "task_reclaimed", seconds=self._timings.stop_timeout)
            reclaimed.leave()
            self._notify()
            self._spawn(reclaimed.terminate())
            await reclaimed.deregister()
            await reclaimed.drain()
            await self._until(self._is_settled)

    async def kill_task(self, task: str, random: Random) -> None:
        """Also raises Failure where no such task runs."""
        async with self._operating(random):
            killed = self._running(task)
            killed.is_killed = True
            self._record(task, "task_killed")
            killed.process.signal(SIGKILL)
            await self._until(lambda: killed.has_ended and self._is_settled())

    async def deploy(self, environment: Mapping[str, str], random: Random) -> None:
        """Raises Failure where it was rolled back, or where the Terraform's percents leave it no room."""
        async with self._operating(random):
            if not has_room(self._bounds):
                tasks = self._deployment.tasks
                raise Failure("deploy_no_room", least=tasks.minimum_healthy_percent, most=tasks.maximum_percent)
            deployed, revision = self._deployed, self._revision
            self._record(SERVICE, "deploy_began", names=", ".join(sorted(environment)) or "-")
            self._failed_starts = 0
            self._replace_all({**deployed, **environment}, self._revisions + 1)
            await self._until(lambda: self._is_settled() or self._failed_starts >= MAX_FAILED_STARTS)
            if self._failed_starts < MAX_FAILED_STARTS:
                self._record(SERVICE, "deploy_done")
                return
            said = next((task.explanation for task in reversed(self._tasks) if task.explanation), None)
            self._record(SERVICE, "deploy_rolling_back", count=self._failed_starts)
            self._replace_all(deployed, revision)
            await self._until(self._is_settled)
            raise Failure("deploy_rolled_back", count=MAX_FAILED_STARTS, said=said or "-")

    async def cut_clients(self) -> None:
        self._record(CLIENTS, "clients_cut")
        await self._balancer.cut()

    # ---- Keeping the wanted tasks

    async def _reconcile_forever(self) -> None:
        while True:
            changed = self._changed
            pause = self._reconcile()
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), pause)

    def _reconcile(self) -> float | None:
        """Start and stop what is to be; seconds until there is more to do, None where only a change brings it."""
        live = [task for task in self._tasks if task.is_live]
        dead = [task for task in self._tasks if task.has_ended]
        if dead and len(live) >= self._wanted:
            self._tasks = [task for task in self._tasks if not task.has_ended]
            # A rollback may wait for nothing but this.
            self._notify()
        new = [task for task in live if task.revision == self._revision]
        old = [task for task in live if task.revision != self._revision]
        new_serving, old_serving = (sum(task.is_serving for task in some) for some in (new, old))
        counts = Counts(new_serving, len(new) - new_serving, old_serving, len(old) - old_serving)
        step = next_step(counts, self._bounds)
        self._stop_old(old, step)
        pause = self._start_after - asyncio.get_running_loop().time()
        taken = {task.server for task in self._tasks if not task.has_ended}
        free = [server for server in self._balancer.servers if server not in taken]
        if not step.start or not free:
            return None
        if pause > 0:
            return pause
        for server in free[: step.start]:
            self._start_task(server)
        return None

    def _stop_old(self, old: Sequence[EcsTask], step: Step) -> None:
        for task in [task for task in old if task.is_serving][: step.stop_serving]:
            task.leave()
            self._spawn(task.retire())
        if step.stop_starting:
            for task in [task for task in old if not task.is_serving]:
                task.leave()
                task.process.signal(SIGKILL)

    def _start_task(self, server: str) -> None:
        """In place of a task that died, where there is one."""
        if dead := next((task for task in self._tasks if task.has_ended), None):
            self._tasks.remove(dead)
        providers = (task.capacity_provider for task in self._tasks if task.is_live and task.revision == self._revision)
        provider = next_provider(self._deployment.tasks, self._wanted, providers)
        task = self._factory.make(server, provider, self._revision, self._deployed)
        self._tasks.append(task)
        self._record(task.name, "task_starting", provider=provider)
        seconds = self._timings.start_seconds(self._random) if self._random else 0.0
        self._spawn(self._run(task, seconds))

    async def _run(self, task: EcsTask, seconds: float) -> None:
        code = await task.run(seconds, on_serving=self._notify)
        if task.is_leaving:
            self._record(task.name, "task_ended", exit=_exit_code(code))
            self._tasks.remove(task)
        else:
            self._note_death(task, code)
        self._notify()

    def _note_death(self, task: EcsTask, code: int) -> None:
        """It ended without being told to. Its replacement starts now, or after a pause where tasks keep dying."""
        task.explanation = task.explanation or task.process.last_lines()
        if task.is_out_of_memory:
            self._record(task.name, "task_out_of_memory", mib=self._deployment.tasks.memory_mib)
        elif task.is_late:
            self._record(task.name, "task_not_healthy", seconds=int(START_SECONDS))
        else:
            self._record(task.name, "task_died", exit=_exit_code(code))
        pause = 0.0
        if not task.is_killed:
            served = task.served_seconds
            self._failed_starts += served is None
            pause = self._restarts.pause(served or 0.0)
        self._start_after = asyncio.get_running_loop().time() + pause
        if pause:
            self._record(task.name, "task_restart_waits", seconds=round(pause))
        task.become(FAILED if pause else STOPPED)

    # ---- Waiting

    def _is_settled(self) -> bool:
        """Whether all wanted tasks serve with the settings in force, and no other one runs."""
        return len(self._tasks) == self._wanted and all(
            task.is_serving and task.revision == self._revision for task in self._tasks
        )

    async def _until(self, condition: Callable[[], bool]) -> None:
        while True:
            changed = self._changed
            if self._defect:
                raise self._defect
            if condition():
                return
            await changed.wait()

    def _notify(self) -> None:
        """Wake everything that waits."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _replace_all(self, environment: Mapping[str, str], revision: int) -> None:
        """Replace all tasks by tasks with these settings."""
        self._deployed, self._revision = environment, revision
        self._revisions = max(self._revisions, revision)
        self._start_after, self._restarts = 0.0, RestartPolicy()
        self._notify()

    def _running(self, name: str) -> EcsTask:
        if task := next(
            (task for task in self._tasks if task.name == name and task.is_live and task.process.pid), None
        ):
            return task
        names = ", ".join(task.name for task in self._tasks if task.is_live)
        raise Failure("task_not_running", task=name, names=names or "-")

    @asynccontextmanager
    async def _operating(self, random: Random) -> AsyncIterator[None]:
        """One change at a time. Tasks that start meanwhile take as long as on AWS."""
        async with self._operation:
            self._random = random
            try:
                yield
            finally:
                self._random = None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        job = asyncio.get_running_loop().create_task(work)
        self._jobs.add(job)
        job.add_done_callback(self._on_job_done)

    def _on_job_done(self, job: asyncio.Task[None]) -> None:
        """What goes wrong in the background is raised where somebody waits for it."""
        self._jobs.discard(job)
        if not job.cancelled() and (error := job.exception()):
            self._defect = error
            self._notify()


def _exit_code(code: int) -> int:
    """As ECS shows it: 137 is the end by SIGKILL, which Python has as -9."""
    return 128 - code if code < 0 else code
