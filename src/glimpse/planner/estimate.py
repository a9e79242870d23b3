"""One question asked many times: what does this stack cost, under the same prices, workload and day?"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.bill import Bill, bill_of
from glimpse.planner.capacity import Capacity
from glimpse.planner.catalogue import Catalogue, Sku
from glimpse.planner.measured_usage import Measured
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import Cases
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.usage import Usage, usage_of
from glimpse.planner.workload import Workload

Gap = tuple[str, str, Cases | Resource | None, tuple[object, ...], bool]
"""Where, which component, how much, of what; and whether it is only usage that nobody gave."""


@dataclass(frozen=True)
class Estimator:
    """Holds what stays the same between two bills of one comparison."""

    catalogue: Catalogue
    workload: Workload
    capacity: Capacity | None
    today: datetime.date
    free_tier: bool = False
    measured: Measured | None = None
    """What `--actual` tells of the stack as it stands; a changed stack's meters of the same name have it, too."""

    def usage(self, stack: Stack, workload: Workload | None = None) -> Usage:
        usage = usage_of(stack, workload or self.workload, self.capacity, self.today)
        return replace(usage, meters=tuple(self.filled(usage.meters))) if self.measured else usage

    def filled(self, meters: Iterable[Meter]) -> Iterable[Meter]:
        """Meters with what was measured."""
        return meters if self.measured is None else map(self.measured.fill, meters)

    def bill(self, stack: Stack, workload: Workload | None = None, free_tier: bool | None = None) -> Bill:
        usage = self.usage(stack, workload)
        return bill_of(stack, usage, self.catalogue, self.free_tier if free_tier is None else free_tier)


def least(stack: Stack, estimator: Estimator) -> Stack:
    """
    Of the worlds that a stack's choice tells apart the one that costs least, with all of them priced.

    Without the choice where their bills agree: then no figure depends on what was not given.
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
    same_gaps = _gaps(one) == _gaps(other) and one.stack.unresolved == other.stack.unresolved
    return one.range == other.range and same_gaps


def saving(before: Bill, after: Bill) -> Fraction | None:
    """
    USD a month that `after` costs less, as the printed totals differ; None where that cannot be told.

    Something unpriced on both sides in the same quantity cancels. A difference in what is unpriced could
    hide any amount, so it is never a saving.
    """
    if hidden(_gaps(before), _gaps(after)) or before.stack.unresolved != after.stack.unresolved:
        return None
    return before.monthly - after.monthly


def hidden(before: Set[Gap], after: Set[Gap]) -> frozenset[Gap]:
    """
    What of two bills could hide any amount that `after` costs more: what only one of them leaves open. Usage that
    nobody gave and that only `before` has is none of it: to be rid of it never costs more.
    """
    return frozenset(entry for entry in before ^ after if not (entry[-1] and entry in before))


def gap(
    origin: Origin,
    component: str,
    quantity: Cases | None,
    sku: Sku | None,
    resource: Resource | None,
    is_usage: bool = False,
) -> Gap:
    """
    What has no price: what would have to be bought, and how much. Where that is unknown, only an equal resource has an
    equal one. Hours of an x86 and of an ARM task have the same name and quantity, and are not the same gap.
    """
    bought = (sku.service, sku.kind, sku.term, frozenset(sku.attributes.items())) if sku else ()
    return origin.address, component, quantity or resource, bought, is_usage


def _gaps(bill: Bill) -> frozenset[Gap]:
    resources = {resource.origin.address: resource for resource in bill.stack.resources}
    unpriced = (
        gap(entry.origin, entry.component, entry.quantity, entry.sku, resources.get(entry.origin.address))
        for entry in bill.unpriced
    )
    usage = (
        gap(line.meter.origin, line.meter.component, None, line.meter.sku, None, is_usage=True)
        for line in bill.lines
        if line.quantity is None
    )
    return frozenset((*unpriced, *usage))
