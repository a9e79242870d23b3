"""The configuration of HAProxy that makes it serve like the balancer of the Terraform."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from glimpse.operations.deployment import Balancer

MAX_CONNECTIONS = 8_000
"""HAProxy allocates memory for as many. A laptop's clients need fewer."""

CONNECT_SECONDS = 10
"""How long an Application Load Balancer waits for a target to accept a connection (ELB user guide, HTTP 504)."""

IDLE_TIMEOUTS = ("client", "server", "tunnel", "http-keep-alive")
"""AWS's idle timeout holds for both sides of a connection, for WebSockets, and between two requests."""

LISTENERS = (("listener_1", "tasks_1", "AWSALB"), ("listener_2", "tasks_2", "AWSALB2"))
"""
Frontend, backend and cookie of each listener. A browser sends a cookie to every port of a host, so the second listener
has a cookie of another name: two windows of one browser can be on two tasks.
"""

CHECKED = LISTENERS[0][1]
"""The backend that checks the tasks. The servers of the other one follow it, so that a task is asked once."""


class BalancerServer(Struct, frozen=True):
    """A `server` line of HAProxy: it leads to one task at a time. `is_enabled`: it gets new connections."""

    name: str
    port: int
    is_enabled: bool = False


class BalancerConfiguration(Struct, frozen=True):
    """
    `ports`: of the two listeners. `frame_origins`: the origins of the live page, which shows the chat in frames.
    `stats_socket`: the path of a Unix socket, for commands at run time.
    """

    balancer: Balancer
    ports: tuple[int, int]
    frame_origins: Sequence[str]
    stats_socket: str


def balancer_configuration(configuration: BalancerConfiguration, servers: Sequence[BalancerServer]) -> str:
    """The text of HAProxy's configuration."""
    balancer = configuration.balancer
    lines = [
        "global",
        f"    stats socket {configuration.stats_socket} level admin",
        f"    maxconn {MAX_CONNECTIONS}",
        "    # A lower limit on open files is no reason not to start.",
        "    no strict-limits",
        "    # One thread uses less memory, and is enough for one machine's clients.",
        "    nbthread 1",
        "defaults",
        "    mode http",
        f"    timeout connect {CONNECT_SECONDS}s",
        *(f"    timeout {kind} {balancer.idle_timeout_seconds}s" for kind in IDLE_TIMEOUTS),
        "    option http-keep-alive",
        "    option forwardfor",
        "    # AWS's balancer never sends a request that failed to another task.",
        "    retries 0",
    ]
    for (frontend, backend, cookie), port in zip(LISTENERS, configuration.ports, strict=True):
        lines += [
            f"frontend {frontend}",
            f"    bind 127.0.0.1:{port}",
            f"    default_backend {backend}",
            f"backend {backend}",
            "    balance roundrobin",
        ]
        if balancer.is_sticky:
            lines.append(f"    cookie {cookie} insert indirect nocache")
        if configuration.frame_origins:
            lines += [
                "    # The chat lets no page frame it. Here the live page may, to show two chats side by side.",
                "    http-response replace-header Content-Security-Policy \"(.*)frame-ancestors 'none'(.*)\""
                + f' "\\1frame-ancestors {" ".join(configuration.frame_origins)}\\2"',
            ]
        if backend == CHECKED:
            lines += _checks(balancer)
        lines += [_server_line(backend, server, balancer.is_sticky) for server in servers]
    return "\n".join(lines) + "\n"


def _checks(balancer: Balancer) -> list[str]:
    check = balancer.health_check
    return [
        f"    option httpchk GET {check.path}",
        "    http-check expect status 200",
        f"    timeout check {check.timeout_seconds}s",
        f"    default-server inter {check.interval_seconds}s fall {check.unhealthy} rise {check.healthy}",
    ]


def _server_line(backend: str, server: BalancerServer, is_sticky: bool) -> str:
    words = ["    server", server.name, f"127.0.0.1:{server.port}"]
    words.append("check" if backend == CHECKED else f"track {CHECKED}/{server.name}")
    if is_sticky:
        words += ["cookie", server.name]
    # A disabled server is in maintenance. `drain` would still serve whoever has its cookie.
    if not server.is_enabled and backend == CHECKED:
        words.append("disabled")
    return " ".join(words)
