"""
The rows of the plan document's table of scenarios, each with its line.

The document is `docs/plan-document.ko.md`. Nothing here is computed and nothing is believed: the report sets what
this stack comes to beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One row of the document's table of scenarios, as far as it fills the columns. `stars` are of five."""

    line: int
    monthly_usd: tuple[int, int]
    saving_percent: int | None = None
    websocket: str = ""
    availability: str = ""
    difficulty: str = ""
    stars: int | None = None


ROWS: Mapping[str, ScenarioRow] = {
    "extreme": ScenarioRow(13, (40, 46), 45, "✅ (API GW)", "낮음 (1-2 tasks)", "중", 2),
    "balanced": ScenarioRow(14, (56, 66), 28, "✅ (ALB)", "중간 (2 tasks)", "쉬움", 5),
    "serverless": ScenarioRow(15, (25, 36), 65, "⚠️ (제한적)", "높음", "어려움", 1),
    "phase6": ScenarioRow(419, (45, 45)),
}
