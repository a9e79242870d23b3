"""
The messages that tasks send each other, how they are packed into texts, and the port of the bus that carries them.

A batch holds the messages that a task sends at once. Each task numbers its batches 1, 2, 3 …; an empty batch is a
heartbeat. The bus may lose a batch. `heartbeats.py` notices that, and what was in the batch is read from the store.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from glimpse.chat.publications import NO_EVENT, EntryCommitted, Notification


class PresenceChanged(Struct, frozen=True, array_like=True, tag="here"):
    """The first socket of a user joined the task that sends this, or the last one left it."""

    user_id: str
    is_here: bool


class PresenceSnapshot(Struct, frozen=True, array_like=True, tag="roll"):
    """
    The users who have a socket on the task that sends this, or a part of them: `part` of `parts`, counted from 0. Parts
    with the same `snapshot_id` belong together.
    """

    user_ids: tuple[str, ...]
    part: int
    parts: int
    snapshot_id: int = 0


class SnapshotRequest(Struct, frozen=True, array_like=True, tag="wanted"):
    """
    Asks the task `task_id` for its snapshot: the sender hears that task for the first time, or missed one of its
    batches.
    """

    task_id: str


class ConversationMade(Struct, frozen=True, array_like=True, tag="made"):
    """
    A new conversation whose event is too long for the bus; the store tells it to the member `creator_id`. The release
    before leaves this message out.
    """

    conversation_id: str
    creator_id: str


class BlockChanged(Struct, frozen=True, array_like=True, tag="block"):
    """A block between two users began or ended. The release before leaves this message out."""

    user_ids: tuple[str, str]


class Revoked(Struct, frozen=True, array_like=True, tag="revoked"):
    """
    Tokens of a user that were issued before the second `valid_after`, since 1970, are not valid any more. The release
    before leaves this message out.
    """

    user_id: str
    valid_after: int


class TaskLeft(Struct, frozen=True, array_like=True, tag="ended"):
    """The last message of a task, which has no sockets any more."""


BusMessage = (
    EntryCommitted
    | Notification
    | PresenceChanged
    | PresenceSnapshot
    | ConversationMade
    | BlockChanged
    | SnapshotRequest
    | Revoked
    | TaskLeft
)


class Batch(Struct, frozen=True, array_like=True):
    task_id: str
    number: int
    messages: tuple[BusMessage, ...]


class Bus(Protocol):
    """Carries texts to every task, including the sender. A text has at most `max_bytes` bytes in UTF-8."""

    max_bytes: int

    def send(self, text: str) -> None:
        """Send a text without waiting. It may be lost."""
        ...

    def listen(self, on_text: Callable[[str], None]) -> None:
        """Call `on_text` with each text that arrives from now on."""
        ...


class MemoryBus:
    """Connects the tasks of one process, for tests."""

    max_bytes = 7_999

    def __init__(self) -> None:
        self._listeners: list[Callable[[str], None]] = []

    def send(self, text: str) -> None:
        for on_text in self._listeners:
            on_text(text)

    def listen(self, on_text: Callable[[str], None]) -> None:
        self._listeners.append(on_text)


# ---- Packing


def pack_batches(task_id: str, number: int, messages: Iterable[BusMessage], max_bytes: int) -> Sequence[str]:
    """
    Pack the messages into as few batches as possible, numbered from `number`; without messages, into a heartbeat.

    An entry that is too long for a text is sent without its event, and if need be without its users; a notification in
    several, each for some of the users. Any other message that is too long is left out. `task_id` has no character that
    JSON escapes.
    """
    texts: list[str] = []
    batch: list[bytes] = []
    room = 0
    # Measured with the largest number, because the number of a batch is not known yet.
    frame = len(_batch_text(task_id, 2**53, ()))
    for encoded in (each for message in messages for each in _shortened(message, max_bytes - frame)):
        if batch and room < len(encoded) + 1:
            texts.append(_batch_text(task_id, number + len(texts), batch))
            batch = []
        # One byte for the comma before each message but the first.
        room = room - 1 if batch else max_bytes - frame
        batch.append(encoded)
        room -= len(encoded)
    if batch or not texts:
        texts.append(_batch_text(task_id, number + len(texts), batch))
    return texts


def fits_bus(message: BusMessage, task_id: str, max_bytes: int) -> bool:
    """Whether the message is sent whole."""
    return len(_batch_text(task_id, 2**53, ())) + len(_encode(message)) <= max_bytes


def _shortened(message: BusMessage, most: int) -> Sequence[bytes]:
    """The message, encoded: in parts, or without what the store has, where it would have more than `most` bytes."""
    encoded = _encode(message)
    if len(encoded) <= most:
        return (encoded,)
    if isinstance(message, EntryCommitted):
        encoded = _encode(EntryCommitted(message.conversation_id, message.seq, message.user_ids, NO_EVENT))
        if len(encoded) > most:
            encoded = _encode(EntryCommitted(message.conversation_id, message.seq, (), NO_EVENT))
        return (encoded,)
    if isinstance(message, Notification) and (half := len(message.user_ids) // 2):
        parts = (Notification(ids, message.event) for ids in (message.user_ids[:half], message.user_ids[half:]))
        return [each for part in parts for each in _shortened(part, most)]
    return ()


def split_snapshot(user_ids: Sequence[str], max_bytes: int, snapshot_id: int) -> Sequence[PresenceSnapshot]:
    """All users in parts that each fit into a text; without users, one empty part."""
    parts: list[list[str]] = [[]]
    # Half of a text is for the users, which leaves enough for the rest of it.
    room = max_bytes // 2
    for user_id in user_ids:
        size = len(msgspec.json.encode(user_id)) + 1
        if size > room and parts[-1]:
            parts.append([])
            room = max_bytes // 2
        parts[-1].append(user_id)
        room -= size
    return [PresenceSnapshot(tuple(part), number, len(parts), snapshot_id) for number, part in enumerate(parts)]


def _batch_text(task_id: str, number: int, encoded: Sequence[bytes]) -> str:
    """Join messages that are already encoded: encoding is most of the cost of a batch, so it is done once."""
    return f'["{task_id}",{number},[{b",".join(encoded).decode()}]]'


# ---- Decoding


def decode_own_header(text: str, task_id: str) -> Batch | None:
    """A batch of this task itself, without decoding its messages, which it knows; None for any other text."""
    before = f'["{task_id}",'
    if not text.startswith(before):
        return None
    return Batch(task_id, int(text[len(before) : text.index(",", len(before))]), ())


def decode_batch(text: str) -> Batch | None:
    """None for a text that is no batch. A message that this release cannot read is left out."""
    try:
        return _decode_batch(text)
    except msgspec.DecodeError:
        pass
    try:
        raw = msgspec.json.decode(text, type=_RawBatch)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    messages = []
    for each in raw.messages:
        with contextlib.suppress(msgspec.DecodeError):
            messages.append(msgspec.json.decode(each, type=BusMessage))
    return Batch(raw.task_id, raw.number, tuple(messages))


class _RawBatch(Struct, frozen=True, array_like=True):
    task_id: str
    number: int
    messages: tuple[msgspec.Raw, ...]


_encode = msgspec.json.Encoder().encode
_decode_batch = msgspec.json.Decoder(Batch).decode
