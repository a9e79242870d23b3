"""
The sockets of this task get the events of a conversation in the order of their seqs, whichever task stored an entry,
and although the bus may reorder, repeat and lose batches. When an entry arrives, its seq is

    the next one          it is delivered, and then the later entries that waited for it
    an earlier one        it was delivered before, so nothing is sent
    a later one           it waits for REORDER_SECONDS; then the relay reads the missing entries from the store
    the first one here    the relay reads the entries before it that were stored since a member joined this task
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from glimpse.chat.publications import NO_EVENT, Delivery, EntryCommitted, OnDelivered

REORDER_SECONDS = 0.05
"""How long an entry waits for earlier ones: a batch seldom arrives later than this after one that was sent after it."""

READ_AGAIN_SECONDS = 1.0
"""After the store did not answer."""


class Gap(Struct, frozen=True):
    """
    Entries that this task lacks: those with seqs between `after` and `before`. If `after` is None, the task does not
    know what its sockets have, and lacks what was stored since they joined.
    """

    conversation_id: str
    after: int | None
    before: int
    user_ids: tuple[str, ...]


@dataclass(slots=True)
class _Conversation:
    """`last`: the seq that was delivered last, None if unknown. `due`: when to read the missing entries."""

    last: int | None
    user_ids: tuple[str, ...]
    due: float = 0.0
    is_asked: bool = False
    waiting: dict[int, tuple[EntryCommitted, OnDelivered | None]] = field(default_factory=dict)


class DeliveryOrder:
    """A reorder buffer: what to deliver, each entry once and in order, and what to read from the store."""

    def __init__(self) -> None:
        self._conversations: dict[str, _Conversation] = {}
        self._incomplete: set[str] = set()
        """Conversations in which an entry waits."""

    @property
    def has_gaps(self) -> bool:
        return bool(self._incomplete)

    def add(self, committed: EntryCommitted, now: float, on_delivered: OnDelivered | None = None) -> Sequence[Delivery]:
        """Add an entry that is durable, stored by this task or another. It may be added more than once."""
        known = self._conversations.get(committed.conversation_id)
        if known is None:
            # Nothing comes before the first entry.
            known = _Conversation(0 if committed.seq == 1 else None, committed.user_ids)
            self._conversations[committed.conversation_id] = known
        last, seq = known.last, committed.seq
        if last is not None and seq <= last:
            return (Delivery(None, on_delivered),)
        if seq - 1 == last and not known.waiting and committed.has_event:
            # The usual case, handled without the dictionary below.
            known.last, known.user_ids = seq, committed.user_ids
            return (Delivery(committed, on_delivered),)
        if not known.waiting or not committed.has_event:
            known.due = now if last is None or not committed.has_event else now + REORDER_SECONDS
        before = known.waiting.get(seq)
        # Where an entry is added twice, keep the event and the callback, which only one of the two may have.
        known.waiting[seq] = (
            committed if committed.has_event or before is None else before[0],
            on_delivered or (before[1] if before else None),
        )
        return self._deliverable(committed.conversation_id, known)

    def expect(self, conversation_id: str, last_seq: int, user_ids: tuple[str, ...], now: float) -> None:
        """The store has entries up to `last_seq`; those that have not arrived are missing."""
        known = self._conversations.setdefault(conversation_id, _Conversation(None if last_seq else 0, user_ids))
        if last_seq and (known.last is None or known.last < last_seq):
            self.add(EntryCommitted(conversation_id, last_seq, user_ids, NO_EVENT), now)

    def gaps_due(self, now: float) -> Sequence[Gap]:
        """The gaps to read from the store now. For each, call `fill` or `failed` afterwards."""
        gaps = []
        for conversation_id in self._incomplete:
            known = self._conversations[conversation_id]
            if known.due <= now and not known.is_asked:
                known.is_asked = True
                gaps.append(Gap(conversation_id, known.last, _gap_end(known), known.user_ids))
        return gaps

    def next_due(self) -> float:
        """When `gaps_due` next returns a gap; infinity where no entry waits, or the store is being asked."""
        incomplete = (self._conversations[conversation_id] for conversation_id in self._incomplete)
        return min((each.due for each in incomplete if not each.is_asked), default=math.inf)

    def fill(self, gap: Gap, found: Sequence[EntryCommitted], now: float) -> Sequence[Delivery]:
        """`found` are all entries that the store has in the gap. An entry without an event is sent to nobody."""
        known = self._conversations[gap.conversation_id]
        known.is_asked = False
        deliveries = []
        for committed in found:
            _, on_delivered = known.waiting.pop(committed.seq, (None, None))
            is_next = known.last is None or committed.seq > known.last
            if is_next:
                # An entry of an unknown kind has no users; the members stay as they were.
                known.last, known.user_ids = committed.seq, committed.user_ids or known.user_ids
            deliveries.append(Delivery(committed if is_next else None, on_delivered))
        known.last = max(known.last or 0, gap.before - 1)
        for seq in [seq for seq in known.waiting if seq <= known.last]:
            _, on_delivered = known.waiting.pop(seq)
            deliveries.append(Delivery(None, on_delivered))
        known.due = now
        return [*deliveries, *self._deliverable(gap.conversation_id, known)]

    def failed(self, gap: Gap, now: float) -> None:
        """The store did not answer, so it is asked again."""
        known = self._conversations[gap.conversation_id]
        known.is_asked, known.due = False, now + READ_AGAIN_SECONDS

    def forget(self, is_anybody_here: Callable[[Sequence[str]], bool]) -> None:
        """Forget conversations without a member on this task: a client that joins fetches what it lacks."""
        for conversation_id, known in list(self._conversations.items()):
            if not known.waiting and not known.is_asked and not is_anybody_here(known.user_ids):
                del self._conversations[conversation_id]

    def _deliverable(self, conversation_id: str, known: _Conversation) -> Sequence[Delivery]:
        """Remove and return the waiting entries that follow the last delivered one without a gap."""
        deliveries = []
        while known.last is not None and (waiting := known.waiting.get(known.last + 1)):
            committed, on_delivered = waiting
            if not committed.has_event:
                break
            del known.waiting[committed.seq]
            known.last, known.user_ids = committed.seq, committed.user_ids
            deliveries.append(Delivery(committed, on_delivered))
        if known.waiting:
            self._incomplete.add(conversation_id)
        else:
            self._incomplete.discard(conversation_id)
        return deliveries


def _gap_end(known: _Conversation) -> int:
    """
    Up to which seq, exclusive, entries are missing: the first waiting entry that has its event ends the gap. If an
    entry without its event waits before that one, the gap ends after the last entry that has none.
    """
    with_event = [seq for seq, (committed, _) in known.waiting.items() if committed.has_event]
    without = [seq for seq, (committed, _) in known.waiting.items() if not committed.has_event]
    return min(with_event) if with_event and not (without and min(without) < min(with_event)) else max(without) + 1
