"""`glimpse verify` on a chat of real parts: what is right is confirmed, and what is broken on purpose is refuted."""

from __future__ import annotations

import asyncio
import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from glimpse.chat.tokens import Tokens
from glimpse.operations.checks.catalogue import CHECKS
from glimpse.operations.checks.check import LOCAL, URL, Target
from glimpse.operations.checks.finding import CONFIRMED, REFUTED, UNKNOWN, Finding
from glimpse.operations.checks.observations import BalancerSettings, RunningTasks
from glimpse.operations.checks.run import run_checks
from glimpse.operations.checks.service import Answer
from glimpse.operations.checks.service_checks import judge_headers
from glimpse.operations.checks.unobserved import Unobserved
from glimpse.operations.deployment import Plan
from glimpse.operations.outside import loss_probe, probe_session, upload_probe
from glimpse.operations.outside.loopback_ports import steady_port
from glimpse.operations.outside.probe_users import ProbeUsers
from glimpse.operations.outside.service_probe import ServiceProbe
from tests.operations.verify_stack import (
    Parts,
    Task,
    running_balancer,
    running_parts,
    running_tasks,
    running_unguarded_store,
    write_certificate,
)

TODAY = datetime.date(2026, 11, 29)
IDLE_SECONDS = 2
UPLOADS = ("upload_wrong_size", "upload_wrong_type", "upload_wrong_checksum", "public_read_refused")
SHORT_LIFE = "import glimpse.chat.uploads as uploads; uploads.UPLOAD_SECONDS = 1"


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    with running_parts(tmp_path_factory.mktemp("verify")) as parts:
        yield parts


@pytest.fixture(scope="module")
def two_tasks(parts: Parts) -> Iterator[Sequence[Task]]:
    with running_tasks(2, parts.environment) as tasks:
        yield tasks


class Seen(Unobserved):
    """So many tasks, behind a balancer whose idle timeout is 2 s, so that no test waits for a minute."""

    def __init__(self, tasks: int) -> None:
        self._tasks = tasks

    async def running_tasks(self) -> RunningTasks:  # type: ignore[override]
        return RunningTasks(self._tasks, self._tasks)

    async def balancer_settings(self) -> BalancerSettings:  # type: ignore[override]
        return BalancerSettings(IDLE_SECONDS, 30, True, False)


def verified(
    url: str, names: Sequence[str], tokens: Sequence[str] = (), **fields: Any
) -> tuple[Mapping[str, Finding], int]:
    """The findings of these checks by their names, and how much of what they made is left."""

    async def verify() -> tuple[Mapping[str, Finding], int]:
        users = ProbeUsers(url, tokens)
        target = Target(
            LOCAL, url, Plan(None, "0"), TODAY, Seen(2), ServiceProbe(users), is_on_loopback=True, is_slow=True,
            may_reclaim=True, idle_margin_seconds=0.5,
        )  # fmt: skip
        chosen = [check for check in CHECKS if check.name in names]
        try:
            outcomes = await run_checks(chosen, replace(target, **fields), time.monotonic, 4)
        finally:
            left = await users.clean()
        return {outcome.name: outcome.finding for outcome in outcomes}, left

    return asyncio.run(verify())


def finding_of(url: str, name: str, **fields: Any) -> Finding:
    findings, _ = verified(url, [name], **fields)
    return findings[name]


def rows(parts: Parts, query: str) -> int:
    async def count() -> int:
        connection = await asyncpg.connect(parts.database)
        try:
            return int(await connection.fetchval(query))
        finally:
            await connection.close()

    return asyncio.run(count())


def test_a_right_chat_is_confirmed_and_nothing_is_left_in_it(parts: Parts, two_tasks: Sequence[Task]) -> None:
    names = [check.name for check in CHECKS[:15] if check.name != "upload_expired"]
    with running_balancer(parts.folder, two_tasks) as url:
        findings, left = verified(url, names, task=two_tasks[0].url)
    assert findings.pop("tls").code == "verify_tls_local"
    assert {name: found.verdict for name, found in findings.items()} == dict.fromkeys(findings, CONFIRMED)
    assert left == 0
    assert rows(parts, "select count(*) from entries") >= 3
    assert rows(parts, "select count(*) from entries where body is not null") == 0
    assert rows(parts, "select count(*) from users where deleted_at is null") == 0
    # The service sweeps the files of deleted accounts.
    assert rows(parts, "select count(*) from files join users on users.id = owner_id where deleted_at is null") == 0


def test_two_tokens_are_used_where_nobody_can_sign_up(parts: Parts) -> None:
    with running_tasks(1, {**parts.environment, "GLIMPSE_SIGNUP": "off"}) as [task]:
        refused, _ = verified(task.url, ["websocket"])
        assert (refused["websocket"].verdict, refused["websocket"].code) == (UNKNOWN, "verify_no_sign_up")
        secret = parts.environment["GLIMPSE_JWT_SECRETS"]
        tokens = [Tokens([secret], 3600).issue(user, time.time()) for user in ("one", "other")]
        findings, left = verified(task.url, ["websocket", "direct_upload"], tokens)
        again, _ = verified(task.url, ["websocket"], tokens[:1] * 2)
    assert {found.verdict for found in findings.values()} == {CONFIRMED}
    # Nobody can delete a single file: the service sweeps it after a day, and verify says so.
    assert left == 1
    assert rows(parts, "select count(*) from users where id in ('one', 'other') and deleted_at is null") == 2
    assert rows(parts, "select count(*) from entries where body is not null") == 0
    assert again["websocket"].code == "verify_same_user"


def test_it_asks_for_no_more_than_it_needs(
    parts: Parts, two_tasks: Sequence[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe_session, "MAX_REQUESTS", 3)
    with running_balancer(parts.folder, two_tasks) as url:
        findings, left = verified(url, ["service_healthy", *UPLOADS])
    assert findings["service_healthy"].verdict == CONFIRMED
    assert {findings[name].code for name in UPLOADS} == {"verify_many_requests"}
    # What it made is deleted all the same.
    assert left == 0


def test_our_page_has_what_browsers_need_over_tls(two_tasks: Sequence[Task]) -> None:
    async def page() -> Answer:
        users = ProbeUsers(two_tasks[0].url)
        try:
            return await ServiceProbe(users).page()
        finally:
            await users.clean()

    assert judge_headers(asyncio.run(page()), is_on_tls=True).verdict == CONFIRMED


# ---- Broken on purpose


def test_an_object_store_that_takes_forged_requests_is_refuted(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_probe, "EXPIRY_MARGIN_SECONDS", 1.0)
    with (
        running_unguarded_store() as store,
        running_tasks(1, {**parts.environment, "GLIMPSE_S3_ENDPOINT": store}, SHORT_LIFE) as [task],
    ):
        findings, _ = verified(task.url, ["direct_upload", "upload_expired", *UPLOADS])
    assert findings.pop("direct_upload").verdict == CONFIRMED
    assert {name: found.verdict for name, found in findings.items()} == dict.fromkeys(findings, REFUTED)


def test_an_expired_address_is_refused_by_a_store_that_checks(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_probe, "EXPIRY_MARGIN_SECONDS", 1.0)
    with running_tasks(1, parts.environment, SHORT_LIFE) as [task]:
        assert finding_of(task.url, "upload_expired").code == "verify_expired"


LENGTH_UNSIGNED = """
from glimpse.chat.outside.s3.objects import S3Objects
from glimpse.chat.ports import PresignedPut
async def presign_put(self, key, content_type, size, sha256, seconds):
    headers = {"content-type": content_type}
    return PresignedPut(await self._presign("PUT", key, seconds, int(self._now()), headers), headers, seconds)
S3Objects.presign_put = presign_put
"""
UNCHECKED_COPY = "import glimpse.chat.uploads as uploads; uploads._stored_key = uploads._pending_key"
LONG_LIFE = "import glimpse.chat.uploads as uploads; uploads.UPLOAD_SECONDS = 900"
NO_HEADERS = "import glimpse.chat.outside.page as page; page.HEADERS.clear(); page._policy = lambda files: ''"
HEARD_TWICE = """
from glimpse.chat.sockets import Sockets
send = Sockets.send
Sockets.send = lambda self, user_ids, event: (send(self, user_ids, event), send(self, user_ids, event))[0]
"""


@pytest.mark.parametrize(
    ("patch", "codes"),
    [
        (
            LENGTH_UNSIGNED,
            {
                "presigned_address": "verify_presigned_unsigned",
                "upload_wrong_size": "verify_wrong_size_taken",
                "upload_wrong_checksum": "verify_wrong_checksum_taken",
            },
        ),
        (
            "\n".join((LONG_LIFE, UNCHECKED_COPY, NO_HEADERS, HEARD_TWICE)),
            {
                "presigned_address": "verify_presigned_long",
                "upload_second_put": "verify_second_put_changes",
                "security_headers": "verify_headers_missing",
                "websocket": "verify_message_heard",
            },
        ),
    ],
    ids=["unsigned", "unchecked"],
)
def test_a_chat_that_does_it_wrong_is_refuted(parts: Parts, patch: str, codes: Mapping[str, str]) -> None:
    with running_tasks(1, parts.environment, patch) as [task]:
        findings, _ = verified(task.url, list(codes))
    assert {name: finding.code for name, finding in findings.items()} == codes
    assert {finding.verdict for finding in findings.values()} == {REFUTED}


def test_an_upload_through_the_balancer_is_refuted(parts: Parts) -> None:
    port = steady_port()
    environment = {**parts.environment, "GLIMPSE_S3_ENDPOINT": f"http://127.0.0.1:{port}"}
    with (
        running_tasks(1, environment) as tasks,
        running_balancer(parts.folder, tasks, store=parts.seaweed.removeprefix("http://"), port=port) as url,
    ):
        assert finding_of(url, "direct_upload").code == "verify_upload_through_service"


def test_a_balancer_without_a_cookie_is_refuted(parts: Parts, two_tasks: Sequence[Task]) -> None:
    with running_balancer(parts.folder, two_tasks, cookie="") as url:
        findings, _ = verified(url, ["polling_stickiness"])
    assert findings["polling_stickiness"].code == "verify_polling_breaks"


def test_a_balancer_that_cuts_quiet_sockets_is_refuted(parts: Parts, two_tasks: Sequence[Task]) -> None:
    # Its pings come every 25 s, so that they do not help against an idle timeout of 1 s.
    with running_balancer(parts.folder, two_tasks, idle="1s") as url:
        assert finding_of(url, "idle_websocket").code == "verify_idle_socket_cut"


def test_a_balancer_that_takes_no_websocket_is_refuted(parts: Parts, two_tasks: Sequence[Task]) -> None:
    rule = "http-request deny if { req.hdr(Upgrade) -i websocket }"
    with running_balancer(parts.folder, two_tasks, rule=rule) as url:
        assert finding_of(url, "websocket").code == "verify_message_lost"


def test_a_task_that_closes_idle_connections_first_is_refuted(parts: Parts) -> None:
    with running_tasks(1, {**parts.environment, "GLIMPSE_KEEP_ALIVE_SECONDS": "1"}) as [task]:
        finding = finding_of(task.url, "keep_alive", task=task.url)
    assert (finding.verdict, finding.code) == (REFUTED, "verify_keep_alive_cut")


def test_a_task_that_drains_is_not_healthy(parts: Parts) -> None:
    with running_tasks(1, {**parts.environment, "GLIMPSE_DRAIN_SECONDS": "60"}) as [task]:
        assert task.process
        task.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 30
        while (finding := finding_of(task.url, "service_healthy")).verdict != REFUTED:
            assert time.monotonic() < deadline
        assert (finding.code, finding.values["status"]) == ("verify_unhealthy", 503)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "chat.pem", "127.0.0.1", 60)


def test_tls_is_judged_by_a_connection(
    parts: Parts, two_tasks: Sequence[Task], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def judged(url: str, plain_port: int) -> Finding:
        users = ProbeUsers(url)
        target = Target(URL, url, Plan(None, "0"), TODAY, Unobserved(), ServiceProbe(users, plain_port))
        try:
            [outcome] = await run_checks([CHECKS[1]], target, time.monotonic, 1)
        finally:
            await users.clean()
        return outcome.finding

    redirect = "http-request redirect scheme https code 301"
    with (
        running_balancer(parts.folder, two_tasks, tls=f"ssl crt {certificate}") as url,
        running_balancer(parts.folder, two_tasks) as plain,
        running_balancer(parts.folder, two_tasks, rule=f"{redirect} unless {{ path /health }}") as redirecting,
    ):
        plain_port, redirecting_port = (int(each.rpartition(":")[2]) for each in (plain, redirecting))
        distrusted = asyncio.run(judged(url, redirecting_port))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        right = asyncio.run(judged(url, redirecting_port))
        answers_plain = asyncio.run(judged(url, plain_port))
    assert (distrusted.verdict, distrusted.code) == (REFUTED, "verify_tls_problem")
    assert (right.verdict, right.values) == (CONFIRMED, {"version": "TLSv1.3", "days": 59, "status": 301})
    assert (answers_plain.verdict, answers_plain.code) == (REFUTED, "verify_tls_plain")


# ---- The loss of a task


class Losing(Seen):
    """Its first task is taken away as Spot does, and started again where `is_replaced`."""

    def __init__(self, tasks: Sequence[Task], is_replaced: bool) -> None:
        super().__init__(len(tasks))
        self._lost, self._is_replaced = tasks[0], is_replaced

    async def reclaim_spot_task(self) -> str:  # type: ignore[override]
        await asyncio.to_thread(self._lost.stop, signal.SIGTERM)
        return "task-1"

    async def is_recovered(self, task: str) -> bool:  # type: ignore[override]
        if self._is_replaced:
            self._lost.start()
            await asyncio.to_thread(self._lost.wait)
        return self._is_replaced


@pytest.mark.parametrize("is_replaced", [True, False])
def test_the_loss_of_a_task_is_watched_by_two_users(
    parts: Parts, is_replaced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_probe, "GIVE_UP_SECONDS", 1.0)
    monkeypatch.setattr(loss_probe, "MESSAGE_SECONDS", 0.2)
    with running_tasks(2, parts.environment) as tasks, running_balancer(parts.folder, tasks) as url:
        findings, left = verified(url, ["spot_recovery"], observations=Losing(tasks, is_replaced))
    finding = findings["spot_recovery"]
    if is_replaced:
        assert finding.verdict == CONFIRMED, finding
        assert int(finding.values["acknowledged"]) > 0
        # The balancer has them on two tasks, so that one of the sockets was cut.
        assert finding.values["cut"] == 1
    else:
        assert (finding.verdict, finding.code) == (REFUTED, "verify_spot_no_task")
    assert left == 0


# ---- The command


def verify_command(*arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "glimpse", "verify", *arguments, "--lang", "en"]


def environment_of_command() -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8"}


# People press Ctrl-C twice; the second time must not stop the deletion.
@pytest.mark.parametrize("numbers", [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]])
def test_an_interrupted_verification_deletes_what_it_made(
    parts: Parts, two_tasks: Sequence[Task], numbers: Sequence[signal.Signals]
) -> None:
    with running_balancer(parts.folder, two_tasks) as url:
        process = subprocess.Popen(
            verify_command("--on", url, "--only", "websocket,idle_websocket"),
            env=environment_of_command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=parts.folder,
        )  # fmt: skip
        assert process.stderr
        # The quiet socket alone is still held, for a minute.
        said = next(line for line in process.stderr if "Still waiting for: idle_websocket" in line)
        for number in numbers:
            process.send_signal(number)
        printed, rest = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, ""), said + rest
    assert "Interrupted." in rest
    assert "could not be deleted" not in rest
    assert rows(parts, "select count(*) from entries where body is not null") == 0
    assert rows(parts, "select count(*) from users where deleted_at is null and handle like 'verify-%'") == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--on", "http://127.0.0.1:1"), "Nothing answers at http://127.0.0.1:1"),
        (("--on", "chat.example.com"), "--on is local, aws or a URL"),
        (
            ("--on", "local", "--data", "nothing-here"),
            "No stack is running on nothing-here. Start one with `glimpse up`",
        ),
        (("--on", "http://127.0.0.1:1", "--token", "a"), "--token is given twice"),
        (("--only", "tsl"), "There is no check tsl. The checks are: alarm_balancer_5xx"),
    ],
)
def test_where_nothing_can_be_checked_a_sentence_says_why(
    arguments: Sequence[str], expected: str, tmp_path: Path
) -> None:
    ran = subprocess.run(
        verify_command(*arguments),
        env=environment_of_command(),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert ran.returncode == 2
    assert expected in ran.stderr
    assert "Traceback" not in ran.stderr
