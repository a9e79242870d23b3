"""
How a task stops: its phases, and when each socket leaves. Time is handed in.

    phase      at the default    what happens
    notice     0 to 10 s         /health is 503, every socket is told, everything is served as before
    closing    10 to 20 s        handshakes are refused; the sockets that stayed are closed one after the other
    ending     20 to 25 s        requests under way are answered, then the process ends

The balancer needs the notice: it sends clients here until it has seen the 503, and Spot notifies it no sooner than the
task. The sockets are spread over the phases so that the other tasks do not get all of them at once.
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
    """It began at `began` and takes `seconds`; 0 ends at once. Seconds of any clock, everywhere the same."""

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
        """When it is closed if it stayed, in the same order."""
        return self.closing_at + _spread(number) * (self.ending_at - self.closing_at)


def _spread(number: int) -> float:
    return number * GOLDEN % 1.0
