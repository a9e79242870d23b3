"""Dated list prices with their sources, and how a quantity is charged by one of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from glimpse.planner.quantities import HOURS_PER_MONTH

ON_DEMAND = "on_demand"
SPOT = "spot"


@dataclass(frozen=True, slots=True)
class Sku:
    """
    What is being bought, in the catalogue's words.

    `attributes` describe it as fully as we know it; a price that names fewer of them covers it too,
    one that names another value does not.
    """

    service: str
    kind: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    term: str = ON_DEMAND


@dataclass(frozen=True, slots=True)
class Tier:
    """`usd` a unit from the quantity `start` on, until the next tier begins."""

    start: Fraction
    usd: Fraction


@dataclass(frozen=True, slots=True)
class Price:
    id: str
    service: str
    kind: str
    attributes: Mapping[str, str]
    term: str
    unit: str
    tiers: tuple[Tier, ...]
    source: str
    as_of: str
    confidence: str
    upfront_usd: Fraction = Fraction(0)
    term_months: int = 0
    ends_at: Fraction | None = None
    """The quantity above which no price is held; None is without end."""

    @property
    def short_source(self) -> str:
        """The source in fewer words, for a report that has one line for it."""
        return self.source.replace("document quoting the AWS Price List: ", "AWS Price List, by way of ")

    def charge(self, quantity: Fraction) -> Fraction:
        """
        USD a month for `quantity` units a month; an upfront payment is spread evenly over its term.

        Each tier charges only what lies inside it: 12,000 GB out of Seoul is
        10,240 × 0.126 + 1,760 × 0.122. An upfront price is for one unit of 730 hours a month.
        """
        total = Fraction(0)
        for tier, following in zip(self.tiers, (*self.tiers[1:], None), strict=True):
            end = quantity if following is None else min(quantity, following.start)
            total += max(Fraction(0), end - tier.start) * tier.usd
        if self.upfront_usd:
            total += quantity / HOURS_PER_MONTH * self.upfront_usd / self.term_months
        return total


@dataclass(frozen=True, slots=True)
class RegionSummary:
    """A summary of one region's prices: their number, the number of their sources, and the oldest and newest date."""

    region: str
    prices: int
    sources: int
    oldest: str
    newest: str

    def age_days(self, today: datetime.date) -> int:
        """How old the newest price is."""
        return (today - datetime.date.fromisoformat(self.newest)).days


PriceKey = tuple[str, str, str]
"""Service, kind and term, by which prices are grouped."""


class Catalogue:
    """The prices of one region (and those that are the same everywhere)."""

    def __init__(
        self,
        name: str,
        region: str,
        prices: Mapping[PriceKey, Sequence[Price]],
        other_regions: Callable[[str], Catalogue | None] = lambda region: None,
    ) -> None:
        """`other_regions` gives the catalogue of another region, or None where no price of it is held."""
        self.name = name
        self.region = region
        self._other_regions = other_regions
        self._prices = prices
        self._found: dict[tuple[PriceKey, frozenset[tuple[str, str]]], Price | None] = {}

    def price(self, sku: Sku) -> Price | None:
        """The price that covers the SKU most closely, or None: a missing price is never guessed."""
        price_key = (sku.service, sku.kind, sku.term)
        key = (price_key, frozenset(sku.attributes.items()))
        if key not in self._found:
            covering = [
                price
                for price in self._prices.get(price_key, ())
                if all(sku.attributes.get(name) == value for name, value in price.attributes.items())
            ]
            self._found[key] = max(covering, key=lambda price: len(price.attributes), default=None)
        return self._found[key]

    def terms(self, sku: Sku) -> tuple[str, ...]:
        """Every term under which the catalogue sells this SKU."""
        named = sorted(term for service, kind, term in self._prices if (service, kind) == (sku.service, sku.kind))
        return tuple(term for term in named if self.price(Sku(sku.service, sku.kind, sku.attributes, term)))

    def without(self, forgotten: Price) -> Catalogue:
        """The same catalogue with one price removed: to see what a missing price does to a bill."""
        price_key = (forgotten.service, forgotten.kind, forgotten.term)
        kept = [price for price in self._prices[price_key] if price.id != forgotten.id]
        return Catalogue(self.name, self.region, {**self._prices, price_key: kept}, self._other_regions)

    def of(self, region: str | None) -> Catalogue | None:
        """The catalogue of a region (None: this one); None if no price of that region is held."""
        return self if region in (None, self.region) else self._other_regions(region or "")
