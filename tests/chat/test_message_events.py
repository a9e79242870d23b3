"""A message is read in one step from the text of its packet, and never otherwise than in the general way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import astuple

from glimpse.chat.protocol.engineio import MalformedPacket
from glimpse.chat.protocol.socketio import EVENT, ROOT, Decoder
from glimpse.chat.refusals import Refusal
from glimpse.chat.requests import SendMessage, decode_request, read_message_event

USUAL = {"conversationId": "room", "clientId": "c-1", "body": "hello"}


def text_of(event: Any, ack_id: object = 7) -> str:
    return f"2{ack_id}{json.dumps(event, separators=(',', ':'), ensure_ascii=False)}"


def read_generally(text: str) -> tuple[SendMessage | Refusal, int | None]:
    packet = Decoder().receive(text)
    assert packet
    assert (packet.type, packet.namespace, packet.data[0]) == (EVENT, ROOT, "message")
    return decode_request(packet.data[1], SendMessage), packet.id


@pytest.mark.parametrize(
    "document",
    [
        USUAL,
        {**USUAL, "body": '안녕 👋 "you" \\ \n'},
        {**USUAL, "fileId": "f1", "body": "[{" * 50},
        {**USUAL, "fileId": None},
    ],
)
@pytest.mark.parametrize("ack_id", ["", 0, 7, 999_999_999_999_999])
def test_the_usual_message_is_read_in_one_step(document: dict[str, Any], ack_id: object) -> None:
    text = text_of(["message", document], ack_id)
    found, asked = read_message_event(text), read_generally(text)
    assert found
    assert (astuple(found[0]), found[1]) == (astuple(asked[0]), asked[1])


@pytest.mark.parametrize(
    "text",
    [
        text_of(["read", {"conversationId": "room", "seq": 1}]),
        text_of(["message"]),
        text_of(["message", USUAL, "an argument too many"]),
        text_of(["message", {**USUAL, "body": 5}]),
        text_of(["message", {**USUAL, "clientId": ""}]),
        text_of(["message", {**USUAL, "body": "a\0b"}]),
        '27["message",{"conversationId":"room","clientId":"c-1","body":"half a pair: \\ud83d"}]',
        '27["message",{"conversationId":"room","clientId":"c-1","body":"cut',
        '2/admin,7["message",{"conversationId":"room","clientId":"c-1","body":"elsewhere"}]',
        '21234567890123456["message",{"conversationId":"room","clientId":"c-1","body":"hello"}]',
        text_of(["message", {**USUAL, "unknown": {"nested": [1, 2.5, None]}}]),
        text_of(["message", {**USUAL, "deep": json.loads("[" * 40 + "]" * 40)}]),
        text_of(["message", {**USUAL, "clientId": "한글"}]),
        "2",
        "",
    ],
)
def test_what_is_no_message_or_is_to_be_refused_goes_the_general_way(text: str) -> None:
    assert read_message_event(text) is None


FIELDS = st.sampled_from(["conversationId", "clientId", "body", "fileId", "other"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=80),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.dictionaries(FIELDS, VALUES).map(lambda changed: {**USUAL, **changed}) | VALUES


@given(
    event=st.lists(VALUES, max_size=2).map(lambda rest: ["message", *rest])
    | DOCUMENTS.map(lambda document: ["message", document]),
    ack_id=st.none() | st.integers(0, 10**16),
    cut=st.integers(0, 3),
)
@example(event=["message", USUAL], ack_id=None, cut=0)
def test_one_step_never_reads_otherwise_than_the_general_way(event: Any, ack_id: int | None, cut: int) -> None:
    text = text_of(event, "" if ack_id is None else ack_id)
    text = text[: len(text) - cut]
    found = read_message_event(text)
    if found is None:
        return
    try:
        request, asked_id = read_generally(text)
    except MalformedPacket:
        pytest.fail("the general way refuses it")
    assert isinstance(request, SendMessage), request
    assert (astuple(found[0]), found[1]) == (astuple(request), asked_id)
