"""
The best combination of levers: the cheapest that keeps every promise, found by looking at all of them.

A resource costs the same in every combination that leaves it alone, so each is priced once and combinations are
added up. Combinations that change something without a price cannot be compared and are passed over.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.bill import Line, line_of
from glimpse.planner.estimate import Estimator, Gap, gap
from glimpse.planner.levers import EFFORTS, Lever, applied
from glimpse.planner.meter import Meter
from glimpse.planner.money import usd_text
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.traffic import Traffic
from glimpse.planner.usage import flow_meters, traffic_of
from glimpse.planner.verdict import KEPT, judged

Gaps = frozenset[Gap]


@dataclass(frozen=True)
class Combination:
    """`broken`: the promises it does not keep, or of which that is unknown."""

    levers: tuple[Lever, ...]
    monthly: Fraction
    broken: tuple[str, ...]

    @property
    def names(self) -> str:
        return ", ".join(lever.name for lever in self.levers) or "today"

    @property
    def order(self) -> tuple[Fraction, int, int]:
        """Cheapest first; then the least effort, then the fewest changes."""
        effort = max((EFFORTS.index(lever.effort) for lever in self.levers), default=0)
        return self.monthly, effort, len(self.levers)


@dataclass(frozen=True)
class Search:
    """What was looked at, what won, what came second, and the cheapest that each promise alone forbids."""

    looked_at: int
    best: Combination
    second: Combination | None
    forbidden: tuple[Combination, ...]

    def reasons(self) -> tuple[Sentence, ...]:
        """Why nothing cheaper was taken, and what the next best would cost."""
        said = [
            say("search_forbidden", promise=other.broken[0], levers=other.names, less=_usd(self.best, other))
            for other in self.forbidden
        ]
        if self.second:
            said.append(say("search_second", levers=self.second.names, more=_usd(self.second, self.best)))
        return tuple(said)


def search(stack: Stack, estimator: Estimator, levers: Sequence[Lever]) -> Search | None:
    """Every combination of the levers that change this stack; None where none of them keeps every promise."""
    useful = [lever for lever in levers if lever.change(stack) != stack]
    costs = _Costs(estimator)
    today = costs.of(stack)
    seen: list[Combination] = []
    looked_at = 0
    for chosen in _subsets(useful):
        looked_at += 1
        changed = applied(stack, chosen)
        monthly, gaps, traffic = costs.of(changed)
        if gaps == today[1]:
            broken = tuple(row.promise for row in judged(changed, traffic) if row.verdict != KEPT)
            seen.append(Combination(chosen, monthly, broken))
    seen.sort(key=lambda combination: combination.order)
    keeping = [combination for combination in seen if not combination.broken]
    if not keeping:
        return None
    best = keeping[0]
    second = next((other for other in keeping if other.monthly > best.monthly), None)
    cheaper = [other for other in seen if other.monthly < best.monthly and len(other.broken) == 1]
    first_by_promise = {other.broken[0]: other for other in reversed(cheaper)}
    forbidden = tuple(sorted(first_by_promise.values(), key=lambda combination: combination.order))
    return Search(looked_at, best, second, forbidden)


def _subsets(levers: Sequence[Lever]) -> Iterator[tuple[Lever, ...]]:
    for size in range(len(levers) + 1):
        yield from itertools.combinations(levers, size)


class _Costs:
    """Printed totals of stacks, with each resource priced once."""

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator
        self._known: dict[tuple[object, ...], tuple[Fraction, Gaps]] = {}

    def of(self, stack: Stack) -> tuple[Fraction, Gaps, Traffic]:
        estimator = self._estimator
        traffic = traffic_of(stack, estimator.workload, estimator.capacity, estimator.today)
        total, gaps = self._sum(None, flow_meters(stack, traffic), traffic)
        for resource in stack.resources:
            cost, missing = self._cost(resource, traffic)
            total += cost
            gaps |= missing
        return total, gaps, traffic

    def _cost(self, resource: Resource, traffic: Traffic) -> tuple[Fraction, Gaps]:
        key = (resource, *traffic.sharing)
        if key not in self._known:
            self._known[key] = self._sum(resource, resource.meters(traffic), traffic)
        return self._known[key]

    def _sum(self, resource: Resource | None, meters: Sequence[Meter], traffic: Traffic) -> tuple[Fraction, Gaps]:
        total, gaps = Fraction(0), set()
        for meter in meters:
            line = line_of(meter, self._estimator.catalogue, traffic)
            if isinstance(line, Line):
                total += line.monthly
            else:
                gaps.add(gap(meter.origin, meter.component, meter.quantity, resource))
        return total, frozenset(gaps)


def _usd(more: Combination, less: Combination) -> str:
    return usd_text(more.monthly - less.monthly)
