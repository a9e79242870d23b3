"""
When this task has to ask the store what changed, because it may have missed messages of other tasks, and which of the
changes are news. Times are in seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from glimpse.chat.values import ConversationChange

CATCH_UP_SECONDS = 1.0
"""How often the store is asked, at most."""

COMMIT_LAG_SECONDS = 8.0
"""
How much earlier than its commit a change may be dated: a statement takes up to 5 s, and the clocks of the database and
of a task differ.
"""


class CatchUpActions(Struct, frozen=True):
    """
    What is due. `skip_number`: leave a gap in the numbers of this task's batches, so that the others catch up, too.
    `read_since`: ask the store what changed since then; `succeeded` or `failed` answers. None: do not ask.
    """

    skip_number: bool
    read_since: float | None


class CatchUp:
    def __init__(self, now: float) -> None:
        self._missed_since: float | None = None
        self._caught_up_to = now
        self._next_read = 0.0
        self._is_reading = False
        self._unknown_outcomes: set[float] = set()
        """When to look for changes whose outcome is unknown."""

        self._announced: set[str] = set()
        self._reads_told: dict[tuple[str, str], int] = {}

    @property
    def has_unknown_outcome(self) -> bool:
        return bool(self._unknown_outcomes)

    def missed(self, since: float) -> None:
        """A message that was sent after `since` was lost."""
        self._missed_since = since if self._missed_since is None else min(since, self._missed_since)

    def silent(self, since: float) -> None:
        """Messages sent after `since` may be lost; what was read from the store meanwhile is not."""
        self.missed(max(since, self._caught_up_to))

    def outcome_unknown(self, now: float) -> None:
        """
        The store did not answer a change. It may be committed now or within COMMIT_LAG_SECONDS, so it is looked for at
        once and after that. Tenths of a second are precise enough, and keep the set small.
        """
        now = round(now, 1)
        self._unknown_outcomes |= {now, now + COMMIT_LAG_SECONDS}

    def tick(self, now: float) -> CatchUpActions:
        due = {at for at in self._unknown_outcomes if at <= now}
        if due:
            self._unknown_outcomes -= due
            self.missed(min(due))
        since = None
        if self._missed_since is not None and now >= self._next_read and not self._is_reading:
            since, self._missed_since = self._missed_since, None
            self._is_reading, self._next_read = True, now + CATCH_UP_SECONDS
        return CatchUpActions(bool(due), since)

    def succeeded(self, changes: Iterable[ConversationChange], began: float) -> Sequence[ConversationChange]:
        """The store answered a question of `began`: the changes, without what was told before."""
        self._is_reading = False
        self._caught_up_to = max(self._caught_up_to, began)
        return [self._news(each) for each in changes]

    def failed(self, since: float) -> None:
        """The store did not answer. It is asked again."""
        self._is_reading = False
        self.missed(since)

    def forget(self) -> None:
        """Drop what was told: it is told again where it is read again, which changes nothing for a client."""
        self._announced.clear()
        self._reads_told.clear()

    def _news(self, change: ConversationChange) -> ConversationChange:
        is_new = change.is_new and change.id not in self._announced
        if is_new:
            self._announced.add(change.id)
        reads = {
            reader_id: seq
            for reader_id, seq in change.reads.items()
            if self._reads_told.get((change.id, reader_id), -1) < seq
        }
        self._reads_told.update({(change.id, reader_id): seq for reader_id, seq in reads.items()})
        return replace(change, is_new=is_new, reads=reads)
