"""EventBridge: buses and their archives, schema discovery, API destinations, pipes and the scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import UsageRow
from glimpse.planner.traffic import Traffic

EVENTS = "AWSEvents"
MILLION = 10**6
"""Events, invocations and requests are sold by the million, in pieces of 64 KB (EventBridge pricing page)."""


@dataclass(frozen=True, slots=True)
class EventBus:
    """
    A bus of one's own. Events of AWS services on the default bus cost nothing (EventBridge pricing page).

    What is archived, replayed and discovered on it can be given here or at the resource that does it: `archived` and
    `discovered` say that one in these files does.
    """

    origin: Origin
    archived: bool = False
    discovered: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        rows = [
            ("Custom events", "monthly_custom_events", "custom_event_million"),
            ("Third-party events", "monthly_third_party_events", "partner_event_million"),
        ]
        discovery = ("Schema discovery", "monthly_schema_discovery_events", "schema_discovery_million")
        if not self.discovered or metering.number(discovery[1]) is not None:
            rows.append(discovery)
        for component, key, kind in rows:
            yield metering.used(component, "1M events", key, Sku(EVENTS, kind), per=MILLION)
        yield from _archive(self.origin, traffic, only_given=self.archived)


@dataclass(frozen=True, slots=True)
class EventArchive:
    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield from _archive(self.origin, traffic)
        yield traffic.metering(self.origin).used(
            "Replayed events", "1M events", "monthly_replayed_events", Sku(EVENTS, "custom_event_million"), per=MILLION
        )


def _archive(origin: Origin, traffic: Traffic, only_given: bool = False) -> Iterator[Meter]:
    metering = traffic.metering(origin)
    for component, unit, key, kind in (
        ("Archive processing", "GB", "monthly_archive_processing_gb", "archive_processing_gb"),
        ("Archive storage", "GB-month", "archive_storage_gb", "archive_storage_gb_month"),
    ):
        if not only_given or metering.number(key) is not None:
            yield metering.used(component, unit, key, Sku(EVENTS, kind))


def _by_the_million(component: str, unit: str, key: str, kind: str) -> tuple[UsageRow, ...]:
    return (UsageRow(component, f"1M {unit}", key, Sku(EVENTS, kind), per=MILLION),)


SCHEMA_DISCOVERER = _by_the_million(
    "Schema discovery", "events", "monthly_schema_discovery_events", "schema_discovery_million"
)
"""Looks at the events of a bus, in pieces of 8 KB, to learn their schemas."""

API_DESTINATION = _by_the_million(
    "API destination invocations", "invocations", "monthly_invocations", "api_destination_million"
)
"""An HTTP endpoint outside AWS that events are sent to."""

GLOBAL_ENDPOINT = _by_the_million(
    "Replicated events", "events", "monthly_replicated_events", "cross_region_event_million"
)
"""Sends events to a second region when the first one fails; with replication each event is charged there, too."""

PIPE = _by_the_million("Pipe requests", "requests", "monthly_requests", "pipe_request_million")
"""Requests that pass its filter, in pieces of 64 KB; what it starts is charged there."""

SCHEDULE = _by_the_million(
    "Scheduler invocations", "invocations", "monthly_invocations", "scheduler_invocation_million"
)
"""A schedule of EventBridge Scheduler; what it starts is charged there."""
