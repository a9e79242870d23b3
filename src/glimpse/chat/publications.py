"""
What is published: an entry that was committed, or any other event; and what a task delivers of the entries.

The first two also travel between tasks, so their tags and the order of their fields are those of the bus
(`relay/bus.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec import Struct

Event = str | tuple[str, Any]
"""
An event for sockets: the text of a Socket.IO packet, or the name of the event and its document. This release reads both
forms, but sends texts, because the release before reads only these; the next one may send documents.
"""


class EntryCommitted(Struct, frozen=True, array_like=True, tag="landed"):
    """
    An entry is durable, and `event` is for the sockets of `user_ids`. `event` is None where it is too long for the bus,
    or where this release does not know the kind of the entry. `user_ids` are empty where they are too long as well. The
    store has both.
    """

    conversation_id: str
    seq: int
    user_ids: tuple[str, ...]
    event: Event | None


class Notification(Struct, frozen=True, array_like=True, tag="told"):
    """An event that is no entry and has no seq: a receipt, typing, presence, a new conversation."""

    user_ids: tuple[str, ...]
    event: Event


OnDelivered = Callable[[], None]
"""Called once the event of an entry was delivered, now or before."""


class Delivery(NamedTuple):
    """
    First send the event of `committed` to its users; None where it was sent before. Then call `on_delivered`, if any.
    """

    committed: EntryCommitted | None
    on_delivered: OnDelivered | None
