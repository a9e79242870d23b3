"""
The rows of an offer file become prices.

An offer file is CSV: five rows about the file, the names of the columns, and a row for each price of a product (AWS
Billing user guide, "Reading the service price list file for an AWS service"). Columns differ by service and are found
by name.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from glimpse.planner.price_updates.charges import Charge, Sku, one_charge
from glimpse.planner.price_updates.meters import EVERYWHERE, FROM_COLUMN, ON_DEMAND, Meter, Meters
from glimpse.planner.price_updates.snapshot import Attributes, Key
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.usage_types import WHOLE_REGION

MAX_COLUMNS = 1_000
MAX_ROWS = 20_000_000
MAX_USD = Decimal(100_000)
"""USD of one unit. The dearest price that is held is below 1,000."""

MAX_UPFRONT_USD = Decimal(20_000_000)

HEAD_ROWS = 5
NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}", re.ASCII)
REQUIRED = (
    "sku", "offertermcode", "termtype", "startingrange", "endingrange", "unit", "priceperunit", "currency",
    "usagetype", "operation",
)  # fmt: skip
RESERVED_COLUMNS = ("leasecontractlength", "purchaseoption", "offeringclass")
IN_REGION = "AWS Region"
"""The location type of what is charged in the region itself, and not in a Local Zone or on an Outpost."""

TIME = re.compile(r"(hour|hr|minute|second)s?$")


class OfferRefused(Exception):
    """An offer file that cannot be trusted; the sentence says why."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why.code)
        self.why = why


@dataclass(frozen=True)
class Offer:
    """The prices of one offer file, by region and key. `published` is a date as AWS writes it."""

    code: str
    version: str
    published: str
    charges: Mapping[str, Mapping[Key, Charge]]


class Shape(NamedTuple):
    """
    How a kind is held anywhere: its unit, the sets of attribute names with the terms that go with them, and the values
    of each attribute.
    """

    unit: str
    held: frozenset[tuple[tuple[str, ...], str]]
    values: Mapping[str, frozenset[str]]


Shapes = Mapping[tuple[str, str], Shape]


class OfferReader:
    """Reads the file of one offer for one region. Raises OfferRefused."""

    def __init__(
        self,
        meters: Meters,
        region: str,
        shapes: Shapes,
        codes: Mapping[str, str],
        edges: Mapping[str, Sequence[str]],
    ) -> None:
        """`codes`: regions by the code that usage types begin with. `edges`: where prices of each edge are held."""
        self._meters = meters
        self._region = region
        self._shapes = shapes
        self._codes = codes
        self._edges = edges
        self._columns: dict[str, int] = {}
        self._width = 0
        self._found: dict[tuple[str, Key], dict[tuple[str, str], Sku]] = defaultdict(lambda: defaultdict(Sku))

    def read(self, rows: Iterable[list[str]]) -> Offer:
        """`rows`: the cells of the whole file."""
        numbered = iter(rows)
        version, published = self._head(numbered)
        for number, cells in enumerate(numbered):
            if number > MAX_ROWS:
                raise OfferRefused(say("price_offer_too_large"))
            if not cells:
                continue
            if len(cells) != self._width:
                raise OfferRefused(say("price_offer_cut", row=number + HEAD_ROWS + 2))
            self._row(cells)
        charges: dict[str, dict[Key, Charge]] = defaultdict(dict)
        for (region, key), by_sku in self._found.items():
            charges[region][key] = one_charge(key, by_sku.values())
        return Offer(self._meters.offered.code, version, published, charges)

    def _head(self, rows: Iterator[list[str]]) -> tuple[str, str]:
        head: dict[str, str] = {}
        for cells in rows:
            if cells and cells[0] == "SKU":
                break
            if len(head) >= HEAD_ROWS or len(cells) != 2:
                raise OfferRefused(say("price_offer_no_head"))
            head[_plain(cells[0])] = cells[1]
        else:
            raise OfferRefused(say("price_offer_no_head"))
        if len(cells) > MAX_COLUMNS:
            raise OfferRefused(say("price_offer_columns", count=len(cells), limit=MAX_COLUMNS))
        self._width = len(cells)
        for index, name in enumerate(cells):
            self._columns.setdefault(_plain(name), index)
        if (code := head.get("offercode", "")) != self._meters.offered.code:
            raise OfferRefused(say("price_offer_other", found=code, expected=self._meters.offered.code))
        self._need(*REQUIRED)
        if self._meters.offered.is_regional:
            self._need(_plain(self._meters.offered.location), _plain(self._meters.offered.region))
        for columns in self._meters.where.values():
            self._need(*(_plain(name) for name, allowed in columns.items() if "" not in allowed))
        published = head.get("publicationdate", "")[:10]
        try:
            datetime.date.fromisoformat(published)
        except ValueError:
            raise OfferRefused(say("price_offer_no_head")) from None
        return head.get("version", ""), published

    def _need(self, *columns: str) -> None:
        for name in columns:
            if name not in self._columns:
                raise OfferRefused(say("price_offer_column", column=name))

    def _cell(self, cells: Sequence[str], column: str) -> str:
        index = self._columns.get(_plain(column))
        return "" if index is None else cells[index]

    def _row(self, cells: Sequence[str]) -> None:
        columns = self._columns
        whole = cells[columns["usagetype"]]
        for usage_type, edge in self._usage_types(whole):
            term = cells[columns["termtype"]]
            for meter, name in self._meters.of(usage_type, cells[columns["operation"]], term):
                if meter.edges is not bool(edge) or not self._is_here(cells) or not self._fits(meter, cells):
                    continue
                key = self._key(meter, name, term, cells)
                if key is None:
                    continue
                for region in edge or (self._region if self._region != EVERYWHERE else "global",):
                    self._add(region, key, meter, cells)

    def _usage_types(self, whole: str) -> Iterator[tuple[str, Sequence[str]]]:
        """The usage type without the region or the edge that it begins with; nothing for another region's."""
        prefix, dash, rest = whole.partition("-")
        if self._region == EVERYWHERE:
            if dash and prefix in self._edges:
                yield rest, self._edges[prefix]
            yield whole, ()
        elif match := WHOLE_REGION.fullmatch(whole):
            if match[1] == self._region:
                yield match[2], ()
        elif prefix not in self._codes:
            yield whole, ()
        elif self._codes[prefix] == self._region:
            yield rest, ()

    def _is_here(self, cells: Sequence[str]) -> bool:
        """Whether a row is charged in the region. A row of the region's own services that names another is refused."""
        offered = self._meters.offered
        if self._region == EVERYWHERE:
            return True
        if self._cell(cells, offered.location) != IN_REGION:
            return False
        region = self._cell(cells, offered.region)
        if region and region != self._region:
            raise OfferRefused(say("price_offer_region", found=region, expected=self._region))
        return bool(region)

    def _fits(self, meter: Meter, cells: Sequence[str]) -> bool:
        return all(
            self._cell(cells, column).lower() in (value.lower() for value in allowed)
            for column, allowed in self._meters.condition(meter).items()
        )

    def _key(self, meter: Meter, name: str, term: str, cells: Sequence[str]) -> Key | None:
        """What the row is the price of; None for what no price is held under."""
        ours = self._term(term, cells)
        shape = self._shapes.get((meter.service, meter.kind))
        if shape is None or (tuple(sorted(meter.attributes)), ours) not in shape.held:
            return None
        named = {}
        for attribute, stated in meter.attributes.items():
            is_column = stated.startswith(FROM_COLUMN)
            value = self._cell(cells, stated.removeprefix(FROM_COLUMN)) if is_column else stated.replace("*", name)
            # The rest of a usage type may name more than the kind: only what is held somewhere is taken from it.
            if not NAME.fullmatch(value) or ("*" in stated and value not in shape.values[attribute]):
                return None
            named[attribute] = value
        attributes: Attributes = tuple(sorted(named.items()))
        return meter.service, meter.kind, attributes, ours

    def _term(self, term: str, cells: Sequence[str]) -> str:
        if term == ON_DEMAND:
            return "on_demand"
        lease, purchase, offering = (self._cell(cells, column).lower() for column in RESERVED_COLUMNS)
        name = f"reserved_{lease.replace(' ', '')}_{purchase.replace(' ', '_')}"
        return f"{name}_convertible" if offering == "convertible" else name

    def _add(self, region: str, key: Key, meter: Meter, cells: Sequence[str]) -> None:
        columns = self._columns
        if (currency := cells[columns["currency"]]) != "USD":
            raise OfferRefused(say("price_offer_currency", found=currency))
        usd = _number(cells[columns["priceperunit"]])
        sku = self._found[region, key][cells[columns["sku"]], cells[columns["offertermcode"]]]
        unit = cells[columns["unit"]]
        if key[3] != "on_demand" and unit == "Quantity":
            sku.upfront += _at_most(usd, MAX_UPFRONT_USD)
            return
        usd = _at_most(usd * meter.per, MAX_USD)
        start, end = cells[columns["startingrange"]], cells[columns["endingrange"]]
        first = _number(start or "0") / meter.per
        last = None if end in ("Inf", "") else _number(end) / meter.per
        if _time(unit) != _time(self._shapes[key[0], key[1]].unit):
            sku.doubt = "price_doubt_unit"
        if sku.tiers.setdefault(first, (usd, last)) != (usd, last):
            sku.doubt = "price_doubt_twice"


def _plain(name: str) -> str:
    """AWS writes `usageType` in one file and `Usage Type` in another."""
    return re.sub(r"[^a-z0-9/]", "", name.lower())


def _number(text: str) -> Decimal:
    if not NUMBER.fullmatch(text):
        raise OfferRefused(say("price_offer_number", text=text[:40]))
    return Decimal(text)


def _at_most(usd: Decimal, limit: Decimal) -> Decimal:
    if usd > limit:
        raise OfferRefused(say("price_offer_huge", usd=f"{usd:f}"))
    return usd


def _time(unit: str) -> str:
    """The hours, minutes or seconds that a unit counts; empty where it counts none."""
    match = TIME.search(unit.lower())
    return match[1].replace("hour", "hr") if match else ""
