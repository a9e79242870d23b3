"""Where a page of the list of conversations ends: a text for clients, which only hand it back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from glimpse.chat.text import is_id

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A conversation's place in the list: when it changed last, and its id where two changed at once."""

    changed_at: datetime.datetime
    conversation_id: str

    @property
    def cursor(self) -> str:
        """Microseconds since 1970, and the id: `1795392000000000-7d0c…`."""
        return f"{(self.changed_at - _EPOCH) // _MICROSECOND}-{self.conversation_id}"


def place_of(cursor: str) -> Place | None:
    """None for a text that no list has given."""
    microseconds, dash, conversation_id = cursor.partition("-")
    if not dash or not is_id(conversation_id) or not microseconds.isascii() or not microseconds.isdigit():
        return None
    try:
        return Place(_EPOCH + int(microseconds[:20]) * _MICROSECOND, conversation_id)
    except OverflowError:
        return None
