"""How the service and the use cases send events: the port Publisher, and the one for a task without a bus."""

from __future__ import annotations

from typing import Protocol

from glimpse.chat.events import conversation_event
from glimpse.chat.publications import EntryCommitted, Notification, OnDelivered
from glimpse.chat.sockets import Sockets
from glimpse.chat.values import Conversation


class Publisher(Protocol):
    """Sends events to the sockets of users, on whichever task they are. No method waits."""

    def publish_entry(self, committed: EntryCommitted, on_delivered: OnDelivered | None = None) -> None:
        """An entry is durable. `on_delivered` is called once its event was sent to the sockets of this task."""
        ...

    def repeat_entry(self, committed: EntryCommitted, created_at: float, on_delivered: OnDelivered) -> None:
        """
        A client sent a message again that is durable already, perhaps through another task. The sockets of this task
        that lack its event get it; nobody gets it twice. `created_at`: of the message, in seconds since 1970.
        """
        ...

    def notify(self, notification: Notification) -> None: ...

    def conversation_made(self, conversation: Conversation) -> None:
        """A conversation is new: tell its members, of whom the first one made it."""
        ...

    def presence_changed(self, user_id: str, is_here: bool) -> None:
        """The first socket of a user joined this task, or the last one left it."""
        ...

    def block_changed(self, user_ids: tuple[str, str]) -> None:
        """A block between two users began or ended: the notifiers of the other tasks tell them."""
        ...

    def revoked(self, user_id: str, valid_after: int) -> None:
        """
        The tokens of a user that were issued before the second `valid_after`, since 1970, are revoked: close their
        sockets.
        """
        ...

    def outcome_unknown(self) -> None:
        """A change may be durable although nobody published it."""
        ...


class LocalPublisher:
    """For one task without a bus, which publishes entries in the order of their seq."""

    def __init__(self, sockets: Sockets) -> None:
        self._sockets = sockets

    def publish_entry(self, committed: EntryCommitted, on_delivered: OnDelivered | None = None) -> None:
        if committed.has_event:
            self._sockets.send(committed.user_ids, committed.event)
        if on_delivered is not None:
            on_delivered()

    def repeat_entry(self, committed: EntryCommitted, created_at: float, on_delivered: OnDelivered) -> None:
        on_delivered()

    def notify(self, notification: Notification) -> None:
        self._sockets.send(notification.user_ids, notification.event)

    def conversation_made(self, conversation: Conversation) -> None:
        self._sockets.send(conversation.member_ids, conversation_event(conversation))

    def presence_changed(self, user_id: str, is_here: bool) -> None: ...

    def block_changed(self, user_ids: tuple[str, str]) -> None: ...

    def revoked(self, user_id: str, valid_after: int) -> None:
        self._sockets.close_revoked(user_id, valid_after)

    def outcome_unknown(self) -> None: ...
