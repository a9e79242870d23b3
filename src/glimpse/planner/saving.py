"""
What one design costs less than another: exactly, at least, below some usage, within bounds, or unknown.

Both designs are priced under the same prices and workload. What has no price and is the same in both cancels. What
only the second one has could cost any amount. Usage that nobody gave is a variable: a design is charged a rate for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.catalogue import Catalogue, Price, Sku
from glimpse.planner.meter import Meter
from glimpse.planner.quantities import CostCases
from glimpse.planner.stack import Resource

Bounds = Callable[[Sku], tuple[Fraction, Fraction] | None]
"""Gives the lowest and the highest USD a unit of a SKU without a price; None if no price that is held bounds it."""


@dataclass(frozen=True, slots=True)
class UnpricedPart:
    """
    A part of a design that has no price: `bought` is what would have to be bought, `quantity` how much a month.

    Where the quantity is unknown, it is the text of the resource: only an equal resource has an equal part. Hours of an
    x86 task and of an ARM task have the same name and quantity; `bought` tells them apart.
    """

    address: str
    component: str
    quantity: CostCases | str | None
    bought: tuple[object, ...]
    sku: Sku | None = field(default=None, compare=False)

    def __hash__(self) -> int:
        return hash((self.address, self.component))

    def at(self, address: str) -> UnpricedPart:
        return UnpricedPart(address, self.component, self.quantity, self.bought, self.sku)


@dataclass(frozen=True, slots=True)
class Rate:
    """
    Usage that nobody gave, and the USD that a unit of it costs in the cheapest tier (`low`) and in the dearest
    (`high`).

    Both are None where no price is held. `bought` is then what would have to be bought, and tells two such rates apart.
    `key` is the usage key under which the usage can be given.
    """

    address: str
    key: str
    unit: str
    component: str
    low: Fraction | None
    high: Fraction | None
    bought: tuple[object, ...] = ()

    def __hash__(self) -> int:
        # These three differ in nearly all rates, and the hash of a Fraction takes ten times as long.
        return hash((self.address, self.key, self.component))

    def at(self, address: str) -> Rate:
        return Rate(address, self.key, self.unit, self.component, self.low, self.high, self.bought)


@dataclass(frozen=True)
class Costs:
    """What a design costs a month in USD as far as that is known, and what is not known: unpriced parts, and rates."""

    monthly: Fraction
    unpriced: frozenset[UnpricedPart]
    rates: frozenset[Rate]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """
    A change saves below so many units a month of a usage that nobody gave (`is_above`: above), if all other such usage
    is 0.
    """

    address: str
    key: str
    unit: str
    units: Fraction
    is_above: bool = False


@dataclass(frozen=True, slots=True)
class Saving:
    """
    USD a month that the second design costs less, as the printed totals differ.

    `usd` is exact, or the least where `at_least`; it is None where a part of the second design has no price. Where
    unpriced parts have bounds, the saving lies between `usd` and `highest`. With `break_even` the usage that nobody
    gave decides whether it saves at all.
    """

    usd: Fraction | None
    at_least: bool = False
    break_even: tuple[BreakEven, ...] = ()
    highest: Fraction | None = None
    missing: tuple[UnpricedPart | Rate, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether no usage and no missing price can make it less."""
        return self.usd is not None and not self.break_even and self.highest is None

    @property
    def certain_usd(self) -> Fraction | None:
        return self.usd if self.is_certain else None


def costs_of(bill: Bill) -> Costs:
    """What a bill comes to, for a comparison with another."""
    resources = {resource.origin.address: resource for resource in bill.stack.resources}
    unpriced = (
        unpriced_part_of(
            entry.origin.address, entry.component, entry.quantity, entry.sku, resources.get(entry.origin.address)
        )
        for entry in bill.unpriced
    )
    rates = (rate_of(line.meter, line.price) for line in bill.lines if line.quantity is None)
    return Costs(bill.monthly, frozenset(unpriced), frozenset(rates))


def unpriced_part_of(
    address: str, component: str, quantity: CostCases | None, sku: Sku | None, resource: Resource | None
) -> UnpricedPart:
    # A resource is compared by its text: not every resource has a hash.
    return UnpricedPart(address, component, quantity or (repr(resource) if resource else None), _bought(sku), sku)


def rate_of(meter: Meter, price: Price | None) -> Rate:
    tiers = [tier.usd for tier in price.tiers] if price else []
    key = meter.usage_keys[0] if meter.usage_keys else meter.component
    cheapest, dearest = min(tiers, default=None), max(tiers, default=None)
    bought = () if price else _bought(meter.sku)
    return Rate(meter.origin.address, key, meter.unit, meter.component, cheapest, dearest, bought)


def _bought(sku: Sku | None) -> tuple[object, ...]:
    return (sku.service, sku.kind, sku.term, frozenset(sku.attributes.items())) if sku else ()


def saving(before: Costs, after: Costs, bounds: Bounds | None = None) -> Saving:
    """
    What `after` costs less than `before`, in USD a month.

    saving = fixed + Σ (rate before − rate after) × usage. Each difference takes the tiers in which it is least, so that
    "at least" holds for any usage. An unpriced part that only `before` has costs nothing or more: removing it never
    costs more, and never counts as a saving. An unpriced part that only `after` has could cost any amount, unless it
    has bounds.
    """
    fixed = before.monthly - after.monthly
    differences = _differences(before.rates, after.rates)
    unknown = [rate for rate in after.rates - before.rates if rate.high is None]
    new, gone = after.unpriced - before.unpriced, before.unpriced - after.unpriced
    if new or unknown:
        between = _bounded(new, gone, bounds) if bounds and not unknown and not differences else None
        if between:
            return Saving(fixed + between[0], highest=fixed + between[1], missing=_in_order(new))
        return Saving(None, missing=_in_order((*new, *unknown)))
    worse = {usage: change for usage, change in differences.items() if change < 0}
    better = {usage: change for usage, change in differences.items() if change > 0}
    if worse:
        even = tuple(BreakEven(*usage, max(Fraction(0), fixed) / -change) for usage, change in sorted(worse.items()))
        return Saving(fixed, break_even=even)
    if better and fixed < 0:
        even = tuple(BreakEven(*usage, -fixed / change, is_above=True) for usage, change in sorted(better.items()))
        return Saving(fixed, break_even=even)
    return Saving(fixed, at_least=bool(better or gone or before.rates - after.rates))


def _differences(before: Set[Rate], after: Set[Rate]) -> dict[tuple[str, str, str], Fraction]:
    """The least USD by which a unit of each usage gets cheaper. Usage that both designs charge alike is left out."""
    changes: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for rate in before - after:
        changes[rate.address, rate.key, rate.unit] += rate.low or 0
    for rate in after - before:
        changes[rate.address, rate.key, rate.unit] -= rate.high or 0
    return {usage: change for usage, change in changes.items() if change}


def _bounded(
    new: Iterable[UnpricedPart], gone: Iterable[UnpricedPart], bounds: Bounds
) -> tuple[Fraction, Fraction] | None:
    """The least and the most that the unpriced parts add to the saving; None where one of them has no bounds."""
    low = high = Fraction(0)
    for sign, unpriced in ((-1, new), (1, gone)):
        for part in unpriced:
            found = bounds(part.sku) if part.sku else None
            if found is None or not isinstance(part.quantity, CostCases):
                return None
            amounts = sorted(sign * part.quantity.expected * usd for usd in found)
            low, high = low + amounts[0], high + amounts[1]
    return low, high


def _in_order(unpriced: Iterable[UnpricedPart | Rate]) -> tuple[UnpricedPart | Rate, ...]:
    return tuple(sorted(unpriced, key=lambda part: (part.address, part.component)))


def bounds_in(catalogue: Catalogue) -> Bounds:
    """The bounds that the prices of one catalogue give."""
    from glimpse.planner.price_bounds import bounds

    return lambda sku: bounds(sku, catalogue)
