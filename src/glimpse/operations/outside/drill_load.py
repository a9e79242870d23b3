"""The load of a drill: users who sign up, their conversations, and what they send."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import aiohttp
from msgspec import Struct, json

from glimpse.chat.failure import Failure
from glimpse.operations.drills.notes import Note
from glimpse.operations.outside.drill_clients import Client
from glimpse.operations.outside.drill_connection import session

GROUP_MEMBERS = 12
MESSAGE_SECONDS = 0.5
"""Each client sends a message every so many seconds, on average."""

POLLING_EVERY = 4
"""Each fourth client uses polling; the others use WebSocket."""

SOCKETS_OF_A_QUIET_USER = 15
"""The chat allows a user 20 on one task."""

REQUEST_SECONDS, RETRY_SECONDS, GIVE_UP_SECONDS = 15.0, 0.5, 120.0

ADDRESSES = "127.1.{}.{}"


class User(Struct, frozen=True):
    id: str
    token: str


def address(number: int) -> str | None:
    """
    An address for each client, because the chat limits what one address may do. Linux has all of 127.0.0.0/8; None
    where this machine has only 127.0.0.1.
    """
    own = ADDRESSES.format(number // 250, number % 250 + 1)
    with socket.socket() as probe:
        try:
            probe.bind((own, 0))
        except OSError:
            return None
    return own


class Api:
    """Requests to the chat. They are repeated while a retry may help, at most GIVE_UP_SECONDS long."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, url

    async def request(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """The answer. Raises Failure: `drill_signup_off`, `drill_refused`, `drill_no_answer`."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        deadline, detail = time.monotonic() + GIVE_UP_SECONDS, ""
        while time.monotonic() < deadline:
            pause = RETRY_SECONDS
            try:
                timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
                async with self.http.request(
                    method, self.url + path, json=body, headers=headers, timeout=timeout
                ) as response:
                    text = await response.text()
                    if response.status < 300:
                        return json.decode(text)
                    detail = f"{method} {path}: {response.status} {text[:200]}"
                    if response.status < 500 and response.status not in (408, 429):
                        off = response.status == 404 and path == "/auth/signup"
                        raise Failure("drill_signup_off" if off else "drill_refused", detail=detail)
                    pause = float(response.headers.get("retry-after", pause))
            except (aiohttp.ClientError, TimeoutError) as error:
                detail = f"{method} {path}: {error or type(error).__name__}"
            await asyncio.sleep(pause)
        raise Failure("drill_no_answer", url=self.url, seconds=int(GIVE_UP_SECONDS), detail=detail)

    async def sign_up(self, handle: str, address: str | None = None) -> User:
        """`address`: of this machine, from which to ask."""
        body = {"handle": handle, "password": secrets.token_urlsafe(18)}
        async with session(address) as http:
            answer = await Api(http, self.url).request("POST", "/auth/signup", body)
        return User(answer["user"]["id"], answer["accessToken"])

    async def conversation(self, user: User, others: Sequence[User]) -> str:
        body = {"memberIds": [other.id for other in others]}
        answer = await self.request("POST", "/conversations", body, user.token)
        conversation_id: str = answer["id"]
        return conversation_id


class Load:
    """Clients that send messages to each other. `quiet` ones only stay connected. `notes` has what they all noted."""

    def __init__(self, api: Api, talking: Sequence[Client], quiet: Sequence[Client], notes: list[Note]) -> None:
        self.api, self.talking, self.quiet, self.notes = api, talking, quiet, notes
        self.conversations: dict[str, list[str]] = {}
        self.users: Sequence[User] = ()

    @property
    def clients(self) -> Sequence[Client]:
        return [*self.talking, *self.quiet]

    @property
    def connected(self) -> int:
        return sum(client.online.is_set() for client in self.clients)

    async def talk(self, client: Client, random: Random) -> None:
        """Until it is cancelled. Without a connection messages wait, and are sent when the client is back."""
        number = 0
        while True:
            await asyncio.sleep(MESSAGE_SECONDS * random.uniform(0.5, 1.5))
            number += 1
            client.say(random.choice(self.conversations[client.name]), f"{number}: {random.getrandbits(64):x}")


@asynccontextmanager
async def prepared_load(
    url: str, clients: int, quiet: int, random: Random, on_note: Callable[[Note], None]
) -> AsyncIterator[Load]:
    """Sign users up, and make their conversations: each has one with the next user, and all share one."""
    prefix = f"drill{secrets.token_hex(4)}x"
    async with aiohttp.ClientSession() as http:
        api, notes = Api(http, url), list[Note]()

        def note(made: Note) -> None:
            notes.append(made)
            on_note(made)

        def client(user: User, name: str, number: int, transport: str, is_quiet: bool = False) -> Client:
            own = Random(random.random())  # noqa: S311
            return Client(name, url, user.token, transport, own, note, is_quiet, address(number))

        users = [await api.sign_up(f"{prefix}{number}", address(number)) for number in range(clients)]
        talking = [
            client(user, user.id, number, "polling" if number % POLLING_EVERY == POLLING_EVERY - 1 else "websocket")
            for number, user in enumerate(users)
        ]
        quiet_users = [
            await api.sign_up(f"{prefix}q{number}", address(clients + number))
            for number in range(-(-quiet // SOCKETS_OF_A_QUIET_USER))
        ]
        silent = [
            client(quiet_users[number % len(quiet_users)], f"quiet-{number}", clients + number, "websocket", True)
            for number in range(quiet)
        ]
        load = Load(api, talking, silent, notes)
        load.users = users
        load.conversations = {user.id: [] for user in users}
        pairs = [[user, other] for user, other in zip(users[::2], users[1::2], strict=False)]
        for members in [*pairs, users[:GROUP_MEMBERS]]:
            conversation_id = await api.conversation(members[0], members[1:])
            for user in members:
                load.conversations[user.id].append(conversation_id)
        for user in users:
            if not load.conversations[user.id]:
                load.conversations[user.id].append(await api.conversation(user, users[:1]))
        yield load
