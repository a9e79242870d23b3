"""The REST half of the contract: what is asked becomes a call of the service, what it answers becomes JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, TypeVar

import msgspec
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from glimpse.chat.accounts import Accounts, IssuedToken
from glimpse.chat.documents import (
    ENGLISH,
    KOREAN,
    BlockedDocument,
    CompleteDocument,
    Document,
    FileDocument,
    HistoryDocument,
    LeftDocument,
    ListDocument,
    LoggedInDocument,
    UploadDocument,
    conversation_document,
    entry_document,
    error_document,
    event_of,
    listed_document,
    user_document,
)
from glimpse.chat.endpoints import ENDPOINTS, MAX_PAGE, PAGE, Endpoint
from glimpse.chat.limits import AddressLimiter, TokenBuckets
from glimpse.chat.openapi import described
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.requests import MAX_SEQ, Announce, LogIn, Profile, Request, SignUp, WithMembers, decode_request
from glimpse.chat.service import INTERNAL, UNAVAILABLE, Service
from glimpse.chat.tokens import Identity, Tokens
from glimpse.chat.uploads import Uploads
from glimpse.chat.values import NOT_FOUND, RATE_LIMITED, Conversation, Refusal, StoredEntry

MAX_BODY_BYTES = 64 * 1024

STATUSES = {
    "unauthorized": 401,
    "token_expired": 401,
    "invalid": 400,
    "not_found": 404,
    "forbidden": 403,
    "blocked": 403,
    "handle_taken": 409,
    "too_large": 413,
    "file_type": 415,
    "quota": 403,
    "expired": 410,
    "wrong_size": 422,
    "wrong_checksum": 422,
    "not_complete": 409,
    "gone": 410,
    "files_down": 503,
    "files_off": 501,
    "rate_limited": 429,
    "busy": 503,
    "unknown": 503,
    "unavailable": 503,
    "internal": 500,
}

Answer = tuple[int, Any] | Refusal
A = TypeVar("A", bound=Request)


class Unfit(Exception):
    """A request does not fit; it is answered with what it is refused with."""

    def __init__(self, refused: Refusal) -> None:
        super().__init__(refused.code)
        self.refused = refused


@dataclass(frozen=True)
class Rest:
    """A handler for each endpoint, by its name: it is given the request and, unless it is open, the token's user."""

    service: Service
    store: Store
    accounts: Accounts
    uploads: Uploads
    tokens: Tokens
    rates: TokenBuckets
    addresses: AddressLimiter
    now: Callable[[], float]
    failed: Callable[[BaseException], None]

    def routes(self) -> list[Route]:
        description = msgspec.json.encode(described(version("glimpse-chat"), STATUSES))

        async def openapi(request: HttpRequest) -> Response:
            return Response(description, media_type="application/json")

        return [*map(self._route, ENDPOINTS), Route("/openapi.json", openapi)]

    # ---- Accounts and users

    async def sign_up(self, request: HttpRequest) -> Answer:
        asked = await _asked(request, SignUp)
        return _logged_in(201, await self.accounts.sign_up(asked.handle, asked.password))

    async def log_in(self, request: HttpRequest) -> Answer:
        asked = await _asked(request, LogIn)
        return _logged_in(200, await self.accounts.log_in(asked.handle, asked.password))

    async def refresh(self, request: HttpRequest, user_id: str) -> Answer:
        return _logged_in(200, await self.accounts.refresh(user_id))

    async def me(self, request: HttpRequest, user_id: str) -> Answer:
        return _document(await self.store.ensure_user(user_id), user_document)

    async def profile(self, request: HttpRequest, user_id: str) -> Answer:
        asked = await _asked(request, Profile)
        await self.store.ensure_user(user_id)
        changed = await self.store.update_profile(user_id, asked.display_name, asked.profile_image_id)
        return _document(changed, user_document)

    async def users(self, request: HttpRequest, user_id: str) -> Answer:
        found = await self.store.user_by_handle(request.query_params.get("handle", ""))
        return (200, user_document(found)) if found else NOT_FOUND

    async def block(self, request: HttpRequest, user_id: str) -> Answer:
        return await self._block(request, user_id, on=True)

    async def unblock(self, request: HttpRequest, user_id: str) -> Answer:
        return await self._block(request, user_id, on=False)

    async def _block(self, request: HttpRequest, user_id: str, on: bool) -> Answer:
        await self.store.ensure_user(user_id)
        refused = await self.store.block(user_id, request.path_params["id"], on)
        return refused or (200, BlockedDocument(on))

    # ---- Conversations and messages

    async def create_conversation(self, request: HttpRequest, user_id: str) -> Answer:
        asked = await _asked(request, WithMembers)
        await self.store.ensure_user(user_id)
        made = await self.service.create_conversation(user_id, asked.member_ids)
        if isinstance(made, Refusal):
            return made
        conversation, is_new = made
        return 201 if is_new else 200, conversation_document(conversation)

    async def conversations(self, request: HttpRequest, user_id: str) -> Answer:
        cursor = request.query_params.get("cursor")
        listed = await self.store.list_conversations(user_id, cursor, _limit(request))
        if isinstance(listed, Refusal):
            return listed
        page, cursor = listed
        return 200, ListDocument(tuple(map(listed_document, page)), cursor)

    async def history(self, request: HttpRequest, user_id: str) -> Answer:
        after, before = _number(request, "after"), _number(request, "before")
        if after is not None and before is not None:
            return Refusal("invalid", detail="after and before exclude each other")
        conversation_id = request.path_params["id"]
        entries = await self.store.history(conversation_id, user_id, after=after, before=before, limit=_limit(request))
        if isinstance(entries, Refusal):
            return entries
        return 200, HistoryDocument(tuple(map(entry_document, entries)))

    async def add_members(self, request: HttpRequest, user_id: str) -> Answer:
        asked = await _asked(request, WithMembers)
        changed = await self.service.add_members(user_id, request.path_params["id"], asked.member_ids)
        return _document(changed, _members_document)

    async def delete_message(self, request: HttpRequest, user_id: str) -> Answer:
        seq = _whole(request.path_params["seq"])
        if seq is None:
            return NOT_FOUND
        stored = await self.service.delete_message(user_id, request.path_params["id"], seq)
        return _document(stored, lambda stored: entry_document(stored.entry))

    async def leave(self, request: HttpRequest, user_id: str) -> Answer:
        stored = await self.service.leave(user_id, request.path_params["id"])
        return _document(stored, lambda stored: LeftDocument(True))

    # ---- Files

    async def announce_file(self, request: HttpRequest, user_id: str) -> Answer:
        asked = await _asked(request, Announce)
        announced = await self.uploads.announce(
            user_id, asked.file_name, asked.content_type, asked.size, asked.sha256, request.headers.get("host", "")
        )
        if isinstance(announced, Refusal):
            return announced
        upload = announced.upload
        return 201, UploadDocument(announced.file.id, upload.url, "PUT", dict(upload.headers), upload.seconds)

    async def complete_file(self, request: HttpRequest, user_id: str) -> Answer:
        completed = await self.uploads.complete(user_id, request.path_params["id"])
        return _document(completed, lambda file: CompleteDocument(file.id, file.size, file.content_type))

    async def file(self, request: HttpRequest, user_id: str) -> Answer:
        seen = await self.uploads.seen(user_id, request.path_params["id"], request.headers.get("host", ""))
        if isinstance(seen, Refusal):
            return seen
        file = seen.file
        document = FileDocument(file.id, file.size, file.content_type, file.name, seen.url, seen.seconds)
        return 200 if "application/json" in request.headers.get("accept", "") else 302, document

    # ---- Around each request

    def _route(self, endpoint: Endpoint) -> Route:
        handler: Callable[..., Awaitable[Answer]] = getattr(self, endpoint.name)

        async def answered(request: HttpRequest) -> Response:
            if endpoint.is_open:
                forwarded_for = request.headers.getlist("x-forwarded-for")
                if not self.addresses.allows(forwarded_for[-1] if forwarded_for else None):
                    return response(RATE_LIMITED, _language(request))
                return response(await self._answered(handler(request)), _language(request))
            identity = self._identity(request)
            if isinstance(identity, Refusal):
                return response(identity, _language(request))
            return response(await self._answered(handler(request, identity.user_id)), _language(request))

        return Route(endpoint.path, answered, methods=[endpoint.method])

    def _identity(self, request: HttpRequest) -> Identity | Refusal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        identity = self.tokens.verified(token if scheme.lower() == "bearer" else None, self.now())
        if isinstance(identity, Refusal) or self.rates.allows(identity.user_id, self.now()):
            return identity
        return RATE_LIMITED

    async def _answered(self, handling: Awaitable[Answer]) -> Answer:
        try:
            return await handling
        except Unfit as unfit:
            return unfit.refused
        except StoreDown:
            return UNAVAILABLE
        except ClientDisconnect:
            # Nobody reads it.
            return Refusal("invalid")
        except Exception as error:
            self.failed(error)
            return INTERNAL


def response(answer: Answer, language: str = ENGLISH) -> Response:
    if not isinstance(answer, Refusal):
        status, document = answer
        return _json(status, document, {"location": document.url} if status == 302 else {})
    status = STATUSES[answer.code]
    headers = {"retry-after": "1"} if status in (429, 503) else {}
    headers |= {"www-authenticate": "Bearer"} if status == 401 else {}
    return _json(status, error_document(answer, language), headers)


def _json(status: int, document: Any, headers: dict[str, str] | None = None) -> Response:
    all_headers = {"cache-control": "no-store", **(headers or {})}
    return Response(msgspec.json.encode(document), status, all_headers, "application/json")


def _language(request: HttpRequest) -> str:
    """In which errors are told: Korean where it is the first that the client asks for."""
    return KOREAN if request.headers.get("accept-language", "").lower().startswith("ko") else ENGLISH


def _document(found: Any, document: Callable[[Any], Document]) -> Answer:
    return found if isinstance(found, Refusal) else (200, document(found))


def _logged_in(status: int, logged_in: IssuedToken | Refusal) -> Answer:
    if isinstance(logged_in, Refusal):
        return logged_in
    return status, LoggedInDocument(logged_in.token, logged_in.lifetime_seconds, user_document(logged_in.user))


def _members_document(changed: StoredEntry | Conversation) -> Document:
    return event_of(changed)[1] if isinstance(changed, StoredEntry) else conversation_document(changed)


async def _asked(request: HttpRequest, wanted: type[A]) -> A:
    """The body as what is wanted. Raises Unfit: `invalid`, `too_large`."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise Unfit(Refusal("too_large"))
        parts.append(part)
    try:
        raw = msgspec.json.decode(b"".join(parts))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unfit(Refusal("invalid", detail="the body is not JSON")) from None
    asked = decode_request(raw, wanted)
    if isinstance(asked, Refusal):
        raise Unfit(asked)
    return asked


def _limit(request: HttpRequest) -> int:
    asked = _number(request, "limit")
    return PAGE if asked is None else max(1, min(asked, MAX_PAGE))


def _number(request: HttpRequest, name: str) -> int | None:
    """What the query says, None where it says nothing. Raises Unfit."""
    text = request.query_params.get(name)
    number = None if text is None else _whole(text)
    if text is not None and number is None:
        raise Unfit(Refusal("invalid", detail=f"{name} is a whole number"))
    return number


def _whole(text: str) -> int | None:
    """A number as it may stand in a request; no seq is larger."""
    return min(int(text), MAX_SEQ) if text.isascii() and text.isdecimal() and len(text) <= 16 else None
