"""Socket.IO: packets there and back with what is attached to them, what is malformed, and what a client's packets mean."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from glimpse.chat.held_bytes import HeldBytes
from glimpse.chat.protocol import socketio
from glimpse.chat.protocol.engineio import WEBSOCKET, MalformedPacket, Timing
from glimpse.chat.protocol.session import Session
from glimpse.chat.protocol.socketio import (
    ACK,
    CONNECT,
    CONNECT_ERROR,
    DISCONNECT,
    EVENT,
    MAX_ATTACHMENTS,
    MAX_DEPTH,
    RESERVED,
    ROOT,
    Decoder,
    Packet,
    Peer,
    encode_packet,
)

ATTACHED = {"_placeholder": True, "num": 0}


def decoded(*messages: str | bytes) -> Packet | None:
    decoder = Decoder()
    packet = None
    for message in messages:
        assert packet is None
        packet = decoder.receive(message)
    return packet


def is_malformed(*messages: str | bytes) -> bool:
    *before, last = messages
    decoder = Decoder()
    for message in before:
        assert decoder.receive(message) is None
    try:
        decoder.receive(last)
    except MalformedPacket:
        return True
    return False


def event(*arguments: Any) -> str:
    return "2" + json.dumps(["x", *arguments])


def bytes_within(data: Any) -> int:
    if isinstance(data, bytes):
        return 1
    children = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return sum(map(bytes_within, children))


# ---- There and back

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = texts.filter(lambda name: name not in RESERVED)
keys = texts.filter(lambda key: key != "_placeholder")
namespaces = st.one_of(st.just(ROOT), texts.map(lambda text: "/" + text.replace(",", "")))
numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts, st.binary(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=10,
)
ids = st.one_of(st.none(), st.integers(0, 10**15 - 1))
packets = st.one_of(
    st.builds(Packet, st.just(CONNECT), namespaces, st.one_of(st.none(), st.dictionaries(keys, texts, max_size=3))),
    st.builds(Packet, st.just(DISCONNECT), namespaces),
    st.builds(
        Packet,
        st.just(EVENT),
        namespaces,
        st.builds(lambda name, rest: [name, *rest], names, st.lists(values, max_size=4)),
        ids,
    ),
    st.builds(Packet, st.just(ACK), namespaces, st.lists(values, max_size=4), ids),
    st.builds(Packet, st.just(CONNECT_ERROR), namespaces, st.dictionaries(keys, texts, max_size=3)),
).filter(lambda packet: bytes_within(packet.data) <= MAX_ATTACHMENTS)


@given(packets)
def test_a_packet_reads_back_with_its_namespace_its_id_and_what_is_attached(packet: Packet) -> None:
    messages = encode_packet(packet)
    assert len(messages) == 1 + bytes_within(packet.data)
    assert decoded(*messages) == packet


@given(st.lists(packets, max_size=5))
def test_one_decoder_reads_packets_one_after_the_other(told: list[Packet]) -> None:
    decoder = Decoder()
    heard = [decoder.receive(message) for packet in told for message in encode_packet(packet)]
    assert [packet for packet in heard if packet is not None] == told


@pytest.mark.parametrize(
    ("packet", "messages"),
    [
        (Packet(CONNECT), ["0"]),
        (Packet(CONNECT, "/admin", {"token": "t"}), ['0/admin,{"token":"t"}']),
        (Packet(DISCONNECT, "/admin"), ["1/admin,"]),
        (Packet(EVENT, ROOT, ["hello", 1]), ['2["hello",1]']),
        (Packet(EVENT, "/admin", ["a", None], 456), ['2/admin,456["a",null]']),
        (Packet(ACK, ROOT, [], 0), ["30[]"]),
        (Packet(CONNECT_ERROR, "/nope", {"message": "Invalid namespace"}), ['4/nope,{"message":"Invalid namespace"}']),
        (Packet(EVENT, ROOT, ["f", b"\1\2"]), ['51-["f",{"_placeholder":true,"num":0}]', b"\1\2"]),
        (
            Packet(ACK, "/admin", [b"a", {"b": [b"c"]}], 7),
            ['62-/admin,7[{"_placeholder":true,"num":0},{"b":[{"_placeholder":true,"num":1}]}]', b"a", b"c"],
        ),
    ],
)
def test_a_packet_looks_as_the_protocol_writes_it(packet: Packet, messages: list[str | bytes]) -> None:
    assert encode_packet(packet) == messages
    assert decoded(*messages) == packet


def test_an_attachment_may_stand_in_two_places_and_a_lone_placeholder_is_only_an_object() -> None:
    packet = decoded("51-" + json.dumps(["f", ATTACHED, ATTACHED]), b"a")
    assert packet == Packet(EVENT, ROOT, ["f", b"a", b"a"])
    assert decoded("2" + json.dumps(["f", ATTACHED])) == Packet(EVENT, ROOT, ["f", ATTACHED])


def test_brackets_in_a_text_are_not_nesting() -> None:
    for text in ("[" * 1_000, "]" * 1_000, '\\"[{' * 500):
        assert decoded(event(text)) == Packet(EVENT, ROOT, ["x", text])


def test_many_values_side_by_side_are_not_nesting() -> None:
    wide: list[Any] = [[], {}] * 1_000
    assert decoded(event(wide)) == Packet(EVENT, ROOT, ["x", wide])


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**400, 1.5e308])
def test_a_number_that_can_be_read_can_be_written(number: float) -> None:
    packet = decoded(event(number))
    assert packet == Packet(EVENT, ROOT, ["x", number])
    assert decoded(*encode_packet(packet)) == packet


# ---- What is malformed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "7",
        "9[]",
        "-1",
        " 2",
        "２" + '["x"]',
        "2",
        "2{}",
        "2[]",
        "2[1]",
        "2[null]",
        "2null",
        '2"x"',
        '2["x"',
        '2["x"]]',
        '2["x"] x',
        "2['x']",
        '2["x",NaN]',
        '2["x",1e400]',
        '2["x",-1e400]',
        '2["x",' + "9" * 5_000 + "]",
        '2["x","\0"]',
        '2["\0',
        "\0",
        '21234567890123456["x"]',
        "3",
        "3{}",
        '3"x"',
        "1[]",
        "1{}",
        "0[]",
        "0null1",
        '0"token"',
        "01 2",
        "4",
        "4[]",
        "4null",
        '2/admin["x"]',
        '21-["x"]',
        '5["x"]',
        '6["x"]',
        "51-",
        '5-["x"]',
        '5111-["x"]',
        f'5{MAX_ATTACHMENTS + 1}-["x"]',
        '51-[{"_placeholder":true,"num":0}]',
        '51-{"_placeholder":true,"num":0}',
        *(f'2["{name}"]' for name in sorted(RESERVED)),
        *(f'51-["{name}",{{"_placeholder":true,"num":0}}]' for name in sorted(RESERVED)),
    ],
)
def test_a_text_that_is_no_packet_is_malformed(text: str) -> None:
    assert is_malformed(text)


def test_half_an_emoji_is_for_whoever_is_asked_to_refuse_not_for_the_connection() -> None:
    packet = Decoder().receive('2["x","\\ud83d"]')
    assert packet is not None
    assert packet.data == ["x", "\ud83d"]


@pytest.mark.parametrize("num", ["1", "-1", "0.0", "true", "null", '"0"', "[]", "1e3"])
def test_a_placeholder_of_nothing_is_malformed(num: str) -> None:
    assert is_malformed(f'51-["x",{{"_placeholder":true,"num":{num}}}]', b"a")
    assert is_malformed('51-["x",{"_placeholder":true}]', b"a")


def test_an_attachment_that_nobody_awaits_and_a_text_that_interrupts_are_malformed() -> None:
    assert is_malformed(b"a")
    head = '52-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
    assert is_malformed(head, b"a", '2["y"]')
    decoder = Decoder()
    decoder.receive('51-["x"]')
    decoder.receive(b"a")
    with pytest.raises(MalformedPacket):
        decoder.receive(b"one too many")


@pytest.mark.parametrize("opened", ["[", '{"a":'])
def test_what_is_nested_as_deep_as_allowed_is_read_and_one_deeper_is_malformed(opened: str) -> None:
    closed = "]" if opened == "[" else "}"

    def nested(depth: int) -> str:
        return f'2["x",{opened * (depth - 1)}1{closed * (depth - 1)}]'

    assert decoded(nested(MAX_DEPTH)) is not None
    assert is_malformed(nested(MAX_DEPTH + 1))
    assert is_malformed(nested(100_000))


@pytest.mark.parametrize("depth", [MAX_DEPTH, 200, 500, 900, 100_000])
def test_nesting_does_not_hide_behind_brackets_in_a_text(depth: int) -> None:
    assert is_malformed(f'2["x","{"]" * depth}",{"[" * depth}{"]" * depth}]')
    assert is_malformed(f'51-["x","{"]" * depth}",{"[" * depth}{"]" * depth}]')


heads = st.from_regex(r"[0-7]([0-9]{1,3}-)?(/[a-z,]{0,4},?)?[0-9]{0,17}", fullmatch=True)
json_like = st.one_of(
    values.filter(lambda value: not bytes_within(value)).map(json.dumps),
    st.just(json.dumps(["x", ATTACHED, {"_placeholder": True, "num": 3}])),
    st.text(st.sampled_from('[]{}":,01e-"ax\\u \0')),
    st.text(st.characters()),
)


@given(
    st.lists(
        st.one_of(st.binary(max_size=5), st.text(st.characters()), st.builds(str.__add__, heads, json_like)), max_size=5
    )
)
@example(['2["x",{"_placeholder":true,"num":0}]', b""])
def test_arbitrary_messages_are_malformed_or_packets_that_can_be_written(messages: list[str | bytes]) -> None:
    decoder, client = Decoder(), Client()
    client.peer.accept(ROOT, "sid")
    with contextlib.suppress(MalformedPacket):
        for message in messages:
            packet = decoder.receive(message)
            if packet is not None:
                encode_packet(packet)
    client.sends(*messages)


# ---- What a client's packets mean


class Client:
    """A client of a recording application; it has joined no namespace yet."""

    def __init__(self) -> None:
        self.connects: list[tuple[str, dict[str, Any]]] = []
        self.events: list[Packet] = []
        self.disconnects: list[tuple[str, str]] = []
        self.held = HeldBytes()
        self.session = Session("sid", WEBSOCKET, Timing(), 0.0, self._listen, self)

    join_by = 10.0

    def _listen(self, session: Session) -> Peer:
        self.peer = Peer(self, session, lambda: self.join_by)
        return self.peer

    def flush_soon(self, session: Session) -> None: ...

    def forget(self, session: Session) -> None: ...

    def on_connect(self, peer: Peer, namespace: str, auth: dict[str, Any]) -> None:
        self.connects.append((namespace, auth))

    def on_text(self, peer: Peer, text: str) -> bool:
        return False

    def on_event(self, peer: Peer, event: Packet) -> None:
        self.events.append(event)

    def refuses(self, peer: Peer, characters: int, ack_id: int | None) -> bool:
        return False

    def on_disconnect(self, peer: Peer, namespace: str, reason: str) -> None:
        self.disconnects.append((namespace, reason))

    def sends(self, *messages: str | bytes) -> Client:
        for message in messages:
            self.session.receive(message if isinstance(message, bytes) else "4" + message, 1.0)
        return self

    @property
    def is_cut_off(self) -> bool:
        return self.session.transport_name is None

    def received(self) -> list[str | bytes]:
        return self.session.take_outgoing()


@pytest.mark.parametrize("message", ['2["x"]', '20["x"]', "30[]", "1", "4{}", '2/admin,["x"]', "1/admin,", b"a"])
def test_who_has_not_joined_may_do_nothing_but_join(message: str | bytes) -> None:
    client = Client().sends(message)
    assert client.is_cut_off
    assert (client.connects, client.events, client.disconnects) == ([], [], [])


def test_nothing_is_taken_between_asking_to_join_and_being_accepted() -> None:
    client = Client().sends('0{"token":"t"}')
    assert client.connects == [(ROOT, {"token": "t"})]
    assert client.peer.joined == ()
    assert client.sends('2["x"]').is_cut_off
    assert client.events == []


def test_a_client_joins_sends_events_acknowledges_and_leaves() -> None:
    client = Client().sends("0/admin,")
    assert client.connects == [("/admin", {})]
    client.peer.accept("/admin", "secret")
    assert client.peer.joined == ("/admin",)
    assert client.received() == ['40/admin,{"sid":"secret"}']
    client.sends('2/admin,["x",1]', '2/admin,12["x"]', "3/admin,12[true]")
    assert client.events == [Packet(EVENT, "/admin", ["x", 1]), Packet(EVENT, "/admin", ["x"], 12)]
    client.sends('51-/admin,0["x",{"_placeholder":true,"num":0}]')
    assert len(client.events) == 2
    client.sends(b"a")
    assert client.events[2] == Packet(EVENT, "/admin", ["x", b"a"], 0)
    client.sends("1/admin,")
    assert (client.disconnects, client.peer.joined) == ([("/admin", "client disconnect")], ())
    assert not client.is_cut_off
    assert client.sends('2/admin,["x"]').is_cut_off


def test_an_end_of_the_session_leaves_every_namespace_once() -> None:
    client = Client().sends("0", "0/admin,")
    client.peer.accept(ROOT, "a")
    client.peer.accept("/admin", "b")
    client.session.end("ping timeout")
    client.session.end("again")
    assert client.disconnects == [(ROOT, "ping timeout"), ("/admin", "ping timeout")]


def test_joining_one_namespace_opens_no_other() -> None:
    client = Client().sends("0")
    client.peer.accept(ROOT, "sid")
    assert client.sends('2/admin,["x"]').is_cut_off


def test_a_namespace_is_joined_once_until_it_is_left_or_refused() -> None:
    asking, joined, left, turned_away = (Client().sends("0") for _ in range(4))
    assert asking.sends("0").is_cut_off
    joined.peer.accept(ROOT, "sid")
    assert joined.sends("0").is_cut_off
    left.peer.accept(ROOT, "sid")
    left.sends("1", "0")
    assert len(left.connects) == 2
    turned_away.peer.refuse(ROOT, "unauthorized", code="unauthorized")
    assert turned_away.received() == ['44{"message":"unauthorized","data":{"code":"unauthorized"}}']
    assert turned_away.peer.joined == ()
    turned_away.sends("0")
    assert len(turned_away.connects) == 2
    assert not left.is_cut_off
    assert not turned_away.is_cut_off


@pytest.mark.parametrize("message", ["3[]", '4{"message":"a client refuses nobody"}', '4"x"'])
def test_what_only_a_server_sends_is_refused_from_a_client_that_joined(message: str) -> None:
    client = Client().sends("0")
    client.peer.accept(ROOT, "sid")
    assert client.sends(message).is_cut_off


def test_a_client_that_joins_nothing_is_closed_in_time_and_one_that_joined_is_not() -> None:
    idle, joined = Client(), Client().sends("0")
    joined.peer.accept(ROOT, "sid")
    for client in (idle, joined):
        client.session.tick(10.0)
    assert (idle.is_cut_off, joined.is_cut_off) == (True, False)


def test_a_client_that_leaves_its_last_namespace_is_closed_in_time_unless_it_joins_again() -> None:
    leaving, back = Client().sends("0"), Client().sends("0")
    for client in (leaving, back):
        client.peer.accept(ROOT, "sid")
        client.join_by = 20.0
        client.sends("1")
    back.sends("0").peer.accept(ROOT, "sid")
    for client in (leaving, back):
        client.session.tick(19.9)
    assert not leaving.is_cut_off
    for client in (leaving, back):
        client.session.tick(20.0)
    assert (leaving.is_cut_off, back.is_cut_off) == (True, False)


def test_a_client_that_has_to_leave_is_told_so_and_what_it_sent_before_it_knew_is_dropped() -> None:
    client = Client().sends("0", "0/admin,")
    client.peer.accept(ROOT, "a")
    client.peer.accept("/admin", "b")
    client.received()
    client.join_by = 20.0
    client.peer.disconnect(ROOT)
    assert (client.received(), client.peer.joined, client.session.deadline) == (["41"], ("/admin",), None)
    client.peer.disconnect("/admin")
    client.sends('2["x"]', "31[]", "1", '52-/admin,["x"]', b"a", b"b")
    assert (client.events, client.disconnects, client.is_cut_off) == ([], [], False)
    client.sends("0").peer.accept(ROOT, "c")
    assert (client.session.deadline, client.peer.joined) == (None, (ROOT,)), "it may join again"
    client.sends('2["x"]', "1")
    assert (client.events, client.disconnects) == ([Packet(EVENT, ROOT, ["x"])], [(ROOT, "client disconnect")])
    client.session.tick(20.0)
    assert client.is_cut_off


def test_the_names_both_sides_keep_for_themselves_are_those_of_the_clients_library() -> None:
    kept = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
    assert kept == socketio.RESERVED


# ---- A namespace without a comma


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0/custom", Packet(CONNECT, "/custom")),
        ("0/custom,", Packet(CONNECT, "/custom")),
        ("0/", Packet(CONNECT, ROOT)),
        ("0/custom?a=1", Packet(CONNECT, "/custom?a=1")),
        ('0/custom{"a":1}', Packet(CONNECT, '/custom{"a":1}')),
        ("1/custom", Packet(DISCONNECT, "/custom")),
    ],
)
def test_a_namespace_reaches_to_its_comma_or_to_the_end(text: str, packet: Packet) -> None:
    # Socket.IO protocol 5, "Packet encoding", as the parser of the Node.js server reads it.
    assert decoded(text) == packet


@pytest.mark.parametrize("text", ['2/custom["x"]', "2/custom", '3/custom1["x"]'])
def test_an_event_whose_namespace_has_no_comma_has_no_data_and_is_malformed(text: str) -> None:
    assert is_malformed(text)
