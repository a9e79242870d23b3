"""Messages as REST and sockets use them: history, sync, deletion and receipts."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from glimpse.chat.documents import synced_document
from glimpse.chat.ports import StoreDown
from glimpse.chat.refusals import FORBIDDEN, NOT_FOUND, Refusal
from glimpse.chat.values import Conversation, Entry, StoredEntry, SyncResult
from tests.chat.conftest import seqs
from tests.chat.serving import objects_of
from tests.chat.use_cases import UseCases, store_is_down


async def test_history_is_read_from_the_end_and_in_both_directions_but_not_in_both_at_once() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    for number in range(6):
        await chat.send(conversation_id, "ada", str(number))

    async def read(after: int | None = None, before: int | None = None) -> list[int] | str:
        entries = await chat.messages.history("bob", conversation_id, after=after, before=before, limit=2)
        return entries.code if isinstance(entries, Refusal) else seqs(entries)

    assert [await read(), await read(after=2), await read(before=3)] == [[5, 6], [3, 4], [1, 2]]
    assert await read(after=1, before=5) == "invalid"


async def test_history_is_for_members_only() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    assert await chat.messages.history("cy", conversation_id, after=None, before=None, limit=1) == NOT_FOUND


async def test_one_sync_is_no_more_than_a_connection_takes_and_repeated_syncs_come_to_an_end() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    for number in range(60):
        await chat.send(conversation_id, "ada", str(number), "가" * 4000)
    assert seqs(await synced_in_small_parts(chat, conversation_id)) == list(range(1, 61))


async def test_the_members_that_membership_changes_list_count_as_well() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob", "cy")
    for number in range(100):
        user_id = f"{number:0100}"
        await chat.store.ensure_user(user_id)
        await chat.conversations.add_members("ada", conversation_id, [user_id])
    assert seqs(await synced_in_small_parts(chat, conversation_id)) == list(range(1, 101))


async def synced_in_small_parts(chat: UseCases, conversation_id: str) -> list[Entry]:
    """All entries, as bob's client fetches them."""
    cursors: dict[str, int] = {}
    received: list[Entry] = []
    is_more = True
    while is_more:
        synced = await chat.messages.sync("bob", cursors)
        assert len(msgspec.json.encode(synced_document(synced))) < 300_000
        received += synced.entries
        cursors[conversation_id] = received[-1].seq
        is_more = synced.more
    return received


async def test_members_are_told_of_a_deletion_once() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    seq = await chat.send(conversation_id, "ada", "1")
    deleted, again = [await chat.messages.delete("ada", conversation_id, seq) for _ in range(2)]
    assert isinstance(deleted, StoredEntry)
    assert isinstance(again, StoredEntry)
    assert deleted.entry == again.entry
    assert chat.publisher.of("deleted") == [
        (("ada", "bob"), {"conversationId": conversation_id, "seq": seq + 1, "of": seq})
    ]


async def test_nobody_deletes_the_message_of_another() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    seq = await chat.send(conversation_id, "ada", "1")
    assert await chat.messages.delete("bob", conversation_id, seq) == FORBIDDEN
    assert chat.publisher.of("deleted") == []


async def test_reading_moves_only_forward_and_is_told_once() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    for number in range(3):
        await chat.send(conversation_id, "ada", str(number))
    assert [await chat.messages.mark_read("bob", conversation_id, seq) for seq in (2, 1, 99)] == [2, 2, 3]
    assert [(told, document["userId"], document["seq"]) for told, document in chat.publisher.of("read")] == [
        (("ada", "bob"), "bob", 2),
        (("ada", "bob"), "bob", 3),
    ]
    assert await chat.messages.mark_read("cy", conversation_id, 1) == NOT_FOUND


async def test_receipts_that_overtake_each_other_in_the_store_are_told_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    for number in range(3):
        await chat.send(conversation_id, "ada", str(number))
    conversation, turns = chat.store.conversation, iter([10, 0])

    async def first_slow_then_fast(conversation_id: str, member_id: str) -> Conversation | Refusal:
        for _ in range(next(turns)):
            await asyncio.sleep(0)
        return await conversation(conversation_id, member_id)

    monkeypatch.setattr(chat.store, "conversation", first_slow_then_fast)
    await asyncio.gather(*(chat.messages.mark_read("bob", conversation_id, seq) for seq in (1, 2)))
    assert [document["seq"] for _, document in chat.publisher.of("read")] == [1, 2]


async def test_nothing_is_kept_for_readers_who_are_done() -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    await chat.send(conversation_id, "ada", "1")
    before = objects_of(asyncio.Lock)
    await chat.messages.mark_read("bob", conversation_id, 1)
    assert objects_of(asyncio.Lock) == before


@pytest.mark.parametrize("method", ["delete_message", "mark_read", "conversation"])
async def test_where_the_outcome_is_unknown_the_publisher_learns_of_it(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = UseCases()
    conversation_id = await chat.conversation("ada", "bob")
    await chat.send(conversation_id, "ada", "1")
    monkeypatch.setattr(chat.store, method, store_is_down)
    with pytest.raises(StoreDown):
        await (
            chat.messages.delete("ada", conversation_id, 1)
            if method == "delete_message"
            else chat.messages.mark_read("bob", conversation_id, 1)
        )
    assert chat.publisher.unknown_outcomes == 1


async def test_one_user_syncs_once_at_a_time_however_many_sockets_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = UseCases()
    sync, running, most = chat.store.sync, {"ada": 0, "bob": 0}, {"ada": 0, "bob": 0}

    async def slow(user_id: str, *asked: Any) -> SyncResult:
        running[user_id] += 1
        most[user_id] = max(most[user_id], running[user_id])
        everybody = sum(running.values())
        await asyncio.sleep(0)
        running[user_id] -= 1
        together.append(everybody)
        return await sync(user_id, *asked)

    together: list[int] = []
    monkeypatch.setattr(chat.store, "sync", slow)
    await asyncio.gather(*(chat.messages.sync(user_id, {}) for user_id in ("ada", "ada", "bob", "ada")))
    assert most == {"ada": 1, "bob": 1}
    assert max(together) == 2, "and nobody waits for another user"
