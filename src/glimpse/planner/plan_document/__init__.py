"""
The plan document, `docs/plan-document.ko.md`: its rows, claims, checklist, alarms and steps.

It is about this repository's own environment, and only a `glimpse.toml` that names it asks for it (`[plan] document`).
Its parts are imported when it is read, so that no other stack waits for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glimpse.planner.bill import Bill
    from glimpse.planner.estimate import Estimator
    from glimpse.planner.levers.lever import Lever
    from glimpse.planner.plan_document.alarms import Alarm
    from glimpse.planner.plan_document.checks import Check
    from glimpse.planner.plan_document.claims import Claim
    from glimpse.planner.plan_document.rows import ScenarioRow
    from glimpse.planner.stack import Stack
    from glimpse.planner.steps import Step

DOCUMENTS = ("phase5",)
"""The names that `[plan] document` may have."""


@dataclass(frozen=True)
class PlanDocument:
    """What the document says, beside what its own stack and workload come to. `rows` are by the scenario's name."""

    rows: Mapping[str, ScenarioRow]
    claims: tuple[Claim, ...]
    checks: tuple[Check, ...]
    alarms: tuple[Alarm, ...]

    def steps_of(self, scenario: str, levers: Sequence[Lever], bill: Bill) -> tuple[Step, ...]:
        """All that is to do for a scenario in this repository's own tree; see `steps.py`."""
        from glimpse.planner.plan_document.steps import steps_of

        return steps_of(scenario, levers, bill)

    def steps_of_lever(self, lever: Lever, stack: Stack) -> tuple[Step, ...]:
        """The same for one lever."""
        from glimpse.planner.plan_document.steps import steps_of_lever

        return tuple(steps_of_lever(lever, stack))


def read_document(name: str, today: Bill, scenarios: Mapping[str, Stack], estimator: Estimator) -> PlanDocument:
    """
    The document of that name. The claims are about today's stack and those of the scenarios, by name, with the figures
    of the service that ran when the document was written.

    Raises ValueError for a name that is not in DOCUMENTS.
    """
    if name not in DOCUMENTS:
        raise ValueError(name)
    from glimpse.planner.plan_document.alarms import alarms_of
    from glimpse.planner.plan_document.checks import CHECKS
    from glimpse.planner.plan_document.claims import claims_of
    from glimpse.planner.plan_document.original import with_original
    from glimpse.planner.plan_document.rows import ROWS

    alarms = alarms_of(today.stack, today.usage.traffic)
    then = with_original(estimator)
    bills = {name: then.bill(replace(stack, runs=None)) for name, stack in scenarios.items() if name in ROWS}
    claims = claims_of(then.bill(replace(today.stack, runs=None)), bills, then)
    return PlanDocument(ROWS, claims, CHECKS, alarms)
