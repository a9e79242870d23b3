"""How many connections a task accepts, which of them is closed for a new one, and how /health is still answered."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import subprocess
import sys

import pytest

from glimpse.chat.outside.connections import (
    FULL,
    HEALTH_CONNECTIONS,
    RESERVED_FILES,
    Connections,
    max_connections,
    max_sessions,
)
from glimpse.chat.protocol.engineio import Timing
from tests.chat.serving import CHAT, ECHO, Wire, serving


class Connected:
    def __init__(self, is_evictable: bool = True) -> None:
        self.evictable, self.reasons = is_evictable, list[str]()

    def is_evictable(self) -> bool:
        return self.evictable

    def cut_off(self, reason: str) -> None:
        self.reasons.append(reason)


def opened(connections: Connections, count: int, is_evictable: bool = True) -> list[Connected]:
    made = [Connected(is_evictable) for _ in range(count)]
    for each in made:
        connections.open(each)
    return made


def test_the_connection_that_is_longest_without_a_finished_request_gives_way() -> None:
    connections = Connections(max_count=3)
    first, second, third = opened(connections, 3)
    connections.finish_request(first)
    assert connections.open(Connected())
    assert (first.reasons, second.reasons, third.reasons) == ([], [FULL], [])


def test_a_connection_whose_request_is_answered_never_gives_way_and_may_again_afterwards() -> None:
    connections = Connections(max_count=2)
    answering, idle = opened(connections, 2)
    answering.evictable = False
    assert connections.open(newer := Connected())
    assert (answering.reasons, idle.reasons) == ([], [FULL])
    connections.close(idle)
    answering.evictable = True
    connections.finish_request(answering)
    assert connections.open(Connected())
    assert (answering.reasons, newer.reasons) == ([], [FULL])


def test_where_no_connection_may_give_way_an_unjoined_session_does_and_then_a_few_get_in_for_health_alone() -> None:
    evictions = iter([True, False])
    connections = Connections(2, evict_session=lambda: next(evictions, False))
    opened(connections, 2, is_evictable=False)
    assert connections.open(Connected(is_evictable=False))
    above = [Connected() for _ in range(HEALTH_CONNECTIONS + 2)]
    assert not any(connections.open(each) for each in above)
    assert [each.reasons for each in above] == [[FULL]] * 2 + [[]] * HEALTH_CONNECTIONS


def test_a_flood_of_new_connections_never_passes_the_bound_by_more_than_what_is_about_to_close() -> None:
    connections = Connections(max_count=10)
    flood = opened(connections, 200)
    living = [each for each in flood if not each.reasons]
    assert len(living) <= 10 + HEALTH_CONNECTIONS
    for each in flood:
        connections.close(each)
    assert connections.count == 0
    assert connections.open(Connected())


@pytest.mark.parametrize(
    ("files", "sockets", "most"),
    [
        pytest.param(65_535, 20_000, 25_000, id="by sockets"),
        pytest.param(65_535, 100, 1_100, id="by few sockets"),
        pytest.param(1_024, 20_000, 1_024 - RESERVED_FILES - 4 - 2 * HEALTH_CONNECTIONS, id="by files"),
        pytest.param(64, 20_000, 1, id="by almost no files"),
    ],
)
def test_the_most_connections_follow_from_the_files_and_the_sockets(files: int, sockets: int, most: int) -> None:
    assert max_connections(files, sockets, 4) == most
    assert max_sessions(most, sockets) <= sockets
    assert max_sessions(most, sockets) < most or most == 1, "some are left for REST"


# ---- Over real sockets


def test_a_flood_of_silent_connections_gives_way_to_one_that_asks() -> None:
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(serving(max_connections=5))
        silent = [stack.enter_context(Wire(running.port)) for _ in range(20)]
        with Wire(running.port) as asking:
            assert asking.handshake(ECHO)
        assert silent[0].is_over()


def test_joined_sockets_stay_where_the_connections_are_taken_and_health_is_answered() -> None:
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(serving(Timing(), 60.0, max_connections=3))
        joined = [stack.enter_context(Wire(running.port)) for _ in range(3)]
        for wire in joined:
            wire.open(CHAT)
            wire.say("40")
            assert str(wire.heard()).startswith("40")
            assert wire.heard() == '42["auth",{}]'
        for path, status in (("/health", 404), (f"{ECHO}?EIO=4&transport=polling", 503)):
            with Wire(running.port) as above:
                # The server of these tests has no /health of its own: it is asked, and knows no such path.
                assert above.request("GET", path).status == status
                assert above.is_over()
        for wire in joined:
            wire.say('421["message-with-ack"]')
            assert wire.heard() == "431[]"


TRICKLING = b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n{"

SERVE = """
import asyncio, datetime, uvloop
from glimpse.chat.app import Task, make_id
from glimpse.chat.memory import MemoryStore
from glimpse.chat.settings import read_settings

async def serve():
    settings = {"GLIMPSE_HOST": "127.0.0.1", "GLIMPSE_PORT": "0", "GLIMPSE_JWT_SECRETS": "s" * 32,
                "GLIMPSE_DATABASE_URL": "postgresql://nowhere", "GLIMPSE_SIGNUP": "on"}
    store = MemoryStore(lambda: datetime.datetime.now(datetime.UTC), make_id)
    async with Task(store, read_settings(settings)).serving() as port:
        print(port, flush=True)
        await asyncio.Event().wait()

uvloop.run(serve())
"""


def test_a_task_whose_files_are_all_wanted_for_bodies_that_trickle_answers_health() -> None:
    files = 200
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdout=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
    ) as serve:
        try:
            assert serve.stdout
            port = int(serve.stdout.readline())
            with contextlib.ExitStack() as stack:
                for _ in range(2 * files):
                    trickling = stack.enter_context(Wire(port))
                    with contextlib.suppress(ConnectionError):
                        trickling.socket.sendall(TRICKLING)
                for _ in range(5):
                    with Wire(port) as asking:
                        assert asking.request("GET", "/health").status == 200
                assert len(os.listdir(f"/proc/{serve.pid}/fd")) < files
                with Wire(port) as asking:
                    told = asking.request("GET", "/metrics").body
                assert 'glimpse_connections_cut_off_total{reason="full"}' in told
                assert re.search(r"^glimpse_connections \d+", told, re.MULTILINE)
                assert re.search(r"^glimpse_held_bytes \d+", told, re.MULTILINE)
        finally:
            serve.kill()
