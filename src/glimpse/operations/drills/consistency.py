"""
What clients noted about messages, compared: which are lost, doubled, missing or different.

Each function yields what is broken, as CONVERSATION/SEQ or CONVERSATION/CLIENT_ID. (`benchmarks/faults/checker.py` asks
the same of socket.io-client's notes, and compares them with the database, which a drill does not read.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from glimpse.operations.drills.client_state import ClientState, entry_key
from glimpse.operations.drills.notes import Acknowledged, Connected, Failed, Fetched, Heard, Note, Sent, Synced

MessageKey = tuple[str, str, str]
"""Of a message: its sender, its conversation and its client id."""

Answers = Mapping[MessageKey, Acknowledged]
"""The first acknowledgement of each message."""


Fetches = Mapping[str, Mapping[tuple[str, int], Mapping[str, Any]]]
"""client → (conversation, seq) → the entry that it fetched anew."""


def message_key(note: Sent | Acknowledged | Failed) -> MessageKey:
    return note.client, note.conversation_id, note.client_id


def fetches_of(notes: Sequence[Note]) -> Fetches:
    fetched: dict[str, dict[tuple[str, int], Mapping[str, Any]]] = defaultdict(dict)
    for note in notes:
        if isinstance(note, Fetched):
            entries = fetched[note.client]
            for entry in note.answer["messages"]:
                entries[entry["conversationId"], entry["seq"]] = entry
    return fetched


def answers_of(notes: Iterable[Note]) -> Answers:
    answers: dict[MessageKey, Acknowledged] = {}
    for note in notes:
        if isinstance(note, Acknowledged):
            answers.setdefault(message_key(note), note)
    return answers


def lost(answers: Answers, fetched: Fetches) -> Iterator[str]:
    """
    Where the sender could not fetch anew, another member's fetch shows whether the message is there. Where no member
    could, nothing shows it: that nobody could is told by `Figures.not_fetched`.
    """
    conversations = {conversation_id for entries in fetched.values() for conversation_id, _ in entries}
    for answer in answers.values():
        if answer.client not in fetched and answer.conversation_id not in conversations:
            continue
        key = answer.conversation_id, answer.seq
        entry = next((entries[key] for entries in fetched.values() if key in entries), None)
        if entry is None or (entry["id"], entry.get("senderId")) != (answer.id, answer.client):
            yield f"{answer.conversation_id}/{answer.seq}"


# ---- Duplicates


def duplicates(notes: Sequence[Note], answers: Answers, fetched: Fetches) -> Iterator[str]:
    yield from _stored_twice(fetched)
    yield from _answered_twice(notes, answers)
    yield from _heard_twice(notes)


def _stored_twice(fetched: Fetches) -> Iterator[str]:
    entries = {key: entry for each in fetched.values() for key, entry in each.items()}
    identities = Counter(
        (conversation_id, entry["senderId"], entry["clientId"])
        for (conversation_id, _), entry in entries.items()
        if entry["type"] == "message" and entry.get("clientId")
    )
    return (f"{conversation}/{client_id}" for (conversation, _, client_id), count in identities.items() if count > 1)


def _answered_twice(notes: Sequence[Note], answers: Answers) -> Iterator[str]:
    """A message that was acknowledged under two numbers."""
    for note in notes:
        if isinstance(note, Acknowledged):
            first = answers[message_key(note)]
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


# ---- Gaps


def gaps(notes: Sequence[Note], fetched: Fetches) -> Iterator[str]:
    """What is missing between two others, or was not known to a member although it was connected."""
    yield from _missing_numbers(fetched)
    yield from _skipped(notes)
    yield from _unknown(notes)


def _missing_numbers(fetched: Fetches) -> Iterator[str]:
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


def _unknown(notes: Sequence[Note]) -> Iterator[str]:
    known, fetched = _states(notes)
    for client, state in fetched.items():
        for conversation_id, seq in state.bodies.keys() - known[client].bodies.keys():
            yield f"{conversation_id}/{seq} ({client})"


# ---- What each client knew


def differences(notes: Sequence[Note]) -> Iterator[str]:
    known, fetched = _states(notes)
    for client, state in fetched.items():
        for key, body in known[client].bodies.items():
            if state.bodies.get(key, "nothing") != body:
                yield f"{key[0]}/{key[1]} ({client})"
        for conversation_id in state.members.keys() | known[client].members.keys():
            now, before = state.members.get(conversation_id), known[client].members.get(conversation_id)
            if now is None or before is None or sorted(now) != sorted(before):
                yield f"{conversation_id} ({client})"


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
