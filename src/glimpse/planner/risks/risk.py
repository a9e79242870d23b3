"""A risk: what may go wrong or is charged unasked, where, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.planner.levers.lever import GLIMPSE
from glimpse.planner.meter import Origin
from glimpse.planner.sentence import Sentence
from glimpse.planner.stack import Stack


@dataclass(frozen=True, slots=True)
class Risk:
    """
    `what` says what and why, with the figure that decides; its code is stable. `origin`: the resource that has it.
    `mended_by`: the lever that mends it for nothing, None where there is none.
    """

    what: Sentence
    origin: Origin
    mended_by: str | None = None


def mended_in_glimpse(stack: Stack, lever: str) -> str | None:
    """A lever that requires our own service, where that runs."""
    return lever if stack.runs == GLIMPSE else None
