"""A task drains: what each client is told, and when its socket is closed; with handed-in time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glimpse.chat.drain import CLOSING, ENDING, NOTICE, Drain
from glimpse.chat.refusals import Refusal
from glimpse.chat.values import NewMessage, StoredEntry
from tests.chat.harness import ServiceHarness

BEGAN = 1_000_000.0


@pytest.mark.parametrize(
    ("seconds", "elapsed", "phase"),
    [
        (25, 0, NOTICE),
        (25, 9.9, NOTICE),
        (25, 10, CLOSING),
        (25, 19.9, CLOSING),
        (25, 20, ENDING),
        (110, 9.9, NOTICE),
        (110, 10, CLOSING),
        (110, 87.9, CLOSING),
        (110, 88, ENDING),
        (5, 1.9, NOTICE),
        (5, 2, CLOSING),
        (5, 4, ENDING),
        (0, 0, ENDING),
    ],
)
def test_a_drain_gives_notice_then_closes_then_ends(seconds: float, elapsed: float, phase: str) -> None:
    assert Drain(BEGAN, seconds).phase(BEGAN + elapsed) == phase


@given(st.integers(0, 110), st.integers(1, 300))
def test_everybody_has_their_own_time_and_all_of_it_is_within_its_phase(seconds: int, count: int) -> None:
    drain = Drain(BEGAN, seconds)
    leave = [drain.leaves_at(number) for number in range(count)]
    close = [drain.closes_at(number) for number in range(count)]
    assert all(drain.began <= at <= drain.closing_at for at in leave)
    assert all(drain.closing_at <= at <= drain.ending_at <= drain.began + seconds for at in close)
    if seconds:
        assert len(set(leave)) == len(set(close)) == count
        # However many sockets there are, they close at about even intervals.
        gaps = [after - before for before, after in zip(sorted(close), sorted(close)[1:], strict=False)]
        assert max(gaps, default=0) <= 3 * (drain.ending_at - drain.closing_at) / count


async def test_all_are_told_at_once_each_another_time_and_who_joins_meanwhile_is_told_too() -> None:
    harness = ServiceHarness()
    sockets = [(await harness.enters(f"user-{number}"))[1] for number in range(5)]
    harness.service.drain(Drain(harness.time, 25))
    told = [each.of("draining") for each in sockets]
    assert [len(each) for each in told] == [1] * 5
    assert {each[0]["graceSeconds"] for each in told} == {20.0}
    assert len({each[0]["reconnectInMs"] for each in told}) == 5
    assert all(0 <= each[0]["reconnectInMs"] <= 10_000 for each in told)
    harness.time += 9
    _, late = await harness.enters("late")
    [heard] = late.of("draining")
    assert heard["graceSeconds"] == 11.0
    assert heard["reconnectInMs"] >= 1_000, "the balancer may send them here again: not before the notice is over"


async def test_who_stays_is_served_as_before_and_closed_at_their_own_time() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, adas = await harness.enters("ada")
    _, bobs = await harness.enters("bob")
    drain = Drain(harness.time, 25)
    harness.service.drain(drain)
    harness.time += 9
    harness.service.close_drained()
    assert (await harness.says(ada, room, "1"))["seq"] == 1
    assert [message["seq"] for message in bobs.of("message")] == [1]
    harness.time = drain.closing_at
    harness.service.close_drained()
    assert (adas.closed, bobs.closed) == ("draining", None)
    harness.time = drain.ending_at
    harness.service.close_drained()
    assert bobs.closed == "draining"


async def test_nobody_is_closed_before_their_messages_are_answered() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, adas = await harness.enters("ada")
    may_store: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    append = harness.store.append

    async def slow(messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        await may_store
        return await append(messages)

    harness.store.append = slow  # type: ignore[method-assign]
    asked = {"conversationId": room, "clientId": "1", "body": "hello"}
    answers: list[dict[str, Any]] = []
    harness.emits(ada, "message", asked, answer=answers.append)
    drain = Drain(harness.time, 25)
    harness.service.drain(drain)
    harness.time = drain.ending_at
    harness.service.close_drained()
    assert adas.closed is None
    may_store.set_result(None)
    await harness.service.wait_until_idle()
    assert answers[0]["seq"] == 1
    harness.service.close_drained()
    assert adas.closed == "draining"
