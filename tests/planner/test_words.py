"""One catalogue of sentences, whole in both languages, and nothing that a file says can act on a terminal."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glimpse.planner.levers import LEVERS
from glimpse.planner.sentence import say
from glimpse.planner.words import LANGUAGES, Words, plain, sentences
from tests.conftest import REPOSITORY

SOURCE = REPOSITORY / "src/glimpse"


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sentences())
def test_a_sentence_is_whole_in_both_languages_and_tells_the_same_facts(code: str) -> None:
    entry = sentences()[code]
    assert set(entry) == set(LANGUAGES)
    assert all(text.strip() for text in entry.values())
    assert fields(entry["en"]) == fields(entry["ko"])


def test_every_code_that_the_program_says_is_in_the_catalogue() -> None:
    said = set()
    for path in SOURCE.rglob("*.py"):
        said |= set(
            re.findall(r"\b(?:say|words|_title|_line|_marked|_findings)\(\s*\"([a-z0-9_]+)\"", path.read_text())
        )
    assert len(said) > 100
    assert said <= set(sentences())


def test_no_sentence_is_left_over() -> None:
    """A code stands somewhere in the program, whole or as the end of a name put together there."""
    text = "".join(path.read_text() for path in SOURCE.rglob("*.py"))
    starts = set(re.findall(r"f[\"']([a-z_]+_)\{", text))
    left = [
        code
        for code in sentences()
        if not re.search(rf"[\"']{code}[\"']", text) and not any(code.startswith(start) for start in starts)
    ]
    assert left == []


def test_korean_sentences_are_korean() -> None:
    names_only = {"terraform", "amount_gb", "ui_usd", "unit_usd", "unit_usd_per_gb", "unit_percent"}
    for code, entry in sentences().items():
        if code not in names_only:
            assert re.search("[가-힣]", entry["ko"]), code


def test_every_lever_has_a_name_a_way_and_a_risk() -> None:
    for name in LEVERS:
        assert {f"lever_{name}", f"how_{name}", f"risk_{name}"} <= set(sentences())


@given(st.text())
def test_what_is_shown_never_holds_a_control_or_direction_character(text: str) -> None:
    shown = plain(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", shown)
    assert len(shown) < 4000


def test_a_name_that_would_recolour_the_terminal_is_spelled_out() -> None:
    assert plain("web\x1b[31m\u202egpj") == "web\\u{1b}[31m\\u{202e}gpj"
    assert "\x1b" not in Words("en").say(say("family_unknown", type="x\x1b]0;owned\x07"))
