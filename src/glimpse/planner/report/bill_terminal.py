"""The report of a bill for people: what it costs, every line, and where the figures come from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from glimpse.planner.bill import Bill, Line
from glimpse.planner.catalogue import Price
from glimpse.planner.finding import Finding
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.regions import RegionComparison
from glimpse.planner.report.footnotes import Footnotes
from glimpse.planner.report.fragments import (
    SOURCE_SEPARATOR,
    charged_and_zero,
    components_text,
    hours_text,
    other_total_label,
    place_text,
    quantity_text,
    region_text,
    short_source_text,
    source_text,
    tier_texts,
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
from glimpse.planner.report.summary import bill_summary
from glimpse.planner.report.terminal import GUTTER, LABEL, MIN_WIDTH, TWO_COLUMNS, Columns, Report, fit
from glimpse.planner.stack import Unpriced
from glimpse.words import plain

# The columns of the tables at MIN_WIDTH. On a wider report the first one takes what its names need.
BILL = ((31, "<"), (20, ">"), (10, ">"), (9, ">"), (1, "<"), (8, "<"))
PAID = ((49, "<"), (10, ">"), (10, ">"), (11, ">"))
SOURCES = ((18, ">"), (1, "<"), (28, "<"), (30, "<"))

MARK, SOURCE = 4, 22
"""Where a note begins, behind its mark; where a source begins, behind its mark, date and confidence."""

MAX_NAME = 55
"""The widest first column of a table: figures further to the right are hard to follow."""


class BillReport(Report):
    """The sections of a bill."""

    def bill(
        self,
        bill: Bill,
        with_other_free_tier: Fraction,
        there: Sequence[RegionComparison] = (),
        paid: Comparison | None = None,
    ) -> None:
        """`with_other_free_tier` is the bill's total in USD with the other answer to `--free-tier`."""
        words = self.words
        for line in bill_summary(bill, words):
            self._line(*line)
        self._bill(bill, with_other_free_tier)
        if paid:
            self._paid(paid)
        self._regions(bill, there)
        self._workload(bill)

    # ---- The lines

    def _bill(self, bill: Bill, with_other_free_tier: Fraction, with_footnotes: bool = True) -> None:
        """`with_footnotes`: what the marks stand for is told here, and not in the section on sources."""
        words = self.words
        self._title("ui_bill", name=bill.stack.name)
        notes = self._footnotes(bill, is_short=with_footnotes)
        self._lines(bill, notes, with_other_free_tier)
        if bill.free:
            self._paragraph(words("ui_free", count=len(bill.free)), "dim")
        if with_footnotes:
            self._marked("ui_assumed", [(mark, words.render(note)) for note, mark in notes.notes.items()])
            self._marked("ui_sources", [(mark, source) for source, mark in notes.sources.items()])
        self._unpriced(bill.unpriced)
        self._findings("ui_unresolved", bill.stack.unresolved)
        self._findings("ui_warnings", bill.stack.warnings)

    def _footnotes(self, bill: Bill, is_short: bool) -> Footnotes:
        """The marks of a bill's lines. A short source is cut to one line of this report."""
        charged, zero = charged_and_zero(bill)
        room = self.width - MARK
        source = (lambda price: fit(short_source_text(price), room)) if is_short else source_text
        return Footnotes([*charged, *zero], source)

    def _lines(self, bill: Bill, notes: Footnotes, with_other_free_tier: Fraction) -> None:
        """The table of the lines, with those that cost nothing as one, and the totals."""
        words = self.words
        charged, zero = charged_and_zero(bill)
        columns = self._fit_first_column(BILL, [_name(line) for line in charged])
        table = sum(width for width, _ in columns)
        beside = self.width - table - GUTTER if self.width >= TWO_COLUMNS else 0
        with self._part(table) as heads:
            codes = ("ui_component", "ui_quantity", "ui_unit_usd", "ui_usd")
            self._heads(columns, [*map(words, codes), "", words("ui_notes")])
        self._beside([Text(words("ui_where"), "dim")] if beside else [], heads, beside)
        for _, alike in itertools.groupby(charged, key=lambda line: line.meter.origin.address):
            self._resource(list(alike), columns, notes, beside)
        if zero:
            listed = components_text(zero, words, lambda line: _bracketed(notes.note_marks(line)))
            self._paragraph(Text.assemble(words("ui_zero_lines", count=len(zero)), (f" {listed}", "dim")))
        offset = beside + GUTTER if beside else 0
        totals = ((offset + sum(width for width, _ in columns[:3]), "<"), columns[3])
        self._row(totals, Text(total_text(bill, words), "bold"), Text(usd_text(bill.monthly), "bold"))
        self._row(totals, Text(other_total_label(bill, words)), Text(usd_text(with_other_free_tier)))

    def _fit_first_column(self, columns: Columns, names: Iterable[str]) -> Columns:
        """The columns, of which the first is as wide as its names need and the report has room for."""
        (first, align), *others = columns
        needed = max(map(cell_len, names), default=0) + 1
        return ((max(first, min(needed, MAX_NAME, first + self.width - MIN_WIDTH)), align), *others)

    def _resource(self, lines: Sequence[Line], columns: Columns, notes: Footnotes, beside: int) -> None:
        """The lines of one resource, below its address or beside it."""
        origin = lines[0].meter.origin
        with self._part(beside or self.width) as place:
            self._place(origin.address, "  ".join(filter(None, (plain(origin.region or ""), place_text(origin)))))
        with self._part(sum(width for width, _ in columns)) as table:
            for line in lines:
                self._bill_line(line, columns, notes)
        self._beside(place, table, beside)

    def _bill_line(self, line: Line, columns: Columns, notes: Footnotes) -> None:
        name, amount = _name(line), "–" if line.quantity is None else usd_text(line.monthly)
        cells = [name, quantity_text(line), unit_usd_text(line, self.words), amount, notes.marks(line)]
        if sum(1 + cell_len(cell) for cell in cells if cell) > self.width:
            self.lines.append(Text(name))
            name = ""
        _, quantity, unit, _, marks = cells
        self._row(columns, Text(name), Text(quantity), Text(unit, "dim"), Text(amount), Text(""), Text(marks, "dim"))

    def _marked(self, title: str, rows: list[tuple[str, str]]) -> None:
        if rows:
            self.lines.append(Text(self.words(title), "bold"))
        for mark, text in rows:
            self._paragraph(Text.assemble((f"{mark:>3} ", "bold"), (text, "dim")), hang=MARK)

    # ---- What is not known

    def _unpriced(self, entries: Iterable[Unpriced]) -> None:
        entries = sorted(entries, key=lambda entry: entry.origin.address)
        if entries:
            self._title("ui_unpriced")
        for origin, alike in itertools.groupby(entries, key=lambda entry: entry.origin):
            self._place(origin.address, place_text(origin))
            for entry in alike:
                self._paragraph(f"{plain(entry.component)}: {self.words.render(entry.why)}", indent=2)

    def _findings(self, title: str, found: Iterable[Finding]) -> None:
        found = list(found)
        if found:
            self._title(title)
        for entry in found:
            place = f"{place_text(entry)}  " if entry.file else ""
            self._paragraph(place + self.words.render(entry.what))

    # ---- Other regions, and what was paid

    def _regions(self, home: Bill, there: Sequence[RegionComparison]) -> None:
        if there:
            self._title("ui_regions", region=home.stack.region)
        for entry in there:
            self._paragraph(region_text(entry, self.words))
            for part in entry.missing:
                place = f"{plain(part.origin.address)}, {plain(part.component)}"
                self._paragraph(f"{place}: {self.words.render(part.why)}", indent=2)

    def _paid(self, paid: Comparison) -> None:
        words = self.words
        self._title("ui_actual", period=period_text(paid.actual.period, words))
        for text in summary(paid, words):
            self._paragraph(text)
        columns = self._fit_first_column(PAID, map(lines_text, paid.lines))
        if paid.lines:
            self._heads(columns, [*map(words, ("ui_component", "ui_usd", "ui_paid", "ui_difference"))])
        for row in paid.lines:
            amounts = (usd_text(row.monthly), usd_text(row.paid), usd_text(row.paid - row.monthly))
            name = lines_text(row)
            if cell_len(name) >= columns[0][0]:
                self._paragraph(name)
                name = ""
            self._row(columns, Text(name), *map(Text, amounts))
            if why := difference_text(row, words):
                self._paragraph(Text(why, "dim"), indent=2)
        if paid.not_in_terraform:
            self._title("ui_not_in_terraform")
            rows, rest = shown(paid.not_in_terraform, words)
            for charge in rows:
                self._paragraph(f"{usd_text(charge.paid):>9}  {charge_text(charge, words)}", hang=LABEL)
            if rest:
                self._paragraph(rest)
        for title, lines in (("ui_not_paid", paid.not_paid), ("ui_not_compared", paid.not_compared)):
            if lines:
                self._title(title)
            for line in lines:
                self._paragraph(f"{usd_text(line.monthly):>9}  {line_text(line)}", hang=LABEL)

    # ---- Where the figures come from

    def _workload(self, bill: Bill) -> None:
        words, workload = self.words, bill.workload
        self._title("ui_workload", source=workload_name(workload, words))
        if not workload.has_people:
            self._paragraph(words("ui_no_people"), "dim")
        for row in workload.derived(bill.usage.traffic.capacity) if workload.has_people else ():
            figure = (
                f"{row.name:<18}{decimal_text(row.value, 2):>10} {set_cell_size(words(f'amount_{row.unit}'), LABEL)}"
            )
            self._paragraph(Text.assemble(figure, (f"= {row.formula}", "dim")), hang=42)
        self._paragraph(hours_text(bill, words), "dim")

    def _sources(self, bill: Bill) -> None:
        """Every list price of the bill by its source, and what its lines assume."""
        words = self.words
        self._title("ui_prices_used", region=bill.stack.region)
        notes = self._footnotes(bill, is_short=False)
        for source, mark in notes.sources.items():
            first, *others = source.split(SOURCE_SEPARATOR)
            self._paragraph(Text.assemble((f"{mark:>3} ", "bold"), first), hang=SOURCE)
            for other in others:
                self._paragraph(other, indent=SOURCE, hang=SOURCE)
            for price, components in notes.prices_of(source):
                self._price(price, components)
        if notes.notes:
            self.lines += Text(), Text(words("ui_assumed"), "bold")
        for note, mark in notes.notes.items():
            self._paragraph(Text.assemble((f"{mark:>3} ", "bold"), words.render(note)), hang=MARK)
            where = components_text(notes.lines_with(note), words)
            self._paragraph(Text(where, "dim"), indent=6, hang=6)

    def _price(self, price: Price, names: str) -> None:
        """A price with every tier, and the names of what is charged by it."""
        columns = (*SOURCES[:-1], (self.width - sum(width for width, _ in SOURCES[:-1]), "<"))
        for number, (usd, unit) in enumerate(tier_texts(price, self.words)):
            cells = (Text(usd), Text(""), Text(unit, "dim"), Text("" if number else names))
            if number == 0 and cell_len(names) > columns[-1][0]:
                self._row(columns, *cells[:-1], Text(""))
                self._paragraph(names, indent=6, hang=6)
            else:
                self._row(columns, *cells)


def _name(line: Line) -> str:
    return "  " + plain(line.meter.component)


def _bracketed(marks: str) -> str:
    """Marks behind a name, where a bare number would read as a quantity."""
    return f"[{marks}]" if marks else ""
