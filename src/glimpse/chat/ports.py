"""
The ports of the service: what it needs from a database and from an object store. `memory.py` and `memory_objects.py`
implement them in memory, `outside/postgres` with PostgreSQL and `outside/s3` with S3; all pass the same contract tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from glimpse.chat.refusals import Refusal
from glimpse.chat.sync_position import SyncPosition
from glimpse.chat.values import (
    Conversation,
    ConversationChange,
    ConversationSummary,
    Credentials,
    Entry,
    File,
    JoinState,
    Message,
    NewFile,
    NewMessage,
    PairChange,
    StoredEntry,
    SyncResult,
    User,
    Validity,
)

HEAD_BYTES = 512
"""How much of an object's content `Objects.head` returns: enough to recognise its type."""

SYNC_LAG_SECONDS = 30.0
"""
How much earlier than its statement `SyncResult.at` is, in seconds. The database dates a receipt, a block or a change of
members before the commit: by at most four statements of up to 5 s each, and the commit itself. A conversation that is
answered twice because of this costs a few lines.
"""

MAX_SYNCED_CONVERSATIONS = 1_000
"""
How many conversations one `sync` answers at most. Others may add a user to any number of them, and an answer with all
of them would hold up other clients while it is made, and exceed what a connection may buffer.
"""


class StoreDown(Exception):
    """The store did not answer; the outcome is unknown."""


class Store(Protocol):
    """
    Keeps everything that is durable. Each call is one transaction, committed when it returns. Every method raises
    StoreDown where the outcome is unknown. A refusal changes nothing. Limits are at least 1. An id that no database can
    store is treated like an unknown one.
    """

    async def check(self) -> None:
        """Return if the store answers. Raises StoreDown if not."""
        ...

    # ---- Users

    async def ensure_user(self, user_id: str) -> User | Refusal:
        """The user with this id, created on first use. Refused `invalid`."""
        ...

    async def sign_up(self, user_id: str, handle: str, password_hash: str) -> User | Refusal:
        """Create a user with a handle, of which no `handle_keys` are taken. Refused `handle_taken`, `invalid`."""
        ...

    async def credentials(self, handle_key: str) -> Credentials | None:
        """Of the account whose handle has this key."""
        ...

    async def credentials_of(self, user_id: str) -> Credentials | None:
        """None for a user of another issuer."""
        ...

    async def remember_login(self, user_id: str, network: str) -> None:
        """The owner of an account logged in from this network. An unknown user is ignored."""
        ...

    async def change_password(self, user_id: str, old_hash: str, new_hash: str, valid_after: int) -> int | None:
        """
        Replace the hash, and revoke tokens as `revoke` does. None, without effect, where the hash is not `old_hash`.
        """
        ...

    async def join_states(self, user_ids: Sequence[str]) -> Sequence[JoinState | Refusal]:
        """
        What users who join need, in the order of `user_ids`; all about one user is read by the same statement. A user
        is created on first use. Refused `invalid`, without effect on the others.
        """
        ...

    async def validity(self, user_id: str) -> Validity:
        """Which tokens of a user are valid. Of a user who does not exist, all are."""
        ...

    async def revoke(self, user_id: str, valid_after: int) -> int | Refusal:
        """
        Revoke the tokens of a user that were issued before a second, since 1970. Returns that second, or a later one
        from before. The user is created on first use. Refused `invalid`.
        """
        ...

    async def revoked_since(self, user_ids: Sequence[str], since: float) -> Sequence[tuple[str, int]]:
        """Those of the users whose tokens were revoked since then, in seconds since 1970, and their `valid_after`."""
        ...

    async def delete_user(self, user_id: str, valid_after: int) -> int | Refusal:
        """
        Delete an account, and revoke tokens as `revoke` does, and also those that were issued just after the last
        revocation. Its handle, password, display name, picture and files go, and the blocks that it made; blocks
        against it stay. Its files are swept; entries still refer to them. Its messages and memberships stay. Idempotent
        but for the second that it returns. Refused `not_found`.
        """
        ...

    async def restore_user(self, user_id: str) -> None:
        """The user of another issuer came back with a new token: the account is not deleted any more, but empty."""
        ...

    async def groups(self, member_id: str) -> Sequence[str]:
        """The ids of a user's conversations that are not of two."""
        ...

    async def users(self, user_ids: Sequence[str]) -> Sequence[User]:
        """The users that exist, in the order of the ids."""
        ...

    async def user_by_handle(self, handle: str) -> User | None: ...

    async def update_profile(
        self, user_id: str, display_name: str | None, profile_image_id: str | None
    ) -> User | Refusal:
        """
        Change the fields that are not None; an empty display name removes it. Refused `not_found`, also for a deleted
        account, `invalid`; and `gone`, `not_complete`, `forbidden` or `file_type` where the image is not a complete
        image file of the user.
        """
        ...

    async def block(self, blocker_id: str, blocked_id: str, on: bool) -> bool | Refusal:
        """
        Block (`on`) or unblock a user; returns whether that changed anything. While one of two users blocks the other,
        messages of both are refused in their conversation of two, and neither sees what the other read. A message or a
        conversation whose call begins after this one has returned is judged by it. Refused `not_found`, also to a
        deleted account that would block, `invalid` (oneself).
        """
        ...

    async def blocked_users(self, blocker_id: str, after_id: str, limit: int) -> Sequence[User]:
        """The users whom a user blocks, in the order of their ids: the first ones after an id, which may be empty."""
        ...

    async def pair_is_open(self, first_id: str, second_id: str) -> bool | None:
        """Whether the conversation of two users is without a block between them; None where they have none."""
        ...

    async def pairs_changed_since(self, user_ids: Sequence[str], since: float) -> Sequence[PairChange]:
        """
        The conversations of two of any of these users where a block may have begun or ended since then, in seconds
        since 1970: a block of both changed.
        """
        ...

    # ---- Conversations

    async def create_conversation(
        self, conversation_id: str, creator_id: str, member_ids: Sequence[str]
    ) -> tuple[Conversation, bool] | Refusal:
        """
        The conversation, and whether it is new. The creator is its first member. Two people have one conversation
        only, even if both create it at once; and a repeat with the same id by its creator is answered with the first.
        Refused `not_found` for an unknown member, `invalid` for the id of somebody else's conversation. Where the
        conversation would be new: `not_found` for a deleted account, `forbidden` where the creator is in a block with a
        member.
        """
        ...

    async def conversation(self, conversation_id: str, member_id: str) -> Conversation | Refusal:
        """Refused `not_found`, also to a user who is not a member."""
        ...

    async def partners(self, member_id: str) -> Sequence[str]:
        """The other members of a user's conversations of two, each once, unless one of the two blocked the other."""
        ...

    async def list_conversations(
        self, member_id: str, cursor: str | None, limit: int
    ) -> tuple[Sequence[ConversationSummary], str | None] | Refusal:
        """Newest change first, and the cursor of the next page, None on the last. Refused `invalid` (the cursor)."""
        ...

    async def add_members(
        self, conversation_id: str, by_id: str, member_ids: Sequence[str]
    ) -> StoredEntry | Conversation | Refusal:
        """
        The MembershipChange; or the conversation, where all were members already. What was written before is not
        unread for a new member. Refused `not_found`, also for a deleted account, `forbidden` (a conversation of two; a
        user who left it; a user who is in a block with the one who adds them).
        """
        ...

    async def join(self, conversation_id: str, user_id: str) -> StoredEntry | Conversation | Refusal:
        """
        The MembershipChange of a user who returns to a conversation that they left; or the conversation, where they are
        a member. Refused `not_found` for others, for a deleted account, and for a conversation of two.
        """
        ...

    async def leave(self, conversation_id: str, member_id: str) -> StoredEntry | Refusal:
        """
        The MembershipChange, with the remaining members. Refused `not_found`.

        When one leaves a conversation of two, the other keeps its history, and nobody can be added to it. If the two
        create their conversation again, they get a new one.
        """
        ...

    # ---- Messages

    async def append(self, messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        """
        Store a batch, each message at the next seq of its conversation. Answers are in the order of the messages. The
        batch is one transaction; but messages with a file, and those of a conversation in which one is refused or is a
        repeat, may be stored in transactions of their own.

        A repeat is answered with the first entry: within the batch, from another task at the same moment, and also
        when its sender has left or was blocked since. A message may be refused, without effect on the others:
        `not_found` (not a member), `blocked`, `invalid` (text that no database can store; a client id that is not 1 to
        64 characters), `gone` or `not_complete` (its file), `forbidden` (another user's file), `unknown` (the
        transaction of others is committed, and the outcome of its own is not known). A message with a file is a
        transaction of its own, after the messages before it and before those after it.
        """
        ...

    async def delete_message(self, conversation_id: str, by_id: str, seq: int) -> StoredEntry | Refusal:
        """
        The Deletion; the message keeps its seq, without body and file. A repeat is answered with the first Deletion.
        Refused `not_found` (no such entry), `forbidden` (another user's message, or not a message).
        """
        ...

    async def mark_read(self, conversation_id: str, member_id: str, seq: int) -> tuple[int, bool] | Refusal:
        """The seq read last by now, and whether it moved: only forward, at most to last_seq. Refused `not_found`."""
        ...

    async def history(
        self, conversation_id: str, member_id: str, *, after: int | None, before: int | None, limit: int
    ) -> Sequence[Entry] | Refusal:
        """Entries by seq: the first ones after `after`, or the last ones before `before`, or the newest."""
        ...

    async def messages_before(
        self, conversation_id: str, member_id: str, before: int | None, limit: int
    ) -> tuple[Sequence[Message], int | None] | Refusal:
        """
        The last messages that are not deleted, at most `limit`, among the `history.MAX_EXAMINED` entries before a seq,
        or among the newest; and the `before` of the next call, None where nothing comes before. Refused `not_found`.
        """
        ...

    async def changes(
        self, conversation_id: str, after: int, before: int, since: float | None
    ) -> Sequence[StoredEntry]:
        """
        The entries between two seqs, in order, with the members by now; with `since`, in seconds since 1970, only those
        created at that time or later.
        """
        ...

    async def changed_since(self, user_ids: Sequence[str], since: float) -> Sequence[ConversationChange]:
        """The conversations of any of these users that were created, changed or read since then."""
        ...

    async def sync(
        self,
        member_id: str,
        cursors: Mapping[str, int],
        limit: int,
        only: Sequence[str] | None = None,
        since: SyncPosition | None = None,
    ) -> SyncResult:
        """
        At most `limit` entries, and at most MAX_SYNCED_CONVERSATIONS conversations, in the order of their ids; a
        conversation without a cursor begins at its first entry. `only`: leave out all conversations but these. `since`:
        the `at` of an earlier result.
        """
        ...

    # ---- Files

    async def announce_file(self, file: NewFile, seconds: float, quota_bytes: int) -> File | Refusal:
        """
        Record a file that may be uploaded within `seconds`. Its bytes count towards the quota from now on. Refused
        `quota`, `not_found` for an unknown owner, `invalid`.
        """
        ...

    async def file(self, file_id: str) -> File | None: ...

    async def complete_file(self, file_id: str, grace_seconds: float) -> bool:
        """
        From now on messages and profiles may refer to the file. False, without effect, where its upload URL expired
        more than `grace_seconds` ago, or the file was swept. Idempotent.
        """
        ...

    async def files_seen_by(self, file_ids: Sequence[str], reader_id: str) -> Sequence[File]:
        """
        Those of the files that are complete and that the reader may see, in the order of the ids. A file is seen by its
        owner, by the members of conversations where its owner posted it and did not delete the message, and, while it
        is its owner's profile image, by everybody who shares a conversation with the owner.
        """
        ...

    async def expire_unused_files(self, unused_seconds: float, limit: int) -> None:
        """Files that no message or profile has referred to for so long become incomplete, and will be swept."""
        ...

    async def files_to_sweep(self, grace_seconds: float, limit: int) -> Sequence[File]:
        """
        Files, including complete ones, of which an unchecked object may still exist and whose upload URL expired more
        than `grace_seconds` ago.
        """
        ...

    async def finish_sweep(self, kept_ids: Sequence[str], gone_ids: Sequence[str], grace_seconds: float) -> None:
        """
        The unchecked objects of `kept_ids`, which are complete, and all objects of `gone_ids` have been deleted. Forget
        those of `gone_ids` that are still incomplete; their bytes no longer count towards the quota.
        """
        ...


# ---- Objects


class ObjectsDown(Exception):
    """The object store did not answer, or refused our credentials; the outcome is unknown."""


class NoObjectStore(Exception):
    """There is no object store, and a retry will not help; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class PresignedPut:
    """
    A URL to which anyone who holds it may put one object, within `seconds` and with exactly these headers.
    """

    url: str
    headers: Mapping[str, str]
    seconds: int


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """
    An object's metadata and the beginning of its content. `etag` changes with the content. `first_bytes` are at most
    HEAD_BYTES. `sha256` is hexadecimal, and None where it was not asked for or the store has none.
    """

    size: int
    content_type: str
    etag: str
    first_bytes: bytes
    sha256: str | None = None


class Objects(Protocol):
    """
    An object store. Keys consist of letters, digits, `-` and `/`. Every method raises ObjectsDown. The store refuses a
    request that differs from what its URL was signed for.
    """

    async def head(self, key: str, with_checksum: bool = False) -> ObjectHead | None:
        """None where the key has no object."""
        ...

    async def read(self, key: str, etag: str, start: int, size: int) -> bytes:
        """
        At most `size` bytes of an object, from `start`: fewer at its end, and none after it or where the key has no
        object with this etag. `size` is at least 1.
        """
        ...

    async def copy(self, source: str, target: str, etag: str, content_type: str, disposition: str) -> bool:
        """
        Copy an object; the copy is served with this Content-Type and Content-Disposition. False, and nothing is copied,
        where the source does not exist or has another etag.
        """
        ...

    async def delete(self, keys: Sequence[str]) -> None:
        """Keys without an object are ignored."""
        ...

    async def presign_put(
        self, key: str, content_type: str, size: int, sha256: str | None, seconds: int
    ) -> PresignedPut:
        """A URL that accepts this size and type, and only this content where its checksum is given."""
        ...

    async def presign_get(self, key: str) -> tuple[str, int]:
        """A URL from which anyone who holds it can get the object, and for how many seconds at least."""
        ...
