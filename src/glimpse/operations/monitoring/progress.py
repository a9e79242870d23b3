"""How a command shows what it is doing."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Progress(Protocol):
    """Shows the sentence of a code until the `with` block ends."""

    def __call__(self, code: str, **facts: str | int) -> AbstractContextManager[object]: ...


def silent(code: str, **facts: str | int) -> AbstractContextManager[object]:
    """Shows nothing."""
    return nullcontext()
