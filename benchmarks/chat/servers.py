"""The servers under test, glimpse and its rivals, each as one process that prints the port on which it listens."""

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

from benchmarks.chat.interpreter import SOURCE
from benchmarks.chat.processes import process_tree
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.operations.outside.control_group import ControlGroup

RIVAL = Path(__file__).parent / "rival"
SECRET = secrets.token_urlsafe(48)
SERVER_CORE, CLIENT_CORE = 0, 1
NODE_OPTIONS = ("--max-semi-space-size=32",)
"""Young objects are collected less often, which saves a busy server some CPU for 60 MB of memory."""


@dataclass(frozen=True)
class Server:
    """`secret_variable` and `database_variable`: the environment variables for the JWT secret and the database URL."""

    name: str
    command: Sequence[str]
    secret_variable: str
    database_variable: str
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass
class LogSize:
    """How many bytes a server logged, that is wrote to standard error, after it printed its port."""

    bytes: int = 0

    def read(self, stream: TextIO) -> None:
        """Count until the stream ends."""
        for line in stream:
            self.bytes += len(line.encode())


def glimpse(python: Path = Path(sys.executable), /, **settings: str) -> Server:
    """
    The service as shipped, from this checkout. `settings`: names as on the reference page, in lower case and without
    the prefix.
    """
    return Server(
        "glimpse",
        (str(python), "-m", "glimpse", "serve", "--lang", "en"),
        "GLIMPSE_JWT_SECRETS",
        "GLIMPSE_DATABASE_URL",
        {
            "PYTHONPATH": str(SOURCE),
            "GLIMPSE_PORT": "0",
            "GLIMPSE_DRAIN_SECONDS": "0",
            # All clients of a benchmark have one address.
            "GLIMPSE_ADDRESS_REQUESTS_PER_SECOND": "100000",
            **{f"GLIMPSE_{name.upper()}": value for name, value in settings.items()},
        },
    )


def _rival(name: str, *arguments: str) -> Server:
    command = ("node", *NODE_OPTIONS, "server.mjs", *arguments)
    return Server(name, command, "JWT_SECRET", "DATABASE_URL", {"NODE_ENV": "production"})


RIVALS = (
    _rival("socket.io + pg"),
    _rival("socket.io + pg, group commit", "group"),
    _rival("socket.io patched + pg, group commit", "group", "once"),
)


def install_rivals() -> None:
    """Install the rivals' packages from their lock file."""
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=RIVAL, check=True)


@contextmanager
def database() -> Iterator[tuple[str, ControlGroup]]:
    """A durable database on the clients' core: its URL, and the control group that counts its CPU time."""
    os.sched_setaffinity(0, {CLIENT_CORE})
    with (
        ControlGroup(f"glimpse-benchmark-database-{os.getpid()}", CLIENT_CORE) as group,
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder) / "database") as url,
    ):
        group.add(process_tree(os.getpid())[1:])
        yield url, group


@contextmanager
def running_server(
    server: Server, url: str, group: ControlGroup, log: LogSize | None = None
) -> Iterator[tuple[int, int]]:
    """
    The port and the pid of a server that is ready. It is in the control group from its first instruction on. `log`
    counts what it logs.
    """
    environment = {**os.environ, **server.environment, server.secret_variable: SECRET, server.database_variable: url}
    folder = RIVAL if server.command[0] == "node" else Path.cwd()
    # The shell waits for a line, so that the server is in the control group before it does anything.
    command = ["sh", "-c", 'read go && exec "$@"', "sh", *server.command]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stderr
        group.add([process.pid])
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write("go\n")
            process.stdin.close()
        output = ""
        while not (port := re.search(r"port (\d+)", output)):
            line = process.stderr.readline()
            assert line, f"{server.name} did not start:\n{output}"
            output += line
        threading.Thread(target=(log or LogSize()).read, args=(process.stderr,), daemon=True).start()
        try:
            yield int(port[1]), process.pid
        finally:
            process.terminate()
            process.wait()


async def create_users(url: str, users: int, conversations: int, first: int = 0) -> None:
    """
    Migrate a new database and store an even number of users, u0, u1, …, each in `conversations` conversations of two.

    u0 and u1 share c0, u2 and u3 share c1, and so on. Each further conversation of a user has another partner. `first`:
    the number of the first user, where earlier ones are stored already.
    """
    connection = await asyncpg.connect(url)
    await migrate(connection)
    await connection.execute(
        "insert into users (id) select 'u' || n from generate_series($2::int, $2 + $1 - 1) n", users, first
    )
    pairs = [(f"u{first + n}", f"u{first + n + 1}") for n in range(0, users, 2)]
    for distance in range(conversations - 1):
        # Pairing even numbers with odd ones at a new distance gives each user one more partner.
        pairs += [(f"u{first + n}", f"u{first + (n + 3 + 2 * distance) % users}") for n in range(0, users, 2)]
    rows = [(f"c{first // 2 + place}", list(pair), *sorted(pair)) for place, pair in enumerate(pairs)]
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
        " where id = any($1)",
        list(columns[0]),
    )
    await connection.execute("vacuum analyze")
    await connection.close()


async def create_rival_users(url: str, users: int) -> None:
    """The rivals' own tables with an even number of users: 1 and 2 share conversation 1, 3 and 4 share 2, and so on."""
    connection = await asyncpg.connect(url)
    await connection.execute((RIVAL / "tables.sql").read_text())
    await connection.execute("insert into rival_users select from generate_series(1, $1)", users)
    await connection.execute("insert into rival_conversations select from generate_series(1, $1 / 2)", users)
    await connection.execute("insert into rival_members select n, (n + 1) / 2 from generate_series(1, $1) n", users)
    await connection.execute("vacuum analyze")
    await connection.close()
