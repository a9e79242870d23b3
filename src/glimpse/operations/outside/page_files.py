"""The files of the live page, and the headers of whatever its server answers."""

from __future__ import annotations

from http import HTTPStatus
from importlib.resources import files

from starlette.responses import Response

from glimpse.operations.state import Addresses

TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
CHAT_FILES = {"dom.js", "icon.svg"}
"""Files that the page shares with the chat's page."""

HEADERS = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


def file_response(name: str, headers: dict[str, str] | None = None) -> Response:
    found = files("glimpse.chat" if name in CHAT_FILES else "glimpse.operations") / "page" / name
    media_type = TYPES.get(name.rpartition(".")[2])
    if media_type is None or not found.is_file():
        return Response(status_code=HTTPStatus.NOT_FOUND)
    return Response(found.read_bytes(), headers={**HEADERS, **(headers or {})}, media_type=media_type)


def policy(addresses: Addresses) -> str:
    """
    The Content-Security-Policy. Vega turns expressions into functions by `eval`, unless its charts use the interpreter
    that the same bundle holds: charts.js asks for it, so that no 'unsafe-eval' is needed.
    """
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        f" frame-src {addresses.chat} {addresses.chat_2}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
