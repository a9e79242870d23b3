"""What the port `Objects` promises: the object store in memory and S3Objects over SeaweedFS both keep it."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import socket
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials
from urllib3.exceptions import HTTPError

from glimpse.chat.memory_objects import MemoryObjects
from glimpse.chat.outside.s3 import tcp_proxy
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage
from glimpse.chat.outside.s3.objects import WINDOW_SECONDS, S3Objects, S3Storage
from glimpse.chat.outside.s3.tcp_proxy import TcpProxy
from glimpse.chat.ports import HEAD_BYTES, Objects, ObjectsDown
from tests.chat.seaweed import HTTP, Client, OverHttp

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
SHA256 = hashlib.sha256(PNG).hexdigest()
numbers = itertools.count(1)


@pytest.fixture(params=["memory", "seaweed"])
def client(request: pytest.FixtureRequest) -> Client:
    if request.param == "memory":
        return MemoryObjects(time.time)
    return OverHttp(request.getfixturevalue("seaweed"))


@pytest.fixture
def objects(client: Client) -> Objects:
    return client.objects if isinstance(client, OverHttp) else client


@pytest.fixture
def key() -> str:
    return f"pending/somebody/{next(numbers)}-{os.getpid()}"


async def put_object(objects: Objects, client: Client, key: str, content: bytes = PNG) -> None:
    presigned = await objects.presign_put(key, "image/png", len(content), None, 300)
    assert client.put(presigned.url, presigned.headers, content) == 200


async def test_an_object_that_was_put_has_its_size_type_and_first_bytes(
    objects: Objects, client: Client, key: str
) -> None:
    await put_object(objects, client, key)
    found = await objects.head(key)
    assert found is not None
    assert (found.size, found.content_type, found.first_bytes) == (len(PNG), "image/png", PNG[:HEAD_BYTES])
    assert found.sha256 is None
    assert await objects.head(key + "x") is None


async def test_the_first_bytes_of_a_short_object_are_all_of_it(objects: Objects, client: Client, key: str) -> None:
    await put_object(objects, client, key, b"x")
    found = await objects.head(key)
    assert found is not None
    assert (found.size, found.first_bytes) == (1, b"x")


@pytest.mark.parametrize(
    ("start", "size"), [(0, len(PNG)), (0, 9), (300, 700), (len(PNG) - 5, 100), (0, 10**6), (len(PNG), 7), (10**9, 1)]
)
async def test_a_range_is_read_of_the_object_with_that_etag_and_of_no_other(
    objects: Objects, client: Client, key: str, start: int, size: int
) -> None:
    await put_object(objects, client, key)
    found = await objects.head(key)
    assert found is not None
    assert await objects.read(key, found.etag, start, size) == PNG[start : start + size]
    await put_object(objects, client, key, PNG[::-1])
    assert await objects.read(key, found.etag, start, size) == b""
    await objects.delete([key])
    assert await objects.read(key, found.etag, start, size) == b""


async def test_a_checksum_is_compared_by_the_put_and_returned_by_head(
    objects: Objects, client: Client, key: str
) -> None:
    presigned = await objects.presign_put(key, "image/png", len(PNG), SHA256, 300)
    assert client.put(presigned.url, presigned.headers, PNG[::-1]) == 400
    assert await objects.head(key) is None
    assert client.put(presigned.url, presigned.headers, PNG) == 200
    found = await objects.head(key, with_checksum=True)
    assert found is not None
    assert found.sha256 == SHA256


LIES: dict[str, Any] = {
    "more bytes": ({}, PNG + b"x"),
    "fewer bytes": ({}, PNG[:-1]),
    "another type": ({"content-type": "text/html"}, PNG),
    "no type": ({"content-type": ""}, PNG),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_url_accepts_only_what_it_was_signed_for(objects: Objects, client: Client, key: str, lie: str) -> None:
    headers, content = LIES[lie]
    presigned = await objects.presign_put(key, "image/png", len(PNG), None, 300)
    assert client.put(presigned.url, {**presigned.headers, **headers}, content) == 403
    assert await objects.head(key) is None


async def test_a_url_of_the_store_in_memory_expires(key: str) -> None:
    times = iter([100.0, 401.0])
    objects = MemoryObjects(lambda: next(times))
    presigned = await objects.presign_put(key, "image/png", len(PNG), None, 300)
    assert objects.put(presigned.url, presigned.headers, PNG) == 403


async def test_a_url_of_s3_expires(seaweed: S3Objects, key: str) -> None:
    objects = S3Objects(seaweed.bucket, seaweed.credentials, lambda: time.time() - 400)
    presigned = await objects.presign_put(key, "image/png", len(PNG), None, 300)
    assert OverHttp(objects).put(presigned.url, presigned.headers, PNG) == 403
    objects.close()


async def test_only_the_object_with_that_etag_is_copied_and_it_is_served_with_the_given_headers(
    objects: Objects, client: Client, key: str
) -> None:
    await put_object(objects, client, key)
    found = await objects.head(key)
    assert found is not None
    await put_object(objects, client, key, PNG[::-1])
    assert not await objects.copy(key, f"{key}-copy", found.etag, "image/png", "inline")
    assert await objects.head(f"{key}-copy") is None
    found = await objects.head(key)
    assert found is not None
    assert await objects.copy(key, f"{key}-copy", found.etag, "image/png", "attachment; filename*=UTF-8''%ED%95%9C.png")
    url, seconds = await objects.presign_get(f"{key}-copy")
    status, content, headers = client.get(url)
    assert (status, content, seconds) == (200, PNG[::-1], WINDOW_SECONDS)
    assert headers["content-type"] == "image/png"
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''%ED%95%9C.png"


async def test_an_object_that_was_deleted_cannot_be_copied(objects: Objects, client: Client, key: str) -> None:
    await put_object(objects, client, key)
    found = await objects.head(key)
    assert found is not None
    await objects.delete([key, f"{key}-never"])
    assert not await objects.copy(key, f"{key}-copy", found.etag, "image/png", "inline")
    assert client.get((await objects.presign_get(key))[0])[0] == 404


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_any_number_of_objects_is_deleted(objects: Objects, client: Client, key: str, count: int) -> None:
    keys = [f"{key}-{number}" for number in range(count)]
    for each in keys:
        await put_object(objects, client, each)
    await objects.delete(keys)
    await objects.delete(keys)
    assert [await objects.head(each) for each in keys] == [None] * count


async def test_a_url_for_reading_does_not_write_nor_the_other_way_round(
    objects: Objects, client: Client, key: str
) -> None:
    presigned = await objects.presign_put(key, "image/png", len(PNG), None, 300)
    assert client.put(presigned.url, presigned.headers, PNG) == 200
    assert client.get(presigned.url)[0] == 403
    assert client.put((await objects.presign_get(key))[0], presigned.headers, PNG) == 403


# ---- S3 alone


async def test_a_url_for_reading_is_the_same_for_five_minutes_and_valid_for_five_more() -> None:
    times = iter([1_000_200.0, 1_000_499.9, 1_000_500.0])
    objects = S3Objects(Bucket.of("", "ap-northeast-2", "files"), Credentials("a", "b"), lambda: next(times))
    first, again, later = [(await objects.presign_get("uploads/x"))[0] for _ in range(3)]
    assert first == again != later
    assert "X-Amz-Expires=600" in first
    objects.close()


async def test_a_bucket_of_aws_has_a_dual_stack_host_and_another_is_part_of_the_path() -> None:
    assert Bucket.of("", "ap-northeast-2", "files").url == "https://files.s3.dualstack.ap-northeast-2.amazonaws.com"
    own = Bucket.of("http://127.0.0.1:9000/", "us-east-1", "files")
    assert (own.url, own.origin) == ("http://127.0.0.1:9000/files", "http://127.0.0.1:9000")


async def test_a_url_for_an_upload_signs_the_length_and_does_not_ask_the_client_to_set_it() -> None:
    objects = S3Objects(Bucket.of("", "ap-northeast-2", "files"), Credentials("a", "b"), lambda: 1e9)
    presigned = await objects.presign_put("pending/x", "image/png", 7, SHA256, 300)
    assert "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256&" in presigned.url
    assert set(presigned.headers) == {"content-type", "x-amz-checksum-sha256"}
    objects.close()


async def test_nobody_reads_or_writes_without_a_signature(seaweed: S3Objects, key: str) -> None:
    client = OverHttp(seaweed)
    await put_object(seaweed, client, key)
    bare = (await seaweed.presign_get(key))[0].partition("?")[0]
    assert client.get(bare)[0] == 403
    assert client.put(bare, {"content-type": "image/png"}, PNG) == 403


async def test_a_page_of_another_origin_may_put_and_get_by_its_browsers_preflight(seaweed: S3Objects, key: str) -> None:
    presigned = await seaweed.presign_put(key, "image/png", len(PNG), SHA256, 300)
    asked = {
        "origin": "http://localhost:3001",
        "access-control-request-method": "PUT",
        "access-control-request-headers": ",".join(sorted(presigned.headers)),
    }
    answer = HTTP.request("OPTIONS", presigned.url, headers=asked)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] in ("*", "http://localhost:3001")


async def test_a_store_that_does_not_answer_or_refuses_the_credentials_is_down(
    seaweed: S3Objects, unused_port: int
) -> None:
    away = S3Objects(Bucket.of(f"http://127.0.0.1:{unused_port}", "us-east-1", "b"), Credentials("a", "b"), time.time)
    stranger = S3Objects(seaweed.bucket, Credentials("glimpse", "not the secret"), time.time)
    for objects in (away, stranger):
        with pytest.raises(ObjectsDown):
            await objects.head("x")
        with pytest.raises(ObjectsDown):
            await objects.read("x", "etag", 0, 1)
        with pytest.raises(ObjectsDown):
            await objects.delete(["x", "y"])
        objects.close()


async def test_a_storage_knows_why_its_last_request_failed(seaweed: S3Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    known = seaweed.credentials.get_frozen_credentials()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", known.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not the secret")
    storage = S3Storage(seaweed.bucket)
    objects = await storage.open()
    assert storage.problem == ""
    with pytest.raises(ObjectsDown) as down:
        await objects.head("x")
    assert storage.problem == str(down.value) != ""
    assert isinstance(objects, S3Objects)
    objects.credentials = seaweed.credentials
    assert await objects.head("x") is None
    assert storage.problem == ""
    await storage.close()


# ---- The embedded one


async def test_nobody_goes_past_the_s3_of_the_embedded_store(tmp_path: Path) -> None:
    storage = EmbeddedStorage(tmp_path / "files", lambda code, **values: None)
    objects = await storage.open()
    assert isinstance(objects, S3Objects)
    await put_object(objects, OverHttp(objects), "uploads/x")
    s3 = int(objects.bucket.origin.rpartition(":")[2])
    name = objects.bucket.name
    master, volume, filer = s3 - 3, s3 - 2, s3 - 1
    read = HTTP.request("GET", f"http://127.0.0.1:{filer}/buckets/{name}/uploads/x")
    written = HTTP.request("POST", f"http://127.0.0.1:{filer}/buckets/{name}/uploads/y", fields={"file": ("y", PNG)})
    listed = HTTP.request("GET", f"http://127.0.0.1:{filer}/buckets/?pretty=y", headers={"accept": "application/json"})
    assert [answer.status for answer in (read, written)] == [401, 401]
    assert listed.status >= 400
    assigned = HTTP.request("GET", f"http://127.0.0.1:{master}/dir/assign").json()
    put = HTTP.request("POST", f"http://127.0.0.1:{volume}/{assigned['fid']}", fields={"file": ("z", PNG)})
    assert put.status == 401
    assert await objects.head("uploads/y") is None
    await storage.close()


@pytest.mark.parametrize(
    ("interface", "called", "name"),
    [
        ("127.0.0.7", "127.0.0.7:3001", "127.0.0.7"),
        ("127.0.0.1", "LOCALHOST", "localhost"),
        ("::1", "[::1]:3001", "[::1]"),
        ("127.0.0.1", "'no host'", "127.0.0.1"),
        ("127.0.0.1", "[:::]", "127.0.0.1"),
    ],
)
async def test_a_client_reaches_the_embedded_store_at_the_host_name_of_the_service(
    tmp_path: Path, interface: str, called: str, name: str
) -> None:
    try:
        socket.create_server((interface, 0), family=socket.AF_INET6 if ":" in interface else socket.AF_INET).close()
    except OSError:
        pytest.skip(f"this machine has no {interface}")
    storage = EmbeddedStorage(tmp_path / "files", lambda code, **values: None, interface)
    objects = await storage.open(called)
    assert isinstance(objects, S3Objects)
    client, large = OverHttp(objects), PNG + os.urandom(10**6)
    presigned = await objects.presign_put("pending/x", "image/png", len(large), None, 300)
    assert presigned.url.startswith(f"http://{name}:")
    assert await asyncio.to_thread(client.put, presigned.url, presigned.headers, large) == 200
    assert await objects.head("pending/x") is not None
    url, _ = await objects.presign_get("pending/x")
    assert url.startswith(f"http://{name}:")
    assert (await asyncio.to_thread(client.get, url))[:2] == (200, large)
    if interface != "127.0.0.1":
        behind_the_proxy = int(objects.bucket.origin.rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((interface, behind_the_proxy)).close()
    await storage.close()
    with pytest.raises(HTTPError):
        await asyncio.to_thread(client.get, url)


def test_a_page_may_get_files_from_the_host_name_that_it_came_from(tmp_path: Path) -> None:
    storage = EmbeddedStorage(tmp_path, lambda code, **values: None)
    called = ["192.0.2.7:3001", "laptop.local", "my_pc:3001", "[2001:db8::1]:3001", "x; script-src *"]
    assert [storage.origins(host)[0] for host in called] == [
        "http://192.0.2.7:*", "http://laptop.local:*", "http:", "http:", "http://x:*"
    ]  # fmt: skip


# ---- The TCP proxy in front of it


async def reversing_server(stack: AsyncExitStack) -> int:
    """The port of a server that sends back all that it received, reversed."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read())[::-1])
        writer.close()

    server = await stack.enter_async_context(await asyncio.start_server(served, "127.0.0.1", 0))
    return int(server.sockets[0].getsockname()[1])


async def until_open(proxy: TcpProxy, ends: int) -> None:
    async with asyncio.timeout(60):
        while len(proxy.ends) != ends:
            await asyncio.sleep(0.005)


async def test_the_proxy_forwards_both_ways_until_both_ends_have_ended() -> None:
    async with AsyncExitStack() as stack:
        proxy = await TcpProxy.open("127.0.0.1", await reversing_server(stack))
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        said = os.urandom(10**6)
        writer.write(said)
        writer.write_eof()
        assert await reader.read() == said[::-1]
        writer.close()
        await until_open(proxy, 0)
        proxy.close()


async def test_the_proxy_accepts_so_many_connections_and_closes_all_when_it_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tcp_proxy, "MAX_AT_ONCE", 1)
    async with AsyncExitStack() as stack:
        proxy = await TcpProxy.open("127.0.0.1", await reversing_server(stack))
        first, first_writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        await until_open(proxy, 2)
        second, second_writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await second.read() == b"", "it was one too many"
        first_writer.write_eof()
        assert await first.read() == b"", "the one that was there still is"
        await until_open(proxy, 0)
        third, third_writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        await until_open(proxy, 2)
        proxy.close()
        with suppress(ConnectionResetError):
            assert await third.read() == b""
        await until_open(proxy, 0)
        for writer in (first_writer, second_writer, third_writer):
            writer.close()


async def test_the_proxy_closes_a_connection_where_its_target_does_not_listen(unused_port: int) -> None:
    proxy = await TcpProxy.open("127.0.0.1", unused_port)
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await reader.read() == b""
    writer.close()
    await until_open(proxy, 0)
    proxy.close()


def processes_of(folder: Path) -> Iterator[int]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(process / "cwd").resolve() == folder.resolve():
                yield int(process.name)
        except OSError:
            continue


async def test_the_embedded_store_starts_on_first_use_and_keeps_what_it_has(tmp_path: Path) -> None:
    told: list[str] = []
    for attempt in range(2):
        storage = EmbeddedStorage(tmp_path / "files", lambda code, **values: told.append(code))
        assert len(told) == attempt, "nothing runs before anybody asks"
        first, second = await asyncio.gather(storage.open(), storage.open())
        assert first is second
        if not attempt:
            await put_object(first, OverHttp(first), "pending/x")  # type: ignore[arg-type]
        assert await first.head("pending/x") is not None
        await storage.close()
        assert list(processes_of(tmp_path / "files")) == []
    assert told == ["serve_files", "serve_files"]
    assert (tmp_path / "files/identities").stat().st_mode & 0o077 == 0


async def test_the_embedded_store_is_started_again_where_it_was_killed_or_left_behind(tmp_path: Path) -> None:
    storage = EmbeddedStorage(tmp_path / "files", lambda code, **values: None)
    objects = await storage.open()
    await put_object(objects, OverHttp(objects), "pending/x")  # type: ignore[arg-type]
    [pid] = processes_of(tmp_path / "files")
    os.kill(pid, 9)
    # It has ended; the storage itself has to notice that, and read its exit code.
    await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    objects = await storage.open()
    assert await objects.head("pending/x") is not None
    # A service that is killed leaves the server behind, and the next service ends it.
    orphaned, storage = storage, EmbeddedStorage(tmp_path / "files", lambda code, **values: None)
    [left_behind] = processes_of(tmp_path / "files")
    objects = await storage.open()
    assert await objects.head("pending/x") is not None
    assert left_behind not in processes_of(tmp_path / "files")
    await storage.close()
    await orphaned.close()
