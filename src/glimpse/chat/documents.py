"""
What people's programs read: the contract's JSON, for REST and for events. Types, so that the description of the API is
made from them; functions, which make them of values.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from glimpse.chat.values import (
    DELETED,
    MESSAGE,
    Conversation,
    ConversationSummary,
    Entry,
    Refusal,
    StoredEntry,
    SyncResult,
    User,
)

Time = Annotated[str, Meta(description="UTC to the millisecond", extra_json_schema={"format": "date-time"})]

SENTENCES: Mapping[str, tuple[str, str]] = {
    "unauthorized": ("not signed in", "로그인하지 않았어요"),
    "token_expired": ("the token has expired", "토큰이 만료됐어요"),
    "invalid": ("the request does not fit", "요청 형식이 맞지 않아요"),
    "not_found": ("there is no such thing here for you", "찾을 수 없어요"),
    "forbidden": ("that is not yours to do", "권한이 없어요"),
    "blocked": ("this person does not take messages from you", "상대가 메시지를 받지 않아요"),
    "handle_taken": ("this handle is taken", "이미 사용 중인 아이디예요"),
    "rate_limited": ("too much at once; slow down", "요청이 너무 잦아요. 잠시 후 다시 시도해 주세요"),
    "busy": ("too much is waiting; try again in a moment", "요청이 밀려 있어요. 잠시 후 다시 시도해 주세요"),
    "unknown": (
        "it is not known whether this was stored; send it again with the same clientId",
        "저장됐는지 알 수 없어요. 같은 clientId로 다시 보내 주세요",
    ),
    "unavailable": (
        "the database cannot be reached; try again in a moment",
        "DB에 연결할 수 없어요. 잠시 후 다시 시도해 주세요",
    ),
    "too_large": ("this is too large", "크기가 너무 커요"),
    "file_type": (
        "a file of this type is not taken, or its content is not of its type",
        "보낼 수 없는 파일 형식이거나, 내용이 파일 형식과 달라요",
    ),
    "quota": ("your files would take more room than you have", "저장 공간이 부족해요"),
    "expired": (
        "the time for this upload is over; ask for a new address",
        "업로드 시간이 지났어요. 새 업로드 주소를 요청해 주세요",
    ),
    "wrong_size": ("what arrived is not of the size that was announced", "올라온 파일의 크기가 알려준 크기와 달라요"),
    "wrong_checksum": ("what arrived is not what was announced", "올라온 파일의 체크섬이 알려준 값과 달라요"),
    "not_complete": ("the file is not there yet; put it, then complete it", "파일 업로드가 아직 끝나지 않았어요"),
    "gone": ("the file is no longer there; send it again", "파일이 사라졌어요. 다시 올려 주세요"),
    "files_down": (
        "the object store cannot be reached; try again in a moment",
        "파일 저장소에 연결할 수 없어요. 잠시 후 다시 시도해 주세요",
    ),
    "files_off": ("files cannot be sent here: no object store is set up", "파일 저장소가 없어 파일을 보낼 수 없어요"),
    "internal": (
        "something went wrong here; it has been logged",
        "서버에 문제가 생겼어요. 로그에 남겼어요",
    ),
}
"""What each refusal says, in English and in Korean."""

ENGLISH, KOREAN = "en", "ko"


class Document(Struct, frozen=True, rename="camel"):
    """What all have in common: names in camel case, and nothing changes them."""


class Nothing(Document, frozen=True):
    """It is done, and there is nothing to say about it."""


class Error(Document, frozen=True):
    """`retry`: the same may be asked again."""

    code: str
    message: str
    retry: bool


class ErrorDocument(Document, frozen=True):
    """Why something was not done."""

    error: Error


class UserDocument(Document, frozen=True):
    """`handle` only of who signed up here."""

    id: str
    handle: str | None
    display_name: str | None
    profile_image_id: str | None


class LoggedInDocument(Document, frozen=True):
    """`expiresIn` seconds."""

    access_token: str
    expires_in: int
    user: UserDocument


class ConversationDocument(Document, frozen=True):
    """`lastSeq` is the number of its newest change, 0 while there is none."""

    id: str
    member_ids: tuple[str, ...]
    last_seq: int


class Numbered(Document, frozen=True):
    """What every durable change of a conversation has."""

    id: str
    seq: int
    conversation_id: str
    sender_id: str
    created_at: Time


class MessageDocument(Numbered, frozen=True):
    """`body` is null once the message was deleted."""

    client_id: str | None
    body: str | None
    file_id: str | UnsetType = UNSET


class MessageEntry(MessageDocument, frozen=True, tag_field="type", tag="message"):
    """A message in a history."""


class DeletedEntry(Numbered, frozen=True, tag_field="type", tag="deleted"):
    """The message `of` is gone."""

    of: int


class MembersEntry(Numbered, frozen=True, tag_field="type", tag="members"):
    """Who is in from here on."""

    member_ids: tuple[str, ...]


EntryDocument = MessageEntry | DeletedEntry | MembersEntry


class ListedDocument(Document, frozen=True):
    """`unread` stops counting at 1,000."""

    id: str
    members: tuple[UserDocument, ...]
    last_seq: int
    last_message: EntryDocument | None
    unread: int


class ListDocument(Document, frozen=True):
    """A page, and the cursor of the next one; null on the last."""

    conversations: tuple[ListedDocument, ...]
    cursor: str | None


class HistoryDocument(Document, frozen=True):
    """In the order of `seq`."""

    messages: tuple[EntryDocument, ...]


class UploadDocument(Document, frozen=True):
    """
    Where to put the file: with this method, with exactly these headers, and as many bytes as announced, within
    `expiresIn` seconds.
    """

    file_id: str
    upload_url: str
    method: str
    headers: dict[str, str]
    expires_in: int


class CompleteDocument(Document, frozen=True):
    """From here on a message or a profile may refer to it."""

    file_id: str
    size: int
    content_type: str


class FileDocument(CompleteDocument, frozen=True):
    """Where a file can be had, for `expiresIn` seconds at least."""

    file_name: str
    url: str
    expires_in: int


class BlockedDocument(Document, frozen=True):
    blocked: bool


class LeftDocument(Document, frozen=True):
    left: bool


class SyncedConversation(ConversationDocument, frozen=True):
    """`reads`: how far each member has read."""

    reads: dict[str, int]


class SyncedDocument(Document, frozen=True):
    conversations: tuple[SyncedConversation, ...]
    gone: tuple[str, ...]
    messages: tuple[EntryDocument, ...]
    more: bool
    reset: tuple[str, ...]


class Acknowledged(Document, frozen=True):
    """What the sender of a message is told once it is durable."""

    id: str
    seq: int
    created_at: Time


class ReadTo(Document, frozen=True):
    seq: int


class DeletedEvent(Document, frozen=True):
    conversation_id: str
    seq: int
    of: int | None


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
    """This task goes away: look for another after `reconnectInMs`; whoever stays is closed in about `graceSeconds`."""

    grace_seconds: float
    reconnect_in_ms: int


def error_document(refused: Refusal, language: str = ENGLISH) -> ErrorDocument:
    message = SENTENCES[refused.code][language == KOREAN] + (f": {refused.detail}" if refused.detail else "")
    return ErrorDocument(Error(refused.code, message, refused.retry))


@lru_cache(maxsize=64)
def time_text(at: datetime.datetime) -> str:
    """UTC to the millisecond, as browsers write it. Messages of one commit share their time, so it is kept a while."""
    return at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def user_document(user: User) -> UserDocument:
    return UserDocument(user.id, user.handle, user.display_name, user.profile_image_id)


def conversation_document(conversation: Conversation) -> ConversationDocument:
    return ConversationDocument(conversation.id, conversation.member_ids, conversation.last_seq)


def listed_document(listed: ConversationSummary) -> ListedDocument:
    last = listed.last_message
    return ListedDocument(
        listed.conversation.id,
        tuple(map(user_document, listed.members)),
        listed.conversation.last_seq,
        None if last is None else entry_document(last),
        listed.unread,
    )


def entry_document(entry: Entry) -> EntryDocument:
    """An entry of a history."""
    made = time_text(entry.created_at)
    common = (entry.id, entry.seq, entry.conversation_id, entry.sender_id, made)
    if entry.type == MESSAGE:
        return MessageEntry(*common, entry.client_id, entry.body, entry.file_id or UNSET)
    if entry.type == DELETED:
        return DeletedEntry(*common, entry.of or 0)
    return MembersEntry(*common, entry.member_ids)


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
    )


def acknowledgement(entry: Entry) -> Acknowledged:
    return Acknowledged(entry.id, entry.seq, time_text(entry.created_at))


def event_of(stored: StoredEntry) -> tuple[str, Document]:
    """The name and the content of what members hear of a durable change."""
    entry = stored.entry
    if entry.type == MESSAGE:
        return "message", MessageDocument(
            entry.id,
            entry.seq,
            entry.conversation_id,
            entry.sender_id,
            time_text(entry.created_at),
            entry.client_id,
            entry.body,
            entry.file_id or UNSET,
        )
    if entry.type == DELETED:
        return "deleted", DeletedEvent(entry.conversation_id, entry.seq, entry.of)
    return "conversation", ConversationDocument(entry.conversation_id, stored.member_ids, entry.seq)
