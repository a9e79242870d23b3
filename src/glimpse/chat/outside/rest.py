"""
The REST half of the contract. A handler reads the request, calls one use case, and makes a document of its result.

Each row of `endpoints.ENDPOINTS` is served by the method of its name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from glimpse.chat.accounts import Accounts, IssuedToken
from glimpse.chat.conversations import Conversations
from glimpse.chat.documents import (
    BlockedDocument,
    CompleteDocument,
    ConversationDocument,
    Document,
    FileDocument,
    HistoryDocument,
    LeftDocument,
    ListDocument,
    LoggedInDocument,
    UploadDocument,
    conversation_document,
    entry_document,
    listed_document,
    user_document,
)
from glimpse.chat.endpoints import ENDPOINTS, Endpoint
from glimpse.chat.limits import AddressLimiter, TokenBuckets
from glimpse.chat.messages import Messages
from glimpse.chat.openapi import openapi_document
from glimpse.chat.outside.json_http import (
    RequestRefused,
    Result,
    page_limit,
    query_number,
    read_body,
    response,
    whole_number,
)
from glimpse.chat.ports import StoreDown
from glimpse.chat.refusals import INTERNAL, INVALID, NOT_FOUND, RATE_LIMITED, UNAVAILABLE, Refusal
from glimpse.chat.requests import Announce, LogIn, Profile, SignUp, WithMembers
from glimpse.chat.tokens import Identity, Tokens
from glimpse.chat.uploads import Uploads
from glimpse.chat.users import Users
from glimpse.chat.values import Conversation, StoredEntry


class Rest:
    """
    `user_requests` limits each user, `addresses` each address of those without a token. `now` in seconds since 1970.
    `report_defect` is called with each exception that is a defect of this program.
    """

    def __init__(
        self,
        accounts: Accounts,
        users: Users,
        conversations: Conversations,
        messages: Messages,
        uploads: Uploads,
        tokens: Tokens,
        user_requests: TokenBuckets,
        addresses: AddressLimiter,
        now: Callable[[], float],
        report_defect: Callable[[BaseException], None],
    ) -> None:
        self._accounts, self._users, self._uploads = accounts, users, uploads
        self._conversations, self._messages = conversations, messages
        self._tokens, self._user_requests, self._addresses = tokens, user_requests, addresses
        self._now, self._report_defect = now, report_defect

    def routes(self) -> list[Route]:
        description = msgspec.json.encode(openapi_document(version("glimpse-chat")))

        async def openapi(request: Request) -> Response:
            return Response(description, media_type="application/json")

        return [*map(self._route, ENDPOINTS), Route("/openapi.json", openapi)]

    # ---- Accounts and users

    async def sign_up(self, request: Request) -> Result:
        body = await read_body(request, SignUp)
        return _logged_in(201, await self._accounts.sign_up(body.handle, body.password))

    async def log_in(self, request: Request) -> Result:
        body = await read_body(request, LogIn)
        return _logged_in(200, await self._accounts.log_in(body.handle, body.password))

    async def refresh(self, request: Request, user_id: str) -> Result:
        return _logged_in(200, await self._accounts.refresh(user_id))

    async def me(self, request: Request, user_id: str) -> Result:
        return _ok(await self._users.ensure(user_id), user_document)

    async def profile(self, request: Request, user_id: str) -> Result:
        body = await read_body(request, Profile)
        updated = await self._users.update_profile(user_id, body.display_name, body.profile_image_id)
        return _ok(updated, user_document)

    async def users(self, request: Request, user_id: str) -> Result:
        return _ok(await self._users.by_handle(request.query_params.get("handle", "")), user_document)

    async def block(self, request: Request, user_id: str) -> Result:
        refused = await self._users.block(user_id, request.path_params["id"], on=True)
        return refused or (200, BlockedDocument(True))

    async def unblock(self, request: Request, user_id: str) -> Result:
        refused = await self._users.block(user_id, request.path_params["id"], on=False)
        return refused or (200, BlockedDocument(False))

    # ---- Conversations and messages

    async def create_conversation(self, request: Request, user_id: str) -> Result:
        body = await read_body(request, WithMembers)
        created = await self._conversations.create(user_id, body.member_ids)
        if isinstance(created, Refusal):
            return created
        conversation, is_new = created
        return 201 if is_new else 200, conversation_document(conversation)

    async def conversations(self, request: Request, user_id: str) -> Result:
        cursor = request.query_params.get("cursor")
        listed = await self._conversations.list(user_id, cursor, page_limit(request))
        return _ok(listed, lambda page: ListDocument(tuple(map(listed_document, page[0])), page[1]))

    async def history(self, request: Request, user_id: str) -> Result:
        after, before = query_number(request, "after"), query_number(request, "before")
        entries = await self._messages.history(
            user_id, request.path_params["id"], after=after, before=before, limit=page_limit(request)
        )
        return _ok(entries, lambda entries: HistoryDocument(tuple(map(entry_document, entries))))

    async def add_members(self, request: Request, user_id: str) -> Result:
        body = await read_body(request, WithMembers)
        changed = await self._conversations.add_members(user_id, request.path_params["id"], body.member_ids)
        return _ok(changed, _members_document)

    async def delete_message(self, request: Request, user_id: str) -> Result:
        seq = whole_number(request.path_params["seq"])
        if seq is None:
            return NOT_FOUND
        deleted = await self._messages.delete(user_id, request.path_params["id"], seq)
        return _ok(deleted, lambda stored: entry_document(stored.entry))

    async def leave(self, request: Request, user_id: str) -> Result:
        left = await self._conversations.leave(user_id, request.path_params["id"])
        return _ok(left, lambda _: LeftDocument(True))

    # ---- Files

    async def announce_file(self, request: Request, user_id: str) -> Result:
        body = await read_body(request, Announce)
        host = request.headers.get("host", "")
        announced = await self._uploads.announce(
            user_id, body.file_name, body.content_type, body.size, body.sha256, host
        )
        if isinstance(announced, Refusal):
            return announced
        upload = announced.upload
        return 201, UploadDocument(announced.file.id, upload.url, "PUT", dict(upload.headers), upload.seconds)

    async def complete_file(self, request: Request, user_id: str) -> Result:
        completed = await self._uploads.complete(user_id, request.path_params["id"])
        return _ok(completed, lambda file: CompleteDocument(file.id, file.size, file.content_type))

    async def file(self, request: Request, user_id: str) -> Result:
        link = await self._uploads.link(user_id, request.path_params["id"], request.headers.get("host", ""))
        if isinstance(link, Refusal):
            return link
        file = link.file
        document = FileDocument(file.id, file.size, file.content_type, file.name, link.url, link.seconds)
        return 200 if "application/json" in request.headers.get("accept", "") else 302, document

    # ---- Around every handler

    def _route(self, endpoint: Endpoint) -> Route:
        handler: Callable[..., Awaitable[Result]] = getattr(self, endpoint.name)

        async def serve(request: Request) -> Response:
            result: Result
            if endpoint.is_public:
                forwarded_for = request.headers.getlist("x-forwarded-for")
                if self._addresses.allows(forwarded_for[-1] if forwarded_for else None):
                    result = await self._result_of(handler(request))
                else:
                    result = RATE_LIMITED
            else:
                identity = self._identity(request)
                if isinstance(identity, Refusal):
                    result = identity
                else:
                    result = await self._result_of(handler(request, identity.user_id))
            return response(result, request.headers.get("accept-language", ""))

        return Route(endpoint.path, serve, methods=[endpoint.method])

    def _identity(self, request: Request) -> Identity | Refusal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        identity = self._tokens.verify(token if scheme.lower() == "bearer" else None, self._now())
        if isinstance(identity, Refusal) or self._user_requests.allows(identity.user_id, self._now()):
            return identity
        return RATE_LIMITED

    async def _result_of(self, handling: Awaitable[Result]) -> Result:
        try:
            return await handling
        except RequestRefused as unreadable:
            return unreadable.refusal
        except StoreDown:
            return UNAVAILABLE
        except ClientDisconnect:
            # The client does not read the response.
            return INVALID
        except Exception as error:
            self._report_defect(error)
            return INTERNAL


def _ok(outcome: Any, document: Callable[[Any], Document]) -> Result:
    return outcome if isinstance(outcome, Refusal) else (200, document(outcome))


def _logged_in(status: int, issued: IssuedToken | Refusal) -> Result:
    if isinstance(issued, Refusal):
        return issued
    return status, LoggedInDocument(issued.token, issued.lifetime_seconds, user_document(issued.user))


def _members_document(changed: StoredEntry | Conversation) -> Document:
    if isinstance(changed, Conversation):
        return conversation_document(changed)
    return ConversationDocument(changed.entry.conversation_id, changed.member_ids, changed.entry.seq)
