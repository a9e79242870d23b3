"""What can be asked over HTTP, as a table: `outside/rest.py` answers it, `openapi.py` describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from glimpse.chat.documents import (
    BlockedDocument,
    CompleteDocument,
    ConversationDocument,
    DeletedEntry,
    Document,
    FileDocument,
    HistoryDocument,
    LeftDocument,
    ListDocument,
    LoggedInDocument,
    UploadDocument,
    UserDocument,
)
from glimpse.chat.requests import Announce, LogIn, Profile, Request, SignUp, WithMembers

PAGE, MAX_PAGE = 50, 200


class Parameter(NamedTuple):
    """Of a query; `schema` in JSON Schema's words."""

    name: str
    meaning: str
    schema: Mapping[str, object]
    is_required: bool = False


class Endpoint(NamedTuple):
    """`name` is the handler's. `answers`: what a success is, by its status. `is_open`: asked without a token."""

    name: str
    method: str
    path: str
    summary: str
    answers: Mapping[int, type[Document]]
    asks: type[Request] | None = None
    query: tuple[Parameter, ...] = ()
    is_open: bool = False


_SEQ = {"type": "integer", "minimum": 0}
_LIMIT = Parameter("limit", "how many at most", {"type": "integer", "default": PAGE, "maximum": MAX_PAGE})

ENDPOINTS = (
    Endpoint(
        "sign_up", "POST", "/auth/signup", "A new person with a handle and a password", {201: LoggedInDocument}, SignUp,
        is_open=True,
    ),
    Endpoint("log_in", "POST", "/auth/login", "Somebody who signed up", {200: LoggedInDocument}, LogIn, is_open=True),
    Endpoint("refresh", "POST", "/auth/refresh", "A new token for one that is still valid", {200: LoggedInDocument}),
    Endpoint("me", "GET", "/me", "Who the token speaks for", {200: UserDocument}),
    Endpoint(
        "profile", "POST", "/profile", "Change what others see; what is left out stays", {200: UserDocument}, Profile
    ),
    Endpoint(
        "users", "GET", "/users", "The person with a handle", {200: UserDocument},
        query=(Parameter("handle", "in any case", {"type": "string"}, is_required=True),),
    ),
    Endpoint("block", "PUT", "/users/{id}/block", "Take no messages from your partner", {200: BlockedDocument}),
    Endpoint("unblock", "DELETE", "/users/{id}/block", "Take their messages again", {200: BlockedDocument}),
    Endpoint(
        "create_conversation", "POST", "/conversations",
        "A conversation with others; 200 for the one that two people have already",
        {201: ConversationDocument, 200: ConversationDocument}, WithMembers,
    ),
    Endpoint(
        "conversations", "GET", "/conversations", "Your conversations, the newest change first", {200: ListDocument},
        query=(Parameter("cursor", "of the page before", {"type": "string"}), _LIMIT),
    ),
    Endpoint(
        "history", "GET", "/conversations/{id}/messages",
        "What was said: the newest, or what follows `after`, or what comes before `before`", {200: HistoryDocument},
        query=(Parameter("after", "a seq", _SEQ), Parameter("before", "a seq", _SEQ), _LIMIT),
    ),
    Endpoint(
        "add_members", "POST", "/conversations/{id}/members", "More people, where it is not a pair's",
        {200: ConversationDocument}, WithMembers,
    ),
    Endpoint(
        "delete_message", "DELETE", "/conversations/{id}/messages/{seq}",
        "Your message keeps its place and loses its text", {200: DeletedEntry},
    ),
    Endpoint(
        "announce_file", "POST", "/files/presigned-url", "Where to put a file, which does not pass this service",
        {201: UploadDocument}, Announce,
    ),
    Endpoint(
        "complete_file", "POST", "/files/{id}/complete", "It is there: look at it, so that it can be referred to",
        {200: CompleteDocument},
    ),
    Endpoint(
        "file", "GET", "/files/{id}", "To where a file can be had; who accepts application/json is told instead",
        {302: FileDocument, 200: FileDocument},
    ),
    Endpoint("leave", "POST", "/conversations/{id}/leave", "Be no longer a member", {200: LeftDocument}),
)  # fmt: skip
