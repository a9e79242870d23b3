"""The threat model names places and tests that exist, and is the same in both languages."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import NamedTuple

import pytest

from tests.conftest import REPOSITORY

PAGES = [REPOSITORY / "docs/explanation" / name for name in ("threat-model.md", "threat-model.ko.md")]
ROOTS = [REPOSITORY / "src/glimpse/chat", REPOSITORY / "infrastructure/terraform", REPOSITORY]


class Row(NamedTuple):
    """One attack: what is tried, the files that stop it, and the tests that show it."""

    attack: str
    places: tuple[str, ...]
    tests: tuple[str, ...]


@cache
def rows(page: int) -> list[Row]:
    cells = [line.strip("| ").split(" | ") for line in PAGES[page].read_text().splitlines() if line.startswith("|")]
    return [
        Row(attack, _named(places), _named(tests))
        for attack, places, tests in (each for each in cells if len(each) == 3)
        if "`" in places
    ]


def _named(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


@cache
def names_in(file_name: str) -> frozenset[str]:
    """The names of the tests in the one file of this name."""
    (file,) = (
        file
        for folder in ("tests", "infrastructure")
        for file in (REPOSITORY / folder).rglob(file_name)
        if ".terraform" not in file.parts
    )
    text = file.read_text()
    if file.suffix == ".hcl":
        return frozenset(re.findall(r'^run "(\w+)"', text, re.MULTILINE))
    return frozenset(
        node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@pytest.mark.parametrize("row", rows(0), ids=lambda row: row.attack[:60])
def test_an_attack_is_stopped_in_a_file_and_shown_by_a_test_that_exist(row: Row) -> None:
    assert row.places
    for place in row.places:
        assert any((root / place).exists() for root in ROOTS), place
    assert row.tests
    for named in row.tests:
        file_name, _, test = named.partition("::")
        assert test in names_in(file_name), named


def test_both_languages_have_the_same_attacks_places_and_tests() -> None:
    english, korean = ([(row.places, row.tests) for row in rows(page)] for page in range(2))
    assert len(english) > 40, "the table was not read"
    assert english == korean


def test_both_languages_have_the_same_sections_and_limits() -> None:
    english, korean = (page.read_text().splitlines() for page in PAGES)
    for beginning in ("#", "- "):
        counts = [sum(line.startswith(beginning) for line in page) for page in (english, korean)]
        assert counts[0] == counts[1] > 5, beginning
