"""
How a task goes away: a table of phases, and where each socket stands in them. Time is handed in.

    phase      at the default    what happens
    notice     0 to 10 s         /health is 503, every socket is told, everything is served as before
    closing    10 to 20 s        no handshake; the sockets that stayed close one after the other
    ending     20 to 25 s        what is under way is answered, then the process ends

A balancer needs the notice: it may send people here until it has seen the 503, and Spot tells it no sooner than us.
The spread keeps whoever takes over from meeting everybody at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MAX_NOTICE_SECONDS = 10.0

NOTICE, CLOSING, ENDING = "notice", "closing", "ending"

GOLDEN = (math.sqrt(5) - 1) / 2
"""Steps of this much of a circle leave no two neighbours close, however many there are (a Weyl sequence)."""


@dataclass(frozen=True, slots=True)
class Drain:
    """It began at `began` and takes `seconds`; none is an end at once. Any clock, the same throughout, in seconds."""

    began: float
    seconds: float

    @property
    def closing_at(self) -> float:
        """The notice is two fifths, and 10 s at most."""
        return self.began + min(MAX_NOTICE_SECONDS, 0.4 * self.seconds)

    @property
    def ending_at(self) -> float:
        """A fifth is left to end in."""
        return self.began + 0.8 * self.seconds

    def phase(self, now: float) -> str:
        if now < self.closing_at:
            return NOTICE
        return CLOSING if now < self.ending_at else ENDING

    def leaves_at(self, number: int) -> float:
        """When the socket of this number is asked to look for another task: within the notice, each at its own time."""
        return self.began + _place(number) * (self.closing_at - self.began)

    def closes_at(self, number: int) -> float:
        """When it is closed if it stayed, in the same order."""
        return self.closing_at + _place(number) * (self.ending_at - self.closing_at)


def _place(number: int) -> float:
    return number * GOLDEN % 1.0
