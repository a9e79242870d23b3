"""Who is here: the sockets of each user on this task, and who counts as online."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

AWAY_SECONDS = 15.0
"""So long after the last socket somebody still counts as online: a phone that changes its network is not news."""


class Wire(Protocol):
    """What carries a socket; whoever leaves too much unread is cut off by it."""

    def send(self, messages: Iterable[str | bytes]) -> None: ...

    def close(self, reason: str) -> None: ...


@dataclass(eq=False, slots=True)
class Socket:
    """
    One joined client. `expires_at`: when its token ends, in seconds since 1970, as is `joined_at`. `number`: which it
    is of those that were told of a drain. `unanswered`: its messages that are under way.
    """

    wire: Wire
    user_id: str
    expires_at: float
    joined_at: float
    is_syncing: bool = False
    number: int = 0
    unanswered: int = 0


class Sockets:
    """The oldest first, for each user. `delivered` is told how many were sent something."""

    def __init__(self, most_per_user: int, delivered: Callable[[int], None] = lambda count: None) -> None:
        self.count = 0
        self._most, self._delivered = most_per_user, delivered
        self._by_user: dict[str, list[Socket]] = {}

    def add(self, socket: Socket) -> Socket | None:
        """The socket that has to make room, if one has to; it is no longer among them."""
        own = self._by_user.setdefault(socket.user_id, [])
        own.append(socket)
        self.count += 1
        if len(own) <= self._most:
            return None
        self.count -= 1
        return own.pop(0)

    def remove(self, socket: Socket) -> bool:
        """Whether it was the last one of its user. Removing twice is nothing."""
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

    def tell(self, user_ids: Iterable[str], message: str) -> None:
        """To every socket of each of them."""
        count = 0
        for user_id in user_ids:
            # A copy: whoever reads too slowly is cut off by this, and is no longer among them.
            for socket in tuple(self.of(user_id)):
                socket.wire.send((message,))
                count += 1
        if count:
            self._delivered(count)

    def here(self, user_ids: Iterable[str]) -> bool:
        """Whether any of them has a socket."""
        return any(user_id in self._by_user for user_id in user_ids)

    def since(self, user_ids: Iterable[str]) -> float:
        """When the first of their sockets joined, in seconds since 1970; for ever where there is none."""
        return min((socket.joined_at for user_id in user_ids for socket in self.of(user_id)), default=math.inf)

    def everybody(self) -> list[str]:
        return list(self._by_user)

    def all(self) -> list[Socket]:
        return [socket for own in self._by_user.values() for socket in own]


HERE = ""
"""This task, as a place where people are; other tasks are places by their ids."""

ONLY_HERE = (HERE,)


class Presence:
    """Who is online: whoever has a socket on some task, or had one a moment ago."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, ...]] = {}
        self._away_until: dict[str, float] = {}

    def came(self, user_id: str, place: str = HERE) -> bool:
        """Whether that is news."""
        places = self._places.get(user_id, ())
        was_away = self._away_until.pop(user_id, None) is not None
        if place not in places:
            self._places[user_id] = (*places, place) if places or place else ONLY_HERE
        return not places and not was_away

    def went(self, user_id: str, now: float, place: str = HERE) -> None:
        """The last socket of a user at a place is gone."""
        places = self._places.get(user_id, ())
        left = tuple(each for each in places if each != place)
        if left:
            self._places[user_id] = left
        elif places:
            del self._places[user_id]
            self._away_until[user_id] = now + AWAY_SECONDS

    def only(self, place: str, user_ids: Iterable[str], now: float) -> list[str]:
        """Exactly these are at a place; those of them who are news."""
        present = set(user_ids)
        for user_id in [user_id for user_id, places in self._places.items() if place in places]:
            if user_id not in present:
                self.went(user_id, now, place)
        return [user_id for user_id in present if self.came(user_id, place)]

    def gone(self, now: float) -> list[str]:
        """Those who are offline from now on; each is named once."""
        gone = [user_id for user_id, until in self._away_until.items() if until <= now]
        for user_id in gone:
            del self._away_until[user_id]
        return gone

    def not_told(self, user_id: str, now: float) -> None:
        """That somebody is gone could not be told: they are named again, and count as online until then."""
        if user_id not in self._places:
            self._away_until.setdefault(user_id, now)

    def is_online(self, user_id: str) -> bool:
        return user_id in self._places or user_id in self._away_until
