"""How long AWS takes, divided by the speed of a drill. Each figure names its source."""

from __future__ import annotations

from random import Random

from msgspec import Struct

SPOT_NOTICE_SECONDS = 120.0
"""From SIGTERM to SIGKILL at most, whatever stopTimeout says (ECS developer guide, Fargate capacity providers)."""

PLACEMENT_SECONDS = (25.0, 45.0, 90.0)
"""
Least, most likely and most of what ECS takes to place a Fargate task and pull its image: observed, in the scaling
measurements of vladionescu.me (2022) and the containers-roadmap issues 358, 649 and 696.
"""

BOOT_SECONDS = (5.0, 15.0)
"""From the start of a container to its first answer, assumed uniform. The real start of our task counts against it."""


class Timings(Struct, frozen=True):
    """
    Seconds, after the division by `speed`. `stop_timeout` is from SIGTERM to SIGKILL; `drain` is what the service is
    told to take.
    """

    speed: float
    notice: float
    stop_timeout: float
    drain: float
    deregistration_delay: float

    def start_seconds(self, random: Random) -> float:
        """A drawn time from the decision to start a task to the moment when it serves."""
        least, likely, most = PLACEMENT_SECONDS
        return (random.triangular(least, most, likely) + random.uniform(*BOOT_SECONDS)) / self.speed


def timings(speed: float, stop_timeout: float, drain: float, deregistration_delay: float) -> Timings:
    """`speed` is at least 1; the others are seconds on AWS."""
    notice = SPOT_NOTICE_SECONDS / speed
    return Timings(speed, notice, min(stop_timeout / speed, notice), drain / speed, deregistration_delay / speed)
