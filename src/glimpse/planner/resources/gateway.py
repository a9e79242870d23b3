"""API Gateway: REST and HTTP APIs by the request, WebSocket APIs by the message and by the minute of a connection."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.charged_units import used_in_pieces
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import DAYS_PER_MONTH
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

API_GATEWAY = "AmazonApiGateway"

REQUESTS, REQUEST_KB = "monthly_requests", "request_size_kb"

HTTP_PIECE_KB = 512
"""A request to an HTTP API is charged in pieces of 512 KB (API Gateway pricing page)."""

METERED_KB = 32
"""A WebSocket message is charged in pieces of 32 KB (API Gateway developer guide, frame size; pricing page)."""

IDLE_MINUTES = 10
"""A WebSocket that is silent for so long is closed (API Gateway developer guide, limits): clients ping that often."""


@dataclass(frozen=True, slots=True)
class HttpApi:
    """`hears_sockets`: a WebSocket API hands its events on to this one, as requests."""

    origin: Origin
    hears_sockets: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield used_in_pieces(
            traffic.metering(self.origin),
            "HTTP API requests",
            "request",
            (REQUESTS, REQUEST_KB),
            Sku(API_GATEWAY, "http_api_request"),
            HTTP_PIECE_KB,
            quantity=self._requests(traffic),
            assumes=(say("sockets_as_requests"),) if self.hears_sockets else (),
        )

    def _requests(self, traffic: Traffic) -> Fraction | None:
        """Requests a month; None where nothing tells: with a balancer beside it, what people ask goes there."""
        people = traffic.people
        if not people or (traffic.behind_balancers and not self.hears_sockets):
            return None
        requests = people.monthly("requests")
        if self.hears_sockets:
            requests += people.monthly("messages") + 2 * people.monthly("connects")
        return requests / traffic.http_apis


@dataclass(frozen=True, slots=True)
class WebSocketApi:
    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        messages, minutes = self._carried(traffic) or (None, None)
        yield used_in_pieces(
            metering,
            "WebSocket messages",
            "message",
            ("monthly_messages", "message_size_kb"),
            Sku(API_GATEWAY, "websocket_message"),
            METERED_KB,
            quantity=messages,
            assumes=(say("socket_messages", minutes=IDLE_MINUTES, kb=METERED_KB),),
        )
        sku = Sku(API_GATEWAY, "websocket_connection_minute")
        yield metering.used("WebSocket connection minutes", "minute", "monthly_connection_mins", sku, quantity=minutes)

    def _carried(self, traffic: Traffic) -> tuple[Fraction, Fraction] | None:
        """Metered messages and minutes of connections a month."""
        if not (people := traffic.people):
            return None
        socket_hours = sum((hour.sockets for hour in traffic.hours), Fraction(0)) * DAYS_PER_MONTH
        pieces = math.ceil(people["message_bytes"] / (METERED_KB * 1024))
        passed = people.monthly("messages") * (1 + people["recipients_per_message"]) * pieces
        pings = socket_hours * 60 / IDLE_MINUTES
        return (passed + pings) / traffic.socket_apis, socket_hours * 60 / traffic.socket_apis


@dataclass(frozen=True, slots=True)
class RestApi:
    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(API_GATEWAY, "rest_api_request")
        yield traffic.metering(self.origin).used("REST API requests", "request", REQUESTS, sku)


@dataclass(frozen=True, slots=True)
class ApiCache:
    """The cache of one stage of a REST API: `gb` as the pricing page names its size, None where nobody knows it."""

    origin: Origin
    gb: str | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(API_GATEWAY, "rest_api_cache_hour", {"cache_gb": self.gb or "?"})
        count = None if self.gb is None else 1
        component = f"Cache memory {self.gb or '?'} GB"
        yield traffic.metering(self.origin).hours(component, sku, count, needs=say("needs_api_cache_size"))
