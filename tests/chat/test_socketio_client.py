"""The unmodified socket.io-client in node against our transports, so that nobody has to change an app."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.clients import CLIENTS_FOLDER
from glimpse.chat.protocol.engineio import Timing
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


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((CLIENTS_FOLDER / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages["node_modules/socket.io-client"]["version"] == "4.8.4"
    assert all("resolved" not in package and package["integrity"] for package in packages.values())
