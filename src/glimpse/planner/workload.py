"""
The workload: what the owner of a stack states in `glimpse.toml`, as values.

The keys that hold one value are listed in workload_keys.py, and workload_checks.py makes a Workload of a parsed file.
Amounts are rates per user, so that changing `users` changes everything that follows from it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from glimpse.planner.capacity import Capacity
from glimpse.planner.given_usage import EMPTY, GivenUsage
from glimpse.planner.quantities import DAYS_PER_MONTH
from glimpse.planner.workload_keys import BUILT_IN_HOURS, KEYS

TERMS = {
    f"{kind}_{years}yr_{upfront}": 12 * years
    for kind in ("reserved", "compute_savings_plan")
    for years in (1, 3)
    for upfront in ("no_upfront", "partial_upfront", "all_upfront")
}


@dataclass(frozen=True, slots=True)
class Promises:
    """
    What the owner says that the stack must keep. None is nothing stated.

    `database` is an engine's name in lower case; `sockets` is how many are held with one task lost; `max_tasks` is how
    many scaling may reach at least. `may_give_up` names promises that a change need not keep.
    """

    websocket: bool | None = None
    min_tasks: int | None = None
    max_tasks: int | None = None
    min_on_demand_tasks: int | None = None
    database: str | None = None
    no_commitment: bool | None = None
    connections_fit: bool | None = None
    sockets: int | None = None
    may_give_up: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Commitment:
    """
    A reservation, or the part of a Savings Plan that is meant for one resource: it prices that resource's hours.
    `bought_on` is None if it is only proposed.
    """

    address: str
    term: str
    bought_on: datetime.date | None = None

    @property
    def until(self) -> datetime.date | None:
        if self.bought_on is None:
            return None
        years = TERMS[self.term] // 12
        try:
            return self.bought_on.replace(year=self.bought_on.year + years)
        except ValueError:  # the 29th of February
            return self.bought_on.replace(year=self.bought_on.year + years, day=28)

    def holds(self, today: datetime.date) -> bool:
        return self.bought_on is None or self.until is None or self.bought_on <= today < self.until


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A known unpriced or unresolved thing that `--strict` accepts. `address` may hold `*`."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class DerivedFigure:
    """A monthly figure with the formula that gave it."""

    name: str
    value: Fraction
    unit: str
    formula: str


@dataclass(frozen=True, eq=False)
class Workload:
    """
    All that `glimpse.toml` says. Compared by identity, so that results can be cached.

    `has_people`: it says how many users there are. Without that, what people do is unknown, and `numbers` holds
    nothing that may be counted. `runs` is the service that the tasks run, by which they are sized; `environment` is
    production, development, …; `scenarios` are named sets of levers.
    """

    source: str
    numbers: Mapping[str, Fraction]
    has_people: bool = False
    hours: tuple[Fraction, ...] = BUILT_IN_HOURS
    runs: str | None = None
    environment: str | None = None
    document: str | None = None
    scenarios: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    promises: Promises = Promises()
    commitments: tuple[Commitment, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    usage: GivenUsage = EMPTY

    def __getitem__(self, key: str) -> Fraction:
        return self.numbers[key]

    def monthly(self, what: str) -> Fraction:
        """How often people do `what` (messages, requests, uploads, …) in a month of 730 hours."""
        return self["users"] * self[what] * DAYS_PER_MONTH

    @cached_property
    def peak_sockets(self) -> Fraction:
        return self["users"] * self["peak_socket_share"]

    @cached_property
    def events(self) -> Fraction:
        """Messages and requests together: what a service may log, and what asks the database."""
        return self.monthly("messages") + self.monthly("requests")

    @cached_property
    def served_gb(self) -> Fraction:
        """What the service sends to people: deliveries and answers."""
        delivered = self.monthly("messages") * self["recipients_per_message"] * self["message_bytes"]
        return (delivered + self.monthly("requests") * self["response_bytes"]) / 10**9

    @cached_property
    def downloaded_gb(self) -> Fraction:
        return self.monthly("downloads") * self["download_mb"] / 1000

    def sent_gb(self, with_uploads: bool) -> Fraction:
        """What people send to the service; files are among it where they pass the API."""
        sent = self.monthly("messages") * self["message_bytes"] + self.monthly("requests") * self["request_bytes"]
        uploaded = self.monthly("uploads") * self["upload_mb"] / 1000 if with_uploads else Fraction(0)
        return sent / 10**9 + uploaded

    @cached_property
    def internet_out_gb(self) -> Fraction:
        return self.served_gb + self.downloaded_gb

    def stated(self, key: str) -> Fraction | None:
        """The number of a key that has no built-in value; None where it is not stated."""
        return self.numbers.get(key)

    def log_gb(self, capacity: Capacity | None) -> Fraction | None:
        """
        GB that the service logs in a month: by the bytes that are stated for an event, else by those that it was
        measured to write. None where neither is known.
        """
        stated = self.stated("log_bytes_per_event")
        bytes_per_event = capacity.log_bytes_per_event if stated is None and capacity else stated
        return None if bytes_per_event is None else self.events * bytes_per_event / 10**9

    @cached_property
    def stored_gb(self) -> Fraction:
        return self["users"] * self["stored_mb_per_user"] / 1000

    def derived(self, capacity: Capacity | None = None) -> tuple[DerivedFigure, ...]:
        """The figures that follow from the numbers, and from what the service was measured to log."""
        log_gb = self.log_gb(capacity)
        logged = "(monthly_messages + monthly_requests) × log_bytes_per_event"
        monthly = "users × {} × 730/24"
        return (
            DerivedFigure("peak_sockets", self.peak_sockets, "sockets", "users × peak_socket_share"),
            *(
                DerivedFigure(f"monthly_{name}", self.monthly(name), "monthly", monthly.format(name))
                for name in ("messages", "requests", "connects", "uploads", "downloads")
            ),
            DerivedFigure(
                "internet_out_gb",
                self.internet_out_gb,
                "gb_monthly",
                "monthly_messages × recipients_per_message × message_bytes + monthly_requests × response_bytes"
                " + monthly_downloads × download_mb",
            ),
            *(() if log_gb is None else (DerivedFigure("log_gb", log_gb, "gb_monthly", logged),)),
            DerivedFigure("stored_gb", self.stored_gb, "gb", "users × stored_mb_per_user"),
        )


def unstated() -> Workload:
    """The workload without a `glimpse.toml`: nobody stated how many people there are, or what they use."""
    return Workload(source="", numbers={key.name: Fraction(key.built_in) for key in KEYS})
