"""A bill as far as it is compared: one that was just made, or one that a JSON holds."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from glimpse.planner.bill import Bill
from glimpse.planner.catalogue import Price
from glimpse.planner.finding import Finding
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text
from glimpse.planner.sentence import Sentence, say


@dataclass(frozen=True)
class Charge:
    """
    A line of a bill. `monthly` is USD as printed; it and `quantity` are None for usage that nobody gave. `price` is
    None where none is held.
    """

    origin: Origin
    component: str
    service: str
    unit: str
    term: str
    quantity: Fraction | None
    price: Price | None
    monthly: Fraction | None
    usage_based: bool = False
    needs: Sentence | None = None

    @property
    def key(self) -> tuple[str, str]:
        """By which the lines of two bills are matched."""
        return self.origin.address, self.component

    @cached_property
    def quantity_text(self) -> str | None:
        """The quantity as a bill's JSON has it: a quotient is cut there, so two bills are compared by it."""
        return None if self.quantity is None else decimal_text(self.quantity)

    def costs_like(self, other: Charge) -> bool:
        """Whether both have the same quantity at the same rate."""
        return (self.quantity_text, self.monthly) == (other.quantity_text, other.monthly) and self.has_rate_of(other)

    def has_rate_of(self, other: Charge) -> bool:
        if self.price is None or other.price is None:
            return self.price is other.price
        return (self.price.tiers, self.price.upfront_usd) == (other.price.tiers, other.price.upfront_usd)

    def is_sold_as(self, other: Charge) -> bool:
        """Whether both buy the same thing, in the same region and term, at whatever price."""
        return self.price is not None and other.price is not None and self.price.id == other.price.id


@dataclass(frozen=True)
class Gap:
    """
    What a bill does not know: a part without a price, something in the files that could not be read, or an amount that
    is no longer given. `address` is empty where no resource has it, and `component` where it is no part of a bill.
    """

    address: str
    component: str
    what: Sentence
    file: str | None = None
    line: int | None = None

    @property
    def key(self) -> Hashable:
        """The same gap in another bill has the same key, even where the reason or the place has changed."""
        if self.component:
            return self.address, self.component
        return self.what.code, tuple(sorted(self.what.params.items()))

    def hides(self, charge: Charge) -> bool:
        """Whether the charge's resource may be in what could not be read: a module, or files that may hold anything."""
        return charge.origin.address.startswith(self.address)

    def covers(self, charge: Charge) -> bool:
        """
        Whether the charge may have been part of what was not known: the same part, or any part of a resource that is
        unknown as a whole, whose gap has the resource's type as its component.
        """
        return self.address == charge.origin.address and (
            self.component == charge.component or "_" in self.component.partition(" ")[0]
        )


@dataclass(frozen=True)
class Snapshot:
    """
    One side of a comparison. `name` is what people gave: a path, or a revision. `highest` is USD a month as tasks scale
    out. `accepted` are the addresses whose gaps `glimpse.toml` accepts with a reason; `*` stands for any text. `moves`
    are the old and the new address of each `moved` block.
    """

    name: str
    region: str
    catalogue: str
    free_tier: bool
    charges: tuple[Charge, ...]
    gaps: tuple[Gap, ...]
    at_least: bool
    highest: Fraction
    accepted: tuple[str, ...] = ()
    warnings: tuple[Finding, ...] = ()
    commit: str | None = None
    moves: tuple[tuple[str, str], ...] = ()

    @cached_property
    def monthly(self) -> Fraction:
        """USD a month: the sum of the printed lines that are known."""
        return sum((charge.monthly for charge in self.charges if charge.monthly is not None), Fraction(0))

    @property
    def before_usage(self) -> bool:
        return any(charge.monthly is None for charge in self.charges)

    def accepts(self, gap: Gap) -> bool:
        name = gap.address or gap.file or ""
        return any(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) for pattern in self.accepted)


def snapshot_of(bill: Bill, name: str, commit: str | None = None) -> Snapshot:
    """The snapshot of a bill that was just made."""
    charges = tuple(
        Charge(
            line.meter.origin, line.meter.component, line.meter.sku.service, line.meter.unit, line.meter.sku.term,
            None if line.quantity is None else line.quantity.expected, line.price,
            None if line.quantity is None else line.monthly, line.meter.usage_based, line.meter.needs,
        )
        for line in bill.lines
    )  # fmt: skip
    gaps = [Gap(row.origin.address, row.component, row.why, row.origin.file, row.origin.line) for row in bill.unpriced]
    gaps += [gap_of(found) for found in bill.stack.unresolved]
    if choice := bill.stack.choice:
        gaps += [gap_of_choice(variable, choice.file, choice.line) for variable in choice.variables]
    return Snapshot(
        name, bill.stack.region, bill.catalogue.name, bill.free_tier, charges, tuple(gaps), bill.at_least,
        bill.range.high, tuple(row.address for row in bill.workload.accepted), bill.stack.warnings, commit,
        bill.stack.moves,
    )  # fmt: skip


def gap_of_choice(variable: str, file: str | None, line: int | None) -> Gap:
    """The gap of a variable that has no value and decides which of several stacks this is."""
    return Gap(f"var.{variable}", "", say("choice_open", name=variable), file, line)


def gap_of(found: Finding) -> Gap:
    """The gap of what could not be read."""
    return Gap(str(found.what.params.get("address", "")), "", found.what, found.file, found.line)
