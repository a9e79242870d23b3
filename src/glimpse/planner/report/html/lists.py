"""The lists of the page: the first rows of each, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from glimpse.planner.meter import Origin
from glimpse.planner.report.fragments import place_text
from glimpse.words import plain

MAX_ROWS, MAX_PLACES = 40, 10
"""
The rows of a list, and the places of one change, gap or risk, that the page shows. It then stays below 1 MB, however
many resources a stack has and however long their names are.
"""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class FirstRows(Generic[R]):
    """The first rows of a list, and how many more there are."""

    shown: tuple[R, ...]
    more: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A resource that a change, a gap or a risk is about: its address, file and line, and what changes there."""

    address: str
    place: str
    changes: str = ""


def first_rows(rows: Iterable[R], most: int = MAX_ROWS) -> FirstRows[R]:
    found = tuple(rows)
    return FirstRows(found[:most], len(found[most:]))


def place_rows(origins: Iterable[Origin]) -> FirstRows[PlaceRow]:
    return first_rows((PlaceRow(plain(origin.address), place(origin)) for origin in origins), MAX_PLACES)


def place(origin: Origin) -> str:
    """The file and line, with the region where it is not the stack's own; empty where neither is known."""
    return " · ".join(filter(None, (place_text(origin), plain(origin.region or ""))))
