"""During a deploy two releases use the newer one's schema: the tests of the older release pass on it, too."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import asyncpg
import pytest

from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import Migration, Moment, migrate, shipped
from tests.chat.serving import eventually
from tests.chat.test_serve import glimpse, heard_next, send, serve
from tests.chat.test_two_tasks import is_ready, joined

PREVIOUS = "6607433"
"""The last commit on the schema before this one: the release before, once there are releases."""

ITS_TESTS = ("test_store.py", "test_postgres_store.py", "test_laws.py")
REPOSITORY = Path(__file__).parents[2]
SECONDS = 1200
"""Tests that take longer hang."""


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    command = ["git", "archive", "--format=zip", PREVIOUS, "src", "tests", "benchmarks", "pyproject.toml"]
    packed = subprocess.run(command, cwd=REPOSITORY, capture_output=True)
    if packed.returncode:
        pytest.skip(f"{PREVIOUS}, the release before, is not in this checkout: fetch its whole history")
    folder = tmp_path_factory.mktemp("previous")
    with zipfile.ZipFile(BytesIO(packed.stdout)) as archive:
        archive.extractall(folder)
    return folder


def migrations(source: Path) -> list[str]:
    return sorted(file.name for file in (source / "glimpse/chat/outside/postgres/migrations").glob("*.sql"))


def test_the_release_before_has_an_older_schema(previous: Path) -> None:
    ours, theirs = migrations(REPOSITORY / "src"), migrations(previous / "src")
    assert ours[: len(theirs)] == theirs, "what was applied stays as it is"
    assert theirs == ours[:-1], (
        f"PREVIOUS has to be the last commit without {ours[-1]}: the one that your branch starts from,"
        " `git merge-base HEAD main`"
    )


def test_the_tests_of_the_release_before_pass_on_the_schema_of_this_one(previous: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (previous / "src", previous, Path(__file__).parent))),
        "MIGRATIONS": str(REPOSITORY / "src/glimpse/chat/outside/postgres/migrations"),
    }
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "newer_schema", "-p", "no:cacheprovider"]
    tests = [f"tests/chat/{name}" for name in ITS_TESTS]
    ran = subprocess.run(
        [*command, *tests], cwd=previous, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    assert ran.returncode == 0, ran.stdout[-3000:]


@pytest.mark.parametrize("newer_is_first", [True, False])
def test_two_releases_at_once_are_one_chat(
    tmp_path: Path, previous: Path, database_url: str, newer_is_first: bool
) -> None:
    environment = {
        "GLIMPSE_DATABASE_URL": database_url,
        "GLIMPSE_JWT_SECRETS": "a secret of at least thirty-two bytes",
        "GLIMPSE_SIGNUP": "on",
        "GLIMPSE_BUS_URL": "postgresql:",
        "GLIMPSE_EVENTS_PER_SECOND": "1000",
    }
    older: Mapping[str, str] = {**environment, "PYTHONPATH": str(previous / "src")}
    one, other = (environment, older) if newer_is_first else (older, environment)
    with serve(tmp_path, one) as here, serve(tmp_path, other) as there:
        (_, adas), (bob, bobs) = here.sign_up("ada"), there.sign_up("bob")
        _, room = here.rest("POST", "/conversations", {"memberIds": [bob]}, adas)
        assert eventually(lambda: is_ready(here) and is_ready(there))
        with joined(here, adas) as ada, joined(there, bobs) as second:
            assert heard_next(ada, "presence") == {"userId": bob, "online": True}
            for number in range(50):
                send(ada, room["id"], f"a{number}")
                send(second, room["id"], f"b{number}")
            for wire in (ada, second):
                assert [heard_next(wire, "message")["seq"] for _ in range(100)] == list(range(1, 101))
            second.say(f'429["read",{{"conversationId":"{room["id"]}","seq":100}}]')
            assert heard_next(ada, "read") == {"conversationId": room["id"], "userId": bob, "seq": 100}


NEXT_BEFORE = Migration(9998, Moment.BEFORE, "9998_before_next", "alter table users add column next text")
NEXT_AFTER = Migration(9999, Moment.AFTER, "9999_after_next", "alter table users drop column login_network")


def test_a_deploy_goes_back_to_this_release_until_the_next_one_removes_what_this_one_uses(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "database") as url:

        async def migrate_by_next_release(moment: Moment) -> None:
            connection = await asyncpg.connect(url)
            await migrate(connection, moment, [*shipped(), NEXT_BEFORE, NEXT_AFTER])
            await connection.close()

        environment = {"GLIMPSE_DATABASE_URL": url, "GLIMPSE_JWT_SECRETS": "x" * 32, "GLIMPSE_SIGNUP": "on"}
        assert glimpse("migrate", tmp_path, environment).returncode == 0
        asyncio.run(migrate_by_next_release(Moment.BEFORE))
        for more in ((), ("--after",)):
            going_back = glimpse("migrate", tmp_path, environment, *more)
            assert going_back.returncode == 0, going_back.stderr
            assert going_back.stdout == (
                "A newer release has migrated this database up to 9998_before_next, and this release works with that;"
                " nothing was applied.\n"
            )
        with serve(tmp_path, environment) as running:
            running.sign_up("jo")
        asyncio.run(migrate_by_next_release(Moment.AFTER))
        for command in ("migrate", "serve"):
            refused = glimpse(command, tmp_path, environment)
            assert (refused.returncode, refused.stdout) == (2, "")
            assert refused.stderr.startswith("A newer release has applied migration 9999_after_next, which removes")
            assert refused.stderr.count("\n") == 1
