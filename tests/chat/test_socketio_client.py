"""The unmodified socket.io-client in node against our transports, so that nobody has to change an app."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from glimpse.chat.protocol.engineio import Timing
from tests.chat.serving import Serving, serving

CLIENTS = Path(__file__).parent / "clients"
INSTALL_SECONDS, TALK_SECONDS = 120, 30


@pytest.fixture(scope="module")
def talk(pytestconfig: pytest.Config) -> Path:
    """The script beside the client's library, which is installed once for each lock file."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not here: install Node.js 20 or newer to speak with the real socket.io-client")
    digest = hashlib.sha256((CLIENTS / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = pytestconfig.cache.mkdir(f"chat-clients-{digest}")
    script = folder / "talk.mjs"
    if not (folder / "installed").exists():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(CLIENTS / name, folder)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        assert done.returncode == 0, f"npm could not install socket.io-client:\n{done.stderr}"
        (folder / "installed").touch()
    shutil.copy(CLIENTS / script.name, script)
    return script


@pytest.fixture(scope="module")
def running() -> Iterator[Serving]:
    with serving(Timing(ping_interval=0.3, ping_timeout=2.0)) as server:
        yield server


@pytest.mark.parametrize(
    ("transports", "ends_on"),
    [("websocket", "websocket"), ("polling", "polling"), ("polling,websocket", "websocket")],
)
def test_the_real_client_joins_speaks_and_comes_back_after_a_cut(
    running: Serving, talk: Path, transports: str, ends_on: str
) -> None:
    command = ["node", str(talk), f"http://127.0.0.1:{running.port}", transports]
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
    lock = json.loads((CLIENTS / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages["node_modules/socket.io-client"]["version"] == "4.8.4"
    assert all("resolved" not in package and package["integrity"] for package in packages.values())
