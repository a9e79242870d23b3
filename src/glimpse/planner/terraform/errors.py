"""What goes wrong when Terraform's files are read."""

from __future__ import annotations


class EvaluationError(Exception):
    """
    Terraform would refuse this expression. The text says why, in English as Terraform does; it never holds a value.

    `file` and `line` are set by the expression that it passes first.
    """

    def __init__(self, why: str, file: str = "", line: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.file = file
        self.line = line


class Undeclared(EvaluationError):
    """An expression names what no file declares."""


class TooMuch(Exception):
    """A bound of the whole reading is reached: `what` names it, `limit` is it; file and line where it was reached."""

    def __init__(self, what: str, limit: int, file: str = "", line: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.limit = limit
        self.file = file
        self.line = line
