"""What `glimpse init` asks a person, and what an answer states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from glimpse.planner.sentence import Sentence, say
from glimpse.planner.workload_checks import WorkloadError, workload_from

YES, NO = ("y", "yes", "예", "네"), ("n", "no", "아니요", "아니오")
PRODUCTION, DEVELOPMENT = "production", "development"

Answers = Mapping[tuple[str, str], int | str]
"""A person's answers by the section and name of the key that each answer states."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one key. A person who only presses Enter leaves the key out."""

    section: str
    name: str
    text: Sentence
    choices: tuple[str, ...] = ()

    def value(self, answer: str) -> int | str:
        """The value that an answer states. Raises WorkloadError if the key cannot hold it."""
        text = answer.strip()
        digits = text.replace(",", "").replace("_", "")
        value: int | str = text
        if digits.isascii() and digits.isdigit() and len(digits) < 20:
            value = int(digits)
        elif self.name == "environment":
            value = PRODUCTION if text.lower() in YES else DEVELOPMENT if text.lower() in NO else text
        if self.choices and value not in self.choices:
            raise WorkloadError([say("init_choices", choices=", ".join(self.choices))])
        workload_from({self.section: {self.name: value}}, "")
        return value
