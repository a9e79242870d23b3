"""
Each socket hears a conversation in the order of its numbers, whichever task stored a change and however the bus
shuffles what it carries.

    the next number       is delivered, and with it whatever waited for it
    an earlier one        was delivered already
    a later one           waits a moment for what is missing; then the store is asked for that
    the first of all      the store is asked what was changed before it, since somebody here joined

Told what landed and what time it is; it says what to ask the store, and is told what the store answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from glimpse.chat.bus import EntryCommitted

PATIENCE_SECONDS = 0.05
"""What was published before something else is seldom later than this behind it."""

AGAIN_SECONDS = 1.0
"""When the store could not be asked."""

Delivered = Callable[[], None]
"""Called when a change was delivered, or had been."""


class Gap(Struct, frozen=True):
    """What of a conversation is missing: after `after` (None: nobody knows since when) and before `before`."""

    conversation_id: str
    after: int | None
    before: int
    user_ids: tuple[str, ...]


@dataclass(slots=True)
class _Conversation:
    last: int | None
    """The last number that was delivered here."""

    user_ids: tuple[str, ...]
    due: float = 0.0
    is_asked: bool = False
    waiting: dict[int, tuple[EntryCommitted, Delivered | None]] = field(default_factory=dict)


class DeliveryOrder:
    """`deliver` is given each change of each conversation once, in order."""

    def __init__(self, deliver: Callable[[EntryCommitted], None]) -> None:
        self._deliver = deliver
        self._known: dict[str, _Conversation] = {}
        self._late: set[str] = set()

    def offered(self, landed: EntryCommitted, now: float, delivered: Delivered | None = None) -> None:
        """A change that is durable, from here or from another task, once or more often."""
        known = self._known.get(landed.conversation_id)
        if known is None:
            # Before the first there is nothing.
            known = _Conversation(0 if landed.seq == 1 else None, landed.user_ids)
            self._known[landed.conversation_id] = known
        if known.last is not None and landed.seq <= known.last:
            if delivered:
                delivered()
            return
        if not known.waiting or landed.message is None:
            known.due = now if known.last is None or landed.message is None else now + PATIENCE_SECONDS
        before = known.waiting.get(landed.seq)
        # Of two that are the same, one may have come without its content, or with somebody who waits for it.
        known.waiting[landed.seq] = (
            landed if landed.message or before is None else before[0],
            delivered or (before[1] if before else None),
        )
        self._advance(landed.conversation_id, known)

    def overdue(self, now: float) -> Sequence[Gap]:
        """What is to be asked of the store now; `filled` or `failed` answers each."""
        gaps = []
        for conversation_id in self._late:
            known = self._known[conversation_id]
            if known.due <= now and not known.is_asked:
                known.is_asked = True
                gaps.append(Gap(conversation_id, known.last, _up_to(known), known.user_ids))
        return gaps

    def filled(self, gap: Gap, found: Sequence[EntryCommitted], now: float) -> None:
        """Everything that the store has in a gap."""
        known = self._known[gap.conversation_id]
        known.is_asked = False
        for landed in found:
            _, delivered = known.waiting.pop(landed.seq, (landed, None))
            if known.last is None or landed.seq > known.last:
                known.last, known.user_ids = landed.seq, landed.user_ids
                self._deliver(landed)
            if delivered:
                delivered()
        known.last = max(known.last or 0, gap.before - 1)
        for seq in [seq for seq in known.waiting if seq <= known.last]:
            _, delivered = known.waiting.pop(seq)
            if delivered:
                delivered()
        known.due = now
        self._advance(gap.conversation_id, known)

    def failed(self, gap: Gap, now: float) -> None:
        """The store could not be asked; it will be again."""
        known = self._known[gap.conversation_id]
        known.is_asked, known.due = False, now + AGAIN_SECONDS

    def changed(self, conversation_id: str, last_seq: int, user_ids: tuple[str, ...], now: float) -> None:
        """How far a conversation is by the store: what of that nobody told is missing."""
        known = self._known.setdefault(conversation_id, _Conversation(None if last_seq else 0, user_ids))
        if last_seq and (known.last is None or known.last < last_seq):
            self.offered(EntryCommitted(conversation_id, last_seq, user_ids, None), now)

    def forget(self, is_anybody_here: Callable[[Sequence[str]], bool]) -> None:
        """Conversations of which nobody is on this task any more: whoever comes fetches what they lack."""
        for conversation_id, known in list(self._known.items()):
            if not known.waiting and not known.is_asked and not is_anybody_here(known.user_ids):
                del self._known[conversation_id]

    def _advance(self, conversation_id: str, known: _Conversation) -> None:
        while known.last is not None and (found := known.waiting.get(known.last + 1)):
            landed, delivered = found
            if landed.message is None:
                break
            del known.waiting[landed.seq]
            known.last, known.user_ids = landed.seq, landed.user_ids
            self._deliver(landed)
            if delivered:
                delivered()
        if known.waiting:
            self._late.add(conversation_id)
        else:
            self._late.discard(conversation_id)


def _up_to(known: _Conversation) -> int:
    """Whatever is missing before the first that came with its content, or behind the last that did not."""
    whole = [seq for seq, (landed, _) in known.waiting.items() if landed.message is not None]
    empty = [seq for seq, (landed, _) in known.waiting.items() if landed.message is None]
    return min(whole) if whole and not (empty and min(empty) < min(whole)) else max(empty) + 1
