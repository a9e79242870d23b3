"""
Migrations of the schema: files named like `0001_before_first.sql`, applied in order, each once, in its own transaction.

Two releases run at once during every deploy. A `before` migration is applied before the new release starts, and the
old one must work with it. An `after` migration removes what only the old release used, once none of its tasks is left.
So a deploy may go back to the old release until the first unknown `after` migration was applied, and not beyond.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from glimpse.chat.failure import Failure

_NAME = re.compile(r"(\d{4})_(before|after)_(\w+)")
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

_Applied = dict[int, tuple[str, str]]
"""The name and the checksum of each migration that was applied, by its number."""


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


class SchemaTooNew(MigrationRefused):
    """A newer release removed from the schema what this one needs; or it has not all migrations of this one."""


class AfterPending(MigrationRefused):
    """The `after` migrations of the last deploy were never applied, and migrations of this deploy depend on them."""


class SchemaOlder(MigrationRefused):
    """The schema is older than this release."""


@dataclass(frozen=True, slots=True)
class MigrationResult:
    """
    The names of the migrations that were applied; and, where a newer release has migrated the database, its last
    migration that this release does not know. Then nothing was applied.
    """

    applied: Sequence[str] = ()
    newer: str | None = None


def shipped() -> Sequence[Migration]:
    """The migrations of this release, in order."""
    found = []
    for file in (files("glimpse.chat.outside.postgres") / "migrations").iterdir():
        name, _, suffix = file.name.partition(".")
        match = _NAME.fullmatch(name)
        if match and suffix == "sql":
            found.append(Migration(int(match[1]), Moment(match[2]), name, file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.number)


@asynccontextmanager
async def migration_lock(connection: Any) -> AsyncIterator[None]:
    """Held by one connection to the database at a time; others wait."""
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        yield
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)


async def migrate(
    connection: Any, moment: Moment = Moment.BEFORE, migrations: Sequence[Migration] | None = None
) -> MigrationResult:
    """
    Apply the pending migrations of this moment of a deploy. Raises MigrationRefused.

    Concurrent calls wait for each other. An empty database gets all migrations, as it serves no older release.
    """
    migrations = shipped() if migrations is None else migrations
    async with migration_lock(connection):
        await connection.execute(_RECORD)
        applied = await _applied(connection)
        _refuse_changed(migrations, applied)
        if newer := _unknown(migrations, applied):
            if missing := _missing(migrations, applied):
                raise SchemaTooNew("migration_out_of_order", name=missing, other=newer[-1])
            return MigrationResult(newer=newer[-1])
        pending = _pending(migrations, applied, moment)
        for migration in pending:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "insert into migrations (number, name, checksum) values ($1, $2, $3)",
                    migration.number,
                    migration.name,
                    migration.checksum,
                )
        return MigrationResult([migration.name for migration in pending])


async def refuse_unmigrated(connection: Any, migrations: Sequence[Migration] | None = None) -> None:
    """
    Raises SchemaOlder where the schema is older than this release, and SchemaTooNew where a newer release has removed
    what this one needs. Otherwise the schema may be newer.
    """
    migrations = shipped() if migrations is None else migrations
    is_there = await connection.fetchval("select to_regclass('migrations') is not null")
    applied = await _applied(connection) if is_there else {}
    _unknown(migrations, applied)
    if missing := _missing(migrations, applied):
        raise SchemaOlder("schema_older", name=missing)


async def _applied(connection: Any) -> _Applied:
    rows = await connection.fetch("select number, name, checksum from migrations order by number")
    return {row["number"]: (row["name"], row["checksum"]) for row in rows}


def _refuse_changed(migrations: Sequence[Migration], applied: _Applied) -> None:
    for migration in migrations:
        name, checksum = applied.get(migration.number, ("", migration.checksum))
        if checksum != migration.checksum:
            raise MigrationChanged("migration_changed", name=name)


def _unknown(migrations: Sequence[Migration], applied: _Applied) -> Sequence[str]:
    """The names of applied migrations of a newer release, in order. Raises SchemaTooNew."""
    known = {migration.number for migration in migrations}
    names = [name for number, (name, _) in applied.items() if number not in known]
    for name in names:
        match = _NAME.fullmatch(name)
        if match and match[2] == Moment.AFTER.value:
            raise SchemaTooNew("schema_too_new", name=name)
    return names


def _missing(migrations: Sequence[Migration], applied: _Applied) -> str | None:
    """The name of the first migration that this release needs and that was not applied."""
    for migration in migrations:
        if migration.number not in applied and (not applied or migration.moment is Moment.BEFORE):
            return migration.name
    return None


def _pending(migrations: Sequence[Migration], applied: _Applied, moment: Moment) -> Sequence[Migration]:
    pending = [migration for migration in migrations if migration.number not in applied]
    if not applied or moment is Moment.AFTER:
        return pending
    waiting = [migration for migration in pending if migration.moment is Moment.AFTER]
    if waiting and any(later.moment is Moment.BEFORE and later.number > waiting[0].number for later in pending):
        raise AfterPending("migration_after_pending", name=waiting[0].name)
    return [migration for migration in pending if migration.moment is Moment.BEFORE]
