"""Pieces of text that more than one report of a plan shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from glimpse.planner.availability import Availability
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.plan import Effect, Plan, Scenario
from glimpse.planner.report.fragments import dollars_text
from glimpse.planner.risks import Risk
from glimpse.planner.sentence import Sentence
from glimpse.planner.steps import EDIT, Step
from glimpse.words import Words

if TYPE_CHECKING:
    from glimpse.planner.plan_document.claims import AmountRange, Claim
    from glimpse.planner.plan_document.rows import ScenarioRow


def document_row(row: ScenarioRow) -> str:
    """The plan document's own columns, in its own words."""
    low, high = row.monthly_usd
    cost = f"${low}" if low == high else f"${low}-{high}"
    share = "" if row.saving_percent is None else f"{row.saving_percent}%"
    stars = "⭐" * (row.stars or 0)
    return ", ".join(filter(None, (cost, share, row.websocket, row.availability, row.difficulty, stars)))


def quoted(text: str) -> str:
    """The document's own words: they are Korean in every language of the report."""
    return f"“{text}”"


def amount_text(amount: AmountRange | None, words: Words) -> str:
    """A figure of a claim, from its low to its high end, with its unit."""
    if amount is None:
        return "–"
    scale = 100 if amount.unit == "percent" else 1
    places = {"usd": None, "usd_per_gb": 4, "percent": 1}.get(amount.unit, 0)
    ends = [
        dollars_text(end) if places is None else decimal_text(end * scale, places) for end in (amount.low, amount.high)
    ]
    return words(f"unit_{amount.unit}", value=ends[0] if ends[0] == ends[1] else "–".join(ends))


def claims_text(claims: Iterable[Claim], words: Words) -> str:
    """How many claims hold, do not, and cannot be told."""
    counts = Counter(claim.verdict for claim in claims)
    return words("ui_claims_count", confirmed=counts["confirmed"], refuted=counts["refuted"], unknown=counts["unknown"])


def availability_text(found: Availability, words: Words) -> str:
    """Between which two SLAs it is, of how many tasks, and what is not counted."""
    unrated = ", ".join(words(f"part_{name}") for name in found.unrated) or words("part_none")
    least, most = rated_text(found), decimal_text(found.most * 100, 2)
    if found.tasks is None:
        return words("availability_functions", least=least, unrated=unrated)
    return words(
        "availability_why", least=least, most=most, tasks=found.tasks, on_demand=found.on_demand or 0, unrated=unrated
    )


def rated_text(found: Availability | None) -> str:
    """Per cent with every rated part counted; a dash where nothing is rated, or nothing runs."""
    return "–" if found is None or found.least == 1 or found.tasks == 0 else f"{float(found.least) * 100:.2f}"


def step_text(step: Step, plan: Plan, words: Words) -> str:
    """What to do, and beside an edit what it saves."""
    saved = step_saving(step, plan, words) if step.phase == EDIT else ""
    return words.render(step.what) + (f"  ({saved})" if saved else "")


def is_of_a_lever(step: Step) -> bool:
    """Whether a step is a whole lever, in the lever's own words, and no part of the plan document's."""
    return step.lever is not None and step.what.code == f"how_{step.lever}"


def effect_of(step: Step, scenario: Scenario) -> Effect | None:
    """What the lever of a step does in its scenario."""
    return next((effect for effect in scenario.effects if effect.lever.name == step.lever), None)


def step_saving(step: Step, plan: Plan, words: Words) -> str:
    """What the lever of a step saves after those before it in the waterfall, so that the steps add up."""
    change = next((row for row in plan.waterfall if row.lever.name == step.lever), None)
    if change is None or not change.saving.is_certain:
        return ""
    if change.usd > 0:
        return words("ui_edit_saves_least" if change.saving.at_least else "ui_edit_saves", saved=usd_text(change.usd))
    return words("ui_edit_saves_usage") if change.saving.at_least else ""


def risks_together(risks: Iterable[Risk]) -> dict[Sentence, list[Origin]]:
    """Where each risk is: those that read the same stand together."""
    together: dict[Sentence, list[Origin]] = {}
    for risk in risks:
        together.setdefault(risk.what, []).append(risk.origin)
    return together


def risk_text(lever: str, words: Words) -> str:
    """`Risk: …`, of a lever by its name."""
    return f"{words('ui_risk')} {words(f'risk_{lever}')}"
