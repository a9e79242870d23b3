"""The steps of a deploy that look at the account and change it by Terraform. Each finds what is left to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.releases.changes import actions_of, not_agreed, tell_bills, tell_changes
from glimpse.operations.releases.names import MIGRATION
from glimpse.operations.releases.ports import BOOTSTRAP, ENVIRONMENT, KEPT, NO_STATE
from glimpse.operations.releases.progress import Deploy, NotReady
from glimpse.operations.releases.values import TerraformPlan

T = TypeVar("T")

DELEGATION_SECONDS = 3600.0
"""ACM looks for its records for 72 hours (ACM user guide, DNS validation); nobody sits at a terminal that long."""


class BootstrapOutputs(Struct, frozen=True):
    """What the bootstrap's outputs tell the deploy. Name servers are those of the zone."""

    repository_url: str
    certificate_arns: Sequence[str]
    name_servers: Sequence[str]


def preflight(deploy: Deploy) -> None:
    ports = deploy.ports
    missing = list(ports.tools.missing())
    if not missing:
        # What the account lacks is asked for only once the programs are there: their sentences come first anyway.
        deploy.names = ports.account.names(deploy.request.name)
        missing += ports.account.missing(deploy.request.needs_vpc_origins)
    for code, values in missing:
        deploy.tell(code, **values)
    if missing:
        raise NotReady("deploy_preflight_missing", count=len(missing))
    deploy.tell("deploy_account", account=deploy.names.account, region=deploy.names.region, name=deploy.names.name)


def bootstrap(deploy: Deploy) -> None:
    terraform, names = deploy.ports.terraform, deploy.names
    state = deploy.ports.account.bootstrap_state(names)
    is_kept = state == KEPT
    has_state = terraform.open(BOOTSTRAP, names, is_kept)
    if state == NO_STATE and not has_state:
        raise Failure("deploy_state_lost", bucket=names.state_bucket)
    variables = {"name": names.name, "region": names.region, "domain_name": deploy.request.domain}
    plan = terraform.plan(BOOTSTRAP, variables)
    if plan.is_empty:
        deploy.tell("deploy_nothing_to_do")
    else:
        tell_changes(plan, deploy.tell)
        tell_bills(deploy.ports.prices.bills(plan), deploy.tell)
        if deploy.request.is_agreed and any("delete" in change.actions for change in plan.changes):
            # A clone without the file of values would take away the zone and the roles of CI.
            raise NotReady("deploy_bootstrap_destroys")
        deploy.agree("deploy_ask_bootstrap")
        deploy.apply(BOOTSTRAP, plan)
    if not is_kept:
        deploy.has_changed = True
        terraform.keep_state(names)
        deploy.tell("deploy_state_kept", bucket=names.state_bucket)


def bootstrap_outputs(deploy: Deploy) -> BootstrapOutputs:
    return converted(deploy.ports.terraform.outputs(BOOTSTRAP), BootstrapOutputs, BOOTSTRAP)


def delegation(deploy: Deploy) -> None:
    outputs = bootstrap_outputs(deploy)
    certificates = deploy.ports.certificates

    def pending() -> str:
        return ", ".join(certificates.pending(outputs.certificate_arns))

    domains = pending()
    if not domains:
        deploy.tell("deploy_certificates_issued")
        return
    deploy.tell("deploy_delegate", domain=deploy.request.domain, servers=", ".join(outputs.name_servers))
    is_issued = deploy.wait(
        lambda: not pending(), lambda time: deploy.tell("deploy_waits_for_certificates", time=time), DELEGATION_SECONDS
    )
    if not is_issued:
        raise NotReady("deploy_not_delegated", domains=pending(), servers=", ".join(outputs.name_servers))
    deploy.tell("deploy_certificates_issued")


def plan(deploy: Deploy) -> None:
    """The whole plan is what is agreed to; it is applied in two parts, by `prepare` and by `apply`."""
    deploy.ports.terraform.open(ENVIRONMENT, deploy.names)
    _agree_to(deploy, deploy.ports.terraform.plan(ENVIRONMENT, deploy.variables), "deploy_ask_plan")


def prepare(deploy: Deploy) -> None:
    if found := agreed_plan(deploy, MIGRATION):
        deploy.apply(ENVIRONMENT, found)


def agreed_plan(deploy: Deploy, target: str | None = None) -> TerraformPlan | None:
    """
    Plan again, as what the first part made is known only now. More than was agreed to is asked. None where nothing is
    to be done.
    """
    found = deploy.ports.terraform.plan(ENVIRONMENT, deploy.variables, target)
    if found.is_empty:
        deploy.tell("deploy_nothing_to_do")
        return None
    if more := not_agreed(found, deploy.agreed):
        deploy.tell("deploy_plan_grew", count=len(more))
        _agree_to(deploy, found, "deploy_ask_more")
    return found


def _agree_to(deploy: Deploy, found: TerraformPlan, question: str) -> None:
    if found.is_empty:
        deploy.tell("deploy_nothing_to_do")
        return
    tell_changes(found, deploy.tell)
    tell_bills(deploy.ports.prices.bills(found), deploy.tell)
    deploy.agree(question)
    deploy.agreed = {**deploy.agreed, **actions_of(found)}


def converted(found: object, type_: type[T], root: str) -> T:
    """An output of Terraform as a value. Raises Failure where the tree has another shape."""
    try:
        return msgspec.convert(found, type_)
    except msgspec.ValidationError as error:
        raise Failure("deploy_output_wrong", root=root, detail=str(error)) from None


def environment_output(deploy: Deploy, name: str, type_: type[T]) -> T:
    outputs: Mapping[str, object] = deploy.ports.terraform.outputs(ENVIRONMENT)
    return converted(outputs.get(name), type_, f"{ENVIRONMENT}, output {name}")
