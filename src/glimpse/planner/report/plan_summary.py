"""The first lines of a plan's report: the cost, what to do, what that saves, the risks, what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.catalogue import SPOT
from glimpse.planner.levers.lever import BY_HAND
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.report.comparison import has_own_scenarios
from glimpse.planner.report.savings import by_saving, offers, offers_text, titles_text
from glimpse.planner.report.summary import SummaryLine, cost_text, found_region, not_given, not_needed, unknowns_text
from glimpse.planner.scenarios import Plan
from glimpse.planner.verdict import BROKEN
from glimpse.words import Words


def summary_lines(plan: Plan, words: Words) -> Iterator[SummaryLine]:
    """The five lines of the answer, and among them the variables without a value and where the region was found."""
    today = plan.today
    yield from not_given(today.bill, words)
    yield "ui_now", cost_text(today.bill, words), ""
    yield from found_region(today.bill, words)
    advice, colour = _advice(plan, words)
    if today.bill.stack.choice:
        advice = words("do_for_the_least", advice=advice)
    yield "ui_do", advice, colour
    yield "ui_saves", _savings(plan, words), ""
    yield "ui_risks", *_risks(plan, words)
    spot = any(line.meter.sku.term == SPOT for line in today.bill.lines)
    unknowns = unknowns_text(today.bill, "unknowns" if spot else "unknowns_plain", words)
    if today.bill.before_usage and not today.bill.workload.source:
        unknowns += words("unknown_usage")
    yield "ui_not_known", unknowns, ""
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
