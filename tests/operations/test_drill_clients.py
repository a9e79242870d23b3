"""The clients of drills, against a real chat task that ends and comes back."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from aiohttp import web

from glimpse.chat.failure import Failure
from glimpse.chat.outside.child_process import free_port
from glimpse.operations.drills.figures import figures
from glimpse.operations.drills.notes import Acknowledged, Connected, ConnectionRefused, Disconnected, Draining, Note
from glimpse.operations.outside import drill_connection
from glimpse.operations.outside.drill_clients import DRAINING, Client
from glimpse.operations.outside.drill_load import Load, prepared_load
from glimpse.operations.outside.drill_slow_readers import read_nothing, write_large_history
from glimpse.operations.outside.drill_upload import upload
from tests.chat.test_serve import Serving, serve

SECONDS = 60.0
"""A test that waits for longer hangs."""


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not what():
            await asyncio.sleep(0.02)


def ignore(note: Note) -> None:
    """What the runner of a drill tells the timeline is no matter here."""


async def said(load: Load, count: int) -> None:
    """Each client says something in each of its conversations, and all of it is acknowledged."""
    for client in load.talking:
        for conversation_id in load.conversations[client.name]:
            for number in range(count):
                client.say(conversation_id, f"{number}")
    await until(lambda: not any(client.unanswered for client in load.talking))


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Serving:
    with serve(tmp_path_factory.mktemp("drill"), {"GLIMPSE_PORT": str(free_port())}) as running:
        yield running  # type: ignore[misc]


def test_clients_come_back_after_a_restart_and_know_everything(tmp_path: Path) -> None:
    settings = {"GLIMPSE_PORT": str(free_port()), "GLIMPSE_DRAIN_SECONDS": "1"}
    url = f"http://127.0.0.1:{settings['GLIMPSE_PORT']}"

    async def over_a_restart(first: Serving) -> list[Note]:
        async with prepared_load(url, 4, 2, Random(1), ignore) as load:
            running = [asyncio.create_task(client.run()) for client in load.clients]
            await until(lambda: load.connected == len(load.clients))
            await said(load, 3)
            await asyncio.to_thread(first.end, signal.SIGTERM)
            await until(lambda: load.connected == 0)
            for client in load.talking:
                client.say(load.conversations[client.name][0], "nobody is there")
            with serve(tmp_path, settings):
                await until(lambda: load.connected == len(load.clients))
                await said(load, 1)
                for client in load.clients:
                    await client.leave()
                fetched = [await client.fetch_anew() for client in load.talking]
            assert fetched == [True] * len(load.talking)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            return load.notes

    began = time.time()
    with serve(tmp_path, settings) as first:
        notes = asyncio.run(over_a_restart(first))
    found = figures(notes, began, time.time())
    # Four clients, each in a pair and in the group: three times, once in one of them, and once more.
    assert found.acknowledged == found.sent == 4 * 2 * 3 + 4 + 4 * 2
    broken = [found.lost, found.duplicates, found.gaps, found.differences, found.unanswered, found.not_fetched]
    assert [*broken, found.not_back, found.refused] == [[]] * 8
    assert {close.client for close in found.closes} == {note.client for note in notes}
    assert {note.transport for note in notes if isinstance(note, Connected)} == {"websocket", "polling"}


def test_a_client_that_is_told_to_go_goes_when_it_was_told(tmp_path: Path) -> None:
    settings = {"GLIMPSE_PORT": str(free_port()), "GLIMPSE_DRAIN_SECONDS": "5"}

    async def drained(task: Serving) -> list[Note]:
        async with prepared_load(f"http://127.0.0.1:{settings['GLIMPSE_PORT']}", 4, 0, Random(1), ignore) as load:
            running = [asyncio.create_task(client.run()) for client in load.clients]
            await until(lambda: load.connected == 4)
            task.process.send_signal(signal.SIGTERM)
            await until(lambda: sum(isinstance(note, Disconnected) for note in load.notes) >= 4)
            for each in running:
                each.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            return load.notes

    with serve(tmp_path, settings) as task:
        notes = asyncio.run(drained(task))
    for draining in [note for note in notes if isinstance(note, Draining)][:4]:
        left = next(
            note
            for note in notes
            if isinstance(note, Disconnected) and (note.client, note.reason) == (draining.client, DRAINING)
        )
        assert left.at >= draining.at + draining.reconnect_seconds - 0.01


def test_a_repeated_message_has_the_first_number(serving: Serving) -> None:
    async def repeated() -> list[Note]:
        async with prepared_load(f"http://127.0.0.1:{serving.port}", 2, 0, Random(1), ignore) as load:
            client = load.talking[0]
            running = asyncio.create_task(client.run())
            await until(client.online.is_set)
            for _ in range(2):
                await client._deliver(load.conversations[client.name][0], "the same", "text")
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            return load.notes

    first, second = (note for note in asyncio.run(repeated()) if isinstance(note, Acknowledged))
    assert (first.id, first.seq) == (second.id, second.seq)


def test_a_file_is_uploaded(serving: Serving) -> None:
    async def uploaded() -> float:
        async with prepared_load(f"http://127.0.0.1:{serving.port}", 2, 0, Random(1), ignore) as load:
            return await upload(load.api, load.users[0], asyncio.Event())

    assert asyncio.run(uploaded()) > 0


def test_who_reads_nothing_is_disconnected(serving: Serving) -> None:
    async def slow() -> bool:
        url = f"http://127.0.0.1:{serving.port}"
        async with prepared_load(url, 2, 0, Random(1), ignore) as load:
            user = load.users[0]
            writer = Client("writer", url, user.token, "websocket", Random(1), ignore, is_quiet=True)
            running = asyncio.create_task(writer.run())
            await write_large_history(load.api, user, writer)
            running.cancel()
            async with asyncio.timeout(SECONDS):
                return await read_nothing(url, user)

    assert asyncio.run(slow())


def test_a_client_whose_task_leaves_during_the_handshake_tries_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill_connection, "CONNECT_SECONDS", 1_000.0)
    handshakes: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        if "sid" in request.query:
            # Another task got this request: it knows no such session.
            return web.Response(status=400)
        handshakes.append(sid := f"session-{len(handshakes)}")
        timing = '"upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000'
        return web.Response(text=f'0{{"sid":"{sid}",{timing}}}')

    async def two_handshakes() -> list[Note]:
        application = web.Application()
        application.router.add_route("*", "/socket.io/", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        notes: list[Note] = []
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        client = Client("ann", f"http://127.0.0.1:{port}", "token", "polling", Random(1), notes.append)
        running = asyncio.create_task(client.run())
        try:
            await until(lambda: len(handshakes) > 1)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await runner.cleanup()
        return notes

    assert isinstance(asyncio.run(two_handshakes())[0], ConnectionRefused)


def test_nobody_can_join_where_nobody_can_sign_up(tmp_path: Path) -> None:
    async def joined(port: int) -> None:
        async with prepared_load(f"http://127.0.0.1:{port}", 2, 0, Random(1), ignore):
            pass

    with (
        serve(tmp_path, {"GLIMPSE_PORT": str(free_port()), "GLIMPSE_SIGNUP": "off"}) as task,
        pytest.raises(Failure, match="drill_signup_off"),
    ):
        asyncio.run(joined(task.port))
