"""
The steps of a scenario in the plan document's order: code, Terraform, deploy, test; what is bought comes first, and
what must stand before the apply is prepared, because in this repository's tree the apply itself deploys.

A lever that Terraform makes real has its edit as a step; what else it asks for stands in STEPS, and its sentence in
`words/LANGUAGE/plan_document.ftl`, as `step_PHASE_LEVER`. These sentences name this repository's own variables and
commands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from glimpse.planner.bill import Bill
from glimpse.planner.levers.lever import Lever
from glimpse.planner.money import usd_text
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Stack
from glimpse.planner.steps import CODE, DEPLOY, EDIT, PHASES, PREPARE, TEST, Step, purchases, step_of

STEPS: Mapping[str, tuple[str, ...]] = {
    "task_count": (TEST,),
    "min_capacity": (TEST,),
    "max_capacity": (TEST,),
    "spot_base": (TEST,),
    "on_demand_pair": (TEST,),
    "spot_weights": (TEST,),
    "arm": (PREPARE, TEST),
    "night_off": (TEST,),
    "valkey_node": (PREPARE, TEST),
    "valkey_serverless": (CODE, PREPARE, TEST),
    "bus_postgresql": (CODE, PREPARE, TEST),
    "parameters": (PREPARE, TEST),
    "nat_gateway": (PREPARE, TEST),
    "task_addresses": (TEST,),
    "ipv6_only": (CODE, PREPARE, TEST),
    "ipv6_dual_stack": (CODE, TEST),
    "cloudfront_ingress": (PREPARE, TEST),
    "cloudfront_downloads": (PREPARE, TEST),
    "log_retention": (TEST,),
    "presigned_uploads": (CODE, TEST),
    "keep_alive": (CODE, TEST),
    "pool_size": (CODE, TEST),
    "storage_autoscaling": (TEST,),
    "api_gateway_websocket": (CODE, TEST),
    "serverless": (CODE, TEST),
}

# Where the document has the same step: its lines.
DOCUMENT_LINES: Mapping[tuple[str, str], int] = {
    ("presigned_uploads", CODE): 328,
    ("keep_alive", CODE): 338,
    ("pool_size", CODE): 341,
    ("spot_weights", EDIT): 350,
    ("task_count", EDIT): 354,
    ("min_capacity", EDIT): 357,
    ("presigned_uploads", TEST): 387,
    ("keep_alive", TEST): 389,
}


APPLIED_ALONE = {("cloudfront_ingress", PREPARE)}
"""Steps with an apply of their own: they come before all else that is prepared."""


def steps_of(scenario: str, levers: Sequence[Lever], bill: Bill) -> tuple[Step, ...]:
    """All that is to do for a scenario, phase by phase; `bill` is what it comes to. Nothing where it has no lever."""
    if not levers:
        return ()
    stack = bill.stack
    found = [step for lever in levers for step in tuple(steps_of_lever(lever, stack)) or (step_of(lever),)]
    found += purchases(stack)
    phases = {step.phase for step in found}
    if CODE in phases or any(step.lever == "arm" for step in found):
        found.append(Step(PREPARE, None, say("step_image"), 369))
    if EDIT in phases:
        found.append(Step(EDIT, None, say("step_apply", scenario=scenario), 360))
        found.append(Step(DEPLOY, None, say("step_stable")))
    found.append(Step(TEST, None, say("step_verify", monthly=usd_text(bill.monthly))))
    return tuple(sorted(found, key=_place))


def _place(step: Step) -> tuple[int, bool]:
    return PHASES.index(step.phase), (step.lever, step.phase) not in APPLIED_ALONE


def steps_of_lever(lever: Lever, stack: Stack) -> Iterator[Step]:
    """The lever's own; where the stack has not its variables, the files must be changed by hand."""
    phases = STEPS.get(lever.name, ())
    for phase in PHASES:
        line = DOCUMENT_LINES.get((lever.name, phase))
        if phase == EDIT and lever.edit:
            yield Step(EDIT, lever.name, _edit(lever, stack), line)
        elif phase in phases:
            yield Step(phase, lever.name, say(f"step_{phase}_{lever.name}"), line)


def _edit(lever: Lever, stack: Stack) -> Sentence:
    edit = lever.edit_in(stack)
    if not stack.variables.issuperset(edit):
        return say("step_edit_by_hand", stack=stack.name, lever=lever.name)
    values = ", ".join(f"{name} = {_hcl(value)}" for name, value in edit.items())
    return say("step_edit", stack=stack.name, values=values)


def _hcl(value: str | int) -> str:
    return str(value) if isinstance(value, int) or value in ("true", "false") else f'"{value}"'
