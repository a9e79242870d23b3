"""
Group commit: many messages share one transaction.

    no batch is running     a message starts one at once, with those of the same turn of the event loop
    a batch is running      messages queue up, and are the next batch when it ends
    changes wait, too       one of them runs between two batches, however many wait

There is no timer: a single message is stored at once, and the more messages queue up, the more of them share a commit.
Each message is answered by a callback, because a future for each would cost more than all the rest of this file.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from glimpse.chat.counts import Counts
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.refusals import BUSY, INTERNAL, UNKNOWN_OUTCOME, Refusal
from glimpse.chat.values import NewMessage, StoredEntry

MAX_BATCH_ROWS = 500
"""A batch of 500 takes some 10 ms of processor time; a quarter of a vCPU gets 25 ms of every 100."""

MAX_BATCH_CHARACTERS = 250_000
"""The length of all bodies of a batch. A character may take four bytes."""

MAX_QUEUED = 5000
MAX_QUEUED_CHARACTERS = 4_000_000
MAX_CHANGES = 500
"""Changes that wait: each has a transaction of its own, so the last of them waits for some seconds."""

Change = Callable[[], Awaitable[Any]]
Answer = asyncio.Future[Any]
OnStored = Callable[[StoredEntry | Refusal], None]
"""Called once with the store's answer to a message."""


class GroupCommit:
    """
    Appends to a store, one batch at a time. `report_defect` is called with exceptions that are defects of this program.
    """

    def __init__(
        self,
        store: Store,
        counts: Counts,
        report_defect: Callable[[BaseException], None],
        max_rows: int = MAX_BATCH_ROWS,
        max_queued: int = MAX_QUEUED,
    ) -> None:
        self._store, self._counts, self._report_defect = store, counts, report_defect
        self._max_rows, self._max_queued = max_rows, max_queued
        self._queue: deque[tuple[NewMessage, OnStored]] = deque()
        self._changes: deque[tuple[Change, Answer, int]] = deque()
        """Each with how many messages are to be taken before it, of all that were ever queued."""

        self._taken = 0
        """Messages that left the queue so far."""

        self._characters = 0
        self._running: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is queued or a batch is running."""
        return self._running is not None

    @property
    def queued(self) -> int:
        """How many messages and changes wait for their batch."""
        return len(self._queue) + len(self._changes)

    @property
    def free_places(self) -> int:
        """How many more messages may wait."""
        return self._max_queued - len(self._queue)

    def append(self, message: NewMessage, on_stored: OnStored) -> None:
        """
        Queue a message. `on_stored` is called with the store's answer; with `busy`, at once, where the queue is full;
        with `unknown` where the outcome is unknown; with `internal` after a defect. After `busy` and `unknown` the
        message may be sent again. It is not called where the event loop ends first.
        """
        if len(self._queue) >= self._max_queued or self._characters > MAX_QUEUED_CHARACTERS:
            on_stored(BUSY)
            return
        self._queue.append((message, on_stored))
        self._characters += len(message.body)
        if self._running is None:
            self._start()

    def exclusive(self, change: Change) -> asyncio.Future[Any]:
        """
        Run another change of a conversation, in a batch of its own: after everything that was queued before it. Where
        more changes wait, the messages that were queued meanwhile go before the next one, so that many changes do not
        hold up other people's messages. The future raises what the change raises; `busy` where too many wait.
        """
        answer: Answer = asyncio.get_running_loop().create_future()
        if len(self._changes) >= MAX_CHANGES:
            answer.set_result(BUSY)
            return answer
        self._changes.append((change, answer, self._taken + len(self._queue)))
        self._start()
        return answer

    async def wait_until_idle(self) -> None:
        """Wait until no batch is running and nothing is queued."""
        while self._running is not None:
            await asyncio.wait([self._running])

    def _start(self) -> None:
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        has_run_change = False
        try:
            while self._queue or self._changes:
                messages, callbacks = self._next_batch(has_run_change)
                has_run_change = not messages
                if messages:
                    self._counts.batches[len(messages)] += 1
                    await self._append(messages, callbacks)
                else:
                    change, answer, _ = self._changes.popleft()
                    await _run_change(change, answer)
        finally:
            self._running = None
            # Something is left only where the event loop ends; then no batch will answer it.
            for _, answer, _ in self._changes:
                answer.cancel()
            self._queue.clear()
            self._changes.clear()
            self._characters = 0

    def _next_batch(self, may_overtake: bool) -> tuple[list[NewMessage], list[OnStored]]:
        """The queued messages before the first change, or also those after it, and the callback of each."""
        most = self._max_rows
        if self._changes and not may_overtake:
            most = min(most, self._changes[0][2] - self._taken)
        messages: list[NewMessage] = []
        callbacks: list[OnStored] = []
        characters = 0
        while self._queue and len(messages) < most and characters < MAX_BATCH_CHARACTERS:
            message, on_stored = self._queue.popleft()
            messages.append(message)
            callbacks.append(on_stored)
            characters += len(message.body)
        self._characters -= characters
        self._taken += len(messages)
        return messages, callbacks

    async def _append(self, messages: Sequence[NewMessage], callbacks: Sequence[OnStored]) -> None:
        """Store a batch and answer its messages."""
        outcomes: Sequence[StoredEntry | Refusal]
        try:
            outcomes = await self._store.append(messages)
        except StoreDown:
            outcomes = [UNKNOWN_OUTCOME] * len(messages)
        except Exception as error:
            self._report_defect(error)
            outcomes = [INTERNAL] * len(messages)
        for on_stored, outcome in zip(callbacks, outcomes, strict=True):
            try:
                on_stored(outcome)
            except Exception as error:  # A defect in the answer to one message must not cost the others theirs.
                self._report_defect(error)


async def _run_change(change: Change, answer: Answer) -> None:
    """Set the result of a change, unless its future was cancelled. If the change fails, the future gets the error."""
    try:
        outcome = await change()
    except asyncio.CancelledError:
        answer.cancel()
        raise
    except Exception as error:
        if not answer.done():
            answer.set_exception(error)
        return
    if not answer.done():
        answer.set_result(outcome)
