"""The first lines of every report, as far as a bill tells them: the cost, what was not given, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from glimpse.planner.bill import Bill
from glimpse.planner.catalogue import SPOT
from glimpse.planner.money import usd_text
from glimpse.planner.report.fragments import cost_text, first_of, some_usage_is_given
from glimpse.planner.report.gaps import GapGroup, gaps_of
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import PricedWorld
from glimpse.words import Words, plain

SHOWN_NAMES = 3


class SummaryLine(NamedTuple):
    """`label` is the code of the label; `colour` is for a terminal that has colour, empty for none."""

    label: str
    text: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, and what it lists after it. An item that occurs several times is shown once with its number."""

    what: Sentence
    items: tuple[Sentence, ...] = ()

    def text(self, words: Words) -> str:
        counts = Counter(words.render(item) for item in self.items)
        names = [name if count == 1 else f"{name} ({count})" for name, count in counts.items()]
        joint = "; " if any("," in name for name in names) else ", "
        return " ".join(filter(None, (words.render(self.what), joint.join(names))))


def bill_summary(bill: Bill, words: Words) -> Iterator[SummaryLine]:
    """What a bill costs, what the command was not given, and what is not known."""
    yield from not_given(bill, words)
    yield SummaryLine("ui_now", ". ".join(map(words.render, cost_sentences(bill))))
    yield from found_region(bill, words)
    yield SummaryLine("ui_not_known", ". ".join(row.text(words) for row in unknowns(bill, gaps_of(bill))))
    yield from not_needed(bill, words)


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
        worlds = "; ".join(f"{_when(world, words)}: {cost_text(world, words)}" for world in choice.worlds)
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


def cost_sentences(bill: Bill) -> Iterator[Sentence]:
    """What the stack costs, and whether usage that nobody gave comes on top."""
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


def unknowns(bill: Bill, gaps: Sequence[GapGroup]) -> tuple[Statement, ...]:
    """What the figures leave out; that there is nothing where there is nothing."""
    found = []
    if variables := undecided(bill):
        items = first_sentences([say("as_it_is", text=name) for name in variables], SHOWN_NAMES)
        found.append(Statement(say("unknown_values", count=len(variables)), items))
    unpriced = [group for group in gaps if group.is_unpriced]
    if unpriced:
        names = dict.fromkeys(plain(name) for group in unpriced for name in group.components)
        items = first_sentences([say("as_it_is", text=name) for name in names], SHOWN_NAMES)
        found.append(Statement(say("unknown_unpriced", count=sum(group.count for group in unpriced)), items))
    if unread := sum(group.count for group in gaps if not group.is_unpriced):
        found.append(Statement(say("unknown_unread", count=unread)))
    if bill.before_usage:
        keys = {line.meter.usage_keys[:1] for line in bill.lines if line.quantity is None}
        code = "unknown_usage" if bill.workload.source else "unknown_usage_init"
        found.append(Statement(say(code, count=len(keys))))
    if any(line.meter.sku.term == SPOT for line in bill.lines):
        found.append(Statement(say("unknown_spot")))
    if warnings := len(bill.stack.warnings):
        found.append(Statement(say("unknown_for_warnings", count=warnings)))
    return tuple(found) or (Statement(say("unknown_nothing")),)


def first_sentences(items: Sequence[Sentence], shown: int) -> tuple[Sentence, ...]:
    """The first of them, and how many more there are."""
    first, more = first_of(items, shown)
    return (*first, say("more_items", count=more)) if more else tuple(first)
