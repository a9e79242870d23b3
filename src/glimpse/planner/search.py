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

from glimpse.planner.estimate import Gap, hidden
from glimpse.planner.levers.lever import EFFORTS, Lever
from glimpse.planner.money import usd_text
from glimpse.planner.scale import Levers, Scale, Weight
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.verdict import KEPT, judged
from glimpse.planner.workload import Promises


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
    next_on_demand: int

    def reasons(self) -> tuple[Sentence, ...]:
        """Why nothing cheaper was taken, and what the next best and the next promise would cost."""
        said = [
            say("search_forbidden", promise=next(iter(row.broken)), levers=self._beside(row), less=_usd(self.best, row))
            for row in self.forbidden
        ]
        if self.second:
            said.append(say("search_second", levers=self._beside(self.second), more=_usd(self.second, self.best)))
        said += [
            say(f"search_{name}", count=self.next_on_demand, more=_usd(row, self.best))
            for name, row in self.stricter.items()
        ]
        return tuple(said)

    def _beside(self, row: Combination) -> str:
        """A combination by what it has more and less than the best."""
        more = [f"+ {lever.name}" for lever in row.levers if lever not in self.best.levers]
        less = [f"− {lever.name}" for lever in self.best.levers if lever not in row.levers]
        return " ".join(("best", *more, *less))


class Searches:
    """All combinations of the levers that change one stack, surveyed once and asked more than once."""

    def __init__(self, scale: Scale, levers: Iterable[Lever]) -> None:
        stack = scale.stack
        self._judge = _Judge(scale)
        useful = [lever for lever in levers if lever.change(stack) != stack]
        self._place = {lever: number for number, lever in enumerate(useful)}
        parts: dict[str, Levers] = {}
        for lever in useful:
            parts[lever.part] = (*parts.get(lever.part, ()), lever)
        self._fields = [
            _weighed(tuple(parts[name] for name in field), self._judge) for field in _fields(parts, self._judge)
        ]
        self._today = self._judge.of(())

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
            self._judge.next_on_demand,
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
class _Option:
    """One choice inside a field: what it adds to today. `gaps`: what it leaves unpriced otherwise than today."""

    levers: Levers
    more: Fraction
    gaps: frozenset[Gap]
    broken: frozenset[str]
    stricter: frozenset[str]


def _fields(parts: Mapping[str, Levers], judge: _Judge) -> list[list[str]]:
    """The parts, put together where two of them have to do with each other."""
    fields: list[list[str]] = []
    for name in parts:
        near = [field for field in fields if any(_interact(parts[name], parts[other], judge) for other in field)]
        fields = [field for field in fields if field not in near]
        fields.append([*itertools.chain(*near), name])
    return fields


def _interact(one: Levers, other: Levers, judge: _Judge) -> bool:
    """Whether two levers together come to something else than the sum of each."""
    today = judge.of(())
    for first, second in itertools.product(one, other):
        apart, too, together = judge.of((first,)), judge.of((second,)), judge.of((first, second))
        if (
            together.monthly - today.monthly != apart.monthly + too.monthly - 2 * today.monthly
            or hidden(today.gaps, together.gaps) != hidden(today.gaps, apart.gaps) | hidden(today.gaps, too.gaps)
            or together.broken != _united(today.broken, (apart.broken, too.broken))
            or together.stricter != _united(today.stricter, (apart.stricter, too.stricter))
        ):
            return True
    return False


@dataclass(frozen=True)
class _Judged:
    """What a combination comes to, and what it breaks."""

    monthly: Fraction
    gaps: frozenset[Gap]
    broken: frozenset[str]
    stricter: frozenset[str]


class _Judge:
    """Combinations weighed and judged, each once."""

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._held: dict[Levers, _Judged] = {}
        self._promises = scale.estimator.workload.promises
        self.next_on_demand = self._promises.min_on_demand_tasks + 1
        self._stricter = {"more_on_demand": replace(self._promises, min_on_demand_tasks=self.next_on_demand)}

    def of(self, levers: Levers) -> _Judged:
        if levers not in self._held:
            weight = self._scale.of(levers)
            broken = _broken(weight, self._promises)
            stricter = (name for name, promises in self._stricter.items() if _broken(weight, promises) - broken)
            self._held[levers] = _Judged(weight.monthly, weight.gaps, broken, frozenset(stricter))
        return self._held[levers]


def _broken(weight: Weight, promises: Promises) -> frozenset[str]:
    return frozenset(row.promise for row in judged(weight.stack, weight.traffic, promises) if row.verdict != KEPT)


def _united(today: frozenset[str], others: Iterable[frozenset[str]]) -> frozenset[str]:
    """Today's broken promises, less those that some field mends, and those that some field breaks."""
    others = tuple(others)
    mended = frozenset(name for name in today if any(name not in broken for broken in others))
    return (today - mended).union(*(broken - today for broken in others))


def _weighed(choices: Sequence[Levers], judge: _Judge) -> list[_Option]:
    """Every combination inside one field, applied and priced: one lever of each part, or none."""
    today = judge.of(())
    options = []
    for chosen in itertools.product(*((None, *levers) for levers in choices)):
        levers = tuple(lever for lever in chosen if lever)
        found = judge.of(levers)
        more = found.monthly - today.monthly
        options.append(_Option(levers, more, hidden(today.gaps, found.gaps), found.broken, found.stricter))
    return options


def _worth_keeping(options: Sequence[_Option]) -> list[_Option]:
    """Of the options that break the same promises, the two cheapest: no other is in a best or a second best."""
    kept: dict[tuple[frozenset[str], frozenset[str]], list[_Option]] = {}
    for option in sorted(options, key=lambda row: Combination(row.levers, row.more, row.broken).order):
        held = kept.setdefault((option.broken, option.stricter), [])
        if not option.gaps and len(held) < 2 and all(option.more != row.more for row in held):
            held.append(option)
    return [option for held in kept.values() for option in held]


def _usd(more: Combination, less: Combination) -> str:
    return usd_text(more.monthly - less.monthly)
