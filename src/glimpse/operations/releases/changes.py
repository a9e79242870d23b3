"""What a plan of Terraform changes and costs, and whether it does only what was agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from glimpse.operations.releases.ports import Tell
from glimpse.operations.releases.values import Bills, Change, TerraformPlan

MAX_TOLD = 20
"""Lines of one list that are printed."""


def kind_of(change: Change) -> str:
    """created, changed, replaced, destroyed."""
    actions = set(change.actions)
    if {"create", "delete"} <= actions:
        return "replaced"
    if "delete" in actions:
        return "destroyed"
    return "created" if "create" in actions else "changed"


def actions_of(plan: TerraformPlan) -> Mapping[str, frozenset[str]]:
    return {change.address: frozenset(change.actions) for change in plan.changes}


def not_agreed(plan: TerraformPlan, agreed: Mapping[str, frozenset[str]]) -> Sequence[Change]:
    """The changes of a plan that the one that was agreed to does not have."""
    return [change for change in plan.changes if not set(change.actions) <= agreed.get(change.address, frozenset())]


def tell_changes(plan: TerraformPlan, tell: Tell) -> None:
    """The numbers, and the address of everything that goes away."""
    kinds = [kind_of(change) for change in plan.changes]
    tell("deploy_changes", **{kind: kinds.count(kind) for kind in ("created", "changed", "replaced", "destroyed")})
    for kind in ("replaced", "destroyed"):
        found = [change.address for change in plan.changes if kind_of(change) == kind]
        for address in found[:MAX_TOLD]:
            tell(f"deploy_change_{kind}", address=address)
        if len(found) > MAX_TOLD:
            tell("deploy_more_lines", count=len(found) - MAX_TOLD)


def tell_bills(bills: Bills, tell: Tell) -> None:
    """The monthly bill before and after, the lines that change, and a budget that is too small."""
    code = "deploy_bill_at_least" if bills.is_least else "deploy_bill"
    if bills.before is None:
        tell(f"{code}_new", after=bills.after)
    else:
        tell(code, before=bills.before, after=bills.after)
    changed = [line for line in bills.lines if line[1] != line[2]]
    for what, before, after in changed[:MAX_TOLD]:
        if bills.before is None:
            tell("deploy_bill_line_new", what=what, after=after)
        else:
            tell("deploy_bill_line", what=what, before=before, after=after)
    if len(changed) > MAX_TOLD:
        tell("deploy_more_lines", count=len(changed) - MAX_TOLD)
    if bills.budget is not None and Decimal(bills.budget) < Decimal(bills.after):
        tell("deploy_budget_small", budget=bills.budget, after=bills.after)
