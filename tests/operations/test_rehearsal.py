"""The fakes of `glimpse deploy --rehearse`: the scheduler of ECS, the account, and the cases of a rehearsal."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.outside.deploy.fake_ecs import FakeEcs
from glimpse.operations.outside.deploy.fake_tasks import Behavior
from glimpse.operations.outside.deploy.rehearsal import CASES, Killed, Rehearsal, killable, rehearsal
from glimpse.operations.releases.ports import BOOTSTRAP, ENVIRONMENT, Ports
from glimpse.operations.releases.progress import DeployRequest
from glimpse.operations.releases.steps import run_deploy
from glimpse.operations.releases.values import MigrationTask, ServiceState
from glimpse.words import LANGUAGES, Words

OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64


# ---- Time


def test_what_is_due_by_the_end_of_a_wait_happens_in_it_and_in_its_order() -> None:
    clock = FakeClock(100.0)
    happened: list[float] = []

    def note() -> None:
        happened.append(clock.now())

    clock.later(10, note)
    clock.later(5, lambda: clock.later(2, note))
    clock.sleep(10)
    assert (happened, clock.now()) == ([107.0, 110.0], 110.0)


# ---- ECS


class Service:
    """A service of `desired` tasks that runs OLD, and is to run NEW."""

    def __init__(self, desired: int = 2, base: int = 1, serves: Callable[[str], bool] = lambda digest: True) -> None:
        self.clock = FakeClock()
        self.behavior = Behavior(lambda digest: None, serves, lambda digest, command: (0, ("done",)))
        self.ecs = FakeEcs(self.clock, self.behavior, desired, base)
        self.roll_out(OLD)
        self.clock.sleep(600)

    def roll_out(self, digest: str) -> None:
        self.ecs.deploy("glimpse-api", self.ecs.register("glimpse-prod-api", digest))

    @property
    def state(self) -> ServiceState:
        state = self.ecs.service("glimpse-prod", "glimpse-api")
        assert state is not None
        return state

    @property
    def messages(self) -> Sequence[str]:
        return [event.message.removeprefix("(service glimpse-api) ") for event in self.state.events]

    def watch(self, seconds: float) -> Sequence[ServiceState]:
        seen = []
        for _ in range(int(seconds / 5)):
            self.clock.sleep(5)
            seen.append(self.state)
        return seen


def test_a_service_comes_to_rest_with_one_completed_deployment() -> None:
    service = Service()
    state = service.state
    assert [(each.status, each.rollout_state, each.running) for each in state.deployments] == [
        ("PRIMARY", "COMPLETED", 2)
    ]
    assert service.ecs.definitions[state.deployments[0].task_definition] == OLD


def test_new_tasks_start_beside_the_old_ones_which_stop_once_the_new_ones_are_healthy() -> None:
    service = Service(desired=4)
    service.roll_out(NEW)
    seen = service.watch(600)
    assert all(4 <= state.running <= 8 for state in seen)
    assert max(state.running for state in seen) == 8
    assert seen[0].deployments[0].rollout_state == "IN_PROGRESS"
    assert [each.rollout_state for each in seen[-1].deployments] == ["COMPLETED"]
    assert service.ecs.digest == NEW
    assert service.messages[-1] == "has reached a steady state."
    assert service.messages[-2].endswith("deployment completed.")


def test_a_deployment_during_another_one_waits_for_room_within_200_percent() -> None:
    service = Service(desired=2)
    for digest in (NEW, "sha256:" + "2" * 64):
        service.roll_out(digest)
        service.clock.sleep(50)
    seen = service.watch(600)
    assert max(sum(each.running + each.pending for each in state.deployments) for state in seen) <= 4
    assert [each.rollout_state for each in seen[-1].deployments] == ["COMPLETED"]


@pytest.mark.parametrize(("desired", "threshold"), [(1, 3), (2, 3), (6, 3), (8, 4)])
def test_the_circuit_breaker_gives_up_at_half_the_desired_count_but_not_before_three(
    desired: int, threshold: int
) -> None:
    service = Service(desired, serves=lambda digest: digest == OLD)
    service.roll_out(NEW)
    seen = service.watch(1200)
    failed = [each for state in seen for each in state.deployments if each.rollout_state == "FAILED"]
    assert failed[0].failed == threshold
    assert failed[0].rollout_reason == "ECS deployment circuit breaker: tasks failed to start."
    in_progress = [each.failed for state in seen for each in state.deployments if each.rollout_state == "IN_PROGRESS"]
    assert max(in_progress) < threshold


def test_a_broken_image_ends_in_the_old_one_and_the_old_tasks_never_stop() -> None:
    service = Service(serves=lambda digest: digest == OLD)
    before = service.state.deployments[0].id
    service.roll_out(NEW)
    seen = service.watch(1200)
    assert min(state.running for state in seen) >= 2
    rolling_back = next(state for state in seen if len(state.deployments) == 2 and state.deployments[0].id == before)
    primary, failed = rolling_back.deployments
    assert (primary.status, primary.rollout_state) == ("PRIMARY", "IN_PROGRESS")
    assert primary.rollout_reason == f"ECS deployment circuit breaker: rolling back to deploymentId {before}."
    assert (failed.status, failed.rollout_state) == ("ACTIVE", "FAILED")
    assert [(each.id, each.rollout_state) for each in seen[-1].deployments] == [(before, "COMPLETED")]
    told = [message for message in service.messages if "failed" in message or "rolling back" in message]
    assert told[-2:] == [
        f"(deployment {failed.id}) deployment failed: tasks failed to start.",
        f"rolling back to deployment {before}.",
    ]
    assert any("is unhealthy in (target-group" in message for message in service.messages)


def test_a_first_broken_image_stays_failed_and_starts_no_more_tasks() -> None:
    service = Service(serves=lambda digest: False)
    service.clock.sleep(1200)
    state, count = service.state, len(service.messages)
    assert [(each.status, each.rollout_state) for each in state.deployments] == [("PRIMARY", "FAILED")]
    service.clock.sleep(1200)
    assert len(service.messages) == count


def test_without_spot_only_the_base_of_the_new_tasks_runs_until_there_is_capacity() -> None:
    service = Service(desired=3, base=1)
    service.behavior.has_spot = False
    service.roll_out(NEW)
    seen = service.watch(900)
    assert {state.deployments[0].running for state in seen} == {0, 1}
    assert seen[-1].deployments[0].rollout_state == "IN_PROGRESS"
    assert seen[-1].running >= 3
    assert service.messages[-1] == (
        "was unable to place a task. Reason: Capacity is unavailable at this time. "
        "Please try again later or in a different availability zone."
    )
    service.behavior.has_spot = True
    assert service.watch(600)[-1].deployments[0].rollout_state == "COMPLETED"


def test_without_spot_the_circuit_breaker_gives_up_a_service_that_is_on_spot_alone() -> None:
    service = Service(desired=2, base=0)
    service.behavior.has_spot = False
    service.roll_out(NEW)
    assert any(each.rollout_state == "FAILED" for state in service.watch(300) for each in state.deployments)
    assert (service.ecs.digest, service.state.running) == (OLD, 2)


def test_a_one_off_task_ends_with_its_exit_code_and_log() -> None:
    service = Service()
    task = migration(service)
    arn = service.ecs.run_task(task, ("migrate",))
    assert service.ecs.task_result("glimpse-prod", arn) is None
    assert service.ecs.run_task(task, ("migrate",)) == arn, "a second one does not start beside the first"
    assert service.ecs.run_task(task, ("migrate", "--after")) != arn
    service.clock.sleep(120)
    result = service.ecs.task_result("glimpse-prod", arn)
    assert result is not None
    assert (result.exit_code, result.log) == (0, ("done",))
    assert service.ecs.run_task(task, ("migrate",)) != arn


def test_a_task_that_never_starts_has_a_reason_and_no_exit_code() -> None:
    service = Service()
    service.behavior.start_problem = lambda digest: "CannotPullContainerError: not found"
    arn = service.ecs.run_task(migration(service), ("migrate",))
    service.clock.sleep(120)
    result = service.ecs.task_result("glimpse-prod", arn)
    assert result is not None
    assert (result.exit_code, result.reason) == (None, "CannotPullContainerError: not found")


def test_a_refused_task_raises_the_reason_of_ecs() -> None:
    service = Service()
    service.behavior.refusal = "RESOURCE:ENI"
    with pytest.raises(Failure) as caught:
        service.ecs.run_task(migration(service), ("migrate",))
    assert caught.value.values["detail"] == "RESOURCE:ENI"


def migration(service: Service) -> MigrationTask:
    definition = service.ecs.register("glimpse-prod-migrate", OLD)
    return MigrationTask("glimpse-prod", definition, ("subnet-1",), ("sg-1",), assign_public_ip=True)


# ---- A whole deploy


class Told:
    def __init__(self) -> None:
        self.codes: list[str] = []
        self.values: list[dict[str, str | int]] = []

    def __call__(self, code: str, **values: str | int) -> None:
        self.codes.append(code)
        self.values.append(values)


REQUEST = DeployRequest("glimpse-prod", "chat.example.com", is_agreed=True)


def deployed(made: Rehearsal, change: Callable[[Ports], Ports] = lambda ports: ports) -> tuple[int, Told]:
    told = Told()
    return run_deploy(REQUEST, change(made.ports(lambda question: True, told))), told


@pytest.mark.parametrize(
    ("case", "code", "said"),
    [
        ("good", 0, "deploy_steady"),
        ("later-deploy", 0, "deploy_steady"),
        ("killed", 0, "deploy_image_found"),
        ("broken-image", 1, "deploy_went_back"),
        ("broken-first-image", 1, "deploy_no_image_before"),
        ("no-spot", 1, "deploy_rollout_endless"),
        ("migration-fails", 1, "deploy_migration_failed"),
        ("migration-never-starts", 1, "deploy_task_never_started"),
        ("slow-delegation", 2, "deploy_not_delegated"),
        ("quota-too-small", 2, "deploy_quota_too_small"),
        ("no-credentials", 2, "aws_no_credentials"),
    ],
)
def test_each_case_of_a_rehearsal_ends_as_its_name_says(case: str, code: int, said: str) -> None:
    result, told = deployed(rehearsal(case))
    assert (result, said in told.codes) == (code, True), told.codes


def test_every_case_has_an_expected_end() -> None:
    mark = next(mark for mark in test_each_case_of_a_rehearsal_ends_as_its_name_says.pytestmark)  # type: ignore[attr-defined]
    assert [row[0] for row in mark.args[1]] == list(CASES)


def test_an_unknown_case_is_a_sentence_that_lists_the_cases() -> None:
    with pytest.raises(Failure) as caught:
        rehearsal("fire")
    assert caught.value.values == {"given": "fire", "cases": ", ".join(CASES)}


def test_a_second_run_changes_nothing() -> None:
    made = rehearsal("good")
    deployed(made)
    definitions, images = dict(made.ecs.definitions), dict(made.aws.images)
    code, told = deployed(made)
    assert code == 0
    assert "deploy_image_found" in told.codes
    assert (made.ecs.definitions, made.aws.images) == (definitions, images)


def killed_runs(case: str) -> Iterator[tuple[int, Rehearsal]]:
    """The case after a first run that was killed: before each call, and then in each apply after each resource."""
    for before in itertools.count():
        made = rehearsal(case)
        try:
            deployed(made, partial(killable, before=before))
            break
        except Killed:
            yield before, made
    assert before > 20
    for resources in itertools.count():
        made = rehearsal(case)
        made.terraform.dies_after = resources
        try:
            deployed(made)
            break
        except Killed:
            made.terraform.dies_after = None
            yield -resources, made
    assert resources > 3


@pytest.mark.parametrize("case", ["good", "later-deploy", "broken-image"])
def test_a_deploy_that_is_killed_anywhere_is_finished_by_the_next_run(case: str) -> None:
    whole = rehearsal(case)
    code, _ = deployed(whole)
    for where, made in killed_runs(case):
        again, told = deployed(made)
        assert again == code, (where, told.codes)
        assert made.ecs.digest == whole.ecs.digest, (where, told.codes)
        assert made.aws.parameters.keys() == whole.aws.parameters.keys(), where
        assert set(made.aws.images) == set(whole.aws.images), where


@pytest.mark.parametrize("case", ["good", "later-deploy", "broken-image"])
def test_another_machine_goes_on_as_well_unless_the_first_one_still_has_the_state(case: str) -> None:
    whole = rehearsal(case)
    code, _ = deployed(whole)
    lost = 0
    for where, made in killed_runs(case):
        made.terraform = made.terraform.on_another_machine()
        again, told = deployed(made)
        if "deploy_state_lost" in told.codes:
            lost += 1
            continue
        assert again == code, (where, told.codes)
        assert made.ecs.digest == whole.ecs.digest, (where, told.codes)
    assert (lost > 0) == (case == "good"), "only a first deploy has a local state, and only for a while"


def test_the_help_names_each_case() -> None:
    for language in LANGUAGES:
        text = Words(language)("help_deploy_rehearse")
        assert [case for case in CASES if case not in text] == []


def test_terraform_sees_that_the_circuit_breaker_has_taken_a_service_back() -> None:
    made = rehearsal("later-deploy")
    ports = made.ports(lambda question: True, Told())
    names = ports.account.names("glimpse-prod")
    image = ports.images.build_and_push("registry/glimpse-prod-api", ports.images.tag(), "X86_64")
    made.aws.broken.add(image.digest)
    made.aws.migrated.add(image.digest)
    ports.terraform.open(ENVIRONMENT, names)
    plan = ports.terraform.plan(ENVIRONMENT, {"image_digest": image.digest})
    with pytest.raises(Failure, match="postcondition"):
        ports.terraform.apply(ENVIRONMENT, plan)
    again = ports.terraform.plan(ENVIRONMENT, {"image_digest": image.digest})
    assert [change.address for change in again.changes] == ["module.ecs.aws_ecs_service.this"]


def test_terraform_cannot_be_opened_before_the_state_bucket_is_there() -> None:
    made = rehearsal("good")
    ports = made.ports(lambda question: True, Told())
    with pytest.raises(Failure, match="deploy_rehearsal_order"):
        ports.terraform.open(ENVIRONMENT, ports.account.names("glimpse-prod"))
    with pytest.raises(Failure, match="deploy_rehearsal_order"):
        ports.terraform.plan(BOOTSTRAP, {})
