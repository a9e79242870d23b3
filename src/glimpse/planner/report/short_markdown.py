"""
The short report of a plan as GitHub's Markdown: the answers, the bill as bars, the way from today to the recommendation
with each change, and the gaps. Risks and steps are folded; `--full` has the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.money import usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.plan import Plan
from glimpse.planner.report.comparison import cost_column
from glimpse.planner.report.fragments import first_of
from glimpse.planner.report.markdown import folded, heading, table
from glimpse.planner.report.markdown_escaping import code, escaped
from glimpse.planner.report.overview import Overview, largest, overview_of
from glimpse.planner.report.paid import summary
from glimpse.planner.report.plan_markdown import risk_lines, step_lines
from glimpse.planner.report.plan_summary import answers_of
from glimpse.planner.report.short_fragments import change_cells, first_place, gap_text, less_text, share_text
from glimpse.planner.report.summary import SummaryLine, found_region, not_given
from glimpse.words import Words, plain

BARS, GAPS = 8, 8
"""How many components and kinds of gaps are shown."""

CELLS = 24
"""The length of the longest bar: a table of a pull request has no room for more."""


def short_markdown(plan: Plan, command: str, words: Words, paid: Comparison | None = None) -> str:
    """`command` is the one that was given: with `--full` it prints everything."""
    overview, bill = overview_of(plan), plan.today.bill
    lines = [*not_given(bill, words), *found_region(bill, words)]
    lines += (answer.line(words) for answer in answers_of(overview))
    if paid:
        lines.append(SummaryLine("ui_answer_paid", next(summary(paid, words))))
    page = [
        f"## glimpse plan: {code(bill.stack.name)}",
        "",
        *(f"- **{words(label)}:** {escaped(text)}" for label, text, _ in lines),
        *_bars(overview, words),
        *_changes(overview, words),
        *_gaps(overview, words),
        *_details(plan, words),
        "",
        escaped(words("more_full", command=command)),
    ]
    return "\n".join(page) + "\n"


def _bars(overview: Overview, words: Words) -> Iterator[str]:
    bars = largest(overview.bars, BARS)
    if not bars:
        return
    most = max(bar.monthly for bar in bars)
    rows = (
        (
            escaped(plain(bar.component) or words("bars_rest", count=bar.count)),
            usd_text(bar.monthly),
            share_text(bar.monthly, overview.plan.today.monthly),
            "█" * max(1, round(bar.monthly / most * CELLS)),
        )
        for bar in bars
    )
    yield from heading(words("ui_bars"))
    yield from table(((words("ui_component"), words("ui_usd"), "%", ""), rows), figures={1, 2})


def _changes(overview: Overview, words: Words) -> Iterator[str]:
    """The waterfall and the table of the changes in one: what is left is light, what a change saves is dark."""
    changes, plan = overview.changes, overview.plan
    if not changes or plan.recommended is None:
        return
    scale = max([plan.today.monthly, *(step.after for step in changes)]) or Fraction(1)

    def bar(left: Fraction, whole: Fraction) -> str:
        light, dark = round(left / scale * CELLS), round(whole / scale * CELLS)
        return "░" * light + "█" * (dark - light)

    def row(name: str, amount: str, cells: tuple[str, str, str], drawn: str) -> tuple[str, ...]:
        asked, effort, where = cells
        return (name, amount, drawn, escaped(asked), effort, code(where) if where else "")

    rows = [
        row(f"**{words('steps_today')}**", cost_column(plan.today), ("", "", ""), bar(Fraction(0), plan.today.monthly)),
        *(
            row(
                escaped(words(f"lever_{step.lever.name}")), less_text([step], words), change_cells(step.effect, words),
                bar(min(step.before, step.after), max(step.before, step.after)),
            )
            for step in changes
        ),
        row(
            f"**{words('steps_recommended')}**", cost_column(plan.recommended), ("", "", ""),
            bar(Fraction(0), plan.recommended.monthly),
        ),
    ]  # fmt: skip
    heads = (words("ui_change"), words("ui_usd"), "", words("ui_asks"), words("ui_effort"), words("ui_where"))
    yield from heading(words("ui_steps_down"))
    yield from table((heads, rows), figures={1})


def _details(plan: Plan, words: Words) -> Iterator[str]:
    if plan.today.risks:
        yield from folded(words("ui_risks"), risk_lines(plan.today.risks, words))
    if plan.recommended and plan.steps:
        yield from folded(words("ui_steps", scenario=plan.recommended.name), step_lines(plan, words))


def _gaps(overview: Overview, words: Words) -> Iterator[str]:
    shown, _ = first_of(overview.gaps, GAPS)
    rest = overview.gaps[len(shown) :]
    if not shown:
        return
    yield from heading(words("ui_gaps"))
    for group in shown:
        where = first_place(group.places, words)
        yield f"- {escaped(gap_text(group, words))}" + (f" {code(where)}" if where else "")
    if rest:
        yield f"- {words('gaps_rest', count=sum(group.count for group in rest))}"
