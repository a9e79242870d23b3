"""
Whether the service kept its promises, from nothing but what people saw and what the database holds.

A note is one line of `people.mjs`: who (`p`), when (`at`, ms), `what`, and for one of a person's sockets, which (`s`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Note = Mapping[str, Any]

BALANCED = 0
"""The socket of a person that comes through the balancer; another one is on a task for good."""

SNAPSHOT_MS = 1_000
"""So long after somebody came they may hear of receipts that they were told of already."""


@dataclass(frozen=True)
class EntryRow:
    """A row of the table of the same name."""

    conversation_id: str
    seq: int
    id: str
    type: str
    sender_id: str
    client_id: str | None
    body: str | None
    of_seq: int | None


@dataclass(frozen=True)
class Kept:
    """What the database holds in the end."""

    entries: Sequence[EntryRow]
    members: Mapping[str, Sequence[str]]
    reads: Mapping[tuple[str, str], int]
    """(conversation, member) → seq."""


@dataclass(frozen=True)
class Bounds:
    """What a round asks, times in milliseconds. `unserved`: when nobody could be served, whatever the service did."""

    back: float = 5_000
    late: float | None = None
    is_told_before: bool = False
    """Whether every WebSocket that was closed was on a task that could say so before; a balancer may send a poll on."""

    unserved: Sequence[tuple[float, float]] = ()


@dataclass
class State:
    """What a person knows of the conversations they are in."""

    members: dict[str, list[str]] = field(default_factory=dict)
    reads: dict[tuple[str, str], int] = field(default_factory=dict)
    bodies: dict[tuple[str, int], str | None] = field(default_factory=dict)
    """(conversation, seq) → the text; None for what has none, or none any more."""

    deleted: set[tuple[str, int]] = field(default_factory=set)
    """What a fetch that was asked earlier and answered later does not bring back."""

    def synced(self, answer: Mapping[str, Any]) -> None:
        for each in answer["conversations"]:
            self.members[each["id"]] = each["memberIds"]
            for reader, seq in each["reads"].items():
                self.read(each["id"], reader, seq)
        for entry in answer["messages"]:
            place = entry["conversationId"], entry["seq"]
            self.bodies[place] = None if place in self.deleted else entry.get("body")
            if entry["type"] == "deleted":
                self.delete(entry["conversationId"], entry["of"])

    def heard(self, name: str, data: Mapping[str, Any]) -> None:
        if name == "message":
            self.bodies.setdefault((data["conversationId"], data["seq"]), data["body"])
        elif name == "deleted":
            self.bodies[data["conversationId"], data["seq"]] = None
            self.delete(data["conversationId"], data["of"])
        elif name == "conversation":
            self.members[data["id"]] = data["memberIds"]
            if data["lastSeq"]:
                self.bodies[data["id"], data["lastSeq"]] = None
        elif name == "read":
            self.read(data["conversationId"], data["userId"], data["seq"])

    def delete(self, conversation_id: str, seq: int) -> None:
        self.bodies[conversation_id, seq] = None
        self.deleted.add((conversation_id, seq))

    def read(self, conversation_id: str, reader: str, seq: int) -> None:
        self.reads[conversation_id, reader] = max(seq, self.reads.get((conversation_id, reader), 0))


def broken(notes: Sequence[Note], kept: Kept, bounds: Bounds) -> list[str]:
    """A sentence for each promise that was not kept."""
    return [
        *_numbers(kept),
        *_acknowledged(notes, kept),
        *_heard(notes, kept),
        *_in_order(notes),
        *_everywhere(notes, kept),
        *_event_before_acknowledgement(notes),
        *_states(notes, kept),
        *_online(notes, kept),
        *_back(notes, bounds),
        *_late(notes, bounds),
    ]


def _numbers(kept: Kept) -> Iterator[str]:
    seqs = defaultdict(list)
    identities: dict[tuple[str, str, str], int] = {}
    for entry in kept.entries:
        seqs[entry.conversation_id].append(entry.seq)
        if entry.client_id is not None:
            identity = entry.conversation_id, entry.sender_id, entry.client_id
            if identity in identities:
                yield f"{identity} is stored twice, as {identities[identity]} and {entry.seq}"
            identities[identity] = entry.seq
    for conversation_id, numbers in seqs.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"{conversation_id} has a gap: {sorted(set(range(1, max(numbers))) - set(numbers))[:5]}"


def _acknowledged(notes: Sequence[Note], kept: Kept) -> Iterator[str]:
    stored = {(each.conversation_id, each.sender_id, each.client_id): each for each in kept.entries}
    answers: dict[tuple[str, str, str], Any] = {}
    for note in notes:
        if note["what"] == "failed":
            yield f"{note['p']} was refused {note['clientId']}: {note['answer']}"
        if note["what"] != "acknowledged":
            continue
        identity = note["conversationId"], note["p"], note["clientId"]
        answer, entry = note["answer"], stored.get(identity)
        if entry is None:
            yield f"{identity} was acknowledged as {answer['seq']} and is lost"
        elif (entry.seq, entry.id) != (answer["seq"], answer["id"]):
            yield f"{identity} was acknowledged as {answer['seq']} and is stored as {entry.seq}"
        if answers.setdefault(identity, answer) != answer:
            yield f"{identity} was answered in two ways: {answers[identity]} and {answer}"
    for note in notes:
        if note["what"] == "sent" and (note["conversationId"], note["p"], note["clientId"]) not in answers:
            yield f"{note['p']} sent {note['clientId']} and never got an answer"


def _heard(notes: Sequence[Note], kept: Kept) -> Iterator[str]:
    stored = {(each.conversation_id, each.seq): each for each in kept.entries}
    for note in _events(notes, "message", "deleted"):
        data, entry = note["data"], stored.get((note["data"]["conversationId"], note["data"]["seq"]))
        if entry is None:
            yield f"{note['p']} heard {data}, which is not stored"
        elif note["name"] == "message" and (data["id"], data["clientId"]) != (entry.id, entry.client_id):
            yield f"{note['p']} heard {data}, and stored is {entry}"
        elif note["name"] == "message" and entry.body not in (None, data["body"]):
            yield f"{note['p']} heard {data['body']!r}, and stored is {entry.body!r}"
        elif note["name"] == "deleted" and data["of"] != entry.of_seq:
            yield f"{note['p']} heard that {data['of']} is deleted, and it is {entry.of_seq}"


def _in_order(notes: Sequence[Note]) -> Iterator[str]:
    """As long as a socket is connected, it hears 5, 6, 7 of each conversation."""
    last: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for note in notes:
        if note["what"] == "connect":
            last[note["p"], note["s"]] = {}
        elif note["what"] == "heard" and (found := _number(note)):
            conversation_id, seq = found
            known = last[note["p"], note["s"]]
            if seq != known.get(conversation_id, seq - 1) + 1:
                yield f"{note['p']} heard {seq} after {known[conversation_id]} of {conversation_id}"
            known[conversation_id] = seq


def _everywhere(notes: Sequence[Note], kept: Kept) -> Iterator[str]:
    """
    Each socket that is there in the end heard, or fetched, whatever anybody heard first when it had been there for a
    while.
    """
    came: dict[tuple[str, int], float] = {}
    heard: dict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
    first: dict[tuple[str, int], float] = {}
    for note in notes:
        if note["what"] == "left":
            break
        if note["what"] == "connect":
            came[note["p"], note["s"]] = note["at"]
            heard[note["p"], note["s"]].clear()
        elif note["what"] == "disconnect":
            came.pop((note["p"], note["s"]), None)
        elif note["what"] == "heard" and (number := _number(note)):
            first.setdefault(number, note["at"])
            heard[note["p"], note["s"]].add(number)
        elif note["what"] == "synced":
            entries = note["answer"]["messages"]
            heard[note["p"], note["s"]].update((entry["conversationId"], entry["seq"]) for entry in entries)
    for (conversation_id, seq), at in first.items():
        for (person, s), since in came.items():
            is_due = person in kept.members.get(conversation_id, ()) and at > since + SNAPSHOT_MS
            if is_due and (conversation_id, seq) not in heard[person, s]:
                yield f"{person} did not hear {seq} of {conversation_id} on socket {s}"


def _event_before_acknowledgement(notes: Sequence[Note]) -> Iterator[str]:
    answered: set[tuple[str, int, str, str]] = set()
    for note in notes:
        if note["what"] == "connect":
            answered = {each for each in answered if each[:2] != (note["p"], note["s"])}
        elif note["what"] == "acknowledged":
            answered.add((note["p"], note["s"], note["conversationId"], note["clientId"]))
        elif note["what"] == "heard" and note["name"] == "message":
            data = note["data"]
            if data["senderId"] == note["p"] and (
                (note["p"], note["s"], data["conversationId"], data["clientId"]) in answered
            ):
                yield f"{note['p']} heard {data['clientId']} after it was acknowledged"


def _states(notes: Sequence[Note], kept: Kept) -> Iterator[str]:
    """What everybody knew, with what they heard, is what they fetch anew, and what the database holds."""
    known: dict[str, State] = defaultdict(State)
    fresh: dict[str, State] = defaultdict(State)
    came: dict[str, float] = {}
    first_heard: dict[tuple[str, str, int], float] = {}
    for note in notes:
        person = note["p"]
        if note["what"] == "synced":
            known[person].synced(note["answer"])
            for gone in note["answer"]["gone"]:
                yield f"{person} is told that {gone} is gone, and nobody left it"
            if note["answer"].get("reset"):
                yield f"{person} is told to forget {note['answer']['reset']}"
        elif note["what"] == "heard":
            known[person].heard(note["name"], note["data"])
            if note["name"] == "read":
                data = note["data"]
                first_heard.setdefault((data["conversationId"], data["userId"], data["seq"]), note["at"])
        elif note["what"] == "connect" and note["s"] == BALANCED:
            came[person] = note["at"]
        elif note["what"] == "fresh":
            fresh[person].synced(note["answer"])
    for person, anew in fresh.items():
        state = known[person]
        held = {
            (each.conversation_id, each.seq): each.body
            for each in kept.entries
            if person in kept.members[each.conversation_id]
        }
        yield from _differences(f"{person} fetches", anew.bodies, "stored is", held)
        yield from _differences(f"{person} knows", state.bodies, "fetches", anew.bodies)
        yield from _differences(f"{person} knows members", state.members, "fetches", anew.members)
        for place, seq in anew.reads.items():
            if seq != kept.reads.get(place):
                yield f"{person} fetches that {place} is read to {seq}, and stored is {kept.reads.get(place)}"
            # A receipt has no number: who was away when it came learns it with the next change of the conversation.
            was_here = first_heard.get((*place, seq), 0) > came[person] + SNAPSHOT_MS
            if state.reads.get(place, 0) > seq or (was_here and state.reads.get(place, 0) != seq):
                yield f"{person} knows that {place} is read to {state.reads.get(place)}, and fetches {seq}"


def _differences(one: str, ours: Mapping[Any, Any], other: str, theirs: Mapping[Any, Any]) -> Iterator[str]:
    for place in sorted(ours.keys() | theirs.keys(), key=str):
        if ours.get(place, "nothing") != theirs.get(place, "nothing"):
            yield f"{one} {ours.get(place, 'nothing')!r} at {place}, {other} {theirs.get(place, 'nothing')!r}"


def _online(notes: Sequence[Note], kept: Kept) -> Iterator[str]:
    """Who leaves last of all things is online to their partners until then."""
    online: dict[tuple[str, str], bool] = {}
    people = set()
    for note in notes:
        if note["what"] == "left":
            people.add(note["p"])
        elif note["what"] == "connect" and note["s"] == BALANCED:
            # What is there is told anew.
            online = {pair: told for pair, told in online.items() if pair[0] != note["p"]}
        elif note["what"] == "heard" and note["name"] == "presence" and note["s"] == BALANCED:
            online[note["p"], note["data"]["userId"]] = note["data"]["online"]
    for members in kept.members.values():
        if len(members) == 2 and people.issuperset(members):
            for person, other in (members, members[::-1]):
                if not online.get((person, other)):
                    yield f"{person} does not know that {other} is online"


def _back(notes: Sequence[Note], bounds: Bounds) -> Iterator[str]:
    for person, lost, back, reason in returns(notes):
        since = max(
            [lost, *(end for begin, end in bounds.unserved if begin - 1_000 <= lost <= end or lost < end < back)]
        )
        if back - since > bounds.back:
            yield f"{person} was back {back - since:.0f} ms after it could be ({reason})"
        ours = [note for note in notes if note["p"] == person and note.get("s") == BALANCED and note["at"] <= lost]
        came = next(note for note in reversed(ours) if note["what"] == "connect")
        is_websocket = came.get("transport") == "websocket"
        if bounds.is_told_before and is_websocket and not any(_events(ours, "draining")):
            yield f"{person} was not told that its task would go"
    last = {}
    for note in notes:
        if note.get("s") == BALANCED and note["what"] in ("connect", "disconnect"):
            last[note["p"]] = note["what"]
    for person, what in last.items():
        if what != "connect" and not any(note["what"] == "left" and note["p"] == person for note in notes):
            yield f"{person} did not come back"


def _late(notes: Sequence[Note], bounds: Bounds) -> Iterator[str]:
    if bounds.late is not None:
        for person, ms, data in delays(notes):
            if ms > bounds.late:
                yield f"{person} heard {data['seq']} of {data['conversationId']} {ms:.0f} ms after its sender"


# ---- Figures


def returns(notes: Sequence[Note]) -> Iterator[tuple[str, float, float, str]]:
    """Who was disconnected, when, when they were back, and why."""
    by_person = defaultdict(list)
    for note in notes:
        if note["what"] in ("connect", "disconnect") and note["s"] == BALANCED:
            by_person[note["p"]].append(note)
    for person, happened in by_person.items():
        for one, next_one in pairwise(happened):
            if one["what"] == "disconnect" and next_one["what"] == "connect":
                yield person, one["at"], next_one["at"], one["reason"]


def delays(notes: Sequence[Note]) -> Iterator[tuple[str, float, Mapping[str, Any]]]:
    """How long after the first person that heard a message the others did who were connected by then, in ms."""
    first: dict[tuple[str, int], float] = {}
    came: dict[tuple[str, int], float] = {}
    for note in notes:
        if note["what"] == "connect":
            came[note["p"], note["s"]] = note["at"]
        elif note["what"] == "heard" and note["name"] == "message":
            at = first.setdefault((note["data"]["conversationId"], note["data"]["seq"]), note["at"])
            if came[note["p"], note["s"]] < at:
                yield note["p"], note["at"] - at, note["data"]


def without_service(notes: Sequence[Note]) -> float:
    """The longest time in which no message of anybody was acknowledged, in ms."""
    times = [note["at"] for note in notes if note["what"] == "acknowledged"]
    return max((later - earlier for earlier, later in pairwise(times)), default=0.0)


def slowest(notes: Sequence[Note]) -> float:
    """The longest that anybody waited for an acknowledgement, however often they asked, in ms."""
    sent: dict[tuple[str, str], float] = {}
    most = 0.0
    for note in notes:
        if note["what"] == "sent":
            sent[note["p"], note["clientId"]] = note["at"]
        elif note["what"] == "acknowledged" and (at := sent.pop((note["p"], note["clientId"]), None)):
            most = max(most, note["at"] - at)
    return most


def _events(notes: Iterable[Note], *names: str) -> Iterator[Note]:
    return (note for note in notes if note["what"] == "heard" and note["name"] in names)


def _number(note: Note) -> tuple[str, int] | None:
    """What a numbered event is the how-manyth of."""
    name, data = note["name"], note["data"]
    if name in ("message", "deleted"):
        return data["conversationId"], data["seq"]
    if name == "conversation" and data["lastSeq"]:
        return data["id"], data["lastSeq"]
    return None
