"""The service that ran when the plan document was written: a NestJS task on Socket.IO and Prisma."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from glimpse.planner.estimate import Estimator
from glimpse.planner.levers.service import ORIGINAL

LOGGED_BYTES = Fraction(1000)
"""
What it logs for each message and request: an assumption, about one line of an access log. Nobody measured it, and the
document does not say; at 500 users it is $0.77 a month.
"""


def with_original(estimator: Estimator) -> Estimator:
    """The same prices, day and people, with the original's figures."""
    workload = estimator.workload
    numbers = {**workload.numbers, "log_bytes_per_event": LOGGED_BYTES}
    return replace(estimator, workload=replace(workload, runs=ORIGINAL, numbers=numbers))
