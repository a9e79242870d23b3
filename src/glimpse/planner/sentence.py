"""Sentences of the planner before a language is chosen: a code and its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    A code and its facts. Scripts read the code; `words` makes the text that people read.

    Params hold strings and whole numbers only, already rounded as they shall be read.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, frozenset(self.params.items())))


def say(code: str, **params: str | int) -> Sentence:
    return Sentence(code, params)
