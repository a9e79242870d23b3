"""One-off tasks of Amazon ECS in memory, and what happens to the tasks of a rehearsal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.releases.values import MigrationTask, TaskResult

START_SECONDS = 45.0
"""From the placement of a Fargate task to RUNNING: 25 to 90 s, as practitioners report."""

RUN_SECONDS = 20.0
"""How long a one-off task runs."""


class Behavior(Struct):
    """
    What happens to tasks. `start_problem`: the reason why a task with this digest never runs, such as an image that
    cannot be pulled. `serves`: whether a service task with this digest becomes healthy. `run`: the exit code and the
    log of a one-off task. `refusal`: the reason for which RunTask refuses every task.
    """

    start_problem: Callable[[str], str | None]
    serves: Callable[[str], bool]
    run: Callable[[str, Sequence[str]], tuple[int, Sequence[str]]]
    refusal: str | None = None
    has_spot: bool = True


class OneOffTasks:
    """`definitions`: the digest of each task definition. `new_id` gives the id of a task."""

    def __init__(
        self, clock: FakeClock, behavior: Behavior, definitions: Mapping[str, str], new_id: Callable[[], str]
    ) -> None:
        self._clock, self._behavior, self._definitions, self._new_id = clock, behavior, definitions, new_id
        self._tasks: dict[str, tuple[str, list[TaskResult]]] = {}
        """By ARN: what started it, and its result once it has ended."""

    def run_task(self, task: MigrationTask, command: Sequence[str]) -> str:
        if self._behavior.refusal is not None:
            raise Failure("deploy_task_refused", family=family(task.task_definition), detail=self._behavior.refusal)
        started_by = "\0".join((task.task_definition, *command))
        for arn, (by, ended) in self._tasks.items():
            if by == started_by and not ended:
                return arn
        arn = f"arn:aws:ecs:ap-northeast-2:111122223333:task/{task.cluster}/{self._new_id()}"
        results: list[TaskResult] = []
        digest = self._definitions[task.task_definition]

        def end() -> None:
            exit_code, log = self._behavior.run(digest, command)
            results.append(TaskResult(arn, exit_code, "Essential container in task exited", log))

        def start() -> None:
            if (problem := self._behavior.start_problem(digest)) is not None:
                results.append(TaskResult(arn, None, problem))
            else:
                self._clock.later(RUN_SECONDS, end)

        self._tasks[arn] = started_by, results
        self._clock.later(START_SECONDS, start)
        return arn

    def task_result(self, cluster: str, task: str) -> TaskResult | None:
        if task not in self._tasks:
            raise Failure("deploy_task_missing", task=task, cluster=cluster)
        return next(iter(self._tasks[task][1]), None)


def family(definition: str) -> str:
    return definition.rpartition("/")[2].partition(":")[0]
