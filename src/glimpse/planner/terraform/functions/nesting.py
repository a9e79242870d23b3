"""How deep a document may be nested."""

from __future__ import annotations

from glimpse.planner.terraform.errors import TooMuch

MAX_DEPTH = 200
"""Far more than any document of a stack needs. Each level takes a few calls on Python's stack."""


def check_depth(depth: int) -> None:
    """Raises TooMuch."""
    if depth > MAX_DEPTH:
        raise too_deep()


def too_deep() -> TooMuch:
    return TooMuch("levels of a document", MAX_DEPTH)
