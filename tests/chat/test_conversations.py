"""Conversations as REST and sockets use them: what the caller gets, and who is told what."""

from __future__ import annotations

import asyncio

import pytest

from glimpse.chat.ports import StoreDown
from glimpse.chat.refusals import FORBIDDEN, NOT_FOUND, Refusal
from glimpse.chat.values import Conversation, StoredEntry
from tests.chat.use_cases import UseCases, store_is_down


async def test_the_members_of_a_new_conversation_are_told_of_it() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob", "cy")
    assert chat.publisher.of("conversation") == [
        (("ada", "bob", "cy"), {"id": conversation_id, "memberIds": ["ada", "bob", "cy"], "lastSeq": 0})
    ]


async def test_two_users_have_one_conversation_and_are_told_of_it_once() -> None:
    chat = UseCases()
    first = await chat.conversation("ada", "bob")
    again = await chat.conversations.create("bob", ["ada"])
    assert not isinstance(again, Refusal)
    assert (again[0].id, again[1]) == (first, False)
    assert len(chat.publisher.of("conversation")) == 1


async def test_a_user_may_create_a_conversation_in_their_first_request_of_all() -> None:
    chat = UseCases()
    await chat.store.ensure_user("bob")
    created = await chat.conversations.create("ada", ["bob"])
    assert not isinstance(created, Refusal)
    assert created[0].member_ids == ("ada", "bob")


async def test_a_conversation_with_a_user_who_does_not_exist_is_refused_and_nobody_is_told() -> None:
    chat = UseCases()
    assert await chat.conversations.create("ada", ["nobody"]) == NOT_FOUND
    assert chat.publisher.published == []


async def test_only_members_get_a_conversation() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob", "cy")
    found = await chat.conversations.get("bob", conversation_id)
    assert isinstance(found, Conversation)
    assert found.member_ids == ("ada", "bob", "cy")
    assert await chat.conversations.get("dan", conversation_id) == NOT_FOUND


async def test_the_list_is_read_page_by_page() -> None:
    chat = UseCases()
    created = [await chat.conversation("ada", "bob", name) for name in ("cy", "dan", "eve")]
    listed: list[str] = []
    cursor: str | None = None
    while cursor or not listed:
        page = await chat.conversations.list("ada", cursor, 2)
        assert not isinstance(page, Refusal)
        listed += [each.conversation.id for each in page[0]]
        cursor = page[1]
    assert listed == created[::-1]


async def test_old_and_new_members_are_told_who_was_added() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob", "cy")
    await chat.store.ensure_user("dan")
    stored = await chat.conversations.add_members("ada", conversation_id, ["dan"])
    assert isinstance(stored, StoredEntry)
    told, document = chat.publisher.of("conversation")[-1]
    assert told == ("ada", "bob", "cy", "dan")
    assert document == {"id": conversation_id, "memberIds": list(told), "lastSeq": stored.entry.seq}


async def test_where_all_are_members_already_nobody_is_told() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob", "cy")
    before = list(chat.publisher.published)
    assert isinstance(await chat.conversations.add_members("ada", conversation_id, ["bob"]), Conversation)
    assert chat.publisher.published == before


async def test_a_conversation_of_two_gets_no_more_members() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    await chat.store.ensure_user("cy")
    assert await chat.conversations.add_members("ada", conversation_id, ["cy"]) == FORBIDDEN


async def test_those_who_stay_and_the_user_who_left_are_told() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob", "cy")
    await chat.conversations.leave("bob", conversation_id)
    told, document = chat.publisher.of("conversation")[-1]
    assert set(told) == {"ada", "bob", "cy"}
    assert document["memberIds"] == ["ada", "cy"]
    assert await chat.conversations.leave("bob", conversation_id) == NOT_FOUND


async def test_all_members_and_the_user_who_comes_back_are_told() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob", "cy")
    await chat.conversations.leave("bob", conversation_id)
    refused = await chat.conversations.add_members("ada", conversation_id, ["bob"])
    assert isinstance(refused, Refusal)
    assert refused.code == "forbidden"
    before = len(chat.publisher.published)
    stored = await chat.conversations.join("bob", conversation_id)
    assert isinstance(stored, StoredEntry)
    told, document = chat.publisher.of("conversation")[-1]
    assert told == ("ada", "cy", "bob")
    assert document == {"id": conversation_id, "memberIds": list(told), "lastSeq": stored.entry.seq}
    assert isinstance(await chat.conversations.join("bob", conversation_id), Conversation)
    assert await chat.conversations.join("dan", conversation_id) == NOT_FOUND
    assert len(chat.publisher.published) == before + 1


async def test_where_a_block_forbids_a_conversation_or_a_member_nobody_is_told() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "cy", "dan")
    await chat.store.ensure_user("bob")
    await chat.users.block("bob", "ada", on=True)
    before = list(chat.publisher.published)
    for outcome in (
        await chat.conversations.create("ada", ["bob"]),
        await chat.conversations.create("ada", ["cy", "bob"]),
        await chat.conversations.add_members("ada", conversation_id, ["bob"]),
    ):
        assert isinstance(outcome, Refusal)
        assert (outcome.code, outcome.status) == ("forbidden", 403)
    assert chat.publisher.published == before


async def test_members_are_added_after_the_messages_that_were_sent_before() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob", "cy")
    await chat.store.ensure_user("dan")
    sent = [asyncio.ensure_future(chat.send(conversation_id, "ada", str(number))) for number in range(3)]
    await asyncio.sleep(0)
    stored = await chat.conversations.add_members("ada", conversation_id, ["dan"])
    assert isinstance(stored, StoredEntry)
    assert [*await asyncio.gather(*sent), stored.entry.seq] == [1, 2, 3, 4]


@pytest.mark.parametrize("method", ["create_conversation", "add_members", "join", "leave"])
async def test_where_the_outcome_is_unknown_the_publisher_learns_of_it(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob", "cy")
    monkeypatch.setattr(chat.store, method, store_is_down)
    change = {
        "create_conversation": lambda: chat.conversations.create("ada", ["bob"]),
        "add_members": lambda: chat.conversations.add_members("ada", conversation_id, ["dan"]),
        "join": lambda: chat.conversations.join("ada", conversation_id),
        "leave": lambda: chat.conversations.leave("ada", conversation_id),
    }[method]
    with pytest.raises(StoreDown):
        await change()
    assert chat.publisher.unknown_outcomes == 1
