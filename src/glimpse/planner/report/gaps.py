"""What a bill leaves out: the parts without a price and those that were not read, by type and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.catalogue import ON_DEMAND, Catalogue
from glimpse.planner.given_usage import type_of
from glimpse.planner.meter import Origin
from glimpse.planner.price_bounds import bounds
from glimpse.planner.report.fragments import NUMBERED
from glimpse.planner.sentence import Sentence
from glimpse.planner.stack import Unpriced


@dataclass(frozen=True, slots=True)
class GapGroup:
    """
    Parts of one type that have no price, or could not be read, for one reason.

    `type` is Terraform's type; empty where a finding belongs to no resource. `components` are what has no price; empty
    for what could not be read (`is_unpriced` tells the two apart). `why` is the reason of the first; the
    others have the same code. `bound` is the most that they may cost together, USD a month, as far as prices that are
    held tell; None where they do not.
    """

    type: str
    components: tuple[str, ...]
    why: Sentence
    count: int
    places: tuple[Origin, ...]
    is_unpriced: bool
    bound: Fraction | None = None

    @property
    def code(self) -> str:
        return self.why.code


def gaps_of(bill: Bill) -> tuple[GapGroup, ...]:
    """
    What has no price and what could not be read, by type and reason. What may cost most comes first: groups whose cost
    is bounded by prices that are held (`_likely`), by that bound; then the others, which may cost anything, by how many
    parts they are.
    """
    together: dict[tuple[str, str, bool], list[_Gap]] = {}
    for gap in _gaps(bill):
        together.setdefault((terraform_type(gap.origin.address), gap.why.code, bool(gap.component)), []).append(gap)
    groups = (
        GapGroup(
            type=kind,
            components=tuple(dict.fromkeys(row.component for row in rows if row.component)),
            why=rows[0].why,
            count=len(rows),
            places=tuple(dict.fromkeys(row.origin for row in rows)),
            is_unpriced=is_unpriced,
            bound=_sum(row.likely for row in rows),
        )
        for (kind, _, is_unpriced), rows in together.items()
    )
    return tuple(sorted(groups, key=lambda group: (-(group.bound or 0), -group.count)))


@dataclass(frozen=True, slots=True)
class _Gap:
    origin: Origin
    component: str
    why: Sentence
    likely: Fraction | None = None


def _gaps(bill: Bill) -> Iterator[_Gap]:
    for entry in bill.unpriced:
        yield _Gap(entry.origin, NUMBERED.sub("", entry.component), entry.why, _likely(entry, bill.catalogue))
    for found in bill.stack.unresolved:
        address = str(found.what.params.get("address", ""))
        yield _Gap(Origin(address, found.file, found.line), "", found.what)


def _likely(entry: Unpriced, catalogue: Catalogue) -> Fraction | None:
    """
    At most so many USD a month: the known quantity at the upper bound of its price (`price_bounds`), or at the
    on-demand price of the same thing, which is what Spot and reservations are discounts on. None where the quantity or
    such a price is unknown.
    """
    here = catalogue.of(entry.origin.region)
    if entry.sku is None or entry.quantity is None or here is None:
        return None
    if found := bounds(entry.sku, here):
        return entry.quantity.expected * found[1]
    price = here.price(replace(entry.sku, term=ON_DEMAND))
    return price.charge(entry.quantity.expected) if price else None


def _sum(amounts: Iterable[Fraction | None]) -> Fraction | None:
    """Their sum; None where one of them is unknown."""
    total = Fraction(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def terraform_type(address: str) -> str:
    """Terraform's type in an address; empty where there is none, as in `module.a`, `var.b` and `flow.internet_out`."""
    kind = type_of(address)
    return kind if "_" in kind else ""
