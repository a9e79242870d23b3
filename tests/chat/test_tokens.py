"""The user of a token, and the time at which it expires; verified tokens are cached."""

from __future__ import annotations

import hmac
import json
from typing import Any

import jwt
import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jwt.utils import base64url_encode

from glimpse.chat.refusals import TOKEN_EXPIRED, UNAUTHORIZED, Refusal
from glimpse.chat.tokens import INVALID_TOKEN, LEEWAY_SECONDS, MAX_TOKEN_LENGTH, Identity, InvalidSecret, Tokens

OLD, NEW = "a secret that is long enough for every algorithm here", "the one that is to replace it, and is as long"
CLAIMS = {"sub": "ada", "exp": 100}
ADA = Identity("ada", 100.0)


def is_nobodys(found: object) -> bool:
    return isinstance(found, Refusal) and found.code == UNAUTHORIZED.code


def signed(claims: dict[str, Any], secret: str | None = OLD, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, secret, algorithm=algorithm)


def identity(found: object) -> Identity:
    assert isinstance(found, Identity), found
    return found


def test_a_token_is_valid_until_exactly_the_second_that_it_names_however_often_it_was_shown() -> None:
    tokens, token = Tokens([OLD], 60), signed(CLAIMS)
    seen = [tokens.verify(token, now) for now in (60.0, 99.9, 100.0, 99.9)]
    assert seen == [ADA, ADA, TOKEN_EXPIRED, ADA]


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_the_clock_of_another_issuer_may_be_a_minute_ahead(claim: str) -> None:
    tokens, token = Tokens([OLD], 60), signed({"sub": "ada", "exp": 1000, claim: 500})
    assert is_nobodys(tokens.verify(token, 500.0 - LEEWAY_SECONDS - 0.1))
    assert identity(tokens.verify(token, 500.0 - LEEWAY_SECONDS)).user_id == "ada"


def test_a_secret_is_replaced_while_its_tokens_live() -> None:
    tokens = Tokens([NEW, OLD], 60)
    assert tokens.verify(signed(CLAIMS), 60.0) == ADA
    mine = tokens.issue("ada", 40.0)
    assert tokens.verify(mine, 60.0) == Identity("ada", 100.0, 40.0, 40.0)
    assert identity(Tokens([NEW], 60).verify(mine, 60.0)).user_id == "ada"
    assert Tokens([OLD], 60).verify(mine, 60.0) == INVALID_TOKEN


def test_only_a_token_that_was_issued_here_says_when_its_session_began() -> None:
    tokens = Tokens([OLD], 60, session_seconds=100.0)
    assert identity(tokens.verify(signed({**CLAIMS, "iat": 40}), 60.0)).session_started_at is None
    renewed = identity(tokens.verify(tokens.issue("ada", 50.0, session_started_at=20.0), 60.0))
    assert (renewed.session_started_at, renewed.expires_at) == (20.0, 110.0)
    last = identity(tokens.verify(tokens.issue("ada", 90.0, session_started_at=20.0), 100.0))
    assert last.expires_at == 120.0, "not past the end of the session"


def test_a_token_that_is_issued_in_the_second_of_a_revocation_is_not_revoked_by_it() -> None:
    tokens = Tokens([OLD], 60)
    assert identity(tokens.verify(tokens.issue("ada", 40.5, valid_after=41), 40.5)).issued_at == 41


@pytest.mark.parametrize(
    ("claims", "is_valid"),
    [
        ({"iss": "https://issuer", "aud": "app"}, True),
        ({"iss": "https://issuer", "aud": ["other", "app"]}, True),
        ({"iss": "https://issuer", "aud": "second"}, True),
        # an access token of Cognito
        ({"iss": "https://issuer", "client_id": "app"}, True),
        ({"iss": "https://issuer", "aud": "other", "client_id": "app"}, False),
        ({"iss": "https://issuer", "client_id": "other"}, False),
        ({"iss": "https://issuer", "aud": "ap"}, False),
        ({"iss": "https://issuer", "aud": {"app": 1}}, False),
        ({"iss": "https://issuer", "aud": None}, False),
        ({"iss": "https://issuer", "aud": []}, False),
        ({"iss": "https://issuer"}, False),
        ({"iss": "https://issuer/", "aud": "app"}, False),
        ({"iss": ["https://issuer"], "aud": "app"}, False),
        ({"aud": "app"}, False),
    ],
)
def test_where_an_issuer_and_an_audience_are_set_a_token_must_have_them(claims: dict[str, Any], is_valid: bool) -> None:
    tokens = Tokens([OLD], 60, issuer="https://issuer", audiences=["app", "second"])
    assert isinstance(tokens.verify(by_hand({**CLAIMS, **claims}), 60.0), Identity) == is_valid
    assert isinstance(tokens.verify(tokens.issue("ada", 60.0), 60.0), Identity), "what is issued here has them"
    assert isinstance(Tokens([OLD], 60).verify(signed({**CLAIMS, "aud": "anybody"}), 60.0), Identity)


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
        {"sub": 7, "exp": 100},
        {"sub": "x" * 256, "exp": 100},
        {"sub": "nul\0", "exp": 100},
        {"sub": "ada", "exp": True},
        {"sub": "ada", "exp": "100"},
        {"sub": "ada", "exp": 10**30},
        {"sub": "ada", "exp": float("nan")},
        {"sub": "ada", "exp": float("inf")},
        {"sub": "ada", "exp": [100]},
        {"sub": "ada", "exp": 100, "nbf": "now"},
        {"sub": "ada", "exp": 100, "iat": "now"},
        {"sub": "ada", "exp": 100, "iat": -1},
    ],
)
def test_a_token_that_says_too_little_or_nonsense_is_nobodys(claims: dict[str, Any]) -> None:
    assert is_nobodys(Tokens([OLD], 60).verify(by_hand(claims), 60.0))


@pytest.mark.parametrize(
    "payload", ["[" * 2000, '{"a":' * 500, "null", "[]", '"ada"', '{"sub":"ada","exp":' + "9" * 2500 + "}"]
)
def test_a_payload_that_no_parser_likes_is_nobodys(payload: str) -> None:
    assert is_nobodys(Tokens([OLD], 60).verify(signed_text(payload), 60.0))
    assert Tokens([OLD], 60).verify(signed_text("{}", header=payload), 60.0) == INVALID_TOKEN


@pytest.mark.parametrize(
    "token", [None, 7, b"bytes", [], "", ".", "..", "...", "a.b.c", "\ud800.e30.e30", "e30.e30.e30"]
)
def test_what_is_no_token_is_nobodys(token: object) -> None:
    assert Tokens([OLD], 60).verify(token, 60.0) == INVALID_TOKEN


@pytest.mark.parametrize(
    "more", ['"crit":["exp"]', '"crit":["b64"],"b64":false', '"b64":false', '"crit":[]', '"crit":"b64"', '"kid":7']
)
def test_a_header_that_asks_for_more_than_a_signature_is_refused(more: str) -> None:
    token = signed_text(json.dumps(CLAIMS), '{"alg":"HS256",' + more + "}")
    assert Tokens([OLD], 60).verify(token, 60.0) == INVALID_TOKEN


headers = st.fixed_dictionaries(
    {"alg": st.sampled_from(["HS256", "HS256", "HS256", "HS384", "hs256", "none", "", None, 7, ["HS256"]])},
    optional={
        "typ": st.sampled_from(["JWT", "at+jwt", 7, None]),
        "kid": st.sampled_from(["k1", "", 7, None, ["k1"]]),
        "crit": st.lists(st.sampled_from(["b64", "exp", "kid", 7, ["b64"]]), max_size=2)
        | st.sampled_from(["b64", None]),
        "b64": st.sampled_from([True, False, None, 0, 1, "false"]),
        "jwk": st.just({"kty": "oct", "k": "c2VjcmV0"}),
    },
)
odd_headers = st.sampled_from(
    [
        "",
        "[]",
        "null",
        '"HS256"',
        "{}",
        '{"alg":"HS256"} ',
        '{"alg":"HS256"}}',
        '{"alg":"HS256","n":NaN}',
        '{"alg":"HS256","n":1e999}',
        '{"alg":"HS256","s":"\\ud800"}',
        '{"alg":"none","alg":"HS256"}',
        '{"alg":"HS256","alg":"none"}',
        '\ufeff{"alg":"HS256"}',
        '{"alg":"\\u0048S256"}',
    ]
)
encodings = st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-16", "utf-32-be", "utf-8-sig"])
symbols = st.sampled_from("aA0-_+/=. \n\0é")
edits = st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["insert", "replace", "delete"]), symbols), max_size=2)


def is_accepted_by_pyjwt(token: str) -> bool:
    """Whether its signature is valid, and its payload an object."""
    try:
        payload = jwt.PyJWS(algorithms=["HS256"]).decode(token, OLD, ["HS256"])
        return isinstance(msgspec.json.decode(payload), dict)
    except (jwt.PyJWTError, ValueError):
        return False


@given(
    headers.map(json.dumps) | odd_headers,
    encodings,
    st.lists(st.sampled_from(["", "", "", "=", "==", "==="]), min_size=3, max_size=3),
    st.sampled_from(["ada", "bob7", "grace1", "가"]),
    edits,
    st.booleans(),
)
@example('{"alg":"HS256"}', "utf-8", ["", "", "="], "ada", [], True)
@example('{"alg":"HS256","crit":["b64"]}', "utf-8", ["", "", ""], "ada", [], True)
@example('{"alg":"HS256","crit":["b64"],"b64":true}', "utf-8", ["", "", ""], "ada", [], True)
def test_every_token_is_accepted_or_not_as_by_another_library(
    header: str, encoding: str, padding: list[str], user_id: str, changes: list[tuple[float, str, str]], last: bool
) -> None:
    claims = json.dumps({**CLAIMS, "sub": user_id}).encode()
    parts = [base64url_encode(data).decode() for data in (header.encode(encoding), claims)]
    signed_part = ".".join(part + more for part, more in zip(parts, padding[:2], strict=True))

    def edited(text: str) -> str:
        for where, what, symbol in changes:
            at = round(where * len(text))
            text = text[:at] + ("" if what == "delete" else symbol) + text[at + (what != "insert") :]
        return text

    # A change before the signature is made tests the form alone; one after it, the signature as well.
    signed_part = signed_part if last else edited(signed_part)
    signature = base64url_encode(hmac.digest(OLD.encode(), signed_part.encode(), "sha256")).decode()
    token = f"{signed_part}.{signature}{padding[2]}"
    token = edited(token) if last else token
    found = Tokens([NEW, OLD], 60).verify(token, 60.0)
    assert is_accepted_by_pyjwt(token) == (found != INVALID_TOKEN)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_each_part_of_a_token_has_one_form(at: int) -> None:
    tokens, parts = Tokens([OLD], 60), signed_text(json.dumps(CLAIMS), '{"alg":"HS256"} ').split(".")
    assert len(parts[at]) % 4, "the last symbol has bits that say nothing"
    accepted = []
    for symbol in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        changed = [part[:-1] + symbol if at == number else part for number, part in enumerate(parts)]
        token = ".".join(changed) if at == 2 else signed_parts(*changed[:2])
        accepted += [symbol] if tokens.verify(token, 60.0) == ADA else []
    assert accepted == [parts[at][-1]]
    for junk in ("\n", "!", "+", " "):
        changed = [part[:2] + junk + part[2:] if at == number else part for number, part in enumerate(parts)]
        token = ".".join(changed) if at == 2 else signed_parts(*changed[:2])
        assert tokens.verify(token, 60.0) == INVALID_TOKEN


def test_another_library_accepts_what_is_issued_here() -> None:
    token = Tokens([OLD, NEW], 60, issuer="https://issuer", audiences=["app"]).issue("가", 40.5, valid_after=50)
    found = jwt.decode(token, OLD, ["HS256"], audience="app", options={"verify_exp": False, "verify_iat": False})
    expected = {"sub": "가", "iat": 50, "exp": 100, "session_started_at": 40, "valid_after": 50}
    assert found == {**expected, "iss": "https://issuer", "aud": "app"}
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}


@pytest.mark.parametrize(
    "secret",
    ["", "ssh-rsa AAAAB3Nza", '[{"a": {"kty": "oct"}}]', '\n{"kty":"RSA"}', "0*0\x05\x06\x03+ep\x03!\0" + "k" * 32],
)
def test_a_secret_that_is_a_public_key_is_refused(secret: str) -> None:
    with pytest.raises(InvalidSecret):
        Tokens([secret], 60)


def test_a_token_has_at_most_so_many_characters() -> None:
    tokens, empty = Tokens([OLD], 60), len(signed({**CLAIMS, "pad": ""}))
    fits, longer = (signed({**CLAIMS, "pad": "x" * ((MAX_TOKEN_LENGTH - empty) * 3 // 4 + more)}) for more in (0, 3))
    assert len(fits) <= MAX_TOKEN_LENGTH < len(longer)
    assert tokens.verify(fits, 60.0) == ADA
    assert tokens.verify(longer, 60.0) == INVALID_TOKEN


def by_hand(claims: dict[str, Any]) -> str:
    """A signed token; the library would refuse to sign some of these claims."""
    return signed_text(json.dumps(claims))


def signed_text(payload: str, header: str = '{"alg":"HS256"}') -> str:
    return signed_parts(*(base64url_encode(part.encode()).decode() for part in (header, payload)))


def signed_parts(header: str, payload: str) -> str:
    signature = hmac.digest(OLD.encode(), f"{header}.{payload}".encode(), "sha256")
    return f"{header}.{payload}.{base64url_encode(signature).decode()}"


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"sub": ""}, "sub"),
        ({"exp": None}, "exp"),
        ({"iss": "another"}, "GLIMPSE_JWT_ISSUER"),
        ({"aud": "another"}, "GLIMPSE_JWT_AUDIENCE"),
        ({"iat": 1_000}, "future"),
    ],
)
def test_a_developer_reads_which_claim_of_a_signed_token_is_wrong(claims: dict[str, object], said: str) -> None:
    tokens = Tokens([OLD], 60, issuer="https://issuer.example.com", audiences=["chat"])
    right = {"sub": "ada", "exp": 9_000, "iss": "https://issuer.example.com", "aud": "chat"}
    found = tokens.verify(signed_text(json.dumps({**right, **claims})), 60.0)
    assert isinstance(found, Refusal)
    assert said in found.detail
    forged = tokens.verify(signed_text(json.dumps({**right, **claims}))[:-2], 60.0)
    assert forged == INVALID_TOKEN
