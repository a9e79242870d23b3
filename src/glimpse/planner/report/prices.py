"""What the catalogue holds, how old it is, and from where."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from glimpse.planner.catalogue import Held
from glimpse.planner.report.terminal import WIDTH
from glimpse.planner.words import Words, plain

Counts = Mapping[str, int]


def prices_document(
    name: str, held: Sequence[Held], services: Counts, sources: Counts, today: datetime.date
) -> dict[str, Any]:
    """`services` and `sources`: how many prices of the one region asked for belong to each; empty for all regions."""
    document: dict[str, Any] = {
        "schema": "glimpse.prices/1",
        "catalogue": name,
        "regions": [
            {
                "region": entry.region,
                "prices": entry.prices,
                "oldest": entry.oldest,
                "newest": entry.newest,
                "newest_age_days": entry.age_days(today),
            }
            for entry in held
        ],
    }
    if services:
        document["services"] = dict(_largest_first(services))
        document["sources"] = [{"source": plain(text), "prices": count} for text, count in _largest_first(sources)]
    return document


def prices_text(
    name: str, held: Sequence[Held], services: Counts, sources: Counts, today: datetime.date, words: Words
) -> str:
    """The same for people."""
    stream = io.StringIO()
    console = Console(file=stream, width=WIDTH, highlight=False, markup=False, emoji=False)
    count = sum(entry.prices for entry in held)
    oldest, newest = min(entry.oldest for entry in held), max(entry.newest for entry in held)
    console.print(words("ui_catalogue", name=name))
    console.print(words("ui_catalogue_holds", count=f"{count:,}", regions=len(held), oldest=oldest, newest=newest))
    console.print(Text(words("ui_confidence")))
    console.print()
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for code in ("ui_region", "ui_prices", "ui_oldest", "ui_newest", "ui_age"):
        table.add_column(words(code), justify="right" if code in ("ui_prices", "ui_age") else "left")
    for entry in held:
        table.add_row(entry.region, f"{entry.prices:,}", entry.oldest, entry.newest, str(entry.age_days(today)))
    console.print(table)
    console.print()
    if not services:
        console.print(Text(words("ui_show_region")))
    for counts in filter(None, (services, sources)):
        for text, number in _largest_first(counts):
            console.print(Text.assemble(f"{number:>6,}  ", plain(text)))
        console.print()
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def _largest_first(counts: Counts) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
