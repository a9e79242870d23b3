"""
Between the service and the bus: what happens here is told to the other tasks, and what happened there to those who are
here. Whatever the bus loses is read from the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from glimpse.chat.bus import (
    BEAT_SECONDS,
    LEASE_SECONDS,
    SILENCE_SECONDS,
    Bus,
    BusMessage,
    EntryCommitted,
    Heartbeats,
    Notification,
    PresenceChanged,
    PresenceSnapshot,
    SnapshotRequest,
    TaskLeft,
    decode_batch,
    decode_own_header,
    pack_batches,
    split_snapshot,
)
from glimpse.chat.delivery_order import Delivered, DeliveryOrder, Gap
from glimpse.chat.documents import ConversationDocument, ReadEvent
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.protocol.socketio import encoded_event
from glimpse.chat.values import StoredEntry

CATCH_UP_SECONDS = 1.0
"""How often the store is asked what changed, while somebody is not heard."""

SLACK_SECONDS = 8.0
"""A change is dated before its commit, which may take as long as a statement; and two clocks differ."""

UNKNOWN_TO_PREVIOUS_RELEASE = (SnapshotRequest, TaskLeft)
"""What a task of the release before does not know."""

ASK_SECONDS = 3.0
FORGET_SECONDS = 60.0
ROLL_SECONDS = 30.0


class People(Protocol):
    """Who is on this task."""

    def tell(self, user_ids: Sequence[str], message: str) -> None:
        """To every socket of each of them."""
        ...

    def here(self, user_ids: Sequence[str]) -> bool: ...

    def since(self, user_ids: Sequence[str]) -> float:
        """When the first of those that are here joined, in seconds since 1970."""
        ...

    def everybody(self) -> Sequence[str]: ...


class RemotePresence(Protocol):
    """Is told who is on other tasks."""

    def elsewhere(self, place: str, user_id: str, is_here: bool) -> None: ...

    def only_elsewhere(self, place: str, user_ids: Sequence[str]) -> None:
        """Exactly these are there."""
        ...

    def acquainted(self, member_ids: Sequence[str]) -> None:
        """They share a new conversation: those of them who are here learn who of the others is online."""
        ...


class Publisher(Protocol):
    """Where the service says what happened."""

    def present(self, user_id: str, is_here: bool) -> None:
        """Somebody's first socket on this task joined, or their last one left."""
        ...

    def landed(self, landed: EntryCommitted, delivered: Delivered | None = None) -> None: ...

    def repeated(self, landed: EntryCommitted, delivered: Delivered) -> None:
        """Somebody asked again for what had landed before, perhaps on another task: those it was told hear nothing."""
        ...

    def told(self, told: Notification) -> None: ...

    def outcome_unknown(self) -> None:
        """Something may be durable of which nobody was told."""
        ...


class LocalPublisher:
    """One task: what landed is the next, always."""

    def __init__(self, people: People) -> None:
        self._people = people

    def landed(self, landed: EntryCommitted, delivered: Delivered | None = None) -> None:
        if landed.message is not None:
            self._people.tell(landed.user_ids, landed.message)
        if delivered:
            delivered()

    def repeated(self, landed: EntryCommitted, delivered: Delivered) -> None:
        delivered()

    def told(self, told: Notification) -> None:
        self._people.tell(told.user_ids, told.message)

    def present(self, user_id: str, is_here: bool) -> None: ...

    def outcome_unknown(self) -> None: ...


class Relay:
    """
    `event_of` makes of what the store has what sockets are sent. `now` in seconds since 1970. `failed` is told of
    defects of this program.
    """

    def __init__(
        self,
        task_id: str,
        bus: Bus,
        store: Store,
        people: People,
        event_of: Callable[[StoredEntry], EntryCommitted],
        now: Callable[[], float],
        failed: Callable[[BaseException], None],
    ) -> None:
        self.task_id, self._failed = task_id, failed
        self._bus, self._store, self._people, self._event_of, self._now = bus, store, people, event_of, now
        self._order = DeliveryOrder(lambda landed: people.tell(landed.user_ids, landed.message or ""))
        self._hearing = Heartbeats(task_id, now())
        self._outbox: list[BusMessage] = []
        self._number = 0
        self._has_ended = self._is_catching_up = False
        self._reading: set[asyncio.Task[None]] = set()
        self._next_beat = self._next_catch_up = self._next_forget = self._next_roll = 0.0
        self._rolled_at = 0.0
        self._rolls: dict[str, dict[int, PresenceSnapshot]] = {}
        self._wanted: dict[str, float] = {}
        """Whose roll is waited for, and when it is asked for again."""

        self.neighbours: RemotePresence | None = None
        self._missed_since: float | None = None
        self._caught_up_to = self._hears_since = now()
        self._unsure_at: set[float] = set()
        self._made_told: set[str] = set()
        self._reads_told: dict[tuple[str, str], int] = {}
        bus.listen(self._heard)

    # ---- What the service says

    def landed(self, landed: EntryCommitted, delivered: Delivered | None = None) -> None:
        self._order.offered(landed, self._now(), delivered)
        self._say(landed)

    def repeated(self, landed: EntryCommitted, delivered: Delivered) -> None:
        self._order.offered(landed, self._now(), delivered)

    def told(self, told: Notification) -> None:
        self._people.tell(told.user_ids, told.message)
        self._say(told)

    def present(self, user_id: str, is_here: bool) -> None:
        self._say(PresenceChanged(user_id, is_here))

    def outcome_unknown(self) -> None:
        # What the store was asked for may still come about; so it is looked for at once, and when that is over.
        now = round(self._now(), 1)
        self._unsure_at |= {now, now + SLACK_SECONDS}

    # ---- What the clock says

    def tick(self) -> None:
        """Some forty times a second."""
        now = self._now()
        for gap in self._order.overdue(now):
            self._read(self._fill(gap))
        if now >= self._next_beat:
            self._next_beat = now + BEAT_SECONDS
            self._publish()
        if due := {at for at in self._unsure_at if at <= now}:
            self._unsure_at -= due
            # A number that nobody gets makes every other task look for what it missed.
            self._number += 1
            self._missed(min(due))
        if (silent_since := self._hearing.silent_since(now)) is not None:
            # Again and again: each time what is new.
            self._missed(max(silent_since, self._caught_up_to))
        if self._missed_since is not None and now >= self._next_catch_up and not self._is_catching_up:
            self._is_catching_up = True
            since, self._missed_since = self._missed_since, None
            self._next_catch_up = now + CATCH_UP_SECONDS
            self._read(self._catch_up(since, now))
        if now >= self._next_roll:
            self._next_roll, self._rolled_at = now + ROLL_SECONDS, now
            for roll in split_snapshot(self._people.everybody(), self._bus.most_bytes, self._number):
                self._say(roll)
        for task_id in [task_id for task_id, due in self._wanted.items() if due <= now]:
            self._wanted[task_id] = now + ASK_SECONDS
            self._say(SnapshotRequest(task_id))
        if self.age() > SILENCE_SECONDS:
            # Who does not hear itself does not know who else is there, until it has listened for a while.
            self._hears_since = now
        if self.neighbours and now - self._hears_since > LEASE_SECONDS:
            for task_id in self._hearing.lapsed(now):
                self._gone(task_id)
            self._hearing.forget(now)
        if now >= self._next_forget:
            self._next_forget = now + FORGET_SECONDS
            self._order.forget(self._people.here)
            self._made_told.clear()
            self._reads_told.clear()

    def age(self) -> float:
        """Seconds since this task heard itself."""
        return self._hearing.age(self._now())

    async def finished(self) -> None:
        """What was said is with the bus, and nothing is being read."""
        self._publish()
        while self._reading:
            await asyncio.wait(self._reading)

    def end(self, is_certain: bool) -> None:
        """The last word, when nothing ticks. Where something may still come about, the others go on looking."""
        if is_certain and not self._unsure_at:
            self._say(TaskLeft())
        self._publish()
        self._has_ended = True

    # ---- What the bus says

    def _heard(self, text: str) -> None:
        batch = decode_own_header(text, self.task_id) or decode_batch(text)
        if batch is None:
            return
        now = self._now()
        is_known, is_late = self._hearing.knows(batch.task_id), self._hearing.is_late(batch)
        missing_since = self._hearing.heard(batch, now)
        self._missed(missing_since)
        if batch.task_id == self.task_id:
            return
        if not is_known or missing_since is not None:
            self._wanted.setdefault(batch.task_id, now)
        for item in batch.items:
            self._hear(batch.task_id, item, is_late, now)

    def _hear(self, task_id: str, item: BusMessage, is_late: bool, now: float) -> None:
        if isinstance(item, Notification):
            self._people.tell(item.user_ids, item.message)
        elif isinstance(item, PresenceChanged | PresenceSnapshot) and is_late:
            # Who is there was told anew since then, or is asked for by now.
            return
        elif isinstance(item, PresenceChanged):
            if self.neighbours:
                self.neighbours.elsewhere(task_id, item.user_id, item.is_here)
        elif isinstance(item, PresenceSnapshot):
            self._hear_roll(task_id, item)
        elif isinstance(item, SnapshotRequest):
            if item.task_id == self.task_id:
                self._roll_soon()
        elif isinstance(item, TaskLeft):
            self._hearing.ended(task_id)
            self._gone(task_id)
        elif not item.user_ids or self._people.here(item.user_ids):
            self._order.offered(item, now)

    def _gone(self, task_id: str) -> None:
        """Nobody is on this task any more."""
        self._wanted.pop(task_id, None)
        self._rolls.pop(task_id, None)
        if self.neighbours:
            self.neighbours.only_elsewhere(task_id, ())

    def _roll_soon(self) -> None:
        """At once, or as often as a bus that loses much may be asked for it."""
        self._next_roll = min(self._next_roll, self._rolled_at + CATCH_UP_SECONDS)

    def _hear_roll(self, task_id: str, roll: PresenceSnapshot) -> None:
        parts = self._rolls.setdefault(task_id, {})
        if any((each.call, each.parts) != (roll.call, roll.parts) for each in parts.values()):
            parts.clear()
        parts[roll.part] = roll
        if len(parts) == roll.parts:
            del self._rolls[task_id]
            self._wanted.pop(task_id, None)
            if self.neighbours:
                everybody = [user_id for each in parts.values() for user_id in each.user_ids]
                self.neighbours.only_elsewhere(task_id, everybody)

    # ---- The outbox

    def _say(self, item: BusMessage) -> None:
        if not self._outbox:
            asyncio.get_running_loop().call_soon(self._publish)
        self._outbox.append(item)

    def _publish(self) -> None:
        """One batch for all that one turn of the loop brought; empty, it says that this task lives."""
        if self._has_ended:
            return
        items, self._outbox = self._outbox, []
        # What the release before does not know would cost it all that shares a text with it.
        common = [item for item in items if not isinstance(item, UNKNOWN_TO_PREVIOUS_RELEASE)]
        apart = [[item] for item in items if isinstance(item, UNKNOWN_TO_PREVIOUS_RELEASE)]
        for group in ([common] if common or not apart else []) + apart:
            for text in pack_batches(self.task_id, self._number + 1, group, self._bus.most_bytes):
                self._number += 1
                self._bus.send(text)

    # ---- The store

    def _missed(self, since: float | None) -> None:
        """Something that was said after this time may not have been heard."""
        if since is not None:
            self._missed_since = since if self._missed_since is None else min(since, self._missed_since)

    def _read(self, work: asyncio._CoroutineLike[None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._reading.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._reading.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._failed(error)

    async def _fill(self, gap: Gap) -> None:
        try:
            if gap.after is None:
                # Who they are may have been too long to be carried; then it may be anybody.
                since = self._people.since(gap.user_ids or self._people.everybody()) - SLACK_SECONDS
                found = await self._store.changes(gap.conversation_id, 0, gap.before, since)
            else:
                found = await self._store.changes(gap.conversation_id, gap.after, gap.before, None)
        except Exception as error:
            self._order.failed(gap, self._now())
            if not isinstance(error, StoreDown):
                raise
            return
        self._order.filled(gap, [self._event_of(stored) for stored in found], self._now())

    async def _catch_up(self, since: float, now: float) -> None:
        """Whatever changed for those who are here since shortly before something was missed."""
        try:
            changed = await self._store.changed_since(self._people.everybody(), since - SLACK_SECONDS)
        except StoreDown:
            self._missed(since)
            return
        finally:
            self._is_catching_up = False
        self._caught_up_to = max(self._caught_up_to, now)
        for each in changed:
            if each.is_new and each.id not in self._made_told:
                self._made_told.add(each.id)
                # Its entries have their own events.
                self._people.tell(
                    each.member_ids, encoded_event("conversation", ConversationDocument(each.id, each.member_ids, 0))
                )
                if self.neighbours:
                    self.neighbours.acquainted(each.member_ids)
            self._order.changed(each.id, each.last_seq, each.member_ids, self._now())
            for reader_id, seq in each.reads.items():
                if self._reads_told.get((each.id, reader_id), -1) < seq:
                    self._reads_told[each.id, reader_id] = seq
                    self._people.tell(each.member_ids, encoded_event("read", ReadEvent(each.id, reader_id, seq)))
