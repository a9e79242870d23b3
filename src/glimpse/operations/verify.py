"""`glimpse verify`: options → a target → checks → a report and an exit code."""

from __future__ import annotations

import asyncio
import datetime
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import aiohttp
from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.chat.uploads import UPLOAD_SECONDS
from glimpse.operations.checks.catalogue import CHECKS
from glimpse.operations.checks.check import AWS, LAST, LOCAL, URL, WAITING, Check, Outcome, Target
from glimpse.operations.checks.observations import Unseen
from glimpse.operations.checks.report import Verification
from glimpse.operations.checks.report_json import json_text
from glimpse.operations.checks.report_junit import junit_text
from glimpse.operations.checks.report_terminal import MARKS, terminal_text
from glimpse.operations.checks.run import run_checks
from glimpse.operations.checks.service_checks import REDIRECTS
from glimpse.operations.checks.unobserved import Unobserved
from glimpse.operations.deployment import Deployment, Plan
from glimpse.operations.options import Say, VerifyOptions
from glimpse.operations.outside import running_stack
from glimpse.operations.outside.local_observations import LocalObservations, page_document
from glimpse.operations.outside.plan import read_plan
from glimpse.operations.outside.probe_users import ProbeUsers
from glimpse.operations.outside.service_probe import ServiceProbe
from glimpse.operations.state import RUNNING

INTERRUPTED = 130
"""As a shell reports the end by Ctrl-C."""

SIDE_BY_SIDE = {LOCAL: 4, AWS: 4, URL: 2}
"""Quick checks at once. Two keep the load on somebody's service small."""

YES = ("y", "yes", "네", "예", "ㅇ")
NO_PLAN = Plan(deployment=None, monthly_usd="0")


def run(options: VerifyOptions, say: Say) -> int:
    """Raises Failure where nothing can be checked."""
    try:
        verification = asyncio.run(_verify(options, say))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print(say("verify_interrupted"), file=sys.stderr)
        return INTERRUPTED
    _write(options, verification, say)
    return verification.exit_code(options.is_strict)


async def _verify(options: VerifyOptions, say: Say) -> Verification:
    if this := asyncio.current_task():
        # `docker stop` and CI end a program by SIGTERM: what was made is deleted then, too. A second Ctrl-C must not
        # stop that, as asyncio's own handler would.
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, this.cancel)
    checks = _chosen(options.only)
    async with _target(options, say) as (target, users):
        if any(check.when == LAST for check in checks):
            target = replace(target, may_reclaim=await _may_reclaim(options, target, say))
        left, secrets = 0, list[str]()
        try:
            progress = _Progress(checks, options.is_slow, say)
            outcomes = await run_checks(checks, target, time.monotonic, SIDE_BY_SIDE[target.kind], progress.on_outcome)
        finally:
            if users:
                secrets = list(users.secret_texts)
                left = await _cleaned(users, say)
        outcomes = tuple(_without(secrets, outcome) for outcome in outcomes)
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return Verification(target.kind, target.address, at, target.plan.checklist, outcomes, left)


async def _cleaned(users: ProbeUsers, say: Say) -> int:
    """
    How much could not be deleted. Ctrl-C during it counts only when it comes a second time; then some accounts or
    messages stay.
    """
    cleaning, cut = asyncio.create_task(users.clean()), 0
    while not cleaning.done():
        try:
            await asyncio.shield(cleaning)
        except asyncio.CancelledError:
            cut += 1
            if cut > 1:
                cleaning.cancel()
                print(say("verify_not_cleaned"), file=sys.stderr, flush=True)
                raise
            print(say("verify_cleaning"), file=sys.stderr, flush=True)
    if left := cleaning.result():
        print(say("verify_left", count=left), file=sys.stderr, flush=True)
    if cut:
        raise asyncio.CancelledError
    return left


def _without(secrets: Iterable[str], outcome: Outcome) -> Outcome:
    """The outcome without tokens and passwords: a service may answer with what it was sent."""

    def hidden(value: str | int) -> str | int:
        for secret in secrets if isinstance(value, str) else ():
            value = str(value).replace(secret, "…")
        return value

    finding = outcome.finding
    values = {name: hidden(value) for name, value in finding.values.items()}
    return replace(outcome, finding=replace(finding, values=values))


def _chosen(only: Sequence[str]) -> Sequence[Check]:
    known = {check.name: check for check in CHECKS}
    for name in only:
        if name not in known:
            # A value is cut at 300 characters, and the names are longer.
            names = sorted(known)
            half = len(names) // 2
            first, rest = ", ".join(names[:half]), ", ".join(names[half:])
            raise Failure("verify_no_such_check", name=name, names=first, rest=rest)
    return [known[name] for name in dict.fromkeys(only)] or CHECKS


# ---- Targets


@asynccontextmanager
async def _target(options: VerifyOptions, say: Say) -> AsyncIterator[tuple[Target, ProbeUsers | None]]:
    """Raises Failure where nothing runs there."""
    if len(options.tokens) not in (0, 2):
        raise Failure("verify_two_tokens", count=len(options.tokens))
    today = datetime.datetime.now(datetime.UTC).date()
    if options.target == LOCAL:
        async with _local(options, say, today) as found:
            yield found
    elif options.target == AWS:
        yield await _aws(options, today)
    else:
        yield await _url(options, say, today)


@asynccontextmanager
async def _local(
    options: VerifyOptions, say: Say, today: datetime.date
) -> AsyncIterator[tuple[Target, ProbeUsers | None]]:
    addresses = running_stack.find(options.data)
    if addresses is None:
        raise Failure("verify_nothing_runs", folder=str(options.data))
    plan = await _plan(options, say)
    try:
        deployment = await page_document(addresses.page, "/deployment", Deployment)
    except Unseen as unseen:
        raise Failure(unseen.code, **unseen.values) from None
    # `up --bus` and `up --tasks` decide over the Terraform.
    deployment = replace(deployment, bus=deployment.bus if addresses.bus else "postgresql")
    observations = LocalObservations(addresses, deployment)
    try:
        try:
            state = await observations.state()
        except Unseen as unseen:
            raise Failure(unseen.code, **unseen.values) from None
        users = ProbeUsers(addresses.chat, options.tokens)
        tasks = [task for task in state.tasks if task.state == RUNNING]
        yield (
            Target(
                LOCAL, addresses.chat, replace(plan, deployment=deployment), today, observations,
                ServiceProbe(users), task=f"http://127.0.0.1:{tasks[0].port}" if tasks else None,
                is_on_loopback=True, speed=state.speed, is_slow=options.is_slow,
            ),
            users,
        )  # fmt: skip
    finally:
        await observations.close()


async def _url(options: VerifyOptions, say: Say, today: datetime.date) -> tuple[Target, ProbeUsers | None]:
    parts = _parts(options.target)
    url = f"{parts.scheme}://{parts.netloc}"
    plan = await _plan(options, say)
    users = ProbeUsers(url, options.tokens)
    probe = ServiceProbe(users)
    try:
        await _raise_if_not_ours(url, probe)
    except BaseException:
        await users.clean()
        raise
    target = Target(
        URL, url, plan, today, Unobserved(), probe, is_on_loopback=_is_loopback(parts), is_slow=options.is_slow
    )
    return target, users


def _parts(target: str) -> SplitResult:
    """Raises Failure where this is no address of a service."""
    try:
        parts = urlsplit(target)
        port = parts.port
    except ValueError:
        raise Failure("verify_no_such_target", target=target) from None
    if parts.username is not None or parts.password is not None:
        # The sentence must not show the password.
        raise Failure("verify_url_password")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise Failure("verify_no_such_target", target=target)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Failure("verify_url_path", url=f"{parts.scheme}://{parts.netloc}")
    return parts


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


async def _raise_if_not_ours(url: str, probe: ServiceProbe) -> None:
    """Nobody signs up with, or sends a token to, what is no Glimpse chat. Raises Failure."""
    try:
        health = await probe.health()
    except aiohttp.ClientSSLError:
        # The check of TLS says what is wrong with it.
        return
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise Failure("verify_unreachable", url=url, detail=str(error) or type(error).__name__) from None
    if health.status in REDIRECTS:
        raise Failure("verify_redirected", url=url, status=health.status, location=health.headers.get("location", "–"))
    # A balancer without a healthy task answers 5xx, and one that limits addresses 429.
    if not health.is_health and health.status < 500 and health.status != 429:
        raise Failure("verify_not_glimpse", url=url, status=health.status)


async def _aws(options: VerifyOptions, today: datetime.date) -> tuple[Target, ProbeUsers | None]:
    from glimpse.operations.outside.aws.observations import observe

    plan = await read_plan(options.arguments)
    deployment = plan.deployment
    if deployment is None:
        raise Failure("verify_no_deployment")
    service = deployment.tasks.service
    if options.drill is not None and options.drill != service:
        raise Failure("verify_drill_other", given=options.drill, service=service or "–")
    observations = await observe(deployment, options.region)
    name = f"AWS {options.region or deployment.region}"
    target = Target(AWS, name, plan, today, observations, is_slow=options.is_slow)
    try:
        url = await observations.chat_url()
    except Unseen as unseen:
        return replace(target, why_no_service=unseen), None
    users = ProbeUsers(url, options.tokens)
    return replace(target, address=url, service=ServiceProbe(users)), users


async def _plan(options: VerifyOptions, say: Say) -> Plan:
    """The plan, or an empty one where none can be read: the service can be checked without."""
    try:
        return await read_plan(options.arguments, needs_deployment=False)
    except Failure as failure:
        print(say("verify_without_plan", why=say(failure.code, **failure.values)), file=sys.stderr)
        return NO_PLAN


async def _may_reclaim(options: VerifyOptions, target: Target, say: Say) -> bool:
    if target.kind == AWS:
        return options.drill is not None
    if target.kind == URL:
        return False
    if options.is_agreed or not options.asks:
        return options.is_agreed
    print(say("verify_ask_spot"), end=" ", file=sys.stderr, flush=True)
    # A blocking read would keep Ctrl-C waiting for the Enter key.
    answered = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, answered.set)
    try:
        await answered.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip().lower() in YES


# ---- What people see


class _Progress:
    """Tells of each check as it ends, and once, what is still being waited for."""

    def __init__(self, checks: Sequence[Check], is_slow: bool, say: Say) -> None:
        self._say, self._total = say, len(checks)
        self._left = {check.name: check for check in checks}
        self._has_waited = False
        self._tell(say("verify_begins", count=self._total))
        if is_slow:
            self._tell(say("verify_begins_slow", seconds=UPLOAD_SECONDS))
        elif any(check.when == WAITING for check in checks):
            self._tell(say("verify_begins_held"))

    def on_outcome(self, outcome: Outcome) -> None:
        del self._left[outcome.name]
        mark, title = MARKS[outcome.finding.verdict], self._say(f"verify_title_{outcome.name}")
        self._tell(f"[{self._total - len(self._left)}/{self._total}] {mark} {title}")
        if self._left and not self._has_waited and all(check.when == WAITING for check in self._left.values()):
            self._has_waited = True
            self._tell(self._say("verify_waits", names=", ".join(self._left)))

    def _tell(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


def _write(options: VerifyOptions, verification: Verification, say: Say) -> None:
    is_terminal = sys.stdout.isatty() and options.output is None
    width = min(120, shutil.get_terminal_size((100, 24)).columns)
    is_coloured = is_terminal and "NO_COLOR" not in os.environ
    texts: dict[str, Callable[[], str]] = {
        "terminal": lambda: terminal_text(verification, say, width, is_coloured),
        "json": lambda: json_text(verification, say),
        "junit": lambda: junit_text(verification, say),
    }
    text = texts[options.format]()
    if options.output is None:
        sys.stdout.write(text)
        return
    _save(options.output, text)


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure("verify_unwritable", path=str(path), detail=error.strerror or str(error)) from None
