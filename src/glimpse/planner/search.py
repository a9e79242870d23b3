"""
The best combination of levers: the cheapest that keeps every promise.

Levers that decide the same thing share a slot, and exclude each other. Most slots have nothing to do with each other,
so they are first tried in pairs: two slots whose levers together cost or break something else than they do apart form
one interaction group. Inside a group every combination is applied, priced and judged. Across groups prices add up, and
broken promises unite.

A combination whose saving is not certain is passed over, and so is one that gives up two things that the owner did not
permit: it is neither the best nor the cheapest that a single promise forbids.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.costs import Cost, CostCache, Levers, changed_addresses
from glimpse.planner.levers.lever import EFFORTS, SAME_FOR_LESS, Lever
from glimpse.planner.money import usd_text
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.distribution import Distribution
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.saving import Rate, Saving, UnpricedPart
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.verdict import Judge

PromiseNames = frozenset[str]
NO_PROMISES: PromiseNames = frozenset()

MAX_PRICED_WHOLE = 5

KEPT_TOGETHER = (FargateService, Balancer, Cache, ServerlessCache, Database, Distribution)
"""Families that keep a promise of the whole stack together: two changes of them may break what neither breaks alone."""


@dataclass(frozen=True)
class Combination:
    """
    `monthly` is its printed total; `with_other_free_tier` is the total with the other answer to `--free-tier`.

    `broken` are the promises that it does not keep, or does not certainly keep. `stricter` are the next stricter
    promises that it would not keep.
    """

    levers: Levers
    monthly: Fraction
    with_other_free_tier: Fraction
    broken: PromiseNames
    stricter: PromiseNames = NO_PROMISES

    @property
    def names(self) -> str:
        return ", ".join(lever.name for lever in self.levers) or "today"

    @property
    def order(self) -> tuple[Fraction, int, int, int]:
        """Cheapest first; then what is implemented, then the least effort, then the fewest changes."""
        effort = max((EFFORTS.index(lever.effort) for lever in self.levers), default=0)
        return self.monthly, sum(lever.is_planned for lever in self.levers), effort, len(self.levers)


@dataclass(frozen=True)
class SearchResult:
    """
    What a search found. `looked_at` is the number of combinations.

    `forbidden` are the cheapest combinations that a single promise forbids. `stricter` has the cheapest combination
    that would keep each stricter promise. `best_with_other_free_tier` wins with the other answer to `--free-tier`.
    """

    looked_at: int
    best: Combination
    second: Combination | None
    forbidden: tuple[Combination, ...]
    stricter: Mapping[str, Combination]
    next_on_demand: int
    best_with_other_free_tier: Combination | None

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
    The levers that change a stack, each restricted to the addresses where it certainly saves.

    A lever that saves at no address by itself stays unrestricted, since it may save in combination. `savings` is what
    each lever saves by address.
    """

    def __init__(self, cache: CostCache, levers: Iterable[Lever]) -> None:
        self._cache = cache
        self.savings: dict[Lever, Mapping[str, Saving]] = {}
        self.levers: list[Lever] = []
        today = cache.today
        for lever in levers:
            cost = cache.of((lever,))
            if cost.stack == today.stack:
                continue
            self.levers.append(lever)
            addresses = changed_addresses(today.stack, cost.stack)
            if addresses is None:
                continue
            if cache.estimator.free_tier and cost.granted != today.granted:
                # What AWS grants once to an account belongs to no single address.
                continue
            savings = self.savings[lever] = cache.savings_by_address(cost, addresses)
            saving = frozenset(address for address, saved in savings.items() if gains(saved))
            if saving:
                # Another lever may let it change a further place, where its saving was not looked at.
                cache.restrict(lever, saving)

    def saves(self, lever: Lever) -> bool:
        """Whether a lever certainly saves money by itself."""
        return (self._cache.saving(self._cache.today, self._cache.of((lever,))).certain_usd or 0) > 0


def gains(saving: Saving) -> bool:
    """Whether a change certainly saves: money, or usage that nobody gave and that would be charged less."""
    return saving.is_certain and (saving.usd or 0) >= 0 and bool(saving.usd or saving.at_least)


class Combinations:
    """All combinations of the levers that change one stack. They are evaluated once and searched several times."""

    def __init__(self, cache: CostCache, judge: Judge, levers: Iterable[Lever]) -> None:
        self._evaluator = _Evaluator(cache, judge)
        self._levers = list(levers)
        self._place = {lever: number for number, lever in enumerate(self._levers)}
        slots: dict[str, Levers] = {}
        for lever in self._levers:
            slots[lever.slot] = (*slots.get(lever.slot, ()), lever)
        self.groups = [
            self._evaluator.options(tuple(slots[name] for name in group)) for group in _groups(slots, self._evaluator)
        ]
        self._combinations = {
            planned: math.prod(1 + sum(planned or not lever.is_planned for lever in slot) for slot in slots.values())
            for planned in (False, True)
        }

    def search(self, planned: bool = False) -> SearchResult | None:
        """
        The cheapest combination; None if none keeps every promise. `planned`: levers that nothing implements yet may be
        taken.
        """
        groups = [
            [row for row in group if planned or not any(lever.is_planned for lever in row.levers)]
            for group in self.groups
        ]
        seen = sorted(self.joined(groups), key=lambda row: row.order)
        keeping = [row for row in seen if not row.broken]
        if not keeping:
            return None
        # Three levers may cost something else than their pairs say: the combinations that may win are priced whole.
        whole = map(self._priced_whole, keeping[:MAX_PRICED_WHOLE])
        keeping[:MAX_PRICED_WHOLE] = sorted(whole, key=lambda row: row.order)
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
        return SearchResult(
            self._combinations[planned],
            self._in_order(best),
            second and self._in_order(second),
            tuple(self._in_order(row) for row in forbidden.values()),
            {name: self._in_order(row) for name, row in stricter.items()},
            self._evaluator.judge.next_on_demand or 0,
            self._best_with_other_free_tier(groups),
        )

    def _priced_whole(self, row: Combination) -> Combination:
        cost = self._evaluator.cost(self._in_order(row).levers)
        return replace(row, monthly=cost.monthly, with_other_free_tier=cost.with_other_free_tier)

    def completed(self, found: Combination, mending: Iterable[Lever]) -> Combination:
        """
        A combination with further levers that cost nothing: those that mend a risk, and those that save nothing certain
        but lower what usage is charged.
        """
        evaluator = self._evaluator
        # Twice, because a lever may make room for an earlier one: fewer tasks at the most let a larger pool fit.
        for lever in (*self._levers, *mending) * 2:
            if any(other.slot == lever.slot for other in found.levers):
                continue
            if not lever.mends and (lever.group != SAME_FOR_LESS or lever.is_planned):
                continue
            levers = (*found.levers, lever)
            before, after = evaluator.cost(found.levers), evaluator.cost(levers)
            saved = evaluator.cache.saving(before, after)
            free = saved.is_certain and saved.usd == 0 and (lever.mends or saved.at_least)
            if free and after.stack != before.stack and not evaluator.broken(levers) - evaluator.broken(found.levers):
                found = replace(found, levers=levers)
        return found

    def _best_with_other_free_tier(self, groups: Sequence[Sequence[_Option]]) -> Combination | None:
        swapped = [[row.swapped() for row in group] for group in groups]
        keeping = [row for row in self.joined(swapped, other_free_tier=True) if not row.broken]
        best = min(keeping, key=lambda row: row.order, default=None)
        return best and self._in_order(
            replace(best, monthly=best.with_other_free_tier, with_other_free_tier=best.monthly)
        )

    def _in_order(self, row: Combination) -> Combination:
        return replace(row, levers=tuple(sorted(row.levers, key=self._place.__getitem__)))

    def joined(self, groups: Sequence[Sequence[_Option]], other_free_tier: bool = False) -> Iterator[Combination]:
        """
        The combinations across groups that can be the best, the second best or the cheapest that one promise forbids.

        They are joined group by group; of those that break and mend the same promises only the two cheapest are kept.
        `other_free_tier`: the options are priced for the other answer to `--free-tier`.
        """
        evaluator = self._evaluator
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
        monthly, other = evaluator.today.monthly, evaluator.today.with_other_free_tier
        if other_free_tier:
            monthly, other = other, monthly
        for effect, rows in partial.items():
            broken = (evaluator.today_broken - effect.mends) | effect.breaks
            stricter = (evaluator.today_stricter - effect.eases) | effect.tightens
            for row in rows:
                total, other_total = monthly + row.more, other + row.more_with_other_free_tier
                yield Combination(row.levers, total, other_total, broken, stricter)


@dataclass(frozen=True, slots=True)
class _PromiseChanges:
    """The promises that a choice breaks and mends, and the stricter promises that it would break and keep."""

    breaks: PromiseNames = NO_PROMISES
    mends: PromiseNames = NO_PROMISES
    tightens: PromiseNames = NO_PROMISES
    eases: PromiseNames = NO_PROMISES

    def with_(self, other: _PromiseChanges) -> _PromiseChanges:
        return _PromiseChanges(
            self.breaks | other.breaks,
            self.mends | other.mends,
            self.tightens | other.tightens,
            self.eases | other.eases,
        )


@dataclass(frozen=True, slots=True)
class _Option:
    """One choice inside a group: what it adds to today's total with each answer to `--free-tier`, and its effect."""

    levers: Levers
    more: Fraction
    more_with_other_free_tier: Fraction
    effect: _PromiseChanges

    def with_(self, other: _Option, effect: _PromiseChanges) -> _Option:
        levers = (*self.levers, *other.levers)
        more_with_other_free_tier = self.more_with_other_free_tier + other.more_with_other_free_tier
        return _Option(levers, self.more + other.more, more_with_other_free_tier, effect)

    def swapped(self) -> _Option:
        """The same choice priced for the other answer to `--free-tier`."""
        return replace(self, more=self.more_with_other_free_tier, more_with_other_free_tier=self.more)

    @property
    def order(self) -> tuple[Fraction, int, int, int]:
        return Combination(self.levers, self.more, self.more_with_other_free_tier, NO_PROMISES).order


class _Evaluator:
    """Prices and judges combinations, each once."""

    def __init__(self, cache: CostCache, judge: Judge) -> None:
        self.cache, self.judge = cache, judge
        self.today = cache.today
        self._broken: dict[Levers, tuple[PromiseNames, PromiseNames]] = {}
        self.today_broken, self.today_stricter = self._judged(())

    def cost(self, levers: Levers) -> Cost:
        return self.cache.of(levers)

    def broken(self, levers: Levers) -> PromiseNames:
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
                more = cost.monthly - self.today.monthly
                more_other = cost.with_other_free_tier - self.today.with_other_free_tier
                options.append(_Option(levers, more, more_other, self.effect(levers)))
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
        """Whether two levers together cost or break something else than the sum of each."""
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
            or together.with_other_free_tier + today.with_other_free_tier
            != apart.with_other_free_tier + too.with_other_free_tier
            or self._open(together) != self._open(apart) | self._open(too)
            or self.effect((one, other)) != self.effect((one,)).with_(self.effect((other,)))
        )

    def _is_local(self, lever: Lever, cost: Cost) -> bool:
        """
        Whether a lever changes only the costs and the promises of its own resources.

        It then changes neither how traffic is shared, nor what flows, nor what AWS grants once to the account, nor a
        promise of the whole stack.
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

    def _open(self, cost: Cost) -> frozenset[UnpricedPart | Rate]:
        """The unpriced parts and the rates in which a design differs from today."""
        return (cost.unpriced ^ self.today.unpriced) | (cost.rates ^ self.today.rates)

    def _judged(self, levers: Levers) -> tuple[PromiseNames, PromiseNames]:
        if levers not in self._broken:
            cost = self.cost(levers)
            self._broken[levers] = self.judge.broken(cost.stack, cost.traffic, levers)
        return self._broken[levers]


def _groups(slots: Mapping[str, Levers], evaluator: _Evaluator) -> list[list[str]]:
    """The slots in groups: two slots that interact are in one group."""
    groups: list[list[str]] = []
    for name in slots:
        near = [
            group
            for group in groups
            if any(
                evaluator.interact(one, other)
                for slot in group
                for one, other in itertools.product(slots[slot], slots[name])
            )
        ]
        groups = [group for group in groups if group not in near]
        groups.append([*itertools.chain(*near), name])
    return groups


def _worth_keeping(options: Sequence[_Option]) -> list[_Option]:
    """The two cheapest options of each effect: no other one can be in a best or a second best combination."""
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
