"""The lever that changes which chat service runs: for a team on the NestJS service that Glimpse may replace."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers.lever import GIVES_UP, GLIMPSE, SERVICE, Lever
from glimpse.planner.stack import Stack

ORIGINAL = "nestjs-original"
"""The service that Glimpse was made to replace, as `[service] runs` of `glimpse.toml` and `capacity/` name it."""


def glimpse_service(stack: Stack) -> Stack:
    """The same stack with Glimpse in its tasks: what a task of it carries, and what it costs then, is measured."""
    return replace(stack, runs=GLIMPSE) if stack.runs == ORIGINAL else stack


LEVERS = (Lever("glimpse_service", "service", GIVES_UP, glimpse_service, SERVICE, "migration", gives_up="own_service"),)
