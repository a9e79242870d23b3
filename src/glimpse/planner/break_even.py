"""The month from which a commitment has cost less than on demand, if the resource is deleted then."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from glimpse.planner.quantities import HOURS_PER_MONTH


def committed_usd(months: int, reserved: Fraction, upfront: Fraction = Fraction(0)) -> Fraction:
    """
    USD that a commitment of `months` costs in all: `upfront`, and `reserved` USD for each hour of its term, whether
    anything runs or not (user guides of EC2 and RDS, reserved instances; of Savings Plans).
    """
    return upfront + months * HOURS_PER_MONTH * reserved


def break_even_month(
    months: int, reserved: Fraction, on_demand: Fraction, upfront: Fraction = Fraction(0)
) -> int | None:
    """
    The month at whose end `on_demand` USD an hour would have cost as much as the whole commitment, counted from 1.
    What is deleted before that month would have been cheaper on demand.

    ceil((upfront + months × 730 × reserved) / (730 × on demand)). None where that lies beyond the term: then the
    commitment never pays. It is one division: a commitment is owed in full, so that only on demand grows by the month.
    """
    if not on_demand:
        return None
    month = ceil(committed_usd(months, reserved, upfront) / (HOURS_PER_MONTH * on_demand))
    return month if month <= months else None
