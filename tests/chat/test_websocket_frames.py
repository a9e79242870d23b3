"""RFC 6455, the server's side: valid frames become messages, and invalid ones fail with the right code."""

from __future__ import annotations

import struct
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from glimpse.chat.protocol import websocket as ws
from glimpse.chat.protocol.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, FrameReader, Message

MOST = 100_000
MASK = b"\x37\xfa\x21\x3d"

masks = st.binary(min_size=4, max_size=4)
messages = st.one_of(
    st.builds(Message, st.just(TEXT), st.text(max_size=300)),
    st.builds(Message, st.just(BINARY), st.binary(max_size=300)),
    st.builds(Message, st.sampled_from((PING, PONG)), st.binary(max_size=ws.MAX_CONTROL_PAYLOAD)),
)


def sent(opcode: int, payload: bytes = b"", *, final: bool = True, mask: bytes = MASK, reserved: int = 0) -> bytes:
    """A frame as a client sends it, masked byte by byte as the RFC writes it down."""
    first, size = (0x80 if final else 0) | reserved | opcode, len(payload)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65_536:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def received(data: bytes, most: int = MOST) -> list[Message]:
    messages, broken = FrameReader(most).receive(data)
    assert broken is None
    return messages


def code_of(data: bytes, most: int = MOST) -> int:
    _, broken = FrameReader(most).receive(data)
    assert broken is not None
    return broken.code


def bytes_of(message: Message) -> bytes:
    return message.data if isinstance(message.data, bytes) else message.data.encode()


# ---- What comes out whole


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 125, 126, 127, 65_535, 65_536, MOST])
def test_a_message_of_every_length_form_comes_out_whole(size: int) -> None:
    payload = bytes(at % 251 for at in range(size))
    assert received(sent(BINARY, payload)) == [Message(BINARY, payload)]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_the_servers_frames_have_the_shortest_length_form_and_no_mask(size: int) -> None:
    frame = ws.frame(BINARY, b"a" * size)
    head = bytes((0x80 | BINARY,)) + (
        bytes((size,))
        if size < 126
        else struct.pack("!BH", 126, size)
        if size < 65_536
        else struct.pack("!BQ", 127, size)
    )
    assert frame == head + b"a" * size


def test_the_example_of_the_rfc_reads_hello() -> None:
    assert received(bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")) == [Message(TEXT, "Hello")]
    assert ws.encode_message("Hello") == bytes.fromhex("81 05 48 65 6c 6c 6f")
    assert ws.accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\1\2\3\4"])
def test_any_mask_comes_off(mask: bytes) -> None:
    assert received(sent(TEXT, "안녕 🌱".encode(), mask=mask)) == [Message(TEXT, "안녕 🌱")]


def test_control_frames_between_fragments_come_out_first_and_leave_the_message_whole() -> None:
    letters = "가나".encode()
    data = (
        sent(TEXT, letters[:2], final=False)
        + sent(PING, b"still there?")
        + sent(CONTINUATION, letters[2:3], final=False)
        + sent(PONG)
        + sent(CONTINUATION, letters[3:])
        + sent(TEXT, b"next")
    )
    assert received(data) == [
        Message(PING, b"still there?"),
        Message(PONG, b""),
        Message(TEXT, "가나"),
        Message(TEXT, "next"),
    ]


def test_a_control_frame_does_not_count_towards_the_message_it_interrupts() -> None:
    data = sent(BINARY, b"a" * 90, final=False) + sent(PING, b"b" * 100) + sent(CONTINUATION, b"c" * 10)
    assert received(data, most=100) == [Message(PING, b"b" * 100), Message(BINARY, b"a" * 90 + b"c" * 10)]


def test_a_message_may_be_as_long_as_the_limit_in_one_frame_or_in_many() -> None:
    assert received(sent(BINARY, b"a" * 100), most=100) == [Message(BINARY, b"a" * 100)]
    parts = [sent(BINARY, b"a" * 50, final=False), sent(CONTINUATION, b"a" * 50, final=False), sent(CONTINUATION)]
    assert received(b"".join(parts), most=100) == [Message(BINARY, b"a" * 100)]


def test_nothing_of_a_whole_message_stays_behind() -> None:
    reader = FrameReader(MOST)
    data = sent(TEXT, b"first", final=False) + sent(CONTINUATION, b"second") + sent(TEXT, b"a")[:-1]
    assert reader.receive(data) == ([Message(TEXT, "firstsecond")], None)
    assert reader.receive(sent(TEXT, b"a")[-1:]) == ([Message(TEXT, "a")], None)
    assert reader.receive(b"") == ([], None)
    assert reader.buffered == 0


# ---- What fails


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(ws.encode_message("no mask"), id="not masked"),
        pytest.param(ws.frame(PING, b""), id="control frame not masked"),
        pytest.param(sent(TEXT, reserved=0x40), id="first reserved bit"),
        pytest.param(sent(TEXT, reserved=0x20), id="second reserved bit"),
        pytest.param(sent(TEXT, reserved=0x10), id="third reserved bit"),
        *(pytest.param(sent(opcode), id=f"opcode {opcode}") for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)),
        *(pytest.param(sent(opcode, b"a" * 126), id=f"control {opcode} too long") for opcode in (CLOSE, PING, PONG)),
        *(pytest.param(sent(opcode, final=False), id=f"control {opcode} fragmented") for opcode in (CLOSE, PING, PONG)),
        pytest.param(sent(CONTINUATION, b"of what?"), id="continuation of nothing"),
        pytest.param(sent(TEXT, b"a", final=False) + sent(TEXT, b"b"), id="message inside a message"),
        pytest.param(sent(CLOSE, b"\x03"), id="half a close code"),
    ],
)
def test_what_the_protocol_forbids_fails_with_1002(data: bytes) -> None:
    assert code_of(data) == ws.PROTOCOL_ERROR == 1002


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])
def test_a_close_code_that_may_not_be_sent_fails_with_1002(code: int) -> None:
    assert code_of(sent(CLOSE, struct.pack("!H", code))) == ws.PROTOCOL_ERROR


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 4999])
def test_a_close_code_that_may_be_sent_arrives_with_its_reason(code: int) -> None:
    payload = struct.pack("!H", code) + "끝".encode()
    assert received(sent(CLOSE, payload)) == [Message(CLOSE, payload)]


def test_a_close_frame_needs_no_code() -> None:
    assert received(sent(CLOSE)) == [Message(CLOSE, b"")]


@pytest.mark.parametrize("text", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", "가".encode()[:2], b"\xf4\x90\x80\x80"])
def test_text_that_is_not_utf_8_fails_with_1007(text: bytes) -> None:
    assert code_of(sent(TEXT, b"fine" + text)) == ws.NOT_UTF8 == 1007
    assert code_of(sent(TEXT, text, final=False) + sent(CONTINUATION)) == 1007
    assert code_of(sent(CLOSE, struct.pack("!H", 1000) + text)) == 1007
    assert received(sent(BINARY, text)) == [Message(BINARY, text)]


def test_a_message_over_the_limit_fails_with_1009_before_it_has_arrived() -> None:
    assert code_of(sent(BINARY, b"a" * 101)[:4], most=100) == ws.TOO_BIG == 1009
    assert code_of(b"\x82" + struct.pack("!BQ", 0xFF, 2**63), most=100) == 1009
    first = sent(BINARY, b"a" * 60, final=False)
    assert code_of(first + sent(CONTINUATION, b"a" * 41)[:2], most=100) == 1009


def test_a_close_frame_carries_its_code_and_a_reason_that_fits() -> None:
    assert ws.close_frame(ws.RESTART, "back soon") == b"\x88\x0b" + struct.pack("!H", 1012) + b"back soon"
    long = ws.close_frame(ws.NORMAL, "a" * 500)
    assert len(long) == 2 + ws.MAX_CONTROL_PAYLOAD


@given(st.text(max_size=200))
@example("가" * 50)
def test_a_reason_is_cut_between_characters(reason: str) -> None:
    payload = ws.close_frame(ws.NORMAL, reason)[2:]
    assert len(payload) <= ws.MAX_CONTROL_PAYLOAD
    assert reason.startswith(payload[2:].decode())


# ---- Whatever is sent, however it is cut


@given(st.data(), st.lists(messages, max_size=8))
def test_any_messages_however_fragmented_and_cut_come_out_equal(data: st.DataObject, told: list[Message]) -> None:
    wire, expected = b"", list[Message]()
    pings = st.lists(st.builds(Message, st.just(PING), st.binary(max_size=20)), max_size=1)
    for message in told:
        payload = bytes_of(message)
        cuts = sorted(data.draw(st.lists(st.integers(0, len(payload)), max_size=3))) if message.opcode < CLOSE else []
        edges = [0, *cuts, len(payload)]
        for at, (start, end) in enumerate(pairwise(edges)):
            last = at == len(edges) - 2
            wire += sent(CONTINUATION if at else message.opcode, payload[start:end], final=last, mask=data.draw(masks))
            if not last:
                for ping in data.draw(pings):
                    wire += sent(PING, bytes_of(ping))
                    expected.append(ping)
        expected.append(message)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=10)))
    reader, heard = FrameReader(MOST), list[Message]()
    for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        heard += reader.receive(memoryview(wire)[start:end])[0]
    assert heard == expected


frames = st.builds(
    sent,
    st.integers(0, 15),
    st.binary(max_size=200),
    final=st.booleans(),
    reserved=st.sampled_from((0, 0, 0, 0, 0x40)),
)


@given(st.lists(st.one_of(st.binary(max_size=60), frames), max_size=12), st.integers(0, 300))
def test_arbitrary_bytes_fail_in_one_way_only_and_what_is_held_is_bounded(chunks: list[bytes], most: int) -> None:
    reader = FrameReader(most)
    for chunk in chunks:
        messages, broken = reader.receive(chunk)
        for message in messages:
            bound = most if message.opcode < CLOSE else ws.MAX_CONTROL_PAYLOAD
            assert len(bytes_of(message)) <= bound
        if broken:
            assert broken.code in (ws.PROTOCOL_ERROR, ws.NOT_UTF8, ws.TOO_BIG)
            break
        # A frame that is not whole with its head and mask, and the fragments before it.
        assert reader.buffered <= 14 + max(most, ws.MAX_CONTROL_PAYLOAD) + most


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_message_in_endless_tiny_fragments_holds_no_more_than_the_limit(size: int) -> None:
    reader, most = FrameReader(30_000), 30_000
    reader.receive(sent(BINARY, b"", final=False))
    fragment = sent(CONTINUATION, b"a" * size, final=False)
    tracemalloc.start()
    try:
        for _ in range(20):
            _, broken = reader.receive(fragment * 2_000)
            if broken:
                assert broken.code == ws.POLICY
                break
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 4 * most
    assert broken, "an empty fragment makes the message no longer, but takes time"


@pytest.mark.parametrize("sizes", [[0] * 99, [64] * 1_000, [1_000, *[1] * 110]])
def test_a_message_may_come_in_a_hundred_fragments_of_any_size_and_in_any_number_of_64_bytes(sizes: list[int]) -> None:
    reader = FrameReader(1_000_000)
    for opcode, size in zip([BINARY, *[CONTINUATION] * (len(sizes) - 1)], sizes, strict=True):
        assert reader.receive(sent(opcode, b"a" * size, final=False)) == ([], None)
    whole = Message(BINARY, b"a" * sum(sizes))
    assert reader.receive(sent(CONTINUATION)) == ([whole], None)
    assert reader.receive(sent(BINARY, final=False) + sent(CONTINUATION, final=False) * 99 + sent(CONTINUATION)) == (
        [Message(BINARY, b"")],
        None,
    )


def test_a_frame_that_arrives_byte_by_byte_costs_no_more_than_its_length() -> None:
    # Private: copying the frame for every byte would move 320 GB, and nothing public tells whether it was copied.
    reader, data = FrameReader(1_000_000), sent(BINARY, b"a" * 800_000, mask=MASK)
    reader.receive(data[:1])
    buffer = reader._partial
    for at in range(1, len(data) - 1):
        assert reader.receive(data[at : at + 1]) == ([], None)
        assert reader._partial is buffer
    assert reader.receive(data[-1:]) == ([Message(BINARY, b"a" * 800_000)], None)


@given(
    st.one_of(
        st.builds(sent, st.sampled_from([TEXT, BINARY, PING, CLOSE, CONTINUATION]), st.binary(max_size=300)),
        st.text(max_size=70_000).map(lambda text: sent(TEXT, text.encode())),
        st.lists(st.text(max_size=50).map(lambda text: sent(TEXT, text.encode())), max_size=3).map(b"".join),
        st.binary(max_size=20),
    ),
    st.integers(0, 3),
)
def test_one_whole_text_is_read_in_one_step_and_never_otherwise_than_in_the_general_way(data: bytes, cut: int) -> None:
    data = data[: len(data) - cut]
    text = FrameReader(1_000).only_text(memoryview(data))
    messages, broken = FrameReader(1_000).receive(data)
    if text is not None:
        assert (messages, broken) == ([Message(TEXT, text)], None)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 1_000])
def test_the_usual_frame_is_read_in_one_step(size: int) -> None:
    assert FrameReader(1_000).only_text(memoryview(sent(TEXT, b"x" * size))) == "x" * size


@pytest.mark.parametrize("size", [119, 70_000])
def test_a_length_of_eight_bytes_is_never_taken_for_one_of_a_single_byte(size: int) -> None:
    # As long as a frame of 127 bytes whose length were in its second byte; and all of it is UTF-8.
    frame = struct.pack("!BBQ", 0x80 | TEXT, 0x80 | 127, size) + bytes(4) + b"x" * size
    assert FrameReader(MOST).only_text(memoryview(frame[: 2 + 4 + 127])) is None


def test_a_text_in_the_middle_of_another_message_is_not_read_in_one_step() -> None:
    reader = FrameReader(1_000)
    reader.receive(sent(TEXT, b"first", final=False))
    assert reader.only_text(memoryview(sent(TEXT, b"second"))) is None
    reader = FrameReader(1_000)
    reader.receive(sent(TEXT, b"cut")[:4])
    assert reader.only_text(memoryview(sent(TEXT, b"second"))) is None
