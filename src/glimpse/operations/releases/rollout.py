"""What an ECS service's deployments say about a new image: it waits, it is steady, or ECS gave it up."""

from __future__ import annotations

from msgspec import Struct

from glimpse.operations.releases.values import ServiceDeployment, ServiceState

WAITING, STEADY, FAILED = "waiting", "steady", "failed"

PRIMARY, COMPLETED, ROLLOUT_FAILED = "PRIMARY", "COMPLETED", "FAILED"
"""As ECS names the newest deployment and the states of its rollout (ECS API reference, Deployment)."""


class Rollout(Struct, frozen=True):
    """
    `running` and `desired` are the new image's tasks. `reason` is ECS's own text, where it gives one. `is_known`:
    whether a deployment of the image is there.
    """

    verdict: str
    running: int = 0
    desired: int = 0
    failed: int = 0
    reason: str = ""
    is_known: bool = False


def judge(state: ServiceState, digest: str, was_known: bool, definition: str | None = None) -> Rollout:
    """
    The rollout of the image with this digest in the task definition of this ARN: another one may run the same image
    with other settings. None: in any. `was_known`: whether an earlier look saw a deployment of it, so that its absence
    means that ECS went back. DescribeServices may tell an apply some seconds late.
    """
    primary = next((found for found in state.deployments if found.status == PRIMARY), None)
    own = [
        found
        for found in state.deployments
        if state.image_digests.get(found.task_definition) == digest and definition in (None, found.task_definition)
    ]
    if primary is not None and primary in own:
        return _of_primary(primary, len(state.deployments) == 1)
    if own or was_known:
        # ECS made the older task definition the primary one again.
        reason = next((found.rollout_reason for found in own if found.rollout_reason), "")
        failed = sum(found.failed for found in own)
        return Rollout(FAILED, failed=failed, reason=reason, is_known=True)
    return Rollout(WAITING)


def _of_primary(primary: ServiceDeployment, is_only: bool) -> Rollout:
    verdict = WAITING
    if primary.rollout_state == ROLLOUT_FAILED:
        verdict = FAILED
    elif primary.rollout_state == COMPLETED and is_only and primary.running == primary.desired:
        verdict = STEADY
    return Rollout(verdict, primary.running, primary.desired, primary.failed, primary.rollout_reason, True)
