"""Quantities that were measured in a month of an export: they replace the usage that nobody gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.actual import BY_LINE_ITEM, BY_SERVICE, Actual, Charge
from glimpse.planner.catalogue import Sku
from glimpse.planner.charge_matching import Matching, NamesOf, entries_of
from glimpse.planner.given_usage import GivenUsage
from glimpse.planner.meter import Meter
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import Sentence, say

MeterKey = tuple[str, str, str, str]
"""A meter's address, component, service and kind."""


@dataclass(frozen=True, slots=True)
class MeasuredQuantity:
    """
    What was used in a month, and what that assumes. `estimate` is what the workload would have given; None is nothing.
    """

    amount: Fraction
    why: Sentence
    estimate: Fraction | None


@dataclass(frozen=True)
class MeasuredUsage:
    """The month's quantities of what people's use decides, by meter."""

    actual: Actual
    quantities: Mapping[MeterKey, MeasuredQuantity]

    def fill(self, meter: Meter) -> Meter:
        """
        The meter with what was measured: it wins over a workload's estimate, and gives way to what people state.

        In a changed stack it is more or less by as much as the estimate is: a lever that halves what passes a balancer
        halves what was measured there.
        """
        if not meter.usage_based or (found := self.quantities.get(_key(meter))) is None:
            return meter
        amount = certain(found.amount)
        if meter.quantity and found.estimate:
            amount = meter.quantity * (found.amount / found.estimate)
        return replace(meter, quantity=amount, assumes=(found.why,), needs=None)


def measured(
    actual: Actual, region: str, meters: Sequence[Meter], given: GivenUsage, names: NamesOf = lambda address: ()
) -> MeasuredUsage:
    """
    What the export tells of a stack's meters.

    Usage that no line item names was none: a report lists whatever was used, even what was free. Other exports, and
    services that a report lacks, tell nothing of it.
    """
    matching = Matching(actual, entries_of(meters, region), names)
    open_ = [at for at, meter in enumerate(meters) if meter.usage_based and not _is_given(meter, given)]
    is_open = frozenset(open_)
    found: dict[int, Fraction] = defaultdict(Fraction)
    pools: dict[tuple[int, ...], Fraction] = defaultdict(Fraction)
    for charge in actual.charges:
        if charge.quantity is None or not charge.is_usage or actual.grouped_by == BY_SERVICE:
            continue
        alike = matching.entries_of(charge)
        kinds = {(meters[at].sku.service, meters[at].sku.kind) for at in alike}
        if len(kinds) == 1 and any(at in is_open for at in alike):
            pools[alike] += charge.quantity / _per(charge, meters[alike[0]].sku)
    sharing: dict[int, int] = {}
    for alike, quantity in pools.items():
        sharers = [at for at in alike if at in is_open]
        known = sum((_expected(meters[at]) for at in alike if at not in is_open), Fraction(0))
        for at in sharers:
            found[at] += max(Fraction(0), quantity - known) / len(sharers)
            sharing[at] = max(sharing.get(at, 1), len(sharers))
    quantities: dict[MeterKey, MeasuredQuantity] = {}
    for at in open_:
        if at in found:
            count = sharing[at]
            why = (
                say("actual_quantity", period=actual.period.month)
                if count == 1
                else say("actual_shared", period=actual.period.month, count=count)
            )
            quantities[_key(meters[at])] = MeasuredQuantity(found[at], why, _estimate(meters[at]))
        elif _is_none(actual, meters[at].sku):
            why = say("actual_none", period=actual.period.month)
            quantities[_key(meters[at])] = MeasuredQuantity(Fraction(0), why, _estimate(meters[at]))
    return MeasuredUsage(actual, quantities)


def _is_given(meter: Meter, given: GivenUsage) -> bool:
    return bool(given.of(meter.origin.address).keys() & set(meter.usage_keys))


def _estimate(meter: Meter) -> Fraction | None:
    return meter.quantity.expected if meter.quantity else None


def _expected(meter: Meter) -> Fraction:
    return meter.quantity.expected if meter.quantity else Fraction(0)


def _per(charge: Charge, sku: Sku) -> int:
    return next(bought.per for bought in charge.bought if bought.is_of(sku))


def _is_none(actual: Actual, sku: Sku) -> bool:
    products = (actual.products or {}).get((sku.service, sku.kind), frozenset())
    return actual.grouped_by == BY_LINE_ITEM and ("" in products or not products.isdisjoint(actual.services))


def _key(meter: Meter) -> MeterKey:
    return meter.origin.address, meter.component, meter.sku.service, meter.sku.kind
