"""The bill as JSON: `glimpse.bill/1`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from glimpse import __version__
from glimpse.planner.bill import Bill, Line
from glimpse.planner.catalogue import Price
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.paid import Comparison
from glimpse.planner.quantities import HOURS_PER_MONTH, CostCases
from glimpse.planner.regions import RegionComparison
from glimpse.planner.report.json_values import (
    Json,
    finding_as_json,
    place_as_json,
    plain_or_none,
    sentence_as_json,
    usd_or_none,
    without_empty,
)
from glimpse.planner.report.paid import paid_as_json
from glimpse.planner.stack import Choice, Unpriced
from glimpse.planner.workload_keys import KEYS
from glimpse.words import Words, plain


def bill_as_json(
    bill: Bill,
    with_other_free_tier: Fraction,
    words: Words,
    there: Sequence[RegionComparison] = (),
    paid: Comparison | None = None,
) -> Json:
    """`there` are the other regions that the same stack was priced in, `paid` is what was paid beside it."""
    return without_empty(
        {
            "schema": "glimpse.bill/1",
            "generated_by": f"glimpse {__version__}",
            **bill_fields(bill, with_other_free_tier, words),
            "elsewhere": [_region(entry, words) for entry in there],
            "actual": paid_as_json(paid) if paid else None,
        }
    )


def _region(entry: RegionComparison, words: Words) -> Json:
    return {
        "region": entry.region,
        "monthly_usd": usd_text(entry.bill.monthly),
        "at_least": entry.bill.at_least,
        "delta_usd": usd_or_none(entry.difference),
        "missing": [unpriced_as_json(part, words) for part in entry.missing],
    }


def bill_fields(bill: Bill, with_other_free_tier: Fraction, words: Words) -> Json:
    held = [line.price.as_of for line in bill.lines if line.price and line.price.as_of != "unknown"]
    return {
        "region": bill.stack.region,
        "region_from": sentence_as_json(bill.stack.region_from, words) if bill.stack.region_from else None,
        "currency": "USD",
        "hours_per_month": HOURS_PER_MONTH,
        "free_tier": "always" if bill.free_tier else "none",
        "catalogue": {
            "id": bill.catalogue.name,
            "newest": max(held, default=None),
            "oldest": min(held, default=None),
        },
        "workload": workload_as_json(bill),
        "monthly_usd": usd_text(bill.monthly),
        "monthly_usd_exact": decimal_text(bill.exact),
        "monthly_usd_free_tier": usd_text(bill.monthly if bill.free_tier else with_other_free_tier),
        "at_least": bill.at_least,
        "before_usage": bill.before_usage,
        "range": {
            "min": usd_text(bill.range.low),
            "expected": usd_text(bill.range.expected),
            "max": usd_text(bill.range.high),
        },
        "choices": [_choice(bill.stack.choice)] if bill.stack.choice else [],
        "missing_variables": [
            {"name": plain(row.name), "file": plain_or_none(row.file), "line": row.line, "decides": row.decides}
            for row in bill.stack.missing
        ],
        "by_service": {service: usd_text(amount) for service, amount in sorted(bill.by_service().items())},
        "coverage": bill.coverage(),
        "lines": [_line(line, bill.stack.region, words) for line in bill.lines],
        "free": [plain(origin.address) for origin in bill.free],
        "unpriced": [unpriced_as_json(entry, words) for entry in bill.unpriced],
        "unresolved": [finding_as_json(found, words) for found in bill.stack.unresolved],
        "warnings": [finding_as_json(found, words) for found in bill.stack.warnings],
    }


def _choice(choice: Choice) -> Json:
    return {
        "variable": plain(choice.variables[0]),
        "variables": [plain(name) for name in choice.variables],
        "expression": plain(choice.expression),
        "file": plain_or_none(choice.file),
        "line": choice.line,
        "worlds": [
            {
                "when": ", ".join(
                    f"{plain(name)} = {plain(text)}" if text else f"{plain(name)}: otherwise"
                    for name, text in world.when
                ),
                "monthly_usd": usd_text(world.monthly),
                "at_least": world.at_least,
            }
            for world in choice.worlds
        ],
    }


def _line(line: Line, region: str, words: Words) -> Json:
    meter, price = line.meter, line.price
    return {
        "id": plain(line.id),
        **place_as_json(meter.origin),
        "service": meter.sku.service,
        "component": plain(meter.component),
        "region": meter.origin.region or region,
        "term": meter.sku.term,
        "quantity": None if line.quantity is None else decimal_text(line.quantity.expected),
        "range": _range(line.quantity),
        "unit": meter.unit,
        "unit_usd": decimal_text(price.tiers[0].usd) if price and len(price.tiers) == 1 else None,
        "tiers": _tiers(price),
        "monthly_usd": None if line.quantity is None else usd_text(line.monthly),
        "usage_based": meter.usage_based,
        "upfront_usd": usd_text(price.upfront_usd) if price and price.upfront_usd else None,
        "committed_until": line.committed_until,
        "price_id": price.id if price else None,
        "source": price.source if price else None,
        "as_of": price.as_of if price else None,
        "confidence": price.confidence if price else None,
        "assumes": [sentence_as_json(sentence, words) for sentence in meter.assumes],
        "needs": sentence_as_json(meter.needs, words) if meter.needs else None,
        "usage_keys": list(meter.usage_keys),
    }


def _range(quantity: CostCases | None) -> Json | None:
    if quantity is None or quantity.low == quantity.expected == quantity.high:
        return None
    return {
        "min": decimal_text(quantity.low),
        "expected": decimal_text(quantity.expected),
        "max": decimal_text(quantity.high),
    }


def _tiers(price: Price | None) -> list[Json] | None:
    if price is None or len(price.tiers) == 1:
        return None
    return [{"from": decimal_text(tier.start), "unit_usd": decimal_text(tier.usd)} for tier in price.tiers]


def workload_as_json(bill: Bill) -> Json:
    workload = bill.workload
    sections: Json = {
        "source": plain(workload.source) or "none",
        "runs": plain_or_none(workload.runs),
        "environment": plain_or_none(workload.environment),
        "document": plain_or_none(workload.document),
    }
    if not workload.has_people:
        return sections
    for key in KEYS:
        sections.setdefault(key.section, {})[key.name] = decimal_text(workload[key.name])
    sections["people"]["hours"] = [decimal_text(hour) for hour in workload.hours]
    sections["derived"] = [
        {"name": row.name, "value": decimal_text(row.value, 4), "unit": row.unit, "formula": row.formula}
        for row in workload.derived(bill.usage.traffic.capacity)
    ]
    return sections


def unpriced_as_json(entry: Unpriced, words: Words) -> Json:
    place = {"file": plain_or_none(entry.origin.file), "line": entry.origin.line}
    return {
        "address": plain(entry.origin.address),
        "component": plain(entry.component),
        **sentence_as_json(entry.why, words),
        **place,
    }
