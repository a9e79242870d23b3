"""
The report for a pull request: GitHub's Markdown, the answers first, what is long folded away.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction

from glimpse.planner.bill import Bill, Line
from glimpse.planner.finding import Finding
from glimpse.planner.money import usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.regions import RegionComparison
from glimpse.planner.report.footnotes import Footnotes
from glimpse.planner.report.fragments import (
    charged_and_zero,
    components_text,
    hours_text,
    other_total_label,
    place_text,
    price_text,
    quantity_text,
    region_text,
    source_text,
    total_text,
    unit_usd_text,
    workload_name,
)
from glimpse.planner.report.markdown_escaping import code, escaped
from glimpse.planner.report.paid import (
    charge_text,
    difference_text,
    line_text,
    lines_text,
    period_text,
    shown,
    summary,
)
from glimpse.planner.report.summary import bill_summary
from glimpse.words import Words, plain

TableRows = tuple[Sequence[str], Iterable[Sequence[str]]]


def bill_markdown(
    bill: Bill,
    with_other_free_tier: Fraction,
    words: Words,
    there: Sequence[RegionComparison] = (),
    paid: Comparison | None = None,
) -> str:
    """What could not be priced or read stands open; the rest of a bill is its lines."""
    lines = [f"- **{words(label)}:** {escaped(text)}" for label, text, _ in bill_summary(bill, words)]
    page = [
        f"## {escaped(words('ui_bill', name=bill.stack.name))}",
        "",
        *lines,
        "",
        *bill_lines(bill, with_other_free_tier, words),
        *paid_lines(paid, words),
        *_regions(bill, there, words),
        *gap_lists(bill, words),
    ]
    return "\n".join(page) + "\n"


def paid_lines(paid: Comparison | None, words: Words) -> Iterator[str]:
    """What was paid beside the bill; nothing without an export of AWS's bills."""
    if paid is None:
        return
    yield from heading(words("ui_actual", period=period_text(paid.actual.period, words)))
    yield from (f"- {escaped(text)}" for text in summary(paid, words))
    yield ""
    heads = tuple(map(words, ("ui_component", "ui_usd", "ui_paid", "ui_difference", "ui_why")))
    rows = (
        (
            escaped(lines_text(row)), usd_text(row.monthly), usd_text(row.paid), usd_text(row.paid - row.monthly),
            escaped(difference_text(row, words)),
        )
        for row in paid.lines
    )  # fmt: skip
    yield from table((heads, rows), figures={1, 2, 3})
    if paid.not_in_terraform:
        yield from heading(words("ui_not_in_terraform"))
        charges, rest = shown(paid.not_in_terraform, words)
        yield from (f"- {usd_text(row.paid)}: {escaped(charge_text(row, words))}" for row in charges)
        yield from (f"- {escaped(text)}" for text in [rest] if text)
    for title, lines in (("ui_not_paid", paid.not_paid), ("ui_not_compared", paid.not_compared)):
        if lines:
            yield from heading(words(title))
            yield from (f"- {usd_text(line.monthly)}: {escaped(line_text(line))}" for line in lines)


def _regions(home: Bill, there: Sequence[RegionComparison], words: Words) -> Iterator[str]:
    if there:
        yield from heading(words("ui_regions", region=home.stack.region))
    for entry in there:
        yield f"- {escaped(region_text(entry, words))}"
        for part in entry.missing:
            yield f"  - {code(part.origin.address)} {escaped(plain(part.component))}: {escaped(words.render(part.why))}"


def bill_lines(bill: Bill, with_other_free_tier: Fraction, words: Words) -> Iterator[str]:
    """The lines of a bill, its totals, what they assume, and where the prices come from."""
    heads = (words("ui_component"), words("ui_quantity"), words("ui_unit_usd"), words("ui_usd"))
    charged, zero = charged_and_zero(bill)
    yield from table((heads, _lines(charged, words)), figures={1, 2, 3})
    yield ""
    if zero:
        yield escaped(f"{words('ui_zero_lines', count=len(zero))} {components_text(zero, words)}")
        yield ""
    other = f"{other_total_label(bill, words)}: {usd_text(with_other_free_tier)}."
    yield f"**{total_text(bill, words)}: {usd_text(bill.monthly)}.** {other}"
    if bill.free:
        yield words("ui_free", count=len(bill.free))
    yield ""
    yield escaped(words("ui_workload", source=workload_name(bill.workload, words)) + ".")
    yield from workload_lines(bill, words)
    assumed = dict.fromkeys(words.render(note) for line in bill.lines for note in line.meter.assumes)
    yield from ("", f"**{words('ui_assumed')}**", "", *(f"- {escaped(note)}" for note in assumed))
    yield from ("", f"**{words('ui_sources')}**", "", *source_lines(bill, words))


def workload_lines(bill: Bill, words: Words) -> Iterator[str]:
    """What the quantities of a bill follow from."""
    yield hours_text(bill, words)


def source_lines(bill: Bill, words: Words) -> Iterator[str]:
    """The sources of the prices that a bill uses, each once, whole, with the prices that were read there."""
    notes = Footnotes(bill.lines, source_text)
    for source in notes.sources:
        yield f"- {escaped(source)}"
        for price, components in notes.prices_of(source):
            yield f"  - {escaped(f'{price_text(price, words)}: {components}')}"


def gap_lists(bill: Bill, words: Words) -> Iterator[str]:
    """What has no price, what could not be read, and the warnings."""
    if bill.unpriced:
        yield from heading(words("ui_unpriced"))
        for entry in bill.unpriced:
            what = f"{plain(entry.component)}: {words.render(entry.why)}"
            yield f"- {code(entry.origin.address)} {escaped(what)}"
    if bill.stack.unresolved:
        yield from heading(words("ui_unresolved"))
        yield from findings(bill.stack.unresolved, words)
    if bill.stack.warnings:
        yield from heading(words("ui_warnings"))
        yield from findings(bill.stack.warnings, words)


def _lines(lines: Iterable[Line], words: Words) -> Iterator[Sequence[str]]:
    for address, group in itertools.groupby(lines, key=lambda line: line.meter.origin.address):
        first, *_ = lines_here = list(group)
        origin = first.meter.origin
        place = f" {code(place_text(origin))}" if origin.file else ""
        region = f" {escaped(plain(origin.region))}" if origin.region else ""
        yield (code(address) + region + place, "", "", "")
        for line in lines_here:
            monthly = "–" if line.quantity is None else usd_text(line.monthly)
            unit = unit_usd_text(line, words)
            yield (escaped(plain(line.meter.component)), quantity_text(line), unit, monthly)


def findings(found: Iterable[Finding], words: Words) -> Iterator[str]:
    """Findings as a list, each with its place."""
    for entry in found:
        place = f"{code(place_text(entry))} " if entry.file else ""
        yield f"- {place}{escaped(words.render(entry.what))}"


def heading(text: str) -> tuple[str, str, str]:
    """A title of a section."""
    return "", f"### {text}", ""


def folded(title: str, body: Iterable[str]) -> Iterator[str]:
    """A section that opens on a click."""
    yield from ("", f"<details><summary>{escaped(title)}</summary>", "", *body, "", "</details>")


def table(heads_and_rows: TableRows, figures: Collection[int] = ()) -> Iterator[str]:
    """`figures` are the columns that hold numbers: they end at one line."""
    heads, rows = heads_and_rows
    yield f"| {' | '.join(heads)} |"
    yield "|" + "".join("---:|" if column in figures else "---|" for column in range(len(heads)))
    yield from (f"| {' | '.join(row)} |" for row in rows)


def texts(cells: Iterable[str]) -> tuple[str, ...]:
    """Cells of a table."""
    return tuple(escaped(cell) for cell in cells)
