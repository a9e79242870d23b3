"""The joined clients of this task, by their users."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from glimpse.chat.counts import Counts
from glimpse.chat.events import event_packet
from glimpse.chat.protocol.outgoing import OutgoingText
from glimpse.chat.protocol.socketio import Peer
from glimpse.chat.publications import Delivery, Event

MAX_REPLACED, REPLACED_SECONDS = 5, 60.0
"""
At most MAX_REPLACED sockets of one user are replaced within REPLACED_SECONDS. Without a bound, clients that reconnect
at once after they were replaced would replace each other for ever.
"""

REVOKED = "token revoked"
"""A reason to close a socket, as the metrics name it."""


class SocketSession(Protocol):
    """What a socket needs of its Engine.IO session, which cuts off a client that leaves too much unread."""

    language: str

    def send_text(self, text: OutgoingText) -> None: ...

    def close(self, reason: str) -> None: ...


class EndedSession:
    """The session of a socket that was replaced: answers that are still to come are dropped."""

    language = ""

    def send_text(self, text: OutgoingText) -> None: ...

    def close(self, reason: str) -> None: ...


ENDED_SESSION = EndedSession()


@dataclass(eq=False, slots=True)
class Socket:
    """
    A client that joined. `issued_at` and `expires_at`, the times of its token, and `joined_at` are in seconds since
    1970. `drain_number`: how many sockets were sent the drain event before it. `unanswered`: how many of its messages
    are not answered yet. `signed_by`: the key of its token, as Identity says.
    """

    peer: Peer
    session: SocketSession
    user_id: str
    expires_at: float
    joined_at: float
    is_syncing: bool = False
    drain_number: int = 0
    unanswered: int = 0
    issued_at: float = 0.0
    signed_by: str = ""


@dataclass(eq=False, slots=True)
class JoiningClient:
    """
    A client that is about to join, while the store is asked. `has_stale_partners`: an event was sent to its user, or a
    block changed, so the partners that the store answers may be outdated. `valid_after`: meanwhile, tokens of its user
    that were issued before this second were revoked.
    """

    has_stale_partners: bool = False
    valid_after: int = 0


class Sockets:
    """
    The sockets of each user, the oldest first. `on_due` is called with the times at which a socket's token expires, in
    seconds since 1970.
    """

    def __init__(self, max_per_user: int, counts: Counts, on_due: Callable[[float], None] = lambda at: None) -> None:
        self.count, self.on_due = 0, on_due
        self._max_per_user, self._counts = max_per_user, counts
        self._by_user: dict[str, list[Socket]] = {}
        self._joining: dict[str, list[JoiningClient]] = {}
        """By user, because while thousands reconnect, each event must find those whom it is for."""

        self._replaced_at: dict[str, deque[float]] = {}
        """When sockets of a user were replaced, the last MAX_REPLACED; only of users who have a socket."""

    def replaces_too_often(self, user_id: str, now: float) -> bool:
        """Whether one more socket would replace one of this user's, after MAX_REPLACED within REPLACED_SECONDS."""
        if len(self.of(user_id)) < self._max_per_user:
            return False
        replaced_at: Sequence[float] = self._replaced_at.get(user_id, ())
        return len(replaced_at) == MAX_REPLACED and now - replaced_at[0] < REPLACED_SECONDS

    def add(self, socket: Socket) -> Socket | None:
        """Returns the user's oldest socket, already removed, where this one replaces it: the user had too many."""
        own = self._by_user.setdefault(socket.user_id, [])
        own.append(socket)
        self.count += 1
        self.on_due(socket.expires_at)
        if len(own) <= self._max_per_user:
            return None
        self.count -= 1
        self._replaced_at.setdefault(socket.user_id, deque(maxlen=MAX_REPLACED)).append(socket.joined_at)
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
        self._replaced_at.pop(socket.user_id, None)
        return True

    def of(self, user_id: str) -> Sequence[Socket]:
        return self._by_user.get(user_id, ())

    def begin_joining(self, user_id: str) -> JoiningClient:
        """Until `end_joining`, notice what is sent to this user."""
        client = JoiningClient()
        self._joining.setdefault(user_id, []).append(client)
        return client

    def end_joining(self, user_id: str, client: JoiningClient) -> None:
        self._joining[user_id].remove(client)
        if not self._joining[user_id]:
            del self._joining[user_id]

    def partners_changed(self, user_ids: Collection[str]) -> None:
        """Whoever of these users is about to join has to read their partners again."""
        for user_id in user_ids:
            for client in self._joining.get(user_id, ()):
                client.has_stale_partners = True

    def close_revoked(self, user_id: str, valid_after: int) -> None:
        """Close the user's sockets whose tokens were issued before the second `valid_after`."""
        for socket in tuple(self.of(user_id)):
            if socket.issued_at < valid_after:
                socket.session.close(REVOKED)
        for client in self._joining.get(user_id, ()):
            client.valid_after = max(client.valid_after, valid_after)

    def send(self, user_ids: Collection[str], event: Event) -> None:
        """Send an event to every socket of each of these users."""
        if self._joining:
            self.partners_changed(user_ids)
        # A copy: sending may cut off a slow client, and then its socket is removed.
        found = [socket for user_id in user_ids for socket in self._by_user.get(user_id, ())]
        if found:
            packet = event_packet(event)
            for socket in found:
                socket.session.send_text(packet)
            self._counts.deliveries += len(found)

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        """Send each event to its users, then call its `on_delivered`."""
        for committed, on_delivered in deliveries:
            if committed is not None and committed.has_event:
                self.send(committed.user_ids, committed.event)
            if on_delivered is not None:
                on_delivered()

    def has_any(self, user_ids: Iterable[str]) -> bool:
        """Whether any of these users has a socket."""
        return not self._by_user.keys().isdisjoint(user_ids)

    def first_joined_at(self, user_ids: Iterable[str]) -> float:
        """When the earliest of their sockets joined, in seconds since 1970; infinity where they have none."""
        return min((socket.joined_at for user_id in user_ids for socket in self.of(user_id)), default=math.inf)

    def user_ids(self) -> list[str]:
        """The users who have a socket."""
        return list(self._by_user)

    def joining_user_ids(self) -> list[str]:
        """The users who are about to have one."""
        return list(self._joining)

    def all(self) -> list[Socket]:
        return [socket for own in self._by_user.values() for socket in own]
