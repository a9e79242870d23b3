"""
The REST half of the contract. A handler reads the request, calls one use case, and makes a document of its result.

Each row of `endpoints.ENDPOINTS` is served by the method of its name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from glimpse import __version__
from glimpse.chat.accounts import Accounts, IssuedToken
from glimpse.chat.addresses import ClientNetworks
from glimpse.chat.authentication import Authentication
from glimpse.chat.conversations import Conversations
from glimpse.chat.documents import (
    BlockedDocument,
    BlockedUsersDocument,
    CompleteDocument,
    ConversationDocument,
    DeletedDocument,
    Document,
    FileDocument,
    FilesDocument,
    HistoryDocument,
    LeftDocument,
    ListDocument,
    LoggedInDocument,
    LoggedOutDocument,
    UploadDocument,
    conversation_document,
    entry_document,
    listed_document,
    user_document,
)
from glimpse.chat.endpoints import ENDPOINTS, MAX_FILES, Endpoint
from glimpse.chat.limits import TokenBuckets
from glimpse.chat.messages import Messages
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
from glimpse.chat.requests import Announce, ChangePassword, DeleteAccount, LogIn, Profile, SignUp, WithMembers
from glimpse.chat.uploads import FileLink, Uploads
from glimpse.chat.users import Users
from glimpse.chat.values import Conversation, StoredEntry

BYTES_PER_REQUEST = 65_536
"""For each of these a response counts as one request more: 200 long messages, 2.4 MB, take the time of 40 requests."""

FILES_PER_REQUEST = 2
"""
For each of these a list of files counts as one request more: to sign two URLs of S3 takes 0.3 ms of a full core, as a
request does. One of CloudFront takes 0.4 ms.
"""

MEMBERS_PER_REQUEST = 20
"""For each of these a group counts as one request more, because each member is stored and gets an event."""


class Rest:
    """
    `user_requests` limits each user, `network_requests` each network of clients without a token. `now` in seconds since
    1970. `report_defect` is called with each exception that is a defect of this program.
    """

    def __init__(
        self,
        accounts: Accounts,
        users: Users,
        conversations: Conversations,
        messages: Messages,
        uploads: Uploads,
        authentication: Authentication,
        user_requests: TokenBuckets,
        network_requests: TokenBuckets,
        networks: ClientNetworks,
        now: Callable[[], float],
        report_defect: Callable[[BaseException], None],
    ) -> None:
        self._accounts, self._users, self._uploads = accounts, users, uploads
        self._conversations, self._messages = conversations, messages
        self._authentication, self._user_requests = authentication, user_requests
        self._network_requests, self._networks = network_requests, networks
        self._now, self._report_defect = now, report_defect

    def routes(self) -> list[Route]:
        async def openapi(request: Request) -> Response:
            return Response(_openapi(), media_type="application/json")

        return [*map(self._route, ENDPOINTS), Route("/openapi.json", openapi)]

    # ---- Accounts and users

    async def sign_up(self, request: Request) -> Result:
        body = await read_body(request, SignUp)
        return _logged_in(201, await self._accounts.sign_up(body.handle, body.password, self._network(request)))

    async def log_in(self, request: Request) -> Result:
        body = await read_body(request, LogIn)
        return _logged_in(200, await self._accounts.log_in(body.handle, body.password, self._network(request)))

    async def refresh(self, request: Request, user_id: str) -> Result:
        return _logged_in(200, await self._accounts.refresh(request.state.identity))

    async def log_out_everywhere(self, request: Request, user_id: str) -> Result:
        refused = await self._accounts.log_out_everywhere(request.state.identity)
        return refused or (200, LoggedOutDocument(True))

    async def change_password(self, request: Request, user_id: str) -> Result:
        body = await read_body(request, ChangePassword)
        changed = await self._accounts.change_password(
            request.state.identity, body.password, body.new_password, self._network(request)
        )
        return _logged_in(200, changed)

    async def delete_account(self, request: Request, user_id: str) -> Result:
        body = await read_body(request, DeleteAccount, is_optional=True)
        refused = await self._accounts.delete(request.state.identity, body.password, self._network(request))
        return refused or (200, DeletedDocument(True))

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

    async def blocked_users(self, request: Request, user_id: str) -> Result:
        after_id = request.query_params.get("cursor", "")
        users, cursor = await self._users.blocked(user_id, after_id, page_limit(request))
        return 200, BlockedUsersDocument(tuple(map(user_document, users)), cursor)

    # ---- Conversations and messages

    async def create_conversation(self, request: Request, user_id: str) -> Result:
        created = await self._conversations.create(user_id, await self._members_of(request, user_id))
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
        skipping = request.query_params.get("type"), request.query_params.get("deleted")
        if skipping == ("message", "skip") and after is None:
            found = await self._messages.before(user_id, request.path_params["id"], before, page_limit(request))
            return _ok(found, lambda found: HistoryDocument(tuple(map(entry_document, found[0])), found[1]))
        if skipping != (None, None):
            return INVALID.because("type=message and deleted=skip go together, without after")
        entries = await self._messages.history(
            user_id, request.path_params["id"], after=after, before=before, limit=page_limit(request)
        )
        return _ok(entries, lambda entries: HistoryDocument(tuple(map(entry_document, entries))))

    async def add_members(self, request: Request, user_id: str) -> Result:
        member_ids = await self._members_of(request, user_id)
        changed = await self._conversations.add_members(user_id, request.path_params["id"], member_ids)
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

    async def join(self, request: Request, user_id: str) -> Result:
        return _ok(await self._conversations.join(user_id, request.path_params["id"]), _members_document)

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

    async def files(self, request: Request, user_id: str) -> Result:
        asked = request.query_params.get("ids")
        file_ids = [] if asked is None else asked.split(",")
        if not 1 <= len(file_ids) <= MAX_FILES:
            return INVALID.because(f"ids are 1 to {MAX_FILES} ids, separated by commas")
        self._user_requests.charge(user_id, self._now(), len(file_ids) // FILES_PER_REQUEST)
        links = await self._uploads.links(user_id, file_ids, request.headers.get("host", ""))
        return _ok(links, lambda links: FilesDocument(tuple(map(_file_document, links))))

    async def file(self, request: Request, user_id: str) -> Result:
        link = await self._uploads.link(user_id, request.path_params["id"], request.headers.get("host", ""))
        if isinstance(link, Refusal):
            return link
        return 200 if "application/json" in request.headers.get("accept", "") else 302, _file_document(link)

    # ---- Around every handler

    def _route(self, endpoint: Endpoint) -> Route:
        handler: Callable[..., Awaitable[Result]] = getattr(self, endpoint.name)

        async def serve(request: Request) -> Response:
            # The path is routed as `canonical_path` encodes it.
            request.scope["path_params"] = {name: unquote(text) for name, text in request.path_params.items()}
            result: Result
            if endpoint.is_public:
                result = self._refusal(self._network_requests, self._network(request)) or await self._result_of(
                    handler(request)
                )
            else:
                result = await self._result_of(self._authorized(handler, request))
            answer = response(result, request.headers.get("accept-language", ""))
            if identity := getattr(request.state, "identity", None):
                cost = len(answer.body) // BYTES_PER_REQUEST
                self._user_requests.charge(identity.user_id, self._now(), cost)
            return answer

        return Route(endpoint.path, serve, methods=[endpoint.method])

    def _network(self, request: Request) -> str:
        forwarded_for = ",".join(request.headers.getlist("x-forwarded-for"))
        return self._networks.network_of(request.client.host if request.client else None, forwarded_for)

    async def _authorized(self, handler: Callable[[Request, str], Awaitable[Result]], request: Request) -> Result:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        identity = await self._authentication.identify(token if scheme.lower() == "bearer" else None)
        if isinstance(identity, Refusal):
            return identity
        if refused := self._refusal(self._user_requests, identity.user_id):
            return refused
        # Some handlers need more of the token than its user.
        request.state.identity = identity
        return await handler(request, identity.user_id)

    def _refusal(self, limit: TokenBuckets, key: str) -> Refusal | None:
        if limit.allows(key, self._now()):
            return None
        return RATE_LIMITED.after(limit.seconds_until_allowed(key, self._now()))

    async def _members_of(self, request: Request, user_id: str) -> Sequence[str]:
        """The members that the body names. Charges the user for each MEMBERS_PER_REQUEST. Raises RequestRefused."""
        body = await read_body(request, WithMembers)
        self._user_requests.charge(user_id, self._now(), len(body.member_ids) // MEMBERS_PER_REQUEST)
        return body.member_ids

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


@cache
def _openapi() -> bytes:
    # Made for the first request, which saves 8 ms of the start.
    from glimpse.chat.openapi import openapi_document

    return msgspec.json.encode(openapi_document(__version__))


def _ok(outcome: Any, document: Callable[[Any], Document]) -> Result:
    return outcome if isinstance(outcome, Refusal) else (200, document(outcome))


def _logged_in(status: int, issued: IssuedToken | Refusal) -> Result:
    if isinstance(issued, Refusal):
        return issued
    return status, LoggedInDocument(issued.token, issued.lifetime_seconds, user_document(issued.user))


def _file_document(link: FileLink) -> FileDocument:
    file = link.file
    return FileDocument(file.id, file.size, file.content_type, file.name, link.url, link.seconds)


def _members_document(changed: StoredEntry | Conversation) -> Document:
    if isinstance(changed, Conversation):
        return conversation_document(changed)
    return ConversationDocument(changed.entry.conversation_id, changed.member_ids, changed.entry.seq)
