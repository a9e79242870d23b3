"""What a Glimpse chat answers, and how `glimpse verify` tells that a service is no Glimpse chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.checks.service import Answer
from glimpse.operations.checks.service_checks import REDIRECTS

T = TypeVar("T")


class Account(Struct, frozen=True):
    id: str


class LoggedIn(Struct, frozen=True, rename="camel"):
    access_token: str
    user: Account


class Conversation(Struct, frozen=True, rename="camel"):
    id: str
    last_seq: int


class Entry(Struct, frozen=True, rename="camel"):
    """What is needed of an entry. `body` is None where it was deleted, or has none."""

    seq: int
    sender_id: str | None = None
    client_id: str | None = None
    body: str | None = None


class History(Struct, frozen=True):
    messages: Sequence[Entry]


def decode_answer(content: bytes, type_: type[T], request: str, status: int) -> T:
    """Raises NotObservable where a Glimpse chat would not answer this. `request` names what was asked, as "GET /me"."""
    try:
        return msgspec.json.decode(content, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotObservable("verify_not_ours", request=request, status=status, detail=str(error)) from None


def refuse_other_service(url: str, health: Answer) -> None:
    """Raises Failure where a Glimpse chat would not answer `health` at /health."""
    if health.status in REDIRECTS:
        raise Failure("verify_redirected", url=url, status=health.status, location=health.headers.get("location", "–"))
    # A balancer without a healthy task answers 5xx, and one that limits addresses 429.
    if not health.is_health and health.status < 500 and health.status != 429:
        raise Failure("verify_not_glimpse", url=url, status=health.status)
