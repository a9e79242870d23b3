"""AppSync: GraphQL and event APIs, and the cache of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.traffic import Traffic

APP_SYNC = "AWSAppSync"
MILLION = 10**6


@dataclass(frozen=True, slots=True)
class GraphqlApi:
    """`measured`: it sends enhanced metrics to CloudWatch, which charges for each."""

    origin: Origin
    measured: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        for component, unit, key, kind in (
            ("Queries and mutations", "1M requests", "monthly_requests", "graphql_request_million"),
            ("Real-time updates", "1M updates", "monthly_realtime_updates", "realtime_update_million"),
            ("Connection time", "1M minutes", "monthly_connection_mins", "realtime_connection_minute_million"),
        ):
            yield metering.used(component, unit, key, Sku(APP_SYNC, kind), per=MILLION)
        if self.measured:
            sku = Sku("AmazonCloudWatch", "custom_metric_month")
            yield metering.used("Enhanced metrics", "metric-month", "enhanced_metrics", sku)


@dataclass(frozen=True, slots=True)
class EventApi:
    """Messages published, delivered and handled count as operations, in pieces of 5 KB (AppSync pricing page)."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        operations = Sku(APP_SYNC, "event_api_operation")
        yield metering.used("Event operations", "1M operations", "monthly_operations", operations, per=MILLION)
        minutes = Sku(APP_SYNC, "realtime_connection_minute_million")
        yield metering.used("Connection time", "1M minutes", "monthly_connection_mins", minutes, per=MILLION)


@dataclass(frozen=True, slots=True)
class GraphqlCache:
    """`size` as AWS names it, such as LARGE."""

    origin: Origin
    size: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(APP_SYNC, "cache_hour", {"size": self.size})
        yield traffic.metering(self.origin).hours(f"Cache {self.size}", sku)
