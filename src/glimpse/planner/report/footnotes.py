"""The marks beside a bill's lines: letters for the sources of prices, numbers for what is assumed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glimpse.planner.bill import Line
from glimpse.planner.catalogue import Price
from glimpse.planner.sentence import Sentence
from glimpse.words import plain


class Footnotes:
    """
    Each source and each assumption of the lines once, in the order of the lines.

    `source_text` is what a source is shown as: prices that read the same there share a letter.
    """

    def __init__(self, lines: Sequence[Line], source_text: Callable[[Price], str]) -> None:
        self.lines = lines
        self.source_text = source_text
        self.sources: dict[str, str] = {}
        self.notes: dict[Sentence, str] = {}
        for line in lines:
            if line.price:
                self.sources.setdefault(source_text(line.price), _letter(len(self.sources)))
            for note in assumptions(line):
                self.notes.setdefault(note, str(len(self.notes) + 1))

    def source_mark(self, line: Line) -> str:
        """The letter of the line's price; empty where it has none."""
        return self.sources[self.source_text(line.price)] if line.price else ""

    def prices_of(self, source: str) -> list[tuple[Price, str]]:
        """The prices of a source in the order of their ids, and the components that are charged by each."""
        prices: dict[str, Price] = {}
        components: dict[str, dict[str, None]] = {}
        for line in self.lines:
            if line.price and self.source_text(line.price) == source:
                prices[line.price.id] = line.price
                components.setdefault(line.price.id, {})[plain(line.meter.component)] = None
        return [(prices[name], ", ".join(components[name])) for name in sorted(prices)]

    def lines_with(self, note: Sentence) -> list[Line]:
        """The lines that assume it."""
        return [line for line in self.lines if note in assumptions(line)]

    def note_marks(self, line: Line) -> str:
        """The numbers of what the line assumes."""
        return " ".join(self.notes[note] for note in assumptions(line))

    def marks(self, line: Line) -> str:
        """Its letter and its numbers."""
        return " ".join(filter(None, (self.source_mark(line), self.note_marks(line))))


def assumptions(line: Line) -> tuple[Sentence, ...]:
    """What a line assumes; of one without a quantity also what it needs, where that is more than its usage key."""
    needs = line.meter.needs
    if line.quantity is None and needs and needs.code != "needs_usage":
        return (*line.meter.assumes, needs)
    return line.meter.assumes


def _letter(number: int) -> str:
    """a, b, … z, aa, ab, …"""
    head, tail = divmod(number, 26)
    return (_letter(head - 1) if head else "") + chr(ord("a") + tail)
