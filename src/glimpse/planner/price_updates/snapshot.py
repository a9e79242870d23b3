"""The rows of a price snapshot, and the text of its files. The same rows give the same text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Attributes = tuple[tuple[str, str], ...]
"""Names and values, in the order of the names."""

Key = tuple[str, str, Attributes, str]
"""Service, kind, attributes and term: what a price is the price of, within a region."""

UNKNOWN = "unknown"
"""The date of a price whose source has none; it counts as the oldest."""


class PriceRow(NamedTuple):
    """
    One price of a region. `tiers`: the quantity from which on a tier is charged, and its USD a unit as a plain decimal.
    An empty USD is the quantity from which on no price is held. `upfront` is USD for `months`.
    """

    service: str
    kind: str
    attributes: Attributes
    term: str
    unit: str
    tiers: tuple[tuple[int, str], ...]
    source: str
    as_of: str
    confidence: str
    upfront: str = ""
    months: int = 0

    @property
    def key(self) -> Key:
        return self.service, self.kind, self.attributes, self.term

    @property
    def date(self) -> str:
        """The date by which prices are compared."""
        return "" if self.as_of == UNKNOWN else self.as_of

    @property
    def charges(self) -> tuple[object, ...]:
        """What decides an amount: two rows that agree in it cost the same."""
        return self.tiers, self.upfront, self.months


Rows = Mapping[Key, PriceRow]


def rows_of(document: Mapping[str, Any]) -> dict[Key, PriceRow]:
    """The rows of one region's file."""
    sources = document["sources"]
    rows = {}
    for service, kind, attributes, term, unit, tiers, source, as_of, confidence, *reserved in document["prices"]:
        row = PriceRow(
            service, kind, tuple(sorted(attributes.items())), term, unit,
            tuple((start, usd) for start, usd in tiers), sources[source], as_of, confidence, *reserved,
        )  # fmt: skip
        rows[row.key] = row
    return rows


def region_text(rows: Iterable[PriceRow]) -> str:
    """One region's file before it is compressed."""
    ordered = sorted(rows, key=lambda row: row.key)
    sources = sorted({row.source for row in ordered})
    numbers = {source: number for number, source in enumerate(sources)}
    prices = [
        [
            row.service, row.kind, dict(row.attributes), row.term, row.unit, [list(tier) for tier in row.tiers],
            numbers[row.source], row.as_of, row.confidence, *([row.upfront, row.months] if row.upfront else []),
        ]
        for row in ordered
    ]  # fmt: skip
    return json.dumps({"sources": sources, "prices": prices}, separators=(",", ":"), ensure_ascii=False)


def summary(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the manifest says of a region, from its file as it is parsed."""
    dates = sorted(row[7] for row in document["prices"] if row[7] != UNKNOWN)
    return {
        "prices": len(document["prices"]),
        "sources": len(document["sources"]),
        "oldest": dates[0] if dates else "",
        "newest": dates[-1] if dates else "",
    }


def manifest_text(name: str, summaries: Mapping[str, Mapping[str, Any]]) -> str:
    """The manifest of a snapshot."""
    return json.dumps({"id": name, "currency": "USD", "regions": dict(sorted(summaries.items()))}, indent=1) + "\n"
