"""Rate limits for users and addresses, with handed-in time."""

from __future__ import annotations

import weakref

import pytest

from glimpse.chat.limits import PRUNE_ABOVE, AddressLimiter, TokenBuckets


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


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        ("192.0.2.1", "192.0.2.1", False),
        ("192.0.2.1", "192.0.2.2", True),
        # The client may have invented everything before the last entry.
        ("198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1", False),
        ("192.0.2.1,192.0.2.7", "192.0.2.1, 192.0.2.8", True),
        # Ports are ignored, and the 2**64 addresses of a network count as one.
        ("192.0.2.1:5000", "192.0.2.1:5001", False),
        ("2001:db8::1", "2001:db8::ffff:1", False),
        ("[2001:db8::1]:5000", "2001:db8::2", False),
        ("2001:db8::1", "2001:db8:0:1::1", True),
        ("what is this", "what is that", True),
        # Without the header the request did not come through the balancer.
        (None, None, True),
    ],
)
def test_strangers_are_counted_by_the_address_that_the_balancer_saw(
    first: str | None, second: str | None, allowed: bool
) -> None:
    addresses = AddressLimiter(1, lambda: 100.0)
    assert addresses.allows(first)
    assert addresses.allows(second) is allowed
