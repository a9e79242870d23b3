"""What a chat's answers mean: pure functions from what was seen (service.py) to a finding."""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping

from glimpse.chat.uploads import UPLOAD_SECONDS
from glimpse.operations.checks.finding import Finding, confirmed, refuted, unknown
from glimpse.operations.checks.service import (
    Answer,
    IdleConnection,
    Loss,
    Polling,
    PresignedUpload,
    PublicRead,
    RoundTrip,
    SecondPut,
    Tls,
    Upload,
)

MIN_TLS_VERSION = "TLSv1.2"
"""AWS's default policies and RFC 8996 have nothing older."""

MIN_DAYS_LEFT = 14
"""ACM renews a certificate 60 days before its end; one that is this close to it is not being renewed."""

UNSAFE_SOURCES = {"'unsafe-inline'", "*", "http:", "https:", "data:"}
"""With one of them, a message that became HTML could run a script."""

STORE_REFUSALS = (400, 401, 403)
"""How S3 refuses what is not signed so, or not what was announced. 404 or 429 would say nothing about the signature."""

READ_REFUSALS = (*STORE_REFUSALS, 404)

REDIRECTS = (301, 302, 307, 308)

MUST_BE_SIGNED = ("content-length", "content-type")
"""Headers that an upload's signature must cover: otherwise the client chooses the size and the type."""

UNKNOWN_SESSION = 400
"""A task answers so to a request of a polling session that another task has."""

MAX_BACK_SECONDS = 5.0
"""Socket.IO's client waits 5 s at most between two attempts (`reconnectionDelayMax`)."""

BACK_TOLERANCE_SECONDS = 5.0
"""For the attempt itself, and for one that met a task which was just leaving."""


def judge_health(seen: Answer) -> Finding:
    facts: Mapping[str, str | int] = {"status": seen.status, "ms": seen.milliseconds}
    if seen.status == 429:
        return unknown("verify_limited", status=seen.status)
    if seen.status == 200 and not seen.is_health:
        return refuted("verify_health_not_ours", **facts)
    return confirmed("verify_healthy", **facts) if seen.status == 200 else refuted("verify_unhealthy", **facts)


def judge_tls(seen: Tls, is_loopback: bool) -> Finding:
    if seen.version is None and seen.problem is None:
        return unknown("verify_tls_local") if is_loopback else refuted("verify_tls_none")
    if seen.problem is not None:
        return refuted("verify_tls_problem", problem=seen.problem)
    version, days = seen.version or "", seen.days_left or 0
    facts: dict[str, str | int] = {"version": version, "days": days}
    if version < MIN_TLS_VERSION:
        return refuted("verify_tls_old", **facts, least=MIN_TLS_VERSION)
    if days < MIN_DAYS_LEFT:
        return refuted("verify_tls_ends", **facts, least=MIN_DAYS_LEFT)
    if seen.plain_status is None:
        return confirmed("verify_tls_only", **facts)
    if seen.plain_status in REDIRECTS and (seen.plain_location or "").lower().startswith("https:"):
        return confirmed("verify_tls", **facts, status=seen.plain_status)
    return refuted("verify_tls_plain", **facts, status=seen.plain_status)


def judge_headers(page: Answer, is_on_tls: bool) -> Finding:
    """Of the page: what stops a browser from running, guessing, framing or leaking what it must not."""
    headers = page.headers
    parts = (part.split() for part in headers.get("content-security-policy", "").lower().split(";"))
    policy = {part[0]: part[1:] for part in parts if part}
    scripts, frames = policy.get("script-src", policy.get("default-src")), policy.get("frame-ancestors")
    is_present = {
        "content-security-policy": scripts is not None and not UNSAFE_SOURCES & set(scripts),
        "frame-ancestors": "x-frame-options" in headers if frames is None else "*" not in frames,
        "x-content-type-options": headers.get("x-content-type-options") == "nosniff",
        "referrer-policy": bool(headers.get("referrer-policy")),
    }
    if is_on_tls:
        # `max-age=0` takes back what was sent before.
        age = re.search(r'max-age="?(\d+)', headers.get("strict-transport-security", "").lower())
        is_present["strict-transport-security"] = age is not None and int(age[1]) > 0
    if page.status != 200:
        return unknown("verify_headers_no_page", status=page.status)
    missing = ", ".join(name for name, is_there in is_present.items() if not is_there)
    if missing:
        return refuted("verify_headers_missing", missing=missing)
    return confirmed("verify_headers", names=", ".join(is_present))


def judge_round_trips(*seen: RoundTrip) -> Finding:
    for trip in seen:
        if trip.milliseconds is None:
            return refuted("verify_message_lost", transport=trip.transport, problem=trip.problem)
        if (trip.by_receiver, trip.by_sender) != (1, 1):
            return refuted(
                "verify_message_heard",
                transport=trip.transport, receiver=trip.by_receiver, sender=trip.by_sender,
            )  # fmt: skip
    return confirmed("verify_messages", trips=", ".join(f"{trip.transport} {trip.milliseconds} ms" for trip in seen))


def judge_polling(seen: Polling, tasks: int | None) -> Finding:
    """`tasks`: how many run, None where that cannot be seen."""
    requests, failed = len(seen.statuses), sum(status != 200 for status in seen.statuses)
    if failed:
        status = next(status for status in seen.statuses if status != 200)
        if status != UNKNOWN_SESSION or seen.statuses[0] != 200:
            return unknown("verify_polling_fails", requests=requests, status=status)
        return refuted("verify_polling_breaks", failed=failed, requests=requests, status=status)
    if seen.cookie is None:
        return unknown("verify_polling_no_cookie", requests=requests)
    facts: dict[str, str | int] = {"requests": requests, "cookie": seen.cookie}
    if tasks is None:
        return confirmed("verify_polling", **facts)
    if tasks < 2:
        return unknown("verify_polling_one_task", **facts)
    refused = [status for status in seen.without_cookie if status != 200]
    if not refused:
        return unknown("verify_polling_unproved", **facts, tries=len(seen.without_cookie))
    return confirmed("verify_polling_proved", **facts, tasks=tasks, status=refused[0])


def judge_idle_socket(seen: IdleConnection, idle_seconds: int) -> Finding:
    facts: dict[str, str | int] = {"seconds": f"{seen.seconds:.0f}", "idle": idle_seconds}
    return confirmed("verify_idle_socket", **facts) if seen.is_alive else refuted("verify_idle_socket_cut", **facts)


def judge_held_connection(seen: IdleConnection, idle_seconds: int) -> Finding:
    facts: dict[str, str | int] = {"seconds": f"{seen.seconds:.0f}", "idle": idle_seconds}
    return confirmed("verify_keep_alive", **facts) if seen.is_alive else refuted("verify_keep_alive_cut", **facts)


def judge_presigned(seen: PresignedUpload) -> Finding:
    if seen.status == 429:
        return unknown("verify_limited", status=seen.status)
    if seen.status != 201:
        return refuted("verify_presigned_refused", status=seen.status)
    unsigned = ", ".join(name for name in MUST_BE_SIGNED if name not in seen.signed)
    if unsigned:
        return refuted("verify_presigned_unsigned", names=unsigned)
    facts: dict[str, str | int] = {"store": seen.store_host, "most": UPLOAD_SECONDS}
    if seen.lives_seconds is None:
        return unknown("verify_presigned_no_end", **facts)
    facts["seconds"] = seen.lives_seconds
    if seen.lives_seconds > UPLOAD_SECONDS:
        return refuted("verify_presigned_long", **facts)
    return confirmed("verify_presigned", **facts, names=", ".join(seen.signed))


def judge_upload(seen: Upload) -> Finding:
    facts: dict[str, str | int] = {"store": seen.store_host, "service": seen.service_host}
    if seen.store_host == seen.service_host:
        return refuted("verify_upload_through_service", **facts)
    if (seen.put, seen.complete, seen.download) != (200, 200, 200):
        return refuted("verify_upload_fails", put=seen.put, complete=seen.complete, download=seen.download)
    return confirmed("verify_upload", **facts) if seen.is_same else refuted("verify_upload_differs", **facts)


def judge_wrong_size(status: int) -> Finding:
    return _tampered(status, "verify_wrong_size")


def judge_wrong_type(status: int) -> Finding:
    return _tampered(status, "verify_wrong_type")


def judge_wrong_checksum(status: int) -> Finding:
    return _tampered(status, "verify_wrong_checksum")


def judge_expired(status: int, lived_seconds: int) -> Finding:
    return _tampered(status, "verify_expired", seconds=lived_seconds)


def _tampered(status: int, code: str, **facts: str | int) -> Finding:
    """Neither 5xx nor a redirect nor a limit says what the store would do with that request."""
    if status in STORE_REFUSALS:
        return confirmed(code, status=status, **facts)
    if 200 <= status < 300:
        return refuted(f"{code}_taken", status=status, **facts)
    return unknown("verify_store_fails", status=status)


def judge_second_put(seen: SecondPut) -> Finding:
    """S3 takes a second PUT while the address lives; it must not change what people get."""
    if not seen.is_unchanged:
        return refuted("verify_second_put_changes", status=seen.status)
    if seen.status >= 500:
        return unknown("verify_store_fails", status=seen.status)
    if seen.status >= 400:
        return confirmed("verify_second_put", status=seen.status)
    return confirmed("verify_second_put_ignored", status=seen.status)


def judge_public_read(seen: PublicRead) -> Finding:
    facts = {"object": seen.object, "listing": seen.listing, "file": seen.file}
    if all(status in READ_REFUSALS for status in facts.values()):
        return confirmed("verify_public_read", **facts)
    if any(status < 400 for status in facts.values()):
        return refuted("verify_public_read_open", **facts)
    return unknown("verify_public_read_fails", **facts)


def judge_loss(seen: Loss, speed: float = 1.0) -> Finding:
    """
    Acknowledged messages are kept once, both users come back, and the tasks are complete again. The local stack divides
    its own times by `speed`, never those of clients.
    """
    if seen.lost or seen.unheard or seen.duplicates:
        return refuted(
            "verify_spot_lost",
            task=seen.task, acknowledged=seen.acknowledged, lost=seen.lost, unheard=seen.unheard,
            duplicates=seen.duplicates,
        )  # fmt: skip
    times = [seconds for seconds in seen.back_seconds if seconds is not None]
    if len(times) < len(seen.back_seconds):
        return refuted("verify_spot_gone", task=seen.task, gone=len(seen.back_seconds) - len(times))
    bound = MAX_BACK_SECONDS + BACK_TOLERANCE_SECONDS
    if times and max(times) > bound:
        return refuted("verify_spot_late", task=seen.task, seconds=f"{max(times):.1f}", most=f"{bound:.0f}")
    if seen.recovered_seconds is None:
        return refuted("verify_spot_no_task", task=seen.task)
    facts: dict[str, str | int] = {"speed": f"{speed:g}"} if speed > 1 else {}
    return confirmed(
        "verify_spot_at_speed" if speed > 1 else "verify_spot",
        **facts,
        task=seen.task,
        acknowledged=seen.acknowledged,
        cut=len(times),
        median=f"{statistics.median(times):.1f}" if times else "0",
        seconds=f"{seen.recovered_seconds:.0f}",
    )
