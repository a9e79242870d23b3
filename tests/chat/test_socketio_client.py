"""The unmodified socket.io-client in node against our transports, so that nobody has to change an app."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.clients import CLIENTS_FOLDER
from glimpse.chat.app import Task
from glimpse.chat.protocol.engineio import Timing
from glimpse.chat.settings import read_settings
from glimpse.chat.tokens import Tokens
from tests.chat.conftest import memory_store
from tests.chat.serving import Serving, serving

TALK_SECONDS = 300
"""A client that talks for longer hangs."""


@pytest.fixture(scope="module")
def running() -> Iterator[Serving]:
    # Pings come often; a slow client has a minute to answer one, and to join.
    with serving(Timing(ping_interval=0.3, ping_timeout=60.0), connect_seconds=60.0) as server:
        yield server


@pytest.mark.parametrize(
    ("transports", "ends_on"),
    [("websocket", "websocket"), ("polling", "polling"), ("polling,websocket", "websocket")],
)
def test_the_real_client_joins_speaks_and_comes_back_after_a_cut(
    running: Serving, node_clients: Path, transports: str, ends_on: str
) -> None:
    command = ["node", str(node_clients / "talk.mjs"), f"http://127.0.0.1:{running.port}", transports]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TALK_SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "auth": {"token": "123"},
        "transport": ends_on,
        "back": [1, "안녕 🌱", {"3": [True, None]}, {"bytes": [1, 2, 3]}],
        "acknowledged": [{"bytes": [4, 5]}, "x", [{"bytes": []}]],
        "inOrder": True,
        "custom": {"abc": 1},
        "unknown": "Invalid namespace",
        "lost": None,
        "cut": "transport close",
        "another": True,
        "after": ["after the cut"],
    }


@pytest.mark.parametrize("transports", ["websocket", "polling"])
async def test_over_the_cap_the_older_client_stops_and_clients_that_come_back_at_once_do_not_loop(
    node_clients: Path, transports: str
) -> None:
    secret, now = "s" * 32, 1_000_000.0
    given = {"JWT_SECRETS": secret, "HOST": "127.0.0.1", "PORT": "0", "DRAIN_SECONDS": "0", "SOCKETS_PER_USER": "1"}
    settings = read_settings({f"GLIMPSE_{name}": value for name, value in given.items()})
    # The time stands still, so the minute of the replacements does not end.
    async with Task(memory_store(), settings, now=lambda: now).serving() as port:
        token, url = Tokens([secret], 60).issue("ada", now), f"http://127.0.0.1:{port}"
        command = ["node", str(node_clients / "replaced.mjs"), url, token, transports]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=TALK_SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "first": [{}, "io server disconnect"],
        "comesBack": False,
        "joins": 6,
        "online": 1,
    }


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((CLIENTS_FOLDER / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages["node_modules/socket.io-client"]["version"] == "4.8.4"
    assert all("resolved" not in package and package["integrity"] for package in packages.values())
