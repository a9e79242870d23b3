"""
Who is told that somebody came or went: those of their two-person conversations who are on this task.

Each task tells its own people, from what all tasks say of who is there; so nobody hears it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from glimpse.chat.bus import Notification
from glimpse.chat.documents import PresenceEvent
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.presence import Presence
from glimpse.chat.protocol.socketio import encoded_event
from glimpse.chat.relay import Publisher
from glimpse.chat.sockets import Socket, Sockets
from glimpse.chat.values import Conversation


class PresenceNotifier:
    """`run` starts what has to be asked of the store; `now` in seconds since 1970."""

    def __init__(
        self,
        store: Store,
        sockets: Sockets,
        lines: Publisher,
        now: Callable[[], float],
        run: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._store, self._sockets, self._lines, self._now, self._run = store, sockets, lines, now, run
        self._presence = Presence()
        self._came_untold: set[str] = set()

    # ---- What happens on this task

    def joined(self, socket: Socket) -> None:
        """A socket that is among the sockets by now: it hears who is here, and they hear of it."""
        if len(self._sockets.of(socket.user_id)) == 1:
            self._lines.present(socket.user_id, True)
        self._run(self._greet(socket, self._presence.came(socket.user_id)))

    def left(self, user_id: str) -> None:
        """The last socket of somebody is gone."""
        self._presence.went(user_id, self._now())
        self._lines.present(user_id, False)

    def sweep(self) -> None:
        """Once a second: people who did not come back."""
        for user_id in self._presence.gone(self._now()):
            self._run(self._tell_gone(user_id))
        came, self._came_untold = self._came_untold, set()
        for user_id in came:
            self._run(self._tell_came(user_id))

    def acquainted(self, member_ids: Sequence[str]) -> None:
        if len(member_ids) == 2:
            for user_id, other in (member_ids, member_ids[::-1]):
                if self._presence.is_online(other):
                    self._sockets.tell((user_id,), _event(other, True))

    async def introduce(self, conversation: Conversation) -> None:
        """Two who now share their first conversation learn of each other whether they are online."""
        if len(conversation.member_ids) != 2:
            return
        first, second = conversation.member_ids
        try:
            if second not in await self._store.partners(first):
                return
        except StoreDown:
            self._lines.outcome_unknown()
            return
        for user_id, other in ((first, second), (second, first)):
            if self._presence.is_online(other):
                self._lines.told(Notification((user_id,), _event(other, True)))

    # ---- What other tasks say of who is there

    def elsewhere(self, place: str, user_id: str, is_here: bool) -> None:
        if not is_here:
            self._presence.went(user_id, self._now(), place)
        elif self._presence.came(user_id, place):
            self._run(self._tell_came(user_id))

    def only_elsewhere(self, place: str, user_ids: Sequence[str]) -> None:
        for user_id in self._presence.only(place, user_ids, self._now()):
            self._run(self._tell_came(user_id))

    # ---- Telling

    async def _greet(self, socket: Socket, is_news: bool) -> None:
        try:
            partners = await self._store.partners(socket.user_id)
        except StoreDown:
            # Whoever comes back is greeted anew; that they came is news only once.
            socket.wire.close("unavailable")
            if is_news:
                self._came_untold.add(socket.user_id)
            return
        for partner in partners:
            if self._presence.is_online(partner):
                socket.wire.send([_event(partner, True)])
        if is_news:
            self._sockets.tell(partners, _event(socket.user_id, True))

    async def _tell_came(self, user_id: str) -> None:
        """Somebody is on another task."""
        if not self._sockets.count:
            return
        try:
            partners = await self._store.partners(user_id)
        except StoreDown:
            self._came_untold.add(user_id)
            return
        if self._presence.is_online(user_id):
            self._sockets.tell(partners, _event(user_id, True))

    async def _tell_gone(self, user_id: str) -> None:
        if not self._sockets.count:
            return
        try:
            partners = await self._store.partners(user_id)
        except StoreDown:
            self._presence.not_told(user_id, self._now())
            return
        if not self._presence.is_online(user_id):
            self._sockets.tell(partners, _event(user_id, False))


def _event(user_id: str, is_online: bool) -> str:
    return encoded_event("presence", PresenceEvent(user_id, is_online))
