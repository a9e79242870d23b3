"""PostgreSQL, as RDS has it: the Terraform's `max_connections`, and our schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from glimpse.chat.failure import Failure
from glimpse.chat.outside.postgres.embedded import BinariesMissing, EmbeddedPostgres, postgres_programs
from glimpse.operations.outside.in_thread import in_thread
from glimpse.operations.outside.loopback_ports import steady_port
from glimpse.operations.outside.programs import last_lines, version_of


class PostgresServer:
    """A server that keeps its URL and its data when it is started again. `folder` is its own."""

    def __init__(self, folder: Path, max_connections: int) -> None:
        self._embedded = EmbeddedPostgres(folder, steady_port(), {"max_connections": str(max_connections)})
        self.url = ""
        self.program = ""

    @property
    def pid(self) -> int | None:
        return self._embedded.pid

    async def start(self) -> None:
        """Returns once it answers. Raises Failure."""
        try:
            self.url = await in_thread(self._start)
        except BinariesMissing:
            raise Failure("up_postgres_missing") from None

    async def migrate(self, tell: Callable[..., None]) -> None:
        """Bring the schema up to date, as the first step of a deploy does. Raises Failure."""
        # Imported here, because a stack that waits for a sentence about its options does not need a database client.
        from glimpse.chat.outside.postgres.migrate import Moment
        from glimpse.chat.outside.postgres.startup import migrate_database

        await migrate_database(self.url, Moment.BEFORE, tell)

    async def stop(self) -> None:
        await in_thread(self._embedded.stop)

    def last_lines(self) -> str:
        return last_lines(self._embedded.folder / "log")

    def _start(self) -> str:
        url = self._embedded.start()
        if self._embedded.was_adopted:
            # It was left behind by a stack that was killed, and has the port and the settings of that one.
            self._embedded.stop()
            url = self._embedded.start()
        self.program = self.program or version_of("PostgreSQL", [str(postgres_programs() / "postgres"), "--version"], 2)
        return url


async def create_database(folder: Path) -> None:
    """On first use, create the data: that needs no settings, and so need not wait for them. Raises Failure."""
    embedded = EmbeddedPostgres(folder)

    def create() -> None:
        embedded.start()
        embedded.stop()

    if not (embedded.data / "PG_VERSION").exists():
        try:
            await in_thread(create)
        except BinariesMissing:
            raise Failure("up_postgres_missing") from None
