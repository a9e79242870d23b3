"""The steps of a deploy that are about the image and the service that runs it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.releases.infrastructure_steps import agreed_plan, bootstrap_outputs, environment_output
from glimpse.operations.releases.names import IMAGE_VARIABLE, SERVICE
from glimpse.operations.releases.ports import ENVIRONMENT
from glimpse.operations.releases.progress import Deploy, DeployFailed, NotReady, short
from glimpse.operations.releases.rollout import STEADY, WAITING, Rollout, judge
from glimpse.operations.releases.values import Image, MigrationTask, Secret, ServiceState, TaskResult

RANDOM = "random"
"""The kind of a secret that deploy makes itself."""

MIGRATION_SECONDS = 3600.0
ROLLOUT_SECONDS = 1800.0
UNSEEN_SECONDS = 60.0
"""DescribeServices is eventually consistent: so long a deployment may be missing that was asked for."""

MAX_LOG_LINES = 20
WITH_AN_IMAGE = {"aws_ecs_task_definition", "aws_ecs_service", "terraform_data"}
"""The resources that may change when the last good image is applied again."""


class RunningService(Struct, frozen=True):
    """The output `service` of the environment."""

    task_definition: str


def image(deploy: Deploy) -> None:
    images, names, address = deploy.ports.images, deploy.names, bootstrap_outputs(deploy).repository_url
    # The processor belongs to the tag: the same commit for another one is another image.
    tag = images.tag() + ("-arm64" if deploy.request.architecture == "ARM64" else "")
    found = images.find(names.repository, tag)
    if wanted := deploy.request.image:
        if not images.digest_exists(names.repository, wanted):
            raise NotReady("deploy_image_unknown", digest=wanted, repository=names.repository)
        deploy.is_older_image = found is None or found.digest != wanted
        deploy.image = Image(address, tag if found and found.digest == wanted else "", wanted)
        deploy.tell("deploy_image_given", digest=short(wanted))
    elif found:
        deploy.image = found
        deploy.tell("deploy_image_found", tag=tag, digest=short(found.digest))
    else:
        deploy.tell("deploy_image_builds", tag=tag)
        deploy.has_changed = True
        deploy.image = images.build_and_push(address, tag, deploy.request.architecture)
        deploy.tell("deploy_image_pushed", digest=deploy.image.digest)


def secrets(deploy: Deploy) -> None:
    store = deploy.ports.secrets
    missing = [secret for secret in _secrets(deploy) if not store.has_value(secret)]
    by_hand = [secret.name for secret in missing if secret.kind != RANDOM]
    for secret in missing:
        if secret.kind == RANDOM:
            deploy.has_changed = True
            store.put(secret, deploy.ports.random_text())
            deploy.tell("deploy_secret_put", name=secret.name)
    if by_hand:
        raise NotReady("deploy_secret_by_hand", names=", ".join(by_hand))
    if not missing:
        deploy.tell("deploy_nothing_to_do")


def _secrets(deploy: Deploy) -> Sequence[Secret]:
    return environment_output(deploy, "secrets", tuple[Secret, ...])


def migrate(deploy: Deploy) -> None:
    _run_task(deploy, ("migrate",), "deploy_migration_failed")


def migrate_after(deploy: Deploy) -> None:
    if deploy.is_older_image:
        # The newer release's tasks may come back, and the older one knows nothing of its migrations.
        deploy.tell("deploy_no_after_for_older")
        return
    _run_task(deploy, ("migrate", "--after"), "deploy_migration_after_failed")


def _run_task(deploy: Deploy, command: Sequence[str], failed: str) -> None:
    """Run the migration task to its end. Raises DeployFailed with its exit code or with ECS's reason."""
    containers = deploy.ports.containers
    task = environment_output(deploy, "migration", MigrationTask)
    deploy.has_changed = True
    arn = containers.run_task(task, command)
    deploy.tell("deploy_task_started", task=arn.rpartition("/")[2])
    results: list[TaskResult] = []

    def has_ended() -> bool:
        found = containers.task_result(task.cluster, arn)
        if found:
            results.append(found)
        return found is not None

    if not deploy.wait(has_ended, lambda time: deploy.tell("deploy_waits_for_task", time=time), MIGRATION_SECONDS):
        raise DeployFailed("deploy_task_endless", task=arn, minutes=int(MIGRATION_SECONDS / 60))
    result = results[0]
    for line in result.log[-MAX_LOG_LINES:]:
        deploy.tell("deploy_log_line", line=line)
    if result.exit_code is None:
        raise DeployFailed("deploy_task_never_started", reason=result.reason or "–")
    if result.exit_code != 0:
        raise DeployFailed(failed, exit_code=result.exit_code)
    deploy.tell("deploy_task_done")


def apply(deploy: Deploy) -> None:
    """The rest of the plan. Terraform waits until the service is steady, and fails where ECS has given it up."""
    if (plan := agreed_plan(deploy)) is None:
        return
    began = deploy.ports.clock.now()
    try:
        deploy.apply(ENVIRONMENT, plan, lambda: _look_aside(deploy))
    except Failure as failure:
        found = _unsteady(deploy)
        if found is None:
            raise
        deploy.tell(failure.code, **failure.values)
        _end_unsteady(deploy, found, deploy.ports.clock.now() - began)


def _look_aside(deploy: Deploy) -> None:
    """Tell ECS's events while Terraform works. What AWS refuses here, Terraform or the next step says."""
    with suppress(Failure):
        _service(deploy)


def _unsteady(deploy: Deploy) -> Rollout | None:
    """How far ECS is after a failed apply; None where it has not begun or is done, so that something else failed."""
    with suppress(Failure):
        state, definition = _service(deploy), _definition(deploy)
        if before := deploy.seen_deployments.get(definition):
            found = judge(state, definition, before)
            return None if found.verdict == STEADY else found
    return None


def rollout(deploy: Deploy) -> None:
    found = _watch(deploy)
    if found.verdict == STEADY:
        deploy.tell("deploy_steady", running=found.running, desired=found.desired)
    else:
        _end_unsteady(deploy, found, ROLLOUT_SECONDS)


def _end_unsteady(deploy: Deploy, found: Rollout, seconds: float) -> None:
    """Raises DeployFailed always."""
    if found.verdict == WAITING:
        # Going back would need new tasks as well, and the older ones still serve.
        raise DeployFailed("deploy_rollout_endless", minutes=int(seconds / 60))
    deploy.tell("deploy_given_up", failed=found.failed, reason=found.reason or "–")
    _go_back(deploy)


def _watch(deploy: Deploy) -> Rollout:
    """Wait until what Terraform applied is steady or given up, or for as long as a rollout may take."""
    clock = deploy.ports.clock
    began = clock.now()
    definition = _definition(deploy)
    found = Rollout(WAITING)

    def is_over() -> bool:
        nonlocal found
        before = deploy.seen_deployments.get(definition)
        found = judge(_service(deploy), definition, before, clock.now() - began >= UNSEEN_SECONDS)
        return found.verdict != WAITING

    deploy.wait(
        is_over,
        lambda time: deploy.tell("deploy_waits_for_service", time=time, running=found.running, desired=found.desired),
        ROLLOUT_SECONDS,
    )
    return found


def _definition(deploy: Deploy) -> str:
    """The ARN of the task definition that Terraform has given the service."""
    return environment_output(deploy, "service", RunningService).task_definition


def _service(deploy: Deploy) -> ServiceState:
    """What ECS tells of the service now. Its new events are told."""
    state = deploy.ports.containers.service(deploy.names.cluster, SERVICE)
    if state is None:
        raise Failure("deploy_no_service", cluster=deploy.names.cluster, service=SERVICE)
    for event in state.events:
        deploy.tell_event(event)
    deploy.seen_deployments |= {found.task_definition: found for found in state.deployments}
    return state


def _go_back(deploy: Deploy) -> None:
    """Apply the last good image again, so that Terraform's state and the service agree. Raises DeployFailed always."""
    terraform, broken = deploy.ports.terraform, deploy.image.digest
    good = deploy.ports.secrets.read_plain(deploy.names.last_good_image)
    if good is None:
        raise DeployFailed("deploy_no_image_before", digest=short(broken))
    if good == broken:
        raise DeployFailed("deploy_settings_fail", digest=short(broken))
    deploy.tell("deploy_goes_back", digest=short(good))
    plan = terraform.plan(ENVIRONMENT, {IMAGE_VARIABLE: good})
    if others := [change.address for change in plan.changes if change.type not in WITH_AN_IMAGE]:
        raise DeployFailed("deploy_back_changes_more", digest=good, addresses=", ".join(others))
    if not plan.is_empty:
        deploy.apply(ENVIRONMENT, plan)
    if _watch(deploy).verdict != STEADY:
        raise DeployFailed("deploy_back_unsteady", digest=short(good))
    raise DeployFailed("deploy_went_back", digest=short(good), broken=short(broken))


def verify(deploy: Deploy) -> int:
    """
    The exit code of `glimpse verify`. The image is the last good one before that: the service came to rest with it and
    its migrations are complete. What verify refutes is seldom the image's fault.
    """
    store, name = deploy.ports.secrets, deploy.names.last_good_image
    if store.read_plain(name) != deploy.image.digest:
        deploy.has_changed = True
        store.put_plain(name, deploy.image.digest)
        deploy.tell("deploy_last_good", name=name, digest=short(deploy.image.digest))
    return deploy.ports.verifier.verify()
