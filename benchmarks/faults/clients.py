"""Users on the unmodified socket.io-client, in a node process, and the notes of what they observe."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.faults.checker import BALANCED_SOCKET, Note

CLIENTS_FOLDER = Path(__file__).parents[2] / "tests/chat/clients"
INSTALL_SECONDS = 120
MAX_LINE_BYTES = 2**24


class NodeMissing(Exception):
    """node or npm is not installed."""


def install_clients(cache: Path) -> Path:
    """
    A folder with the clients' scripts beside the installed socket.io-client; one installation per lock file.

    Raises NodeMissing where node or npm is not installed.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NodeMissing(
            "node and npm are not here: install Node.js 20 or newer to speak with the real socket.io-client"
        )
    digest = hashlib.sha256((CLIENTS_FOLDER / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = cache / f"chat-clients-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        # Several test processes may install at the same time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(CLIENTS_FOLDER / name, folder)
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            npm_ci = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS)
            assert npm_ci.returncode == 0, f"npm could not install socket.io-client:\n{npm_ci.stderr}"
            (folder / "installed").touch()
        for script in CLIENTS_FOLDER.glob("*.mjs"):
            shutil.copy(script, folder)
    return folder


@dataclass
class Clients:
    """A running node process with one client per user; `notes` grows as they print."""

    process: asyncio.subprocess.Process
    count: int
    notes: list[Note] = field(default_factory=list)
    _connected: set[str] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def all_connected(self, seconds: float) -> bool:
        """Wait until every user is connected at the same moment; False where that takes longer."""
        try:
            async with asyncio.timeout(seconds):
                while len(self._connected) < self.count:
                    self._changed.clear()
                    await self._changed.wait()
            return True
        except TimeoutError:
            return False

    async def finish(self, seconds: float, settle_ms: float = 0.0) -> bool:
        """
        Let every user finish what is pending, wait for late events, and fetch everything anew; False where all that
        takes longer than so many seconds.
        """
        self.send({"stop": True, "settleMs": settle_ms})
        try:
            async with asyncio.timeout(seconds):
                await self.process.wait()
                await self._reading
            return True
        except TimeoutError:
            return False

    def send(self, command: Mapping[str, Any]) -> None:
        """One line for the script's stdin; `people.mjs` says which there are."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(command).encode() + b"\n")

    def start_reading(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            note = json.loads(line)
            self.notes.append(note)
            if note["what"] == "connect" and note["s"] == BALANCED_SOCKET:
                self._connected.add(note["p"])
            elif note["what"] == "disconnect" and note["s"] == BALANCED_SOCKET:
                self._connected.discard(note["p"])
            self._changed.set()


@asynccontextmanager
async def running_clients(scripts: Path, users: Sequence[Mapping[str, Any]]) -> AsyncIterator[Clients]:
    """`users`: the options of each user, as `people.mjs` takes them."""
    process = await asyncio.create_subprocess_exec(
        *("node", str(scripts / "people.mjs")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=MAX_LINE_BYTES,
    )
    clients = Clients(process, len(users))
    clients.start_reading()
    try:
        clients.send({"people": users})
        yield clients
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
