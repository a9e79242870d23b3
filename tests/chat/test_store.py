"""The promises of the port `Store`, kept by the store in memory and by PostgreSQL alike."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.ports import Store
from glimpse.chat.refusals import BLOCKED, FORBIDDEN, HANDLE_TAKEN, INVALID, NOT_FOUND, Refusal
from glimpse.chat.sync_position import SyncPosition
from glimpse.chat.values import (
    Conversation,
    ConversationChange,
    Credentials,
    Deletion,
    JoinState,
    MembershipChange,
    Message,
    NewMessage,
    StoredEntry,
    SyncResult,
    User,
    Validity,
)
from tests.chat.conftest import Chat, message_of, rooms_of, seqs, stored

LATER = 4_102_444_800.0
"""In the year 2100."""

UNSTORABLE = ["nul\0", "half a surrogate \ud800", "", "x" * 256]


# ---- Users


async def test_a_valid_token_of_an_unknown_user_makes_the_user_once(store: Store) -> None:
    first, again = await asyncio.gather(store.ensure_user("ada"), store.ensure_user("ada"))
    assert first == again == User("ada")


@pytest.mark.parametrize("text", UNSTORABLE)
async def test_an_id_that_no_database_can_hold_is_invalid_or_unknown(store: Store, chat: Chat, text: str) -> None:
    await chat.room("room", "ada", "bob", "cy")
    assert await store.ensure_user(text) == INVALID
    assert await store.sign_up(text, "handle", "hash") == INVALID
    assert await store.sign_up("id", text, "hash") == INVALID
    assert await store.users([text, "ada"]) == [User("ada")]
    assert await store.user_by_handle(text) is None
    assert await store.credentials(text) is None
    assert await store.credentials_of(text) is None
    assert await store.join_states([text, "ada"]) == [INVALID, JoinState()]
    assert await store.validity(text) == Validity()
    assert await store.revoke(text, 1) == INVALID
    assert await store.update_profile(text, "Ada", None) == NOT_FOUND
    assert await store.block("ada", text, True) == NOT_FOUND
    assert await store.create_conversation(text, "ada", ["bob"]) == INVALID
    assert await store.create_conversation("new", "ada", [text]) == NOT_FOUND
    for answer in (
        await store.conversation("room", text),
        await store.conversation(text, "ada"),
        await store.add_members("room", "ada", [text]),
        await store.add_members(text, "ada", ["bob"]),
        await store.leave("room", text),
        await store.delete_message(text, "ada", 1),
        await store.mark_read(text, "ada", 1),
        await store.history(text, "ada", after=None, before=None, limit=9),
    ):
        assert answer == NOT_FOUND
    assert await rooms_of(store, text) == []
    assert await store.list_conversations(text, None, 9) == ([], None)
    assert await store.list_conversations("ada", text, 9) == INVALID
    assert replace(await store.sync(text, {"room": 0}, 9), at=SyncPosition(0.0)) == SyncResult((), ("room",), (), False)
    assert (await store.sync("ada", {"room": 0, text: 3}, 9)).gone == (text,)


async def test_a_handle_is_taken_whatever_its_case_and_spelling(store: Store) -> None:
    assert await store.sign_up("1", "Ada", "hash") == User("1", "Ada")
    assert await store.sign_up("2", "aDA", "other") == HANDLE_TAKEN
    # 한 as one letter, and as the three jamo that a Mac writes
    assert await store.sign_up("3", "\ud55c", "hash") == User("3", "\ud55c")
    assert await store.sign_up("4", "\u1112\u1161\u11ab", "hash") == HANDLE_TAKEN
    assert await store.sign_up("1", "someone", "hash") == INVALID


async def test_an_account_is_found_by_the_key_of_its_handle_and_by_its_user(store: Store, chat: Chat) -> None:
    await store.sign_up("1", "Ada", "hash")
    account = Credentials(User("1", "Ada"), "hash")
    assert await store.credentials("ada") == await store.credentials_of("1") == account
    assert await store.user_by_handle("aDA") == User("1", "Ada")
    assert await store.credentials("bob") is None
    assert await store.user_by_handle("bob") is None
    await chat.people("bob")
    assert await store.credentials_of("bob") is None, "a user of another issuer"


async def test_an_account_remembers_from_where_its_owner_last_logged_in(store: Store) -> None:
    await store.sign_up("1", "Ada", "hash")
    for network in ("192.0.2.1", "2001:db8::/64"):
        await store.remember_login("1", network)
        found = await store.credentials("ada")
        assert found is not None
        assert found.login_network == network
    await store.remember_login("nobody", "192.0.2.1")
    await store.remember_login("nul\0", "192.0.2.1")
    assert await store.credentials_of("nobody") is None


async def test_a_password_is_replaced_once_and_the_tokens_from_before_are_revoked(store: Store) -> None:
    await store.sign_up("1", "Ada", "old")
    assert await store.change_password("1", "old", "new", 100) == 100
    assert await store.credentials("ada") == Credentials(User("1", "Ada"), "new", 100)
    assert await store.change_password("1", "old", "newer", 200) is None
    assert await store.change_password("nobody", "new", "newer", 200) is None
    assert await store.validity("1") == Validity(100)


async def test_who_joins_is_created_and_gets_their_partners_and_which_tokens_are_valid(
    store: Store, chat: Chat
) -> None:
    first, again = await asyncio.gather(store.join_states(["ada"]), store.join_states(["ada"]))
    assert first == again == [JoinState()]
    assert await store.users(["ada"]) == [User("ada")]
    await chat.room("pair", "ada", "bob")
    await chat.room("group", "ada", "cy", "dora")
    await store.revoke("ada", 100)
    assert await store.join_states(["ada"]) == [JoinState(100, False, ("bob",))]


async def test_many_who_join_at_once_are_each_answered_for_themselves(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.room("other", "cy", "ada")
    await store.revoke("bob", 100)
    here, there = await asyncio.gather(
        store.join_states(["zoe", "bob", "ada", "nul\0", "bob", "yan"]), store.join_states(["yan", "zoe", "cy"])
    )
    bob = JoinState(100, False, ("ada",))
    assert here == [JoinState(), bob, JoinState(partners=("bob", "cy")), INVALID, bob, JoinState()]
    assert there == [JoinState(), JoinState(), JoinState(partners=("ada",))]
    assert await store.users(["yan", "zoe"]) == [User("yan"), User("zoe")]
    assert await store.join_states([]) == []


async def test_tokens_are_revoked_up_to_a_second_that_only_moves_forward(store: Store) -> None:
    assert await store.validity("ada") == Validity()
    assert await store.revoke("ada", 100) == 100, "also of a user who was never here"
    assert await store.revoke("ada", 50) == 100
    assert await store.revoke("ada", 101) == 101
    assert await store.validity("ada") == Validity(101)
    assert await store.users(["ada"]) == [User("ada")]


async def test_who_was_revoked_since_a_time_is_told(store: Store, chat: Chat) -> None:
    await chat.people("ada", "bob", "cy")
    await store.revoke("ada", 100)
    await store.revoke("bob", 200)
    assert sorted(await store.revoked_since(["ada", "cy", "nobody", "nul\0"], 0.0)) == [("ada", 100)]
    assert sorted(await store.revoked_since(["ada", "bob", "cy"], 0.0)) == [("ada", 100), ("bob", 200)]
    assert await store.revoked_since(["ada", "bob", "cy"], LATER) == []
    assert await store.revoked_since([], 0.0) == []


async def test_of_a_deleted_account_only_its_messages_and_its_memberships_stay(store: Store, chat: Chat) -> None:
    await store.sign_up("ada", "Ada", "hash")
    await store.remember_login("ada", "192.0.2.1")
    await chat.room("pair", "ada", "bob")
    await chat.file("picture", "ada")
    await chat.file("sent", "ada")
    await store.update_profile("ada", "Ada L.", "picture")
    await store.append([NewMessage("pair", "ada", "1", "look", "sent")])
    before = await chat.entries("pair", "bob")
    await store.block("ada", "bob", True)

    assert await store.delete_user("ada", 100) == 100
    assert await store.users(["ada"]) == [User("ada", is_deleted=True)]
    assert await store.credentials("ada") is None
    assert await store.credentials_of("ada") is None
    assert await store.user_by_handle("ada") is None
    assert await store.validity("ada") == Validity(100, True)
    assert await store.join_states(["ada"]) == [JoinState(100, True, ("bob",))], "the block is gone"
    assert await store.revoked_since(["ada"], 0.0) == [("ada", 100)]
    assert await chat.entries("pair", "bob") == before, "its file, too, is still named"
    assert await store.files_seen_by(["sent", "picture"], "bob") == []
    assert {file.id for file in await store.files_to_sweep(0.0, 9)} == {"picture", "sent"}
    await store.finish_sweep([], ["picture", "sent"], 0.0)
    assert await store.file("sent") is None
    assert await store.sign_up("2", "ADA", "other") == User("2", "ADA"), "the handle is free"
    page = await store.list_conversations("bob", None, 9)
    assert not isinstance(page, Refusal)
    assert User("ada", is_deleted=True) in page[0][0].members


async def test_an_account_is_deleted_as_often_as_one_asks_and_not_without_one(store: Store, chat: Chat) -> None:
    assert await store.delete_user("nobody", 100) == NOT_FOUND
    assert await store.delete_user("nul\0", 100) == NOT_FOUND
    await chat.people("ada")
    assert await store.delete_user("ada", 100) == 100
    assert await store.delete_user("ada", 50) == 101, "a token of the second 100 may have been issued meanwhile"


async def test_a_block_against_a_deleted_account_outlives_it(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await store.block("bob", "ada", True)
    await store.delete_user("ada", 100)
    await store.restore_user("ada")
    assert await store.append([NewMessage("pair", "ada", "1", "me again")]) == [BLOCKED]


async def test_a_deleted_account_stays_as_it_is_although_requests_with_its_token_are_still_under_way(
    store: Store, chat: Chat
) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.room("left", "ada", "bob", "cy")
    await chat.room("other", "bob", "cy")
    await chat.room("group", "bob", "cy", "dora")
    await chat.file("picture", "ada")
    await store.leave("left", "ada")
    await store.delete_user("ada", 100)
    assert await store.update_profile("ada", "Ada is mine now", None) == NOT_FOUND
    assert await store.update_profile("ada", None, "picture") == NOT_FOUND
    assert await store.join("left", "ada") == NOT_FOUND
    assert await store.block("ada", "bob", True) == NOT_FOUND
    assert await store.add_members("group", "bob", ["ada"]) == NOT_FOUND
    assert await store.add_members("left", "bob", ["dora", "ada"]) == NOT_FOUND
    for creator, member in (("ada", "dora"), ("dora", "ada")):
        assert await store.create_conversation("new", creator, [member]) == NOT_FOUND
        assert await store.create_conversation("new", creator, [member, "bob"]) == NOT_FOUND
    assert await store.users(["ada"]) == [User("ada", is_deleted=True)]
    assert await store.groups("ada") == []
    for creator, member in (("ada", "bob"), ("bob", "ada")):
        found = await store.create_conversation("new", creator, [member])
        assert not isinstance(found, Refusal)
        assert (found[0].id, found[1]) == ("pair", False), "the conversation that they have is found"
    await store.restore_user("ada")
    assert isinstance(await store.join("left", "ada"), StoredEntry)
    assert isinstance(await store.add_members("group", "bob", ["ada"]), StoredEntry)


async def test_another_issuers_user_can_come_back_to_an_empty_account(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    await store.update_profile("ada", "Ada L.", None)
    await store.delete_user("ada", 100)
    await store.restore_user("ada")
    await store.restore_user("nobody")
    assert await store.users(["ada", "nobody"]) == [User("ada")]
    assert await store.validity("ada") == Validity(100)


async def test_the_groups_of_a_user_are_those_that_are_not_of_two(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.room("b", "ada", "bob", "cy")
    await chat.room("a", "cy", "ada", "bob")
    await chat.room("alone", "ada")
    await chat.room("others", "bob", "cy", "dora")
    assert await store.groups("ada") == ["a", "alone", "b"]
    await store.leave("b", "ada")
    assert await store.groups("ada") == ["a", "alone"]
    assert await store.groups("nobody") == await store.groups("nul\0") == []


async def test_users_come_in_the_order_asked_and_only_those_that_exist(store: Store, chat: Chat) -> None:
    await chat.people("ada", "bob")
    assert list(await store.users(["bob", "nobody", "ada", "bob"])) == [User("bob"), User("ada"), User("bob")]


async def test_a_profile_changes_only_what_is_given(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    assert await store.update_profile("ada", "Ada L.", None) == User("ada", None, "Ada L.")
    await chat.file("picture", "ada")
    assert await store.update_profile("ada", None, "picture") == User("ada", None, "Ada L.", "picture")
    assert await store.update_profile("ada", "nul\0", None) == INVALID
    assert await store.update_profile("nobody", "x", None) == NOT_FOUND
    assert await store.update_profile("nobody", "x", "picture") == NOT_FOUND
    assert await store.users(["ada"]) == [User("ada", None, "Ada L.", "picture")]
    assert await store.update_profile("ada", "", None) == User("ada", None, None, "picture")
    assert await store.update_profile("ada", None, None) == User("ada", None, None, "picture")


async def test_nobody_blocks_themselves_or_who_does_not_exist(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    assert await store.block("ada", "nobody", True) == NOT_FOUND
    assert await store.block("nobody", "ada", False) == NOT_FOUND
    assert await store.block("ada", "ada", True) == INVALID


# ---- Conversations


async def test_a_new_conversation_has_its_creator_first_and_no_entry(store: Store, chat: Chat) -> None:
    await chat.people("ada", "bob", "cy")
    made = await store.create_conversation("room", "cy", ["ada", "cy", "bob", "ada"])
    expected = Conversation("room", ("cy", "ada", "bob"), 0, {"cy": 0, "ada": 0, "bob": 0})
    assert made == (expected, True)
    assert await store.conversation("room", "bob") == expected
    assert await chat.entries("room", "ada") == []


async def test_an_unknown_member_refuses_the_conversation_and_makes_nothing(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    assert await store.create_conversation("room", "ada", ["nobody"]) == NOT_FOUND
    assert await store.create_conversation("room", "nobody", ["ada"]) == NOT_FOUND
    assert await rooms_of(store, "ada") == []


async def test_the_same_two_people_get_the_same_conversation_whoever_asks(store: Store, chat: Chat) -> None:
    pair = await chat.room("first", "ada", "bob")
    assert await store.create_conversation("second", "bob", ["ada"]) == (pair, False)
    assert await rooms_of(store, "bob") == ["first"]


async def test_three_people_get_a_new_conversation_each_time(store: Store, chat: Chat) -> None:
    await chat.room("first", "ada", "bob", "cy")
    await chat.room("second", "ada", "bob", "cy")
    assert await rooms_of(store, "cy") == ["first", "second"]


async def test_who_asks_again_with_the_same_id_gets_what_was_made(store: Store, chat: Chat) -> None:
    room = await chat.room("room", "ada", "bob", "cy")
    assert await store.create_conversation("room", "ada", ["bob", "cy"]) == (room, False)
    await chat.people("dan", "eve", "fay")
    assert await store.create_conversation("room", "dan", ["eve", "fay"]) == INVALID


async def test_a_conversation_is_not_found_by_who_is_not_in_it(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.people("eve")
    for room_id, who in (("room", "eve"), ("room", "nobody"), ("other", "ada")):
        assert await store.conversation(room_id, who) == NOT_FOUND
        assert await store.history(room_id, who, after=None, before=None, limit=9) == NOT_FOUND
        assert await store.mark_read(room_id, who, 1) == NOT_FOUND
        assert await store.delete_message(room_id, who, 1) == NOT_FOUND
        assert await store.add_members(room_id, who, ["eve"]) == NOT_FOUND
        assert await store.leave(room_id, who) == NOT_FOUND
        assert await chat.try_to_say(room_id, who) == NOT_FOUND


async def test_new_members_are_an_entry_and_come_last(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.people("dan", "eve")
    added = stored(await store.add_members("room", "bob", ["eve", "ada", "dan", "eve"]))
    assert added.is_new
    assert isinstance(added.entry, MembershipChange)
    assert added.member_ids == added.entry.member_ids == ("ada", "bob", "cy", "eve", "dan")
    assert (added.entry.seq, added.entry.sender_id) == (1, "bob")
    assert await chat.entries("room", "dan") == [added.entry]
    assert (await chat.say("room", "eve")).entry.seq == 2


async def test_adding_who_is_in_changes_nothing(store: Store, chat: Chat) -> None:
    room = await chat.room("room", "ada", "bob", "cy")
    assert await store.add_members("room", "ada", ["bob", "ada"]) == room
    assert await store.add_members("room", "ada", []) == room


async def test_an_unknown_person_among_the_new_adds_nobody(store: Store, chat: Chat) -> None:
    room = await chat.room("room", "ada", "bob", "cy")
    await chat.people("dan")
    assert await store.add_members("room", "ada", ["dan", "nobody"]) == NOT_FOUND
    assert await store.conversation("room", "ada") == room


async def test_a_pair_stays_a_pair(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.people("cy")
    assert await store.add_members("pair", "ada", ["cy"]) == FORBIDDEN


async def test_who_leaves_is_gone_at_once_and_the_others_have_an_entry(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.say("room", "bob")
    left = stored(await store.leave("room", "bob"))
    assert isinstance(left.entry, MembershipChange)
    assert (left.entry.seq, left.entry.sender_id, left.entry.member_ids) == (2, "bob", ("ada", "cy"))
    assert left.member_ids == ("ada", "cy")
    assert await chat.try_to_say("room", "bob") == NOT_FOUND
    assert await store.conversation("room", "bob") == NOT_FOUND
    assert await store.leave("room", "bob") == NOT_FOUND
    assert await rooms_of(store, "bob") == []
    assert (await store.conversation("room", "ada")) == Conversation("room", ("ada", "cy"), 2, {"ada": 0, "cy": 0})


async def test_who_comes_back_has_read_nothing(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.say("room", "ada")
    await store.mark_read("room", "bob", 1)
    await store.leave("room", "bob")
    await store.join("room", "bob")
    room = await store.conversation("room", "bob")
    assert room == Conversation("room", ("ada", "cy", "bob"), 3, {"ada": 0, "cy": 0, "bob": 0})


async def test_a_pair_that_one_left_is_over_and_the_two_get_a_new_one(store: Store, chat: Chat) -> None:
    await chat.room("old", "ada", "bob")
    await chat.say("old", "bob", body="before")
    await store.leave("old", "bob")
    await chat.people("cy")
    assert await store.add_members("old", "ada", ["cy"]) == FORBIDDEN
    assert (await chat.room("new", "bob", "ada")).id == "new"
    assert [each.body for each in await chat.entries("old", "ada") if isinstance(each, Message)] == ["before"]
    # The last member can leave as well.
    await store.leave("old", "ada")
    assert (await chat.room("newer", "ada", "bob")).id == "new"


# ---- Messages


async def test_entries_count_one_two_three_whatever_they_are(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.say("room", "ada")
    await store.delete_message("room", "ada", 1)
    await store.leave("room", "cy")
    await store.join("room", "cy")
    await store.append([chat.message("room", name) for name in ("ada", "cy", "bob")])
    entries = await chat.entries("room", "ada")
    assert seqs(entries) == [1, 2, 3, 4, 5, 6, 7]
    assert list(map(type, entries)) == [
        Message,
        Deletion,
        MembershipChange,
        MembershipChange,
        Message,
        Message,
        Message,
    ]
    assert len({entry.id for entry in entries}) == 7
    assert [e.created_at for e in entries] == sorted(e.created_at for e in entries)
    assert all(e.created_at.utcoffset() is not None for e in entries)


async def test_a_message_is_answered_as_it_is_read_later(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.file("file", "ada")
    body = "안녕 👋\r\n'; drop table entries; --"
    [one] = await store.append([NewMessage("room", "ada", "c1", body, "file")])
    many = await store.append([NewMessage("room", "bob", "c1", ""), NewMessage("room", "ada", "c2", "x", "file")])
    told = [stored(outcome) for outcome in (one, *many)]
    assert all(outcome.is_new and outcome.member_ids == ("ada", "bob") for outcome in told)
    assert [outcome.entry for outcome in told] == await chat.entries("room", "ada")
    first = message_of(one)
    assert (first.body, first.file_id, first.client_id) == (body, "file", "c1")


async def test_a_repeat_answers_the_first_entry_and_takes_no_number(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    first = await chat.say("room", "ada", "c1", "the first text")
    again = await chat.say("room", "ada", "c1", "another text")
    assert again == replace(first, is_new=False)
    [in_a_batch, other] = await store.append([chat.message("room", "ada", "c1"), chat.message("room", "bob", "c1")])
    assert in_a_batch == again
    assert stored(other).entry.seq == 2, "another sender's message of that name is another message"


async def test_a_repeat_is_answered_also_to_who_was_blocked_or_left_since(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    first = await chat.say("pair", "bob", "c1")
    await store.block("ada", "bob", True)
    assert await chat.say("pair", "bob", "c1") == replace(first, is_new=False)
    await store.leave("pair", "bob")
    both = [chat.message("pair", "bob", "c1"), chat.message("pair", "bob", "c2")]
    [repeat, new] = await store.append(both)
    assert stored(repeat).entry == first.entry
    assert new == NOT_FOUND
    assert stored((await store.append(both[:1]))[0]).entry == first.entry


async def test_a_repeat_of_a_deleted_message_brings_no_text_back(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.say("room", "ada", "c1")
    await store.delete_message("room", "ada", 1)
    assert message_of(await chat.say("room", "ada", "c1")).body is None
    [in_a_batch, _] = await store.append([chat.message("room", "ada", "c1"), chat.message("room", "ada")])
    assert message_of(in_a_batch).body is None


async def test_a_bad_message_harms_only_itself(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.room("pair", "ada", "eve")
    await store.block("ada", "eve", True)
    await chat.say("room", "ada", "before")
    asked_and_expected: list[tuple[NewMessage, object]] = [
        (chat.message("room", "ada", "c1", "one"), 2),
        (chat.message("nowhere", "ada"), NOT_FOUND),
        (chat.message("room", "eve"), NOT_FOUND),
        (chat.message("room", "nobody"), NOT_FOUND),
        (chat.message("pair", "eve"), BLOCKED),
        (chat.message("pair", "ada"), BLOCKED),
        (chat.message("room", "ada", "c2", "nul\0"), INVALID),
        (chat.message("room", "ada", "c2", "\udfff"), INVALID),
        (chat.message("room", "ada", "c" * 65), INVALID),
        (NewMessage("room", "ada", "", "text"), INVALID),
        (NewMessage("room", "ada", "c2", "text", "nul\0"), INVALID),
        (NewMessage("ro\0m", "ada", "c2", "text"), INVALID),
        (NewMessage("room", "\ud800", "c2", "text"), INVALID),
        (chat.message("room", "ada", "c1", "again"), "repeat of 2"),
        (chat.message("room", "bob", "c1"), 3),
        (chat.message("room", "ada", "before"), "repeat of 1"),
        (chat.message("room", "ada", "c2", "two"), 4),
    ]

    outcomes = await store.append([message for message, _ in asked_and_expected])

    got = []
    for outcome in outcomes:
        if isinstance(outcome, StoredEntry):
            got.append(outcome.entry.seq if outcome.is_new else f"repeat of {outcome.entry.seq}")
        else:
            got.append(outcome)
    assert got == [expected for _, expected in asked_and_expected]
    assert [(e.seq, e.body) for e in await chat.entries("room", "cy") if isinstance(e, Message)] == [
        (1, "hello"),
        (2, "one"),
        (3, "hello"),
        (4, "two"),
    ]
    for message, expected in asked_and_expected:
        if isinstance(expected, Refusal):
            assert await store.append([message]) == [expected], "and alone it is judged alike"


async def test_no_messages_have_no_answers(store: Store) -> None:
    assert list(await store.append([])) == []


async def test_a_batch_is_numbered_in_the_order_asked_in_each_conversation(store: Store, chat: Chat) -> None:
    for room in ("a", "b", "c"):
        await chat.room(room, "ada", "bob", "cy")
    asked = [chat.message("bca"[n % 3], "ada", f"c{n}") for n in range(300)]
    messages = [message_of(outcome) for outcome in await store.append(asked)]
    assert [message.client_id for message in messages] == [message.client_id for message in asked]
    assert [message.seq for message in messages] == [n // 3 + 1 for n in range(300)]


async def test_a_deleted_message_keeps_its_place_without_text_or_file(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.file("file", "ada")
    [told] = await store.append([NewMessage("room", "ada", "c1", "secret", "file")])
    deleted = stored(await store.delete_message("room", "ada", 1))
    assert deleted.is_new
    assert deleted.member_ids == ("ada", "bob")
    assert isinstance(deleted.entry, Deletion)
    assert (deleted.entry.seq, deleted.entry.of) == (2, 1)
    empty = replace(message_of(told), body=None, file_id=None)
    assert await chat.entries("room", "bob") == [empty, deleted.entry]


async def test_deleting_again_answers_the_first_deletion(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.say("room", "ada")
    first = stored(await store.delete_message("room", "ada", 1))
    await chat.say("room", "ada")
    assert await store.delete_message("room", "ada", 1) == replace(first, is_new=False)
    assert seqs(await chat.entries("room", "ada")) == [1, 2, 3]


async def test_only_ones_own_messages_can_be_deleted(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.say("room", "ada")
    await store.delete_message("room", "ada", 1)
    await chat.say("room", "bob")
    assert await store.delete_message("room", "bob", 1) == FORBIDDEN, "another's, though it is deleted"
    assert await store.delete_message("room", "ada", 2) == FORBIDDEN, "no message"
    assert await store.delete_message("room", "ada", 3) == FORBIDDEN, "another's"
    for seq in (0, -1, 4, 10**30):
        assert await store.delete_message("room", "ada", seq) == NOT_FOUND


async def test_read_moves_forward_only_and_at_most_to_the_newest(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    for _ in range(5):
        await chat.say("room", "ada")
    answers = [await store.mark_read("room", "bob", seq) for seq in (3, 3, 2, -1, -(10**30), 10**30, 5)]
    assert answers == [(3, True), (3, False), (3, False), (3, False), (3, False), (5, True), (5, False)]
    room = await store.conversation("room", "ada")
    assert isinstance(room, Conversation)
    assert room.reads == {"ada": 0, "bob": 5}


async def test_history_goes_both_ways(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    for _ in range(9):
        await chat.say("room", "ada")

    async def page(after: int | None = None, before: int | None = None, limit: int = 3) -> list[int]:
        entries = await store.history("room", "bob", after=after, before=before, limit=limit)
        assert not isinstance(entries, Refusal)
        return seqs(entries)

    assert await page() == [7, 8, 9]
    assert await page(before=7) == [4, 5, 6]
    assert await page(before=3) == [1, 2]
    assert await page(before=1) == await page(before=-5) == []
    assert await page(before=10**30) == [7, 8, 9]
    assert await page(after=0) == await page(after=-(10**30)) == [1, 2, 3]
    assert await page(after=7) == [8, 9]
    assert await page(after=9) == await page(after=10**30) == []
    assert await page(limit=100) == list(range(1, 10))


# ---- Lists


async def test_the_list_shows_the_newest_change_first_with_all_it_needs(store: Store, chat: Chat) -> None:
    await store.sign_up("ada", "Ada", "hash")
    await chat.room("old", "ada", "bob")
    await chat.room("empty", "ada", "cy")
    await chat.say("old", "bob", body="one")
    last = await chat.say("old", "bob", body="two")
    await store.mark_read("old", "ada", 1)

    listed = await store.list_conversations("ada", None, 10)

    assert not isinstance(listed, Refusal)
    rows, cursor = listed
    assert cursor is None
    assert [row.conversation.id for row in rows] == ["old", "empty"]
    assert rows[0].conversation == Conversation("old", ("ada", "bob"), 2, {"ada": 1, "bob": 0})
    assert rows[0].members == (User("ada", "Ada"), User("bob"))
    assert (rows[0].last_message, rows[0].unread) == (last.entry, 1)
    assert (rows[1].last_message, rows[1].unread) == (None, 0)


async def test_the_list_tells_a_group_of_two_from_a_pair(store: Store, chat: Chat) -> None:
    await chat.room("group", "ada", "bob", "cy")
    await chat.room("pair", "ada", "bob")
    await store.leave("group", "cy")
    listed = await store.list_conversations("ada", None, 10)
    assert not isinstance(listed, Refusal)
    assert {row.conversation.id: row.is_pair for row in listed[0]} == {"group": False, "pair": True}


async def test_unread_counts_what_others_wrote_and_did_not_delete(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    for who in ("ada", "bob", "bob", "cy"):
        await chat.say("room", who)
    await store.delete_message("room", "bob", 2)
    await store.leave("room", "cy")

    async def unread(who: str) -> int:
        listed = await store.list_conversations(who, None, 10)
        assert not isinstance(listed, Refusal)
        assert listed[0][0].last_message is not None
        assert listed[0][0].last_message.seq == 4
        return listed[0][0].unread

    assert await unread("ada") == 2
    assert await unread("bob") == 2
    await store.append([chat.message("room", "bob") for _ in range(1001)])
    assert (await store.list_conversations("ada", None, 10))[0][0].unread == 1000  # type: ignore[index]


async def test_the_pages_of_the_list_have_each_conversation_once(store: Store, chat: Chat) -> None:
    for n in range(7):
        await chat.room(f"room-{n}", "ada", "bob", "cy")
    for n in (3, 0, 5):
        await chat.say(f"room-{n}", "bob")
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        listed = await store.list_conversations("ada", cursor, 3)
        assert not isinstance(listed, Refusal)
        seen += [row.conversation.id for row in listed[0]]
        cursor, pages = listed[1], pages + 1
    assert seen == [f"room-{n}" for n in (5, 0, 3, 6, 4, 2, 1)]
    assert pages == 3


@pytest.mark.parametrize("cursor", ["", "-", "x", "1-", "-room", "²-room", "1.5-room", "9" * 400 + "-room", "1-\0"])
async def test_a_cursor_that_no_list_has_given_is_invalid(store: Store, cursor: str) -> None:
    assert await store.list_conversations("ada", cursor, 3) == INVALID


# ---- Sync


async def test_sync_gives_what_the_cursors_lack_or_lag_and_nothing_else(store: Store, chat: Chat) -> None:
    for room in ("current", "lagging", "lacking", "silent", "above"):
        await chat.room(room, "ada", "bob", "cy")
    for room in ("current", "lagging", "lacking", "above"):
        await chat.say(room, "bob")
    await chat.say("lagging", "bob")
    await store.mark_read("lagging", "cy", 2)

    synced = await store.sync("ada", {"current": 1, "lagging": 1, "above": 7, "never": 3}, 500)

    assert [(room.id, room.last_seq) for room in synced.conversations] == [
        ("lacking", 1),
        ("lagging", 2),
        ("silent", 0),
    ]
    assert synced.conversations[1] == await store.conversation("lagging", "ada")
    assert [(e.conversation_id, e.seq) for e in synced.entries] == [("lacking", 1), ("lagging", 2)]
    assert synced.gone == ("never",)
    assert synced.reset == ("above",)
    assert not synced.more


async def test_sync_names_what_one_is_no_longer_in_and_says_nothing_of_it(store: Store, chat: Chat) -> None:
    await chat.room("left", "ada", "bob", "cy")
    await chat.room("others", "bob", "cy")
    await store.leave("left", "ada")
    synced = await store.sync("ada", {"others": 0, "left": 0}, 500)
    assert replace(synced, at=SyncPosition(0.0)) == SyncResult((), ("left", "others"), (), False)


async def test_sync_survives_any_cursor(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.say("room", "ada")
    assert (await store.sync("ada", {"room": 10**30}, 9)).reset == ("room",)
    assert seqs((await store.sync("ada", {"room": -(10**30)}, 9)).entries) == [1]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
async def test_sync_pages_are_contiguous_and_bring_everything_once(store: Store, chat: Chat, limit: int) -> None:
    sizes = {"a": 3, "b": 0, "c": 4, "d": 1, "e": 2}
    for room, size in sizes.items():
        await chat.room(room, "ada", "bob", "cy")
        await store.append([chat.message(room, "bob") for _ in range(size)])
    cursors = {"c": 1}
    got = 0
    for _ in range(20):
        page = await store.sync("ada", cursors, limit)
        assert len(page.entries) <= limit
        for entry in page.entries:
            assert entry.seq == cursors.get(entry.conversation_id, 0) + 1
            cursors[entry.conversation_id] = entry.seq
        got += len(page.entries)
        if not page.more:
            break
        assert len(page.entries) == limit
    assert got == 9
    assert cursors == {"a": 3, "c": 4, "d": 1, "e": 2}


# ---- What other tasks ask


async def test_changes_are_told_between_two_numbers_and_since_a_time_with_who_is_in(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob", "cy")
    said = [(await chat.say("room", "ada", f"c{number}")).entry for number in range(1, 6)]
    await store.delete_message("room", "ada", 2)
    await store.leave("room", "cy")
    found = await store.changes("room", 0, 100, None)
    assert [each.entry.seq for each in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [type(each.entry) for each in found] == [*[Message] * 5, Deletion, MembershipChange]
    assert {each.member_ids for each in found} == {("ada", "bob")}
    assert [each.entry.seq for each in await store.changes("room", 2, 5, None)] == [3, 4]
    since = said[2].created_at.timestamp()
    assert [each.entry.seq for each in await store.changes("room", 0, 6, since)] == [3, 4, 5]
    assert await store.changes("nowhere", 0, 100, None) == []
    assert await store.changes("a\0b", 0, 100, None) == []


async def test_more_changes_than_a_page_are_all_told(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    for batch in range(3):
        await store.append([chat.message("room", "ada", f"{batch}-{number}") for number in range(150)])
    assert [each.entry.seq for each in await store.changes("room", 10, 441, None)] == list(range(11, 441))


async def test_conversations_that_changed_since_a_time_are_told_for_those_who_are_in(store: Store, chat: Chat) -> None:
    await chat.room("early", "ada", "bob")
    await chat.room("late", "ada", "cy")
    await chat.say("early", "ada")
    at = (await chat.say("late", "ada")).entry.created_at.timestamp()
    assert [(each.id, each.last_seq) for each in await store.changed_since(["ada"], at)] == [("late", 1)]
    assert {each.id for each in await store.changed_since(["ada", "bob"], at - 3600)} == {"early", "late"}
    assert {each.id for each in await store.changed_since(["bob", "x\0"], at - 3600)} == {"early"}
    assert await store.changed_since(["nobody"], 0.0) == []


async def test_conversations_in_which_somebody_read_since_a_time_are_told_with_who_did(
    store: Store, chat: Chat
) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.room("other", "ada", "bob")
    await chat.say("room", "ada")
    await store.mark_read("room", "cy", 1)
    at = (await chat.say("other", "ada")).entry.created_at.timestamp() + 0.001
    if isinstance(store, PostgresStore):
        await asyncio.sleep(0.002)
    await store.mark_read("room", "bob", 1)
    await store.mark_read("room", "cy", 1)
    assert await store.changed_since(["ada"], at) == [
        ConversationChange("room", ("ada", "bob", "cy"), 1, False, {"bob": 1})
    ]
    assert await store.changed_since(["dora"], at) == []
    await chat.room("new", "ada", "cy")
    assert ConversationChange("new", ("ada", "cy"), 0, True, {}) in await store.changed_since(["cy"], at)
