"""Questions to the person at the terminal, a line each; where nobody is there, nothing is asked."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from glimpse.planner.workload_checks import WorkloadError
from glimpse.planner.workload_questions import Question
from glimpse.words import Words


def somebody_is_there() -> bool:
    """Whether what is asked would be read, and answered, by a person."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def answers_to(questions: Iterable[Question], words: Words) -> dict[tuple[str, str], int | str]:
    """
    A person's answers, by section and key. Enter leaves a key out. An answer that the key cannot hold is explained and
    asked for again. The end of the input (Ctrl-D) leaves out the rest.
    """
    answers: dict[tuple[str, str], int | str] = {}
    for question in questions:
        print(words.render(question.text))
        while True:
            try:
                answer = input("> ")
            except EOFError:
                print()
                return answers
            if not answer.strip():
                break
            try:
                answers[question.section, question.name] = question.value(answer)
                break
            except WorkloadError as wrong:
                for problem in wrong.problems:
                    print(words.render(problem))
    return answers
