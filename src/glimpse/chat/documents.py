"""What people's programs read: the contract's JSON, for REST and for events, made from values."""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import Any

from glimpse.chat.values import DELETED, MESSAGE, Conversation, Entry, Listed, Refused, Stored, Synced, User

Document = dict[str, Any]

SENTENCES = {
    "unauthorized": "not signed in",
    "token_expired": "the token has expired",
    "invalid": "the request does not fit",
    "not_found": "there is no such thing here for you",
    "forbidden": "that is not yours to do",
    "blocked": "this person does not take messages from you",
    "handle_taken": "this handle is taken",
    "rate_limited": "too many events; slow down",
    "busy": "too much is waiting; try again in a moment",
    "unknown": "it is not known whether this was stored; send it again with the same clientId",
    "unavailable": "the database cannot be reached; try again in a moment",
    "too_large": "the body is too large",
    "internal": "something went wrong here; it has been logged",
}


def error_document(refused: Refused) -> Document:
    message = SENTENCES[refused.code] + (f": {refused.detail}" if refused.detail else "")
    return {"error": {"code": refused.code, "message": message, "retry": refused.retry}}


@lru_cache(maxsize=64)
def time_text(at: datetime.datetime) -> str:
    """UTC to the millisecond, as browsers write it. Messages of one commit share their time, so it is kept a while."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def user_document(user: User) -> Document:
    return {
        "id": user.id,
        "handle": user.handle,
        "displayName": user.display_name,
        "profileImageId": user.profile_image_id,
    }


def conversation_document(conversation: Conversation) -> Document:
    return {"id": conversation.id, "memberIds": list(conversation.member_ids), "lastSeq": conversation.last_seq}


def listed_document(listed: Listed) -> Document:
    return {
        "id": listed.conversation.id,
        "members": [user_document(user) for user in listed.members],
        "lastSeq": listed.conversation.last_seq,
        "lastMessage": None if listed.last_message is None else entry_document(listed.last_message),
        "unread": listed.unread,
    }


def entry_document(entry: Entry) -> Document:
    """An entry of a history."""
    if entry.type == MESSAGE:
        return {"type": MESSAGE, **_message(entry)}
    changed = {"of": entry.of} if entry.type == DELETED else {"memberIds": list(entry.member_ids)}
    return {"type": entry.type, **_common(entry), **changed}


def synced_document(synced: Synced) -> Document:
    return {
        "conversations": [
            conversation_document(conversation) | {"reads": dict(conversation.reads)}
            for conversation in synced.conversations
        ],
        "gone": list(synced.gone),
        "messages": [entry_document(entry) for entry in synced.entries],
        "more": synced.more,
        "reset": list(synced.reset),
    }


def acknowledgement(entry: Entry) -> Document:
    """What the sender of a message is told once it is durable."""
    return {"id": entry.id, "seq": entry.seq, "createdAt": time_text(entry.created_at)}


def event_of(stored: Stored) -> tuple[str, Document]:
    """The name and the content of what members hear of a durable change."""
    entry = stored.entry
    if entry.type == MESSAGE:
        return "message", _message(entry)
    if entry.type == DELETED:
        return "deleted", {"conversationId": entry.conversation_id, "seq": entry.seq, "of": entry.of}
    return "conversation", {
        "id": entry.conversation_id,
        "memberIds": list(stored.member_ids),
        "lastSeq": entry.seq,
    }


def _common(entry: Entry) -> Document:
    return {
        "id": entry.id,
        "seq": entry.seq,
        "conversationId": entry.conversation_id,
        "senderId": entry.sender_id,
        "createdAt": time_text(entry.created_at),
    }


def _message(entry: Entry) -> Document:
    document = _common(entry)
    document["clientId"], document["body"] = entry.client_id, entry.body
    if entry.file_id is not None:
        document["fileId"] = entry.file_id
    return document
