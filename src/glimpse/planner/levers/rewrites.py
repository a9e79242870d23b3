"""
The two other architectures of the plan document, on the same workload. Each is a rewrite, and none is built here:
they are priced so that the comparison has figures. They are architectures of a chat: no other service hears of them.
"""

from __future__ import annotations

from glimpse.planner.levers.egress import without_nat
from glimpse.planner.levers.lever import GIVES_UP, GLIMPSE, PLANNED, Lever, new, with_more, without
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.distribution import SERVICE, Distribution
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.function import REQUESTS, SOCKETS, Function
from glimpse.planner.resources.gateway import HttpApi, WebSocketApi
from glimpse.planner.resources.monitoring import Alarms
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.resources.table import Table
from glimpse.planner.resources.zone import Zone
from glimpse.planner.stack import Resource, Stack

FUNCTION_MIB = 256
"""Room for a small service; Lambda's least is 128 MiB. An assumption, like the time of a call."""


def api_gateway_websocket(stack: Stack) -> Stack:
    """
    API Gateway holds the sockets and hands each event to the tasks, found by a private zone; no balancer.

    A WebSocket API reaches tasks in a VPC only through a network balancer; an HTTP API reaches them without one.
    So the events pass both APIs.
    """
    front = _front(stack)
    if _is_elsewhere(stack) or not front:
        return stack
    return with_more(
        without(stack, lambda resource: resource in front),
        WebSocketApi(new("websocket_api")),
        HttpApi(new("http_api"), hears_sockets=True),
        Zone(new("discovery_zone")),
    )


def serverless(stack: Stack) -> Stack:
    """Functions behind an HTTP and a WebSocket API, and a table: nothing that costs by the hour."""
    if _is_elsewhere(stack):
        return stack
    front = _front(stack)
    gone = (FargateService, Cache, ServerlessCache, Database)
    return with_more(
        without(
            without_nat(stack),
            lambda resource: (
                isinstance(resource, gone)
                or resource in front
                or (isinstance(resource, Alarms) and resource.made_by_scaling)
            ),
        ),
        WebSocketApi(new("websocket_api")),
        HttpApi(new("http_api")),
        Function(new("function"), FUNCTION_MIB, "arm64", frozenset({REQUESTS, SOCKETS})),
        Table(new("table")),
    )


def _is_elsewhere(stack: Stack) -> bool:
    """Whether there is nothing to rewrite, or something of the new architecture that does other work already."""
    return not stack.has(FargateService) or stack.has(HttpApi, WebSocketApi, Function)


def _front(stack: Stack) -> tuple[Resource, ...]:
    """What people meet first: public balancers, or a distribution and the balancer behind it."""
    edges = tuple(edge for edge in stack.of(Distribution) if SERVICE in edge.carries)
    balancers = (balancer for balancer in stack.of(Balancer) if balancer.kind == "application")
    return (*edges, *(balancer for balancer in balancers if edges or not balancer.internal))


LEVERS = (
    Lever(
        "api_gateway_websocket", "architecture", GIVES_UP, api_gateway_websocket, PLANNED, "migration",
        gives_up="no_rewrite", requires=GLIMPSE,
    ),
    Lever(
        "serverless", "architecture", GIVES_UP, serverless, PLANNED, "migration",
        gives_up="no_rewrite", requires=GLIMPSE,
    ),
)  # fmt: skip
