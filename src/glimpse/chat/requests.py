"""
The types of what clients send, REST bodies and socket events: JSON that does not match a type is refused.

Text that PostgreSQL cannot store (NUL, half a surrogate pair) is refused here, so that it never reaches a batch.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from glimpse.chat.refusals import INVALID, Refusal
from glimpse.chat.text import MAX_CLIENT_ID, MAX_FILE_NAME, MAX_HANDLE, MAX_ID, is_storable
from glimpse.chat.tokens import MAX_TOKEN_LENGTH

MAX_MEMBERS = 200
MAX_CURSORS = 20_000
"""About as many as fit into one Engine.IO payload."""

MAX_SEQ = 2**53 - 1
"""The largest integer that JavaScript represents exactly."""

Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID)]
ClientId = Annotated[str, Meta(min_length=1, max_length=MAX_CLIENT_ID, pattern=r"\A[\x21-\x7e]+\Z")]
Seq = Annotated[int, Meta(ge=0, le=MAX_SEQ)]
Token = Annotated[str, Meta(min_length=1, max_length=MAX_TOKEN_LENGTH)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Handle = Annotated[str, Meta(min_length=1, max_length=MAX_HANDLE, pattern=r"\A[^\s/@]+\Z")]
Password = Annotated[str, Meta(min_length=8, max_length=200)]
Members = Annotated[list[Id], Meta(max_length=MAX_MEMBERS)]


class Request(Struct, frozen=True, rename="camel"):
    """The base class: field names in camel case, immutable."""


class SendMessage(Request, frozen=True):
    conversation_id: Id
    client_id: ClientId
    body: str
    file_id: Id | None = None


class MarkRead(Request, frozen=True):
    conversation_id: Id
    seq: Seq


class Sync(Request, frozen=True):
    cursors: Annotated[dict[Id, Seq], Meta(max_length=MAX_CURSORS)]


class Renew(Request, frozen=True):
    token: Token


class Typing(Request, frozen=True):
    conversation_id: Id


class SignUp(Request, frozen=True):
    handle: Handle
    password: Password


class LogIn(Request, frozen=True):
    handle: Annotated[str, Meta(max_length=200)]
    password: Annotated[str, Meta(max_length=200)]


class Profile(Request, frozen=True):
    display_name: Name | None = None
    profile_image_id: Id | None = None


class Announce(Request, frozen=True):
    """`sha256` of the content, in hexadecimal."""

    file_name: Annotated[str, Meta(min_length=1, max_length=MAX_FILE_NAME)]
    content_type: Annotated[str, Meta(min_length=1, max_length=200)]
    size: Annotated[int, Meta(ge=1, le=MAX_SEQ)]
    sha256: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")] | None = None


class WithMembers(Request, frozen=True):
    member_ids: Members


EVENTS: dict[str, type[Request]] = {
    "message": SendMessage,
    "read": MarkRead,
    "sync": Sync,
    "auth": Renew,
    "typing": Typing,
}
"""The types of socket events, by the name of the event."""

R = TypeVar("R", bound=Request)


def decode_request(raw: Any, wanted: type[R]) -> R | Refusal:
    """Convert decoded JSON. Refused `invalid`; the detail says which field is wrong."""
    try:
        request = msgspec.convert(raw, wanted)
    except msgspec.ValidationError as error:
        return INVALID.because(str(error))
    for name, value in zip(wanted.__struct_encode_fields__, msgspec.structs.astuple(request), strict=True):
        # Lists hold texts, and so do the keys of objects. ASCII without NUL is the usual case, checked without a call.
        text = value if isinstance(value, str) else "".join(value) if isinstance(value, list | dict) else ""
        if not (text.isascii() and "\0" not in text) and not is_storable(text):
            return INVALID.because(f"text that cannot be stored - at `$.{name}`")
    return request
