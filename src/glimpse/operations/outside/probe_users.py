"""Two users of a chat for `glimpse verify`, and the removal of all that they made: nothing is left behind."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import socketio
from msgspec import Struct

from glimpse.operations.checks.chat_answers import Account, Conversation, Entry, History, LoggedIn
from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.outside.probe_session import ANSWER_SECONDS, ProbeRequests
from glimpse.operations.outside.probe_sockets import open_socket

CLIENT_ID_START = "glimpse-verify-"
"""By this, the messages of `verify` are found again, also one whose acknowledgement never came."""

CLEAN_SECONDS = 20.0
PAGE_ROWS = 200

LATE_SECONDS = 0.5
MAX_LATE_LOOKS = 4
"""
A message that was sent and not acknowledged, because of Ctrl-C or a busy database, may be stored a little later: the
conversation is looked at again, so many times at most.
"""

NETWORK_ERRORS = (aiohttp.ClientError, OSError, TimeoutError)


class User(Struct, frozen=True):
    """`password` is None where the token was given: that account is not ours to delete."""

    id: str
    token: str
    password: str | None = None


class ProbeUsers(ProbeRequests):
    """`tokens`: of two users, or none: then two accounts are made on first use. `clean` must be called at the end."""

    def __init__(self, url: str, tokens: Sequence[str] = ()) -> None:
        super().__init__(url)
        self._tokens = tokens
        self._making = asyncio.Lock()
        self._users: list[User] = []
        self._why_none: Exception | None = None
        """Why there are not two users. Nobody is asked a second time."""

        self._attempts: list[tuple[str, str]] = []
        """Handle and password of each account of which it is not known whether the service made it."""

        self._signing_up: asyncio.Task[None] | None = None
        self._unacknowledged: set[str] = set()
        self._conversation = ""
        self.first_seq = 0
        """The conversation's lastSeq when this verification began."""

        self.completed_files = 0

    # ---- Users

    async def pair(self) -> tuple[User, User]:
        """Raises NotObservable where there are no tokens and nobody can sign up."""
        async with self._making:
            if self._why_none:
                raise self._why_none
            try:
                while len(self._users) < 2:
                    if self._tokens:
                        await self._known(self._tokens[len(self._users)])
                    else:
                        # Ctrl-C does not end it: the service would make the account all the same, after `clean`.
                        self._signing_up = asyncio.create_task(self._sign_up())
                        await asyncio.shield(self._signing_up)
                if self._users[0].id == self._users[1].id:
                    raise NotObservable("verify_same_user")
            except (NotObservable, *NETWORK_ERRORS) as error:
                self._why_none = error
                raise
            return self._users[0], self._users[1]

    async def _known(self, token: str) -> None:
        status, answer = await self.call("GET", "/me", Account, token)
        if status != 200 or not answer:
            raise NotObservable("verify_token_refused", status=status)
        self._users.append(User(answer.id, token))

    async def _sign_up(self) -> None:
        handle, password = f"verify-{secrets.token_hex(8)}", secrets.token_urlsafe(24)
        # Noted before it is asked for: a lost answer must not leave an account.
        self._attempts.append((handle, password))
        try:
            status, answer = await self.call(
                "POST", "/auth/signup", LoggedIn, body={"handle": handle, "password": password}
            )
        except aiohttp.ClientConnectorError:
            self._attempts.clear()
            raise
        if status != 201 or not answer:
            if status < 500:
                self._attempts.clear()
            raise NotObservable("verify_no_sign_up", status=status)
        self._users.append(User(answer.user.id, answer.access_token, password))
        self._attempts.clear()

    @property
    def secret_texts(self) -> Iterable[str]:
        """What no report may show."""
        passwords = [password for _, password in self._attempts]
        passwords += [user.password for user in self._users if user.password]
        return [secret for secret in (*self._tokens, *(user.token for user in self._users), *passwords) if secret]

    async def conversation(self) -> str:
        """The id of the conversation of the two."""
        one, other = await self.pair()
        async with self._making:
            if not self._conversation:
                body = {"memberIds": [other.id]}
                status, answer = await self.call("POST", "/conversations", Conversation, one.token, body)
                if not answer:
                    raise NotObservable("verify_no_conversation", status=status)
                self.first_seq, self._conversation = answer.last_seq, answer.id
            return self._conversation

    async def history(self, user: User, after: int) -> list[Entry]:
        """All entries of the conversation after a seq."""
        entries: list[Entry] = []
        while True:
            path = f"/conversations/{self._conversation}/messages?after={after}&limit={PAGE_ROWS}"
            status, page = await self.call_uncounted("GET", path, History, user.token)
            if status != 200 or not page:
                raise NotObservable("verify_no_history", status=status)
            entries += page.messages
            # A service that is not ours may answer the same rows again and again.
            if len(page.messages) < PAGE_ROWS or page.messages[-1].seq <= after:
                return entries
            after = page.messages[-1].seq

    # ---- Sockets

    def socket(
        self, user: User, transport: str, on_event: Callable[..., None], reconnects: bool = False
    ) -> AbstractAsyncContextManager[socketio.AsyncClient]:
        """As `open_socket`, for a user."""
        self.count_request()
        return open_socket(self.url, user.token, transport, on_event, reconnects)

    async def send(self, socket: socketio.AsyncClient, client_id: str, seconds: float = ANSWER_SECONDS) -> Any:
        """The acknowledgement of a message in the conversation. Raises socketio's TimeoutError."""
        message = {"conversationId": self._conversation, "clientId": client_id, "body": "glimpse verify"}
        self._unacknowledged.add(client_id)
        answer = await socket.call("message", message, timeout=seconds)
        self._unacknowledged.discard(client_id)
        return answer

    # ---- Afterwards

    async def clean(self) -> int:
        """
        Delete the messages and the accounts, and close the connections. Returns how much could not be deleted; a part
        of which nothing can be said counts as one.
        """
        # Nobody can delete a file alone; the service sweeps one that no message refers to after a day.
        left = self.completed_files if self._tokens else 0
        try:
            async with asyncio.timeout(CLEAN_SECONDS):
                if self._signing_up:
                    await asyncio.wait({self._signing_up})
                for part in (self._delete_messages, self._find_accounts, self._delete_accounts):
                    try:
                        left += await part()
                    except (NotObservable, aiohttp.ClientError, OSError):
                        left += 1
        except TimeoutError:
            left += 1
        finally:
            await self.close()
        return left

    async def _delete_messages(self) -> int:
        left, missing = 0, self._unacknowledged
        for look in range(MAX_LATE_LOOKS if self._conversation else 0):
            if look:
                await asyncio.sleep(LATE_SECONDS)
            for user in self._users:
                for entry in await self.history(user, self.first_seq):
                    client_id = entry.client_id or ""
                    if entry.sender_id != user.id or not client_id.startswith(CLIENT_ID_START):
                        continue
                    missing = missing - {client_id}
                    if entry.body is not None:
                        path = f"/conversations/{self._conversation}/messages/{entry.seq}"
                        status, _ = await self.call_uncounted("DELETE", path, Any, user.token)
                        left += status != 200
            if left or not missing:
                break
        return left

    async def _find_accounts(self) -> int:
        """Log in to each account of which it is not known whether it was made."""
        left = 0
        while self._attempts:
            handle, password = self._attempts.pop()
            body = {"handle": handle, "password": password}
            status, answer = await self.call_uncounted("POST", "/auth/login", LoggedIn, None, body)
            if answer:
                self._users.append(User(answer.user.id, answer.access_token, password))
            # 401: there is no such account.
            left += status not in (200, 401)
        return left

    async def _delete_accounts(self) -> int:
        left = 0
        for user in self._users:
            if user.password is not None:
                status, _ = await self.call_uncounted("DELETE", "/me", Any, user.token, {"password": user.password})
                left += status not in (200, 204)
        return left
