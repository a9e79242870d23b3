"""Users who join at once share look-ups, and none is answered by one that had begun before they came."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from glimpse.chat.joins import MAX_RUNNING, MAX_USERS, JoinQueue
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.refusals import INVALID, Refusal
from glimpse.chat.values import JoinState

Answer = Sequence[JoinState | Refusal]


class SlowStore:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[Sequence[str], asyncio.Future[Answer]]] = []

    async def join_states(self, user_ids: Sequence[str]) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.asked.append((user_ids, answer))
        return await answer

    def answers(self, number: int) -> None:
        user_ids, answer = self.asked[number]
        answer.set_result([INVALID if each == "nul\0" else JoinState(partners=(f"of {each}",)) for each in user_ids])


class Joining:
    """A queue whose look-ups are all running, asked for more users by tasks."""

    def __init__(self) -> None:
        self.store = SlowStore()
        self._queue = JoinQueue(cast("Store", self.store))

    async def ask(self, *user_ids: str) -> list[asyncio.Task[Any]]:
        tasks = [asyncio.ensure_future(self._queue.join_state(user_id)) for user_id in user_ids]
        await settled()
        return tasks

    @property
    def looked_up(self) -> list[Sequence[str]]:
        return [user_ids for user_ids, _ in self.store.asked]


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_who_joins_while_nothing_is_asked_is_looked_up_at_once() -> None:
    joining = Joining()
    [ada] = await joining.ask("ada")
    assert joining.looked_up == [["ada"]]
    joining.store.answers(0)
    assert await ada == JoinState(partners=("of ada",))


async def test_who_comes_while_look_ups_run_shares_the_next_one_and_never_one_of_those() -> None:
    joining = Joining()
    first = await joining.ask(*("ada" for _ in range(MAX_RUNNING)))
    later = await joining.ask("ada", "bob", "nul\0", "ada")
    assert joining.looked_up == [["ada"]] * MAX_RUNNING, "what they read may be older than the later ones"
    joining.store.answers(0)
    await settled()
    assert joining.looked_up[MAX_RUNNING:] == [["ada", "bob", "nul\0", "ada"]]
    last = await joining.ask("cy")
    joining.store.answers(MAX_RUNNING)
    await settled()
    ada, bob = JoinState(partners=("of ada",)), JoinState(partners=("of bob",))
    assert [task.result() for task in later] == [ada, bob, INVALID, ada]
    assert not last[0].done()
    for number in (1, MAX_RUNNING + 1):
        joining.store.answers(number)
    assert await asyncio.gather(*first, *last) == [ada, ada, JoinState(partners=("of cy",))]


async def test_a_look_up_has_a_most_and_the_rest_waits_for_the_next() -> None:
    joining = Joining()
    await joining.ask(*("ada" for _ in range(MAX_RUNNING)))
    await joining.ask(*(f"user{n}" for n in range(MAX_USERS + 1)))
    joining.store.answers(0)
    await settled()
    joining.store.answers(MAX_RUNNING)
    await settled()
    assert list(map(len, joining.looked_up)) == [1] * MAX_RUNNING + [MAX_USERS, 1]


async def test_who_comes_just_as_a_look_up_ends_starts_none_beside_the_next_one() -> None:
    joining = Joining()
    await joining.ask(*("ada" for _ in range(MAX_RUNNING)))
    await joining.ask(*(f"user{n}" for n in range(MAX_RUNNING * MAX_USERS)))
    for number in range(MAX_RUNNING):
        joining.store.answers(number)
    # These come after the look-ups ended, and before the next ones began.
    await joining.ask(*("bob" for _ in range(MAX_RUNNING)))
    assert list(map(len, joining.looked_up)) == [1] * MAX_RUNNING + [MAX_USERS] * MAX_RUNNING


@pytest.mark.parametrize("error", [StoreDown("gone"), RuntimeError("a mistake")])
async def test_an_error_reaches_everybody_who_shared_the_look_up_and_the_next_one_works(error: Exception) -> None:
    joining = Joining()
    first = await joining.ask(*("ada" for _ in range(MAX_RUNNING)))
    later = await joining.ask("bob", "cy")
    joining.store.asked[0][1].set_exception(error)
    await settled()
    assert first[0].exception() is error
    last = await joining.ask("dora")
    joining.store.asked[MAX_RUNNING][1].set_exception(error)
    await settled()
    assert [task.exception() for task in later] == [error, error]
    joining.store.answers(MAX_RUNNING + 1)
    assert await last[0] == JoinState(partners=("of dora",))


async def test_who_gives_up_harms_nobody_else() -> None:
    joining = Joining()
    first = await joining.ask(*("ada" for _ in range(MAX_RUNNING)))
    gone_before, bob, gone_meanwhile = await joining.ask("cy", "bob", "dora")
    gone_before.cancel()
    first[0].cancel()
    await settled()
    assert joining.looked_up[MAX_RUNNING:] == [["bob", "dora"]], "and frees the place of its look-up"
    gone_meanwhile.cancel()
    joining.store.answers(MAX_RUNNING)
    assert await bob == JoinState(partners=("of bob",))
    assert gone_before.cancelled()
    assert first[0].cancelled()
    assert gone_meanwhile.cancelled()
