"""What the catalogue holds, how old it is, and from where."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

from glimpse.planner.report.terminal import WIDTH
from glimpse.planner.words import Words, plain


class Held(Protocol):
    """What is held of one region."""

    @property
    def region(self) -> str: ...
    @property
    def prices(self) -> int: ...
    @property
    def oldest(self) -> str: ...
    @property
    def newest(self) -> str: ...


def prices_document(
    name: str, held: Sequence[Held], sources: Mapping[str, int], today: datetime.date
) -> dict[str, Any]:
    return {
        "schema": "glimpse.prices/1",
        "catalogue": name,
        "regions": [
            {
                "region": entry.region,
                "prices": entry.prices,
                "oldest": entry.oldest,
                "newest": entry.newest,
                "newest_age_days": _age(entry.newest, today),
            }
            for entry in held
        ],
        **(
            {"sources": [{"source": plain(source), "prices": count} for source, count in sources.items()]}
            if sources
            else {}
        ),
    }


def prices_text(name: str, held: Sequence[Held], sources: Mapping[str, int], today: datetime.date, words: Words) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=WIDTH, highlight=False, markup=False, emoji=False)
    count = sum(entry.prices for entry in held)
    oldest, newest = min(entry.oldest for entry in held), max(entry.newest for entry in held)
    console.print(words("ui_catalogue", name=name, count=f"{count:,}", regions=len(held), oldest=oldest, newest=newest))
    console.print(Text(words("ui_confidence")))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for code in ("ui_region", "ui_prices", "ui_oldest", "ui_newest", "ui_age"):
        table.add_column(words(code), justify="right" if code in ("ui_prices", "ui_age") else "left")
    for entry in held:
        age = str(_age(entry.newest, today))
        table.add_row(entry.region, f"{entry.prices:,}", entry.oldest, entry.newest, age)
    console.print(table)
    for source, number in sorted(sources.items(), key=lambda pair: -pair[1]):
        console.print(Text(f"{number:>6,}  {plain(source)}"))
    if not sources:
        console.print(Text(words("ui_show_region")))
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def _age(date: str, today: datetime.date) -> int:
    return (today - datetime.date.fromisoformat(date)).days
