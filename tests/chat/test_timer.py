"""A timer calls its function when something is due, and not before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from glimpse.chat import background
from glimpse.chat.background import Timer
from glimpse.chat.presence import AWAY_SECONDS
from glimpse.chat.tokens import Tokens
from tests.chat.harness import SECRET, ServiceHarness


class Clock:
    """Seconds since 1970, as the test says."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def running(timer: Timer, work: Callable[[], None]) -> AsyncIterator[list[BaseException]]:
    defects: list[BaseException] = []
    task = asyncio.create_task(timer.run(work, defects.append))
    await asyncio.sleep(0)
    yield defects
    task.cancel()
    await asyncio.wait([task])


async def test_it_calls_nothing_until_something_is_due() -> None:
    clock, calls = Clock(), asyncio.Queue[float]()
    timer = Timer(clock)
    async with running(timer, lambda: calls.put_nowait(clock.now)):
        timer.set(1_050.0)
        timer.set(1_040.0)
        await asyncio.sleep(0)
        assert calls.empty()
        clock.now = 1_039.99
        # The event loop's clock is the machine's: it waits the hundredth of a second that is left.
        timer.set(1_039.995)
        assert await calls.get() == 1_039.99


async def test_what_was_due_before_it_began_to_run_is_done_at_once() -> None:
    clock, calls = Clock(), asyncio.Queue[float]()
    timer = Timer(clock)
    timer.set(999.0)
    async with running(timer, lambda: calls.put_nowait(clock.now)):
        assert await calls.get() == 1_000.0


async def test_it_calls_after_the_longest_sleep_although_nothing_is_due() -> None:
    clock, calls = Clock(), asyncio.Queue[float]()
    async with running(Timer(clock, max_sleep_seconds=0.01), lambda: calls.put_nowait(clock.now)):
        assert await calls.get() == 1_000.0


async def test_work_that_fails_is_reported_and_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "DEFECT_SECONDS", 0.0)
    clock, calls = Clock(), asyncio.Queue[float]()
    timer = Timer(clock, pause_seconds=0.0)

    def fails() -> None:
        calls.put_nowait(clock.now)
        raise ZeroDivisionError

    timer.set(clock.now)
    async with running(timer, fails) as defects:
        await calls.get()
        await calls.get()
        assert isinstance(defects[0], ZeroDivisionError)


async def test_the_sweep_is_due_when_a_token_expires_and_when_a_user_who_left_is_offline() -> None:
    harness, due = ServiceHarness(), list[float]()
    harness.service.sockets.on_due = harness.service.notifier._on_due = due.append
    ada, _ = await harness.enters("ada")
    assert due == [harness.time + 3600]
    sooner = Tokens([SECRET], 60).issue("ada", harness.time)
    await harness.asks(ada, "auth", {"token": sooner})
    assert due[1:] == [harness.time + 60]
    harness.disconnects(ada)
    assert due[2:] == [harness.time + AWAY_SECONDS]
    # What is due later is set again by the sweep.
    harness.service.sweep()
    assert min(due[3:]) == harness.time + AWAY_SECONDS
