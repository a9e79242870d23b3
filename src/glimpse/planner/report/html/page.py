"""
The page: what `--format html` writes. Everything is in one file that asks for nothing, so that it can be mailed; a
Content-Security-Policy in it forbids the rest. There is no script: what is folded is a `<details>`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from glimpse import __version__
from glimpse.planner.bill import Bill
from glimpse.planner.money import usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.plan import Plan, Scenario
from glimpse.planner.regions import RegionComparison
from glimpse.planner.report.comparison import has_availability, has_websocket, reasons_shown
from glimpse.planner.report.fragments import (
    hours_text,
    other_total_label,
    place_text,
    region_text,
    total_text,
    workload_name,
)
from glimpse.planner.report.gaps import gaps_of
from glimpse.planner.report.html import charts
from glimpse.planner.report.html.bill_rows import bill_rows, gap_rows
from glimpse.planner.report.html.bill_tree import tree_nodes
from glimpse.planner.report.html.lists import FirstRows, first_rows
from glimpse.planner.report.html.plan_rows import (
    alternative_rows,
    change_cards,
    other_changes,
    risk_rows,
    scenario_rows,
    step_rows,
    waterfall_rows,
)
from glimpse.planner.report.overview import Overview, bars_of, largest, overview_of, sources_of
from glimpse.planner.report.paid import charge_text, difference_text, line_text, lines_text, period_text, shown, summary
from glimpse.planner.report.plan_fragments import amount_text, claims_text
from glimpse.planner.report.plan_summary import (
    COST,
    SOURCES,
    Answer,
    answers_of,
    answers_of_bill,
    cost_answer,
    percent_text,
)
from glimpse.planner.report.short_fragments import share_text
from glimpse.planner.report.summary import value_lines
from glimpse.words import Words, plain

MAX_BARS = 9
"""The components that have a bar of their own; all others are one more."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A large figure of the head; `kind` is its class in the stylesheet, empty for one that looks as it is."""

    label: str
    amount: str
    unit: str
    is_lower_bound: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A question, its answer in a sentence or two, and what belongs to it."""

    question: str
    answer: str
    notes: tuple[str, ...]


def plan_html(
    plan: Plan,
    with_other_free_tier: Fraction,
    words: Words,
    day: datetime.date,
    paid: Comparison | None = None,
) -> str:
    """
    `with_other_free_tier` is today's total in USD with the other answer to `--free-tier`; `day` is when this is made,
    `paid` what was paid beside the bill.
    """
    overview = overview_of(plan)
    scenarios, document = plan.scenarios, plan.document
    waterfall, alternatives = waterfall_rows(overview, words), alternative_rows(plan, overview, words)
    return _rendered(
        "plan.html.jinja",
        words,
        day,
        **_bill_parts(plan.today.bill, with_other_free_tier, words, paid),
        figures=tuple(_figures(overview, words)),
        answers=_answers(answers_of(overview), plan.today.bill, words),
        waterfall=charts.waterfall(waterfall, words("html_waterfall")) if waterfall else "",
        waterfall_rows=waterfall,
        alternatives=charts.dots(alternatives, words("html_alternatives")) if alternatives else "",
        alternative_rows=alternatives,
        changes=tuple(change_cards(overview, words)),
        other_changes=tuple(other_changes(plan, words)),
        steps=tuple(step_rows(plan, words)),
        risks=risk_rows(plan.today, words),
        scenarios=tuple(scenario_rows(plan, words)),
        has_websocket=has_websocket(scenarios),
        has_availability=has_availability(scenarios),
        reasons=first_rows(map(words.render, reasons_shown(plan))),
        growth=first_rows(words.render(entry.sentence) for entry in plan.growth),
        document=document,
        checks=[(group, tuple(rows)) for group, rows in groupby(document.checks, lambda check: check.group)]
        if document
        else [],
        claims_text=claims_text(document.claims, words) if document else "",
        amount_text=amount_text,
    )


def bill_html(
    bill: Bill,
    with_other_free_tier: Fraction,
    words: Words,
    day: datetime.date,
    there: Sequence[RegionComparison] = (),
    paid: Comparison | None = None,
) -> str:
    """As `plan_html`; `there` are the other regions that the same stack was priced in."""
    parts = _bill_parts(bill, with_other_free_tier, words, paid)
    return _rendered(
        "bill.html.jinja",
        words,
        day,
        **parts,
        figures=(_monthly("html_today", bill, words),),
        answers=_answers((cost_answer(bill), *answers_of_bill(bill, gaps_of(bill), sources_of(bill))), bill, words),
        regions=tuple((region_text(entry, words), _missing(entry, words)) for entry in there),
    )


def _rendered(template: str, words: Words, day: datetime.date, **parts: Any) -> str:
    pages = Environment(
        loader=PackageLoader("glimpse.planner.report.html"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.filters["render"] = words.render
    css = files("glimpse.planner.report.html").joinpath("templates/style.css").read_text(encoding="utf-8")
    style = Markup(css)  # noqa: S704
    text = pages.get_template(template).render(
        words=words, lang=words.language, style=style, version=__version__, day=day.isoformat(), **parts
    )
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


# ---- The head


def _figures(overview: Overview, words: Words) -> Iterator[Figure]:
    chosen = overview.plan.recommended
    yield _monthly("html_today", overview.plan.today.bill, words)
    if not overview.changes or chosen is None:
        return
    yield _monthly("html_recommended", chosen, words)
    if overview.saved:
        percent, at_least = f"{percent_text(overview.percent)} %", chosen.saving.at_least
        yield Figure(words("html_saves"), f"${usd_text(overview.saved)}", percent, at_least, "saving")


def _monthly(label: str, priced: Bill | Scenario, words: Words) -> Figure:
    return Figure(words(label), f"${usd_text(priced.monthly)}", words("html_a_month"), priced.is_lower_bound)


def _answers(answers: Sequence[Answer], bill: Bill, words: Words) -> tuple[AnswerRow, ...]:
    rows = []
    for answer in answers:
        first, *others = [statement.text(words) for statement in answer.statements]
        if answer.question == COST:
            others += [f"{words(line.label)}: {line.text}" for line in value_lines(bill, words)]
        elif answer.question == SOURCES:
            # The page has the documents themselves.
            others.append(words("html_sources_note"))
        # Korean has no capitals, and begins with names as they are.
        begun = first[:1].upper() + first[1:] if words.language == "en" else first
        rows.append(AnswerRow(words(f"question_{answer.question}"), begun, tuple(others)))
    return tuple(rows)


# ---- The bill


def _bill_parts(bill: Bill, with_other_free_tier: Fraction, words: Words, paid: Comparison | None) -> Mapping[str, Any]:
    """What the pages of a bill and of a plan both show."""
    components = bars_of(bill)
    total = bill.monthly
    bars = [
        charts.ChartRow(
            plain(bar.component) or words("html_others", count=bar.count), bar.monthly,
            f"${usd_text(bar.monthly)} · {share_text(bar.monthly, total)}",
            charts.BAR if bar.component else charts.BAR_REST,
        )
        for bar in largest(components, MAX_BARS)
    ]  # fmt: skip
    nodes = tree_nodes(bill, words)
    return {
        "name": plain(bill.stack.name),
        "region": plain(bill.stack.region),
        "bars": charts.bars(bars, words("html_bill")) if bars else "",
        "components": [(plain(bar.component), usd_text(bar.monthly), bar.count) for bar in components],
        "tree": charts.tree(nodes, words("html_tree")) if nodes else "",
        "nodes": nodes,
        "rows": bill_rows(bill, words),
        "free": bill.coverage()["free"],
        "total": (total_text(bill, words), usd_text(total)),
        "other_total": (other_total_label(bill, words), usd_text(with_other_free_tier)),
        "gaps": gap_rows(gaps_of(bill), words),
        "warnings": first_rows((place_text(found), words.render(found.what)) for found in bill.stack.warnings),
        "workload": workload_name(bill.workload, words),
        "hours": hours_text(bill, words),
        "catalogue": plain(bill.catalogue.name),
        "paid": _paid(paid, words) if paid else None,
    }  # fmt: skip


def _missing(entry: RegionComparison, words: Words) -> FirstRows[str]:
    return first_rows(
        f"{plain(part.origin.address)}, {plain(part.component)}: {words.render(part.why)}" for part in entry.missing
    )


def _paid(paid: Comparison, words: Words) -> Mapping[str, Any]:
    """What was really paid, beside the bill."""
    charges, rest = shown(paid.not_in_terraform, words)
    others = first_rows((usd_text(row.paid), charge_text(row, words)) for row in charges)
    return {
        "period": period_text(paid.actual.period, words),
        "summary": tuple(summary(paid, words)),
        "lines": first_rows(
            (
                lines_text(row), usd_text(row.monthly), usd_text(row.paid), usd_text(row.paid - row.monthly),
                difference_text(row, words),
            )
            for row in paid.lines
        ),
        "lists": [
            (words("ui_not_in_terraform"), others, rest),
            *(
                (words(title), first_rows((usd_text(line.monthly), line_text(line)) for line in lines), "")
                for title, lines in (("ui_not_paid", paid.not_paid), ("ui_not_compared", paid.not_compared))
            ),
        ],
    }  # fmt: skip
