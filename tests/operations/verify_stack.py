"""A chat of real parts for the tests of `glimpse verify`, each part of which can be broken on purpose."""

from __future__ import annotations

import asyncio
import datetime
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, ClassVar

import asyncpg
import pytest

from glimpse.chat.failure import Failure
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.outside.s3.embedded import SERVER_START_SECONDS, EmbeddedSeaweed
from glimpse.chat.outside.s3.objects import S3Objects
from glimpse.operations.outside.loopback_ports import steady_port

START_SECONDS = 60.0
SERVE = "from glimpse.cli import main; main(['serve'])"

BALANCER = """
defaults
    mode http
    timeout connect 5s
    timeout client {idle}
    timeout server {idle}
    timeout tunnel {idle}
    option forwardfor
    retries 0
frontend people
    bind 127.0.0.1:{port} {tls}
    {rule}
    use_backend store if {{ path_beg /glimpse-files/ }}
    default_backend tasks
backend store
    server store {store}
backend tasks
    balance roundrobin
    {cookie}
    option httpchk GET /health
    default-server check inter 200ms fall 2 rise 1
{servers}
"""
COOKIE = "cookie AWSALB insert indirect nocache"


@dataclass
class Parts:
    """A database and an object store that many stacks share, and the settings by which a task reaches them."""

    folder: Path
    database: str
    seaweed: str
    credentials: Mapping[str, str]

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            **self.credentials,
            "GLIMPSE_DATABASE_URL": self.database,
            "GLIMPSE_BUS_URL": "postgresql:",
            "GLIMPSE_S3_BUCKET": "glimpse-files",
            "GLIMPSE_S3_REGION": "us-east-1",
            "GLIMPSE_S3_ENDPOINT": self.seaweed,
            "GLIMPSE_JWT_SECRETS": "the JWT secret of the tests of verify",
            "GLIMPSE_SIGNUP": "on",
            "GLIMPSE_TRUSTED_PROXIES": "1",
            "GLIMPSE_DRAIN_SECONDS": "1",
        }


@contextmanager
def running_parts(folder: Path) -> Iterator[Parts]:
    with ExitStack() as stack:
        url = stack.enter_context(EmbeddedPostgres(folder / "database"))

        async def make_schema() -> None:
            connection = await asyncpg.connect(url)
            await migrate(connection)
            await connection.close()

        asyncio.run(make_schema())
        seaweed = EmbeddedSeaweed(folder / "files")
        stack.callback(seaweed.stop)
        try:
            bucket, credentials = seaweed.start()
        except Failure as failure:
            pytest.skip(f"SeaweedFS cannot run here: {failure}")
        deadline = time.monotonic() + SERVER_START_SECONDS
        objects = S3Objects(bucket, credentials, time.time)
        while True:
            # Its port is open some time before it can store anything.
            try:
                asyncio.run(objects.make_bucket(("*",)))
                break
            except Exception:
                seaweed.raise_if_failed(is_late=time.monotonic() > deadline)
                time.sleep(0.1)
        objects.close()
        keys = {"AWS_ACCESS_KEY_ID": credentials.access_key, "AWS_SECRET_ACCESS_KEY": credentials.secret_key}
        yield Parts(folder, url, f"http://127.0.0.1:{seaweed.port}", keys)


@dataclass
class Task:
    """One process of the chat. `patch` is Python that runs before it, and may break it."""

    environment: Mapping[str, str]
    patch: str = ""
    port: int = field(default_factory=steady_port)
    log: IO[bytes] = field(default_factory=TemporaryFile)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"{self.patch}\n{SERVE}"],
            env={
                **os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8", **self.environment,
                "GLIMPSE_HOST": "127.0.0.1", "GLIMPSE_PORT": str(self.port),
            },
            stdout=self.log,
            stderr=self.log,
        )  # fmt: skip

    def wait(self) -> None:
        """Until it serves."""
        try:
            wait_for(f"{self.url}/health", self.process)
        except AssertionError as error:
            self.log.seek(0)
            raise AssertionError(f"{error}: {self.log.read().decode()}") from None

    def stop(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait()


@contextmanager
def running_tasks(count: int, environment: Mapping[str, str], patch: str = "") -> Iterator[Sequence[Task]]:
    tasks = [Task(environment, patch) for _ in range(count)]
    try:
        for task in tasks:
            task.start()
        for task in tasks:
            task.wait()
        yield tasks
    finally:
        for task in tasks:
            task.stop()
            task.log.close()


@contextmanager
def running_balancer(
    folder: Path, tasks: Sequence[Task], *, cookie: str = COOKIE, idle: str = "60s", rule: str = "", tls: str = "",
    store: str = "127.0.0.1:1", port: int | None = None,
) -> Iterator[str]:  # fmt: skip
    """HAProxy in front of the tasks; its URL. Skips where it is not installed."""
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if program is None:
        pytest.skip("HAProxy is not installed: apt-get install haproxy")
    port = port or steady_port()
    servers = "\n".join(f"    server task{n} 127.0.0.1:{task.port} cookie task{n}" for n, task in enumerate(tasks))
    text = BALANCER.format(idle=idle, port=port, tls=tls, rule=rule, cookie=cookie, servers=servers, store=store)
    configuration = folder / f"haproxy-{port}.cfg"
    configuration.write_text(text)
    process = subprocess.Popen(
        [program, "-f", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        if not tls:
            wait_for(f"http://127.0.0.1:{port}/health", process)
        yield f"http{'s' if tls else ''}://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


class _Unguarded(BaseHTTPRequestHandler):
    """As much of S3 as an upload needs. It looks at no signature."""

    objects: ClassVar[dict[str, tuple[bytes, str]]] = {}

    def do_PUT(self) -> None:
        key, source = self.path.partition("?")[0], self.headers.get("x-amz-copy-source")
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        kind = self.headers.get("content-type", "")
        self.objects[key] = (self.objects[source][0], kind) if source else (content, kind)
        self._answer(200)

    def do_GET(self) -> None:
        content, kind = self.objects.get(self.path.partition("?")[0], (b"<ListBucketResult/>", "application/xml"))
        if "range" in self.headers:
            self._answer(206, content, kind, f"bytes 0-{len(content) - 1}/{len(content)}")
        else:
            self._answer(200, content, kind)

    def do_DELETE(self) -> None:
        self._answer(204)

    do_POST = do_PUT  # noqa: N815

    def _answer(self, status: int, content: bytes = b"", kind: str = "", range_: str = "") -> None:
        self.send_response(status)
        for name, value in (("content-type", kind), ("content-range", range_), ("etag", '"etag"')):
            if value:
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None: ...


@contextmanager
def running_unguarded_store() -> Iterator[str]:
    """An object store that takes every request, as several stand-ins for S3 do; its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Unguarded)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait_for(url: str, process: subprocess.Popen[bytes] | None) -> None:
    """Until a URL answers 200."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            assert process is None or process.poll() is None, f"{url}: the process ended"
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.05)


def write_certificate(path: Path, host: str, days: int) -> Path:
    """Of an address, signed by itself, with its key; it ends in so many days."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=10))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + private)
    return path
