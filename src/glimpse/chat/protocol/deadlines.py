"""How long a peer may take for what it has begun, and how much it may send before the task knows it."""

from __future__ import annotations

START_SECONDS = 10.0
BYTES_PER_SECOND = 1_000
"""A tenth of the slowest mobile networks that are still in use (EDGE, 10 kB/s)."""

MAX_SECONDS = 60.0
"""A whole message of 1 MB at 17 kB/s."""

MAX_UNJOINED_BYTES = 8_000
"""A message or body of a client in no namespace: CONNECT has a token of at most 4,096 characters."""


def seconds_for(received: int) -> float:
    """How long a body or message may take until it is complete, of which `received` bytes have come so far."""
    return min(START_SECONDS + received / BYTES_PER_SECOND, MAX_SECONDS)
