"""Migrations are applied once, in order, by one at a time, and only onto the schema they were written for."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from glimpse.chat.outside.postgres.migrate import (
    AfterPending,
    Migration,
    MigrationChanged,
    MigrationResult,
    Moment,
    SchemaOlder,
    SchemaTooNew,
    migrate,
    refuse_unmigrated,
    shipped,
)
from tests.chat.conftest import raises_saying

BEFORE, AFTER = Moment.BEFORE, Moment.AFTER
FIRST = Migration(1, BEFORE, "0001_before_first", "create table one (id int); create table two (id int)")
SECOND = Migration(2, BEFORE, "0002_before_second", "alter table one add column name text")
THIRD = Migration(3, AFTER, "0003_after_third", "drop table two")
FOURTH = Migration(4, BEFORE, "0004_before_fourth", "create table four (id int)")


@pytest.fixture
def connect(migrated_url: str, runner: asyncio.Runner) -> Iterator[Callable[[], Any]]:
    """Connections to an empty database."""

    async def on_the_server(statement: str) -> None:
        connection = await asyncpg.connect(migrated_url)
        await connection.execute(statement)
        await connection.close()

    @asynccontextmanager
    async def connect() -> AsyncIterator[Any]:
        connection = await asyncpg.connect(migrated_url, database="empty")
        yield connection
        await connection.close()

    runner.run(on_the_server("create database empty"))
    yield connect
    runner.run(on_the_server("drop database empty with (force)"))


async def test_an_empty_database_gets_everything_in_order_and_once(connect: Callable[[], Any]) -> None:
    async with connect() as connection:
        names = [migration.name for migration in (FIRST, SECOND, THIRD)]
        assert list((await migrate(connection, BEFORE, (FIRST, SECOND, THIRD))).applied) == names
        assert list((await migrate(connection, AFTER, (FIRST, SECOND, THIRD))).applied) == []


async def test_a_deploy_applies_what_is_before_it_then_what_is_after(connect: Callable[[], Any]) -> None:
    async with connect() as connection:
        await migrate(connection, BEFORE, (FIRST,))
        assert list((await migrate(connection, BEFORE, (FIRST, SECOND, THIRD))).applied) == [SECOND.name]
        assert list((await migrate(connection, AFTER, (FIRST, SECOND, THIRD))).applied) == [THIRD.name]
        assert list((await migrate(connection, BEFORE, (FIRST, SECOND, THIRD, FOURTH))).applied) == [FOURTH.name]


async def test_a_deploy_does_not_begin_before_the_last_one_was_finished(connect: Callable[[], Any]) -> None:
    async with connect() as connection:
        await migrate(connection, BEFORE, (FIRST,))
        await migrate(connection, BEFORE, (FIRST, SECOND, THIRD))
        with raises_saying(AfterPending, "0003_after_third belongs after the last deploy"):
            await migrate(connection, BEFORE, (FIRST, SECOND, THIRD, FOURTH))


async def test_a_migration_that_was_edited_is_refused(connect: Callable[[], Any]) -> None:
    async with connect() as connection:
        await migrate(connection, BEFORE, (FIRST,))
        edited = dataclasses.replace(FIRST, sql="create table one (id bigint)")
        with raises_saying(MigrationChanged, "restore its file"):
            await migrate(connection, BEFORE, (edited, SECOND))


@pytest.mark.parametrize("moment", [BEFORE, AFTER])
async def test_on_a_newer_schema_the_release_before_applies_nothing_and_starts(
    connect: Callable[[], Any], moment: Moment
) -> None:
    async with connect() as connection:
        await migrate(connection, BEFORE, (FIRST,))
        await migrate(connection, BEFORE, (FIRST, SECOND, THIRD))
        assert await migrate(connection, moment, (FIRST,)) == MigrationResult((), SECOND.name)
        await refuse_unmigrated(connection, (FIRST,))
        assert (await migrate(connection, AFTER, (FIRST, SECOND, THIRD))).applied == [THIRD.name], "the deploy goes on"


async def test_the_release_before_is_refused_once_what_it_used_was_removed(connect: Callable[[], Any]) -> None:
    async with connect() as connection:
        await migrate(connection, BEFORE, (FIRST,))
        await migrate(connection, BEFORE, (FIRST, SECOND, THIRD))
        await migrate(connection, AFTER, (FIRST, SECOND, THIRD))
        for refused in (migrate(connection, BEFORE, (FIRST,)), refuse_unmigrated(connection, (FIRST, SECOND))):
            with raises_saying(SchemaTooNew, "0003_after_third, which removes"):
                await refused


async def test_of_two_releases_that_each_lack_a_migration_of_the_other_the_second_is_refused(
    connect: Callable[[], Any],
) -> None:
    async with connect() as connection:
        await migrate(connection, BEFORE, (FIRST, FOURTH))
        with raises_saying(SchemaTooNew, "0002_before_second of this release was not applied, but 0004_before_fourth"):
            await migrate(connection, BEFORE, (FIRST, SECOND))
        with raises_saying(SchemaOlder, "0002_before_second"):
            await refuse_unmigrated(connection, (FIRST, SECOND))


async def test_a_migration_that_was_edited_is_refused_on_a_newer_schema_too(connect: Callable[[], Any]) -> None:
    async with connect() as connection:
        await migrate(connection, BEFORE, (FIRST, SECOND))
        with raises_saying(MigrationChanged, "0001_before_first"):
            await migrate(connection, BEFORE, (dataclasses.replace(FIRST, sql="create table one (id bigint)"),))


async def test_a_migration_that_fails_leaves_nothing_and_is_tried_again(connect: Callable[[], Any]) -> None:
    broken = dataclasses.replace(SECOND, sql="create table half (id int); select nonsense")
    async with connect() as connection:
        with pytest.raises(asyncpg.UndefinedColumnError):
            await migrate(connection, BEFORE, (FIRST, broken))
        assert await connection.fetchval("select to_regclass('half')") is None
        assert list((await migrate(connection, BEFORE, (FIRST, SECOND))).applied) == [SECOND.name]


async def test_tasks_that_migrate_at_once_take_turns(connect: Callable[[], Any]) -> None:
    async with connect() as one, connect() as two, connect() as three:
        applied = await asyncio.gather(*(migrate(each, BEFORE) for each in (one, two, three)))
    assert sorted(len(each.applied) for each in applied) == [0, 0, len(shipped())]


def test_the_shipped_migrations_count_one_two_three() -> None:
    assert [migration.number for migration in shipped()] == list(range(1, len(shipped()) + 1))
    assert shipped()[0].moment is BEFORE


async def test_who_left_a_group_before_the_release_that_remembers_it_is_found_in_the_entries(
    connect: Callable[[], Any],
) -> None:
    before = [migration for migration in shipped() if migration.number < 5]
    changes = [("group", "bob", ["ada", "cy"]), ("group", "cy", ["ada"]), ("group", "ada", ["ada", "cy"])]
    async with connect() as connection:
        await migrate(connection, BEFORE, before)
        for room, members, is_pair in (("group", ["ada", "cy"], False), ("pair", ["ada"], True)):
            await connection.execute(
                "insert into conversations (id, changed_at, member_ids, is_pair) values ($1, now(), $2, $3)",
                room, members, is_pair,
            )  # fmt: skip
        for seq, (room, sender, members) in enumerate([*changes, ("pair", "bob", ["ada"])], 1):
            await connection.execute(
                "insert into entries (conversation_id, seq, type, id, sender_id, created_at, member_ids)"
                " values ($1, $2, 'members', $3, $4, now(), $5)",
                room, seq, f"id-{seq}", sender, members,
            )  # fmt: skip
        await migrate(connection)
        rows = await connection.fetch("select conversation_id, user_id from former_members")
    assert [tuple(row) for row in rows] == [("group", "bob")], "cy was added again, and nobody returns to a pair"
