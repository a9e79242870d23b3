"""Rate limits of one task: for each user, and for each address."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Hashable

PRUNE_ABOVE = 10_000
"""Prune full buckets above this many."""


class TokenBuckets:
    """
    A token bucket for each key: `per_second` on average, and `burst` at once (by default as many as in a second).

    Full buckets are pruned, so memory follows who is active and not who ever was.
    """

    def __init__(self, per_second: float, burst: float | None = None) -> None:
        self.per_second = per_second
        self.burst = per_second if burst is None else burst
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._prune_above = PRUNE_ABOVE

    def allows(self, key: Hashable, now: float) -> bool:
        """Whether one more is within the rate; if so it takes a token."""
        left, before = self._buckets.get(key, (self.burst, now))
        if now > before:
            left = min(self.burst, left + (now - before) * self.per_second)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > self._prune_above:
            seconds_to_fill = self.burst / self.per_second
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket[1] < seconds_to_fill}
            self._prune_above = max(PRUNE_ABOVE, 2 * len(self._buckets))
        return allowed


class AddressLimiter:
    """
    Limits requests without a token by the address of the client.

    The balancer appends that address to X-Forwarded-For, so it is the last one; what stands before it, the client may
    have written. A request without the header does not come through the balancer and is not limited. `now` in seconds.
    """

    def __init__(self, per_second: float, now: Callable[[], float]) -> None:
        self._rates, self._now = TokenBuckets(per_second), now

    def allows(self, forwarded_for: str | None) -> bool:
        """`forwarded_for`: the last line of the header, where there are several."""
        if forwarded_for is None:
            return True
        return self._rates.allows(_network_of(forwarded_for.rpartition(",")[2].strip()), self._now())


def _network_of(address: str) -> str:
    """The IPv4 address, or the /64 of an IPv6 address, which is what one subscriber gets (RFC 6177); without a port."""
    bare = address.partition("]")[0].lstrip("[") if address.startswith("[") else address
    bare = bare.partition(":")[0] if bare.count(":") == 1 else bare
    try:
        known = ipaddress.ip_address(bare)
    except ValueError:
        return address
    return str(known) if known.version == 4 else str(ipaddress.ip_network((known, 64), strict=False))
