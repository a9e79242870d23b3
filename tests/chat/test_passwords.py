"""Hashing beside the event loop: which of those who ask are answered, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from argon2 import extract_parameters

from glimpse.chat.hash_queue import BURST_SECONDS, MAX_WAITING
from glimpse.chat.outside.passwords import PLACEHOLDER, Argon2
from glimpse.chat.refusals import BUSY

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"


@pytest.fixture
def passwords() -> Iterator[Argon2]:
    made = Argon2()
    yield made
    made.close()


async def test_a_password_matches_its_hash_and_nothing_else(passwords: Argon2) -> None:
    hashed = await passwords.hash("a long password", HOME)
    assert isinstance(hashed, str)
    assert await passwords.matches(hashed, "a long password", HOME, True) is True
    assert await passwords.matches(hashed, "another password", HOME, True) is False
    assert await passwords.matches(None, "nobody", HOME, False) is False
    assert await passwords.matches("no hash", "a long password", HOME, False) is False


async def test_an_unknown_handle_takes_as_long_as_a_known_one(passwords: Argon2) -> None:
    hashed = await passwords.hash("a long password", HOME)
    assert extract_parameters(PLACEHOLDER) == extract_parameters(str(hashed))


async def test_a_hash_counts_with_the_processor_time_that_it_took(passwords: Argon2) -> None:
    spent: list[float] = []
    passwords._queue.spent = lambda cpu_seconds, now: spent.append(cpu_seconds)  # type: ignore[method-assign]
    began = asyncio.get_running_loop().time()
    await passwords.hash("a long password", HOME)
    assert 0 < spent[0] <= asyncio.get_running_loop().time() - began


async def test_where_too_many_wait_one_is_refused_and_at_the_end_nobody_is_left_waiting(passwords: Argon2) -> None:
    passwords._queue.spent(1_000.0, asyncio.get_running_loop().time())
    asked = [asyncio.create_task(passwords.hash("a long password", HOME)) for _ in range(MAX_WAITING + 1)]
    await asyncio.sleep(0)
    other = asyncio.create_task(passwords.hash("a long password", ELSEWHERE))
    done, waiting = await asyncio.wait([*asked, other], return_when=asyncio.FIRST_COMPLETED)
    assert {each.result() for each in done} == {BUSY}
    # The other network has a place.
    assert done == set(asked[-2:])
    passwords.close()
    await asyncio.wait(waiting)
    assert all(each.cancelled() for each in waiting)


async def test_a_request_that_was_cancelled_is_not_hashed(passwords: Argon2) -> None:
    hashed: list[str] = []
    passwords._hasher = SimpleNamespace(hash=hashed.append)  # type: ignore[assignment]
    # The next hash has to wait, so the first request is cancelled before its turn.
    passwords._queue.spent(BURST_SECONDS + 0.01, asyncio.get_running_loop().time())
    asked = [asyncio.create_task(passwords.hash(password, HOME)) for password in ("first", "second")]
    await asyncio.sleep(0)
    asked[0].cancel()
    await asyncio.wait(asked)
    assert hashed == ["second"]
