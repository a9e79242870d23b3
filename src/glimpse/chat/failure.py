"""Why the chat does not start, as a code and values; whoever talks to people has the words."""

from __future__ import annotations


class Failure(Exception):
    """`code` names a sentence, `values` fill it; a secret is never among them. Each kind says what has happened."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
