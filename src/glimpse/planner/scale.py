"""
What a changed stack comes to, asked hundreds of times: the printed total and the gaps of its bill, without the bill.

A resource that a change leaves alone, in traffic that is shared as before, is priced once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.bill import Line, line_of
from glimpse.planner.estimate import Estimator, Gap, gap, hidden
from glimpse.planner.levers.lever import Lever, applied
from glimpse.planner.meter import Meter
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.traffic import Traffic
from glimpse.planner.usage import flow_meters, traffic_of

Levers = tuple[Lever, ...]
Cost = tuple[Fraction, frozenset[Gap]]


@dataclass(frozen=True)
class Weight:
    """`monthly` is the printed total of the bill, `gaps` what it could not price."""

    stack: Stack
    traffic: Traffic
    monthly: Fraction
    gaps: frozenset[Gap]

    def saves(self, other: Weight) -> Fraction | None:
        """USD a month that the other costs less; None where that cannot be told, as `estimate.saving` has it."""
        return None if hidden(self.gaps, other.gaps) else self.monthly - other.monthly


class Scale:
    """Weighs one stack under any combination of levers."""

    def __init__(self, stack: Stack, estimator: Estimator) -> None:
        self.stack, self.estimator = stack, estimator
        self._weights: dict[Levers, Weight] = {}
        # By how traffic is shared; resources by identity first, which is cheap, and by value where one was made anew.
        self._seen: dict[tuple[object, ...], tuple[dict[int, tuple[Resource, Cost]], dict[Resource, Cost]]] = {}

    def of(self, levers: Levers) -> Weight:
        if levers not in self._weights:
            self._weights[levers] = self._weigh(applied(self.stack, levers))
        return self._weights[levers]

    def _weigh(self, stack: Stack) -> Weight:
        estimator = self.estimator
        traffic = traffic_of(stack, estimator.workload, estimator.capacity, estimator.today)
        same, equal = self._seen.setdefault(traffic.sharing, ({}, {}))
        total, gaps = self._sum(None, flow_meters(stack, traffic), traffic)
        for resource in stack.resources:
            if id(resource) not in same:
                if resource not in equal:
                    equal[resource] = self._sum(resource, resource.meters(traffic), traffic)
                same[id(resource)] = resource, equal[resource]
            cost, missing = same[id(resource)][1]
            if cost:
                total += cost
            if missing:
                gaps |= missing
        return Weight(stack, traffic, total, gaps)

    def _sum(self, resource: Resource | None, meters: Iterable[Meter], traffic: Traffic) -> Cost:
        total, gaps = Fraction(0), set()
        for meter in self.estimator.filled(meters):
            line = line_of(meter, self.estimator.catalogue, traffic)
            if isinstance(line, Line):
                total += line.monthly
            if meter.is_symbol:
                gaps.add(gap(meter.origin, meter.component, None, meter.sku, None, is_usage=True))
            elif not isinstance(line, Line):
                gaps.add(gap(meter.origin, meter.component, meter.quantity, meter.sku, resource))
        return total, frozenset(gaps)
