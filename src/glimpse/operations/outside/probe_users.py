"""
Two users of a chat for `glimpse verify`: their requests, their sockets, and the removal of all that they made.

A stranger's service is treated with care: a few requests, no limit tried, and nothing left behind.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import aiohttp
import socketio
from msgspec import Struct

from glimpse.operations.checks.observations import Unseen

USER_AGENT = f"glimpse-verify/{version('glimpse-chat')} (checks of its operator; two accounts of its own)"

CLIENT_ID_START = "glimpse-verify-"
"""By this, the messages of `verify` are found again, also one whose acknowledgement never came."""

MAX_REQUESTS = 200
"""Of one verification, besides its removal of what it made. A whole one takes about 70."""

ANSWER_SECONDS = 10.0
CLEAN_SECONDS = 20.0
PAGE_ROWS = 200


class User(Struct, frozen=True):
    """`password` is None where the token was given: that account is not ours to delete."""

    id: str
    token: str
    password: str | None = None


class ProbeUsers:
    """`tokens`: of two users, or none: then two accounts are made on first use. Must be cleaned and closed."""

    def __init__(self, url: str, tokens: Sequence[str] = ()) -> None:
        self.url = url.rstrip("/")
        self._tokens = tokens
        self._session: aiohttp.ClientSession | None = None
        self._making = asyncio.Lock()
        self._users: list[User] = []
        self._conversation = ""
        self.first_seq = 0
        """The conversation's lastSeq when this verification began."""

        self._requests = 0
        self.completed_files = 0

    # ---- Requests

    @property
    def session(self) -> aiohttp.ClientSession:
        """Without cookies: each request may reach another task."""
        if self._session is None:
            self._session = new_session(aiohttp.DummyCookieJar())
        return self._session

    def count_request(self) -> None:
        """Raises Unseen once there were enough requests."""
        self._requests += 1
        if self._requests > MAX_REQUESTS:
            raise Unseen("verify_many_requests", most=MAX_REQUESTS)

    async def call(self, method: str, path: str, user: User | None = None, body: Any = None) -> tuple[int, Any]:
        """The status and the JSON of an answer, None where it is not JSON. Raises Unseen and aiohttp's errors."""
        self.count_request()
        return await self._call(method, path, user, body)

    async def _call(self, method: str, path: str, user: User | None, body: Any = None) -> tuple[int, Any]:
        headers = {"accept": "application/json"} | ({"authorization": f"Bearer {user.token}"} if user else {})
        async with self.session.request(
            method, self.url + path, json=body, headers=headers, allow_redirects=False
        ) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else None

    # ---- Users

    async def pair(self) -> tuple[User, User]:
        """Raises Unseen where there are no tokens and nobody can sign up."""
        async with self._making:
            while len(self._users) < 2:
                self._users.append(
                    await self._known(self._tokens[len(self._users)]) if self._tokens else await self._new()
                )
            if self._users[0].id == self._users[1].id:
                raise Unseen("verify_same_user")
            return self._users[0], self._users[1]

    async def _known(self, token: str) -> User:
        status, answer = await self.call("GET", "/me", User("", token))
        if status != 200:
            raise Unseen("verify_token_refused", status=status)
        return User(answer["id"], token)

    async def _new(self) -> User:
        password = secrets.token_urlsafe(24)
        body = {"handle": f"verify-{secrets.token_hex(8)}", "password": password}
        status, answer = await self.call("POST", "/auth/signup", body=body)
        if status != 201:
            raise Unseen("verify_no_sign_up", status=status)
        return User(answer["user"]["id"], answer["accessToken"], password)

    async def conversation(self) -> str:
        """The id of the conversation of the two."""
        one, other = await self.pair()
        async with self._making:
            if not self._conversation:
                status, answer = await self.call("POST", "/conversations", one, {"memberIds": [other.id]})
                if status not in (200, 201):
                    raise Unseen("verify_no_conversation", status=status)
                self.first_seq, self._conversation = answer["lastSeq"], answer["id"]
            return self._conversation

    async def history(self, user: User, after: int) -> list[Mapping[str, Any]]:
        """All entries of the conversation after a seq."""
        entries: list[Mapping[str, Any]] = []
        while True:
            path = f"/conversations/{self._conversation}/messages?after={after}&limit={PAGE_ROWS}"
            status, page = await self._call("GET", path, user)
            if status != 200:
                raise Unseen("verify_no_history", status=status)
            entries += page["messages"]
            if len(page["messages"]) < PAGE_ROWS:
                return entries
            after = entries[-1]["seq"]

    # ---- Sockets

    @asynccontextmanager
    async def socket(
        self, user: User, transport: str, on_event: Callable[..., None], reconnects: bool = False
    ) -> AsyncIterator[socketio.AsyncClient]:
        """
        A connected socket with a cookie jar of its own. `on_event` gets the name and the document of each event, and
        "connect" and "disconnect".
        """
        self.count_request()
        async with new_session(aiohttp.CookieJar(unsafe=True)) as session:
            client = socketio.AsyncClient(reconnection=reconnects, http_session=session, logger=False)

            async def connected() -> None:
                on_event("connect", None)

            async def disconnected(*reason: object) -> None:
                on_event("disconnect", None)

            async def received(event: str, *data: Any) -> None:
                on_event(event, data[0] if data else None)

            client.on("connect", connected)
            client.on("disconnect", disconnected)
            client.on("*", received)
            try:
                await client.connect(
                    self.url,
                    headers={"User-Agent": USER_AGENT},
                    auth={"token": user.token},
                    transports=[transport],
                    wait_timeout=ANSWER_SECONDS,
                )
                yield client
            finally:
                await client.shutdown()

    # ---- Afterwards

    async def clean(self) -> int:
        """Delete the messages and the accounts, and close the connections. Returns how much could not be deleted."""
        left = 0
        try:
            async with asyncio.timeout(CLEAN_SECONDS):
                if self._conversation:
                    left += await self._delete_messages()
                left += await self._delete_accounts()
        except (TimeoutError, OSError, aiohttp.ClientError, Unseen):
            left += 1
        finally:
            if self._session:
                await self._session.close()
        return left

    async def _delete_messages(self) -> int:
        left = 0
        for user in self._users:
            for entry in await self.history(user, self.first_seq):
                is_ours = (entry.get("clientId") or "").startswith(CLIENT_ID_START) and entry["body"] is not None
                if entry["senderId"] == user.id and is_ours:
                    path = f"/conversations/{self._conversation}/messages/{entry['seq']}"
                    status, _ = await self._call("DELETE", path, user)
                    left += status != 200
        return left

    async def _delete_accounts(self) -> int:
        left = 0
        for user in self._users:
            if user.password is not None:
                status, _ = await self._call("DELETE", "/me", user, {"password": user.password})
                left += status != 200
        # Nobody can delete a file alone; the service sweeps one that no message refers to after a day.
        return left + (self.completed_files if self._tokens else 0)


def new_session(cookies: aiohttp.abc.AbstractCookieJar) -> aiohttp.ClientSession:
    """A session that says who asks."""
    return aiohttp.ClientSession(
        headers={"User-Agent": USER_AGENT}, cookie_jar=cookies, timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    )
