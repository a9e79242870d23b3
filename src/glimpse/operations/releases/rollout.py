"""What an ECS service's deployments say about a new image: it waits, it is steady, or ECS gave it up."""

from __future__ import annotations

from msgspec import Struct

from glimpse.operations.releases.values import ServiceDeployment, ServiceState

WAITING, STEADY, FAILED = "waiting", "steady", "failed"

PRIMARY, COMPLETED, ROLLOUT_FAILED = "PRIMARY", "COMPLETED", "FAILED"
"""As ECS names the newest deployment and the states of its rollout (ECS API reference, Deployment)."""


class Rollout(Struct, frozen=True):
    """
    `running` and `desired` are the tasks of the new definition. `reason` is ECS's own text, where it gives one.
    """

    verdict: str
    running: int = 0
    desired: int = 0
    failed: int = 0
    reason: str = ""


def judge(
    state: ServiceState, definition: str, before: ServiceDeployment | None = None, is_late: bool = False
) -> Rollout:
    """
    The rollout of the task definition with this ARN. `before`: its deployment as an earlier look saw it, so that its
    absence means that ECS went back. `is_late`: so does its absence without that. (DescribeServices may tell an apply
    some seconds late.)
    """
    primary = next((found for found in state.deployments if found.status == PRIMARY), None)
    own = [found for found in (*state.deployments, before) if found and found.task_definition == definition]
    if primary is not None and primary.task_definition == definition:
        return _of_primary(primary, len(state.deployments) == 1)
    if own or is_late:
        # ECS made the older task definition the primary one again.
        reason = next((found.rollout_reason for found in own if found.rollout_reason), "")
        failed = max((found.failed for found in own), default=0)
        return Rollout(FAILED, failed=failed, reason=reason)
    return Rollout(WAITING)


def _of_primary(primary: ServiceDeployment, is_only: bool) -> Rollout:
    verdict = WAITING
    if primary.rollout_state == ROLLOUT_FAILED:
        verdict = FAILED
    elif primary.rollout_state == COMPLETED and is_only and primary.running == primary.desired:
        verdict = STEADY
    return Rollout(verdict, primary.running, primary.desired, primary.failed, primary.rollout_reason)
