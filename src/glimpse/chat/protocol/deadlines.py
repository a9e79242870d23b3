"""How long a peer may take for what it has begun, and how much it may send before the task knows it."""

from __future__ import annotations

START_SECONDS = 10.0
"""For a message or a body that has only begun."""

BYTES_PER_SECOND = 1_000
"""The least rate: a tenth of the slowest mobile networks that are still in use (EDGE, 10 kB/s)."""

MAX_SECONDS = 60.0
"""For a whole message, which is 1 MB at 17 kB/s."""

MAX_UNJOINED_BYTES = 8_000
"""The longest message or body of a client in no namespace: CONNECT has a token of at most 4,096 characters."""


def seconds_for(received: int) -> float:
    """How long a body or message may take to be complete, when `received` bytes of it have come so far."""
    return min(START_SECONDS + received / BYTES_PER_SECOND, MAX_SECONDS)
