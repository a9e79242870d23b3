"""
How a task stops: its phases, and when each socket leaves. Time is handed in.

    phase      at the default    what happens
    notice     0 to 10 s         /health is 503, every socket is told, everything is served as before
    closing    10 to 20 s        handshakes are refused; the sockets that stayed are closed one after the other
    ending     20 to 25 s        requests under way are answered, then the process ends

The notice is for the balancer, which sends clients here until it has seen the 503; a Spot interruption is announced to
it no sooner than to the task. The sockets are spread over the phases, so that they do not all reconnect at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MAX_NOTICE_SECONDS = 10.0

NOTICE, CLOSING, ENDING = "notice", "closing", "ending"

GOLDEN = (math.sqrt(5) - 1) / 2
"""Multiples of this, modulo 1, are spread evenly however many there are (a Weyl sequence)."""


@dataclass(frozen=True, slots=True)
class Drain:
    """A drain that began at `began` and takes `seconds`; with 0 it ends at once. All times are of the same clock."""

    began: float
    seconds: float

    @property
    def closing_at(self) -> float:
        """The notice is two fifths of the drain, and 10 s at most."""
        return self.began + min(MAX_NOTICE_SECONDS, 0.4 * self.seconds)

    @property
    def ending_at(self) -> float:
        """The last fifth is for answering what is under way."""
        return self.began + 0.8 * self.seconds

    def phase(self, now: float) -> str:
        if now < self.closing_at:
            return NOTICE
        return CLOSING if now < self.ending_at else ENDING

    def leaves_at(self, number: int) -> float:
        """When the socket of this number is asked to connect elsewhere: within the notice."""
        return self.began + _spread(number) * (self.closing_at - self.began)

    def closes_at(self, number: int) -> float:
        """When that socket is closed if it has not left; the order is the same."""
        return self.closing_at + _spread(number) * (self.ending_at - self.closing_at)


def _spread(number: int) -> float:
    return number * GOLDEN % 1.0
