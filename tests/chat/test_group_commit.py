"""One flight at a time; who comes meanwhile shares the next. The store here lands its flights when the test says so."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from typing import Any, cast

import pytest

from glimpse.chat.commit import GroupCommit
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.values import Entry, NewMessage, Refusal, StoredEntry
from tests.chat.conftest import Chat, memory_store, stored

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
UNKNOWN, BUSY = Refusal("unknown", retry=True), Refusal("busy", retry=True)


class Airfield:
    """A store whose flights are in the air until the test lands them, or lets them crash."""

    def __init__(self) -> None:
        self.flights: list[tuple[list[str], asyncio.Future[Sequence[StoredEntry | Refusal]]]] = []
        self.seq = 0

    async def append(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        landing: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.flights.append(([message.client_id for message in messages], landing))
        return await landing

    @property
    def in_the_air(self) -> list[list[str]]:
        return [passengers for passengers, landing in self.flights if not landing.done()]

    async def land(self) -> None:
        passengers, landing = self.flights[-1]
        outcomes = []
        for client_id in passengers:
            self.seq += 1
            entry = Entry("room", self.seq, "message", f"id-{self.seq}", "ada", NOON, client_id, "hello")
            outcomes.append(StoredEntry(entry, ("ada",), True))
        landing.set_result(outcomes)
        await turns()

    async def crash(self, error: Exception) -> None:
        self.flights[-1][1].set_exception(error)
        await turns()


async def turns() -> None:
    """Let the loop do all it can do without the world."""
    for _ in range(10):
        await asyncio.sleep(0)


class Tower:
    """A group commit over an airfield, and its waiters by name."""

    def __init__(self, **limits: int) -> None:
        self.airfield = Airfield()
        self.took_off: list[int] = []
        self.group = GroupCommit(cast(Store, self.airfield), took_off=self.took_off.append, **limits)

    async def send(self, *names: str) -> list[asyncio.Future[StoredEntry | Refusal]]:
        message = [NewMessage("room", "ada", name, "hello") for name in names]
        waiters = [self.group.append(each) for each in message]
        await turns()
        return waiters


def seq(waiter: asyncio.Future[StoredEntry | Refusal]) -> int:
    return stored(waiter.result()).entry.seq


async def test_a_lone_message_takes_off_at_once() -> None:
    tower = Tower()
    [waiter] = await tower.send("a")
    assert tower.airfield.in_the_air == [["a"]]
    await tower.airfield.land()
    assert seq(waiter) == 1


async def test_who_comes_during_a_flight_shares_the_next_in_order() -> None:
    tower = Tower()
    first = await tower.send("a")
    later = await tower.send("b", "c") + await tower.send("d")
    assert tower.airfield.in_the_air == [["a"]]
    await tower.airfield.land()
    assert [waiter.done() for waiter in first + later] == [True, False, False, False]
    assert tower.airfield.in_the_air == [["b", "c", "d"]]
    await tower.airfield.land()
    assert [seq(waiter) for waiter in later] == [2, 3, 4]
    assert tower.airfield.in_the_air == []


async def test_a_flight_takes_only_so_many() -> None:
    tower = Tower(most_rows=2)
    await tower.send("a")
    await tower.send("b", "c", "d")
    await tower.airfield.land()
    assert tower.airfield.in_the_air == [["b", "c"]]
    await tower.airfield.land()
    assert tower.airfield.in_the_air == [["d"]]
    await tower.airfield.land()
    assert tower.took_off == [1, 2, 1]


async def test_too_many_who_wait_are_told_to_come_again() -> None:
    tower = Tower(most_waiting=2)
    await tower.send("a")
    [b, c, d] = await tower.send("b", "c", "d")
    assert d.result() == BUSY
    assert not b.done()
    assert not c.done()
    await tower.airfield.land()
    await tower.airfield.land()
    assert (seq(b), seq(c)) == (2, 3)


async def test_a_crash_is_unknown_to_its_passengers_alone() -> None:
    tower = Tower()
    [a] = await tower.send("a")
    [b] = await tower.send("b")
    await tower.airfield.crash(StoreDown("lost"))
    assert a.result() == UNKNOWN
    assert not b.done()
    await tower.airfield.land()
    assert seq(b) == 1


async def test_a_mistake_of_the_store_reaches_its_passengers_and_stops_nobody_else() -> None:
    tower = Tower()
    [a] = await tower.send("a")
    [b] = await tower.send("b")
    await tower.airfield.crash(KeyError("ours"))
    with pytest.raises(KeyError):
        a.result()
    await tower.airfield.land()
    assert seq(b) == 1


async def test_who_stops_waiting_harms_nobody_and_their_message_is_stored() -> None:
    tower = Tower()
    [a, b] = await tower.send("a", "b")
    [c, d] = await tower.send("c", "d")
    a.cancel()
    c.cancel()
    await turns()
    await tower.airfield.land()
    assert tower.airfield.in_the_air == [["c", "d"]]
    await tower.airfield.land()
    assert a.cancelled()
    assert c.cancelled()
    assert (seq(b), seq(d)) == (2, 4)


async def test_who_stopped_waiting_for_a_flight_that_crashed_harms_nobody() -> None:
    tower = Tower()
    [a, b] = await tower.send("a", "b")
    a.cancel()
    await turns()
    await tower.airfield.crash(StoreDown("lost"))
    assert b.result() == UNKNOWN


async def test_a_drain_waits_for_the_flight_and_for_those_behind_it() -> None:
    tower = Tower()
    await tower.group.drain()
    await tower.send("a")
    await tower.send("b")
    drain = asyncio.create_task(tower.group.drain())
    await turns()
    await tower.airfield.land()
    assert not drain.done()
    await tower.airfield.land()
    assert drain.done()
    await tower.send("c")
    assert tower.airfield.in_the_air == [["c"]], "and afterwards it serves on"
    await tower.airfield.land()


async def test_a_thousand_at_once_are_few_flights_and_everyone_has_their_own_answer() -> None:
    chat = Chat(memory_store())
    await chat.room("room", "ada", "bob")
    took_off: list[int] = []
    group = GroupCommit(chat.store, took_off=took_off.append)
    messages = [chat.message("room", "ada", f"c{n}") for n in range(1000)]
    outcomes = [stored(outcome) for outcome in await asyncio.gather(*map(group.append, messages))]
    assert [outcome.entry.client_id for outcome in outcomes] == [message.client_id for message in messages]
    assert sorted(outcome.entry.seq for outcome in outcomes) == list(range(1, 1001))
    assert took_off == [500, 500]


async def test_another_change_flies_alone_after_what_was_asked_before_it_and_before_what_came_later() -> None:
    tower = Tower()
    order: list[str] = []

    async def change() -> str:
        order.append("change")
        return "done"

    await tower.send("a")
    await tower.send("b")
    alone = tower.group.alone(change)
    await turns()
    [later] = await tower.send("c")
    await tower.airfield.land()
    assert (tower.airfield.in_the_air, order) == ([["b"]], [])
    await tower.airfield.land()
    assert (alone.result(), order, tower.airfield.in_the_air) == ("done", ["change"], [["c"]])
    await tower.airfield.land()
    assert seq(later) == 3


async def test_a_change_that_fails_fails_for_itself_alone() -> None:
    tower = Tower()

    async def broken() -> str:
        raise StoreDown

    alone = tower.group.alone(broken)
    [later] = await tower.send("a")
    assert isinstance(alone.exception(), StoreDown)
    await tower.airfield.land()
    assert seq(later) == 1
