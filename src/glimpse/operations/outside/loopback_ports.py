"""Ports on loopback for what must be found again at the same address after it was started anew."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

import psutil

from glimpse.chat.failure import Failure
from glimpse.chat.outside.child_process import are_ports_free

STEADY_PORTS = range(10_000, 12_000)
"""
Below the range from which the kernel assigns ports to outgoing connections: nothing else gets a port of these while its
server is down, and a client that tries to reach that server cannot be connected with itself. SeaweedFS has
the ports from 12,000.
"""

MAX_TRIED = 20

_untried: list[int] = []
"""Steady ports that this process has not looked at yet."""


def steady_port() -> int:
    """
    A free port that stays free while its server is down, as far as the kernel decides. No two calls return the same
    one, because the first caller may not listen yet.
    """
    for _ in STEADY_PORTS:
        if not _untried:
            _untried.extend(random.sample(STEADY_PORTS, len(STEADY_PORTS)))
        if are_ports_free(port := _untried.pop()):
            return port
    return port


def refuse_taken(port: int, option: str) -> None:
    """Raises Failure `up_port_taken` where this process cannot listen on a port; `option` would choose another."""
    try:
        # It may listen although connections of an earlier server on this port have not timed out yet.
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError) as error:
        detail = str(getattr(error, "strerror", None) or error)
        raise Failure("up_port_taken", port=port, option=option, holder=_holder(port) or detail) from None


def port_after(port: int, *others: int) -> int:
    """The first free port above this one that is none of the others."""
    for candidate in range(port + 1, min(port + MAX_TRIED, 65_536)):
        if candidate not in others:
            with suppress(OSError):
                socket.create_server(("127.0.0.1", candidate)).close()
                return candidate
    return steady_port()


def _holder(port: int) -> str:
    """The program that listens on a port; empty where the system does not tell."""
    # macOS tells only root about the connections of others.
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
