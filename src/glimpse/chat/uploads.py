"""
Uploads: a client announces a file, puts it into the bucket itself, and completes it; then others get a link to it.

    announced ─→ put under pending/ ─→ complete: checked, copied to uploads/, recorded ─→ a message refers to it
        └─ never completed: swept          └─ not what was announced: deleted    └─ nothing does for a day: swept

A client may lie, and it may use its presigned URL again. So only a checked object counts, and it is copied by the etag
that was checked. A file's row is written before its URL is given out, so that every object in the bucket has a row. The
object under pending/ stays there until the sweep, which deletes many at once: until its URL expires, the client could
put it there again anyway.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from glimpse.chat.counts import Counts
from glimpse.chat.file_names import fitting_name, readable_name
from glimpse.chat.limits import TokenBuckets
from glimpse.chat.media_types import MEDIA_TYPES, media_type_of
from glimpse.chat.ports import NoObjectStore, ObjectHead, Objects, ObjectsDown, PresignedPut, Store
from glimpse.chat.refusals import (
    FILE_GONE,
    FILE_TYPE,
    FILES_DOWN,
    FILES_OFF,
    FORBIDDEN,
    LOCATION,
    NOT_COMPLETE,
    NOT_FOUND,
    RATE_LIMITED,
    TOO_LARGE,
    UPLOAD_EXPIRED,
    WRONG_CHECKSUM,
    WRONG_SIZE,
    Refusal,
)
from glimpse.chat.values import File, NewFile

MAX_FILE_BYTES = 50 * 10**6
"""About what a sender waits for in one PUT; larger files need a multipart upload."""

UPLOAD_SECONDS = 300
"""How long the presigned URL of an upload is valid. A PUT that began in time may go on."""

COMPLETION_SECONDS = 3600.0
"""How long after its URL expired a file may still be completed: 50 MB take that long at 110 kbit/s."""

SWEEP_AFTER_SECONDS = COMPLETION_SECONDS + 600.0
"""How long after its URL expired a file is swept; by then no task is copying it."""

UNUSED_SECONDS = 86_400.0
"""How long a complete file may exist before a message or a profile refers to it."""

SWEEP_BATCH = 100
"""Files in one step of the sweep."""

MAX_SEARCHES = 4
"""Pictures that are searched for a location at once: each may take some hundred kilobytes of memory meanwhile."""

NOT_THERE_YET = replace(NOT_COMPLETE, retry=True)
FILE_TOO_LARGE = replace(
    TOO_LARGE,
    english=f"a file has at most {MAX_FILE_BYTES // 10**6} MB",
    korean=f"파일은 {MAX_FILE_BYTES // 10**6}MB까지 보낼 수 있어요",
)

OpenObjects = Callable[[str], Awaitable[Objects]]
"""
Opens the object store on first use. Its argument is the Host header of the client's request, so that presigned URLs
lead to an address that this client can reach; it is empty where no URL is signed. Raises ObjectsDown, NoObjectStore.
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AnnouncedFile:
    file: File
    upload: PresignedPut


@dataclass(frozen=True, slots=True)
class FileLink:
    """A URL to download a file from, which is valid for at least `seconds`."""

    file: File
    url: str
    seconds: int


class Uploads:
    """
    `uploads_per_minute` and `quota_bytes` apply to each user. `now` in seconds since 1970. `refuses_location`: a
    picture that says where it was taken is not completed.

    Every method that needs the object store is refused `files_off` where there is none, and `files_down` where it does
    not answer; then `objects_down` is called with the reason. `host` is the Host header of the client's request.
    """

    def __init__(
        self,
        store: Store,
        open_objects: OpenObjects,
        uploads_per_minute: int,
        quota_bytes: int,
        counts: Counts,
        objects_down: Callable[[str], None],
        now: Callable[[], float],
        make_id: Callable[[], str],
        refuses_location: bool = False,
    ) -> None:
        self._store, self._open_objects, self._quota_bytes = store, open_objects, quota_bytes
        self._refuses_location, self._searches = refuses_location, asyncio.Semaphore(MAX_SEARCHES)
        self._rates = TokenBuckets(uploads_per_minute / 60, uploads_per_minute)
        self._counts, self._objects_down, self._now, self._make_id = counts, objects_down, now, make_id

    async def announce(
        self, owner_id: str, name: str, content_type: str, size: int, sha256: str | None, host: str = ""
    ) -> AnnouncedFile | Refusal:
        """
        Record a new file, and sign the URL to which its owner puts it. Without a `content_type` the extension of the
        name tells the type; then the name is made to fit the type. Refused `file_type`, `too_large`, `rate_limited`,
        `quota`.
        """
        name = readable_name(name)
        media_type = media_type_of(content_type, name)
        if media_type is None:
            return FILE_TYPE.because(", ".join(MEDIA_TYPES))
        if size > MAX_FILE_BYTES:
            return FILE_TOO_LARGE
        if not self._rates.allows(owner_id, self._now()):
            return RATE_LIMITED
        new = NewFile(self._make_id(), owner_id, fitting_name(name, media_type), media_type, size, sha256)
        return await self._or_refusal(self._announce(new, host))

    async def _announce(self, new: NewFile, host: str) -> AnnouncedFile | Refusal:
        objects = await self._open_objects(host)
        file = await self._store.announce_file(new, UPLOAD_SECONDS, self._quota_bytes)
        if file == NOT_FOUND:
            # The owner's first request. For all others no statement is spent on whether they exist.
            await self._store.ensure_user(new.owner_id)
            file = await self._store.announce_file(new, UPLOAD_SECONDS, self._quota_bytes)
        if isinstance(file, Refusal):
            return file
        upload = await objects.presign_put(
            _pending_key(file), file.content_type, file.size, file.sha256, UPLOAD_SECONDS
        )
        self._counts.files["announced"] += 1
        return AnnouncedFile(file, upload)

    async def complete(self, owner_id: str, file_id: str) -> File | Refusal:
        """
        Check the object that the owner put, and copy it to where it is served from. Idempotent. An object that is not
        what was announced is deleted: refused `wrong_size`, `file_type`, `wrong_checksum`; and so is a picture in which
        `find_location` finds a location, where the service refuses that: `location`. Also refused `not_complete` while
        there is no object yet, `expired` when none can come any more, `gone` where the object was deleted or replaced
        after the check, `not_found`, `forbidden`.
        """
        file = await self._store.file(file_id)
        if file is None:
            return NOT_FOUND
        if file.owner_id != owner_id:
            return FORBIDDEN
        return file if file.is_complete else await self._or_refusal(self._complete(file))

    async def _complete(self, file: File) -> File | Refusal:
        objects = await self._open_objects("")
        head = await objects.head(_pending_key(file), file.sha256 is not None)
        if head is None:
            # A task may have copied the object and died before it recorded that.
            if await objects.head(_stored_key(file)) is not None:
                return await self._record(objects, file)
            return NOT_THERE_YET if self._now() < file.upload_until else UPLOAD_EXPIRED
        refusal = _mismatch(file, head)
        if refusal is None and self._refuses_location and await self._has_location(objects, file, head):
            refusal = LOCATION
        if refusal:
            # The row stays until the sweep: while the URL is valid, something may be put there again.
            await objects.delete([_pending_key(file)])
            self._counts.files[refusal.code] += 1
            return refusal
        disposition = _content_disposition(file)
        if not await objects.copy(_pending_key(file), _stored_key(file), head.etag, file.content_type, disposition):
            # Another request completed the same file first, or the object was replaced after it was checked.
            again = await self._store.file(file.id)
            return again if again and again.is_complete else FILE_GONE
        return await self._record(objects, file)

    async def _has_location(self, objects: Objects, file: File, head: ObjectHead) -> bool:
        # Imported here, to save its 0.8 MB in the tasks that do not use it.
        from glimpse.chat.picture_location import find_location

        search = find_location(file.content_type, head.size)
        async with self._searches:
            try:
                start, size = next(search)
                while True:
                    start, size = search.send(await objects.read(_pending_key(file), head.etag, start, size))
            except StopIteration as end:
                return bool(end.value)

    async def _record(self, objects: Objects, file: File) -> File | Refusal:
        if not await self._store.complete_file(file.id, COMPLETION_SECONDS):
            await objects.delete([_pending_key(file), _stored_key(file)])
            return UPLOAD_EXPIRED
        self._counts.files["complete"] += 1
        return replace(file, is_complete=True)

    async def link(self, reader_id: str, file_id: str, host: str = "") -> FileLink | Refusal:
        """A URL for somebody who may see the file. Refused `not_found`, also to everybody who may not."""
        found = await self.links(reader_id, [file_id], host)
        if isinstance(found, Refusal):
            return found
        return found[0] if found else NOT_FOUND

    async def links(self, reader_id: str, file_ids: Iterable[str], host: str = "") -> Sequence[FileLink] | Refusal:
        """URLs for those of the files that the reader may see, each once, in the order of the ids."""
        files = await self._store.files_seen_by(list(dict.fromkeys(file_ids)), reader_id)
        return await self._or_refusal(self._links(files, host)) if files else ()

    async def _links(self, files: Sequence[File], host: str) -> Sequence[FileLink]:
        objects, links = await self._open_objects(host), []
        for file in files:
            links.append(FileLink(file, *await objects.presign_get(_stored_key(file))))
            # A signature takes up to half a millisecond of a full core, and others wait meanwhile.
            await asyncio.sleep(0)
        return links

    async def sweep(self) -> None:
        """
        Delete the files that were never completed, the files that nothing referred to for a day, and every object that
        is left under pending/. Called periodically, by any number of tasks at once.
        """
        is_more = True
        while is_more:
            await self._store.expire_unused_files(UNUSED_SECONDS, SWEEP_BATCH)
            files = await self._store.files_to_sweep(SWEEP_AFTER_SECONDS, SWEEP_BATCH)
            swept = await self._or_refusal(self._sweep(files)) if files else None
            is_more = len(files) == SWEEP_BATCH and not isinstance(swept, Refusal)

    async def _sweep(self, files: Sequence[File]) -> None:
        objects = await self._open_objects("")
        kept, gone = ([file for file in files if file.is_complete == is_kept] for is_kept in (True, False))
        await objects.delete([*map(_pending_key, files), *map(_stored_key, gone)])
        await self._store.finish_sweep([file.id for file in kept], [file.id for file in gone], SWEEP_AFTER_SECONDS)
        for file in files:
            self._counts.files["settled" if file.is_complete else "swept"] += 1

    async def _or_refusal(self, work: Awaitable[T]) -> T | Refusal:
        """The result of the work, or the refusal where the object store does not answer or does not exist."""
        try:
            return await work
        except ObjectsDown as down:
            self._counts.files["objects_down"] += 1
            self._objects_down(str(down))
            return FILES_DOWN
        except NoObjectStore as missing:
            return FILES_OFF.because(str(missing))


def _mismatch(file: File, head: ObjectHead) -> Refusal | None:
    """How the object differs from what was announced; None where it does not."""
    if head.size != file.size:
        return WRONG_SIZE
    if head.content_type != file.content_type or not MEDIA_TYPES[file.content_type].matches(head.first_bytes):
        return FILE_TYPE
    if file.sha256 is not None and head.sha256 != file.sha256:
        return WRONG_CHECKSUM
    return None


def _pending_key(file: File) -> str:
    return f"pending/{_key(file)}"


def _stored_key(file: File) -> str:
    return f"uploads/{_key(file)}"


def _key(file: File) -> str:
    """
    The prefix is common to an owner's files. It is a hash, because an id may contain any character, and because a URL
    must not reveal the id.
    """
    return f"{hashlib.sha256(file.owner_id.encode()).hexdigest()[:32]}/{file.id}"


_ATTRIBUTE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&+-.^_`|~")
"""The bytes that need no encoding in a parameter: attr-char of RFC 8187, section 3.2.1."""


def _content_disposition(file: File) -> str:
    """
    The Content-Disposition header (RFC 6266) with which a file is served. It has the file's name in UTF-8 (RFC 8187),
    and for old clients in ASCII with `_` for every other character.
    """
    kind = "inline" if MEDIA_TYPES[file.content_type].is_inline else "attachment"
    encoded = "".join(chr(byte) if byte in _ATTRIBUTE else f"%{byte:02X}" for byte in file.name.encode())
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%' else "_" for letter in file.name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
