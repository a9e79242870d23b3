"""
Amazon ECS in memory, for rehearsals and tests: rolling deployments with the deployment circuit breaker, and one-off
tasks. It behaves as AWS documents ECS, and words events and reasons as ECS does.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from hashlib import sha256
from math import ceil

from msgspec import Struct, field

from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.outside.deploy.fake_tasks import START_SECONDS, Behavior, OneOffTasks
from glimpse.operations.releases.values import (
    MigrationTask,
    ServiceDeployment,
    ServiceEvent,
    ServiceState,
    TaskResult,
)

HEALTHY_SECONDS = 20.0
"""From RUNNING to a healthy target: two of the balancer's health checks."""

UNHEALTHY_SECONDS = 90.0
"""From RUNNING until ECS gives an unhealthy task up: the grace period of 60 s, and three failed checks."""

DRAIN_SECONDS = 30.0
ROLLBACK_SECONDS = 60.0
"""At least so long until a rollback, to tasks that run already, is complete; practitioners saw one to seven minutes."""

RETRY_PLACEMENT_SECONDS = 60.0
MIN_BREAKER_FAILURES, MAX_BREAKER_FAILURES = 3, 200
"""The circuit breaker's bounds, around half the desired count: ECS API Reference, ServiceDeploymentCircuitBreaker."""

MAX_EVENTS = 100
"""DescribeServices shows no more: ECS API Reference, Service."""

NO_CAPACITY = "Capacity is unavailable at this time. Please try again later or in a different availability zone."
IN_PROGRESS, COMPLETED, FAILED = "IN_PROGRESS", "COMPLETED", "FAILED"
PRIMARY, ACTIVE = "PRIMARY", "ACTIVE"


class _Task(Struct, eq=False):
    id: str
    is_running: bool = False
    is_healthy: bool = False
    is_draining: bool = False


class _Deployment(Struct, eq=False):
    id: str
    definition: str
    reason: str
    status: str = PRIMARY
    state: str = IN_PROGRESS
    failed: int = 0
    has_run: bool = False
    """Whether a task of it was RUNNING. From then on only health checks count."""

    completes_at: float = 0.0
    tasks: list[_Task] = field(default_factory=list)


class FakeEcs:
    """Implements releases.ports.Containers for one service, `base` of whose `desired` tasks are on demand."""

    def __init__(self, clock: FakeClock, behavior: Behavior, desired: int = 2, base: int = 1) -> None:
        self.behavior = behavior
        self.definitions: dict[str, str] = {}
        """The digest of every task definition. None is ever deregistered."""

        self._clock, self._desired, self._base = clock, desired, base
        self._deployments: list[_Deployment] = []
        self._events: list[ServiceEvent] = []
        self._one_off = OneOffTasks(clock, behavior, self.definitions, self._task_id)
        self._numbers = itertools.count(1)
        self._is_placing_later = False
        self._service = ""

    # ---- What Terraform sees and does

    @property
    def digest(self) -> str:
        """Of the image that the service is to run."""
        return self.definitions[self._deployments[0].definition]

    def register(self, family: str, digest: str) -> str:
        """Register a task definition, or find the newest one of the family if it has this digest; its ARN."""
        mine = [arn for arn in self.definitions if f"/{family}:" in arn]
        if mine and self.definitions[mine[-1]] == digest:
            return mine[-1]
        arn = f"arn:aws:ecs:ap-northeast-2:111122223333:task-definition/{family}:{len(mine) + 1}"
        self.definitions[arn] = digest
        return arn

    def deploy(self, service: str, definition: str) -> None:
        """CreateService or UpdateService: a new deployment, which replaces what runs."""
        self._service = service
        for deployment in self._deployments:
            deployment.status = ACTIVE
        number = int(sha256(str(next(self._numbers)).encode()).hexdigest(), 16) % 10**19
        identity = f"ecs-svc/{number:019d}"
        self._deployments.insert(0, _Deployment(identity, definition, f"ECS deployment {identity} in progress."))
        self._reconcile()

    # ---- Containers

    def run_task(self, task: MigrationTask, command: Sequence[str]) -> str:
        return self._one_off.run_task(task, command)

    def task_result(self, cluster: str, task: str) -> TaskResult | None:
        return self._one_off.task_result(cluster, task)

    def service(self, cluster: str, service: str) -> ServiceState | None:
        if service != self._service:
            return None
        described = [self._described(deployment) for deployment in self._deployments]
        return ServiceState(
            desired=self._desired,
            running=sum(deployment.running for deployment in described),
            deployments=described,
            events=tuple(self._events[-MAX_EVENTS:]),
        )

    # ---- The scheduler of the service

    def _described(self, deployment: _Deployment) -> ServiceDeployment:
        running = sum(task.is_running for task in deployment.tasks)
        return ServiceDeployment(
            id=deployment.id,
            status=deployment.status,
            rollout_state=deployment.state,
            rollout_reason=deployment.reason,
            task_definition=deployment.definition,
            desired=self._desired if deployment.status == PRIMARY else len(deployment.tasks),
            running=running,
            pending=len(deployment.tasks) - running,
            failed=deployment.failed,
        )

    def _reconcile(self) -> None:
        """Place what is missing within 200 % of the desired count, and stop what is too much above 100 %."""
        primary = self._deployments[0]
        if primary.state != FAILED:
            room = 2 * self._desired - sum(len(deployment.tasks) for deployment in self._deployments)
            self._place(primary, min(room, self._desired - len(primary.tasks)))
            primary = self._deployments[0]
        serving = [
            (deployment, task) for deployment in self._deployments for task in deployment.tasks
            if task.is_healthy and not task.is_draining
        ]  # fmt: skip
        older = [(deployment, task) for deployment, task in serving if deployment is not primary]
        self._stop(older[: max(0, len(serving) - self._desired)])
        is_alone = not any(deployment.tasks for deployment in self._deployments[1:])
        healthy = sum(task.is_healthy for task in primary.tasks)
        is_due = self._clock.now() >= primary.completes_at
        if primary.state == IN_PROGRESS and is_due and is_alone and healthy == self._desired:
            primary.state, primary.reason = COMPLETED, f"ECS deployment {primary.id} completed."
            del self._deployments[1:]
            self._tell(f"(deployment {primary.id}) deployment completed.")
            self._tell("has reached a steady state.")

    def _place(self, deployment: _Deployment, count: int) -> None:
        placed = []
        for _ in range(count):
            is_spot = len(deployment.tasks) >= self._base
            if is_spot and not self.behavior.has_spot:
                self._tell(f"was unable to place a task. Reason: {NO_CAPACITY}")
                self._place_later()
                if not deployment.has_run:
                    self._count_failure(deployment)
                break
            task = _Task(self._task_id())
            deployment.tasks.append(task)
            placed.append(task.id)
            self._start(deployment, task)
        if placed:
            self._tell(f"has started {len(placed)} tasks: {_named(placed)}.")

    def _place_later(self) -> None:
        def again() -> None:
            self._is_placing_later = False
            self._reconcile()

        if not self._is_placing_later:
            self._is_placing_later = True
            self._clock.later(RETRY_PLACEMENT_SECONDS, again)

    def _start(self, deployment: _Deployment, task: _Task) -> None:
        digest = self.definitions[deployment.definition]

        def run() -> None:
            if task not in deployment.tasks:
                return
            if self.behavior.start_problem(digest) is not None:
                self._fail(deployment, task)
                return
            task.is_running = deployment.has_run = True
            if self.behavior.serves(digest):
                self._clock.later(HEALTHY_SECONDS, serve)
            else:
                self._clock.later(UNHEALTHY_SECONDS, give_up)

        def serve() -> None:
            if task in deployment.tasks:
                task.is_healthy = True
                deployment.failed = 0
                self._tell("registered 1 targets in (target-group glimpse-api)")
                self._reconcile()

        def give_up() -> None:
            if task in deployment.tasks:
                reason = "due to (reason Health checks failed)"
                self._tell(f"(task {task.id}) (port 3001) is unhealthy in (target-group glimpse-api) {reason}.")
                self._tell(f"has stopped 1 running tasks: {_named([task.id])}.")
                self._fail(deployment, task)

        self._clock.later(START_SECONDS, run)

    def _fail(self, deployment: _Deployment, task: _Task) -> None:
        deployment.tasks.remove(task)
        self._count_failure(deployment)
        self._reconcile()

    def _count_failure(self, deployment: _Deployment) -> None:
        """
        For the circuit breaker: of a task that cannot be launched, does not run, or does not become healthy (ECS API
        Reference, Deployment).
        """
        deployment.failed += 1
        threshold = min(MAX_BREAKER_FAILURES, max(MIN_BREAKER_FAILURES, ceil(self._desired / 2)))
        if deployment.status == PRIMARY and deployment.state == IN_PROGRESS and deployment.failed >= threshold:
            self._give_up(deployment)

    def _give_up(self, failed: _Deployment) -> None:
        """Roll back to the COMPLETED deployment, which is IN_PROGRESS again; without one, start no more tasks."""
        failed.state, failed.reason = FAILED, "ECS deployment circuit breaker: tasks failed to start."
        self._tell(f"(deployment {failed.id}) deployment failed: tasks failed to start.")
        good = next((deployment for deployment in self._deployments if deployment.state == COMPLETED), None)
        if good is None:
            return
        failed.status, good.status, good.state = ACTIVE, PRIMARY, IN_PROGRESS
        good.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {good.id}."
        self._deployments.remove(good)
        self._deployments.insert(0, good)
        self._tell(f"rolling back to deployment {good.id}.")
        if failed.tasks:
            self._tell(f"has stopped {len(failed.tasks)} running tasks: {_named(task.id for task in failed.tasks)}.")
            failed.tasks.clear()
        good.completes_at = self._clock.now() + ROLLBACK_SECONDS
        self._clock.later(ROLLBACK_SECONDS, self._reconcile)

    def _stop(self, tasks: Sequence[tuple[_Deployment, _Task]]) -> None:
        for _, task in tasks:
            task.is_draining = True
        if not tasks:
            return
        self._tell(f"has begun draining connections on {len(tasks)} tasks.")

        def gone() -> None:
            for deployment, task in tasks:
                if task in deployment.tasks:
                    deployment.tasks.remove(task)
            self._tell(f"has stopped {len(tasks)} running tasks: {_named(task.id for _, task in tasks)}.")
            self._reconcile()

        self._clock.later(DRAIN_SECONDS, gone)

    def _tell(self, message: str) -> None:
        event = ServiceEvent(self._task_id(), self._clock.now(), f"(service {self._service}) {message}")
        self._events.append(event)

    def _task_id(self) -> str:
        return sha256(str(next(self._numbers)).encode()).hexdigest()[:32]


def _named(tasks: Iterable[str]) -> str:
    return " ".join(f"(task {task})" for task in tasks)
