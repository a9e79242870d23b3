"""What a person at a terminal sees while a command works, and that nobody else sees it."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from glimpse.planner.outside import progress
from glimpse.planner.outside.progress import Progress
from glimpse.words import Words
from tests.conftest import REPOSITORY

WORDS = Words("en")
NO_PLAN = b'{"format_version": "1.2", "planned_values": {"root_module": {}}}'


@contextlib.contextmanager
def terminal() -> Iterator[tuple[int, io.TextIOWrapper]]:
    """Both ends of a terminal: what reads it as a person does, and the stream to write to."""
    read, write = pty.openpty()
    with os.fdopen(write, "w", encoding="utf-8") as stream:
        yield read, stream
    os.close(read)


def shown_until(read: int, text: str) -> str:
    """What came on the terminal, up to and with a text, which must come within a minute."""
    shown, until = "", time.monotonic() + 60
    while text not in shown:
        if not select.select([read], [], [], max(0.0, until - time.monotonic()))[0]:
            raise AssertionError(f"{text!r} never came after {shown!r}")
        shown += os.read(read, 4096).decode(errors="replace")
    return shown


@pytest.fixture(autouse=True)
def a_capable_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_step_of_a_command_that_already_took_a_second_is_shown_with_the_seconds_since_its_beginning() -> None:
    clock = Clock()
    with terminal() as (read, stream):
        tells = Progress(WORDS, stream, clock)
        clock.at = 75.0
        with tells("ui_reading", path="infra/[bold]prod"):
            shown = shown_until(read, "0:01:15")
    # Square brackets are no markup.
    assert "Reading infra/[bold]prod …" in shown


def test_the_line_is_gone_when_the_work_ends_also_by_an_error() -> None:
    clock = Clock()
    with terminal() as (read, stream):
        tells = Progress(WORDS, stream, clock)
        clock.at = 2.0
        with contextlib.suppress(ValueError), tells("progress_pricing"):
            shown_until(read, "0:00:02")
            raise ValueError
        print("END", file=stream, flush=True)
        shown = shown_until(read, "END")
    # The cursor is shown again, and the line erased.
    assert shown.rindex("\x1b[?25h") < shown.rindex("\x1b[2K") < shown.rindex("END")


def test_the_line_follows_what_the_work_tells() -> None:
    clock = Clock()
    with terminal() as (read, stream):
        tells = Progress(WORDS, stream, clock)
        clock.at = 2.0
        with tells("price_reading", service="AmazonEC2", region="us-east-1") as tell:
            shown_until(read, "AmazonEC2")
            tell("price_progress", service="AmazonEC2", region="us-east-1", megabytes=3)
            shown_until(read, "3 MB read")


def test_work_that_ends_before_the_second_is_over_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SHOWN_AFTER_SECONDS", 3600.0)
    with terminal() as (read, stream):
        with Progress(WORDS, stream, Clock())("progress_pricing"):
            pass
        print("END", file=stream, flush=True)
        assert shown_until(read, "END") == "END\r\n"


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_erase_a_line_gets_none(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term) if term else monkeypatch.delenv("TERM")
    monkeypatch.setattr(progress.threading, "Timer", None)
    with terminal() as (_, stream), Progress(WORDS, stream)("progress_pricing") as tell:
        tell("progress_comparing")


def test_a_pipe_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.threading, "Timer", None)
    stream = io.StringIO()
    with Progress(WORDS, stream)("progress_pricing"):
        pass
    assert stream.getvalue() == ""


def test_a_person_who_waits_for_a_plan_is_told_what_is_being_read() -> None:
    """The whole command: the plan follows only when the line has come, and the report stands alone in its stream."""
    command = [sys.executable, "-m", "glimpse", "bill", "-", "--lang", "en", "--region", "us-east-1"]
    with terminal() as (read, stream):
        with subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stream
        ) as process:
            shown_until(read, "Reading - …")
            out, _ = process.communicate(NO_PLAN)
        assert process.returncode == 0
        assert b"Reading" not in out
        assert out.startswith(b"Costs now")


def test_a_command_that_is_done_in_time_does_not_wait_for_what_draws(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('provider "aws" {\n  region = "us-east-1"\n}\n')
    script = "import sys; from glimpse.cli import main\ntry: main(sys.argv[1:])\nfinally: print(*sorted(sys.modules))"
    command = [sys.executable, "-c", script, "bill", str(tmp_path), "--format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "rich" not in ran.stdout.splitlines()[-1].split()
