"""JSON over HTTP: how a handler reads a request, and how its result becomes a response."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from glimpse.chat.documents import Document, FileDocument, error_document
from glimpse.chat.endpoints import MAX_PAGE, PAGE
from glimpse.chat.refusals import INVALID, TOO_LARGE, Refusal, language_of
from glimpse.chat.requests import MAX_SEQ, Request, decode_request

MAX_BODY_BYTES = 64 * 1024

Result = tuple[int, Document] | Refusal
"""A handler's status and document, or why the request was refused."""

R = TypeVar("R", bound=Request)


class RequestRefused(Exception):
    """The request cannot be read: the response is `refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


async def read_body(request: HttpRequest, wanted: type[R], is_optional: bool = False) -> R:
    """
    Decode the body; an optional one may be absent. Raises RequestRefused (`invalid`, `too_large`) and starlette's
    ClientDisconnect.
    """
    # One buffer, so that a body in many small pieces takes no more memory than its bytes.
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise RequestRefused(TOO_LARGE)
    try:
        raw = {} if is_optional and not body else msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RequestRefused(INVALID.because("the body is not JSON")) from None
    decoded = decode_request(raw, wanted)
    if isinstance(decoded, Refusal):
        raise RequestRefused(decoded)
    return decoded


def page_limit(request: HttpRequest) -> int:
    """How many rows the query asks for, brought into 1 … MAX_PAGE. Raises RequestRefused."""
    limit = query_number(request, "limit")
    return PAGE if limit is None else max(1, min(limit, MAX_PAGE))


def query_number(request: HttpRequest, name: str) -> int | None:
    """A number in the query, None where it is absent. Raises RequestRefused."""
    text = request.query_params.get(name)
    number = None if text is None else whole_number(text)
    if text is not None and number is None:
        raise RequestRefused(INVALID.because(f"{name} is a whole number"))
    return number


def whole_number(text: str) -> int | None:
    """None unless the text is 1 to 16 digits. The result is at most MAX_SEQ, which no seq exceeds."""
    return min(int(text), MAX_SEQ) if text.isascii() and text.isdecimal() and len(text) <= 16 else None


def response(result: Result, accept_language: str = "") -> Response:
    """`accept_language`: the header of the request, for a refusal's sentence."""
    if not isinstance(result, Refusal):
        status, document = result
        headers = {"location": document.url} if status == 302 and isinstance(document, FileDocument) else {}
        return _json(status, document, headers)
    status = result.status
    headers = {"retry-after": str(result.retry_seconds)} if status in (429, 503) else {}
    headers |= {"www-authenticate": "Bearer"} if status == 401 else {}
    return _json(status, error_document(result, language_of(accept_language)), headers)


def _json(status: int, document: Document, headers: dict[str, str]) -> Response:
    return Response(msgspec.json.encode(document), status, {"cache-control": "no-store", **headers}, "application/json")
