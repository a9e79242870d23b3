"""The events and answers that clients get from the service, on a store in memory and with handed-in time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pytest

from glimpse.chat.ports import StoreDown
from glimpse.chat.protocol.session import CLOSED
from glimpse.chat.protocol.socketio import ROOT, Peer
from glimpse.chat.refusals import Refusal
from glimpse.chat.tokens import Tokens
from glimpse.chat.values import Conversation, Entry, Message, NewMessage, StoredEntry, SyncResult
from tests.chat.harness import RecordingSocket, ServiceHarness, code

# ---- Messages


async def test_whoever_is_cut_off_as_too_slow_takes_nothing_from_their_other_sockets() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, _ = await harness.enters("ada")
    slow, deaf = await harness.enters("bob")
    _, theirs = await harness.enters("bob")
    deaf.send = lambda messages: harness.disconnects(slow, "too slow")  # type: ignore[method-assign]
    await harness.says(ada, room, "1")
    assert [message["seq"] for message in theirs.of("message")] == [1]


async def test_every_socket_of_every_member_hears_a_message_and_the_sender_hears_it_before_the_answer() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, first = await harness.enters("ada")
    _, second = await harness.enters("ada")
    _, theirs = await harness.enters("bob")
    heard_before: list[str] = []
    asked = {"conversationId": room, "clientId": "1", "body": "안녕"}
    harness.emits(ada, "message", asked, answer=lambda _: heard_before.extend(first.names()))
    await harness.service.wait_until_idle()
    assert heard_before[-1] == "message"
    assert [event["body"] for event in second.of("message") + theirs.of("message")] == ["안녕", "안녕"]


async def test_a_repeat_gets_the_first_answer_and_is_told_to_nobody() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, _ = await harness.enters("ada")
    _, theirs = await harness.enters("bob")
    first = await harness.says(ada, room, "same")
    assert await harness.says(ada, room, "same", "another text") == first
    assert len(theirs.of("message")) == 1


async def test_the_same_message_sent_a_thousand_times_at_once_is_one() -> None:
    harness = ServiceHarness(events_per_second=10_000)
    room = await harness.room("ada", "bob")
    ada, _ = await harness.enters("ada")
    _, theirs = await harness.enters("bob")
    answers: list[dict[str, Any]] = []
    asked = {"conversationId": room, "clientId": "same", "body": "hello"}
    for _ in range(1000):
        harness.emits(ada, "message", asked, answer=answers.append)
    await harness.service.wait_until_idle()
    stored = [answer for answer in answers if "error" not in answer]
    assert len(answers) == 1000
    assert len(theirs.of("message")) == 1
    assert {msgspec.json.encode(answer) for answer in stored} == {msgspec.json.encode(stored[0])}


async def test_each_socket_hears_a_conversation_in_the_order_of_its_numbers() -> None:
    harness = ServiceHarness(events_per_second=10_000)
    room = await harness.room("ada", "bob", "cy")
    ada, _ = await harness.enters("ada")
    _, theirs = await harness.enters("bob")
    await harness.says(ada, room, "first")
    append = harness.store.append

    async def slow(messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        """The messages are stored, but the answer takes some turns of the event loop."""
        outcomes = await append(messages)
        for _ in range(5):
            await asyncio.sleep(0)
        return outcomes

    harness.store.append = slow  # type: ignore[method-assign]
    work = []
    for number in range(40):
        asked = {"conversationId": room, "clientId": f"c{number}", "body": "hello"}
        harness.emits(ada, "message", asked)
        await asyncio.sleep(0)
        if number % 10 == 5:
            await harness.store.ensure_user(f"guest-{number}")
            work.append(asyncio.create_task(harness.conversations.add_members("ada", room, [f"guest-{number}"])))
            work.append(asyncio.create_task(harness.messages.delete("ada", room, 1 + number // 10)))
    await asyncio.gather(*work)
    await harness.service.wait_until_idle()
    heard = [document.get("seq", document.get("lastSeq")) for _, document in theirs.heard if _ != "presence"]
    assert heard == sorted(heard)
    assert len(heard) > 44


async def test_a_conversation_that_somebody_left_is_silent_for_them_from_then_on() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob", "cy")
    ada, _ = await harness.enters("ada")
    bob, theirs = await harness.enters("bob")
    await harness.conversations.leave("bob", room)
    assert theirs.of("conversation")[-1]["memberIds"] == ["ada", "cy"]
    await harness.says(ada, room, "1")
    assert theirs.of("message") == []
    assert code(await harness.says(bob, room, "2")) == "not_found"


@pytest.mark.parametrize(
    "asked",
    [
        None,
        [],
        "text",
        {},
        {"conversationId": "room-1", "clientId": "1"},
        {"conversationId": "room-1", "clientId": "", "body": "x"},
        {"conversationId": "room-1", "clientId": "x" * 65, "body": "x"},
        {"conversationId": "room-1", "clientId": "é", "body": "x"},
        {"conversationId": "room-1", "clientId": "\0", "body": "x"},
        {"conversationId": "room-1", "clientId": "1", "body": "nul \0"},
        {"conversationId": "room-1", "clientId": "1", "body": "half \ud800"},
        {"conversationId": "room-1", "clientId": "1", "body": ""},
        {"conversationId": "room-1", "clientId": "1", "body": " \n\u3000"},
        {"conversationId": "room-1", "clientId": "1", "body": "\u2800\u3164\u200b\ufe0f\u202e"},
        {"conversationId": "room-1", "clientId": "1", "body": "x" * 4001},
        {"conversationId": 7, "clientId": "1", "body": "x"},
    ],
)
async def test_a_message_that_does_not_fit_is_refused_with_a_reason_and_takes_no_number(asked: Any) -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, _ = await harness.enters("ada")
    answer = await harness.asks(ada, "message", asked)
    assert code(answer) == "invalid"
    assert len(answer["error"]["message"]) > len("the request is not valid: ")
    assert (await harness.says(ada, room, "good"))["seq"] == 1


async def test_a_client_id_is_any_ascii_but_nul_and_a_body_has_anything_that_shows() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, heard = await harness.enters("ada")
    every = "".join(map(chr, range(1, 128)))
    for client_id, body in ((every[:64], "."), (every[64:], " 👍\ufe0f\n"), (" ", "\u200b한\u200b")):
        assert "seq" in await harness.says(ada, room, client_id, body)
    sent = [(event["clientId"], event["body"]) for event in heard.of("message")]
    assert sent == [(every[:64], "."), (every[64:], " 👍\ufe0f\n"), (" ", "\u200b한\u200b")]


async def test_a_file_needs_no_body() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, _ = await harness.enters("ada")
    for client_id, body in (("1", ""), ("2", " ")):
        asked = {"conversationId": room, "clientId": client_id, "body": body, "fileId": "unknown"}
        assert code(await harness.asks(ada, "message", asked)) == "gone", "the store looks for the file"


async def test_a_blocked_person_is_told_so_and_others_are_not_disturbed() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, _ = await harness.enters("ada")
    await harness.store.block("bob", "ada", True)
    assert code(await harness.says(ada, room, "1")) == "blocked"


async def test_where_the_outcome_is_unknown_the_sender_is_told_to_send_again() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, _ = await harness.enters("ada")

    async def lost(messages: Iterable[NewMessage]) -> list[StoredEntry | Refusal]:
        raise StoreDown

    harness.store.append = lost  # type: ignore[method-assign, assignment]
    answer = await harness.says(ada, room, "1")
    assert (code(answer), answer["error"]["retry"]) == ("unknown", True)


async def test_a_message_that_was_stored_unknown_to_anybody_is_told_when_it_is_sent_again() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, _ = await harness.enters("ada")
    _, theirs = await harness.enters("bob")
    append = harness.store.append

    async def lost(messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        await append(messages)
        raise StoreDown

    harness.store.append = lost  # type: ignore[method-assign]
    assert code(await harness.says(ada, room, "1")) == "unknown"
    harness.store.append = append  # type: ignore[method-assign]
    again = [await harness.says(ada, room, "1") for _ in range(2)]
    assert [answer["seq"] for answer in again] == [1, 1]
    assert [event["seq"] for event in theirs.of("message")] == [1]


async def test_a_socket_syncs_once_at_a_time_and_again_when_it_is_answered() -> None:
    harness = ServiceHarness()
    ada, _ = await harness.enters("ada")
    sync = harness.store.sync

    async def slow(*asked: Any) -> SyncResult:
        for _ in range(5):
            await asyncio.sleep(0)
        return await sync(*asked)

    harness.store.sync = slow  # type: ignore[method-assign]
    answers: list[dict[str, Any]] = []
    for _ in range(2):
        harness.emits(ada, "sync", {"cursors": {}}, answer=answers.append)
    await harness.service.wait_until_idle()
    assert [code(answer) for answer in answers if "error" in answer] == ["busy"]
    assert "error" not in await harness.asks(ada, "sync", {"cursors": {}})


# ---- Receipts, typing, presence


async def test_a_receipt_is_answered_with_how_far_its_user_has_read_and_the_members_hear_it() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, mine = await harness.enters("ada")
    bob, _ = await harness.enters("bob")
    await harness.says(ada, room, "1")
    assert await harness.asks(bob, "read", {"conversationId": room, "seq": 99}) == {"seq": 1}
    assert mine.of("read") == [{"conversationId": room, "userId": "bob", "seq": 1}]


async def test_typing_is_told_to_the_others_alone_and_at_most_once_a_second() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    ada, mine = await harness.enters("ada")
    _, theirs = await harness.enters("bob")
    for _ in range(5):
        await harness.asks(ada, "typing", {"conversationId": room})
    assert (mine.of("typing"), theirs.of("typing")) == ([], [{"conversationId": room, "userId": "ada"}])
    harness.time += 1
    await harness.asks(ada, "typing", {"conversationId": room})
    assert len(theirs.of("typing")) == 2


async def test_typing_where_one_is_no_member_is_heard_by_nobody() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob")
    _, theirs = await harness.enters("ada")
    eve, _ = await harness.enters("eve")
    assert code(await harness.asks(eve, "typing", {"conversationId": room})) == "not_found"
    assert theirs.of("typing") == []


async def test_partners_hear_that_somebody_came_and_15_s_after_the_last_socket_that_they_went() -> None:
    harness = ServiceHarness()
    await harness.room("ada", "bob")
    _, mine = await harness.enters("ada")
    bob, theirs = await harness.enters("bob")
    assert mine.of("presence") == [{"userId": "bob", "online": True}]
    assert theirs.of("presence") == [{"userId": "ada", "online": True}]
    harness.disconnects(bob)
    harness.time += 14.9
    harness.service.sweep()
    await harness.service.wait_until_idle()
    assert len(mine.of("presence")) == 1
    harness.time += 0.2
    harness.service.sweep()
    await harness.service.wait_until_idle()
    assert mine.of("presence")[1:] == [{"userId": "bob", "online": False}]


async def test_whoever_is_back_within_15_s_was_never_away() -> None:
    harness = ServiceHarness()
    await harness.room("ada", "bob")
    _, mine = await harness.enters("ada")
    bob, _ = await harness.enters("bob")
    harness.disconnects(bob)
    harness.time += 10
    await harness.enters("bob")
    harness.time += 60
    harness.service.sweep()
    await harness.service.wait_until_idle()
    assert mine.of("presence") == [{"userId": "bob", "online": True}]


async def test_that_somebody_went_is_told_as_soon_as_the_store_answers_again() -> None:
    harness = ServiceHarness()
    await harness.room("ada", "bob")
    _, mine = await harness.enters("ada")
    bob, _ = await harness.enters("bob")
    harness.disconnects(bob)
    harness.time += 16
    partners = harness.store.partners

    async def down(member_id: str) -> Sequence[str]:
        raise StoreDown

    harness.store.partners = down  # type: ignore[method-assign]
    for answers_again in (False, True):
        if answers_again:
            harness.store.partners = partners  # type: ignore[method-assign]
        harness.service.sweep()
        await harness.service.wait_until_idle()
    assert mine.of("presence")[1:] == [{"userId": "bob", "online": False}]
    assert harness.failures == []


async def test_a_blocked_person_does_not_learn_who_is_here() -> None:
    harness = ServiceHarness()
    _, theirs = await harness.enters("eve")
    await harness.enters("ada")
    await harness.store.block("ada", "eve", True)
    await harness.conversations.create("eve", ["ada"])
    await harness.service.wait_until_idle()
    assert theirs.of("presence") == []


async def test_strangers_and_members_of_larger_conversations_are_not_told() -> None:
    harness = ServiceHarness()
    await harness.room("ada", "bob", "cy")
    _, mine = await harness.enters("ada")
    await harness.enters("bob")
    assert mine.of("presence") == []


# ---- Who may


@pytest.mark.parametrize("auth", [{}, {"token": 7}, {"token": ""}, {"token": "x.y.z"}, {"token": None}])
async def test_without_a_valid_token_nobody_comes_in(auth: dict[str, Any]) -> None:
    harness = ServiceHarness()
    peer, socket = await harness.connects(auth)
    assert peer.joined == ()
    assert socket.refused == {"message": "unauthorized", "data": {"code": "unauthorized"}}


async def test_a_client_whose_session_ends_as_it_is_accepted_is_not_online_for_ever() -> None:
    harness = ServiceHarness()
    await harness.room("ada", "bob")
    _, mine = await harness.enters("ada")
    socket = RecordingSocket()
    socket.flush = lambda: setattr(socket, "state", CLOSED)  # type: ignore[method-assign]
    peer = Peer(harness.service, socket, lambda: 0.0)  # type: ignore[arg-type]
    harness.service.on_connect(peer, ROOT, {"token": harness.tokens.issue("bob", harness.time)})
    await harness.service.wait_until_idle()
    assert harness.service.sockets.count == harness.counts.sockets == 1
    assert mine.of("presence") == []


async def test_a_token_that_has_expired_says_so_and_one_of_another_secret_does_not() -> None:
    harness = ServiceHarness()
    old = harness.tokens.issue("ada", harness.time - 3601)
    foreign = Tokens(["another secret of thirty-two bytes or more"], 60).issue("ada", harness.time)
    sockets = [(await harness.connects({"token": token}))[1] for token in (old, foreign)]
    assert [socket.refused and socket.refused["message"] for socket in sockets] == ["token_expired", "unauthorized"]


async def test_a_socket_whose_token_ends_is_closed_unless_it_was_renewed() -> None:
    harness = ServiceHarness()
    ada, mine = await harness.enters("ada")
    _, theirs = await harness.enters("bob")
    harness.time += 3000
    assert await harness.asks(ada, "auth", {"token": harness.tokens.issue("ada", harness.time)}) == {}
    harness.time += 700
    harness.service.sweep()
    assert (mine.closed, theirs.closed) == (None, "token expired")


async def test_nobody_renews_with_the_token_of_another() -> None:
    harness = ServiceHarness()
    ada, _ = await harness.enters("ada")
    assert code(await harness.asks(ada, "auth", {"token": harness.tokens.issue("bob", harness.time)})) == "forbidden"


# ---- Over the cap


async def test_over_the_cap_the_oldest_socket_is_told_that_it_was_replaced_and_has_to_leave() -> None:
    harness = ServiceHarness(sockets_per_user=2)
    joined = [await harness.enters("ada") for _ in range(3)]
    sockets = [socket for _, socket in joined]
    assert [socket.is_disconnected for socket in sockets] == [True, False, False]
    assert [socket.of("replaced") for socket in sockets] == [[{}], [], []]
    assert [socket.closed for socket in sockets] == [None, None, None], "its session waits for its client to leave"
    assert joined[0][0].joined == ()
    assert harness.service.sockets.count == harness.counts.sockets == 2
    assert harness.counts.left == {"too many sockets": 1}
    harness.disconnects(joined[0][0], "connect timeout")
    assert harness.counts.left == {"too many sockets": 1}, "it left once"


async def test_whoever_was_replaced_receives_nothing_more_not_even_an_answer() -> None:
    harness = ServiceHarness(sockets_per_user=1)
    room = await harness.room("ada", "bob")
    old, first = await harness.enters("ada")
    await harness.says(old, room, "before")
    append, may_commit = harness.store.append, asyncio.Event()

    async def slow(messages: Sequence[NewMessage]) -> Sequence[StoredEntry | Refusal]:
        await may_commit.wait()
        return await append(messages)

    harness.store.append = slow  # type: ignore[method-assign]
    harness.emits(old, "message", {"conversationId": room, "clientId": "late", "body": "hello"})
    connecting = asyncio.create_task(harness.enters("ada"))
    while not first.is_disconnected:
        await asyncio.sleep(0)
    may_commit.set()
    _, second = await connecting
    assert first.names() == ["message", "replaced"]
    assert len(first.on_answer) == 1, "the message was not answered"
    assert [event["clientId"] for event in second.of("message")] == ["late"], "the message is stored all the same"
    old.on_message(f'2["message",{{"conversationId":"{room}","clientId":"later","body":"x"}}]')
    await harness.service.wait_until_idle()
    assert (first.closed, len(second.of("message"))) == (None, 1), "what was on its way is dropped"


async def test_a_user_whose_sockets_are_replaced_again_and_again_gets_no_new_one_for_a_minute() -> None:
    harness = ServiceHarness(sockets_per_user=1)
    await harness.enters("ada")
    for _ in range(5):
        harness.time += 10
        _, newest = await harness.enters("ada")
    token = {"token": harness.tokens.issue("ada", harness.time)}
    peer, sixth = await harness.connects(token)
    assert (peer.joined, sixth.closed, sixth.refused) == ((), "too many sockets", None)
    assert (newest.is_disconnected, harness.counts.refusals["rate_limited"]) == (False, 1)
    await harness.enters("bob")
    harness.time += 20
    await harness.enters("ada")
    assert newest.is_disconnected, "the first of the five was a minute ago"


async def test_replacements_of_a_user_without_sockets_are_forgotten() -> None:
    harness = ServiceHarness(sockets_per_user=1)
    for _ in range(6):
        newest, _ = await harness.enters("ada")
    harness.disconnects(newest)
    for _ in range(6):
        await harness.enters("ada")
    assert (await harness.connects({"token": harness.tokens.issue("ada", harness.time)}))[1].closed


# ---- What is refused


async def test_whoever_asks_too_much_is_told_to_slow_down_and_may_go_on_a_second_later() -> None:
    harness = ServiceHarness(events_per_second=5)
    room = await harness.room("ada", "bob")
    ada, _ = await harness.enters("ada")
    answers = [await harness.says(ada, room, str(number)) for number in range(7)]
    assert [code(answer) for answer in answers if "error" in answer] == ["rate_limited", "rate_limited"]
    harness.time += 1
    assert "seq" in await harness.says(ada, room, "later")


async def test_an_unknown_event_is_refused_and_a_defect_of_ours_is_no_ones_business_but_ours() -> None:
    harness = ServiceHarness()
    ada, _ = await harness.enters("ada")
    assert code(await harness.asks(ada, "shout", {})) == "invalid"

    async def broken(*_: Any, **__: Any) -> Conversation:
        raise ZeroDivisionError("a secret detail")

    harness.store.sync = broken  # type: ignore[method-assign, assignment]
    answer = await harness.asks(ada, "sync", {"cursors": {}})
    assert code(answer) == "internal"
    assert "secret" not in str(answer)
    assert [type(error) for error in harness.failures] == [ZeroDivisionError]


# ---- Law 5


async def test_what_a_client_knew_and_heard_equals_what_it_would_fetch_afresh() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob", "cy")
    ada, _ = await harness.enters("ada")
    await harness.says(ada, room, "before")
    bob, theirs = await harness.enters("bob")
    known = (await harness.asks(bob, "sync", {"cursors": {}}))["messages"]
    await harness.says(ada, room, "1", "one")
    await harness.says(ada, room, "2", "two")
    await harness.messages.delete("ada", room, 2)
    await harness.store.ensure_user("dan")
    await harness.conversations.add_members("ada", room, ["dan"])
    rebuilt = {entry["seq"]: entry.get("body") for entry in known}
    for name, event in theirs.heard:
        if name == "message":
            rebuilt[event["seq"]] = event["body"]
        elif name == "deleted":
            rebuilt |= {event["seq"]: None, event["of"]: None}
        elif name == "conversation":
            rebuilt[event["lastSeq"]] = None
    fresh = await harness.store.history(room, "bob", after=0, before=None, limit=100)
    assert not isinstance(fresh, Refusal)
    assert rebuilt == {entry.seq: _body(entry) for entry in fresh}


def _body(entry: Entry) -> str | None:
    return entry.body if isinstance(entry, Message) else None
