"""Blocking work on a thread, which a cancellation waits for: what it started must be known before it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """What `work` returns. Where the caller is cancelled meanwhile, that takes effect once `work` has ended."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait((running,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        # Nobody asks for its exception any more.
        running.exception()
        raise cancelled
    return running.result()
