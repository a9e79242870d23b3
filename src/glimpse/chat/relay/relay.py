"""
The publisher of a task that shares a bus with others. It sends events to the sockets of this task and to the other
tasks, and passes what those send to its sockets. Whatever the bus loses, it reads from the store.

The relay does all I/O and reads the clock. What is due is decided by `delivery_order.py` (in which order entries are
delivered), `heartbeats.py` (which tasks are alive), `catch_up.py` (when to read what was missed) and `roster.py` (whose
snapshot is missing).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from glimpse.chat.background import BackgroundTasks
from glimpse.chat.events import conversation_event, entry_committed, read_event
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.presence_notifier import PresenceNotifier
from glimpse.chat.publications import EntryCommitted, Notification, OnDelivered
from glimpse.chat.relay.bus import (
    BlockChanged,
    Bus,
    BusMessage,
    ConversationMade,
    PresenceChanged,
    PresenceSnapshot,
    Revoked,
    SnapshotRequest,
    TaskLeft,
    decode_batch,
    decode_own_header,
    fits_bus,
    pack_batches,
    split_snapshot,
)
from glimpse.chat.relay.catch_up import COMMIT_LAG_SECONDS, CatchUp
from glimpse.chat.relay.delivery_order import DeliveryOrder, Gap
from glimpse.chat.relay.heartbeats import Heartbeats
from glimpse.chat.relay.roster import Roster
from glimpse.chat.sockets import Sockets
from glimpse.chat.values import Conversation

FORGET_SECONDS = 60.0
"""How often conversations without a member here are forgotten."""


class Relay:
    """
    Implements the port Publisher; after `listen` it also hears what other tasks publish. `now` in seconds since 1970.
    `report_defect` is called with exceptions that are defects of this program, and `tick_at` with times at which `tick`
    is to be called.
    """

    _notifier: PresenceNotifier
    _on_revoked: Callable[[str], None]

    def __init__(
        self,
        task_id: str,
        bus: Bus,
        store: Store,
        sockets: Sockets,
        now: Callable[[], float],
        report_defect: Callable[[BaseException], None],
        tick_at: Callable[[float], None] = lambda at: None,
    ) -> None:
        self.task_id, self._tick_at = task_id, tick_at
        self._bus, self._store, self._sockets, self._now = bus, store, sockets, now
        self._order = DeliveryOrder()
        self._heartbeats, self._catch_up, self._roster = Heartbeats(task_id, now()), CatchUp(now()), Roster()
        self._background = BackgroundTasks(report_defect)
        self._outbox: list[BusMessage] = []
        self._number = 0
        """The number of the last batch that was sent."""

        self._next_forget = 0.0
        self._has_ended = False

    def listen(self, notifier: PresenceNotifier, on_revoked: Callable[[str], None]) -> None:
        """
        Receive the batches of other tasks from now on. `notifier` is told who is on those tasks, and `on_revoked` whose
        tokens another task revoked.
        """
        self._notifier, self._on_revoked = notifier, on_revoked
        self._bus.listen(self._on_text)
        self._tick_soon()

    # ---- Publisher

    def publish_entry(self, committed: EntryCommitted, on_delivered: OnDelivered | None = None) -> None:
        self._send(committed)
        self._add(committed, on_delivered)

    def repeat_entry(self, committed: EntryCommitted, created_at: float, on_delivered: OnDelivered) -> None:
        if created_at < self._sockets.first_joined_at(committed.user_ids) - COMMIT_LAG_SECONDS:
            # Every socket here joined after it was stored, and has fetched it; `_fill` reads nothing so old.
            on_delivered()
        else:
            self._add(committed, on_delivered)

    def notify(self, notification: Notification) -> None:
        self._send(notification)
        self._sockets.send(notification.user_ids, notification.event)

    def conversation_made(self, conversation: Conversation) -> None:
        event, creator_id = conversation_event(conversation), conversation.member_ids[0]
        whole = Notification(conversation.member_ids, event)
        is_short = fits_bus(whole, self.task_id, self._bus.max_bytes)
        self._send(whole if is_short else ConversationMade(conversation.id, creator_id))
        self._sockets.send(conversation.member_ids, event)

    def presence_changed(self, user_id: str, is_here: bool) -> None:
        self._send(PresenceChanged(user_id, is_here))

    def block_changed(self, user_ids: tuple[str, str]) -> None:
        self._send(BlockChanged(user_ids))

    def revoked(self, user_id: str, valid_after: int) -> None:
        self._send(Revoked(user_id, valid_after))
        self._sockets.close_revoked(user_id, valid_after)

    def outcome_unknown(self) -> None:
        self._catch_up.outcome_unknown(self._now())
        self._tick_soon()

    # ---- What is due

    def tick(self) -> None:
        """Do what is due, and say when the next thing is."""
        now = self._now()
        for gap in self._order.gaps_due(now):
            self._read(self._fill(gap))
        heartbeats = self._heartbeats.tick(now)
        if heartbeats.send:
            self._publish()
        if heartbeats.silent_since is not None:
            self._catch_up.silent(heartbeats.silent_since)
        for task_id in heartbeats.lapsed:
            self._left(task_id)
        catch_up = self._catch_up.tick(now)
        if catch_up.skip_number:
            self._number += 1
        if catch_up.read_since is not None:
            self._read(self._read_changes(catch_up.read_since, now))
        roster = self._roster.tick(now)
        if roster.send_snapshot:
            for part in split_snapshot(self._sockets.user_ids(), self._bus.max_bytes, self._number):
                self._send(part)
        for task_id in roster.request_from:
            self._send(SnapshotRequest(task_id))
        if now >= self._next_forget:
            self._next_forget = now + FORGET_SECONDS
            self._order.forget(self._sockets.has_any)
            self._catch_up.forget()
        self._tick_at(
            min(
                self._order.next_due(),
                self._heartbeats.next_due(self._now()),
                self._catch_up.next_due(),
                self._roster.next_due(),
                self._next_forget,
            )
        )

    def _tick_soon(self) -> None:
        """
        Something new may be due. Only `tick` looks for when: after an outage thousands of conversations may have gaps,
        and messages come meanwhile.
        """
        self._tick_at(self._now())

    def age(self) -> float:
        """Seconds since this task received a batch of its own."""
        return self._heartbeats.age(self._now())

    async def wait_until_idle(self) -> None:
        """Wait until every message is handed to the bus, and no read is running."""
        self._publish()
        await self._background.wait_until_idle()

    def end(self, is_certain: bool) -> None:
        """
        Send the last batch; `tick` is not called any more. If not `is_certain`, a change may still be committed: then
        the other tasks are not told that this one left, so that they notice its silence and catch up.
        """
        if is_certain and not self._catch_up.has_unknown_outcome:
            self._send(TaskLeft())
        self._publish()
        self._has_ended = True

    # ---- What arrives

    def _on_text(self, text: str) -> None:
        batch = decode_own_header(text, self.task_id) or decode_batch(text)
        if batch is None:
            return
        task_id, now = batch.task_id, self._now()
        heard = self._heartbeats.on_batch(task_id, batch.number, now)
        if heard.missed_since is not None:
            self._catch_up.missed(heard.missed_since)
        if heard.is_first or heard.missed_since is not None:
            self._tick_soon()
        if task_id == self.task_id:
            return
        if heard.is_first or heard.missed_since is not None:
            self._roster.snapshot_missing(task_id, now)
        for message in batch.messages:
            self._on_message(task_id, message, heard.is_late, now)

    def _on_message(self, task_id: str, message: BusMessage, is_late: bool, now: float) -> None:
        match message:
            case EntryCommitted():
                # Without user ids, which were too long for the bus, it may be for anybody.
                if not message.user_ids or self._sockets.has_any(message.user_ids):
                    self._add(message)
            case Notification():
                self._sockets.send(message.user_ids, message.event)
            case PresenceChanged() | PresenceSnapshot() if is_late:
                pass  # A later batch has newer news of presence, or a snapshot has been requested.
            case PresenceChanged():
                self._notifier.remote_changed(task_id, message.user_id, message.is_here)
            case PresenceSnapshot():
                if (user_ids := self._roster.add(task_id, message)) is not None:
                    self._notifier.remote_snapshot(task_id, user_ids)
            case ConversationMade():
                self._read(self._tell_made(message, now))
            case BlockChanged():
                self._notifier.remote_block_changed(message.user_ids)
            case SnapshotRequest():
                if message.task_id == self.task_id:
                    self._roster.snapshot_requested()
                    self._tick_soon()
            case Revoked():
                self._on_revoked(message.user_id)
                self._sockets.close_revoked(message.user_id, message.valid_after)
            case TaskLeft():
                self._heartbeats.left(task_id)
                self._left(task_id)

    def _left(self, task_id: str) -> None:
        """Nobody is on that task any more."""
        self._roster.left(task_id)
        self._notifier.remote_snapshot(task_id, ())

    def _add(self, committed: EntryCommitted, on_delivered: OnDelivered | None = None) -> None:
        """Deliver an entry in its turn."""
        self._sockets.deliver(self._order.add(committed, self._now(), on_delivered))
        if self._order.has_gaps:
            self._tick_soon()

    # ---- What is sent

    def _send(self, message: BusMessage) -> None:
        """Add a message to the batch that is sent at the end of this turn of the event loop."""
        if not self._outbox:
            asyncio.get_running_loop().call_soon(self._publish)
        self._outbox.append(message)

    def _publish(self) -> None:
        """Send the outbox as one batch; an empty batch is a heartbeat."""
        if self._has_ended:
            return
        messages, self._outbox = self._outbox, []
        for text in pack_batches(self.task_id, self._number + 1, messages, self._bus.max_bytes):
            self._number += 1
            self._bus.send(text)

    # ---- What is read from the store

    def _read(self, reading: Coroutine[None, None, None]) -> None:
        """Run a coroutine that reads in the background. Afterwards something else may be due."""

        async def read() -> None:
            try:
                await reading
            finally:
                self._tick_soon()

        self._background.run(read())

    async def _fill(self, gap: Gap) -> None:
        try:
            if gap.after is None:
                since = self._sockets.first_joined_at(gap.user_ids or self._sockets.user_ids()) - COMMIT_LAG_SECONDS
                found = await self._store.changes(gap.conversation_id, 0, gap.before, since)
            else:
                found = await self._store.changes(gap.conversation_id, gap.after, gap.before, None)
        except Exception as error:
            self._order.failed(gap, self._now())
            if not isinstance(error, StoreDown):
                raise
            return
        self._sockets.deliver(self._order.fill(gap, [entry_committed(stored) for stored in found], self._now()))

    async def _tell_made(self, made: ConversationMade, now: float) -> None:
        try:
            found = await self._store.conversation(made.conversation_id, made.creator_id)
        except StoreDown:
            self._catch_up.missed(now)
            return
        # If the creator has left, that entry told the members of the conversation.
        if isinstance(found, Conversation):
            self._tell_new(found.id, found.member_ids)

    def _tell_new(self, conversation_id: str, member_ids: tuple[str, ...]) -> None:
        """Tell of a conversation as it was when created, because each of its entries has an event of its own."""
        self._sockets.send(member_ids, conversation_event(Conversation(conversation_id, member_ids, 0, {})))

    async def _read_changes(self, since: float, now: float) -> None:
        """Tell the sockets of this task what changed for their users since then and was not told before."""
        try:
            # A user who is about to join counts, too: what the store told for the join may be older.
            user_ids = [*self._sockets.user_ids(), *self._sockets.joining_user_ids()]
            revoked = await self._store.revoked_since(user_ids, since - COMMIT_LAG_SECONDS)
            found = await self._store.changed_since(user_ids, since - COMMIT_LAG_SECONDS)
            pairs = await self._store.pairs_changed_since(user_ids, since - COMMIT_LAG_SECONDS)
        except Exception as error:
            self._catch_up.failed(since)
            if not isinstance(error, StoreDown):
                raise
            return
        for user_id, valid_after in revoked:
            self._sockets.close_revoked(user_id, valid_after)
        for change in self._catch_up.succeeded(found, now):
            if change.is_new:
                self._tell_new(change.id, change.member_ids)
                self._notifier.announce_online_here(change.member_ids)
            self._order.expect(change.id, change.last_seq, change.member_ids, self._now())
            for reader_id, seq in change.reads.items():
                hidden_ids = change.hidden_ids.get(reader_id, frozenset())
                visible_ids = [each for each in change.member_ids if each not in hidden_ids]
                self._sockets.send(visible_ids, read_event(change.id, reader_id, seq))
        for user_ids_of_pair in self._catch_up.news_of_pairs(pairs):
            self._notifier.remote_block_changed(user_ids_of_pair)
