"""How much one user, and one address, may ask of one task."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Hashable

PRUNE_ABOVE = 10_000
"""So many buckets are kept without a look at which of them are full again."""


class TokenBuckets:
    """
    A token bucket for each key: `per_second` on the average, and `at_once` after a silence, by itself a second's.

    Buckets that are full again are forgotten, so that what is kept follows who is active, not who ever was.
    """

    def __init__(self, per_second: float, at_once: float | None = None) -> None:
        self.per_second = per_second
        self.at_once = per_second if at_once is None else at_once
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._forget_above = PRUNE_ABOVE

    def allows(self, key: Hashable, now: float) -> bool:
        """Whether one more is within the rate; if so it is counted."""
        left, before = self._buckets.get(key, (self.at_once, now))
        if now > before:
            left = min(self.at_once, left + (now - before) * self.per_second)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > self._forget_above:
            full = self.at_once / self.per_second
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket[1] < full}
            self._forget_above = max(PRUNE_ABOVE, 2 * len(self._buckets))
        return allowed


class AddressLimiter:
    """
    How often strangers may knock: what is asked without a token, by the address they come from.

    Only behind a balancer, which names the address last in X-Forwarded-For: what comes before it, the client wrote
    itself. A request without it comes from inside. `now` in seconds.
    """

    def __init__(self, per_second: float, now: Callable[[], float]) -> None:
        self._rates, self._now = TokenBuckets(per_second), now

    def allows(self, forwarded_for: str | None) -> bool:
        """`forwarded_for`: the last line of that header, where there are several."""
        if forwarded_for is None:
            return True
        return self._rates.allows(_network_of(forwarded_for.rpartition(",")[2].strip()), self._now())


def _network_of(address: str) -> str:
    """Whom an address belongs to: a port says nothing, and one line is given 2**64 addresses of IPv6 (RFC 6177)."""
    bare = address.partition("]")[0].lstrip("[") if address.startswith("[") else address
    bare = bare.partition(":")[0] if bare.count(":") == 1 else bare
    try:
        known = ipaddress.ip_address(bare)
    except ValueError:
        return address
    return str(known) if known.version == 4 else str(ipaddress.ip_network((known, 64), strict=False))
