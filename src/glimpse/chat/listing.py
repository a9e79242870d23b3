"""The cursor of the list of conversations: an opaque text that clients send back to get the next page."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from glimpse.chat.text import is_id

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class ListPosition:
    """A conversation's position in the list: by the time of its last change, then by its id."""

    changed_at: datetime.datetime
    conversation_id: str

    @property
    def cursor(self) -> str:
        """Microseconds since 1970, and the id: `1795392000000000-7d0c…`."""
        return f"{(self.changed_at - _EPOCH) // _MICROSECOND}-{self.conversation_id}"


def decode_cursor(cursor: str) -> ListPosition | None:
    """None for a text that is no cursor."""
    microseconds, dash, conversation_id = cursor.partition("-")
    if not dash or not is_id(conversation_id) or not microseconds.isascii() or not microseconds.isdigit():
        return None
    try:
        return ListPosition(_EPOCH + int(microseconds[:20]) * _MICROSECOND, conversation_id)
    except OverflowError:
        return None
