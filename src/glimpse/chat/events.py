"""
What sockets receive: Socket.IO packets. An event is encoded once for all sockets and all tasks.

    2["message",{"id":…,"seq":7,…}]       an event of the root namespace, `2` and its Event
    35[{"id":…,"seq":7,"createdAt":…}]    the acknowledgement of the client's event 5
"""

from __future__ import annotations

from typing import assert_never

import msgspec
from msgspec import Raw

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
from glimpse.chat.protocol.outgoing import OutgoingText
from glimpse.chat.protocol.socketio import ACK, EVENT
from glimpse.chat.publications import NO_EVENT, EntryCommitted, Event
from glimpse.chat.values import Conversation, Deletion, Entry, MembershipChange, Message, StoredEntry, UnknownEntry

_encode = msgspec.json.Encoder().encode
_EVENT_TYPE, _ACK = str(EVENT).encode(), b"%d%%d" % ACK
_JSON_STRING = b'"'


def event(name: str, document: Document) -> Event:
    return Raw(_encode((name, document)))


def event_packet(encoded: Event) -> OutgoingText:
    """The packet of an event, which may come from a task of the previous release."""
    json = bytes(encoded)
    if json.startswith(_JSON_STRING):
        return OutgoingText(msgspec.json.decode(json, type=str).encode())
    return OutgoingText(_EVENT_TYPE + json)


REPLACED = event("replaced", EmptyDocument())
"""For a socket that a newer one of the same user replaced: its client stops, and offers to be used again."""


def acknowledgement(ack_id: int, document: Document) -> OutgoingText:
    return OutgoingText(_ACK % ack_id + _encode((document,)))


def message_acknowledgement(ack_id: int, message: Entry) -> OutgoingText:
    """For the sender, once the message is durable."""
    return acknowledgement(ack_id, AcknowledgementDocument(message.id, message.seq, time_text(message.created_at)))


def entry_event(entry: Entry, member_ids: tuple[str, ...]) -> Event:
    """The event of an entry for its members, who are `member_ids` by now; NO_EVENT where it has none."""
    match entry:
        case Message():
            return event("message", message_document(entry, MessageDocument))
        case Deletion():
            return event("deleted", DeletedEvent(entry.conversation_id, entry.seq, entry.of))
        case MembershipChange():
            return event("conversation", ConversationDocument(entry.conversation_id, member_ids, entry.seq))
        case UnknownEntry():
            return NO_EVENT
        case _:
            assert_never(entry)


def entry_committed(stored: StoredEntry) -> EntryCommitted:
    """
    An entry with its event, for its members, and also for the user who left with it. Nobody receives an UnknownEntry.
    """
    entry, user_ids = stored.entry, stored.member_ids
    encoded = entry_event(entry, user_ids)
    if encoded is NO_EVENT:
        user_ids = ()
    elif isinstance(entry, MembershipChange) and entry.sender_id not in user_ids:
        user_ids = (*user_ids, entry.sender_id)
    return EntryCommitted(entry.conversation_id, entry.seq, user_ids, encoded)


def conversation_event(conversation: Conversation) -> Event:
    """For the members of a new conversation."""
    return event("conversation", conversation_document(conversation))


def read_event(conversation_id: str, user_id: str, seq: int) -> Event:
    """A member has read up to `seq`."""
    return event("read", ReadEvent(conversation_id, user_id, seq))


def typing_event(conversation_id: str, user_id: str) -> Event:
    return event("typing", TypingEvent(conversation_id, user_id))


def presence_event(user_id: str, online: bool) -> Event:
    return event("presence", PresenceEvent(user_id, online))


def draining_event(grace_seconds: float, reconnect_in_ms: int) -> Event:
    """Ask a client to reconnect after `reconnect_in_ms`; it is disconnected within `grace_seconds`."""
    return event("draining", DrainingEvent(grace_seconds, reconnect_in_ms))
