"""
The data of the chat: users, files, conversations, and the entries that number every durable change of a conversation.

Structs and not dataclasses: a frozen dataclass takes ten times as long to make, and each message makes several. Those
that each message makes are never in a reference cycle, so the garbage collector does not track them (`gc=False`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from msgspec import Struct

from glimpse.chat.sync_position import SyncPosition

MAX_UNREAD = 1000
"""Unread messages are counted up to this number, in the database and for readers."""


class User(Struct, frozen=True):
    """
    `id` is opaque, because a token of another issuer may have any. Such users have no `handle` (None). `is_deleted`:
    the account was deleted; only its messages are left.
    """

    id: str
    handle: str | None = None
    display_name: str | None = None
    profile_image_id: str | None = None
    is_deleted: bool = False


class Credentials(Struct, frozen=True):
    """
    What a log-in to an account needs. `valid_after` as in Validity. `login_network`: from where the owner last logged
    in, None before the first time.
    """

    user: User
    password_hash: str
    valid_after: int = 0
    login_network: str | None = None


class Validity(Struct, frozen=True):
    """Which tokens of a user are valid: those issued at or after the second `valid_after`, since 1970."""

    valid_after: int = 0
    is_deleted: bool = False


class JoinState(Validity, frozen=True):
    """What a user who joins needs. `partners` as in Store.partners."""

    partners: tuple[str, ...] = ()


class Conversation(Struct, frozen=True):
    """
    A conversation as one of its members reads it. `last_seq` is the seq of the newest entry, 0 while there is none.
    `reads`: the seq that each member read last, without `hidden_ids`: the members who are in a block with the reader.
    """

    id: str
    member_ids: tuple[str, ...]
    last_seq: int
    reads: Mapping[str, int]
    hidden_ids: tuple[str, ...] = ()

    @property
    def visible_ids(self) -> tuple[str, ...]:
        """The members who are told what the reader does here, such as typing: all but `hidden_ids`."""
        return tuple(each for each in self.member_ids if each not in self.hidden_ids)


class ConversationChange(Struct, frozen=True):
    """
    A conversation that changed since a given time. `is_new`: created since then. `reads`: of who read since then.
    `hidden_ids`: for each of these readers who is in a block with other members, those members.
    """

    id: str
    member_ids: tuple[str, ...]
    last_seq: int
    is_new: bool
    reads: Mapping[str, int]
    hidden_ids: Mapping[str, frozenset[str]] = {}


class PairChange(Struct, frozen=True):
    """Two users who share a conversation of two, and when a block between them may have begun or ended last."""

    user_ids: tuple[str, str]
    changed_at: float


# ---- Entries


class _EntryFields(Struct, frozen=True, gc=False):
    """The fields of every entry. The `seq`s of a conversation are 1, 2, 3 … without gaps."""

    conversation_id: str
    seq: int
    id: str
    sender_id: str
    created_at: datetime.datetime


class Message(_EntryFields, frozen=True, gc=False):
    """`client_id` is the id that the sender gave it. `body` is None once the message was deleted."""

    client_id: str
    body: str | None
    file_id: str | None = None


class Deletion(_EntryFields, frozen=True, gc=False):
    """The sender deleted the message whose seq is `of`."""

    of: int


class MembershipChange(_EntryFields, frozen=True, gc=False):
    """`member_ids` are the members from now on. The sender added members, or left."""

    member_ids: tuple[str, ...]


class UnknownEntry(_EntryFields, frozen=True, gc=False):
    """An entry of a kind that only a newer release knows. It keeps its seq, and no socket receives it."""


Entry = Message | Deletion | MembershipChange | UnknownEntry
"""One durable change of a conversation. Every match ends with `assert_never`, so a forgotten kind is a type error."""


class NewMessage(Struct, frozen=True, gc=False):
    """A message to store. (conversation_id, sender_id, client_id) identify it, whichever task receives it."""

    conversation_id: str
    sender_id: str
    client_id: str
    body: str
    file_id: str | None = None


class StoredEntry(Struct, frozen=True, gc=False):
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
    the last one that the member read and after the member joined, without deleted ones; MAX_UNREAD means that many or
    more. `is_pair`: it is the conversation of two users, also after one of them has left.
    """

    conversation: Conversation
    members: tuple[User, ...]
    last_message: Message | None
    unread: int
    is_pair: bool


class SyncResult(Struct, frozen=True):
    """
    What a client missed. `conversations`: those that its cursors lack or lag behind, and those whose members, receipts
    or blocks changed since the `at` of an earlier result, if the client named one. `gone`: those that it named and the
    user is not a member of. `entries`: all after its cursors, contiguous for each conversation. `more`: ask again with
    the advanced cursors and this `at`. `reset`: ids of conversations whose cursor is above their last_seq. `at`: which
    changes are in this result or were known to the client before.
    """

    conversations: tuple[Conversation, ...]
    gone: tuple[str, ...]
    entries: tuple[Entry, ...]
    more: bool
    reset: tuple[str, ...] = ()
    at: SyncPosition = SyncPosition(0.0)
