"""
Which password is hashed next, and when. Hashing is the most expensive thing that a stranger can ask for, so it has a
share of the processor. When more hashes are asked for than the share allows, the networks take turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from glimpse.chat.limits import TokenBuckets

SHARE = 0.1
"""Of one core, on average: five hashes of 20 ms a second. That is 40 % of a quarter vCPU, the smallest task."""

BURST_SECONDS = 0.2
"""Processor time that may be used at once after a pause: ten hashes."""

MAX_WAITING = 20
"""The last of them waits for four seconds."""

MAX_REMEMBERED, REMEMBERED_SECONDS = 60, 60.0
"""A network's earlier hashes count against it: at most MAX_REMEMBERED, and one less every REMEMBERED_SECONDS."""

USUAL_NETWORK_ADVANTAGE = 30
"""
A log-in from the account's usual network goes before others although its network had this many hashes more. The number
is finite, because an attacker has accounts whose usual network is the attacker's.
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    rank: float
    network: str
    item: T


class HashQueue(Generic[T]):
    """
    The fewer hashes a network had lately, and the fewer of it wait, the sooner it has its turn. Every `now` is in
    seconds, of one clock.
    """

    def __init__(self) -> None:
        self._left, self._counted_at = BURST_SECONDS, 0.0
        self._remembered = TokenBuckets(1 / REMEMBERED_SECONDS, MAX_REMEMBERED)
        # Sorted by rank, and in the order of their arrival where it is equal.
        self._waiting: list[_Waiting[T]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, item: T, network: str, is_usual_network: bool, now: float) -> T | None:
        """Returns the item that loses its place, which may be this one, where more than MAX_WAITING would wait."""
        rank = MAX_REMEMBERED - self._remembered.left(network, now)
        rank += sum(each.network == network for each in self._waiting)
        rank -= USUAL_NETWORK_ADVANTAGE if is_usual_network else 0
        place = sum(each.rank <= rank for each in self._waiting)
        self._waiting.insert(place, _Waiting(rank, network, item))
        return self._waiting.pop().item if len(self._waiting) > MAX_WAITING else None

    def seconds_until_next(self, now: float) -> float:
        """How long the next must wait until the share allows it."""
        self._count(now)
        return max(-self._left, 0.0) / SHARE

    def take(self, now: float) -> T:
        """The item whose turn it is, which leaves the queue. Raises IndexError where none waits."""
        taken = self._waiting.pop(0)
        self._remembered.allows(taken.network, now)
        return taken.item

    def spent(self, cpu_seconds: float, now: float) -> None:
        """
        Count what a hash took: processor time, because on a quarter vCPU the system suspends a hash of 20 ms for up to
        60 ms, in which it uses nothing.
        """
        self._count(now)
        self._left -= cpu_seconds

    def _count(self, now: float) -> None:
        self._left = min(BURST_SECONDS, self._left + max(now - self._counted_at, 0.0) * SHARE)
        self._counted_at = now
