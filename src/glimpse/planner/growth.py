"""
How fast what is stored grows, what that adds to each month's bill, and when a database's disk is full.

The bill is that of one month; growth is reported beside it and never counted in it. It follows from what people do, so
it is empty if `glimpse.toml` states no people; messages are left out if the service was not measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.bill import Bill, Line
from glimpse.planner.extended_support import POSTGRESQL
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.quantities import CostCases, certain
from glimpse.planner.resources.bucket import Bucket
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.sentence import Sentence, say

DATABASE, FILES, LOGS = "database", "files", "logs"

MAX_MONTHS = 60
"""A disk that is not full within five years is reported as never full: nobody's use stays the same for longer."""

GB_PER_GIB = Fraction(2**30, 10**9)
"""RDS allocates storage in GiB (API reference, CreateDBInstance: AllocatedStorage)."""

Months = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Growth:
    """
    One store: what it grows by in a month, in GB. For a database the cases are short, usual and long texts.

    `usd_monthly`: USD by which each month's bill is higher than that of the month before; 0 while a database's storage
    is allocated already, None where no price is held. `kept_months`: after that many months as much is deleted as is
    added; None is for ever.

    Of a database alone: `limit_gib` is the size at which its disk is full, after autoscaling, and None where that is
    unknown; `autoscaling` None is unknown; `usd_at_limit` is what its storage then costs more a month than today.
    """

    origin: Origin
    store: str
    gb_monthly: CostCases
    usd_monthly: Fraction | None
    kept_months: Fraction | None = None
    limit_gib: int | None = None
    autoscaling: bool | None = None
    usd_at_limit: Fraction | None = None

    @property
    def full_in(self) -> Months:
        """The month, 1 being the next 30.4 days, in which an empty disk is full: soonest, expected and latest."""
        return self._full(self.gb_monthly.high), self._full(self.gb_monthly.expected), self._full(self.gb_monthly.low)

    def _full(self, gb_monthly: Fraction) -> int | None:
        """None is never in five years."""
        if self.limit_gib is None or not gb_monthly:
            return None
        months = self.limit_gib * GB_PER_GIB / gb_monthly
        is_reached = months <= MAX_MONTHS and (self.kept_months is None or months <= self.kept_months)
        return math.ceil(months) if is_reached else None

    @property
    def sentence(self) -> Sentence:
        facts = {"address": self.origin.address, "gb": decimal_text(self.gb_monthly.expected, 2)}
        if self.store != DATABASE:
            if self.usd_monthly is None:
                return say(f"growth_{self.store}_unpriced", **facts)
            return say(f"growth_{self.store}", **facts, usd=usd_text(self.usd_monthly))
        if self.limit_gib is None:
            return say("growth_database", **facts)
        soonest, _, latest = self.full_in
        limit = {"gib": str(self.limit_gib)}
        if soonest is None:
            return say("growth_database_never", **facts, **limit, years=str(MAX_MONTHS // 12))
        months = str(soonest) if soonest == latest else f"{soonest}–{latest or f'{MAX_MONTHS}+'}"
        if self.autoscaling is None:
            return say("growth_database_full", **facts, **limit, months=months)
        if not self.autoscaling:
            return say("growth_database_full_fixed", **facts, **limit, months=months)
        if self.usd_at_limit is None:
            return say("growth_database_full_autoscaled_unpriced", **facts, **limit, months=months)
        usd = usd_text(self.usd_at_limit)
        return say("growth_database_full_autoscaled", **facts, **limit, months=months, usd=usd)


def growth_of(bill: Bill) -> tuple[Growth, ...]:
    """The stores that people's use fills month by month, and that the bill does not hold whole."""
    if bill.usage.traffic.people is None:
        return ()
    growing = (*_databases(bill), *_buckets(bill), *_log_groups(bill))
    return tuple(growth for growth in growing if not growth.gb_monthly.is_zero)


def _databases(bill: Bill) -> Iterator[Growth]:
    """
    The one PostgreSQL instance of a stack: of several nobody says which holds the messages, and Aurora's storage grows
    by itself. A disk is taken to be empty today: what it holds is written in no Terraform file.
    """
    workload, capacity = bill.workload, bill.usage.traffic.capacity
    databases = bill.stack.of(Database)
    if len(databases) != 1 or databases[0].engine != POSTGRESQL or capacity is None:
        return
    [database] = databases
    if capacity.bytes_per_message is None:
        return
    autoscaling: bool | None = None
    limit = database.storage_gib
    if database.grows_known:
        autoscaling = bool(limit and database.grows_to_gib and database.grows_to_gib > limit)
    line = _line(bill, database.origin, f"Database storage {database.storage_type}")
    dearer = None
    if autoscaling and limit and database.grows_to_gib:
        dearer = _dearer(line, Fraction(database.grows_to_gib - limit))
        limit = database.grows_to_gib
    yield Growth(
        database.origin,
        DATABASE,
        capacity.bytes_per_message * workload.monthly("messages") * Fraction(1, 10**9),
        Fraction(0),
        kept_months=workload.stated("messages_months"),
        limit_gib=limit,
        autoscaling=autoscaling,
        usd_at_limit=dearer,
    )


def _buckets(bill: Bill) -> Iterator[Growth]:
    """Uploads, shared among the buckets as the bill shares them, at the rate of the class in which they arrive."""
    workload, buckets = bill.workload, bill.stack.of(Bucket)
    for bucket in buckets:
        gb = workload.monthly("uploads") * workload["upload_mb"] / 1000 / bill.usage.traffic.buckets
        dearer = _dearer(_line(bill, bucket.origin, "S3 Standard storage"), gb)
        yield Growth(bucket.origin, FILES, certain(gb), dearer, kept_months=workload.stated("files_months"))


def _log_groups(bill: Bill) -> Iterator[Growth]:
    """Groups that keep their logs for ever. Of one that keeps them for so many days, the bill holds all."""
    for group in bill.stack.of(LogGroup):
        written = _line(bill, group.origin, "Log ingestion")
        if group.kept_days is None and group.retention_known and written and written.quantity:
            gb = written.quantity.expected
            yield Growth(group.origin, LOGS, certain(gb), _dearer(_line(bill, group.origin, "Log storage"), gb))


def _line(bill: Bill, origin: Origin, component: str) -> Line | None:
    found = (line for line in bill.lines if line.meter.origin == origin and line.meter.component == component)
    return next(found, None)


def _dearer(line: Line | None, units: Fraction) -> Fraction | None:
    """USD a month that a line costs more with so many units more, by its own price; None where it has none."""
    if line is None or line.price is None or line.quantity is None:
        return None
    return line.price.charge(line.quantity.expected + units) - line.price.charge(line.quantity.expected)
