"""
AWS Budgets that act: by the day of each budget, however many actions it has.

Source: AWS Budgets' pricing page, as known on 2026-11-28. Watching and notifying is free.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import DAYS_PER_MONTH
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class ActingBudget:
    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).fixed(
            "Budget with actions",
            "budget-day",
            Sku("AWSBudgets", "action_budget_day"),
            DAYS_PER_MONTH,
            assumes=(say("two_budgets_free"),),
        )
