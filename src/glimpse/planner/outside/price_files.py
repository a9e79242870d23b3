"""
The prices that ship with the package, one compressed file a region, and those of the user's cache where it has newer
ones. A file is read only when asked for.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from glimpse.planner.catalogue import Catalogue, Price, PriceKey, RegionSummary, Tier
from glimpse.planner.outside.price_updates.cache import PriceCache, cache_folder
from glimpse.planner.sentence import Sentence

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
    """The name of the prices in use and what they hold."""
    _, regions = _shipped()
    cached = price_cache()
    summaries = {**regions, **cached.summaries}
    return cached.name, tuple(RegionSummary(region, **summaries[region]) for region in sorted(summaries))


def cached_regions() -> tuple[str, ...]:
    """The regions whose prices come from the user's cache."""
    return tuple(sorted(price_cache().summaries))


def cache_problem() -> Sentence | None:
    """Why the user's cache, or a file of it that was asked for, is not used; None where it is, or where none exists."""
    return price_cache().problem


def price_cache() -> PriceCache:
    """The user's cache as it is now."""
    return _price_cache(cache_folder(), _shipped()[0])


@cache
def _price_cache(folder: Path, base: str) -> PriceCache:
    return PriceCache(folder, base)


@cache
def _shipped() -> tuple[str, Mapping[str, Any]]:
    """The name of the snapshot that ships, and what its manifest says of each region."""
    read = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return read["id"], read["regions"]


def regions() -> tuple[str, ...]:
    """
    The regions in which a stack may be. Prices of CloudFront's edges, and those that are the same everywhere, are in
    none.
    """
    held = (entry.region for entry in manifest()[1])
    return tuple(region for region in held if region != GLOBAL and not region.startswith("edge:"))


def catalogue(region: str) -> Catalogue:
    """Raises RegionUnknown."""
    return catalogue_of(region, read_document, manifest()[0])


def catalogue_of(region: str, read: Callable[[str], Any], name: str) -> Catalogue:
    """The catalogue of a region whose files `read` gives as they are parsed. Raises RegionUnknown."""
    if region not in regions():
        raise RegionUnknown(region)

    @cache
    def other(region: str) -> Catalogue | None:
        """The catalogue of another region that a stack reaches into; None where no price of it is held."""
        return catalogue_of(region, read, name) if region in regions() else None

    return Catalogue(name, region, PriceTable((region, GLOBAL, *edge_of(region)), read), other)


def edge_of(region: str) -> tuple[str, ...]:
    """The part of the snapshot with CloudFront's prices for the people around a region; none for an unknown one."""
    fitting = [name for name in EDGES if region.startswith(name)]
    return (f"edge:{EDGES[max(fitting, key=len)]}",) if fitting else ()


def kinds() -> Mapping[Kind, tuple[str, ...]]:
    """Where each kind of price is held: regions, edges, or what is the same everywhere."""
    read = json.loads(gzip.decompress((FOLDER / "kinds.json.gz").read_bytes()))
    held = {(service, kind): tuple(where) for service, named in read.items() for kind, where in named.items()}
    for region in cached_regions():
        for kind in {(row[0], row[1]) for row in read_document(region)["prices"]}:
            held[kind] = tuple(sorted({*held.get(kind, ()), region}))
    return held


def holdings(region: str) -> tuple[Counter[Kind], Counter[str]]:
    """How many prices of one region belong to each kind, and how many came from each source."""
    read = read_document(region)
    held = Counter((row[0], row[1]) for row in read["prices"])
    return held, Counter(read["sources"][row[6]] for row in read["prices"])


def kinds_of_other_regions(region: str) -> Mapping[Kind, int]:
    """The kinds of price that a stack in this region lacks, and how many other regions have each of them."""
    if region not in (stacks := set(regions())):
        return {}
    reached = {region, GLOBAL, *edge_of(region)}
    found = {kind: len(stacks.intersection(where)) for kind, where in kinds().items() if reached.isdisjoint(where)}
    return {kind: count for kind, count in found.items() if count}


def read_document(region: str) -> Any:
    """One region's file as it is parsed: the user's, or else the one that ships."""
    cached = price_cache().document(region)
    return shipped_document(region) if cached is None else cached


def shipped_document(region: str) -> Any:
    """The file of a region that ships, as it is parsed."""
    return json.loads(gzip.decompress((FOLDER / f"{region.replace(':', '-')}.json.gz").read_bytes()))


class PriceTable(Mapping[PriceKey, Sequence[Price]]):
    """The prices of some regions by key. A Price is made of its row only when its key is first looked up."""

    def __init__(self, regions: Sequence[str], read: Callable[[str], Any] = read_document) -> None:
        self._rows: dict[PriceKey, list[tuple[str, list[str], list[Any]]]] = {}
        self._made: dict[PriceKey, Sequence[Price]] = {}
        for region in regions:
            document = read(region)
            for row in document["prices"]:
                self._rows.setdefault((row[0], row[1], row[3]), []).append((region, document["sources"], row))

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
