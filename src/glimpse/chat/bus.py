"""
What tasks tell each other. Hints: whatever is lost on the way is in the store, and `Heartbeats` tells that it was lost.

A batch is what one task says at once, numbered 1, 2, 3 … for as long as it lives; an empty one says that it lives.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

BEAT_SECONDS = 0.5
SILENCE_SECONDS = 1.5
"""Who was not heard for so long may have said something that was lost."""

LEASE_SECONDS = 10.0
"""Whose task was not heard for so long has no socket there any more."""

GONE_SECONDS = 60.0
"""Who was not heard for so long is no task any more."""

MAX_FORGOTTEN = 100


class EntryCommitted(Struct, frozen=True, array_like=True, tag="landed"):
    """
    A numbered change is durable. `message` is what its users' sockets are sent. None: too long to be carried, and so
    may be who they are; the store has both.
    """

    conversation_id: str
    seq: int
    user_ids: tuple[str, ...]
    message: str | None


class Notification(Struct, frozen=True, array_like=True, tag="told"):
    """Something that no number orders: receipts, typing, presence."""

    user_ids: tuple[str, ...]
    message: str


class PresenceChanged(Struct, frozen=True, array_like=True, tag="here"):
    """Somebody's first socket on the task that says so joined, or their last one left."""

    user_id: str
    is_here: bool


class PresenceSnapshot(Struct, frozen=True, array_like=True, tag="roll"):
    """Everybody who is on the task that says so, in `parts` parts counted from 0; another time is another `call`."""

    user_ids: tuple[str, ...]
    part: int
    parts: int
    call: int = 0


class SnapshotRequest(Struct, frozen=True, array_like=True, tag="wanted"):
    """This task shall call its roll: it was not heard before, or of what it said something was lost."""

    task_id: str


class TaskLeft(Struct, frozen=True, array_like=True, tag="ended"):
    """This task says nothing more: nobody need wait for it."""


BusMessage = EntryCommitted | Notification | PresenceChanged | PresenceSnapshot | SnapshotRequest | TaskLeft


class Batch(Struct, frozen=True, array_like=True):
    task_id: str
    number: int
    items: tuple[BusMessage, ...]


class Bus(Protocol):
    """Carries texts between tasks, to the sender too, each at most `most_bytes` long."""

    most_bytes: int

    def send(self, text: str) -> None:
        """Carry it, perhaps; never waits."""
        ...

    def listen(self, heard: Callable[[str], None]) -> None:
        """Who is told of each text."""
        ...


class MemoryBus:
    """Between the tasks of one process: for tests."""

    most_bytes = 7_999

    def __init__(self) -> None:
        self._listening: list[Callable[[str], None]] = []

    def send(self, text: str) -> None:
        for heard in self._listening:
            heard(text)

    def listen(self, heard: Callable[[str], None]) -> None:
        self._listening.append(heard)


def pack_batches(task_id: str, number: int, items: Iterable[BusMessage], most_bytes: int) -> Sequence[str]:
    """
    As few batches as hold all of them, the first with this number; what is too long goes without its content. The id
    is one that JSON writes as it is.
    """
    texts: list[str] = []
    batch: list[bytes] = []
    room = 0
    head = len(_text(task_id, 2**53, ()))
    for item in items:
        part = _encoded(item)
        if head + len(part) > most_bytes:
            if not isinstance(item, EntryCommitted):
                continue
            part = _encoded(EntryCommitted(item.conversation_id, item.seq, item.user_ids, None))
            if head + len(part) > most_bytes:
                part = _encoded(EntryCommitted(item.conversation_id, item.seq, (), None))
        if batch and room < len(part) + 1:
            texts.append(_text(task_id, number + len(texts), batch))
            batch = []
        # A comma before each but the first.
        room = room - 1 if batch else most_bytes - head
        batch.append(part)
        room -= len(part)
    if batch or not texts:
        texts.append(_text(task_id, number + len(texts), batch))
    return texts


def decode_own_header(text: str, task_id: str) -> Batch | None:
    """What a task hears of itself, without the items, which it knows; None for what another said."""
    before = f'["{task_id}",'
    if not text.startswith(before):
        return None
    return Batch(task_id, int(text[len(before) : text.index(",", len(before))]), ())


def split_snapshot(user_ids: Sequence[str], most_bytes: int, call: int) -> Sequence[PresenceSnapshot]:
    """Everybody, in parts that are carried; one part that is empty where nobody is here."""
    parts: list[list[str]] = [[]]
    room = most_bytes // 2
    for user_id in user_ids:
        size = len(msgspec.json.encode(user_id)) + 1
        if size > room and parts[-1]:
            parts.append([])
            room = most_bytes // 2
        parts[-1].append(user_id)
        room -= size
    return [PresenceSnapshot(tuple(part), number, len(parts), call) for number, part in enumerate(parts)]


def decode_batch(text: str) -> Batch | None:
    """None for what no task of ours said. An item that only another release knows is left out."""
    try:
        return _batches.decode(text)
    except msgspec.DecodeError:
        pass
    try:
        raw = msgspec.json.decode(text, type=_RawBatch)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    items = []
    for each in raw.items:
        with contextlib.suppress(msgspec.DecodeError):
            items.append(msgspec.json.decode(each, type=BusMessage))
    return Batch(raw.task_id, raw.number, tuple(items))


class _RawBatch(Struct, frozen=True, array_like=True):
    task_id: str
    number: int
    items: tuple[msgspec.Raw, ...]


_encoded = msgspec.json.Encoder().encode
_batches = msgspec.json.Decoder(Batch)


class Heartbeats:
    """
    Which tasks are heard, `own_id` among them from the beginning, and whether something they said was lost. Time in
    seconds, any clock.
    """

    def __init__(self, own_id: str, now: float) -> None:
        self._own_id, self._began = own_id, now
        self._heard: dict[str, tuple[int, float]] = {own_id: (0, now)}
        self._lapsed: set[str] = set()
        self._forgotten: dict[str, tuple[int, float]] = {}

    def heard(self, batch: Batch, now: float) -> float | None:
        """
        Since when something that this task said is missing; None, where nothing is. What a task said before it was
        first heard is missing since one listens, but for a minute at most: it would have been silent before.
        """
        number, at = self._heard.get(batch.task_id) or self._forgotten.pop(
            batch.task_id, (0, max(self._began, now - GONE_SECONDS))
        )
        self._heard[batch.task_id] = (max(number, batch.number), now)
        return at if batch.number > number + 1 else None

    def is_late(self, batch: Batch) -> bool:
        """Whether something that was said after it, or the same, was heard before."""
        return batch.number <= self._heard.get(batch.task_id, (0, 0.0))[0]

    def knows(self, task_id: str) -> bool:
        return task_id in self._heard

    def lapsed(self, now: float) -> Sequence[str]:
        """Tasks of which nobody is online any more, each once until it is heard again."""
        lapsed = {task_id for task_id, (_, at) in self._heard.items() if now - at > LEASE_SECONDS}
        before, self._lapsed = self._lapsed, lapsed
        return sorted(lapsed - before)

    def silent_since(self, now: float) -> float | None:
        """When the first of those that should have been heard again by now was heard; None, where all were."""
        return min((at for _, at in self._heard.values() if now - at > SILENCE_SECONDS), default=None)

    def ended(self, task_id: str) -> None:
        """It is no task any more, by its own word."""
        self._heard.pop(task_id, None)

    def forget(self, now: float) -> None:
        """Those that are no tasks any more; oneself is one, heard or not."""
        for task_id, (_, at) in list(self._heard.items()):
            if now - at > GONE_SECONDS and task_id != self._own_id:
                self._forgotten[task_id] = self._heard.pop(task_id)
        while len(self._forgotten) > MAX_FORGOTTEN:
            del self._forgotten[next(iter(self._forgotten))]

    def age(self, now: float) -> float:
        """How long ago one heard oneself, or began to listen."""
        return now - self._heard[self._own_id][1]


def _text(task_id: str, number: int, parts: Sequence[bytes]) -> str:
    """A batch of items that are encoded already: most of what publishing costs is to encode them."""
    return f'["{task_id}",{number},[{b",".join(parts).decode()}]]'
