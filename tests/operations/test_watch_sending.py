"""Where `glimpse watch` sends its report: an SNS topic (moto), and a Slack webhook (an HTTPS server on this machine)."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import moto
import pytest

from glimpse.chat.failure import Failure
from glimpse.operations.options import WatchOptions
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.notifications import MAX_SNS_BYTES, check_slack_url, post_to_slack, publish
from glimpse.operations.watch import run
from glimpse.words import Words
from tests.operations.aws_stack import REGION, aws_session
from tests.operations.verify_stack import write_certificate

SECRET = "/services/T000/B000/very-secret"


class Slack(ThreadingHTTPServer):
    """Answers with `status` and `answer`. `received` are the bodies, by path."""

    status, answer, location = 200, b"ok", ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[tuple[str, bytes]] = []

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}{SECRET}"


class Handler(BaseHTTPRequestHandler):
    server: Slack

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.received.append((self.path, body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("location", self.server.location)
        self.send_header("content-length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def slack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    certificate = write_certificate(tmp_path / "slack.pem", "127.0.0.1", 30)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = Slack()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def said(failure: Failure) -> str:
    return " ".join(Words(language)(failure.code, **failure.values) for language in ("en", "ko"))


def test_slack_gets_the_text(slack: Slack) -> None:
    post_to_slack(slack.url, "*glimpse-prod*\n• 확인 &lt;b&gt;")
    [(path, body)] = slack.received
    assert path == SECRET
    assert json.loads(body)["text"] == "*glimpse-prod*\n• 확인 &lt;b&gt;"


def test_slacks_refusal_is_a_sentence_that_does_not_hold_the_address(slack: Slack) -> None:
    slack.status, slack.answer = 403, f"invalid_token {SECRET}".encode()
    with pytest.raises(Failure) as raised:
        post_to_slack(slack.url, "text")
    assert raised.value.code == "watch_slack_refused"
    assert "invalid_token" in said(raised.value)
    assert "secret" not in said(raised.value)


def test_a_redirect_is_not_followed(slack: Slack) -> None:
    slack.status, slack.location = 302, f"{slack.url}/elsewhere"
    with pytest.raises(Failure) as raised:
        post_to_slack(slack.url, "text")
    assert raised.value.values["status"] == 302
    assert len(slack.received) == 1


def test_an_address_that_nobody_answers_at_is_a_sentence(slack: Slack) -> None:
    slack.shutdown()
    slack.server_close()
    with pytest.raises(Failure) as raised:
        post_to_slack(slack.url, "text")
    assert raised.value.code == "watch_slack_unreachable"
    assert "secret" not in said(raised.value)


def test_a_server_whose_certificate_is_not_trusted_gets_nothing(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Failure) as raised:
        post_to_slack(slack.url, "text")
    assert raised.value.code == "watch_slack_unreachable"
    assert slack.received == []


@pytest.mark.parametrize(
    "url",
    [None, "", "http://hooks.slack.com/T0B0", "hooks.slack.com/T0B0", "https://", "https://a b/T0B0",
     "https://[T0B0", "file:///T0B0", "https://hooks.slack.com/T0B0\nhost: x"],
)  # fmt: skip
def test_only_an_https_address_is_taken_and_none_is_shown(url: str | None) -> None:
    with pytest.raises(Failure) as raised:
        check_slack_url(url)
    assert raised.value.code == ("watch_slack_not_https" if url else "watch_slack_missing")
    assert "T0B0" not in said(raised.value)


@pytest.mark.parametrize("send", ["mail", "sns:", "sns:topic", "arn:aws:sns:ap-northeast-2:1:topic", "slack "])
def test_an_unknown_receiver_is_refused_before_anything_is_asked(send: str) -> None:
    with pytest.raises(Failure) as raised:
        run(WatchOptions(["/does/not/exist"], send=send), Words("en"))
    assert raised.value.code == "watch_send"


@pytest.mark.parametrize("days", [0, -1, 366])
def test_days_have_bounds(days: int) -> None:
    with pytest.raises(Failure) as raised:
        run(WatchOptions(["/does/not/exist"], days=days), Words("en"))
    assert said(raised.value)


# ---- SNS


def sent(subject: str, text: str) -> tuple[str, str]:
    """What a queue behind the topic gets."""
    with moto.mock_aws():
        session = aws_session()
        topic = session.client("sns").create_topic(Name="glimpse-prod-alarms")["TopicArn"]
        queue = session.client("sqs").create_queue(QueueName="reader")["QueueUrl"]
        arn = session.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        session.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])
        publish(Calls(session, REGION), topic, subject, text)
        [message] = session.client("sqs").receive_message(QueueUrl=queue)["Messages"]
        body = json.loads(message["Body"])
    return body["Subject"], body["Message"]


def test_a_topic_gets_subject_and_report() -> None:
    assert sent("glimpse-prod: 2 needs attention", "# 보고서\n") == ("glimpse-prod: 2 needs attention", "# 보고서\n")


def test_a_subject_is_one_line_of_ascii_and_a_long_report_is_cut() -> None:
    subject, text = sent("글림스\nprod\x07 " + "x" * 200, "가" * 200_000)
    assert subject.startswith("prod x")
    assert len(subject) <= 100
    assert len(text.encode()) <= MAX_SNS_BYTES
    assert text.endswith("\n…")


def test_a_topic_that_does_not_exist_is_a_sentence() -> None:
    with moto.mock_aws(), pytest.raises(Failure) as raised:
        publish(Calls(aws_session(), REGION), f"arn:aws:sns:{REGION}:123456789012:none", "s", "t")
    assert said(raised.value)
