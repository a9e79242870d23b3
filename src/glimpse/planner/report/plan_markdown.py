"""
The whole plan as GitHub's Markdown, by section: the answers first, what is long folded away.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from glimpse.planner.paid import Comparison
from glimpse.planner.plan import Effect, Plan, Scenario
from glimpse.planner.report.comparison import (
    best_text,
    compared_scenarios,
    cost_column,
    has_availability,
    has_websocket,
    kept_as_today,
    kept_text,
    not_kept_texts,
    reasons_shown,
    reference_region,
    worth_a_line,
)
from glimpse.planner.report.effects import effects_by_group, gives_up_text, idle_text
from glimpse.planner.report.fragments import workload_name
from glimpse.planner.report.markdown import (
    bill_lines,
    folded,
    gap_lists,
    heading,
    paid_lines,
    source_lines,
    table,
    texts,
    workload_lines,
)
from glimpse.planner.report.markdown_escaping import code, escaped
from glimpse.planner.report.places import SHOWN_PLACES_OF_A_STEP, left_alone_texts, places_text
from glimpse.planner.report.plan_fragments import (
    amount_text,
    availability_text,
    claims_text,
    document_row,
    effect_of,
    is_of_a_lever,
    quoted,
    rated_text,
    risk_text,
    risks_together,
    step_saving,
    step_text,
)
from glimpse.planner.report.plan_summary import summary_lines
from glimpse.planner.report.savings import saving_notes, saving_text
from glimpse.planner.report.sections import SECTIONS
from glimpse.planner.risks import Risk
from glimpse.planner.steps import Step
from glimpse.words import Words

if TYPE_CHECKING:
    from glimpse.planner.plan_document import PlanDocument

FOLDED = ("promises", "levers", "bill", "checks", "alarms", "claims")
"""The sections that the whole report folds away."""

PARTS_OF_THE_BILL = ("workload", "sources")
"""Sections of their own only where they are asked for: the bill ends with them."""


def plan_markdown(
    plan: Plan,
    with_other_free_tier: Fraction,
    words: Words,
    paid: Comparison | None = None,
    sections: Sequence[str] = SECTIONS,
) -> str:
    """
    `with_other_free_tier` is today's total in USD with the other answer to `--free-tier`. All `sections` are the whole
    report, which begins with the answers and leaves out what has nothing to show.
    """
    whole = tuple(sections) == SECTIONS
    page = [f"## glimpse plan: {code(plan.today.bill.stack.name)}", ""]
    if whole:
        page += (f"- **{words(label)}:** {escaped(text)}" for label, text, _ in summary_lines(plan, words))
    written = _written(plan, with_other_free_tier, words, paid)
    for name in sections:
        title, lines = written[name]
        body = [] if whole and name in PARTS_OF_THE_BILL else list(lines)
        if whole and name == "bill":
            page += gap_lists(plan.today.bill, words)
        if not body:
            page += [] if whole else [escaped(words(f"no_{name}")), ""]
        elif whole and name in FOLDED:
            page += folded(title, body)
        else:
            page += (*(heading(escaped(title)) if title else ()), *body)
        if not whole and name == "bill":
            page += gap_lists(plan.today.bill, words)
    return "\n".join(page) + "\n"


def _written(
    plan: Plan, with_other_free_tier: Fraction, words: Words, paid: Comparison | None
) -> Mapping[str, tuple[str, Iterable[str]]]:
    """The title and the lines of every section; no lines where there is nothing to show."""
    bill, document, chosen = plan.today.bill, plan.document, plan.recommended
    return {
        "risks": (words("ui_risks"), risk_lines(plan.today.risks, words)),
        "steps": (words("ui_steps", scenario=chosen.name if chosen else ""), step_lines(plan, words)),
        "levers": (words("ui_levers"), _levers(plan, words)),
        "scenarios": (words("ui_scenarios"), _scenarios(plan, words)),
        "promises": (words("ui_promises"), _promises(plan, words)),
        "bill": (words("ui_bill", name=bill.stack.name), bill_lines(bill, with_other_free_tier, words)),
        "growth": (words("ui_growth"), (f"- {escaped(words.render(entry.sentence))}" for entry in plan.growth)),
        # What was paid has several parts, each with its title.
        "paid": ("", paid_lines(paid, words)),
        "workload": (words("ui_workload", source=workload_name(bill.workload, words)), workload_lines(bill, words)),
        "checks": (words("ui_checks"), _checks(document, words) if document else ()),
        "alarms": (words("ui_alarms"), _alarms(document, words) if document else ()),
        "claims": (words("ui_claims"), _claims(document, words) if document else ()),
        "sources": (words("ui_sources"), source_lines(bill, words)),
    }


def _scenarios(plan: Plan, words: Words) -> Iterator[str]:
    scenarios = compared_scenarios(plan)
    if not scenarios:
        return
    columns = list(_columns(plan, scenarios, words))
    figures = {number for number, (is_figure, _, _) in enumerate(columns) if is_figure}
    rows = ([cell(scenario) for _, _, cell in columns] for scenario in scenarios)
    yield from table(([head for _, head, _ in columns], rows), figures)
    if has_availability(scenarios):
        yield from ("", words("ui_sla"))
    if best := best_text(plan, words):
        yield from ("", escaped(best))
    yield ""
    yield from (f"- {escaped(words.render(reason))}" for reason in reasons_shown(plan))


def _columns(
    plan: Plan, scenarios: Sequence[Scenario], words: Words
) -> Iterator[tuple[bool, str, Callable[[Scenario], str]]]:
    """The columns of the comparison (whether it holds figures, head, cell): those in which anything is known."""
    yield False, words("ui_scenario"), lambda row: _scenario(row, plan, words)
    yield True, words("ui_usd"), lambda row: cost_column(row)
    yield True, words("ui_saving"), lambda row: saving_text(row.saving)
    if has_websocket(scenarios):
        yield False, "WebSocket", lambda row: words(row.websocket[0])
    yield False, words("ui_kept"), lambda row: escaped("; ".join((kept_text(row, words), *not_kept_texts(row, words))))
    if has_availability(scenarios):
        yield True, "SLA %", lambda row: rated_text(row.availability)
    yield False, words("ui_effort"), lambda row: words(f"effort_{row.effort}")


def _scenario(scenario: Scenario, plan: Plan, words: Words) -> str:
    name = f"`{scenario.name}`"
    if scenario is plan.recommended and scenario.changing:
        name += f" ← **{words('ui_recommended')}**"
    if there := reference_region(scenario):
        name += f"<br>{there.bill.stack.region}: {cost_column(there.bill)}"
    return name


def step_lines(plan: Plan, words: Words) -> Iterator[str]:
    """The steps of the recommendation by phase, each with its places, what to do and its risk."""
    chosen = plan.recommended
    if chosen is None or not plan.steps:
        return
    for phase, steps in itertools.groupby(plan.steps, key=lambda step: step.phase):
        yield f"**{words(f'phase_{phase}')}**"
        yield ""
        for step in steps:
            yield from _step(step, plan, chosen, words)
        yield ""


def _step(step: Step, plan: Plan, chosen: Scenario, words: Words) -> Iterator[str]:
    if not is_of_a_lever(step):
        yield f"- [ ] {escaped(step_text(step, plan, words))}"
        return
    saved = step_saving(step, plan, words)
    yield f"- [ ] **{escaped(words(f'lever_{step.lever}'))}**" + (f": {escaped(saved)}" if saved else "")
    yield from (
        f"  - {code(text)}" for text in places_text(step.places, words, SHOWN_PLACES_OF_A_STEP, effect_of(step, chosen))
    )
    yield f"  - {escaped(words.render(step.what))}"
    yield f"  - {escaped(risk_text(step.lever or '', words))}"


def _promises(plan: Plan, words: Words) -> Iterator[str]:
    rows = [
        (f"`{scenario.name}`", words(f"promise_{row.promise}"), words(row.verdict), escaped(words.render(row.why)))
        for scenario in plan.scenarios
        for row in worth_a_line(plan, scenario)
    ]
    if rows:
        heads = ("ui_scenario", "ui_promises", "ui_verdict", "ui_why")
        yield from table((tuple(map(words, heads)), rows))
        yield ""
    if kept := kept_as_today(plan, words):
        yield from (escaped(kept), "")
    for scenario in plan.scenarios:
        if scenario.availability:
            yield f"- `{scenario.name}`: {escaped(availability_text(scenario.availability, words))}"


def _levers(plan: Plan, words: Words) -> Iterator[str]:
    yield words("ui_levers_more", scenario=plan.measure.name)
    here = words("ui_here", scenario=plan.measure.name)
    columns = ("ui_by", "ui_where", "ui_how", "ui_why_not")
    heads = (words("ui_lever"), words("ui_alone"), here, *map(words, columns))
    for group, effects in effects_by_group(plan):
        yield from ("", f"**{words(f'group_{group}')}**", "")
        yield from table((heads, (_lever(effect, words) for effect in effects)), figures={1, 2})
    if idle := idle_text(plan, words):
        yield from ("", escaped(idle))
    if plan.idle:
        yield from ("", words("ui_idle", count=len(plan.idle)))


def _lever(effect: Effect, words: Words) -> Sequence[str]:
    lever = effect.lever
    places = "<br>".join(code(text) for text in places_text(effect.places, words, effect=effect))
    notes = (
        gives_up_text(lever, words),
        words(f"risk_{lever.name}"),
        *saving_notes(effect.alone, words),
        *left_alone_texts(effect, words),
    )
    return (
        f"{escaped(words(f'lever_{lever.name}'))} (`{lever.name}`)",
        saving_text(effect.alone),
        saving_text(effect.here),
        words(lever.implemented),
        places,
        escaped(words(f"how_{lever.name}")),
        "<br>".join(escaped(note) for note in notes if note),
    )


def risk_lines(risks: Iterable[Risk], words: Words) -> Iterator[str]:
    """Every risk with its places."""
    for what, origins in risks_together(risks).items():
        yield f"- {escaped(words.render(what))}"
        yield from (f"  - {code(text)}" for text in places_text(origins, words))


def _alarms(document: PlanDocument, words: Words) -> Iterator[str]:
    rows = (
        (
            words(f"alarm_{row.name}"), quoted(row.document), words.render(row.derived) if row.derived else "–",
            words.render(row.why),
        )
        for row in document.alarms
    )  # fmt: skip
    heads = ("", words("ui_document_says"), words("ui_derived"), words("ui_why"))
    yield from table((heads, map(texts, rows)))


def _checks(document: PlanDocument, words: Words) -> Iterator[str]:
    for group, checks in itertools.groupby(document.checks, key=lambda check: check.group):
        yield f"**{words(f'group_{group}')}**"
        yield ""
        for check in checks:
            yield f"- [ ] {quoted(check.quote)}" + (f"<br>{escaped(words(check.ours))}" if check.ours else "")
        yield ""


def _claims(document: PlanDocument, words: Words) -> Iterator[str]:
    heads = ("ui_line", "ui_claims_quote", "ui_claimed", "ui_computed", "ui_verdict", "ui_why")
    rows = (
        (
            str(claim.source_line), quoted(claim.quote), amount_text(claim.claimed, words),
            amount_text(claim.computed, words), words(claim.verdict), words.render(claim.why),
        )
        for claim in document.claims
    )  # fmt: skip
    yield claims_text(document.claims, words)
    yield ""
    yield from table((tuple(map(words, heads)), map(texts, rows)), figures={0})
    yield from ("", f"**{words('ui_document_scenarios')}**", "")
    yield from (f"- `{name}`: {escaped(quoted(document_row(row)))}" for name, row in document.rows.items())
