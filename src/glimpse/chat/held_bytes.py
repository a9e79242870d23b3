"""
The bytes that peers make a task hold: what they have not finished sending, and what they have not read.

A bound for each connection alone would have to be so small that it refuses honest messages: a thousand peers, each with
a message of 1 MB that misses its last byte, take more memory than a task has. So there is one bound for the whole task,
and past it the peer that holds most is cut off.
"""

from __future__ import annotations

from typing import Protocol

MAX_HELD_BYTES = 64_000_000
"""
An eighth of a task with 512 MiB, whose process takes about 60 MB and whose 20,000 idle sockets take about 70 MB. Python
may take three times the bytes that are held: buffers grow in steps, and a message is copied when it is complete.
"""

UNCOUNTED_BYTES = 4_096
"""
Up to this many unread bytes of one peer are not counted, because counting costs time with every event. Above it the
event loop calls `pause_writing`. 20,000 peers hold at most 82 MB that are not counted.
"""


class Holder(Protocol):
    """One peer's connection or session."""

    def held_bytes(self) -> int:
        """How many bytes are held for it now."""
        ...

    def cut_off(self, reason: str) -> None:
        """End it at once, and free what it holds."""
        ...


HELD_TOO_MUCH = "held bytes"
"""Why the peer that holds most is cut off, as the metrics name it."""


class HeldBytes:
    """Counts what each holder holds. `total` is never above `max_bytes` for longer than one call."""

    def __init__(self, max_bytes: int = MAX_HELD_BYTES) -> None:
        self.total = 0
        self._max_bytes = max_bytes
        self._held: dict[Holder, int] = {}
        self._is_cutting = False

    def update(self, holder: Holder, size: int) -> None:
        """`holder` holds `size` bytes now. Above the bound, cut off who holds most, which may be this one."""
        self.total += size - self._held.get(holder, 0)
        if size:
            self._held[holder] = size
        else:
            self._held.pop(holder, None)
        if self.total > self._max_bytes and not self._is_cutting:
            self._is_cutting = True
            try:
                self._cut_off_largest()
            finally:
                self._is_cutting = False

    def _cut_off_largest(self) -> None:
        # Some peers have read since they were counted, and must not be cut off for what they held then.
        for holder in list(self._held):
            self.update(holder, holder.held_bytes())
        while self.total > self._max_bytes:
            largest = max(self._held, key=self._held.__getitem__)
            self.update(largest, 0)
            largest.cut_off(HELD_TOO_MUCH)
