"""
One-off tasks and the service of `glimpse deploy`: one contract for the fake of a rehearsal and for ECS.

ministack answers for ECS where it can. It completes an update at once and keeps the deployment before it, tells hardly
any events, knows no circuit breaker, and starts any task, which runs until it is stopped. moto's RunTask needs a network
of its own, and its services never run. What they cannot tell, a test answers in the shape of ECS's service model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.calls import DeployCalls
from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.outside.deploy.ecs import UNSEEN_SECONDS, EcsContainers
from glimpse.operations.outside.deploy.fake_ecs import FakeEcs
from glimpse.operations.outside.deploy.fake_tasks import Behavior
from glimpse.operations.releases.ports import Containers
from glimpse.operations.releases.rollout import FAILED, STEADY, judge
from glimpse.operations.releases.values import MigrationTask, ServiceState
from tests.operations.aws_stack import REGION, aws_session, running_ministack
from tests.operations.deploy_calls import Refused, StubbedAws

OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64
CLUSTER, SERVICE, FAMILY = "glimpse-deployed", "glimpse-api", "glimpse-deployed-migrate"


class World(Struct):
    """`register` and `deploy` do what Terraform does; `end` lets a task come to its end."""

    containers: Containers
    register: Callable[[str, str], str]
    deploy: Callable[[str], None]
    end: Callable[[str], None]


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as url:
        yield url


@pytest.fixture(params=["fake", "ministack"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    if request.param == "fake":
        yield fake_world()
        return
    monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("ministack"))
    session = aws_session()
    ecs = session.client("ecs")
    ecs.create_cluster(clusterName=CLUSTER)
    yield ministack_world(ecs, EcsContainers(DeployCalls(session, REGION), FakeClock()))
    for service in ecs.list_services(cluster=CLUSTER)["serviceArns"]:
        ecs.delete_service(cluster=CLUSTER, service=service, force=True)


def fake_world() -> World:
    clock = FakeClock()
    fake = FakeEcs(clock, Behavior(lambda digest: None, lambda digest: True, lambda digest, command: (0, ())))

    def deploy(definition: str) -> None:
        fake.deploy(SERVICE, definition)
        clock.sleep(600)

    return World(fake, fake.register, deploy, lambda task: clock.sleep(600))


def ministack_world(ecs: Any, containers: Containers) -> World:
    def register(family: str, digest: str) -> str:
        image = f"111122223333.dkr.ecr.{REGION}.amazonaws.com/glimpse-deployed-api@{digest}"
        answer = ecs.register_task_definition(
            family=family, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
            containerDefinitions=[{"name": "api", "image": image, "essential": True}],
        )  # fmt: skip
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def deploy(definition: str) -> None:
        if ecs.list_services(cluster=CLUSTER)["serviceArns"]:
            ecs.update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=definition)
        else:
            ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, taskDefinition=definition, desiredCount=2)

    return World(containers, register, deploy, lambda task: ecs.stop_task(cluster=CLUSTER, task=task))


def migration(definition: str) -> MigrationTask:
    return MigrationTask(CLUSTER, definition, ("subnet-1", "subnet-2"), ("sg-1",), assign_public_ip=True)


# ---- The contract


def test_a_service_is_not_there_before_it_is_made(world: World) -> None:
    assert world.containers.service(CLUSTER, SERVICE) is None


def test_a_steady_service_has_one_deployment_with_its_task_definition(world: World) -> None:
    world.deploy(world.register("glimpse-deployed-api", OLD))
    state = world.containers.service(CLUSTER, SERVICE)
    assert state is not None
    [deployment] = state.deployments
    assert (deployment.status, deployment.rollout_state) == ("PRIMARY", "COMPLETED")
    assert (state.desired, state.running, deployment.running) == (2, 2, 2)
    assert judge(state, deployment.task_definition).verdict == STEADY


def test_an_update_makes_a_primary_deployment_of_the_new_image(world: World) -> None:
    old, new = (world.register("glimpse-deployed-api", digest) for digest in (OLD, NEW))
    for definition in (old, new):
        world.deploy(definition)
    state = world.containers.service(CLUSTER, SERVICE)
    assert state is not None
    primary = state.deployments[0]
    assert (primary.status, primary.rollout_state) == ("PRIMARY", "COMPLETED")
    assert primary.task_definition == new
    assert judge(state, old, is_late=True).verdict == FAILED


def test_a_task_that_runs_already_is_not_started_a_second_time(world: World) -> None:
    task = migration(world.register(FAMILY, OLD))
    first = world.containers.run_task(task, ("migrate",))
    assert world.containers.task_result(CLUSTER, first) is None
    assert world.containers.run_task(task, ("migrate",)) == first
    other = world.containers.run_task(task, ("migrate", "--after"))
    assert other != first
    world.end(first)
    ended = world.containers.task_result(CLUSTER, first)
    assert ended is not None
    assert ended.task == first
    assert world.containers.run_task(task, ("migrate",)) != first, "one that has ended is started again"


# ---- ECS's answers

DEFINITION = f"arn:aws:ecs:{REGION}:111122223333:task-definition/{FAMILY}:7"
TASK = f"arn:aws:ecs:{REGION}:111122223333:task/{CLUSTER}/0f3e"
CONTAINER = {
    "name": "migrate",
    "image": f"111122223333.dkr.ecr.{REGION}.amazonaws.com/glimpse-deployed-api@{NEW}",
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "/ecs/glimpse-deployed", "awslogs-stream-prefix": "migrate"},
    },
}
ANSWERS: Mapping[str, Any] = {
    "ListTasks": {"taskArns": []},
    "DescribeTaskDefinition": {"taskDefinition": {"containerDefinitions": [CONTAINER]}},
    "RunTask": {"tasks": [{"taskArn": TASK}], "failures": []},
    "DescribeTasks": {"tasks": [], "failures": [{"arn": TASK, "reason": "MISSING"}]},
    "GetLogEvents": {"events": [{"message": "the lock is held\n"}, {"message": "canceling statement"}]},
}


def stopped(**more: Any) -> Mapping[str, Any]:
    task = {"taskArn": TASK, "taskDefinitionArn": DEFINITION, "lastStatus": "STOPPED", "containers": [], **more}
    return {"DescribeTasks": {"tasks": [task]}}


def containers(answers: Mapping[str, Any]) -> tuple[EcsContainers, StubbedAws, FakeClock]:
    aws, clock = StubbedAws({**ANSWERS, **answers}), FakeClock()
    return EcsContainers(aws.calls, clock), aws, clock


def test_a_task_starts_on_fargate_in_the_subnets_of_the_service_with_its_command() -> None:
    port, aws, _ = containers({})
    assert port.run_task(migration(DEFINITION), ("migrate", "--after")) == TASK
    [asked] = aws.parameters("RunTask")
    assert asked["launchType"] == "FARGATE"
    assert asked["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED",
    }  # fmt: skip
    assert asked["overrides"]["containerOverrides"] == [
        {"name": "migrate", "command": ["glimpse", "migrate", "--after"]}
    ]
    assert asked["startedBy"] == aws.parameters("ListTasks")[0]["startedBy"]
    assert len(asked["startedBy"]) <= 36


def test_a_task_behind_a_nat_gets_no_public_address() -> None:
    port, aws, _ = containers({})
    port.run_task(replace(migration(DEFINITION), assign_public_ip=False), ("migrate",))
    network = aws.parameters("RunTask")[0]["networkConfiguration"]
    assert network["awsvpcConfiguration"]["assignPublicIp"] == "DISABLED"


def test_the_running_task_is_found_on_a_later_page() -> None:
    pages = [{"taskArns": [], "nextToken": "more"}, {"taskArns": [TASK]}]
    port, aws, _ = containers({"ListTasks": pages})
    assert port.run_task(migration(DEFINITION), ("migrate",)) == TASK
    assert not aws.parameters("RunTask")


def test_a_task_that_ecs_does_not_place_is_a_sentence_with_its_reasons() -> None:
    failures = [
        {"reason": "RESOURCE:ENI", "arn": "arn:x"},
        {"reason": "Capacity is unavailable at this time.", "detail": "ap-northeast-2a"},
    ]
    port, _, _ = containers({"RunTask": {"tasks": [], "failures": failures}})
    with pytest.raises(Failure) as caught:
        port.run_task(migration(DEFINITION), ("migrate",))
    assert caught.value.code == "deploy_task_refused"
    assert caught.value.values == {
        "family": FAMILY, "detail": "RESOURCE:ENI; Capacity is unavailable at this time. – ap-northeast-2a",
    }  # fmt: skip


def test_a_task_that_ecs_does_not_know_yet_still_runs() -> None:
    port, _, clock = containers({})
    task = port.run_task(migration(DEFINITION), ("migrate",))
    clock.sleep(UNSEEN_SECONDS - 1)
    assert port.task_result(CLUSTER, task) is None
    clock.sleep(1)
    with pytest.raises(Failure) as caught:
        port.task_result(CLUSTER, task)
    assert caught.value.code == "deploy_task_missing"


@pytest.mark.parametrize("status", ["PROVISIONING", "PENDING", "RUNNING", "DEPROVISIONING"])
def test_a_task_has_no_result_before_it_has_stopped(status: str) -> None:
    port, _, _ = containers(stopped(lastStatus=status))
    assert port.task_result(CLUSTER, TASK) is None


def test_a_migration_that_failed_has_its_exit_code_its_reason_and_the_end_of_its_log() -> None:
    ended = [{"name": "aws-guardduty-agent", "exitCode": 0}, {"name": "migrate", "exitCode": 1}]
    empty = {"events": [], "nextBackwardToken": "b/1"}
    answers = stopped(stoppedReason="Essential container in task exited", containers=ended)
    port, aws, _ = containers({**answers, "GetLogEvents": [empty, ANSWERS["GetLogEvents"]]})
    result = port.task_result(CLUSTER, TASK)
    assert result is not None
    assert (result.exit_code, result.reason) == (1, "Essential container in task exited")
    assert result.log == ["the lock is held", "canceling statement"]
    asked = aws.parameters("GetLogEvents")[0]
    assert (asked["logGroupName"], asked["logStreamName"]) == ("/ecs/glimpse-deployed", "migrate/migrate/0f3e")


def test_a_container_that_was_killed_says_why_and_needs_no_log() -> None:
    ended = {"name": "migrate", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}
    answers = stopped(stoppedReason="Essential container in task exited", containers=[ended])
    port, _, _ = containers({**answers, "GetLogEvents": Refused("ResourceNotFoundException")})
    result = port.task_result(CLUSTER, TASK)
    assert result is not None
    assert result.reason.endswith("exited: OutOfMemoryError: Container killed due to memory usage")
    assert (result.exit_code, result.log) == (137, ())


def test_a_task_that_never_started_has_no_exit_code() -> None:
    why = "CannotPullContainerError: pull image manifest has been retried 1 time(s): not found"
    ended = {"name": "migrate", "reason": why}
    port, aws, _ = containers(stopped(stopCode="TaskFailedToStart", stoppedReason=why, containers=[ended]))
    result = port.task_result(CLUSTER, TASK)
    assert result is not None
    assert (result.exit_code, result.reason) == (None, why)
    assert not aws.parameters("GetLogEvents")


def described(*deployments: Mapping[str, Any]) -> Mapping[str, Any]:
    at = [datetime(2027, 1, 1, 0, minute, tzinfo=UTC) for minute in (2, 1)]
    events = [{"id": str(time.minute), "createdAt": time, "message": f"minute {time.minute}"} for time in at]
    service = {"status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "deployments": deployments, "events": events}
    return {"DescribeServices": {"services": [service]}}


def deployment(number: int, status: str, state: str, reason: str, failed: int) -> Mapping[str, Any]:
    return {
        "id": f"ecs-svc/{number}", "status": status, "rolloutState": state, "rolloutStateReason": reason,
        "taskDefinition": f"api:{number}", "desiredCount": 2, "runningCount": 2, "pendingCount": 0,
        "failedTasks": failed,
    }  # fmt: skip


def test_a_rollback_is_seen_as_ecs_tells_it() -> None:
    deployments = (
        deployment(1, "PRIMARY", "IN_PROGRESS", "ECS deployment circuit breaker: rolling back to deploymentId 1.", 0),
        deployment(2, "ACTIVE", "FAILED", "ECS deployment circuit breaker: tasks failed to start.", 3),
    )
    port, _, _ = containers(described(*deployments))
    state = port.service(CLUSTER, SERVICE)
    assert isinstance(state, ServiceState)
    assert [event.message for event in state.events] == ["minute 1", "minute 2"]
    assert state.events[1].at - state.events[0].at == 60
    found = judge(state, "api:2")
    assert (found.verdict, found.failed) == (FAILED, 3)


@pytest.mark.parametrize(
    "answer",
    [
        {"services": [], "failures": [{"reason": "MISSING"}]},
        {"services": [{"status": "INACTIVE"}]},
        Refused("ClusterNotFoundException"),
    ],
)
def test_a_service_that_is_gone_is_none(answer: Any) -> None:
    port, _, _ = containers({"DescribeServices": answer})
    assert port.service(CLUSTER, SERVICE) is None
