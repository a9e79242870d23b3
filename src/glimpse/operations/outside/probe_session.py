"""
HTTP to a service that is being checked, and may be anybody's: no redirect is followed, because a token must not reach
another host, and no answer is read without an end.
"""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any, TypeVar

import aiohttp

from glimpse.operations.checks.chat_answers import decode_answer
from glimpse.operations.checks.observations import NotObservable

USER_AGENT = f"glimpse-verify/{version('glimpse-chat')} (checks of its operator; two accounts of its own)"

ANSWER_SECONDS = 10.0
MAX_BODY_BYTES = 4 * 2**20
"""Of one answer. A page of history, the largest that is asked for, has 200 messages of 4,000 characters at most."""


MAX_REQUESTS = 200
"""Of one verification, besides its removal of what it made. A whole one takes about 70."""

T = TypeVar("T")


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


class ProbeRequests:
    """Requests to one service, which are counted: a stranger's service gets a few, and no limit is tried."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._requests = 0

    @property
    def session(self) -> aiohttp.ClientSession:
        """Without cookies: each request may reach another task."""
        if self._session is None:
            self._session = new_session(aiohttp.DummyCookieJar())
        return self._session

    def count_request(self) -> None:
        """Raises NotObservable once there were enough requests."""
        self._requests += 1
        if self._requests > MAX_REQUESTS:
            raise NotObservable("verify_many_requests", most=MAX_REQUESTS)

    async def call(
        self, method: str, path: str, type_: type[T], token: str | None = None, body: Any = None
    ) -> tuple[int, T | None]:
        """
        The status and the document of an answer; None where the status is neither 200 nor 201. Raises NotObservable
        where that document is not one of a Glimpse chat, and aiohttp's errors.
        """
        self.count_request()
        return await self.call_uncounted(method, path, type_, token, body)

    async def call_uncounted(
        self, method: str, path: str, type_: type[T], token: str | None, body: Any = None
    ) -> tuple[int, T | None]:
        """As `call`, also once there were enough requests: for the removal of what was made."""
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        async with self.session.request(
            method, self.url + path, json=body, headers=headers, allow_redirects=False
        ) as answer:
            content = await answer.read()
            if answer.status not in (200, 201):
                return answer.status, None
            return answer.status, decode_answer(content, type_, f"{method} {path.partition('?')[0]}", answer.status)

    async def close(self) -> None:
        if self._session:
            await self._session.close()
