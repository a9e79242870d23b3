"""Long work in slices of the event loop's time, so that what other clients wait for is done between two slices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

SLICE = 500
"""Items of one slice: checking 500 cursors takes a fraction of a millisecond of a full core."""


async def slices(items: Iterable[T]) -> AsyncIterator[Sequence[T]]:
    """The items in their order, at most SLICE of them at a time. Between two slices the event loop has a turn."""
    rest = iter(items)
    while part := list(islice(rest, SLICE)):
        yield part
        if len(part) == SLICE:
            await asyncio.sleep(0)
