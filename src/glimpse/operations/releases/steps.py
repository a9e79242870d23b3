"""The steps of a deploy in their order. A second run goes on where the first ended, as each step looks first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from glimpse.chat.failure import Failure
from glimpse.operations.releases import infrastructure_steps, service_steps
from glimpse.operations.releases.ports import Ports
from glimpse.operations.releases.progress import Deploy, DeployFailed, DeployRequest, NotReady, elapsed

DONE, FAILED, NOT_READY = 0, 1, 2
"""Exit codes: verified; the deploy failed, or verify refuted something; nothing was changed, or a person must act."""

STEPS: Mapping[str, Callable[[Deploy], int | None]] = {
    "preflight": infrastructure_steps.preflight,
    "bootstrap": infrastructure_steps.bootstrap,
    "delegation": infrastructure_steps.delegation,
    "image": service_steps.image,
    "plan": infrastructure_steps.plan,
    "prepare": infrastructure_steps.prepare,
    "secrets": service_steps.secrets,
    "migrate": service_steps.migrate,
    "apply": service_steps.apply,
    "rollout": service_steps.rollout,
    "migrate_after": service_steps.migrate_after,
    "verify": service_steps.verify,
}
"""A step returns the exit code of what it ran, or nothing."""

SERVICE_CHANGES = "apply"
"""The first step that touches what serves people."""


def run_deploy(request: DeployRequest, ports: Ports) -> int:
    """The exit code. What goes wrong is told; Ctrl-C is told and raised again."""
    deploy, step = Deploy(request, ports), ""
    try:
        for number, (step, carry_out) in enumerate(STEPS.items(), start=1):
            ports.tell(
                f"deploy_step_{step}", number=number, count=len(STEPS), time=elapsed(ports.clock.now() - deploy.began)
            )
            if code := carry_out(deploy):
                ports.tell("deploy_not_verified")
                return code
    except Failure as failure:
        ports.tell(failure.code, **failure.values)
        if not deploy.has_changed:
            ports.tell("deploy_nothing_changed")
            return NOT_READY
        if is_before_service(step):
            ports.tell("deploy_goes_on_untouched")
        elif not isinstance(failure, DeployFailed):
            ports.tell("deploy_goes_on")
        return NOT_READY if isinstance(failure, NotReady) else FAILED
    except KeyboardInterrupt:
        ports.tell("deploy_interrupted", step=step)
        raise
    ports.tell("deploy_verified", time=elapsed(ports.clock.now() - deploy.began), domain=request.domain)
    return DONE


def is_before_service(step: str) -> bool:
    names = list(STEPS)
    return names.index(step) < names.index(SERVICE_CHANGES)
