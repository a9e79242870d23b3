"""
What the service needs of the world, as protocols. `memory.py` and `memory_objects.py` fulfil them without any;
`outside/postgres` with PostgreSQL, `outside/s3` with S3; the same contract tests run on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from glimpse.chat.values import (
    Conversation,
    ConversationChange,
    ConversationSummary,
    Entry,
    File,
    NewFile,
    NewMessage,
    Refusal,
    StoredEntry,
    SyncResult,
    User,
)

HEAD_BYTES = 512
"""Of an object's beginning, enough to tell what it is."""


class StoreDown(Exception):
    """The store could not be asked; nothing is known of what it did."""


class Store(Protocol):
    """
    Everything durable. Each call is one transaction; what it answers is committed. Raises StoreDown where the outcome
    is unknown. A refusal changes nothing. Limits are at least 1. What is asked about an id that no database can hold
    is answered as for an unknown one.
    """

    async def check(self) -> None:
        """Nothing, where the store answers."""
        ...

    # ---- Users

    async def ensure_user(self, user_id: str) -> User | Refusal:
        """The user of a valid token, made on first use. Refused `invalid`."""
        ...

    async def sign_up(self, user_id: str, handle: str, password_hash: str) -> User | Refusal:
        """Refused `handle_taken`, `invalid`; handles are compared without case."""
        ...

    async def credentials(self, handle: str) -> tuple[User, str] | None:
        """The user of a handle and their password's hash."""
        ...

    async def users(self, user_ids: Sequence[str]) -> Sequence[User]:
        """Those that exist, in the order asked."""
        ...

    async def user_by_handle(self, handle: str) -> User | None: ...

    async def update_profile(
        self, user_id: str, display_name: str | None, profile_image_id: str | None
    ) -> User | Refusal:
        """
        None leaves a field as it is. A picture is a complete file of one's own: refused `gone`, `not_complete`,
        `forbidden`, `file_type`. Refused `not_found`, `invalid`.
        """
        ...

    async def block(self, blocker_id: str, blocked_id: str, on: bool) -> Refusal | None:
        """
        In their pair, messages of the blocked are refused. Idempotent. Refused `not_found`, `invalid` (oneself).
        """
        ...

    # ---- Conversations

    async def create_conversation(
        self, conversation_id: str, creator_id: str, member_ids: Sequence[str]
    ) -> tuple[Conversation, bool] | Refusal:
        """
        The conversation and whether it is new; the creator is a member, and the first. The same two people get the
        same conversation, also when asked twice at once; so does its creator who asks again with the same id.
        Refused `not_found` for an unknown member, `invalid` for an id that is another conversation's.
        """
        ...

    async def conversation(self, conversation_id: str, member_id: str) -> Conversation | Refusal:
        """Refused `not_found` also to who is not a member."""
        ...

    async def partners(self, member_id: str) -> Sequence[str]:
        """The others of the two-person conversations of a member, each once; where one blocked the other, nobody."""
        ...

    async def list_conversations(
        self, member_id: str, cursor: str | None, limit: int
    ) -> tuple[Sequence[ConversationSummary], str | None] | Refusal:
        """Newest change first, and the cursor of the next page; None on the last. Refused `invalid`: the cursor."""
        ...

    async def add_members(
        self, conversation_id: str, by_id: str, member_ids: Sequence[str]
    ) -> StoredEntry | Conversation | Refusal:
        """
        A `members` entry; the conversation as it is where all were members already. Refused `not_found`, `forbidden`
        (a pair).
        """
        ...

    async def leave(self, conversation_id: str, member_id: str) -> StoredEntry | Refusal:
        """
        A `members` entry for those who stay; `member_ids` of Stored are those who stay. Refused `not_found`.

        A pair that one leaves is over: the other keeps what was said, nobody can be added, and the two who ask for
        their conversation again get a new one.
        """
        ...

    # ---- Messages

    async def append(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        """
        Store a batch in one transaction, each at the next seq of its conversation, answered in the order given.

        A repeat, also inside the batch and through another task at the same moment, answers the first entry, whatever
        became of its sender since. A bad message (not a member: `not_found`; `blocked`; text that no database can
        hold, or a client id that is not 1 to 64 characters: `invalid`; a file that is not there: `gone` or
        `not_complete`, or another's: `forbidden`) harms only itself. A message with a file is a transaction of its
        own; those before it are stored first, and those after it later.
        """
        ...

    async def delete_message(self, conversation_id: str, by_id: str, seq: int) -> StoredEntry | Refusal:
        """
        A `deleted` entry; the message keeps its place with a null body. Again: fresh is False and the first entry.
        Refused `not_found` (also where there is no such entry), `forbidden` (another's message, or no message).
        """
        ...

    async def mark_read(self, conversation_id: str, member_id: str, seq: int) -> tuple[int, bool] | Refusal:
        """How far is read now and whether that moved: only forward, at most last_seq. Refused `not_found`."""
        ...

    async def history(
        self, conversation_id: str, member_id: str, *, after: int | None, before: int | None, limit: int
    ) -> Sequence[Entry] | Refusal:
        """Entries in seq order: the first after `after`, or the last before `before`, or the newest."""
        ...

    async def changes(
        self, conversation_id: str, after: int, before: int, since: float | None
    ) -> Sequence[StoredEntry]:
        """
        The entries between two numbers, in order, with who is in now; where `since` is given, those that were made
        at that time or later, in seconds since 1970.
        """
        ...

    async def changed_since(self, user_ids: Sequence[str], since: float) -> Sequence[ConversationChange]:
        """Conversations of any of these users that are new since then, or got an entry or a receipt."""
        ...

    async def sync(self, member_id: str, cursors: Mapping[str, int], limit: int) -> SyncResult:
        """At most `limit` entries; a conversation without a cursor begins at its first entry."""
        ...

    # ---- Files

    async def announce_file(self, file: NewFile, seconds: float, quota_bytes: int) -> File | Refusal:
        """
        A file that may arrive within so many seconds; its bytes count from now on. Refused `quota` where the owner's
        files would be more than that, `not_found` for an unknown owner, `invalid`.
        """
        ...

    async def file(self, file_id: str) -> File | None: ...

    async def complete_file(self, file_id: str, late_seconds: float) -> bool:
        """
        Messages and profiles may refer to it from now on. False, and nothing changed, where its address ended longer
        ago than that, or it is forgotten. Again: as the first time.
        """
        ...

    async def file_seen_by(self, file_id: str, reader_id: str) -> File | None:
        """
        A complete file, for its owner, the members of conversations where its owner posted it and did not delete that,
        and, while it is its owner's picture, whoever shares a conversation with them.
        """
        ...

    async def expire_unused_files(self, unused_seconds: float, limit: int) -> None:
        """Files that no message and no profile has referred to for so long are no longer complete, but late."""
        ...

    async def files_to_sweep(self, late_seconds: float, limit: int) -> Sequence[File]:
        """Files of which something may lie where nothing is checked any more; complete ones among them."""
        ...

    async def finish_sweep(self, kept_ids: Sequence[str], gone_ids: Sequence[str], late_seconds: float) -> None:
        """
        Nothing is left there of the kept, which are complete, and nothing anywhere of those that are gone: if they are
        late and not complete still, they are forgotten, and their bytes are free.
        """
        ...


# ---- Objects


class ObjectsDown(Exception):
    """The object store could not be asked, or refused us; nothing is known of what it did."""


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """Where one object may be put, by whom who knows it: a PUT to the address, with exactly these headers."""

    url: str
    headers: Mapping[str, str]
    seconds: int


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """
    What lies at a key. `tag` changes with the content; `first_bytes` are at most HEAD_BYTES; `sha256` in hexadecimal,
    where it was asked for and the store has it.
    """

    size: int
    content_type: str
    tag: str
    first_bytes: bytes
    sha256: str | None = None


class Objects(Protocol):
    """
    An object store. Keys are of letters, digits, `-` and `/`. Raises ObjectsDown. What is signed is refused by the
    store where anything else is put or asked.
    """

    async def upload(self, key: str, content_type: str, size: int, sha256: str | None, seconds: int) -> PresignedPut:
        """An address that takes this much of this type, and of this content where its checksum is given."""
        ...

    async def look(self, key: str, with_checksum: bool = False) -> ObjectHead | None: ...

    async def keep(self, source: str, target: str, tag: str, content_type: str, disposition: str) -> bool:
        """
        Copy an object, to be served as this from now on. False, and nothing is copied, where the source is gone or has
        another tag.
        """
        ...

    async def remove(self, keys: Sequence[str]) -> None:
        """Also of keys where nothing is."""
        ...

    async def download(self, key: str) -> tuple[str, int]:
        """An address that everybody can get the object from, and for how many seconds at least."""
        ...
