"""
Failed log-ins are limited before a password is hashed, so that nobody can guess passwords quickly or use up the hashing
that other people's log-ins need.

A limit by account alone would let strangers lock its owner out. So the account's usual network, from where its owner
logged in last, is exempt from the limits that strangers can use up: there only the limit by account and network counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from glimpse.chat.limits import TokenBuckets

ACCOUNT_FAILURES, ACCOUNT_SECONDS = 100, 60.0
"""NIST SP 800-63B, section 5.2.2, allows 100 failed attempts in a row on an account; after them, one a minute."""

NETWORK_FAILURES, NETWORK_SECONDS = 30, 2.0
"""A school or a mobile carrier may have thousands of people behind one address, and some of them mistype."""

ACCOUNT_FROM_NETWORK_FAILURES, ACCOUNT_FROM_NETWORK_SECONDS = 10, 5.0
"""The only limit on the usual network: it recovers quickly, for the owner who mistyped ten times."""

SIGN_UPS, SIGN_UP_SECONDS = 100, 5.0
"""People who are shown the chat together, as in a school, sign up behind one address."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A log-in to an account from a network. `is_usual_network`: the account's owner logged in last from there."""

    account: str
    network: str
    is_usual_network: bool


class Attempts:
    """
    Each attempt counts as failed as soon as it begins, so that many at once do not pass together. It no longer counts
    once it has `succeeded`, or was `abandoned` before its password was compared.

    An account is named by the `attempts_key` of its handle. A handle without an account is limited like any other, so
    that the answers do not tell which handles exist. Every `now` is in seconds, of one clock.
    """

    def __init__(self) -> None:
        self._by_account = TokenBuckets(1 / ACCOUNT_SECONDS, ACCOUNT_FAILURES)
        self._by_network = TokenBuckets(1 / NETWORK_SECONDS, NETWORK_FAILURES)
        self._by_both = TokenBuckets(1 / ACCOUNT_FROM_NETWORK_SECONDS, ACCOUNT_FROM_NETWORK_FAILURES)
        self._sign_ups = TokenBuckets(1 / SIGN_UP_SECONDS, SIGN_UPS)

    def begin(self, account: str, network: str, is_usual_network: bool, now: float) -> Attempt | float:
        """
        The attempt, or in how many seconds one is allowed. A refused attempt takes no tokens and makes no buckets, so
        it costs no memory.
        """
        attempt = Attempt(account, network, is_usual_network)
        limits = self._limits(attempt)
        wait = max(buckets.seconds_until_allowed(key, now) for buckets, key in limits)
        if wait > 0:
            return wait
        for buckets, key in limits:
            buckets.allows(key, now)
        return attempt

    def succeeded(self, attempt: Attempt) -> None:
        self.abandoned(attempt)
        self._by_both.reset((attempt.account, attempt.network))

    def abandoned(self, attempt: Attempt) -> None:
        for buckets, key in self._limits(attempt):
            buckets.give_back(key)

    def begin_sign_up(self, network: str, now: float) -> float:
        """Count a sign-up and return 0 if one is allowed now; otherwise return in how many seconds one is."""
        wait = self._sign_ups.seconds_until_allowed(network, now)
        if wait == 0:
            self._sign_ups.allows(network, now)
        return wait

    def sign_up_abandoned(self, network: str) -> None:
        self._sign_ups.give_back(network)

    def _limits(self, attempt: Attempt) -> list[tuple[TokenBuckets, str | tuple[str, str]]]:
        limits: list[tuple[TokenBuckets, str | tuple[str, str]]] = [(self._by_both, (attempt.account, attempt.network))]
        if not attempt.is_usual_network:
            limits += [(self._by_account, attempt.account), (self._by_network, attempt.network)]
        return limits
