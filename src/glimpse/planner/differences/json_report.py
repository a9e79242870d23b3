"""
A difference as JSON: `glimpse.diff/1`.

A line with several causes has an entry for each, so that the entries' `delta_usd` add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from glimpse import __version__
from glimpse.planner.bill import line_id
from glimpse.planner.catalogue import Price
from glimpse.planner.differences.causes import CAUSES, CHANGED, Difference, LineDifference
from glimpse.planner.differences.limits import Limit
from glimpse.planner.differences.snapshots import Charge, Gap, Snapshot
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.report.json_values import Json, finding_as_json, plain_or_none, sentence_as_json, usd_or_none
from glimpse.words import Words, plain

ALWAYS = ("delta_usd", "quantity", "monthly_usd", "lines", "new", "gone", "region", "catalogue")
"""What is there where it is null or empty, too."""


def difference_as_json(difference: Difference, limits: Sequence[Limit], words: Words) -> Json:
    document = {
        "schema": "glimpse.diff/1",
        "generated_by": f"glimpse {__version__}",
        "currency": "USD",
        "free_tier": "always" if difference.after.free_tier else "none",
        "before": _side(difference.before),
        "after": _side(difference.after),
        "delta_usd": usd_text(difference.delta),
        "delta_percent": None if difference.percent is None else decimal_text(difference.percent, 1),
        "by_cause": {cause: usd_text(difference.by(cause)) for cause in CAUSES},
        "unknown_lines": len(difference.unknown),
        "lines": [entry for line in difference.lines for entry in _line(line, difference, words)],
        "moved": [{"from": plain(old), "to": plain(new)} for new, old in difference.moved.items()],
        "gaps": {
            "new": [_gap(gap, words, difference.after.accepts(gap)) for gap in difference.gaps_new],
            "gone": [_gap(gap, words) for gap in difference.gaps_gone],
        },
        "limits": [
            {
                "name": limit.name,
                "usd": usd_text(limit.usd),
                "judged_usd": usd_text(limit.judged),
                "verdict": limit.verdict,
                "why": sentence_as_json(limit.why, words),
            }
            for limit in limits
        ],
        "warnings": [finding_as_json(found, words) for found in difference.warnings],
    }
    kept: Json = _kept(document)
    return kept


def _side(side: Snapshot) -> Json:
    return {
        "source": plain(side.name),
        "commit": side.commit,
        "region": plain(side.region),
        "catalogue": plain(side.catalogue),
        "monthly_usd": usd_text(side.monthly),
        "highest_usd": usd_text(side.highest),
        "at_least": side.at_least,
        "before_usage": side.before_usage,
    }


def _line(line: LineDifference, difference: Difference, words: Words) -> Iterator[Json]:
    charge = line.charge
    region = difference.after.region if line.after else difference.before.region
    for part in line.parts:
        yield {
            "id": plain(line_id(line.address, charge.component)),
            "address": plain(line.address),
            "moved_from": plain_or_none(line.moved_from),
            "file": plain_or_none(charge.origin.file),
            "line": charge.origin.line,
            "service": plain(charge.service),
            "component": plain(charge.component),
            "region": plain(charge.origin.region or region),
            "unit": plain(charge.unit),
            "usage_based": charge.usage_based,
            "change": line.change,
            "cause": part.cause,
            "delta_usd": usd_or_none(part.delta),
            "before": _charge(line.before, line, words),
            "after": _charge(line.after, line, words),
        }


def _charge(charge: Charge | None, line: LineDifference, words: Words) -> Json | None:
    if charge is None:
        return None
    replaced = line.change == CHANGED and line.before and line.after and line.before.component != line.after.component
    return {
        "component": plain(charge.component) if replaced else None,
        "term": plain(charge.term),
        "quantity": charge.quantity_text,
        **_rate(charge.price),
        "monthly_usd": usd_or_none(charge.monthly),
        "price_id": plain(charge.price.id) if charge.price else None,
        "as_of": plain(charge.price.as_of) if charge.price else None,
        "needs": sentence_as_json(charge.needs, words) if charge.needs else None,
    }


def _rate(price: Price | None) -> Json:
    if price is None:
        return {}
    upfront = usd_text(price.upfront_usd) if price.upfront_usd else None
    if len(price.tiers) == 1:
        return {"unit_usd": decimal_text(price.tiers[0].usd), "upfront_usd": upfront}
    tiers = [{"from": decimal_text(tier.start), "unit_usd": decimal_text(tier.usd)} for tier in price.tiers]
    return {"tiers": tiers, "upfront_usd": upfront}


def _gap(gap: Gap, words: Words, is_accepted: bool | None = None) -> Json:
    return {
        "address": plain(gap.address) if gap.address else None,
        "component": plain(gap.component) if gap.component else None,
        **sentence_as_json(gap.what, words),
        "file": plain_or_none(gap.file),
        "line": gap.line,
        "accepted": is_accepted,
    }


def _kept(value: Any) -> Any:
    """The same without null and empty fields."""
    if isinstance(value, list):
        return list(map(_kept, value))
    if not isinstance(value, dict):
        return value
    kept = {name: _kept(item) for name, item in value.items()}
    return {name: item for name, item in kept.items() if name in ALWAYS or item not in (None, {}, [], "")}
