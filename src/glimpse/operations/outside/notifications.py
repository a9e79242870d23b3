"""Sends a report to an SNS topic or to a Slack channel."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from glimpse.chat.failure import Failure
from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.outside.aws.calls import Calls

SLACK_VARIABLE = "GLIMPSE_SLACK_URL"
TIMEOUT_SECONDS = 10
MAX_ANSWER = 200

MAX_SNS_BYTES = 262_144
MAX_SUBJECT = 100
"""Of one message, and of its subject, which is ASCII in one line (SNS API reference, Publish)."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A webhook's address is a secret: what was sent to it goes nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def publish(calls: Calls, topic: str, subject: str, text: str) -> None:
    """To the topic with this ARN. Raises Failure (`watch_sns_refused`)."""
    plain = " ".join("".join(letter for letter in subject if " " <= letter <= "~").split())[:MAX_SUBJECT]
    encoded = text.encode()
    if len(encoded) > MAX_SNS_BYTES:
        text = encoded[: MAX_SNS_BYTES - 8].decode(errors="ignore") + "\n…"
    try:
        calls.call("sns", "publish", TopicArn=topic, Subject=plain or "glimpse", Message=text)
    except NotObservable as error:
        raise Failure(error.code, **error.values) from None


def check_slack_url(url: str | None) -> str:
    """
    The address of a webhook. Raises Failure: `watch_slack_missing` and `watch_slack_not_https`. No message ever holds
    the address, because whoever has it may write to the channel.
    """
    if not url:
        raise Failure("watch_slack_missing", variable=SLACK_VARIABLE)
    try:
        parts = urlsplit(url)
        is_https = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        is_https = False
    if not is_https or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise Failure("watch_slack_not_https", variable=SLACK_VARIABLE)
    return url


def post_to_slack(url: str, text: str) -> None:
    """Raises Failure: `watch_slack_refused` with Slack's own reason, `watch_slack_unreachable`."""
    body = json.dumps({"text": text, "unfurl_links": False}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json; charset=utf-8"})  # noqa: S310
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=TIMEOUT_SECONDS) as answer:
            answer.read(MAX_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            detail = error.read(MAX_ANSWER).decode(errors="replace")
        raise Failure("watch_slack_refused", status=error.code, detail=_without(url, detail) or "–") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise Failure("watch_slack_unreachable", detail=_without(url, str(reason))[:MAX_ANSWER]) from None


def _without(url: str, text: str) -> str:
    path = urlsplit(url).path
    for secret in (url, path):
        if len(secret) > 1:
            text = text.replace(secret, "…")
    return " ".join(text.split())
