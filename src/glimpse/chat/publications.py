"""
What is published: an entry that was committed, or any other event; and what a task delivers of the entries.

The first two also travel between tasks, so their tags and the order of their fields are those of the bus
(`relay/bus.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Raw, Struct

Event = Raw
"""
An event for sockets: the JSON of its name and its document, `["message",{…}]`, which tasks pass on without decoding it.
The previous release sends the text of the whole packet as a JSON string, `"2[\\"message\\",{…}]"`, and reads both.
"""

NO_EVENT = Raw(b"null")


class EntryCommitted(Struct, frozen=True, array_like=True, tag="landed", gc=False):
    """
    An entry is durable, and `event` is for the sockets of `user_ids`. It is NO_EVENT where it is too long for the bus,
    or where this release does not know the kind of the entry. `user_ids` are empty where they are too long as well. The
    store has both.
    """

    conversation_id: str
    seq: int
    user_ids: tuple[str, ...]
    event: Event

    @property
    def has_event(self) -> bool:
        return self.event != NO_EVENT


class Notification(Struct, frozen=True, array_like=True, tag="told", gc=False):
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
