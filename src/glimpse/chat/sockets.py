"""Who is here: the sockets of each user on this task."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol


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
