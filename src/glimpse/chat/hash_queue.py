"""
Which password is hashed next, and when. Hashing is the dearest thing that a stranger can ask for, so it has a share of
the processor; and when more is asked for than that, each network gets its turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from glimpse.chat.limits import TokenBuckets

SHARE = 0.1
"""
Of one core, on average: five hashes a second of 20 ms. It is 40 % of a quarter vCPU, the smallest task.
"""

BURST_SECONDS = 0.2
"""Processor time that may be used at once after a pause: ten hashes."""

MAX_WAITING = 20
"""The last of them waits for four seconds."""

MAX_REMEMBERED, REMEMBERED_SECONDS = 60, 60.0
"""Of the hashes of a network, so many count, and one less every REMEMBERED_SECONDS."""

HOME_ADVANTAGE = 30
"""
Hashes that a network may have had more than another and still be first, with the log-in of an owner at home. It is
finite, because an attacker is at home in accounts of their own.
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    rank: float
    network: str
    item: T


class HashQueue(Generic[T]):
    """
    The less a network had hashed lately, and the less of it is waiting, the sooner it is its turn. Every `now` is in
    seconds, of one clock.
    """

    def __init__(self) -> None:
        self._left, self._counted_at = BURST_SECONDS, 0.0
        self._remembered = TokenBuckets(1 / REMEMBERED_SECONDS, MAX_REMEMBERED)
        # Sorted by rank, and in the order of their arrival where it is equal.
        self._waiting: list[_Waiting[T]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, item: T, network: str, is_at_home: bool, now: float) -> T | None:
        """The item that loses its place where more than MAX_WAITING would wait; it may be this one."""
        rank = MAX_REMEMBERED - self._remembered.left(network, now)
        rank += sum(each.network == network for each in self._waiting)
        rank -= HOME_ADVANTAGE if is_at_home else 0
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
        What the hash took. Processor time and not the time that passed: on a quarter vCPU a hash of 20 ms is suspended
        for up to 60 ms, in which it uses nothing.
        """
        self._count(now)
        self._left -= cpu_seconds

    def _count(self, now: float) -> None:
        self._left = min(BURST_SECONDS, self._left + max(now - self._counted_at, 0.0) * SHARE)
        self._counted_at = now
