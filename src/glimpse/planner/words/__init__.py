"""Sentences in words: one catalogue, two languages, and nothing from a file reaches a reader unescaped."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from glimpse.planner.sentence import Sentence

LANGUAGES = ("en", "ko")
LONGEST = 300
FOLDER = files("glimpse.planner.words")
FILES = ("sentences.toml", "levers.toml", "plan.toml", "actual.toml")
FAMILIES = "families"
"""The folder with the sentences of single families of resources, a file each."""


@cache
def _names() -> tuple[str, ...]:
    families = sorted(entry.name for entry in (FOLDER / FAMILIES).iterdir() if entry.name.endswith(".toml"))
    return (*FILES, *(f"{FAMILIES}/{name}" for name in families))


@cache
def _held(name: str) -> Mapping[str, Mapping[str, str]]:
    """What one file of this folder holds."""
    return tomllib.loads(FOLDER.joinpath(*name.split("/")).read_text(encoding="utf-8"))


def sentences() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by its code."""
    return {code: entry for name in _names() for code, entry in _held(name).items()}


def _sentence(code: str) -> Mapping[str, str]:
    """Files are read as they are asked for: most commands need the first alone."""
    return next(_held(name)[code] for name in _names() if code in _held(name))


def plain(text: object) -> str:
    """
    Text that is safe to show: control, formatting and direction characters are spelled out, and it ends in time.

    A resource name can hold escape sequences that recolour, move or hide what a terminal shows.
    """
    shown = str(text)
    if len(shown) > LONGEST:
        shown = shown[: LONGEST - 1] + "…"
    if shown.isprintable():
        return shown
    return "".join(
        character if unicodedata.category(character)[0] != "C" else f"\\u{{{ord(character):x}}}" for character in shown
    ).replace("\u2028", "\\u{2028}").replace("\u2029", "\\u{2029}")  # fmt: skip


class Words:
    """One language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, code: str, **params: str | int) -> str:
        safe = {name: plain(value) for name, value in params.items()}
        return _sentence(code)[self.language].format_map(safe)

    def say(self, sentence: Sentence) -> str:
        """The sentence in this language; params called `promise` or `promises` hold codes, and are named."""
        params = {
            name: self._promises(value) if name in ("promise", "promises") else value
            for name, value in sentence.params.items()
        }
        return self(sentence.code, **params)

    def _promises(self, codes: str | int) -> str:
        return ", ".join(self(f"promise_{code}") for code in str(codes).split(", "))
