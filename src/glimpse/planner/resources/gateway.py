"""API Gateway: HTTP APIs by the request, WebSocket APIs by the message and by the minute of a connection."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import DAYS_PER_MONTH, certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

API_GATEWAY = "AmazonApiGateway"

METERED_KB = 32
"""A WebSocket message is charged in pieces of 32 KB (API Gateway developer guide, frame size; pricing page)."""

IDLE_MINUTES = 10
"""A WebSocket that is silent for so long is closed (API Gateway developer guide, limits): clients ping that often."""


@dataclass(frozen=True, slots=True)
class HttpApi:
    """`hears_sockets`: a WebSocket API hands its events on to this one, as requests."""

    origin: Origin
    hears_sockets: bool = False

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        workload = traffic.workload
        sku = Sku(API_GATEWAY, "http_api_request")
        if traffic.behind_balancers and not self.hears_sockets:
            # What people ask goes to the balancer; what comes here beside it, nothing tells.
            needs = say("needs_api_requests")
            return (Meter(self.origin, "HTTP API requests", "request", None, sku, usage_based=True, needs=needs),)
        requests = workload.monthly("requests") / traffic.http_apis
        if self.hears_sockets:
            requests += (workload.monthly("messages") + 2 * workload.monthly("connects")) / traffic.http_apis
        assumes = (say("sockets_as_requests"),) if self.hears_sockets else ()
        return (Meter(self.origin, "HTTP API requests", "request", certain(requests), sku, assumes, usage_based=True),)


@dataclass(frozen=True, slots=True)
class WebSocketApi:
    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        workload = traffic.workload
        socket_hours = sum((hour.sockets for hour in traffic.hours), Fraction(0)) * DAYS_PER_MONTH
        pieces = math.ceil(workload["message_bytes"] / (METERED_KB * 1024))
        passed = workload.monthly("messages") * (1 + workload["recipients_per_message"]) * pieces
        pings = socket_hours * 60 / IDLE_MINUTES
        return (
            Meter(
                self.origin,
                "WebSocket messages",
                "message",
                certain((passed + pings) / traffic.socket_apis),
                Sku(API_GATEWAY, "websocket_message"),
                assumes=(say("socket_messages", minutes=IDLE_MINUTES, kb=METERED_KB),),
                usage_based=True,
            ),
            Meter(
                self.origin,
                "WebSocket connection minutes",
                "minute",
                certain(socket_hours * 60 / traffic.socket_apis),
                Sku(API_GATEWAY, "websocket_connection_minute"),
                usage_based=True,
            ),
        )
