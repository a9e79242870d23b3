"""
The layout of the reports for people: paragraphs, tables and parts side by side, counted in columns as the terminal
counts them (Korean letters are two wide).

A report is as wide as it is told to be, from MIN_WIDTH to MAX_WIDTH. What it says stands in `*_terminal.py`. Texts
become `rich` values without markup, so nothing that came from a file can style or move anything.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from glimpse.words import Words, plain

MIN_WIDTH, MAX_WIDTH = 80, 160
"""A narrower terminal breaks the lines of a report itself; a wider one leaves a margin, for nobody reads such lines."""

TWO_COLUMNS = 140
"""From this width on a note stands beside what it is about: each half then has room for a sentence."""

GUTTER = 2
"""The columns between two parts that stand side by side."""

LABEL = 11
"""The columns of the label before an answer, and of the amount before a name."""

Columns = Sequence[tuple[int, str]]
"""The columns of a table as (width, alignment): "<" left, ">" right."""

R = TypeVar("R", bound="Report")


def report_width(columns: int | None) -> int:
    """The width of a report where so many columns are there; None and 0 are not known, as for a file or a pipe."""
    return min(max(columns or MIN_WIDTH, MIN_WIDTH), MAX_WIDTH)


def fit(text: str, width: int) -> str:
    """The beginning of a text that is too long for its column."""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


class Report:
    """The lines of a report, at most `width` columns wide. Every method adds some."""

    def __init__(self, words: Words, console: Console) -> None:
        self.lines: list[Text] = []
        self.words = words
        self.console = console
        self.width = console.width

    def _line(self, label: str, text: str, style: str = "") -> None:
        """An answer beside its label."""
        self._paragraph(Text.assemble((set_cell_size(self.words(label), LABEL), "bold"), (text, style)), hang=LABEL)

    def _title(self, code: str, **params: str | int) -> None:
        """The title of a section, below an empty line."""
        self.lines.append(Text())
        self._title_line(code, **params)

    def _title_line(self, code: str, **params: str | int) -> None:
        """A title; a rule fills the line."""
        title = self.words(code, **params)
        rule = "─" * (self.width - cell_len(title) - 1)
        self._paragraph(Text.assemble((title, "bold"), (f" {rule}" if rule else "", "dim")))

    def _paragraph(self, text: str | Text, style: str = "", indent: int = 0, hang: int = 2) -> None:
        """One paragraph; its first line begins at `indent`, later ones at `indent` or further in at `hang`."""
        body = Text(text, style) if isinstance(text, str) else text
        first, *rest = body.wrap(self.console, self.width - indent)
        left = max(indent, hang)
        if rest:
            # What did not fit on the first line is wrapped anew, to the narrower room that is left.
            remaining = body[len(first) :]
            remaining = remaining[len(remaining.plain) - len(remaining.plain.lstrip()) :]
            rest = list(remaining.wrap(self.console, self.width - left))
        for line, margin in ((first, indent), *((line, left) for line in rest)):
            line.rstrip()
            self.lines.append(Text(" " * margin) + line if margin else line)

    def _row(self, columns: Columns, *cells: Text) -> None:
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

    def _heads(self, columns: Columns, heads: Sequence[str]) -> None:
        """The first row of a table."""
        self._row(columns, *(Text(head, "dim") for head in heads))

    def _place(self, address: str, place: str) -> None:
        """An address, and where its file has it: beside it where both fit, else below."""
        text = Text(plain(address), "bold")
        if cell_len(text.plain + place) + 2 <= self.width:
            self.lines.append(text.append(f"  {place}" if place else "", "dim"))
            return
        self._paragraph(text)
        if place:
            self._paragraph(Text(place, "dim"), indent=2)

    # ---- Side by side

    @contextmanager
    def _part(self, width: int) -> Iterator[list[Text]]:
        """What is written inside becomes the lines of a part, `width` wide."""
        lines, whole = self.lines, self.width
        self.lines, self.width = [], width
        try:
            yield self.lines
        finally:
            self.lines, self.width = lines, whole

    def _halves(self) -> tuple[int, int]:
        """The widths of two parts: side by side if the report has room for two, else each as wide as the report."""
        if self.width < TWO_COLUMNS:
            return self.width, self.width
        left = (self.width - GUTTER) // 2
        return left, self.width - GUTTER - left

    def _beside(self, left: Sequence[Text], right: Sequence[Text], width: int) -> None:
        """
        Put two parts side by side if the left one is at most `width` wide and both then fit, else below each other.
        A `width` of 0 is always below.
        """
        widths = [max((cell_len(line.plain) for line in part), default=0) for part in (left, right)]
        if not width or widths[0] > width or width + GUTTER + widths[1] > self.width:
            self.lines += (*left, *right)
            return
        for one, other in itertools.zip_longest(left, right, fillvalue=Text()):
            room = width + GUTTER - cell_len(one.plain) if other.plain else 0
            self.lines.append(one + Text(" " * room) + other)


def report_text(
    words: Words, kind: type[R], write: Callable[[R], None], colour: bool = False, width: int = MIN_WIDTH
) -> str:
    """A report of a kind as text, `width` columns wide: `write` calls the methods that add its lines."""
    stream = io.StringIO()
    # Given no height, a console looks up its width in the environment after all.
    console = Console(
        file=stream, width=width, height=1, force_terminal=colour or None, highlight=False, markup=False, emoji=False
    )
    report = kind(words, console)
    write(report)
    # A console takes much longer to print many lines one by one.
    console.print(Text("\n").join(report.lines), soft_wrap=True)
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))
