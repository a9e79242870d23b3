"""The balancer's process, and what is asked of it while it runs."""

from __future__ import annotations

import asyncio
import csv
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Balancer
from glimpse.operations.local.balancer_configuration import (
    LISTENERS,
    BalancerConfiguration,
    BalancerServer,
    balancer_configuration,
)
from glimpse.operations.outside.in_thread import in_thread
from glimpse.operations.outside.loopback_ports import refuse_taken
from glimpse.operations.outside.orphans import end_orphans, remove_pid
from glimpse.operations.outside.programs import end_program, last_lines, start_program, version_of

NAME = "haproxy"
START_SECONDS = 10.0
STOP_SECONDS = 3.0
ANSWER_SECONDS = 5.0
POLL_SECONDS = 0.01
CHECKED, FOLLOWING = (backend for _, backend, _ in LISTENERS)


class BalancerCounters(Struct, frozen=True):
    """
    `answers_5xx`: since the first start, HAProxy's own included. `sessions`: open now, by server. `unhealthy`: the
    enabled servers that fail their health check.
    """

    answers_5xx: int
    sessions: Mapping[str, int]
    unhealthy: Collection[str] = ()


class HaProxy:
    """
    One HAProxy in `folder`, which exists. It remembers each server's port and whether it is enabled, and `start` after
    a crash restores both. `ports` are those of the two listeners; `frame_origins` may show the chat in a frame.
    """

    def __init__(
        self,
        folder: Path,
        balancer: Balancer,
        ports: tuple[int, int],
        frame_origins: Sequence[str],
        servers: Sequence[str],
    ) -> None:
        self.program = ""
        """With its version, "HAProxy 2.6.12"; empty before the first start."""

        self._folder, self._ports = folder, ports
        # Nothing listens on port 1. A server is enabled with the port of its task.
        self._servers = {name: BalancerServer(name, 1) for name in servers}
        # The path of a Unix socket has about 100 characters at most, and that of `folder` may be longer.
        self._socket_folder = tempfile.TemporaryDirectory(prefix="glimpse-")
        self._socket = str(Path(self._socket_folder.name) / "stats")
        self._configuration = BalancerConfiguration(balancer, ports, frame_origins, self._socket)
        self._process: asyncio.subprocess.Process | None = None
        self._counters = BalancerCounters(0, {})
        self._earlier_5xx = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def servers(self) -> Sequence[str]:
        return list(self._servers)

    async def start(self) -> None:
        """Returns once it listens. Raises Failure."""
        program = shutil.which(NAME) or shutil.which(NAME, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
        if program is None:
            raise Failure("haproxy_missing")
        await asyncio.to_thread(end_orphans, self._folder, NAME)
        for port in self._ports:
            refuse_taken(port, "--port")
        self.program = self.program or await in_thread(lambda: version_of("HAProxy", [program, "-v"], 2))
        self._earlier_5xx, self._counters = self._counters.answers_5xx, replace(self._counters, sessions={})
        configuration = self._folder / "haproxy.cfg"
        written = list(self._servers.values())
        configuration.write_text(balancer_configuration(self._configuration, written))
        self._process = await start_program([program, "-db", "-f", str(configuration)], self._folder, NAME)
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await self._answers():
                    if self._process.returncode is not None:
                        raise TimeoutError
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            await self.stop()
            raise Failure("haproxy_not_started", log=str(self._log), said=self.last_lines() or "-") from None
        # Tasks may come and go while it starts.
        for server in self._servers.values():
            if server not in written:
                await (self.enable(server.name, server.port) if server.is_enabled else self.disable(server.name))

    async def stop(self) -> None:
        """End it; its clients' connections are closed. Idempotent."""
        if self._process is None:
            return
        await end_program(self._process, STOP_SECONDS)
        remove_pid(self._folder, NAME)

    def close(self) -> None:
        """Remove what lies outside `folder`. Call after the last `stop`."""
        self._socket_folder.cleanup()

    async def wait(self) -> int:
        """Its exit code, once it has ended, by itself or by `stop`. 0 where it was never started."""
        return await self._process.wait() if self._process else 0

    def last_lines(self) -> str:
        """The end of its log since its last start."""
        return last_lines(self._log)

    async def enable(self, server: str, port: int) -> None:
        """Send this server new connections, at this port."""
        self._servers[server] = BalancerServer(server, port, is_enabled=True)
        await self._apply(
            *(f"set server {backend}/{server} addr 127.0.0.1 port {port}" for backend in (CHECKED, FOLLOWING)),
            f"set server {CHECKED}/{server} state ready",
            # ECS registers a task that has passed its check, so it need not pass another.
            f"set server {CHECKED}/{server} health up",
        )

    async def disable(self, server: str) -> None:
        """Send it no new connections, not even those with its cookie. Its connections stay."""
        self._servers[server] = replace(self._servers[server], is_enabled=False)
        await self._apply(f"set server {CHECKED}/{server} state maint")

    async def cut(self, *servers: str) -> None:
        """Close the connections of all clients to these servers; where none is named, to all of them."""
        await self._apply(
            *(
                f"shutdown sessions server {backend}/{server}"
                for server in servers or self._servers
                for backend in (CHECKED, FOLLOWING)
            )
        )

    async def counters(self) -> BalancerCounters:
        """The last known ones while it does not run, when it knows nothing of health."""
        self._counters = replace(self._counters, unhealthy=())
        with suppress(OSError, TimeoutError):
            rows = list(csv.DictReader((await self._ask("show stat")).lstrip("# ").splitlines()))
            answers = sum(int(row["hrsp_5xx"] or 0) for row in rows if row["svname"] == "FRONTEND")
            sessions = dict.fromkeys(self._servers, 0)
            for row in rows:
                if row["svname"] in sessions:
                    sessions[row["svname"]] += int(row["scur"])
            down = [row["svname"] for row in rows if row["pxname"] == CHECKED and row["status"].startswith("DOWN")]
            unhealthy = sessions.keys() & down
            self._counters = BalancerCounters(self._earlier_5xx + answers, sessions, unhealthy)
        return self._counters

    # ---- Its socket

    async def _apply(self, *commands: str) -> None:
        """While it does not run there is nothing to do: `start` writes what the servers are into the configuration."""
        with suppress(OSError, TimeoutError):
            await self._ask("; ".join(commands))

    async def _ask(self, command: str) -> str:
        """Raises OSError or TimeoutError where it does not answer."""
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_unix_connection(self._socket)
            try:
                writer.write(f"{command}\n".encode())
                return (await reader.read()).decode()
            finally:
                writer.close()

    async def _answers(self) -> bool:
        """HAProxy listens to clients before it listens to commands. A dead one leaves its socket's file."""
        with suppress(OSError, TimeoutError):
            return f"Pid: {self.pid}\n" in await self._ask("show info")
        return False

    @property
    def _log(self) -> Path:
        return self._folder / f"{NAME}.log"
