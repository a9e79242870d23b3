"""The same stack in other regions: what it costs there, and what is not sold or has no price there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.catalogue import Catalogue
from glimpse.planner.estimate import Estimator
from glimpse.planner.stack import Unpriced


@dataclass(frozen=True)
class Elsewhere:
    """`missing` is what has a price at home and none in this region: the total there leaves it out."""

    bill: Bill
    missing: tuple[Unpriced, ...]
    difference: Fraction | None
    """USD a month that it costs more than at home; None where something is missing there."""

    @property
    def region(self) -> str:
        return self.bill.stack.region


def elsewhere(home: Bill, estimator: Estimator, catalogues: Iterable[Catalogue]) -> tuple[Elsewhere, ...]:
    """
    What stands in the stack's own region, priced by each of these catalogues; what names a region of its own stays.
    """
    return tuple(_in(home, replace(estimator, catalogue=catalogue)) for catalogue in catalogues)


def _in(home: Bill, estimator: Estimator) -> Elsewhere:
    bill = estimator.bill(replace(home.stack, region=estimator.catalogue.region))
    known = {(entry.origin.address, entry.component) for entry in home.unpriced}
    missing = tuple(entry for entry in bill.unpriced if (entry.origin.address, entry.component) not in known)
    return Elsewhere(bill, missing, None if missing else bill.monthly - home.monthly)
