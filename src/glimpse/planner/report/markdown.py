"""
The report for a pull request: GitHub's Markdown, the answers first, what is long folded away.

Names that came from files stand in `<code>` with their punctuation as entities, so that none of them can open a
link, mention a person or break a table.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from glimpse.planner.bill import Bill, Line
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.report.answers import answers
from glimpse.planner.report.cells import amount_text, availability_sentence, document_row
from glimpse.planner.scenarios import Plan, Scenario
from glimpse.planner.stack import Finding
from glimpse.planner.verdict import KEPT
from glimpse.planner.words import Words, plain
from glimpse.planner.workload import BUILT_IN

ACTIVE = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*{}[]<>#|@&~"})
EDGE = re.compile(r"(?<!\w)_|_(?!\w)")
"""An underscore inside a word stresses nothing."""

LINKS = (("://", "&#58;//"), ("www.", "www&#46;"))
"""What GitHub turns into links by itself, wherever it stands."""

Table = tuple[Sequence[str], Iterable[Sequence[str]]]


def plan_markdown(plan: Plan, other: Bill, words: Words) -> str:
    """`other` is today's bill with the other answer to `--free-tier`."""
    return "\n".join(_plan(plan, other, words)) + "\n"


def bill_markdown(bill: Bill, other: Bill, words: Words) -> str:
    page = [f"## {words('ui_bill', name='')} {_code(bill.stack.name)}", "", *_bill(bill, other, words)]
    return "\n".join(page) + "\n"


def _plan(plan: Plan, other: Bill, words: Words) -> Iterator[str]:
    yield f"## glimpse plan: {_code(plan.today.bill.stack.name)}"
    yield ""
    for label, text, _ in answers(plan, words):
        yield f"- **{words(label)}** {_text(text)}"
    yield from _findings(plan.warnings, words)
    yield from _heading(words("ui_scenarios"))
    yield from _scenarios(plan, words)
    yield ""
    yield from (f"- {_text(words.say(reason))}" for reason in plan.reasons)
    yield from _folded(words("ui_promises"), _promises(plan, words))
    yield from _folded(words("ui_levers"), _levers(plan, words))
    if plan.recommended and plan.steps:
        yield from _heading(words("ui_steps", scenario=plan.recommended.name))
        for phase, steps in itertools.groupby(plan.steps, key=lambda step: step.phase):
            yield f"**{words(f'phase_{phase}')}**"
            yield ""
            yield from (f"- [ ] {_text(words.say(step.what))}" for step in steps)
            yield ""
    if plan.checks:
        yield from _folded(words("ui_checks"), _checks(plan, words))
    if plan.alarms:
        rows = [
            (words(f"alarm_{row.name}"), row.document, row.derived or "–", words.say(row.why)) for row in plan.alarms
        ]
        yield from _folded(
            words("ui_alarms"), _table((("", words("ui_document_says"), words("ui_derived"), ""), map(_texts, rows)))
        )
    if plan.claims:
        yield from _folded(words("ui_claims"), _claims(plan, words))
    yield from _folded(words("ui_bill", name=plan.today.bill.stack.name), _bill(plan.today.bill, other, words))


def _scenarios(plan: Plan, words: Words) -> Iterator[str]:
    heads = ("#", words("ui_scenario"), words("ui_usd"), words("ui_saving"), "WebSocket", words("ui_promises"), "SLA %")
    yield from _table(
        ((*heads, words("ui_effort"), words("ui_document")), (_row(row, plan, words) for row in plan.scenarios))
    )
    yield ""
    yield words("ui_sla")
    if plan.search:
        yield ""
        yield _text(words("ui_best", levers=plan.search.best.names, count=f"{plan.search.looked_at:,}"))


def _row(scenario: Scenario, plan: Plan, words: Words) -> Sequence[str]:
    name = f"`{scenario.name}`" + (f" ← **{words('ui_recommended')}**" if scenario is plan.recommended else "")
    if scenario.elsewhere:
        there = scenario.elsewhere.bill
        name += f"<br>{there.stack.region}: {_cost(there)}"
    kept, rated = sum(row.verdict == KEPT for row in scenario.verdicts), scenario.availability
    return (
        str(scenario.rank or "–"),
        name,
        _cost(scenario.bill),
        "?" if scenario.saving is None else usd_text(scenario.saving),
        words(scenario.websocket[0]),
        f"{kept}/{len(scenario.verdicts)}",
        f"{float(rated.least) * 100:.2f}" if rated else "–",
        words(f"effort_{scenario.effort}"),
        _text(document_row(scenario.document)) if scenario.document else "",
    )


def _cost(bill: Bill) -> str:
    return ("≥ " if bill.at_least else "") + usd_text(bill.monthly)


def _promises(plan: Plan, words: Words) -> Iterator[str]:
    rows = [
        (f"`{scenario.name}`", words(row.verdict), words(f"promise_{row.promise}"), _text(words.say(row.why)))
        for scenario in plan.scenarios
        for row in scenario.verdicts
        if scenario is plan.today or row.verdict != KEPT
    ]
    yield from _table(((words("ui_scenario"), "", words("ui_promises"), ""), rows))
    yield ""
    for scenario in plan.scenarios:
        if scenario.availability:
            yield f"- `{scenario.name}`: {_text(words.say(availability_sentence(scenario.availability, words)))}"


def _levers(plan: Plan, words: Words) -> Iterator[str]:
    yield words("ui_levers_more", scenario=plan.measure.name)
    yield ""
    heads = (words("ui_lever"), words("ui_alone"), words("ui_here", scenario=plan.measure.name), words("ui_by"), "")
    rows = []
    for effect in plan.effects:
        saved = ["?" if amount is None else usd_text(amount) for amount in (effect.alone, effect.here)]
        shown = saved if effect.changes else [words("ui_no_change"), ""]
        name, by = words(f"lever_{effect.lever.name}"), words(effect.lever.implemented)
        rows.append(_texts((name, *shown, by, words(f"risk_{effect.lever.name}"))))
    yield from _table((heads, rows))


def _checks(plan: Plan, words: Words) -> Iterator[str]:
    for group, checks in itertools.groupby(plan.checks, key=lambda check: check.group):
        yield f"**{words(f'group_{group}')}**"
        yield ""
        for check in checks:
            yield f"- [ ] {check.quote}" + (f"<br>{_text(words(check.ours))}" if check.ours else "")
        yield ""


def _claims(plan: Plan, words: Words) -> Iterator[str]:
    heads = ("", words("ui_claims_quote"), words("ui_claimed"), words("ui_computed"), "", "")
    rows = (
        (
            str(claim.source_line), claim.quote, amount_text(claim.claimed, words), amount_text(claim.computed, words),
            words(claim.verdict), words.say(claim.why),
        )
        for claim in plan.claims
    )  # fmt: skip
    yield from _table((heads, map(_texts, rows)))


def _bill(bill: Bill, other: Bill, words: Words) -> Iterator[str]:
    heads = (words("ui_component"), words("ui_quantity"), words("ui_unit_usd"), words("ui_usd"))
    yield from _table((heads, _lines(bill.lines, words)))
    yield ""
    total = words("ui_total_at_least" if bill.at_least else "ui_total")
    label = words("ui_total_listed" if bill.free_tier else "ui_total_free_tier")
    yield f"**{total} {usd_text(bill.monthly)}**, {label} {usd_text(other.monthly)}."
    if bill.free:
        yield words("ui_free", count=len(bill.free))
    yield ""
    source = words("ui_built_in") if bill.workload.source == BUILT_IN else _code(bill.workload.source)
    yield f"{words('ui_workload', source='')} {source}. {words('ui_hours_free_tier' if bill.free_tier else 'ui_hours')}"
    if bill.unpriced:
        yield from _heading(words("ui_unpriced"))
        for entry in bill.unpriced:
            yield f"- {_code(entry.origin.address)} {_text(plain(entry.component))}: {_text(words.say(entry.why))}"
    if bill.stack.unresolved:
        yield from _heading(words("ui_unresolved"))
        yield from _findings(bill.stack.unresolved, words)


def _lines(lines: Iterable[Line], words: Words) -> Iterator[Sequence[str]]:
    for address, group in itertools.groupby(lines, key=lambda line: line.meter.origin.address):
        yield (_code(address), "", "", "")
        for line in group:
            price = line.price
            unit = "" if price is None else words("ui_tiered")
            if price and len(price.tiers) == 1:
                unit = decimal_text(price.tiers[0].usd)
            quantity = f"{decimal_text(line.quantity.expected, 4)} {line.meter.unit}"
            yield (_text(plain(line.meter.component)), quantity, unit, usd_text(line.monthly))


def _findings(found: Iterable[Finding], words: Words) -> Iterator[str]:
    for entry in found:
        place = f"{_code(f'{entry.file}:{entry.line}')} " if entry.file else ""
        yield f"- {place}{_text(words.say(entry.what))}"


def _heading(text: str) -> tuple[str, str, str]:
    return "", f"### {text}", ""


def _folded(title: str, body: Iterable[str]) -> Iterator[str]:
    yield from ("", f"<details><summary>{_text(title)}</summary>", "", *body, "", "</details>")


def _table(table: Table) -> Iterator[str]:
    heads, rows = table
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
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
    return f"<code>{_text(plain(name))}</code>"
