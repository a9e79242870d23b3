"""Reading a history backwards without deleted messages: how far one request looks, and where the next one goes on."""

from __future__ import annotations

from collections.abc import Sequence

from glimpse.chat.values import Message

MAX_EXAMINED = 1_000
"""How many entries one request looks at: there may be any number of deletions and changes between two messages."""


def next_before(found: Sequence[Message], top: int, limit: int) -> int | None:
    """
    The seq before which the next request looks; None where nothing comes before. This request looked at the
    MAX_EXAMINED entries before `top`, newest first, until it had `limit` messages. It found these, ordered by seq.
    """
    lowest = found[0].seq if len(found) == limit else top - MAX_EXAMINED
    return lowest if lowest > 1 else None
