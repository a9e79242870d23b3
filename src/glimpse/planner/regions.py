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
class RegionComparison:
    """The stack's bill in another region. `missing` has a price at home and none there, and the bill leaves it out."""

    bill: Bill
    missing: tuple[Unpriced, ...]
    difference: Fraction | None
    """USD a month that it costs more than at home; None where something is missing there."""

    @property
    def region(self) -> str:
        return self.bill.stack.region


def compare_regions(home: Bill, estimator: Estimator, catalogues: Iterable[Catalogue]) -> tuple[RegionComparison, ...]:
    """The bill of the stack in the region of each catalogue. A resource that names a region of its own stays there."""
    return tuple(_in_region(home, replace(estimator, catalogue=catalogue)) for catalogue in catalogues)


def _in_region(home: Bill, estimator: Estimator) -> RegionComparison:
    bill = estimator.bill(replace(home.stack, region=estimator.catalogue.region))
    known = {(entry.origin.address, entry.component) for entry in home.unpriced}
    missing = tuple(entry for entry in bill.unpriced if (entry.origin.address, entry.component) not in known)
    return RegionComparison(bill, missing, None if missing else bill.monthly - home.monthly)
