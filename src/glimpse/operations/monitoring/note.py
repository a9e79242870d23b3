"""What a report says, before it is put into a language."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from glimpse.operations.options import Say


class Note(Struct, frozen=True):
    """The code of a sentence, and its values."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def text(self, say: Say) -> str:
        return say(self.code, **self.values)


def note(code: str, /, **values: str | int) -> Note:
    return Note(code, values)
