"""What a peer begins and does not finish: how long it lives, how much of it is kept, and who has to give way."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import re
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest

from glimpse.chat.counts import Counts
from glimpse.chat.held_bytes import HELD_TOO_MUCH, UNCOUNTED_BYTES, HeldBytes
from glimpse.chat.outside.connections import (
    FULL,
    RESERVED_FILES,
    SPARE_CONNECTIONS,
    Connections,
    max_connections,
    max_sessions,
)
from glimpse.chat.outside.engineio import EVICTED, Engine, Polling
from glimpse.chat.outside.server import (
    BODY,
    HEAD,
    HEAD_SECONDS,
    MAX_HEADERS,
    MAX_PIPELINED,
    MIN_READ_BYTES,
    PIPELINED,
    UNREAD,
    UNREAD_SECONDS,
    Http,
    server,
)
from glimpse.chat.outside.websocket import CLOSE_SECONDS, WebSocket
from glimpse.chat.protocol import websocket as ws
from glimpse.chat.protocol.deadlines import MAX_SECONDS, MAX_UNJOINED_BYTES, START_SECONDS, seconds_for
from glimpse.chat.protocol.engineio import HANDSHAKE, OVERLOADED, POLLING, WEBSOCKET, Timing
from glimpse.chat.protocol.session import UNFINISHED, Session
from glimpse.chat.protocol.socketio import ROOT, Packet, Peer
from tests.chat.serving import CHAT, ECHO, UPGRADING, Wire, eventually, masked, serving

SECONDS = 60.0
"""A test that waits for longer hangs."""


# ---- Pure: what may be held, and for how long


class Holding:
    """Holds bytes, some of which its peer may have read since they were counted."""

    def __init__(self, held: HeldBytes) -> None:
        self.size, self.reasons, self._held = 0, list[str](), held

    def holds(self, size: int) -> None:
        self.size = size
        self._held.update(self, size)

    def held_bytes(self) -> int:
        return self.size

    def cut_off(self, reason: str) -> None:
        self.reasons.append(reason)
        self.holds(0)


def test_past_the_bound_who_holds_most_is_cut_off_and_nobody_else() -> None:
    held = HeldBytes(100)
    small, large, late = Holding(held), Holding(held), Holding(held)
    small.holds(30)
    large.holds(60)
    assert held.total == 90
    late.holds(20)
    assert (small.reasons, large.reasons, late.reasons) == ([], [HELD_TOO_MUCH], [])
    assert held.total == 50
    late.holds(0)
    small.holds(0)
    assert held.total == 0


def test_what_a_peer_has_read_since_it_was_counted_is_not_held_against_it() -> None:
    held = HeldBytes(100)
    reading, stalled = Holding(held), Holding(held)
    reading.holds(70)
    reading.size = 5
    stalled.holds(40)
    assert (reading.reasons, stalled.reasons, held.total) == ([], [], 45)


def test_a_body_has_ten_seconds_and_one_more_for_each_thousand_bytes_and_never_more_than_a_minute() -> None:
    assert [seconds_for(received) for received in (0, 1_000, 30_000, 10**9)] == [10.0, 11.0, 40.0, MAX_SECONDS]


class Registry:
    """Keeps no sessions, and writes nothing."""

    def __init__(self, held: HeldBytes | None = None) -> None:
        self.held = held or HeldBytes()

    def call_soon(self, call: Callable[[], None]) -> None: ...

    def forget(self, session: Session) -> None: ...


class Accepting:
    """An application that accepts the namespace `/` and no other, and leaves `/later` for a test to decide."""

    def __init__(self) -> None:
        self.events: list[Packet] = []

    def on_connect(self, peer: Peer, namespace: str, auth: dict[str, Any]) -> None:
        if namespace == ROOT:
            peer.accept(namespace, "sid")
        elif namespace != "/later":
            peer.refuse(namespace, "Invalid namespace")

    def on_event(self, peer: Peer, event: Packet) -> None:
        self.events.append(event)

    def refuses(self, peer: Peer, characters: int, ack_id: int | None) -> bool:
        return False

    def on_disconnect(self, peer: Peer, namespace: str, reason: str) -> None: ...


class Clock:
    now = 0.0


def socketio_session(clock: Clock, registry: Registry | None = None, transport: str = WEBSOCKET) -> Session:
    """Its client has ten seconds to join."""
    application = Accepting()
    return Session(
        "sid", transport, Timing(), clock.now, lambda session: Peer(application, session, lambda: clock.now + 10),
        registry or Registry(),
    )  # fmt: skip


def said(session: Session, *messages: str | bytes, now: float = 0.0) -> None:
    for message in messages:
        session.receive(message, now)


def test_who_has_not_joined_may_send_little_and_who_left_again_as_little() -> None:
    session = socketio_session(Clock())
    assert session.max_bytes == MAX_UNJOINED_BYTES
    said(session, "40")
    assert session.max_bytes == Timing().max_payload
    said(session, "41")
    assert session.max_bytes == MAX_UNJOINED_BYTES


def test_a_refused_request_to_join_buys_no_time() -> None:
    clock = Clock()
    session = socketio_session(clock)
    for clock.now in (3.0, 6.0, 9.0):
        said(session, "40/nowhere,", now=clock.now)
    session.tick(9.9)
    assert session.transport_name == WEBSOCKET
    session.tick(10.0)
    assert session.end_reason == "connect timeout"


def test_joining_and_leaving_in_turns_keeps_no_session_for_ever() -> None:
    clock = Clock()
    session = socketio_session(clock)
    for clock.now in (1.0, 5.0, 9.0, 13.0):
        said(session, "40", "41", now=clock.now)
        session.tick(clock.now)
    assert session.end_reason == "connect timeout", "the first leaving, at 1 s, gave 10 s"


def test_the_attachments_of_a_packet_count_together() -> None:
    session = socketio_session(Clock())
    said(session, "40", '452-["x",{"_placeholder":true,"num":0}]', b"a" * 600_000)
    assert session.transport_name == WEBSOCKET
    said(session, b"a" * 600_000)
    assert session.end_reason == "parse error"


def test_a_packet_whose_attachments_do_not_come_is_counted_and_not_waited_for() -> None:
    registry = Registry()
    session = socketio_session(Clock(), registry)
    said(session, "40", '452-["x"]', b"a" * 5_000)
    session.tick(2.0)
    assert registry.held.total == 5_000 + len('52-["x"]')
    session.tick(2.0 + seconds_for(5_000))
    assert session.transport_name == WEBSOCKET
    session.tick(2.1 + seconds_for(5_000))
    assert (session.end_reason, registry.held.total) == (UNFINISHED, 0)


def test_a_packet_that_is_complete_gives_the_next_its_full_time() -> None:
    registry = Registry()
    session = socketio_session(Clock(), registry)
    said(session, "40", '451-["x"]')
    session.tick(2.0)
    said(session, b"a", '451-["y"]')
    assert registry.held.total == len('51-["y"]')
    session.tick(11.0)
    session.tick(20.9)
    assert session.transport_name == WEBSOCKET
    session.receive("3", 20.9)
    session.tick(22.0)
    assert session.end_reason == UNFINISHED


def test_events_that_no_poll_fetches_are_counted_until_one_does() -> None:
    registry = Registry()
    session = socketio_session(Clock(), registry, POLLING)
    said(session, "40")
    session.take_outgoing()
    session.send(["a" * 3_000])
    assert registry.held.total == 0, "a little is not counted"
    session.send(["a" * 3_000])
    assert registry.held.total == session.buffered > 6_000
    session.take_outgoing()
    assert registry.held.total == 0


def test_past_the_bound_of_the_task_the_session_that_fetches_least_is_closed() -> None:
    registry = Registry(HeldBytes(50_000))
    sessions = [socketio_session(Clock(), registry, POLLING) for _ in range(5)]
    for session, size in zip(sessions, (5_000, 9_000, 20_000, 9_000, 9_000), strict=True):
        said(session, "40")
        session.take_outgoing()
        session.send(["a" * size])
    assert [session.end_reason for session in sessions] == ["", "", HELD_TOO_MUCH, "", ""]
    assert registry.held.total < 50_000


# ---- Pure: how many connections, and which gives way


class Connected:
    def __init__(self, is_evictable: bool = True) -> None:
        self.evictable, self.reasons = is_evictable, list[str]()

    def is_evictable(self) -> bool:
        return self.evictable

    def cut_off(self, reason: str) -> None:
        self.reasons.append(reason)


def opened(connections: Connections, count: int, is_evictable: bool = True) -> list[Connected]:
    made = [Connected(is_evictable) for _ in range(count)]
    for each in made:
        connections.open(each)
    return made


def test_the_connection_that_is_longest_without_a_finished_request_gives_way() -> None:
    connections = Connections(max_count=3)
    first, second, third = opened(connections, 3)
    connections.finish_request(first)
    assert connections.open(Connected())
    assert (first.reasons, second.reasons, third.reasons) == ([], [FULL], [])


def test_a_connection_whose_request_is_answered_never_gives_way_and_may_again_afterwards() -> None:
    connections = Connections(max_count=2)
    answering, idle = opened(connections, 2)
    answering.evictable = False
    assert connections.open(newer := Connected())
    assert (answering.reasons, idle.reasons) == ([], [FULL])
    connections.close(idle)
    answering.evictable = True
    connections.finish_request(answering)
    assert connections.open(Connected())
    assert (answering.reasons, newer.reasons) == ([], [FULL])


def test_where_no_connection_may_give_way_an_unjoined_session_does_and_then_a_few_get_in_for_health_alone() -> None:
    evictions = iter([True, False])
    connections = Connections(2, evict_session=lambda: next(evictions, False))
    opened(connections, 2, is_evictable=False)
    assert connections.open(Connected(is_evictable=False))
    spare = [Connected() for _ in range(SPARE_CONNECTIONS + 2)]
    assert not any(connections.open(each) for each in spare)
    assert [each.reasons for each in spare] == [[FULL]] * 2 + [[]] * SPARE_CONNECTIONS


def test_a_flood_of_new_connections_never_passes_the_bound_by_more_than_what_is_about_to_close() -> None:
    connections = Connections(max_count=10)
    flood = opened(connections, 200)
    living = [each for each in flood if not each.reasons]
    assert len(living) <= 10 + SPARE_CONNECTIONS
    for each in flood:
        connections.close(each)
    assert connections.count == 0
    assert connections.open(Connected())


@pytest.mark.parametrize(
    ("files", "sockets", "most"),
    [
        pytest.param(65_535, 20_000, 25_000, id="by sockets"),
        pytest.param(65_535, 100, 1_100, id="by few sockets"),
        pytest.param(1_024, 20_000, 1_024 - RESERVED_FILES - 4 - 2 * SPARE_CONNECTIONS, id="by files"),
        pytest.param(64, 20_000, 1, id="by almost no files"),
    ],
)
def test_the_most_connections_follow_from_the_files_and_the_sockets(files: int, sockets: int, most: int) -> None:
    assert max_connections(files, sockets, 4) == most
    assert max_sessions(most, sockets) <= sockets
    assert max_sessions(most, sockets) < most or most == 1, "some are left for REST"


# ---- With a clock that a test moves: HTTP


class ClockedLoop:
    """The running event loop with a clock of its own. Timers fire when a test moves the clock."""

    def __init__(self) -> None:
        self._loop, self._now = asyncio.get_running_loop(), 0.0
        self._timers: list[tuple[float, asyncio.TimerHandle, Callable[..., object], tuple[Any, ...]]] = []
        self.create_task, self.call_soon = self._loop.create_task, self._loop.call_soon

    def time(self) -> float:
        return self._now

    def call_at(self, when: float, callback: Callable[..., object], *arguments: Any) -> asyncio.TimerHandle:
        handle = self._loop.call_later(3_600, callback)
        self._timers.append((when, handle, callback, arguments))
        return handle

    def call_later(self, seconds: float, callback: Callable[..., object], *arguments: Any) -> asyncio.TimerHandle:
        return self.call_at(self._now + seconds, callback, *arguments)

    async def pass_seconds(self, seconds: float) -> None:
        until = self._now + seconds
        while due := [timer for timer in self._timers if timer[0] <= until and not timer[1].cancelled()]:
            timer = min(due, key=lambda each: each[0])
            self._timers.remove(timer)
            self._now, handle, callback, arguments = max(self._now, timer[0]), *timer[1:]
            handle.cancel()
            callback(*arguments)
            await turns()
        self._now = until
        await turns()


async def turns() -> None:
    """Let the tasks go on until each waits for something."""
    for _ in range(10):
        await asyncio.sleep(0)


class Unread(asyncio.Transport):
    """A connection whose peer reads as much as a test says; `unread` is what it has not."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.unread = b"", 0
        self.is_closed = self.is_aborted = self.is_paused = False
        self.protocol: Any = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return self.unread

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def get_protocol(self) -> Any:
        return self.protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = self.is_aborted = True

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False


async def answers(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def reads_first(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await answers(scope, receive, send)


async def never_answers(scope: Any, receive: Any, send: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class HttpUnderTest:
    """One HTTP connection to a server, without a network."""

    def __init__(self, app: Any, engine: Engine | None = None, connections: Connections | None = None) -> None:
        self.connections, self.loop, self.transport = connections or Connections(), ClockedLoop(), Unread()
        serving = server(app, {CHAT: engine}.get, 65, connections=self.connections)
        serving.config.load()
        make: Any = serving.config.http_protocol_class
        self.http: Http = make(config=serving.config, server_state=serving.server_state, app_state={}, _loop=self.loop)
        self.transport.protocol = self.http
        self.http.connection_made(self.transport)

    async def sends(self, *parts: bytes) -> None:
        for part in parts:
            self.transport.protocol.data_received(part)
            await turns()

    @property
    def cut_off(self) -> dict[str, int]:
        return dict(self.connections.counts.cut_off)

    @property
    def held(self) -> int:
        return self.connections.held.total


def run(test: Callable[[], Any]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(SECONDS):
            await test()

    asyncio.run(limited())


POST = b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def test_the_first_request_comes_within_ten_seconds_of_connecting_and_the_next_may_take_longer() -> None:
    async def test() -> None:
        silent, slow, idle = HttpUnderTest(answers), HttpUnderTest(answers), HttpUnderTest(answers)
        await idle.sends(GET)
        for at in range(9):
            await slow.sends(GET[at : at + 1])
            for each in (silent, slow, idle):
                await each.loop.pass_seconds(1)
        assert not silent.transport.is_closed
        for each in (silent, slow, idle):
            await each.loop.pass_seconds(1)
        assert [each.transport.is_closed for each in (silent, slow, idle)] == [True, True, False]
        assert (silent.cut_off, slow.cut_off) == ({HEAD: 1}, {HEAD: 1})
        await idle.loop.pass_seconds(54)
        assert not idle.transport.is_closed, "the balancer keeps connections open"
        await idle.sends(b"G")
        await idle.loop.pass_seconds(HEAD_SECONDS)
        assert idle.cut_off == {HEAD: 1}

    run(test)


def test_a_body_that_trickles_is_answered_408_and_one_that_comes_at_the_least_rate_is_waited_for() -> None:
    async def test() -> None:
        trickling, steady = HttpUnderTest(reads_first), HttpUnderTest(reads_first)
        await trickling.sends(POST)
        await steady.sends(POST)
        for _ in range(10):
            await trickling.sends(b"a")
            await steady.sends(b"a" * 1_000)
            for each in (trickling, steady):
                await each.loop.pass_seconds(1.002)
        assert trickling.transport.written.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert (trickling.transport.is_closed, trickling.cut_off) == (True, {BODY: 1})
        assert not steady.transport.is_closed
        await steady.sends(b"a" * 50_000)
        assert steady.transport.written.endswith(b"ok")

    run(test)


def test_no_body_takes_longer_than_a_minute() -> None:
    async def test() -> None:
        long = HttpUnderTest(reads_first)
        await long.sends(POST.replace(b"60000", b"999999999"))
        for _ in range(59):
            await long.sends(b"a" * 100_000)
            await long.loop.pass_seconds(1)
        assert not long.transport.is_closed
        await long.loop.pass_seconds(1)
        assert long.cut_off == {BODY: 1}

    run(test)


def test_a_body_that_comes_after_its_answer_has_no_more_time() -> None:
    async def test() -> None:
        refused = HttpUnderTest(answers)
        await refused.sends(POST)
        assert refused.transport.written.endswith(b"ok")
        for _ in range(10):
            await refused.sends(b"a")
            await refused.loop.pass_seconds(1.01)
        assert (refused.transport.is_closed, refused.cut_off) == (True, {BODY: 1})
        assert b"408" not in refused.transport.written, "it has an answer"

    run(test)


def test_a_chunked_body_in_tiny_chunks_has_the_same_deadline_and_takes_no_more_memory() -> None:
    async def test() -> None:
        chunked = HttpUnderTest(never_answers)
        await chunked.sends(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(10):
            await chunked.sends(b"1\r\na\r\n" * 10)
            await chunked.loop.pass_seconds(1)
        assert chunked.held == 100
        await chunked.loop.pass_seconds(1)
        assert (chunked.cut_off, chunked.held) == ({BODY: 1}, 0)

    run(test)


def test_while_the_task_itself_does_not_read_a_peer_is_not_late() -> None:
    async def reads_late(scope: Any, receive: Any, send: Any) -> None:
        await go_on.wait()
        await reads_first(scope, receive, send)

    async def test() -> None:
        patient = HttpUnderTest(reads_late)
        await patient.sends(POST.replace(b"60000", b"90000"), b"a" * 70_000)
        assert patient.transport.is_paused
        await patient.loop.pass_seconds(200)
        go_on.set()
        await turns()
        await patient.sends(b"a" * 20_000)
        assert patient.transport.written.endswith(b"ok")

    go_on = asyncio.Event()
    run(test)


def test_bodies_count_from_their_first_byte_until_their_request_is_answered_also_those_the_handler_has() -> None:
    async def test() -> None:
        posting = HttpUnderTest(reads_first)
        await posting.sends(POST, b"a" * 20_000, b"a" * 20_000)
        assert posting.held == 40_000
        await posting.sends(b"a" * 20_000)
        assert posting.transport.written.endswith(b"ok")
        assert posting.held == 0
        await posting.sends(POST, b"a" * 20_000)
        posting.http.connection_lost(None)
        await turns()
        assert (posting.held, posting.connections.count) == (0, 0)

    run(test)


def test_five_hundred_bodies_that_miss_their_last_byte_take_no_more_than_the_task_may_hold() -> None:
    async def test() -> None:
        connections = Connections(held=HeldBytes(64_000))
        posting = [HttpUnderTest(reads_first, connections=connections) for _ in range(495)]
        for each in posting:
            await each.sends(POST.replace(b"60000", b"999"), b"a" * 998)
            if each.transport.is_aborted:
                each.http.connection_lost(None)
        assert 63_000 < connections.held.total <= 64_000
        assert connections.counts.cut_off[HELD_TOO_MUCH] == 495 - 64

    run(test)


def test_an_answer_that_is_not_read_is_waited_for_as_long_as_its_reader_goes_on() -> None:
    async def test() -> None:
        reader = HttpUnderTest(answers)
        await reader.sends(GET)
        reader.transport.unread = 100_000
        reader.http.pause_writing()
        assert reader.held == 100_000
        for _ in range(5):
            reader.transport.unread -= MIN_READ_BYTES
            await reader.loop.pass_seconds(UNREAD_SECONDS)
        assert (reader.transport.is_aborted, reader.held) == (False, 50_000)
        reader.transport.unread -= 1
        await reader.loop.pass_seconds(UNREAD_SECONDS)
        assert (reader.transport.is_aborted, reader.cut_off) == (True, {UNREAD: 1})

    run(test)


def test_an_answer_that_is_read_late_ends_nothing() -> None:
    async def test() -> None:
        reader = HttpUnderTest(answers)
        await reader.sends(GET)
        reader.transport.unread = 100_000
        reader.http.pause_writing()
        await reader.loop.pass_seconds(9)
        reader.transport.unread = 0
        reader.http.resume_writing()
        await reader.loop.pass_seconds(20)
        assert (reader.transport.is_closed, reader.held) == (False, 0)

    run(test)


def test_a_connection_that_closes_and_whose_peer_reads_nothing_is_aborted() -> None:
    async def test() -> None:
        malformed, idle = HttpUnderTest(answers), HttpUnderTest(answers)
        await malformed.sends(b"no request\r\n\r\n")
        await idle.sends(GET)
        await idle.loop.pass_seconds(65)
        for each in (malformed, idle):
            assert (each.transport.is_closed, each.transport.is_aborted) == (True, False)
            await each.loop.pass_seconds(UNREAD_SECONDS)
            assert each.transport.is_aborted

    run(test)


def test_a_few_pipelined_requests_wait_and_one_more_closes_the_connection() -> None:
    async def test() -> None:
        few, many = HttpUnderTest(never_answers), HttpUnderTest(never_answers)
        await few.sends(GET * (1 + MAX_PIPELINED))
        assert not few.transport.is_closed
        await many.sends(GET * 5_000)
        assert (many.transport.is_closed, many.cut_off, len(many.http.pipeline)) == (True, {PIPELINED: 1}, 0)
        assert many.transport.written == b"", "the first request would have been answered first"

    run(test)


def test_pipelined_requests_are_answered_in_their_order_and_then_the_next_may_come() -> None:
    async def test() -> None:
        pipelining = HttpUnderTest(answers)
        for _ in range(3):
            await pipelining.sends(GET * (1 + MAX_PIPELINED))
        assert pipelining.transport.written.count(b"HTTP/1.1 200") == 3 * (1 + MAX_PIPELINED)
        assert not pipelining.transport.is_closed

    run(test)


def test_every_request_that_waits_learns_that_its_peer_is_gone() -> None:
    async def test() -> None:
        ended: list[str] = []

        async def polls(scope: Any, receive: Any, send: Any) -> None:
            await never_answers(scope, receive, send)
            ended.append(scope["path"])

        pipelining = HttpUnderTest(polls)
        await pipelining.sends(GET.replace(b"/ ", b"/first ") + GET)
        pipelining.http.connection_lost(None)
        await turns()
        assert ended == ["/first"]

    run(test)


def test_a_head_of_many_tiny_headers_is_refused() -> None:
    async def test() -> None:
        flood = HttpUnderTest(answers)
        await flood.sends(b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * (MAX_HEADERS + 2))
        assert flood.transport.written.startswith(b"HTTP/1.1 400")
        assert flood.transport.is_closed

    run(test)


def test_an_unfinished_head_counts() -> None:
    async def test() -> None:
        slow = HttpUnderTest(answers)
        await slow.sends(GET[:20])
        assert slow.held == 20
        await slow.sends(GET[20:])
        assert slow.held == 0

    run(test)


def test_a_connection_may_give_way_unless_the_task_owes_it_an_answer() -> None:
    async def test() -> None:
        fresh, trickling, waiting, stalled = (HttpUnderTest(never_answers) for _ in range(4))
        await trickling.sends(POST, b"a")
        await waiting.sends(GET)
        await stalled.sends(GET)
        stalled.transport.unread = 100_000
        stalled.http.pause_writing()
        may = [each.http.is_evictable() for each in (fresh, trickling, waiting, stalled)]
        assert may == [True, True, False, True]
        stalled.http.resume_writing()

    run(test)


def test_above_the_most_connections_health_is_answered_and_anything_else_is_503_and_both_close() -> None:
    async def test() -> None:
        connections = Connections(max_count=1)
        inside = HttpUnderTest(never_answers, connections=connections)
        await inside.sends(GET)
        for request, status in (
            (GET.replace(b"/ ", b"/health "), b"200"),
            (GET, b"503"),
            (
                GET[:-2] + "".join(f"{name}: {value}\r\n" for name, value in UPGRADING.items()).encode() + b"\r\n",
                b"503",
            ),
        ):
            outside = HttpUnderTest(answers, connections=connections)
            await outside.sends(request)
            assert outside.transport.written.startswith(b"HTTP/1.1 " + status)
            assert b"connection: close" in outside.transport.written
            assert outside.transport.is_closed
        assert not inside.transport.is_closed

    run(test)


def test_no_websocket_begins_before_earlier_requests_are_answered() -> None:
    async def test() -> None:
        pipelining = HttpUnderTest(never_answers)
        upgrade = GET[:-2] + "".join(f"{name}: {value}\r\n" for name, value in UPGRADING.items()).encode() + b"\r\n"
        await pipelining.sends(GET + upgrade)
        assert pipelining.transport.is_closed
        assert pipelining.transport.protocol is pipelining.http

    run(test)


# ---- With a clock that a test moves: sessions


@contextlib.asynccontextmanager
async def engine_of(
    max_sessions: float = math.inf, held: HeldBytes | None = None
) -> AsyncIterator[tuple[Engine, ClockedLoop]]:
    """An engine of Socket.IO; its clients have ten seconds to join."""
    loop, application, ids = ClockedLoop(), Accepting(), iter(range(10_000))

    def make_peer(session: Session) -> Peer:
        return Peer(application, session, lambda: loop.time() + 10)

    engine = Engine(
        Timing(), make_peer, lambda: str(next(ids)), frozenset(), max_sessions=max_sessions, held=held, counts=Counts()
    )
    engine.loop = cast("asyncio.AbstractEventLoop", loop)
    try:
        yield engine, loop
    finally:
        engine.close()


class WebSocketUnderTest:
    def __init__(self, engine: Engine, sid: str = "") -> None:
        self.transport = Unread()
        self.websocket = WebSocket({CHAT: engine}.get)
        self.websocket.connection_made(self.transport)
        lines = "".join(f"{name}: {value}\r\n" for name, value in UPGRADING.items())
        query = f"EIO=4&transport=websocket{sid and '&sid='}{sid}"
        self.websocket.data_received(f"GET {CHAT}?{query} HTTP/1.1\r\n{lines}\r\n".encode())

    def sends(self, *parts: bytes) -> None:
        for part in parts:
            self.websocket.get_buffer(-1)[: len(part)] = part
            self.websocket.buffer_updated(len(part))

    @property
    def closed_with(self) -> int | None:
        """The code of the close frame that was sent last."""
        at = self.transport.written.rfind(bytes((0x80 | ws.CLOSE, 2)))
        return int.from_bytes(self.transport.written[at + 2 : at + 4]) if at >= 0 else None


LONG = masked(ws.TEXT, b"4" + b"a" * 50_000)


def test_a_long_message_of_who_has_not_joined_is_refused_by_its_head() -> None:
    async def test() -> None:
        async with engine_of() as (engine, _):
            unjoined, joined = WebSocketUnderTest(engine), WebSocketUnderTest(engine)
            joined.sends(masked(ws.TEXT, b"40"))
            for each in (unjoined, joined):
                each.sends(LONG[:14])
            assert (unjoined.closed_with, joined.closed_with) == (ws.TOO_BIG, None)
            assert engine.counts.unjoined == {"parse error": 1}

    run(test)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([LONG[:20_000], LONG[20_000:40_000]], id="a frame in pieces"),
        pytest.param(
            [masked(ws.TEXT, b"4" + b"a" * 20_000, final=False), masked(ws.CONTINUATION, b"a" * 19_999, final=False)],
            id="fragments",
        ),
        pytest.param([LONG[:20_000], LONG[20_000:30_000], LONG[30_000:40_000]], id="more pieces"),
    ],
)
def test_a_message_that_does_not_become_complete_is_counted_and_closed_in_time(parts: list[bytes]) -> None:
    async def test() -> None:
        async with engine_of() as (engine, loop):
            slow = WebSocketUnderTest(engine)
            slow.sends(masked(ws.TEXT, b"40"), *parts)
            assert engine.held.total == pytest.approx(40_000, abs=10)
            await loop.pass_seconds(START_SECONDS)
            # Pings keep a connection alive, but not its message.
            slow.sends(masked(ws.PING))
            await loop.pass_seconds(39.9)
            assert slow.closed_with is None
            await loop.pass_seconds(0.2)
            assert slow.closed_with == ws.POLICY
            assert engine.counts.cut_off == {UNFINISHED: 1}
            await loop.pass_seconds(CLOSE_SECONDS)
            slow.websocket.connection_lost(None)
            assert engine.held.total == 0

    run(test)


def test_each_message_has_its_own_time() -> None:
    async def test() -> None:
        async with engine_of() as (engine, loop):
            busy = WebSocketUnderTest(engine)
            busy.sends(masked(ws.TEXT, b"40"))
            whole = masked(ws.TEXT, b"3")
            for _ in range(5):
                busy.sends(whole[:3])
                await loop.pass_seconds(8)
                busy.sends(whole[3:] + whole[:3])
                await loop.pass_seconds(8)
                busy.sends(whole[3:])
            assert busy.closed_with is None
            assert engine.held.total == 0

    run(test)


def test_what_a_websocket_leaves_unread_counts_and_the_one_that_holds_most_is_cut_off() -> None:
    async def test() -> None:
        async with engine_of(held=HeldBytes(300_000)) as (engine, _):
            lazy, lazier = WebSocketUnderTest(engine), WebSocketUnderTest(engine)
            lazy.transport.unread, lazier.transport.unread = 100_000, 150_000
            for each in (lazy, lazier):
                each.sends(masked(ws.PING))
            assert engine.held.total == 250_000
            lazier.transport.unread = 250_000
            lazier.websocket.pause_writing()
            assert (lazy.transport.is_aborted, lazier.transport.is_aborted) == (False, True)
            assert engine.held.total == 100_000
            lazy.transport.unread = UNCOUNTED_BYTES
            lazy.websocket.resume_writing()
            assert engine.held.total == 0

    run(test)


def test_a_websocket_that_joins_a_polling_session_has_no_more_time_for_a_message_than_others() -> None:
    async def test() -> None:
        async with engine_of() as (engine, loop):
            session = engine.open(POLLING, "")
            session.take_outgoing()
            candidate = WebSocketUnderTest(engine, session.sid)
            candidate.sends(masked(ws.TEXT, b"2probe")[:5])
            await loop.pass_seconds(START_SECONDS)
            assert candidate.transport.is_closed

    run(test)


def test_a_refused_upgrade_whose_peer_reads_nothing_is_aborted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glimpse.chat.outside.websocket.CLOSE_SECONDS", 0.0)

    async def test() -> None:
        async with engine_of() as (engine, _):
            refused = WebSocketUnderTest(engine, "nobody")
            assert refused.transport.written.startswith(b"HTTP/1.1 400")
            while not refused.transport.is_aborted:
                await asyncio.sleep(0)

    run(test)


def test_where_all_sessions_are_taken_the_oldest_that_has_not_joined_gives_way_to_a_handshake() -> None:
    async def test() -> None:
        async with engine_of(max_sessions=4) as (engine, _):
            query = {"EIO": "4", "transport": POLLING}
            joined, joining, old, new = (engine.open(POLLING, "") for _ in range(4))
            joined.receive("40", 0.0)
            joining.receive("40/later,", 0.0)
            assert engine.classify("GET", query, False, None, "") == HANDSHAKE
            assert [session.end_reason for session in (joined, joining, old, new)] == ["", "", EVICTED, ""]
            engine.open(POLLING, "")
            assert engine.classify("GET", query, False, None, "") == HANDSHAKE
            assert (joining.end_reason, new.end_reason) == ("", EVICTED)
            last = engine.open(POLLING, "")
            for session in engine.sessions.values():
                if session not in (joined, joining):
                    session.receive("40", 0.0)
            assert last.deadline is None
            assert engine.classify("GET", query, False, None, "") == OVERLOADED
            assert engine.counts.unjoined == {EVICTED: 2}

    run(test)


def test_a_session_that_left_its_namespace_gives_way_after_the_next_sweep() -> None:
    async def test() -> None:
        async with engine_of(max_sessions=1) as (engine, _):
            left = engine.open(POLLING, "")
            left.receive("40", 0.0)
            assert not engine.evict_session()
            left.receive("41", 0.0)
            engine._sweep()
            assert engine.evict_session()
            assert left.end_reason == EVICTED

    run(test)


def test_a_long_polling_body_before_joining_is_refused_and_after_it_is_not() -> None:
    async def test() -> None:
        async with engine_of() as (engine, _):
            statuses: list[int] = []

            async def send(message: dict[str, Any]) -> None:
                statuses.extend([message["status"]] if "status" in message else [])

            for joins in (False, True):
                session = engine.open(POLLING, "")
                if joins:
                    session.receive("40", 0.0)
                bodies = iter([b"42" + b'["x","' + b"a" * MAX_UNJOINED_BYTES + b'"]'])

                async def receive(bodies: Any = bodies) -> dict[str, Any]:
                    return {"type": "http.request", "body": next(bodies)}

                query = f"EIO=4&transport=polling&sid={session.sid}".encode()
                scope = {"method": "POST", "client": None, "headers": [], "query_string": query}
                await Polling(engine)(scope, receive, send)
            assert statuses == [413, 200]

    run(test)


# ---- Over real sockets


def test_a_flood_of_silent_connections_gives_way_to_one_that_asks() -> None:
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(serving(max_connections=5))
        silent = [stack.enter_context(Wire(running.port)) for _ in range(20)]
        with Wire(running.port) as asking:
            assert asking.handshake(ECHO)
        assert silent[0].is_over()


def test_joined_sockets_stay_where_the_connections_are_taken_and_health_is_answered() -> None:
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(serving(Timing(), 60.0, max_connections=3))
        joined = [stack.enter_context(Wire(running.port)) for _ in range(3)]
        for wire in joined:
            wire.open(CHAT)
            wire.say("40")
            assert str(wire.heard()).startswith("40")
            assert wire.heard() == '42["auth",{}]'
        for path, status in (("/health", 404), (f"{ECHO}?EIO=4&transport=polling", 503)):
            with Wire(running.port) as above:
                # The server of these tests has no /health of its own: it is asked, and knows no such path.
                assert above.request("GET", path).status == status
                assert above.is_over()
        for wire in joined:
            wire.say('421["message-with-ack"]')
            assert wire.heard() == "431[]"


SERVE = """
import asyncio, datetime, uvloop
from glimpse.chat.app import Task, make_id
from glimpse.chat.memory import MemoryStore
from glimpse.chat.settings import read_settings

async def serve():
    settings = {"GLIMPSE_HOST": "127.0.0.1", "GLIMPSE_PORT": "0", "GLIMPSE_JWT_SECRETS": "s" * 32,
                "GLIMPSE_DATABASE_URL": "postgresql://nowhere", "GLIMPSE_SIGNUP": "on"}
    store = MemoryStore(lambda: datetime.datetime.now(datetime.UTC), make_id)
    async with Task(store, read_settings(settings)).serving() as port:
        print(port, flush=True)
        await asyncio.Event().wait()

uvloop.run(serve())
"""


def test_a_task_whose_files_are_all_wanted_for_bodies_that_trickle_answers_health() -> None:
    files = 200
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdout=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
    ) as serve:
        try:
            assert serve.stdout
            port = int(serve.stdout.readline())
            with contextlib.ExitStack() as stack:
                for _ in range(2 * files):
                    trickling = stack.enter_context(Wire(port))
                    with contextlib.suppress(ConnectionError):
                        trickling.socket.sendall(POST + b"{")
                for _ in range(5):
                    with Wire(port) as asking:
                        assert asking.request("GET", "/health").status == 200
                assert len(os.listdir(f"/proc/{serve.pid}/fd")) < files
                with Wire(port) as asking:
                    told = asking.request("GET", "/metrics").body
                assert 'glimpse_connections_cut_off_total{reason="full"}' in told
                assert re.search(r"^glimpse_connections \d+", told, re.MULTILINE)
                assert re.search(r"^glimpse_held_bytes \d+", told, re.MULTILINE)
        finally:
            serve.kill()


def test_pipelined_requests_whose_answers_are_not_read_take_no_memory_to_speak_of() -> None:
    with serving(Timing()) as running, Wire(running.port, receive_buffer=4096) as wire:
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                wire.socket.sendall(f"GET {ECHO}?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 1_000)
        assert eventually(lambda: len(running.sessions()) <= 1 + MAX_PIPELINED)
