"""A snapshot from what `glimpse bill` or `glimpse plan` wrote with `--format json`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from glimpse.planner.catalogue import Price, Tier
from glimpse.planner.differences.snapshots import Charge, Gap, Snapshot, gap_of, gap_of_choice
from glimpse.planner.finding import Finding, InputError
from glimpse.planner.meter import Origin
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.workload import TERMS
from glimpse.words import LANGUAGES, Words

BILL, PLAN = "glimpse.bill/1", "glimpse.plan/1"
BROKEN = (KeyError, TypeError, AttributeError, ValueError, ZeroDivisionError)
"""What reading raises for JSON of another shape."""

NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
OTHER_TERM_MONTHS = 12
"""Of a term that this release does not know: its upfront payment is spread over a year."""


def is_bill(document: Any) -> bool:
    """Whether this is the JSON of a bill or a plan of ours."""
    return isinstance(document, dict) and document.get("schema") in (BILL, PLAN)


def snapshot_in(document: Mapping[str, Any], name: str) -> Snapshot:
    """The bill of such a JSON; of a plan, that of the stack as it stands. Raises InputError for another shape."""
    try:
        bill = document if document["schema"] == BILL else document["today"]
        return Snapshot(
            name, str(bill["region"]), str(bill["catalogue"]["id"]), bill["free_tier"] == "always",
            tuple(map(_charge, bill["lines"])), tuple(_gaps(bill)), bool(bill["at_least"]),
            _number(bill["range"]["max"]), warnings=tuple(map(_finding, bill.get("warnings", ()))),
        )  # fmt: skip
    except BROKEN:
        raise InputError(say("bill_json_broken", path=name)) from None


def _charge(row: Mapping[str, Any]) -> Charge:
    return Charge(
        Origin(_text(row["address"]), _text_or_none(row.get("file")), _line(row), _text_or_none(row.get("region"))),
        _text(row["component"]),
        _text(row["service"]),
        _text(row["unit"]),
        _text(row["term"]),
        None if row["quantity"] is None else _number(row["quantity"]),
        _price(row),
        None if row["monthly_usd"] is None else _number(row["monthly_usd"]),
        bool(row["usage_based"]),
        _sentence(row["needs"]) if row.get("needs") else None,
    )


def _price(row: Mapping[str, Any]) -> Price | None:
    if "price_id" not in row:
        return None
    tiers = row.get("tiers") or [{"from": "0", "unit_usd": row["unit_usd"]}]
    return Price(
        _text(row["price_id"]), _text(row["service"]), "", {}, _text(row["term"]), _text(row["unit"]),
        tuple(Tier(_number(tier["from"]), _number(tier["unit_usd"])) for tier in tiers),
        _text(row.get("source", "")), _text(row.get("as_of", "")), _text(row.get("confidence", "")),
        _number(row.get("upfront_usd", "0")), TERMS.get(row["term"], OTHER_TERM_MONTHS),
    )  # fmt: skip


def _gaps(bill: Mapping[str, Any]) -> Iterator[Gap]:
    for row in bill.get("unpriced", ()):
        yield Gap(
            _text(row["address"]), _text(row["component"]), _sentence(row), _text_or_none(row.get("file")), _line(row)
        )
    yield from map(gap_of, map(_finding, bill.get("unresolved", ())))
    for choice in bill.get("choices", ()):
        for name in choice["variables"]:
            yield gap_of_choice(_text(name), _text_or_none(choice.get("file")), _line(choice))


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(_sentence(row), _text_or_none(row.get("file")), _line(row))


def _sentence(row: Mapping[str, Any]) -> Sentence:
    """
    The sentence by its code and facts, so that it is read in the reader's language; by its text where another release
    has written what this one cannot say.
    """
    code, params = _text(row["code"]), row.get("params") or {}
    if not all(isinstance(value, str | int) for value in params.values()):
        raise TypeError
    said = Sentence(code, dict(params))
    try:
        for language in LANGUAGES:
            Words(language).render(said)
    except KeyError:
        return say("text_of_bill", text=_text(row["text"]))
    return said


def _number(text: Any) -> Fraction:
    if not isinstance(text, str) or not NUMBER.fullmatch(text):
        raise ValueError
    return Fraction(text)


def _line(row: Mapping[str, Any]) -> int | None:
    line = row.get("line")
    return line if isinstance(line, int) else None


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError
    return text


def _text_or_none(text: Any) -> str | None:
    return None if text is None else _text(text)
