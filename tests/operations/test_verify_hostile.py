"""`glimpse verify --on URL` meets what is no Glimpse chat, or a bad one: nothing is confirmed by mistake or leaks."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from glimpse.chat.failure import Failure
from glimpse.operations import verify
from glimpse.operations.checks.catalogue import CHECKS
from glimpse.operations.checks.check import Outcome
from glimpse.operations.checks.finding import CONFIRMED, unknown
from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.checks.redaction import redact
from glimpse.operations.options import VerifyOptions
from glimpse.operations.outside import probe_session, probe_sockets, probe_users, upload_probe, verify_targets
from glimpse.operations.outside.probe_users import ProbeUsers
from glimpse.operations.outside.service_probe import ServiceProbe
from glimpse.words import Words
from tests.operations.verify_stack import write_certificate

HEALTHY = (200, {"status": "ok"})
QUICK = [check.name for check in CHECKS if check.name not in ("idle_websocket", "upload_expired", "spot_recovery")]

Answer = Any
"""A status and a document, or a function that writes to the socket itself."""


@dataclass
class Server:
    """Answers "METHOD /path" as `answers` says, by the longest name that a request begins with; "" is any other."""

    answers: Mapping[str, Answer]
    requests: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        request = f"{handler.command} {handler.path}"
        self.requests.append(request)
        handler.rfile.read(int(handler.headers.get("content-length") or 0))
        name = max((name for name in self.answers if request.startswith(name)), key=len)
        answer = self.answers[name]
        if callable(answer):
            answer(handler)
            return
        respond(handler, *answer)


def respond(handler: BaseHTTPRequestHandler, status: int, document: Any, *headers: tuple[str, str]) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    handler.send_response(status)
    for header, value in headers:
        handler.send_header(header, value)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving(answers: Mapping[str, Answer], certificate: Path | None = None) -> Iterator[Server]:
    server = Server(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            try:
                server.answer(self)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    with Quiet(("127.0.0.1", 0), Handler) as listening:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            listening.socket = context.wrap_socket(listening.socket, server_side=True)
        server.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No plan is read, and a server that hangs is given up soon."""

    async def no_plan(*_: object) -> Any:
        return verify_targets.NO_PLAN

    monkeypatch.setattr(verify_targets, "_plan", no_plan)
    monkeypatch.setattr(probe_session, "ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(probe_sockets, "ANSWER_SECONDS", 1.0)


def run(url: str, folder: Path, only: Sequence[str] = QUICK, **options: Any) -> Mapping[str, Any]:
    report = folder / "report.json"
    verify.run(
        VerifyOptions(url, ["."], folder, only=only, format="json", output=report, asks=False, **options), Words("en")
    )
    document: Mapping[str, Any] = json.loads(report.read_text())
    return document


def confirmed(document: Mapping[str, Any]) -> set[str]:
    return {check["name"] for check in document["checks"] if check["verdict"] == CONFIRMED}


def forever(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(201)
    handler.send_header("content-type", "application/json")
    handler.end_headers()
    while True:
        handler.wfile.write(b"[" * 2**20)


def silence(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    threading.Event().wait(3)


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 201 Created\r\ncontent-length: 1000\r\n\r\n{")
    handler.close_connection = True


def noise(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\xff SSH-2.0-OpenSSH\r\n" * 9)
    handler.close_connection = True


ANYTHING = {
    "html": (200, b"<h1>Welcome to nginx!</h1>"),
    "empty": (201, {}),
    "list": (201, [1, 2]),
    "wrong types": (201, {"user": {"id": 5}, "accessToken": None, "id": [], "lastSeq": "x"}),
    "not unicode": (201, b'{"accessToken":"\xff\xfe"}'),
    "deep": (201, b"[" * 100_000),
    "forever": forever,
    "silence": silence,
    "cut": cut,
    "noise": noise,
    "busy": (429, {}),
    "failing": (503, {}),
    "redirect loop": (302, {}, ("location", "/again")),
}


@pytest.mark.parametrize("name", ANYTHING)
def test_of_what_is_no_chat_only_its_health_is_confirmed_and_it_is_asked_once(name: str, tmp_path: Path) -> None:
    with serving({"GET /health": HEALTHY, "": ANYTHING[name]}) as server:
        document = run(server.url, tmp_path)
    assert confirmed(document) == {"service_healthy"}
    # Nobody's limits are tried: after one failure no check asks for an account again.
    assert sum(request == "POST /auth/signup" for request in server.requests) == 1
    assert len(server.requests) < 10


@pytest.mark.parametrize(
    "answer", [(200, b"<h1>Welcome to nginx!</h1>"), (200, {"status": "up"}), (404, {}), (401, {})]
)
def test_nobody_signs_up_with_what_is_no_chat(answer: Answer, tmp_path: Path) -> None:
    with serving({"": answer}) as server, pytest.raises(Failure) as failed:
        run(server.url, tmp_path)
    assert failed.value.code == "verify_not_glimpse"
    assert server.requests == ["GET /health"]


@pytest.mark.parametrize("answer", [noise, cut, silence, forever])
def test_what_cannot_even_answer_health_is_said_in_a_sentence(answer: Answer, tmp_path: Path) -> None:
    with serving({"": answer}) as server, pytest.raises(Failure) as failed:
        run(server.url, tmp_path)
    assert failed.value.code == "verify_unreachable"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [((503, b"<h1>503 Service Temporarily Unavailable</h1>"), "refuted"), ((429, {}), "unknown")],
)
def test_a_balancer_without_tasks_is_refuted_and_one_that_limits_is_unknown(
    answer: Answer, expected: str, tmp_path: Path
) -> None:
    with serving({"": answer}) as server:
        document = run(server.url, tmp_path)
    assert {check["verdict"] for check in document["checks"] if check["name"] == "service_healthy"} == {expected}
    assert confirmed(document) == set()


# ---- Tokens


def test_a_token_follows_no_redirect(tmp_path: Path) -> None:
    with serving({"": (200, {})}) as other:
        elsewhere: Answer = (307, {}, ("location", f"{other.url}/taken"))

        def who(handler: BaseHTTPRequestHandler) -> None:
            respond(handler, 200, {"id": handler.headers["authorization"]})

        opened = b'0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}'
        answers = {
            "GET /health": HEALTHY, "GET /me": who, "POST /conversations": (200, {"id": "c", "lastSeq": 0}),
            "GET /conversations": (200, {"messages": []}), "": elsewhere,
            "GET /socket.io/?EIO=4&transport=polling": (200, opened),
        }  # fmt: skip
        with serving(answers) as server:
            document = run(server.url, tmp_path, tokens=("secret-one", "secret-two"))
        with serving({**answers, "GET /health": elsewhere}) as redirecting, pytest.raises(Failure) as failed:
            run(redirecting.url, tmp_path, tokens=("secret-one", "secret-two"))
    assert other.requests == []
    assert failed.value.code == "verify_redirected"
    assert "POST /socket.io" in " ".join(server.requests)
    assert confirmed(document) == {"service_healthy"}


def test_no_report_shows_a_token_that_a_service_answered_with() -> None:
    outcome = Outcome("websocket", unknown("verify_crashed", error="E", detail="echo: Bearer secret-one!"), 0.1)
    hidden = redact(outcome, ["secret-one"])
    assert hidden.finding.values["detail"] == "echo: Bearer …!"


# ---- What verify made


def test_an_account_whose_making_was_not_answered_is_deleted(tmp_path: Path) -> None:
    accounts = {"made": 0}

    def made_without_answer(handler: BaseHTTPRequestHandler) -> None:
        accounts["made"] += 1
        handler.close_connection = True

    def deleted(handler: BaseHTTPRequestHandler) -> None:
        accounts["made"] -= 1
        respond(handler, 204, b"")

    answers = {
        "GET /health": HEALTHY, "POST /auth/signup": made_without_answer, "DELETE /me": deleted, "": (404, {}),
        "POST /auth/login": (200, {"accessToken": "t", "user": {"id": "u"}}),
    }  # fmt: skip
    with serving(answers) as server:
        document = run(server.url, tmp_path)
    assert accounts == {"made": 0}
    assert document["left"] == 0


def test_an_account_that_is_being_made_at_ctrl_c_is_deleted() -> None:
    is_asked, may_answer, deleted = threading.Event(), threading.Event(), list[str]()

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        is_asked.set()
        may_answer.wait(60)
        respond(handler, 201, {"accessToken": "t", "user": {"id": "u"}})

    def delete(handler: BaseHTTPRequestHandler) -> None:
        deleted.append(handler.headers["authorization"])
        respond(handler, 200, {})

    async def interrupted(url: str) -> int:
        users = ProbeUsers(url)
        check = asyncio.create_task(users.pair())
        await asyncio.to_thread(is_asked.wait, 60)
        check.cancel()
        await asyncio.gather(check, return_exceptions=True)
        cleaning = asyncio.create_task(users.clean())
        await asyncio.sleep(0)
        may_answer.set()
        return await cleaning

    # The account is not there yet when `clean` begins.
    with serving({"POST /auth/signup": slowly, "DELETE /me": delete, "": (401, {})}) as server:
        assert asyncio.run(interrupted(server.url)) == 0
    assert deleted == ["Bearer t"]


class Cut:
    """A socket whose acknowledgement never comes."""

    async def call(self, *_: object, **__: object) -> None:
        raise TimeoutError


def test_a_message_that_is_stored_late_is_deleted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_users, "LATE_SECONDS", 0.01)
    late = {"seq": 1, "senderId": "one", "clientId": "glimpse-verify-x", "body": "glimpse verify"}
    looks: list[None] = []

    def history(handler: BaseHTTPRequestHandler) -> None:
        looks.append(None)
        respond(handler, 200, {"messages": [late] if len(looks) > 3 else []})

    answers = {
        "GET /me": (200, {"id": "one"}), "POST /conversations": (200, {"id": "c", "lastSeq": 0}),
        "GET /conversations": history, "DELETE ": (200, {}), "": (404, {}),
    }  # fmt: skip

    async def interrupted(server: Server) -> int:
        users = ProbeUsers(server.url, ("one", "two"))
        users._users = [probe_users.User("one", "one"), probe_users.User("two", "two")]
        await users.conversation()
        with pytest.raises(TimeoutError):
            await users.send(Cut(), "glimpse-verify-x")
        return await users.clean()

    with serving(answers) as server:
        assert asyncio.run(interrupted(server)) == 0
    assert "DELETE /conversations/c/messages/1" in server.requests


# ---- Addresses


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://me:secret-one@127.0.0.1:1", "verify_url_password"),
        ("http://127.0.0.1:1/chat", "verify_url_path"),
        ("http://127.0.0.1:1/?a=b", "verify_url_path"),
        ("http://127.0.0.1:99999", "verify_no_such_target"),
        ("http://[::1", "verify_no_such_target"),
        ("ftp://127.0.0.1", "verify_no_such_target"),
        ("http://", "verify_no_such_target"),
        ("http://[::1]:1", "verify_unreachable"),
    ],
)
def test_what_is_no_address_of_a_chat_is_said_without_its_password(url: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(Failure) as failed:
        run(url, tmp_path)
    assert failed.value.code == code
    assert "secret-one" not in Words("en")(failed.value.code, **failed.value.values)


def uploads(store: str, put: Answer) -> Mapping[str, Answer]:
    address = {
        "fileId": "f", "uploadUrl": f"{store}/bucket/pending/f?X-Amz-Expires=300", "headers": {"content-type": "a/b"},
    }  # fmt: skip
    return {
        "POST /auth/signup": (201, {"accessToken": "t", "user": {"id": "u"}}), "DELETE /me": (200, {}), "": (404, {}),
        "POST /files/presigned-url": (201, address), "PUT /bucket": put,
    }  # fmt: skip


def why_not_observable(url: str, ask: Callable[[ServiceProbe], Any]) -> NotObservable:
    async def asked() -> NotObservable:
        users = ProbeUsers(url)
        users._users = [probe_users.User("one", "t"), probe_users.User("two", "t")]
        try:
            with pytest.raises(NotObservable) as seen:
                await ask(ServiceProbe(users))
            return seen.value
        finally:
            await users.clean()

    return asyncio.run(asked())


@pytest.mark.parametrize("ask", [ServiceProbe.put_wrong_size, ServiceProbe.put_wrong_type, ServiceProbe.put_expired])
def test_a_store_that_refuses_everything_proves_nothing(ask: Callable[[ServiceProbe], Any]) -> None:
    with serving({"PUT ": (403, {}), "": (404, {})}) as store, serving(uploads(store.url, (404, {}))) as server:
        assert why_not_observable(server.url, ask).code == "verify_upload_control"


def test_nothing_is_sent_to_a_private_address_that_a_service_of_the_internet_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def is_private(host: str) -> bool:
        return host == "localhost"

    monkeypatch.setattr(upload_probe, "is_private", is_private)
    with serving({"": (200, {})}) as store:
        with serving(uploads(store.url.replace("127.0.0.1", "localhost"), (200, {}))) as server:
            assert why_not_observable(server.url, ServiceProbe.upload).code == "verify_store_private"
        with serving(uploads("file:///etc", (200, {}))) as server:
            assert why_not_observable(server.url, ServiceProbe.upload).code == "verify_store_strange"
    assert store.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "192.168.0.1"])
def test_private_addresses_are_known(host: str) -> None:
    assert asyncio.run(probe_session.is_private(host))
    assert not asyncio.run(probe_session.is_private("8.8.8.8"))


# ---- TLS


@pytest.mark.parametrize(
    ("host", "days", "trusted", "problem"),
    [
        ("127.0.0.1", -1, True, "expired"),
        ("127.0.0.2", 60, True, "IP address mismatch"),
        ("127.0.0.1", 60, False, "self-signed"),
    ],
)
def test_a_certificate_that_no_client_accepts_refutes_tls_and_gets_no_token(
    host: str, days: int, trusted: bool, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = write_certificate(tmp_path / "chat.pem", host, days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving({"GET /health": HEALTHY, "": (404, {})}, certificate) as server:
        document = run(server.url.replace("http:", "https:"), tmp_path)
    [tls] = [check for check in document["checks"] if check["name"] == "tls"]
    assert tls["verdict"] == "refuted"
    assert re.search(problem, tls["why"]["text"].replace("self signed", "self-signed"))
    assert server.requests == []
    assert confirmed(document) == set()
