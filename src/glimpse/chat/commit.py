"""
Group commit: many messages share one transaction.

    no batch is running     a message starts one at once, with those of the same turn of the event loop
    a batch is running      messages queue up, and are the next batch when it ends
    changes wait, too       one of them runs between two batches, however many wait

There is no timer: a single message is stored at once, and the more messages queue up, the more of them share a commit.
Futures and not coroutines, because an asyncio task for each message would cost more than all the rest of this file.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from glimpse.chat.counts import Counts
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.refusals import BUSY, UNKNOWN_OUTCOME, Refusal
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


class GroupCommit:
    """Appends to a store, one batch at a time."""

    def __init__(
        self,
        store: Store,
        counts: Counts,
        max_rows: int = MAX_BATCH_ROWS,
        max_queued: int = MAX_QUEUED,
    ) -> None:
        self._store, self._counts = store, counts
        self._max_rows, self._max_queued = max_rows, max_queued
        self._queue: deque[tuple[NewMessage, Answer]] = deque()
        self._changes: deque[tuple[Change, Answer, int]] = deque()
        """Each with how many messages are to be taken before it, of all that were ever queued."""

        self._taken = 0
        """Messages that left the queue so far."""

        self._characters = 0
        self._running: asyncio.Task[None] | None = None

    @property
    def queued(self) -> int:
        """How many messages and changes wait for their batch."""
        return len(self._queue) + len(self._changes)

    @property
    def free_places(self) -> int:
        """How many more messages may wait."""
        return self._max_queued - len(self._queue)

    def append(self, message: NewMessage) -> asyncio.Future[StoredEntry | Refusal]:
        """
        Queue a message. The future has the answer of the store, `busy` where the queue is full, or `unknown` where the
        outcome is unknown; after both the message may be sent again. It is stored even if the future is cancelled.
        """
        answer: Answer = asyncio.get_running_loop().create_future()
        if len(self._queue) >= self._max_queued or self._characters > MAX_QUEUED_CHARACTERS:
            answer.set_result(BUSY)
            return answer
        self._queue.append((message, answer))
        self._characters += len(message.body)
        self._start()
        return answer

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
                messages, answers = self._next_batch(has_run_change)
                has_run_change = not messages
                if messages:
                    self._counts.batches[len(messages)] += 1
                    await self._resolve(answers, self._append(messages))
                else:
                    change, answer, _ = self._changes.popleft()
                    await self._resolve([answer], _run_change(change))
        finally:
            self._running = None
            # Something is left only where the event loop ends; then no batch will answer it.
            for answer in [*(each[1] for each in self._queue), *(each[1] for each in self._changes)]:
                answer.cancel()
            self._queue.clear()
            self._changes.clear()
            self._characters = 0

    def _next_batch(self, may_overtake: bool) -> tuple[list[NewMessage], list[Answer]]:
        """The queued messages before the first change, or also those after it, and their futures."""
        most = self._max_rows
        if self._changes and not may_overtake:
            most = min(most, self._changes[0][2] - self._taken)
        messages: list[NewMessage] = []
        answers: list[Answer] = []
        characters = 0
        while self._queue and len(messages) < most and characters < MAX_BATCH_CHARACTERS:
            message, answer = self._queue.popleft()
            messages.append(message)
            answers.append(answer)
            characters += len(message.body)
        self._characters -= characters
        self._taken += len(messages)
        return messages, answers

    async def _append(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        try:
            return await self._store.append(messages)
        except StoreDown:
            return [UNKNOWN_OUTCOME] * len(messages)

    async def _resolve(self, answers: Sequence[Answer], batch: Awaitable[Sequence[Any]]) -> None:
        """Set the results of a batch, except on cancelled futures. If the batch fails, its futures get the error."""
        try:
            outcomes = list(zip(answers, await batch, strict=True))
        except asyncio.CancelledError:
            for answer in answers:
                answer.cancel()
            raise
        except Exception as error:
            for answer in answers:
                if not answer.done():
                    answer.set_exception(error)
            return
        for answer, outcome in outcomes:
            if not answer.done():
                answer.set_result(outcome)


async def _run_change(change: Change) -> Sequence[Any]:
    return [await change()]
