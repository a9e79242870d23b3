"""What every report begins with: what it costs, what to do, what that saves, what is at risk, what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.catalogue import SPOT
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.report.cells import usage_text
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
    today, best = plan.today, plan.recommended
    yield from not_given(today.bill, words)
    yield "ui_now", cost_text(today.bill, words), ""
    yield from found_region(today.bill, words)
    if best is None:
        broken = any(row.verdict == BROKEN for row in today.verdicts)
        yield "ui_do", words("do_none" if broken else "do_unknown"), "yellow"
    elif best.name == "today":
        yield "ui_do", words("do_nothing"), ""
    else:
        yield "ui_do", words("do_apply", scenario=best.name, count=len(best.changing)), "green"
    yield "ui_saves", _savings(plan, words), ""
    names = ", ".join(words(f"short_{found.what.code}") for found in plan.warnings)
    if plan.warnings:
        yield "ui_risks", words("risks_some", count=len(plan.warnings), names=names), "yellow"
    else:
        stack = today.bill.stack
        gaps = bool(stack.unresolved or stack.unpriced or stack.choice)
        code = "risks_none" if not gaps else "risks_not_seen" if stack.resources else "risks_nothing_read"
        yield "ui_risks", words(code), ""
    spot = any(line.meter.sku.term == SPOT for line in today.bill.lines)
    yield "ui_not_known", unknowns_text(today.bill, "unknowns" if spot else "unknowns_plain", words), ""
    yield from not_needed(today.bill, words)


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
    chosen = plan.recommended
    if chosen is None or chosen.saving is None:
        return words("saves_no_other")
    if chosen.name == "today":
        return words("saves_none")
    share = chosen.saving / plan.today.bill.monthly * 100 if plan.today.bill.monthly else Fraction(0)
    saving, percent = usd_text(chosen.saving), decimal_text(share, 1)
    code = "saves_at_most" if plan.today.bill.at_least else "saves"
    return words(code, saving=saving, scenario=chosen.name, percent=percent)
