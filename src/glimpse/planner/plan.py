"""The plan: what each change does, the scenarios as they were judged, and what is recommended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from glimpse.planner.availability import Availability, availability
from glimpse.planner.bill import Bill
from glimpse.planner.changes import Change
from glimpse.planner.costs import Cost
from glimpse.planner.estimate import Estimator
from glimpse.planner.growth import Growth
from glimpse.planner.levers.lever import EFFORTS, Lever
from glimpse.planner.meter import Origin
from glimpse.planner.promises import Promise
from glimpse.planner.risks import Risk, risks_of
from glimpse.planner.saving import Saving
from glimpse.planner.search import SearchResult
from glimpse.planner.sentence import Sentence
from glimpse.planner.stack import Stack
from glimpse.planner.steps import Step, steps_of
from glimpse.planner.verdict import BROKEN, KEPT, Verdict, capacity_sockets, websocket

if TYPE_CHECKING:
    from glimpse.planner.plan_document import PlanDocument

TODAY, BEST, BEST_WITH_PLANNED = "today", "best", "best_with_planned"


@dataclass(frozen=True)
class Effect:
    """
    What one lever saves: `alone` on today's stack, and `here` given the other levers of a scenario.

    A lever of the scenario is taken out of it for that; another one is put in, in place of the lever of its slot.
    `places` are what it changes or takes away. `by_place` is what each place saves by itself, if the lever changes them
    independently; at the places in `dropped` it does not certainly save, and leaves them alone. `edit` are the
    variables of this repository's own environment that make the change. `changes_by_address` are the changed fields of
    each resource.
    """

    lever: Lever
    alone: Saving
    here: Saving
    places: tuple[Origin, ...] = ()
    by_place: Mapping[str, Saving] | None = None
    dropped: tuple[Origin, ...] = ()
    edit: Mapping[str, str | int] = field(default_factory=dict)
    changes_by_address: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        return bool(self.places or self.dropped)


@dataclass(frozen=True)
class ReferenceRegion:
    """The same scenario in a region that has the prices which this one lacks, and what it saves there."""

    bill: Bill
    saving: Saving


@dataclass(frozen=True)
class Scenario:
    """
    A design and its cost; its whole bill is made on first use. `reference` is set only where parts have no price here.
    """

    name: str
    levers: tuple[Lever, ...]
    cost: Cost
    estimator: Estimator
    effects: tuple[Effect, ...]
    verdicts: tuple[Verdict, ...]
    saving: Saving
    rank: int | None = None
    reference: ReferenceRegion | None = None

    @property
    def stack(self) -> Stack:
        return self.cost.stack

    @property
    def monthly(self) -> Fraction:
        """USD a month, the printed total of its bill."""
        return self.cost.monthly

    @property
    def with_other_free_tier(self) -> Fraction:
        """The same with the other answer to `--free-tier`."""
        return self.cost.with_other_free_tier

    @property
    def is_lower_bound(self) -> bool:
        """Whether more may come on top: what could not be priced or read, or usage that nobody gave."""
        open_parts = self.cost.unpriced or self.cost.rates or self.stack.unpriced or self.stack.unresolved
        return bool(open_parts or self.stack.choice)

    @cached_property
    def bill(self) -> Bill:
        return self.estimator.bill(self.stack)

    @cached_property
    def risks(self) -> tuple[Risk, ...]:
        return risks_of(self.bill)

    @property
    def effort(self) -> str:
        return max((lever.effort for lever in self.changing), key=EFFORTS.index, default="none")

    @property
    def planned(self) -> tuple[Lever, ...]:
        """Levers that nothing implements yet: they keep the scenario from being recommended."""
        return tuple(lever for lever in self.changing if lever.is_planned)

    @property
    def changing(self) -> tuple[Lever, ...]:
        """Its levers that change anything here."""
        return tuple(effect.lever for effect in self.effects if effect.changes)

    @property
    def keeps_all(self) -> bool:
        return all(verdict.verdict == KEPT for verdict in self.verdicts)

    @property
    def websocket(self) -> tuple[str, Sentence]:
        return websocket(self.stack)

    @property
    def availability(self) -> Availability | None:
        return availability(self.stack)

    @property
    def capacity_sockets(self) -> int | None:
        return capacity_sockets(self.stack, self.cost.traffic)


@dataclass(frozen=True)
class WaterfallStep:
    """
    One change after those before it. `before` and `after` are printed totals in USD a month; `saving` also tells
    whether usage that nobody gave may add to their difference. `effect` is the change by itself.
    """

    effect: Effect
    before: Fraction
    after: Fraction
    saving: Saving

    @property
    def lever(self) -> Lever:
        return self.effect.lever

    @property
    def usd(self) -> Fraction:
        """USD a month that it saves; below 0 where only a later change makes up for it."""
        return self.before - self.after


@dataclass(frozen=True)
class Plan:
    """
    The scenarios judged. `effects` has every lever that changes the stack, alone and beside `measure`.

    `measure` is the best scenario, or today if no combination keeps every promise; `recommended` and `search` are then
    None. `waterfall` leads from today to the recommendation.
    """

    scenarios: tuple[Scenario, ...]
    search: SearchResult | None
    measure: Scenario
    effects: tuple[Effect, ...]
    idle: tuple[Lever, ...]
    recommended: Scenario | None
    reasons: tuple[Sentence, ...]
    promises: tuple[Promise, ...]
    growth: tuple[Growth, ...]
    document: PlanDocument | None
    waterfall: tuple[WaterfallStep, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """What to do for the recommendation."""
        chosen = self.recommended
        if chosen is None:
            return ()
        if self.document:
            return self.document.steps_of(chosen.name, chosen.changing, chosen.bill)
        effects = sorted(chosen.effects, key=lambda effect: -(effect.here.usd or 0))
        return steps_of([(effect.lever, effect.places) for effect in effects if effect.changes], chosen.bill)

    @property
    def today(self) -> Scenario:
        return self.scenarios[0]

    @property
    def broken(self) -> tuple[str, ...]:
        """The promises that `glimpse.toml` states and that the stack breaks as it stands."""
        return tuple(row.promise for row in self.today.verdicts if row.verdict == BROKEN and row.source == "stated")

    def scenario(self, name: str) -> Scenario:
        return next(scenario for scenario in self.scenarios if scenario.name == name)
