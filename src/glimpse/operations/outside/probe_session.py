"""
HTTP to a service that is being checked, and may be anybody's: no redirect is followed, because a token must not reach
another host, and no answer is read without an end.
"""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any

import aiohttp

USER_AGENT = f"glimpse-verify/{version('glimpse-chat')} (checks of its operator; two accounts of its own)"

ANSWER_SECONDS = 10.0
MAX_BODY_BYTES = 4 * 2**20
"""Of one answer. A page of history, the largest that is asked for, has 200 messages of 4,000 characters at most."""


class Redirected(aiohttp.ClientError):
    """The service wanted to send a request elsewhere."""


class BoundedResponse(aiohttp.ClientResponse):
    """Raises aiohttp.ClientPayloadError where its body is longer than MAX_BODY_BYTES."""

    async def read(self) -> bytes:
        if self._body is None:
            body = bytearray()
            async for chunk in self.content.iter_chunked(2**16):
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    self.close()
                    raise aiohttp.ClientPayloadError(f"more than {MAX_BODY_BYTES} bytes")
            self._body = bytes(body)
        return self._body


def new_session(cookies: aiohttp.abc.AbstractCookieJar) -> aiohttp.ClientSession:
    """A session that says who asks. Whoever follows redirects with it, as python-engineio would, meets Redirected."""

    async def refuse(session: aiohttp.ClientSession, context: Any, seen: aiohttp.TraceRequestRedirectParams) -> None:
        raise Redirected(f"{seen.response.status} leads to {seen.response.headers.get('location', '')[:200]}")

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(refuse)
    return aiohttp.ClientSession(
        headers={"User-Agent": USER_AGENT},
        cookie_jar=cookies,
        timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
        response_class=BoundedResponse,
        trace_configs=[trace],
    )


async def is_private(host: str) -> bool:
    """Whether a name leads to this machine or a private network. Raises OSError where it leads nowhere."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None)
    return any(not ip_address(str(address[0]).partition("%")[0]).is_global for *_, address in found)
