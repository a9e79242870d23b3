"""The price snapshot that ships with the package: one compressed file a region, read only when asked for."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from glimpse.planner.catalogue import Catalogue, Price, PriceKey, RegionSummary, Tier

FOLDER = files("glimpse.planner.outside") / "prices"
GLOBAL = "global"
Kind = tuple[str, str]
"""Service and kind."""

# CloudFront's geography by the beginning of a region's name, the longest that fits: people are where the stack is.
# Source: the CloudFront pricing page's list of edge locations; Korea is in its Asia Pacific column.
EDGES = {
    "us-": "us-mexico-canada", "ca-": "us-mexico-canada", "mx-": "us-mexico-canada",
    "eu-": "europe-israel", "il-": "europe-israel", "sa-": "south-america",
    "af-": "south-africa-middle-east", "me-": "south-africa-middle-east",
    "ap-": "asia-pacific", "ap-south-": "india", "ap-northeast-1": "japan", "ap-northeast-3": "japan",
    "ap-southeast-2": "australia-new-zealand", "ap-southeast-4": "australia-new-zealand",
    "ap-southeast-6": "australia-new-zealand",
}  # fmt: skip


class RegionUnknown(LookupError):
    """The snapshot holds no price for this region."""

    def __init__(self, region: str) -> None:
        super().__init__(region)
        self.region = region


def manifest() -> tuple[str, tuple[RegionSummary, ...]]:
    """The snapshot's name and what it holds."""
    read = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return read["id"], tuple(RegionSummary(region, **entry) for region, entry in read["regions"].items())


def regions() -> tuple[str, ...]:
    """
    The regions in which a stack may be. Prices of CloudFront's edges, and those that are the same everywhere, are in
    none.
    """
    held = (entry.region for entry in manifest()[1])
    return tuple(region for region in held if region != GLOBAL and not region.startswith("edge:"))


def catalogue(region: str) -> Catalogue:
    """Raises RegionUnknown."""
    if region not in regions():
        raise RegionUnknown(region)
    return Catalogue(manifest()[0], region, PriceTable((region, GLOBAL, *edge_of(region))), _other_catalogue)


@cache
def _other_catalogue(region: str) -> Catalogue | None:
    """The catalogue of another region that a stack reaches into; None where no price of it is held."""
    return catalogue(region) if region in regions() else None


def edge_of(region: str) -> tuple[str, ...]:
    """The part of the snapshot with CloudFront's prices for the people around a region; none for an unknown one."""
    fitting = [name for name in EDGES if region.startswith(name)]
    return (f"edge:{EDGES[max(fitting, key=len)]}",) if fitting else ()


def kinds() -> Mapping[Kind, tuple[str, ...]]:
    """Where each kind of price is held: regions, edges, or what is the same everywhere."""
    read = json.loads(gzip.decompress((FOLDER / "kinds.json.gz").read_bytes()))
    return {(service, kind): tuple(where) for service, named in read.items() for kind, where in named.items()}


def holdings(region: str) -> tuple[Counter[Kind], Counter[str]]:
    """How many prices of one region belong to each kind, and how many came from each source."""
    read = _read(region)
    held = Counter((row[0], row[1]) for row in read["prices"])
    return held, Counter(read["sources"][row[6]] for row in read["prices"])


def kinds_of_other_regions(region: str) -> Mapping[Kind, int]:
    """The kinds of price that a stack in this region lacks, and how many other regions have each of them."""
    if region not in (stacks := set(regions())):
        return {}
    reached = {region, GLOBAL, *edge_of(region)}
    found = {kind: len(stacks.intersection(where)) for kind, where in kinds().items() if reached.isdisjoint(where)}
    return {kind: count for kind, count in found.items() if count}


def _read(region: str) -> Any:
    return json.loads(gzip.decompress((FOLDER / f"{region.replace(':', '-')}.json.gz").read_bytes()))


class PriceTable(Mapping[PriceKey, Sequence[Price]]):
    """The prices of some regions by key. A Price is made of its row only when its key is first looked up."""

    def __init__(self, regions: Sequence[str]) -> None:
        self._rows: dict[PriceKey, list[tuple[str, list[str], list[Any]]]] = {}
        self._made: dict[PriceKey, Sequence[Price]] = {}
        for region in regions:
            read = _read(region)
            for row in read["prices"]:
                self._rows.setdefault((row[0], row[1], row[3]), []).append((region, read["sources"], row))

    def __getitem__(self, key: PriceKey) -> Sequence[Price]:
        if key not in self._made:
            self._made[key] = tuple(_price(*row) for row in self._rows[key])
        return self._made[key]

    def __iter__(self) -> Iterator[PriceKey]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _usd(text: str) -> Fraction:
    """A plain decimal; a bill reads thousands, for which Fraction's own pattern takes three times as long."""
    whole, _, decimals = text.partition(".")
    return Fraction(int(whole + decimals), 10 ** len(decimals))


def _price(region: str, sources: list[str], row: list[Any]) -> Price:
    service, kind, attributes, term, unit, tiers, source, as_of, confidence, *reserved = row
    named = ",".join(f"{name}={value}" for name, value in attributes.items())
    return Price(
        id="/".join(filter(None, (region, service, kind, named, term))),
        service=service,
        kind=kind,
        attributes=attributes,
        term=term,
        unit=unit,
        tiers=tuple(Tier(Fraction(start), _usd(usd)) for start, usd in tiers if usd),
        source=sources[source],
        as_of=as_of,
        confidence=confidence,
        upfront_usd=Fraction(reserved[0]) if reserved else Fraction(0),
        term_months=reserved[1] if reserved else 0,
        ends_at=next((Fraction(start) for start, usd in tiers if not usd), None),
    )
