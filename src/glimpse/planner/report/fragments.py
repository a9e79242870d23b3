"""Pieces of text that more than one report of a bill shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Protocol, TypeVar

from glimpse.planner.bill import Bill, Line
from glimpse.planner.catalogue import Price
from glimpse.planner.finding import Finding
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.regions import RegionComparison
from glimpse.planner.workload import Workload
from glimpse.words import Words, plain

T = TypeVar("T")

NUMBERED = re.compile(r" \(\d+\)$")
"""`EBS gp3 storage (2)`: the second line of one component at one address (`bill.numbered`)."""

SHOWN_ADDRESSES = 3
SOURCE_SEPARATOR = " | "
"""Between documents that agree on a price, in its source."""


def first_of(items: Sequence[T], shown: int) -> tuple[Sequence[T], int]:
    """The first `shown` items, and how many more there are. A single one more is shown: it takes as much room."""
    return (items, 0) if len(items) <= shown + 1 else (items[:shown], len(items) - shown)


def dollars_text(usd: Fraction) -> str:
    """An amount for a sentence: `$88.29`, `-$0.05`."""
    return ("-$" if usd < 0 else "$") + usd_text(abs(usd))


class Priced(Protocol):
    """Anything with a total, in USD a month."""

    @property
    def monthly(self) -> Fraction: ...

    @property
    def at_least(self) -> bool:
        """Whether parts of it have no price, or were not read."""


def cost_text(priced: Priced, words: Words) -> str:
    """A total for a sentence, `at least $88.29` where parts have no price or were not read."""
    monthly = usd_text(priced.monthly)
    return words("at_least_usd", monthly=monthly) if priced.at_least else f"${monthly}"


def workload_name(workload: Workload, words: Words) -> str:
    return plain(workload.source) or words("ui_no_workload")


def region_text(entry: RegionComparison, words: Words) -> str:
    """What the stack costs in another region, and how that differs from its own."""
    cost = cost_text(entry.bill, words)
    if entry.difference is None:
        return words("region_incomplete", region=entry.region, cost=cost, count=len(entry.missing))
    code = "region_costs_more" if entry.difference >= 0 else "region_costs_less"
    return words(code, region=entry.region, cost=cost, difference=usd_text(abs(entry.difference)))


def place_text(place: Origin | Finding) -> str:
    """The file and, where it is known, the line; empty where the file is unknown."""
    file = plain(place.file or "")
    return file if place.line is None else f"{file}:{place.line}"


def quantity_text(line: Line) -> str:
    """A line's quantity with its unit; a dash for usage that nobody gave."""
    amount = "–" if line.quantity is None else decimal_text(line.quantity.expected, 4)
    return f"{amount} {line.meter.unit}"


def total_text(bill: Bill, words: Words) -> str:
    """What stands before a total: whether something is missing, and whether usage comes on top."""
    total = words("ui_total_at_least" if bill.at_least else "ui_total")
    return f"{total}, {usage_text(bill, words)}" if bill.before_usage else total


def other_total_label(bill: Bill, words: Words) -> str:
    """What stands before the total with the other answer to `--free-tier`."""
    return words("ui_total_listed" if bill.free_tier else "ui_total_free_tier")


def hours_text(bill: Bill, words: Words) -> str:
    """What every quantity and price of a bill is for."""
    return words("ui_hours_free_tier" if bill.free_tier else "ui_hours")


def usage_text(bill: Bill, words: Words) -> str:
    """What a total leaves out that people's use decides: all of it, or what nobody gave."""
    return words("before_other_usage" if some_usage_is_given(bill) else "before_usage")


def some_usage_is_given(bill: Bill) -> bool:
    """Whether any of what people's use decides has a quantity."""
    return any(line.meter.usage_based and line.quantity and not line.quantity.is_zero for line in bill.lines)


def unit_usd_text(line: Line, words: Words) -> str:
    """The price of one unit, where there is one; an upfront payment is added."""
    price = line.price
    if price is None:
        return words("ui_no_price") if line.quantity is None else ""
    unit = decimal_text(price.tiers[0].usd) if len(price.tiers) == 1 else words("ui_tiered")
    return unit + (f"+{decimal_text(price.upfront_usd)}" if price.upfront_usd else "")


def costs_nothing(line: Line) -> bool:
    """Whether a line's known quantity is 0 in every case: reports fold such lines to one."""
    return line.quantity is not None and line.quantity.is_zero and line.exact.is_zero


def charged_and_zero(bill: Bill) -> tuple[list[Line], list[Line]]:
    """The lines that cost something or may do so, and those that cost nothing in any case."""
    charged = [line for line in bill.lines if not costs_nothing(line)]
    return charged, [line for line in bill.lines if costs_nothing(line)]


def components_text(lines: Iterable[Line], words: Words, marks: Callable[[Line], str] = lambda line: "") -> str:
    """`component, component (address, address and 4 more); component (…)`; marks stand behind their component."""
    places: dict[str, dict[str, None]] = {}
    for line in lines:
        name = " ".join(filter(None, (plain(line.meter.component), marks(line))))
        places.setdefault(name, {})[plain(line.meter.origin.address)] = None
    together: dict[tuple[str, ...], list[str]] = {}
    for name, found in places.items():
        together.setdefault(tuple(found), []).append(name)
    return "; ".join(f"{', '.join(names)} ({_addresses(found, words)})" for found, names in together.items())


def _addresses(addresses: Sequence[str], words: Words) -> str:
    first, more = first_of(addresses, SHOWN_ADDRESSES)
    return ", ".join(first) + (f" {words('places_more', count=more)}" if more else "")


def source_text(price: Price) -> str:
    """The date of a price, how sure it is, and every source that it was read from, whole."""
    return _dated(price, whole_source(price))


def short_source_text(price: Price) -> str:
    """The same with the source in fewer words."""
    return _dated(price, plain(price.short_source))


def _dated(price: Price, source: str) -> str:
    return f"{price.as_of} {price.confidence:<6} {source}"


def whole_source(price: Price) -> str:
    """Every source of a price. Each is cut on its own: several that agree are longer than any name."""
    return SOURCE_SEPARATOR.join(plain(part) for part in price.source.split(SOURCE_SEPARATOR))


def price_text(price: Price, words: Words) -> str:
    """Every tier of a price, and an upfront payment where there is one, in one line."""
    return "; ".join(f"{usd} {unit}" for usd, unit in tier_texts(price, words))


def tier_texts(price: Price, words: Words) -> Iterator[tuple[str, str]]:
    """The price of each tier in USD, and the unit with where the tier begins; an upfront payment is the last."""
    for tier in price.tiers:
        unit = plain(price.unit)
        start = words("price_from", start=decimal_text(tier.start), unit=unit) if tier.start else ""
        yield decimal_text(tier.usd), start or words("price_per", unit=unit)
    if price.upfront_usd:
        yield decimal_text(price.upfront_usd), words("price_upfront", months=price.term_months)
