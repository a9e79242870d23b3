"""
The types of what clients send, REST bodies and socket events: JSON that does not match a type is refused.

Text that PostgreSQL cannot store (NUL, half a surrogate pair) is refused here, so that it never reaches a batch.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from glimpse.chat.protocol.socketio import EVENT
from glimpse.chat.refusals import INVALID, Refusal
from glimpse.chat.text import (
    MAX_CLIENT_ID,
    MAX_DISPLAY_NAME,
    MAX_FILE_NAME,
    MAX_HANDLE,
    MAX_ID,
    MIN_PASSWORD,
    is_storable,
)
from glimpse.chat.tokens import MAX_TOKEN_LENGTH

MAX_MEMBERS = 200
MAX_CURSORS = 20_000
"""About as many as fit into one Engine.IO payload."""

MAX_ONLY = 1_000
"""Conversations that a `sync` may name, which are never charged as a long one."""

MAX_SINCE = MAX_ID + 30
"""`sync_position.py` has its form."""

MAX_SEQ = 2**53 - 1
"""The largest integer that JavaScript represents exactly."""

# The pattern is for readers of the OpenAPI document alone: `decode_request` refuses NUL in every text.
Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID, extra_json_schema={"pattern": "^[^\\u0000]*$"})]
# ASCII without NUL, which PostgreSQL cannot store; `decode_request` checks that, in less time than a pattern takes.
ClientId = Annotated[
    str,
    Meta(min_length=1, max_length=MAX_CLIENT_ID, extra_json_schema={"pattern": "^[\\u0001-\\u007f]+$"}),
]
Seq = Annotated[int, Meta(ge=0, le=MAX_SEQ)]
Token = Annotated[str, Meta(min_length=1, max_length=MAX_TOKEN_LENGTH)]
# `names.py` has the other rules of names. A Korean syllable may be typed as three jamo; it is stored as one character.
DisplayName = Annotated[
    str,
    Meta(
        max_length=3 * MAX_DISPLAY_NAME,
        description=f"RFC 8266, in its own case: at most {MAX_DISPLAY_NAME} characters, one of them visible. An empty"
        " text removes the name.",
    ),
]
Handle = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=3 * MAX_HANDLE,
        pattern=r"\A[^\s/@]+\Z",
        description=f"RFC 8265: at most {MAX_HANDLE} letters, digits and ASCII symbols, in scripts that do not look"
        " alike (UTS #39, highly restrictive)",
    ),
]
# Too short a password is refused by `names.new_password`, in a sentence for people.
Password = Annotated[
    str,
    Meta(
        max_length=200,
        description=f"RFC 8265, OpaqueString: at least {MIN_PASSWORD} characters",
        extra_json_schema={"minLength": MIN_PASSWORD},
    ),
]
Members = Annotated[list[Id], Meta(max_length=MAX_MEMBERS)]


class Request(Struct, frozen=True, rename="camel", gc=False):
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
    """
    `cursors`: up to which seq the client knows each conversation. A conversation that it was not told of has none, also
    after a message of it was heard. `since`: the `at` of an earlier answer.
    """

    cursors: Annotated[dict[Id, Seq], Meta(max_length=MAX_CURSORS)]
    only: Annotated[list[Id], Meta(max_length=MAX_ONLY)] | None = None
    since: Annotated[str, Meta(max_length=MAX_SINCE)] | None = None


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


class ChangePassword(Request, frozen=True):
    """`password` is the one until now."""

    password: Annotated[str, Meta(max_length=200)]
    new_password: Password


class DeleteAccount(Request, frozen=True):
    """`password` is required of a user who signed up here."""

    password: Annotated[str, Meta(max_length=200)] | None = None


class Profile(Request, frozen=True):
    display_name: DisplayName | None = None
    profile_image_id: Id | None = None


class Announce(Request, frozen=True):
    """`sha256` of the content, in hexadecimal."""

    file_name: Annotated[str, Meta(min_length=1, max_length=MAX_FILE_NAME)]
    content_type: Annotated[
        str, Meta(max_length=200, description="empty, or application/octet-stream, to go by the extension of the name")
    ]
    size: Annotated[int, Meta(ge=1, le=MAX_SEQ)]
    sha256: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")] | None = None


class WithMembers(Request, frozen=True):
    member_ids: Members


MAX_ACK_DIGITS = 15
"""The longest id of an acknowledgement, as in HEAD of `protocol/socketio.py`."""

EVENTS: dict[str, type[Request]] = {
    "message": SendMessage,
    "read": MarkRead,
    "sync": Sync,
    "auth": Renew,
    "typing": Typing,
}
"""The types of socket events, by the name of the event."""


class _UsualMessage(SendMessage, frozen=True, forbid_unknown_fields=True):
    """Without unknown fields: they may be nested to any depth, which only the decoder of packets checks."""


_EVENT_TYPE = str(EVENT)
_decode_message = msgspec.json.Decoder(tuple[Literal["message"], _UsualMessage]).decode


def read_message_event(text: str) -> tuple[SendMessage, int | None] | None:
    """
    A message and the id of its acknowledgement, decoded from the text of a Socket.IO packet in one step, because most
    of what clients send are messages. None for any other packet, and for a message to refuse: `decode_request` has the
    reason.
    """
    start = text.find("[")
    if not (text.startswith('["message",', start) and text.startswith(_EVENT_TYPE)):
        return None
    ack_id = text[1:start]
    if ack_id and not (len(ack_id) <= MAX_ACK_DIGITS and ack_id.isascii() and ack_id.isdigit()):
        return None
    try:
        _, request = _decode_message(text[start:])
    except msgspec.DecodeError:
        return None
    # ASCII without escapes is storable: NUL and halves of surrogate pairs can only come as escapes.
    if not (text.isascii() and "\\u" not in text) and not _is_storable(request):
        return None
    return request, int(ack_id) if ack_id else None


def _is_storable(message: SendMessage) -> bool:
    return message.client_id.isascii() and is_storable(
        message.conversation_id + message.client_id + message.body + (message.file_id or "")
    )


R = TypeVar("R", bound=Request)

_FIELD_OF_DETAIL = re.compile(r"at `\$\.(\w+)")


def _invalid(detail: str) -> Refusal:
    """`detail` is written as by msgspec, which ends with the path to the field."""
    found = _FIELD_OF_DETAIL.search(detail)
    return replace(INVALID, detail=detail, field=found[1] if found else "")


def decode_request(raw: Any, wanted: type[R]) -> R | Refusal:
    """Convert decoded JSON. Refused `invalid`; the detail says which field is wrong."""
    try:
        request = msgspec.convert(raw, wanted)
    except msgspec.ValidationError as error:
        return _invalid(str(error))
    for name, value in zip(wanted.__struct_encode_fields__, msgspec.structs.astuple(request), strict=True):
        # Lists hold texts, and so do the keys of objects. ASCII without NUL is the usual case, checked without a call.
        text = value if isinstance(value, str) else "".join(value) if isinstance(value, list | dict) else ""
        if not (text.isascii() and "\0" not in text):
            if name == "clientId":
                return _invalid("not ASCII, or with NUL - at `$.clientId`")
            if not is_storable(text):
                return _invalid(f"text that cannot be stored - at `$.{name}`")
    return request
