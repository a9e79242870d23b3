"""Reading backwards past what was deleted, and `sync` of named conversations or since an earlier answer: both stores."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import pytest

from glimpse.chat import memory
from glimpse.chat.documents import ENTRY_BYTES, truncated
from glimpse.chat.history import MAX_EXAMINED, next_before
from glimpse.chat.memory import MemoryStore
from glimpse.chat.outside.postgres import store as postgres
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.ports import SYNC_LAG_SECONDS, Store
from glimpse.chat.refusals import NOT_FOUND, Refusal
from glimpse.chat.slices import SLICE, slices
from glimpse.chat.sync_position import SyncPosition, decode_position
from glimpse.chat.values import Message, SyncResult
from tests.chat.conftest import NOON, Chat, seqs


async def page(store: Store, before: int | None, limit: int = 10) -> tuple[list[int], int | None]:
    found = await store.messages_before("room", "ada", before, limit)
    assert not isinstance(found, Refusal)
    assert all(each.body is not None for each in found[0])
    return seqs(found[0]), found[1]


async def say_and_delete(store: Store, chat: Chat, kept: int, deleted: int) -> None:
    """`kept` messages, then `deleted` ones and their deletions."""
    await chat.room("room", "ada", "bob", "cy")
    for first in range(0, kept + deleted, 500):
        await store.append([chat.message("room", "bob") for _ in range(first, min(first + 500, kept + deleted))])
    for seq in range(kept + 1, kept + deleted + 1):
        await store.delete_message("room", "bob", seq)


# ---- Backwards, without what was deleted


async def test_sixty_deletions_do_not_hide_what_came_before(store: Store, chat: Chat) -> None:
    await say_and_delete(store, chat, kept=15, deleted=60)
    assert await page(store, None) == (list(range(6, 16)), 6)
    assert await page(store, 6) == ([1, 2, 3, 4, 5], None)
    newest = await store.history("room", "ada", after=None, before=None, limit=50)
    assert not isinstance(newest, Refusal)
    assert not any(isinstance(entry, Message) for entry in newest), "which are all that a page of entries shows"


async def test_a_page_ends_at_the_beginning_or_says_where_to_go_on(store: Store, chat: Chat) -> None:
    await say_and_delete(store, chat, kept=3, deleted=0)
    assert await page(store, None, 3) == ([1, 2, 3], None)
    assert await page(store, None, 2) == ([2, 3], 2)
    assert await page(store, 2, 2) == ([1], None)
    for before in (1, 0, -5, -(10**30)):
        assert await page(store, before) == ([], None)
    for before in (4, 10**30):
        assert await page(store, before) == ([1, 2, 3], None)


async def test_a_conversation_without_messages_has_an_empty_page(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    assert await page(store, None) == ([], None)
    for room_id, reader in (("room", "cy"), ("nowhere", "ada"), ("nul\0", "ada"), ("room", "nul\0")):
        assert await store.messages_before(room_id, reader, None, 10) == NOT_FOUND


async def test_one_request_looks_at_so_many_entries_and_the_next_goes_on(
    store: Store, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (memory, postgres):
        monkeypatch.setattr(module, "MAX_EXAMINED", 7)
    monkeypatch.setattr("glimpse.chat.history.MAX_EXAMINED", 7)
    await say_and_delete(store, chat, kept=4, deleted=10)
    pages = [await page(store, None)]
    while (before := pages[-1][1]) is not None:
        pages.append(await page(store, before))
    assert pages == [([], 18), ([], 11), ([4], 4), ([1, 2, 3], None)]


def test_the_next_page_begins_before_the_last_message_or_before_what_was_looked_at() -> None:
    def message(seq: int) -> Message:
        return Message("room", seq, "id", "ada", NOON, "c", "hello")

    assert next_before([message(7), message(9)], 12, 2) == 7
    assert next_before([message(1), message(9)], 12, 2) is None
    assert next_before([message(7)], MAX_EXAMINED + 12, 2) == 12
    assert next_before([], MAX_EXAMINED + 1, 2) is None


# ---- Sync: only


def told(synced: SyncResult) -> tuple[Sequence[str], Sequence[str], list[tuple[str, int]], Sequence[str]]:
    """The ids of conversations, what is gone, the entries, and what is ahead."""
    entries = [(each.conversation_id, each.seq) for each in synced.entries]
    return [each.id for each in synced.conversations], synced.gone, entries, synced.reset


async def test_a_sync_of_named_conversations_says_nothing_of_others(store: Store, chat: Chat) -> None:
    for room in ("current", "lagging", "lacking", "above", "unnamed"):
        await chat.room(room, "ada", "bob", "cy")
        await chat.say(room, "bob")
    await chat.room("others", "bob", "cy")
    cursors = {"current": 1, "lagging": 0, "above": 7, "unnamed": 0, "gone and unnamed": 3}
    named = ["current", "lagging", "lacking", "above", "others", "nul\0", "lagging"]
    synced = await store.sync("ada", cursors, 9, named)
    assert told(synced) == (["lacking", "lagging"], ("nul\0", "others"), [("lacking", 1), ("lagging", 1)], ("above",))
    assert told(await store.sync("ada", cursors, 9, [])) == ([], (), [], ())


async def test_a_sync_of_named_conversations_is_paged_by_them_alone(store: Store, chat: Chat) -> None:
    for room in ("a", "b", "c"):
        await chat.room(room, "ada", "bob", "cy")
        await store.append([chat.message(room, "bob") for _ in range(3)])
    first = await store.sync("ada", {"a": 0}, 2, ["c"])
    assert (told(first)[2], first.more) == ([("c", 1), ("c", 2)], True)
    last = await store.sync("ada", {"a": 0, "c": 2}, 2, ["c"])
    assert (told(last)[2], last.more) == ([("c", 3)], False)


# ---- Sync: since


@pytest.fixture
def without_lag(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then `at` is the moment of the statement: right only where no change is under way."""
    for module in (memory, postgres):
        monkeypatch.setattr(module, "SYNC_LAG_SECONDS", 0.0)


class Follower:
    """A client that is up to date with everything but what happens from now on."""

    def __init__(self, store: Store, user_id: str) -> None:
        self.store, self.user_id = store, user_id
        self.cursors: dict[str, int] = {}
        self.at: SyncPosition | None = None

    async def learns(self) -> list[str]:
        """The ids of the conversations of the next answer."""
        synced = await self.store.sync(self.user_id, self.cursors, 500, None, self.at)
        self.cursors |= {each.id: each.last_seq for each in synced.conversations}
        self.at = synced.at
        return [each.id for each in synced.conversations]


async def following(store: Store, user_id: str) -> Follower:
    follower = Follower(store, user_id)
    await follower.learns()
    assert await follower.learns() == []
    return follower


async def test_receipts_since_an_earlier_answer_are_told_once(store: Store, chat: Chat, without_lag: None) -> None:
    for room in ("quiet", "read", "read by me"):
        await chat.room(room, "ada", "bob", "cy")
        await chat.say(room, "cy")
    ada = await following(store, "ada")
    await store.mark_read("read", "bob", 1)
    await store.mark_read("read by me", "ada", 1)
    assert await ada.learns() == ["read", "read by me"]
    assert await ada.learns() == []
    await store.mark_read("read", "bob", 1)
    assert await ada.learns() == [], "which moved nothing"


async def test_members_who_came_or_went_since_an_earlier_answer_are_told(
    store: Store, chat: Chat, without_lag: None
) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.people("dan")
    ada = await following(store, "ada")
    for change in (
        store.add_members("room", "ada", ["dan"]),
        store.leave("room", "bob"),
        store.join("room", "bob"),
    ):
        await change
        # As if the event had brought the entry: the cursor alone would hide the receipts of who came or went.
        ada.cursors["room"] += 1
        assert await ada.learns() == ["room"]
    assert await ada.learns() == []


@pytest.mark.parametrize("change", [("ada", "bob"), ("bob", "ada")])
async def test_a_block_and_its_end_since_an_earlier_answer_are_told_to_both_and_to_no_third(
    store: Store, chat: Chat, without_lag: None, change: tuple[str, str]
) -> None:
    await chat.room("pair", "ada", "bob")
    await chat.room("group", "ada", "bob", "cy")
    await chat.room("elsewhere", "ada", "cy")
    followers = [await following(store, name) for name in ("ada", "bob", "cy")]
    for on in (True, False):
        await store.block(*change, on)
        assert [await each.learns() for each in followers] == [["group", "pair"], ["group", "pair"], []]
        assert [await each.learns() for each in followers] == [[], [], []]


async def test_what_a_hidden_member_reads_is_not_told(store: Store, chat: Chat, without_lag: None) -> None:
    await chat.room("room", "ada", "bob", "cy")
    await chat.say("room", "cy")
    await store.block("bob", "ada", True)
    ada, cy = await following(store, "ada"), await following(store, "cy")
    await store.mark_read("room", "bob", 1)
    assert (await ada.learns(), await cy.learns()) == ([], ["room"])


async def test_since_and_only_go_together(store: Store, chat: Chat, without_lag: None) -> None:
    for room in ("a", "b"):
        await chat.room(room, "ada", "bob", "cy")
        await chat.say(room, "bob")
    ada = await following(store, "ada")
    for room in ("a", "b"):
        await store.mark_read(room, "bob", 1)
    synced = await store.sync("ada", ada.cursors, 9, ["b"], ada.at)
    assert [each.id for each in synced.conversations] == ["b"]


async def test_a_cursor_that_is_ahead_is_reset_and_not_told_as_well(
    store: Store, chat: Chat, without_lag: None
) -> None:
    await chat.room("room", "ada", "bob")
    await chat.say("room", "bob")
    await store.mark_read("room", "bob", 1)
    assert told(await store.sync("ada", {"room": 5}, 9, None, SyncPosition(0.0))) == ([], (), [], ("room",))


async def test_an_answer_is_dated_back_by_what_a_change_under_way_may_take(
    open_store: Callable[[], Awaitable[PostgresStore]], database_url: str
) -> None:
    """A receipt is dated before its commit: an answer in between lacks it, and the next one has to bring it."""
    store = await open_store()
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    await chat.say("room", "bob")
    ada = await following_with_lag(store)
    connection = await asyncpg.connect(database_url)
    async with connection.transaction():
        await connection.execute("update members set read_seq = 1, read_at = clock_timestamp() where user_id = 'bob'")
        assert await ada.learns() == [], "it is not committed"
    assert await ada.learns() == ["room"]
    old = datetime.timedelta(seconds=SYNC_LAG_SECONDS + 60)
    await connection.execute("update members set read_at = read_at - $1::interval", old)
    assert await ada.learns() == [], "what is older is in the answers before"
    await connection.close()


async def following_with_lag(store: Store) -> Follower:
    follower = Follower(store, "ada")
    await follower.learns()
    return follower


async def test_the_store_in_memory_dates_its_answers_back_as_well() -> None:
    now = NOON
    store = MemoryStore(lambda: now, iter("abc").__next__)
    chat = Chat(store)
    await chat.room("room", "ada", "bob")
    await chat.say("room", "bob")
    await store.mark_read("room", "bob", 1)
    ada = await following_with_lag(store)
    assert await ada.learns() == ["room"], "a little is told twice"
    now += datetime.timedelta(seconds=SYNC_LAG_SECONDS + 1)
    assert await ada.learns() == ["room"]
    assert await ada.learns() == []


# ---- Long answers


async def test_slices_keep_the_order_and_give_the_event_loop_a_turn_between_two() -> None:
    seen: list[int] = []
    turns: list[int] = []

    async def others() -> None:
        while len(seen) < SLICE * 3:
            turns.append(len(seen))
            await asyncio.sleep(0)

    other = asyncio.ensure_future(others())
    async for part in slices(range(SLICE * 3)):
        seen += part
    await other
    assert seen == list(range(SLICE * 3))
    assert {SLICE, SLICE * 2} <= set(turns)


async def test_a_sync_names_so_many_conversations_and_the_next_one_goes_on(
    store: Store, chat: Chat, monkeypatch: pytest.MonkeyPatch, without_lag: None
) -> None:
    for module in (memory, postgres):
        monkeypatch.setattr(module, "MAX_SYNCED_CONVERSATIONS", 3)
    await chat.people("ada", "bob", "cy")
    for room in "bdfhj":
        await store.create_conversation(room, "ada", ["bob", "cy"])
    cursors = dict.fromkeys("aceg", 1)
    pages: list[SyncResult] = []
    while not pages or pages[-1].more:
        pages.append(await store.sync("ada", cursors, 9))
        cursors = {each: seq for each, seq in cursors.items() if each not in pages[-1].gone}
        cursors |= {each.id: each.last_seq for each in pages[-1].conversations}
    assert [told(page)[:2] for page in pages] == [(["b"], ("a", "c")), (["d", "f"], ("e",)), (["h", "j"], ("g",))]


async def test_what_moved_in_many_conversations_is_told_page_by_page_and_nothing_of_it_is_lost(
    store: Store, chat: Chat, monkeypatch: pytest.MonkeyPatch, without_lag: None
) -> None:
    for room in "abcde":
        await chat.room(room, "ada", "bob", "cy")
    ada = await following(store, "ada")
    for module in (memory, postgres):
        monkeypatch.setattr(module, "MAX_SYNCED_CONVERSATIONS", 2)
    await store.block("ada", "bob", True)
    assert await ada.learns() == ["a", "b"]
    await store.add_members("a", "ada", ["bob"])
    await store.leave("a", "cy")
    ada.cursors["a"] = 1
    assert [await ada.learns() for _ in range(2)] == [["c", "d"], ["e"]]
    assert await ada.learns() == ["a"], "which moved after it was told"
    assert await ada.learns() == []


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_conversations_that_are_too_long_for_an_answer_come_with_the_next(
    store: Store, chat: Chat, without_lag: None, limit: int
) -> None:
    for room in "abcd":
        await chat.room(room, "ada", "bob", "cy")
        await chat.say(room, "bob")
    ada = await following(store, "ada")
    for room in "abcd":
        await store.mark_read(room, "bob", 1)
        await chat.say(room, "bob")
    ada.cursors = {"a": 2, "b": 1, "c": 2, "d": 2}
    pages: list[SyncResult] = []
    while not pages or pages[-1].more:
        whole = await store.sync("ada", ada.cursors, 9, None, ada.at)
        size = ENTRY_BYTES + sum(2 * len(each) + 20 for each in ("ada", "bob", "cy"))
        pages.append(truncated(whole, ada.at, size * limit))
        assert len(pages[-1].conversations) <= limit
        assert {each.conversation_id for each in pages[-1].entries} <= {each.id for each in pages[-1].conversations}
        ada.at = pages[-1].at
        ada.cursors |= {each.id: each.last_seq for each in pages[-1].conversations}
    assert [each.id for page in pages for each in page.conversations] == ["a", "b", "c", "d"]
    assert [told(page)[2] for page in pages if page.entries] == [[("b", 2)]]
    assert await ada.learns() == []


def test_a_position_is_a_text_that_clients_send_back() -> None:
    for position in (SyncPosition(0.0), SyncPosition(1.5), SyncPosition(1.5, 2.25, "an-id\n")):
        assert decode_position(position.text) == position
    assert decode_position(SyncPosition(1.0009).text) == SyncPosition(1.0), "earlier, never later"
    for text in ("", "x", "-1", "1.5", "1-2", "1-2-", "9" * 15, "1-2-" + "x" * 256, "\u0661"):
        assert decode_position(text) is None
