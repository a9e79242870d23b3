"""Terraform as a child process: its JSON messages, its errors as sentences, and its orderly end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from glimpse.chat.failure import Failure
from glimpse.operations.releases.ports import Tell, nothing
from glimpse.operations.releases.progress import POLL_SECONDS

LOOK_SECONDS = 0.2
MAX_ERRORS = 3
MAX_PLAIN_LINES = 12
MAX_ERROR_CHARACTERS = 1200
LOCK_SUMMARY = "Error acquiring the state lock"
"""Terraform's own words (internal/command/clistate)."""

Message = Mapping[str, Any]


def run_terraform(
    program: str,
    folder: Path,
    arguments: Sequence[str],
    log: Path,
    tell: Tell,
    on_message: Callable[[Message], None] = lambda message: None,
    fine: Sequence[int] = (0,),
    look: Callable[[], None] = nothing,
) -> int:
    """
    Run a command in a folder, with `-json` where the command knows it; its exit code, one of `fine`. Raises Failure
    with Terraform's own errors. `look` is called every POLL_SECONDS while it runs.

    It writes into the file `log` and has a session of its own: so it ends its work, and saves its state, also where
    this process is killed. On Ctrl-C it is asked to end, and is waited for.
    """
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(  # noqa: S603
                [program, f"-chdir={folder}", *arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"},
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise Failure("deploy_terraform_missing", detail=error.strerror or str(error)) from None
    errors: list[Message] = []
    plain: list[str] = []
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in _lines(lines, process, tell, look):
            message = _message(line)
            if message is None:
                plain.append(line)
            elif message.get("type") == "diagnostic" and message["diagnostic"].get("severity") == "error":
                errors.append(message["diagnostic"])
            else:
                on_message(message)
    if process.returncode not in fine:
        raise _failure(arguments[0], folder, errors, plain)
    return process.returncode


def _lines(lines: Any, process: subprocess.Popen[bytes], tell: Tell, look: Callable[[], None]) -> Iterator[str]:
    """The lines as they come, until the process has ended. Raises KeyboardInterrupt once it has, if asked to end."""
    is_interrupted, rest, looked = False, "", time.monotonic()
    while True:
        try:
            has_ended = process.poll() is not None
            rest += lines.read()
            *whole, rest = rest.split("\n")
            yield from whole
            if has_ended:
                break
            if time.monotonic() - looked >= POLL_SECONDS:
                look()
                looked = time.monotonic()
            time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            # A second one makes Terraform end at once, as it does by itself at a terminal.
            if not is_interrupted:
                tell("deploy_terraform_ends")
            is_interrupted = True
            process.send_signal(signal.SIGINT)
    if rest:
        yield rest
    if is_interrupted:
        raise KeyboardInterrupt


def _message(line: str) -> Message | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _failure(command: str, folder: Path, errors: Sequence[Message], plain: Sequence[str]) -> Failure:
    for error in errors:
        if error.get("summary") == LOCK_SUMMARY and "Lock Info" in str(error.get("detail")):
            return _locked(folder, str(error["detail"]))
    told = [_told(error) for error in errors[:MAX_ERRORS]] or [line for line in plain if line.strip()][
        -MAX_ERRORS * 3 :
    ]
    if len(errors) > MAX_ERRORS:
        told.append(f"(+{len(errors) - MAX_ERRORS})")
    detail = "\n".join(told)[:MAX_ERROR_CHARACTERS] or "–"
    return Failure("deploy_terraform_failed", command=command, folder=folder.name, detail=detail)


def _told(error: Message) -> str:
    """One error with its place: the resource, or the file and line."""
    place = str(error.get("address") or "")
    where = error.get("range") or {}
    if file := where.get("filename"):
        place = f"{place} ({file}:{where['start']['line']})" if place else f"{file}:{where['start']['line']}"
    detail = " ".join(str(error.get("detail") or "").split())
    return ": ".join(part for part in (place, str(error.get("summary")), detail) if part)


def _locked(folder: Path, detail: str) -> Failure:
    values = {
        name.strip().lower(): value.strip()
        for name, colon, value in (line.partition(":") for line in detail.splitlines())
        if colon
    }
    return Failure(
        "deploy_state_locked",
        who=values.get("who", "–"),
        since=values.get("created", "–").partition(".")[0],
        operation=values.get("operation", "–"),
        id=values.get("id", "–"),
        folder=str(folder),
    )
