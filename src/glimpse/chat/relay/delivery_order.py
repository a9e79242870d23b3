"""
The sockets of this task get the events of a conversation in the order of their numbers, whichever task stored an entry
and however the bus shuffles, repeats and loses batches. For each entry that arrives:

    the next number       is delivered, and so are later entries that waited for it
    an earlier number     was delivered before
    a later number        waits a moment for what is missing; then the relay reads that from the store
    the first one ever    the relay reads from the store what came before it, since somebody here joined
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec import Struct

from glimpse.chat.relay.bus import EntryCommitted

REORDER_SECONDS = 0.05
"""How long an entry waits for those before it: a bus seldom delays a batch longer than this behind a later one."""

READ_AGAIN_SECONDS = 1.0
"""After the store did not answer."""

OnDelivered = Callable[[], None]
"""Called when the event of an entry was delivered, now or earlier."""


class Delivery(NamedTuple):
    """First send the event of `committed` to its users, unless it is None: it was sent before. Then call."""

    committed: EntryCommitted | None
    on_delivered: OnDelivered | None


class Gap(Struct, frozen=True):
    """
    Entries that this task lacks: those with numbers between `after` and `before`. Where `after` is None, the task does
    not know what its sockets have, and lacks what was stored since they joined.
    """

    conversation_id: str
    after: int | None
    before: int
    user_ids: tuple[str, ...]


@dataclass(slots=True)
class _Conversation:
    """`last` is the number that was delivered last, None if that is not known. `due`: when to ask for what lacks."""

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

    def add(self, committed: EntryCommitted, now: float, on_delivered: OnDelivered | None = None) -> Sequence[Delivery]:
        """An entry that is durable, stored here or on another task. It may come more than once."""
        known = self._conversations.get(committed.conversation_id)
        if known is None:
            # Nothing comes before the first entry.
            known = _Conversation(0 if committed.seq == 1 else None, committed.user_ids)
            self._conversations[committed.conversation_id] = known
        last, seq = known.last, committed.seq
        if last is not None and seq <= last:
            return (Delivery(None, on_delivered),)
        if seq - 1 == last and committed.event is not None and not known.waiting:
            # The usual case, without the detour below.
            known.last, known.user_ids = seq, committed.user_ids
            return (Delivery(committed, on_delivered),)
        if not known.waiting or committed.event is None:
            known.due = now if last is None or committed.event is None else now + REORDER_SECONDS
        before = known.waiting.get(seq)
        # Of the same entry twice, one may lack the event, and one may have somebody who waits for it.
        known.waiting[seq] = (
            committed if committed.event is not None or before is None else before[0],
            on_delivered or (before[1] if before else None),
        )
        return self._deliverable(committed.conversation_id, known)

    def expect(self, conversation_id: str, last_seq: int, user_ids: tuple[str, ...], now: float) -> None:
        """The store has entries up to `last_seq`: whatever has not arrived by now is missing."""
        known = self._conversations.setdefault(conversation_id, _Conversation(None if last_seq else 0, user_ids))
        if last_seq and (known.last is None or known.last < last_seq):
            self.add(EntryCommitted(conversation_id, last_seq, user_ids, None), now)

    def gaps_due(self, now: float) -> Sequence[Gap]:
        """What to read from the store now. Each gap is answered by `fill` or `failed`."""
        gaps = []
        for conversation_id in self._incomplete:
            known = self._conversations[conversation_id]
            if known.due <= now and not known.is_asked:
                known.is_asked = True
                gaps.append(Gap(conversation_id, known.last, _gap_end(known), known.user_ids))
        return gaps

    def fill(self, gap: Gap, found: Sequence[EntryCommitted], now: float) -> Sequence[Delivery]:
        """`found` is everything that the store has in the gap. An entry without an event is delivered to nobody."""
        known = self._conversations[gap.conversation_id]
        known.is_asked = False
        deliveries = []
        for committed in found:
            _, on_delivered = known.waiting.pop(committed.seq, (None, None))
            is_next = known.last is None or committed.seq > known.last
            if is_next:
                # An entry of an unknown kind is for nobody; the members are who they were.
                known.last, known.user_ids = committed.seq, committed.user_ids or known.user_ids
            deliveries.append(Delivery(committed if is_next else None, on_delivered))
        known.last = max(known.last or 0, gap.before - 1)
        for seq in [seq for seq in known.waiting if seq <= known.last]:
            _, on_delivered = known.waiting.pop(seq)
            deliveries.append(Delivery(None, on_delivered))
        known.due = now
        return [*deliveries, *self._deliverable(gap.conversation_id, known)]

    def failed(self, gap: Gap, now: float) -> None:
        """The store did not answer. It is asked again."""
        known = self._conversations[gap.conversation_id]
        known.is_asked, known.due = False, now + READ_AGAIN_SECONDS

    def forget(self, is_anybody_here: Callable[[Sequence[str]], bool]) -> None:
        """Drop conversations without a member on this task: a client that joins fetches what it lacks."""
        for conversation_id, known in list(self._conversations.items()):
            if not known.waiting and not known.is_asked and not is_anybody_here(known.user_ids):
                del self._conversations[conversation_id]

    def _deliverable(self, conversation_id: str, known: _Conversation) -> Sequence[Delivery]:
        """Take what follows the last delivered entry without a gap."""
        deliveries = []
        while known.last is not None and (waiting := known.waiting.get(known.last + 1)):
            committed, on_delivered = waiting
            if committed.event is None:
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
    """The number of the first entry that waits with its event, or the one behind the last that waits without it."""
    with_event = [seq for seq, (committed, _) in known.waiting.items() if committed.event is not None]
    without = [seq for seq, (committed, _) in known.waiting.items() if committed.event is None]
    return min(with_event) if with_event and not (without and min(without) < min(with_event)) else max(without) + 1
