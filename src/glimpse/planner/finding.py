"""Findings: what a reader of files could not resolve or has to report. Each is a sentence with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glimpse.planner.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the reader could not resolve or has to report, with its place."""

    what: Sentence
    file: str | None = None
    line: int | None = None


class Findings:
    """Findings in the order in which they were made, each once."""

    def __init__(self) -> None:
        self._found: dict[object, Finding] = {}

    def add(self, finding: Finding) -> None:
        key = (finding.what.code, tuple(finding.what.params.items()), finding.file, finding.line)
        self._found.setdefault(key, finding)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found.values())


class InputError(Exception):
    """The input could not be read; the sentence says what, where, and what to do. `because` is what led to it."""

    def __init__(
        self, why: Sentence, file: str | None = None, line: int | None = None, because: Sequence[Finding] = ()
    ) -> None:
        super().__init__(why.code)
        self.why = why
        self.file = file
        self.line = line
        self.because = tuple(because)
