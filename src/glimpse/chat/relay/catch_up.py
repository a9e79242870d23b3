"""
When this task has to read changes from the store, because it may have missed messages of other tasks, and which of
these changes its sockets have not been told yet. Times are in seconds since 1970.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from glimpse.chat.values import ConversationChange, PairChange

CATCH_UP_SECONDS = 1.0
"""The store is asked at most this often."""

COMMIT_LAG_SECONDS = 8.0
"""
How much earlier than its commit the `created_at` of a change may be: a statement takes up to 5 s, and the clocks of the
database and of a task differ.
"""


class CatchUpActions(Struct, frozen=True):
    """
    What is due. `skip_number`: skip a number of this task's batches, so that the other tasks catch up as well.
    `read_since`: ask the store what changed since then, and call `succeeded` or `failed`; None: do not ask.
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
        """Times at which to look for changes whose outcome is unknown."""

        self._announced: set[str] = set()
        self._reads_told: dict[tuple[str, str], int] = {}
        self._pairs_told: dict[tuple[str, str], float] = {}

    @property
    def has_unknown_outcome(self) -> bool:
        return bool(self._unknown_outcomes)

    def missed(self, since: float) -> None:
        """A message that was sent after `since` was lost."""
        self._missed_since = since if self._missed_since is None else min(since, self._missed_since)

    def silent(self, since: float) -> None:
        """A task is silent: messages sent after `since` may be lost, except what was read from the store since."""
        self.missed(max(since, self._caught_up_to))

    def outcome_unknown(self, now: float) -> None:
        """
        The store did not confirm a change. It may be committed now or within COMMIT_LAG_SECONDS, so this task looks for
        it at once and after that time. Rounding to tenths of a second keeps the set small.
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

    def next_due(self) -> float:
        """When `tick` is to be called next; infinity where nothing is missing, or the store is being asked."""
        due = list(self._unknown_outcomes)
        if self._missed_since is not None and not self._is_reading:
            due.append(self._next_read)
        return min(due, default=math.inf)

    def succeeded(self, changes: Iterable[ConversationChange], began: float) -> Sequence[ConversationChange]:
        """
        The store answered the question that was asked at `began`. Returns the changes without what was told before.
        """
        self._is_reading = False
        self._caught_up_to = max(self._caught_up_to, began)
        return [self._news(each) for each in changes]

    def news_of_pairs(self, changes: Iterable[PairChange]) -> Sequence[tuple[str, str]]:
        """The two users of each pair whose block may have changed since they were told."""
        news = [each for each in changes if self._pairs_told.get(each.user_ids, 0.0) < each.changed_at]
        self._pairs_told.update({each.user_ids: each.changed_at for each in news})
        return [each.user_ids for each in news]

    def failed(self, since: float) -> None:
        """The store did not answer, so it is asked again."""
        self._is_reading = False
        self.missed(since)

    def forget(self) -> None:
        """Forget what was told. If it is read again, it is told again, which changes nothing for a client."""
        self._announced.clear()
        self._reads_told.clear()
        self._pairs_told.clear()

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
