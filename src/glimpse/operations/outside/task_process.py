"""One task of the service: a process of `glimpse serve`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from glimpse.operations.local.traffic import Sample, read_sample
from glimpse.operations.outside.control_group import ControlGroup
from glimpse.operations.outside.orphans import remove_pid
from glimpse.operations.outside.programs import last_lines, start_program

SERVE = (sys.executable, "-m", "glimpse", "serve")
ANSWER_SECONDS = 2.0
POLL_SECONDS = 0.05
MIB = 2**20


class TaskProcess:
    """
    `name` is the task's; its log is `folder/NAME.log`. `environment` has its settings. It gets this process's
    environment, too, without the settings in it.
    """

    def __init__(
        self,
        name: str,
        environment: Mapping[str, str],
        port: int,
        folder: Path,
        group: ControlGroup | None = None,
        command: Sequence[str] = SERVE,
    ) -> None:
        self.port = port
        self.log = folder / f"{name}.log"
        self._name, self._folder, self._group, self._command = name, folder, group, command
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GLIMPSE_")},
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            **environment,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._usage: psutil.Process | None = None

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Returns once the process exists. Only from the main thread, whose end it does not outlive."""
        groups = self._group.folders if self._group else ()
        self._process = await start_program(self._command, self._folder, self._name, self._environment, groups)
        with suppress(psutil.Error):
            self._usage = psutil.Process(self._process.pid)

    async def wait(self) -> int:
        """Its exit code, once it has ended; negative for a signal. 0 where it was never started."""
        if self._process is None:
            return 0
        code = await self._process.wait()
        remove_pid(self._folder, self._name)
        return code

    async def wait_until_healthy(self) -> None:
        """Until `/health` has answered 200 once."""
        while not await self.is_healthy():
            await asyncio.sleep(POLL_SECONDS)

    def signal(self, number: signal.Signals) -> None:
        if self._process:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def is_healthy(self) -> bool:
        return (await self._get("/health"))[0] == 200

    async def sample(self) -> Sample | None:
        """None where it does not answer."""
        status, body = await self._get("/metrics")
        return read_sample(body) if status == 200 else None

    def memory_mib(self) -> float | None:
        """What counts against the task's limit where it has one; else its resident memory."""
        with suppress(OSError, ValueError, psutil.Error):
            if self._group:
                return self._group.memory_bytes() / MIB
            if self._usage:
                return float(self._usage.memory_info().rss) / MIB
        return None

    def cpu_seconds(self) -> float | None:
        """Since it started."""
        with suppress(psutil.Error):
            if self._usage:
                used = self._usage.cpu_times()
                return float(used.user + used.system)
        return None

    def last_lines(self) -> str:
        """The end of its log."""
        return last_lines(self.log)

    async def _get(self, path: str) -> tuple[int, str]:
        """The status and the body; status 0 where nothing answers in time."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                    head, _, body = (await reader.read()).decode(errors="replace").partition("\r\n\r\n")
                    return int(head.split(maxsplit=2)[1]), body
                finally:
                    writer.transport.abort()
        except (OSError, TimeoutError, IndexError, ValueError):
            return 0, ""
