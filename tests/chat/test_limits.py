"""Rate limits by key, with handed-in time."""

from __future__ import annotations

import weakref

import pytest

from glimpse.chat.limits import PRUNE_ABOVE, TokenBuckets


def test_as_many_as_a_second_brings_may_come_at_once_and_then_one_by_one() -> None:
    rates = TokenBuckets(3)
    assert [rates.allows("ada", 100.0) for _ in range(4)] == [True, True, True, False]
    assert [rates.allows("ada", 100.4), rates.allows("ada", 100.4)] == [True, False]
    assert rates.allows("bob", 100.4)


def test_a_clock_that_goes_back_gives_nobody_more() -> None:
    rates = TokenBuckets(1)
    assert rates.allows("ada", 100.0)
    assert not rates.allows("ada", 50.0)
    assert not rates.allows("ada", 50.5)


def test_what_is_dear_is_allowed_once_and_paid_back_before_the_next() -> None:
    rates = TokenBuckets(10)
    assert rates.allows("ada", 100.0, cost=60)
    assert rates.left("ada", 100.0) == -50
    assert not rates.allows("ada", 105.0)
    assert rates.seconds_until_allowed("ada", 105.0) == pytest.approx(0.1)
    assert rates.allows("ada", 105.2)


def test_looking_takes_nothing_and_what_did_not_happen_is_given_back() -> None:
    rates = TokenBuckets(1, burst=2)
    assert [rates.left("ada", 100.0), rates.left("ada", 100.0)] == [2, 2]
    assert rates.seconds_until_allowed("ada", 100.0) == 0
    assert [rates.allows("ada", 100.0) for _ in range(3)] == [True, True, False]
    rates.give_back("ada")
    assert [rates.allows("ada", 100.0), rates.allows("ada", 100.0)] == [True, False]
    rates.give_back("ada", cost=5)
    assert rates.left("ada", 100.0) == 2
    rates.allows("ada", 100.0)
    rates.reset("ada")
    assert rates.left("ada", 100.0) == 2


class Somebody:
    """A key that can be referred to weakly."""


def test_who_is_silent_is_forgotten() -> None:
    rates, silent = TokenBuckets(5), weakref.WeakSet[Somebody]()
    for _ in range(PRUNE_ABOVE):
        somebody = Somebody()
        silent.add(somebody)
        rates.allows(somebody, 1.0)
    del somebody
    assert len(silent) == PRUNE_ABOVE
    rates.allows("one more", 10.0)
    assert len(silent) == 0


def test_a_bucket_is_forgotten_as_soon_as_it_is_full_and_a_debt_is_not() -> None:
    rates, ada, kept = TokenBuckets(1, burst=1_000), Somebody(), weakref.WeakSet[Somebody]()
    kept.add(ada)
    rates.allows(ada, 0.0)
    del ada
    rates.allows("bob", 0.0, cost=1_500)
    for number in range(PRUNE_ABOVE):
        rates.allows(number, 2.0)
    assert len(kept) == 0
    assert rates.left("bob", 2.0) == -498
