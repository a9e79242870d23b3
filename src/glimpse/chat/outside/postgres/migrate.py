"""
Migrations of the schema: files named like `0001_before_first.sql`, applied in order, each once, in its own transaction.

Two releases run at once during every deploy. A `before` migration is applied before the new release starts, and the
old one must work with it. An `after` migration removes what only the old release used, once none of its tasks is left.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from glimpse.chat.failure import Failure

_FILE = re.compile(r"(\d{4})_(before|after)_(\w+)\.sql")
# "glimpse" as a number, so that no other program takes the same advisory lock.
_LOCK = int.from_bytes(b"glimpse", "big")
_RECORD = """
create table if not exists migrations (
    number integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default clock_timestamp()
)
"""


class Moment(enum.Enum):
    """When in a deploy a migration is applied."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `checksum` is the SHA-256 of its text, to detect that an applied file was edited."""

    number: int
    moment: Moment
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


class MigrationRefused(Failure):
    """The migrations cannot be applied to this schema; nothing was changed."""


class MigrationChanged(MigrationRefused):
    """A migration was edited after it had been applied."""


class SchemaNewer(MigrationRefused):
    """
    The database was migrated by a newer release. A task that only serves may go on, because the release before must
    work with every `before` migration.
    """


class AfterPending(MigrationRefused):
    """The `after` migrations of the last deploy were never applied, and migrations of this deploy depend on them."""


class SchemaOlder(MigrationRefused):
    """The schema is older than this release."""


def shipped() -> Sequence[Migration]:
    """The migrations of this release, in order."""
    found = []
    for file in (files("glimpse.chat.outside.postgres") / "migrations").iterdir():
        match = _FILE.fullmatch(file.name)
        if match:
            name = file.name.removesuffix(".sql")
            found.append(Migration(int(match[1]), Moment(match[2]), name, file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.number)


async def migrate(
    connection: Any, moment: Moment = Moment.BEFORE, migrations: Sequence[Migration] | None = None
) -> Sequence[str]:
    """
    Apply the pending migrations of this moment of a deploy, and return their names. Raises MigrationRefused.

    Concurrent calls wait for each other. An empty database gets all migrations, as it serves no older release.
    """
    migrations = shipped() if migrations is None else migrations
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        await connection.execute(_RECORD)
        rows = await connection.fetch("select number, name, checksum from migrations order by number")
        pending = _pending(migrations, {row["number"]: (row["name"], row["checksum"]) for row in rows}, moment)
        for migration in pending:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "insert into migrations (number, name, checksum) values ($1, $2, $3)",
                    migration.number,
                    migration.name,
                    migration.checksum,
                )
        return [migration.name for migration in pending]
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)


async def refuse_unmigrated(connection: Any) -> None:
    """Raises SchemaOlder where the schema is older than this release; it may be newer."""
    applied: set[int] = set()
    if await connection.fetchval("select to_regclass('migrations') is not null"):
        applied = {row["number"] for row in await connection.fetch("select number from migrations")}
    for migration in shipped():
        if migration.number not in applied and (not applied or migration.moment is Moment.BEFORE):
            raise SchemaOlder("schema_older", name=migration.name)


def _pending(
    migrations: Sequence[Migration], applied: dict[int, tuple[str, str]], moment: Moment
) -> Sequence[Migration]:
    known = {migration.number: migration for migration in migrations}
    for number, (name, checksum) in applied.items():
        if number not in known:
            raise SchemaNewer("schema_newer", name=name)
        if known[number].checksum != checksum:
            raise MigrationChanged("migration_changed", name=name)
    pending = [migration for migration in migrations if migration.number not in applied]
    if not applied or moment is Moment.AFTER:
        return pending
    waiting = [migration for migration in pending if migration.moment is Moment.AFTER]
    if waiting and any(later.moment is Moment.BEFORE and later.number > waiting[0].number for later in pending):
        raise AfterPending("migration_after_pending", name=waiting[0].name)
    return [migration for migration in pending if migration.moment is Moment.BEFORE]
