"""What a stack costs under fixed prices, one workload and one day: the question that a comparison asks many times."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glimpse.planner.bill import Bill, bill_of
from glimpse.planner.capacity import Capacity
from glimpse.planner.catalogue import Catalogue
from glimpse.planner.meter import Meter
from glimpse.planner.saving import costs_of
from glimpse.planner.stack import Stack
from glimpse.planner.usage import Usage, usage_of
from glimpse.planner.workload import Workload

if TYPE_CHECKING:
    from glimpse.planner.measured_usage import MeasuredUsage


@dataclass(frozen=True)
class Estimator:
    """Everything that is the same for all bills of one comparison."""

    catalogue: Catalogue
    workload: Workload
    capacities: Mapping[str, Capacity]
    today: datetime.date
    free_tier: bool = False
    measured: MeasuredUsage | None = None
    """What `--actual` tells of the stack as it is. A changed stack's meters of the same name get it, too."""

    def capacity_of(self, stack: Stack) -> Capacity | None:
        """What the service that runs in a stack was measured to need."""
        return self.capacities.get(stack.runs or self.workload.runs or "")

    def usage(self, stack: Stack, workload: Workload | None = None) -> Usage:
        usage = usage_of(stack, workload or self.workload, self.capacity_of(stack), self.today)
        return replace(usage, meters=tuple(self.filled(usage.meters))) if self.measured else usage

    def filled(self, meters: Iterable[Meter]) -> Iterable[Meter]:
        """The meters with what was measured instead of what nobody gave."""
        return meters if self.measured is None else map(self.measured.fill, meters)

    def bill(self, stack: Stack, workload: Workload | None = None, free_tier: bool | None = None) -> Bill:
        usage = self.usage(stack, workload)
        return bill_of(stack, usage, self.catalogue, self.free_tier if free_tier is None else free_tier)


def least(stack: Stack, estimator: Estimator) -> Stack:
    """
    The cheapest of the worlds that a stack's choice tells apart, with all worlds priced.

    If the bills of all worlds agree, the choice is dropped: no figure depends on the values that nobody gave.
    """
    if stack.choice is None:
        return stack
    bills = [estimator.bill(world.stack) for world in stack.choice.worlds]
    worlds = tuple(
        replace(world, monthly=bill.monthly, at_least=bill.at_least)
        for world, bill in zip(stack.choice.worlds, bills, strict=True)
    )
    cheapest = min(worlds, key=lambda world: world.monthly).stack
    if all(_agree(bill, bills[0]) for bill in bills):
        names = stack.choice.variables
        missing = tuple(replace(row, decides=row.decides and row.name not in names) for row in stack.missing)
        return replace(cheapest, variables=stack.variables, missing=missing)
    choice = replace(stack.choice, worlds=worlds)
    return replace(cheapest, variables=stack.variables, missing=stack.missing, choice=choice)


def _agree(one: Bill, other: Bill) -> bool:
    """Whether two bills say the same: their totals at the fewest and the most tasks too, and what is missing."""
    return (one.range, one.stack.unresolved, costs_of(one)) == (other.range, other.stack.unresolved, costs_of(other))
