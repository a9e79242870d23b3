"""The first lines of every report, as far as a bill tells them: the cost, what was not given, what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from glimpse.planner.bill import Bill
from glimpse.planner.money import usd_text
from glimpse.planner.report.fragments import some_usage_is_given
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import PricedWorld
from glimpse.words import Words, plain

SHOWN_NAMES = 3


class SummaryLine(NamedTuple):
    """`label` is the code of the label; `colour` is for a terminal that has colour, empty for none."""

    label: str
    text: str
    colour: str = ""


def value_lines(bill: Bill, words: Words) -> Iterator[SummaryLine]:
    """What the command was not given, and where the region was found."""
    yield from not_given(bill, words)
    yield from found_region(bill, words)
    yield from not_needed(bill, words)


def not_given(bill: Bill, words: Words) -> Iterator[SummaryLine]:
    """Variables that nobody gave a value and that a figure depends on, with the option that would give it."""
    choice = bill.stack.choice
    if choice:
        options = " ".join(f"--var {name}=…" for name in choice.variables)
        worlds = "; ".join(f"{_when(world, words)}: {_monthly(world, words)}" for world in choice.worlds)
        names = ", ".join(_place_of(bill, name) for name in choice.variables)
        text = words("not_given_choice", names=names, worlds=worlds, options=options)
        yield SummaryLine("ui_not_given", text, "yellow")
    for row in bill.stack.missing:
        if row.decides and not (choice and row.name in choice.variables):
            text = words("not_given", name=_place_of(bill, row.name), option=f"--var {row.name}=…")
            yield SummaryLine("ui_not_given", text, "yellow")


def found_region(bill: Bill, words: Words) -> Iterator[SummaryLine]:
    """Where the region was found, unless an option or the provider says it."""
    if bill.stack.region_from:
        yield SummaryLine("ui_region_from", words.render(bill.stack.region_from))


def not_needed(bill: Bill, words: Words) -> Iterator[SummaryLine]:
    """Variables that nobody gave a value and that no figure depends on."""
    names = ", ".join(row.name for row in bill.stack.missing if not row.decides)
    if names:
        yield SummaryLine("ui_not_given", words("not_given_idle", names=names))


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
    return ". ".join(map(words.render, cost_sentences(bill)))


def cost_sentences(bill: Bill) -> Iterator[Sentence]:
    yield _cost(bill)
    if bill.before_usage:
        yield say("cost_before_other_usage" if some_usage_is_given(bill) else "cost_before_usage")


def _cost(bill: Bill) -> Sentence:
    monthly, region, choice = usd_text(bill.monthly), bill.stack.region, bill.stack.choice
    if choice and not (bill.unpriced or bill.stack.unresolved):
        high = usd_text(max(world.monthly for world in choice.worlds))
        code = "now_choice_open" if any(world.at_least for world in choice.worlds) else "now_choice"
        return say(code, monthly=monthly, high=high, region=region)
    if bill.at_least:
        count = len(bill.unpriced) + len(bill.stack.unresolved)
        return say("now_at_least", monthly=monthly, region=region, count=count)
    if bill.range.high == bill.monthly:
        return say("now_fixed", monthly=monthly, region=region)
    return say("now", monthly=monthly, high=usd_text(bill.range.high), region=region)


def undecided(bill: Bill) -> tuple[str, ...]:
    """The variables that nobody gave a value and that a figure depends on."""
    choice = bill.stack.choice.variables if bill.stack.choice else ()
    return tuple(dict.fromkeys((*choice, *(row.name for row in bill.stack.missing if row.decides))))


def unknowns_text(bill: Bill, words: Words) -> str:
    """What a bill leaves out, in words; that there is nothing where there is nothing."""
    found = []
    if variables := undecided(bill):
        found.append(f"{words('unknown_values', count=len(variables))} {', '.join(map(plain, variables))}")
    if names := list(dict.fromkeys(plain(entry.component) for entry in bill.unpriced)):
        # A single one more is named: counting it takes as much room.
        shown = len(names) if len(names) <= SHOWN_NAMES + 1 else SHOWN_NAMES
        more = [words("more_items", count=len(names) - shown)] if shown < len(names) else []
        named = ", ".join([*names[:shown], *more])
        found.append(f"{words('unknown_unpriced', count=len(bill.unpriced))} {named}")
    if bill.stack.unresolved:
        found.append(words("unknown_unread", count=len(bill.stack.unresolved)))
    if bill.before_usage:
        keys = {line.meter.usage_keys[:1] for line in bill.lines if line.quantity is None}
        found.append(words("unknown_usage" if bill.workload.source else "unknown_usage_init", count=len(keys)))
    return ". ".join(found) or words("unknown_nothing")
