"""One-off tasks and the service on Amazon ECS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.calls import AwsFailure, DeployCalls
from glimpse.operations.releases.ports import Clock
from glimpse.operations.releases.values import (
    MigrationTask,
    ServiceDeployment,
    ServiceEvent,
    ServiceState,
    TaskResult,
)

UNSEEN_SECONDS = 60.0
"""ECS is eventually consistent: DescribeTasks may not know a task yet that RunTask has just told."""

MAX_LOG_LINES = 50
MAX_LOG_PAGES = 5
"""CloudWatch Logs may answer with an empty page although there are lines."""

STOPPED = "STOPPED"
PROGRAM = "glimpse"
"""The image has no entry point: a command names the program, too."""


class EcsContainers:
    """Implements releases.ports.Containers."""

    def __init__(self, calls: DeployCalls, clock: Clock) -> None:
        self._calls, self._clock = calls, clock
        self._started: dict[str, float] = {}
        """When a task was started by this process, or was first asked for."""

        self._containers: dict[str, Mapping[str, Any]] = {}
        """The container of our own by task definition, which never changes."""

    def run_task(self, task: MigrationTask, command: Sequence[str]) -> str:
        """
        A task that runs already, with this task definition and command, is taken instead: a deploy that was killed has
        started it. (A client token for that would find a task that failed as well, for an hour after its end.)
        """
        started_by = _started_by(task.task_definition, command)
        running = self._calls.pages("ecs", "list_tasks", "taskArns", cluster=task.cluster, startedBy=started_by)
        arn = next(iter(running), None) or self._start(task, command, started_by)
        self._started[arn] = self._clock.now()
        return str(arn)

    def _start(self, task: MigrationTask, command: Sequence[str], started_by: str) -> str:
        container = self._container(task.task_definition)["name"]
        answer = self._calls.call(
            "ecs",
            "run_task",
            cluster=task.cluster,
            taskDefinition=task.task_definition,
            launchType="FARGATE",
            count=1,
            startedBy=started_by,
            propagateTags="TASK_DEFINITION",
            enableECSManagedTags=True,
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": list(task.subnets),
                    "securityGroups": list(task.security_groups),
                    "assignPublicIp": "ENABLED" if task.assign_public_ip else "DISABLED",
                }
            },
            overrides={"containerOverrides": [{"name": container, "command": [PROGRAM, *command]}]},
        )
        if not answer["tasks"]:
            failures = "; ".join(_failure_text(failure) for failure in answer["failures"])
            raise Failure("deploy_task_refused", family=_family(task.task_definition), detail=failures or "–")
        return str(answer["tasks"][0]["taskArn"])

    def task_result(self, cluster: str, task: str) -> TaskResult | None:
        since = self._started.setdefault(task, self._clock.now())
        found = self._calls.call("ecs", "describe_tasks", cluster=cluster, tasks=[task])["tasks"]
        if not found:
            if self._clock.now() - since < UNSEEN_SECONDS:
                return None
            raise Failure("deploy_task_missing", task=task, cluster=cluster)
        if found[0]["lastStatus"] != STOPPED:
            return None
        definition = found[0]["taskDefinitionArn"]
        # Beside it there may be one of AWS's own, such as the agent of GuardDuty.
        name = self._container(definition)["name"]
        container: Mapping[str, Any] = next((each for each in found[0]["containers"] if each["name"] == name), {})
        reasons = (found[0].get("stoppedReason"), container.get("reason"))
        return TaskResult(
            task=task,
            exit_code=container.get("exitCode"),
            reason=": ".join(dict.fromkeys(reason for reason in reasons if reason)) or found[0].get("stopCode", ""),
            log=self._log(definition, task) if "exitCode" in container else (),
        )

    def service(self, cluster: str, service: str) -> ServiceState | None:
        try:
            answer = self._calls.call("ecs", "describe_services", cluster=cluster, services=[service])
        except AwsFailure as failure:
            if failure.error_code == "ClusterNotFoundException":
                return None
            raise
        found = next((each for each in answer["services"] if each["status"] != "INACTIVE"), None)
        if found is None:
            return None
        return ServiceState(
            desired=found["desiredCount"],
            running=found["runningCount"],
            deployments=[_deployment(each) for each in found["deployments"]],
            # ECS tells the newest first.
            events=[
                ServiceEvent(event["id"], event["createdAt"].timestamp(), event["message"])
                for event in reversed(found.get("events", ()))
            ],
        )

    def _container(self, definition: str) -> Mapping[str, Any]:
        if definition not in self._containers:
            answer = self._calls.call("ecs", "describe_task_definition", taskDefinition=definition)
            self._containers[definition] = answer["taskDefinition"]["containerDefinitions"][0]
        return self._containers[definition]

    def _log(self, definition: str, task: str) -> Sequence[str]:
        """The last lines. None where the log driver has written none."""
        container = self._container(definition)
        options = container.get("logConfiguration", {}).get("options", {})
        if "awslogs-group" not in options:
            return ()
        stream = f"{options.get('awslogs-stream-prefix')}/{container['name']}/{task.rpartition('/')[2]}"
        group = options["awslogs-group"]
        token: str | None = None
        for _ in range(MAX_LOG_PAGES):
            more = {"nextToken": token} if token else {}
            try:
                answer = self._calls.call(
                    "logs", "get_log_events", logGroupName=group, logStreamName=stream, limit=MAX_LOG_LINES, **more
                )
            except AwsFailure as failure:
                if failure.error_code == "ResourceNotFoundException":
                    return ()
                raise
            if answer["events"] or answer.get("nextBackwardToken") in (None, token):
                return [event["message"].rstrip("\n") for event in answer["events"]]
            token = answer["nextBackwardToken"]
        return ()


def _started_by(definition: str, command: Sequence[str]) -> str:
    return "glimpse-deploy-" + sha256("\0".join((definition, *command)).encode()).hexdigest()[:20]


def _failure_text(failure: Mapping[str, str]) -> str:
    return " – ".join(failure[key] for key in ("reason", "detail") if failure.get(key))


def _family(definition: str) -> str:
    return definition.rpartition("/")[2].partition(":")[0]


def _deployment(found: Mapping[str, Any]) -> ServiceDeployment:
    return ServiceDeployment(
        id=found["id"],
        status=found["status"],
        rollout_state=found.get("rolloutState", ""),
        rollout_reason=found.get("rolloutStateReason", ""),
        task_definition=found["taskDefinition"],
        desired=found["desiredCount"],
        running=found["runningCount"],
        pending=found["pendingCount"],
        failed=found.get("failedTasks", 0),
    )
