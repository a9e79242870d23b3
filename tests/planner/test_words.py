"""One catalogue of sentences, whole in both languages, and nothing that a file says can act on a terminal."""

from __future__ import annotations

import re
import string
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import Lever
from glimpse.planner.report.plan_terminal import LEVERS as LEVER_COLUMNS
from glimpse.planner.sentence import say
from glimpse.planner.words import LANGUAGES, Words, entry_of, plain, sentences
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
    """The program contains each code, either whole or composed from its beginning or with an ending."""
    text = "".join(path.read_text() for path in SOURCE.rglob("*.py"))
    starts = set(re.findall(r"f[\"']([a-z_]+_)\{", text))
    endings = set(re.findall(r"f[\"']\{\w+\}(_[a-z_]+)[\"']", text))

    def is_said(code: str) -> bool:
        whole = [code, *(code.removesuffix(ending) for ending in endings if code.endswith(ending))]
        return any(f'"{name}"' in text or f"'{name}'" in text for name in whole) or any(
            code.startswith(start) for start in starts
        )

    assert [code for code in sentences() if not is_said(code)] == []


def test_korean_sentences_are_korean() -> None:
    names_only = {"terraform", "amount_gb", "ui_usd", "unit_usd", "unit_usd_per_gb", "unit_percent"}
    for code, entry in sentences().items():
        if code not in names_only:
            assert re.search("[가-힣]", entry["ko"]), code


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda lever: lever.name)
def test_a_lever_has_a_name_a_way_a_risk_and_what_it_gives_up_in_words(lever: Lever) -> None:
    named = {f"lever_{lever.name}", f"how_{lever.name}", f"risk_{lever.name}", lever.implemented}
    if lever.gives_up:
        named.add(f"promise_{lever.gives_up}")
    assert named <= set(sentences())


@pytest.mark.parametrize("lever", LEVERS, ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_of_a_lever_fits_its_column(lever: str, language: str) -> None:
    assert cell_len(Words(language)(f"lever_{lever}")) <= LEVER_COLUMNS[0][0]


def test_no_words_are_left_of_a_lever_or_a_risk_that_is_gone() -> None:
    for start, known in (("lever_", LEVERS), ("how_", LEVERS), ("risk_", LEVERS), ("short_", sentences())):
        assert [code for code in sentences() if code.startswith(start) and code.removeprefix(start) not in known] == []


def test_the_package_holds_every_file_of_sentences() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    shipped = project["tool"]["setuptools"]["package-data"]["glimpse"]
    words = SOURCE / "planner/words"
    for path in words.rglob("*.toml"):
        # As setuptools matches them: a star stops at a folder.
        assert any(path in SOURCE.glob(pattern) for pattern in shipped), path


@given(st.text())
def test_what_is_shown_never_holds_a_control_or_direction_character(text: str) -> None:
    shown = plain(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", shown)
    assert len(shown) < 4000


def test_a_name_that_would_recolour_the_terminal_is_spelled_out() -> None:
    assert plain("web\x1b[31m\u202egpj") == "web\\u{1b}[31m\\u{202e}gpj"
    assert "\x1b" not in Words("en").render(say("family_unknown", type="x\x1b]0;owned\x07"))


def test_a_sentence_that_is_read_alone_is_the_one_in_its_file() -> None:
    for code, entry in sentences().items():
        assert entry_of(code) == entry
    with pytest.raises(KeyError):
        Words("en")("no_such_sentence")
