"""`glimpse verify`: options → a target → checks → a report and an exit code."""

from __future__ import annotations

import asyncio
import datetime
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable

from msgspec.structs import replace

from glimpse.operations.checks.catalogue import choose_checks
from glimpse.operations.checks.check import AWS, LAST, LOCAL, URL, Target
from glimpse.operations.checks.progress import Progress
from glimpse.operations.checks.redaction import redact
from glimpse.operations.checks.report import Verification
from glimpse.operations.checks.report_json import json_text
from glimpse.operations.checks.report_junit import junit_text
from glimpse.operations.checks.report_terminal import terminal_text
from glimpse.operations.checks.run import run_checks
from glimpse.operations.options import Say, VerifyOptions
from glimpse.operations.outside.confirmation import confirm
from glimpse.operations.outside.probe_users import ProbeUsers
from glimpse.operations.outside.text_file import write_report
from glimpse.operations.outside.verify_targets import open_target

INTERRUPTED = 130
"""As a shell reports the end by Ctrl-C."""

SIDE_BY_SIDE = {LOCAL: 4, AWS: 4, URL: 2}
"""Quick checks at once. Two keep the load on somebody's service small."""


def run(options: VerifyOptions, say: Say) -> int:
    """Raises Failure where nothing can be checked."""
    try:
        verification = asyncio.run(_verify(options, say))
    except (KeyboardInterrupt, asyncio.CancelledError):
        _tell(say("verify_interrupted"))
        return INTERRUPTED
    _write(options, verification, say)
    return verification.exit_code(options.is_strict)


async def _verify(options: VerifyOptions, say: Say) -> Verification:
    if this := asyncio.current_task():
        # `docker stop` and CI end a program by SIGTERM: what was made is deleted then, too. A second Ctrl-C must not
        # stop that, as asyncio's own handler would.
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, this.cancel)
    checks = choose_checks(options.only)
    async with open_target(options, say) as (target, users):
        if any(check.when == LAST for check in checks):
            target = replace(target, may_reclaim=await _may_reclaim(options, target, say))
        left, secrets = 0, list[str]()
        try:
            progress = Progress(checks, options.is_slow, say, _tell)
            outcomes = await run_checks(checks, target, time.monotonic, SIDE_BY_SIDE[target.kind], progress.on_outcome)
        finally:
            if users:
                secrets = list(users.secret_texts)
                left = await _cleaned(users, say)
        outcomes = tuple(redact(outcome, secrets) for outcome in outcomes)
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
                _tell(say("verify_not_cleaned"))
                raise
            _tell(say("verify_cleaning"))
    if left := cleaning.result():
        _tell(say("verify_left", count=left))
    if cut:
        raise asyncio.CancelledError
    return left


async def _may_reclaim(options: VerifyOptions, target: Target, say: Say) -> bool:
    if target.kind == AWS:
        return options.drill is not None
    if target.kind == URL:
        return False
    if options.is_agreed or not options.asks:
        return options.is_agreed
    return await confirm(say("verify_ask_spot"))


def _tell(text: str) -> None:
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
    write_report(texts[options.format](), options.output)
