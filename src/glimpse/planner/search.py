"""
The best combination of levers: the cheapest that keeps every promise, found by looking at all of them.

Most levers have nothing to do with each other. So the slots (what levers of one part decide) are first tried in pairs:
those whose levers together cost or break something else than they do apart belong to one interaction group. Inside a
group every combination is really applied, priced and judged; across groups prices add up and broken promises unite.
A combination whose saving is not certain is passed over, and so is one that gives up two things that were not asked
for: it is never the best, nor the cheapest that one promise alone forbids.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.costs import Cost, CostCache, Levers, sites_of
from glimpse.planner.levers.lever import EFFORTS, SAME_FOR_LESS, Lever
from glimpse.planner.money import usd_text
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.distribution import Distribution
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.saving import Gap, Rate, Saving
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.verdict import Judge

Names = frozenset[str]
NOTHING: Names = frozenset()

PRICED_WHOLE = 5

KEPT_TOGETHER = (FargateService, Balancer, Cache, ServerlessCache, Database, Distribution)
"""Families that keep a promise of the whole stack together: two changes of them may break what neither breaks."""


@dataclass(frozen=True)
class Combination:
    """
    `monthly` is its printed total, `otherwise` that with the other answer to `--free-tier`. `broken`: the promises it
    does not keep, or of which that is unknown; `stricter`: those of the next stricter promises that it would not keep.
    """

    levers: Levers
    monthly: Fraction
    otherwise: Fraction
    broken: Names
    stricter: Names = NOTHING

    @property
    def names(self) -> str:
        return ", ".join(lever.name for lever in self.levers) or "today"

    @property
    def order(self) -> tuple[Fraction, int, int, int]:
        """Cheapest first; then what is implemented, then the least effort, then the fewest changes."""
        effort = max((EFFORTS.index(lever.effort) for lever in self.levers), default=0)
        return self.monthly, sum(lever.is_planned for lever in self.levers), effort, len(self.levers)


@dataclass(frozen=True)
class Search:
    """
    What was looked at, what won, what came second, the cheapest that each promise alone forbids, and the cheapest
    that would keep each stricter promise. `otherwise` is what wins with the other answer to `--free-tier`.
    """

    looked_at: int
    best: Combination
    second: Combination | None
    forbidden: tuple[Combination, ...]
    stricter: Mapping[str, Combination]
    next_on_demand: int
    otherwise: Combination | None

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


class Candidates:
    """
    The levers that change a stack, each restricted to the addresses where it certainly saves. One that saves at no
    address by itself stays unrestricted, since it may save in combination. `sites` are what each saves by address.
    """

    def __init__(self, cache: CostCache, levers: Iterable[Lever]) -> None:
        self._cache = cache
        self.sites: dict[Lever, Mapping[str, Saving]] = {}
        self.levers: list[Lever] = []
        today = cache.today
        for lever in levers:
            cost = cache.of((lever,))
            if cost.stack == today.stack:
                continue
            self.levers.append(lever)
            addresses = sites_of(today.stack, cost.stack)
            if addresses is None:
                continue
            if cache.estimator.free_tier and cost.granted != today.granted:
                # What AWS grants once cannot be told by the place.
                continue
            sites = self.sites[lever] = cache.savings_by_site(cost, addresses)
            saving = frozenset(address for address, saved in sites.items() if gains(saved))
            if saving:
                # Another lever may open a place to it that has no price; it was not looked at there.
                cache.restrict(lever, saving)

    def saves(self, lever: Lever) -> bool:
        """Whether a lever certainly saves money by itself."""
        return (self._cache.saving(self._cache.today, self._cache.of((lever,))).certain_usd or 0) > 0


def gains(saving: Saving) -> bool:
    """Whether a change certainly saves: money, or usage that nobody gave and that would be charged less."""
    return saving.is_certain and (saving.usd or 0) >= 0 and bool(saving.usd or saving.at_least)


class Searches:
    """All combinations of the levers that change one stack, surveyed once and asked more than once."""

    def __init__(self, cache: CostCache, judge: Judge, levers: Iterable[Lever]) -> None:
        self._survey = _Evaluator(cache, judge)
        self._levers = list(levers)
        self._place = {lever: number for number, lever in enumerate(self._levers)}
        slots: dict[str, Levers] = {}
        for lever in self._levers:
            slots[lever.part] = (*slots.get(lever.part, ()), lever)
        self._groups = [
            self._survey.options(tuple(slots[name] for name in group)) for group in _groups(slots, self._survey)
        ]
        self._combinations = {
            planned: math.prod(1 + sum(planned or not lever.is_planned for lever in slot) for slot in slots.values())
            for planned in (False, True)
        }

    def search(self, planned: bool = False) -> Search | None:
        """None where no combination keeps every promise. `planned`: what nothing implements yet is taken too."""
        groups = [
            [row for row in group if planned or not any(lever.is_planned for lever in row.levers)]
            for group in self._groups
        ]
        seen = sorted(self._joined(groups), key=lambda row: row.order)
        keeping = [row for row in seen if not row.broken]
        if not keeping:
            return None
        # Three changes may still come to something else than in pairs: what may win is priced whole.
        keeping[:PRICED_WHOLE] = sorted(map(self._priced_whole, keeping[:PRICED_WHOLE]), key=lambda row: row.order)
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
            self._combinations[planned],
            self._in_order(best),
            second and self._in_order(second),
            tuple(self._in_order(row) for row in forbidden.values()),
            {name: self._in_order(row) for name, row in stricter.items()},
            self._survey.judge.next_on_demand or 0,
            self._otherwise(groups),
        )

    def _priced_whole(self, row: Combination) -> Combination:
        cost = self._survey.cost(self._in_order(row).levers)
        return replace(row, monthly=cost.monthly, otherwise=cost.otherwise)

    def completed(self, found: Combination, mending: Iterable[Lever]) -> Combination:
        """
        A combination with what costs nothing more: the levers that mend a risk, and those that save nothing certain and
        charge less for usage that nobody gave.
        """
        survey = self._survey
        # Twice: fewer tasks at the most leave room for a pool that did not fit before.
        for lever in (*self._levers, *mending) * 2:
            if any(other.part == lever.part for other in found.levers):
                continue
            if not lever.mends and (lever.group != SAME_FOR_LESS or lever.is_planned):
                continue
            levers = (*found.levers, lever)
            before, after = survey.cost(found.levers), survey.cost(levers)
            saved = survey.cache.saving(before, after)
            free = saved.is_certain and saved.usd == 0 and (lever.mends or saved.at_least)
            if free and after.stack != before.stack and not survey.broken(levers) - survey.broken(found.levers):
                found = replace(found, levers=levers)
        return found

    def _otherwise(self, groups: Sequence[Sequence[_Option]]) -> Combination | None:
        turned = [[replace(row, more=row.otherwise, otherwise=row.more) for row in group] for group in groups]
        keeping = [row for row in self._joined(turned, turned=True) if not row.broken]
        best = min(keeping, key=lambda row: row.order, default=None)
        return best and self._in_order(replace(best, monthly=best.otherwise, otherwise=best.monthly))

    def _in_order(self, row: Combination) -> Combination:
        return replace(row, levers=tuple(sorted(row.levers, key=self._place.__getitem__)))

    def _joined(self, groups: Sequence[Sequence[_Option]], turned: bool = False) -> Iterator[Combination]:
        """
        Of all combinations across groups those that can be a best, a second best or the cheapest that one promise
        forbids: group by group, of those that break and mend the same only the two cheapest are carried on.
        """
        survey = self._survey
        partial: dict[_PromiseChanges, list[_Option]] = {
            _PromiseChanges(): [_Option((), Fraction(0), Fraction(0), _PromiseChanges())]
        }
        for group in groups:
            joined: dict[_PromiseChanges, list[_Option]] = {}
            for (effect, rows), option in itertools.product(partial.items(), _worth_keeping(group)):
                together = effect.with_(option.effect)
                if len(together.breaks) > 1:
                    continue
                for row in rows:
                    joined.setdefault(together, []).append(row.with_(option, together))
            partial = {effect: _two_cheapest(rows) for effect, rows in joined.items()}
        monthly, otherwise = survey.today.monthly, survey.today.otherwise
        if turned:
            monthly, otherwise = otherwise, monthly
        for effect, rows in partial.items():
            broken = (survey.today_broken - effect.mends) | effect.breaks
            stricter = (survey.today_stricter - effect.eases) | effect.tightens
            for row in rows:
                yield Combination(row.levers, monthly + row.more, otherwise + row.otherwise, broken, stricter)


@dataclass(frozen=True, slots=True)
class _PromiseChanges:
    """The promises that a choice breaks and mends, and the stricter ones that it would break and keep."""

    breaks: Names = NOTHING
    mends: Names = NOTHING
    tightens: Names = NOTHING
    eases: Names = NOTHING

    def with_(self, other: _PromiseChanges) -> _PromiseChanges:
        return _PromiseChanges(
            self.breaks | other.breaks,
            self.mends | other.mends,
            self.tightens | other.tightens,
            self.eases | other.eases,
        )


@dataclass(frozen=True, slots=True)
class _Option:
    """One choice inside a group: what it adds to today's total, by both answers to `--free-tier`, and its effect."""

    levers: Levers
    more: Fraction
    otherwise: Fraction
    effect: _PromiseChanges

    def with_(self, other: _Option, effect: _PromiseChanges) -> _Option:
        levers = (*self.levers, *other.levers)
        return _Option(levers, self.more + other.more, self.otherwise + other.otherwise, effect)

    @property
    def order(self) -> tuple[Fraction, int, int, int]:
        return Combination(self.levers, self.more, self.otherwise, NOTHING).order


class _Evaluator:
    """Combinations priced and judged, each once."""

    def __init__(self, cache: CostCache, judge: Judge) -> None:
        self.cache, self.judge = cache, judge
        self.today = cache.today
        self._broken: dict[Levers, tuple[Names, Names]] = {}
        self.today_broken, self.today_stricter = self._judged(())

    def cost(self, levers: Levers) -> Cost:
        return self.cache.of(levers)

    def broken(self, levers: Levers) -> Names:
        return self._judged(levers)[0]

    def options(self, slots: Sequence[Levers]) -> list[_Option]:
        """Every combination inside one group, applied and priced: one lever of each slot, or none."""
        options = []
        for chosen in itertools.product(*((None, *levers) for levers in slots)):
            levers = tuple(lever for lever in chosen if lever)
            if len(self.judge.given_up(levers)) > 1:
                continue
            cost = self.cost(levers)
            if not levers or self.cache.saving(self.today, cost).is_certain:
                more, otherwise = cost.monthly - self.today.monthly, cost.otherwise - self.today.otherwise
                options.append(_Option(levers, more, otherwise, self.effect(levers)))
        return options

    def effect(self, levers: Levers) -> _PromiseChanges:
        broken, stricter = self._judged(levers)
        return _PromiseChanges(
            broken - self.today_broken,
            self.today_broken - broken,
            stricter - self.today_stricter,
            self.today_stricter - stricter,
        )

    def interact(self, one: Lever, other: Lever) -> bool:
        """Whether two levers together come to something else than the sum of each."""
        apart, too = self.cost((one,)), self.cost((other,))
        granted = self.today.granted
        if apart.granted != granted and too.granted != granted:
            return True
        alone = self._is_local(one, apart) and self._is_local(other, too)
        if alone and self._touched(apart).isdisjoint(self._touched(too)):
            return False
        together, today = self.cost((one, other)), self.today
        return (
            together.monthly + today.monthly != apart.monthly + too.monthly
            or together.otherwise + today.otherwise != apart.otherwise + too.otherwise
            or self._open(together) != self._open(apart) | self._open(too)
            or self.effect((one, other)) != self.effect((one,)).with_(self.effect((other,)))
        )

    def _is_local(self, lever: Lever, cost: Cost) -> bool:
        """
        Whether a lever changes only what its own resources are charged and keep: not how traffic is shared, nor what
        flows, nor what AWS grants once to all, nor a promise of the whole stack.
        """
        today = self.today
        return (
            cost.sharing == today.sharing
            and cost.granted == today.granted
            and not self.effect((lever,)).mends
            and not (self.judge.judges_the_whole and self._changes_kinds(cost, KEPT_TOGETHER))
        )

    def _changes_kinds(self, cost: Cost, kinds: tuple[type, ...]) -> bool:
        today, here = set(map(id, self.today.stack.resources)), set(map(id, cost.stack.resources))
        rows = (*self.today.stack.resources, *cost.stack.resources)
        return any(isinstance(row, kinds) and (id(row) in today) != (id(row) in here) for row in rows)

    def _touched(self, cost: Cost) -> frozenset[str]:
        today = {id(resource) for resource in self.today.stack.resources}
        here = {id(resource) for resource in cost.stack.resources}
        changed = (row for row in cost.stack.resources if id(row) not in today)
        gone = (row for row in self.today.stack.resources if id(row) not in here)
        bought = (row.address for row in cost.stack.commitments)
        return frozenset((*(row.origin.address for row in (*changed, *gone)), *bought))

    def _open(self, cost: Cost) -> frozenset[Gap | Rate]:
        """What a design leaves without an amount otherwise than today."""
        return (cost.gaps ^ self.today.gaps) | (cost.rates ^ self.today.rates)

    def _judged(self, levers: Levers) -> tuple[Names, Names]:
        if levers not in self._broken:
            cost = self.cost(levers)
            self._broken[levers] = self.judge.broken(cost.stack, cost.traffic, levers)
        return self._broken[levers]


def _groups(slots: Mapping[str, Levers], survey: _Evaluator) -> list[list[str]]:
    """The slots, put together where two of them interact."""
    groups: list[list[str]] = []
    for name in slots:
        near = [
            group
            for group in groups
            if any(
                survey.interact(one, other)
                for slot in group
                for one, other in itertools.product(slots[slot], slots[name])
            )
        ]
        groups = [group for group in groups if group not in near]
        groups.append([*itertools.chain(*near), name])
    return groups


def _worth_keeping(options: Sequence[_Option]) -> list[_Option]:
    """Of the options with one effect the two cheapest: no other is in a best or a second best."""
    kept: dict[_PromiseChanges, list[_Option]] = {}
    for option in options:
        kept.setdefault(option.effect, []).append(option)
    return [option for rows in kept.values() for option in _two_cheapest(rows)]


def _two_cheapest(options: Sequence[_Option]) -> list[_Option]:
    kept: list[_Option] = []
    for option in sorted(options, key=lambda row: row.order):
        if len(kept) < 2 and all(option.more != row.more for row in kept):
            kept.append(option)
    return kept


def _usd(more: Combination, less: Combination) -> str:
    return usd_text(more.monthly - less.monthly)
