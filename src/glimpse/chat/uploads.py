"""
Files on their way: announced, put into the bucket by the client itself, completed, seen, swept.

    announced ─→ put under pending/ ─→ complete: looked at, copied to uploads/, recorded ─→ referred to by a message
        └─ late ─→ swept                   └─ not what was announced: removed            └─ by nothing, a day: swept

A client may lie and an address may be used again, so nothing counts but what was looked at and copied by its tag. A row
is there before anything is in the bucket, so that nothing can lie there that no row leads to. What was copied stays
under pending/ until the sweep, which removes many at once: something may be put there again until then in any case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from msgspec.structs import replace

from glimpse.chat.limits import TokenBuckets
from glimpse.chat.media_types import FILE_TYPE, KINDS, disposition, kind_of
from glimpse.chat.ports import ObjectHead, Objects, ObjectsDown, PresignedPut, Store
from glimpse.chat.values import EXPIRED, FORBIDDEN, GONE, NOT_FOUND, RATE_LIMITED, File, NewFile, Refusal

MAX_FILE_BYTES = 50 * 10**6
"""One PUT, and what a phone sends while somebody waits; larger ones want several parts."""

UPLOAD_SECONDS = 300
"""How long an address is good for; a PUT that began in time may go on."""

LATE_SECONDS = 3600.0
"""How long after that `complete` may be asked: 50 MB take so long at 110 kbit/s."""

SWEEP_SECONDS = LATE_SECONDS + 600.0
"""How long after that it is swept: no copy is under way any more."""

UNUSED_SECONDS = 86_400.0
"""How long a complete file may wait for the message that refers to it."""

MAX_SWEPT = 100

WRONG_SIZE, WRONG_CHECKSUM = Refusal("wrong_size"), Refusal("wrong_checksum")
NOT_THERE_YET = Refusal("not_complete", retry=True)
TOO_LARGE = Refusal("too_large", detail=f"a file has at most {MAX_FILE_BYTES // 10**6} MB")
FILES_DOWN = Refusal("files_down", retry=True)

Opened = Callable[[str], Awaitable[Objects]]
"""
The object store, opened on first use, for clients that call this service by a name; empty where nobody is given an
address. Raises ObjectsDown, NoObjects.
"""


Done = TypeVar("Done")


class NoObjects(Exception):
    """There is none, and asking again will not help; the text says what is missing."""


class Observer(Protocol):
    """Is told what becomes of files, to count it."""

    def file(self, outcome: str) -> None: ...

    def objects_down(self, problem: str) -> None: ...


@dataclass(frozen=True, slots=True)
class AnnouncedFile:
    file: File
    upload: PresignedPut


@dataclass(frozen=True, slots=True)
class FileLink:
    """Where a file can be had, and for how many seconds at least."""

    file: File
    url: str
    seconds: int


class Uploads:
    """`uploads_per_minute` and `quota_bytes` are each user's. `now` in seconds since 1970."""

    def __init__(
        self,
        store: Store,
        opened: Opened,
        uploads_per_minute: int,
        quota_bytes: int,
        witness: Observer,
        now: Callable[[], float],
        make_id: Callable[[], str],
    ) -> None:
        self._store, self._opened, self._quota_bytes = store, opened, quota_bytes
        self._rates = TokenBuckets(uploads_per_minute / 60, uploads_per_minute)
        self._witness, self._now, self._make_id = witness, now, make_id
        self.problem = ""
        """Why the object store could not be asked the last time that it was; empty where it could."""

    async def announce(
        self, owner_id: str, name: str, content_type: str, size: int, sha256: str | None, host: str = ""
    ) -> AnnouncedFile | Refusal:
        """
        Where to put it, for who calls this service by `host`. Refused `file_type`, `too_large`, `rate_limited`,
        `quota`; as all here, `files_down` and `files_off`.
        """
        kind = kind_of(content_type)
        if kind is None:
            return Refusal("file_type", detail=", ".join(KINDS))
        if size > MAX_FILE_BYTES:
            return TOO_LARGE
        if not self._rates.allows(owner_id, self._now()):
            return RATE_LIMITED
        return await self._asked(self._announced(NewFile(self._make_id(), owner_id, name, kind, size, sha256), host))

    async def _announced(self, new: NewFile, host: str) -> AnnouncedFile | Refusal:
        objects = await self._opened(host)
        file = await self._store.announce_file(new, UPLOAD_SECONDS, self._quota_bytes)
        if file == NOT_FOUND:
            # Their first request of all; everybody else is spared the question who they are.
            await self._store.ensure_user(new.owner_id)
            file = await self._store.announce_file(new, UPLOAD_SECONDS, self._quota_bytes)
        if isinstance(file, Refusal):
            return file
        upload = await objects.upload(_pending(file), file.content_type, file.size, file.sha256, UPLOAD_SECONDS)
        self._witness.file("announced")
        return AnnouncedFile(file, upload)

    async def complete(self, owner_id: str, file_id: str) -> File | Refusal:
        """
        The file, once what was announced lies in the bucket; again as often as one likes. What is something else is
        thrown away: refused `wrong_size`, `file_type`, `wrong_checksum`. Refused `not_complete` while nothing is there
        yet, `expired` when nothing can come any more, `gone` where it went while it was looked at, `not_found`,
        `forbidden`.
        """
        file = await self._store.file(file_id)
        if file is None:
            return NOT_FOUND
        if file.owner_id != owner_id:
            return FORBIDDEN
        return file if file.is_complete else await self._asked(self._completed(file))

    async def _completed(self, file: File) -> File | Refusal:
        objects = await self._opened("")
        found = await objects.look(_pending(file), file.sha256 is not None)
        self.problem = ""
        if found is None:
            return await self._missing(objects, file)
        if refused := _unlike(file, found):
            # The row stays for the sweep: the address is good for a while, and something may be put there again.
            await objects.remove([_pending(file)])
            self._witness.file(refused.code)
            return refused
        served = disposition(file.content_type, file.name)
        if not await objects.keep(_pending(file), _kept(file), found.tag, file.content_type, served):
            # Somebody else's `complete` of the same file was faster, or it is another object by now.
            again = await self._store.file(file.id)
            return again if again and again.is_complete else GONE
        return await self._recorded(objects, file)

    async def seen(self, reader_id: str, file_id: str, host: str = "") -> FileLink | Refusal:
        """Where to get it, for who calls this service by `host`. Refused `not_found`, also to who may not see it."""
        file = await self._store.file_seen_by(file_id, reader_id)
        return NOT_FOUND if file is None else await self._asked(self._seen(file, host))

    async def _seen(self, file: File, host: str) -> FileLink:
        objects = await self._opened(host)
        return FileLink(file, *await objects.download(_kept(file)))

    async def sweep(self) -> None:
        """
        Called now and then: what never completed goes, with what may lie of it anywhere; what nothing referred to for a
        day; and all that lies under pending/. Any number of tasks may do it at once.
        """
        is_more = True
        while is_more:
            await self._store.expire_unused_files(UNUSED_SECONDS, MAX_SWEPT)
            late = await self._store.files_to_sweep(SWEEP_SECONDS, MAX_SWEPT)
            swept = await self._asked(self._swept(late)) if late else None
            is_more = len(late) == MAX_SWEPT and not isinstance(swept, Refusal)

    async def _swept(self, late: Sequence[File]) -> None:
        objects = await self._opened("")
        kept, gone = ([file for file in late if file.is_complete == is_kept] for is_kept in (True, False))
        await objects.remove([*map(_pending, late), *map(_kept, gone)])
        self.problem = ""
        await self._store.finish_sweep([file.id for file in kept], [file.id for file in gone], SWEEP_SECONDS)
        for file in late:
            self._witness.file("settled" if file.is_complete else "swept")

    async def _asked(self, work: Awaitable[Done]) -> Done | Refusal:
        """What asks the object store, and what it means where that does not answer."""
        try:
            done = await work
        except ObjectsDown as down:
            self.problem = str(down)
            self._witness.objects_down(self.problem)
            return FILES_DOWN
        except NoObjects as missing:
            return Refusal("files_off", detail=str(missing))
        return done

    async def _missing(self, objects: Objects, file: File) -> File | Refusal:
        """Nothing waits to be looked at: it was kept by a task that died over it, or it has yet to come."""
        if await objects.look(_kept(file)) is not None:
            return await self._recorded(objects, file)
        return NOT_THERE_YET if self._now() < file.upload_until else EXPIRED

    async def _recorded(self, objects: Objects, file: File) -> File | Refusal:
        if not await self._store.complete_file(file.id, LATE_SECONDS):
            await objects.remove([_pending(file), _kept(file)])
            return EXPIRED
        self._witness.file("complete")
        return replace(file, is_complete=True)


def _unlike(file: File, found: ObjectHead) -> Refusal | None:
    """How what was found differs from what was announced."""
    if found.size != file.size:
        return WRONG_SIZE
    if found.content_type != file.content_type or not KINDS[file.content_type].looks(found.first_bytes):
        return FILE_TYPE
    if file.sha256 is not None and found.sha256 != file.sha256:
        return WRONG_CHECKSUM
    return None


def _pending(file: File) -> str:
    return f"pending/{_place(file)}"


def _kept(file: File) -> str:
    return f"uploads/{_place(file)}"


def _place(file: File) -> str:
    """Of an owner's files together. Their id may hold anything, and is nobody's business who sees an address."""
    return f"{hashlib.sha256(file.owner_id.encode()).hexdigest()[:32]}/{file.id}"
