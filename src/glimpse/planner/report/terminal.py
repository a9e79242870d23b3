"""
The report for people: 80 columns, counted as the terminal counts them (Korean letters are two wide).

What a plan says beside its bill stands in plan_terminal.py, which a bill does not wait for. Texts become `rich` values
without markup, so nothing that came from a file can style or move anything.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeVar

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from glimpse.planner.bill import Bill, Line
from glimpse.planner.catalogue import Price
from glimpse.planner.finding import Finding
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.regions import RegionComparison
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
from glimpse.planner.report.summary import cost_text, found_region, not_given, not_needed, unknowns_text
from glimpse.planner.sentence import Sentence
from glimpse.planner.stack import Unpriced
from glimpse.words import Words, plain

WIDTH = 80

# Columns as (width, alignment): "<" left, ">" right. Each row comes to WIDTH at most.
BILL = ((31, "<"), (20, ">"), (10, ">"), (9, ">"), (1, "<"), (8, "<"))
SUM = ((61, "<"), (9, ">"))
PAID = ((49, "<"), (10, ">"), (10, ">"), (11, ">"))


class Report:
    """
    The report of a bill. Every method adds one part; `lines` are what they come to.

    A console takes a thousand times as long to print a line as to print many at once, so `lines` are printed last.
    """

    def __init__(self, words: Words, console: Console) -> None:
        self.lines: list[Text] = []
        self.words = words
        self.console = console

    def bill(
        self,
        bill: Bill,
        with_other_free_tier: Fraction,
        there: Sequence[RegionComparison] = (),
        paid: Comparison | None = None,
    ) -> None:
        """`with_other_free_tier` is the bill's total in USD with the other answer to `--free-tier`."""
        for label, text, style in not_given(bill, self.words):
            self._line(label, text, style)
        self._line("ui_now", cost_text(bill, self.words))
        for label, text, style in found_region(bill, self.words):
            self._line(label, text, style)
        self._line("ui_not_known", unknowns_text(bill, "unknowns_plain", self.words))
        for label, text, style in not_needed(bill, self.words):
            self._line(label, text, style)
        self._bill(bill, with_other_free_tier)
        self._paid(paid)
        self._regions(bill, there)
        self._workload(bill)

    def _line(self, label: str, text: str, style: str = "") -> None:
        self._paragraph(Text.assemble((set_cell_size(self.words(label), 11), "bold"), (text, style)), hang=11)

    # ---- The bill

    def _bill(self, bill: Bill, with_other_free_tier: Fraction) -> None:
        words = self.words
        self._title("ui_bill", name=bill.stack.name)
        heads = (
            words("ui_component"),
            words("ui_quantity"),
            words("ui_unit_usd"),
            words("ui_usd"),
            "",
            words("ui_notes"),
        )
        self._row(BILL, *(Text(head, "dim") for head in heads))
        notes: list[Sentence] = []
        sources: list[str] = []
        address = None
        for line in bill.lines:
            if line.meter.origin.address != address:
                address = line.meter.origin.address
                self._place(address, line.meter.origin.file, line.meter.origin.line, line.meter.origin.region)
            self._bill_line(line, notes, sources)
        self._row(SUM, Text(total_text(bill, words), "bold"), _usd(bill.monthly))
        label = "ui_total_listed" if bill.free_tier else "ui_total_free_tier"
        self._row(SUM, Text(words(label)), Text(usd_text(with_other_free_tier)))
        if bill.free:
            self._paragraph(words("ui_free", count=len(bill.free)), "dim")
        self._marked("ui_assumed", [(str(n), words.render(note)) for n, note in enumerate(notes, start=1)])
        self._marked("ui_sources", [(_letter(n), source) for n, source in enumerate(sources)])
        self._unpriced(bill.unpriced)
        self._findings("ui_unresolved", bill.stack.unresolved)
        self._findings("ui_warnings", bill.stack.warnings)

    def _bill_line(self, line: Line, notes: list[Sentence], sources: list[str]) -> None:
        marks = []
        price = line.price
        if price:
            marks.append(_letter(_position(sources, _source(price))))
        said = (*line.meter.assumes, *_special_needs(line))
        marks += [str(_position(notes, note) + 1) for note in said]
        name, amount = "  " + plain(line.meter.component), "–" if line.quantity is None else usd_text(line.monthly)
        cells = [name, quantity_text(line), unit_usd_text(line, self.words), amount, " ".join(marks)]
        if sum(1 + cell_len(cell) for cell in cells if cell) > WIDTH:
            self.lines.append(Text(name))
            name = ""
        _, quantity, unit, _, noted = cells
        self._row(BILL, Text(name), Text(quantity), Text(unit, "dim"), Text(amount), Text(""), Text(noted, "dim"))

    def _unpriced(self, entries: Iterable[Unpriced]) -> None:
        entries = sorted(entries, key=lambda entry: entry.origin.address)
        if entries:
            self._title("ui_unpriced")
        for origin, alike in itertools.groupby(entries, key=lambda entry: entry.origin):
            self._place(origin.address, origin.file, origin.line)
            for entry in alike:
                self._paragraph(f"{plain(entry.component)}: {self.words.render(entry.why)}", indent=2)

    def _findings(self, title: str, found: Iterable[Finding]) -> None:
        found = list(found)
        if found:
            self._title(title)
        for entry in found:
            place = f"{place_text(entry)}  " if entry.file else ""
            self._paragraph(place + self.words.render(entry.what))

    def _regions(self, home: Bill, there: Sequence[RegionComparison]) -> None:
        if there:
            self._title("ui_regions", region=home.stack.region)
        for entry in there:
            self._paragraph(region_text(entry, self.words))
            for part in entry.missing:
                place = f"{plain(part.origin.address)}, {plain(part.component)}"
                self._paragraph(f"{place}: {self.words.render(part.why)}", indent=2)

    # ---- What was paid

    def _paid(self, paid: Comparison | None) -> None:
        if paid is None:
            return
        words = self.words
        self._title("ui_actual", period=period_text(paid.actual.period, words))
        for text in summary(paid, words):
            self._paragraph(text)
        if paid.lines:
            heads = (words("ui_component"), words("ui_usd"), words("ui_paid"), words("ui_difference"))
            self._row(PAID, *(Text(head, "dim") for head in heads))
        for row in paid.lines:
            amounts = (usd_text(row.monthly), usd_text(row.paid), usd_text(row.paid - row.monthly))
            name = lines_text(row)
            if cell_len(name) >= PAID[0][0]:
                self._paragraph(name)
                name = ""
            self._row(PAID, Text(name), *map(Text, amounts))
            if why := difference_text(row, words):
                self._paragraph(Text(why, "dim"), indent=2)
        if paid.not_in_terraform:
            self._title("ui_not_in_terraform")
            rows, rest = shown(paid.not_in_terraform, words)
            for charge in rows:
                self._paragraph(f"{usd_text(charge.paid):>9}  {charge_text(charge, words)}", hang=11)
            if rest:
                self._paragraph(rest)
        for title, lines in (("ui_not_paid", paid.not_paid), ("ui_not_compared", paid.not_compared)):
            if lines:
                self._title(title)
            for line in lines:
                self._paragraph(f"{usd_text(line.monthly):>9}  {line_text(line)}", hang=11)

    def _workload(self, bill: Bill) -> None:
        words, workload = self.words, bill.workload
        self._title("ui_workload", source=workload_name(workload, words))
        if not workload.has_people:
            self._paragraph(words("ui_no_people"), "dim")
        for row in workload.derived(bill.usage.traffic.capacity) if workload.has_people else ():
            figure = f"{row.name:<18}{decimal_text(row.value, 2):>10} {set_cell_size(words(f'amount_{row.unit}'), 11)}"
            self._paragraph(Text.assemble(figure, (f"= {row.formula}", "dim")), hang=42)
        self._paragraph(words("ui_hours_free_tier" if bill.free_tier else "ui_hours"), "dim")

    # ---- Parts

    def _title(self, code: str, **params: str | int) -> None:
        title = self.words(code, **params)
        self.lines += Text(), Text.assemble((title, "bold"), (f" {'─' * (WIDTH - cell_len(title) - 1)}", "dim"))

    def _paragraph(self, text: str | Text, style: str = "", indent: int = 0, hang: int = 2) -> None:
        """One paragraph; its first line begins at `indent`, later ones at `indent` or further in at `hang`."""
        body = Text(text, style) if isinstance(text, str) else text
        first, *rest = body.wrap(self.console, WIDTH - indent)
        left = max(indent, hang)
        if rest:
            # What did not fit on the first line is wrapped anew, to the narrower room that is left.
            remaining = body[len(first) :]
            remaining = remaining[len(remaining.plain) - len(remaining.plain.lstrip()) :]
            rest = list(remaining.wrap(self.console, WIDTH - left))
        for line, margin in ((first, indent), *((line, left) for line in rest)):
            line.rstrip()
            self.lines.append(Text(" " * margin) + line if margin else line)

    def _row(self, columns: tuple[tuple[int, str], ...], *cells: Text) -> None:
        """Cells side by side; one that is too long pushes the next, and the row gives it back where there is room."""
        row, filled, end, open_end = Text(), 0, 0, False
        for (width, align), cell in zip(columns, cells, strict=True):
            end += width
            text = cell.plain
            size = cell_len(text)
            if align == ">":
                room = max(end - filled - size, 1 if text and open_end else 0)
                row.append(" " * room).append_text(cell)
            else:
                if text and open_end:
                    row.append(" ")
                    filled += 1
                room = max(0, end - filled - size)
                row.append_text(cell).append(" " * room)
            filled += size + room
            open_end = (bool(text) and (align == ">" or not room)) or (open_end and not size + room)
        self.lines.append(row)

    def _place(self, address: str, file: str | None, line: int | None, region: str | None = None) -> None:
        text = Text(_fit(plain(address), WIDTH), "bold")
        place = (f"  {plain(region)}" if region else "") + (f"  {plain(file)}:{line}" if file else "")
        if cell_len(text.plain + place) <= WIDTH:
            text.append(place, "dim")
        self.lines.append(text)

    def _marked(self, title: str, rows: list[tuple[str, str]]) -> None:
        if rows:
            self.lines.append(Text(self.words(title), "bold"))
        for mark, text in rows:
            self._paragraph(Text.assemble((f"{mark:>3} ", "bold"), (text, "dim")), hang=4)


def report_text(words: Words, write: str, *arguments: object, colour: bool = False, width: int = WIDTH) -> str:
    """The report as text: `write` names a method of Report, or is `plan`."""
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, force_terminal=colour or None, highlight=False, markup=False, emoji=False
    )
    report = _report(write)(words, console)
    getattr(report, write)(*arguments)
    console.print(Text("\n").join(report.lines), soft_wrap=True)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def _report(write: str) -> type[Report]:
    if write != "plan":
        return Report
    from glimpse.planner.report.plan_terminal import PlanReport

    return PlanReport


def _fit(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


T = TypeVar("T")


def _special_needs(line: Line) -> tuple[Sentence, ...]:
    """What a line without an amount needs, where that is more than its usage key."""
    needs = line.meter.needs
    return (needs,) if line.quantity is None and needs and needs.code != "needs_usage" else ()


def _usd(amount: Fraction) -> Text:
    return Text(usd_text(amount), "bold")


def _position(held: list[T], wanted: T) -> int:
    """The position of a value in a list of footnotes, added where it is new."""
    if wanted not in held:
        held.append(wanted)
    return held.index(wanted)


def _source(price: Price) -> str:
    """Date, confidence and source on one line; the whole source is in the JSON and in `glimpse prices show`."""
    return _fit(f"{price.as_of} {price.confidence:<6} {plain(price.short_source)}", WIDTH - 4)


def _letter(number: int) -> str:
    """a, b, … z, aa, ab, …"""
    head, tail = divmod(number, 26)
    return (_letter(head - 1) if head else "") + chr(ord("a") + tail)
