"""Quantities: how much of something is used, and how sure we are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

HOURS_PER_MONTH = 730
"""AWS's own month (pricing pages and calculator): 365 days × 24 h / 12."""

DAYS_PER_MONTH = Fraction(HOURS_PER_MONTH, 24)


@dataclass(frozen=True, slots=True)
class CostCases:
    """
    One quantity in the cheapest, the expected and the dearest case of the whole stack.

    The cases belong to the stack, not to the quantity: when a task moves from on-demand to Spot, the cheapest case has
    *more* Spot hours. So `low` may exceed `high`.
    """

    low: Fraction
    expected: Fraction
    high: Fraction

    def map(self, change: Callable[[Fraction], Fraction]) -> CostCases:
        if self.low is self.expected is self.high:
            value = change(self.expected)
            return CostCases(value, value, value)
        return CostCases(change(self.low), change(self.expected), change(self.high))

    def __mul__(self, factor: Fraction | int) -> CostCases:
        return self.map(lambda value: value * factor)

    def __add__(self, other: CostCases) -> CostCases:
        return CostCases(self.low + other.low, self.expected + other.expected, self.high + other.high)

    @property
    def is_zero(self) -> bool:
        return not (self.low or self.expected or self.high)


def certain(value: Fraction | int) -> CostCases:
    exact = Fraction(value)
    return CostCases(exact, exact, exact)


NOTHING = certain(0)
