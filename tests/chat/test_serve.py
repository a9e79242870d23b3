"""`glimpse serve` as people start it: a process with an embedded database, and what is left after it was killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from jsonschema import Draft202012Validator

from glimpse.chat.openapi import openapi_document
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.protocol.websocket import RESTART
from tests.chat.serving import UPGRADING, WEBSOCKET, Answer, Wire, eventually

SECONDS = 120.0
"""A process that takes longer hangs."""

ROUNDS = 10
CHAT = "/socket.io/"


ENVIRONMENT = {
    **os.environ,
    "LANG": "C.UTF-8",
    "GLIMPSE_PORT": "0",
    "GLIMPSE_HOST": "127.0.0.1",
    "GLIMPSE_DRAIN_SECONDS": "0",
    # All clients of a test have one address.
    "GLIMPSE_ADDRESS_REQUESTS_PER_SECOND": "100000",
}


@dataclass
class Serving:
    """A running `glimpse serve`: its process, its port, and the lines of its stderr."""

    process: subprocess.Popen[str]
    port: int
    said: list[str]

    def rest(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        answer = self.ask(method, path, json.dumps(body) if body is not None else "", token)
        document = json.loads(answer.body)
        fits_its_description(method, path, answer.status, document)
        return answer.status, document

    def ask(self, method: str, path: str, body: str = "", token: str = "", **headers: str) -> Answer:
        with Wire(self.port) as wire:
            return wire.request(method, path, body, {"Authorization": f"Bearer {token}", **headers})

    def sign_up(self, handle: str) -> tuple[str, str]:
        status, made = self.rest("POST", "/auth/signup", {"handle": handle, "password": "a long password"})
        assert status == 201, made
        return made["user"]["id"], made["accessToken"]

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(SECONDS)


@contextmanager
def serve(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Serving]:
    """Run `glimpse serve` in a folder. The process ends with the block, however that ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "glimpse", "serve"],
        cwd=folder,
        env={**ENVIRONMENT, **(environment or {})},
        stderr=subprocess.PIPE,
        text=True,
    )
    # If the process hangs, killing it closes the pipe, and readline below returns.
    timeout = threading.Timer(SECONDS, process.kill)
    timeout.start()
    try:
        said: list[str] = []
        port = None
        assert process.stderr
        while port is None and (line := process.stderr.readline()):
            said.append(line)
            port = re.search(r"listens on port (\d+)", line)
        timeout.cancel()
        assert port, said
        drained = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
        drained.start()
        yield Serving(process, int(port[1]), said)
        process.terminate()
        process.wait(SECONDS)
        drained.join(SECONDS)
    finally:
        timeout.cancel()
        if process.poll() is None:
            process.kill()
        process.wait(SECONDS)
        if process.stderr:
            process.stderr.close()


DESCRIPTION = openapi_document("test")


def fits_its_description(method: str, path: str, status: int, document: Any) -> None:
    """Check that a response has a status and a document that /openapi.json describes for its endpoint."""
    asked = path.partition("?")[0]
    found = [
        operations[method.lower()]
        for template, operations in DESCRIPTION["paths"].items()
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), asked) and method.lower() in operations
    ]
    if not found:
        assert status == 404, f"{method} {path} is served and not described"
        return
    responses = found[0]["responses"]
    promised = responses.get(str(status), responses["default"])["content"]["application/json"]["schema"]
    assert (str(status) in responses) == (status < 300)
    Draft202012Validator({**promised, "components": DESCRIPTION["components"]}).validate(document)


def glimpse(command: str, folder: Path, environment: Mapping[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "glimpse", command, *more],
        cwd=folder,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def join(wire: Wire, token: str) -> None:
    wire.open(CHAT)
    wire.say("40" + json.dumps({"token": token}))
    assert str(wire.heard()).startswith('40{"sid"')


def send(wire: Wire, room: str, client_id: str, body: str = "hello") -> None:
    wire.say("427" + json.dumps(["message", {"conversationId": room, "clientId": client_id, "body": body}]))


def acknowledgement(wire: Wire) -> dict[str, Any]:
    """The next acknowledgement; events before it are skipped."""
    while not (heard := str(wire.heard())).startswith("437"):
        assert heard.startswith(("42", "2")), heard
    found: dict[str, Any] = json.loads(heard[3:])[0]
    return found


def heard_next(wire: Wire, name: str) -> dict[str, Any]:
    """The next event of a name; events and acknowledgements before it are skipped."""
    while not (heard := str(wire.heard())).startswith(f'42["{name}"'):
        assert heard.startswith(("42", "43", "2")), heard
    found: dict[str, Any] = json.loads(heard[2:])[1]
    return found


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serve(tmp_path_factory.mktemp("serve")) as running:
        yield running


def test_two_people_sign_up_and_chat(serving: Serving) -> None:
    (_, anns), (bob, bobs) = serving.sign_up("앤"), serving.sign_up("Bob")
    status, room = serving.rest("POST", "/conversations", {"memberIds": [bob]}, anns)
    assert (status, room["lastSeq"]) == (201, 0)
    with Wire(serving.port) as ann, Wire(serving.port) as other:
        join(ann, anns)
        join(other, bobs)
        send(ann, room["id"], "1", "안녕하세요")
        assert acknowledgement(ann)["seq"] == 1
        while not (heard := str(other.heard())).startswith('42["message"'):
            assert heard.startswith('42["presence"')
        assert json.loads(heard[2:])[1]["body"] == "안녕하세요"
    status, listed = serving.rest("GET", "/conversations", token=bobs)
    assert [(each["lastMessage"]["body"], each["unread"]) for each in listed["conversations"]] == [("안녕하세요", 1)]


def measured(serving: Serving) -> str:
    return serving.ask("GET", "/metrics").body


def test_it_is_well_and_says_so_but_not_through_the_balancer(serving: Serving) -> None:
    assert serving.ask("GET", "/health").status == 200
    assert json.loads(serving.ask("GET", "/ready").body) == {"ready": True, "problems": {}}
    with Wire(serving.port) as wire:
        join(wire, serving.sign_up("somebody-measured")[1])
        wire.say("41")
        assert eventually(lambda: 'glimpse_leaves_total{reason="client disconnect"} 1.0' in measured(serving))
    for line in (
        "glimpse_sockets 0.0",
        "glimpse_database_connections_most 4.0",
        "glimpse_commit_waiting 0.0",
        'glimpse_ack_seconds_bucket{le="+Inf"}',
        "glimpse_commit_messages_count",
    ):
        assert line in measured(serving)
    for path in ("/ready", "/metrics"):
        assert serving.ask("GET", path, **{"X-Forwarded-For": "192.0.2.1"}).status == 403
    assert serving.ask("GET", "/health", **{"X-Forwarded-For": "192.0.2.1"}).status == 200


def test_it_describes_itself_and_every_endpoint_answers_as_described(serving: Serving) -> None:
    described = json.loads(serving.ask("GET", "/openapi.json").body)
    assert described["paths"] == DESCRIPTION["paths"]
    assert described["openapi"] == "3.1.0"
    (_, adas), (bob, bobs), (cy, _) = (serving.sign_up(name) for name in ("openada", "openbob", "opency"))
    _, pair = serving.rest("POST", "/conversations", {"memberIds": [bob]}, adas)
    assert serving.rest("POST", "/conversations", {"memberIds": [bob]}, adas) == (200, pair)
    _, group = serving.rest("POST", "/conversations", {"memberIds": [bob, cy]}, adas)
    with Wire(serving.port) as wire:
        join(wire, adas)
        for number in ("1", "2"):
            send(wire, group["id"], number)
            acknowledgement(wire)
    asked = [
        serving.rest("POST", "/auth/login", {"handle": "openada", "password": "a long password"}),
        serving.rest("POST", "/auth/refresh", token=adas),
        serving.rest("GET", "/me", token=adas),
        serving.rest("POST", "/profile", {"displayName": "에이다"}, adas),
        serving.rest("GET", "/users?handle=OpenBob", token=adas),
        serving.rest("PUT", f"/users/{bob}/block", token=adas),
        serving.rest("GET", "/users/blocked?limit=1", token=adas),
        serving.rest("DELETE", f"/users/{bob}/block", token=adas),
        serving.rest("GET", "/conversations?limit=1", token=adas),
        serving.rest("DELETE", f"/conversations/{group['id']}/messages/1", token=adas),
        serving.rest("POST", f"/conversations/{group['id']}/members", {"memberIds": [cy]}, adas),
        serving.rest("POST", f"/conversations/{group['id']}/leave", token=bobs),
        serving.rest("POST", f"/conversations/{group['id']}/join", token=bobs),
        serving.rest("GET", f"/conversations/{group['id']}/messages?after=0", token=adas),
        serving.rest("GET", f"/conversations/{group['id']}/messages?type=message&deleted=skip&limit=1", token=adas),
    ]
    assert [status for status, _ in asked] == [200] * len(asked)
    types = [entry["type"] for entry in asked[-2][1]["messages"]]
    assert types == ["message", "message", "deleted", "members", "members"]
    assert "before" not in asked[-2][1]
    assert ([entry["seq"] for entry in asked[-1][1]["messages"]], asked[-1][1]["before"]) == ([2], 2)
    assert {name for path in described["paths"].values() for name in path} == {"get", "post", "put", "delete"}
    refused = [
        serving.rest("GET", "/me"),
        serving.rest("GET", f"/conversations/{group['id']}/messages?after=x", token=adas),
        serving.rest("GET", "/users?handle=nobody-at-all", token=adas),
        serving.rest("POST", f"/conversations/{pair['id']}/members", {"memberIds": [cy]}, adas),
        serving.rest("POST", f"/conversations/{pair['id']}/join", token=adas),
        *(
            serving.rest("GET", f"/conversations/{group['id']}/messages?{query}", token=adas)
            for query in ("type=message", "deleted=skip", "type=all&deleted=skip", "type=message&deleted=skip&after=1")
        ),
    ]
    assert [status for status, _ in refused] == [401, 400, 404, 403, 404, *[400] * 4]


def test_the_users_whom_one_blocks_are_listed_and_no_conversation_is_made_across_a_block(serving: Serving) -> None:
    (_, adas), (bob, bobs), (cy, _) = (serving.sign_up(name) for name in ("blockada", "blockbob", "blockcy"))
    for user_id in (bob, cy):
        assert serving.rest("PUT", f"/users/{user_id}/block", token=adas) == (200, {"blocked": True})
    pages, cursor = [], ""
    while cursor is not None:
        _, page = serving.rest("GET", f"/users/blocked?limit=1&cursor={cursor}", token=adas)
        pages += [user["id"] for user in page["users"]]
        cursor = page["cursor"]
    assert pages == sorted([bob, cy])
    assert serving.rest("GET", "/users/blocked", token=bobs) == (200, {"users": [], "cursor": None})
    for token, member in ((adas, bob), (bobs, serving.rest("GET", "/me", token=adas)[1]["id"])):
        status, refused = serving.rest("POST", "/conversations", {"memberIds": [member]}, token)
        assert (status, refused["error"]["code"]) == (403, "forbidden")
    assert serving.rest("GET", "/conversations", token=bobs)[1]["conversations"] == []


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ("", 400, "invalid", None),
        ("{", 400, "invalid", None),
        ("[" * 5000, 400, "invalid", None),
        ('{"handle": "a\\u0000b", "password": "a long password"}', 400, "invalid", "handle"),
        ('{"handle": "\\ud800x", "password": "a long password"}', 400, "invalid", None),
        ('{"handle": 1e999, "password": "a long password"}', 400, "invalid", None),
        ('{"handle": "somebody", "password": "short"}', 400, "invalid", "password"),
        ('{"handle": "two words", "password": "a long password"}', 400, "invalid", "handle"),
        ('{"handle": "BOBBY", "password": "a long password"}', 409, "handle_taken", "handle"),
        ('{"handle": "' + "x" * 70_000 + '"}', 413, "too_large", None),
    ],
)
def test_a_sign_up_that_does_not_fit_is_refused_with_its_reason_and_its_field(
    serving: Serving, body: str, status: int, code: str, field: str | None
) -> None:
    serving.ask("POST", "/auth/signup", '{"handle": "bobby", "password": "a long password"}')
    answer = serving.ask("POST", "/auth/signup", body)
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["code"], error.get("field")) == (status, code, field)


def test_a_wrong_password_and_an_unknown_handle_look_the_same(serving: Serving) -> None:
    serving.sign_up("carol")
    wrong = serving.rest("POST", "/auth/login", {"handle": "carol", "password": "not this one"})
    unknown = serving.rest("POST", "/auth/login", {"handle": "nobody", "password": "not this one"})
    assert wrong == unknown
    assert wrong[0] == 401
    status, right = serving.rest("POST", "/auth/login", {"handle": "CAROL", "password": "a long password"})
    assert (status, right["user"]["handle"]) == (200, "carol")


def test_a_user_ends_every_session_changes_the_password_and_deletes_the_account(serving: Serving) -> None:
    handle, password, newer = "session-owner", "a long password", "another long password"
    (owner, first), (_, friends) = serving.sign_up(handle), serving.sign_up("session-friend")
    with Wire(serving.port) as wire:
        join(wire, first)
        assert serving.rest("POST", "/auth/logout-everywhere", token=first) == (200, {"loggedOut": True})
        wire.close_code()
    assert serving.rest("GET", "/me", token=first)[0] == 401
    second = serving.rest("POST", "/auth/login", {"handle": handle, "password": password})[1]["accessToken"]
    wrong = serving.rest("POST", "/auth/password", {"password": "a guess", "newPassword": newer}, second)
    assert (wrong[0], wrong[1]["error"]["code"]) == (403, "forbidden")
    status, changed = serving.rest("POST", "/auth/password", {"password": password, "newPassword": newer}, second)
    assert (status, changed["user"]["id"]) == (200, owner)
    third = changed["accessToken"]
    assert [serving.rest("POST", "/auth/refresh", token=token)[0] for token in (first, second, third)] == [
        401,
        401,
        200,
    ]
    pair = serving.rest("POST", "/conversations", {"memberIds": [owner]}, friends)[1]["id"]
    assert serving.rest("DELETE", "/me", token=third)[1]["error"]["code"] == "forbidden"
    body = json.dumps({"password": newer})
    deleted = serving.ask("DELETE", "/me", body, third, **{"Content-Length": str(len(body))})
    assert (deleted.status, json.loads(deleted.body)) == (200, {"deleted": True})
    assert serving.rest("GET", "/me", token=third)[0] == 401
    assert serving.rest("POST", "/auth/login", {"handle": handle, "password": newer})[0] == 401
    [listed] = serving.rest("GET", "/conversations", token=friends)[1]["conversations"]
    gone = {"id": owner, "handle": None, "displayName": None, "profileImageId": None, "deleted": True}
    assert listed["id"] == pair
    assert gone in listed["members"]
    assert [member for member in listed["members"] if "deleted" in member] == [gone]


@pytest.mark.parametrize("path", ["/me", "/conversations", "/users?handle=bob", "/conversations/x/messages"])
def test_nothing_is_shown_without_a_token(serving: Serving, path: str) -> None:
    for token in ("", "x", "a.b.c"):
        assert serving.rest("GET", path, token=token)[0] == 401


def test_a_file_of_the_page_is_sent_once(serving: Serving) -> None:
    first = serving.ask("GET", "/page/main.js")
    again = serving.ask("GET", "/page/main.js", **{"If-None-Match": first.headers["etag"]})
    assert (first.status, again.status, again.body) == (200, 304, "")
    assert serving.ask("GET", "/page/style.css", **{"If-None-Match": first.headers["etag"]}).status == 200


def test_what_does_not_exist_is_not_found_in_json(serving: Serving) -> None:
    _, token = serving.sign_up("dora")
    for method, path in (
        ("GET", "/nowhere"),
        ("PATCH", "/me"),
        ("GET", "/conversations/nope/messages"),
        ("DELETE", f"/conversations/nope/messages/{'9' * 5000}"),
        ("DELETE", "/conversations/nope/messages/-1"),
        ("GET", "/users?handle=%00"),
        ("PUT", "/users/%00/block"),
    ):
        status, answer = serving.rest(method, path, token=token)
        assert (status, answer["error"]["code"]) == (404, "not_found"), path


def test_history_is_read_both_ways(serving: Serving) -> None:
    (_, eves), (finn, _) = serving.sign_up("eve"), serving.sign_up("finn")
    room = serving.rest("POST", "/conversations", {"memberIds": [finn]}, eves)[1]["id"]
    with Wire(serving.port) as wire:
        join(wire, eves)
        for number in range(1, 8):
            send(wire, room, str(number))
            assert acknowledgement(wire)["seq"] == number

    def read(query: str) -> list[int]:
        status, page = serving.rest("GET", f"/conversations/{room}/messages?{query}", token=eves)
        assert status == 200
        return [entry["seq"] for entry in page["messages"]]

    assert read("after=2&limit=3") == [3, 4, 5]
    assert read("before=4&limit=2") == [2, 3]
    assert read("limit=2") == [6, 7]
    assert serving.rest("GET", f"/conversations/{room}/messages?after=x", token=eves)[0] == 400
    assert read("limit=0") == [7], "a page has one entry at least"
    assert read("limit=999999999999") == [1, 2, 3, 4, 5, 6, 7]
    status, listed = serving.rest("GET", "/conversations?limit=0", token=eves)
    assert (status, len(listed["conversations"])) == (200, 1)


def test_it_ends_cleanly_and_remembers_everything_when_it_is_back(tmp_path: Path) -> None:
    with serve(tmp_path) as first:
        user_id, token = first.sign_up("gil")
        assert first.end() == 0
    with serve(tmp_path) as second:
        assert second.rest("GET", "/me", token=token) == (
            200,
            {"id": user_id, "handle": "gil", "displayName": None, "profileImageId": None},
        )


def test_a_task_that_is_told_to_go_gives_notice_and_serves_on(tmp_path: Path) -> None:
    with serve(tmp_path, {"GLIMPSE_DRAIN_SECONDS": "110"}) as running, contextlib.ExitStack() as wires:
        (ada, adas), (_, bobs) = running.sign_up("ada"), running.sign_up("bob")
        _, room = running.rest("POST", "/conversations", {"memberIds": [ada]}, bobs)
        crowd = [wires.enter_context(Wire(running.port)) for _ in range(6)]
        for wire in crowd:
            join(wire, bobs)
        running.process.send_signal(signal.SIGTERM)
        reconnects = {heard_next(wire, "draining")["reconnectInMs"]: wire for wire in crowd}
        assert len(reconnects) == len(crowd), "each at another time"
        assert running.ask("GET", "/health").status == 503
        assert running.rest("GET", "/me", token=adas)[0] == 200
        # Sockets are closed in the same order: this one more than a minute from now.
        last = reconnects[max(reconnects)]
        send(last, room["id"], "1")
        assert acknowledgement(last)["seq"] == 1
        assert running.end() == 0, "asked again, it does not wait"
        assert [wire.close_code() for wire in crowd] == [RESTART] * len(crowd)


def test_a_task_that_drains_refuses_handshakes_and_closes_every_socket_before_it_ends(tmp_path: Path) -> None:
    with serve(tmp_path, {"GLIMPSE_DRAIN_SECONDS": "5"}) as running, contextlib.ExitStack() as wires:
        _, token = running.sign_up("ada")
        crowd = [wires.enter_context(Wire(running.port)) for _ in range(3)]
        for wire in crowd:
            join(wire, token)
        running.process.send_signal(signal.SIGTERM)

        def refuses_handshakes() -> bool:
            try:
                return running.ask("GET", f"{CHAT}?{WEBSOCKET}", **UPGRADING).status == 503
            except (ConnectionError, EOFError):
                return True  # A slow machine asked when the task had ended.

        assert eventually(refuses_handshakes)
        assert [wire.close_code() for wire in crowd] == [RESTART] * len(crowd)
        assert running.process.wait(SECONDS) == 0


def test_who_stops_it_while_it_waits_for_its_database_does_not_wait(tmp_path: Path, unused_port: int) -> None:
    environment = {
        **ENVIRONMENT,
        "GLIMPSE_DATABASE_URL": f"postgresql://nobody@127.0.0.1:{unused_port}/nothing",
        "GLIMPSE_JWT_SECRETS": "a secret of at least thirty-two bytes",
        "GLIMPSE_DRAIN_SECONDS": "110",
    }
    command = [sys.executable, "-m", "glimpse", "serve", "--lang", "en"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert "database" in process.stderr.readline()
        process.terminate()
        assert process.wait(SECONDS) == 0
        assert "Ending" in process.stderr.read()


@pytest.mark.parametrize("proxies", [{}, {"GLIMPSE_TRUSTED_PROXIES": "1"}])
def test_a_stranger_is_counted_by_what_the_balancer_wrote_and_not_by_what_they_wrote(
    tmp_path: Path, proxies: dict[str, str]
) -> None:
    """Without a balancer, by the address that they connect from."""
    with (
        serve(tmp_path, {"GLIMPSE_ADDRESS_REQUESTS_PER_SECOND": "1", **proxies}) as running,
        contextlib.ExitStack() as connections,
    ):
        wires = [connections.enter_context(Wire(running.port)) for _ in range(12)]
        body = '{"handle": "x", "password": "y"}'
        # All at once: a request that came a second after the one before would be allowed.
        for number, wire in enumerate(wires):
            wire.socket.sendall(
                f"POST /auth/login HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 198.51.100.{number}\r\n"
                f"X-Forwarded-For: 192.0.2.1\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            )
        assert {wire.answer().status for wire in wires} == {401, 429}


def test_who_asks_twice_or_presses_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    for signals in ([signal.SIGINT], [signal.SIGTERM, signal.SIGTERM], [signal.SIGTERM, signal.SIGINT]):
        with serve(tmp_path, {"GLIMPSE_DRAIN_SECONDS": "110"}) as running, Wire(running.port) as wire:
            join(wire, running.sign_up(f"somebody-{len(signals)}-{signals[-1]}")[1])
            for each in signals[:-1]:
                running.process.send_signal(each)
                assert heard_next(wire, "draining")
            assert running.end(signals[-1]) == 0
            assert wire.close_code() == RESTART


def test_a_request_that_is_half_asked_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with serve(tmp_path) as running, Wire(running.port) as half, Wire(running.port) as poll:
        half.socket.sendall(b"POST /auth/login HTTP/1.1\r\nHost: test\r\nContent-Length: 90\r\n\r\n{")
        poll.ask("GET", f"/socket.io/?EIO=4&transport=polling&sid={poll.handshake(CHAT)}")
        assert running.end() == 0


def test_a_port_that_is_taken_is_a_sentence_and_no_database_is_left(tmp_path: Path, serving: Serving) -> None:
    answer = glimpse("serve", tmp_path, {"GLIMPSE_PORT": str(serving.port)})
    assert answer.returncode == 2
    assert f"Cannot listen on port {serving.port}" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "glimpse-data/data/postmaster.pid").exists()


def test_with_a_database_of_ones_own_it_is_migrated_by_hand_and_then_served(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "somewhere") as url:
        environment = {"GLIMPSE_DATABASE_URL": url, "GLIMPSE_JWT_SECRETS": "x" * 32, "GLIMPSE_SIGNUP": "on"}
        refused = glimpse("serve", tmp_path, environment)
        assert refused.returncode == 2
        assert "run `glimpse migrate` first" in refused.stderr
        assert "0001" in glimpse("migrate", tmp_path, environment).stdout
        assert "nothing was changed" in glimpse("migrate", tmp_path, environment).stdout
        with serve(tmp_path, environment) as running:
            running.sign_up("jo")
            assert not (tmp_path / "glimpse-data").exists()


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_database_that_lets_nobody_in_is_said_at_once_and_without_the_password(tmp_path: Path, command: str) -> None:
    with EmbeddedPostgres(tmp_path / "somewhere") as url:
        for wrong in (
            url.replace("glimpse:", "glimpse:not-the-password-"),
            url.replace("glimpse:", "stranger:"),
            url + "-of-another-name",
        ):
            refused = glimpse(command, tmp_path, {"GLIMPSE_DATABASE_URL": wrong, "GLIMPSE_JWT_SECRETS": "x" * 32})
            assert refused.returncode == 2
            assert "refuses the login" in refused.stderr
            assert "not-the-password" not in refused.stderr
    for unreadable in ("postgresql://ada:half/of-a-password@host/name", "postgresql://[half"):
        refused = glimpse(command, tmp_path, {"GLIMPSE_DATABASE_URL": unreadable, "GLIMPSE_JWT_SECRETS": "x" * 32})
        assert refused.returncode == 2
        assert "must begin with postgresql://" in refused.stderr
        assert "half" not in refused.stderr


def test_a_malformed_address_of_the_bus_is_said_at_once_and_without_the_password(
    tmp_path: Path, unused_port: int
) -> None:
    url = f"postgresql://ada@127.0.0.1:{unused_port}/none"
    environment = {"GLIMPSE_DATABASE_URL": url, "GLIMPSE_JWT_SECRETS": "x" * 32}
    refused = glimpse("serve", tmp_path, {**environment, "GLIMPSE_BUS_URL": "redis://:half-of-a-password@host:six"})
    assert refused.returncode == 2
    assert refused.stderr.startswith("GLIMPSE_BUS_URL is ")
    assert "half" not in refused.stderr


def test_one_connection_is_enough_for_what_the_terraform_of_the_plan_asks_for(tmp_path: Path) -> None:
    with serve(tmp_path, {"GLIMPSE_DATABASE_POOL": "1"}) as running:
        (_, kims), (lee, _) = running.sign_up("kim"), running.sign_up("lee")
        room = running.rest("POST", "/conversations", {"memberIds": [lee]}, kims)[1]["id"]
        with Wire(running.port) as wire:
            join(wire, kims)
            for number in range(20):
                send(wire, room, str(number))
            assert [acknowledgement(wire)["seq"] for _ in range(20)] == list(range(1, 21))
        assert running.rest("DELETE", f"/conversations/{room}/messages/1", token=kims)[0] == 200


def test_a_database_that_forgets_is_refused(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "somewhere") as url:
        environment = {"GLIMPSE_DATABASE_URL": url, "GLIMPSE_JWT_SECRETS": "x" * 32}
        glimpse("migrate", tmp_path, environment)

        async def make_forgetful() -> None:
            connection = await asyncpg.connect(url)
            await connection.execute("alter database postgres set synchronous_commit = off")
            await connection.close()

        asyncio.run(make_forgetful())
        refused = glimpse("serve", tmp_path, environment)
        assert refused.returncode == 2
        assert "synchronous_commit = off" in refused.stderr


def test_what_is_wrong_with_the_settings_is_said_all_at_once(tmp_path: Path) -> None:
    wrong = {"GLIMPSE_PORT": "9" * 5000, "GLIMPSE_DATABASE_URL": "mysql://", "GLIMPSE_JWT_SECRETS": "tiny-secret"}
    answer = glimpse("serve", tmp_path, wrong)
    assert answer.returncode == 2
    for name in ("GLIMPSE_PORT", "GLIMPSE_DATABASE_URL", "GLIMPSE_JWT_SECRETS"):
        assert name in answer.stderr
    assert "tiny-secret" not in answer.stderr


@pytest.mark.parametrize("victim", ["service", "database"])
def test_nothing_acknowledged_is_lost_or_stored_twice_when_it_is_killed_under_load(tmp_path: Path, victim: str) -> None:
    """In ten seeded rounds: kill -9 after some acknowledgements, then send again everything that was not acknowledged."""
    seed = random.Random(20261122)
    acknowledged: dict[str, dict[str, Any]] = {}
    sent = 0
    room = token = ""
    for _ in range(ROUNDS):
        with serve(tmp_path, {"GLIMPSE_EVENTS_PER_SECOND": "10000"}) as running:
            if not room:
                (_, token), (other, _) = running.sign_up("hana"), running.sign_up("ivo")
                room = running.rest("POST", "/conversations", {"memberIds": [other]}, token)[1]["id"]
            outcome_unknown = [str(number) for number in range(sent) if str(number) not in acknowledged]
            fresh = [str(number) for number in range(sent, sent + 40)]
            sent += 40
            kill_after = seed.randrange(1, len(outcome_unknown) + len(fresh))
            with Wire(running.port) as wire:
                join(wire, token)
                for client_id in [*outcome_unknown, *fresh]:
                    wire.say("42" + str(100 + int(client_id)) + message(room, client_id))
                for _ in range(kill_after):
                    client_id, answer = numbered_acknowledgement(wire)
                    assert "error" not in answer
                    assert acknowledged.setdefault(client_id, answer) == answer
                if victim == "service":
                    running.end(signal.SIGKILL)
                else:
                    pid_file = tmp_path / "glimpse-data/data/postmaster.pid"
                    os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
                    assert running.end() == 0
    with serve(tmp_path) as running:
        kept: list[dict[str, Any]] = []
        path = f"/conversations/{room}/messages?limit=200&after="
        while page := running.rest("GET", f"{path}{len(kept)}", token=token)[1]["messages"]:
            kept += page
    by_client = {entry["clientId"]: entry for entry in kept}
    assert [entry["seq"] for entry in kept] == list(range(1, len(kept) + 1))
    assert len(by_client) == len(kept)
    assert {client_id: by_client[client_id]["id"] for client_id in acknowledged} == {
        client_id: answer["id"] for client_id, answer in acknowledged.items()
    }


def message(room: str, client_id: str) -> str:
    return json.dumps(["message", {"conversationId": room, "clientId": client_id, "body": "hello"}])


def numbered_acknowledgement(wire: Wire) -> tuple[str, dict[str, Any]]:
    while not (heard := str(wire.heard())).startswith("43"):
        assert heard.startswith(("42", "2")), heard
    number, _, rest = heard[2:].partition("[")
    return str(int(number) - 100), json.loads("[" + rest)[0]
