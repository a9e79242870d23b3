"""Sentences as text in two languages. Nothing that came from a file reaches a reader unescaped."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from glimpse.planner.sentence import Sentence

LANGUAGES = ("en", "ko")
MAX_LENGTH = 300
FOLDER = files("glimpse.planner.words")
FILES = (
    "sentences.toml", "workload.toml", "plan.toml", "plan_document.toml", "actual.toml", "risks.toml", "prices.toml",
    "chat.toml",
)  # fmt: skip
FOLDERS = ("levers", "families", "operations")
"""Folders with a file of sentences for each subject."""


@cache
def _names() -> tuple[str, ...]:
    inside = (
        f"{folder}/{entry.name}"
        for folder in FOLDERS
        for entry in sorted((FOLDER / folder).iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    )
    return (*FILES, *inside)


@cache
def _text(name: str) -> str:
    return FOLDER.joinpath(*name.split("/")).read_text(encoding="utf-8")


def sentences() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by its code."""
    return {code: entry for name in _names() for code, entry in tomllib.loads(_text(name)).items()}


@cache
def entry_of(code: str) -> Mapping[str, str]:
    """
    One sentence in all languages. Only its own table is parsed: parsing all files takes longer than a report.

    Raises KeyError for a code that no file has.
    """
    head = f"[{code}]\n"
    for name in _names():
        text = _text(name)
        start = 0 if text.startswith(head) else text.find(f"\n{head}") + 1
        if start or text.startswith(head):
            end = text.find("\n[", start + len(head))
            table: Mapping[str, str] = tomllib.loads(text[start:] if end < 0 else text[start:end])[code]
            return table
    raise KeyError(code)


def plain(text: object) -> str:
    """
    Text that is safe to show: control, formatting and direction characters are spelled out, and long text is cut.

    The name of a resource can hold escape sequences that recolour, move or hide what a terminal shows.
    """
    shown = str(text)
    if len(shown) > MAX_LENGTH:
        shown = shown[: MAX_LENGTH - 1] + "…"
    if shown.isprintable():
        return shown
    return "".join(
        character if unicodedata.category(character)[0] != "C" else f"\\u{{{ord(character):x}}}" for character in shown
    ).replace("\u2028", "\\u{2028}").replace("\u2029", "\\u{2029}")  # fmt: skip


class Words:
    """One language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def in_language(self, language: str) -> Words:
        return Words(language)

    def __call__(self, code: str, /, **params: str | int) -> str:
        """The text of a code. Without parameters it is taken as it is, for it may show Terraform's braces."""
        text = entry_of(code)[self.language]
        return text.format_map({name: plain(value) for name, value in params.items()}) if params else text

    def render(self, sentence: Sentence) -> str:
        """
        The text of a sentence. Params called `promise` or `promises` hold codes, which become names. One called
        `meaning` holds a key of `glimpse.toml`, and becomes what that key means.
        """
        return self(sentence.code, **{name: self._named(name, value) for name, value in sentence.params.items()})

    def _named(self, name: str, value: str | int) -> str | int:
        if name == "meaning":
            return self(f"key_{value}")
        if name in ("promise", "promises"):
            return ", ".join(self(f"promise_{code}") for code in str(value).split(", "))
        return value
