"""
The order of `glimpse deploy`, tried against the fakes that ship: it survives a kill before any call, a broken image
ends in the old one, and nothing is applied that nobody agreed to.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.operations.deploy import SECRET_BYTES
from glimpse.operations.outside.deploy.fake_aws import Killed
from glimpse.operations.outside.deploy.rehearsal import CASES, Rehearsal, killable, rehearsal
from glimpse.operations.releases.ports import BOOTSTRAP, ENVIRONMENT, Ports
from glimpse.operations.releases.progress import DeployRequest
from glimpse.operations.releases.rollout import FAILED, STEADY, WAITING, judge
from glimpse.operations.releases.steps import STEPS, run_deploy
from glimpse.operations.releases.values import (
    Bills,
    Change,
    Image,
    Secret,
    ServiceDeployment,
    ServiceState,
    TerraformPlan,
)
from glimpse.words import Words
from tests.conftest import REPOSITORY

AGREED = DeployRequest("glimpse-prod", "chat.example.com", is_agreed=True)
OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64


class Told(list[tuple[str, Mapping[str, str | int]]]):
    """What was told. Every sentence exists and takes the values that it was given."""

    def __call__(self, code: str, /, **values: str | int) -> None:
        for language in ("en", "ko"):
            assert "{" not in Words(language)(code, **values)
        self.append((code, values))

    def codes(self) -> Sequence[str]:
        return [code for code, _ in self]

    def values(self, code: str) -> Mapping[str, str | int]:
        return next(values for found, values in self if found == code)


def no_question(question: str) -> bool:
    raise AssertionError(question)


def carry_out(
    made: Rehearsal,
    request: DeployRequest = AGREED,
    *,
    confirm: Callable[[str], bool] = no_question,
    change: Callable[[Ports], Ports] = lambda ports: ports,
) -> tuple[int, Told]:
    told = Told()
    return run_deploy(request, change(made.ports(confirm, told))), told


def what_is_there(made: Rehearsal) -> Mapping[str, Any]:
    """What a deploy leaves behind. Times, and the numbers of task definitions, may differ."""
    service = made.ecs.service("glimpse-prod", "glimpse-api")
    assert service is not None
    return {
        "bootstrap state": (made.aws.has_bucket, made.aws.has_bootstrap_state),
        "images": made.aws.images,
        "parameters": set(made.aws.parameters),
        "last good": made.aws.parameters["/glimpse-prod/image-digest"],
        "migrated": made.aws.migrated,
        "migrated after": made.aws.migrated_after,
        "state": made.terraform.plan(ENVIRONMENT, {"image_digest": made.aws.digest_of(made.aws.tag)}).changes,
        "runs": [
            (made.ecs.definitions[found.task_definition], found.status, found.rollout_state, found.running)
            for found in service.deployments
        ],
    }


# ---- The whole order


def test_a_first_deploy_ends_in_a_service_that_runs_the_image() -> None:
    made = rehearsal("good")
    code, told = carry_out(made)
    assert code == 0
    assert [code for code in told.codes() if code.startswith("deploy_step_")] == [
        f"deploy_step_{step}" for step in STEPS
    ]
    assert what_is_there(made)["runs"] == [(made.aws.digest_of(made.aws.tag), "PRIMARY", "COMPLETED", 2)]
    assert made.aws.parameters["/glimpse-prod/image-digest"] == made.aws.digest_of(made.aws.tag)


def test_a_second_run_changes_nothing() -> None:
    made = rehearsal("good")
    carry_out(made)
    before = what_is_there(made), dict(made.aws.parameters)
    definitions = dict(made.ecs.definitions)
    code, told = carry_out(made, replace(AGREED, is_agreed=False, may_ask=False))
    assert code == 0
    assert (what_is_there(made), dict(made.aws.parameters)) == before
    assert made.ecs.definitions == definitions
    assert told.codes().count("deploy_nothing_to_do") == len(("bootstrap", "plan", "prepare", "secrets", "apply"))


@pytest.mark.parametrize("case", CASES)
def test_every_rehearsal_ends_with_a_sentence_and_an_exit_code(case: str) -> None:
    expected = {
        "broken-image": 1, "broken-first-image": 1, "no-spot": 1, "migration-fails": 1, "migration-never-starts": 1,
        "slow-delegation": 2, "quota-too-small": 2, "no-credentials": 2,
    }  # fmt: skip
    code, _ = carry_out(rehearsal(case))
    assert code == expected.get(case, 0)


# ---- Kills


def calls_of(case: str) -> int:
    """How many calls a run makes that is not killed."""
    for number in itertools.count():
        try:
            carry_out(rehearsal(case), change=lambda ports, number=number: killable(ports, number))  # type: ignore[misc]
        except Killed:
            continue
        return number
    raise AssertionError


@pytest.mark.parametrize("case", ["good", "later-deploy"])
def test_a_run_after_a_kill_before_any_call_ends_as_one_that_was_not_killed(case: str) -> None:
    unkilled = rehearsal(case)
    carry_out(unkilled)
    expected = what_is_there(unkilled)
    count = calls_of(case)
    assert count > 3 * len(STEPS) - 10
    for number in range(count):
        made = rehearsal(case)
        with pytest.raises(Killed):
            carry_out(made, change=lambda ports, number=number: killable(ports, number))  # type: ignore[misc]
        values = {name: text for name, text in made.aws.parameters.items() if name in made.aws.secret_names}
        code, _ = carry_out(made)
        assert code == 0, number
        assert what_is_there(made) == expected, number
        assert values.items() <= made.aws.parameters.items(), f"{number}: a secret was put twice"


def test_a_run_after_a_kill_between_any_two_steps_ends_as_one_that_was_not_killed() -> None:
    unkilled = rehearsal("good")
    carry_out(unkilled)
    for step in STEPS:
        made = rehearsal("good")

        def killed_at(code: str, /, *, step: str = step, **values: str | int) -> None:
            if code == f"deploy_step_{step}":
                raise Killed

        with pytest.raises(Killed):
            carry_out(made, change=lambda ports, tell=killed_at: replace(ports, tell=tell))  # type: ignore[misc]
        assert carry_out(made)[0] == 0, step
        assert what_is_there(made) == what_is_there(unkilled), step


def test_a_broken_image_ends_in_the_old_one_also_after_a_kill_before_any_call() -> None:
    made = rehearsal("broken-image")
    before = made.aws.parameters["/glimpse-prod/image-digest"]
    code, told = carry_out(made)
    assert code == 1
    assert told.codes()[-1] == "deploy_went_back"
    assert [row[0] for row in what_is_there(made)["runs"]] == [before]
    assert made.terraform.plan(ENVIRONMENT, {"image_digest": before}).is_empty
    assert made.aws.parameters["/glimpse-prod/image-digest"] == before
    for number in range(calls_of("broken-image")):
        made = rehearsal("broken-image")
        with pytest.raises(Killed):
            carry_out(made, change=lambda ports, number=number: killable(ports, number))  # type: ignore[misc]
        assert carry_out(made)[0] == 1, number
        assert [row[0] for row in what_is_there(made)["runs"]] == [before], number
        assert made.aws.parameters["/glimpse-prod/image-digest"] == before, number


def test_ctrl_c_says_that_a_second_run_goes_on() -> None:
    told = Told()

    def tell(code: str, /, **values: str | int) -> None:
        told(code, **values)
        if code == "deploy_step_migrate":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_deploy(AGREED, replace(rehearsal("good").ports(no_question, told), tell=tell))
    assert told[-1] == ("deploy_interrupted", {"step": "migrate"})


# ---- What is asked


def test_everything_is_asked_before_money_is_spent() -> None:
    made, questions = rehearsal("good"), list[str]()

    def confirm(question: str) -> bool:
        questions.append(question)
        return True

    assert carry_out(made, replace(AGREED, is_agreed=False), confirm=confirm)[0] == 0
    assert questions == ["deploy_ask_bootstrap", "deploy_ask_plan"]


@pytest.mark.parametrize(
    ("may_ask", "code"), [(True, "deploy_not_agreed"), (False, "deploy_nobody_to_ask")], ids=["no", "no terminal"]
)
def test_without_a_yes_nothing_is_applied(may_ask: bool, code: str) -> None:
    made = rehearsal("good")
    exit_code, told = carry_out(made, replace(AGREED, is_agreed=False, may_ask=may_ask), confirm=lambda question: False)
    assert (exit_code, told.codes()[-2:]) == (2, [code, "deploy_nothing_changed"])
    assert not made.aws.has_bucket
    assert not made.aws.images


class Growing:
    """A Terraform whose second plan of the environment does more than the first."""

    def __init__(self, inner: Any, extra: Change) -> None:
        self._inner, self._extra, self._plans = inner, extra, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def plan(self, root: str, variables: Mapping[str, str], target: str | None = None) -> TerraformPlan:
        plan: TerraformPlan = self._inner.plan(root, variables, target)
        if root == ENVIRONMENT and target is None:
            self._plans += 1
            if self._plans == 2:
                return replace(plan, changes=[*plan.changes, self._extra])
        return plan


@pytest.mark.parametrize(
    "extra",
    [
        Change("module.rds.aws_db_instance.other", "aws_db_instance", ("create",)),
        Change("module.ecs.aws_ecs_service.this", "aws_ecs_service", ("delete", "create")),
    ],
    ids=["another resource", "another action"],
)
def test_the_second_apply_asks_again_for_what_the_first_plan_did_not_say(extra: Change) -> None:
    questions: list[str] = []
    made = rehearsal("later-deploy")

    def confirm(question: str) -> bool:
        questions.append(question)
        return question != "deploy_ask_more"

    code, told = carry_out(
        made, replace(AGREED, is_agreed=False), confirm=confirm,
        change=lambda ports: replace(ports, terraform=Growing(ports.terraform, extra)),
    )  # fmt: skip
    assert (code, questions[-1]) == (2, "deploy_ask_more")
    assert "deploy_plan_grew" in told.codes()
    assert what_is_there(made)["runs"][0][0] != made.aws.digest_of(made.aws.tag)


def test_a_bootstrap_that_takes_something_away_needs_a_person() -> None:
    made = rehearsal("later-deploy")
    zone = Change("module.dns.aws_route53_zone.this", "aws_route53_zone", ("delete", "create"))
    asked: list[str] = []

    class Replacing:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        def plan(self, root: str, variables: Mapping[str, str], target: str | None = None) -> TerraformPlan:
            plan: TerraformPlan = self._inner.plan(root, variables, target)
            return replace(plan, changes=[zone]) if root == BOOTSTRAP else plan

    def change(ports: Ports) -> Ports:
        return replace(ports, terraform=Replacing(ports.terraform))

    code, told = carry_out(made, AGREED, change=change)
    assert (code, told.codes()[-2:]) == (2, ["deploy_bootstrap_destroys", "deploy_nothing_changed"])
    carry_out(made, replace(AGREED, is_agreed=False), confirm=asked.append, change=change)
    assert asked == ["deploy_ask_bootstrap"]


def test_the_plan_is_shown_with_what_goes_away_and_with_its_money() -> None:
    bills = Bills(
        "88.29", "91.04", [("module.rds.aws_db_instance.this", "12.41", "15.16"), ("same", "1", "1")], budget="90"
    )
    made = rehearsal("later-deploy", bills=bills)
    changes = [
        Change("module.balancer.aws_lb.this", "aws_lb", ("create", "delete")),
        Change("aws_sns_topic.old", "aws_sns_topic", ("delete",)),
        Change("module.ecs.aws_ecs_service.this", "aws_ecs_service", ("update",)),
    ]

    class Fixed:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        def plan(self, root: str, variables: Mapping[str, str], target: str | None = None) -> TerraformPlan:
            plan: TerraformPlan = self._inner.plan(root, variables, target)
            return replace(plan, changes=changes) if root == ENVIRONMENT else plan

    code, told = carry_out(
        made, replace(AGREED, is_agreed=False), confirm=lambda question: False,
        change=lambda ports: replace(ports, terraform=Fixed(ports.terraform)),
    )  # fmt: skip
    assert code == 2
    start = told.codes().index("deploy_step_plan") + 1
    assert told[start:-2] == [
        ("deploy_changes", {"created": 0, "changed": 1, "replaced": 1, "destroyed": 1}),
        ("deploy_change_replaced", {"address": "module.balancer.aws_lb.this"}),
        ("deploy_change_destroyed", {"address": "aws_sns_topic.old"}),
        ("deploy_bill", {"before": "88.29", "after": "91.04"}),
        ("deploy_bill_line", {"what": "module.rds.aws_db_instance.this", "before": "12.41", "after": "15.16"}),
        ("deploy_budget_small", {"budget": "90", "after": "91.04"}),
    ]


# ---- Images


def test_an_image_that_is_in_the_registry_runs_without_a_build() -> None:
    made = rehearsal("later-deploy")
    carry_out(made)
    old = next(image.digest for image in made.aws.images.values() if image.tag != made.aws.tag)
    code, told = carry_out(made, replace(AGREED, image=old))
    assert code == 0
    assert what_is_there(made)["runs"][0][0] == old
    assert "deploy_no_after_for_older" in told.codes()


def test_an_image_that_is_not_in_the_registry_is_refused() -> None:
    code, told = carry_out(rehearsal("later-deploy"), replace(AGREED, image=NEW))
    assert (code, told.codes()[-2:]) == (2, ["deploy_image_unknown", "deploy_nothing_changed"])


def test_the_image_of_the_working_tree_finishes_its_migrations_also_when_its_digest_is_given() -> None:
    made = rehearsal("later-deploy")
    digest = made.aws.digest_of(made.aws.tag)
    made.aws.images[made.aws.tag] = Image("", made.aws.tag, digest)
    assert carry_out(made, replace(AGREED, image=digest))[0] == 0
    assert digest in made.aws.migrated_after


def test_another_processor_gets_another_image() -> None:
    made = rehearsal("good")
    carry_out(made, replace(AGREED, architecture="ARM64"))
    assert list(made.aws.images) == [made.aws.tag + "-arm64"]


# ---- What fails


def test_a_migration_that_fails_leaves_the_service_alone() -> None:
    made = rehearsal("migration-fails")
    before = made.ecs.service("glimpse-prod", "glimpse-api")
    code, told = carry_out(made)
    assert code == 1
    assert told.values("deploy_migration_failed") == {"exit_code": 1}
    assert "lock timeout" in str(told.values("deploy_log_line")["line"])
    assert told.codes()[-1] == "deploy_goes_on_untouched"
    assert made.ecs.service("glimpse-prod", "glimpse-api") == before


def test_a_task_that_never_starts_is_told_with_the_reason_of_ecs() -> None:
    code, told = carry_out(rehearsal("migration-never-starts"))
    assert code == 1
    assert "CannotPullContainerError" in str(told.values("deploy_task_never_started")["reason"])


def test_a_broken_first_image_has_nothing_to_go_back_to() -> None:
    code, told = carry_out(rehearsal("broken-first-image"))
    assert (code, told.codes()[-1]) == (1, "deploy_no_image_before")


def test_without_capacity_the_deploy_waits_half_an_hour_and_leaves_the_old_tasks_alone() -> None:
    made = rehearsal("no-spot")
    code, told = carry_out(made)
    assert (code, told.codes()[-1]) == (1, "deploy_rollout_endless")
    events = [str(values["text"]) for name, values in told if name == "deploy_event"]
    assert sum("unable to place" in text for text in events) <= 4, "ECS repeats it every minute"
    made.ecs.behavior.has_spot = True
    assert carry_out(made)[0] == 0, "a second run waits on"


def test_an_image_that_was_the_last_good_one_is_not_gone_back_to() -> None:
    made = rehearsal("later-deploy")
    carry_out(made)
    broken = replace(what_serves(made), rollout_state="FAILED")

    class Failing:
        def __getattr__(self, name: str) -> Any:
            return getattr(made.ecs, name)

        def service(self, cluster: str, service: str) -> ServiceState:
            state = made.ecs.service(cluster, service)
            assert state is not None
            return replace(state, deployments=[broken])

    code, told = carry_out(made, change=lambda ports: replace(ports, containers=Failing()))
    assert (code, told.codes()[-1]) == (1, "deploy_settings_fail")


def what_serves(made: Rehearsal) -> ServiceDeployment:
    state = made.ecs.service("glimpse-prod", "glimpse-api")
    assert state is not None
    return state.deployments[0]


def test_only_the_events_of_this_deploy_are_told() -> None:
    made = rehearsal("later-deploy")
    began = made.aws.clock.now()
    _, told = carry_out(made)
    state = made.ecs.service("glimpse-prod", "glimpse-api")
    assert state is not None
    assert any(event.at < began for event in state.events)
    of_this_deploy = {
        event.message.removeprefix("(service glimpse-api) ") for event in state.events if event.at >= began
    }
    assert {values["text"] for code, values in told if code == "deploy_event"} == of_this_deploy


def test_going_back_changes_nothing_but_the_image() -> None:
    class Drifted(Growing):
        def plan(self, root: str, variables: Mapping[str, str], target: str | None = None) -> TerraformPlan:
            plan: TerraformPlan = self._inner.plan(root, variables, target)
            is_back = variables.get("image_digest") == good
            return replace(plan, changes=[*plan.changes, self._extra]) if is_back else plan

    made = rehearsal("broken-image")
    good = made.aws.parameters["/glimpse-prod/image-digest"]
    extra = Change("module.rds.aws_db_instance.this", "aws_db_instance", ("update",))
    code, told = carry_out(made, change=lambda ports: replace(ports, terraform=Drifted(ports.terraform, extra)))
    assert (code, told.codes()[-1]) == (1, "deploy_back_changes_more")
    assert told.values("deploy_back_changes_more")["addresses"] == extra.address


def test_what_verify_refutes_is_the_exit_code_and_the_image_counts_as_good() -> None:
    class Refuting:
        def verify(self) -> int:
            return 1

    made = rehearsal("good")
    code, told = carry_out(made, change=lambda ports: replace(ports, verifier=Refuting()))
    assert (code, told.codes()[-1]) == (1, "deploy_not_verified")
    assert made.aws.parameters["/glimpse-prod/image-digest"] == made.aws.digest_of(made.aws.tag)


def test_a_secret_that_a_person_must_give_is_asked_for_after_the_others_are_made() -> None:
    made = rehearsal("good")
    by_hand = {"name": "/glimpse-prod/downloads-signing-key", "store": "parameter_store", "kind": "rsa_key"}

    class WithKey(Growing):
        def outputs(self, root: str) -> Mapping[str, object]:
            found = self._inner.outputs(root)
            return {**found, "secrets": [*found["secrets"], by_hand]} if root == ENVIRONMENT else found

    unused = Change("", "", ())
    with_key = lambda ports: replace(ports, terraform=WithKey(ports.terraform, unused))  # noqa: E731
    code, told = carry_out(made, change=with_key)
    assert code == 2
    assert told.values("deploy_secret_by_hand") == {"names": by_hand["name"]}
    assert set(made.aws.parameters) == made.aws.secret_names
    made.ports(no_question, told).secrets.put(Secret(**by_hand), "the key")
    assert carry_out(made, change=with_key)[0] == 0


def test_a_bootstrap_whose_state_is_on_another_machine_is_not_made_twice() -> None:
    made = rehearsal("good")
    made.aws.has_bucket = True
    code, told = carry_out(made)
    assert (code, told.codes()[-2:]) == (2, ["deploy_state_lost", "deploy_nothing_changed"])


def test_a_tree_with_other_outputs_is_refused_with_a_sentence() -> None:
    class Other(Growing):
        def outputs(self, root: str) -> Mapping[str, object]:
            return {} if root == ENVIRONMENT else self._inner.outputs(root)

    other = lambda ports: replace(ports, terraform=Other(ports.terraform, Change("", "", ())))  # noqa: E731
    code, told = carry_out(rehearsal("good"), change=other)
    assert (code, told.codes()[-2]) == (1, "deploy_output_wrong")


# ---- The rollout


def test_an_apply_in_which_ecs_gives_the_image_up_ends_in_the_old_one() -> None:
    code, told = carry_out(rehearsal("broken-image"))
    codes = told.codes()
    assert (code, codes[-1]) == (1, "deploy_went_back")
    assert "deploy_step_rollout" not in codes, "Terraform waits for the service, and its apply fails"
    assert codes.index("deploy_terraform_failed") < codes.index("deploy_given_up")
    assert told.values("deploy_given_up")["failed"] == 3
    assert "deploy_event" in codes[: codes.index("deploy_terraform_failed")], "events are told while Terraform works"


class FailingApply(Growing):
    """A Terraform whose apply of the environment's rest fails, before or after it has touched the service."""

    def __init__(self, inner: Any, is_after: bool) -> None:
        super().__init__(inner, Change("", "", ()))
        self._is_after = is_after

    def apply(self, root: str, plan: TerraformPlan, look: Callable[[], None]) -> None:
        if root != ENVIRONMENT or "service" not in str([change.address for change in plan.changes]):
            self._inner.apply(root, plan, look)
            return
        if self._is_after:
            self._inner.apply(root, plan, look)
        raise Failure("deploy_terraform_failed", command="apply", folder="environment", detail="an alarm")


@pytest.mark.parametrize("is_after", [False, True], ids=["before the service", "after it"])
def test_an_apply_that_fails_for_another_reason_is_told_and_nothing_goes_back(is_after: bool) -> None:
    made = rehearsal("later-deploy")
    failing = lambda ports: replace(ports, terraform=FailingApply(ports.terraform, is_after))  # noqa: E731
    code, told = carry_out(made, change=failing)
    assert (code, told.codes()[-2:]) == (1, ["deploy_terraform_failed", "deploy_goes_on"])
    assert not {"deploy_given_up", "deploy_goes_back", "deploy_rollout_endless"} & set(told.codes())
    assert carry_out(made)[0] == 0


def test_what_ecs_cannot_be_asked_while_terraform_works_does_not_end_the_apply() -> None:
    made = rehearsal("later-deploy")

    class Silent:
        def __getattr__(self, name: str) -> Any:
            return getattr(made.ecs, name)

        def service(self, cluster: str, service: str) -> ServiceState:
            raise Failure("deploy_denied", action="ecs:DescribeServices")

    code, told = carry_out(made, change=lambda ports: replace(ports, containers=Silent()))
    assert (code, told.codes()[-3:]) == (1, ["deploy_step_rollout", "deploy_denied", "deploy_goes_on"])


def deployment(
    definition: str, status: str = "PRIMARY", state: str = "IN_PROGRESS", **counts: int
) -> ServiceDeployment:
    values = {"desired": 2, "running": 2, "pending": 0, "failed": 0, **counts}
    return ServiceDeployment(
        id=definition, status=status, rollout_state=state, rollout_reason="why", task_definition=definition, **values
    )


@pytest.mark.parametrize(
    ("deployments", "was_seen", "verdict"),
    [
        ([deployment("new", state="COMPLETED")], False, STEADY),
        ([deployment("new", state="COMPLETED", desired=0, running=0)], False, STEADY),
        ([deployment("new")], False, WAITING),
        ([deployment("new", state="COMPLETED", running=1)], False, WAITING),
        ([deployment("new", state="COMPLETED"), deployment("old", "ACTIVE")], False, WAITING),
        ([deployment("new", state="FAILED", failed=3)], False, FAILED),
        ([deployment("old"), deployment("new", "ACTIVE", "FAILED")], False, FAILED),
        ([deployment("old", state="COMPLETED")], True, FAILED),
        ([deployment("old", state="COMPLETED")], False, WAITING),
        ([], False, WAITING),
    ],
    ids=[
        "steady", "night", "in progress", "a task is missing", "the old one drains", "given up", "rolling back",
        "rolled back", "not seen yet", "nothing",
    ],
)  # fmt: skip
def test_what_a_service_says_about_a_new_image(
    deployments: Sequence[ServiceDeployment], was_seen: bool, verdict: str
) -> None:
    state = ServiceState(2, 2, deployments, ())
    before = deployment("new", failed=2) if was_seen else None
    assert judge(state, "new", before).verdict == verdict


def test_a_deployment_that_ecs_has_forgotten_failed_as_often_as_was_seen() -> None:
    state = ServiceState(2, 2, [deployment("old", state="COMPLETED")], ())
    found = judge(state, "new", deployment("new", "ACTIVE", "FAILED", failed=3))
    assert (found.verdict, found.failed, found.reason) == (FAILED, 3, "why")
    assert judge(state, "new", is_late=True).verdict == FAILED


def test_settings_that_ecs_gave_up_are_no_success_because_the_image_runs() -> None:
    class WithService(Growing):
        def outputs(self, root: str) -> Mapping[str, object]:
            return {**self._inner.outputs(root), "service": {"task_definition": "after", "service": "glimpse-api"}}

    made = rehearsal("later-deploy")
    carry_out(made)
    other = lambda ports: replace(ports, terraform=WithService(ports.terraform, Change("", "", ())))  # noqa: E731
    code, told = carry_out(made, change=other)
    assert (code, told.codes()[-1]) == (1, "deploy_settings_fail")


# ---- Sentences


def test_every_sentence_of_deploy_is_used() -> None:
    words = REPOSITORY / "src/glimpse/operations/words/en/deploy.ftl"
    codes = re.findall(r"^(\w+) =", words.read_text(encoding="utf-8"), re.MULTILINE)
    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(REPOSITORY / "src/glimpse/operations").rglob("*.py")
    )
    made = {f"deploy_step_{step}" for step in STEPS} | {f"deploy_change_{kind}" for kind in ("replaced", "destroyed")}
    made |= {"deploy_bill_new", "deploy_bill_at_least_new"}
    assert [code for code in codes if f'"{code}"' not in source and code not in made] == []


def test_a_random_secret_is_long_enough_for_hs256() -> None:
    assert SECRET_BYTES * 8 >= 256


def test_a_rehearsal_that_there_is_not_is_refused() -> None:
    with pytest.raises(Failure, match="deploy_unknown_rehearsal"):
        rehearsal("other")
