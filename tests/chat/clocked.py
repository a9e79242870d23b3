"""An event loop whose clock a test moves, and a connection whose peer reads as much as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class ClockedLoop:
    """The running event loop with a clock of its own. Timers fire when a test moves the clock."""

    def __init__(self) -> None:
        self._loop, self._now = asyncio.get_running_loop(), 0.0
        self._timers: list[tuple[float, asyncio.TimerHandle, Callable[..., object], tuple[Any, ...]]] = []
        self.create_task, self.call_soon = self._loop.create_task, self._loop.call_soon

    def time(self) -> float:
        return self._now

    def call_at(self, when: float, callback: Callable[..., object], *arguments: Any) -> asyncio.TimerHandle:
        handle = self._loop.call_later(3_600, callback)
        self._timers.append((when, handle, callback, arguments))
        return handle

    def call_later(self, seconds: float, callback: Callable[..., object], *arguments: Any) -> asyncio.TimerHandle:
        return self.call_at(self._now + seconds, callback, *arguments)

    def timers(self) -> int:
        """How many timers wait."""
        return sum(not handle.cancelled() for _, handle, _, _ in self._timers)

    async def pass_seconds(self, seconds: float) -> None:
        until = self._now + seconds
        while due := [timer for timer in self._timers if timer[0] <= until and not timer[1].cancelled()]:
            timer = min(due, key=lambda each: each[0])
            self._timers.remove(timer)
            self._now, handle, callback, arguments = max(self._now, timer[0]), *timer[1:]
            handle.cancel()
            callback(*arguments)
            await turns()
        self._now = until
        await turns()


async def turns() -> None:
    """Let the tasks go on until each waits for something."""
    for _ in range(10):
        await asyncio.sleep(0)


class UnreadTransport(asyncio.Transport):
    """A connection whose peer reads as much as a test says; `unread` is what it has not."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.unread = b"", 0
        self.is_closed = self.is_aborted = self.is_paused = False
        self.protocol: Any = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return self.unread

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def get_protocol(self) -> Any:
        return self.protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = self.is_aborted = True

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False
