"""The HTTP endpoints of the REST half, as a table: `outside/rest.py` serves it, `openapi.py` describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from glimpse.chat.documents import (
    BlockedDocument,
    BlockedUsersDocument,
    CompleteDocument,
    ConversationDocument,
    DeletedDocument,
    DeletedEntry,
    Document,
    FileDocument,
    FilesDocument,
    HistoryDocument,
    LeftDocument,
    ListDocument,
    LoggedInDocument,
    LoggedOutDocument,
    UploadDocument,
    UserDocument,
)
from glimpse.chat.history import MAX_EXAMINED
from glimpse.chat.requests import Announce, ChangePassword, DeleteAccount, LogIn, Profile, Request, SignUp, WithMembers

PAGE, MAX_PAGE = 50, 200
"""Rows of one page: where the request names no limit, and at most."""

MAX_FILES = 100
"""Files of one request: those of two pages of messages where every message has one."""


class Parameter(NamedTuple):
    """A parameter of the query; `schema` is a JSON Schema."""

    name: str
    description: str
    schema: Mapping[str, object]
    is_required: bool = False


class Endpoint(NamedTuple):
    """
    `name` is the name of the handler and the operationId. `responses` are the documents of a success by status; `body`
    is the type of the request's. A public endpoint needs no token.
    """

    name: str
    method: str
    path: str
    summary: str
    responses: Mapping[int, type[Document]]
    body: type[Request] | None = None
    query: tuple[Parameter, ...] = ()
    is_public: bool = False
    is_body_optional: bool = False


_WHOLE_NUMBER = {"type": "integer", "minimum": 0, "maximum": 10**16 - 1}
_LIMIT = Parameter("limit", f"the most rows to return; {MAX_PAGE} where it is more", {**_WHOLE_NUMBER, "default": PAGE})

ENDPOINTS = (
    Endpoint(
        "sign_up", "POST", "/auth/signup", "Create an account with a handle and a password", {201: LoggedInDocument},
        SignUp, is_public=True,
    ),
    Endpoint(
        "log_in", "POST", "/auth/login", "Get a token for a handle and its password", {200: LoggedInDocument}, LogIn,
        is_public=True,
    ),
    Endpoint(
        "refresh", "POST", "/auth/refresh",
        "Get a new token for one that was issued here and is still valid, until the session ends",
        {200: LoggedInDocument},
    ),
    Endpoint(
        "log_out_everywhere", "POST", "/auth/logout-everywhere",
        "Refuse every token of yours that was issued until now, and disconnect its clients", {200: LoggedOutDocument},
    ),
    Endpoint(
        "change_password", "POST", "/auth/password",
        "Change your password; as after logout-everywhere, only the new token is valid", {200: LoggedInDocument},
        ChangePassword,
    ),
    Endpoint("me", "GET", "/me", "The user of the token", {200: UserDocument}),
    Endpoint(
        "delete_account", "DELETE", "/me",
        "Delete your account and files, and leave your groups; your messages stay. Whoever signed up here sends the"
        " password",
        {200: DeletedDocument}, DeleteAccount, is_body_optional=True,
    ),
    Endpoint(
        "profile", "POST", "/profile", "Change your profile; omitted fields stay the same", {200: UserDocument}, Profile
    ),
    Endpoint(
        "users", "GET", "/users", "Find the user with a handle", {200: UserDocument},
        query=(Parameter("handle", "in upper or lower case", {"type": "string"}, is_required=True),),
    ),
    Endpoint(
        "block", "PUT", "/users/{id}/block",
        "Block a user: between the two of you no messages in your conversation of two, and nowhere typing, receipts or"
        " presence",
        {200: BlockedDocument},
    ),
    Endpoint("unblock", "DELETE", "/users/{id}/block", "End your block of a user", {200: BlockedDocument}),
    Endpoint(
        "blocked_users", "GET", "/users/blocked", "The users whom you block", {200: BlockedUsersDocument},
        query=(Parameter("cursor", "the cursor of the previous page", {"type": "string"}), _LIMIT),
    ),
    Endpoint(
        "create_conversation", "POST", "/conversations",
        "Create a conversation (201); two users who have one already get that one (200). Refused if a block is between"
        " you and a member",
        {201: ConversationDocument, 200: ConversationDocument}, WithMembers,
    ),
    Endpoint(
        "conversations", "GET", "/conversations", "Your conversations, newest change first", {200: ListDocument},
        query=(
            Parameter("cursor", "the cursor of the previous page", {"type": "string", "pattern": "^[0-9]{1,17}-.+$"}),
            _LIMIT,
        ),
    ),
    Endpoint(
        "history", "GET", "/conversations/{id}/messages",
        "The newest entries of a conversation, or the first after `after`, or the last before `before`. With"
        f" `type=message&deleted=skip` only messages that are not deleted, among the last {MAX_EXAMINED} entries; then"
        " no `after`",
        {200: HistoryDocument},
        query=(
            Parameter("after", "a seq", _WHOLE_NUMBER), Parameter("before", "a seq", _WHOLE_NUMBER), _LIMIT,
            Parameter("type", "together with `deleted`", {"type": "string", "enum": ["message"]}),
            Parameter("deleted", "together with `type`", {"type": "string", "enum": ["skip"]}),
        ),
    ),
    Endpoint(
        "add_members", "POST", "/conversations/{id}/members",
        "Add members to a conversation that is not one of two; nobody who left it, or is in a block with you",
        {200: ConversationDocument}, WithMembers,
    ),
    Endpoint(
        "delete_message", "DELETE", "/conversations/{id}/messages/{seq}",
        "Delete the text of your message; the message keeps its seq", {200: DeletedEntry},
    ),
    Endpoint(
        "announce_file", "POST", "/files/presigned-url",
        "Announce a file and get the URL to upload it to; its bytes do not pass this service",
        {201: UploadDocument}, Announce,
    ),
    Endpoint(
        "complete_file", "POST", "/files/{id}/complete",
        "Check an uploaded file; messages and your profile can refer to it from then on", {200: CompleteDocument},
    ),
    Endpoint(
        "files", "GET", "/files", "The files among these ids that you may see, each with the URL to download it from",
        {200: FilesDocument},
        query=(
            Parameter(
                "ids", f"at most {MAX_FILES} ids, separated by commas",
                {"type": "string", "pattern": f"^[^,]*(,[^,]*){{0,{MAX_FILES - 1}}}$"}, is_required=True,
            ),
        ),
    ),
    Endpoint(
        "file", "GET", "/files/{id}",
        "Redirect to the URL of a file (302), or answer with that URL if you accept application/json (200)",
        {302: FileDocument, 200: FileDocument},
    ),
    Endpoint("leave", "POST", "/conversations/{id}/leave", "Leave a conversation", {200: LeftDocument}),
    Endpoint(
        "join", "POST", "/conversations/{id}/join", "Return to a conversation that you left, unless it is one of two",
        {200: ConversationDocument},
    ),
)  # fmt: skip
