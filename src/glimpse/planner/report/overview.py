"""
What a reader of a plan sees first, as values without a language or a width: the bill as bars, the changes, what they
save, offers, gaps and where the prices come from. `plan_summary.py` makes the answers of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.levers.lever import BY_HAND, EFFORTS
from glimpse.planner.plan import Effect, Plan, WaterfallStep
from glimpse.planner.report.effects import by_saving
from glimpse.planner.report.fragments import NUMBERED, first_of
from glimpse.planner.report.gaps import GapGroup, gaps_of
from glimpse.planner.report.savings import saves_below


@dataclass(frozen=True, slots=True)
class Bar:
    """
    The lines of the bill of one component, added up: USD a month, and how many lines. `component` is empty for all
    others together; `count` is then how many components those are.
    """

    component: str
    monthly: Fraction
    count: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be saved beyond the recommendation, USD a month, by giving up one promise."""

    usd: Fraction
    promise: str


@dataclass(frozen=True, slots=True)
class PriceSources:
    """The list prices that the bill uses: how many, and the dates of the oldest and the newest."""

    count: int
    oldest: str
    newest: str


@dataclass(frozen=True)
class Overview:
    """
    The facts of one plan. `bars` are all components that cost something, the largest first (`largest` folds them).
    `by_hand` only people can decide. `offers` and `gaps` begin with the largest.
    """

    plan: Plan
    bars: tuple[Bar, ...]
    by_hand: tuple[Effect, ...]
    offers: tuple[Offer, ...]
    gaps: tuple[GapGroup, ...]
    sources: PriceSources | None

    @property
    def changes(self) -> tuple[WaterfallStep, ...]:
        """The changes of the recommendation: they lead from today to it, and their amounts add up."""
        return self.plan.waterfall

    @property
    def saved(self) -> Fraction:
        """What the recommendation saves, USD a month; 0 where nothing is advised."""
        return (self.plan.recommended.saving.usd if self.plan.recommended else None) or Fraction(0)

    @property
    def percent(self) -> Fraction:
        """The same in per cent of what the stack costs today; 0 where that is nothing."""
        today = self.plan.today.monthly
        return self.saved / today * 100 if today else Fraction(0)


def overview_of(plan: Plan) -> Overview:
    bill = plan.today.bill
    return Overview(
        plan=plan,
        bars=bars_of(bill),
        by_hand=tuple(by_saving(effect for effect in plan.effects if effect.lever.group == BY_HAND)),
        offers=_offers(plan),
        gaps=gaps_of(bill),
        sources=sources_of(bill),
    )


def _offers(plan: Plan) -> tuple[Offer, ...]:
    """One for each promise that forbids something cheaper than the best. The largest first."""
    if plan.search is None:
        return ()
    best = plan.search.best
    found = [Offer(best.monthly - row.monthly, name) for row in plan.search.forbidden for name in row.broken]
    return tuple(sorted(found, key=lambda offer: -offer.usd))


def offer_of_little_usage(overview: Overview) -> Effect | None:
    """The change that saves most while there is little usage, where that is more than any certain offer."""
    plan = overview.plan
    outside = (row for row in plan.effects if row.lever not in plan.measure.levers and not row.lever.is_planned)
    found = [row for row in outside if saves_below(row.here) and row.lever.effort != EFFORTS[-1]]
    largest = max(found, key=lambda effect: effect.here.usd or 0, default=None)
    certain = max((offer.usd for offer in overview.offers), default=Fraction(0))
    return largest if largest and (largest.here.usd or 0) > certain else None


def bars_of(bill: Bill) -> tuple[Bar, ...]:
    """Every component that costs something, the dearest first; equal ones by name."""
    together: dict[str, Bar] = {}
    for line in bill.lines:
        name = NUMBERED.sub("", line.meter.component)
        bar = together.get(name, Bar(name, Fraction(0), 0))
        together[name] = replace(bar, monthly=bar.monthly + line.monthly, count=bar.count + 1)
    return tuple(
        sorted((bar for bar in together.values() if bar.monthly), key=lambda bar: (-bar.monthly, bar.component))
    )


def largest(bars: Sequence[Bar], shown: int) -> tuple[Bar, ...]:
    """The first `shown` bars, and all others as one; a single other one is shown instead."""
    first, count = first_of(bars, shown)
    rest = sum((bar.monthly for bar in bars[len(first) :]), Fraction(0))
    return (*first, Bar("", rest, count)) if count else tuple(first)


def sources_of(bill: Bill) -> PriceSources | None:
    """None where no line has a price."""
    prices = {line.price.id: line.price for line in bill.lines if line.price}
    if not prices:
        return None
    dates = sorted(price.as_of for price in prices.values() if price.as_of != "unknown") or ["unknown"]
    return PriceSources(len(prices), dates[0], dates[-1])
