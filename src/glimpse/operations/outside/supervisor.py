"""Watches a part of the stack, and starts it again when it dies, as RDS, ElastiCache and S3 would."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import psutil
from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.operations.local.restarts import RestartPolicy
from glimpse.operations.state import FAILED, RUNNING, STARTING, STOPPED, PartState

POLL_SECONDS = 0.1

Record = Callable[..., None]
"""`record(subject, code, **values)` of `ports.LocalStack`."""


class PartProcess(Protocol):
    """One process, which can be started again after `stop`, also when it has died by itself."""

    program: str
    """What it runs with its version; empty before the first start."""

    @property
    def pid(self) -> int | None: ...

    async def start(self) -> None:
        """Returns once it serves. Raises Failure."""

    async def stop(self) -> None: ...

    def last_lines(self) -> str:
        """The end of its log."""
        ...


class SupervisedPart:
    """A server under the name that the page and the drills know. `record` adds to the timeline."""

    def __init__(self, name: str, server: PartProcess, record: Record) -> None:
        self.name, self._server, self._record = name, server, record
        self._policy = RestartPolicy()
        self._state = PartState(name, "", STARTING, time.time())
        self._process: psutil.Process | None = None
        self._memory_mib: float | None = None
        self._began = time.monotonic()
        """When it began to serve."""

        self._changed = asyncio.Condition()

    def state(self) -> PartState:
        return replace(self._state, pid=self._process.pid if self._process else None, memory_mib=self._memory_mib)

    async def start(self) -> None:
        """Raises Failure where it cannot start."""
        await self._server.start()
        # A part that ended just now is found by `watch`, whose first look fails.
        self._process = None
        with suppress(psutil.Error):
            self._process = psutil.Process(self._server.pid)
        self._began = time.monotonic()
        await self._change(RUNNING)

    async def stop(self) -> None:
        await self._server.stop()
        self._process = None

    async def watch(self) -> None:
        """Never returns: whenever it dies, it is started again."""
        while True:
            while self._is_alive():
                await asyncio.sleep(POLL_SECONDS)
            await self._restart()

    async def kill(self) -> None:
        """SIGKILL; returns once it serves again. Needs `watch`. One that is dead already is only waited for."""
        restarts = self._state.restarts
        if self._process:
            restarts += 1
            self._record(self.name, "up_part_killed", program=self._program)
            with suppress(psutil.Error):
                self._process.send_signal(signal.SIGKILL)
        async with self._changed:
            await self._changed.wait_for(lambda: self._state.state == RUNNING and self._state.restarts >= restarts)

    def measure_memory(self) -> None:
        """Blocks for some milliseconds; `state` has the result."""
        self._memory_mib = memory_mib(self._process)

    @property
    def _program(self) -> str:
        return self._server.program or self.name

    def _is_alive(self) -> bool:
        try:
            return bool(self._process and self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False

    async def _restart(self) -> None:
        died = time.monotonic()
        pause = self._policy.pause(died - self._began)
        self._record(self.name, "up_part_ended", program=self._program, seconds=round(pause))
        log, self._process = self._server.last_lines(), None
        await self._change(
            FAILED if self._policy.keeps_dying else STOPPED, restarts=self._state.restarts + 1, explanation=log or None
        )
        await asyncio.sleep(pause)
        await self._change(STARTING)
        try:
            await self._server.stop()
            await self.start()
        except (Failure, OSError) as failure:
            # It has not served, so `pause` counts this as one more death at once.
            self._began = time.monotonic()
            self._record(self.name, "up_part_not_started", program=self._program, said=_reason(failure))
        else:
            self._record(self.name, "up_part_serves", program=self._program, seconds=time.monotonic() - died)

    async def _change(self, state: str, restarts: int | None = None, explanation: str | None = None) -> None:
        async with self._changed:
            self._state = PartState(
                self.name,
                self._server.program,
                state,
                time.time(),
                self._state.restarts if restarts is None else restarts,
                explanation=None if state == RUNNING else explanation or self._state.explanation,
            )
            self._changed.notify_all()


def _reason(failure: Failure | OSError) -> str:
    """Why something did not start, as far as its program said."""
    if isinstance(failure, OSError):
        return failure.strerror or str(failure)
    return str(failure.values.get("said") or failure.values.get("detail") or failure.code)


def memory_mib(process: psutil.Process | None) -> float | None:
    """Of a process and its descendants, shared pages counted once; None where it has ended."""
    if process is None:
        return None
    try:
        return sum(_own_bytes(each) for each in (process, *process.children(recursive=True))) / 2**20
    except psutil.Error:
        return None


def _own_bytes(process: psutil.Process) -> int:
    """Linux shares a page's bytes among the processes that have it (PSS); elsewhere the resident ones are counted."""
    try:
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", memory.rss))
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
