"""What a block stops, in both directions, and who may come back to a group: both stores keep the same promises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.ports import Store
from glimpse.chat.refusals import BLOCKED, FORBIDDEN, INVALID, NOT_FOUND, Refusal
from glimpse.chat.values import Conversation, ConversationChange, MembershipChange, StoredEntry, User
from tests.chat.conftest import Chat, rooms_of, seqs, stored

BOTH_DIRECTIONS = pytest.mark.parametrize(("blocker", "blocked"), [("ada", "bob"), ("bob", "ada")])


async def conversation(store: Store, room_id: str, reader: str) -> Conversation:
    found = await store.conversation(room_id, reader)
    assert isinstance(found, Conversation), found
    return found


async def unread(store: Store, room_id: str, reader: str) -> int:
    listed = await store.list_conversations(reader, None, 100)
    assert not isinstance(listed, Refusal)
    return next(each.unread for each in listed[0] if each.conversation.id == room_id)


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else "done"


# ---- Messages


@BOTH_DIRECTIONS
async def test_in_a_pair_neither_of_the_two_can_write_and_in_a_group_both_can(
    store: Store, chat: Chat, blocker: str, blocked: str
) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.room("group", "ada", "bob", "cy")
    await store.block(blocker, blocked, True)
    for sender in ("ada", "bob"):
        assert await chat.try_to_say("pair", sender) == BLOCKED
        assert (await chat.say("group", sender)).is_new
    await chat.people("cy")
    assert await chat.try_to_say("pair", "cy") == NOT_FOUND, "a stranger learns nothing of the block"
    batch = [chat.message(room, sender) for sender in ("ada", "bob") for room in ("pair", "group")]
    assert [code(outcome) for outcome in await store.append(batch)] == ["blocked", "done", "blocked", "done"]
    await store.block(blocker, blocked, False)
    assert [(await chat.say("pair", sender)).entry.seq for sender in ("ada", "bob")] == [1, 2]


async def test_where_both_blocked_each_other_one_unblocking_opens_nothing(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await store.block("ada", "bob", True)
    await store.block("bob", "ada", True)
    await store.block("ada", "bob", False)
    assert await chat.try_to_say("pair", "ada") == BLOCKED
    assert await store.pair_is_open("ada", "bob") is False
    await store.block("bob", "ada", False)
    assert (await chat.say("pair", "ada")).is_new
    assert await store.pair_is_open("ada", "bob") is True


async def test_a_blocked_pair_can_still_delete_and_leave(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.say("pair", "ada")
    await store.block("bob", "ada", True)
    assert stored(await store.delete_message("pair", "ada", 1)).is_new
    assert stored(await store.leave("pair", "ada")).member_ids == ("bob",)
    assert seqs(await chat.entries("pair", "bob")) == [1, 2, 3]


async def test_a_block_that_changes_nothing_says_so(store: Store, chat: Chat) -> None:
    await chat.people("ada", "bob")
    changes = [await store.block("ada", "bob", on) for on in (False, True, True, False, False)]
    assert changes == [False, True, False, True, False]
    assert await store.block("ada", "ada", True) == INVALID
    assert await store.block("ada", "nobody", False) == NOT_FOUND


# ---- What the two see of each other


@BOTH_DIRECTIONS
async def test_what_the_other_read_is_hidden_everywhere_and_shown_to_third_parties(
    store: Store, chat: Chat, blocker: str, blocked: str
) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.room("group", "ada", "bob", "cy")
    for room in ("pair", "group"):
        await chat.say(room, "ada")
        await store.mark_read(room, "ada", 1)
        await store.mark_read(room, "bob", 1)
    await store.block(blocker, blocked, True)
    seen: Mapping[str, Mapping[str, Mapping[str, int]]] = {
        "ada": {"pair": {"ada": 1}, "group": {"ada": 1, "cy": 0}},
        "bob": {"pair": {"bob": 1}, "group": {"bob": 1, "cy": 0}},
        "cy": {"group": {"ada": 1, "bob": 1, "cy": 0}},
    }
    hidden = {"ada": ("bob",), "bob": ("ada",), "cy": ()}
    for reader, expected in seen.items():
        listed = await store.list_conversations(reader, None, 9)
        assert not isinstance(listed, Refusal)
        synced = await store.sync(reader, {}, 9)
        for found in (*(each.conversation for each in listed[0]), *synced.conversations):
            assert found.reads == expected[found.id]
            assert found.hidden_ids == hidden[reader]
            assert found == await conversation(store, found.id, reader)
            assert found.visible_ids == tuple(each for each in found.member_ids if each not in hidden[reader])
    if blocker == "ada":
        again = await store.create_conversation("other id", "ada", ["bob"])
        assert again == (await conversation(store, "pair", "ada"), False)


async def test_receipts_that_the_bus_lost_say_who_must_not_see_them(store: Store, chat: Chat) -> None:
    await chat.room("group", "ada", "bob", "cy")
    await chat.say("group", "ada")
    await store.mark_read("group", "bob", 1)
    await store.mark_read("group", "cy", 1)
    await store.block("ada", "bob", True)
    await store.block("cy", "bob", True)
    [change] = await store.changed_since(["dora", "cy"], 0.0)
    hidden = {"bob": frozenset({"ada", "cy"}), "cy": frozenset({"bob"})}
    reads = {"bob": 1, "cy": 1}
    assert change == ConversationChange("group", ("ada", "bob", "cy"), 1, True, reads, hidden)


async def test_partners_and_pairs_follow_the_block(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.room("group", "ada", "cy", "dan")
    assert await store.pair_is_open("bob", "ada") is True
    assert await store.pair_is_open("ada", "cy") is None
    assert await store.pair_is_open("ada", "ada") is None
    assert await store.pair_is_open("ada", "nul\0") is None
    await store.block("bob", "ada", True)
    assert await store.pair_is_open("ada", "bob") is await store.pair_is_open("bob", "ada") is False
    assert await store.partners("ada") == await store.partners("bob") == []


async def test_pairs_whose_block_changed_since_a_time_are_found_for_either_of_the_two(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.room("other", "ada", "cy")
    assert await store.pairs_changed_since(["ada", "bob", "cy"], 0.0) == []
    await store.block("bob", "ada", True)
    [change] = await store.pairs_changed_since(["ada"], 0.0)
    assert change.user_ids == ("ada", "bob")
    assert await store.pairs_changed_since(["bob", "nul\0"], change.changed_at - 1) == [change]
    assert await store.pairs_changed_since(["ada", "bob"], change.changed_at + 1) == []
    assert await store.pairs_changed_since(["cy"], 0.0) == []
    await store.block("bob", "ada", True)
    assert await store.pairs_changed_since(["ada"], 0.0) == [change], "a repeat changes nothing"
    await store.block("bob", "ada", False)
    [ended] = await store.pairs_changed_since(["ada"], 0.0)
    assert ended.changed_at > change.changed_at


async def test_the_users_whom_one_blocks_are_listed_page_by_page(store: Store, chat: Chat) -> None:
    await chat.people("ada", "bob", "cy", "dan", "eve")
    for blocked in ("dan", "bob", "cy"):
        await store.block("ada", blocked, True)
    await store.block("eve", "ada", True)
    assert await store.blocked_users("ada", "", 2) == [User("bob"), User("cy")]
    assert await store.blocked_users("ada", "cy", 2) == [User("dan")]
    assert await store.blocked_users("bob", "", 2) == []
    assert await store.blocked_users("nul\0", "", 2) == await store.blocked_users("ada", "nul\0", 2) == []


# ---- New conversations and members


@BOTH_DIRECTIONS
async def test_a_conversation_across_a_block_of_its_creator_is_refused_and_not_made(
    store: Store, chat: Chat, blocker: str, blocked: str
) -> None:
    await chat.people("ada", "bob", "cy")
    await store.block(blocker, blocked, True)
    for others in (["bob"], ["bob", "cy"], ["cy", "bob"]):
        assert code(await store.create_conversation("room", "ada", others)) == "forbidden"
    assert await store.create_conversation("room", "ada", ["bob", "nobody"]) == NOT_FOUND
    assert await rooms_of(store, "ada") == await rooms_of(store, "bob") == []
    third = await store.create_conversation("room", "cy", ["ada", "bob"])
    assert not isinstance(third, Refusal)
    assert third[1], "somebody who is in no block with either may add both"


async def test_the_pair_and_the_repeat_that_are_there_already_are_answered_across_a_block(
    store: Store, chat: Chat
) -> None:
    pair, group = await chat.room("pair", "ada", "bob"), await chat.room("group", "ada", "bob", "cy")
    await store.block("bob", "ada", True)
    for room_id, others, before in (("new", ["bob"], pair), ("group", ["bob", "cy"], group)):
        again = await store.create_conversation(room_id, "ada", others)
        assert not isinstance(again, Refusal)
        assert (again[0].id, again[1]) == (before.id, False)
    assert await store.create_conversation("group", "dan", ["bob"]) == NOT_FOUND
    await chat.people("dan")
    assert await store.create_conversation("group", "dan", ["bob"]) == INVALID


@BOTH_DIRECTIONS
async def test_adding_a_member_across_a_block_of_the_one_who_adds_adds_nobody(
    store: Store, chat: Chat, blocker: str, blocked: str
) -> None:
    room = await chat.room("room", "ada", "cy", "dan")
    await chat.people("bob", "eve")
    await store.block(blocker, blocked, True)
    assert code(await store.add_members("room", "ada", ["eve", "bob"])) == "forbidden"
    assert await store.conversation("room", "ada") == room
    assert stored(await store.add_members("room", "cy", ["eve", "bob"])).is_new
    after = await conversation(store, "room", "ada")
    assert await store.add_members("room", "ada", ["bob"]) == after, "nothing to refuse where all are members"


# ---- Leaving and coming back


async def test_who_left_a_group_comes_back_only_by_themself(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.people("dan")
    await store.leave("room", "bob")
    refused = await store.add_members("room", "ada", ["dan", "bob"])
    assert isinstance(refused, Refusal)
    assert (refused.code, "left" in refused.detail) == ("forbidden", True)
    assert (await conversation(store, "room", "ada")).member_ids == ("ada", "cy")
    back = stored(await store.join("room", "bob"))
    assert isinstance(back.entry, MembershipChange)
    assert (back.entry.seq, back.entry.sender_id, back.is_new) == (2, "bob", True)
    assert back.entry.member_ids == back.member_ids == ("ada", "cy", "bob")
    assert (await chat.say("room", "bob")).entry.seq == 3
    assert await store.join("room", "bob") == await conversation(store, "room", "bob"), "a repeat changes nothing"


async def test_who_was_never_in_a_group_does_not_join_it(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.people("eve")
    for room_id, user_id in (("room", "eve"), ("nowhere", "ada"), ("nul\0", "ada"), ("room", "nul\0")):
        assert await store.join(room_id, user_id) == NOT_FOUND
    await store.leave("room", "bob")
    assert await store.join("room", "eve") == NOT_FOUND


async def test_who_left_a_pair_does_not_come_back_to_it(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await store.leave("pair", "bob")
    assert await store.join("pair", "bob") == NOT_FOUND
    assert await store.join("pair", "ada") == NOT_FOUND, "nor does the one who is still in it"
    assert await store.add_members("pair", "ada", ["bob"]) == FORBIDDEN
    assert (await chat.room("new", "ada", "bob")).id == "new"


async def test_who_left_the_empty_group_comes_back_to_it(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    for name in ("ada", "bob", "cy"):
        await store.leave("room", name)
    assert stored(await store.join("room", "bob")).member_ids == ("bob",)


async def test_unread_begins_where_a_member_joined_and_the_history_before_is_there(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.people("dan")
    await chat.say("room", "ada")
    await store.add_members("room", "ada", ["dan"])
    assert await unread(store, "room", "dan") == 0
    await chat.say("room", "ada")
    assert await unread(store, "room", "dan") == 1
    assert seqs(await chat.entries("room", "dan")) == [1, 2, 3]
    assert (await conversation(store, "room", "ada")).reads["dan"] == 0, "receipts are as before"
    await store.mark_read("room", "dan", 1)
    assert await unread(store, "room", "dan") == 1, "what was read before one joined counts for nothing"
    await store.leave("room", "dan")
    await chat.say("room", "ada")
    await store.join("room", "dan")
    assert await unread(store, "room", "dan") == 0
    await chat.say("room", "ada")
    assert await unread(store, "room", "dan") == 1
    assert await unread(store, "room", "bob") == 4, "for those who were there nothing changed"


# ---- At the same moment


async def test_a_block_and_messages_at_once_end_with_a_pair_that_is_closed(store: Store, chat: Chat) -> None:
    """A message that is under way when the block is committed may be before or after it; a later one is refused."""
    await chat.room("pair", "ada", "bob")
    for number in range(10):
        outcomes = await asyncio.gather(
            *(store.append([chat.message("pair", "ada", f"a{number}-{each}")]) for each in range(3)),
            store.append([chat.message("pair", "bob", f"b{number}-{each}") for each in range(3)]),
            store.block("bob", "ada", True),
        )
        assert outcomes[-1] is True
        assert {code(each) for batch in outcomes[:-1] for each in batch} <= {"done", "blocked"}  # type: ignore[union-attr]
        assert await chat.try_to_say("pair", "ada") == await chat.try_to_say("pair", "bob") == BLOCKED
        await store.block("bob", "ada", False)
    entries = await chat.entries("pair", "ada")
    assert seqs(entries) == list(range(1, len(entries) + 1))


async def test_two_who_block_each_other_at_once_do_not_wait_for_each_other(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    for on in (True, False) * 10:
        changes = await asyncio.gather(store.block("ada", "bob", on), store.block("bob", "ada", on))
        assert list(changes) == [True, True]
        assert await store.pair_is_open("ada", "bob") is not on


async def test_a_block_and_a_new_pair_at_once_never_leave_a_pair_that_messages_pass(store: Store, chat: Chat) -> None:
    for number in range(10):
        ada, bob = f"ada{number}", f"bob{number}"
        await chat.people(ada, bob)
        made, _ = await asyncio.gather(
            store.create_conversation(f"pair{number}", ada, [bob]), store.block(bob, ada, True)
        )
        if isinstance(made, Refusal):
            assert made.code == "forbidden"
            assert await rooms_of(store, ada) == []
        else:
            assert await chat.try_to_say(f"pair{number}", ada) == BLOCKED


async def test_leaving_and_being_added_at_once_ends_in_one_of_the_two_orders(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    for _ in range(5):
        left, added = await asyncio.gather(store.leave("room", "bob"), store.add_members("room", "ada", ["bob"]))
        assert stored(left).is_new
        # Before it, bob was a member already; after it, only bob may bring bob back.
        assert isinstance(added, Conversation) or code(added) == "forbidden"
        both = await asyncio.gather(store.join("room", "bob"), store.join("room", "bob"))
        assert [type(each) for each in both].count(StoredEntry) == 1, "and comes back once"
    assert seqs(await chat.entries("room", "ada")) == list(range(1, 11))


async def test_a_batch_that_waits_for_a_lock_while_a_block_is_committed_is_refused(
    open_store: Callable[[], Awaitable[PostgresStore]],
) -> None:
    store = await open_store()
    chat = Chat(store)
    await chat.room("pair", "ada", "bob")
    async with store._locked("pair", "ada"):
        waiting = asyncio.ensure_future(store.append([chat.message("pair", "ada"), chat.message("pair", "ada")]))
        await store.block("bob", "ada", True)
    assert [code(each) for each in await waiting] == ["blocked", "blocked"]
