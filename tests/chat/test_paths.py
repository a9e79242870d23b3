"""Ids in paths: a `sub` of another issuer may have any character, and every endpoint with an id accepts it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glimpse.chat.endpoints import ENDPOINTS, Endpoint
from glimpse.chat.outside.http import canonical_path
from glimpse.chat.refusals import NOT_FOUND
from glimpse.chat.tokens import Tokens
from tests.chat.harness import SECRET
from tests.chat.serving import Answer
from tests.chat.test_serve import Serving, serve

IDS = [
    "auth0|5f7c",
    "a/b",
    "/",
    "a%2Fb",
    "100%",
    "a?b#c;d=e&f+g",
    "김 민지",
    "👍",
    "a\nb",
    "...",
    "a.b@c.d",
    "\\",
    "'\"<>",
]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    # Many requests of one user: on a fast machine, more in a second than a user may send.
    settings = {"GLIMPSE_JWT_SECRETS": SECRET, "GLIMPSE_EVENTS_PER_SECOND": "100000"}
    with serve(tmp_path_factory.mktemp("paths"), settings) as running:
        yield running


def token(user_id: str) -> str:
    return Tokens([SECRET], 3600).issue(user_id, time.time())


def error(answer: Answer) -> tuple[int, str, str]:
    found = json.loads(answer.body)["error"]
    return answer.status, found["code"], found["message"]


@pytest.mark.parametrize("user_id", IDS)
def test_a_user_with_any_id_is_blocked_and_unblocked(serving: Serving, user_id: str) -> None:
    serving.ask("GET", "/me", token=token(user_id))
    path = f"/users/{quote(user_id, safe='')}/block"
    assert serving.ask("PUT", path, token=token("ada")).status == 200
    assert serving.ask("DELETE", path, token=token("ada")).status == 200
    # It is that very user, and no other: nobody blocks themselves.
    assert error(serving.ask("PUT", path, token=token(user_id)))[:2] == (400, "invalid")


@pytest.mark.parametrize("endpoint", [each for each in ENDPOINTS if "{" in each.path], ids=lambda each: each.name)
@pytest.mark.parametrize("unknown", ["x/y", "..", ".", "\0", "x%2Fy", "x\n", "🙂"])
def test_every_endpoint_looks_for_any_id(serving: Serving, endpoint: Endpoint, unknown: str) -> None:
    method = endpoint.method
    path = endpoint.path.replace("{id}", quote(unknown, safe="").replace(".", "%2e")).replace("{seq}", "1")
    answer = serving.ask(method, path, '{"memberIds": ["ada"]}' if method == "POST" else "", token("ada"))
    status, code, message = error(answer)
    assert (status, code) == (404, "not_found")
    assert method not in message, "an unknown id is refused by the endpoint, and not as an unknown path"


@pytest.mark.parametrize(
    "path", ["/users/%ff/block", "/users/%ed%a0%80/block", "/files/a%c3", "/%ff", "/users/%c0%ae/block"]
)
def test_a_path_that_is_not_utf_8_is_refused(serving: Serving, path: str) -> None:
    assert error(serving.ask("PUT", path, token=token("ada")))[:2] == (400, "invalid")


@pytest.mark.parametrize(("method", "path"), [("POST", "/auth/login/"), ("GET", "/me/"), ("GET", "/metrics/")])
def test_a_path_with_a_slash_too_many_is_unknown_and_redirects_to_nothing(
    serving: Serving, method: str, path: str
) -> None:
    assert error(serving.ask(method, path, "{}" if method == "POST" else "", token("ada")))[:2] == (404, "not_found")


def test_an_unknown_path_is_refused_in_the_language_of_the_client(serving: Serving) -> None:
    answer = serving.ask("GET", "/nothing", **{"Accept-Language": "ko-KR,ko;q=0.9"})
    assert error(answer) == (404, "not_found", f"{NOT_FOUND.korean}: GET /nothing")


def test_an_encoded_path_is_the_same_path_but_an_encoded_slash_separates_nothing(serving: Serving) -> None:
    assert serving.ask("GET", "/%6de", token=token("ada")).status == 200
    assert error(serving.ask("GET", "/me%2F", token=token("ada")))[:2] == (404, "not_found")
    assert error(serving.ask("PUT", "/users%2Fbob%2Fblock", token=token("ada")))[:2] == (404, "not_found")
    assert error(serving.ask("PUT", "/users//block", token=token("ada")))[:2] == (404, "not_found")
    assert serving.ask("GET", "/page/style%2Ecss").status == 200


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=4))
def test_a_canonical_path_keeps_its_segments_apart_and_is_its_own(segments: list[str]) -> None:
    path = canonical_path("/".join(quote(segment, safe="") for segment in segments).encode())
    assert path is not None
    assert len(path.split("/")) == len(segments)
    assert canonical_path(path.encode()) == path
