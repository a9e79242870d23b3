"""
A bill compared with what was paid: Bill × Actual.

Laws kept here: every charge is compared with lines, is named as not in Terraform, or is the whole account's (tax,
discounts); what was paid is the sum of these as they are printed; the parts of a difference add up to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from glimpse.planner.actual import BY_SERVICE, Actual, Charge
from glimpse.planner.bill import Bill, Line
from glimpse.planner.charge_matching import Matching, NamesOf, entries_of
from glimpse.planner.money import cents

TAX = "Tax"
COMMITTED = frozenset(("DiscountedUsage", "SavingsPlanCoveredUsage"))
PARTS = ("usage", "price", "discount", "tax", "rest")
"""What a difference is made of, in the order in which it is told."""

ROUNDING = Fraction(3, 100)
"""USD: half a cent for each rounded figure. A remainder of that size counts with the first part."""

LISTED_RESOURCES = 5


@dataclass(frozen=True)
class PaidLines:
    """
    Lines of a bill, and what was paid for them. Lines that share a usage type stand together.

    `paid` and `monthly` are USD of the month as printed. `difference` is paid less monthly, by its parts: more or less
    usage at our rate; another rate; commitments, credits and discounts; tax; and what the export does not explain.
    `quantity` is what was used, in the lines' unit; `resources` how many the export names; `untagged` the USD of those
    without any tag, None where the export has no tags.
    """

    lines: tuple[Line, ...]
    usage_types: tuple[str, ...]
    paid: Fraction
    monthly: Fraction
    difference: Mapping[str, Fraction]
    quantity: Fraction | None
    resources: int
    untagged: Fraction | None


@dataclass(frozen=True)
class NotInTerraform:
    """What was paid for and is none of the bill's lines. `resources` are the first that the export names."""

    service: str
    usage_type: str
    region: str | None
    paid: Fraction
    resources: tuple[str, ...]
    count: int
    untagged: Fraction | None


@dataclass(frozen=True)
class Comparison:
    """
    `not_paid` are lines that nobody was charged for, `not_compared` those whose usage type is not known here. `tax`
    and `discount` are USD that belong to no usage type.
    """

    actual: Actual
    lines: tuple[PaidLines, ...]
    not_in_terraform: tuple[NotInTerraform, ...]
    not_paid: tuple[Line, ...]
    not_compared: tuple[Line, ...]
    tax: Fraction
    discount: Fraction

    @cached_property
    def paid(self) -> Fraction:
        """USD of the month: the sum of what is printed."""
        printed = [*(row.paid for row in self.lines), *(row.paid for row in self.not_in_terraform)]
        return sum(printed, self.tax + self.discount)

    @property
    def paid_for_lines(self) -> Fraction:
        return sum((row.paid for row in self.lines), Fraction(0))


def compared(bill: Bill, actual: Actual, names: NamesOf = lambda address: ()) -> Comparison:
    """The bill beside the export's month."""
    lines = bill.lines
    matching = Matching(actual, entries_of((line.meter for line in lines), bill.stack.region), names)
    groups = _Groups(len(lines))
    for_lines: list[tuple[int, Charge]] = []
    others: list[Charge] = []
    tax = discount = Fraction(0)
    for charge in actual.charges:
        at = matching.entries_of(charge)
        if at:
            groups.join(at)
            for_lines.append((at[0], charge))
        elif charge.line_type == TAX:
            tax += charge.usd
        elif not charge.is_usage and charge.usd < 0:
            discount += charge.usd
        else:
            others.append(charge)
    charges: dict[int, list[Charge]] = defaultdict(list)
    for first, charge in for_lines:
        charges[groups.of(first)].append(charge)
    members: dict[int, list[Line]] = defaultdict(list)
    unpaid: list[Line] = []
    for position, line in enumerate(lines):
        group = groups.of(position)
        if group in charges:
            members[group].append(line)
        elif line.monthly:
            unpaid.append(line)
    return Comparison(
        actual,
        tuple(_paid_lines(members[group], charges[group]) for group in members),
        tuple(_not_in_terraform(others)),
        tuple(line for line in unpaid if _is_comparable(line, actual)),
        tuple(line for line in unpaid if not _is_comparable(line, actual)),
        cents(tax),
        cents(discount),
    )


class _Groups:
    """Positions that belong together."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def of(self, position: int) -> int:
        while self._parents[position] != position:
            self._parents[position] = self._parents[self._parents[position]]
            position = self._parents[position]
        return position

    def join(self, positions: Sequence[int]) -> None:
        first = self.of(positions[0])
        for position in positions[1:]:
            other = self.of(position)
            first, other = min(first, other), max(first, other)
            self._parents[other] = first


def _is_comparable(line: Line, actual: Actual) -> bool:
    if actual.grouped_by == BY_SERVICE:
        return line.meter.sku.service in {service for service, _ in actual.comparable}
    return (line.meter.sku.service, line.meter.sku.kind) in actual.comparable


def _paid_lines(lines: Sequence[Line], charges: Sequence[Charge]) -> PaidLines:
    paid = cents(sum((charge.usd for charge in charges), Fraction(0)))
    monthly = sum((line.monthly for line in lines), Fraction(0))
    quantity = _quantity(lines, charges)
    parts = {"tax": _usd(charge for charge in charges if charge.line_type == TAX)}
    rate = _at(lines, quantity) if quantity is not None else None
    used = [charge for charge in charges if charge.is_usage]
    others = [charge for charge in charges if not charge.is_usage and charge.line_type != TAX]
    parts["discount"] = _usd(others)
    if rate is not None and quantity is not None:
        committed = Fraction(0)
        for charge in used:
            if charge.line_type in COMMITTED:
                amount = (charge.quantity or Fraction(0)) / _per_price_unit(lines, charge)
                share = amount / quantity if quantity else Fraction(0)
                committed += (rate * share if charge.list_usd is None else charge.list_usd) - charge.usd
        parts["discount"] -= committed
        parts["usage"] = rate - sum((line.exact.expected for line in lines), Fraction(0))
        parts["price"] = _usd(used) + committed - rate
    rounded = {name: cents(amount) for name, amount in parts.items()}
    rest = paid - monthly - sum(rounded.values(), Fraction(0))
    first = next((name for name in PARTS if rounded.get(name)), None)
    if rate is not None and abs(rest) <= ROUNDING and first:
        rounded[first] += rest
    else:
        rounded["rest"] = rest
    return PaidLines(
        tuple(lines),
        tuple(dict.fromkeys(charge.usage_type or charge.service for charge in charges)),
        paid,
        monthly,
        {name: rounded[name] for name in PARTS if rounded.get(name)},
        quantity,
        len({charge.resource for charge in charges if charge.resource}),
        _untagged(charges),
    )


def _quantity(lines: Sequence[Line], charges: Sequence[Charge]) -> Fraction | None:
    """What was used, in the unit of the lines; None where they have several, or the export tells it of none."""
    used = [charge for charge in charges if charge.is_usage]
    if len({(line.meter.sku.service, line.meter.sku.kind) for line in lines}) != 1 or not used:
        return None
    total = Fraction(0)
    for charge in used:
        if charge.quantity is None or not charge.bought:
            return None
        total += charge.quantity / _per_price_unit(lines, charge)
    return total


def _per_price_unit(lines: Sequence[Line], charge: Charge) -> int:
    skus = [line.meter.sku for line in lines]
    return next((bought.per for bought in charge.bought if any(bought.is_of(sku) for sku in skus)), 1)


def _at(lines: Sequence[Line], quantity: Fraction) -> Fraction | None:
    """USD that a quantity comes to at our rates: at the lines' own mean where there are several."""
    ours = sum((line.quantity.expected for line in lines if line.quantity), Fraction(0))
    exact = sum((line.exact.expected for line in lines), Fraction(0))
    price = lines[0].price
    if len(lines) > 1 and ours:
        return exact / ours * quantity
    return price.charge(quantity) if price else None


def _usd(charges: Iterable[Charge]) -> Fraction:
    return sum((charge.usd for charge in charges), Fraction(0))


def _untagged(charges: Sequence[Charge]) -> Fraction | None:
    if all(charge.tagged is None for charge in charges):
        return None
    return cents(_usd(charge for charge in charges if charge.tagged is False))


def _not_in_terraform(charges: Iterable[Charge]) -> Iterator[NotInTerraform]:
    """By service, usage type and region, the dearest first; what was free is no news."""
    alike: dict[tuple[str, str, str | None], list[Charge]] = defaultdict(list)
    for charge in charges:
        alike[charge.service, charge.usage_type, charge.region].append(charge)
    found = []
    for (service, usage_type, region), group in alike.items():
        by_resource: dict[str, Fraction] = defaultdict(Fraction)
        for charge in group:
            if charge.resource:
                by_resource[charge.resource] += charge.usd
        dearest = sorted(by_resource, key=lambda name: (-by_resource[name], name))
        row = NotInTerraform(
            service,
            usage_type,
            region,
            cents(_usd(group)),
            tuple(dearest[:LISTED_RESOURCES]),
            len(dearest),
            _untagged(group),
        )
        if row.paid:
            found.append(row)
    yield from sorted(found, key=lambda row: (-row.paid, row.service, row.usage_type, row.region or ""))
