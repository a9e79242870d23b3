"""What every report begins with: what it costs, what to do, what that saves, what is at risk, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.catalogue import SPOT
from glimpse.planner.levers.lever import BY_HAND
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.report.fragments import usage_text
from glimpse.planner.report.comparison import has_own_scenarios
from glimpse.planner.report.savings import by_saving, offers, offers_text, titles_text
from glimpse.planner.scenarios import Plan
from glimpse.planner.stack import PricedWorld
from glimpse.planner.verdict import BROKEN
from glimpse.planner.words import Words

Answer = tuple[str, str, str]
"""The code of its label, its text, and how it is coloured where there is colour."""


def not_given(bill: Bill, words: Words) -> Iterator[Answer]:
    """Variables that nobody gave a value and that a figure depends on, with the option that would give it."""
    choice = bill.stack.choice
    if choice:
        options = " ".join(f"--var {name}=…" for name in choice.variables)
        worlds = "; ".join(f"{_when(world, words)}: {_monthly(world, words)}" for world in choice.worlds)
        names = ", ".join(_place_of(bill, name) for name in choice.variables)
        yield "ui_not_given", words("not_given_choice", names=names, worlds=worlds, options=options), "yellow"
    for row in bill.stack.missing:
        if row.decides and not (choice and row.name in choice.variables):
            yield (
                "ui_not_given",
                words("not_given", name=_place_of(bill, row.name), option=f"--var {row.name}=…"),
                "yellow",
            )


def found_region(bill: Bill, words: Words) -> Iterator[Answer]:
    """Where the region was found, unless an option or the provider says it."""
    if bill.stack.region_from:
        yield "ui_region_from", words.say(bill.stack.region_from), ""


def not_needed(bill: Bill, words: Words) -> Iterator[Answer]:
    """Variables that nobody gave a value and that no figure depends on."""
    names = ", ".join(row.name for row in bill.stack.missing if not row.decides)
    if names:
        yield "ui_not_given", words("not_given_idle", names=names), ""


def _place_of(bill: Bill, name: str) -> str:
    return next((f"{name} ({row.file}:{row.line})" for row in bill.stack.missing if row.name == name), name)


def _when(world: PricedWorld, words: Words) -> str:
    """`production`, `otherwise`; with the variables' names where there are several."""
    if len(world.when) == 1:
        return world.when[0][1] or words("otherwise")
    return ", ".join(f"{name} = {text or words('otherwise')}" for name, text in world.when)


def _monthly(world: PricedWorld, words: Words) -> str:
    monthly = usd_text(world.monthly)
    return words("at_least_usd", monthly=monthly) if world.at_least else f"${monthly}"


def answers(plan: Plan, words: Words) -> Iterator[Answer]:
    """The five lines, between them what no value was given for and where the region was found."""
    today = plan.today
    yield from not_given(today.bill, words)
    yield "ui_now", cost_text(today.bill, words), ""
    yield from found_region(today.bill, words)
    yield "ui_do", *_advice(plan, words)
    yield "ui_saves", _savings(plan, words), ""
    yield "ui_risks", *_risks(plan, words)
    spot = any(line.meter.sku.term == SPOT for line in today.bill.lines)
    yield "ui_not_known", unknowns_text(today.bill, "unknowns" if spot else "unknowns_plain", words), ""
    yield from not_needed(today.bill, words)


def _advice(plan: Plan, words: Words) -> tuple[str, str]:
    """What to do, and its colour."""
    today, chosen = plan.today, plan.recommended
    by_hand = by_saving(effect for effect in plan.effects if effect.lever.group == BY_HAND)
    look = titles_text([effect.lever for effect in by_hand], words)
    also = words("do_by_hand", levers=look) if look else ""
    if chosen is None:
        broken = any(row.verdict == BROKEN for row in today.verdicts)
        return words("do_none" if broken else "do_unknown") + also, "yellow"
    if not today.bill.stack.resources:
        return words("do_nothing_read" if today.bill.at_least else "do_nothing_charged"), ""
    if not chosen.changing:
        return words("do_nothing" if offers(plan) else "do_nothing_certain") + also, ""
    changes = by_saving(effect for effect in chosen.effects if effect.changes)
    titles = titles_text([effect.lever for effect in changes], words)
    if has_own_scenarios(plan):
        titles = words("do_apply", scenario=chosen.name, levers=titles)
    return titles + also, "green"


def _risks(plan: Plan, words: Words) -> tuple[str, str]:
    """How many risks there are and of which kinds, and their colour."""
    risks, stack = plan.today.risks, plan.today.bill.stack
    if risks:
        counts = Counter(words(f"short_{risk.what.code}") for risk in risks)
        names = ", ".join(name if count == 1 else f"{name} ({count})" for name, count in counts.items())
        return words("risks_some", count=len(risks), names=names), "yellow"
    gaps = bool(stack.unresolved or stack.unpriced or stack.choice)
    return words("risks_none" if not gaps else "risks_not_seen" if stack.resources else "risks_nothing_read"), ""


def cost_text(bill: Bill, words: Words) -> str:
    """What the stack costs, and whether usage that nobody gave comes on top."""
    cost = _cost_text(bill, words)
    return f"{cost}, {usage_text(bill, words)}" if bill.before_usage else cost


def _cost_text(bill: Bill, words: Words) -> str:
    monthly, region = usd_text(bill.monthly), bill.stack.region
    choice = bill.stack.choice
    if choice and not (bill.unpriced or bill.stack.unresolved):
        high = usd_text(max(world.monthly for world in choice.worlds))
        code = "now_choice_open" if any(world.at_least for world in choice.worlds) else "now_choice"
        return words(code, monthly=monthly, high=high, region=region)
    if bill.at_least:
        return words("now_at_least", monthly=monthly, region=region)
    if bill.range.high == bill.monthly:
        return words("now_fixed", monthly=monthly, region=region)
    return words("now", monthly=monthly, high=usd_text(bill.range.high), region=region)


def unknowns_text(bill: Bill, code: str, words: Words) -> str:
    return words(code, unpriced=len(bill.unpriced), unresolved=len(bill.stack.unresolved))


def _savings(plan: Plan, words: Words) -> str:
    return ". ".join(filter(None, (_chosen(plan, words), offers_text(plan, words))))


def _chosen(plan: Plan, words: Words) -> str:
    chosen = plan.recommended
    if chosen is None or chosen.saving.usd is None:
        return words("saves_no_other")
    if not chosen.changing:
        return words("saves_none" if offers(plan) else "saves_none_certain")
    before, saved = plan.today.bill, chosen.saving
    if not saved.usd:
        return words("saves_usage" if saved.at_least else "saves_nothing")
    percent = decimal_text(saved.usd / before.monthly * 100 if before.monthly else Fraction(0), 1)
    code = "saves_at_least" if saved.at_least else "saves_at_most" if before.at_least else "saves"
    return words(code, saving=usd_text(saved.usd), percent=percent)
