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

SPARE_CONNECTIONS = 16
"""Connections beyond the most, which are answered /health and nothing else."""

RESERVED_FILES = 100
"""
Files for what is not a connection of a peer: standard streams, the listener, the event loop, the bus, the object store,
look-ups of names, and connections that are closed in this turn of the event loop. The database's are added.
"""

MAX_FILES = 1_048_576
"""Asked for where the system has no limit of its own."""

MIN_OTHERS, OTHERS_SHARE, SESSIONS_SHARE = 1_000, 0.25, 0.95
"""
Beside `sockets` there may be so many connections for REST and long polling, or this share of `sockets` where that is
more. Sessions take at most SESSIONS_SHARE of all connections, so that log-in works where every socket is taken.
"""

FULL = "full"
"""Why a connection gives way to a new one, or is answered 503, as the metrics name it."""


class Connection(Protocol):
    def is_evictable(self) -> bool:
        """Whether it may be closed for a new one: the task is not answering a request of it."""
        ...

    def cut_off(self, reason: str) -> None:
        """Abort it."""
        ...


class Connections:
    """
    Counts the connections of a task, of which there may be `max_count`. What holds bytes is counted in `held`, and why
    connections were cut off in `counts`. `evict_session` closes a session whose client has not joined, if there is one.
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
        Those that speak HTTP, first the one that is longest without a finished request. Without some that were passed
        over while a request was answered; they come back when it is.
        """

        self._spare: OrderedDict[Connection, None] = OrderedDict()

    def open(self, connection: Connection) -> bool:
        """Count a new connection, and make room for it. False where there is none: it is for /health only."""
        self.count += 1
        # What was cut off in this turn of the event loop is still counted.
        if self.count <= self._max_count or (
            self.count <= self._max_count + 2 * SPARE_CONNECTIONS and (self._evict() or self._evict_session())
        ):
            self._by_age[connection] = None
            return True
        self._spare[connection] = None
        if len(self._spare) > SPARE_CONNECTIONS:
            oldest, _ = self._spare.popitem(last=False)
            oldest.cut_off(FULL)
        return False

    def finish_request(self, connection: Connection) -> None:
        """A request was answered."""
        if connection not in self._spare:
            self._by_age[connection] = None
            self._by_age.move_to_end(connection)

    def upgrade(self, connection: Connection) -> None:
        """A WebSocket takes the connection over. It is counted still, but ends with its session."""
        self._by_age.pop(connection, None)

    def close(self, connection: Connection) -> None:
        """A connection is gone that still spoke HTTP."""
        self.count -= 1
        self._by_age.pop(connection, None)
        self._spare.pop(connection, None)

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
    """The most connections of a task that may open `files` files, `others` of them for its database and its files."""
    by_files = files - RESERVED_FILES - others - 2 * SPARE_CONNECTIONS
    return max(1, min(by_files, sockets + max(MIN_OTHERS, round(sockets * OTHERS_SHARE))))


def max_sessions(connections: int, sockets: int) -> int:
    """The most sessions, where there are so many connections at most."""
    return max(1, min(sockets, math.floor(connections * SESSIONS_SHARE)))


def raise_file_limit() -> int:
    """Let this process open as many files as its hard limit allows. Returns how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else hard
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft
