"""
Group commit: many messages, one transaction.

    nothing in flight     a message takes off at once, with those of the same turn of the loop
    a flight under way    messages collect; when it lands, they are the next

No timer: a lone message waits for nobody, and the more wait, the more share a commit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.values import BUSY, UNKNOWN, NewMessage, Refused, Stored

# A batch of 500 keeps a quarter vCPU for some 10 ms, within the 25 ms that it gets of every 100.
MOST_ROWS = 500
MOST_WAITING = 5000

Change = Callable[[], Awaitable[Any]]


class GroupCommit:
    """Appends to a store, one flight at a time. `took_off` is told how many messages each carries."""

    def __init__(
        self,
        store: Store,
        most_rows: int = MOST_ROWS,
        most_waiting: int = MOST_WAITING,
        took_off: Callable[[int], None] = lambda messages: None,
    ) -> None:
        self._store = store
        self._most_rows = most_rows
        self._most_waiting = most_waiting
        self._took_off = took_off
        self._waiting: deque[tuple[NewMessage | Change, asyncio.Future[Any]]] = deque()
        self._flying: asyncio.Task[None] | None = None

    async def append(self, message: NewMessage) -> Stored | Refused:
        """
        What the store answers; `busy` where too many wait, `unknown` where nobody knows. Both may be sent again.

        A message that was taken is stored even if who waits for the answer is cancelled.
        """
        answered: Stored | Refused = await self._boarded(message)
        return answered

    async def alone(self, change: Change) -> Any:
        """
        Another change of a conversation, in a flight of its own: it lands after what was asked for before it, and
        before what is asked for after it. Raises what the change raises.
        """
        return await self._boarded(change)

    async def drain(self) -> None:
        """Until nothing is in flight and nothing waits."""
        while self._flying is not None:
            await asyncio.wait([self._flying])

    def _boarded(self, passenger: NewMessage | Change) -> Awaitable[Any]:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= self._most_waiting:
            answer.set_result(BUSY)
            return answer
        self._waiting.append((passenger, answer))
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

    def _next_flight(self) -> tuple[list[NewMessage], list[asyncio.Future[Any]]]:
        """The messages that wait, up to the first change that flies alone, and who waits for them."""
        messages: list[NewMessage] = []
        answers: list[asyncio.Future[Any]] = []
        while self._waiting and len(messages) < self._most_rows:
            passenger, answer = self._waiting[0]
            if not isinstance(passenger, NewMessage):
                break
            messages.append(passenger)
            answers.append(answer)
            self._waiting.popleft()
        return messages, answers

    async def _append(self, messages: Sequence[NewMessage]) -> Sequence[Stored | Refused]:
        try:
            return await self._store.append(messages)
        except StoreDown:
            return [UNKNOWN] * len(messages)

    async def _land(self, answers: Sequence[asyncio.Future[Any]], landing: Awaitable[Sequence[Any]]) -> None:
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
