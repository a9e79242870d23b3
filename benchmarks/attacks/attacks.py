"""
The attacks, as a table. `measure.py` runs them one by one, and the fault `attacker` some of them at a small scale.

Every attack opens a bounded number of connections, all to the one task on this machine that it is given.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import uvloop

from benchmarks.attacks.connection import ATTACKER, LOST, SOCKET_PATH, Connection, address_of, frame, issue_token

OPENS_PER_SECOND = 60
REOPEN_SECONDS = 5.0
"""How long an attacker waits before it opens a connection again that the task closed or refused."""

OPEN_SECONDS = 10.0
STOP_SECONDS = 15.0
"""How much longer than its attack an attacker's process may take."""

NICENESS = 10
"""Of the attacker's process, so that the honest users on the same core do not wait for it."""

DECLARED_BYTES, SENT_BYTES = 999_999, 999_000
"""Of a message that never becomes complete. The longest that a joined client may send has a million bytes."""

CURSORS = 20_000
SOCKETS_PER_USER = 20
"""The default of GLIMPSE_SOCKETS_PER_USER."""

LONG_HISTORIES = 5
"""Users `reader-0`, `reader-1`, …, whose conversation is long; whoever starts the task stores them."""

VICTIMS = 25
"""Accounts `victim-0`, `victim-1`, …, with the password PASSWORD; whoever starts the task signs them up."""

PASSWORD = "correct horse battery staple"

Work = Callable[[Connection, int], Awaitable[None]]
"""What an attacker does with an open connection, by its number. It raises LOST where the task ends it."""


@dataclass
class Attacker:
    """
    One who attacks the task on `port` until cancelled. `proxies`: how many proxies stand before the task. `scale`
    multiplies how many connections an attack opens. `counts` has what the attacker got, by name.
    """

    port: int
    secret: str
    proxies: int = 0
    scale: float = 1.0
    counts: Counter[str] = field(default_factory=Counter)
    held: int = 0
    """Connections that are open now."""

    def token(self, user: int) -> str:
        return issue_token(self.secret, f"attacker-{user}")

    async def hold(
        self,
        connections: int,
        work: Work,
        opens_per_second: float = OPENS_PER_SECOND,
        reopen_seconds: float = REOPEN_SECONDS,
        addresses: int = 1,
        receive_buffer: int | None = None,
    ) -> None:
        """Keep so many connections, from so many addresses: open one anew, after a while, whenever it is over."""

        async def keep(number: int) -> None:
            await asyncio.sleep(number / opens_per_second)
            while True:
                await self._use(number, number % addresses, work, receive_buffer)
                await asyncio.sleep(reopen_seconds)

        await asyncio.gather(*(keep(number) for number in range(max(1, round(connections * self.scale)))))

    async def _use(self, number: int, address: int, work: Work, receive_buffer: int | None) -> None:
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                connection = await Connection.open(
                    self.port, address_of(ATTACKER, address, self.proxies), receive_buffer
                )
        except LOST:
            self.counts["not connected"] += 1
            return
        self.counts["opened"] += 1
        self.held += 1
        try:
            with connection:
                await work(connection, number)
                self.counts["closed by the task"] += 1
        except ConnectionRefusedError:
            self.counts["refused"] += 1
        except LOST:
            self.counts["closed by the task"] += 1
        finally:
            self.held -= 1


# ---- What is never finished


async def unfinished_messages(attacker: Attacker) -> None:
    """495 WebSockets that never joined, each with 999 kB of a message."""
    await attacker.hold(495, _unfinished_message)


async def unfinished_messages_joined(attacker: Attacker) -> None:
    """The same from 25 users who joined."""

    async def work(connection: Connection, number: int) -> None:
        await connection.join(attacker.token(number // SOCKETS_PER_USER))
        await _send_unfinished(connection)

    await attacker.hold(495, work)


async def unfinished_posts(attacker: Attacker) -> None:
    """495 sessions by long polling that never joined, each with 999 kB of a body."""

    async def work(connection: Connection, number: int) -> None:
        path = f"{SOCKET_PATH}polling&sid={await connection.open_polling()}"
        await connection.send(connection.head("POST", path, DECLARED_BYTES) + b"x" * SENT_BYTES)
        await connection.wait_until_closed()

    await attacker.hold(495, work)


async def unfinished_requests(attacker: Attacker) -> None:
    """1,000 log-ins by REST, each with 64,900 bytes of a body of 65,000."""

    async def work(connection: Connection, number: int) -> None:
        await connection.send(connection.head("POST", "/auth/login", 65_000) + b" " * 64_900)
        await connection.wait_until_closed()

    await attacker.hold(1_000, work, opens_per_second=100)


async def trickled_requests(attacker: Attacker) -> None:
    """450 REST requests of which a byte comes each second, under a limit of 400 files."""

    async def work(connection: Connection, number: int) -> None:
        head = connection.head("POST", "/auth/login", 65_000)
        # Half of them never even complete the head.
        await connection.send(head if number % 2 else head[:-4])
        await _trickle(connection)

    await attacker.hold(450, work, opens_per_second=150)


async def slow_and_long_heads(attacker: Attacker) -> None:
    """200 heads that come a byte a second, and ten that have a million bytes."""

    async def work(connection: Connection, number: int) -> None:
        if number >= round(200 * attacker.scale):
            await connection.send(b"GET /health HTTP/1.1\r\n" + b"X-Long: " + b"x" * 10**6)
            await connection.wait_until_closed()
        await connection.send(b"GET /health HTTP/1.1\r\nX-Slow: ")
        await _trickle(connection)

    await attacker.hold(210, work, reopen_seconds=1.0)


async def missing_attachments(attacker: Attacker) -> None:
    """60 sockets of three users, each with nine attachments of 999 kB and without the tenth."""
    placeholders = ",".join(f'{{"_placeholder":true,"num":{number}}}' for number in range(10))

    async def work(connection: Connection, number: int) -> None:
        await connection.join(attacker.token(number // SOCKETS_PER_USER))
        await connection.send_text(f'4510-["message",{placeholders}]')
        for _ in range(9):
            await connection.send(frame(b"x" * SENT_BYTES, first=0x82))
        await connection.wait_until_closed()

    await attacker.hold(60, work)


async def tiny_fragments(attacker: Attacker) -> None:
    """50 sockets that joined and 50 that did not, each with 500 fragments of one byte a second and never a last one."""
    fragments = frame(b"x", first=0x00) * 50

    async def work(connection: Connection, number: int) -> None:
        if number % 2:
            await connection.upgrade()
        else:
            await connection.join(attacker.token(number // SOCKETS_PER_USER))
        await connection.send(frame(b"4", first=0x01))
        while True:
            await connection.send(fragments)
            await asyncio.sleep(0.1)

    await attacker.hold(100, work)


# ---- What takes a place


async def never_joins(attacker: Attacker) -> None:
    """1,000 sessions from 200 addresses, by WebSocket and by long polling, that never join."""

    async def work(connection: Connection, number: int) -> None:
        if number % 2:
            await connection.upgrade()
        else:
            await connection.open_polling()
        await connection.wait_until_closed()

    await attacker.hold(1_000, work, opens_per_second=100, addresses=200)


async def left_namespace(attacker: Attacker) -> None:
    """100 sockets of ten users that join, leave the namespace and stay; the task allows 100."""

    async def work(connection: Connection, number: int) -> None:
        await connection.join(attacker.token(number % 10))
        await connection.send_text("41")
        await connection.wait_until_closed()

    await attacker.hold(100, work, reopen_seconds=0.5)


async def sockets_over_the_cap(attacker: Attacker) -> None:
    """One user keeps 30 sockets, of 20 that they may have, and replaces each at once."""

    async def work(connection: Connection, number: int) -> None:
        await connection.join(attacker.token(0))
        attacker.counts["joined"] += 1
        await connection.wait_until_closed()

    await attacker.hold(30, work, reopen_seconds=0.1)


async def renewed_token(attacker: Attacker) -> None:
    """A token of two seconds from another issuer is renewed twice a second."""
    token = issue_token(attacker.secret, "attacker-0", seconds=2)
    while True:
        await asyncio.sleep(0.5)
        with contextlib.suppress(*LOST):
            with await Connection.open(attacker.port, address_of(ATTACKER, 0, attacker.proxies)) as connection:
                status, body = await connection.request("POST", "/auth/refresh", token=token)
            attacker.counts[f"answered {status}"] += 1
            if status == 200:
                token = json.loads(body)["accessToken"]


async def clients_behind_a_cdn(attacker: Attacker) -> None:
    """No attack: 1,250 users behind CloudFront and a balancer connect within ten seconds, each once."""

    async def connect(number: int) -> None:
        await asyncio.sleep(number / 125)
        try:
            connection = await Connection.open(attacker.port, address_of(ATTACKER, number, attacker.proxies))
            with connection:
                await connection.join(attacker.token(number))
                attacker.counts["joined"] += 1
                await connection.wait_until_closed()
        except LOST:
            attacker.counts["shut out"] += 1

    await asyncio.gather(*(connect(number) for number in range(round(1_250 * attacker.scale))))
    await asyncio.get_running_loop().create_future()


# ---- What is never read


async def unread_responses(attacker: Attacker) -> None:
    """40 connections with 20,000 requests each, in one piece, whose responses nobody reads."""
    requests = b"GET /openapi.json HTTP/1.1\r\n\r\n" + b"GET / HTTP/1.1\r\n\r\n" * 20_000

    async def work(connection: Connection, number: int) -> None:
        connection.stop_reading()
        await connection.send(requests)
        await _trickle(connection, b"\r\n")

    await attacker.hold(40, work, receive_buffer=4_096)


async def unread_syncs(attacker: Attacker) -> None:
    """100 sockets of five users that ask for 256 kB each second and never read."""

    async def work(connection: Connection, number: int) -> None:
        await connection.join(issue_token(attacker.secret, f"reader-{number // SOCKETS_PER_USER}"))
        connection.stop_reading()
        while True:
            await connection.send_text('421["sync",{"cursors":{}}]')
            await asyncio.sleep(1)

    await attacker.hold(LONG_HISTORIES * SOCKETS_PER_USER, work, receive_buffer=4_096)


# ---- What costs computing time


async def guesses_from_one_address(attacker: Attacker) -> None:
    """48 passwords a second are guessed from one address, for accounts whose owners log in meanwhile."""
    await _guess(attacker, addresses=1)


async def guesses_from_many_addresses(attacker: Attacker) -> None:
    """The same from 50 addresses."""
    await _guess(attacker, addresses=50)


async def sync_flood(attacker: Attacker) -> None:
    """One user asks again and again for a sync with 20,000 cursors."""
    cursors = json.dumps({str(UUID(int=number)): 1 for number in range(CURSORS)}, separators=(",", ":"))

    async def work(connection: Connection, number: int) -> None:
        await connection.join(attacker.token(0))
        while True:
            await connection.send_text(f'421["sync",{{"cursors":{cursors}}}]')
            while not (text := await connection.receive_text()).startswith("431"):
                pass
            attacker.counts["refused" if text.startswith('431[{"error"') else "answered"] += 1

    await attacker.hold(2, work, reopen_seconds=1.0)


async def nested_json(attacker: Attacker) -> None:
    """20 sockets, half of them not joined, with a million brackets, objects in objects, or escapes each second."""
    depth = 165_000
    await _send_json(attacker, ("[" * 990_000, '{"a":' * depth + "1" + "}" * depth, '"' + "\\u0041" * depth + '"'))


async def wide_json(attacker: Attacker) -> None:
    """The same with a list of 330,000 objects, or an object of 100,000 keys."""
    keys = ",".join(f'"{number:x}":1' for number in range(100_000))
    await _send_json(attacker, ("[" + ",".join(["{}"] * 330_000) + "]", "{" + keys + "}"))


# ---- What attacks share


async def _unfinished_message(connection: Connection, number: int) -> None:
    await connection.upgrade()
    await _send_unfinished(connection)


async def _send_unfinished(connection: Connection) -> None:
    await connection.send(frame(b"4" + b"x" * (SENT_BYTES - 1), declared=DECLARED_BYTES))
    await connection.wait_until_closed()


async def _trickle(connection: Connection, data: bytes = b"x") -> None:
    """Send so much each second, until that fails because the task closed the connection."""
    while True:
        await connection.send(data)
        await asyncio.sleep(1)


async def _guess(attacker: Attacker, addresses: int) -> None:
    rng = random.Random(1)

    async def guess(number: int) -> None:
        body = json.dumps({"handle": f"victim-{rng.randrange(VICTIMS)}", "password": f"guess {number}"}).encode()
        address = address_of(ATTACKER, number % addresses, attacker.proxies)
        try:
            with await Connection.open(attacker.port, address) as connection:
                status, _ = await connection.request("POST", "/auth/login", body)
            attacker.counts[f"answered {status}"] += 1
        except LOST:
            attacker.counts["closed by the task"] += 1

    async with asyncio.TaskGroup() as guesses:
        for number in itertools.count():
            guesses.create_task(guess(number))
            await asyncio.sleep(1 / 48)


async def _send_json(attacker: Attacker, values: Sequence[str]) -> None:
    events = [frame(f'42["message",{value}]'.encode()) for value in values]
    connects = [frame(f"40{value}".encode()) for value in values]

    async def work(connection: Connection, number: int) -> None:
        if number % 2:
            await connection.upgrade()
        else:
            await connection.join(attacker.token(number // SOCKETS_PER_USER))
        for place in itertools.count(number // 2):
            await connection.send((connects if number % 2 else events)[place % len(values)])
            attacker.counts["messages sent"] += 1
            await asyncio.sleep(1)

    await attacker.hold(20, work, reopen_seconds=1.0)


# ---- The table


@dataclass(frozen=True)
class Attack:
    """
    An attack and what it needs: settings of the task, by their names without the prefix; a limit on its open `files`;
    `proxies` before it; how many `users` chat meanwhile; and how many `logins` of VICTIMS happen in each second.
    """

    run: Callable[[Attacker], Coroutine[Any, Any, None]]
    settings: Mapping[str, str] = field(default_factory=dict)
    files: int | None = None
    proxies: int = 0
    users: int = 200
    logins: float = 0.0

    @property
    def name(self) -> str:
        return self.run.__name__


ATTACKS = {
    attack.name: attack
    for attack in (
        Attack(unfinished_messages),
        Attack(unfinished_messages_joined),
        Attack(unfinished_posts),
        Attack(unfinished_requests),
        Attack(trickled_requests, files=400, users=100),
        Attack(slow_and_long_heads),
        Attack(missing_attachments),
        Attack(tiny_fragments),
        Attack(never_joins),
        Attack(left_namespace, settings={"sockets": "100"}, users=40),
        Attack(sockets_over_the_cap),
        Attack(renewed_token),
        Attack(clients_behind_a_cdn, proxies=2),
        Attack(unread_responses),
        Attack(unread_syncs),
        Attack(guesses_from_one_address, proxies=1, logins=1.7),
        Attack(guesses_from_many_addresses, proxies=1, logins=1.7),
        Attack(sync_flood),
        Attack(nested_json),
        Attack(wide_json),
    )
}

AT_SMALL_SCALE = tuple(
    name for name, attack in ATTACKS.items() if not (attack.settings or attack.files or attack.proxies == 2)
)
"""Attacks that also make sense at a small scale, on a task with any settings."""


async def attack(name: str, attacker: Attacker, seconds: float) -> None:
    """Attack for so long. `attacker.counts` has what it got; at the end its connections are closed."""
    attacking = asyncio.create_task(ATTACKS[name].run(attacker))
    await asyncio.wait((attacking,), timeout=seconds)
    attacker.counts["held at the end"] += attacker.held
    if not attacking.done():
        attacking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await attacking
    else:
        attacking.result()


async def attack_in_process(
    name: str, port: int, secret: str, seconds: float, proxies: int = 0, scale: float = 1.0
) -> Mapping[str, int]:
    """Attack in another process, so that this one's event loop stays free, and return what the attacker got."""
    command = (sys.executable, "-m", __name__, name, str(port), secret, str(seconds), str(proxies), str(scale))
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(seconds + STOP_SECONDS):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, f"the attack {name} ended with {process.returncode}"
    got: Mapping[str, int] = json.loads(output)
    return got


def main() -> None:
    name, port, secret, seconds, proxies, scale = sys.argv[1:]
    os.nice(NICENESS)
    attacker = Attacker(int(port), secret, int(proxies), float(scale))
    uvloop.run(attack(name, attacker, float(seconds)))
    print(json.dumps(attacker.counts))


if __name__ == "__main__":
    main()
