"""Extended support: what AWS charges for running a major version of an engine past its standard support."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter
from glimpse.planner.metering import Amount, Metering
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import Sentence, say

RDS = "AmazonRDS"
POSTGRESQL, MYSQL = "PostgreSQL", "MySQL"
AURORA_POSTGRESQL, AURORA_MYSQL = "Aurora PostgreSQL", "Aurora MySQL"


@dataclass(frozen=True, slots=True)
class Support:
    """
    From which day a major version is charged, and from which day its third year's higher price holds; None where that
    never begins. `derived`: the third year is two years after the first day, as it was for earlier versions.
    """

    begins: datetime.date
    third_year: datetime.date | None = None
    derived: bool = False

    def year(self, today: datetime.date) -> str | None:
        """`1-2` or `3`, as on the pricing page; None before it is charged."""
        if today < self.begins:
            return None
        return "3" if self.third_year is not None and today >= self.third_year else "1-2"


def _since(year: int, month: int) -> Support:
    return Support(datetime.date(year, month, 1), datetime.date(year + 2, month, 1), derived=True)


# Charges begin the day after standard support ends (RDS user guide, "Extended Support charges"; PostgreSQL 11 a month
# later, by its example). Ends of standard support: RDS release calendars of PostgreSQL and MySQL, Aurora release
# calendars, as endoflife.date records them. Aurora PostgreSQL has the days of RDS for PostgreSQL.
_POSTGRESQL: Mapping[str, Support] = {
    "11": Support(datetime.date(2024, 4, 1), datetime.date(2026, 4, 1)),
    "12": Support(datetime.date(2025, 3, 1), datetime.date(2027, 3, 1)),
    "13": _since(2026, 3),
    "14": _since(2027, 3),
    "15": _since(2028, 3),
    "16": _since(2029, 3),
    "17": _since(2030, 3),
}
CALENDAR: Mapping[str, Mapping[str, Support]] = {
    POSTGRESQL: _POSTGRESQL,
    AURORA_POSTGRESQL: _POSTGRESQL,
    MYSQL: {
        "5.7": Support(datetime.date(2024, 3, 1), datetime.date(2026, 3, 1)),
        "8.0": _since(2026, 8),
        "8.4": _since(2029, 8),
    },
    # Version 2 (MySQL 5.7) begins by the Aurora user guide's example. Neither has a third year: version 2 keeps its
    # first price to its end in February 2027, and version 3 (MySQL 8.0) ends in July 2029.
    AURORA_MYSQL: {
        "5.7": Support(datetime.date(2024, 12, 1)),
        "8.0": Support(datetime.date(2028, 5, 1)),
    },
    # ElastiCache user guide, "Redis OSS end of life schedule".
    "Redis": {
        "4": Support(datetime.date(2026, 2, 1), datetime.date(2028, 2, 1)),
        "5": Support(datetime.date(2026, 2, 1), datetime.date(2028, 2, 1)),
        "6": _since(2027, 2),
    },
}


def major_of(engine: str, version: str | None) -> str:
    """The version that support goes by: `17` of PostgreSQL 17.6, `5.7` of MySQL 5.7.44, `5` of Redis 5.0.6."""
    return ".".join((version or "").split(".")[: 2 if engine in (MYSQL, AURORA_MYSQL) else 1])


def support_of(engine: str, version: str | None) -> Support | None:
    """When this version is charged; None where nothing is known of it, or it never is."""
    return CALENDAR.get(engine, {}).get(major_of(engine, version))


def standard_support_ends(engine: str, version: str | None) -> datetime.date | None:
    """
    The last day of a version's standard support; None where no calendar has it.

    It is the day before the charges begin, but for PostgreSQL 11, whose charges began a month later.
    """
    support = support_of(engine, version)
    if support is None:
        return None
    if engine == POSTGRESQL and major_of(engine, version) == "11":
        return datetime.date(2024, 2, 29)
    return support.begins - datetime.timedelta(days=1)


def may_be_charged(engine: str, version: str | None) -> bool:
    """
    Whether a version that no calendar lists may be charged: one older than some that is listed.

    Without a version AWS takes one that it supports, and what is newer than all listed is younger than they are.
    """
    listed = CALENDAR.get(engine, {})
    major = major_of(engine, version)
    if not version or not listed or major in listed:
        return False
    number = _number(major)
    return number is None or number < max(_number(known) or () for known in listed)


def _number(major: str) -> tuple[int, ...] | None:
    parts = major.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else None


def support_meters(
    metering: Metering,
    engine: str,
    version: str | None,
    version_known: bool,
    units: Amount | None,
    today: datetime.date,
    *,
    unit: str = "vCPU",
    needs: Sentence | None = None,
) -> Iterator[Meter]:
    """
    RDS charges each virtual CPU (or capacity unit) of an instance that runs an old version, on top of its hours.

    `units` is how many it has, None where nobody knows, and `needs` says what would tell it.
    """
    if engine not in CALENDAR:
        return
    kind = "extended_support_vcpu_hour" if unit == "vCPU" else "extended_support_acu_hour"
    found = support_of(engine, version)
    if not version_known or (found is None and may_be_charged(engine, version)):
        why = say("support_unknown", engine=engine, version=major_of(engine, version))
        why = why if version_known else say("needs_version")
        yield metering.fixed("Extended support", f"{unit}-hour", Sku(RDS, kind, {"engine": engine}), None, needs=why)
        return
    year = found.year(today) if found else None
    if found is None or year is None:
        return
    assumes = [say("extended_support", version=major_of(engine, version), since=found.begins.isoformat())]
    if found.derived and year == "3":
        assumes.append(say("support_derived"))
    yield metering.fixed(
        f"Extended support, year {year}",
        f"{unit}-hour",
        Sku(RDS, kind, {"engine": engine, "year": year}),
        None if units is None else units * HOURS_PER_MONTH,
        assumes=tuple(assumes),
        needs=needs or say("needs_vcpu_count"),
    )
