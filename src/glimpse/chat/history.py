"""A history read backwards without what was deleted: how far one request looks, and where the next one goes on."""

from __future__ import annotations

from collections.abc import Sequence

from glimpse.chat.values import Message

MAX_EXAMINED = 1_000
"""How many entries one request looks at: between 50 messages there may be as many deletions and changes."""


def next_before(found: Sequence[Message], top: int, limit: int) -> int | None:
    """
    The seq before which the next request looks, None where nothing comes before. This one looked at the MAX_EXAMINED
    entries before `top` and found these messages, in the order of their seq, or stopped when it had `limit` of them.
    """
    lowest = found[0].seq if len(found) == limit else top - MAX_EXAMINED
    return lowest if lowest > 1 else None
