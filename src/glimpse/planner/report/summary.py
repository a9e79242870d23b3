"""The first lines of every report, as far as a bill tells them: the cost, what was not given, what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.bill import Bill
from glimpse.planner.money import usd_text
from glimpse.planner.report.fragments import usage_text
from glimpse.planner.stack import PricedWorld
from glimpse.words import Words

SummaryLine = tuple[str, str, str]
"""The code of the label, the text, and the colour on a terminal that has colour."""


def not_given(bill: Bill, words: Words) -> Iterator[SummaryLine]:
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


def found_region(bill: Bill, words: Words) -> Iterator[SummaryLine]:
    """Where the region was found, unless an option or the provider says it."""
    if bill.stack.region_from:
        yield "ui_region_from", words.render(bill.stack.region_from), ""


def not_needed(bill: Bill, words: Words) -> Iterator[SummaryLine]:
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
