"""
The data of the chat: users, files, conversations, and the entries that number every durable change of a conversation.

Structs and not dataclasses: a frozen dataclass takes ten times as long to make, and each message makes several.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from msgspec import Struct

MAX_UNREAD = 1000
"""Unread messages are counted up to this number, in the database and for readers."""


class User(Struct, frozen=True):
    """`id` is opaque, because a token of another issuer may have any. Such users have no `handle` (None)."""

    id: str
    handle: str | None = None
    display_name: str | None = None
    profile_image_id: str | None = None


class Conversation(Struct, frozen=True):
    """`last_seq` is the seq of the newest entry, 0 while there is none. `reads`: the seq that each member read last."""

    id: str
    member_ids: tuple[str, ...]
    last_seq: int
    reads: Mapping[str, int]


class ConversationChange(Struct, frozen=True):
    """A conversation that changed since a given time. `is_new`: created since then. `reads`: of who read since then."""

    id: str
    member_ids: tuple[str, ...]
    last_seq: int
    is_new: bool
    reads: Mapping[str, int]


# ---- Entries


class _EntryFields(Struct, frozen=True):
    """The fields of every entry. The `seq`s of a conversation are 1, 2, 3 … without gaps."""

    conversation_id: str
    seq: int
    id: str
    sender_id: str
    created_at: datetime.datetime


class Message(_EntryFields, frozen=True):
    """`client_id` is the id that the sender gave it. `body` is None once the message was deleted."""

    client_id: str
    body: str | None
    file_id: str | None = None


class Deletion(_EntryFields, frozen=True):
    """The sender deleted the message whose seq is `of`."""

    of: int


class MembershipChange(_EntryFields, frozen=True):
    """`member_ids` are the members from now on. The sender added members, or left."""

    member_ids: tuple[str, ...]


class UnknownEntry(_EntryFields, frozen=True):
    """An entry of a kind that only a newer release knows. It keeps its seq, and no socket receives it."""


Entry = Message | Deletion | MembershipChange | UnknownEntry
"""One durable change of a conversation. Every match ends with `assert_never`, so a forgotten kind is a type error."""


class NewMessage(Struct, frozen=True):
    """A message to store. (conversation_id, sender_id, client_id) identify it, whichever task receives it."""

    conversation_id: str
    sender_id: str
    client_id: str
    body: str
    file_id: str | None = None


class StoredEntry(Struct, frozen=True):
    """
    A durable entry and the members by now. `is_new` is False for a repeat, which took no seq, and which members have
    already received.
    """

    entry: Entry
    member_ids: tuple[str, ...]
    is_new: bool


# ---- Files


class NewFile(Struct, frozen=True):
    """
    A file that its owner announces before uploading it. `name` is for people and is part of no key. `size` is the exact
    number of bytes. `sha256` is that of the content, in hexadecimal.
    """

    id: str
    owner_id: str
    name: str
    content_type: str
    size: int
    sha256: str | None = None


class File(NewFile, frozen=True):
    """`upload_until`: when the upload URL expires, in seconds since 1970."""

    is_complete: bool = False
    upload_until: float = 0.0


# ---- Answers of the store


class ConversationSummary(Struct, frozen=True):
    """
    A conversation in a member's list. `last_message` may be a deleted one. `unread` counts the messages of others after
    the last one that the member read, without deleted ones; MAX_UNREAD means that many or more.
    """

    conversation: Conversation
    members: tuple[User, ...]
    last_message: Message | None
    unread: int


class SyncResult(Struct, frozen=True):
    """
    What a client missed. `conversations`: those that its cursors lack or lag behind. `gone`: those of its cursors that
    the user is not a member of. `entries`: all after its cursors, contiguous for each conversation. `more`: ask again
    with the advanced cursors. `reset`: ids of conversations whose cursor is above their last_seq.
    """

    conversations: tuple[Conversation, ...]
    gone: tuple[str, ...]
    entries: tuple[Entry, ...]
    more: bool
    reset: tuple[str, ...] = ()
