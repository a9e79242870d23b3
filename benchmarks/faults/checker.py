"""
Whether the service stored its promises, judged only by what the users' clients observed and by the database's contents.

A note is one line that `users.mjs` prints: the user (`p`), the time (`at`, in ms), what happened (`what`), and where it
concerns one of the user's sockets, the number of that socket (`s`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from glimpse.operations.drills.client_state import ClientState, entry_key

Note = Mapping[str, Any]

BALANCED_SOCKET = 0
"""The number of a user's socket that goes through the balancer. A second socket stays on one task."""

SNAPSHOT_MS = 1_000
"""For this long after a connect, a user may get receipts that the sync already contained."""


@dataclass(frozen=True)
class EntryRow:
    """A row of the table `entries`."""

    conversation_id: str
    seq: int
    id: str
    type: str
    sender_id: str
    client_id: str | None
    body: str | None
    of_seq: int | None


@dataclass(frozen=True)
class DatabaseState:
    """What the database holds at the end of a round."""

    entries: Sequence[EntryRow]
    members: Mapping[str, Sequence[str]]
    reads: Mapping[tuple[str, str], int]
    """(conversation, member) → the seq up to which the member has read."""


@dataclass(frozen=True)
class Bounds:
    """What a round requires; all times are in milliseconds."""

    max_reconnect_ms: float = 5_000.0
    """From when the service could serve a disconnected user until that user is connected."""

    max_delivery_ms: float | None = None
    """From when the first user gets a message until the last one does. None means no limit."""

    expects_draining: bool = False
    """
    Whether each WebSocket that closes must have got `draining` first. Only WebSockets: the balancer may send a poll to
    another task.
    """

    outages: Sequence[tuple[float, float]] = ()
    """When the service could serve nobody, because of the fault: beginnings and ends in ms since 1970."""


def violations(notes: Sequence[Note], stored: DatabaseState, bounds: Bounds) -> list[str]:
    """A sentence for each promise that the service broke."""
    return [
        *_storage_violations(stored),
        *_acknowledgement_violations(notes, stored),
        *_event_violations(notes, stored),
        *_order_violations(notes),
        *_missed_entries(notes, stored),
        *_events_after_acknowledgement(notes),
        *_state_violations(notes, stored),
        *_presence_violations(notes, stored),
        *_reconnect_violations(notes, bounds),
        *_late_deliveries(notes, bounds),
    ]


def _storage_violations(stored: DatabaseState) -> Iterator[str]:
    seqs = defaultdict(list)
    identities: dict[tuple[str, str, str], int] = {}
    for entry in stored.entries:
        seqs[entry.conversation_id].append(entry.seq)
        if entry.client_id is not None:
            identity = entry.conversation_id, entry.sender_id, entry.client_id
            if identity in identities:
                yield f"{identity} is stored twice, as {identities[identity]} and {entry.seq}"
            identities[identity] = entry.seq
    for conversation_id, numbers in seqs.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"{conversation_id} has a gap: {sorted(set(range(1, max(numbers))) - set(numbers))[:5]}"


def _acknowledgement_violations(notes: Sequence[Note], stored: DatabaseState) -> Iterator[str]:
    entries = {(entry.conversation_id, entry.sender_id, entry.client_id): entry for entry in stored.entries}
    answers: dict[tuple[str, str, str], Any] = {}
    for note in notes:
        if note["what"] == "failed":
            yield f"{note['p']} was refused {note['clientId']}: {note['answer']}"
        if note["what"] != "acknowledged":
            continue
        identity = note["conversationId"], note["p"], note["clientId"]
        answer, entry = note["answer"], entries.get(identity)
        if entry is None:
            yield f"{identity} was acknowledged as {answer['seq']} and is lost"
        elif (entry.seq, entry.id) != (answer["seq"], answer["id"]):
            yield f"{identity} was acknowledged as {answer['seq']} and is stored as {entry.seq}"
        if answers.setdefault(identity, answer) != answer:
            yield f"{identity} was answered in two ways: {answers[identity]} and {answer}"
    for note in notes:
        if note["what"] == "sent" and (note["conversationId"], note["p"], note["clientId"]) not in answers:
            yield f"{note['p']} sent {note['clientId']} and never got an answer"


def _event_violations(notes: Sequence[Note], stored: DatabaseState) -> Iterator[str]:
    entries = {(entry.conversation_id, entry.seq): entry for entry in stored.entries}
    for note in _events(notes, "message", "deleted"):
        data, entry = note["data"], entries.get((note["data"]["conversationId"], note["data"]["seq"]))
        if entry is None:
            yield f"{note['p']} heard {data}, which is not stored"
        elif note["name"] == "message" and (data["id"], data["clientId"]) != (entry.id, entry.client_id):
            yield f"{note['p']} heard {data}, and stored is {entry}"
        elif note["name"] == "message" and entry.body not in (None, data["body"]):
            yield f"{note['p']} heard {data['body']!r}, and stored is {entry.body!r}"
        elif note["name"] == "deleted" and data["of"] != entry.of_seq:
            yield f"{note['p']} heard that {data['of']} is deleted, and it is {entry.of_seq}"


def _order_violations(notes: Sequence[Note]) -> Iterator[str]:
    """While a socket is connected, it gets the entries of each conversation in sequence: 5, 6, 7."""
    last: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for note in notes:
        if note["what"] == "connect":
            last[note["p"], note["s"]] = {}
        elif note["what"] == "heard" and (numbered := entry_key(note["name"], note["data"])):
            conversation_id, seq = numbered
            known = last[note["p"], note["s"]]
            if seq != known.get(conversation_id, seq - 1) + 1:
                yield f"{note['p']} heard {seq} after {known[conversation_id]} of {conversation_id}"
            known[conversation_id] = seq


def _missed_entries(notes: Sequence[Note], stored: DatabaseState) -> Iterator[str]:
    """
    Each socket that is connected at the end got, as an event or by sync, every entry that anybody got after that socket
    had been connected for SNAPSHOT_MS.
    """
    connected_at: dict[tuple[str, int], float] = {}
    received: dict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
    first_received: dict[tuple[str, int], float] = {}
    for note in notes:
        if note["what"] == "left":
            break
        if note["what"] == "connect":
            connected_at[note["p"], note["s"]] = note["at"]
            received[note["p"], note["s"]].clear()
        elif note["what"] == "disconnect":
            connected_at.pop((note["p"], note["s"]), None)
        elif note["what"] == "heard" and (key := entry_key(note["name"], note["data"])):
            first_received.setdefault(key, note["at"])
            received[note["p"], note["s"]].add(key)
        elif note["what"] == "synced":
            entries = note["answer"]["messages"]
            received[note["p"], note["s"]].update((entry["conversationId"], entry["seq"]) for entry in entries)
    for (conversation_id, seq), at in first_received.items():
        for (user, s), since in connected_at.items():
            is_due = user in stored.members.get(conversation_id, ()) and at > since + SNAPSHOT_MS
            if is_due and (conversation_id, seq) not in received[user, s]:
                yield f"{user} did not hear {seq} of {conversation_id} on socket {s}"


def _events_after_acknowledgement(notes: Sequence[Note]) -> Iterator[str]:
    """The sender's socket gets the event of a message before its acknowledgement."""
    answered: set[tuple[str, int, str, str]] = set()
    for note in notes:
        if note["what"] == "connect":
            answered = {key for key in answered if key[:2] != (note["p"], note["s"])}
        elif note["what"] == "acknowledged":
            answered.add((note["p"], note["s"], note["conversationId"], note["clientId"]))
        elif note["what"] == "heard" and note["name"] == "message":
            data = note["data"]
            if data["senderId"] == note["p"] and (
                (note["p"], note["s"], data["conversationId"], data["clientId"]) in answered
            ):
                yield f"{note['p']} heard {data['clientId']} after it was acknowledged"


def _state_violations(notes: Sequence[Note], stored: DatabaseState) -> Iterator[str]:
    """What each user knew from syncs and events equals what they fetch at the end, and what the database holds."""
    known: dict[str, ClientState] = defaultdict(ClientState)
    fresh: dict[str, ClientState] = defaultdict(ClientState)
    connected_at: dict[str, float] = {}
    first_heard: dict[tuple[str, str, int], float] = {}
    for note in notes:
        user = note["p"]
        if note["what"] == "synced":
            known[user].apply_sync(note["answer"])
            for conversation_id in note["answer"]["gone"]:
                yield f"{user} is told that {conversation_id} is gone, and nobody left it"
            if note["answer"].get("reset"):
                yield f"{user} is told to forget {note['answer']['reset']}"
        elif note["what"] == "heard":
            known[user].apply_event(note["name"], note["data"])
            if note["name"] == "read":
                data = note["data"]
                first_heard.setdefault((data["conversationId"], data["userId"], data["seq"]), note["at"])
        elif note["what"] == "connect" and note["s"] == BALANCED_SOCKET:
            connected_at[user] = note["at"]
        elif note["what"] == "fresh":
            fresh[user].apply_sync(note["answer"])
    for user, fetched in fresh.items():
        state = known[user]
        database = {
            (entry.conversation_id, entry.seq): entry.body
            for entry in stored.entries
            if user in stored.members[entry.conversation_id]
        }
        yield from _differences(f"{user} fetches", fetched.bodies, "stored is", database)
        yield from _differences(f"{user} knows", state.bodies, "fetches", fetched.bodies)
        yield from _differences(f"{user} knows members", state.members, "fetches", fetched.members)
        for key, seq in fetched.reads.items():
            if seq != stored.reads.get(key):
                yield f"{user} fetches that {key} is read to {seq}, and stored is {stored.reads.get(key)}"
            # A receipt has no seq. A user who was offline gets it only with the next change of the conversation.
            was_online = first_heard.get((*key, seq), 0) > connected_at[user] + SNAPSHOT_MS
            if state.reads.get(key, 0) > seq or (was_online and state.reads.get(key, 0) != seq):
                yield f"{user} knows that {key} is read to {state.reads.get(key)}, and fetches {seq}"


def _differences(left_label: str, left: Mapping[Any, Any], right_label: str, right: Mapping[Any, Any]) -> Iterator[str]:
    for key in sorted(left.keys() | right.keys(), key=str):
        if left.get(key, "nothing") != right.get(key, "nothing"):
            yield f"{left_label} {left.get(key, 'nothing')!r} at {key}, {right_label} {right.get(key, 'nothing')!r}"


def _presence_violations(notes: Sequence[Note], stored: DatabaseState) -> Iterator[str]:
    """Partners who are both connected at the end know that the other is online."""
    online: dict[tuple[str, str], bool] = {}
    users = set()
    for note in notes:
        if note["what"] == "left":
            users.add(note["p"])
        elif note["what"] == "connect" and note["s"] == BALANCED_SOCKET:
            # Each connect gets a new snapshot of who is online.
            online = {pair: is_online for pair, is_online in online.items() if pair[0] != note["p"]}
        elif note["what"] == "heard" and note["name"] == "presence" and note["s"] == BALANCED_SOCKET:
            online[note["p"], note["data"]["userId"]] = note["data"]["online"]
    for members in stored.members.values():
        if len(members) == 2 and users.issuperset(members):
            for user, other in (members, members[::-1]):
                if not online.get((user, other)):
                    yield f"{user} does not know that {other} is online"


def _reconnect_violations(notes: Sequence[Note], bounds: Bounds) -> Iterator[str]:
    for user, lost_at, back_at, reason in reconnects(notes):
        since = max(
            [
                lost_at,
                *(end for begin, end in bounds.outages if begin - 1_000 <= lost_at <= end or lost_at < end < back_at),
            ]
        )
        if back_at - since > bounds.max_reconnect_ms:
            yield f"{user} was back {back_at - since:.0f} ms after it could be ({reason})"
        earlier = [
            note for note in notes if note["p"] == user and note.get("s") == BALANCED_SOCKET and note["at"] <= lost_at
        ]
        connect = next(note for note in reversed(earlier) if note["what"] == "connect")
        is_websocket = connect.get("transport") == "websocket"
        if bounds.expects_draining and is_websocket and not any(_events(earlier, "draining")):
            yield f"{user} was not told that its task would go"
    last = {}
    for note in notes:
        if note.get("s") == BALANCED_SOCKET and note["what"] in ("connect", "disconnect"):
            last[note["p"]] = note["what"]
    for user, what in last.items():
        if what != "connect" and not any(note["what"] == "left" and note["p"] == user for note in notes):
            yield f"{user} did not come back"


def _late_deliveries(notes: Sequence[Note], bounds: Bounds) -> Iterator[str]:
    if bounds.max_delivery_ms is not None:
        for user, ms, data in delivery_delays(notes):
            if ms > bounds.max_delivery_ms:
                yield f"{user} heard {data['seq']} of {data['conversationId']} {ms:.0f} ms after its sender"


# ---- Figures


def reconnects(notes: Sequence[Note]) -> Iterator[tuple[str, float, float, str]]:
    """Each reconnect: the user, when they were disconnected and connected again (ms since 1970), and the reason."""
    by_user = defaultdict(list)
    for note in notes:
        if note["what"] in ("connect", "disconnect") and note["s"] == BALANCED_SOCKET:
            by_user[note["p"]].append(note)
    for user, changes in by_user.items():
        for earlier, later in pairwise(changes):
            if earlier["what"] == "disconnect" and later["what"] == "connect":
                yield user, earlier["at"], later["at"], earlier["reason"]


def delivery_delays(notes: Sequence[Note]) -> Iterator[tuple[str, float, Mapping[str, Any]]]:
    """
    For each further receiver of a message who was connected when the first one got it: the user, the ms since then, and
    the event's data.
    """
    first: dict[tuple[str, int], float] = {}
    connected_at: dict[tuple[str, int], float] = {}
    for note in notes:
        if note["what"] == "connect":
            connected_at[note["p"], note["s"]] = note["at"]
        elif note["what"] == "heard" and note["name"] == "message":
            at = first.setdefault((note["data"]["conversationId"], note["data"]["seq"]), note["at"])
            if connected_at[note["p"], note["s"]] < at:
                yield note["p"], note["at"] - at, note["data"]


def longest_silence(notes: Sequence[Note]) -> float:
    """The longest time without an acknowledgement of any message, in ms."""
    times = [note["at"] for note in notes if note["what"] == "acknowledged"]
    return max((later - earlier for earlier, later in pairwise(times)), default=0.0)


def slowest_acknowledgement(notes: Sequence[Note]) -> float:
    """The longest time from the first attempt to send a message to its acknowledgement, in ms."""
    sent: dict[tuple[str, str], float] = {}
    longest = 0.0
    for note in notes:
        if note["what"] == "sent":
            sent[note["p"], note["clientId"]] = note["at"]
        elif note["what"] == "acknowledged" and (at := sent.pop((note["p"], note["clientId"]), None)):
            longest = max(longest, note["at"] - at)
    return longest


def _events(notes: Iterable[Note], *names: str) -> Iterator[Note]:
    return (note for note in notes if note["what"] == "heard" and note["name"] in names)
