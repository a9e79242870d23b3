"""What `glimpse watch` sees of a running stack, besides what `glimpse verify` looks at."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct


class AlarmState(Struct, frozen=True):
    """`state`: OK, ALARM or INSUFFICIENT_DATA. `since` is an ISO date; `reason` is CloudWatch's own text."""

    name: str
    state: str
    since: str = ""
    reason: str = ""


class Alarms(Struct, frozen=True):
    """All whose names begin with `prefix`."""

    prefix: str
    states: Sequence[AlarmState]


class Connections(Struct, frozen=True):
    """The most connections of the days; `limit` is None where it cannot be asked."""

    most: int
    limit: int | None
    days: int


class Answers(Struct, frozen=True):
    """Requests, and answers with 5xx, of the days."""

    requests: int
    errors: int
    days: int


class CpuCredits(Struct, frozen=True):
    """Of the database: the lowest balance of the days, and how many surplus credits were charged for."""

    lowest: float
    surplus: float


class Budget(Struct, frozen=True):
    """USD of the month so far."""

    name: str
    spent: Decimal
    limit: Decimal


class Certificate(Struct, frozen=True):
    """`ends` is an ISO date."""

    domain: str
    ends: str
