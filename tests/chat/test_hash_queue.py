"""
Which password is hashed next, and when: simulated, with handed-in time. A hash takes HASH_SECONDS of processor time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from glimpse.chat.attempts import Attempt, Attempts
from glimpse.chat.hash_queue import BURST_SECONDS, MAX_WAITING, SHARE, HashQueue

HASH_SECONDS = 0.02
SECONDS = 60.0


def test_hashing_takes_its_share_of_a_core_after_a_burst() -> None:
    queue: HashQueue[int] = HashQueue()
    now, hashed = 1_000.0, []
    for number in range(1_000):
        queue.add(number, f"network-{number}", False, now)
        while len(queue) and queue.seconds_until_next(now) == 0:
            hashed.append(queue.take(now))
            now += HASH_SECONDS
            queue.spent(HASH_SECONDS, now)
        now += 0.05
    fair = BURST_SECONDS + (now - 1_000.0) * SHARE
    assert len(hashed) * HASH_SECONDS == pytest.approx(fair, abs=HASH_SECONDS)


def test_a_hash_that_took_longer_delays_the_next() -> None:
    queue: HashQueue[str] = HashQueue()
    assert queue.seconds_until_next(1_000.0) == 0
    queue.spent(BURST_SECONDS + 0.03, 1_000.0)
    assert queue.seconds_until_next(1_000.0) == pytest.approx(0.3)
    assert queue.seconds_until_next(1_000.2) == pytest.approx(0.1)


def test_each_network_has_its_turn_and_an_owner_on_their_usual_network_comes_first() -> None:
    queue: HashQueue[str] = HashQueue()
    for item, network, is_usual_network in (
        ("a1", "a", False), ("a2", "a", False), ("a3", "a", False), ("b1", "b", False), ("c1", "c", True),
        ("b2", "b", False),
    ):  # fmt: skip
        assert queue.add(item, network, is_usual_network, 1_000.0) is None
    assert [queue.take(1_000.0) for _ in range(len(queue))] == ["c1", "a1", "b1", "a2", "b2", "a3"]


def test_a_network_that_had_many_hashes_waits_for_others_until_that_is_long_ago() -> None:
    queue: HashQueue[str] = HashQueue()
    for _ in range(3):
        queue.add("before", "busy", False, 1_000.0)
        queue.take(1_000.0)

    def order(now: float) -> list[str]:
        queue.add("busy", "busy", False, now)
        queue.add("new", f"at {now}", False, now)
        return [queue.take(now), queue.take(now)]

    assert order(1_001.0) == ["new", "busy"]
    assert order(10_000.0) == ["busy", "new"]


def test_the_usual_network_does_not_help_without_end() -> None:
    """An attacker's own accounts have the attacker's network as their usual one."""
    queue: HashQueue[str] = HashQueue()
    for _ in range(100):
        queue.add("own account", "attacker", True, 1_000.0)
        queue.take(1_000.0)
    queue.add("own account", "attacker", True, 1_000.0)
    queue.add("somebody", "elsewhere", False, 1_000.0)
    assert queue.take(1_000.0) == "somebody"


def test_where_too_many_wait_the_last_of_the_busiest_network_loses_its_place() -> None:
    queue: HashQueue[str] = HashQueue()
    places = [queue.add(f"many {number}", "many", False, 1_000.0) for number in range(MAX_WAITING)]
    assert places == [None] * MAX_WAITING
    assert queue.add("one more", "many", False, 1_000.0) == "one more"
    assert queue.add("somebody", "elsewhere", False, 1_000.0) == f"many {MAX_WAITING - 1}"
    assert [queue.take(1_000.0), queue.take(1_000.0)] == ["many 0", "somebody"]


# ---- Guessers, and other people


@dataclass(frozen=True)
class LogIn:
    at: float
    account: str
    network: str
    login_network: str | None
    is_right: bool


@dataclass
class Simulation:
    """The log-ins of some minutes, as `Accounts` and `Argon2` treat them, and how long the right ones took."""

    attempts: Attempts = field(default_factory=Attempts)
    queue: HashQueue[tuple[LogIn, Attempt]] = field(default_factory=HashQueue)
    refused: list[LogIn] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def run(self, log_ins: Iterable[LogIn]) -> None:
        free_at = 0.0
        for log_in in sorted(log_ins, key=lambda each: each.at):
            free_at = self._hash_until(log_in.at, free_at)
            self._arrive(log_in)
        self._hash_until(2 * SECONDS, free_at)

    def _arrive(self, log_in: LogIn) -> None:
        is_usual_network = log_in.network == log_in.login_network
        attempt = self.attempts.begin(log_in.account, log_in.network, is_usual_network, log_in.at)
        if not isinstance(attempt, Attempt):
            self.refused.append(log_in)
        elif displaced := self.queue.add((log_in, attempt), log_in.network, attempt.is_usual_network, log_in.at):
            self.refused.append(displaced[0])
            self.attempts.abandoned(displaced[1])

    def _hash_until(self, now: float, free_at: float) -> float:
        """Hash what can begin before `now`. Returns when the thread is free."""
        while len(self.queue):
            begins = free_at + self.queue.seconds_until_next(free_at)
            if begins >= now:
                return free_at
            log_in, attempt = self.queue.take(begins)
            free_at = begins + HASH_SECONDS
            self.queue.spent(HASH_SECONDS, free_at)
            if log_in.is_right:
                self.attempts.succeeded(attempt)
                self.waits.append(free_at - log_in.at)
        return now


def guesses(account: Callable[[int], str], networks: int) -> Iterator[LogIn]:
    """48 guesses a second."""
    for number in range(int(48 * SECONDS)):
        yield LogIn(number / 48, account(number), f"guesser-{number % networks}", "home", False)


def people(login_network: Callable[[str], str | None]) -> Iterator[LogIn]:
    """Each second another person logs in from a network of their own."""
    for number in range(1, int(SECONDS)):
        network = f"network-{number}"
        yield LogIn(number + 0.5, f"person-{number}", network, login_network(network), True)


def one(number: int) -> str:
    return "ada"


def many(number: int) -> str:
    return f"account-{number % 1_000}"


@pytest.mark.parametrize("account", [one, many])
@pytest.mark.parametrize("networks", [1, 50])
def test_a_guesser_keeps_nobody_from_logging_in_from_their_usual_network(
    networks: int, account: Callable[[int], str]
) -> None:
    simulation = Simulation()
    owner = [LogIn(second + 0.7, "ada", "home", "home", True) for second in range(5, int(SECONDS), 5)]
    others = list(people(lambda network: network))
    simulation.run([*guesses(account, networks), *others, *owner])
    assert not [each for each in simulation.refused if each.is_right]
    assert len(simulation.waits) == len(owner) + len(others)
    # One hash is being computed, its rest is waited for, and the two of this second are computed.
    assert max(simulation.waits) <= 3 * HASH_SECONDS / SHARE


@pytest.mark.parametrize("networks", [1, 50])
def test_a_guesser_keeps_nobody_from_logging_in_from_a_new_network(networks: int) -> None:
    simulation = Simulation()
    others = list(people(lambda network: None))
    simulation.run([*guesses(many, networks), *others])
    assert not [each for each in simulation.refused if each.is_right]
    assert len(simulation.waits) == len(others)
    assert max(simulation.waits) <= MAX_WAITING * HASH_SECONDS / SHARE
