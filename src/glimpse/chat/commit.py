"""
Group commit: many messages share one transaction.

    no batch is running     a message starts one at once, with those of the same turn of the event loop
    a batch is running      messages queue up, and are the next batch when it ends

There is no timer: a single message is stored at once, and the more messages queue up, the more of them share a commit.
Futures and not coroutines, because an asyncio task for each message would cost more than all the rest of this file.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

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
        self._queue: deque[tuple[NewMessage | Change, Answer]] = deque()
        self._characters = 0
        self._running: asyncio.Task[None] | None = None

    @property
    def queued(self) -> int:
        """How many messages and changes wait for their batch."""
        return len(self._queue)

    @property
    def free_places(self) -> int:
        """How many more may wait."""
        return self._max_queued - len(self._queue)

    def append(self, message: NewMessage) -> asyncio.Future[StoredEntry | Refusal]:
        """
        Queue a message. The future has the answer of the store, `busy` where the queue is full, or `unknown` where the
        outcome is unknown; after both the message may be sent again. It is stored even if the future is cancelled.
        """
        return self._enqueue(message, len(message.body))

    def exclusive(self, change: Change) -> asyncio.Future[Any]:
        """
        Run another change of a conversation, in a batch of its own: after everything that was queued before it, and
        before everything that is queued after it. The future raises what the change raises; `busy` where the queue is
        full.
        """
        return self._enqueue(change, 0)

    async def wait_until_idle(self) -> None:
        """Wait until no batch is running and nothing is queued."""
        while self._running is not None:
            await asyncio.wait([self._running])

    def _enqueue(self, item: NewMessage | Change, characters: int) -> Answer:
        answer: Answer = asyncio.get_running_loop().create_future()
        if len(self._queue) >= self._max_queued or self._characters > MAX_QUEUED_CHARACTERS:
            answer.set_result(BUSY)
            return answer
        self._queue.append((item, answer))
        self._characters += characters
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return answer

    async def _run(self) -> None:
        try:
            while self._queue:
                messages, answers = self._next_batch()
                if messages:
                    self._counts.batches[len(messages)] += 1
                    await self._resolve(answers, self._append(messages))
                else:
                    change, answer = self._queue.popleft()
                    await self._resolve([answer], _run_change(cast("Change", change)))
        finally:
            self._running = None
            # Something is left only where the event loop ends; then no batch will answer it.
            for _item, answer in self._queue:
                answer.cancel()
            self._queue.clear()
            self._characters = 0

    def _next_batch(self) -> tuple[list[NewMessage], list[Answer]]:
        """The queued messages before the first exclusive change, and their futures."""
        messages: list[NewMessage] = []
        answers: list[Answer] = []
        characters = 0
        while self._queue and len(messages) < self._max_rows and characters < MAX_BATCH_CHARACTERS:
            item, answer = self._queue[0]
            if not isinstance(item, NewMessage):
                break
            messages.append(item)
            answers.append(answer)
            characters += len(item.body)
            self._queue.popleft()
        self._characters -= characters
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
