"""
Users who join at the same time are looked up together.

After a task was lost, thousands of clients join the other tasks at once, and a statement for each would keep the
database and this process busy for seconds. A user who joins while look-ups run waits for the next one, with all others
who came meanwhile. No user is answered by a look-up that had begun before: it could miss a revocation or a block that
was committed since.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from glimpse.chat.ports import Store
from glimpse.chat.refusals import Refusal
from glimpse.chat.values import JoinState

MAX_RUNNING = 2
"""Look-ups at once. The other database connections are for messages."""

MAX_USERS = 200
"""Users in one look-up. So many take the database some 10 ms."""


class JoinQueue:
    """Asks a store what users who join need."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running = 0
        self._waiting: deque[tuple[str, asyncio.Future[JoinState | Refusal]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def join_state(self, user_id: str) -> JoinState | Refusal:
        """As Store.join_states for one user, read after this call. Raises StoreDown."""
        if self._running < MAX_RUNNING:
            self._running += 1
            # No task and no future, because nobody is waiting to share this look-up.
            [state] = await self._look_up([user_id])
            return state
        answer: asyncio.Future[JoinState | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting.append((user_id, answer))
        return await answer

    async def _look_up(self, user_ids: Sequence[str]) -> Sequence[JoinState | Refusal]:
        """The caller has counted this look-up in `_running`."""
        try:
            return await self._store.join_states(user_ids)
        finally:
            self._running -= 1
            self._start_next()

    def _start_next(self) -> None:
        group: list[tuple[str, asyncio.Future[JoinState | Refusal]]] = []
        while self._waiting and len(group) < MAX_USERS:
            user_id, answer = self._waiting.popleft()
            # It is done where the caller was cancelled.
            if not answer.done():
                group.append((user_id, answer))
        if group:
            # Counted before the task begins, so that no user who joins until then takes its place.
            self._running += 1
            task = asyncio.create_task(self._answer(group))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, group: Sequence[tuple[str, asyncio.Future[JoinState | Refusal]]]) -> None:
        try:
            states = await self._look_up([user_id for user_id, _ in group])
        except asyncio.CancelledError:
            for _, answer in group:
                answer.cancel()
            raise
        except Exception as error:
            for _, answer in group:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), state in zip(group, states, strict=True):
            if not answer.done():
                answer.set_result(state)
