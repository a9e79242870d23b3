"""Guessing passwords: how it is slowed down, and that it keeps nobody else from logging in. With handed-in time."""

from __future__ import annotations

import pytest

from glimpse.chat.attempts import (
    ACCOUNT_FAILURES,
    ACCOUNT_FROM_NETWORK_FAILURES,
    ACCOUNT_FROM_NETWORK_SECONDS,
    ACCOUNT_SECONDS,
    NETWORK_FAILURES,
    NETWORK_SECONDS,
    SIGN_UP_SECONDS,
    SIGN_UPS,
    Attempt,
    Attempts,
)
from glimpse.chat.outside.json_http import response
from glimpse.chat.refusals import BUSY, RATE_LIMITED, WRONG_CREDENTIALS, Refusal
from tests.chat.test_accounts import PASSWORD, Chat, issued

HOME, ELSEWHERE = "192.0.2.1", "203.0.113.9"


def failures(attempts: Attempts, tries: list[tuple[str, str]], now: float) -> int:
    """How many of these log-ins, each an account and a network, are let through to fail."""
    return sum(isinstance(attempts.begin(account, network, False, now), Attempt) for account, network in tries)


def begun(attempts: Attempts, account: str, network: str, is_usual_network: bool, now: float) -> Attempt:
    attempt = attempts.begin(account, network, is_usual_network, now)
    assert isinstance(attempt, Attempt), attempt
    return attempt


def test_an_account_is_tried_a_few_times_from_a_network_and_then_every_few_seconds() -> None:
    attempts = Attempts()
    assert failures(attempts, [("ada", HOME)] * 100, 1_000.0) == ACCOUNT_FROM_NETWORK_FAILURES
    assert attempts.begin("ada", HOME, False, 1_000.0) == ACCOUNT_FROM_NETWORK_SECONDS
    assert failures(attempts, [("ada", HOME)] * 2, 1_000.0 + ACCOUNT_FROM_NETWORK_SECONDS) == 1


def test_a_network_that_tries_many_accounts_is_slowed_down_and_no_other_network_is() -> None:
    attempts = Attempts()
    assert failures(attempts, [(f"user-{n}", HOME) for n in range(100)], 1_000.0) == NETWORK_FAILURES
    assert attempts.begin("user-999", HOME, False, 1_000.0) == NETWORK_SECONDS
    assert failures(attempts, [("user-999", ELSEWHERE)], 1_000.0) == 1


def test_an_account_that_many_networks_try_is_slowed_down_and_no_other_account_is() -> None:
    attempts = Attempts()
    assert failures(attempts, [("ada", f"10.0.0.{n}") for n in range(200)], 1_000.0) == ACCOUNT_FAILURES
    assert attempts.begin("ada", ELSEWHERE, False, 1_000.0) == ACCOUNT_SECONDS
    assert failures(attempts, [("bob", "10.0.0.1")], 1_000.0) == 1


def test_the_network_of_the_owners_last_log_in_is_exempt_from_what_strangers_use_up() -> None:
    attempts = Attempts()
    failures(attempts, [("ada", f"10.0.0.{n}") for n in range(200)], 1_000.0)
    failures(attempts, [(f"user-{n}", HOME) for n in range(100)], 1_000.0)
    assert begun(attempts, "ada", HOME, True, 1_000.0)
    for _ in range(ACCOUNT_FROM_NETWORK_FAILURES - 1):
        attempts.begin("ada", HOME, True, 1_000.0)
    # There, too, passwords cannot be guessed quickly; and it recovers soon.
    assert attempts.begin("ada", HOME, True, 1_000.0) == ACCOUNT_FROM_NETWORK_SECONDS
    assert begun(attempts, "ada", HOME, True, 1_000.0 + ACCOUNT_FROM_NETWORK_SECONDS)


def test_what_the_owner_mistypes_on_the_usual_network_takes_nothing_from_others() -> None:
    attempts = Attempts()
    for account in range(20):
        for _ in range(ACCOUNT_FROM_NETWORK_FAILURES):
            attempts.begin(str(account), HOME, True, 1_000.0)
    assert failures(attempts, [(f"user-{n}", HOME) for n in range(100)], 1_000.0) == NETWORK_FAILURES


def test_log_ins_that_succeed_are_not_counted_however_many_share_a_network() -> None:
    attempts = Attempts()
    for person in range(1_000):
        attempts.succeeded(begun(attempts, f"user-{person}", HOME, False, 1_000.0))
    assert failures(attempts, [(f"other-{n}", HOME) for n in range(100)], 1_000.0) == NETWORK_FAILURES


def test_a_success_clears_the_failures_of_the_account_from_this_network() -> None:
    attempts = Attempts()
    failures(attempts, [("ada", HOME)] * (ACCOUNT_FROM_NETWORK_FAILURES - 1), 1_000.0)
    attempts.succeeded(begun(attempts, "ada", HOME, False, 1_000.0))
    assert failures(attempts, [("ada", HOME)] * 100, 1_000.0) == ACCOUNT_FROM_NETWORK_FAILURES


def test_an_attempt_that_was_not_compared_is_not_counted() -> None:
    attempts = Attempts()
    for _ in range(1_000):
        attempts.abandoned(begun(attempts, "ada", HOME, False, 1_000.0))
    assert failures(attempts, [("ada", HOME)] * 100, 1_000.0) == ACCOUNT_FROM_NETWORK_FAILURES


def test_many_attempts_at_once_do_not_pass_together() -> None:
    attempts = Attempts()
    at_once = [attempts.begin("ada", HOME, False, 1_000.0) for _ in range(48)]
    assert sum(isinstance(attempt, Attempt) for attempt in at_once) == ACCOUNT_FROM_NETWORK_FAILURES


def test_a_refused_attempt_takes_nothing_from_the_other_limits() -> None:
    attempts = Attempts()
    failures(attempts, [("ada", HOME)] * 10_000, 1_000.0)
    assert failures(attempts, [("ada", f"10.0.0.{n}") for n in range(200)], 1_000.0) == (
        ACCOUNT_FAILURES - ACCOUNT_FROM_NETWORK_FAILURES
    )


def test_sign_ups_are_limited_by_network() -> None:
    attempts = Attempts()
    assert [attempts.begin_sign_up(HOME, 1_000.0) for _ in range(SIGN_UPS)] == [0] * SIGN_UPS
    assert attempts.begin_sign_up(HOME, 1_000.0) == SIGN_UP_SECONDS
    assert attempts.begin_sign_up(ELSEWHERE, 1_000.0) == 0
    attempts.sign_up_abandoned(HOME)
    assert attempts.begin_sign_up(HOME, 1_000.0) == 0


# ---- Log-ins and sign-ups


async def guesses(chat: Chat, handle: str, count: int) -> list[object]:
    return [await chat.accounts.log_in(handle, "a guess", ELSEWHERE) for _ in range(count)]


async def test_a_guesser_is_told_when_to_try_again_before_anything_is_hashed() -> None:
    chat = Chat()
    await chat.signs_up("Ada")
    *wrong, refused = await guesses(chat, "ada", ACCOUNT_FROM_NETWORK_FAILURES + 1)
    assert wrong == [WRONG_CREDENTIALS] * ACCOUNT_FROM_NETWORK_FAILURES
    assert refused == RATE_LIMITED.after(ACCOUNT_FROM_NETWORK_SECONDS)
    assert isinstance(refused, Refusal)
    answer = response(refused)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(int(ACCOUNT_FROM_NETWORK_SECONDS)))
    assert len(chat.passwords.compared) == ACCOUNT_FROM_NETWORK_FAILURES
    chat.time += ACCOUNT_FROM_NETWORK_SECONDS
    assert issued(await chat.accounts.log_in("ada", PASSWORD, ELSEWHERE))


async def test_the_answers_do_not_tell_which_handles_exist() -> None:
    chat = Chat()
    await chat.signs_up("ada")
    known = await guesses(chat, "ada", 20)
    hashed = len(chat.passwords.compared)
    assert await guesses(chat, "bob", 20) == known
    assert len(chat.passwords.compared) == 2 * hashed
    # Nor is another spelling of a handle another account.
    assert await guesses(chat, "ADA", 20) == await guesses(chat, "BOB", 20) == [known[-1]] * 20


async def test_an_account_has_no_more_attempts_because_its_handle_can_be_typed_in_many_ways() -> None:
    chat = Chat()
    await chat.signs_up("bosssss")
    assert issued(await chat.accounts.log_in("boßßs", PASSWORD, ELSEWHERE)), "the same account, by its old key"
    guessed = [
        answer for typed in ("bosssss", "boßsss", "bossßs", "BOßSSS") for answer in await guesses(chat, typed, 5)
    ]
    assert guessed.count(WRONG_CREDENTIALS) == ACCOUNT_FROM_NETWORK_FAILURES


async def test_the_usual_network_is_where_the_owner_signed_up_and_then_where_they_logged_in_last() -> None:
    chat = Chat()

    async def is_let_in(network: str) -> bool:
        return not isinstance(await chat.accounts.log_in("ada", PASSWORD, network), Refusal)

    async def is_attacked() -> None:
        for number in range(200):
            await chat.accounts.log_in("ada", "a guess", f"10.0.0.{number}")

    await chat.signs_up("ada")
    await is_attacked()
    assert [await is_let_in(network) for network in (ELSEWHERE, HOME)] == [False, True]
    chat.time += ACCOUNT_SECONDS
    assert await is_let_in(ELSEWHERE)
    await is_attacked()
    assert [await is_let_in(network) for network in (HOME, ELSEWHERE)] == [False, True]


async def test_a_password_that_was_not_compared_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat()
    await chat.signs_up("ada")

    async def busy(*_: object) -> Refusal:
        return BUSY

    with monkeypatch.context() as patched:
        patched.setattr(chat.passwords, "matches", busy)
        patched.setattr(chat.passwords, "hash", busy)
        assert await guesses(chat, "ada", 100) == [BUSY] * 100
        assert [await chat.accounts.sign_up("bob", PASSWORD, HOME) for _ in range(2 * SIGN_UPS)] == [
            BUSY
        ] * 2 * SIGN_UPS
    assert issued(await chat.accounts.log_in("ada", PASSWORD, ELSEWHERE))
    await chat.signs_up("bob")


async def test_sign_ups_from_one_network_are_slowed_down_before_anything_is_hashed() -> None:
    chat = Chat()
    outcomes = [await chat.accounts.sign_up(f"user{number}", PASSWORD, ELSEWHERE) for number in range(SIGN_UPS + 1)]
    assert [each for each in outcomes if isinstance(each, Refusal)] == [RATE_LIMITED.after(SIGN_UP_SECONDS)]
    # To ask whether a handle is taken counts, too.
    assert await chat.accounts.sign_up("user1", PASSWORD, ELSEWHERE) == RATE_LIMITED.after(SIGN_UP_SECONDS)
    await chat.signs_up("ada")
