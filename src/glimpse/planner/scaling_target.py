"""Capacity that Application Auto Scaling sets: between a minimum and a maximum, whatever the resource itself states."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.quantities import CostCases
from glimpse.planner.traffic import Traffic

CAPACITY = "capacity"
"""The usage key under which people state what runs on average, at the target's own address."""


@dataclass(frozen=True, slots=True)
class ScalingTarget:
    """`address` is the target's own. A bound that nobody knows is None."""

    address: str
    least: int | None
    most: int | None

    def is_stated(self, traffic: Traffic) -> bool:
        """Whether people state what runs on average."""
        return isinstance(traffic.workload.usage.of(self.address).get(CAPACITY), Fraction)

    def units(self, traffic: Traffic, stated: Fraction | None = None) -> CostCases | None:
        """
        The units that are charged: what people state for the target or, as `stated`, for its resource, else the
        minimum; down to the minimum and up to the maximum in the cheapest and the dearest case. None is unknown.
        """
        given = traffic.workload.usage.of(self.address).get(CAPACITY)
        expected = given if isinstance(given, Fraction) else stated
        if expected is None:
            if self.least is None:
                return None
            expected = Fraction(self.least)
        low = expected if self.least is None else min(expected, Fraction(self.least))
        high = expected if self.most is None else max(expected, Fraction(self.most))
        return CostCases(low, expected, high)
