"""Engine.IO: packets and payloads there and back, what a request asks for, and one session as a state table."""

from __future__ import annotations

import contextlib
import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from glimpse.chat.held_bytes import HeldBytes
from glimpse.chat.protocol import engineio
from glimpse.chat.protocol.deadlines import seconds_for
from glimpse.chat.protocol.engineio import (
    BAD_METHOD,
    BAD_REQUEST,
    BAD_VERSION,
    CLOSE,
    HANDSHAKE,
    JOIN,
    MESSAGE,
    NOOP,
    OPEN,
    PING,
    PING_PROBE,
    POLL,
    POLLING,
    PONG,
    PONG_PROBE,
    POST,
    SECOND_WEBSOCKET,
    SEPARATOR,
    UNKNOWN_SESSION,
    UNKNOWN_TRANSPORT,
    UPGRADE,
    WEBSOCKET,
    BadRequest,
    MalformedPacket,
    Timing,
    classify_request,
)
from glimpse.chat.protocol.outgoing import Outgoing
from glimpse.chat.protocol.session import (
    CLOSED,
    ENDED,
    MOVES,
    ON_POLLING,
    ON_WEBSOCKET,
    PROBE_LOST,
    PROBED,
    PROBING,
    UPGRADED,
    Session,
)

TIMING = Timing(ping_interval=25.0, ping_timeout=20.0)
STATES = (ON_POLLING, PROBING, ON_WEBSOCKET, CLOSED)

types = st.sampled_from(sorted(engineio.TYPES))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=SEPARATOR))
packets = st.one_of(st.builds(str.__add__, types, texts), st.binary())


class RecordingListener:
    def __init__(self) -> None:
        self.messages: list[str | bytes] = []
        self.closed: list[str] = []

    def on_message(self, data: str | bytes) -> None:
        self.messages.append(data)

    def on_close(self, reason: str) -> None:
        self.closed.append(reason)


class RecordingRegistry:
    """Keeps the sessions to flush; a test flushes them."""

    def __init__(self) -> None:
        self.held = HeldBytes()
        self.to_flush: list[Session] = []
        self.forgotten: list[Session] = []

    def flush_soon(self, session: Session) -> None:
        self.to_flush.append(session)

    def forget(self, session: Session) -> None:
        self.forgotten.append(session)


class RecordingTransport:
    def __init__(self) -> None:
        self.packets: list[Outgoing] = []

    def write_packets(self, packets: list[Outgoing]) -> None:
        self.packets += packets

    def close(self, code: int = 1000) -> None: ...

    def leave(self, code: int = 1000) -> None: ...


def open_session(transport: str, listener: RecordingListener, registry: RecordingRegistry | None = None) -> Session:
    return Session("s", transport, TIMING, 0.0, lambda session: listener, registry or RecordingRegistry())


def session_in(state: str) -> tuple[Session, RecordingListener]:
    listener = RecordingListener()
    session = open_session(WEBSOCKET if state == ON_WEBSOCKET else POLLING, listener)
    if state == PROBING:
        session.receive_probe(PING_PROBE)
    if state == CLOSED:
        session.end("the test")
        listener.closed.clear()
    assert session.state == state
    return session, listener


# ---- Packets and payloads


@given(st.lists(packets, min_size=1))
def test_a_payload_reads_back_as_its_packets(sent: list[str | bytes]) -> None:
    assert engineio.decode_payload(engineio.encode_payload(sent)) == sent


def test_a_body_of_many_empty_packets_is_malformed_before_one_of_them_is_read() -> None:
    assert len(engineio.decode_payload("\x1e".join(["3"] * engineio.MAX_PACKETS))) == engineio.MAX_PACKETS
    with pytest.raises(engineio.MalformedPacket):
        engineio.decode_payload("\x1e".join(["3"] * engineio.MAX_PACKETS) + "\x1e3")


def test_a_payload_looks_as_the_protocol_writes_it() -> None:
    payload = "4hello\x1e2\x1ebAQIDBA=="
    sent = ["4hello", PING, b"\1\2\3\4"]
    assert engineio.encode_payload(sent) == payload
    assert engineio.decode_payload(payload) == sent


@pytest.mark.parametrize("packet", ["", "7", "hello", "\x1e", "４full-width four", "-1"])
def test_a_packet_of_no_known_type_is_malformed(packet: str) -> None:
    with pytest.raises(MalformedPacket):
        engineio.decode_payload(packet)
    session, listener = session_in(ON_WEBSOCKET)
    with pytest.raises(MalformedPacket):
        session.receive(packet, 1.0)
    assert listener.messages == []


@pytest.mark.parametrize(
    "payload", ["", "abc", "4a\x1e", "\x1e4a", "4a\x1e\x1e4b", "bAQ", "bAQ=", "b!!!!", "bAQ==AQ==", "b가"]
)
def test_a_payload_with_one_bad_packet_is_malformed_as_a_whole(payload: str) -> None:
    with pytest.raises(MalformedPacket):
        engineio.decode_payload(payload)


@given(st.text(st.characters()))
def test_arbitrary_text_is_malformed_or_a_packet_and_nothing_else(text: str) -> None:
    with contextlib.suppress(MalformedPacket):
        for packet in engineio.decode_payload(text):
            assert isinstance(packet, bytes) or packet[0] in engineio.TYPES


@pytest.mark.parametrize(("transport", "upgrades"), [(POLLING, [WEBSOCKET]), (WEBSOCKET, [])])
def test_the_open_packet_tells_times_in_milliseconds_and_what_to_upgrade_to(
    transport: str, upgrades: list[str]
) -> None:
    packet = engineio.open_packet("secret", transport, Timing(ping_interval=0.3, ping_timeout=0.2, max_payload=1000))
    assert packet[0] == OPEN
    told = {"sid": "secret", "upgrades": upgrades, "pingInterval": 300, "pingTimeout": 200, "maxPayload": 1000}
    assert json.loads(packet[1:]) == told


# ---- Requests

ALIVE = {"polls": POLLING, "upgraded": WEBSOCKET}


@pytest.mark.parametrize(
    ("method", "query", "upgrading", "answer"),
    [
        ("GET", "EIO=4 transport=polling", False, HANDSHAKE),
        ("GET", "EIO=4 transport=websocket", True, HANDSHAKE),
        ("GET", "EIO=4 transport=polling sid=polls", False, POLL),
        ("POST", "EIO=4 transport=polling sid=polls", False, POST),
        ("GET", "EIO=4 transport=websocket sid=polls", True, JOIN),
        ("GET", "", False, UNKNOWN_TRANSPORT),
        ("GET", "EIO=4", False, UNKNOWN_TRANSPORT),
        ("GET", "EIO=4 transport=carrier-pigeon", False, UNKNOWN_TRANSPORT),
        ("GET", "EIO=4 transport=websocket", False, BAD_REQUEST),
        ("GET", "EIO=4 transport=polling", True, BAD_REQUEST),
        ("GET", "transport=polling", False, BAD_VERSION),
        ("GET", "EIO=3 transport=polling", False, BAD_VERSION),
        ("GET", "EIO=abc transport=websocket", True, BAD_VERSION),
        ("POST", "EIO=4 transport=polling", False, BAD_METHOD),
        ("PUT", "EIO=4 transport=polling", False, BAD_METHOD),
        ("POST", "EIO=4 transport=websocket", True, BAD_METHOD),
        ("PUT", "EIO=4 transport=polling sid=polls", False, BAD_METHOD),
        ("HEAD", "EIO=4 transport=polling sid=polls", False, BAD_METHOD),
        ("POST", "EIO=4 transport=websocket sid=polls", True, BAD_METHOD),
        ("GET", "EIO=4 transport=polling sid=nobody", False, UNKNOWN_SESSION),
        ("POST", "EIO=4 transport=polling sid=nobody", False, UNKNOWN_SESSION),
        ("GET", "EIO=4 transport=websocket sid=nobody", True, UNKNOWN_SESSION),
        ("GET", "EIO=4 transport=polling sid=upgraded", False, BAD_REQUEST),
        ("POST", "EIO=4 transport=polling sid=upgraded", False, BAD_REQUEST),
        ("POST", "EIO=4 transport=websocket sid=upgraded", True, BAD_REQUEST),
        ("GET", "EIO=4 transport=websocket sid=upgraded", True, SECOND_WEBSOCKET),
    ],
)
def test_what_a_request_asks_for(method: str, query: str, upgrading: bool, answer: str | BadRequest) -> None:
    parts = dict(part.split("=") for part in query.split())
    assert classify_request(method, parts, upgrading, ALIVE.get) == answer


@given(
    st.sampled_from(("GET", "POST", "PUT", "OPTIONS", "HEAD")),
    st.dictionaries(
        st.sampled_from(("EIO", "transport", "sid")), st.sampled_from(("", "4", "3", *engineio.TRANSPORTS, *ALIVE))
    ),
    st.booleans(),
)
def test_whatever_is_asked_only_a_session_that_polls_is_ever_reached(
    method: str, query: dict[str, str], upgrading: bool
) -> None:
    answer = classify_request(method, query, upgrading, ALIVE.get)
    if isinstance(answer, BadRequest):
        return
    assert (query["EIO"], query["transport"]) == ("4", WEBSOCKET if upgrading else POLLING)
    assert (answer == HANDSHAKE) == ("sid" not in query)
    if answer == SECOND_WEBSOCKET:
        assert (query["sid"], upgrading) == ("upgraded", True)
        return
    assert query.get("sid", "polls") == "polls"
    assert answer in ({HANDSHAKE, JOIN} if upgrading else {HANDSHAKE, POLL, POST})


@given(st.text(st.sampled_from("EIOtsid4=&%+25ab;é "), max_size=30))
@example("EIO=4&transport=polling&t=a=b&sid=")
@example("EIO=4&EIO=3&sid=a%20b")
def test_a_query_is_read_as_the_web_reads_it(query: str) -> None:
    assert engineio.read_query(query) == dict(parse_qsl(query))


# ---- The state table


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", [PROBED, UPGRADED, PROBE_LOST, ENDED])
def test_every_event_in_every_state_moves_as_the_table_says_or_not_at_all(state: str, event: str) -> None:
    session, told = session_in(state)
    allowed = (state, event) in MOVES
    if event == PROBE_LOST:
        session.probe_lost()
    elif event == ENDED:
        session.end("over")
    elif allowed:
        answer = session.receive_probe(PING_PROBE if event == PROBED else UPGRADE)
        assert answer == (PONG_PROBE if event == PROBED else None)
    else:
        with pytest.raises(MalformedPacket):
            session.receive_probe(PING_PROBE if event == PROBED else UPGRADE)
    assert session.state == MOVES.get((state, event), state)
    assert told.closed == (["over"] if event == ENDED and state != CLOSED else [])


def test_the_table_leads_out_of_every_state_but_the_last() -> None:
    assert {state for state, _ in MOVES} == set(STATES) - {CLOSED}
    assert set(MOVES.values()) == set(STATES)


@pytest.mark.parametrize(
    ("state", "transport"),
    [(ON_POLLING, POLLING), (PROBING, POLLING), (ON_WEBSOCKET, WEBSOCKET), (CLOSED, None)],
)
def test_each_state_has_the_transport_that_carries_it(state: str, transport: str | None) -> None:
    assert session_in(state)[0].transport_name == transport


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("packet", [OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP])
def test_every_packet_in_every_state_is_taken_or_malformed(state: str, packet: str) -> None:
    session, told = session_in(state)
    if state == CLOSED:
        session.receive(packet + "x", 1.0)
        assert (told.messages, told.closed, session.outgoing) == ([], [], [])
    elif packet in (MESSAGE, PONG):
        session.receive(packet + "x", 1.0)
        assert (session.state, told.closed) == (state, [])
        assert told.messages == (["x"] if packet == MESSAGE else [])
    elif packet == CLOSE:
        session.receive(packet, 1.0)
        assert (session.state, told.closed) == (CLOSED, ["client close"])
        # The poll that waits is answered with a noop.
        assert session.take_outgoing() == [NOOP]
    else:
        with pytest.raises(MalformedPacket):
            session.receive(packet, 1.0)
        assert told.messages == []


@pytest.mark.parametrize("packet", [PING, "2prob", "4hi", b"", NOOP])
def test_a_joined_websocket_that_does_not_probe_leaves_the_session_polling(packet: str | bytes) -> None:
    session, told = session_in(ON_POLLING)
    with pytest.raises(MalformedPacket):
        session.receive_probe(packet)
    assert (session.state, told.messages, told.closed) == (ON_POLLING, [], [])


def test_an_upgrade_without_a_probe_or_a_second_probe_is_refused() -> None:
    session, _ = session_in(ON_POLLING)
    with pytest.raises(MalformedPacket):
        session.receive_probe(UPGRADE)
    session.receive_probe(PING_PROBE)
    with pytest.raises(MalformedPacket):
        session.receive_probe(PING_PROBE)
    assert session.state == PROBING


def test_a_poll_is_released_with_a_noop_only_while_a_websocket_probes() -> None:
    session, _ = session_in(ON_POLLING)
    assert session.take_outgoing() == []
    session.receive_probe(PING_PROBE)
    assert session.take_outgoing() == [NOOP]
    session.send(["news"])
    assert session.take_outgoing() == ["4news"]
    session.probe_lost()
    assert session.take_outgoing() == []


def test_what_is_said_while_probing_is_carried_over_by_the_upgrade_in_order() -> None:
    session, _ = session_in(ON_POLLING)
    session.send(["first"])
    session.receive_probe(PING_PROBE)
    session.send([b"second"])
    session.receive_probe(UPGRADE)
    session.send(["third"])
    assert session.take_outgoing() == ["4first", b"second", "4third"]
    assert session.take_outgoing() == []


def test_what_waits_is_counted_until_it_is_taken() -> None:
    session, _ = session_in(ON_POLLING)
    for _ in range(10):
        session.send([""])
    assert session.buffered > 100, "a packet without data is not free"
    session.send(["a" * 5_000])
    assert session.buffered > 5_000
    session.take_outgoing()
    assert session.buffered == 0


def test_nothing_is_collected_for_a_session_that_ended() -> None:
    session, _ = session_in(CLOSED)
    session.send(["to nobody"])
    session.tick(1_000.0)
    assert session.take_outgoing() == []


def test_what_one_turn_of_the_loop_brings_is_written_at_once_and_the_registry_is_asked_once() -> None:
    registry, transport = RecordingRegistry(), RecordingTransport()
    session = open_session(WEBSOCKET, RecordingListener(), registry)
    session.transport = transport
    session.send(["first"])
    session.send(["second", b"third"])
    assert (len(registry.to_flush), transport.packets) == (1, [])
    registry.to_flush.pop().flush()
    assert transport.packets == ["4first", "4second", b"third"]
    session.send(["next turn"])
    assert len(registry.to_flush) == 1


def test_whoever_leaves_too_much_unread_is_closed() -> None:
    session, listener = session_in(ON_POLLING)
    session.send(["a" * 600_000])
    assert listener.closed == []
    session.send(["a" * 600_000])
    assert listener.closed == ["too slow"]


def test_an_upgrade_answers_the_poll_that_waits_and_what_comes_then_is_the_websockets() -> None:
    session, _ = session_in(ON_POLLING)
    poll, websocket = RecordingTransport(), RecordingTransport()
    session.transport = poll
    session.receive_probe(PING_PROBE)
    session.release_poll()
    assert poll.packets == [NOOP]
    session.receive_probe(UPGRADE)
    session.send(["news"])
    session.upgraded(websocket)
    assert websocket.packets == ["4news"]
    assert session.transport is websocket


def test_a_session_that_ended_is_forgotten_once() -> None:
    registry = RecordingRegistry()
    session = open_session(WEBSOCKET, RecordingListener(), registry)
    session.end("transport close")
    session.end("again")
    assert registry.forgotten == [session]


@pytest.mark.parametrize("state", [ON_POLLING, ON_WEBSOCKET])
def test_closing_a_session_tells_its_listener_and_a_client_that_polls(state: str) -> None:
    session, listener = session_in(state)
    session.close("too slow")
    assert (session.state, listener.closed) == (CLOSED, ["too slow"])
    assert session.take_outgoing() == ([CLOSE] if state == ON_POLLING else [])


# ---- Time is handed in


@pytest.mark.parametrize("state", [ON_POLLING, PROBING, ON_WEBSOCKET])
def test_a_ping_goes_out_when_due_and_once_its_answer_starts_the_interval_anew(state: str) -> None:
    session, told = session_in(state)
    session.tick(24.9)
    assert session.outgoing == []
    session.tick(25.0)
    session.tick(44.9)
    assert session.outgoing == [PING]
    session.receive(PONG, 44.9)
    session.outgoing.clear()
    session.tick(69.8)
    assert session.outgoing == []
    session.tick(69.9)
    assert session.outgoing == [PING]
    assert told.closed == []


@pytest.mark.parametrize("state", [ON_POLLING, PROBING, ON_WEBSOCKET])
def test_a_ping_that_is_not_answered_in_time_ends_the_session_once(state: str) -> None:
    session, told = session_in(state)
    session.tick(25.0)
    session.receive("4a message is no answer", 30.0)
    session.tick(44.9)
    assert session.state == state
    session.tick(45.0)
    assert told.closed == ["ping timeout"]
    session.tick(99.0)
    session.receive(PONG, 99.0)
    session.end("again")
    assert (session.state, told.closed) == (CLOSED, ["ping timeout"])


@pytest.mark.parametrize("state", [ON_POLLING, PROBING, ON_WEBSOCKET])
def test_a_session_is_closed_at_its_deadline_unless_the_deadline_is_taken_back(state: str) -> None:
    session, listener = session_in(state)
    session.deadline = 10.0
    session.tick(9.9)
    assert listener.closed == []
    session.tick(10.0)
    assert listener.closed == ["connect timeout"]
    joined, listener = session_in(state)
    joined.deadline = 10.0
    joined.deadline = None
    joined.tick(11.0)
    assert listener.closed == []


@pytest.mark.parametrize("late", [0.0, 0.9, 10.0])
def test_a_ping_that_a_busy_task_sends_late_gives_no_more_time(late: float) -> None:
    # Engine.IO, "Heartbeat": the server closes a connection that sends no pong within pingInterval + pingTimeout.
    session, told = session_in(ON_WEBSOCKET)
    session.tick(25.0 + late)
    session.tick(44.9)
    assert (session.outgoing, told.closed) == ([PING], [])
    session.tick(45.0)
    assert told.closed == ["ping timeout"]


def test_a_ping_that_is_sent_very_late_leaves_half_the_time_for_its_answer() -> None:
    session, told = session_in(ON_WEBSOCKET)
    session.tick(60.0)
    session.tick(69.9)
    assert (session.outgoing, told.closed) == ([PING], [])
    session.tick(70.0)
    assert told.closed == ["ping timeout"]


def test_a_session_says_when_it_is_due_and_not_before() -> None:
    session, _ = session_in(ON_WEBSOCKET)
    assert session.tick(1.0) == 25.0
    assert session.tick(25.0) == 45.0
    session.receive(PONG, 26.0)
    assert session.tick(26.0) == 51.0
    session.deadline = 40.0
    assert session.tick(29.0) == 40.0
    session.wait_for_rest(1_000)
    assert session.tick(30.0) == 40.0
    session.deadline = None
    assert session.tick(31.0) == 30.0 + seconds_for(1_000)


def test_a_pong_nobody_asked_for_moves_nothing() -> None:
    session, _ = session_in(ON_WEBSOCKET)
    session.receive(PONG, 20.0)
    session.tick(25.0)
    assert session.outgoing == [PING]


# ---- Whatever happens, in whatever order


def is_message(packet: str | bytes) -> bool:
    return isinstance(packet, bytes) or packet[:1] == MESSAGE


class AnyLife(RuleBasedStateMachine):
    """Time only ever goes on; everything else comes in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.told = RecordingListener()
        self.session = open_session(POLLING, self.told)
        self.states = [self.session.state]
        self.said: list[str] = []
        self.taken: list[str | bytes] = []

    @rule(packet=packets)
    def receive(self, packet: str | bytes) -> None:
        before, heard = self.session.state, len(self.told.messages)
        try:
            self.session.receive(packet, self.now)
        except MalformedPacket:
            assert self.session.state == before
        assert len(self.told.messages) - heard == (before != CLOSED and is_message(packet))

    @rule(packet=st.one_of(st.just(PING_PROBE), st.just(UPGRADE), packets))
    def probe(self, packet: str | bytes) -> None:
        before = self.session.state
        try:
            self.session.receive_probe(packet)
        except MalformedPacket:
            assert self.session.state == before

    @rule()
    def lose_the_probe(self) -> None:
        self.session.probe_lost()

    @rule(seconds=st.floats(0, 60))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.session.tick(self.now)

    @rule()
    def end(self) -> None:
        self.session.end("the server's will")

    @precondition(lambda self: self.session.state != CLOSED)
    @rule(text=texts)
    def say(self, text: str) -> None:
        self.session.send([text])
        self.said.append(MESSAGE + text)

    @rule()
    def take(self) -> None:
        self.taken += filter(is_message, self.session.take_outgoing())

    @invariant()
    def its_state_is_reached_as_the_table_says(self) -> None:
        before, after = self.states[-1], self.session.state
        assert after == before or after in {to for (state, _), to in MOVES.items() if state == before}
        self.states.append(after)

    @invariant()
    def its_end_is_told_once_and_when_it_ended(self) -> None:
        assert len(self.told.closed) == (self.session.state == CLOSED)

    @invariant()
    def what_is_said_is_taken_once_and_in_order(self) -> None:
        waiting = list(filter(is_message, self.session.outgoing))
        assert self.taken + waiting == self.said


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = settings(max_examples=100, stateful_step_count=30)
