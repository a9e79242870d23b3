"""Every event as clients of any release read it, and who receives the event of an entry."""

from __future__ import annotations

import datetime

import pytest
from msgspec import Raw

from glimpse.chat import events
from glimpse.chat.documents import AcknowledgementDocument, entry_document
from glimpse.chat.protocol.engineio import MESSAGE as MESSAGE_TYPE
from glimpse.chat.protocol.outgoing import OutgoingText
from glimpse.chat.protocol.socketio import ACK, EVENT, Packet, encode_packet
from glimpse.chat.protocol.websocket import encode_message
from glimpse.chat.publications import NO_EVENT, EntryCommitted
from glimpse.chat.values import (
    Conversation,
    Deletion,
    Entry,
    MembershipChange,
    Message,
    StoredEntry,
    UnknownEntry,
)

AT = datetime.datetime(2026, 11, 29, 12, 0, 0, 123456, tzinfo=datetime.UTC)
TIME = "2026-11-29T12:00:00.123Z"
MESSAGE = Message("room", 7, "m7", "ada", AT, "c1", '안녕 "you"', None)
WITH_FILE = Message("room", 8, "m8", "ada", AT, "c2", "", "f1")
DELETED = Message("room", 7, "m7", "ada", AT, "c1", None, None)
DELETION = Deletion("room", 9, "d9", "ada", AT, 7)
JOINED = MembershipChange("room", 10, "j10", "ada", AT, ("ada", "bob", "cy"))
LEFT = MembershipChange("room", 11, "l11", "cy", AT, ("ada", "bob"))
UNKNOWN = UnknownEntry("room", 12, "u12", "ada", AT)

FIELDS = {"id": "m7", "seq": 7, "conversationId": "room", "senderId": "ada", "createdAt": TIME}
FIELDS_8 = {**FIELDS, "id": "m8", "seq": 8}
TEXT = {"clientId": "c1", "body": '안녕 "you"'}
FILE = {"clientId": "c2", "body": "", "fileId": "f1"}


def packet(name: str, document: object) -> str:
    [text] = encode_packet(Packet(EVENT, data=[name, document]))
    assert isinstance(text, str)
    return MESSAGE_TYPE + text


@pytest.mark.parametrize(
    ("entry", "member_ids", "name", "document"),
    [
        (MESSAGE, ("ada", "bob"), "message", {**FIELDS, **TEXT}),
        (WITH_FILE, ("ada", "bob"), "message", {**FIELDS_8, **FILE}),
        (DELETED, ("ada", "bob"), "message", {**FIELDS, **TEXT, "body": None}),
        (DELETION, ("ada", "bob"), "deleted", {"conversationId": "room", "seq": 9, "of": 7}),
        (JOINED, ("ada", "bob"), "conversation", {"id": "room", "memberIds": ["ada", "bob"], "lastSeq": 10}),
    ],
)
def test_members_receive_an_entry_as_one_packet(
    entry: Entry, member_ids: tuple[str, ...], name: str, document: object
) -> None:
    event = events.entry_event(entry, member_ids)
    assert events.event_packet(event).packet == packet(name, document)
    assert events.entry_committed(StoredEntry(entry, member_ids, True)) == EntryCommitted(
        "room", entry.seq, member_ids, event
    )


def test_the_other_sockets_of_a_user_who_left_receive_that_too() -> None:
    committed = events.entry_committed(StoredEntry(LEFT, ("ada", "bob"), True))
    assert committed.user_ids == ("ada", "bob", "cy")
    document = {"id": "room", "memberIds": ["ada", "bob"], "lastSeq": 11}
    assert events.event_packet(committed.event).packet == packet("conversation", document)


def test_nobody_receives_an_entry_of_an_unknown_type() -> None:
    assert events.entry_event(UNKNOWN, ("ada", "bob")) == NO_EVENT
    committed = events.entry_committed(StoredEntry(UNKNOWN, ("ada", "bob"), True))
    assert committed == EntryCommitted("room", 12, (), NO_EVENT)
    assert not committed.has_event


@pytest.mark.parametrize(
    ("event", "name", "document"),
    [
        (
            events.conversation_event(Conversation("room", ("ada", "bob"), 0, {"ada": 0, "bob": 0})),
            "conversation",
            {"id": "room", "memberIds": ["ada", "bob"], "lastSeq": 0},
        ),
        (events.read_event("room", "bob", 7), "read", {"conversationId": "room", "userId": "bob", "seq": 7}),
        (events.typing_event("room", "bob"), "typing", {"conversationId": "room", "userId": "bob"}),
        (events.presence_event("bob", True), "presence", {"userId": "bob", "online": True}),
        (events.draining_event(2.5, 100), "draining", {"graceSeconds": 2.5, "reconnectInMs": 100}),
        (Raw(b'["read",{"seq":1}]'), "read", {"seq": 1}),
        (Raw('"2[\\"read\\",{\\"body\\":\\"안녕\\"}]"'.encode()), "read", {"body": "안녕"}),
    ],
)
def test_every_other_event_is_one_packet(event: Raw, name: str, document: object) -> None:
    assert events.event_packet(event).packet == packet(name, document)


@pytest.mark.parametrize("size", [0, 100, 124, 125, 126, 500, 65_534, 65_535, 65_536, 100_000])
def test_a_text_is_the_same_packet_for_a_websocket_and_for_a_poll(size: int) -> None:
    text = OutgoingText(b"x" * size)
    assert text.frame == encode_message("4" + "x" * size)
    assert text.packet == "4" + "x" * size


def test_an_acknowledgement_names_the_event_that_it_answers() -> None:
    [text] = encode_packet(Packet(ACK, data=[{"id": "m7", "seq": 7, "createdAt": TIME}], id=5))
    assert isinstance(text, str)
    assert events.acknowledgement(5, AcknowledgementDocument("m7", 7, TIME)).packet == MESSAGE_TYPE + text


@pytest.mark.parametrize("entry", [MESSAGE, DELETION, JOINED, UNKNOWN])
def test_every_type_of_entry_stands_in_a_history(entry: Entry) -> None:
    assert entry_document(entry).seq == entry.seq
