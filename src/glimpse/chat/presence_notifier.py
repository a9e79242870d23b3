"""
Tells users when a partner, the other member of a conversation of two, comes online or goes offline.

Every task knows from the bus who is on which task, and tells only its own sockets; so no socket is told twice.

While one of two users blocks the other, each is offline for the other. What the store says of a user's partners may be
old by the time it arrives: if a block of the user changed meanwhile, it is read again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from glimpse.chat.background import BackgroundTasks
from glimpse.chat.events import event_packet, presence_event
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.presence import AWAY_SECONDS, THIS_TASK, Presence
from glimpse.chat.publications import Notification
from glimpse.chat.publisher import Publisher
from glimpse.chat.sockets import Socket, Sockets
from glimpse.chat.values import Conversation

T = TypeVar("T")


class PresenceNotifier:
    """
    `background` runs the queries of the store; `now` in seconds since 1970. `on_due` is called with times at which
    `sweep` is to be called.
    """

    def __init__(
        self,
        store: Store,
        sockets: Sockets,
        publisher: Publisher,
        now: Callable[[], float],
        background: BackgroundTasks,
        on_due: Callable[[float], None] = lambda at: None,
    ) -> None:
        self._store, self._sockets, self._publisher = store, sockets, publisher
        self._now, self._background, self._on_due = now, background, on_due
        self._presence = Presence()
        self._online_to_announce: set[str] = set()
        """Users who came online while the store was down, so that their partners are unknown."""

        self._blocks_to_announce: set[tuple[str, str]] = set()
        """Pairs of users whose block changed while the store was down."""

        self._reading: set[_Reading] = set()

    # ---- On this task

    def joined(self, socket: Socket, partners: Sequence[str] | None) -> None:
        """
        A socket was added: tell it which partners are online, and tell the partners if its user was offline. `partners`
        are None where they have to be read from the store.
        """
        if len(self._sockets.of(socket.user_id)) == 1:
            self._publisher.presence_changed(socket.user_id, True)
        was_offline = self._presence.joined(socket.user_id)
        if partners is None:
            self._background.run(self._send_online_partners(socket, was_offline))
        else:
            self._send_online(socket, partners, was_offline)

    def left(self, user_id: str) -> None:
        """The last socket of the user on this task left."""
        self._gone(user_id, THIS_TASK)
        self._publisher.presence_changed(user_id, False)

    def sweep(self) -> None:
        """Announce users who stayed away, and those who could not be announced before."""
        for user_id in self._presence.newly_offline(self._now()):
            self._background.run(self._announce_offline(user_id))
        untold, self._online_to_announce = self._online_to_announce, set()
        for user_id in untold:
            self._background.run(self._announce_online(user_id))
        blocks, self._blocks_to_announce = self._blocks_to_announce, set()
        for user_ids in blocks:
            self._background.run(self._announce_to_each_other(user_ids))
        self._on_due(self._presence.next_offline_at())

    def block_changed(self, first_id: str, second_id: str) -> None:
        """A block between two users began or ended: tell them on every task, if they have a conversation of two."""
        self._publisher.block_changed((first_id, second_id))
        self.remote_block_changed((first_id, second_id))

    async def announce_online_to_each_other(self, conversation: Conversation) -> None:
        """Tell the two members of a new conversation, on whichever task they are, if it is their first one."""
        if len(conversation.member_ids) != 2:
            return
        first, second = conversation.member_ids
        try:
            if second not in await self._partners(first):
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
            self._background.run(self._announce_to_each_other((member_ids[0], member_ids[1])))

    # ---- On other tasks

    def remote_block_changed(self, user_ids: tuple[str, str]) -> None:
        """A block between two users began or ended, and the other tasks tell their own sockets."""
        for reading in self._reading:
            reading.is_stale |= reading.user_id in user_ids
        self._sockets.partners_changed(user_ids)
        if self._sockets.has_any(user_ids):
            self._background.run(self._announce_to_each_other(user_ids))

    def remote_changed(self, task_id: str, user_id: str, is_here: bool) -> None:
        """The first socket of the user joined another task, or the last one left it."""
        if not is_here:
            self._gone(user_id, task_id)
        elif self._presence.joined(user_id, task_id):
            self._background.run(self._announce_online(user_id))

    def remote_snapshot(self, task_id: str, user_ids: Sequence[str]) -> None:
        """Exactly these users are on another task."""
        for user_id in self._presence.snapshot(task_id, user_ids, self._now()):
            self._background.run(self._announce_online(user_id))
        self._on_due(self._presence.next_offline_at())

    # ---- Telling

    def _gone(self, user_id: str, task_id: str) -> None:
        now = self._now()
        self._presence.left(user_id, now, task_id)
        self._on_due(now + AWAY_SECONDS)

    async def _send_online_partners(self, socket: Socket, was_offline: bool) -> None:
        try:
            partners = await self._partners(socket.user_id)
        except StoreDown:
            # The client reconnects, and then learns who is online. But by then its user is online already, so the next
            # sweep has to tell the partners.
            socket.session.close("unavailable")
            if was_offline:
                self._online_to_announce.add(socket.user_id)
                self._on_due(self._now())
            return
        self._send_online(socket, partners, was_offline)

    def _send_online(self, socket: Socket, partners: Sequence[str], was_offline: bool) -> None:
        for partner in partners:
            if self._presence.is_online(partner):
                socket.session.send_text(event_packet(presence_event(partner, True)))
        if was_offline:
            self._sockets.send(partners, presence_event(socket.user_id, True))

    async def _announce_online(self, user_id: str) -> None:
        if not self._sockets.count:
            return
        try:
            partners = await self._partners(user_id)
        except StoreDown:
            self._online_to_announce.add(user_id)
            self._on_due(self._now())
            return
        if self._presence.is_online(user_id):
            self._sockets.send(partners, presence_event(user_id, True))

    async def _announce_offline(self, user_id: str) -> None:
        if not self._sockets.count:
            return
        try:
            partners = await self._partners(user_id)
        except StoreDown:
            self._presence.retry_offline(user_id, self._now())
            self._on_due(self._now())
            return
        if not self._presence.is_online(user_id):
            self._sockets.send(partners, presence_event(user_id, False))

    async def _announce_to_each_other(self, user_ids: tuple[str, str]) -> None:
        """
        Tell the two, where they have a conversation of two, whether the other is online for them: that they are
        offline while a block is between them, and else that they are online, if so.
        """
        try:
            is_open = await self._read_again_if_stale(user_ids[0], lambda: self._store.pair_is_open(*user_ids))
        except StoreDown:
            self._blocks_to_announce.add(user_ids)
            self._on_due(self._now())
            return
        if is_open is None:
            return
        for user_id, partner in (user_ids, user_ids[::-1]):
            if self._presence.is_online(partner):
                self._sockets.send((user_id,), presence_event(partner, is_open))

    async def _partners(self, user_id: str) -> Sequence[str]:
        return await self._read_again_if_stale(user_id, lambda: self._store.partners(user_id))

    async def _read_again_if_stale(self, user_id: str, read: Callable[[], Awaitable[T]]) -> T:
        """Read from the store, and again while a block of the user changed meanwhile. Raises StoreDown."""
        while True:
            reading = _Reading(user_id)
            self._reading.add(reading)
            try:
                found = await read()
            finally:
                self._reading.discard(reading)
            if not reading.is_stale:
                return found


@dataclass(eq=False, slots=True)
class _Reading:
    user_id: str
    is_stale: bool = False
