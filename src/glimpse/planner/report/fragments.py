"""Pieces of text that more than one report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from glimpse.planner.availability import Availability
from glimpse.planner.bill import Bill, Line
from glimpse.planner.finding import Finding
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.regions import Elsewhere
from glimpse.planner.scenarios import Scenario
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.steps import EDIT, Step
from glimpse.planner.words import Words, plain
from glimpse.planner.workload import Workload

if TYPE_CHECKING:
    from glimpse.planner.plan_document.claims import Amount, Claim
    from glimpse.planner.plan_document.rows import Row


def document_row(row: Row) -> str:
    """The plan document's own columns, in its own words."""
    low, high = row.monthly_usd
    cost = f"${low}" if low == high else f"${low}-{high}"
    share = "" if row.saving_percent is None else f"{row.saving_percent}%"
    stars = "⭐" * (row.stars or 0)
    return ", ".join(filter(None, (cost, share, row.websocket, row.availability, row.difficulty, stars)))


def amount_text(amount: Amount | None, words: Words) -> str:
    """A figure of a claim, from its low to its high end, with its unit."""
    if amount is None:
        return "–"
    scale = 100 if amount.unit == "percent" else 1
    places = {"usd": None, "usd_per_gb": 4, "percent": 1}.get(amount.unit, 0)
    ends = [
        ("-$" if end < 0 else "$") + usd_text(abs(end)) if places is None else decimal_text(end * scale, places)
        for end in (amount.low, amount.high)
    ]
    return words(f"unit_{amount.unit}", value=ends[0] if ends[0] == ends[1] else "–".join(ends))


def claims_text(claims: Iterable[Claim], words: Words) -> str:
    """How many claims hold, do not, and cannot be told."""
    counts = Counter(claim.verdict for claim in claims)
    return words("ui_claims_count", confirmed=counts["confirmed"], refuted=counts["refuted"], unknown=counts["unknown"])


def availability_sentence(found: Availability, words: Words) -> Sentence:
    unrated = ", ".join(words(f"part_{name}") for name in found.unrated) or words("part_none")
    least, most = rated_text(found), decimal_text(found.most * 100, 2)
    if found.tasks is None:
        return say("availability_functions", least=least, unrated=unrated)
    return say(
        "availability_why", least=least, most=most, tasks=found.tasks, on_demand=found.on_demand or 0, unrated=unrated
    )


def rated_text(found: Availability | None) -> str:
    """Per cent with every rated part counted; a dash where nothing is rated, or nothing runs."""
    return "–" if found is None or found.least == 1 or found.tasks == 0 else f"{float(found.least) * 100:.2f}"


def step_text(step: Step, scenario: Scenario, words: Words) -> str:
    """What to do, and beside an edit what it saves in its scenario."""
    effect = next((effect for effect in scenario.effects if effect.lever.name == step.lever), None)
    saved = effect and effect.here.certain_usd
    if step.phase != EDIT or not saved:
        return words.say(step.what)
    return f"{words.say(step.what)}  ({words('ui_edit_saves', saved=usd_text(saved))})"


def workload_name(workload: Workload, words: Words) -> str:
    return plain(workload.source) or words("ui_no_workload")


def region_text(entry: Elsewhere, words: Words) -> str:
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
