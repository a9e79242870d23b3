"""The price snapshot that ships with the package: one compressed file a region, read only when asked for."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from typing import Any

from glimpse.planner.catalogue import Catalogue, Price, Tier

FOLDER = files("glimpse.planner.outside") / "prices"
GLOBAL = "global"


class RegionUnknown(LookupError):
    """The snapshot holds no price for this region."""

    def __init__(self, region: str) -> None:
        super().__init__(region)
        self.region = region


@dataclass(frozen=True, slots=True)
class Held:
    """What the snapshot holds of one region."""

    region: str
    prices: int
    sources: int
    oldest: str
    newest: str


def manifest() -> tuple[str, tuple[Held, ...]]:
    """The snapshot's name and what it holds."""
    read = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return read["id"], tuple(Held(region, **entry) for region, entry in read["regions"].items())


def catalogue(region: str) -> Catalogue:
    """Raises RegionUnknown."""
    name, held = manifest()
    if region == GLOBAL or region not in {entry.region for entry in held}:
        raise RegionUnknown(region)
    return Catalogue(name, region, (*_prices(region), *_prices(GLOBAL)))


def sources(region: str) -> dict[str, int]:
    """Every source of one region, with how many prices came from it."""
    counts: dict[str, int] = {}
    read = _read(region)
    for row in read["prices"]:
        counts[read["sources"][row[6]]] = counts.get(read["sources"][row[6]], 0) + 1
    return counts


def _read(region: str) -> Any:
    return json.loads(gzip.decompress((FOLDER / f"{region.replace(':', '-')}.json.gz").read_bytes()))


def _prices(region: str) -> Iterator[Price]:
    read = _read(region)
    texts = read["sources"]
    for service, kind, attributes, term, unit, tiers, source, as_of, confidence, *reserved in read["prices"]:
        named = ",".join(f"{name}={value}" for name, value in attributes.items())
        yield Price(
            id=f"{region}/{service}/{kind}" + (f"/{named}" if named else "") + f"/{term}",
            service=service,
            kind=kind,
            attributes=attributes,
            term=term,
            unit=unit,
            tiers=tuple(Tier(Fraction(start), Fraction(usd)) for start, usd in tiers),
            source=texts[source],
            as_of=as_of,
            confidence=confidence,
            upfront_usd=Fraction(reserved[0]) if reserved else Fraction(0),
            term_months=reserved[1] if reserved else 0,
        )
