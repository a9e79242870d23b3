"""
Sentences as text in two languages. Nothing that came from a file reaches a reader unescaped.

The texts are Fluent messages (projectfluent.org), whose plural rules are those of each language. Each half keeps its
own in `words/LANGUAGE/`, those of the command line are here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

from rustfluent import Bundle

LANGUAGES = ("en", "ko")
MAX_LENGTH = 300
"""The letters of a text from outside that are shown; a reader sees more by opening the file that it is from."""

PACKAGE = Path(__file__).parent.parent
FOLDERS = ("words", "planner/words", "chat/words", "operations/words")
"""The folders of the messages, in this package."""

_MESSAGE = re.compile(r"^([a-z][a-z0-9_]*) =", re.MULTILINE)


class Sentence(Protocol):
    """What somebody says before a language is chosen: the code of a message, and its facts."""

    @property
    def code(self) -> str: ...

    @property
    def params(self) -> Mapping[str, str | int]: ...


def files_of(language: str) -> Iterator[Path]:
    """Every file of messages in a language."""
    for folder in FOLDERS:
        yield from sorted((PACKAGE / folder / language).rglob("*.ftl"))


@cache
def codes() -> frozenset[str]:
    """The codes of all messages; a test keeps them the same in every language."""
    return frozenset(
        code for path in files_of(LANGUAGES[0]) for code in _MESSAGE.findall(path.read_text(encoding="utf-8"))
    )


@cache
def _bundle(language: str) -> Bundle:
    return Bundle(language, [str(path) for path in files_of(language)], strict=True)


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
    return "".join(f"\\u{{{ord(letter):x}}}" if _is_active(letter) else letter for letter in shown)


def _is_active(letter: str) -> bool:
    """Whether it moves, hides or breaks text: Unicode's categories "other" (C), and line and paragraph separators."""
    category = unicodedata.category(letter)
    return category.startswith("C") or category in ("Zl", "Zp")


def _fact(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    return 1 if value == "1" else plain(value)


class Words:
    """The messages in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def in_language(self, language: str) -> Words:
        return Words(language)

    def __call__(self, code: str, /, **params: str | int) -> str:
        """
        The text of a code. Whole numbers choose the plural form and are written as they are; so does a "1" that comes
        as text, the only number that English has a form of its own for.

        Raises KeyError for a code that no file has, and where a fact that the message names is not given.
        """
        facts = {name: _fact(value) for name, value in params.items()}
        try:
            text: str = _bundle(self.language).get_translation(code, variables=facts, use_isolating=False)
        except ValueError:
            raise KeyError(code) from None
        # Fluent leaves what is not given in its own notation, which only a fact itself may hold.
        if "{$" in text and not any("{$" in value for value in facts.values() if isinstance(value, str)):
            raise KeyError(f"{code}: {text}")
        return text

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
