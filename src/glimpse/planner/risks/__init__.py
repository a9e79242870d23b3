"""
The risks of a stack as it stands: what is charged or breaks although nobody chose it, each with why and where.

A file for each subject, and in it a function for each kind. A rule warns only of what the files certainly say: what is
unknown is never a risk. Commitments that price nothing are not here: they are among the stack's warnings
(commitments.py).
"""

from __future__ import annotations

from glimpse.planner.bill import Bill
from glimpse.planner.risks import databases, instances, monitoring, network, support, tasks
from glimpse.planner.risks.risk import Risk

__all__ = ["Risk", "risks_of"]

RULES = (
    support.charged_now,
    databases.public,
    tasks.pools_that_do_not_fit,
    tasks.keep_alive_too_short,
    monitoring.alarms_without_actions,
    monitoring.topics_without_subscription,
    network.slow_health_checks,
    tasks.killed_before_drained,
    network.one_way_out,
    support.charged_soon,
    databases.storage_that_cannot_grow,
    tasks.scaling_without_room,
    instances.scaling_without_room,
    instances.credits,
    monitoring.logs_kept_for_ever,
)
"""Those that cost money or break something today first; what people mostly accept last."""


def risks_of(bill: Bill) -> tuple[Risk, ...]:
    """Every risk of the bill's stack, the gravest first."""
    return tuple(risk for rule in RULES for risk in rule(bill))
