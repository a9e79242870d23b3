"""From what the clients noted to figures. Nothing here knows what was taken away, or what is promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from glimpse.operations.drills import consistency
from glimpse.operations.drills.consistency import MessageKey, message_key
from glimpse.operations.drills.notes import (
    Acknowledged,
    Connected,
    ConnectionRefused,
    Disconnected,
    Draining,
    Failed,
    Fetched,
    Heard,
    Left,
    Note,
    Sent,
)


class Spread(Struct, frozen=True):
    """Of some times, in seconds."""

    median: float
    p90: float
    p99: float
    max: float


class Close(Struct, frozen=True):
    """
    A client lost its connection at `at`, or moved because its task was draining (`was_told`). `back_at` is None where
    it did not come back.
    """

    client: str
    at: float
    reason: str
    was_told: bool
    back_at: float | None

    @property
    def seconds(self) -> float | None:
        return None if self.back_at is None else self.back_at - self.at


class Figures(Struct, frozen=True):
    """
    What the clients saw. The lists name what is broken, as CONVERSATION/SEQ, CONVERSATION/CLIENT_ID or a client's name;
    they are empty where every promise is kept. Times are in seconds.

    `lost`: acknowledged, and not there at the end. `duplicates`: stored or answered twice, or heard twice on one
    connection. `gaps`: missing between two others, or not known to a member although it was connected. `differences`:
    known otherwise than it was fetched anew. `unanswered`: sent, and neither acknowledged nor refused. `not_fetched`:
    clients who could not fetch anew, of whom nothing can be said.
    """

    clients: int
    sent: int
    acknowledged: int
    heard: int
    lost: Sequence[str]
    duplicates: Sequence[str]
    gaps: Sequence[str]
    differences: Sequence[str]
    unanswered: Sequence[str]
    refused: Sequence[str]
    not_fetched: Sequence[str]
    not_back: Sequence[str]
    closes: Sequence[Close]
    connections_refused: int
    without_service: float
    """The longest time in which no message of any client was acknowledged."""

    acknowledgement: Spread | None
    """From the moment when a client wrote a message until its acknowledgement."""

    latest_event: float
    """The most from the first client who heard an event until another member, who was connected, heard it."""

    acknowledged_each_second: Sequence[int]
    back_after_close: Spread | None

    def everyone_back(self, since: float) -> float | None:
        """From `since` until the last client was connected again; None where one never was, 0 where none was cut."""
        if self.not_back:
            return None
        return max((close.back_at - since for close in self.closes if close.back_at is not None), default=0.0)


def figures(notes: Sequence[Note], began: float, ended: float) -> Figures:
    """`began` and `ended`: of the load. `notes` are in the order in which they were made."""
    closes = list(_closes(notes))
    sent = {message_key(note): note.at for note in notes if isinstance(note, Sent)}
    answers = consistency.answers_of(notes)
    failed = {message_key(note) for note in notes if isinstance(note, Failed)}
    fetched = consistency.fetches_of(notes)
    clients = {note.client for note in notes if isinstance(note, Sent | Fetched)}
    times = [note.at for note in notes if isinstance(note, Acknowledged) and began <= note.at <= ended]
    return Figures(
        clients=len({note.client for note in notes}),
        sent=len(sent),
        acknowledged=len(answers),
        heard=sum(isinstance(note, Heard) and note.name == "message" for note in notes),
        lost=sorted(consistency.lost(answers, fetched)),
        duplicates=sorted(set(consistency.duplicates(notes, answers, fetched))),
        gaps=sorted(set(consistency.gaps(notes, fetched))),
        differences=sorted(consistency.differences(notes)),
        unanswered=sorted(f"{key[1]}/{key[2]}" for key in sent.keys() - answers.keys() - failed),
        refused=sorted(f"{key[1]}/{key[2]}" for key in failed - answers.keys()),
        not_fetched=sorted(clients - {note.client for note in notes if isinstance(note, Fetched)}),
        not_back=sorted({*(close.client for close in closes if close.back_at is None), *_never_connected(notes)}),
        closes=closes,
        connections_refused=sum(isinstance(note, ConnectionRefused) for note in notes),
        without_service=max((later - earlier for earlier, later in pairwise([began, *times, ended])), default=0.0),
        acknowledgement=spread([answers[key].at - at for key, at in sent.items() if key in answers]),
        latest_event=max(_event_delays(notes), default=0.0),
        acknowledged_each_second=_each_second(times, began, ended),
        back_after_close=spread([close.seconds for close in closes if close.seconds is not None]),
    )


def spread(seconds: Sequence[float]) -> Spread | None:
    """None where there are none."""
    if not seconds:
        return None
    return Spread(percentile(seconds, 50), percentile(seconds, 90), percentile(seconds, 99), max(seconds))


def percentile(seconds: Sequence[float], percent: float) -> float:
    """One of them, of which there is at least one: `percent` of all are less. 0 is the least, 100 the greatest."""
    return sorted(seconds)[min(len(seconds) - 1, int(percent / 100 * len(seconds)))]


def attempts(notes: Sequence[Note]) -> Sequence[tuple[float, float]]:
    """
    Of each acknowledged message: when its first attempt began, and when it was acknowledged. A client sends one message
    at a time, so an attempt begins when the message before it has its answer. What a message waited for that, on a
    machine that is slow, is in Figures.acknowledgement.
    """
    written: dict[MessageKey, float] = {}
    free_at: dict[str, float] = {}
    found = []
    for note in notes:
        if isinstance(note, Sent):
            written[message_key(note)] = note.at
        elif isinstance(note, Acknowledged | Failed) and (at := written.pop(message_key(note), None)) is not None:
            if isinstance(note, Acknowledged):
                found.append((max(at, free_at.get(note.client, at)), note.at))
            free_at[note.client] = note.at
    return found


def first_acknowledgement(notes: Iterable[Note], since: float) -> float | None:
    """The seconds from `since` to the first acknowledgement after it; None where there is none."""
    return next((note.at - since for note in notes if isinstance(note, Acknowledged) and note.at >= since), None)


# ---- Connections


def _closes(notes: Sequence[Note]) -> Iterator[Close]:
    closed: dict[str, Disconnected] = {}
    told: set[str] = set()
    was_told: dict[str, bool] = {}
    for note in notes:
        if isinstance(note, Draining):
            told.add(note.client)
        elif isinstance(note, Disconnected):
            closed[note.client], was_told[note.client] = note, note.client in told
            told.discard(note.client)
        elif isinstance(note, Connected | Left) and (lost := closed.pop(note.client, None)):
            back_at = note.at if isinstance(note, Connected) else None
            yield Close(lost.client, lost.at, lost.reason, was_told[lost.client], back_at)
    for lost in closed.values():
        yield Close(lost.client, lost.at, lost.reason, was_told[lost.client], None)


def _never_connected(notes: Sequence[Note]) -> set[str]:
    connected = {note.client for note in notes if isinstance(note, Connected)}
    return {note.client for note in notes if isinstance(note, ConnectionRefused)} - connected


# ---- Time


def _event_delays(notes: Sequence[Note]) -> Iterator[float]:
    first: dict[tuple[str, int], float] = {}
    connected_at: dict[str, float] = {}
    for note in notes:
        if isinstance(note, Connected):
            connected_at[note.client] = note.at
        elif isinstance(note, Heard) and note.name == "message":
            at = first.setdefault((note.data["conversationId"], note.data["seq"]), note.at)
            if connected_at.get(note.client, note.at) < at:
                yield note.at - at


def _each_second(times: Sequence[float], began: float, ended: float) -> Sequence[int]:
    counts = Counter(int(at - began) for at in times)
    return [counts[second] for second in range(int(ended - began) + 1)]
