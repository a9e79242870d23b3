"""
An embedded S3 for those who have none: SeaweedFS as one process, in one folder. Linux and macOS.

    folder/data            the objects
    folder/secret          the secret key of the one identity; only the owner of the folder can read it
    folder/identities      the same, in the server's format
    folder/log             the server's output since its last start
    folder/pid             the server's process id
    folder/server.lock     locked by the server itself: it inherits the open file

A server whose service was killed is killed before a new one starts: what it acknowledged is on the disk.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sysconfig
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from glimpse.chat.failure import Failure
from glimpse.chat.outside.child_process import are_ports_free, is_server_of, try_lock, wait_until
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.secret_file import load_or_create_secret

if TYPE_CHECKING:
    from botocore.credentials import Credentials

BUCKET, REGION, IDENTITY = "glimpse-files", "us-east-1", "glimpse"
SERVER_START_SECONDS = 30.0
SERVER_STOP_SECONDS = 10.0
PROBE_SECONDS = 0.1

# Of the master, the volume server, the filer, S3 and the administration.
PORT_NAMES = ("master.port", "volume.port", "filer.port", "s3.port", "admin.port")
# Each service also listens on the port that is 10,000 above its own, for gRPC. Below 22,768 both are outside the range
# from which the kernel assigns ports to outgoing connections.
GRPC_OFFSET = 10_000
FIRST_PORTS = range(12_000, 22_700, len(PORT_NAMES))

OPTIONS = (
    *("-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"),
    *("-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
    # In the folder, which is its working directory: the default is in /tmp, where one that another user left behind is
    # an error. The full path might be longer than a Unix socket's may be.
    *("-s3.localSocket=s3.socket", "-filer.localSocket=filer.socket"),
    *("-filer.allowedOrigins=http://127.0.0.1", "-filer.exposeDirectoryData=false", "-filer.disableDirListing=true"),
)

JWT_KEYS = tuple(f"WEED_JWT_{use}_KEY" for use in ("SIGNING", "SIGNING_READ", "FILER_SIGNING", "FILER_SIGNING_READ"))
"""
The services behind S3 require tokens that are signed with these keys. The keys are random at each start, so no other
program on this machine, and no page in its browsers, can go past S3.
"""


class SeaweedMissing(Failure):
    """The package with SeaweedFS is not installed."""

    def __init__(self) -> None:
        super().__init__("seaweed_missing")


class SeaweedNotStarted(Failure):
    """The server ended before it was ready, or was not ready in time."""

    def __init__(self, folder: Path, said: str) -> None:
        super().__init__("seaweed_not_started", folder=str(folder), log=str(folder / "log"), said=said or "-")


class EmbeddedSeaweed:
    """
    The server of one folder, which nothing else starts meanwhile. `start` and `stop` block. Started again, it has the
    same ports where they are still free.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._first_port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        """The port of its S3, on loopback."""

    def start(self) -> tuple[Bucket, Credentials]:
        """The bucket, which a first start does not create, and credentials for everything. Raises Failure."""
        from botocore.credentials import Credentials

        program = seaweed_program()
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            credentials = Credentials(IDENTITY, self._write_identity())
            lock = self._lock_folder()
        except OSError as error:
            raise SeaweedNotStarted(self.folder, str(error)) from error
        try:
            self._launch(program, lock)
        finally:
            os.close(lock)
        return Bucket.of(f"http://127.0.0.1:{self.port}", REGION, BUCKET), credentials

    @property
    def pid(self) -> int | None:
        """The server's process id, None while it is stopped."""
        return self._process.pid if self._process else None

    def stop(self) -> None:
        """Stop the server; what it acknowledged is on the disk. Idempotent."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(SERVER_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def is_listening(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), PROBE_SECONDS):
            return True
        return False

    def raise_if_failed(self, is_late: bool) -> None:
        """Raises SeaweedNotStarted where the server has ended, or the caller waited too long."""
        if is_late or not self.is_running:
            said = (self.folder / "log").read_text(errors="replace").strip()
            raise SeaweedNotStarted(self.folder, said[-500:])

    def _write_identity(self) -> str:
        """The secret key."""
        secret = load_or_create_secret(self.folder / "secret")
        key = {"accessKey": IDENTITY, "secretKey": secret}
        identities = self.folder / "identities"
        identities.touch(mode=0o600)
        identities.write_text(
            json.dumps({"identities": [{"name": IDENTITY, "credentials": [key], "actions": ["Admin"]}]})
        )
        return secret

    def _lock_folder(self) -> int:
        """The open file of the folder's lock, after a server that was left behind is killed."""
        lock = try_lock(self.folder / "server.lock")
        if lock is not None:
            return lock
        with suppress(OSError, ValueError):
            orphan = int((self.folder / "pid").read_text())
            if is_server_of(orphan, self.folder):
                os.kill(orphan, signal.SIGKILL)

        def is_locked() -> bool:
            nonlocal lock
            lock = try_lock(self.folder / "server.lock")
            return lock is not None

        wait_until(is_locked, SERVER_STOP_SECONDS)
        if lock is None:
            raise SeaweedNotStarted(self.folder, "server.lock")
        return lock

    def _launch(self, program: str, lock: int) -> None:
        """In a session of its own, because Ctrl-C in a terminal reaches the whole process group."""
        shuffled = random.sample(FIRST_PORTS, len(FIRST_PORTS))
        free = (
            port
            for port in (*((self._first_port,) if self._first_port else ()), *shuffled)
            if are_ports_free(
                *(port + number + offset for number in range(len(PORT_NAMES)) for offset in (0, GRPC_OFFSET))
            )
        )
        # Where none is free, the server says so in its log.
        first = self._first_port = next(free, shuffled[0])
        (self.folder / "data").mkdir(exist_ok=True)
        ports = {name: first + number for number, name in enumerate(PORT_NAMES)}
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [
                    *(program, "mini", f"-dir={self.folder / 'data'}", f"-s3.config={self.folder / 'identities'}"),
                    *(f"-{name}={port}" for name, port in ports.items()),
                    *OPTIONS,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                start_new_session=True,
                cwd=self.folder,
                env={**os.environ, **{name: secrets.token_urlsafe(32) for name in JWT_KEYS}},
            )
        (self.folder / "pid").write_text(str(self._process.pid))
        self.port = ports["s3.port"]


def seaweed_program() -> str:
    """The path of `weed`. Raises SeaweedMissing."""
    program = shutil.which("weed", path=sysconfig.get_path("scripts")) or shutil.which("weed")
    if program is None:
        raise SeaweedMissing
    return program
