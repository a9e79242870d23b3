"""Parts of a report that share the lines of a screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from rich.text import Text

MIN_ROWS = 2
"""Every part keeps so many rows where there is no room for all."""


@dataclass(frozen=True)
class Part:
    """
    A part of the report: `write` gives its lines with so many rows; `rows` is how many it would show. `write_whole`
    gives all of them without cutting a text.
    """

    rows: int
    write: Callable[[int], list[Text]]
    write_whole: Callable[[], list[Text]] | None = None


def fitted(parts: list[Part], room: int) -> list[list[Text]]:
    """
    The lines of the parts in at most `room` lines: whole if that fits; if not, the part with most rows loses one until
    all fit. If that is not enough, the last part goes.
    """
    whole = [part.write_whole() if part.write_whole else part.write(part.rows) for part in parts]
    if sum(map(len, whole)) <= room:
        return whole
    write = cache(lambda part, rows: parts[part].write(rows))
    rows = [part.rows for part in parts]
    while parts:
        blocks = [write(number, count) for number, count in enumerate(rows)]
        if sum(map(len, blocks)) <= room:
            return blocks
        longest = max(range(len(parts)), key=rows.__getitem__)
        if rows[longest] > MIN_ROWS:
            rows[longest] -= 1
        else:
            parts, rows = parts[:-1], rows[:-1]
    return []


def cut(lines: list[Text], most: int) -> list[Text]:
    """The first lines; an ellipsis where there are more."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    return [*lines[: most - 1], Text.assemble(last[:-1], "…")]
