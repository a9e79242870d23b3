"""
The steps of a recommendation, for any stack: what to buy, what to look at by hand, what to edit, and the test.

Each lever says in `how_NAME` of `words/levers/` what to edit. What this repository's own tree needs besides is in
`plan_document/steps.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glimpse.planner.bill import Bill
from glimpse.planner.levers.lever import HAND, PURCHASE, SERVICE, Lever
from glimpse.planner.meter import Origin
from glimpse.planner.money import usd_text
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Stack

PURCHASES, CODE, PREPARE, BY_HAND, EDIT, DEPLOY, TEST = (
    "purchase", "code", "prepare", "by_hand", "terraform", "deploy", "test"
)  # fmt: skip
PHASES = (PURCHASES, CODE, PREPARE, BY_HAND, EDIT, DEPLOY, TEST)


@dataclass(frozen=True, slots=True)
class Step:
    """
    One thing to do, at `places`. `lever` None belongs to the scenario as a whole; `document_line` is where the plan
    document has the step.
    """

    phase: str
    lever: str | None
    what: Sentence
    document_line: int | None = None
    places: tuple[Origin, ...] = ()


def steps_of(levers: Sequence[tuple[Lever, tuple[Origin, ...]]], bill: Bill) -> tuple[Step, ...]:
    """
    All that is to do for these levers, each with where it applies, phase by phase; nothing where there is no lever.

    `bill` is what the stack comes to with them, and its proposed commitments are the purchases.
    """
    if not levers:
        return ()
    found = [step_of(lever, places) for lever, places in levers]
    found += purchases(bill.stack)
    code = "step_run_again_least" if bill.at_least else "step_run_again"
    found.append(Step(TEST, None, say(code, monthly=usd_text(bill.monthly))))
    return tuple(sorted(found, key=lambda step: PHASES.index(step.phase)))


def step_of(lever: Lever, places: tuple[Origin, ...] = ()) -> Step:
    """What to do for one lever, in its own words."""
    phase = {PURCHASE: PURCHASES, SERVICE: CODE, HAND: BY_HAND}.get(lever.implemented, EDIT)
    return Step(phase, lever.name, say(f"how_{lever.name}"), places=places)


def purchases(stack: Stack) -> list[Step]:
    """What is to be bought: the commitments that levers propose."""
    return [
        Step(PURCHASES, None, say("step_commitment", address=row.address, term=row.term)) for row in stack.commitments
    ]
