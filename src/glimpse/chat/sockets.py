"""The joined clients of this task, by their users."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from glimpse.chat.counts import Counts
from glimpse.chat.events import event_text
from glimpse.chat.publications import Delivery


class SocketSession(Protocol):
    """What a socket needs of its Engine.IO session, which cuts off a client that leaves too much unread."""

    language: str

    def send(self, messages: Iterable[str | bytes]) -> None: ...

    def close(self, reason: str) -> None: ...


@dataclass(eq=False, slots=True)
class Socket:
    """
    A client that joined. `expires_at`, when its token ends, and `joined_at` are in seconds since 1970. `drain_number`:
    how many sockets were sent the drain event before it. `unanswered`: how many of its messages are not answered yet.
    """

    session: SocketSession
    user_id: str
    expires_at: float
    joined_at: float
    is_syncing: bool = False
    drain_number: int = 0
    unanswered: int = 0


class Sockets:
    """The sockets of each user, the oldest first."""

    def __init__(self, max_per_user: int, counts: Counts) -> None:
        self.count = 0
        self._max_per_user, self._counts = max_per_user, counts
        self._by_user: dict[str, list[Socket]] = {}

    def add(self, socket: Socket) -> Socket | None:
        """Returns the user's oldest socket, already removed, where the user has too many now."""
        own = self._by_user.setdefault(socket.user_id, [])
        own.append(socket)
        self.count += 1
        if len(own) <= self._max_per_user:
            return None
        self.count -= 1
        return own.pop(0)

    def remove(self, socket: Socket) -> bool:
        """Remove a socket; whether it was the last one of its user. Idempotent."""
        own = self._by_user.get(socket.user_id, [])
        if socket not in own:
            return False
        own.remove(socket)
        self.count -= 1
        if own:
            return False
        del self._by_user[socket.user_id]
        return True

    def of(self, user_id: str) -> Sequence[Socket]:
        return self._by_user.get(user_id, ())

    def send(self, user_ids: Iterable[str], event: str) -> None:
        """Send an event to every socket of each of these users."""
        for user_id in user_ids:
            # A copy: sending may cut off a slow client, and then its socket is removed.
            for socket in tuple(self._by_user.get(user_id, ())):
                socket.session.send((event,))
                self._counts.deliveries += 1

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        """Send each event to its users, then call its `on_delivered`."""
        for committed, on_delivered in deliveries:
            if committed is not None and committed.event is not None:
                event = committed.event
                self.send(committed.user_ids, event if isinstance(event, str) else event_text(event))
            if on_delivered is not None:
                on_delivered()

    def has_any(self, user_ids: Iterable[str]) -> bool:
        """Whether any of these users has a socket."""
        return any(user_id in self._by_user for user_id in user_ids)

    def first_joined_at(self, user_ids: Iterable[str]) -> float:
        """When the earliest of their sockets joined, in seconds since 1970; infinity where they have none."""
        return min((socket.joined_at for user_id in user_ids for socket in self.of(user_id)), default=math.inf)

    def user_ids(self) -> list[str]:
        """The users who have a socket."""
        return list(self._by_user)

    def all(self) -> list[Socket]:
        return [socket for own in self._by_user.values() for socket in own]
