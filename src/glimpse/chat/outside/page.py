"""The chat page, as files: kept in memory, so that nothing is read while people chat, and sent once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
START = "index.html"

HEADERS = {"cache-control": "no-cache", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def routes(file_origins: Callable[[str], Sequence[str]]) -> list[Route]:
    """
    `/` and each file that the page is made of. The files that people send come from these origins, for a browser that
    calls the service by a host.
    """
    return [_route(name, content, file_origins) for name, content in sorted(_served(files("glimpse.chat") / "page"))]


def _served(folder: Traversable, under: str = "") -> Iterator[tuple[str, bytes]]:
    """The names of files as the page asks for them, and what is in them."""
    for found in folder.iterdir():
        if found.is_dir():
            yield from _served(found, f"{under}{found.name}/")
        elif found.name.rpartition(".")[2] in TYPES:
            yield under + found.name, found.read_bytes()


def _policy(files: str) -> str:
    """
    Nothing from elsewhere but what people sent, which can be seen and heard and never run; nothing inline: what
    somebody writes in a chat can never become a program.
    """
    return (
        f"default-src 'self'; connect-src 'self' {files}; img-src 'self' blob: {files}; media-src 'self' {files};"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _route(name: str, content: bytes, file_origins: Callable[[str], Sequence[str]]) -> Route:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'

    async def endpoint(request: Request) -> Response:
        policy = _policy(" ".join(file_origins(request.headers.get("host", ""))))
        headers = {**HEADERS, "etag": tag, "content-security-policy": policy}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=TYPES[name.rpartition(".")[2]])

    return Route("/" if name == START else f"/page/{name}", endpoint)
