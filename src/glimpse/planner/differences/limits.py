"""
Budgets over a difference: `--max-usd` for the total after it, `--max-increase` for what it adds.

What a change adds is judged without new prices of AWS, which are not its doing; the total after it is judged as it is.
Neither is judged with a new gap, unless `glimpse.toml` accepts it with a reason. Usage that nobody gave, and gaps that
both sides have, are in no amount and fail no budget.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.differences.causes import STACK, WORKLOAD, Difference
from glimpse.planner.money import usd_text
from glimpse.planner.sentence import Sentence, say

MAX_USD, MAX_INCREASE = "max_usd", "max_increase"
KEPT, BROKEN, UNKNOWN = "kept", "broken", "unknown"


@dataclass(frozen=True)
class Limit:
    """One budget: its name, its USD a month, the USD a month that it is compared with, the verdict, and why."""

    name: str
    usd: Fraction
    judged: Fraction
    verdict: str
    why: Sentence

    @property
    def option(self) -> str:
        return f"--{self.name.replace('_', '-')} {usd_text(self.usd)}"


def limits_of(difference: Difference, max_usd: Fraction | None, max_increase: Fraction | None) -> tuple[Limit, ...]:
    """The verdict on each budget that is given; anything but KEPT fails the command."""
    found = []
    if max_increase is not None:
        found.append(_limit(difference, MAX_INCREASE, max_increase, difference.by(STACK, WORKLOAD)))
    if max_usd is not None:
        found.append(_limit(difference, MAX_USD, max_usd, difference.after.monthly))
    return tuple(found)


def _limit(difference: Difference, name: str, usd: Fraction, judged: Fraction) -> Limit:
    open_gaps = sum(not difference.after.accepts(gap) for gap in difference.gaps_new)
    params = {"judged": usd_text(judged), "limit": usd_text(usd)}
    if judged > usd:
        why = say(f"limit_broken_{name}", **params, past=usd_text(judged - usd))
        return Limit(name, usd, judged, BROKEN, why)
    if open_gaps:
        return Limit(name, usd, judged, UNKNOWN, say("limit_unknown", count=open_gaps))
    if name == MAX_INCREASE and judged <= 0:
        why = say("limit_kept_nothing" if difference.is_whole else "limit_kept_nothing_known")
        return Limit(name, usd, judged, KEPT, why)
    return Limit(name, usd, judged, KEPT, say(f"limit_kept_{name}", **params))
