"""The open connections of a task: how many there may be, and which one is closed where there are too many."""

from __future__ import annotations

import contextlib
import math
import resource
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from glimpse.chat.counts import Counts
from glimpse.chat.held_bytes import HeldBytes

HEALTH_PATH = "/health"

HEALTH_CONNECTIONS = 16
"""Connections above the maximum that are still accepted, for HEALTH_PATH and nothing else."""

RESERVED_FILES = 100
"""
Files that are not connections of peers: standard streams, the listener, the event loop, the bus, the object store, name
look-ups, and connections that are closed in this turn of the event loop. Those of the database come on top.
"""

MAX_FILES = 1_048_576
"""The limit that this process asks for where the system sets none."""

MIN_OTHERS, OTHERS_SHARE, SESSIONS_SHARE = 1_000, 0.25, 0.95
"""
REST and long polling get MIN_OTHERS connections beside `sockets`, or OTHERS_SHARE of `sockets` where that is more.
Sessions take at most SESSIONS_SHARE of all connections, so that people can log in while every socket is taken.
"""

FULL = "full"
"""Why a connection is closed for a new one, or a WebSocket is answered 503, as the metrics name it."""


class Connection(Protocol):
    def is_evictable(self) -> bool:
        """Whether it may be closed for a new one: the task is not answering a request of it."""
        ...

    def cut_off(self, reason: str) -> None:
        """Abort it."""
        ...


class Connections:
    """
    The connections of a task, at most `max_count`. `held` counts the bytes that they hold, and `counts` the reasons why
    some were cut off. `evict_session` closes a session whose client has not joined; it returns whether there was one.
    """

    def __init__(
        self,
        max_count: float = math.inf,
        held: HeldBytes | None = None,
        counts: Counts | None = None,
        evict_session: Callable[[], bool] = lambda: False,
    ) -> None:
        self.count = 0
        self.held, self.counts = held or HeldBytes(), counts or Counts()
        self._max_count, self._evict_session = max_count, evict_session
        self._by_age: OrderedDict[Connection, None] = OrderedDict()
        """
        Those that speak HTTP, first the one whose last request was finished longest ago. `_evict` drops connections
        whose request is being answered; `finish_request` adds them again.
        """

        self._health_only: OrderedDict[Connection, None] = OrderedDict()

    def open(self, connection: Connection) -> bool:
        """Count a new connection, and make room for it. False where there is no room: it may only ask for /health."""
        self.count += 1
        # What was cut off in this turn of the event loop is still counted.
        if self.count <= self._max_count or (
            self.count <= self._max_count + 2 * HEALTH_CONNECTIONS and (self._evict() or self._evict_session())
        ):
            self._by_age[connection] = None
            return True
        self._health_only[connection] = None
        if len(self._health_only) > HEALTH_CONNECTIONS:
            oldest, _ = self._health_only.popitem(last=False)
            oldest.cut_off(FULL)
        return False

    def finish_request(self, connection: Connection) -> None:
        """A request was answered."""
        if connection not in self._health_only:
            self._by_age[connection] = None
            self._by_age.move_to_end(connection)

    def upgrade(self, connection: Connection) -> None:
        """A WebSocket takes the connection over: it still counts, but is not closed for a new one."""
        self._by_age.pop(connection, None)

    def close(self, connection: Connection) -> None:
        """A connection that still spoke HTTP is closed."""
        self.count -= 1
        self._by_age.pop(connection, None)
        self._health_only.pop(connection, None)

    def close_websocket(self) -> None:
        self.count -= 1

    def _evict(self) -> bool:
        while self._by_age:
            connection, _ = self._by_age.popitem(last=False)
            if connection.is_evictable():
                connection.cut_off(FULL)
                return True
        return False


def max_connections(files: int, sockets: int, others: int) -> int:
    """
    How many connections a task may have that may open `files` files, of which its database pool and its object store
    need `others`.
    """
    by_files = files - RESERVED_FILES - others - 2 * HEALTH_CONNECTIONS
    return max(1, min(by_files, sockets + max(MIN_OTHERS, round(sockets * OTHERS_SHARE))))


def max_sessions(connections: int, sockets: int) -> int:
    """How many sessions a task with at most so many `connections` may have."""
    return max(1, min(sockets, math.floor(connections * SESSIONS_SHARE)))


def raise_file_limit() -> int:
    """Let this process open as many files as its hard limit allows. Returns how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else hard
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft
