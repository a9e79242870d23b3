"""Honest users beside an attack: they chat at a fixed rate, connect anew and log in, and a balancer checks health."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from benchmarks.attacks.attacks import PASSWORD, VICTIMS
from benchmarks.attacks.connection import HONEST, LOST, Address, Connection, address_of, issue_token

MESSAGES_PER_SECOND = 50
HANDSHAKES_PER_SECOND = 2
BODY = "x" * 100
TIMEOUT_SECONDS = 5.0
"""After this long a health check, a handshake or a log-in counts as failed; as in the balancer of the Terraform."""

RECONNECT_SECONDS = 0.5, 1.5
"""How long socket.io-client waits before it connects again."""

START_SECONDS = 60.0
NEWCOMERS, VISITORS = 10_000, 20_000
"""The numbers from which the addresses count of users who connect anew, and of those who log in."""

ACK, HEALTH, HANDSHAKE, LOGIN = "ack", "health", "handshake", "log-in"


@dataclass(frozen=True)
class Sample:
    """One thing that a user or the balancer tried: when it was due, and how long it took; None: it failed."""

    kind: str
    due: float
    seconds: float | None


class User:
    """
    One user on one WebSocket, as on socket.io-client: connects again when the connection is lost, and sends again what
    was not acknowledged.
    """

    def __init__(self, load: HonestLoad, number: int) -> None:
        self._load, self._number = load, number
        self._conversation = f"c{number // 2}"
        self._pending: dict[int, float] = {}
        self._connection: Connection | None = None
        self._ids = itertools.count(1)
        self.is_connected = asyncio.Event()

    @property
    def pending(self) -> list[float]:
        """When each message was due that is not acknowledged yet."""
        return list(self._pending.values())

    async def send(self, due: float) -> None:
        message_id = next(self._ids)
        self._pending[message_id] = due
        if self._connection:
            # `live` learns of a lost connection, too, and sends the message again.
            with contextlib.suppress(*LOST):
                await self._send(self._connection, message_id)

    async def live(self) -> None:
        address, token = self._load.address(self._number), issue_token(self._load.secret, f"u{self._number}")
        while True:
            try:
                with await Connection.open(self._load.port, address) as connection:
                    async with asyncio.timeout(TIMEOUT_SECONDS):
                        await connection.join(token)
                    self._connection = connection
                    self.is_connected.set()
                    for message_id in list(self._pending):
                        await self._send(connection, message_id)
                    while True:
                        self._receive(await connection.receive_text())
            except LOST:
                self._load.lost += self._connection is not None
            finally:
                self._connection = None
            await asyncio.sleep(random.uniform(*RECONNECT_SECONDS))

    async def _send(self, connection: Connection, message_id: int) -> None:
        message = {
            "conversationId": self._conversation,
            "clientId": f"{self._load.client_ids}-{message_id}",
            "body": BODY,
        }
        await connection.send_text(f'42{message_id}["message",{json.dumps(message)}]')

    def _receive(self, text: str) -> None:
        if not text.startswith("43"):
            return
        message_id, _, answer = text[2:].partition("[")
        due = self._pending.pop(int(message_id), None)
        if due is not None:
            is_refused = answer.startswith('{"error"')
            self._load.add(ACK, due, None if is_refused else time.perf_counter() - due)


class HonestLoad:
    """
    `users` who chat on the task at `port`, behind `proxies`, and `logins` in each second. `samples` has what happened;
    `lost` counts the users' connections that were lost.
    """

    def __init__(self, port: int, secret: str, users: int, proxies: int, logins: float) -> None:
        self.port, self.secret = port, secret
        self.samples: list[Sample] = []
        self.lost = 0
        self.client_ids = f"{random.getrandbits(40):x}"
        """The beginning of its clientIds, which makes them differ from those of others."""

        self._proxies, self._logins = proxies, logins
        self._users = [User(self, number) for number in range(users)]

    def address(self, number: int) -> Address:
        return address_of(HONEST, number, self._proxies)

    def add(self, kind: str, due: float, seconds: float | None) -> None:
        self.samples.append(Sample(kind, due, seconds))

    async def run(self, ready: asyncio.Event) -> None:
        """Sign up, and connect every user; then set `ready`, and go on until this is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            async with asyncio.timeout(START_SECONDS):
                for number in range(VICTIMS) if self._logins else ():
                    await self._sign_up(number)
                for user in self._users:
                    tasks.create_task(user.live())
                    await asyncio.sleep(0.01)
                for user in self._users:
                    await user.is_connected.wait()
            ready.set()
            tasks.create_task(self._chat())
            tasks.create_task(self._repeat(HEALTH, 1.0, self._check_health))
            tasks.create_task(self._repeat(HANDSHAKE, HANDSHAKES_PER_SECOND, self._connect))
            if self._logins:
                tasks.create_task(self._repeat(LOGIN, self._logins, self._log_in))

    def finish(self) -> None:
        """What is not acknowledged by now counts as failed."""
        for user in self._users:
            for due in user.pending:
                self.add(ACK, due, None)

    async def _chat(self) -> None:
        """Random users send, in a Poisson process that does not wait for acknowledgements."""
        due = time.perf_counter()
        async with asyncio.TaskGroup() as sending:
            while True:
                due += random.expovariate(MESSAGES_PER_SECOND)
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                sending.create_task(random.choice(self._users).send(due))

    async def _repeat(self, kind: str, per_second: float, attempt: Callable[[int], Coroutine[Any, Any, None]]) -> None:
        async with asyncio.TaskGroup() as attempts:
            for number in itertools.count():
                attempts.create_task(self._try(kind, attempt(number)))
                await asyncio.sleep(1 / per_second)

    async def _try(self, kind: str, attempt: Awaitable[None]) -> None:
        due = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await attempt
        except LOST:
            self.add(kind, due, None)
        else:
            self.add(kind, due, time.perf_counter() - due)

    async def _check_health(self, number: int) -> None:
        # The balancer's own checks have no X-Forwarded-For.
        with await Connection.open(self.port, Address("127.0.0.1")) as connection:
            _require((await connection.request("GET", "/health"))[0], 200)

    async def _connect(self, number: int) -> None:
        token = issue_token(self.secret, f"u{number % len(self._users)}")
        with await Connection.open(self.port, self.address(NEWCOMERS + number)) as connection:
            await connection.join(token)

    async def _log_in(self, number: int) -> None:
        with await Connection.open(self.port, self.address(VISITORS + number % VICTIMS)) as connection:
            _require((await connection.request("POST", "/auth/login", _credentials(number % VICTIMS)))[0], 200)

    async def _sign_up(self, number: int) -> None:
        """Sign up from the address of later log-ins; where the account exists from an earlier run, log in."""
        while True:
            with await Connection.open(self.port, self.address(VISITORS + number)) as connection:
                status, _ = await connection.request("POST", "/auth/signup", _credentials(number))
                if status == 409:
                    status, _ = await connection.request("POST", "/auth/login", _credentials(number))
            if status in (200, 201):
                return
            assert status in (429, 503), f"sign-up was answered with {status}"
            await asyncio.sleep(0.2)


def _credentials(number: int) -> bytes:
    return json.dumps({"handle": f"victim-{number}", "password": PASSWORD}).encode()


def _require(status: int, expected: int) -> None:
    if status != expected:
        raise ConnectionRefusedError(f"answered with {status}")
