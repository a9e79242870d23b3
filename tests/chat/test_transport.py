"""The server over real sockets: what both transports promise, and what a client that breaks the rules comes to."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from glimpse.chat.outside import http_connection
from glimpse.chat.outside import websocket as websockets
from glimpse.chat.outside.engineio import Engine, Polling
from glimpse.chat.protocol import websocket as ws
from glimpse.chat.protocol.engineio import POLL, UNKNOWN_SESSION, Timing
from glimpse.chat.protocol.session import Session
from tests.chat import conformance_server
from tests.chat.clocked import ClockedLoop, UnreadTransport
from tests.chat.serving import (
    CHAT,
    ECHO,
    POLLING,
    UPGRADING,
    WEBSOCKET,
    Serving,
    Wire,
    eventually,
    masked,
    objects_of,
    serving,
)

CALM = Timing(max_payload=100_000)
CONNECT_SECONDS = 60.0
PING_DUE = CALM.ping_interval
PONG_MISSED = CALM.ping_interval + CALM.ping_timeout + 1
"""Seconds later, for `sweep`: a ping is sent; a session that got that ping and answered nothing ends."""

HOME = "https://chat.example"


@pytest.fixture(scope="module")
def calm() -> Iterator[Serving]:
    """No ping and no deadline comes within a test, unless the test sweeps."""
    with serving(CALM, connect_seconds=CONNECT_SECONDS) as running:
        yield running


@pytest.fixture(scope="module")
def guarded() -> Iterator[Serving]:
    with serving(CALM, allowed_origins=frozenset({HOME})) as running:
        yield running


@pytest.fixture
def wire(calm: Serving) -> Iterator[Wire]:
    with Wire(calm.port) as opened:
        yield opened


@pytest.fixture
def other(calm: Serving) -> Iterator[Wire]:
    with Wire(calm.port) as opened:
        yield opened


def polled(sid: str, path: str = ECHO) -> str:
    return f"{path}?{POLLING}&sid={sid}"


def still_answers(running: Serving) -> bool:
    with Wire(running.port) as wire:
        sid = wire.handshake(ECHO)
        return (
            wire.request("POST", polled(sid), "4still").body == "ok"
            and wire.request("GET", polled(sid)).body == "4still"
            and wire.request("POST", polled(sid), "1").body == "ok"
        )


# ---- One connection


def test_one_connection_carries_plain_requests_polling_and_at_last_a_websocket(wire: Wire) -> None:
    assert wire.request("GET", "/health").status == 404
    sid = wire.handshake(ECHO)
    assert wire.request("POST", polled(sid), "4안녕\x1ebAQIDBA==").body == "ok"
    assert wire.request("GET", "/health").status == 404
    assert wire.request("GET", polled(sid)).body == "4안녕\x1ebAQIDBA=="
    assert wire.upgrade(ECHO, sid).headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    wire.say("2probe")
    assert wire.heard() == "3probe"
    wire.say("5", "4hello", b"\1\2")
    assert [wire.heard(), wire.heard()] == ["4hello", b"\1\2"]


def test_a_handshake_tells_what_the_server_does(wire: Wire) -> None:
    answer = wire.request("GET", f"{ECHO}?{POLLING}")
    told = json.loads(answer.body[1:])
    assert answer.headers["content-type"] == "text/plain; charset=UTF-8"
    assert answer.headers["cache-control"] == "no-store"
    assert len(told.pop("sid")) >= 20
    assert told == {"upgrades": ["websocket"], "pingInterval": 25_000, "pingTimeout": 20_000, "maxPayload": 100_000}


# ---- Requests that are refused


@pytest.mark.parametrize(
    ("method", "query", "code"),
    [
        ("GET", "", 0),
        ("GET", "EIO=4&transport=abc", 0),
        ("GET", "EIO=abc&transport=polling", 5),
        ("GET", "transport=polling", 5),
        ("GET", "EIO=4&transport=websocket", 3),
        ("PUT", "EIO=4&transport=polling", 2),
        ("POST", "EIO=4&transport=polling", 2),
        ("GET", "EIO=4&transport=polling&sid=nobody", 1),
        ("POST", "EIO=4&transport=polling&sid=nobody", 1),
    ],
)
def test_a_bad_request_is_answered_with_400_and_its_reason(wire: Wire, method: str, query: str, code: int) -> None:
    answer = wire.request(method, f"{ECHO}?{query}")
    assert (answer.status, answer.code) == (400, code)
    assert wire.handshake(ECHO)


@pytest.mark.parametrize(
    ("query", "headers", "code"),
    [
        ("EIO=4&transport=abc", {}, 0),
        ("EIO=4&transport=polling", {}, 3),
        ("EIO=3&transport=websocket", {}, 5),
        ("EIO=4&transport=websocket&sid=nobody", {}, 1),
        (WEBSOCKET, {"Sec-WebSocket-Version": "8"}, 3),
        (WEBSOCKET, {"Sec-WebSocket-Key": ""}, 3),
    ],
)
def test_a_bad_upgrade_is_answered_with_400_and_closed(
    wire: Wire, query: str, headers: dict[str, str], code: int
) -> None:
    answer = wire.request("GET", f"{ECHO}?{query}", headers={**UPGRADING, **headers})
    assert (answer.status, answer.code) == (400, code)
    assert wire.is_over()


def test_an_upgrade_where_no_engine_is_gets_404(wire: Wire) -> None:
    assert wire.upgrade("/elsewhere/").status == 404
    assert wire.is_over()


@pytest.mark.parametrize("body", ["", "abc", "4fine\x1eabc", "b!", "2", "0{}", "5", "6"])
def test_a_bad_packet_gets_400_and_ends_the_session(calm: Serving, wire: Wire, body: str) -> None:
    sid = wire.handshake(ECHO)
    assert wire.request("POST", polled(sid), body).status == 400
    assert wire.request("GET", polled(sid)).code == 1
    assert sid not in calm.sessions()


def test_a_post_that_breaks_off_delivers_nothing_and_ends_the_session(calm: Serving, wire: Wire, other: Wire) -> None:
    sid = wire.handshake(ECHO)
    other.ask("GET", polled(sid))
    assert eventually(lambda: calm.polls(sid))
    wire.socket.sendall(f"POST {polled(sid)} HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n4half a mess".encode())
    wire.socket.close()
    assert other.answer().body == "1"
    assert other.request("GET", polled(sid)).code == 1


# ---- Polls


def test_a_second_poll_at_once_gets_400_and_ends_the_session(calm: Serving, wire: Wire, other: Wire) -> None:
    sid = wire.handshake(ECHO)
    wire.ask("GET", polled(sid))
    assert eventually(lambda: calm.polls(sid))
    assert other.request("GET", polled(sid)).status == 400
    assert (first := wire.answer()).status == 200
    assert first.body == "1"
    assert other.request("GET", polled(sid)).code == 1


def test_a_waiting_poll_is_answered_as_soon_as_there_is_something(calm: Serving, wire: Wire, other: Wire) -> None:
    sid = wire.handshake(ECHO)
    wire.ask("GET", polled(sid))
    assert eventually(lambda: calm.polls(sid))
    assert other.request("POST", polled(sid), "4one\x1e4two").body == "ok"
    assert wire.answer().body == "4one\x1e4two"


def test_a_client_that_hangs_up_during_a_poll_has_to_begin_anew(calm: Serving, wire: Wire, other: Wire) -> None:
    sid = wire.handshake(ECHO)
    wire.ask("GET", polled(sid))
    assert eventually(lambda: calm.polls(sid))
    wire.socket.close()
    assert eventually(lambda: sid not in calm.sessions())
    assert other.request("GET", polled(sid)).code == 1


def test_a_close_over_polling_releases_the_poll_with_a_noop(calm: Serving, wire: Wire, other: Wire) -> None:
    sid = wire.handshake(ECHO)
    wire.ask("GET", polled(sid))
    assert eventually(lambda: calm.polls(sid))
    assert other.request("POST", polled(sid), "1").body == "ok"
    assert wire.answer().body == "6"
    assert wire.request("GET", polled(sid)).status == 400


def test_a_close_over_a_websocket_closes_it(calm: Serving, wire: Wire) -> None:
    sid = wire.open(ECHO)
    wire.say("1")
    assert wire.close_code() == 1000
    assert sid not in calm.sessions()


# ---- The heartbeat


def test_a_polling_client_that_answers_pings_lives_and_one_that_stops_is_gone(calm: Serving, wire: Wire) -> None:
    sid = wire.handshake(ECHO)
    for _ in range(3):
        calm.sweep(PING_DUE)
        assert wire.request("GET", polled(sid)).body == "2"
        assert wire.request("POST", polled(sid), "3").body == "ok"
    calm.sweep(PING_DUE)
    assert wire.request("GET", polled(sid)).body == "2"
    wire.ask("GET", polled(sid))
    assert eventually(lambda: calm.polls(sid))
    calm.sweep(PONG_MISSED)
    assert wire.answer().body == "1"
    assert wire.request("GET", polled(sid)).code == 1


def test_a_websocket_client_that_answers_pings_lives_and_one_that_stops_is_closed(calm: Serving, wire: Wire) -> None:
    sid = wire.open(ECHO)
    for _ in range(3):
        calm.sweep(PING_DUE)
        assert wire.heard() == "2"
        wire.say("3", "4it lives")
        assert wire.heard() == "4it lives"
    calm.sweep(PING_DUE)
    assert wire.heard() == "2"
    wire.say("4a message is no answer")
    assert wire.heard() == "4a message is no answer"
    calm.sweep(PONG_MISSED)
    assert wire.close_code() == 1000
    assert sid not in calm.sessions()


@pytest.fixture(scope="module")
def hasty() -> Iterator[Serving]:
    """With the times of the protocol's own suite: a ping every 300 ms, and 200 ms for its answer."""
    with serving() as running:
        yield running


def test_a_polling_session_is_over_when_its_time_is_and_not_at_the_next_sweep(hasty: Serving) -> None:
    # Engine.IO, "Heartbeat". Nobody polls, so nothing but the clock ends the session.
    with Wire(hasty.port) as wire:
        sid = wire.handshake(ECHO)
        time.sleep(0.5)
        assert wire.request("GET", polled(sid)).code == 1
        assert sid not in hasty.sessions()


def test_who_answers_no_ping_on_a_websocket_hears_the_end(hasty: Serving) -> None:
    with Wire(hasty.port) as wire:
        sid = wire.open(ECHO)
        assert wire.heard() == "2"
        assert wire.close_code() == 1000
        assert sid not in hasty.sessions()


# ---- The upgrade


def test_an_upgrade_releases_the_poll_and_carries_on_with_what_was_left(calm: Serving, wire: Wire, other: Wire) -> None:
    sid = wire.handshake(ECHO)
    wire.ask("GET", polled(sid))
    assert eventually(lambda: calm.polls(sid))
    other.upgrade(ECHO, sid)
    other.say("2probe")
    assert other.heard() == "3probe"
    assert wire.answer().body == "6"
    # This is posted before the upgrade; its echo goes over the WebSocket.
    assert wire.request("POST", polled(sid), "4first").body == "ok"
    other.say("5", "4second")
    assert [other.heard(), other.heard()] == ["4first", "4second"]


def test_a_session_that_upgraded_takes_no_other_poll_post_or_websocket(wire: Wire, other: Wire) -> None:
    sid = wire.handshake(ECHO)
    other.upgrade(ECHO, sid)
    other.say("2probe", "5")
    assert other.heard() == "3probe"
    other.say("4there")
    assert other.heard() == "4there"
    assert wire.request("GET", polled(sid)).code == 3
    assert wire.request("POST", polled(sid), "4me too").code == 3
    # Engine.IO, "Upgrade": as the Node.js server, which opens it and closes it at once.
    assert wire.upgrade(ECHO, sid).status == 101
    assert wire.close_code() == 1000
    other.say("4still there")
    assert other.heard() == "4still there"


def test_a_session_that_began_on_a_websocket_takes_no_other(calm: Serving, wire: Wire, other: Wire) -> None:
    sid = wire.open(ECHO)
    assert other.upgrade(ECHO, sid).status == 101
    assert other.close_code() == 1000
    wire.say("4mine")
    assert wire.heard() == "4mine"


@pytest.mark.parametrize("said", [[], ["2probe"]])
def test_only_one_websocket_at_a_time_may_try_to_take_a_session_over(
    calm: Serving, wire: Wire, other: Wire, said: list[str]
) -> None:
    sid = wire.handshake(ECHO)
    assert other.upgrade(ECHO, sid).status == 101
    other.say(*said)
    assert [other.heard() for _ in said] == ["3probe"][: len(said)]
    with Wire(calm.port) as third:
        assert third.upgrade(ECHO, sid).status == 101
        assert third.close_code() == 1000
    other.say(*["2probe"][len(said) :], "5", "4mine")
    assert [other.heard() for _ in ["3probe", "4mine"][len(said) :]] == ["3probe", "4mine"][len(said) :]


# ---- The handshake of a WebSocket (RFC 6455, section 4)


@pytest.mark.parametrize(
    "key",
    ["dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZWE=", "dGhlIHNhbXBsZSBub25jZ*==", "x"],
)
def test_a_key_that_is_not_sixteen_bytes_in_base64_gets_400(wire: Wire, key: str) -> None:
    answer = wire.upgrade(ECHO, headers={"Sec-WebSocket-Key": key})
    assert (answer.status, answer.code) == (400, 3)
    assert wire.is_over()


@pytest.mark.parametrize(("offered", "chosen"), [("chat", "chat"), ("v12.stomp, mqtt", "v12.stomp"), ("a ,b\t,c", "a")])
def test_of_the_subprotocols_that_a_client_offers_the_first_is_chosen(wire: Wire, offered: str, chosen: str) -> None:
    answer = wire.upgrade(ECHO, headers={"Sec-WebSocket-Protocol": offered})
    assert (answer.status, answer.headers["sec-websocket-protocol"]) == (101, chosen)


def test_who_offers_no_subprotocol_is_answered_with_none(wire: Wire) -> None:
    assert "sec-websocket-protocol" not in wire.upgrade(ECHO).headers


@pytest.mark.parametrize("offered", ["", ",", "chat,", "a b", "a;b", '"a"', "caf\u00e9"])
def test_a_list_of_subprotocols_that_is_none_gets_400(wire: Wire, offered: str) -> None:
    assert wire.upgrade(ECHO, headers={"Sec-WebSocket-Protocol": offered}).status == 400


def test_the_open_packet_comes_in_the_same_write_as_the_answer_to_the_handshake() -> None:
    # Private: a client cannot see what was one write.
    async def run() -> list[bytes]:
        engine = Engine(CALM, lambda session: Silent(), lambda: "sid", frozenset())
        transport = UnreadTransport()
        transport.write = writes.append  # type: ignore[method-assign, assignment]
        websocket = websockets.WebSocket(lambda path: engine)
        websocket.connection_made(transport)
        lines = "".join(f"{name}: {value}\r\n" for name, value in UPGRADING.items())
        websocket.data_received(f"GET {ECHO}?{WEBSOCKET} HTTP/1.1\r\n{lines}\r\n".encode())
        engine.close()
        return writes[:1]

    writes: list[bytes] = []
    [first] = asyncio.run(run())
    assert first.startswith(b"HTTP/1.1 101 ")
    assert b'0{"sid":"sid"' in first


@pytest.mark.parametrize("said", [[], ["2probe"]])
def test_a_websocket_that_is_lost_before_it_upgrades_leaves_the_session_polling(
    calm: Serving, wire: Wire, said: list[str]
) -> None:
    sid = wire.handshake(ECHO)
    with Wire(calm.port) as lost:
        lost.upgrade(ECHO, sid)
        lost.say(*said)
        assert [lost.heard() for _ in said] == ["3probe"][: len(said)]
    assert eventually(lambda: calm.sessions()[sid].candidate is None)
    assert wire.request("POST", polled(sid), "4hello").body == "ok"
    assert wire.request("GET", polled(sid)).body == "4hello"
    with Wire(calm.port) as again:
        assert again.upgrade(ECHO, sid).status == 101
        again.say("2probe", "5", "4over")
        assert [again.heard(), again.heard()] == ["3probe", "4over"]


@pytest.mark.parametrize("said", ["5", "2", "4hello", "abc", b"bytes"])
def test_a_websocket_that_does_not_probe_is_closed_and_the_session_polls_on(
    wire: Wire, other: Wire, said: str | bytes
) -> None:
    sid = wire.handshake(ECHO)
    other.upgrade(ECHO, sid)
    other.say(said)
    assert other.close_code() == ws.PROTOCOL_ERROR
    assert wire.request("POST", polled(sid), "4hello").body == "ok"
    assert wire.request("GET", polled(sid)).body == "4hello"


def test_a_websocket_that_never_upgrades_is_closed_in_time(
    wire: Wire, other: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websockets, "UPGRADE_SECONDS", 0.05)
    sid = wire.handshake(ECHO)
    other.upgrade(ECHO, sid)
    assert other.close_code() == 1000
    assert wire.request("POST", polled(sid), "4hello").body == "ok"
    assert wire.request("GET", polled(sid)).body == "4hello"


def test_a_session_that_ends_takes_the_websocket_that_joined_it_with_it(wire: Wire, other: Wire) -> None:
    sid = wire.handshake(ECHO)
    other.upgrade(ECHO, sid)
    assert wire.request("POST", polled(sid), "1").body == "ok"
    assert other.close_code() == 1000


def test_who_changes_over_to_a_session_that_ended_meanwhile_learns_it_then_and_not_before(
    wire: Wire, other: Wire
) -> None:
    sid = wire.handshake(ECHO)
    other.upgrade(ECHO, sid)
    other.say("2probe")
    assert other.heard() == "3probe"
    assert wire.request("POST", polled(sid), "1").body == "ok"
    other.frame(ws.PING, b"?")
    assert other.next_frame() == (ws.PONG, b"?")
    other.say("5")
    assert other.close_code() == 1000


class HeldTimers:
    """Stands in for the event loop of an engine; its timers expire when a test says so."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timers: list[tuple[asyncio.TimerHandle, Callable[[], object]]] = []
        self.time, self.call_soon_threadsafe = loop.time, loop.call_soon_threadsafe

    def call_later(self, seconds: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
        timer = self._loop.call_later(3600, callback)
        self._timers.append((timer, callback))
        return timer

    def expire(self) -> None:
        for timer, callback in self._timers:
            if not timer.cancelled():
                self._loop.call_soon_threadsafe(callback)


def test_who_never_changes_over_to_a_session_that_ended_is_closed_in_time() -> None:
    with serving(CALM) as running, Wire(running.port) as wire, Wire(running.port) as other:
        timers = running.engines[ECHO].loop = HeldTimers(running.engines[ECHO].loop)  # type: ignore[assignment]
        sid = wire.handshake(ECHO)
        other.upgrade(ECHO, sid)
        other.say("2probe")
        assert other.heard() == "3probe"
        assert wire.request("POST", polled(sid), "1").body == "ok"
        other.frame(ws.PING, b"?")
        assert other.next_frame() == (ws.PONG, b"?"), "it waits"
        timers.expire()
        assert other.close_code() == 1000


# ---- Frames


def test_a_fragmented_message_with_a_ping_in_between_is_echoed_whole(wire: Wire) -> None:
    wire.open(ECHO)
    wire.frame(ws.TEXT, b"4he", final=False)
    wire.frame(ws.PING, b"?")
    wire.frame(ws.CONTINUATION, b"llo")
    assert wire.next_frame() == (ws.PONG, b"?")
    assert wire.heard() == "4hello"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(ws.encode_message("4not masked"), ws.PROTOCOL_ERROR, id="not masked"),
        pytest.param(masked(ws.TEXT, b"4\xff"), ws.NOT_UTF8, id="not UTF-8"),
        pytest.param(masked(ws.BINARY, b"a" * 100_001), ws.TOO_BIG, id="too big"),
        pytest.param(masked(ws.TEXT, b"abc"), ws.PROTOCOL_ERROR, id="no packet"),
        pytest.param(masked(ws.TEXT), ws.PROTOCOL_ERROR, id="empty"),
        pytest.param(masked(3), ws.PROTOCOL_ERROR, id="opcode"),
        pytest.param(masked(ws.CLOSE, struct.pack("!H", 4001) + b"enough"), ws.NORMAL, id="the client closes"),
        pytest.param(masked(ws.CLOSE), ws.NORMAL, id="the client closes without a code"),
    ],
)
def test_a_websocket_ends_with_the_code_that_says_why(calm: Serving, wire: Wire, data: bytes, code: int) -> None:
    sid = wire.open(ECHO)
    wire.socket.sendall(data)
    assert wire.close_code() == code
    assert eventually(lambda: sid not in calm.sessions())


def test_nothing_is_heard_after_what_ended_the_session(wire: Wire) -> None:
    wire.open(ECHO)
    wire.socket.sendall(masked(ws.TEXT, b"1") + masked(ws.TEXT, b"4too late"))
    assert wire.next_frame() == (ws.CLOSE, struct.pack("!H", 1000))
    assert wire.is_over()


# ---- Socket.IO


def joined(wire: Wire, namespace: str = "/", auth: str = "") -> None:
    prefix = "" if namespace == "/" else f"{namespace},"
    wire.say(f"40{prefix}{auth}")
    answer = wire.heard()
    assert isinstance(answer, str)
    assert answer.startswith(f"40{prefix}")
    assert list(json.loads(answer.removeprefix(f"40{prefix}"))) == ["sid"]
    assert wire.heard() == f'42{prefix}["auth",{auth or "{}"}]'


def test_a_client_joins_namespaces_and_each_has_an_id_of_its_own(wire: Wire) -> None:
    wire.open(CHAT)
    joined(wire, auth='{"token":"123"}')
    joined(wire, "/custom", '{"abc":1}')
    wire.say('42/custom,["message",1,"2",{"3":[true]}]')
    assert wire.heard() == '42/custom,["message-back",1,"2",{"3":[true]}]'
    wire.say('42456["message-with-ack","a"]')
    assert wire.heard() == '43456["a"]'


def test_a_client_joins_and_speaks_over_polling(calm: Serving, wire: Wire, other: Wire) -> None:
    sid = wire.handshake(CHAT)
    target = polled(sid, CHAT)
    wire.ask("GET", target)
    assert eventually(lambda: calm.polls(sid))
    assert other.request("POST", target, '40{"token":"123"}').body == "ok"
    # The answer to CONNECT goes alone: the conformance suite's client loses a packet that comes in the same read.
    assert list(json.loads(wire.answer().body.removeprefix("40"))) == ["sid"]
    assert wire.request("GET", target).body == '42["auth",{"token":"123"}]'
    body = '451-["message",{"_placeholder":true,"num":0}]\x1ebAQID'
    assert other.request("POST", target, body).body == "ok"
    assert wire.request("GET", target).body == '451-["message-back",{"_placeholder":true,"num":0}]\x1ebAQID'


def test_bytes_come_back_in_events_and_acknowledgements(wire: Wire) -> None:
    wire.open(CHAT)
    joined(wire)
    holes = '{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}}'
    wire.say(f'452-["message",{holes}]', b"\1", b"\2")
    assert [wire.heard() for _ in range(3)] == [f'452-["message-back",{holes}]', b"\1", b"\2"]
    wire.say(f'452-789["message-with-ack",{holes}]', b"\1", b"\2")
    assert [wire.heard() for _ in range(3)] == [f"462-789[{holes}]", b"\1", b"\2"]


def test_an_unknown_namespace_is_refused_with_an_object_and_others_stay_open(wire: Wire) -> None:
    wire.open(CHAT)
    wire.say('40/random,{"token":"123"}')
    assert wire.heard() == '44/random,{"message":"Invalid namespace"}'
    joined(wire)


def test_a_client_that_leaves_one_namespace_speaks_on_in_another(wire: Wire) -> None:
    wire.open(CHAT)
    joined(wire)
    joined(wire, "/custom")
    wire.say("41", '42/custom,["message"]')
    assert wire.heard() == '42/custom,["message-back"]'
    joined(wire)


@pytest.mark.parametrize("said", [[], ["40/random,"]])
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_who_joins_nothing_in_time_is_cut(calm: Serving, wire: Wire, transport: str, said: list[str]) -> None:
    if transport == "websocket":
        sid = wire.open(CHAT)
        wire.say(*said)
        assert [wire.heard()[:2] for _ in said] == ["44"][: len(said)]
        calm.sweep(CONNECT_SECONDS)
        assert wire.close_code() == 1000
    else:
        sid = wire.handshake(CHAT)
        for text in said:
            wire.request("POST", polled(sid, CHAT), text)
            assert wire.request("GET", polled(sid, CHAT)).body.startswith("44")
        wire.ask("GET", polled(sid, CHAT))
        assert eventually(lambda: calm.polls(sid))
        calm.sweep(CONNECT_SECONDS)
        assert wire.answer().body == "1"
    assert sid not in calm.sessions()


def test_who_joined_in_time_stays(calm: Serving, wire: Wire, other: Wire) -> None:
    wire.open(CHAT)
    joined(wire)
    other.open(CHAT)
    calm.sweep(CONNECT_SECONDS)
    assert other.close_code() == 1000
    assert wire.heard() == "2", "a ping is due as well"
    wire.say('421["message-with-ack"]')
    assert wire.heard() == "431[]"


@pytest.mark.parametrize(
    "said",
    [
        ['42["message"]'],
        ["43[]"],
        ["41"],
        ["4abc"],
        ["49"],
        ["40", '42["message"'],
        ["40", "42{}"],
        ["40", '42["disconnect"]'],
        ["40", '42/custom,["message"]'],
        ["40", "40"],
        ["40", '451-["message",{"_placeholder":true,"num":9}]', b"a"],
        ["40", b"of nothing"],
        ["40", "42" + '["message",' + "[" * 5_000 + "]" * 5_000 + "]"],
    ],
)
def test_a_malformed_packet_ends_the_connection(calm: Serving, wire: Wire, said: list[str | bytes]) -> None:
    sid = wire.open(CHAT)
    wire.say(*said)
    assert wire.close_code() == 1000
    assert sid not in calm.sessions()


def test_what_was_said_before_the_server_closes_still_arrives(calm: Serving, wire: Wire, other: Wire) -> None:
    wire.open(CHAT)
    joined(wire)
    wire.say('42["cut"]')
    assert wire.heard() == '42["cutting"]'
    assert wire.close_code() == 1000
    sid = other.handshake(CHAT)
    other.request("POST", polled(sid, CHAT), "40")
    other.request("GET", polled(sid, CHAT))
    other.ask("GET", polled(sid, CHAT))
    assert eventually(lambda: calm.polls(sid))
    with Wire(calm.port) as third:
        assert third.request("POST", polled(sid, CHAT), '42["cut"]').body == "ok"
    # The close packet lets the client reconnect at once; without it, only its next poll would fail.
    assert other.answer().body == '42["cutting"]\x1e1'
    assert other.request("GET", polled(sid, CHAT)).code == 1


# ---- Who reads too slowly, sends too much, or goes


def flooded(wire: Wire, data: bytes, most: int) -> bool:
    """Send the data again and again and read nothing: whether the server closes the connection before `most` bytes."""
    try:
        for _ in range(most // len(data)):
            wire.socket.sendall(data)
    except ConnectionError:
        return True
    return False


def test_a_slow_reader_is_cut_off(calm: Serving) -> None:
    with Wire(calm.port, receive_buffer=4096) as wire:
        sid = wire.open(ECHO)
        assert flooded(wire, masked(ws.BINARY, b"a" * 90_000), 60_000_000)
        assert eventually(lambda: sid not in calm.sessions())
    assert still_answers(calm)


def test_who_sends_pings_and_reads_no_pongs_is_cut_off(calm: Serving) -> None:
    with Wire(calm.port, receive_buffer=4096) as wire:
        sid = wire.open(ECHO)
        assert flooded(wire, masked(ws.PING, b"a" * 125) * 500, 60_000_000)
        assert eventually(lambda: sid not in calm.sessions())
    assert still_answers(calm)


def test_who_posts_and_never_polls_is_cut_off(calm: Serving, wire: Wire) -> None:
    sid = wire.handshake(ECHO)
    for _ in range(60):
        if wire.request("POST", polled(sid), "4" + "a" * 90_000).status != 200:
            break
    assert sid not in calm.sessions()
    assert still_answers(calm)


def transport_of(running: Serving, sid: str) -> asyncio.Transport:
    websocket = running.sessions()[sid].transport
    assert websocket is not None
    # Private: nothing in the program looks at the kernel's side of a connection, or at what waits in front of it.
    return websocket._transport


def test_a_closed_websocket_whose_client_reads_nothing_does_not_linger(
    calm: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websockets, "CLOSE_SECONDS", 0.05)
    before = objects_of(websockets.WebSocket)
    with Wire(calm.port, receive_buffer=4096) as wire:
        sid = wire.open(ECHO)
        # The kernel buffers as little as it can, so that the rest waits in the server.
        with socket.socket(fileno=os.dup(transport_of(calm, sid).get_extra_info("socket").fileno())) as server_side:
            server_side.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        wire.say(*[b"a" * 90_000] * 5)
        assert eventually(lambda: transport_of(calm, sid).get_write_buffer_size() > 300_000)
        wire.say("1")
        assert eventually(lambda: sid not in calm.sessions())
        assert eventually(lambda: objects_of(websockets.WebSocket) <= before)


def answered_with_an_error(wire: Wire, data: bytes, more: bytes, most: int) -> int:
    """The status of the answer to a request that never ends."""
    try:
        wire.socket.sendall(data)
        for _ in range(most // len(more)):
            wire.socket.sendall(more)
    except ConnectionError:
        pass
    else:
        pytest.fail(f"the server took {most} bytes of it")
    try:
        return wire.answer().status
    except ConnectionError:
        # The server had answered and closed; data that arrived after that made the kernel discard the answer.
        return 400


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        pytest.param(b"GET /engine.io/?", b"a" * 10_000, id="request line"),
        pytest.param(b"GET / HTTP/1.1\r\n", b"X-Flood: yes\r\n" * 700, id="headers"),
        pytest.param(b"GET / HTTP/1.1\r\nX-Flood: ", b"a" * 10_000, id="one header"),
        pytest.param(b"GET / HTTP/1.1\r\n", b"a" * 10_000, id="the name of a header"),
        pytest.param(
            b"POST /engine.io/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a" * 10_000, id="trailer"
        ),
        pytest.param(b"POST /engine.io/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0;", b"a" * 10_000, id="chunk"),
    ],
)
def test_a_head_without_an_end_is_an_error_and_nothing_else(
    calm: Serving, wire: Wire, begin: bytes, more: bytes
) -> None:
    assert answered_with_an_error(wire, begin, more, 20_000_000) == 400
    assert still_answers(calm)


@pytest.mark.parametrize("upgrade", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda size: (f"{ECHO}?{POLLING}&a={'a' * size}", {}), id="request line"),
        pytest.param(lambda size: (f"{ECHO}?{POLLING}", {"X-Flood": "a" * size}), id="one header"),
        pytest.param(
            lambda size: (f"{ECHO}?{POLLING}", {f"X-{at}": "a" * 90 for at in range(size // 100)}), id="headers"
        ),
    ],
)
def test_a_head_that_is_too_long_is_an_error_and_one_that_is_not_is_answered(
    calm: Serving, make: object, upgrade: bool
) -> None:
    for size, statuses in ((12_000, {200, 101}), (20_000, {400})):
        with Wire(calm.port) as wire:
            target, headers = make(size)  # type: ignore[operator]
            if upgrade:
                target, headers = target.replace("polling", "websocket"), {**headers, **UPGRADING}
            assert wire.request("GET", target, headers=headers).status in statuses
    assert still_answers(calm)


@pytest.mark.parametrize("sent", [b"GET / HTT", b"GET / HTTP/1.1\r\nHost: test\r\nX-Slow: "])
def test_a_head_that_does_not_go_on_is_not_waited_for(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connection, "HEAD_SECONDS", 0.05)
    with serving(CALM) as running, Wire(running.port) as wire:
        wire.socket.sendall(sent)
        assert wire.is_over()


def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance_server, "KEEP_ALIVE_SECONDS", 0.1)
    with serving(CALM) as running:

        def is_answered_and_then_closed() -> bool:
            with Wire(running.port) as wire:
                try:
                    assert wire.request("GET", f"{ECHO}?{POLLING}").status == 200
                except (EOFError, ConnectionError):
                    # A slow machine asked too late.
                    return False
                return wire.is_over()

        assert eventually(is_answered_and_then_closed)


def test_a_line_break_is_no_request_and_does_not_end_the_upgrade_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(CALM) as running, Wire(running.port) as idle, Wire(running.port) as wire, Wire(running.port) as slow:
        for each in (idle, wire):
            assert each.request("GET", f"{ECHO}?{POLLING}").status == 200
        monkeypatch.setattr(http_connection, "HEAD_SECONDS", 0.05)
        idle.socket.sendall(b"\r\n")
        assert idle.is_over()
        lines = [f"GET {ECHO}?{WEBSOCKET} HTTP/1.1", *(f"{name}: {value}" for name, value in UPGRADING.items())]
        wire.socket.sendall(("\r\n\r\n" + "\r\n".join([*lines, "", ""])).encode())
        assert wire.answer().status == 101
        slow.socket.sendall(b"GET / HTT")
        assert slow.is_over(), "and so the time of a head that began earlier is over, too"
        assert str(wire.heard()).startswith("0")
        wire.say("4hello")
        assert wire.heard() == "4hello"


def test_long_bodies_one_after_the_other_are_not_taken_for_a_long_head(wire: Wire) -> None:
    sid = wire.handshake(ECHO)
    for _ in range(5):
        assert wire.request("POST", polled(sid), "4" + "a" * 90_000).body == "ok"
        assert len(wire.request("GET", polled(sid)).body) == 90_001


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_gets_413_and_ends_the_session(calm: Serving, wire: Wire, chunked: bool) -> None:
    sid = wire.handshake(ECHO)
    body = "4" + "a" * 100_000
    if chunked:
        wire.socket.sendall(f"POST {polled(sid)} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        wire.socket.sendall(f"{len(body):x}\r\n{body}\r\n".encode())
        assert wire.answer().status == 413
    else:
        assert wire.request("POST", polled(sid), body).status == 413
    assert sid not in calm.sessions()
    assert still_answers(calm)


@pytest.mark.parametrize("path", [ECHO, CHAT])
def test_five_hundred_connects_and_drops_leave_nothing_behind(calm: Serving, path: str) -> None:
    end_all_sessions(calm)
    before = objects_of(websockets.WebSocket)
    for at in range(500):
        with Wire(calm.port) as wire:
            if at % 5 == 0:
                wire.handshake(path)
                continue
            if at % 5 == 1:
                sid = wire.handshake(path)
                wire.upgrade(path, sid)
                wire.say("2probe", *(["5"] if at % 2 else []))
                continue
            wire.open(path)
            if at % 5 == 2:
                wire.say("40" if path == CHAT else "4hello")
            elif at % 5 == 3:
                wire.frame(ws.CLOSE)
            elif at % 5 == 4:
                wire.socket.sendall(masked(ws.TEXT, b"4a message")[:-3])
    end_all_sessions(calm)
    assert eventually(lambda: objects_of(websockets.WebSocket) <= before)
    assert still_answers(calm)


def end_all_sessions(running: Serving) -> None:
    """Sessions on a WebSocket end with their connection, those that poll when nobody answers their pings."""
    assert eventually(lambda: all(session.transport is None for session in running.sessions().values()))
    running.sweep(PING_DUE)
    running.sweep(3600)
    assert not running.sessions()


def test_an_engine_that_closes_ends_every_session_once() -> None:
    closed: list[str] = []

    class Listening:
        def on_message(self, data: str | bytes) -> None: ...

        def on_close(self, reason: str) -> None:
            closed.append(reason)

    async def run() -> None:
        ids = iter("abc")
        engine = Engine(CALM, lambda session: Listening(), lambda: next(ids), frozenset())
        sessions = [engine.open(transport, "en") for transport in ("polling", "polling", "websocket")]
        sessions[0].close("first")
        assert list(engine.sessions) == ["b", "c"]
        engine.close()
        engine.close()
        assert engine.sessions == {}

    asyncio.run(run())
    assert closed == ["first", "server close", "server close"]


def test_nothing_follows_the_close_of_a_client_that_was_about_to_receive_something(wire: Wire) -> None:
    wire.open(ECHO)
    wire.socket.sendall(masked(ws.TEXT, b"4hello") + masked(ws.TEXT, b"1"))
    assert wire.close_code() == 1000


class Silent:
    """Listens to a session, and answers nothing."""

    def on_message(self, data: str | bytes) -> None: ...

    def on_close(self, reason: str) -> None: ...


def test_a_poll_that_is_cancelled_leaves_its_packets_to_the_next_one() -> None:
    async def run() -> None:
        engine = Engine(CALM, lambda session: Silent(), lambda: "sid", frozenset())
        session = engine.open("polling", "en")
        session.take_outgoing()
        sent: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return await asyncio.get_running_loop().create_future()

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {"method": "GET", "client": None, "headers": [], "query_string": f"{POLLING}&sid=sid".encode()}
        cancelled = asyncio.ensure_future(Polling(engine)(scope, receive, send))
        while session.transport is None:
            await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.wait([cancelled])
        session.send(["news"])
        await Polling(engine)(scope, receive, send)
        assert [message.get("body") for message in sent] == [None, b"4news"]
        engine.close()

    asyncio.run(run())


def test_a_request_for_a_session_that_is_late_is_refused_before_any_sweep_has_found_it() -> None:
    async def run() -> None:
        engine = Engine(CALM, lambda session: Silent(), lambda: "sid", frozenset())
        session = engine.open("polling", "en")
        query = {"EIO": "4", "transport": "polling", "sid": "sid"}
        assert engine.classify("GET", query, False, None, "") == POLL
        session.deadline = engine.loop.time() - 1
        assert engine.classify("GET", query, False, None, "") == UNKNOWN_SESSION
        assert engine.sessions == {}
        engine.close()

    asyncio.run(run())


# ---- Origins


@pytest.mark.parametrize(("origin", "status"), [(HOME, 200), (None, 200), ("https://evil.example", 403), ("null", 403)])
def test_polling_is_for_pages_of_allowed_origins(guarded: Serving, origin: str | None, status: int) -> None:
    headers = {"Origin": origin} if origin else {}
    with Wire(guarded.port) as wire:
        answer = wire.request("GET", f"{ECHO}?{POLLING}", headers=headers)
        assert answer.status == status
        told = answer.headers.get("access-control-allow-origin")
        assert told == (HOME if origin == HOME else None)
        assert answer.headers.get("access-control-allow-credentials") == ("true" if told else None)


@pytest.mark.parametrize(("origin", "status"), [(HOME, 101), (None, 101), ("https://evil.example", 403), ("null", 403)])
def test_a_websocket_is_for_pages_of_allowed_origins(guarded: Serving, origin: str | None, status: int) -> None:
    with Wire(guarded.port) as wire:
        answer = wire.upgrade(ECHO, headers={"Origin": origin} if origin else {})
        assert answer.status == status
        assert status == 101 or answer.code == 4


@pytest.mark.parametrize(("origin", "allowed"), [(HOME, HOME), ("https://evil.example", None)])
def test_a_browser_that_asks_first_is_told_which_origins_may(
    guarded: Serving, origin: str, allowed: str | None
) -> None:
    with Wire(guarded.port) as wire:
        answer = wire.request("OPTIONS", f"{ECHO}?{POLLING}", headers={"Origin": origin})
        assert answer.status == 204
        assert answer.headers.get("access-control-allow-origin") == allowed


def test_where_every_origin_may_each_is_named(calm: Serving, wire: Wire) -> None:
    answer = wire.request("GET", f"{ECHO}?{POLLING}", headers={"Origin": "https://any.example"})
    assert answer.headers["access-control-allow-origin"] == "https://any.example"
    assert answer.headers["vary"] == "origin"


# ---- Who is let in


@pytest.mark.parametrize("ask", [POLLING, WEBSOCKET])
def test_above_the_most_connections_a_handshake_is_answered_503_and_those_inside_go_on(ask: str) -> None:
    with serving(CALM, max_sessions=1) as running, Wire(running.port) as inside, Wire(running.port) as outside:
        inside.open(ECHO)
        headers = UPGRADING if ask == WEBSOCKET else {}
        refused = outside.request("GET", f"{ECHO}?{ask}", headers=headers)
        assert (refused.status, json.loads(refused.body)["message"]) == (503, "Too many connections")
        inside.say("4still here")
        assert inside.heard() == "4still here"


@pytest.mark.parametrize("ask", [POLLING, WEBSOCKET])
def test_a_handshake_is_refused_by_the_peer_and_all_lines_of_what_proxies_wrote(ask: str) -> None:
    asked: list[tuple[str | None, str]] = []

    def admits(peer: str | None, forwarded_for: str) -> bool:
        asked.append((peer, forwarded_for))
        return not forwarded_for

    upgrading = "".join(f"{name}: {value}\r\n" for name, value in UPGRADING.items()) if ask == WEBSOCKET else ""
    lines = "X-Forwarded-For: 203.0.113.9, 198.51.100.1\r\nX-Forwarded-For: 192.0.2.1\r\n"
    with serving(CALM, admits=admits) as running, Wire(running.port) as wire:
        assert wire.request("GET", f"{ECHO}?{POLLING}").status == 200
        wire.socket.sendall(f"GET {ECHO}?{ask} HTTP/1.1\r\nHost: test\r\n{lines}{upgrading}\r\n".encode())
        assert wire.answer().status == 429
    assert [peer for peer, _ in asked] == ["127.0.0.1", "127.0.0.1"]
    assert [forwarded_for.replace(" ", "") for _, forwarded_for in asked] == ["", "203.0.113.9,198.51.100.1,192.0.2.1"]


# ---- The clock of an engine


async def test_each_session_gets_its_pings_and_its_end_on_time_and_nobody_else_does() -> None:
    # Engine.IO, "Heartbeat": over both transports a session ends pingInterval + pingTimeout after its last sign of life.
    ended: dict[str, float] = {}
    ids = iter(range(10_000))

    class Listening:
        def __init__(self, session: Session) -> None:
            self.sid = session.sid

        def on_message(self, data: str | bytes) -> None: ...

        def on_close(self, reason: str) -> None:
            if reason == "ping timeout":
                ended[self.sid] = loop.time()

    loop = ClockedLoop()
    engine = Engine(Timing(ping_interval=25.0, ping_timeout=20.0), Listening, lambda: str(next(ids)), frozenset())
    engine.loop = loop  # type: ignore[assignment]
    opened: dict[str, float] = {}
    for _ in range(40):
        for transport in ("polling", "websocket"):
            opened[engine.open(transport, "").sid] = loop.time()
        await loop.pass_seconds(0.37)
    alive = engine.open("polling", "")
    for _ in range(2):
        await loop.pass_seconds(30.0)
        assert "2" in alive.take_outgoing()
        alive.receive("3", loop.time())
    assert opened.keys() == ended.keys()
    assert all(45.0 <= ended[sid] - opened[sid] <= 45.0 + 0.4 for sid in opened), "at most a fiftieth of 20 s late"
    assert list(engine.sessions) == [alive.sid]
    engine.close()


async def test_a_session_is_not_asked_again_and_again_at_a_time_that_rounding_moved_before_it_is_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks, tick = itertools.count(), Session.tick

    def counted(session: Session, now: float) -> float:
        assert next(ticks) < 1_000
        return tick(session, now)

    monkeypatch.setattr(Session, "tick", counted)
    loop = ClockedLoop()
    ids = iter(("first", "sid"))
    engine = Engine(Timing(0.3, 0.2), lambda session: Silent(), lambda: next(ids), frozenset())
    engine.loop = loop  # type: ignore[assignment]
    await loop.pass_seconds(100_000.02)
    engine.open("polling", "")
    # Its ping is due at 100000.33200000001, and ticks come at multiples of 0.004.
    await loop.pass_seconds(0.012)
    session = engine.open("polling", "")
    session.take_outgoing()
    await loop.pass_seconds(0.4)
    assert session.take_outgoing() == ["2"]
    engine.close()


async def test_after_a_defect_in_one_session_the_others_get_their_pings_again() -> None:
    class Broken(Silent):
        def on_close(self, reason: str) -> None:
            raise ZeroDivisionError

    loop = ClockedLoop()
    listeners = iter([Broken(), Silent()])
    ids = iter(("broken", "whole"))
    engine = Engine(CALM, lambda session: next(listeners), lambda: next(ids), frozenset())
    engine.loop = loop  # type: ignore[assignment]
    engine.open("polling", "").deadline = 1.0
    session = engine.open("polling", "")
    session.take_outgoing()
    with pytest.raises(ZeroDivisionError):
        await loop.pass_seconds(5.0)
    await loop.pass_seconds(PING_DUE)
    assert session.take_outgoing() == ["2"]
    engine.close()


async def test_an_engine_without_sessions_has_no_timer() -> None:
    loop = ClockedLoop()
    engine = Engine(CALM, lambda session: Silent(), lambda: "sid", frozenset())
    engine.loop = loop  # type: ignore[assignment]
    assert loop.timers() == 0
    engine.open("polling", "").close()
    await loop.pass_seconds(60.0)
    assert loop.timers() == 0
    engine.open("polling", "")
    assert loop.timers() > 0
    engine.close()
    assert loop.timers() == 0
