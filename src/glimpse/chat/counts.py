"""What one task counts: plain numbers, to which the other modules add, and which `/metrics` reads."""

from __future__ import annotations

from collections import Counter

ACK_SECONDS_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of `ack_buckets`; one bucket more has no bound."""


class Counts:
    """Totals since the task started."""

    def __init__(self) -> None:
        self.joined = 0
        self.left: Counter[str] = Counter()
        """Sockets that left, by reason."""

        self.events: Counter[str] = Counter()
        """Events that clients sent, by name; unknown names count as `other`."""

        self.refusals: Counter[str] = Counter()
        """Refused requests, by code."""

        self.deliveries = 0
        """Events that were sent to sockets."""

        self.batches: Counter[int] = Counter()
        """Transactions of messages, by how many messages shared one."""

        self.ack_buckets = [0] * (len(ACK_SECONDS_BOUNDS) + 1)
        """Acknowledged messages, by the seconds from their arrival to their acknowledgement."""

        self.ack_seconds = 0.0
        """The sum of these seconds."""

        self.files: Counter[str] = Counter()
        """Files, by outcome."""

        self.unjoined: Counter[str] = Counter()
        """Sessions that ended while their client was in no namespace, by reason."""

        self.cut_off: Counter[str] = Counter()
        """Connections that were closed because their peer did not finish something or held too much, by reason."""

        self.failures = 0
        """Exceptions that are defects of this program."""

    @property
    def sockets(self) -> int:
        """How many are joined now."""
        return self.joined - self.left.total()
