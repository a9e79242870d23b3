"""What a change saves, as text and as JSON: an amount, at least one, below some usage, between two, or unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.report.places import address_text, first_texts
from glimpse.planner.saving import Saving
from glimpse.words import Words, plain

SHOWN_USAGES = 3
"""The usages that a sentence names; the rest is counted."""


def saving_text(saving: Saving, amount: Callable[[Fraction], str] = usd_text) -> str:
    """Short, for a column of figures; `amount` writes a figure in USD."""
    if saving.usd is None:
        return "?"
    usd = amount(saving.usd)
    if saving.highest is not None:
        return f"{usd}…{amount(saving.highest)}"
    if saving.break_even:
        return f"≤ {usd}" if saves_below(saving) else "?"
    return f"≥ {usd}" if saving.at_least else usd


def saves_below(saving: Saving) -> bool:
    """Whether it saves as long as the usage that nobody gave stays below some amount."""
    return bool(saving.break_even) and all(even.units and not even.is_above for even in saving.break_even)


def saving_notes(saving: Saving, words: Words) -> Iterator[str]:
    """What a figure does not say: on which usage it depends, and what has no price."""
    pointless = [even for even in saving.break_even if not even.units]
    if pointless:
        keys = ", ".join(dict.fromkeys(even.key for even in pointless[:SHOWN_USAGES]))
        yield words("saves_depends", keys=keys, count=len(pointless))
    yield from _break_even_texts(saving, words)
    if saving.highest is not None:
        yield words("saves_between", parts=_parts(saving))
    elif saving.missing:
        yield words("saves_unpriced", parts=_parts(saving))


def _break_even_texts(saving: Saving, words: Words) -> Iterator[str]:
    """Below or above which usage it saves, where all other usage is 0: a sentence, or a list of several."""
    found = [even for even in saving.break_even if even.units]
    if not found:
        return
    one, any_of = ("saves_above", "saves_above_any") if found[0].is_above else ("saves_below", "saves_below_any")
    usd = usd_text(abs(saving.usd or Fraction(0)))
    usages = [
        words(
            "usage_stored" if even.unit.endswith("-month") else "usage_a_month",
            units=decimal_text(even.units, 1), unit=even.unit, key=even.key, address=address_text(even.address, words),
        )
        for even in found
    ]  # fmt: skip
    if len(usages) == 1:
        yield words(one, usd=usd, usage=usages[0])
        return
    yield words(any_of, usd=usd)
    yield from (f"- {text}" for text in first_texts(usages, SHOWN_USAGES, "usages_more", words))


def _parts(saving: Saving) -> str:
    return ", ".join(dict.fromkeys(plain(part.component) for part in saving.missing))


def saving_as_json(saving: Saving) -> dict[str, Any]:
    return {
        "usd": None if saving.usd is None else usd_text(saving.usd),
        "at_least": saving.at_least or None,
        "highest_usd": None if saving.highest is None else usd_text(saving.highest),
        "break_even": [
            {
                "address": plain(even.address),
                "usage_key": even.key,
                "unit": even.unit,
                "units": decimal_text(even.units, 4),
                "saves": "above" if even.is_above else "below",
            }
            for even in saving.break_even
        ],
        "missing": [{"address": plain(part.address), "component": plain(part.component)} for part in saving.missing],
    }
