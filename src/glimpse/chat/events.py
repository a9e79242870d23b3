"""
What sockets receive: each event as the text of one Socket.IO packet, encoded once for all sockets and all tasks.

    2["message",{"id":…,"seq":7,…}]       an event of the root namespace
    35[{"id":…,"seq":7,"createdAt":…}]    the acknowledgement of the client's event 5
"""

from __future__ import annotations

from typing import Any, assert_never

import msgspec

from glimpse.chat.documents import (
    AcknowledgementDocument,
    ConversationDocument,
    DeletedEvent,
    Document,
    DrainingEvent,
    EmptyDocument,
    MessageDocument,
    PresenceEvent,
    ReadEvent,
    TypingEvent,
    conversation_document,
    message_document,
    time_text,
)
from glimpse.chat.protocol.socketio import ACK, EVENT
from glimpse.chat.publications import EntryCommitted
from glimpse.chat.values import Conversation, Deletion, Entry, MembershipChange, Message, StoredEntry, UnknownEntry

_encode = msgspec.json.Encoder().encode
_EVENT_TYPE, _ACK_TYPE = str(EVENT), str(ACK)


def event_text(event: str | tuple[str, Any]) -> str:
    """The text of an event's packet. The bus brings an event as ("name", {…}), or as such a text already."""
    return event if isinstance(event, str) else _EVENT_TYPE + _encode(event).decode()


REPLACED = event_text(("replaced", EmptyDocument()))
"""For a socket that a newer one of the same user replaced: its client stops, and offers to be used again."""


def acknowledgement(ack_id: int, document: Document) -> str:
    return f"{_ACK_TYPE}{ack_id}{_encode((document,)).decode()}"


def message_acknowledgement(ack_id: int, message: Entry) -> str:
    """For the sender, once the message is durable."""
    return acknowledgement(ack_id, AcknowledgementDocument(message.id, message.seq, time_text(message.created_at)))


def entry_event(entry: Entry, member_ids: tuple[str, ...]) -> str | None:
    """The event of an entry for its members, who are `member_ids` by now; None where it has none."""
    match entry:
        case Message():
            return event_text(("message", message_document(entry, MessageDocument)))
        case Deletion():
            return event_text(("deleted", DeletedEvent(entry.conversation_id, entry.seq, entry.of)))
        case MembershipChange():
            return event_text(("conversation", ConversationDocument(entry.conversation_id, member_ids, entry.seq)))
        case UnknownEntry():
            return None
        case _:
            assert_never(entry)


def entry_committed(stored: StoredEntry) -> EntryCommitted:
    """
    An entry with its event, for its members, and also for the user who left with it. Nobody receives an UnknownEntry.
    """
    entry, user_ids = stored.entry, stored.member_ids
    event = entry_event(entry, user_ids)
    if event is None:
        user_ids = ()
    elif isinstance(entry, MembershipChange) and entry.sender_id not in user_ids:
        user_ids = (*user_ids, entry.sender_id)
    return EntryCommitted(entry.conversation_id, entry.seq, user_ids, event)


def conversation_event(conversation: Conversation) -> str:
    """For the members of a new conversation."""
    return event_text(("conversation", conversation_document(conversation)))


def read_event(conversation_id: str, user_id: str, seq: int) -> str:
    """A member has read up to `seq`."""
    return event_text(("read", ReadEvent(conversation_id, user_id, seq)))


def typing_event(conversation_id: str, user_id: str) -> str:
    return event_text(("typing", TypingEvent(conversation_id, user_id)))


def presence_event(user_id: str, online: bool) -> str:
    return event_text(("presence", PresenceEvent(user_id, online)))


def draining_event(grace_seconds: float, reconnect_in_ms: int) -> str:
    """Ask a client to reconnect after `reconnect_in_ms`; it is disconnected within `grace_seconds`."""
    return event_text(("draining", DrainingEvent(grace_seconds, reconnect_in_ms)))
