"""From what the clients noted to figures. Nothing here knows what was taken away, or what is promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from msgspec import Struct

from glimpse.operations.drills.client_state import ClientState, entry_key
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
    Synced,
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
    """From the first attempt to send a message until its acknowledgement."""

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
    sent = {_message(note): note.at for note in notes if isinstance(note, Sent)}
    answers: dict[tuple[str, str, str], Acknowledged] = {}
    for note in notes:
        if isinstance(note, Acknowledged):
            answers.setdefault(_message(note), note)
    failed = {_message(note) for note in notes if isinstance(note, Failed)}
    fetched = _fetched(notes)
    clients = {note.client for note in notes if isinstance(note, Sent | Fetched)}
    times = [note.at for note in notes if isinstance(note, Acknowledged) and began <= note.at <= ended]
    return Figures(
        clients=len({note.client for note in notes}),
        sent=len(sent),
        acknowledged=len(answers),
        heard=sum(isinstance(note, Heard) and note.name == "message" for note in notes),
        lost=sorted(_lost(answers.values(), fetched)),
        duplicates=sorted({*_stored_twice(fetched), *_answered_twice(notes, answers), *_heard_twice(notes)}),
        gaps=sorted({*_missing_numbers(fetched), *_skipped(notes), *_unknown(notes)}),
        differences=sorted(_differences(notes)),
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
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return Spread(at(0.5), at(0.9), at(0.99), ordered[-1])


def acknowledgement_seconds(notes: Sequence[Note], since: float, until: float) -> list[float]:
    """For each message that was first sent between these times, how long its acknowledgement took."""
    sent = {_message(note): note.at for note in notes if isinstance(note, Sent) and since <= note.at < until}
    seconds = []
    for note in notes:
        if isinstance(note, Acknowledged) and (at := sent.pop(_message(note), None)) is not None:
            seconds.append(note.at - at)
    return seconds


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


# ---- Messages


def _message(note: Sent | Acknowledged | Failed) -> tuple[str, str, str]:
    return note.client, note.conversation_id, note.client_id


_Fetch = Mapping[str, Mapping[tuple[str, int], Mapping[str, Any]]]
"""client → (conversation, seq) → the entry that it fetched anew."""


def _fetched(notes: Sequence[Note]) -> _Fetch:
    fetched: dict[str, dict[tuple[str, int], Mapping[str, Any]]] = defaultdict(dict)
    for note in notes:
        if isinstance(note, Fetched):
            for entry in note.answer["messages"]:
                fetched[note.client][entry["conversationId"], entry["seq"]] = entry
    return fetched


def _lost(answers: Iterable[Acknowledged], fetched: _Fetch) -> Iterator[str]:
    """Where the sender could not fetch anew, another member's fetch shows whether the message is there."""
    for answer in answers:
        key = answer.conversation_id, answer.seq
        entry = next((entries[key] for entries in fetched.values() if key in entries), None)
        if entry is None or (entry["id"], entry.get("senderId")) != (answer.id, answer.client):
            yield f"{answer.conversation_id}/{answer.seq}"


def _stored_twice(fetched: _Fetch) -> Iterator[str]:
    entries = {key: entry for each in fetched.values() for key, entry in each.items()}
    identities = Counter(
        (conversation_id, entry["senderId"], entry["clientId"])
        for (conversation_id, _), entry in entries.items()
        if entry["type"] == "message" and entry.get("clientId")
    )
    return (f"{conversation}/{client_id}" for (conversation, _, client_id), count in identities.items() if count > 1)


def _answered_twice(notes: Sequence[Note], answers: Mapping[tuple[str, str, str], Acknowledged]) -> Iterator[str]:
    """A message that was acknowledged under two numbers."""
    for note in notes:
        if isinstance(note, Acknowledged):
            first = answers[_message(note)]
            if (first.id, first.seq) != (note.id, note.seq):
                yield f"{note.conversation_id}/{note.client_id}"


def _heard_twice(notes: Sequence[Note]) -> Iterator[str]:
    """An entry twice on one connection, or one message under two numbers."""
    heard: dict[str, set[tuple[str, int]]] = defaultdict(set)
    numbers: dict[tuple[str, str, str], int] = {}
    for note in notes:
        if isinstance(note, Connected):
            heard[note.client].clear()
        elif isinstance(note, Heard) and (key := entry_key(note.name, note.data)):
            if key in heard[note.client]:
                yield f"{key[0]}/{key[1]}"
            heard[note.client].add(key)
            if note.name == "message":
                identity = key[0], note.data["senderId"], note.data["clientId"]
                if numbers.setdefault(identity, key[1]) != key[1]:
                    yield f"{key[0]}/{identity[2]}"


def _missing_numbers(fetched: _Fetch) -> Iterator[str]:
    for entries in fetched.values():
        last: dict[str, int] = defaultdict(int)
        for conversation_id, seq in entries:
            last[conversation_id] = max(last[conversation_id], seq)
        for conversation_id, most in last.items():
            for seq in range(1, most):
                if (conversation_id, seq) not in entries:
                    yield f"{conversation_id}/{seq}"


def _skipped(notes: Sequence[Note]) -> Iterator[str]:
    """On one connection, the entries of a conversation come in sequence: 5, 6, 7."""
    last: dict[str, dict[str, int]] = defaultdict(dict)
    for note in notes:
        if isinstance(note, Connected):
            last[note.client] = {}
        elif isinstance(note, Heard) and (key := entry_key(note.name, note.data)):
            conversation_id, seq = key
            before = last[note.client].get(conversation_id, seq - 1)
            if seq > before + 1:
                yield f"{conversation_id}/{before + 1}"
            last[note.client][conversation_id] = max(seq, before)


def _states(notes: Sequence[Note]) -> tuple[Mapping[str, ClientState], Mapping[str, ClientState]]:
    """What each client knew from its syncs and events, and what it fetched anew."""
    known: dict[str, ClientState] = defaultdict(ClientState)
    fetched: dict[str, ClientState] = {}
    for note in notes:
        if isinstance(note, Synced):
            known[note.client].apply_sync(note.answer)
        elif isinstance(note, Heard):
            known[note.client].apply_event(note.name, note.data)
        elif isinstance(note, Fetched):
            fetched.setdefault(note.client, ClientState()).apply_sync(note.answer)
    return known, fetched


def _unknown(notes: Sequence[Note]) -> Iterator[str]:
    known, fetched = _states(notes)
    for client, state in fetched.items():
        for conversation_id, seq in state.bodies.keys() - known[client].bodies.keys():
            yield f"{conversation_id}/{seq} ({client})"


def _differences(notes: Sequence[Note]) -> Iterator[str]:
    known, fetched = _states(notes)
    for client, state in fetched.items():
        for key, body in known[client].bodies.items():
            if state.bodies.get(key, "nothing") != body:
                yield f"{key[0]}/{key[1]} ({client})"
        for conversation_id in state.members.keys() | known[client].members.keys():
            now, before = state.members.get(conversation_id), known[client].members.get(conversation_id)
            if now is None or before is None or sorted(now) != sorted(before):
                yield f"{conversation_id} ({client})"


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
