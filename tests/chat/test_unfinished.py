"""Messages that a peer does not finish or does not read: how long they live, and how much of them a task holds."""

from __future__ import annotations

import asyncio
import contextlib
import math
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from glimpse.chat.counts import Counts
from glimpse.chat.held_bytes import HELD_TOO_MUCH, UNCOUNTED_BYTES, HeldBytes
from glimpse.chat.outside.engineio import EVICTED, Engine, Polling
from glimpse.chat.outside.websocket import CLOSE_SECONDS, WebSocket
from glimpse.chat.protocol import websocket as ws
from glimpse.chat.protocol.deadlines import MAX_SECONDS, MAX_UNJOINED_BYTES, START_SECONDS, seconds_for
from glimpse.chat.protocol.engineio import HANDSHAKE, OVERLOADED, POLLING, WEBSOCKET, Timing
from glimpse.chat.protocol.session import FLOODING, MAX_OTHERS, UNFINISHED, Session
from glimpse.chat.protocol.socketio import ROOT, Packet, Peer
from tests.chat.clocked import ClockedLoop, UnreadTransport
from tests.chat.serving import CHAT, UPGRADING, masked

# ---- What may be held, and for how long


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

    def flush_soon(self, session: Session) -> None: ...

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

    def on_text(self, peer: Peer, text: str) -> bool:
        return False

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


# ---- WebSockets and their engine, with a clock that a test moves


@contextlib.asynccontextmanager
async def engine_of(
    max_sessions: float = math.inf, held: HeldBytes | None = None
) -> AsyncIterator[tuple[Engine, ClockedLoop]]:
    """An engine of Socket.IO; its clients have ten seconds to join, and a minute to answer a ping."""
    loop, application, ids = ClockedLoop(), Accepting(), iter(range(10_000))

    def make_peer(session: Session) -> Peer:
        return Peer(application, session, lambda: loop.time() + 10)

    engine = Engine(
        Timing(ping_timeout=60.0),
        make_peer,
        lambda: str(next(ids)),
        frozenset(),
        max_sessions=max_sessions,
        held=held,
        counts=Counts(),
    )
    engine.loop = cast("asyncio.AbstractEventLoop", loop)
    try:
        yield engine, loop
    finally:
        engine.close()


class WebSocketUnderTest:
    def __init__(self, engine: Engine, sid: str = "") -> None:
        self.transport = UnreadTransport()
        self.websocket = WebSocket({CHAT: engine}.get)
        self.websocket.connection_made(self.transport)
        lines = "".join(f"{name}: {value}\r\n" for name, value in UPGRADING.items())
        query = f"EIO=4&transport=websocket{sid and '&sid='}{sid}"
        self.websocket.data_received(f"GET {CHAT}?{query} HTTP/1.1\r\n{lines}\r\n".encode())

    def sends(self, *parts: bytes) -> None:
        for part in parts:
            most = len(self.websocket.get_buffer(-1))
            for piece in (part[at : at + most] for at in range(0, len(part), most)):
                self.websocket.get_buffer(-1)[: len(piece)] = piece
                self.websocket.buffer_updated(len(piece))

    @property
    def closed_with(self) -> int | None:
        """The code of the close frame that was sent last."""
        at = self.transport.written.rfind(bytes((0x80 | ws.CLOSE, 2)))
        return int.from_bytes(self.transport.written[at + 2 : at + 4]) if at >= 0 else None


LONG = masked(ws.TEXT, b"4" + b"a" * 50_000)


async def test_a_long_message_of_who_has_not_joined_is_refused_by_its_head() -> None:
    async with engine_of() as (engine, _):
        unjoined, joined = WebSocketUnderTest(engine), WebSocketUnderTest(engine)
        joined.sends(masked(ws.TEXT, b"40"))
        for each in (unjoined, joined):
            each.sends(LONG[:14])
        assert (unjoined.closed_with, joined.closed_with) == (ws.TOO_BIG, None)
        assert engine.counts.unjoined == {"parse error": 1}


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
async def test_a_message_that_does_not_become_complete_is_counted_and_closed_in_time(parts: list[bytes]) -> None:
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


async def test_who_sends_many_control_frames_is_cut_off_after_some_and_who_sends_some_is_not() -> None:
    async with engine_of() as (engine, _):
        pinging, ponging, calm = (WebSocketUnderTest(engine) for _ in range(3))
        for each in (pinging, ponging, calm):
            each.sends(masked(ws.TEXT, b"40"))
        calm.sends(masked(ws.PING) * 20)
        before = len(pinging.transport.written)
        pinging.sends(masked(ws.PING) * 10_000)
        ponging.sends(masked(ws.PONG) * 10_000)
        assert len(pinging.transport.written) < before + 3 * MAX_OTHERS
        assert (pinging.closed_with, ponging.closed_with, calm.closed_with) == (ws.NORMAL, ws.NORMAL, None)
        assert engine.counts.cut_off == {}


async def test_who_has_not_joined_may_send_two_requests_to_join_and_no_more_bytes() -> None:
    async with engine_of() as (engine, _):
        flooding, refused = WebSocketUnderTest(engine), WebSocketUnderTest(engine)
        flooding.sends(masked(ws.PONG, b"a" * 125) * 150)
        assert flooding.closed_with == ws.TOO_BIG
        assert engine.counts.unjoined == {FLOODING: 1}
        refused.sends(masked(ws.TEXT, b'40/other,{"token":"' + b"a" * 4_096 + b'"}'))
        refused.sends(masked(ws.TEXT, b'40{"token":"' + b"a" * 4_096 + b'"}'))
        refused.sends(*[masked(ws.TEXT, b"42" + b'["hello"]' * 1) for _ in range(3_000)])
        assert refused.closed_with is None


async def test_each_message_has_its_own_time() -> None:
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


async def test_what_a_websocket_leaves_unread_counts_and_the_one_that_holds_most_is_cut_off() -> None:
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


async def test_a_websocket_that_joins_a_polling_session_has_no_more_time_for_a_message_than_others() -> None:
    async with engine_of() as (engine, loop):
        session = engine.open(POLLING, "")
        session.take_outgoing()
        candidate = WebSocketUnderTest(engine, session.sid)
        candidate.sends(masked(ws.TEXT, b"2probe")[:5])
        await loop.pass_seconds(START_SECONDS)
        assert candidate.transport.is_closed


async def test_a_refused_upgrade_whose_peer_reads_nothing_is_aborted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glimpse.chat.outside.websocket.CLOSE_SECONDS", 0.0)
    async with engine_of() as (engine, _):
        refused = WebSocketUnderTest(engine, "nobody")
        assert refused.transport.written.startswith(b"HTTP/1.1 400")
        while not refused.transport.is_aborted:
            await asyncio.sleep(0)


async def test_where_all_sessions_are_taken_the_oldest_that_has_not_joined_gives_way_to_a_handshake() -> None:
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


async def test_a_session_that_left_its_namespace_gives_way_after_the_next_sweep() -> None:
    async with engine_of(max_sessions=1) as (engine, _):
        left = engine.open(POLLING, "")
        left.receive("40", 0.0)
        assert not engine.evict_session()
        left.receive("41", 0.0)
        engine._sweep()
        assert engine.evict_session()
        assert left.end_reason == EVICTED


async def test_a_long_polling_body_before_joining_is_refused_and_after_it_is_not() -> None:
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


async def test_what_was_held_for_a_connection_is_freed_when_it_is_over_without_the_garbage_collector() -> None:
    """Attachments, the pieces of a message, and events that no poll fetched."""
    size = 300_000
    engine = Engine(Timing(), lambda session: Peer(Accepting(), session, lambda: math.inf), str, frozenset())

    def leave_unfinished() -> list[object]:
        with_attachment, with_pieces, without_poll = (
            socketio_session(Clock()),
            ws.FrameReader(10**6),
            engine.open(POLLING, ""),
        )
        said(with_attachment, "40", '452-["message",{"_placeholder":true,"num":0}]', bytes(size))
        with_pieces.receive(masked(ws.BINARY, bytes(size), final=False))
        said(without_poll, "40")
        without_poll.send(["x" * size])
        with_attachment.end("transport close")
        with_pieces.clear()
        without_poll.end("ping timeout")
        return [with_attachment, with_pieces, without_poll]

    tracemalloc.start()
    try:
        over = [leave_unfinished() for _ in range(10)]
        assert tracemalloc.get_traced_memory()[0] < 2 * size, "three times ten were held"
        assert len(over) == 10
    finally:
        tracemalloc.stop()
        engine.close()
