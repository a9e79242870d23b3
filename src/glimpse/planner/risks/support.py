"""Extended support: what is charged now for an old version, and what will be within a year."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.bill import Bill, Line, line_of
from glimpse.planner.extended_support import CALENDAR, major_of, support_of
from glimpse.planner.money import usd_text
from glimpse.planner.resources.aurora import AuroraInstance, DatabaseCluster
from glimpse.planner.resources.cache import REDIS, Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.eks import STANDARD_UNTIL, Cluster
from glimpse.planner.risks.risk import Risk
from glimpse.planner.sentence import say
from glimpse.planner.stack import Resource

COMPONENT = "Extended support"
"""How the component of each meter of extended support begins."""

YEAR = datetime.timedelta(days=365)
CHARGED, SOON = "charged", "soon"

NEWEST_OF_REDIS = "7"
"""
The calendar of Redis OSS lists old versions alone; 7 is the newest major version of ElastiCache that is not among them
(ElastiCache user guide, "Redis OSS end of life schedule").
"""

Day = datetime.date


@dataclass(frozen=True, slots=True)
class _Age:
    """An engine with its version, the day from which extended support is charged, and the days of its versions."""

    engine: str
    version: str
    begins: Day
    calendar: Mapping[str, Day]

    def supported(self, today: Day) -> str:
        """The oldest version whose standard support lasts another year, else the newest that is listed."""
        lasting = [version for version, begins in self.calendar.items() if begins > today + YEAR]
        if self.engine == REDIS and not lasting:
            return NEWEST_OF_REDIS
        return min(lasting, key=_number, default=max(self.calendar, key=_number))


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def charged_now(bill: Bill) -> Iterator[Risk]:
    """Versions whose standard support has ended, with what the bill's own lines come to."""
    today = bill.usage.traffic.today
    lines: dict[str, list[Line]] = defaultdict(list)
    for line in bill.lines:
        if line.meter.component.startswith(COMPONENT):
            lines[line.meter.origin.address].append(line)
    for resource, age in _aged(bill):
        if age.begins <= today:
            yield _risk(CHARGED, resource, age, lines[resource.origin.address], today)
    for entry in bill.unpriced:
        if entry.why.code == "search_extended":
            yield Risk(say("extended_support_of_search"), entry.origin)


def charged_soon(bill: Bill) -> Iterator[Risk]:
    """Versions whose standard support ends within a year, with what their meters will come to on that day."""
    traffic = bill.usage.traffic
    for resource, age in _aged(bill):
        if traffic.today < age.begins <= traffic.today + YEAR:
            then = replace(traffic, today=age.begins)
            meters = [meter for meter in resource.meters(then) if meter.component.startswith(COMPONENT)]
            priced = [line_of(meter, bill.catalogue, then) for meter in meters]
            lines = [line for line in priced if isinstance(line, Line)]
            yield _risk(SOON, resource, age, lines, traffic.today)


def _risk(when: str, resource: Resource, age: _Age, lines: Sequence[Line], today: Day) -> Risk:
    """By whether the money is known, follows from use, or has no price."""
    params = {
        "engine": age.engine,
        "version": age.version,
        "since": age.begins.isoformat(),
        "supported": age.supported(today),
    }
    known = [line for line in lines if line.quantity is not None]
    rates = [line.price for line in lines if line.quantity is None and line.price]
    if known:
        usd = sum((line.exact.expected for line in known), Fraction(0))
        what = say(f"extended_support_{when}", **params, usd=usd_text(usd))
    elif rates:
        what = say(f"extended_support_{when}_by_use", **params, usd=usd_text(rates[0].tiers[0].usd))
    else:
        what = say(f"extended_support_{when}_unpriced", **params)
    return Risk(what, resource.origin)


def _aged(bill: Bill) -> Iterator[tuple[Resource, _Age]]:
    """The resources that have a version in a calendar, and do not refuse extended support."""
    stack = bill.stack
    databases: tuple[Database | AuroraInstance | DatabaseCluster, ...] = (
        *stack.of(Database),
        *stack.of(AuroraInstance),
        *stack.of(DatabaseCluster),
    )
    for database in databases:
        if database.extended_support and database.version_known:
            yield from _by_calendar(database, database.engine, database.version)
    for cache in stack.of(Cache):
        if cache.engine == REDIS and cache.version_known:
            yield from _by_calendar(cache, cache.engine, cache.version)
    for cluster in stack.of(Cluster):
        version = cluster.version or ""
        if cluster.extends and cluster.version_known and version in STANDARD_UNTIL:
            yield cluster, _Age("Kubernetes", version, STANDARD_UNTIL[version], STANDARD_UNTIL)


def _by_calendar(resource: Resource, engine: str, version: str | None) -> Iterator[tuple[Resource, _Age]]:
    if (found := support_of(engine, version)) is not None:
        days = {listed: support.begins for listed, support in CALENDAR[engine].items()}
        yield resource, _Age(engine, major_of(engine, version), found.begins, days)
