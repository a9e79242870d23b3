"""A report as text for a terminal."""

from __future__ import annotations

import io
from collections.abc import Callable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from glimpse.operations.monitoring.blocks import Bullets, Chart, Heading, Paragraph, Report, Table

BAR = 24
"""Columns of the longest bar."""

MIN_TEXT = 16


def terminal_text(report: Report, width: int, is_coloured: bool) -> str:
    """`width` in columns."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=is_coloured, no_color=not is_coloured, highlight=False,
        legacy_windows=False,
    )  # fmt: skip

    def line(text: str, style: str = "", indent: int = 0) -> None:
        console.print(Padding(Text(text, style), (0, 0, 0, indent)))

    line(report.title, "bold")
    for block in report.blocks:
        match block:
            case Heading(text):
                console.print()
                line(text, "bold")
            case Paragraph(text):
                line(text)
            case Bullets(texts, is_alarming):
                for each in texts:
                    marked = Text("✗ " if is_alarming else "- ", "red" if is_alarming else "")
                    table = RichTable.grid()
                    table.add_row(marked, Text(each))
                    console.print(table)
            case Chart():
                _chart(block, line)
            case Table():
                console.print(_table(block))
    # rich fills each line up to the width.
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _table(table: Table) -> RichTable:
    drawn = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for at, name in enumerate(table.columns):
        is_number = at in table.numbers
        drawn.add_column(
            Text(name), justify="right" if is_number else "left", no_wrap=is_number,
            min_width=0 if is_number else MIN_TEXT, overflow="fold",
        )  # fmt: skip
    for row in table.rows:
        drawn.add_row(*(Text(cell) for cell in row))
    return drawn


def _chart(chart: Chart, line: Callable[..., None]) -> None:
    top = max([float(day.usd) for day in chart.days] + [chart.planned, 0.01])
    line(chart.caption)
    for day in chart.days:
        bar = "█" * round(BAR * max(0.0, float(day.usd)) / top)
        line(f"{day.day:%m-%d} {day.usd:>8.2f} {bar}", indent=2)
