"""
The best combination of levers: the cheapest that keeps every promise, found by looking at all of them.

Most levers have nothing to do with each other. So parts are first tried in pairs: those whose levers together cost
or break something else than they do apart belong to one field. Inside a field every combination is really applied,
priced and judged; across fields prices add up and broken promises unite. Combinations that change something without
a price cannot be compared and are passed over.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.bill import Line, line_of
from glimpse.planner.estimate import Estimator, Gap, gap
from glimpse.planner.levers.lever import EFFORTS, Lever, applied
from glimpse.planner.meter import Meter
from glimpse.planner.money import usd_text
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.traffic import Traffic
from glimpse.planner.usage import flow_meters, traffic_of
from glimpse.planner.verdict import KEPT, judged
from glimpse.planner.workload import Promises

Gaps = frozenset[Gap]
Levers = tuple[Lever, ...]


@dataclass(frozen=True)
class Combination:
    """
    `monthly` is its printed total. `broken`: the promises it does not keep, or of which that is unknown;
    `stricter`: those of the next stricter promises that it would not keep either.
    """

    levers: Levers
    monthly: Fraction
    broken: frozenset[str]
    stricter: frozenset[str] = frozenset()

    @property
    def names(self) -> str:
        return ", ".join(lever.name for lever in self.levers) or "today"

    @property
    def is_planned(self) -> bool:
        return any(lever.is_planned for lever in self.levers)

    @property
    def order(self) -> tuple[Fraction, int, int, int]:
        """Cheapest first; then what is implemented, then the least effort, then the fewest changes."""
        effort = max((EFFORTS.index(lever.effort) for lever in self.levers), default=0)
        return self.monthly, sum(lever.is_planned for lever in self.levers), effort, len(self.levers)


@dataclass(frozen=True)
class Search:
    """
    What was looked at, what won, what came second, the cheapest that each promise alone forbids, and the cheapest
    that would keep each stricter promise.
    """

    looked_at: int
    best: Combination
    second: Combination | None
    forbidden: tuple[Combination, ...]
    stricter: Mapping[str, Combination]

    def reasons(self) -> tuple[Sentence, ...]:
        """Why nothing cheaper was taken, and what the next best and the next promise would cost."""
        said = [
            say("search_forbidden", promise=next(iter(row.broken)), levers=row.names, less=_usd(self.best, row))
            for row in self.forbidden
        ]
        if self.second:
            said.append(say("search_second", levers=self.second.names, more=_usd(self.second, self.best)))
        said += [say(f"search_{name}", more=_usd(row, self.best)) for name, row in self.stricter.items()]
        return tuple(said)


class Searches:
    """All combinations of the levers that change one stack, surveyed once and asked more than once."""

    def __init__(self, stack: Stack, estimator: Estimator, levers: Iterable[Lever]) -> None:
        self._scale = _Scale(stack, estimator)
        useful = [lever for lever in levers if lever.change(stack) != stack]
        self._place = {lever: number for number, lever in enumerate(useful)}
        parts: dict[str, Levers] = {}
        for lever in useful:
            parts[lever.part] = (*parts.get(lever.part, ()), lever)
        self._fields = [
            _weighed(tuple(parts[name] for name in field), self._scale) for field in _fields(parts, self._scale)
        ]
        self._today = self._scale.of(())

    def search(self, planned: bool = False) -> Search | None:
        """None where no combination keeps every promise. `planned`: what nothing implements yet is taken too."""
        fields = [
            [row for row in field if planned or not any(lever.is_planned for lever in row.levers)]
            for field in self._fields
        ]
        seen = sorted(self._joined([_worth_keeping(field) for field in fields]), key=lambda row: row.order)
        keeping = [row for row in seen if not row.broken]
        if not keeping:
            return None
        best = keeping[0]
        second = next((row for row in keeping if row.monthly > best.monthly), None)
        forbidden: dict[str, Combination] = {}
        for row in seen:
            if row.monthly < best.monthly and len(row.broken) == 1:
                forbidden.setdefault(next(iter(row.broken)), row)
        stricter = {}
        for name in sorted(best.stricter):
            keeping_too = next((row for row in keeping if name not in row.stricter), None)
            if keeping_too:
                stricter[name] = keeping_too
        return Search(
            math.prod(len(field) for field in fields),
            self._in_order(best),
            second and self._in_order(second),
            tuple(self._in_order(row) for row in forbidden.values()),
            {name: self._in_order(row) for name, row in stricter.items()},
        )

    def _in_order(self, row: Combination) -> Combination:
        return replace(row, levers=tuple(sorted(row.levers, key=self._place.__getitem__)))

    def _joined(self, fields: Sequence[Sequence[_Option]]) -> Iterator[Combination]:
        for chosen in itertools.product(*fields):
            if any(option.gaps for option in chosen):
                continue
            yield Combination(
                tuple(lever for option in chosen for lever in option.levers),
                self._today.monthly + sum((option.more for option in chosen), Fraction(0)),
                _united(self._today.broken, (option.broken for option in chosen)),
                _united(self._today.stricter, (option.stricter for option in chosen)),
            )


@dataclass(frozen=True)
class _Weight:
    """What a combination comes to, as a whole bill would."""

    monthly: Fraction
    gaps: Gaps
    broken: frozenset[str]
    stricter: frozenset[str]


@dataclass(frozen=True)
class _Option:
    """One choice inside a field: what it adds to today. `gaps`: what it leaves unpriced otherwise than today."""

    levers: Levers
    more: Fraction
    gaps: Gaps
    broken: frozenset[str]
    stricter: frozenset[str]


def _fields(parts: Mapping[str, Levers], scale: _Scale) -> list[list[str]]:
    """The parts, put together where two of them have to do with each other."""
    fields: list[list[str]] = []
    for name in parts:
        near = [field for field in fields if any(_interact(parts[name], parts[other], scale) for other in field)]
        fields = [field for field in fields if field not in near]
        fields.append([*itertools.chain(*near), name])
    return fields


def _interact(one: Levers, other: Levers, scale: _Scale) -> bool:
    """Whether two levers together come to something else than the sum of each."""
    today = scale.of(())
    for first, second in itertools.product(one, other):
        apart, too, together = scale.of((first,)), scale.of((second,)), scale.of((first, second))
        if (
            together.monthly - today.monthly != apart.monthly + too.monthly - 2 * today.monthly
            or together.gaps ^ today.gaps != (apart.gaps ^ today.gaps) | (too.gaps ^ today.gaps)
            or together.broken != _united(today.broken, (apart.broken, too.broken))
            or together.stricter != _united(today.stricter, (apart.stricter, too.stricter))
        ):
            return True
    return False


def _united(today: frozenset[str], others: Iterable[frozenset[str]]) -> frozenset[str]:
    """Today's broken promises, less those that some field mends, and those that some field breaks."""
    others = tuple(others)
    mended = frozenset(name for name in today if any(name not in broken for broken in others))
    return (today - mended).union(*(broken - today for broken in others))


def _weighed(choices: Sequence[Levers], scale: _Scale) -> list[_Option]:
    """Every combination inside one field, applied and priced: one lever of each part, or none."""
    today = scale.of(())
    options = []
    for chosen in itertools.product(*((None, *levers) for levers in choices)):
        levers = tuple(lever for lever in chosen if lever)
        weight = scale.of(levers)
        more = weight.monthly - today.monthly
        options.append(_Option(levers, more, weight.gaps ^ today.gaps, weight.broken, weight.stricter))
    return options


def _worth_keeping(options: Sequence[_Option]) -> list[_Option]:
    """Of the options that break the same promises, the two cheapest: no other is in a best or a second best."""
    kept: dict[tuple[frozenset[str], frozenset[str]], list[_Option]] = {}
    for option in sorted(options, key=lambda row: Combination(row.levers, row.more, row.broken).order):
        held = kept.setdefault((option.broken, option.stricter), [])
        if not option.gaps and len(held) < 2 and all(option.more != row.more for row in held):
            held.append(option)
    return [option for held in kept.values() for option in held]


class _Scale:
    """Weighs combinations on one stack, with each resource priced once."""

    def __init__(self, stack: Stack, estimator: Estimator) -> None:
        self._stack, self._estimator = stack, estimator
        self._weights: dict[Levers, _Weight] = {}
        self._costs: dict[tuple[object, ...], tuple[Fraction, Gaps]] = {}
        promises = estimator.workload.promises
        self.stricter = {
            "on_demand_pair": replace(promises, min_on_demand_tasks=promises.min_on_demand_tasks + 1),
        }

    def of(self, levers: Levers) -> _Weight:
        if levers not in self._weights:
            self._weights[levers] = self._weigh(applied(self._stack, levers))
        return self._weights[levers]

    def _weigh(self, stack: Stack) -> _Weight:
        estimator = self._estimator
        traffic = traffic_of(stack, estimator.workload, estimator.capacity, estimator.today)
        total, gaps = self._sum(None, flow_meters(stack, traffic), traffic)
        for resource in stack.resources:
            cost, missing = self._cost(resource, traffic)
            total += cost
            gaps |= missing
        broken = _broken(stack, traffic, estimator.workload.promises)
        stricter = (name for name, promises in self.stricter.items() if _broken(stack, traffic, promises) - broken)
        return _Weight(total, gaps, broken, frozenset(stricter))

    def _cost(self, resource: Resource, traffic: Traffic) -> tuple[Fraction, Gaps]:
        key = (resource, *traffic.sharing)
        if key not in self._costs:
            self._costs[key] = self._sum(resource, resource.meters(traffic), traffic)
        return self._costs[key]

    def _sum(self, resource: Resource | None, meters: Sequence[Meter], traffic: Traffic) -> tuple[Fraction, Gaps]:
        total, gaps = Fraction(0), set()
        for meter in meters:
            line = line_of(meter, self._estimator.catalogue, traffic)
            if isinstance(line, Line):
                total += line.monthly
            else:
                gaps.add(gap(meter.origin, meter.component, meter.quantity, meter.sku, resource))
        return total, frozenset(gaps)


def _broken(stack: Stack, traffic: Traffic, promises: Promises) -> frozenset[str]:
    return frozenset(row.promise for row in judged(stack, traffic, promises) if row.verdict != KEPT)


def _usd(more: Combination, less: Combination) -> str:
    return usd_text(more.monthly - less.monthly)
