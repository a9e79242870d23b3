"""
The short report of a plan: the answers, the bill as bars, today → recommended as a waterfall, the changes, the gaps,
and the command for more. It has at most MAX_LINES lines; what does not fit is counted, with the section that has it.

From WIDE columns on bars and waterfall stand side by side above a table of the changes. On a narrower terminal the
waterfall is that table: under each step stands what it asks for, the effort, and where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from glimpse.planner.money import usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.plan import Plan, WaterfallStep
from glimpse.planner.report.comparison import cost_column
from glimpse.planner.report.fitting import Part, cut, fitted
from glimpse.planner.report.fragments import first_of
from glimpse.planner.report.overview import Overview, largest, overview_of
from glimpse.planner.report.paid import summary
from glimpse.planner.report.plan_summary import answers_of
from glimpse.planner.report.short_fragments import bar as drawn_bar
from glimpse.planner.report.short_fragments import (
    bar_between,
    change_cells,
    first_place,
    fit_end,
    gap_text,
    less_text,
    rest_text,
    right,
    saves_text,
    share_text,
)
from glimpse.planner.report.summary import SummaryLine, found_region, not_given
from glimpse.planner.report.terminal import GUTTER, Report, fit
from glimpse.words import Words, plain

MAX_LINES = 40
"""A terminal of 50 rows shows the whole answer, with the command above it."""

MAX_ANSWER_LINES = 6
"""An answer that names much (worlds of a choice, long addresses) is cut there; `--full` has it whole."""

WIDE = 110
"""From this width on two charts of 54 columns fit side by side, each with a name, a bar and an amount."""

BARS, CHANGES, GAPS, MISSING = 7, 8, 4, 2
"""How many bars, changes, kinds of gaps and variables without a value are shown where there is room for all."""

ENDS = 2
"""Today and the recommendation: a waterfall has so many rows more than steps."""

AMOUNT, PERCENT = 10, 6
"""The columns of an amount in USD, and of a share of the bill."""

BETWEEN = " " * GUTTER

NARROWED = ((3, 18), (0, 28), (1, 24))
"""The columns of the table of changes that give way where it is too wide, in this order, each to its least width."""


class ShortReport(Report):
    """The parts of the short report, and what makes them fit."""

    def short(self, plan: Plan, command: str, paid: Comparison | None = None) -> None:
        """`command` is the one that was given: with `--full` it prints everything."""
        overview = overview_of(plan)
        self._amount_width = max(AMOUNT, 1 + max(map(cell_len, _amounts_of(overview, self.words))))
        self._answers(overview, paid)
        more = self._written(lambda: self._more(command))
        room = MAX_LINES - len(self.lines) - len(more) - 1
        blocks = [*fitted(list(self._parts(overview)), room), more]
        # After the answers an empty line always stands; between the other parts where there is room for all of them.
        is_loose = sum(map(len, blocks)) - len(more) + len(blocks) - 1 <= room
        for number, block in enumerate(blocks):
            self.lines += [Text()] * (number == 0 or is_loose)
            self.lines += block

    def _answers(self, overview: Overview, paid: Comparison | None) -> None:
        words, bill = self.words, overview.plan.today.bill
        missing = list(not_given(bill, words))
        lines = missing[:MISSING]
        if len(missing) > MISSING:
            more = words("not_given_more", count=len(missing) - MISSING)
            lines.append(SummaryLine("ui_not_given", more, "yellow"))
        lines += (answer.line(words) for answer in answers_of(overview))
        lines += found_region(bill, words)
        if paid:
            lines.append(SummaryLine("ui_answer_paid", next(summary(paid, words))))
        for line in lines:
            with self._part(self.width) as written:
                self._line(*line)
            self.lines += cut(written, MAX_ANSWER_LINES)

    def _more(self, command: str) -> None:
        self._paragraph(Text(self.words("more_full", command=command)))

    def _parts(self, overview: Overview) -> Iterator[Part]:
        bars, changes = min(len(overview.bars), BARS), min(len(overview.changes), CHANGES)
        is_wide = self.width >= WIDE and bool(overview.changes)
        if is_wide and overview.saved:
            yield Part(max(bars, changes), lambda rows: self._charts(overview, rows))
        elif bars:
            yield Part(bars, lambda rows: self._bars(overview, rows))
        if is_wide:
            yield Part(changes, lambda rows: self._changes(overview, rows))
        elif changes:
            yield Part(changes, lambda rows: self._steps(overview, rows))
        if overview.gaps:
            rows = min(len(overview.gaps), GAPS)
            whole = partial(self._gaps, overview, rows, is_whole=True)
            yield Part(rows, lambda rows: self._gaps(overview, rows), whole)

    def _written(self, write: Callable[[], None], width: int | None = None) -> list[Text]:
        """What is written, as lines of their own."""
        with self._part(width or self.width) as lines:
            write()
        return lines

    # ---- The bill

    def _charts(self, overview: Overview, rows: int) -> list[Text]:
        """The bill and the waterfall side by side."""
        half = (self.width - GUTTER) // 2
        left = self._written(lambda: self._write_bars(overview, min(rows, BARS)), half)
        steps = self._written(lambda: self._write_waterfall(overview, rows - ENDS, False), self.width - GUTTER - half)
        return self._written(lambda: self._beside(left, steps, half))

    def _bars(self, overview: Overview, rows: int) -> list[Text]:
        return self._written(lambda: self._write_bars(overview, rows))

    def _write_bars(self, overview: Overview, rows: int) -> None:
        """Each component's share of the bill: name, bar, USD a month, per cent."""
        bars, total = largest(overview.bars, rows - 1), overview.plan.today.monthly
        names = [plain(bar.component) or self.words("bars_rest", count=bar.count) for bar in bars]
        name_width = self._name_width(names)
        length, most = self.width - name_width - self._amount_width - PERCENT - 1, max(bar.monthly for bar in bars)
        self._title_line("ui_bars")
        for name, bar in zip(names, bars, strict=True):
            drawn = set_cell_size(drawn_bar(bar.monthly / most * length), length)
            self.lines.append(
                Text.assemble(
                    set_cell_size(fit(name, name_width), name_width + 1),
                    (drawn, "cyan" if bar.component else "dim"),
                    f"{usd_text(bar.monthly):>{self._amount_width}}",
                    (f"{share_text(bar.monthly, total):>{PERCENT}}", "dim"),
                )
            )

    def _name_width(self, names: Sequence[str]) -> int:
        """Room for the longest name, but little more than half of the line."""
        return min(max(map(cell_len, names)), self.width // 2 + 3)

    # ---- Today → recommended

    def _steps(self, overview: Overview, rows: int) -> list[Text]:
        return self._written(lambda: self._write_waterfall(overview, rows, True))

    def _write_waterfall(self, overview: Overview, rows: int, is_table: bool) -> None:
        """
        The total of today, each change from the total before it to the one after it, and the total of the
        recommendation. `is_table`: below each change stands what it asks for. Changes that do not fit are one step.
        """
        words, today, chosen = self.words, overview.plan.today, overview.plan.recommended
        shown, rest = _first(overview, rows, is_table)
        names = [words(f"lever_{step.lever.name}") for step in shown]
        # Beside a chart, the table has what did not fit.
        others = (rest_text(rest, words) if is_table else words("more_items", count=len(rest))) if rest else ""
        ends = (words("steps_today"), words("steps_recommended"))
        scale = max([today.monthly, *(step.after for step in overview.changes)])
        has_bars = bool(overview.saved) and scale > 0
        name_width = self._name_width([*names, others, *ends]) if has_bars else self.width - self._amount_width - 1
        length = self.width - name_width - self._amount_width - 1
        asks = [change_cells(step.effect, words) for step in shown]

        def draw(name: str, low: Fraction, high: Fraction, amount: str, style: str) -> None:
            drawn = bar_between(low / scale * length, high / scale * length) if has_bars else ""
            name = set_cell_size(fit(name, name_width), name_width + 1)
            texts = name, (set_cell_size(drawn, length), style), right(amount, self._amount_width)
            self.lines.append(Text.assemble(*texts))

        def step(name: str, before: Fraction, after: Fraction, amount: str) -> None:
            draw(name, min(before, after), max(before, after), amount, "green" if before >= after else "red")

        self._title_line("ui_steps_down" if has_bars else "ui_changes")
        if is_table:
            self._asked(asks, [words(code) for code in ("ui_asks", "ui_effort", "ui_where")])
        if has_bars:
            draw(ends[0], Fraction(0), today.monthly, cost_column(today), "")
        for name, row, cells in zip(names, shown, asks, strict=True):
            step(name, row.before, row.after, less_text([row], words))
            if is_table:
                self._asked(asks, cells)
        if rest:
            step(others, rest[0].before, rest[-1].after, less_text(rest, words))
        if has_bars and chosen:
            draw(ends[1], Fraction(0), chosen.monthly, cost_column(chosen), "bold")

    def _asked(self, asks: Sequence[Sequence[str]], cells: Sequence[str]) -> None:
        """One row below a change: what it asks for, the effort, and where."""
        asked, effort = (max(cell_len(row[column]) for row in asks) for column in (0, 1))
        asked, effort = min(asked, self.width // 2), max(effort, cell_len(self.words("ui_effort")))
        place = self.width - asked - effort - 3 * GUTTER
        row = (set_cell_size(fit(cells[0], asked), asked), set_cell_size(cells[1], effort), fit_end(cells[2], place))
        self.lines.append(Text(BETWEEN + BETWEEN.join(row).rstrip(), "dim"))

    # ---- The changes

    def _changes(self, overview: Overview, rows: int) -> list[Text]:
        """The table of the changes: what each saves, its name, what it asks for, the effort, and where."""
        words = self.words
        shown, _ = first_of(overview.changes, rows)
        rest = overview.changes[len(shown) :]
        heads = [words(code) for code in ("ui_change", "ui_asks", "ui_effort", "ui_where")]
        table = [heads, *([words(f"lever_{step.lever.name}"), *change_cells(step.effect, words)] for step in shown)]
        widths = [max(cell_len(row[column]) for row in table) for column in range(4)]
        over = self._amount_width + sum(widths) + len(widths) * GUTTER - self.width
        for column, least in NARROWED:
            less = min(max(over, 0), max(0, widths[column] - least))
            widths[column], over = widths[column] - less, over - less
        amounts = [words("ui_saving"), *(saves_text(step, words) for step in shown)]

        def write() -> None:
            self._title_line("ui_changes")
            for number, (amount, cells) in enumerate(zip(amounts, table, strict=True)):
                texts = [set_cell_size(fit(cell, width), width) for cell, width in zip(cells[:3], widths, strict=False)]
                line = BETWEEN.join((right(amount, self._amount_width), *texts, fit_end(cells[3], widths[3])))
                self.lines.append(Text(line.rstrip(), "dim" if number == 0 else ""))
            if rest:
                saved = sum((step.usd for step in rest), Fraction(0))
                text = rest_text(rest, words)
                self.lines.append(Text(f"{usd_text(saved):>{self._amount_width}}{BETWEEN}{text}", "dim"))

        return self._written(write)

    # ---- Gaps

    def _gaps(self, overview: Overview, rows: int, is_whole: bool = False) -> list[Text]:
        """What is not counted, by type and reason: how many, why (whole, or on one line), and where the first is."""
        words, groups = self.words, overview.gaps
        shown, _ = first_of(groups, rows - 1)
        rest = groups[len(shown) :]
        texts = [gap_text(group, words) for group in shown]
        places = [first_place(group.places, words) for group in shown]
        place_width = min(max(map(cell_len, places)), self.width // 3)
        room = self.width - place_width - GUTTER

        def write() -> None:
            self._title_line("ui_gaps")
            for text, place in zip(texts, places, strict=True):
                first, *more = self._wrapped(text, room) if is_whole else [fit(text, room)]
                line = set_cell_size(first, room) + BETWEEN + fit_end(place, place_width)
                self.lines += [Text(line.rstrip()), *map(Text, more)]
            if rest:
                self.lines.append(Text(words("gaps_rest", count=sum(group.count for group in rest)), "dim"))

        return self._written(write)

    def _wrapped(self, text: str, width: int) -> list[str]:
        """The lines of a text, those after the first further in."""
        with self._part(width) as lines:
            self._paragraph(text)
        return [line.plain for line in lines]


def _amounts_of(overview: Overview, words: Words) -> Iterator[str]:
    """The amounts in USD that the charts and tables may show; the sum of some is no longer than the whole."""
    plan = overview.plan
    yield from (cost_column(priced) for priced in (plan.today, plan.recommended) if priced)
    yield from (usd_text(bar.monthly) for bar in overview.bars)
    for step in overview.changes:
        yield from (less_text([step], words), saves_text(step, words))


def _first(overview: Overview, rows: int, is_table: bool) -> tuple[Sequence[WaterfallStep], Sequence[WaterfallStep]]:
    """The steps that are shown, and those that are one step; a single one is shown if it takes no more room."""
    steps = overview.changes
    # A chart leaves out what saves nothing: its table has it.
    count = len(steps) if is_table else sum(bool(step.usd) for step in steps)
    if len(steps) <= rows and (is_table or count == len(steps)):
        return steps, ()
    shown = max(1, min(count, rows - 1))
    return steps[:shown], steps[shown:]
