"""The reason why the chat cannot start, as a code and values. The command line has the sentence for each code."""

from __future__ import annotations


class Failure(Exception):
    """`code` names a sentence, and `values` fill it in; no value is a secret. A subclass names one reason."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
