"""One batch runs at a time, and messages that come meanwhile share the next. The test decides when a batch ends."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from typing import Any, cast

from glimpse.chat.commit import MAX_CHANGES, Change, GroupCommit
from glimpse.chat.counts import Counts
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.refusals import BUSY, INTERNAL, UNKNOWN_OUTCOME, Refusal
from glimpse.chat.values import Message, NewMessage, StoredEntry
from tests.chat.conftest import Chat, memory_store, message_of, stored
from tests.chat.use_cases import appended, raise_defect

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


class ManualStore:
    """A store whose batches run until the test commits them, or fails them."""

    def __init__(self) -> None:
        self.batches: list[tuple[list[str], asyncio.Future[Sequence[StoredEntry | Refusal]]]] = []
        self.seq = 0

    async def append(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        outcomes: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.batches.append(([message.client_id for message in messages], outcomes))
        return await outcomes  # type: ignore[no-any-return]

    @property
    def running(self) -> list[list[str]]:
        return [names for names, outcomes in self.batches if not outcomes.done()]

    async def commit(self) -> None:
        names, outcomes = self.batches[-1]
        stored_entries = []
        for client_id in names:
            self.seq += 1
            entry = Message("room", self.seq, f"id-{self.seq}", "ada", NOON, client_id, "hello")
            stored_entries.append(StoredEntry(entry, ("ada",), True))
        outcomes.set_result(stored_entries)
        await turns()

    async def fail(self, error: Exception) -> None:
        self.batches[-1][1].set_exception(error)
        await turns()


async def turns() -> None:
    """Run the event loop until nothing is left to do but to wait for the store."""
    for _ in range(10):
        await asyncio.sleep(0)


class Sender:
    """Sends messages by their names through a group commit over a ManualStore."""

    def __init__(self, **limits: Any) -> None:
        self.store = ManualStore()
        self.counts = Counts()
        self.defects: list[BaseException] = []
        self.group = GroupCommit(cast(Store, self.store), self.counts, self.defects.append, **limits)

    async def send(self, *names: str) -> list[asyncio.Future[StoredEntry | Refusal]]:
        message = [NewMessage("room", "ada", name, "hello") for name in names]
        waiters = [appended(self.group, each) for each in message]
        await turns()
        return waiters


def seq(waiter: asyncio.Future[StoredEntry | Refusal]) -> int:
    return stored(waiter.result()).entry.seq


async def test_a_lone_message_is_stored_at_once() -> None:
    sender = Sender()
    [waiter] = await sender.send("a")
    assert sender.store.running == [["a"]]
    await sender.store.commit()
    assert seq(waiter) == 1


async def test_messages_that_come_during_a_batch_share_the_next_one_in_order() -> None:
    sender = Sender()
    first = await sender.send("a")
    later = await sender.send("b", "c") + await sender.send("d")
    assert sender.store.running == [["a"]]
    await sender.store.commit()
    assert [waiter.done() for waiter in first + later] == [True, False, False, False]
    assert sender.store.running == [["b", "c", "d"]]
    await sender.store.commit()
    assert [seq(waiter) for waiter in later] == [2, 3, 4]
    assert sender.store.running == []


async def test_a_batch_has_at_most_so_many_messages() -> None:
    sender = Sender(max_rows=2)
    await sender.send("a")
    await sender.send("b", "c", "d")
    await sender.store.commit()
    assert sender.store.running == [["b", "c"]]
    await sender.store.commit()
    assert sender.store.running == [["d"]]
    await sender.store.commit()
    assert sender.counts.batches == {1: 2, 2: 1}


async def test_a_full_queue_refuses_messages_as_busy() -> None:
    sender = Sender(max_queued=2)
    await sender.send("a")
    [b, c, d] = await sender.send("b", "c", "d")
    assert d.result() == BUSY
    assert not b.done()
    assert not c.done()
    await sender.store.commit()
    await sender.store.commit()
    assert (seq(b), seq(c)) == (2, 3)


async def test_where_the_store_goes_down_the_outcome_is_unknown_for_that_batch_alone() -> None:
    sender = Sender()
    [a] = await sender.send("a")
    [b] = await sender.send("b")
    await sender.store.fail(StoreDown("lost"))
    assert a.result() == UNKNOWN_OUTCOME
    assert not b.done()
    await sender.store.commit()
    assert seq(b) == 1


async def test_a_mistake_of_the_store_fails_that_batch_alone() -> None:
    sender = Sender()
    [a] = await sender.send("a")
    [b] = await sender.send("b")
    await sender.store.fail(KeyError("ours"))
    assert a.result() == INTERNAL
    assert [type(defect) for defect in sender.defects] == [KeyError]
    await sender.store.commit()
    assert seq(b) == 1


async def test_a_defect_in_the_answer_to_one_message_costs_no_other_its_answer() -> None:
    sender = Sender()
    await sender.send("a")

    def fail(stored: StoredEntry | Refusal) -> None:
        raise KeyError("ours")

    sender.group.append(NewMessage("room", "ada", "b", "hello"), fail)
    [c] = await sender.send("c")
    await sender.store.commit()
    await sender.store.commit()
    assert seq(c) == 3
    assert [type(defect) for defect in sender.defects] == [KeyError]


async def test_a_drain_waits_for_the_running_batch_and_for_the_queue() -> None:
    sender = Sender()
    await sender.group.wait_until_idle()
    await sender.send("a")
    await sender.send("b")
    drain = asyncio.create_task(sender.group.wait_until_idle())
    await turns()
    await sender.store.commit()
    assert not drain.done()
    await sender.store.commit()
    assert drain.done()
    await sender.send("c")
    assert sender.store.running == [["c"]], "and afterwards it serves on"
    await sender.store.commit()


async def test_a_thousand_messages_at_once_are_two_batches_and_each_has_its_own_answer() -> None:
    chat = Chat(memory_store())
    await chat.room("room", "ada", "bob")
    counts = Counts()
    group = GroupCommit(chat.store, counts, raise_defect)
    messages = [chat.message("room", "ada", f"c{n}") for n in range(1000)]
    answers = [message_of(outcome) for outcome in await asyncio.gather(*(appended(group, each) for each in messages))]
    assert [answer.client_id for answer in answers] == [message.client_id for message in messages]
    assert sorted(answer.seq for answer in answers) == list(range(1, 1001))
    assert counts.batches == {500: 2}


async def test_an_exclusive_change_runs_after_what_was_queued_before_it_and_before_what_came_later() -> None:
    sender = Sender()
    order: list[str] = []

    async def change() -> str:
        order.append("change")
        return "done"

    await sender.send("a")
    await sender.send("b")
    exclusive = sender.group.exclusive(change)
    await turns()
    [later] = await sender.send("c")
    await sender.store.commit()
    assert (sender.store.running, order) == ([["b"]], [])
    await sender.store.commit()
    assert (exclusive.result(), order, sender.store.running) == ("done", ["change"], [["c"]])
    await sender.store.commit()
    assert seq(later) == 3


async def test_a_message_waits_for_one_change_at_most_however_many_wait() -> None:
    sender = Sender()
    order: list[int] = []
    blocked = [asyncio.Event() for _ in range(3)]

    def change(number: int) -> Change:
        async def run() -> None:
            order.append(number)
            await blocked[number].wait()

        return run

    for number in range(3):
        sender.group.exclusive(change(number))
    await turns()
    [message] = await sender.send("a")
    blocked[0].set()
    await turns()
    assert (order, sender.store.running) == ([0], [["a"]])
    await sender.store.commit()
    await turns()
    assert (seq(message), order) == (1, [0, 1])
    for event in blocked:
        event.set()
    await sender.group.wait_until_idle()
    assert order == [0, 1, 2]


async def test_where_many_changes_wait_one_more_is_busy_and_a_message_is_not() -> None:
    sender = Sender()
    may_go_on = asyncio.Event()
    waiting = [sender.group.exclusive(may_go_on.wait) for _ in range(MAX_CHANGES + 1)]
    await turns()
    assert waiting[-1].result() == BUSY
    [message] = await sender.send("a")
    may_go_on.set()
    await turns()
    await sender.store.commit()
    await sender.group.wait_until_idle()
    assert (seq(message), [each.result() for each in waiting[:-1]]) == (1, [True] * MAX_CHANGES)


async def test_an_exclusive_change_that_fails_harms_no_message() -> None:
    sender = Sender()

    async def broken() -> str:
        raise StoreDown

    exclusive = sender.group.exclusive(broken)
    [later] = await sender.send("a")
    assert isinstance(exclusive.exception(), StoreDown)
    await sender.store.commit()
    assert seq(later) == 1
