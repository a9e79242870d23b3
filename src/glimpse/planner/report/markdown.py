"""
The report for a pull request: GitHub's Markdown, the answers first, what is long folded away.

Names that came from files stand in `<code>` with their punctuation as entities, so that none of them can open a
link, mention a person or break a table.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from glimpse.planner.bill import Bill, Line
from glimpse.planner.finding import Finding
from glimpse.planner.levers.lever import COMMITMENT, GROUPS
from glimpse.planner.money import usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.regions import RegionComparison
from glimpse.planner.report.comparison import (
    best_text,
    compared_scenarios,
    cost_column,
    has_availability,
    has_own_scenarios,
    has_websocket,
    kept_as_today,
    kept_text,
    reasons_shown,
    worth_a_line,
)
from glimpse.planner.report.fragments import (
    place_text,
    quantity_text,
    region_text,
    total_text,
    unit_usd_text,
    workload_name,
)
from glimpse.planner.report.paid import (
    charge_text,
    difference_text,
    line_text,
    lines_text,
    period_text,
    shown,
    summary,
)
from glimpse.planner.report.plan_fragments import (
    amount_text,
    availability_sentence,
    claims_text,
    document_row,
    effect_of,
    is_of_a_lever,
    rated_text,
    risks_together,
    step_saving,
    step_text,
)
from glimpse.planner.report.plan_summary import summary_lines
from glimpse.planner.report.savings import (
    SHOWN_PLACES_OF_A_STEP,
    by_saving,
    left_alone_texts,
    places_text,
    saving_notes,
    saving_text,
    worth_showing,
)
from glimpse.planner.report.summary import found_region, not_given, not_needed
from glimpse.planner.risks import Risk
from glimpse.planner.scenarios import Effect, Plan, Scenario
from glimpse.planner.steps import Step
from glimpse.words import Words, plain

if TYPE_CHECKING:
    from glimpse.planner.plan_document import PlanDocument

ACTIVE = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*{}[]<>#|@&~"})
EDGE = re.compile(r"(?<!\w)_|_(?!\w)")
"""An underscore inside a word stresses nothing."""

LINKS = (("://", "&#58;//"), ("www.", "www&#46;"))
"""What GitHub turns into links by itself, wherever it stands."""

TableRows = tuple[Sequence[str], Iterable[Sequence[str]]]


def plan_markdown(plan: Plan, with_other_free_tier: Fraction, words: Words, paid: Comparison | None = None) -> str:
    """`with_other_free_tier` is today's total in USD with the other answer to `--free-tier`."""
    return "\n".join((*_plan(plan, with_other_free_tier, words), *_paid(paid, words))) + "\n"


def bill_markdown(
    bill: Bill,
    with_other_free_tier: Fraction,
    words: Words,
    there: Sequence[RegionComparison] = (),
    paid: Comparison | None = None,
) -> str:
    """What could not be priced or read stands open; the rest of a bill is its lines."""
    given = [
        f"- **{words(label)}:** {_text(text)}"
        for label, text, _ in (*not_given(bill, words), *found_region(bill, words), *not_needed(bill, words))
    ]
    page = [
        f"## {_text(words('ui_bill', name=bill.stack.name))}",
        "",
        *given,
        *([""] if given else []),
        *_bill(bill, with_other_free_tier, words),
        *_paid(paid, words),
        *_regions(bill, there, words),
        *_gaps(bill, words),
    ]
    return "\n".join(page) + "\n"


def _paid(paid: Comparison | None, words: Words) -> Iterator[str]:
    if paid is None:
        return
    yield from _heading(words("ui_actual", period=period_text(paid.actual.period, words)))
    yield from (f"- {_text(text)}" for text in summary(paid, words))
    yield ""
    heads = tuple(map(words, ("ui_component", "ui_usd", "ui_paid", "ui_difference", "ui_why")))
    rows = (
        (
            _text(lines_text(row)), usd_text(row.monthly), usd_text(row.paid), usd_text(row.paid - row.monthly),
            _text(difference_text(row, words)),
        )
        for row in paid.lines
    )  # fmt: skip
    yield from _table((heads, rows), figures={1, 2, 3})
    if paid.not_in_terraform:
        yield from _heading(words("ui_not_in_terraform"))
        charges, rest = shown(paid.not_in_terraform, words)
        yield from (f"- {usd_text(row.paid)}: {_text(charge_text(row, words))}" for row in charges)
        yield from (f"- {_text(text)}" for text in [rest] if text)
    for title, lines in (("ui_not_paid", paid.not_paid), ("ui_not_compared", paid.not_compared)):
        if lines:
            yield from _heading(words(title))
            yield from (f"- {usd_text(line.monthly)}: {_text(line_text(line))}" for line in lines)


def _regions(home: Bill, there: Sequence[RegionComparison], words: Words) -> Iterator[str]:
    if there:
        yield from _heading(words("ui_regions", region=home.stack.region))
    for entry in there:
        yield f"- {_text(region_text(entry, words))}"
        for part in entry.missing:
            yield f"  - {_code(part.origin.address)} {_text(plain(part.component))}: {_text(words.render(part.why))}"


def _plan(plan: Plan, with_other_free_tier: Fraction, words: Words) -> Iterator[str]:
    today = plan.today.bill
    yield f"## glimpse plan: {_code(today.stack.name)}"
    yield ""
    for label, text, _ in summary_lines(plan, words):
        yield f"- **{words(label)}:** {_text(text)}"
    if plan.today.risks:
        yield from _heading(words("ui_risks"))
        yield from _risks(plan.today.risks, words)
    yield from _steps(plan, words)
    if compared_scenarios(plan):
        yield from _heading(words("ui_scenarios"))
        yield from _scenarios(plan, words)
        yield ""
        yield from (f"- {_text(words.render(reason))}" for reason in reasons_shown(plan))
    if plan.growth:
        yield from _heading(words("ui_growth"))
        yield from (f"- {_text(words.render(entry.sentence))}" for entry in plan.growth)
    yield from _gaps(today, words)
    yield from _folded(words("ui_promises"), _promises(plan, words))
    yield from _folded(words("ui_levers"), _levers(plan, words))
    yield from _folded(words("ui_bill", name=today.stack.name), _bill(today, with_other_free_tier, words))
    if plan.document:
        yield from _folded(words("ui_checks"), _checks(plan.document, words))
        yield from _folded(words("ui_alarms"), _alarms(plan.document, words))
        yield from _folded(words("ui_claims"), _claims(plan.document, words))


def _scenarios(plan: Plan, words: Words) -> Iterator[str]:
    scenarios = compared_scenarios(plan)
    columns = list(_columns(plan, scenarios, words))
    figures = {number for number, (is_figure, _, _) in enumerate(columns) if is_figure}
    rows = ([cell(scenario) for _, _, cell in columns] for scenario in scenarios)
    yield from _table(([head for _, head, _ in columns], rows), figures)
    if has_availability(scenarios):
        yield from ("", words("ui_sla"))
    if best := best_text(plan, words):
        yield from ("", _text(best))


def _columns(
    plan: Plan, scenarios: Sequence[Scenario], words: Words
) -> Iterator[tuple[bool, str, Callable[[Scenario], str]]]:
    """The columns of the comparison (whether it holds figures, head, cell): those in which anything is known."""
    if has_own_scenarios(plan):
        yield True, words("ui_rank"), lambda row: str(row.rank or "–")
    yield False, words("ui_scenario"), lambda row: _scenario(row, plan, words)
    yield True, words("ui_usd"), lambda row: cost_column(row)
    yield True, words("ui_saving"), lambda row: saving_text(row.saving)
    if has_websocket(scenarios):
        yield False, "WebSocket", lambda row: words(row.websocket[0])
    yield False, words("ui_promises"), kept_text
    if has_availability(scenarios):
        yield True, "SLA %", lambda row: rated_text(row.availability)
    yield False, words("ui_effort"), lambda row: words(f"effort_{row.effort}")
    if plan.document:
        held = plan.document.rows
        yield False, words("ui_document"), lambda row: _text(document_row(held[row.name])) if row.name in held else ""


def _scenario(scenario: Scenario, plan: Plan, words: Words) -> str:
    name = f"`{scenario.name}`"
    if scenario is plan.recommended and scenario.changing:
        name += f" ← **{words('ui_recommended')}**"
    if scenario.reference and scenario.reference.bill.stack.region != scenario.stack.region:
        there = scenario.reference.bill
        name += f"<br>{there.stack.region}: {cost_column(there)}"
    return name


def _steps(plan: Plan, words: Words) -> Iterator[str]:
    chosen = plan.recommended
    if chosen is None or not plan.steps:
        return
    yield from _heading(words("ui_steps", scenario=chosen.name))
    for phase, steps in itertools.groupby(plan.steps, key=lambda step: step.phase):
        yield f"**{words(f'phase_{phase}')}**"
        yield ""
        for step in steps:
            yield from _step(step, chosen, words)
        yield ""


def _step(step: Step, chosen: Scenario, words: Words) -> Iterator[str]:
    if not is_of_a_lever(step):
        yield f"- [ ] {_text(step_text(step, chosen, words))}"
        return
    saved = step_saving(step, chosen, words)
    yield f"- [ ] **{_text(words(f'lever_{step.lever}'))}**" + (f": {_text(saved)}" if saved else "")
    yield from (
        f"  - {_code(text)}"
        for text in places_text(step.places, words, SHOWN_PLACES_OF_A_STEP, effect_of(step, chosen))
    )
    yield f"  - {_text(words.render(step.what))}"
    yield f"  - {_text(words('ui_risk', risk=words(f'risk_{step.lever}')))}"


def _promises(plan: Plan, words: Words) -> Iterator[str]:
    rows = [
        (f"`{scenario.name}`", words(f"promise_{row.promise}"), words(row.verdict), _text(words.render(row.why)))
        for scenario in plan.scenarios
        for row in worth_a_line(plan, scenario)
    ]
    if rows:
        heads = ("ui_scenario", "ui_promises", "ui_verdict", "ui_why")
        yield from _table((tuple(map(words, heads)), rows))
        yield ""
    if kept := kept_as_today(plan, words):
        yield from (_text(kept), "")
    for scenario in plan.scenarios:
        if scenario.availability:
            yield f"- `{scenario.name}`: {_text(words.render(availability_sentence(scenario.availability, words)))}"


def _levers(plan: Plan, words: Words) -> Iterator[str]:
    yield words("ui_levers_more", scenario=plan.measure.name)
    here = words("ui_here", scenario=plan.measure.name)
    heads = ("ui_lever", "ui_alone", here, "ui_by", "ui_where", "ui_how", "ui_why_not")
    named = [head if head is here else words(head) for head in heads]
    shown = [effect for effect in plan.effects if worth_showing(effect)]
    for group in GROUPS:
        found = by_saving(effect for effect in shown if effect.lever.group == group)
        if found:
            yield from ("", f"**{words(f'group_{group}')}**", "")
            yield from _table((named, (_lever(effect, words) for effect in found)), figures={1, 2})
    idle = [words(f"lever_{effect.lever.name}") for effect in plan.effects if effect not in shown]
    if idle:
        yield from ("", _text(words("ui_saves_nothing", levers="; ".join(idle))))
    if plan.idle:
        yield from ("", words("ui_idle", count=len(plan.idle)))


def _lever(effect: Effect, words: Words) -> Sequence[str]:
    lever = effect.lever
    places = "<br>".join(_code(text) for text in places_text(effect.places, words, effect=effect))
    notes = [
        words(f"risk_{lever.name}"),
        *saving_notes(effect.alone, words),
        *left_alone_texts(effect, words),
    ]
    if lever.gives_up and lever.group != COMMITMENT:
        notes.insert(0, words("ui_gives_up", name=words(f"promise_{lever.gives_up}")))
    return (
        f"{_text(words(f'lever_{lever.name}'))} (`{lever.name}`)",
        saving_text(effect.alone),
        saving_text(effect.here),
        words(lever.implemented),
        places,
        _text(words(f"how_{lever.name}")),
        "<br>".join(map(_text, notes)),
    )


def _risks(risks: Iterable[Risk], words: Words) -> Iterator[str]:
    for what, origins in risks_together(risks).items():
        yield f"- {_text(words.render(what))}"
        yield from (f"  - {_code(text)}" for text in places_text(origins, words))


def _alarms(document: PlanDocument, words: Words) -> Iterator[str]:
    rows = (
        (
            words(f"alarm_{row.name}"), row.document, words.render(row.derived) if row.derived else "–",
            words.render(row.why),
        )
        for row in document.alarms
    )  # fmt: skip
    heads = ("", words("ui_document_says"), words("ui_derived"), words("ui_why"))
    yield from _table((heads, map(_texts, rows)))


def _checks(document: PlanDocument, words: Words) -> Iterator[str]:
    for group, checks in itertools.groupby(document.checks, key=lambda check: check.group):
        yield f"**{words(f'group_{group}')}**"
        yield ""
        for check in checks:
            yield f"- [ ] {check.quote}" + (f"<br>{_text(words(check.ours))}" if check.ours else "")
        yield ""


def _claims(document: PlanDocument, words: Words) -> Iterator[str]:
    heads = ("ui_line", "ui_claims_quote", "ui_claimed", "ui_computed", "ui_verdict", "ui_why")
    rows = (
        (
            str(claim.source_line), claim.quote, amount_text(claim.claimed, words), amount_text(claim.computed, words),
            words(claim.verdict), words.render(claim.why),
        )
        for claim in document.claims
    )  # fmt: skip
    yield claims_text(document.claims, words)
    yield ""
    yield from _table((tuple(map(words, heads)), map(_texts, rows)), figures={0})


def _bill(bill: Bill, with_other_free_tier: Fraction, words: Words) -> Iterator[str]:
    heads = (words("ui_component"), words("ui_quantity"), words("ui_unit_usd"), words("ui_usd"))
    yield from _table((heads, _lines(bill.lines, words)), figures={1, 2, 3})
    yield ""
    label = words("ui_total_listed" if bill.free_tier else "ui_total_free_tier")
    yield f"**{total_text(bill, words)}: {usd_text(bill.monthly)}.** {label}: {usd_text(with_other_free_tier)}."
    if bill.free:
        yield words("ui_free", count=len(bill.free))
    yield ""
    yield _text(words("ui_workload", source=workload_name(bill.workload, words)) + ".")
    yield words("ui_hours_free_tier" if bill.free_tier else "ui_hours")
    assumed = dict.fromkeys(words.render(note) for line in bill.lines for note in line.meter.assumes)
    sources = dict.fromkeys(
        f"{line.price.as_of} {line.price.confidence}: {plain(line.price.source)}" for line in bill.lines if line.price
    )
    for title, rows in (("ui_assumed", assumed), ("ui_sources", sources)):
        yield from ("", f"**{words(title)}**", "", *(f"- {_text(row)}" for row in rows))


def _gaps(bill: Bill, words: Words) -> Iterator[str]:
    if bill.unpriced:
        yield from _heading(words("ui_unpriced"))
        for entry in bill.unpriced:
            yield f"- {_code(entry.origin.address)} {_text(plain(entry.component))}: {_text(words.render(entry.why))}"
    if bill.stack.unresolved:
        yield from _heading(words("ui_unresolved"))
        yield from _findings(bill.stack.unresolved, words)
    if bill.stack.warnings:
        yield from _heading(words("ui_warnings"))
        yield from _findings(bill.stack.warnings, words)


def _lines(lines: Iterable[Line], words: Words) -> Iterator[Sequence[str]]:
    for address, group in itertools.groupby(lines, key=lambda line: line.meter.origin.address):
        first, *_ = lines_here = list(group)
        place = f" {_code(f'{first.meter.origin.file}:{first.meter.origin.line}')}" if first.meter.origin.file else ""
        region = f" {_text(plain(first.meter.origin.region))}" if first.meter.origin.region else ""
        yield (_code(address) + region + place, "", "", "")
        for line in lines_here:
            monthly = "–" if line.quantity is None else usd_text(line.monthly)
            unit = unit_usd_text(line, words)
            yield (_text(plain(line.meter.component)), quantity_text(line), unit, monthly)


def _findings(found: Iterable[Finding], words: Words) -> Iterator[str]:
    for entry in found:
        place = f"{_code(place_text(entry))} " if entry.file else ""
        yield f"- {place}{_text(words.render(entry.what))}"


def _heading(text: str) -> tuple[str, str, str]:
    return "", f"### {text}", ""


def _folded(title: str, body: Iterable[str]) -> Iterator[str]:
    yield from ("", f"<details><summary>{_text(title)}</summary>", "", *body, "", "</details>")


def _table(table: TableRows, figures: Collection[int] = ()) -> Iterator[str]:
    """`figures` are the columns that hold numbers: they end at one line."""
    heads, rows = table
    yield f"| {' | '.join(heads)} |"
    yield "|" + "".join("---:|" if column in figures else "---|" for column in range(len(heads)))
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _texts(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(_text(cell) for cell in cells)


def _text(text: str) -> str:
    """A sentence, in which a name may stand that came from a file."""
    shown = EDGE.sub("&#95;", text.translate(ACTIVE))
    for active, harmless in LINKS:
        shown = shown.replace(active, harmless)
    return shown


def _code(name: str) -> str:
    """A name; its dollar signs would begin a formula."""
    return f"<code>{_text(plain(name)).replace('$', '&#36;')}</code>"
