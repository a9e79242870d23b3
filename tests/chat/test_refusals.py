"""Refusals: what programs and people read of them."""

from __future__ import annotations

import pytest

from glimpse.chat.refusals import ENGLISH, KOREAN, NOT_FOUND, REFUSALS, language_of


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ko", KOREAN),
        ("ko-KR,ko;q=0.9,en;q=0.8", KOREAN),
        ("KO-kr", KOREAN),
        ("en-US,ko;q=0.9", ENGLISH),
        ("kok-IN", ENGLISH),
        ("", ENGLISH),
        ("*", ENGLISH),
    ],
)
def test_the_first_language_that_a_client_accepts_counts(header: str, language: str) -> None:
    assert language_of(header) == language


def test_a_refusal_says_in_both_languages_what_it_is_and_what_exactly_was_wrong() -> None:
    refusal = NOT_FOUND.because("no such page")
    assert refusal.sentence() == "this does not exist, or you have no access to it: no such page"
    assert refusal.sentence(KOREAN) == "찾을 수 없어요: no such page"


def test_only_what_may_pass_by_itself_asks_to_be_tried_again() -> None:
    assert {code for code, refusal in REFUSALS.items() if refusal.retry} == {
        "busy",
        "files_down",
        "internal",
        "issuer_down",
        "rate_limited",
        "unavailable",
        "unknown",
    }
    assert all(refusal.status >= 429 for refusal in REFUSALS.values() if refusal.retry)
