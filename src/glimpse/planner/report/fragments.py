"""Pieces of text that more than one report of a bill shows."""

from __future__ import annotations

from glimpse.planner.bill import Bill, Line
from glimpse.planner.finding import Finding
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.regions import RegionComparison
from glimpse.words import Words, plain
from glimpse.planner.workload import Workload


def workload_name(workload: Workload, words: Words) -> str:
    return plain(workload.source) or words("ui_no_workload")


def region_text(entry: RegionComparison, words: Words) -> str:
    """What the stack costs in another region, and how that differs from its own."""
    monthly = usd_text(entry.bill.monthly)
    cost = words("at_least_usd", monthly=monthly) if entry.bill.at_least else f"${monthly}"
    if entry.difference is None:
        return words("region_incomplete", region=entry.region, cost=cost, count=len(entry.missing))
    code = "region_costs_more" if entry.difference >= 0 else "region_costs_less"
    return words(code, region=entry.region, cost=cost, difference=usd_text(abs(entry.difference)))


def place_text(entry: Finding) -> str:
    """The file and, where it is known, the line of what was found."""
    file = plain(entry.file or "")
    return file if entry.line is None else f"{file}:{entry.line}"


def quantity_text(line: Line) -> str:
    """A line's quantity with its unit; a dash for usage that nobody gave."""
    amount = "–" if line.quantity is None else decimal_text(line.quantity.expected, 4)
    return f"{amount} {line.meter.unit}"


def total_text(bill: Bill, words: Words) -> str:
    """What stands before a total: whether something is missing, and whether usage comes on top."""
    total = words("ui_total_at_least" if bill.at_least else "ui_total")
    return f"{total}, {usage_text(bill, words)}" if bill.before_usage else total


def usage_text(bill: Bill, words: Words) -> str:
    """What a total leaves out that people's use decides: all of it, or what nobody gave."""
    given = any(line.meter.usage_based and line.quantity and not line.quantity.is_zero for line in bill.lines)
    return words("before_other_usage" if given else "before_usage")


def unit_usd_text(line: Line, words: Words) -> str:
    """The price of one unit, where there is one; an upfront payment is added."""
    price = line.price
    if price is None:
        return words("ui_no_price") if line.quantity is None else ""
    unit = decimal_text(price.tiers[0].usd) if len(price.tiers) == 1 else words("ui_tiered")
    return unit + (f"+{decimal_text(price.upfront_usd)}" if price.upfront_usd else "")
