"""Step Functions: standard workflows by the transition, express ones by request and by time. SWF, its elder."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.traffic import Traffic

STATES, SWF = "AmazonStates", "AmazonSWF"
REQUESTS, DURATION, MEMORY = "monthly_requests", "workflow_duration_ms", "memory_mb"

STEP_MS, STEP_MB = 100, 64
"""An express workflow is charged in steps of 100 ms and of 64 MB, each rounded up (Step Functions pricing page)."""

MB_PER_GB, MS_PER_HOUR = 1024, 3_600_000


@dataclass(frozen=True, slots=True)
class StateMachine:
    origin: Origin
    express: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if not self.express:
            sku = Sku(STATES, "standard_transition")
            yield metering.used("State transitions", "transition", "monthly_transitions", sku)
            return
        yield metering.used("Express requests", "request", REQUESTS, Sku(STATES, "express_request"))
        keys = (REQUESTS, DURATION, MEMORY)
        sku = Sku(STATES, "express_gb_hour")
        yield metering.used("Express duration", "GB-hour", keys, sku, quantity=_gb_hours(metering))


def _gb_hours(metering: Metering) -> Fraction | None:
    requests, milliseconds, mb = (metering.number(key) for key in (REQUESTS, DURATION, MEMORY))
    if requests is None or milliseconds is None or mb is None:
        return None
    charged_ms = math.ceil(milliseconds / STEP_MS) * STEP_MS
    charged_mb = max(1, math.ceil(mb / STEP_MB)) * STEP_MB
    return requests * charged_ms * Fraction(charged_mb, MB_PER_GB) / MS_PER_HOUR


@dataclass(frozen=True, slots=True)
class WorkflowDomain:
    """A domain of Simple Workflow Service: its workflows are charged as they start and while they stay open."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        for component, unit, key, kind in (
            ("Workflow executions", "execution", "monthly_executions", "execution"),
            ("Workflow tasks", "task", "monthly_tasks", "task"),
            ("Open and retained workflows", "day", "monthly_workflow_days", "workflow_day"),
        ):
            yield metering.used(component, unit, key, Sku(SWF, kind))
