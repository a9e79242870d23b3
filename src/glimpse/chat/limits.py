"""A rate limit for each of many keys: users, networks, accounts."""

from __future__ import annotations

from collections.abc import Hashable

PRUNE_ABOVE = 1_000
"""Prune full buckets above this many. Each takes 100 bytes, one for every user who joined lately."""


class TokenBuckets:
    """
    A token bucket for each key: `per_second` tokens on average, and `burst` at once (by default those of one second).
    Every `now` is in seconds, of one clock.

    Full buckets are pruned, so memory follows who is active and not who ever was.
    """

    def __init__(self, per_second: float, burst: float | None = None) -> None:
        self.per_second = per_second
        self.burst = per_second if burst is None else burst
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._prune_above = PRUNE_ABOVE

    def allows(self, key: Hashable, now: float, cost: float = 1) -> bool:
        """
        Whether the key has a token; if so, take `cost` tokens. The key may go into debt for them, and is allowed the
        next one when that is paid back: something expensive may happen once, and then not again for a while.
        """
        buckets = self._buckets
        left, before = buckets.get(key) or (self.burst, now)
        if now > before:
            left += (now - before) * self.per_second
            if left > self.burst:
                left = self.burst
        allowed = left >= 1
        buckets[key] = (left - cost if allowed else left, now)
        if len(buckets) > self._prune_above:
            self._prune(now)
        return allowed

    def charge(self, key: Hashable, now: float, cost: float) -> None:
        """Take more tokens for something that was allowed and turned out to cost more than one."""
        self._buckets[key] = (self.left(key, now) - cost, now)

    def left(self, key: Hashable, now: float) -> float:
        """The tokens of a key; a debt is negative. Takes nothing, and keeps no bucket for a key that is new."""
        left, before = self._buckets.get(key, (self.burst, now))
        return min(self.burst, left + max(now - before, 0.0) * self.per_second)

    def seconds_until_allowed(self, key: Hashable, now: float) -> float:
        return max(1 - self.left(key, now), 0.0) / self.per_second

    def give_back(self, key: Hashable, cost: float = 1) -> None:
        """Return tokens that a key took for something that did not happen."""
        if key in self._buckets:
            left, before = self._buckets[key]
            self._buckets[key] = (min(self.burst, left + cost), before)

    def reset(self, key: Hashable) -> None:
        """Fill the bucket of a key."""
        self._buckets.pop(key, None)

    def _prune(self, now: float) -> None:
        self._buckets = {
            key: (left, before)
            for key, (left, before) in self._buckets.items()
            if left + (now - before) * self.per_second < self.burst
        }
        self._prune_above = max(PRUNE_ABOVE, 2 * len(self._buckets))
