"""People on the unmodified socket.io-client, as processes of node, and what they saw."""

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

from benchmarks.faults.checker import BALANCED, Note

CLIENTS = Path(__file__).parents[2] / "tests/chat/clients"
INSTALL_SECONDS = 120
LONGEST_LINE = 2**24


class NodeMissing(Exception):
    """node or npm is not here."""


def installed_clients(cache: Path) -> Path:
    """A folder with the clients' scripts beside the real client's library, installed once for each lock file."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NodeMissing(
            "node and npm are not here: install Node.js 20 or newer to speak with the real socket.io-client"
        )
    digest = hashlib.sha256((CLIENTS / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = cache / f"chat-clients-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        # Several may want it at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(CLIENTS / name, folder)
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS)
            assert done.returncode == 0, f"npm could not install socket.io-client:\n{done.stderr}"
            (folder / "installed").touch()
        for script in CLIENTS.glob("*.mjs"):
            shutil.copy(script, folder)
    return folder


@dataclass
class People:
    """Their notes, as they come."""

    process: asyncio.subprocess.Process
    count: int
    notes: list[Note] = field(default_factory=list)
    _connected: set[str] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def all_here(self, seconds: float) -> bool:
        """Whether everybody is connected at the same moment, in time."""
        try:
            async with asyncio.timeout(seconds):
                while len(self._connected) < self.count:
                    self._changed.clear()
                    await self._changed.wait()
            return True
        except TimeoutError:
            return False

    async def finish(self, seconds: float) -> bool:
        """What is under way is finished, everything is fetched anew; whether all that came about in time."""
        self.tell({"stop": True})
        try:
            async with asyncio.timeout(seconds):
                await self.process.wait()
                await self._reading
            return True
        except TimeoutError:
            return False

    def tell(self, told: Mapping[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(told).encode() + b"\n")

    def listen(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            note = json.loads(line)
            self.notes.append(note)
            if note["what"] == "connect" and note["s"] == BALANCED:
                self._connected.add(note["p"])
            elif note["what"] == "disconnect" and note["s"] == BALANCED:
                self._connected.discard(note["p"])
            self._changed.set()


@asynccontextmanager
async def people(clients: Path, told: Sequence[Mapping[str, Any]]) -> AsyncIterator[People]:
    process = await asyncio.create_subprocess_exec(
        *("node", str(clients / "people.mjs")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    crowd = People(process, len(told))
    crowd.listen()
    try:
        crowd.tell({"people": told})
        yield crowd
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
