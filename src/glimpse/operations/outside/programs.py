"""Programs that serve a stack: how they start and end, what they log, and their versions."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from glimpse.operations.outside.launcher import launch_command
from glimpse.operations.outside.orphans import write_pid

MAX_LOG_BYTES = 500
VERSION_SECONDS = 10.0


async def start_program(
    command: Sequence[str],
    folder: Path,
    name: str,
    environment: Mapping[str, str] | None = None,
    control_groups: Iterable[Path] = (),
) -> asyncio.subprocess.Process:
    """
    Returns once the process exists. It works in `folder`, which gets its output as NAME.log and its id as NAME.pid, and
    ends with this process: call this from the main thread. `environment` None: that of this process.
    """
    with (folder / f"{name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *launch_command(command, control_groups),
            env=environment,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C in a terminal reaches the whole process group, but programs end in the order that `up` decides.
            start_new_session=True,
        )
    write_pid(folder, name, process.pid)
    return process


async def end_program(process: asyncio.subprocess.Process, seconds: float) -> None:
    """SIGTERM, and SIGKILL after so many seconds. Returns once it has ended."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def kill_children() -> Sequence[psutil.Process]:
    """Kill every process that this one has started, and whatever those have started: which they are."""
    children: list[psutil.Process] = psutil.Process().children(recursive=True)
    for child in children:
        with suppress(psutil.Error):
            # PostgreSQL ends its own children, and removes what it shares with them.
            child.send_signal(signal.SIGQUIT if child.name() == "postgres" else signal.SIGKILL)
    return children


def end_children(seconds: float) -> None:
    """The same, and wait until all are gone. Only once nothing else in this process waits for them."""
    _, alive = psutil.wait_procs(kill_children(), seconds)
    for child in alive:
        with suppress(psutil.Error):
            child.kill()


def last_lines(log: Path) -> str:
    """The end of a log; empty where there is none."""
    try:
        return log.read_bytes()[-MAX_LOG_BYTES:].decode(errors="replace").strip()
    except OSError:
        return ""


def version_of(name: str, command: Sequence[str], word: int) -> str:
    """`name` with the version: this word of what the command prints, without a distribution's revision."""
    try:
        printed = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, timeout=VERSION_SECONDS, env={**os.environ}
        )
        return f"{name} {printed.stdout.split()[word].removeprefix('v=').strip('()').partition('-')[0]}"
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return name
