"""
Connections to a database whose certificate is verified, as RDS asks for. The embedded PostgreSQL knows no TLS, so a
proxy before it speaks that, as the server would: it answers SSLRequest, and passes on what is inside.
"""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from glimpse.chat.failure import Failure
from glimpse.chat.outside.postgres.bus import PostgresBus
from glimpse.chat.outside.postgres.connection import DatabaseRefused
from glimpse.chat.outside.postgres.migrate import Moment
from glimpse.chat.outside.postgres.startup import migrate_database, open_store
from tests.chat.conftest import raises_saying
from tests.chat.test_bus import says_until_heard

SSL_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x2f"
"""Its length, and the code 80877103: https://www.postgresql.org/docs/current/protocol-message-formats.html"""


def ignore(code: str, **values: str | int) -> None: ...


def make_certificate(folder: Path, address: str) -> tuple[Path, Path]:
    """The certificate of a server, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "database")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "server.pem", folder / "server.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


class TlsProxy:
    """Listens on `port`; `connections` counts those that became TLS."""

    def __init__(self, upstream: int, certificate: tuple[Path, Path]) -> None:
        self.port = self.connections = 0
        self._upstream = upstream
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*certificate)
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            assert await reader.readexactly(len(SSL_REQUEST)) == SSL_REQUEST, "in the clear"
            writer.write(b"S")
            await writer.start_tls(self._context)
            self.connections += 1
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
            await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@pytest.fixture
def proxy(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_url: str, runner: asyncio.Runner
) -> Iterator[TlsProxy]:
    """A server whose certificate is for 127.0.0.1, or for another address."""
    address = getattr(request, "param", "127.0.0.1")
    proxy = TlsProxy(urlsplit(migrated_url).port or 0, make_certificate(tmp_path, address))
    runner.run(proxy.start())
    yield proxy
    runner.run(proxy.stop())


def through(proxy: TlsProxy, url: str, query: str) -> str:
    """A database's URL, with the proxy before the server."""
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{login}@127.0.0.1:{proxy.port}", query=query).geturl()


async def test_pool_bus_and_migrations_verify_the_server(
    tmp_path: Path, proxy: TlsProxy, migrated_url: str, database_url: str
) -> None:
    query = f"sslmode=verify-full&sslrootcert={tmp_path / 'server.pem'}"
    await migrate_database(through(proxy, migrated_url, query), Moment.BEFORE, ignore)
    assert proxy.connections == 1
    url = through(proxy, database_url, query)
    store = await open_store(url, 4, True, False, ignore)
    await store.check()
    await store.close()
    assert proxy.connections >= 3
    bus, before = PostgresBus(url), proxy.connections
    async with bus.running():
        await says_until_heard(bus, "over TLS")
    assert proxy.connections == before + 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sslmode=verify-full&sslrootcert={folder}/nowhere.pem", r"sslrootcert=\S+/nowhere\.pem cannot be read"),
        ("sslmode=verify-full", r"sslrootcert=\S+/\.postgresql/root\.crt cannot be read"),
        ("sslmode=verify-full&sslrootcert={folder}/server.key", r"sslrootcert=\S+/server\.key cannot be read"),
        ("sslmode=verify-full&sslrootcert={folder}/other/server.pem", "not trusted .*self-signed certificate"),
    ],
)
async def test_a_server_that_cannot_be_verified_is_refused_at_once_with_what_is_wrong(
    tmp_path: Path, proxy: TlsProxy, migrated_url: str, query: str, said: str
) -> None:
    (tmp_path / "other").mkdir()
    make_certificate(tmp_path / "other", "127.0.0.1")
    url = through(proxy, migrated_url, query.format(folder=tmp_path))
    with raises_saying(DatabaseRefused, said):
        await open_store(url, 4, True, False, ignore)


@pytest.mark.parametrize("proxy", ["192.0.2.1"], indirect=True)
async def test_a_certificate_of_another_host_is_refused(tmp_path: Path, proxy: TlsProxy, migrated_url: str) -> None:
    url = through(proxy, migrated_url, f"sslmode=verify-full&sslrootcert={tmp_path / 'server.pem'}")
    with raises_saying(Failure, r"not trusted .*IP address mismatch.*Check that the host"):
        await migrate_database(url, Moment.BEFORE, ignore)
