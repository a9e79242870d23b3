"""One HTTP connection: what a peer begins and does not finish, or does not read. A test moves the clock."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from glimpse.chat.held_bytes import HELD_TOO_MUCH, HeldBytes
from glimpse.chat.outside.connections import Connections
from glimpse.chat.outside.http_connection import (
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
)
from glimpse.chat.outside.server import server
from glimpse.chat.protocol.engineio import Timing
from tests.chat.clocked import ClockedLoop, UnreadTransport, turns
from tests.chat.serving import ECHO, UPGRADING, Wire, eventually, serving


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


def no_engine(path: str) -> None:
    """A server without Engine.IO."""


class HttpUnderTest:
    """One HTTP connection to a server, without a network."""

    def __init__(self, app: Any, connections: Connections | None = None) -> None:
        self.connections, self.loop, self.transport = connections or Connections(), ClockedLoop(), UnreadTransport()
        serving = server(app, no_engine, 65, connections=self.connections)
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


POST = b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
UPGRADE = GET[:-2] + "".join(f"{name}: {value}\r\n" for name, value in UPGRADING.items()).encode() + b"\r\n"


async def test_the_head_of_an_answer_and_its_body_are_one_write() -> None:
    async def asks_for_the_body(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in (b"a", b"b"):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

    async def writes(app: Any, request: bytes) -> list[bytes]:
        http, written = HttpUnderTest(app), list[bytes]()
        http.transport.write = written.append  # type: ignore[method-assign, assignment]
        await http.sends(request)
        return written

    [whole] = await writes(answers, GET)
    assert whole.startswith(b"HTTP/1.1 200 OK\r\n")
    assert whole.endswith(b"\r\n\r\nok")
    [head] = await writes(answers, GET.replace(b"GET", b"HEAD"))
    assert head == whole.removesuffix(b"ok")
    asked, first, *rest = await writes(asks_for_the_body, POST.replace(b"Host", b"Expect: 100-continue\r\nHost") + b"a")
    assert asked == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert first.endswith(b"\r\n\r\n1\r\na\r\n")
    assert rest == [b"1\r\nb\r\n", b"0\r\n\r\n"]


async def test_the_head_of_an_answer_that_breaks_off_is_still_sent_before_the_end() -> None:
    async def breaks_off(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})

    http = HttpUnderTest(breaks_off)
    await http.sends(GET)
    assert http.transport.written.startswith(b"HTTP/1.1 200 OK\r\n")
    assert http.transport.is_closed


async def test_the_first_request_comes_within_ten_seconds_of_connecting_and_the_next_may_take_longer() -> None:
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


async def test_a_body_that_trickles_is_answered_408_and_one_that_comes_at_the_least_rate_is_waited_for() -> None:
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


async def test_no_body_takes_longer_than_a_minute() -> None:
    long = HttpUnderTest(reads_first)
    await long.sends(POST.replace(b"60000", b"999999999"))
    for _ in range(59):
        await long.sends(b"a" * 100_000)
        await long.loop.pass_seconds(1)
    assert not long.transport.is_closed
    await long.loop.pass_seconds(1)
    assert long.cut_off == {BODY: 1}


async def test_a_body_that_comes_after_its_answer_has_no_more_time() -> None:
    refused = HttpUnderTest(answers)
    await refused.sends(POST)
    assert refused.transport.written.endswith(b"ok")
    for _ in range(10):
        await refused.sends(b"a")
        await refused.loop.pass_seconds(1.01)
    assert (refused.transport.is_closed, refused.cut_off) == (True, {BODY: 1})
    assert b"408" not in refused.transport.written, "it has an answer"


async def test_a_chunked_body_in_tiny_chunks_has_the_same_deadline_and_takes_no_more_memory() -> None:
    chunked = HttpUnderTest(never_answers)
    await chunked.sends(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(10):
        await chunked.sends(b"1\r\na\r\n" * 10)
        await chunked.loop.pass_seconds(1)
    assert chunked.held == 100
    await chunked.loop.pass_seconds(1)
    assert (chunked.cut_off, chunked.held) == ({BODY: 1}, 0)


async def test_while_the_task_itself_does_not_read_a_peer_is_not_late() -> None:
    go_on = asyncio.Event()

    async def reads_late(scope: Any, receive: Any, send: Any) -> None:
        await go_on.wait()
        await reads_first(scope, receive, send)

    patient = HttpUnderTest(reads_late)
    await patient.sends(POST.replace(b"60000", b"90000"), b"a" * 70_000)
    assert patient.transport.is_paused
    await patient.loop.pass_seconds(200)
    go_on.set()
    await turns()
    await patient.sends(b"a" * 20_000)
    assert patient.transport.written.endswith(b"ok")


async def test_bodies_count_from_their_first_byte_until_their_request_is_answered_also_those_the_handler_has() -> None:
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


async def test_five_hundred_bodies_that_miss_their_last_byte_take_no_more_than_the_task_may_hold() -> None:
    connections = Connections(held=HeldBytes(64_000))
    posting = [HttpUnderTest(reads_first, connections=connections) for _ in range(495)]
    for each in posting:
        await each.sends(POST.replace(b"60000", b"999"), b"a" * 998)
        if each.transport.is_aborted:
            each.http.connection_lost(None)
    assert 63_000 < connections.held.total <= 64_000
    assert connections.counts.cut_off[HELD_TOO_MUCH] == 495 - 64


async def test_an_answer_that_is_not_read_is_waited_for_as_long_as_its_reader_goes_on() -> None:
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


async def test_an_answer_that_is_read_late_ends_nothing() -> None:
    reader = HttpUnderTest(answers)
    await reader.sends(GET)
    reader.transport.unread = 100_000
    reader.http.pause_writing()
    await reader.loop.pass_seconds(9)
    reader.transport.unread = 0
    reader.http.resume_writing()
    await reader.loop.pass_seconds(20)
    assert (reader.transport.is_closed, reader.held) == (False, 0)


async def test_a_connection_that_closes_and_whose_peer_reads_nothing_is_aborted() -> None:
    malformed, idle = HttpUnderTest(answers), HttpUnderTest(answers)
    await malformed.sends(b"no request\r\n\r\n")
    await idle.sends(GET)
    await idle.loop.pass_seconds(65)
    for each in (malformed, idle):
        assert (each.transport.is_closed, each.transport.is_aborted) == (True, False)
        await each.loop.pass_seconds(UNREAD_SECONDS)
        assert each.transport.is_aborted


async def test_a_few_pipelined_requests_wait_and_one_more_closes_the_connection() -> None:
    few, many = HttpUnderTest(never_answers), HttpUnderTest(never_answers)
    await few.sends(GET * (1 + MAX_PIPELINED))
    assert not few.transport.is_closed
    await many.sends(GET * 5_000)
    assert (many.transport.is_closed, many.cut_off, len(many.http.pipeline)) == (True, {PIPELINED: 1}, 0)
    assert many.transport.written == b"", "the first request would have been answered first"


async def test_pipelined_requests_are_answered_in_their_order_and_then_the_next_may_come() -> None:
    pipelining = HttpUnderTest(answers)
    for _ in range(3):
        await pipelining.sends(GET * (1 + MAX_PIPELINED))
    assert pipelining.transport.written.count(b"HTTP/1.1 200") == 3 * (1 + MAX_PIPELINED)
    assert not pipelining.transport.is_closed


async def test_every_request_that_waits_learns_that_its_peer_is_gone() -> None:
    ended: list[str] = []

    async def polls(scope: Any, receive: Any, send: Any) -> None:
        await never_answers(scope, receive, send)
        ended.append(scope["path"])

    pipelining = HttpUnderTest(polls)
    await pipelining.sends(GET.replace(b"/ ", b"/first ") + GET)
    pipelining.http.connection_lost(None)
    await turns()
    assert ended == ["/first"]


async def test_a_head_of_many_tiny_headers_is_refused() -> None:
    flood = HttpUnderTest(answers)
    await flood.sends(b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * (MAX_HEADERS + 2))
    assert flood.transport.written.startswith(b"HTTP/1.1 400")
    assert flood.transport.is_closed


async def test_what_stands_in_a_trailer_is_no_header() -> None:
    seen: list[Any] = []

    async def looks(scope: Any, receive: Any, send: Any) -> None:
        await reads_first(scope, receive, send)
        seen.append(scope["headers"])

    peer = HttpUnderTest(looks)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nTransfer-Encoding: chunked\r\n\r\n"
    trailer = b"Authorization: Bearer stolen\r\nX-Forwarded-For: 9.9.9.9\r\n" + b"a: b\r\n" * MAX_HEADERS
    await peer.sends(head + b"2\r\n{}\r\n0\r\n" + trailer + b"\r\n" + GET)
    expected = [(b"host", b"a"), (b"x-forwarded-for", b"1.2.3.4"), (b"transfer-encoding", b"chunked")]
    assert seen == [expected, [(b"host", b"a")]], "neither of this request nor of the next"


async def test_an_unfinished_head_counts() -> None:
    slow = HttpUnderTest(answers)
    await slow.sends(GET[:20])
    assert slow.held == 20
    await slow.sends(GET[20:])
    assert slow.held == 0


async def test_a_connection_may_give_way_unless_the_task_owes_it_an_answer() -> None:
    fresh, trickling, waiting, stalled = (HttpUnderTest(never_answers) for _ in range(4))
    await trickling.sends(POST, b"a")
    await waiting.sends(GET)
    await stalled.sends(GET)
    stalled.transport.unread = 100_000
    stalled.http.pause_writing()
    may = [each.http.is_evictable() for each in (fresh, trickling, waiting, stalled)]
    assert may == [True, True, False, True]
    stalled.http.resume_writing()


async def test_above_the_most_connections_health_is_answered_and_anything_else_is_503_and_both_close() -> None:
    connections = Connections(max_count=1)
    inside = HttpUnderTest(never_answers, connections=connections)
    await inside.sends(GET)
    for request, status in (
        (GET.replace(b"/ ", b"/health "), b"200"),
        (GET, b"503"),
        (UPGRADE, b"503"),
    ):
        outside = HttpUnderTest(answers, connections=connections)
        await outside.sends(request)
        assert outside.transport.written.startswith(b"HTTP/1.1 " + status)
        assert b"connection: close" in outside.transport.written
        assert outside.transport.is_closed
    assert not inside.transport.is_closed


async def test_no_websocket_begins_before_earlier_requests_are_answered() -> None:
    pipelining = HttpUnderTest(never_answers)
    await pipelining.sends(GET + UPGRADE)
    assert pipelining.transport.is_closed
    assert pipelining.transport.protocol is pipelining.http


# ---- Over a real socket


def test_pipelined_requests_whose_answers_are_not_read_take_no_memory_to_speak_of() -> None:
    with serving(Timing()) as running, Wire(running.port, receive_buffer=4096) as wire:
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                wire.socket.sendall(f"GET {ECHO}?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 1_000)
        assert eventually(lambda: len(running.sessions()) <= 1 + MAX_PIPELINED)
