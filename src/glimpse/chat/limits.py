"""How much one user may ask of one task."""

from __future__ import annotations

from collections.abc import Hashable

FEW = 10_000
"""So many buckets are kept without a look at which of them are full again."""


class Rates:
    """
    A token bucket for each key: `per_second` on the average, and as many at once after a second of silence.

    Buckets that are full again are forgotten, so that what is kept follows who is active, not who ever was.
    """

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._forget_above = FEW

    def allows(self, key: Hashable, now: float) -> bool:
        """Whether one more is within the rate; if so it is counted."""
        left, before = self._buckets.get(key, (self.per_second, now))
        if now > before:
            left = min(self.per_second, left + (now - before) * self.per_second)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > self._forget_above:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket[1] < 1}
            self._forget_above = max(FEW, 2 * len(self._buckets))
        return allowed
