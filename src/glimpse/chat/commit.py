"""
Group commit: many messages, one transaction.

    nothing in flight     a message takes off at once, with those of the same turn of the loop
    a flight under way    messages collect; when it lands, they are the next

No timer: a lone message waits for nobody, and the more wait, the more share a commit. Futures and not coroutines: a
task for each message would cost more than all else that is done with it here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.values import BUSY, UNKNOWN, NewMessage, Refusal, StoredEntry

# A batch of 500 keeps a quarter vCPU for some 10 ms, within the 25 ms that it gets of every 100.
MAX_BATCH_ROWS = 500
MAX_QUEUED = 5000
# Of bodies: in a flight, and of all that wait. A character may take four bytes.
MAX_BATCH_CHARACTERS = 250_000
MAX_QUEUED_CHARACTERS = 4_000_000

Change = Callable[[], Awaitable[Any]]
Waiter = asyncio.Future[Any]


class GroupCommit:
    """Appends to a store, one flight at a time. `took_off` is told how many messages each carries."""

    def __init__(
        self,
        store: Store,
        most_rows: int = MAX_BATCH_ROWS,
        most_waiting: int = MAX_QUEUED,
        took_off: Callable[[int], None] = lambda messages: None,
    ) -> None:
        self._store = store
        self._most_rows = most_rows
        self._most_waiting = most_waiting
        self._took_off = took_off
        self._waiting: deque[tuple[NewMessage | Change, Waiter]] = deque()
        self._characters = 0
        self._flying: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many wait for their flight."""
        return len(self._waiting)

    def append(self, message: NewMessage) -> asyncio.Future[StoredEntry | Refusal]:
        """
        What the store answers; `busy` where too much waits, `unknown` where nobody knows. Both may be sent again.

        A message that was taken is stored even if who waits for the answer is cancelled.
        """
        return self._boarded(message, len(message.body))

    def alone(self, change: Change) -> asyncio.Future[Any]:
        """
        Another change of a conversation, in a flight of its own: it lands after what was asked for before it, and
        before what is asked for after it. Raises what the change raises.
        """
        return self._boarded(change, 0)

    async def drain(self) -> None:
        """Until nothing is in flight and nothing waits."""
        while self._flying is not None:
            await asyncio.wait([self._flying])

    def _boarded(self, passenger: NewMessage | Change, characters: int) -> Waiter:
        answer: Waiter = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= self._most_waiting or self._characters > MAX_QUEUED_CHARACTERS:
            answer.set_result(BUSY)
            return answer
        self._waiting.append((passenger, answer))
        self._characters += characters
        if self._flying is None:
            self._flying = asyncio.create_task(self._fly())
        return answer

    async def _fly(self) -> None:
        try:
            while self._waiting:
                messages, answers = self._next_flight()
                if messages:
                    self._took_off(len(messages))
                    await self._land(answers, self._append(messages))
                else:
                    change, answer = self._waiting.popleft()
                    await self._land([answer], _one(cast("Change", change)))
        finally:
            self._flying = None
            # Something is left only where the loop ends: nobody will answer.
            for _message, answer in self._waiting:
                answer.cancel()
            self._waiting.clear()
            self._characters = 0

    def _next_flight(self) -> tuple[list[NewMessage], list[Waiter]]:
        """The messages that wait, up to the first change that flies alone, and who waits for them."""
        messages: list[NewMessage] = []
        answers: list[Waiter] = []
        characters = 0
        while self._waiting and len(messages) < self._most_rows and characters < MAX_BATCH_CHARACTERS:
            passenger, answer = self._waiting[0]
            if not isinstance(passenger, NewMessage):
                break
            messages.append(passenger)
            answers.append(answer)
            characters += len(passenger.body)
            self._waiting.popleft()
        self._characters -= characters
        return messages, answers

    async def _append(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        try:
            return await self._store.append(messages)
        except StoreDown:
            return [UNKNOWN] * len(messages)

    async def _land(self, answers: Sequence[Waiter], landing: Awaitable[Sequence[Any]]) -> None:
        """A flight that fails, fails for its passengers alone; a waiter may have been cancelled."""
        try:
            landed = list(zip(answers, await landing, strict=True))
        except asyncio.CancelledError:
            for answer in answers:
                answer.cancel()
            raise
        except Exception as error:
            for answer in answers:
                if not answer.done():
                    answer.set_exception(error)
            return
        for answer, outcome in landed:
            if not answer.done():
                answer.set_result(outcome)


async def _one(change: Change) -> Sequence[Any]:
    return [await change()]
