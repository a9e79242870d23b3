"""
The JSON that clients read, in REST answers and in events: types, from which the OpenAPI description is made, and
functions that make them from the chat's values.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import Annotated, TypeVar, assert_never

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from glimpse.chat.refusals import ENGLISH, Refusal
from glimpse.chat.sync_position import SyncPosition, next_position
from glimpse.chat.values import (
    Conversation,
    ConversationSummary,
    Deletion,
    Entry,
    MembershipChange,
    Message,
    SyncResult,
    UnknownEntry,
    User,
)

ENTRY_BYTES = 300
"""Rough size of an entry's JSON without its content: three ids of 36 characters, a time, and the field names."""

Time = Annotated[str, Meta(description="UTC to the millisecond", extra_json_schema={"format": "date-time"})]


class Document(Struct, frozen=True, rename="camel", gc=False):
    """The base class: field names in camel case, immutable."""


class EmptyDocument(Document, frozen=True):
    """The answer to a request that succeeded and has no result."""


class Error(Document, frozen=True):
    """
    `code` is for programs, `message` for people. `retry`: the same request may succeed later. `field`: the field of the
    request's body that was refused, where that is known: `handle`, `password`, `newPassword`, `displayName`.
    """

    code: str
    message: str
    retry: bool
    field: str | UnsetType = UNSET


class ErrorDocument(Document, frozen=True):
    """Why a request was refused."""

    error: Error


class UserDocument(Document, frozen=True):
    """
    `handle` is null for users of another token issuer. Any number of users may have the same `displayName`: show it
    with the handle. `deleted` is true where the account was deleted, and otherwise absent.
    """

    id: str
    handle: str | None
    display_name: str | None
    profile_image_id: str | None
    deleted: bool | UnsetType = UNSET


class LoggedInDocument(Document, frozen=True):
    """The token is valid for `expiresIn` seconds."""

    access_token: str
    expires_in: int
    user: UserDocument


class LoggedOutDocument(Document, frozen=True):
    """Every token of the user that was issued before is refused from now on."""

    logged_out: bool


class DeletedDocument(Document, frozen=True):
    """The account is deleted."""

    deleted: bool


class ConversationDocument(Document, frozen=True):
    """`lastSeq` is the seq of the newest entry, 0 while there is none."""

    id: str
    member_ids: tuple[str, ...]
    last_seq: int


class EntryFields(Document, frozen=True):
    """The fields of every entry of a conversation."""

    id: str
    seq: int
    conversation_id: str
    sender_id: str
    created_at: Time


class MessageDocument(EntryFields, frozen=True):
    """`body` is null once the message was deleted."""

    client_id: str | None
    body: str | None
    file_id: str | UnsetType = UNSET


class MessageEntry(MessageDocument, frozen=True, tag_field="type", tag="message"):
    """A message in a history."""


class DeletedEntry(EntryFields, frozen=True, tag_field="type", tag="deleted"):
    """The message whose seq is `of` was deleted."""

    of: int


class MembersEntry(EntryFields, frozen=True, tag_field="type", tag="members"):
    """The members from here on."""

    member_ids: tuple[str, ...]


class UnknownTypeEntry(EntryFields, frozen=True, tag_field="type", tag="unknown"):
    """An entry whose type this release of the service does not know; a newer one may show it."""


EntryDocument = MessageEntry | DeletedEntry | MembersEntry | UnknownTypeEntry


class ListedDocument(Document, frozen=True):
    """
    `unread` stops counting at 1,000. `pair`: the conversation of two users, which stays that when one of them leaves; a
    group stays a group.
    """

    id: str
    members: tuple[UserDocument, ...]
    last_seq: int
    last_message: MessageEntry | None
    unread: int
    pair: bool


class ListDocument(Document, frozen=True):
    """A page, and the cursor of the next one; null on the last."""

    conversations: tuple[ListedDocument, ...]
    cursor: str | None


class HistoryDocument(Document, frozen=True):
    """
    In the order of `seq`. `before` only where deleted messages are skipped: ask again with it for what comes before,
    also where `messages` is empty; null at the beginning of the conversation.
    """

    messages: tuple[EntryDocument, ...]
    before: int | UnsetType | None = UNSET


class UploadDocument(Document, frozen=True):
    """
    Where to upload the file: with this method, with exactly these headers, and exactly as many bytes as announced,
    within `expiresIn` seconds.
    """

    file_id: str
    upload_url: str
    method: str
    headers: dict[str, str]
    expires_in: int


class CompleteDocument(Document, frozen=True):
    """From now on a message or a profile may refer to this file."""

    file_id: str
    size: int
    content_type: str


class FileDocument(CompleteDocument, frozen=True):
    """The file can be downloaded from `url` for `expiresIn` seconds at least."""

    file_name: str
    url: str
    expires_in: int


class FilesDocument(Document, frozen=True):
    """In the order of the ids in the request, without the files that do not exist or that you may not see."""

    files: tuple[FileDocument, ...]


class BlockedDocument(Document, frozen=True):
    blocked: bool


class BlockedUsersDocument(Document, frozen=True):
    """A page of the users whom you block, and the cursor of the next one; null on the last."""

    users: tuple[UserDocument, ...]
    cursor: str | None


class LeftDocument(Document, frozen=True):
    left: bool


class SyncedConversation(ConversationDocument, frozen=True):
    """`reads`: the seq that each member read last, without members who are in a block with you."""

    reads: dict[str, int]


class SyncedDocument(Document, frozen=True):
    """`at`: send it as `since` with a later request, to learn also which receipts and members changed since then."""

    conversations: tuple[SyncedConversation, ...]
    gone: tuple[str, ...]
    messages: tuple[EntryDocument, ...]
    more: bool
    reset: tuple[str, ...]
    at: str


class AcknowledgementDocument(Document, frozen=True):
    """The acknowledgement of a message: it is durable."""

    id: str
    seq: int
    created_at: Time


class ReadDocument(Document, frozen=True):
    seq: int


class DeletedEvent(Document, frozen=True):
    conversation_id: str
    seq: int
    of: int


class ReadEvent(Document, frozen=True):
    conversation_id: str
    user_id: str
    seq: int


class TypingEvent(Document, frozen=True):
    conversation_id: str
    user_id: str


class PresenceEvent(Document, frozen=True):
    user_id: str
    online: bool


class DrainingEvent(Document, frozen=True):
    """
    This task is about to stop: reconnect after `reconnectInMs`. Clients that stay are disconnected within
    `graceSeconds`.
    """

    grace_seconds: float
    reconnect_in_ms: int


def error_document(refused: Refusal, language: str = ENGLISH) -> ErrorDocument:
    return ErrorDocument(Error(refused.code, refused.sentence(language), refused.retry, refused.field or UNSET))


@lru_cache(maxsize=64)
def time_text(at: datetime.datetime) -> str:
    """UTC to the millisecond, as browsers write it. Cached, because all messages of one commit share their time."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def user_document(user: User) -> UserDocument:
    return UserDocument(user.id, user.handle, user.display_name, user.profile_image_id, user.is_deleted or UNSET)


def conversation_document(conversation: Conversation) -> ConversationDocument:
    return ConversationDocument(conversation.id, conversation.member_ids, conversation.last_seq)


def listed_document(listed: ConversationSummary) -> ListedDocument:
    return ListedDocument(
        listed.conversation.id,
        tuple(map(user_document, listed.members)),
        listed.conversation.last_seq,
        None if listed.last_message is None else message_document(listed.last_message, MessageEntry),
        listed.unread,
        listed.is_pair,
    )


M = TypeVar("M", bound=MessageDocument)


def message_document(message: Message, document: type[M]) -> M:
    """A message as an event (MessageDocument), or in a history (MessageEntry)."""
    return document(
        message.id,
        message.seq,
        message.conversation_id,
        message.sender_id,
        time_text(message.created_at),
        message.client_id,
        message.body,
        message.file_id or UNSET,
    )


def entry_document(entry: Entry) -> EntryDocument:
    """An entry in a history."""
    if isinstance(entry, Message):
        return message_document(entry, MessageEntry)
    common = (entry.id, entry.seq, entry.conversation_id, entry.sender_id, time_text(entry.created_at))
    match entry:
        case Deletion():
            return DeletedEntry(*common, entry.of)
        case MembershipChange():
            return MembersEntry(*common, entry.member_ids)
        case UnknownEntry():
            return UnknownTypeEntry(*common)
        case _:
            assert_never(entry)


def truncated(synced: SyncResult, since: SyncPosition | None, max_bytes: int) -> SyncResult:
    """
    Cut the conversations to roughly `max_bytes` of JSON and the entries to as many, but each to at least one; `more` is
    then true if some were cut. `since`: what was asked for.
    """
    size = 0
    for kept, conversation in enumerate(synced.conversations):
        size += _conversation_bytes(conversation)
        if kept and size > max_bytes:
            conversations = synced.conversations[:kept]
            ids, at = {each.id for each in conversations}, synced.at
            now = at.seconds if at.next_seconds is None else at.next_seconds
            synced = replace(
                synced,
                conversations=conversations,
                entries=tuple(entry for entry in synced.entries if entry.conversation_id in ids),
                more=True,
                at=next_position(since, now, conversations[-1].id),
            )
            break
    size = 0
    for kept, entry in enumerate(synced.entries):
        size += ENTRY_BYTES + _content_bytes(entry)
        if kept and size > max_bytes:
            return replace(synced, entries=synced.entries[:kept], more=True)
    return synced


def _conversation_bytes(conversation: Conversation) -> int:
    """Roughly the size of its JSON, in which each member is named twice, with a number."""
    return ENTRY_BYTES + sum(2 * len(member_id) + 20 for member_id in conversation.member_ids)


def _content_bytes(entry: Entry) -> int:
    """Roughly how much longer than ENTRY_BYTES the JSON of an entry is."""
    match entry:
        case Message():
            return len((entry.body or "").encode())
        case MembershipChange():
            return sum(map(len, entry.member_ids))
        case Deletion() | UnknownEntry():
            return 0
        case _:
            assert_never(entry)


def synced_document(synced: SyncResult) -> SyncedDocument:
    return SyncedDocument(
        tuple(
            SyncedConversation(each.id, each.member_ids, each.last_seq, dict(each.reads))
            for each in synced.conversations
        ),
        synced.gone,
        tuple(map(entry_document, synced.entries)),
        synced.more,
        synced.reset,
        synced.at.text,
    )
