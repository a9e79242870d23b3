"""
What people have in a chat, as values: users, conversations, and the entries that number every durable change.

Structs and not dataclasses: a frozen dataclass takes ten times as long to make, and each message makes several.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

MESSAGE, DELETED, MEMBERS = "message", "deleted", "members"
# Beyond this nobody counts, neither the reader nor the database.
MAX_UNREAD = 1000
# What an entry's JSON takes beside its text.
ENTRY_BYTES = 300


class User(Struct, frozen=True):
    """`id` is opaque: another issuer's tokens may bring any. `handle` only where somebody signed up here."""

    id: str
    handle: str | None = None
    display_name: str | None = None
    profile_image_id: str | None = None


class Conversation(Struct, frozen=True):
    """`last_seq` is the number of its newest entry, 0 while there is none. `reads`: how far each member has read."""

    id: str
    member_ids: tuple[str, ...]
    last_seq: int
    reads: Mapping[str, int]


class ConversationChange(Struct, frozen=True):
    """A conversation that changed since a time: whether it was made since then, and who of `reads` read further."""

    id: str
    member_ids: tuple[str, ...]
    last_seq: int
    is_new: bool
    reads: Mapping[str, int]


class Entry(Struct, frozen=True):
    """
    One durable change of a conversation; `seq` counts 1, 2, 3 … without gaps.

    message: `body`, None once it was deleted. deleted: `of` is the seq of the message that is gone. members:
    `member_ids` as they are from here on.
    """

    conversation_id: str
    seq: int
    type: str
    id: str
    sender_id: str
    created_at: datetime.datetime
    client_id: str | None = None
    body: str | None = None
    file_id: str | None = None
    of: int | None = None
    member_ids: tuple[str, ...] = ()


class NewMessage(Struct, frozen=True):
    """What somebody asks to store. (conversation, sender, client_id) is its identity, whichever task gets it."""

    conversation_id: str
    sender_id: str
    client_id: str
    body: str
    file_id: str | None = None


class StoredEntry(Struct, frozen=True):
    """`is_new` is False for a repeat: it took no number, and nobody is told again."""

    entry: Entry
    member_ids: tuple[str, ...]
    is_new: bool


class Refusal(Struct, frozen=True):
    """Why something was not done: `not_found`, `forbidden`, `blocked`, `handle_taken`, `invalid`, …"""

    code: str
    retry: bool = False
    detail: str = ""


INVALID, NOT_FOUND, FORBIDDEN = Refusal("invalid"), Refusal("not_found"), Refusal("forbidden")
QUOTA, EXPIRED = Refusal("quota"), Refusal("expired")
# Of a file that a message or a profile refers to: to say the same again helps neither.
NOT_COMPLETE, GONE = Refusal("not_complete"), Refusal("gone")
BUSY, RATE_LIMITED = Refusal("busy", retry=True), Refusal("rate_limited", retry=True)
# Nobody knows whether it was stored; sent again, it is answered as if it was sent once.
UNKNOWN = Refusal("unknown", retry=True)


class NewFile(Struct, frozen=True):
    """
    What somebody announces to send. `name` is shown to people and is part of no key; `size` in bytes, exactly; `sha256`
    of the content, in hexadecimal.
    """

    id: str
    owner_id: str
    name: str
    content_type: str
    size: int
    sha256: str | None = None


class File(NewFile, frozen=True):
    """`upload_until`: when the address ends that it may be put to, in seconds since 1970."""

    is_complete: bool = False
    upload_until: float = 0.0


class ConversationSummary(Struct, frozen=True):
    """
    A conversation as its member's list shows it. `last_message` may be a deleted one. `unread` counts what others
    wrote after what the member read, deleted messages left out; MOST_UNREAD stands for that many or more.
    """

    conversation: Conversation
    members: tuple[User, ...]
    last_message: Entry | None
    unread: int


class SyncResult(Struct, frozen=True):
    """
    What a client missed: each conversation that its cursors lack or lag, those it is no longer in, and the entries
    after its cursors, contiguous for each conversation. `more`: ask again with the advanced cursors. `reset` names
    conversations whose cursor is above their last_seq.
    """

    conversations: tuple[Conversation, ...]
    gone: tuple[str, ...]
    entries: tuple[Entry, ...]
    more: bool
    reset: tuple[str, ...] = ()

    def within(self, most_bytes: int) -> SyncResult:
        """As many of the entries, from the first, as about so many bytes of JSON hold; one at least."""
        size = 0
        for kept, entry in enumerate(self.entries):
            size += ENTRY_BYTES + len((entry.body or "").encode())
            if kept and size > most_bytes:
                return replace(self, entries=self.entries[:kept], more=True)
        return self
