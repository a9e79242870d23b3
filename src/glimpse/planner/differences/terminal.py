"""The report of a difference for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from rich.cells import cell_len
from rich.text import Text

from glimpse.planner.differences.causes import Difference, LineDifference
from glimpse.planner.differences.fragments import (
    SIGNS,
    ResourceDifference,
    amounts_of,
    answer_text,
    causes_text,
    component_text,
    gap_place,
    gap_text,
    highest_text,
    notes_of,
    quantity_text,
    resource_counts_text,
    resources_of,
    side_text,
    unknown_texts,
)
from glimpse.planner.differences.limits import KEPT, Limit
from glimpse.planner.differences.snapshots import Gap
from glimpse.planner.report.short_fragments import fit_end
from glimpse.planner.report.terminal import Report, fit
from glimpse.words import plain

AMOUNT = 11
"""Columns of an amount, with the space before it; more where the largest one needs more."""

QUANTITY = 24
COLOURS = {"+": "green", "-": "red", "~": "yellow"}


class DifferenceReport(Report):
    """The answer in a few lines; then what differs, resource by resource; then what is not known."""

    def diff(self, difference: Difference, limits: Sequence[Limit]) -> None:
        words = self.words
        self._line("diff_change", answer_text(difference, words), "bold")
        self._line("diff_compared", f"{side_text(difference.before)} → {side_text(difference.after)}")
        for label, text in (
            ("diff_because", causes_text(difference, words)), ("diff_scaled", highest_text(difference, words))
        ):  # fmt: skip
            if text:
                self._line(label, text)
        for limit in limits:
            style = "green" if limit.verdict == KEPT else "red"
            self._line("diff_budget", f"{limit.option}: {words.render(limit.why)}", style)
        for text in unknown_texts(difference, words):
            self._line("ui_not_known", text)
        for warning in difference.warnings:
            self._line("diff_note", words.render(warning.what))
        self._resources(resources_of(difference))
        self._moved(difference)
        self._gaps("diff_gaps_new", difference.gaps_new, difference)
        self._gaps("diff_gaps_gone", difference.gaps_gone, difference)

    def _resources(self, resources: Sequence[ResourceDifference]) -> None:
        if not resources:
            return
        words = self.words
        rows: Iterator[ResourceDifference | LineDifference] = chain(
            resources, *(resource.shown for resource in resources)
        )
        self._amount_width = max(AMOUNT, *(len(text) + 1 for row in rows for text in amounts_of(row)))
        self._title("diff_resources", counts=resource_counts_text(resources, words))
        self._amounts("", "", *map(words, ("diff_before", "diff_after", "diff_delta")), style="dim")
        for resource in resources:
            self._resource(resource)
            if was := resource.lines[0].moved_from:
                self._paragraph(Text(words("diff_was", address=was), "dim"), indent=4)
            for line in resource.shown:
                self._difference(line)
            if hidden := len(resource.lines) - len(resource.shown):
                self._paragraph(Text(words("diff_zero_lines", count=hidden), "dim"), indent=4)

    def _resource(self, resource: ResourceDifference) -> None:
        origin, sign = resource.charge.origin, SIGNS[resource.change]
        name = Text.assemble((f"{sign} ", COLOURS[sign]), (plain(resource.address), "bold"))
        place = f"  {plain(origin.file)}:{origin.line}" if origin.file else ""
        room = max(2, self.width - 3 * self._amount_width)
        if cell_len(name.plain + place) > room:
            # The address has a line of its own, and its place stands beside the amounts.
            self._paragraph(name)
            name, place = Text(fit_end(f"  {place}", room), "dim"), ""
        name.append(place, "dim")
        amounts = (Text(text, "bold") for text in amounts_of(resource))
        self._row(((room, "<"), *((self._amount_width, ">"),) * 3), name, *amounts)

    def _difference(self, line: LineDifference) -> None:
        name = "    " + component_text(line)
        self._amounts(name, quantity_text(line), *amounts_of(line))
        for note in notes_of(line, self.words):
            self._paragraph(Text(note, "dim"), indent=6, hang=6)

    def _amounts(self, name: str, quantity: str, *amounts: str, style: str = "") -> None:
        """A row; a name that is too long for it stands on a line of its own."""
        room = max(2, self.width - 3 * self._amount_width)
        if cell_len(name) + 1 + cell_len(quantity) > room:
            self._paragraph(name, indent=0, hang=6)
            name, quantity = "", fit(quantity, room)
        wide = max(QUANTITY, cell_len(quantity))
        columns = ((room - wide, "<"), (wide, ">"), *((self._amount_width, ">"),) * 3)
        self._row(columns, *(Text(text, style) for text in (name, quantity, *amounts)))

    def _moved(self, difference: Difference) -> None:
        moved = difference.moved_alike
        if moved:
            self._title("diff_moved", count=len(moved))
        for new, old in moved.items():
            self._paragraph(f"{plain(old)} → {plain(new)}")

    def _gaps(self, title: str, gaps: Iterable[Gap], difference: Difference) -> None:
        gaps = list(gaps)
        if gaps:
            self._title(title, count=len(gaps))
        for gap in gaps:
            self._paragraph(Text(gap_place(gap), "bold"))
            self._paragraph(gap_text(gap, difference, self.words), indent=2)
