"""Uploads, also by clients that lie: on stores in memory, and on PostgreSQL and SeaweedFS."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import io
import itertools
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import asyncpg
import pytest
from msgspec.structs import replace
from PIL import ExifTags, Image

from glimpse.chat.counts import Counts
from glimpse.chat.memory import MemoryStore
from glimpse.chat.memory_objects import MemoryObjects
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.outside.s3.objects import S3Objects
from glimpse.chat.ports import NoObjectStore, ObjectHead, Objects, ObjectsDown, Store
from glimpse.chat.refusals import FILES_DOWN, FILES_OFF, NOT_COMPLETE, RATE_LIMITED, Refusal
from glimpse.chat.uploads import (
    COMPLETION_SECONDS,
    MAX_FILE_BYTES,
    SWEEP_AFTER_SECONDS,
    UNUSED_SECONDS,
    UPLOAD_SECONDS,
    AnnouncedFile,
    FileLink,
    Uploads,
)
from glimpse.chat.values import File, NewMessage, StoredEntry
from tests.chat.conftest import NOON
from tests.chat.seaweed import Client, OverHttp

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" * 100
HTML = b"<script>alert(1)</script>".ljust(len(PNG))
QUOTA = 100_000


@dataclass
class Time:
    """A clock that moves only when a test sets it."""

    at: float = NOON.timestamp()

    def __call__(self) -> float:
        return self.at

    def clock(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.at, datetime.UTC)


class UploadsHarness:
    """Uploads with its store and its object store, and a client of the URLs that it gives."""

    def __init__(
        self,
        store: Store,
        objects: Objects,
        client: Client,
        time: Time,
        per_minute: int = 1000,
        refuses_location: bool = False,
    ) -> None:
        self.store, self.objects, self.client, self.time = store, objects, client, time
        self.missing = ""
        self.counts, self.problems = Counts(), list[str]()
        numbers = itertools.count(1)
        # All tests use the same real stores, so ids must differ from test to test.
        self.made = lambda: f"{uuid.uuid4()}-{next(numbers)}"
        self.uploads = Uploads(
            store, self.open_objects, per_minute, QUOTA, self.counts, self.problems.append, time, self.made,
            refuses_location,
        )  # fmt: skip

    async def open_objects(self, host: str) -> Objects:
        if self.missing:
            raise NoObjectStore(self.missing)
        return self.objects

    async def announced(self, content: bytes = PNG, content_type: str = "image/png", who: str = "ada") -> AnnouncedFile:
        announced = await self.uploads.announce(who, "사진.png", content_type, len(content), None)
        assert isinstance(announced, AnnouncedFile), announced
        return announced

    def put(self, announced: AnnouncedFile, content: bytes = PNG, **headers: str) -> int:
        upload = announced.upload
        return self.client.put(upload.url, {**upload.headers, **headers}, content)

    async def completed(self, who: str = "ada", content: bytes = PNG) -> File:
        announced = await self.announced(content, who=who)
        assert self.put(announced, content) == 200
        file = await self.uploads.complete(who, announced.file.id)
        assert isinstance(file, File), file
        return file

    async def stored_objects(self, file: File) -> Mapping[str, ObjectHead | None]:
        """The objects of a file in the bucket."""
        owner = hashlib.sha256(file.owner_id.encode()).hexdigest()[:32]
        return {place: await self.objects.head(f"{place}/{owner}/{file.id}") for place in ("pending", "uploads")}


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def harness(time: Time) -> UploadsHarness:
    """In memory, with handed-in time."""
    numbers = itertools.count(1)
    objects = MemoryObjects(time)
    return UploadsHarness(MemoryStore(time.clock, lambda: f"id-{next(numbers)}"), objects, objects, time)


@pytest.fixture(params=["memory", "real"])
def either(request: pytest.FixtureRequest, runner: asyncio.Runner) -> UploadsHarness:
    """In memory, and on PostgreSQL and SeaweedFS, whose time is the real one."""
    if request.param == "memory":
        found: UploadsHarness = request.getfixturevalue("harness")
        return found
    store: PostgresStore = runner.run(request.getfixturevalue("open_store")())
    objects: S3Objects = request.getfixturevalue("seaweed")
    return UploadsHarness(store, objects, OverHttp(objects), Time(datetime.datetime.now(datetime.UTC).timestamp()))


# ---- An honest client


async def test_whose_first_requests_of_all_are_files_is_a_user_with_all_of_them(either: UploadsHarness) -> None:
    async def announced(turns: int) -> object:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await either.uploads.announce("newcomer", "x", "image/png", 10, None)

    answers = await asyncio.gather(*(announced(turns) for turns in range(60)))
    assert [answer for answer in answers if not isinstance(answer, AnnouncedFile)] == []


async def test_a_file_is_announced_put_completed_and_seen_as_it_was_sent(either: UploadsHarness) -> None:
    file = await either.completed()
    assert (file.size, file.content_type, file.is_complete) == (len(PNG), "image/png", True)
    link = await either.uploads.link("ada", file.id)
    assert isinstance(link, FileLink)
    status, content, headers = either.client.get(link.url)
    assert (status, content, headers["content-type"]) == (200, PNG, "image/png")
    assert headers["content-disposition"].startswith("inline;")
    assert "filename*=UTF-8''%EC%82%AC%EC%A7%84.png" in headers["content-disposition"]


async def test_a_picture_without_a_type_is_what_its_extension_says_and_its_first_bytes_confirm(
    either: UploadsHarness,
) -> None:
    heic = b"\x00\x00\x00\x28ftypheic\x00\x00\x00\x00mif1MiHBMiHEmiafheictmap"
    answers = []
    for content in (heic, PNG[: len(heic)]):
        announced = await either.uploads.announce("ada", "IMG_1234.HEIC", "", len(content), None)
        assert isinstance(announced, AnnouncedFile)
        assert either.put(announced, content) == 200
        answers.append(await either.uploads.complete("ada", announced.file.id))
    assert isinstance(answers[0], File)
    assert (answers[0].content_type, answers[0].name) == ("image/heic", "IMG_1234.HEIC")
    assert code(answers[1]) == "file_type"
    assert code(await either.uploads.announce("ada", "IMG_1234", "", len(heic), None)) == "file_type"


async def test_a_file_is_stored_under_a_composed_name_that_fits_its_type(either: UploadsHarness) -> None:
    decomposed = "\u1112\u1161\u11ab\u1100\u1173\u11af\u202e.bat"
    announced = await either.uploads.announce("ada", decomposed, "text/plain", 5, None)
    assert isinstance(announced, AnnouncedFile)
    assert announced.file.name == "한글.bat.txt"
    assert await either.store.file(announced.file.id) == announced.file


async def test_complete_is_answered_alike_however_often_it_is_asked_also_at_once(either: UploadsHarness) -> None:
    announced = await either.announced()
    either.put(announced)
    answers = await asyncio.gather(*(either.uploads.complete("ada", announced.file.id) for _ in range(5)))
    first = await either.uploads.complete("ada", announced.file.id)
    assert isinstance(first, File)
    assert all(answer == first for answer in answers), answers


async def test_the_urls_contain_neither_the_files_name_nor_its_owner(either: UploadsHarness) -> None:
    owner_id = "../한글 이름/.."
    announced = await either.uploads.announce(owner_id, "../../etc/passwd.png", "image/png", len(PNG), None)
    assert isinstance(announced, AnnouncedFile)
    *_, place, owner, file_id = announced.upload.url.partition("?")[0].split("/")
    assert (place, owner, file_id) == ("pending", hashlib.sha256(owner_id.encode()).hexdigest()[:32], announced.file.id)
    assert either.put(announced) == 200
    assert isinstance(await either.uploads.complete(owner_id, announced.file.id), File)


# ---- Clients that lie


async def test_a_type_that_is_not_accepted_is_refused_before_anything_is_stored(either: UploadsHarness) -> None:
    await either.store.ensure_user("ada")
    for kind in ("text/html", "image/svg+xml", "application/javascript", "x", "image/png/x"):
        assert code(await either.uploads.announce("ada", "x", kind, 10, None)) == "file_type"
    assert code(await either.uploads.announce("ada", "x", "image/png", MAX_FILE_BYTES + 1, None)) == "too_large"


@pytest.mark.parametrize(
    ("said", "signed"),
    [
        ("Text/Plain; charset=utf-8", "text/plain"),
        ("application/x-zip-compressed", "application/zip"),
        ("image/jpg", "image/jpeg"),
    ],
)
async def test_a_type_is_accepted_by_the_names_that_browsers_use(
    harness: UploadsHarness, said: str, signed: str
) -> None:
    await harness.store.ensure_user("ada")
    announced = await harness.uploads.announce("ada", "x", said, 10, None)
    assert isinstance(announced, AnnouncedFile)
    assert announced.upload.headers["content-type"] == signed


async def test_a_page_under_the_name_of_a_picture_is_thrown_away(either: UploadsHarness) -> None:
    announced = await either.announced(HTML)
    assert either.put(announced, HTML) == 200, "the bytes are as announced; only their kind is a lie"
    assert code(await either.uploads.complete("ada", announced.file.id)) == "file_type"
    assert set((await either.stored_objects(announced.file)).values()) == {None}
    assert code(await either.uploads.complete("ada", announced.file.id)) == "not_complete"


async def test_more_fewer_and_other_bytes_than_announced_are_refused_by_the_bucket_itself(
    either: UploadsHarness,
) -> None:
    announced = await either.announced()
    assert either.put(announced, PNG + b"x") == 403
    assert either.put(announced, PNG[:-1]) == 403
    assert either.put(announced, PNG, **{"content-type": "text/html"}) == 403
    refused = await either.uploads.complete("ada", announced.file.id)
    assert (code(refused), refused) == ("not_complete", replace(NOT_COMPLETE, retry=True))


async def test_what_a_careless_store_let_through_is_found_by_complete(either: UploadsHarness) -> None:
    """The object got into the bucket although it does not match what was announced."""
    owner = hashlib.sha256(b"ada").hexdigest()[:32]
    checksum = hashlib.sha256(PNG).hexdigest()
    for content, kind, expected in (
        (PNG + b"x", "image/png", "wrong_size"),
        (PNG[:-1] + b"?", "image/png", "wrong_checksum"),
        (PNG, "image/gif", "file_type"),
    ):
        announced = await either.uploads.announce("ada", "x", "image/png", len(PNG), checksum)
        assert isinstance(announced, AnnouncedFile)
        key = f"pending/{owner}/{announced.file.id}"
        other = await either.objects.presign_put(key, kind, len(content), hashlib.sha256(content).hexdigest(), 60)
        assert either.client.put(other.url, other.headers, content) == 200
        assert code(await either.uploads.complete("ada", announced.file.id)) == expected
        assert set((await either.stored_objects(announced.file)).values()) == {None}
        assert either.counts.files[expected] == 1


async def test_a_wrong_checksum_is_refused_by_the_bucket_and_the_right_one_is_kept(either: UploadsHarness) -> None:
    announced = await either.uploads.announce("ada", "x", "image/png", len(PNG), hashlib.sha256(PNG).hexdigest())
    assert isinstance(announced, AnnouncedFile)
    assert either.put(announced, PNG[::-1]) == 400
    assert code(await either.uploads.complete("ada", announced.file.id)) == "not_complete"
    assert either.put(announced) == 200
    assert isinstance(await either.uploads.complete("ada", announced.file.id), File)


async def test_what_is_put_again_after_it_was_checked_is_never_served(either: UploadsHarness) -> None:
    announced = await either.announced(PNG)
    either.put(announced, PNG)
    await either.uploads.complete("ada", announced.file.id)
    assert either.put(announced, HTML) == 200, "the URL is valid for five minutes, whatever happened"
    assert isinstance(await either.uploads.complete("ada", announced.file.id), File)
    link = await either.uploads.link("ada", announced.file.id)
    assert isinstance(link, FileLink)
    assert either.client.get(link.url)[1] == PNG


async def test_nobody_completes_or_sees_the_file_of_another(either: UploadsHarness) -> None:
    announced = await either.announced()
    either.put(announced)
    await either.store.ensure_user("eve")
    assert code(await either.uploads.complete("eve", announced.file.id)) == "forbidden"
    await either.uploads.complete("ada", announced.file.id)
    assert code(await either.uploads.link("eve", announced.file.id)) == "not_found"
    assert code(await either.uploads.complete("ada", "unknown")) == "not_found"
    assert code(await either.uploads.link("ada", "unknown")) == "not_found"


async def test_many_links_are_those_of_the_files_that_one_may_see_each_once(either: UploadsHarness) -> None:
    mine = [(await either.completed()).id for _ in range(3)]
    theirs = (await either.completed("bob")).id
    links = await either.uploads.links("ada", [mine[2], theirs, "unknown", mine[0], mine[2], mine[1]])
    assert not isinstance(links, Refusal)
    assert [link.file.id for link in links] == [mine[2], mine[0], mine[1]]
    assert [either.client.get(link.url)[:2] for link in links] == [(200, PNG)] * 3
    assert await either.uploads.links("ada", [theirs]) == ()


# ---- Pictures that say where they were taken


def photograph(*location: float) -> bytes:
    """A JPEG of a camera, with the degrees of its latitude, where they are given."""
    image, content, exif = Image.new("RGB", (16, 16)), io.BytesIO(), Image.Exif()
    exif[ExifTags.Base.Model] = "a camera"
    if location:
        exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: location}
    image.save(content, "jpeg", exif=exif)
    return content.getvalue()


PLACED, UNPLACED = photograph(37.0, 33.0, 58.8), photograph()


class Calling:
    """An object store that remembers which of its methods were called."""

    def __init__(self, objects: Objects) -> None:
        self._objects, self.calls = objects, list[str]()

    def __getattr__(self, name: str) -> object:
        self.calls.append(name)
        return getattr(self._objects, name)


def refusing(either: UploadsHarness) -> UploadsHarness:
    return UploadsHarness(either.store, either.objects, either.client, either.time, refuses_location=True)


async def test_a_picture_with_its_location_is_refused_and_deleted_where_the_operator_says_so(
    either: UploadsHarness,
) -> None:
    harness = refusing(either)
    announced = await harness.announced(PLACED, "image/jpeg")
    harness.put(announced, PLACED)
    assert code(await harness.uploads.complete("ada", announced.file.id)) == "location"
    assert set((await harness.stored_objects(announced.file)).values()) == {None}
    assert harness.counts.files["location"] == 1
    again = await harness.announced(UNPLACED, "image/jpeg")
    harness.put(again, UNPLACED)
    assert isinstance(await harness.uploads.complete("ada", again.file.id), File)


async def test_where_the_operator_does_not_say_so_and_for_other_files_nothing_more_is_read(
    harness: UploadsHarness,
) -> None:
    calling = Calling(harness.objects)
    for each, content, content_type, expected in (
        (harness, PLACED, "image/jpeg", ["head", "copy"]),
        (refusing(harness), PLACED, "text/plain", ["head", "delete"]),
        (refusing(harness), b"GPSLatitude='37'", "text/plain", ["head", "copy"]),
        (refusing(harness), UNPLACED, "image/jpeg", ["head", "read", "copy"]),
    ):
        announced = await each.announced(content, content_type)
        each.put(announced, content)
        each.objects, calling.calls = calling, []  # type: ignore[assignment]
        await each.uploads.complete("ada", announced.file.id)
        assert calling.calls == expected


async def test_a_picture_that_is_replaced_while_its_location_is_looked_for_is_gone(either: UploadsHarness) -> None:
    harness = refusing(either)
    announced = await harness.announced(UNPLACED, "image/jpeg")
    harness.put(announced, UNPLACED)

    async def replace(key: str) -> None:
        assert harness.put(announced, PLACED[: len(UNPLACED)]) == 200

    harness.objects = Failing(harness.objects, "read", replace)  # type: ignore[assignment]
    assert code(await harness.uploads.complete("ada", announced.file.id)) == "gone"
    assert (await harness.stored_objects(announced.file))["uploads"] is None


async def test_while_the_object_store_is_down_a_picture_is_not_completed_unread(harness: UploadsHarness) -> None:
    async def fail(key: str) -> None:
        raise ObjectsDown("away")

    harness = refusing(harness)
    whole, announced = harness.objects, await harness.announced(PLACED, "image/jpeg")
    harness.put(announced, PLACED)
    harness.objects = Failing(whole, "read", fail)  # type: ignore[assignment]
    assert await harness.uploads.complete("ada", announced.file.id) == FILES_DOWN
    harness.objects = whole
    assert code(await harness.uploads.complete("ada", announced.file.id)) == "location"


async def test_the_quota_counts_what_was_announced_too(either: UploadsHarness) -> None:
    for _ in range(QUOTA // 50_000):
        await either.announced(b"x" * 50_000)
    assert code(await either.uploads.announce("ada", "x", "image/png", 1, None)) == "quota"
    await either.announced(who="bob")


async def test_so_many_files_a_minute_and_no_more(time: Time) -> None:
    objects = MemoryObjects(time)
    harness = UploadsHarness(
        MemoryStore(time.clock, iter(map(str, range(99))).__next__), objects, objects, time, per_minute=3
    )
    for _ in range(3):
        await harness.announced()
    assert await harness.uploads.announce("ada", "x", "image/png", 1, None) == RATE_LIMITED
    await harness.announced(who="bob")
    time.at += 20
    await harness.announced()
    assert code(await harness.uploads.announce("ada", "x", "image/png", 1, None)) == "rate_limited"


# ---- Time


async def test_a_url_expires_and_the_file_may_be_completed_for_another_hour(harness: UploadsHarness) -> None:
    early, late = await harness.announced(), await harness.announced()
    harness.put(early)
    harness.put(late)
    nothing = await harness.announced()
    harness.time.at += UPLOAD_SECONDS + 1
    assert harness.put(nothing) == 403
    assert code(await harness.uploads.complete("ada", nothing.file.id)) == "expired"
    assert isinstance(await harness.uploads.complete("ada", early.file.id), File)
    harness.time.at += COMPLETION_SECONDS
    assert code(await harness.uploads.complete("ada", late.file.id)) == "expired"
    assert set((await harness.stored_objects(late.file)).values()) == {None}, "nothing is half-stored"


async def test_the_sweep_takes_what_never_completed_and_what_was_put_again(harness: UploadsHarness) -> None:
    nothing, put, complete = await harness.announced(), await harness.announced(), await harness.announced()
    harness.put(put)
    harness.put(complete)
    await harness.uploads.complete("ada", complete.file.id)
    harness.put(complete)
    harness.time.at += UPLOAD_SECONDS + SWEEP_AFTER_SECONDS - 1
    await harness.uploads.sweep()
    assert len(harness.client.keys()) == 3  # type: ignore[union-attr]
    harness.time.at += 2
    await harness.store.append([NewMessage("room", "ada", "c", "")])
    await harness.uploads.sweep()
    [left] = harness.client.keys()  # type: ignore[union-attr]
    assert left.startswith("uploads/")
    assert [await harness.store.file(each.file.id) is None for each in (nothing, put, complete)] == [True, True, False]
    assert harness.counts.files["swept"] == 2


async def test_the_sweep_goes_on_until_nothing_is_late(harness: UploadsHarness) -> None:
    for number in range(250):
        await harness.announced(who=f"u{number}")
    harness.time.at += UPLOAD_SECONDS + SWEEP_AFTER_SECONDS + 1
    await harness.uploads.sweep()
    assert harness.counts.files["swept"] == 250


async def test_the_sweep_takes_what_nothing_referred_to_for_a_day(harness: UploadsHarness) -> None:
    await harness.store.ensure_user("ada")
    await harness.store.ensure_user("bob")
    await harness.store.create_conversation("room", "ada", ["bob"])
    posted, unposted = await harness.completed(), await harness.completed()
    [stored] = await harness.store.append([NewMessage("room", "ada", "c1", "", posted.id)])
    assert isinstance(stored, StoredEntry)
    harness.time.at += UNUSED_SECONDS + 1
    await harness.uploads.sweep()
    assert await harness.store.file(unposted.id) is None
    assert await harness.stored_objects(unposted) == {"pending": None, "uploads": None}
    assert isinstance(await harness.uploads.link("bob", posted.id), FileLink)


async def test_the_sweep_works_over_the_real_parts(
    open_store: Callable[[], Awaitable[PostgresStore]], database_url: str, seaweed: S3Objects
) -> None:
    harness = UploadsHarness(await open_store(), seaweed, OverHttp(seaweed), Time())
    waiting, put, complete = await harness.announced(), await harness.announced(), await harness.announced()
    harness.put(put)
    harness.put(complete)
    await harness.uploads.complete("ada", complete.file.id)
    harness.put(complete)
    ids = [put.file.id, complete.file.id]
    connection = await asyncpg.connect(database_url)
    await connection.execute("update files set upload_until = '-infinity' where id = any($1)", ids)
    await connection.close()
    await asyncio.gather(harness.uploads.sweep(), harness.uploads.sweep())
    assert set((await harness.stored_objects(put.file)).values()) == {None}
    stored = await harness.stored_objects(complete.file)
    assert (stored["pending"], stored["uploads"] is None) == (None, False)
    assert [await harness.store.file(each.file.id) is None for each in (waiting, put, complete)] == [False, True, False]


# ---- Parts that fail


class Failing:
    """An object store that calls `before` ahead of one of its methods; `before` may raise."""

    def __init__(self, objects: Objects, call: str, before: Callable[[str], Awaitable[None]]) -> None:
        self._objects, self._call, self._before = objects, call, before

    def __getattr__(self, name: str) -> object:
        method = getattr(self._objects, name)

        async def call(*asked: object) -> object:
            if name == self._call:
                await self._before(str(asked[0]))
            return await method(*asked)

        return call


async def test_an_object_that_is_deleted_after_the_check_is_gone(either: UploadsHarness) -> None:
    whole = either.objects

    async def delete(key: str) -> None:
        await whole.delete([key])

    announced = await either.announced()
    either.put(announced)
    either.objects = Failing(whole, "copy", delete)  # type: ignore[assignment]
    assert code(await either.uploads.complete("ada", announced.file.id)) == "gone"


async def test_an_object_that_is_replaced_after_the_check_is_not_copied(either: UploadsHarness) -> None:
    announced = await either.announced()
    either.put(announced)

    async def replace(key: str) -> None:
        assert either.put(announced, HTML) == 200

    either.objects = Failing(either.objects, "copy", replace)  # type: ignore[assignment]
    assert code(await either.uploads.complete("ada", announced.file.id)) == "gone"
    assert (await either.stored_objects(announced.file))["uploads"] is None


@pytest.mark.parametrize("call", ["presign_put", "head", "copy"])
async def test_while_the_object_store_is_down_uploads_are_refused_and_afterwards_they_work(
    harness: UploadsHarness, call: str
) -> None:
    async def fail(key: str) -> None:
        raise ObjectsDown("away")

    whole = harness.objects
    announced = await harness.announced()
    harness.put(announced)
    harness.objects = Failing(whole, call, fail)  # type: ignore[assignment]
    down = FILES_DOWN
    if call == "presign_put":
        assert await harness.uploads.announce("ada", "x", "image/png", 1, None) == down
    else:
        assert await harness.uploads.complete("ada", announced.file.id) == down
    assert harness.problems == ["away"]
    harness.objects = whole
    assert isinstance(await harness.uploads.complete("ada", announced.file.id), File)
    assert (await harness.uploads.announce("ada", "x", "image/png", 1, None)) != down
    assert harness.problems == ["away"]


async def test_a_task_that_dies_between_the_copy_and_its_record_loses_nothing(harness: UploadsHarness) -> None:
    announced = await harness.announced()
    harness.put(announced)
    found = await harness.stored_objects(announced.file)
    owner = hashlib.sha256(b"ada").hexdigest()[:32]
    key = f"{owner}/{announced.file.id}"
    assert found["pending"] is not None
    await harness.objects.copy(f"pending/{key}", f"uploads/{key}", found["pending"].etag, "image/png", "inline")
    await harness.objects.delete([f"pending/{key}"])
    assert isinstance(await harness.uploads.complete("ada", announced.file.id), File)


async def test_without_an_object_store_the_refusal_says_what_is_missing(harness: UploadsHarness) -> None:
    harness.missing = "set GLIMPSE_S3_BUCKET"
    await harness.store.ensure_user("ada")
    answer = await harness.uploads.announce("ada", "x", "image/png", 1, None)
    assert answer == FILES_OFF.because("set GLIMPSE_S3_BUCKET")
