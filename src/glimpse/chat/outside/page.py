"""The chat page. Its files are read once, at the start, and browsers cache them by their ETag."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
INDEX = "index.html"
PAGE = Path(__file__).parent.parent / "page"

HEADERS = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    # Browsers ignore it over plain HTTP (RFC 6797, section 8.1), so a chat on this machine may send it, too. Other
    # names under the same domain are not ours to decide about: no includeSubDomains.
    "strict-transport-security": "max-age=31536000",
}


def routes(file_origins: Callable[[str], Sequence[str]]) -> list[Route]:
    """
    `/` and a route for each file of the page. `file_origins` returns the origins that serve uploaded files to a
    browser, given the Host header of its request.
    """
    return [_route(name, content, file_origins) for name, content in sorted(_page_files(PAGE))]


def _page_files(folder: Path, under: str = "") -> Iterator[tuple[str, bytes]]:
    """Each file's name, as the page requests it, and its content."""
    for found in folder.iterdir():
        if found.is_dir():
            yield from _page_files(found, f"{under}{found.name}/")
        elif found.name.rpartition(".")[2] in TYPES:
            yield under + found.name, found.read_bytes()


def _policy(files: str) -> str:
    """
    The Content-Security-Policy. Only uploaded files come from other origins, and only as images, media and downloads.
    Nothing runs inline, so that no message can become a script.
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

    return Route("/" if name == INDEX else f"/page/{name}", endpoint)
