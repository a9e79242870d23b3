"""
An S3 of our own for who has none: SeaweedFS as one process, in one folder. Linux and macOS.

    folder/data            the objects
    folder/secret          of the one who may do anything; only the owner of the folder can read it
    folder/identities      the same, as the server wants it
    folder/log             what the server says, from its last start on
    folder/pid             the process of the server
    folder/server.lock     held by the server itself: it inherits the open file

An orphan, whose owner was killed, is ended first: what it stored is on the disk.
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

from botocore.credentials import Credentials

from glimpse.chat.failure import Failure
from glimpse.chat.outside.child_process import are_free, locked, runs_on, within
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.secret_file import load_or_create_secret

BUCKET, REGION, IDENTITY = "glimpse-files", "us-east-1", "glimpse"
START_SECONDS = 30.0
STOP_SECONDS = 10.0
PROBE_SECONDS = 0.1

# Master, volume, filer, S3, administration. Each takes the port 10,000 above as well, and below 22,768 both are out of
# the range from which the kernel takes ports for connections.
PORTS = 5
FIRST_PORTS = range(12_000, 22_700, PORTS)
SECOND = 10_000

QUIET = (
    *("-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"),
    *("-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
    *("-filer.allowedOrigins=http://127.0.0.1", "-filer.exposeDirectoryData=false", "-filer.disableDirListing=true"),
)

LOCKED = tuple(f"WEED_JWT_{what}_KEY" for what in ("SIGNING", "SIGNING_READ", "FILER_SIGNING", "FILER_SIGNING_READ"))
"""
What the parts behind S3 ask of each other: with keys that only this server knows, nobody reads or writes past S3, from
this machine or from a page that a browser here has open.
"""


class SeaweedMissing(Failure):
    """The wheel that brings SeaweedFS is not installed."""

    def __init__(self) -> None:
        super().__init__("seaweed_missing")


class SeaweedNotStarted(Failure):
    """The server ended before it was ready, or never was."""

    def __init__(self, folder: Path, said: str) -> None:
        super().__init__("seaweed_not_started", folder=str(folder), log=str(folder / "log"), said=said or "-")


class EmbeddedSeaweed:
    """The server of one folder, which nobody else starts meanwhile. `start` and `stop` wait, so not on a loop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        """Of its S3, on loopback."""

    def start(self) -> tuple[Bucket, Credentials]:
        """Where the bucket will be, and who may do anything with it. Raises Failure."""
        program = shutil.which("weed", path=sysconfig.get_path("scripts")) or shutil.which("weed")
        if program is None:
            raise SeaweedMissing
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            credentials = self._identity()
            lock = self._only_one()
        except OSError as error:
            raise SeaweedNotStarted(self.folder, str(error)) from error
        try:
            self._launch(program, lock)
        finally:
            os.close(lock)
        return Bucket.of(f"http://127.0.0.1:{self.port}", REGION, BUCKET), credentials

    def stop(self) -> None:
        """End the server; what was answered is on the disk. Idempotent."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
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

    def give_up(self, is_late: bool) -> None:
        """Raises SeaweedNotStarted where the server is gone, or it is late and nobody waits any longer."""
        if is_late or not self.is_running:
            said = (self.folder / "log").read_text(errors="replace").strip()
            raise SeaweedNotStarted(self.folder, said[-500:])

    def _identity(self) -> Credentials:
        secret = load_or_create_secret(self.folder / "secret")
        known = {"accessKey": IDENTITY, "secretKey": secret}
        identities = self.folder / "identities"
        identities.touch(mode=0o600)
        identities.write_text(
            json.dumps({"identities": [{"name": IDENTITY, "credentials": [known], "actions": ["Admin"]}]})
        )
        return Credentials(IDENTITY, secret)

    def _only_one(self) -> int:
        """The lock of the folder, once an orphan is gone."""
        lock = locked(self.folder / "server.lock")
        if lock is not None:
            return lock
        with suppress(OSError, ValueError):
            orphan = int((self.folder / "pid").read_text())
            if runs_on(orphan, self.folder):
                os.kill(orphan, signal.SIGKILL)
        taken: list[int] = []

        def is_free() -> bool:
            lock = locked(self.folder / "server.lock")
            taken.extend([] if lock is None else [lock])
            return bool(taken)

        if not within(STOP_SECONDS, is_free):
            raise SeaweedNotStarted(self.folder, "server.lock")
        return taken[0]

    def _launch(self, program: str, lock: int) -> None:
        """In a session of its own: Ctrl-C in a terminal reaches a whole group."""
        shuffled = random.sample(FIRST_PORTS, len(FIRST_PORTS))
        free = (
            port
            for port in shuffled
            if are_free(*range(port, port + PORTS), *range(port + SECOND, port + SECOND + PORTS))
        )
        # Where none is free, the server's own log says so.
        first = next(free, shuffled[0])
        (self.folder / "data").mkdir(exist_ok=True)
        names = ("master.port", "volume.port", "filer.port", "s3.port", "admin.port")
        ports = {name: first + place for place, name in enumerate(names)}
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [
                    *(program, "mini", f"-dir={self.folder / 'data'}", f"-s3.config={self.folder / 'identities'}"),
                    *(f"-{name}={port}" for name, port in ports.items()),
                    *QUIET,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                start_new_session=True,
                cwd=self.folder,
                env={**os.environ, **{name: secrets.token_urlsafe(32) for name in LOCKED}},
            )
        (self.folder / "pid").write_text(str(self._process.pid))
        self.port = ports["s3.port"]
