"""How much one may ask, with handed-in time."""

from __future__ import annotations

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


def test_who_is_silent_is_forgotten() -> None:
    rates = TokenBuckets(5)
    for number in range(PRUNE_ABOVE):
        rates.allows(number, 1.0)
    for number in range(PRUNE_ABOVE):
        rates.allows(-number, 10.0)
    assert len(rates._buckets) <= PRUNE_ABOVE + 1


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        ("192.0.2.1", "192.0.2.1", False),
        ("192.0.2.1", "192.0.2.2", True),
        # What comes before the last entry, the client may have made up.
        ("198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1", False),
        ("192.0.2.1,192.0.2.7", "192.0.2.1, 192.0.2.8", True),
        # A port is nobody, and one line has all of its 2**64 addresses.
        ("192.0.2.1:5000", "192.0.2.1:5001", False),
        ("2001:db8::1", "2001:db8::ffff:1", False),
        ("[2001:db8::1]:5000", "2001:db8::2", False),
        ("2001:db8::1", "2001:db8:0:1::1", True),
        ("what is this", "what is that", True),
        # Nobody named an address: it comes from inside.
        (None, None, True),
    ],
)
def test_strangers_are_counted_by_the_address_that_the_balancer_saw(
    first: str | None, second: str | None, allowed: bool
) -> None:
    addresses = AddressLimiter(1, lambda: 100.0)
    assert addresses.allows(first)
    assert addresses.allows(second) is allowed
