"""The report of `glimpse prices`: what the catalogue holds, how old it is, and its sources."""

from __future__ import annotations

import datetime
import io
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from glimpse.planner.catalogue import RegionSummary
from glimpse.planner.report.terminal import MIN_WIDTH
from glimpse.words import Words, plain

Counts = Mapping[str, int]
KindCounts = Mapping[tuple[str, str], int]

INDENT = 12
"""The columns before a list: two, and its heading."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """
    What is held by service and kind.

    `held`: of the one region asked for, how many prices; of all, in how many regions, 0 for what is the same in each.
    `of_other_regions`: what the one region lacks, and how many others hold it; None for all regions.
    """

    held: KindCounts
    of_other_regions: KindCounts | None = None

    def services(self) -> list[str]:
        return sorted({service for service, _ in (*self.held, *(self.of_other_regions or ()))}, key=str.lower)


def prices_as_json(
    name: str,
    held: Sequence[RegionSummary],
    kinds: Kinds,
    sources: Counts,
    cached: Sequence[str],
    today: datetime.date,
) -> dict[str, Any]:
    """
    `sources`: how many prices of the one region asked for came from each; empty for all regions. `cached`: the regions
    whose prices come from the user's cache.
    """
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
    if cached:
        document["cached"] = list(cached)
    counted = "regions" if kinds.of_other_regions is None else "prices"
    document["kinds"] = [
        {"service": service, "kind": kind, counted: count} for (service, kind), count in sorted(kinds.held.items())
    ]
    if kinds.of_other_regions is not None:
        document["elsewhere"] = [
            {"service": service, "kind": kind, "regions": count}
            for (service, kind), count in sorted(kinds.of_other_regions.items())
        ]
        services: Counter[str] = Counter()
        for (service, _), count in kinds.held.items():
            services[service] += count
        document["services"] = dict(_largest_first(services))
        document["sources"] = [{"source": plain(text), "prices": count} for text, count in _largest_first(sources)]
    return document


def prices_text(
    name: str,
    held: Sequence[RegionSummary],
    kinds: Kinds,
    sources: Counts,
    today: datetime.date,
    words: Words,
    width: int = MIN_WIDTH,
) -> str:
    """The same for people, `width` columns wide."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
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
    console.print(Text(words("ui_kinds_everywhere" if kinds.of_other_regions is None else "ui_kinds_here")))
    by_kind = _by_region_count if kinds.of_other_regions is None else _here
    for line in by_kind(kinds, words, width):
        console.print(Text(line))
    console.print()
    if kinds.of_other_regions is None:
        console.print(Text(words("ui_show_region")))
    for text, number in _largest_first(sources):
        console.print(Text.assemble(f"{number:>6,}  ", plain(text)))
    return "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))


def _by_region_count(kinds: Kinds, words: Words, width: int) -> Iterator[str]:
    """Under each service, its kinds by how many regions hold them: first those that are the same everywhere."""
    for service in kinds.services():
        yield plain(service)
        alike: dict[int, list[str]] = defaultdict(list)
        for (owner, kind), count in kinds.held.items():
            if owner == service:
                alike[count].append(kind)
        for count in sorted(alike, key=lambda count: (count > 0, -count)):
            head = f"{count:>4,}" if count else words("ui_same_everywhere")
            yield from _wrapped(head, sorted(alike[count]), width)


def _here(kinds: Kinds, words: Words, width: int) -> Iterator[str]:
    """Under each service, what this region holds, and what only others do."""
    for service in kinds.services():
        yield plain(service)
        for code, counts in (("ui_held_here", kinds.held), ("ui_not_here", kinds.of_other_regions or {})):
            named = sorted((kind, count) for (owner, kind), count in counts.items() if owner == service)
            if named:
                yield from _wrapped(words(code), (f"{kind} {count:,}" for kind, count in named), width)


def _wrapped(head: str, items: Iterable[str], width: int) -> Iterator[str]:
    """One heading and a list after it, no item broken over two lines."""
    whole = ", ".join(plain(item).replace(" ", "\u00a0") for item in items)
    lines = textwrap.wrap(whole, width - INDENT, break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines):
        yield set_cell_size("" if number else f"  {head}", INDENT) + line.replace("\u00a0", " ")


def _largest_first(counts: Counts) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
