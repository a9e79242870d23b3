"""
What a reader asks first, answered: what it costs, what to do, what is lost, what is at risk, what is not known, and
where the numbers come from. An answer is sentences and what they list, before a language is chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.levers.lever import EFFORTS
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.plan import Plan, Scenario, WaterfallStep
from glimpse.planner.report.comparison import NO_COMMITMENT, has_own_scenarios
from glimpse.planner.report.gaps import GapGroup
from glimpse.planner.report.overview import Overview, PriceSources, offer_of_little_usage, overview_of
from glimpse.planner.report.summary import (
    Statement,
    SummaryLine,
    cost_sentences,
    first_sentences,
    found_region,
    not_given,
    not_needed,
    unknowns,
)
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.verdict import BROKEN, KEPT
from glimpse.words import Words

COST, ADVICE, LOSS, OFFERS, PROMISES, RISKS, UNKNOWN, SOURCES = (
    "cost", "advice", "loss", "offers", "promises", "risks", "unknown", "sources"
)  # fmt: skip
"""The questions that are answered. Offers, broken promises and risks are there only where the stack has one."""

SHOWN_CHANGES, SHOWN_GIVEN_UP, SHOWN_KEPT, SHOWN_LOSSES, SHOWN_OFFERS = 2, 2, 2, 2, 2

KEPT_FIRST = (
    "websocket", "database", "multi_az", "instances", "min_tasks", "min_on_demand_tasks", "zones", "cache",
    "cache_nodes", "max_tasks", "sockets", "connections_fit", "log_days", "no_commitment",
)  # fmt: skip
"""The promises that a change can keep, what its owner would miss first in front."""

LEAST_PERCENT = Fraction(1, 10)
"""The least share that one decimal tells from none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    The answer to one question (COST, ADVICE, …). The words of `question_NAME` ask it, those of `ui_answer_NAME` are its
    label. `colour` is that of a terminal: green for what to do, yellow for what to look at, red for what is broken.
    """

    question: str
    statements: tuple[Statement, ...]
    colour: str = ""

    def text(self, words: Words) -> str:
        return ". ".join(statement.text(words) for statement in self.statements)

    def line(self, words: Words) -> SummaryLine:
        return SummaryLine(f"ui_answer_{self.question}", self.text(words), self.colour)


def answers_of(overview: Overview) -> tuple[Answer, ...]:
    """The answers to the questions above, in their order."""
    plan = overview.plan
    return (
        cost_answer(plan.today.bill),
        Answer(ADVICE, tuple(_advice(overview)), _advice_colour(plan)),
        Answer(LOSS, tuple(_loss(overview))),
        *_offers(overview),
        *_broken(plan),
        *_risks(plan),
        *answers_of_bill(plan.today.bill, overview.gaps, overview.sources),
    )


def cost_answer(bill: Bill) -> Answer:
    return Answer(COST, tuple(Statement(sentence) for sentence in cost_sentences(bill)))


def summary_lines(plan: Plan, words: Words) -> Iterator[SummaryLine]:
    """The answers as lines, and among them the variables without a value and where the region was found."""
    bill = plan.today.bill
    yield from not_given(bill, words)
    for answer in answers_of(overview_of(plan)):
        yield answer.line(words)
        if answer.question == COST:
            yield from found_region(bill, words)
    yield from not_needed(bill, words)


def _advice_colour(plan: Plan) -> str:
    return "yellow" if plan.recommended is None else "green" if plan.recommended.changing else ""


def _advice(overview: Overview) -> Iterator[Statement]:
    """What to do, what that comes to, and what only a person can decide."""
    plan, changes = overview.plan, overview.changes
    today, chosen = plan.today, plan.recommended
    titles = [say(f"lever_{row.lever.name}") for row in changes]
    if chosen is None:
        broken = any(row.verdict == BROKEN for row in today.verdicts)
        yield Statement(say("do_none" if broken else "do_unknown"))
    elif not today.bill.stack.resources:
        yield Statement(say("do_nothing_read" if today.bill.at_least else "do_nothing_charged"))
    elif not changes:
        yield Statement(say("do_nothing" if overview.offers else "do_nothing_certain"))
    elif len(changes) == 1:
        yield Statement(say("advice_change"), (titles[0],))
        yield Statement(_comes_to(overview, chosen))
    else:
        scenario = {"scenario": chosen.name} if has_own_scenarios(plan) else {}
        yield Statement(say("advice_scenario" if scenario else "advice_changes", count=len(changes), **scenario))
        yield Statement(_comes_to(overview, chosen))
        is_all = len(titles) <= SHOWN_CHANGES + 1
        # How many they are was said.
        named = titles if is_all else titles[:SHOWN_CHANGES]
        yield Statement(say("advice_all" if is_all else "advice_largest"), tuple(named))
    if today.bill.stack.choice:
        yield Statement(say("advice_for_the_least"))
    if overview.by_hand:
        titles = [say(f"lever_{effect.lever.name}") for effect in overview.by_hand]
        yield Statement(say("advice_by_hand"), first_sentences(titles, SHOWN_CHANGES))


def _comes_to(overview: Overview, chosen: Scenario) -> Sentence:
    """What the stack costs with the changes, and how much less that is."""
    saved, at_least = overview.saved, chosen.saving.at_least
    if not saved:
        return say("advice_saves_usage" if at_least else "advice_saves_nothing")
    code = "advice_saves_at_least" if at_least else "advice_saves"
    code = f"{code}_of_known" if overview.plan.today.bill.at_least else code
    percent = percent_text(overview.percent)
    return say(code, monthly=usd_text(chosen.monthly), saving=usd_text(saved), percent=percent)


def percent_text(percent: Fraction) -> str:
    """A share in per cent with one decimal, `<0.1` where that would be 0.0."""
    return decimal_text(percent, 1) if percent >= LEAST_PERCENT else f"<{decimal_text(LEAST_PERCENT)}"


def _loss(overview: Overview) -> Iterator[Statement]:
    """What the advice takes away, what it keeps, and what else comes with it."""
    plan, changes = overview.plan, overview.changes
    if changes and plan.recommended:
        given_up = list(dict.fromkeys(row.lever.gives_up for row in changes if row.lever.gives_up))
        names = tuple(say(f"promise_{name}") for name in given_up)
        yield Statement(say("loss_given_up" if names else "loss_nothing"), first_sentences(names, SHOWN_GIVEN_UP))
        kept = {row.promise for row in plan.recommended.verdicts if row.verdict == KEPT}.difference(given_up)
        if kept:
            names = tuple(say(f"keeps_{name}") for name in sorted(kept, key=KEPT_FIRST.index))
            yield Statement(say("loss_kept"), first_sentences(names, SHOWN_KEPT))
        if losses := _worst(changes):
            yield Statement(say("loss_on_the_way"), losses)
    else:
        yield Statement(say("loss_no_change"))


def _offers(overview: Overview) -> Iterator[Answer]:
    """What else would be saved by giving something up, or while little is used."""
    statements = []
    offers = [_offer(offer.usd, offer.promise) for offer in overview.offers]
    if offers:
        statements.append(Statement(say("offers_some"), tuple(offers[:SHOWN_OFFERS])))
    if little := offer_of_little_usage(overview):
        saved = usd_text(little.here.usd or Fraction(0))
        title = say(f"lever_{little.lever.name}")
        statements.append(Statement(say("offers_little_usage", saving=saved), (title,)))
    if statements:
        yield Answer(OFFERS, tuple(statements))


def _worst(changes: Sequence[WaterfallStep]) -> tuple[Sentence, ...]:
    """What the changes with the most work, and of those the largest, ask for besides what they give up."""
    asking = [row for row in changes if row.lever.gives_up is None and not row.lever.mends]
    asking.sort(key=lambda row: -EFFORTS.index(row.lever.effort))
    return tuple(dict.fromkeys(say(f"loses_{row.lever.name}") for row in asking))[:SHOWN_LOSSES]


def _offer(usd: Fraction, promise: str) -> Sentence:
    if promise == NO_COMMITMENT:
        return say("offer_commitment", saving=usd_text(usd))
    return say("offer", saving=usd_text(usd), promise=promise)


def _broken(plan: Plan) -> Iterator[Answer]:
    """The promises of `glimpse.toml` that the stack breaks as it stands, each with its reason."""
    broken = [row for row in plan.today.verdicts if row.promise in plan.broken and row.verdict == BROKEN]
    if broken:
        rows = (Statement(say("broken_promise", promise=row.promise), (row.why,)) for row in broken)
        yield Answer(PROMISES, tuple(rows), "red")


def _risks(plan: Plan) -> Iterator[Answer]:
    """How many risks there are today, of which kinds, and how many of them the advice mends."""
    risks = plan.today.risks
    if not risks:
        return
    # Of each kind: one risk may stand for several resources, of which a change mends some.
    left = Counter(risk.what.code for risk in (plan.recommended or plan.today).risks)
    mended = (Counter(risk.what.code for risk in risks) - left).total()
    kinds = tuple(say(f"short_{risk.what.code}") for risk in risks)
    statements = [Statement(say("risks_some", count=len(risks)), kinds)]
    if mended:
        code = "risks_all_mended" if mended == len(risks) else "risks_mended"
        statements.append(Statement(say(code, count=mended)))
    yield Answer(RISKS, tuple(statements), "yellow")


def answers_of_bill(bill: Bill, gaps: Sequence[GapGroup], sources: PriceSources | None) -> tuple[Answer, ...]:
    """What is not known and where the numbers come from: the answers that need no plan."""
    return (
        Answer(UNKNOWN, unknowns(bill, gaps)),
        Answer(SOURCES, tuple(_sources(bill, sources))),
    )


def _sources(bill: Bill, found: PriceSources | None) -> Iterator[Statement]:
    if found is None:
        yield Statement(say("sources_none"))
        return
    count, region = found.count, bill.stack.region
    if found.oldest == found.newest:
        yield Statement(say("sources_of_one_day", count=count, region=region, newest=found.newest))
    else:
        yield Statement(say("sources", count=count, region=region, oldest=found.oldest, newest=found.newest))
    yield Statement(say("sources_free_tier" if bill.free_tier else "sources_list"))
