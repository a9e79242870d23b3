"""
What a reader of a plan sees first, as values without a language or a width: costs, bars, waterfall, changes, gaps,
offers, risks and where the prices come from. `plan_summary.py` makes the five answers of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.levers.lever import BY_HAND, EFFORTS, Lever
from glimpse.planner.meter import Origin
from glimpse.planner.plan import Effect, Plan, WaterfallStep
from glimpse.planner.report.effects import by_saving
from glimpse.planner.report.fragments import NUMBERED, first_of
from glimpse.planner.report.gaps import GapGroup, gaps_of
from glimpse.planner.report.savings import saves_below


@dataclass(frozen=True, slots=True)
class Costs:
    """
    USD a month. `highest` is with the most tasks, or in the dearest world of a choice. `recommended` and `saved` are
    None where nothing is advised; `percent` is None, too, where today costs nothing.

    `at_least`: parts have no price or were not read. `before_usage`: usage that nobody gave comes on top.
    `saves_at_least`: that usage may save more.
    """

    today: Fraction
    highest: Fraction
    recommended: Fraction | None
    saved: Fraction | None
    percent: Fraction | None
    at_least: bool
    before_usage: bool
    saves_at_least: bool


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
class ChangeRow:
    """
    One change of the recommendation. `usd` a month is that of its step in the waterfall; `at_least` where usage that
    nobody gave may save more. `gives_up` is the name of a promise, None where the stack loses nothing that it has.
    """

    effect: Effect
    usd: Fraction
    at_least: bool

    @property
    def lever(self) -> Lever:
        return self.effect.lever

    @property
    def effort(self) -> str:
        """One of EFFORTS."""
        return self.lever.effort

    @property
    def gives_up(self) -> str | None:
        return self.lever.gives_up

    @property
    def places(self) -> tuple[Origin, ...]:
        return self.effect.places


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be saved beyond the recommendation, USD a month, by giving up one promise, with which more levers."""

    usd: Fraction
    promise: str
    levers: tuple[Lever, ...]


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
    `steps` lead from today to the recommendation and add up; `changes` are the same as rows, in the same order.
    `by_hand` only people can decide. `offers` and `gaps` begin with the largest.
    """

    plan: Plan
    costs: Costs
    bars: tuple[Bar, ...]
    steps: tuple[WaterfallStep, ...]
    changes: tuple[ChangeRow, ...]
    by_hand: tuple[Effect, ...]
    offers: tuple[Offer, ...]
    gaps: tuple[GapGroup, ...]
    sources: PriceSources | None


def overview_of(plan: Plan) -> Overview:
    bill = plan.today.bill
    return Overview(
        plan=plan,
        costs=_costs(plan),
        bars=bars_of(bill),
        steps=plan.waterfall,
        changes=tuple(ChangeRow(step.effect, step.usd, step.saving.at_least) for step in plan.waterfall),
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
    found = [
        Offer(best.monthly - row.monthly, name, tuple(lever for lever in row.levers if lever not in best.levers))
        for row in plan.search.forbidden
        for name in row.broken
    ]
    return tuple(sorted(found, key=lambda offer: -offer.usd))


def offer_of_little_usage(plan: Plan) -> Effect | None:
    """The change that saves most while there is little usage, where that is more than any certain offer."""
    outside = (row for row in plan.effects if row.lever not in plan.measure.levers and not row.lever.is_planned)
    found = [row for row in outside if saves_below(row.here) and row.lever.effort != EFFORTS[-1]]
    largest = max(found, key=lambda effect: effect.here.usd or 0, default=None)
    certain = max((usd for usd in (offer.usd for offer in _offers(plan))), default=Fraction(0))
    return largest if largest and (largest.here.usd or 0) > certain else None


def _costs(plan: Plan) -> Costs:
    bill, chosen, choice = plan.today.bill, plan.recommended, plan.today.bill.stack.choice
    highest = max((world.monthly for world in choice.worlds), default=bill.monthly) if choice else bill.range.high
    saved = chosen.saving.usd if chosen else None
    return Costs(
        today=bill.monthly,
        highest=highest,
        recommended=chosen.monthly if chosen else None,
        saved=saved,
        percent=saved / bill.monthly * 100 if saved is not None and bill.monthly else None,
        at_least=bill.at_least,
        before_usage=bill.before_usage,
        saves_at_least=chosen is not None and chosen.saving.at_least,
    )


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
