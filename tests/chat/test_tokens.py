"""The user of a token, and the time at which it expires; verified tokens are cached."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from glimpse.chat.refusals import TOKEN_EXPIRED
from glimpse.chat.tokens import INVALID_TOKEN, Identity, Tokens

OLD, NEW = "a secret that is long enough for every algorithm here", "the one that is to replace it, and is as long"
CLAIMS = {"sub": "ada", "nbf": 50, "exp": 100}
ADA = Identity("ada", 100.0)


def signed(claims: dict[str, Any], secret: str | None = OLD, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, secret, algorithm=algorithm)


def test_a_token_is_good_from_its_first_second_to_its_last_however_often_it_was_shown() -> None:
    tokens, token = Tokens([OLD], 60), signed(CLAIMS)
    seen = [tokens.verify(token, now) for now in (60.0, 49.9, 50.0, 99.9, 100.0, 99.9)]
    assert seen == [ADA, INVALID_TOKEN, ADA, ADA, TOKEN_EXPIRED, ADA]


def test_a_secret_is_replaced_while_its_tokens_live() -> None:
    tokens = Tokens([NEW, OLD], 60)
    assert tokens.verify(signed(CLAIMS), 60.0) == ADA
    mine = tokens.issue("ada", 40.0)
    assert tokens.verify(mine, 60.0) == ADA
    assert Tokens([NEW], 60).verify(mine, 60.0) == ADA
    assert Tokens([OLD], 60).verify(mine, 60.0) == INVALID_TOKEN


def test_a_token_that_was_taken_does_not_vouch_for_one_that_is_like_it() -> None:
    tokens, token = Tokens([OLD], 60), signed(CLAIMS)
    head, _, signature = token.split(".")
    body = signed({**CLAIMS, "sub": "bob"}, NEW).split(".")[1]
    for _ in range(2):
        assert tokens.verify(token, 60.0) == ADA
        assert tokens.verify(f"{head}.{body}.{signature}", 60.0) == INVALID_TOKEN
        assert tokens.verify(token[:-2], 60.0) == INVALID_TOKEN


@pytest.mark.parametrize(("secret", "algorithm"), [(None, "none"), (OLD, "HS384")])
def test_what_a_token_says_of_its_algorithm_decides_nothing(secret: str | None, algorithm: str) -> None:
    assert Tokens([OLD], 60).verify(signed(CLAIMS, secret, algorithm), 60.0) == INVALID_TOKEN


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 100},
        {"sub": "ada"},
        {"sub": "", "exp": 100},
        {"sub": "ada", "exp": True},
        {"sub": "ada", "exp": "100"},
        {"sub": "ada", "exp": 10**30},
        {"sub": "ada", "exp": 100, "nbf": "now"},
    ],
)
def test_a_token_that_says_too_little_or_nonsense_is_nobodys(claims: dict[str, Any]) -> None:
    assert Tokens([OLD], 60).verify(signed(claims), 60.0) == INVALID_TOKEN
