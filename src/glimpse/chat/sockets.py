"""The joined clients of this task, by their users."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from glimpse.chat.counts import Counts
from glimpse.chat.events import event_text
from glimpse.chat.relay.delivery_order import Delivery


class Wire(Protocol):
    """The session that carries a socket. A client that leaves too much unread is cut off."""

    language: str

    def send(self, messages: Iterable[str | bytes]) -> None: ...

    def close(self, reason: str) -> None: ...


@dataclass(eq=False, slots=True)
class Socket:
    """
    One joined client. `expires_at`: when its token ends, in seconds since 1970, as is `joined_at`. `drain_number`: how
    many were told of the drain before it. `unanswered`: its messages that are under way.
    """

    wire: Wire
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
        """Returns the user's oldest socket where they have too many now; it is removed already."""
        own = self._by_user.setdefault(socket.user_id, [])
        own.append(socket)
        self.count += 1
        if len(own) <= self._max_per_user:
            return None
        self.count -= 1
        return own.pop(0)

    def remove(self, socket: Socket) -> bool:
        """Whether it was the last one of its user. Idempotent."""
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

    def tell(self, user_ids: Iterable[str], event: str) -> None:
        """Send an event to every socket of each of these users."""
        for user_id in user_ids:
            # A copy: a slow client is cut off by the sending, and its socket removed.
            for socket in tuple(self._by_user.get(user_id, ())):
                socket.wire.send((event,))
                self._counts.deliveries += 1

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        """Send each event to its users, then call whoever waits for that."""
        for committed, on_delivered in deliveries:
            if committed is not None and committed.event is not None:
                event = committed.event
                self.tell(committed.user_ids, event if isinstance(event, str) else event_text(event))
            if on_delivered is not None:
                on_delivered()

    def here(self, user_ids: Iterable[str]) -> bool:
        """Whether any of them has a socket."""
        return any(user_id in self._by_user for user_id in user_ids)

    def since(self, user_ids: Iterable[str]) -> float:
        """When the first of their sockets joined, in seconds since 1970; infinity where they have none."""
        return min((socket.joined_at for user_id in user_ids for socket in self.of(user_id)), default=math.inf)

    def everybody(self) -> list[str]:
        return list(self._by_user)

    def all(self) -> list[Socket]:
        return [socket for own in self._by_user.values() for socket in own]
