"""What can only go wrong with a database: two tasks at once, lost transactions, lost connections."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest
from msgspec.structs import replace

from glimpse.chat.documents import entry_document
from glimpse.chat.events import entry_committed
from glimpse.chat.outside.postgres import store as store_module
from glimpse.chat.outside.postgres.app_role import APP_ROLE, update_app_role
from glimpse.chat.outside.postgres.held_connections import HeldConnections
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.outside.postgres.queries import QUERIES, parse_queries
from glimpse.chat.outside.postgres.repeats import REMEMBERED_SECONDS
from glimpse.chat.outside.postgres.store import SEPARATOR, NotDurable, PoolTooLarge, PostgresStore
from glimpse.chat.ports import StoreDown
from glimpse.chat.publications import NO_EVENT, EntryCommitted
from glimpse.chat.refusals import FORBIDDEN, HANDLE_TAKEN, NOT_FOUND, UNKNOWN_OUTCOME, Refusal
from glimpse.chat.values import (
    Deletion,
    Entry,
    File,
    MembershipChange,
    Message,
    NewFile,
    NewMessage,
    UnknownEntry,
)
from tests.chat.conftest import APP_PASSWORD, Chat, app_url, message_of, raises_saying, rooms_of, seqs, stored

Open = Callable[[], Awaitable[PostgresStore]]
BATCH_NAMES = ("append_batch_new", "append_batch")
"""The statements that store a batch: without looking for earlier copies, and looking first."""


async def both(one: Awaitable[object], other: Awaitable[object]) -> list[object]:
    return list(await asyncio.gather(one, other))


async def test_the_same_message_through_two_tasks_at_once_is_one_row_without_a_gap(open_store: Open) -> None:
    here, there = await open_store(), await open_store()
    chat = Chat(here)
    await chat.room("room", "ada", "bob")
    for n in range(1000):
        message = chat.message("room", "ada", f"c{n}")
        [[one], [other]] = await asyncio.gather(here.append([message]), there.append([message]))
        assert stored(one).entry == stored(other).entry
        assert {stored(one).is_new, stored(other).is_new} == {True, False}
    assert seqs(await chat.entries("room", "ada")) == list(range(1, 1001))


async def test_the_same_batches_through_two_tasks_at_once_are_stored_once(open_store: Open) -> None:
    here, there = await open_store(), await open_store()
    chat = Chat(here)
    for room in ("a", "b", "c"):
        await chat.room(room, "ada", "bob", "cy")
    for n in range(100):
        # Each batch has another order: rows are locked in the order of ids, so none waits for another in a circle.
        messages = [chat.message(room, "ada", f"c{n}-{k}") for room in ("a", "b", "c") for k in range(3)]
        answers = await asyncio.gather(
            here.append(messages), there.append(messages[::-1]), here.append(messages[4:5]), there.append(messages[4:])
        )
        known: dict[str, set[tuple[str, int, str, datetime.datetime]]] = {
            message.client_id: set() for message in messages
        }
        for answer in answers:
            for outcome in answer:
                entry = message_of(outcome)
                known[entry.client_id].add((entry.conversation_id, entry.seq, entry.id, entry.created_at))
        fresh = sum(stored(outcome).is_new for answer in answers for outcome in answer)
        assert fresh == 9
        assert all(len(entries) == 3 for entries in known.values()), "one for each room, whoever was asked"
    for room in ("a", "b", "c"):
        assert seqs(await chat.entries(room, "bob")) == list(range(1, 301))


async def test_different_messages_through_two_tasks_at_once_all_have_a_number(open_store: Open) -> None:
    stores = [await open_store(), await open_store()]
    chat = Chat(stores[0])
    await chat.room("room", "ada", "bob")
    batches = [
        stores[n % 2].append([chat.message("room", "ada", f"c{n}-{k}") for k in range(1 + n % 5)]) for n in range(60)
    ]
    answers = await asyncio.gather(*batches)
    told = sorted(stored(outcome).entry.seq for answer in answers for outcome in answer)
    assert told == seqs(await chat.entries("room", "bob")) == list(range(1, 181))


async def test_two_people_who_ask_for_each_other_at_once_get_one_conversation(open_store: Open) -> None:
    here, there = await open_store(), await open_store()
    for n in range(100):
        one, other = f"a{n}", f"b{n}"
        await both(here.ensure_user(one), there.ensure_user(other))
        made = await asyncio.gather(
            here.create_conversation(f"here{n}", one, [other]), there.create_conversation(f"there{n}", other, [one])
        )
        [[first, is_new], [second, is_new_too]] = [answer for answer in made if not isinstance(answer, Refusal)]
        assert first == second
        assert {is_new, is_new_too} == {True, False}
        assert await rooms_of(here, one) == await rooms_of(there, other) == [first.id]


async def test_a_user_asked_for_twice_at_once_is_one(open_store: Open) -> None:
    here, there = await open_store(), await open_store()
    for n in range(50):
        one, other = await both(here.ensure_user(f"u{n}"), there.ensure_user(f"u{n}"))
        assert one == other


async def test_a_handle_asked_for_twice_at_once_is_given_once(open_store: Open) -> None:
    here, there = await open_store(), await open_store()
    for n in range(50):
        answers = await both(here.sign_up(f"a{n}", f"Name{n}", "x"), there.sign_up(f"b{n}", f"naME{n}", "x"))
        assert answers.count(HANDLE_TAKEN) == 1


async def test_who_leaves_while_they_write_has_no_message_after_they_left(open_store: Open) -> None:
    here, there = await open_store(), await open_store()
    chat = Chat(here)
    for n in range(60):
        await chat.room(f"room{n}", "ada", "bob", "cy")
        size = n % 2 + 1
        messages = [chat.message(f"room{n}", "bob") for _ in range(size)]
        left, outcomes = await asyncio.gather(there.leave(f"room{n}", "bob"), here.append(messages))
        entries = await chat.entries(f"room{n}", "ada")
        assert seqs(entries) == list(range(1, len(entries) + 1))
        assert entries[-1] == stored(left).entry
        for outcome in outcomes:
            assert outcome == NOT_FOUND or "bob" in stored(outcome).member_ids


async def test_a_message_deleted_twice_at_once_has_one_deletion(open_store: Open) -> None:
    here, there = await open_store(), await open_store()
    chat = Chat(here)
    await chat.room("room", "ada", "bob")
    for _ in range(50):
        seq = (await chat.say("room", "ada")).entry.seq
        one, other = await both(here.delete_message("room", "ada", seq), there.delete_message("room", "ada", seq))
        assert stored(one).entry == stored(other).entry
        assert {stored(one).is_new, stored(other).is_new} == {True, False}
    assert seqs(await chat.entries("room", "ada")) == list(range(1, 101))


async def test_read_moved_through_two_tasks_at_once_ends_at_the_furthest(open_store: Open) -> None:
    here, there = await open_store(), await open_store()
    chat = Chat(here)
    await chat.room("room", "ada", "bob")
    await here.append([chat.message("room", "ada") for _ in range(100)])
    for seq in range(1, 100, 2):
        near, far = await both(here.mark_read("room", "bob", seq), there.mark_read("room", "bob", seq + 1))
        assert far == (seq + 1, True)
        assert near in ((seq, True), (seq + 1, False))


async def test_members_are_the_same_from_both_sides(open_store: Open, database_url: str) -> None:
    here, there = await open_store(), await open_store()
    chat = Chat(here)
    await chat.room("room", "ada", "bob", "cy", "dan")
    for _ in range(30):
        await asyncio.gather(
            here.leave("room", "cy"),
            there.add_members("room", "ada", ["cy", "dan"]),
            here.leave("room", "dan"),
            there.leave("room", "cy"),
            here.add_members("room", "bob", ["dan"]),
        )
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch(
        """
        select (select array_agg(m order by m) from unnest(c.member_ids) m) as here,
            array_agg(user_id order by user_id) as there
        from conversations c join members on conversation_id = id group by id
        """
    )
    await connection.close()
    assert [row["here"] for row in rows] == [row["there"] for row in rows] != []


# ---- Repeats


class Statements:
    """Which statements stores run from now on, by name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        rows = HeldConnections.rows

        async def recorded(held: HeldConnections, name: str, *arguments: object) -> Any:
            self.names.append(name)
            return await rows(held, name, *arguments)

        monkeypatch.setattr(HeldConnections, "rows", recorded)

    def take(self) -> list[str]:
        names, self.names = self.names, []
        return names


@pytest.mark.parametrize(("size", "new", "looking"), [(1, "append_one_new", "append_one"), (3, *BATCH_NAMES)])
async def test_who_repeated_something_is_looked_for_at_once_until_that_is_a_while_ago(
    database_url: str, monkeypatch: pytest.MonkeyPatch, size: int, new: str, looking: str
) -> None:
    time = 1000.0
    store = await PostgresStore.open(database_url, now=lambda: time)
    chat = Chat(store)
    await chat.room("room", "ada", "bob", "cy")
    batch = [chat.message("room", "ada") for _ in range(size)]
    others = [chat.message("room", "bob") for _ in range(size)]
    statements = Statements(monkeypatch)
    first = await store.append(batch)
    assert statements.take() == [new]
    again = await store.append(batch)
    assert statements.take() == [new, looking], "the database refused it first"
    assert [replace(stored(outcome), is_new=True) for outcome in again] == first
    assert not any(stored(outcome).is_new for outcome in again)
    await store.append(batch)
    assert statements.take() == [looking]
    await store.append(others)
    assert statements.take() == [new], "the messages of others are not looked for"
    time += REMEMBERED_SECONDS
    await store.append([chat.message("room", "ada") for _ in range(size)])
    assert statements.take() == [new]
    assert seqs(await chat.entries("room", "ada")) == list(range(1, 3 * size + 1))
    await store.close()


@pytest.mark.parametrize("size", [1, 3])
async def test_after_an_unknown_outcome_what_comes_again_is_looked_for_at_once(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    batch = [chat.message("room", "ada") for _ in range(size)]
    rows = HeldConnections.rows

    async def lost(held: HeldConnections, name: str, *arguments: object) -> Any:
        await rows(held, name, *arguments)
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(HeldConnections, "rows", lost)
        with pytest.raises(StoreDown):
            await store.append(batch)
    statements = Statements(monkeypatch)
    assert [stored(outcome).is_new for outcome in await store.append(batch)] == [False] * size
    assert statements.take() == ["append_one" if size == 1 else "append_batch"]


async def test_a_batch_of_everything_answers_each_message_for_itself(open_store: Open) -> None:
    store = await open_store()
    chat = Chat(store)
    for room, *others in (("a", "bob"), ("b", "cy"), ("c", "dora", "eve"), ("d", "fay")):
        await chat.room(room, "ada", *others)
    await chat.say("c", "eve", "before")
    await store.leave("c", "eve")
    await store.block("cy", "ada", True)
    batch = [
        chat.message("a", "ada"),
        chat.message("b", "ada"),
        chat.message("c", "dora"),
        chat.message("c", "eve", "before"),
        chat.message("c", "eve"),
        chat.message("d", "bob"),
        chat.message("nowhere", "ada"),
        chat.message("a", "bob"),
        chat.message("c", "ada"),
        chat.message("d", "fay"),
    ]
    outcomes = await store.append(batch)
    told = [outcome.code if isinstance(outcome, Refusal) else stored(outcome).entry.seq for outcome in outcomes]
    assert told == [1, "blocked", 3, 1, "not_found", "not_found", "not_found", 2, 4, 1]
    for room, last in (("a", 2), ("b", 0), ("c", 4), ("d", 1)):
        assert seqs(await chat.entries(room, "ada")) == list(range(1, last + 1))


async def test_a_text_that_contains_what_joins_texts_is_stored_as_it_is(open_store: Open) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "b\x1fob")
    bodies = ["one", "", "two\x1fthree", "한국어", "\x1f", "한\x1f", "four\n\t\x01"]
    for batch in (bodies, bodies[:2], bodies[-1:] * 2, bodies[2:3] * 2):
        outcomes = await store.append([chat.message("room", "b\x1fob", None, body) for body in batch])
        assert [message_of(outcome).body for outcome in outcomes] == batch
    entries = await chat.entries("room", "ada")
    assert [entry.body for entry in entries if isinstance(entry, Message)] == [
        *bodies,
        *bodies[:2],
        *bodies[-1:] * 2,
        *bodies[2:3] * 2,
    ]
    assert len({entry.id for entry in entries}) == len(entries)


async def test_a_text_that_means_something_to_the_database_is_stored_as_it_is(open_store: Open) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("NULL", "null", "bob")
    batches = ["NULL", "\\N", '{a,"b"}', "\\x1f\\", "%s $1", "'"], ["", "", ""], ["\\", ""]
    numbers = itertools.count()
    told = [[(f"\\{next(numbers)}{body or 'NULL'}", body) for body in batch] for batch in batches]
    for batch in told:
        await store.append([chat.message("NULL", "null", client_id, body) for client_id, body in batch])
    entries = await chat.entries("NULL", "bob")
    assert [(each.client_id, each.body) for each in entries if isinstance(each, Message)] == [*itertools.chain(*told)]


async def test_what_is_stored_before_the_rest_of_a_batch_fails_is_answered(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    batch = [chat.message("room", "ada", "c1"), chat.message("room of others", "cy"), chat.message("room", "bob", "c2")]
    rows = store._rows

    async def lost(name: str, *arguments: object) -> Any:
        if name == "append_one":
            raise StoreDown(name)
        return await rows(name, *arguments)

    monkeypatch.setattr(store, "_rows", lost)
    first, unknown, last = await store.append(batch)
    monkeypatch.undo()
    assert [(stored(each).entry.seq, stored(each).is_new) for each in (first, last)] == [(1, True), (2, True)]
    assert unknown == UNKNOWN_OUTCOME
    assert (await store.append(batch))[1] == NOT_FOUND
    assert (await chat.say("room", "ada")).entry.seq == 3


async def test_what_is_stored_before_a_message_with_a_file_fails_is_answered(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    with_file = replace(chat.message("room", "ada"), file_id="file")
    batch = [chat.message("room", "ada"), chat.message("room", "bob"), with_file, chat.message("room", "ada")]

    async def lost(*arguments: object) -> Any:
        raise StoreDown

    monkeypatch.setattr(store, "_append_with_file", lost)
    *answered, unknown, not_tried = await store.append(batch)
    assert [stored(each).entry.seq for each in answered] == [1, 2]
    assert unknown == not_tried == UNKNOWN_OUTCOME
    with pytest.raises(StoreDown):
        await store.append(batch[2:])


# ---- The connection


async def test_connections_at_hand_are_everybodys(open_store: Open, database_url: str) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob", "cy")
    for _ in range(3):
        calls: list[Awaitable[object]] = [store.check() for _ in range(20)]
        calls += [store.append([chat.message("room", "ada")]) for _ in range(5)]
        async with asyncio.timeout(60):
            await asyncio.gather(*calls, store.leave("room", "cy"), store.join("room", "cy"))
        gauges = store.connections()
        assert gauges["database_connections"] <= 4
        assert gauges["database_connections_busy"] == 0


async def test_a_store_with_one_connection_serves_one_call_after_another(database_url: str) -> None:
    store = await PostgresStore.open(database_url, 1)
    chat = Chat(store)
    await chat.room("room", "ada", "bob", "cy")
    async with asyncio.timeout(60):
        await asyncio.gather(store.check(), store.leave("room", "cy"), store.check(), chat.say("room", "ada"))
    assert store.connections()["database_connections"] == 1
    await store.close()


@contextlib.asynccontextmanager
async def conversations_locked(database_url: str) -> AsyncIterator[None]:
    """Somebody else holds the lock of every conversation meanwhile."""
    holder = await asyncpg.connect(database_url)
    async with holder.transaction():
        await holder.execute("select from conversations for update")
        yield
    await holder.close()


async def nothing_is_stored(store: PostgresStore, chat: Chat) -> None:
    """Neither a message alone nor a batch."""
    for count in (1, 2):
        with pytest.raises(StoreDown):
            await store.append([chat.message("room", "ada") for _ in range(count)])


async def test_a_statement_that_is_not_answered_is_given_up_with_its_connection(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "ANSWER_SECONDS", 0.2)
    store = await PostgresStore.open(database_url)
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    async with conversations_locked(database_url):
        await nothing_is_stored(store, chat)
        assert store.connections()["database_connections_busy"] == 0
    await store.check()
    await store.close()


class Unanswering:
    """A pool of connections that never answer. `lost` are those that the pool has detached."""

    def __init__(self) -> None:
        self.connections: list[Unanswering.Connection] = []

    class Connection:
        def __init__(self) -> None:
            self.is_lost, self.answer = False, asyncio.get_running_loop().create_future()

        def is_closed(self) -> bool:
            if self.is_lost:
                raise asyncpg.InterfaceError("released")
            return False

        async def prepare(self, query: str) -> Unanswering.Connection:
            return self

        async def fetch(self, timeout: object) -> object:
            return await self.answer

        def terminate(self) -> None:
            self.is_closed()
            self.answer.set_exception(asyncpg.ConnectionDoesNotExistError())

    async def acquire(self, timeout: float) -> Connection:
        self.connections.append(self.Connection())
        return self.connections[-1]

    async def release(self, connection: Connection) -> None: ...


async def test_a_connection_that_is_lost_just_then_does_not_keep_others_from_being_given_up() -> None:
    pool = Unanswering()
    held = HeldConnections(pool, 0.01)
    asked = [asyncio.create_task(held.rows("check")) for _ in range(2)]
    while len(pool.connections) < len(asked):
        await asyncio.sleep(0)
    pool.connections[0].is_lost = True
    async with asyncio.timeout(60):
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    assert isinstance(asked[1].exception(), asyncpg.ConnectionDoesNotExistError)
    asked[0].cancel()
    await asyncio.wait(asked)


async def test_a_statement_is_prepared_again_where_a_migration_changed_a_column(
    open_store: Open, migrated_url: str
) -> None:
    store = await open_store()
    await store.sign_up("1", "Ada", "hash")
    assert await store.credentials("ada") is not None
    newer = await asyncpg.connect(migrated_url)
    await newer.execute("alter table users alter column login_network type varchar")
    try:
        assert await store.credentials("ada") is not None
    finally:
        await newer.execute("alter table users alter column login_network type text")
        await newer.close()


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit"])
async def test_a_server_that_may_forget_is_refused(
    setting: str, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    # The server of these tests is durable; one that is not would answer this.
    settings = {"fsync": "on", "synchronous_commit": "on"} | {setting: "off"}
    forgetful = "select 97 as connections, " + ", ".join(f"'{value}' as {name}" for name, value in settings.items())
    monkeypatch.setitem(QUERIES, "server", forgetful)  # type: ignore[arg-type]
    with raises_saying(NotDurable, f"set {setting} = on"):
        await PostgresStore.open(database_url)


async def test_a_role_that_does_not_wait_for_the_disk_is_refused(migrated_url: str, database_url: str) -> None:
    connection = await asyncpg.connect(migrated_url)
    await connection.execute(f"alter role {APP_ROLE} set synchronous_commit = off")
    try:
        with raises_saying(NotDurable, "synchronous_commit"):
            await PostgresStore.open(database_url)
    finally:
        await connection.execute(f"alter role {APP_ROLE} reset synchronous_commit")
        await connection.close()


async def test_a_pool_larger_than_the_server_allows_is_refused_before_anything_is_served(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    most = await connection.fetchval(
        "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    )
    await connection.close()
    store = await PostgresStore.open(database_url, most)
    assert store.connections()["database_connections_most"] == most
    await store.close()
    with raises_saying(PoolTooLarge, f"{most} connections in all"):
        await PostgresStore.open(database_url, most + 1)


async def test_an_idle_connection_that_is_cut_is_no_reason_to_answer_that_nobody_knows(
    open_store: Open, database_url: str
) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    connection = await asyncpg.connect(database_url)
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'glimpse'"
    assert len(await connection.fetch(cut)) == 1
    await connection.close()
    async with asyncio.timeout(60):
        while store.connections()["database_connections"]:
            await asyncio.sleep(0.005)
    assert store.connections()["database_connections_busy"] == 0
    assert (await chat.say("room", "ada")).entry.seq == 1


async def test_closing_waits_for_what_is_under_way_and_not_longer(open_store: Open, database_url: str) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    holder = await asyncpg.connect(database_url)
    transaction = holder.transaction()
    await transaction.start()
    await holder.execute("select from conversations for update")
    appending = asyncio.create_task(store.append([chat.message("room", "ada")]))
    await until_somebody_waits(database_url)
    closing = asyncio.create_task(store.close(seconds=3600))
    await asyncio.sleep(0)
    await transaction.rollback()
    await holder.close()
    [outcome] = await appending
    assert stored(outcome).entry.seq == 1
    async with asyncio.timeout(60):
        await closing


async def test_connections_are_counted_for_the_metrics(open_store: Open) -> None:
    store = await open_store()
    await store.check()
    assert store.connections() == {
        "database_connections": 1,
        "database_connections_busy": 0,
        "database_connections_most": 4,
    }


async def test_where_nothing_answers_the_store_is_down(unused_port: int) -> None:
    with pytest.raises(StoreDown):
        await PostgresStore.open(f"postgresql://nobody@127.0.0.1:{unused_port}/nothing")


async def test_a_lost_connection_is_an_unknown_outcome_and_the_next_call_works(
    open_store: Open, database_url: str
) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    holder = await asyncpg.connect(database_url)
    message = chat.message("room", "ada", "c1")
    async with holder.transaction():
        await holder.execute("select from conversations for update")
        appending = asyncio.create_task(store.append([message]))
        await until_somebody_waits(database_url)
        await holder.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'glimpse'"
        )
        with pytest.raises(StoreDown):
            await appending
    await holder.close()
    assert (await chat.say("room", "ada", "c1")).entry.seq == 1


async def test_a_lock_that_does_not_come_is_given_up(
    open_store: Open, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "LOCK_SECONDS", 0.05)
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    async with conversations_locked(database_url):
        await nothing_is_stored(store, chat)
        with pytest.raises(StoreDown):
            await store.leave("room", "ada")
    assert (await chat.say("room", "ada")).entry.seq == 1


async def test_every_connection_has_its_limits_and_is_not_reset(open_store: Open, database_url: str) -> None:
    store = await open_store()
    await store.users([])
    watcher = await asyncpg.connect(database_url)
    last = await watcher.fetch("select query from pg_stat_activity where application_name = 'glimpse'")
    await watcher.close()
    assert [row["query"] for row in last] == [QUERIES["users"]]
    # Private: no method of the store tells what its connections are set to.
    async with store._pool.acquire() as connection:
        limits = await connection.fetchrow(
            "select current_setting('statement_timeout'), current_setting('lock_timeout')"
        )
    assert tuple(limits) == ("5s", "3s")


async def test_a_call_that_is_cancelled_leaves_the_connection_usable(open_store: Open, database_url: str) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    holder = await asyncpg.connect(database_url)
    async with holder.transaction():
        await holder.execute("select from conversations for update")
        leaving = asyncio.create_task(store.leave("room", "ada"))
        await until_somebody_waits(database_url)
        leaving.cancel()
        await asyncio.wait([leaving])
    await holder.close()
    assert (await chat.say("room", "ada")).entry.seq == 1


@pytest.mark.parametrize("count", [1, 2])
async def test_a_batch_that_is_cancelled_leaves_the_only_connection_usable(database_url: str, count: int) -> None:
    store = await PostgresStore.open(database_url, 1)
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    batch = [chat.message("room", "ada") for _ in range(count)]
    holder = await asyncpg.connect(database_url)
    async with holder.transaction():
        await holder.execute("select from conversations for update")
        appending = asyncio.create_task(store.append(batch))
        await until_somebody_waits(database_url)
        waiting = asyncio.create_task(store.check())
        await asyncio.sleep(0)
        appending.cancel()
        await asyncio.wait([appending])
        assert appending.cancelled()
        async with asyncio.timeout(60):
            await waiting
    await holder.close()
    assert (await chat.say("room", "ada")).entry.seq == 1
    assert store.connections()["database_connections_busy"] == 0
    await store.close()


@pytest.mark.parametrize("gone", [["never"], []])
async def test_a_sweep_and_a_new_picture_of_the_same_person_do_not_wait_for_each_other(
    open_store: Open, database_url: str, gone: list[str]
) -> None:
    store = await open_store()
    await Chat(store).people("ada")
    for name in ("a-old", "b-new", "never"):
        assert isinstance(await store.announce_file(NewFile(name, "ada", name, "image/png", 1, None), -100, 99), File)
    assert await store.complete_file("a-old", 1000)
    assert await store.complete_file("b-new", 1000)
    other_task = await asyncpg.connect(database_url)
    async with other_task.transaction():
        await other_task.execute("select from users where id = 'ada' for no key update")
        await other_task.execute("update files set unused_since = null where id = 'b-new'")
        sweeping = asyncio.create_task(store.finish_sweep(["a-old", "b-new"], gone, 0))
        await until_somebody_waits(database_url)
        await other_task.execute("update files set unused_since = now() where id = 'a-old'")
    await other_task.close()
    await sweeping
    assert await store.file("a-old") is not None
    assert [file.id for file in await store.files_to_sweep(0, 99)] == [name for name in ("never",) if name not in gone]


async def test_an_entry_of_a_newer_release_keeps_its_seq_and_reaches_nobody(
    open_store: Open, migrated_url: str
) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    await chat.say("room", "ada")
    newer = await asyncpg.connect(migrated_url)
    [(name, definition)] = await newer.fetch(TYPE_CHECK)
    await newer.execute(f"alter table entries drop constraint {name}")
    try:
        await newer.execute("update conversations set last_seq = 2 where id = 'room'")
        await newer.execute(
            "insert into entries (conversation_id, seq, type, id, sender_id, created_at)"
            " values ('room', 2, 'newer', 'p2', 'ada', clock_timestamp())"
        )
        last = await chat.say("room", "ada")
        entries = await chat.entries("room", "bob")
        assert list(map(type, entries)) == [Message, UnknownEntry, Message]
        assert seqs(entries) == [1, 2, 3]
        assert list((await store.sync("bob", {"room": 1}, 9)).entries) == entries[1:]
        assert [each.entry for each in await store.changes("room", 0, 9, None)] == entries
        listed = await store.list_conversations("bob", None, 9)
        assert not isinstance(listed, Refusal)
        assert (listed[0][0].last_message, listed[0][0].unread) == (last.entry, 2)
        assert await store.delete_message("room", "ada", 2) == FORBIDDEN
        [unknown] = await store.changes("room", 1, 3, None)
        assert entry_committed(unknown) == EntryCommitted("room", 2, (), NO_EVENT)
        document = msgspec.to_builtins(entry_document(unknown.entry))
        assert document.pop("createdAt")
        assert document == {"type": "unknown", "id": "p2", "seq": 2, "conversationId": "room", "senderId": "ada"}
    finally:
        await newer.execute("delete from entries where type = 'newer'")
        await newer.execute(f"alter table entries add constraint {name} {definition}")
        await newer.close()


TYPE_CHECK = """
select conname, pg_get_constraintdef(oid) from pg_constraint
where conrelid = 'entries'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%CASE type%'
"""


async def test_every_kind_of_entry_is_read_from_the_database(open_store: Open, database_url: str) -> None:
    assert {*COLUMNS, UnknownEntry} == set(get_args(Entry))
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    connection = await asyncpg.connect(database_url)
    await connection.execute("update conversations set last_seq = $1 where id = 'room'", len(COLUMNS))
    for seq, (entry_type, columns) in enumerate(COLUMNS.values(), 1):
        await insert_entry(connection, seq, entry_type, columns)
    await connection.close()
    assert list(map(type, await chat.entries("room", "bob"))) == list(COLUMNS)


async def test_no_kind_of_entry_has_a_column_of_another_kind(open_store: Open, database_url: str) -> None:
    await open_store()
    connection = await asyncpg.connect(database_url)
    every = {name: value for _, columns in COLUMNS.values() for name, value in columns.items()}
    accepted = []
    for entry_type, columns in COLUMNS.values():
        for name in every.keys() - columns.keys():
            with contextlib.suppress(asyncpg.CheckViolationError):
                await insert_entry(connection, 9, entry_type, {**columns, name: every[name]})
                accepted.append(f"{entry_type} with {name}")
                await connection.execute("delete from entries")
    await connection.close()
    assert accepted == []


async def insert_entry(connection: Any, seq: int, entry_type: str, columns: Mapping[str, str]) -> None:
    await connection.execute(
        f"insert into entries (conversation_id, seq, type, id, sender_id, created_at, {', '.join(columns)})"
        f" values ('room', $1, $2, gen_random_uuid()::text, 'ada', clock_timestamp(), {', '.join(columns.values())})",
        seq,
        entry_type,
    )


COLUMNS: Mapping[type[Entry], tuple[str, Mapping[str, str]]] = {
    Message: ("message", {"client_id": "'c1'", "body": "'hello'", "file_id": "'f1'"}),
    Deletion: ("deleted", {"of_seq": "1"}),
    MembershipChange: ("members", {"member_ids": "array['ada']"}),
}
"""Of each kind of entry: its `type` in the database, and the columns that rows of other kinds may leave null."""


async def until_somebody_waits(url: str) -> None:
    """For a lock. Each query is its own transaction: within one, PostgreSQL keeps the first answer."""
    watcher = await asyncpg.connect(url)
    async with asyncio.timeout(60):
        while not await watcher.fetchval(WAITING):
            await asyncio.sleep(0)
    await watcher.close()


WAITING = "select exists (select from pg_stat_activity where application_name = 'glimpse' and wait_event_type = 'Lock')"


# ---- The statements


def test_every_statement_has_a_name_and_a_sentence_and_is_used() -> None:
    folder = Path(store_module.__file__).parent
    text = (folder / "queries.sql").read_text()
    assert len(re.findall("^-- name: ", text, re.MULTILINE)) == len(QUERIES)
    code = (folder / "store.py").read_text()
    for name, statement in QUERIES.items():
        assert f'"{name}"' in code, name
        assert statement.startswith(("select", "insert", "update", "with")), name
        assert "--" not in statement, name
        assert "{" not in statement, name


def test_a_statement_has_its_fragments_filled_in() -> None:
    fragment = "-- fragment: user(t)\n-- Its columns.\nt.id, t.handle\n\n"
    statement = "-- name: users\n-- All of them.\nselect {user(u)}\nfrom users u;\n"
    assert parse_queries(fragment + statement) == {"users": "select u.id, u.handle\nfrom users u"}
    with pytest.raises(KeyError):
        parse_queries(statement)


# ---- Plans


@pytest.fixture
def unused_database(migrated_url: str, runner: asyncio.Runner) -> Iterator[str]:
    """
    The owner's URL of a database that no test has used. A plan depends on statistics, and those of the database of all
    tests may be of rows that an earlier test has deleted. Here only `analyze` makes statistics, and never autovacuum.
    """
    url = urlsplit(migrated_url)._replace(path="/unused").geturl()

    async def create() -> None:
        await execute(migrated_url, "create database unused")
        connection = await asyncpg.connect(url)
        await migrate(connection)
        await update_app_role(connection, APP_PASSWORD)
        tables = await connection.fetch("select quote_ident(tablename) from pg_tables where schemaname = 'public'")
        for [table] in tables:
            await connection.execute(f"alter table {table} set (autovacuum_enabled = false)")
        await connection.close()

    runner.run(create())
    yield url
    runner.run(execute(migrated_url, "drop database unused with (force)"))


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def rows_read(connection: asyncpg.Connection, name: str, *arguments: object) -> dict[str, tuple[int, int]]:
    """How many rows of each table a query reads: by reading all of it, and by an index."""
    async with connection.transaction():
        await connection.fetch(QUERIES[name], *arguments)
        rows = await connection.fetch("select relname, seq_tup_read, idx_tup_fetch from pg_stat_xact_user_tables")
    return {row["relname"]: (row["seq_tup_read"], row["idx_tup_fetch"]) for row in rows}


async def test_every_way_to_a_message_is_an_index(unused_database: str) -> None:
    store = await PostgresStore.open(app_url(unused_database))
    chat = Chat(store)
    for n in range(100):
        await chat.room(f"room{n}", "ada", f"bob{n}")
    for batch in range(10):
        await store.append([chat.message(f"room{n % 100}", "ada", f"c{batch}-{n}") for n in range(500)])
    await store.close()
    await execute(unused_database, "analyze")
    connection = await asyncpg.connect(app_url(unused_database))
    await connection.execute("set plan_cache_mode = force_generic_plan")
    await connection.execute("set enable_seqscan = on")
    for name, types, values in (
        ("append_one", "text, text, text, text, text", "'room1', 'ada', 'c1', 'x', null"),
        ("append_one_new", "text, text, text, text, text", "'room1', 'ada', 'c1', 'x', 'id'"),
        ("history_after", "text, text, bigint, bigint", "'room1', 'ada', 5, 10"),
        ("history_before", "text, text, bigint, bigint", "'room1', 'ada', 5, 10"),
        ("messages_before", "text, text, bigint, bigint, bigint", "'room1', 'ada', 5, 10, 1000"),
        (
            "sync",
            "text, json, bigint, boolean, timestamptz, text, float8, bigint",
            """'ada', '{"room1": 40}', 500, false, now(), '', 30, 1001""",
        ),
        ("deletion_of", "text, bigint", "'room1', 5"),
        ("list_conversations", "text, timestamptz, text, bigint, bigint", "'ada', null, null, 20, 1000"),
    ):
        await connection.execute(f"prepare asked ({types}) as {QUERIES[name]}")
        plan = "\n".join(row[0] for row in await connection.fetch(f"explain execute asked ({values})"))
        assert "Seq Scan on entries" not in plan, f"{name}\n{plan}"
        await connection.execute("deallocate asked")
    await connection.close()


COLUMNS_OF_BATCH: list[list[str]] = [
    [f"room{n}" for n in range(10)],
    ["ada"] * 10,
    [f"new{n}" for n in range(10)],
    ["x"] * 10,
]


@pytest.fixture(params=["before the first row", "before statistics", "with statistics"])
def planned(request: pytest.FixtureRequest) -> str:
    """When the plan of a query was made that a connection keeps."""
    return str(request.param)


@pytest.mark.parametrize("name", BATCH_NAMES)
async def test_a_batch_reads_only_the_rows_it_names(unused_database: str, name: str, planned: str) -> None:
    fields: list[Any] = [*COLUMNS_OF_BATCH, [None] * 10]
    if name == "append_batch_new":
        ids = [f"id{n}" for n in range(10)]
        fields = [SEPARATOR.join(column) for column in (*COLUMNS_OF_BATCH, ids)]
    store = await PostgresStore.open(app_url(unused_database))
    connection = await asyncpg.connect(app_url(unused_database))
    await connection.execute("set plan_cache_mode = force_generic_plan")
    if planned == "before the first row":
        await connection.fetch(QUERIES[name], *fields)
    chat = Chat(store)
    for n in range(100):
        await chat.room(f"room{n}", "ada", f"bob{n}")
        await chat.people(f"eve{n}")
        await store.block("ada", f"eve{n}", True)
    await store.append([chat.message(f"room{n % 100}", "ada", f"c{n}") for n in range(1000)])
    await store.close()
    if planned == "with statistics":
        await execute(unused_database, "analyze")
    read = await rows_read(connection, name, *fields)
    await connection.close()
    assert read["entries"] == (0, 0)
    assert read["blocks"] == (0, 0), "and looks for a block in both directions"
    assert read["conversations"][0] == 0
    assert read["conversations"][1] <= 40


async def test_of_many_files_only_the_rows_are_read_that_are_asked_for(unused_database: str, planned: str) -> None:
    asked = [f"file{n}" for n in range(0, 100, 10)], "bob0"
    store = await PostgresStore.open(app_url(unused_database))
    connection = await asyncpg.connect(app_url(unused_database))
    await connection.execute("set plan_cache_mode = force_generic_plan")
    if planned == "before the first row":
        await connection.fetch(QUERIES["files_seen_by"], *asked)
    chat = Chat(store)
    for n in range(10):
        await chat.room(f"room{n}", "ada", f"bob{n}")
    for n in range(100):
        await chat.file(f"file{n}", "ada")
        await store.append([NewMessage(f"room{n % 10}", "ada", f"c{n}", "", f"file{n}")])
    # Messages without files: a smaller table is read as a whole, which is cheaper.
    await store.append([chat.message(f"room{n % 10}", "ada", f"without{n}") for n in range(3000)])
    await store.close()
    if planned == "with statistics":
        await execute(unused_database, "analyze")
    read = await rows_read(connection, "files_seen_by", *asked)
    found = await connection.fetch(QUERIES["files_seen_by"], *asked)
    await connection.close()
    assert [row["id"] for row in found] == asked[0]
    assert (read["entries"], read["files"]) == ((0, 10), (0, 10))


async def test_the_order_of_a_batch_is_kept_where_everything_is_a_repeat_of_something(open_store: Open) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    message = NewMessage("room", "ada", "c1", "text")
    outcomes = await store.append([message] * 5)
    assert [stored(outcome).is_new for outcome in outcomes] == [True, False, False, False, False]
    assert len({stored(outcome).entry for outcome in outcomes}) == 1
