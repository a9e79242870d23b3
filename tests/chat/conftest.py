"""An event loop for each test, a fixture for both stores, and one PostgreSQL for all tests of a pytest worker."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import inspect
import itertools
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from msgspec.structs import replace

from benchmarks.faults.clients import NodeMissing, install_clients
from glimpse.chat.failure import Failure
from glimpse.chat.memory import MemoryStore
from glimpse.chat.outside.child_process import free_port
from glimpse.chat.outside.postgres.app_role import APP_ROLE, update_app_role
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage
from glimpse.chat.outside.s3.objects import S3Objects
from glimpse.chat.ports import Store
from glimpse.chat.refusals import Refusal
from glimpse.chat.values import Conversation, Entry, File, Message, NewFile, NewMessage, StoredEntry
from glimpse.words import Words
from tests.browser import Browsers
from tests.chat.page_window import Network, Open, Window, running, windows

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an async test on the event loop that its fixtures use."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    pyfuncitem.funcargs["runner"].run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


APP_PASSWORD = "the-password-of-the-role"


def app_url(owner_url: str) -> str:
    """The URL of the role that serving tasks log in as."""
    url = urlsplit(owner_url)
    return url._replace(netloc=f"{APP_ROLE}:{APP_PASSWORD}@{url.hostname}:{url.port}").geturl()


@pytest.fixture(scope="session")
def migrated_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the schema, as its owner logs in."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as url:

        async def make_schema() -> None:
            connection = await asyncpg.connect(url)
            await migrate(connection)
            await update_app_role(connection, APP_PASSWORD)
            await connection.close()

        asyncio.run(make_schema())
        yield url


@pytest.fixture
def database_url(migrated_url: str, runner: asyncio.Runner) -> str:
    """A database with the schema and nothing in it, as a task that serves logs in."""

    async def empty() -> None:
        connection = await asyncpg.connect(migrated_url)
        await connection.execute(
            "delete from files; delete from blocks; delete from members; delete from former_members"
        )
        await connection.execute("delete from users; delete from conversations; delete from entries")
        await connection.close()

    runner.run(empty())
    return app_url(migrated_url)


@pytest.fixture
def open_store(database_url: str, runner: asyncio.Runner) -> Iterator[Callable[[], Awaitable[PostgresStore]]]:
    """Each call opens a store with its own connections, as another task of the service would."""
    opened: list[PostgresStore] = []

    async def open_one() -> PostgresStore:
        opened.append(await PostgresStore.open(database_url))
        return opened[-1]

    yield open_one
    for store in opened:
        runner.run(store.close())


def memory_store() -> MemoryStore:
    ticks, numbers = itertools.count(), itertools.count(1)
    return MemoryStore(
        clock=lambda: NOON + datetime.timedelta(milliseconds=next(ticks)), make_id=lambda: f"id-{next(numbers)}"
    )


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest, runner: asyncio.Runner) -> Store:
    if request.param == "memory":
        return memory_store()
    return runner.run(request.getfixturevalue("open_store")())


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Objects]:
    """An S3 that refuses what AWS refuses, with an empty bucket."""
    storage = EmbeddedStorage(tmp_path_factory.mktemp("files"), lambda code, **values: None)
    try:
        yield asyncio.run(storage.open())  # type: ignore[misc]
    finally:
        asyncio.run(storage.close())


class Chat:
    """Calls a store in short sentences: who is there, and who says what where."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._numbers = itertools.count(1)

    async def people(self, *names: str) -> None:
        for name in names:
            await self.store.ensure_user(name)

    async def room(self, room_id: str, *names: str) -> Conversation:
        await self.people(*names)
        made = await self.store.create_conversation(room_id, names[0], names[1:])
        assert not isinstance(made, Refusal)
        return made[0]

    def message(self, room_id: str, sender: str, client_id: str | None = None, body: str = "hello") -> NewMessage:
        return NewMessage(room_id, sender, client_id or f"c{next(self._numbers)}", body)

    async def say(self, room_id: str, sender: str, client_id: str | None = None, body: str = "hello") -> StoredEntry:
        return stored(await self.try_to_say(room_id, sender, client_id, body))

    async def try_to_say(
        self, room_id: str, sender: str, client_id: str | None = None, body: str = "hello"
    ) -> StoredEntry | Refusal:
        [outcome] = await self.store.append([self.message(room_id, sender, client_id, body)])
        return outcome

    async def file(self, file_id: str, owner_id: str, size: int = 1, content_type: str = "image/png") -> File:
        """A complete file."""
        await self.people(owner_id)
        announced = await self.store.announce_file(
            NewFile(file_id, owner_id, f"{file_id}.png", content_type, size), 300, 10**9
        )
        assert isinstance(announced, File), announced
        assert await self.store.complete_file(file_id, 3600)
        return replace(announced, is_complete=True)

    async def entries(self, room_id: str, reader: str) -> Sequence[Entry]:
        entries = await self.store.history(room_id, reader, after=0, before=None, limit=10_000)
        assert not isinstance(entries, Refusal)
        return entries


@pytest.fixture
def chat(store: Store) -> Chat:
    return Chat(store)


def in_english(failure: Failure) -> str:
    return Words("en")(failure.code, **failure.values)


@contextlib.contextmanager
def raises_saying(kind: type[Failure], pattern: str) -> Iterator[pytest.ExceptionInfo[Failure]]:
    """Assert that the block raises this failure, and that its English sentence matches the pattern."""
    with pytest.raises(kind) as raised:
        yield raised
    assert re.search(pattern, in_english(raised.value))


async def rooms_of(store: Store, member_id: str) -> list[str]:
    """The ids of the conversations that the user is a member of."""
    listed = await store.list_conversations(member_id, None, 1000)
    assert not isinstance(listed, Refusal)
    page, cursor = listed
    assert cursor is None
    return sorted(each.conversation.id for each in page)


def stored(outcome: object) -> StoredEntry:
    assert isinstance(outcome, StoredEntry), outcome
    return outcome


def message_of(outcome: object) -> Message:
    entry = stored(outcome).entry
    assert isinstance(entry, Message), entry
    return entry


def seqs(entries: Sequence[Entry]) -> list[int]:
    return [entry.seq for entry in entries]


@pytest.fixture
def unused_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def node_clients(pytestconfig: pytest.Config) -> Path:
    """The folder with the scripts that use socket.io-client, and with its packages."""
    try:
        return install_clients(pytestconfig.cache.mkdir("chat-clients"))
    except NodeMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def whole_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with running(tmp_path_factory.mktemp("files")) as network:
        yield network


@pytest.fixture
def network(whole_network: Network) -> Iterator[Network]:
    """Between the windows of a test and the server of its module; whole again after each test."""
    yield whole_network
    whole_network.mend()


@pytest.fixture(scope="module")
def browsers() -> Iterator[Browsers]:
    with contextlib.closing(Browsers()) as browsers:
        yield browsers


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """The browser of the windows: Chromium, unless the test is marked with `in_both_browsers`."""
    return getattr(request, "param", "chromium")


@pytest.fixture
def window(network: Network, browsers: Browsers, engine: str) -> Iterator[Open]:
    """Opens a window of the chat page at each call."""
    with windows(network, browsers, engine) as open_one:
        yield open_one


@pytest.fixture
def pair(window: Open) -> tuple[Window, Window]:
    """Two users who talk to each other, each in a window."""
    mina, jihun = window().signed_up(), window().signed_up()
    mina.talks_to(jihun)
    return mina, jihun
