"""What is due wakes the task that has to do it, and nothing else does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from glimpse.chat import background
from glimpse.chat.background import Alarm
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
async def rung(alarm: Alarm, work: Callable[[], None]) -> AsyncIterator[list[BaseException]]:
    defects: list[BaseException] = []
    running = asyncio.create_task(alarm.run(work, defects.append))
    await asyncio.sleep(0)
    yield defects
    running.cancel()
    await asyncio.wait([running])


async def test_it_is_silent_until_something_is_due() -> None:
    clock, rings = Clock(), asyncio.Queue[float]()
    alarm = Alarm(clock)
    async with rung(alarm, lambda: rings.put_nowait(clock.now)):
        alarm.set(1_050.0)
        alarm.set(1_040.0)
        await asyncio.sleep(0)
        assert rings.empty()
        clock.now = 1_039.99
        # The event loop's clock is the machine's: it waits the hundredth of a second that is left.
        alarm.set(1_039.995)
        assert await rings.get() == 1_039.99


async def test_what_was_due_before_it_began_to_run_is_done_at_once() -> None:
    clock, rings = Clock(), asyncio.Queue[float]()
    alarm = Alarm(clock)
    alarm.set(999.0)
    async with rung(alarm, lambda: rings.put_nowait(clock.now)):
        assert await rings.get() == 1_000.0


async def test_it_rings_after_the_longest_time_although_nothing_is_due() -> None:
    clock, rings = Clock(), asyncio.Queue[float]()
    async with rung(Alarm(clock, longest_seconds=0.01), lambda: rings.put_nowait(clock.now)):
        assert await rings.get() == 1_000.0


async def test_work_that_fails_is_reported_and_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "DEFECT_SECONDS", 0.0)
    clock, rings = Clock(), asyncio.Queue[float]()
    alarm = Alarm(clock, pause_seconds=0.0)

    def fails() -> None:
        rings.put_nowait(clock.now)
        raise ZeroDivisionError

    alarm.set(clock.now)
    async with rung(alarm, fails) as defects:
        await rings.get()
        await rings.get()
        assert isinstance(defects[0], ZeroDivisionError)


async def test_a_token_that_expires_and_a_user_who_left_are_due() -> None:
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
