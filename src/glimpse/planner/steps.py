"""
The steps of a scenario in the plan document's order: code, Terraform, deploy, test; and what is bought, first.

A lever that Terraform makes real has its edit as a step; what else it asks for stands in STEPS, and its sentence in
`words`, as `step_PHASE_LEVER`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from glimpse.planner.levers.lever import PURCHASE, Lever
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Stack

PURCHASES, CODE, EDIT, DEPLOY, TEST = "purchase", "code", "terraform", "deploy", "test"
PHASES = (PURCHASES, CODE, EDIT, DEPLOY, TEST)

STEPS: Mapping[str, tuple[str, ...]] = {
    "task_count": (TEST,),
    "min_capacity": (TEST,),
    "spot_base": (TEST,),
    "on_demand_pair": (TEST,),
    "spot_weights": (DEPLOY, TEST),
    "arm": (DEPLOY, TEST),
    "night_off": (TEST,),
    "valkey_node": (DEPLOY, TEST),
    "valkey_serverless": (CODE, DEPLOY, TEST),
    "bus_postgresql": (CODE, TEST),
    "parameters": (DEPLOY, TEST),
    "nat_gateway": (TEST,),
    "task_addresses": (TEST,),
    "ipv6_only": (CODE, DEPLOY, TEST),
    "ipv6_dual_stack": (CODE, TEST),
    "cloudfront_ingress": (DEPLOY, TEST),
    "cloudfront_downloads": (CODE, TEST),
    "log_retention": (TEST,),
    "log_sample": (CODE, TEST),
    "presigned_uploads": (CODE, TEST),
    "keep_alive": (CODE, TEST),
    "pool_size": (CODE, TEST),
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


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `lever` None belongs to the scenario as a whole; `document_line` where the document has it."""

    phase: str
    lever: str | None
    what: Sentence
    document_line: int | None = None


def steps_of(levers: Sequence[Lever], stack: Stack) -> tuple[Step, ...]:
    """Everything to do for these levers, phase by phase; `stack` is what they make. Nothing where there is none."""
    if not levers:
        return ()
    found = [step for lever in levers for step in steps_of_lever(lever)]
    found += [
        Step(PURCHASES, None, say("step_commitment", address=row.address, term=row.term)) for row in stack.commitments
    ]
    phases = {step.phase for step in found}
    if EDIT in phases:
        found.append(Step(EDIT, None, say("step_apply"), 360))
    if phases & {CODE, DEPLOY}:
        found.append(Step(DEPLOY, None, say("step_image"), 369))
    found.append(Step(TEST, None, say("step_verify")))
    return tuple(sorted(found, key=lambda step: PHASES.index(step.phase)))


def steps_of_lever(lever: Lever) -> Iterator[Step]:
    if lever.implemented == PURCHASE:
        return
    phases = STEPS.get(lever.name, ())
    for phase in PHASES:
        line = DOCUMENT_LINES.get((lever.name, phase))
        if phase == EDIT and lever.edit:
            values = ", ".join(f"{name} = {_hcl(value)}" for name, value in lever.edit.items())
            yield Step(EDIT, lever.name, say("step_edit", values=values), line)
        elif phase in phases:
            yield Step(phase, lever.name, say(f"step_{phase}_{lever.name}"), line)


def _hcl(value: str | int) -> str:
    return str(value) if isinstance(value, int) or value in ("true", "false") else f'"{value}"'
