"""What is compared, each as one process that says at which port it listens."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import asyncpg

from benchmarks.chat.cage import Cage, tree
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate

RIVAL = Path(__file__).parent / "rival"
SECRET = secrets.token_urlsafe(48)
SERVER_CORE, OTHER_CORE = 0, 1


@dataclass(frozen=True)
class Server:
    """`secret_in` and `database_in`: the variables it reads them from."""

    name: str
    command: Sequence[str]
    secret_in: str
    database_in: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Log:
    """What a server wrote to its log, its standard error, after it said at which port it listens."""

    bytes: int = 0

    def read(self, stream: TextIO) -> None:
        """Counts until the stream ends."""
        for line in stream:
            self.bytes += len(line.encode())


def glimpse(**settings: str) -> Server:
    """As it is shipped; `settings` as its reference page names them, without the prefix."""
    return Server(
        "glimpse",
        (sys.executable, "-m", "glimpse", "serve", "--lang", "en"),
        "GLIMPSE_JWT_SECRETS",
        "GLIMPSE_DATABASE_URL",
        {
            "GLIMPSE_PORT": "0",
            "GLIMPSE_DRAIN_SECONDS": "0",
            **{f"GLIMPSE_{name.upper()}": value for name, value in settings.items()},
        },
    )


def _rival(name: str, *arguments: str) -> Server:
    command = ("node", "server.mjs", *arguments)
    return Server(name, command, "JWT_SECRET", "DATABASE_URL", {"NODE_ENV": "production"})


GLIMPSE = glimpse()
RIVALS = (_rival("socket.io + pg"), _rival("socket.io + pg, group commit", "group"))


def install_rivals() -> None:
    """What the rivals need, by their lock file."""
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=RIVAL, check=True)


@contextmanager
def database() -> Iterator[tuple[str, Cage]]:
    """A durable database on the core of these clients, and what counts its CPU."""
    os.sched_setaffinity(0, {OTHER_CORE})
    with (
        Cage("glimpse-benchmark-database", OTHER_CORE) as cage,
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder) / "database") as url,
    ):
        cage.hold(tree(os.getpid())[1:])
        yield url, cage


@contextmanager
def running(server: Server, url: str, cage: Cage, log: Log | None = None) -> Iterator[tuple[int, int]]:
    """
    The port and the process of a server that is ready, held in a cage from its first instruction on. `log` counts what
    it logs.
    """
    environment = {**os.environ, **server.environment, server.secret_in: SECRET, server.database_in: url}
    folder = RIVAL if server.command[0] == "node" else Path.cwd()
    # A shell that waits for one line, so that what it becomes is in the cage before it does anything.
    command = ["sh", "-c", 'read go && exec "$@"', "sh", *server.command]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stderr
        cage.hold([process.pid])
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write("go\n")
            process.stdin.close()
        said = ""
        while not (port := re.search(r"port (\d+)", said)):
            line = process.stderr.readline()
            assert line, f"{server.name} did not start:\n{said}"
            said += line
        threading.Thread(target=(log or Log()).read, args=(process.stderr,), daemon=True).start()
        try:
            yield int(port[1]), process.pid
        finally:
            process.terminate()
            process.wait()


async def people(url: str, users: int, conversations: int) -> None:
    """
    Users u0, u1, …, each in so many conversations of two; an even number of users.

    u0 and u1 share c0, u2 and u3 share c1, and so on; further conversations are with neighbours further off.
    """
    connection = await asyncpg.connect(url)
    await migrate(connection)
    await connection.execute("insert into users (id) select 'u' || n from generate_series(0, $1 - 1) n", users)
    pairs = [(f"u{n}", f"u{n + 1}") for n in range(0, users, 2)]
    for distance in range(conversations - 1):
        # Even numbers with odd ones, each distance anew: everybody gets one more partner each time.
        pairs += [(f"u{n}", f"u{(n + 3 + 2 * distance) % users}") for n in range(0, users, 2)]
    rows = [(f"c{place}", list(pair), *sorted(pair)) for place, pair in enumerate(pairs)]
    columns = list(zip(*rows, strict=True))
    await connection.execute(
        """
        insert into conversations (id, changed_at, member_ids, is_pair, pair_low, pair_high)
        select id, now(), array[low, high], true, low, high from unnest($1::text[], $2::text[], $3::text[])
            as made (id, low, high)
        """,
        *(list(columns[place]) for place in (0, 2, 3)),
    )
    await connection.execute(
        "insert into members (conversation_id, user_id) select id, unnest(member_ids) from conversations"
    )
    await connection.execute("vacuum analyze")
    await connection.close()
