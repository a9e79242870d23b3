"""
The owner of the database logs in to migrate, and tasks serve as a role that only reads and writes rows. The owner is
what RDS gives: no superuser, but it may create roles. The tests of the store run as that role, too.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from glimpse.chat.outside.postgres.app_role import APP_ROLE, scram_verifier, update_app_role
from glimpse.chat.outside.postgres.connection import DatabaseRefused
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import Migration, Moment, migrate, shipped
from glimpse.chat.outside.postgres.startup import migrate_database
from tests.chat.conftest import APP_PASSWORD, app_url, raises_saying
from tests.chat.serving import eventually
from tests.chat.test_serve import glimpse, serve

OTHER_PASSWORD = "another-password-of-the-role"
OWNER = "rds_like_owner"
NEXT = Migration(
    len(shipped()) + 1, Moment.BEFORE, "0099_before_next", "create table later (id bigserial primary key, text text)"
)


def ignore(code: str, **values: str | int) -> None: ...


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server that logs as RDS does: its superuser's URL, and its log."""
    folder = tmp_path_factory.mktemp("rds")
    with EmbeddedPostgres(folder, settings={"log_statement": "ddl"}) as url:
        yield url, folder / "log"


@pytest.fixture
def owner_url(server: tuple[str, Path], runner: asyncio.Runner) -> Iterator[str]:
    """An empty database on a server that does not have the role yet."""
    superuser = server[0]
    url = urlsplit(superuser)

    async def run(*statements: str) -> None:
        connection = await asyncpg.connect(superuser)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    runner.run(
        run(
            f"create role {OWNER} login createrole createdb password 'owner'",
            f"create database chat owner {OWNER}",
        )
    )
    yield url._replace(netloc=f"{OWNER}:owner@{url.hostname}:{url.port}", path="/chat").geturl()
    runner.run(run("drop database chat with (force)", f"drop role if exists {APP_ROLE}", f"drop role {OWNER}"))


async def make_role(owner_url: str, password: str = APP_PASSWORD) -> None:
    await migrate_database(owner_url, Moment.BEFORE, ignore, password)


def test_the_owner_migrates_the_role_serves_and_no_log_has_the_password(
    tmp_path: Path, server: tuple[str, Path], owner_url: str
) -> None:
    migrated = glimpse(
        "migrate", tmp_path, {"GLIMPSE_DATABASE_URL": owner_url, "GLIMPSE_DATABASE_APP_PASSWORD": APP_PASSWORD}
    )
    assert migrated.returncode == 0, migrated.stderr
    assert migrated.stderr.startswith(f"The role {APP_ROLE} may log in")
    url = urlsplit(owner_url)
    environment = {
        "GLIMPSE_DATABASE_URL": url._replace(netloc=f"{APP_ROLE}@{url.hostname}:{url.port}").geturl(),
        "PGPASSWORD": APP_PASSWORD,
        "GLIMPSE_JWT_SECRETS": "x" * 32,
        "GLIMPSE_SIGNUP": "on",
        "GLIMPSE_BUS_URL": "postgresql:",
    }
    with serve(tmp_path, environment) as running:
        running.sign_up("jo")
        assert eventually(lambda: running.ask("GET", "/ready").status == 200)
    logged = server[1].read_text()
    assert f"alter role {APP_ROLE} login password 'SCRAM-SHA-256$" in logged
    assert APP_PASSWORD not in logged + migrated.stdout + migrated.stderr + "".join(running.said)


def test_the_verifier_is_the_one_that_postgresql_computes(server: tuple[str, Path], runner: asyncio.Runner) -> None:
    async def stored() -> str:
        connection = await asyncpg.connect(server[0])
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("set password_encryption = 'scram-sha-256'")
        await connection.execute(f"create role probe password '{APP_PASSWORD}'")
        verifier: str = await connection.fetchval("select rolpassword from pg_authid where rolname = 'probe'")
        await transaction.rollback()
        await connection.close()
        return verifier

    verifier = runner.run(stored())
    salt = verifier.split("$")[1].partition(":")[2]
    assert scram_verifier(APP_PASSWORD, base64.b64decode(salt)) == verifier


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (id int)",
        "create temporary table mine (id int)",
        "create schema mine",
        "create function mine() returns int language sql as 'select 1'",
        "create role mine",
        "create database mine",
        "create extension pg_trgm",
        "alter table users add column mine int",
        "alter table entries disable trigger all",
        "create index on entries (sender_id)",
        "drop table blocks",
        "truncate entries",
        "drop function append_messages",
        "delete from migrations",
        "update migrations set checksum = ''",
        f"alter role {APP_ROLE} createdb",
        f"alter role {OWNER} password 'mine'",
        "alter database chat set synchronous_commit = off",
        "select pg_read_file('/etc/passwd')",
        "select rolpassword from pg_authid",
    ],
)
async def test_the_role_may_do_nothing_but_read_and_write_rows(owner_url: str, statement: str) -> None:
    await make_role(owner_url)
    connection = await asyncpg.connect(app_url(owner_url))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)
    await connection.close()


async def test_what_a_later_migration_makes_is_the_roles_to_use_at_once(owner_url: str) -> None:
    await make_role(owner_url)
    owner = await asyncpg.connect(owner_url)
    await migrate(owner, Moment.BEFORE, [*shipped(), NEXT])
    await owner.close()
    connection = await asyncpg.connect(app_url(owner_url))
    await connection.execute("insert into later (text) values ('a')")
    await connection.execute("update later set text = 'b'")
    assert await connection.fetchval("delete from later returning text") == "b"
    await connection.close()


async def test_migrations_at_once_make_one_role_that_may_log_in(owner_url: str) -> None:
    await asyncio.gather(*(make_role(owner_url) for _ in range(6)))
    connection = await asyncpg.connect(app_url(owner_url))
    assert await connection.fetchval("select current_user") == APP_ROLE
    await connection.close()


async def test_a_new_password_is_for_new_logins_and_open_connections_go_on(owner_url: str) -> None:
    await make_role(owner_url)
    connection = await asyncpg.connect(app_url(owner_url))
    await make_role(owner_url, OTHER_PASSWORD)
    assert await connection.fetchval("select count(*) from users") == 0
    await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(app_url(owner_url))
    await (await asyncpg.connect(app_url(owner_url), password=OTHER_PASSWORD)).close()


def test_a_task_whose_password_was_replaced_says_so_when_asked_and_logs_no_traceback(
    tmp_path: Path, owner_url: str, runner: asyncio.Runner
) -> None:
    async def replace_password() -> None:
        await make_role(owner_url, OTHER_PASSWORD)

    async def cut_connections() -> None:
        connection = await asyncpg.connect(app_url(owner_url), password=OTHER_PASSWORD)
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()",
            APP_ROLE,
        )
        await connection.close()

    runner.run(make_role(owner_url))
    environment = {
        "GLIMPSE_DATABASE_URL": app_url(owner_url),
        "GLIMPSE_JWT_SECRETS": "x" * 32,
        "GLIMPSE_SIGNUP": "on",
        "GLIMPSE_BUS_URL": "postgresql:",
    }
    with serve(tmp_path, environment) as running:
        token = running.sign_up("jo")[1]
        runner.run(replace_password())
        assert running.rest("GET", "/me", token=token)[0] == 200
        runner.run(cut_connections())
        assert eventually(lambda: running.ask("GET", "/ready").status == 503)
        assert "password authentication failed" in running.ask("GET", "/ready").body
        assert running.rest("GET", "/me", token=token)[0] == 503
        runner.run(make_role(owner_url))
        assert eventually(lambda: running.ask("GET", "/ready").status == 200)
    assert "Traceback" not in "".join(running.said)


async def test_a_role_that_somebody_else_made_is_refused_in_one_line(server: tuple[str, Path], owner_url: str) -> None:
    superuser = await asyncpg.connect(server[0])
    await superuser.execute(f"create role {APP_ROLE}")
    await superuser.close()
    with raises_saying(DatabaseRefused, f"^The user of GLIMPSE_DATABASE_URL may not do this .*{APP_ROLE}.*owner"):
        await make_role(owner_url)


def test_the_role_itself_cannot_migrate_and_a_task_without_rights_is_told_so(
    tmp_path: Path, owner_url: str, runner: asyncio.Runner
) -> None:
    runner.run(make_role(owner_url))
    environment = {"GLIMPSE_DATABASE_URL": app_url(owner_url), "GLIMPSE_JWT_SECRETS": "x" * 32}
    refused = glimpse("migrate", tmp_path, environment)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "may not do this (permission denied for schema public)" in refused.stderr

    async def take_rights() -> None:
        owner = await asyncpg.connect(owner_url)
        await owner.execute(f"revoke select on migrations from {APP_ROLE}")
        await owner.close()

    runner.run(take_rights())
    refused = glimpse("serve", tmp_path, environment)
    assert refused.returncode == 2
    assert "may not do this (permission denied for table migrations)" in refused.stderr
    assert refused.stderr.count("\n") == 1


async def test_another_owners_tables_in_the_schema_are_left_alone(server: tuple[str, Path], owner_url: str) -> None:
    superuser = await asyncpg.connect(server[0], database="chat")
    await superuser.execute("create extension pg_buffercache; create table theirs (id int)")
    await superuser.close()
    await make_role(owner_url)
    connection = await asyncpg.connect(app_url(owner_url))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("select from theirs")
    await connection.close()


async def test_a_change_of_the_role_that_fails_changes_nothing(owner_url: str) -> None:
    """Where a grant fails, the password is the old one."""
    await make_role(owner_url)
    owner = await asyncpg.connect(owner_url)
    await owner.execute("alter table migrations rename to elsewhere")
    with pytest.raises(asyncpg.UndefinedTableError):
        await update_app_role(owner, OTHER_PASSWORD)
    await owner.close()
    await (await asyncpg.connect(app_url(owner_url))).close()
