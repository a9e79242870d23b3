"""Pieces of text, columns and bars of the short reports of a plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from rich.cells import cell_len

from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.plan import Effect, WaterfallStep
from glimpse.planner.report.fragments import place_text
from glimpse.planner.report.gaps import GapGroup
from glimpse.planner.report.places import address_text
from glimpse.words import Words, plain

SHOWN_PARTS = 3

GAP_REASONS = {"no_price": "gap_no_price", "no_price_in_term": "gap_no_price", "price_ends": "gap_no_price"}
"""Reasons that name what was looked for in the words of a price file: a short report names the part instead."""

EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def saves_text(step: WaterfallStep, words: Words) -> str:
    """What a change saves after those before it, for a column of figures."""
    at_least = step.saving.at_least
    if not step.usd and at_least:
        return words("saves_by_use")
    return f"≥ {usd_text(step.usd)}" if at_least else usd_text(step.usd)


def gap_text(group: GapGroup, words: Words) -> str:
    """What a group of gaps is: its type, how many, and why."""
    parts = ", ".join(plain(part) for part in group.components[:SHOWN_PARTS])
    code = GAP_REASONS.get(group.code)
    reason = words(code, parts=parts) if code else words.render(group.why)
    bound = "" if group.bound is None else words("gap_bound", usd=usd_text(group.bound))
    # A reason that begins with an address names the type already.
    name = plain(group.type) if group.type and group.type not in reason else ""
    count = f"×{group.count}" if group.count > 1 else ""
    before = " ".join(filter(None, (name, count)))
    return f"{before}: {reason}{bound}" if before else f"{reason}{bound}"


def less_text(steps: Sequence[WaterfallStep], words: Words) -> str:
    """What steps of the waterfall that follow each other change the total by: below 0 where they save."""
    less = steps[-1].after - steps[0].before
    return words("saves_by_use") if not less and any(step.saving.at_least for step in steps) else usd_text(less)


def share_text(monthly: Fraction, total: Fraction) -> str:
    """A share of the bill in whole per cent."""
    percent = monthly / total * 100
    return "<1 %" if percent < 1 else f"{decimal_text(percent, 0)} %"


def change_cells(effect: Effect, words: Words) -> tuple[str, str, str]:
    """What to expect of a change, the effort, and where."""
    lever = effect.lever
    return words(f"loses_{lever.name}"), words(f"effort_{lever.effort}"), first_place(effect.places, words)


def rest_text(rest: Sequence[WaterfallStep], words: Words) -> str:
    """How many changes are not shown, what they are for if they save nothing, and where they are."""
    mends = all(step.lever.mends and not step.usd for step in rest)
    return words("changes_rest_mending" if mends else "changes_rest", count=len(rest))


def first_place(places: Sequence[Origin], words: Words) -> str:
    """The file and line of the first place, or its address, and how many more there are."""
    if not places:
        return ""
    first = places[0]
    place = place_text(first) or address_text(first.address, words)
    return place + (f" +{len(places) - 1}" if len(places) > 1 else "")


def bar(cells: Fraction) -> str:
    """A bar of so many columns, to an eighth; something always shows."""
    eighths = max(1, round(cells * 8))
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8]


def bar_between(low: Fraction, high: Fraction) -> str:
    """A bar from one column to another; something always shows, unless they are the same."""
    if low == high:
        return ""
    if low == 0:
        return bar(high)
    start = min(round(low), math.ceil(high) - 1)
    return " " * start + ("█" * round(high - low) or "▏")


def right(text: str, width: int) -> str:
    """At the right edge of a column; format() would count a Korean letter as one column."""
    return " " * (width - cell_len(text)) + text


def fit_end(text: str, width: int) -> str:
    """The end of a place that is too long for its column, so that file and line stay."""
    while cell_len(text) > max(width, 1):
        text = "…" + text.removeprefix("…")[1:]
    return text
