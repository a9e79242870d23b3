"""The promises of the port for objects, kept by the store without a world and by SeaweedFS alike."""

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
from glimpse.chat.outside.s3 import passage as passage_module
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage
from glimpse.chat.outside.s3.objects import WINDOW_SECONDS, S3Objects
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


async def arrived(objects: Objects, client: Client, key: str, content: bytes = PNG) -> None:
    upload = await objects.upload(key, "image/png", len(content), None, 300)
    assert client.put(upload.url, upload.headers, content) == 200


async def test_what_is_put_is_found_with_its_size_type_and_beginning(
    objects: Objects, client: Client, key: str
) -> None:
    await arrived(objects, client, key)
    found = await objects.look(key)
    assert found is not None
    assert (found.size, found.content_type, found.first_bytes) == (len(PNG), "image/png", PNG[:HEAD_BYTES])
    assert found.sha256 is None
    assert await objects.look(key + "x") is None


async def test_what_is_shorter_than_a_beginning_is_found_whole(objects: Objects, client: Client, key: str) -> None:
    await arrived(objects, client, key, b"x")
    found = await objects.look(key)
    assert found is not None
    assert (found.size, found.first_bytes) == (1, b"x")


async def test_a_checksum_is_compared_when_it_is_put_and_known_afterwards(
    objects: Objects, client: Client, key: str
) -> None:
    upload = await objects.upload(key, "image/png", len(PNG), SHA256, 300)
    assert client.put(upload.url, upload.headers, PNG[::-1]) == 400
    assert await objects.look(key) is None
    assert client.put(upload.url, upload.headers, PNG) == 200
    found = await objects.look(key, with_checksum=True)
    assert found is not None
    assert found.sha256 == SHA256


LIES: dict[str, Any] = {
    "more bytes": ({}, PNG + b"x"),
    "fewer bytes": ({}, PNG[:-1]),
    "another type": ({"content-type": "text/html"}, PNG),
    "no type": ({"content-type": ""}, PNG),
}


@pytest.mark.parametrize("lie", LIES)
async def test_an_address_takes_nothing_but_what_it_was_signed_for(
    objects: Objects, client: Client, key: str, lie: str
) -> None:
    headers, content = LIES[lie]
    upload = await objects.upload(key, "image/png", len(PNG), None, 300)
    assert client.put(upload.url, {**upload.headers, **headers}, content) == 403
    assert await objects.look(key) is None


async def test_an_address_ends(seaweed: S3Objects, key: str) -> None:
    for now, of in ((100.0, MemoryObjects(lambda: 100.0)), (time.time(), seaweed)):
        client = of if isinstance(of, MemoryObjects) else OverHttp(of)
        of._now = lambda now=now: now - 400  # type: ignore[method-assign,misc]
        upload = await of.upload(key, "image/png", len(PNG), None, 300)
        of._now = lambda now=now: now  # type: ignore[method-assign,misc]
        assert client.put(upload.url, upload.headers, PNG) == 403


async def test_what_is_kept_is_what_was_looked_at_and_is_served_as_it_was_said(
    objects: Objects, client: Client, key: str
) -> None:
    await arrived(objects, client, key)
    found = await objects.look(key)
    assert found is not None
    await arrived(objects, client, key, PNG[::-1])
    assert not await objects.keep(key, f"{key}-kept", found.tag, "image/png", "inline")
    assert await objects.look(f"{key}-kept") is None
    found = await objects.look(key)
    assert found is not None
    assert await objects.keep(key, f"{key}-kept", found.tag, "image/png", "attachment; filename*=UTF-8''%ED%95%9C.png")
    url, seconds = await objects.download(f"{key}-kept")
    status, content, headers = client.get(url)
    assert (status, content, seconds) == (200, PNG[::-1], WINDOW_SECONDS)
    assert headers["content-type"] == "image/png"
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''%ED%95%9C.png"


async def test_what_is_gone_cannot_be_kept(objects: Objects, client: Client, key: str) -> None:
    await arrived(objects, client, key)
    found = await objects.look(key)
    assert found is not None
    await objects.remove([key, f"{key}-never"])
    assert not await objects.keep(key, f"{key}-kept", found.tag, "image/png", "inline")
    assert client.get((await objects.download(key))[0])[0] == 404


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_any_number_of_objects_is_removed(objects: Objects, client: Client, key: str, count: int) -> None:
    keys = [f"{key}-{number}" for number in range(count)]
    for each in keys:
        await arrived(objects, client, each)
    await objects.remove(keys)
    await objects.remove(keys)
    assert [await objects.look(each) for each in keys] == [None] * count


async def test_an_address_for_reading_does_not_write_nor_the_other_way_round(
    objects: Objects, client: Client, key: str
) -> None:
    upload = await objects.upload(key, "image/png", len(PNG), None, 300)
    assert client.put(upload.url, upload.headers, PNG) == 200
    assert client.get(upload.url)[0] == 403
    assert client.put((await objects.download(key))[0], upload.headers, PNG) == 403


# ---- S3 alone


async def test_an_address_for_reading_is_the_same_for_five_minutes_and_good_for_five_more() -> None:
    times = iter([1_000_200.0, 1_000_499.9, 1_000_500.0])
    objects = S3Objects(Bucket.of("", "ap-northeast-2", "files"), Credentials("a", "b"), lambda: next(times))
    first, again, later = [(await objects.download("uploads/x"))[0] for _ in range(3)]
    assert first == again != later
    assert "X-Amz-Expires=600" in first
    objects.close()


async def test_a_bucket_of_aws_is_named_by_a_dual_stack_host_and_another_by_its_path() -> None:
    assert Bucket.of("", "ap-northeast-2", "files").url == "https://files.s3.dualstack.ap-northeast-2.amazonaws.com"
    own = Bucket.of("http://127.0.0.1:9000/", "us-east-1", "files")
    assert (own.url, own.origin) == ("http://127.0.0.1:9000/files", "http://127.0.0.1:9000")


async def test_an_address_for_uploads_signs_the_length_and_does_not_ask_the_client_to_set_it() -> None:
    objects = S3Objects(Bucket.of("", "ap-northeast-2", "files"), Credentials("a", "b"), lambda: 1e9)
    upload = await objects.upload("pending/x", "image/png", 7, SHA256, 300)
    assert "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256&" in upload.url
    assert set(upload.headers) == {"content-type", "x-amz-checksum-sha256"}
    objects.close()


async def test_nobody_reads_or_writes_without_a_signature(seaweed: S3Objects, key: str) -> None:
    client = OverHttp(seaweed)
    await arrived(seaweed, client, key)
    bare = (await seaweed.download(key))[0].partition("?")[0]
    assert client.get(bare)[0] == 403
    assert client.put(bare, {"content-type": "image/png"}, PNG) == 403


async def test_a_page_of_another_origin_may_put_and_get_as_its_browser_asks_first(seaweed: S3Objects, key: str) -> None:
    upload = await seaweed.upload(key, "image/png", len(PNG), SHA256, 300)
    asked = {
        "origin": "http://localhost:3001",
        "access-control-request-method": "PUT",
        "access-control-request-headers": ",".join(sorted(upload.headers)),
    }
    answer = HTTP.request("OPTIONS", upload.url, headers=asked)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] in ("*", "http://localhost:3001")


async def test_a_store_that_is_away_or_refuses_us_says_so(seaweed: S3Objects, unused_port: int) -> None:
    away = S3Objects(Bucket.of(f"http://127.0.0.1:{unused_port}", "us-east-1", "b"), Credentials("a", "b"), time.time)
    stranger = S3Objects(seaweed._bucket, Credentials("glimpse", "not the secret"), time.time)
    for objects in (away, stranger):
        with pytest.raises(ObjectsDown):
            await objects.look("x")
        with pytest.raises(ObjectsDown):
            await objects.remove(["x", "y"])
        objects.close()


# ---- The embedded one


async def test_nobody_gets_past_the_s3_of_the_embedded_store(tmp_path: Path) -> None:
    depot = EmbeddedStorage(tmp_path / "files", lambda code, **values: None)
    objects = await depot.opened()
    assert isinstance(objects, S3Objects)
    await arrived(objects, OverHttp(objects), "uploads/x")
    s3 = int(objects._bucket.origin.rpartition(":")[2])
    name = objects._bucket.name
    master, volume, filer = s3 - 3, s3 - 2, s3 - 1
    read = HTTP.request("GET", f"http://127.0.0.1:{filer}/buckets/{name}/uploads/x")
    written = HTTP.request("POST", f"http://127.0.0.1:{filer}/buckets/{name}/uploads/y", fields={"file": ("y", PNG)})
    listed = HTTP.request("GET", f"http://127.0.0.1:{filer}/buckets/?pretty=y", headers={"accept": "application/json"})
    assert [answer.status for answer in (read, written)] == [401, 401]
    assert listed.status >= 400
    assigned = HTTP.request("GET", f"http://127.0.0.1:{master}/dir/assign").json()
    put = HTTP.request("POST", f"http://127.0.0.1:{volume}/{assigned['fid']}", fields={"file": ("z", PNG)})
    assert put.status == 401
    assert await objects.look("uploads/y") is None
    await depot.close()


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
async def test_who_gets_to_the_service_gets_to_the_embedded_store_by_the_same_name(
    tmp_path: Path, interface: str, called: str, name: str
) -> None:
    try:
        socket.create_server((interface, 0), family=socket.AF_INET6 if ":" in interface else socket.AF_INET).close()
    except OSError:
        pytest.skip(f"this machine has no {interface}")
    depot = EmbeddedStorage(tmp_path / "files", lambda code, **values: None, interface)
    objects = await depot.opened(called)
    assert isinstance(objects, S3Objects)
    client, large = OverHttp(objects), PNG + os.urandom(10**6)
    upload = await objects.upload("pending/x", "image/png", len(large), None, 300)
    assert upload.url.startswith(f"http://{name}:")
    assert await asyncio.to_thread(client.put, upload.url, upload.headers, large) == 200
    assert await objects.look("pending/x") is not None
    url, _ = await objects.download("pending/x")
    assert url.startswith(f"http://{name}:")
    assert (await asyncio.to_thread(client.get, url))[:2] == (200, large)
    assert depot._seaweed is not None
    if interface != "127.0.0.1":
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((interface, depot._seaweed.port)).close()
    await depot.close()
    with pytest.raises(HTTPError):
        await asyncio.to_thread(client.get, url)


def test_a_page_may_get_files_by_the_name_that_it_was_got_by(tmp_path: Path) -> None:
    depot = EmbeddedStorage(tmp_path, lambda code, **values: None)
    called = ["192.0.2.7:3001", "laptop.local", "my_pc:3001", "[2001:db8::1]:3001", "x; script-src *"]
    assert [depot.origins(host)[0] for host in called] == [
        "http://192.0.2.7:*", "http://laptop.local:*", "http:", "http:", "http://x:*"
    ]  # fmt: skip


# ---- The passage to it


async def reversed_by(server_of: AsyncExitStack) -> int:
    """The port of a server that says what it hears backwards, once it has heard all."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read())[::-1])
        writer.close()

    server = await server_of.enter_async_context(await asyncio.start_server(served, "127.0.0.1", 0))
    return int(server.sockets[0].getsockname()[1])


async def until_open(passage: TcpProxy, ends: int) -> None:
    async with asyncio.timeout(10):
        while len(passage._ends) != ends:
            await asyncio.sleep(0.005)


async def test_a_passage_carries_both_ways_until_both_say_no_more() -> None:
    async with AsyncExitStack() as stack:
        passage = await TcpProxy.open("127.0.0.1", await reversed_by(stack))
        reader, writer = await asyncio.open_connection("127.0.0.1", passage.port)
        said = os.urandom(10**6)
        writer.write(said)
        writer.write_eof()
        assert await reader.read() == said[::-1]
        writer.close()
        await until_open(passage, 0)
        passage.close()


async def test_a_passage_takes_only_so_many_at_once_and_hangs_up_on_all_when_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passage_module, "MOST_AT_ONCE", 1)
    async with AsyncExitStack() as stack:
        passage = await TcpProxy.open("127.0.0.1", await reversed_by(stack))
        first, first_writer = await asyncio.open_connection("127.0.0.1", passage.port)
        await until_open(passage, 2)
        second, second_writer = await asyncio.open_connection("127.0.0.1", passage.port)
        assert await second.read() == b"", "it was one too many"
        first_writer.write_eof()
        assert await first.read() == b"", "the one that was there still is"
        await until_open(passage, 0)
        third, third_writer = await asyncio.open_connection("127.0.0.1", passage.port)
        await until_open(passage, 2)
        passage.close()
        with suppress(ConnectionResetError):
            assert await third.read() == b""
        await until_open(passage, 0)
        for writer in (first_writer, second_writer, third_writer):
            writer.close()


async def test_where_nobody_is_behind_a_passage_it_hangs_up(unused_port: int) -> None:
    passage = await TcpProxy.open("127.0.0.1", unused_port)
    reader, writer = await asyncio.open_connection("127.0.0.1", passage.port)
    assert await reader.read() == b""
    writer.close()
    await until_open(passage, 0)
    passage.close()


def processes_of(folder: Path) -> Iterator[int]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(process / "cwd").resolve() == folder.resolve():
                yield int(process.name)
        except OSError:
            continue


async def test_the_embedded_store_starts_on_first_use_and_remembers(tmp_path: Path) -> None:
    told: list[str] = []
    for attempt in range(2):
        depot = EmbeddedStorage(tmp_path / "files", lambda code, **values: told.append(code))
        assert len(told) == attempt, "nothing runs before anybody asks"
        first, second = await asyncio.gather(depot.opened(), depot.opened())
        assert first is second
        if not attempt:
            await arrived(first, OverHttp(first), "pending/x")  # type: ignore[arg-type]
        assert await first.look("pending/x") is not None
        await depot.close()
        assert list(processes_of(tmp_path / "files")) == []
    assert told == ["serve_files", "serve_files"]
    assert (tmp_path / "files/identities").stat().st_mode & 0o077 == 0


async def test_the_embedded_store_is_started_again_where_it_was_killed_or_left_behind(tmp_path: Path) -> None:
    depot = EmbeddedStorage(tmp_path / "files", lambda code, **values: None)
    objects = await depot.opened()
    await arrived(objects, OverHttp(objects), "pending/x")  # type: ignore[arg-type]
    [pid] = processes_of(tmp_path / "files")
    os.kill(pid, 9)
    assert depot._seaweed is not None
    assert depot._seaweed._process is not None
    depot._seaweed._process.wait()
    objects = await depot.opened()
    assert await objects.look("pending/x") is not None
    # Whoever started it is killed: it stays behind, and the next one ends it.
    orphaned, depot = depot, EmbeddedStorage(tmp_path / "files", lambda code, **values: None)
    [left_behind] = processes_of(tmp_path / "files")
    objects = await depot.opened()
    assert await objects.look("pending/x") is not None
    assert left_behind not in processes_of(tmp_path / "files")
    await depot.close()
    await orphaned.close()
