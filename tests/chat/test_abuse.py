"""What one user does beyond any need takes little from others. With handed-in time."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from typing import Any

import pytest

from glimpse.chat import service as service_module
from glimpse.chat.addresses import ClientNetworks
from glimpse.chat.app import Task
from glimpse.chat.held_bytes import HeldBytes
from glimpse.chat.outside import logs
from glimpse.chat.outside.rest import BYTES_PER_REQUEST, FILES_PER_REQUEST, MEMBERS_PER_REQUEST
from glimpse.chat.outside.slow_answers import BURST_SECONDS, WAIT_SECONDS, SlowAnswers
from glimpse.chat.protocol.engineio import WEBSOCKET, Timing
from glimpse.chat.protocol.session import FLOODING, MAX_OTHERS, ON_WEBSOCKET, OTHERS_SECONDS, Session
from glimpse.chat.protocol.socketio import CONNECT_COST, LONG_MESSAGE, ROOT, Packet, Peer
from glimpse.chat.service import (
    FLOOD_SECONDS,
    JOINS,
    JOINS_PER_SECOND,
    LONG_CHARACTERS_PER_SECOND,
    MAX_FREE_CURSORS,
)
from glimpse.chat.settings import read_settings
from glimpse.chat.tokens import Tokens
from glimpse.chat.values import NewMessage
from tests.chat.conftest import memory_store
from tests.chat.harness import SECRET, Document, ServiceHarness, code


def cursors(count: int, **rest: Any) -> Document:
    return {"cursors": {f"room-of-nobody-{number}": 0 for number in range(count)}, **rest}


def other_packets() -> dict[str, list[str | bytes]]:
    """What a client that joined may send beside events, each more often than it may within ten seconds."""
    return {
        "pongs": ["3"] * (MAX_OTHERS + 1),
        "acknowledgements of nothing": ["431[]"] * (MAX_OTHERS + 1),
        "requests for other namespaces": ["40/other,"] * (MAX_OTHERS // CONNECT_COST + 1),
        "attachments": ['451-["nothing"]', b"a"] * (MAX_OTHERS // 2) + ["431[]"],
    }


class Listening:
    """An application that lets everybody into `/`, and a registry of sessions; it answers no event."""

    held = HeldBytes()

    def __init__(self) -> None:
        self.asked: list[str] = []

    def on_connect(self, peer: Peer, namespace: str, auth: dict[str, Any]) -> None:
        self.asked.append(namespace)
        if namespace == ROOT:
            peer.accept(namespace, "sid")
        else:
            peer.refuse(namespace, "Invalid namespace")

    def on_text(self, peer: Peer, text: str) -> bool:
        return False

    def on_event(self, peer: Peer, event: Packet) -> None: ...

    def refuses(self, peer: Peer, characters: int, ack_id: int | None) -> bool:
        return False

    def on_disconnect(self, peer: Peer, namespace: str, reason: str) -> None: ...

    def flush_soon(self, session: Any) -> None: ...

    def forget(self, session: Session) -> None: ...


def joined_session(application: Listening) -> Session:
    session = Session("sid", WEBSOCKET, Timing(), 0.0, lambda one: Peer(application, one, lambda: 10.0), application)
    session.receive("40", 0.0)
    session.tick(OTHERS_SECONDS)
    return session


@pytest.mark.parametrize("what", other_packets())
def test_whoever_sends_many_packets_that_are_no_events_is_cut_off(what: str) -> None:
    session = joined_session(Listening())
    packets = other_packets()[what]
    for packet in packets[:-1]:
        session.receive(packet, OTHERS_SECONDS)
    session.tick(2 * OTHERS_SECONDS)
    assert session.state == ON_WEBSOCKET
    for packet in packets:
        session.receive(packet, 2 * OTHERS_SECONDS)
    assert session.end_reason == FLOODING


def test_events_and_heartbeats_alone_never_cut_a_client_off() -> None:
    session = joined_session(Listening())
    for now in range(0, 1_000, 5):
        for packet in ('42["typing"]' for _ in range(MAX_OTHERS)):
            session.receive(packet, now)
        session.receive("3", now)
        session.tick(now)
    assert session.end_reason in ("", "ping timeout")


def test_requests_to_join_are_few_while_none_succeeds() -> None:
    application = Listening()
    session = Session("sid", WEBSOCKET, Timing(), 0.0, lambda one: Peer(application, one, lambda: 10.0), application)
    for _ in range(100):
        session.receive("40/other,", 0.0)
    assert (len(application.asked), session.end_reason) == (MAX_OTHERS // CONNECT_COST, FLOODING)


async def test_a_user_whose_clients_join_and_leave_without_end_has_to_wait_and_nobody_else_has() -> None:
    harness = ServiceHarness()
    token = {"token": harness.tokens.issue("ada", harness.now())}
    for _ in range(JOINS):
        peer, _ = await harness.connects(token)
        assert peer.joined
        harness.disconnects(peer)
    peer, socket = await harness.connects(token)
    assert (peer.joined, socket.closed, socket.refused) == ((), "rate_limited", None)
    await harness.enters("bob")
    harness.time += 1 / JOINS_PER_SECOND
    assert (await harness.connects(token))[0].joined


class Answering:
    """An application whose every answer has the status that the test says, asked from one address after the other."""

    def __init__(self, status: int) -> None:
        self.status, self.time, self.is_draining, self.waits = status, 0.0, False, list[float]()
        networks = ClientNetworks(0, lambda: None)
        self._slow = SlowAnswers(self._answer, networks, 2, lambda: self.time, lambda: self.is_draining, self._sleep)

    async def asked(self, address: str, path: str = "/me", token: str = "", query: bytes = b"") -> None:
        headers = [(b"authorization", token.encode())] if token else []
        scope = {"path": path, "headers": headers, "query_string": query, "client": (address, 1)}
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await self._slow(scope, None, send)
        assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": self.status})
        await send({"type": "http.response.body"})

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


async def test_the_refusals_of_a_network_that_asks_without_end_wait_and_those_of_others_do_not() -> None:
    answering = Answering(429)
    for _ in range(2 * BURST_SECONDS):
        await answering.asked("1.2.3.4", token="Bearer any")
    assert answering.waits == []
    for _ in range(3):
        await answering.asked("1.2.3.4", token="Bearer any")
    assert answering.waits == [WAIT_SECONDS] * 3
    await answering.asked("5.6.7.8", token="Bearer any")
    answering.time += 1 / 2
    await answering.asked("1.2.3.4", token="Bearer any")
    assert len(answering.waits) == 3
    answering.is_draining = True
    await answering.asked("1.2.3.4", token="Bearer any")
    assert len(answering.waits) == 3, "the task would end before"


@pytest.mark.parametrize(
    ("status", "request_", "waits"),
    [
        pytest.param(200, {"path": "/openapi.json"}, True, id="what anybody may get"),
        pytest.param(400, {"path": "/socket.io/", "query": b"EIO=4&sid=nobodys"}, True, id="a session of nobody"),
        pytest.param(401, {"token": "Bearer forged"}, True, id="a forged token"),
        pytest.param(200, {"token": "Bearer valid"}, False, id="what a user gets"),
        pytest.param(200, {"path": "/socket.io/", "query": b"EIO=4&sid=mine"}, False, id="a poll"),
        pytest.param(503, {"path": "/health"}, False, id="the health check"),
    ],
)
async def test_only_what_no_other_rate_limits_waits(status: int, request_: dict[str, Any], waits: bool) -> None:
    answering = Answering(status)
    for _ in range(2 * BURST_SECONDS + 1):
        await answering.asked("1.2.3.4", **request_)
    assert bool(answering.waits) == waits


def test_what_is_no_http_writes_no_log() -> None:
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    stream = io.StringIO()
    logs.configure(stream)
    try:
        logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
        assert stream.getvalue() == ""
        logging.getLogger("uvicorn.error").error("Exception in ASGI application")
        assert "Exception in ASGI application" in stream.getvalue()
    finally:
        root.handlers[:] = before


async def test_a_sync_of_many_cursors_counts_as_one_event_for_each_20() -> None:
    harness = ServiceHarness(events_per_second=50)
    peer, _ = await harness.enters("ada")
    assert "messages" in await harness.asks(peer, "sync", cursors(2_000))
    # It counted as 100 events, 50 more than a second brings.
    assert code(await harness.asks(peer, "sync", cursors(1))) == "rate_limited"
    harness.time += 1.0
    assert code(await harness.says(peer, "room", "1")) == "rate_limited"
    harness.time += 0.1
    assert "messages" in await harness.asks(peer, "sync", cursors(1))


@pytest.mark.parametrize("request_", [cursors(MAX_FREE_CURSORS), cursors(2_000, only=["room-of-nobody-1"])])
async def test_a_short_sync_and_one_of_named_conversations_count_as_one_event(request_: Document) -> None:
    harness = ServiceHarness(events_per_second=5)
    peer, _ = await harness.enters("ada")
    for _ in range(4):
        assert "messages" in await harness.asks(peer, "sync", request_)
    assert "messages" in await harness.asks(peer, "sync", cursors(1))


@pytest.mark.parametrize("request_", [None, [], "cursors", {"cursors": 5}, {"cursors": []}, {"only": None}])
async def test_a_sync_that_is_no_request_is_refused_and_counts_as_one_event(request_: object) -> None:
    harness = ServiceHarness(events_per_second=2)
    peer, _ = await harness.enters("ada")
    assert code(await harness.asks(peer, "sync", request_)) == "invalid"
    assert "messages" in await harness.asks(peer, "sync", cursors(1))


async def test_long_messages_are_limited_before_they_are_decoded() -> None:
    harness = ServiceHarness()
    peer, socket = await harness.enters("ada")
    answers: list[Document] = []
    for number in range(3):
        socket.on_answer[number] = answers.append
    long = '2%d["nothing","' + "x" * LONG_CHARACTERS_PER_SECOND + '"]'
    peer.on_message(long % 0)
    peer.on_message(long % 1)
    assert [code(answer) for answer in answers] == ["invalid", "rate_limited"]
    assert socket.closed is None
    # Half of the JSON is missing, and nobody looks.
    peer.on_message('22["nothing","' + "x" * LONG_MESSAGE)
    assert [code(answer) for answer in answers[2:]] == ["rate_limited"]
    harness.time += 2.0
    peer.on_message('22["nothing","' + "x" * LONG_MESSAGE)
    assert socket.closed == "parse error"


async def test_short_messages_go_on_while_long_ones_are_refused() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    peer, _ = await harness.enters("ada")
    for _ in range(2):
        peer.on_message('2["nothing","' + "x" * LONG_CHARACTERS_PER_SECOND + '"]')
    assert (await harness.says(peer, room, "1"))["seq"] == 1


async def test_who_goes_on_after_many_refusals_is_cut_off() -> None:
    harness = ServiceHarness(events_per_second=5)
    peer, socket = await harness.enters("ada")
    for _ in range(5 + FLOOD_SECONDS * 5):
        harness.emits(peer, "nothing")
    assert socket.closed is None
    harness.emits(peer, "nothing")
    assert socket.closed == "flooding"


async def test_who_goes_on_with_long_messages_is_cut_off_soon() -> None:
    harness = ServiceHarness(events_per_second=50)
    peer, socket = await harness.enters("ada")
    long, sent = '2["sync","' + "x" * 900_000 + '"]', 0
    while socket.closed is None:
        peer.on_message(long)
        sent += 1
    assert (sent, socket.closed) == (12, "flooding")


async def test_a_user_who_sends_a_little_too_much_for_long_is_not_cut_off() -> None:
    harness = ServiceHarness(events_per_second=5)
    peer, socket = await harness.enters("ada")
    for _ in range(1_000):
        harness.time += 0.11
        harness.emits(peer, "nothing")
    assert harness.counts.refusals["rate_limited"] > 100
    assert socket.closed is None


async def test_many_users_who_leave_events_pending_do_not_fill_the_places_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each user may use a share of the places that are left, so some always are."""
    monkeypatch.setattr(service_module, "MAX_PENDING", 500)
    harness = ServiceHarness(events_per_second=100)
    answered = asyncio.Event()

    async def mark_read(*_: Any) -> int:
        await answered.wait()
        return 1

    monkeypatch.setattr(harness.service.messages, "mark_read", mark_read)
    (ada, _), *others = [await harness.enters(f"user-{number}") for number in range(51)]
    for peer, _ in others:
        for _ in range(100):
            harness.emits(peer, "read", {"conversationId": "room", "seq": 1})
    assert harness.counts.refusals["busy"] > 4_000
    answers: list[Document] = []
    harness.emits(ada, "read", {"conversationId": "room", "seq": 1}, answer=answers.append)
    answered.set()
    await harness.service.wait_until_idle()
    assert answers == [{"seq": 1}]


async def test_many_users_whose_messages_wait_do_not_fill_the_places_of_others() -> None:
    harness = ServiceHarness(events_per_second=5_000)
    room = await harness.room("ada", "bob")
    answered = asyncio.Event()
    append = harness.store.append

    async def slow(*asked: Any) -> Any:
        await answered.wait()
        return await append(*asked)

    harness.store.append = slow  # type: ignore[method-assign]
    (ada, _), *others = [await harness.enters(name) for name in ("ada", *map(str, range(50)))]
    for peer, _ in others:
        for number in range(300):
            message = {"conversationId": room, "clientId": str(number), "body": "hello"}
            harness.emits(peer, "message", message)
    assert harness.counts.refusals["busy"] > 10_000
    answers: list[Document] = []
    message = {"conversationId": room, "clientId": "1", "body": "hello"}
    harness.emits(ada, "message", message, answer=answers.append)
    answered.set()
    await harness.service.wait_until_idle()
    assert [answer["seq"] for answer in answers] == [1]


# ---- REST


class RestClient:
    """A task in memory whose time a test sets, and the requests of one user, who may send five a second."""

    def __init__(self) -> None:
        self.time, self.store = 1_000_000.0, memory_store()
        settings = read_settings({"GLIMPSE_JWT_SECRETS": SECRET, "GLIMPSE_EVENTS_PER_SECOND": "5"})
        self.parts = Task(self.store, settings, now=lambda: self.time).build()
        self.token = Tokens([SECRET], 3600).issue("ada", self.time)

    async def request(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, str], Any]:
        """The status, the headers and the document of the response."""
        events: list[Any] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": json.dumps(body).encode()}

        async def send(event: Any) -> None:
            events.append(event)

        path, _, query = path.partition("?")
        headers = [(b"authorization", f"Bearer {self.token}".encode())]
        scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "headers": headers,
                 "query_string": query.encode(), "client": ("192.0.2.1", 5000)}  # fmt: skip
        await self.parts.application(scope, receive, send)
        began, *parts = events
        answer = b"".join(part["body"] for part in parts)
        names = {name.decode(): value.decode() for name, value in began["headers"]}
        return began["status"], names, json.loads(answer)

    def close(self) -> None:
        self.parts.engine.close()
        self.parts.passwords.close()


async def test_a_large_response_counts_as_many_requests() -> None:
    client = RestClient()
    for user_id in ("ada", "bob"):
        await client.store.ensure_user(user_id)
    await client.store.create_conversation("room", "ada", ["bob"])
    messages = [NewMessage("room", "ada", str(number), "x" * 4_000) for number in range(200)]
    await client.store.append(messages)
    status, _, history = await client.request("GET", "/conversations/room/messages?limit=200")
    assert (status, len(history["messages"])) == (200, 200)
    # It took one token and 12 more of the five, and the next needs one.
    assert 200 * 4_000 // BYTES_PER_REQUEST == 12
    status, headers, _ = await client.request("GET", "/me")
    assert (status, headers["retry-after"]) == (429, "2")
    client.time += 2.0
    assert (await client.request("GET", "/me"))[0] == 200
    client.close()


async def test_a_list_of_many_files_counts_as_many_requests() -> None:
    client = RestClient()
    ids = ",".join(f"file-{number}" for number in range(100))
    assert (await client.request("GET", f"/files?ids={ids}"))[::2] == (200, {"files": []})
    # It took one token and 50 more of the five, and the next needs one.
    assert 100 // FILES_PER_REQUEST == 50
    status, headers, _ = await client.request("GET", "/me")
    assert (status, headers["retry-after"]) == (429, "10")
    client.time += 10.0
    assert (await client.request("GET", "/me"))[0] == 200
    client.close()


async def test_a_large_group_counts_as_many_requests() -> None:
    client = RestClient()
    members = [f"user-{number}" for number in range(100)]
    for user_id in ("ada", *members):
        await client.store.ensure_user(user_id)
    assert (await client.request("POST", "/conversations", {"memberIds": members}))[0] == 201
    status, headers, _ = await client.request("POST", "/conversations", {"memberIds": members[:1]})
    # One for the request and five for its members, of the five that a second brings.
    assert len(members) // MEMBERS_PER_REQUEST == 5
    assert (status, headers["retry-after"]) == (429, "1")
    client.time += 1.0
    assert (await client.request("POST", "/conversations", {"memberIds": members[:1]}))[0] == 201
    client.close()
