"""
Tells users when a partner, the other member of a conversation of two, comes online or goes offline.

Every task knows from the bus who is on which task, and tells only its own sockets; so no socket is told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glimpse.chat.background import BackgroundTasks
from glimpse.chat.events import presence_event
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.presence import Presence
from glimpse.chat.publications import Notification
from glimpse.chat.publisher import Publisher
from glimpse.chat.sockets import Socket, Sockets
from glimpse.chat.values import Conversation


class PresenceNotifier:
    """`background` runs the queries of the store; `now` in seconds since 1970."""

    def __init__(
        self,
        store: Store,
        sockets: Sockets,
        publisher: Publisher,
        now: Callable[[], float],
        background: BackgroundTasks,
    ) -> None:
        self._store, self._sockets, self._publisher = store, sockets, publisher
        self._now, self._background = now, background
        self._presence = Presence()
        self._online_to_announce: set[str] = set()
        """Users who came online while the store was down, so that their partners are unknown."""

    # ---- On this task

    def joined(self, socket: Socket) -> None:
        """A socket was added: tell it which partners are online, and tell the partners if its user was offline."""
        if len(self._sockets.of(socket.user_id)) == 1:
            self._publisher.presence_changed(socket.user_id, True)
        self._background.run(self._send_online_partners(socket, self._presence.joined(socket.user_id)))

    def left(self, user_id: str) -> None:
        """The last socket of the user on this task left."""
        self._presence.left(user_id, self._now())
        self._publisher.presence_changed(user_id, False)

    def sweep(self) -> None:
        """Once a second: announce users who stayed away, and those who could not be announced before."""
        for user_id in self._presence.newly_offline(self._now()):
            self._background.run(self._announce_offline(user_id))
        untold, self._online_to_announce = self._online_to_announce, set()
        for user_id in untold:
            self._background.run(self._announce_online(user_id))

    async def announce_online_to_each_other(self, conversation: Conversation) -> None:
        """Tell the two members of a new conversation, on whichever task they are, if it is their first one."""
        if len(conversation.member_ids) != 2:
            return
        first, second = conversation.member_ids
        try:
            if second not in await self._store.partners(first):
                return
        except StoreDown:
            self._publisher.outcome_unknown()
            return
        for user_id, partner in ((first, second), (second, first)):
            if self._presence.is_online(partner):
                self._publisher.notify(Notification((user_id,), presence_event(partner, True)))

    def announce_online_here(self, member_ids: Sequence[str]) -> None:
        """The same, for sockets of this task only, where the bus lost the new conversation."""
        if len(member_ids) == 2:
            for user_id, partner in (member_ids, member_ids[::-1]):
                if self._presence.is_online(partner):
                    self._sockets.send((user_id,), presence_event(partner, True))

    # ---- On other tasks

    def remote_changed(self, task_id: str, user_id: str, is_here: bool) -> None:
        """The first socket of the user joined another task, or the last one left it."""
        if not is_here:
            self._presence.left(user_id, self._now(), task_id)
        elif self._presence.joined(user_id, task_id):
            self._background.run(self._announce_online(user_id))

    def remote_snapshot(self, task_id: str, user_ids: Sequence[str]) -> None:
        """Exactly these users are on another task."""
        for user_id in self._presence.snapshot(task_id, user_ids, self._now()):
            self._background.run(self._announce_online(user_id))

    # ---- Telling

    async def _send_online_partners(self, socket: Socket, was_offline: bool) -> None:
        try:
            partners = await self._store.partners(socket.user_id)
        except StoreDown:
            # The client reconnects, and then learns who is online. But by then its user is online already, so the next
            # sweep has to tell the partners.
            socket.session.close("unavailable")
            if was_offline:
                self._online_to_announce.add(socket.user_id)
            return
        for partner in partners:
            if self._presence.is_online(partner):
                socket.session.send([presence_event(partner, True)])
        if was_offline:
            self._sockets.send(partners, presence_event(socket.user_id, True))

    async def _announce_online(self, user_id: str) -> None:
        if not self._sockets.count:
            return
        try:
            partners = await self._store.partners(user_id)
        except StoreDown:
            self._online_to_announce.add(user_id)
            return
        if self._presence.is_online(user_id):
            self._sockets.send(partners, presence_event(user_id, True))

    async def _announce_offline(self, user_id: str) -> None:
        if not self._sockets.count:
            return
        try:
            partners = await self._store.partners(user_id)
        except StoreDown:
            self._presence.retry_offline(user_id, self._now())
            return
        if not self._presence.is_online(user_id):
            self._sockets.send(partners, presence_event(user_id, False))
