"""
Two laws, checked with random histories.

What a client knew, plus the events it received and the answers to `sync`, equals a fresh fetch. Both stores give the
same answers.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import astuple, replace

from glimpse.chat import memory
from glimpse.chat.outside.postgres import store as postgres_module
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.ports import Store
from glimpse.chat.refusals import Refusal
from glimpse.chat.sync_position import SyncPosition
from glimpse.chat.values import Conversation, Deletion, Entry, MembershipChange, NewMessage, StoredEntry, SyncResult
from tests.chat.conftest import NOON, memory_store, rooms_of

PEOPLE = ("ada", "bob", "cy", "dan")
ROOMS = 5

person, room, seq = st.sampled_from(PEOPLE), st.integers(0, ROOMS - 1), st.integers(-1, 12)
text = st.sampled_from(["hi", "", "안녕", "nul\0", "\ud800"])
message = st.tuples(room, person, st.sampled_from(["c1", "c2", "c3", "c4", ""]), text)
command = st.one_of(
    st.tuples(st.just("create"), room, person, st.lists(person, max_size=3)),
    st.tuples(st.just("say"), st.lists(message, min_size=1, max_size=6)),
    st.tuples(st.just("say"), st.lists(message, min_size=1, max_size=1)),
    st.tuples(st.just("delete"), room, person, seq),
    st.tuples(st.just("add"), room, person, st.lists(person, max_size=2)),
    st.tuples(st.just("leave"), room, person),
    st.tuples(st.just("join"), room, person),
    st.tuples(st.just("block"), person, person, st.booleans()),
    st.tuples(st.just("read"), room, person, seq),
    st.tuples(st.just("list"), person, st.integers(1, 3)),
    st.tuples(st.just("history"), room, person, st.none() | seq, st.none() | seq, st.integers(1, 5)),
    st.tuples(st.just("messages"), room, person, st.none() | seq, st.integers(1, 5)),
    st.tuples(st.just("blocked"), person),
    st.tuples(st.just("delete_account"), person),
    st.tuples(st.just("come_back"), person),
    st.tuples(st.just("profile"), person, st.sampled_from([None, "", "Ada"])),
    st.tuples(st.just("account"), person),
    st.tuples(st.just("only"), person, st.lists(room, max_size=3), st.integers(1, 5)),
    st.tuples(st.just("offline"), person, st.booleans()),
    st.tuples(st.just("sync"), person, st.integers(1, 5)),
)


class Client:
    """
    What one person's device knows. It hears events while it is online, and asks when it sees a gap. It learns of the
    receipts that it did not hear, and of those that a block hides or shows again, from `sync` with its last `at`.
    """

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self.is_online = True
        self.rooms: dict[str, list[Entry]] = {}
        self.member_ids: dict[str, tuple[str, ...]] = {}
        self.reads: dict[str, dict[str, int]] = {}
        self.at: SyncPosition | None = None

    def hears(self, entry: Entry) -> bool:
        """Add an entry; False if one before it is missing."""
        known = self.rooms.get(entry.conversation_id)
        if known is None or entry.seq > len(known) + 1:
            return False
        if entry.seq == len(known) + 1:
            known.append(entry)
            match entry:
                case Deletion():
                    known[entry.of - 1] = replace(known[entry.of - 1], body=None, file_id=None)
                case MembershipChange():
                    self.member_ids[entry.conversation_id] = entry.member_ids
                    reads = self.reads[entry.conversation_id]
                    self.reads[entry.conversation_id] = {each: reads.get(each, 0) for each in entry.member_ids}
        return True

    async def catches_up(self, store: Store, limit: int) -> list[object]:
        pages: list[object] = []
        while True:
            cursors = {room: len(known) for room, known in self.rooms.items()}
            page = await store.sync(self.user_id, cursors, limit, None, self.at)
            pages.append(page)
            self.at = page.at
            assert page.reset == ()
            for gone in page.gone:
                del self.rooms[gone], self.member_ids[gone], self.reads[gone]
            for conversation in page.conversations:
                self.rooms.setdefault(conversation.id, [])
                self.reads.setdefault(conversation.id, {})
            for entry in page.entries:
                before = len(self.rooms[entry.conversation_id])
                assert self.hears(entry)
                assert len(self.rooms[entry.conversation_id]) == before + 1, "nothing comes twice"
            for conversation in page.conversations:
                self.member_ids[conversation.id] = conversation.member_ids
                self.reads[conversation.id] = dict(conversation.reads)
            if not page.more:
                return pages

    async def knows_what_a_fresh_fetch_gives(self, store: Store) -> None:
        assert sorted(self.rooms) == await rooms_of(store, self.user_id)
        for room_id, known in self.rooms.items():
            fresh = await store.history(room_id, self.user_id, after=0, before=None, limit=1000)
            assert known == fresh
            conversation = await store.conversation(room_id, self.user_id)
            assert isinstance(conversation, Conversation)
            assert (conversation.last_seq, conversation.member_ids) == (len(known), self.member_ids[room_id])
            assert [entry.seq for entry in known] == list(range(1, len(known) + 1))
            assert conversation.reads == self.reads[room_id]
            assert {*conversation.reads, *conversation.hidden_ids} == set(conversation.member_ids)
            assert all(0 <= read <= conversation.last_seq for read in conversation.reads.values())


class Play:
    """One history on one store, with names of its own so that many can share a database."""

    def __init__(self, store: Store, name: str) -> None:
        self.store, self.name = store, name
        self.clients = {who: Client(self.id(who)) for who in PEOPLE}

    def id(self, short: str | int) -> str:
        return f"{self.name}/{short}"

    def ids(self, shorts: Sequence[str]) -> list[str]:
        return [self.id(short) for short in shorts]

    async def run(self, commands: Sequence[Any]) -> list[object]:
        for who in PEOPLE:
            await self.store.ensure_user(self.id(who))
        answers: list[object] = []
        for name, *arguments in commands:
            answers.append(await getattr(self, name)(*arguments))
        for client in self.clients.values():
            answers.append(await client.catches_up(self.store, 3))
            await client.knows_what_a_fresh_fetch_gives(self.store)
        return answers

    async def told(self, outcome: object) -> object:
        """Every member who is online receives the entry, and syncs if one before it is missing."""
        if isinstance(outcome, StoredEntry) and outcome.is_new:
            for client in self.clients.values():
                if client.is_online and client.user_id in outcome.member_ids and not client.hears(outcome.entry):
                    await client.catches_up(self.store, 500)
        return outcome

    async def create(self, room: int, creator: str, others: Sequence[str]) -> object:
        made = await self.store.create_conversation(self.id(room), self.id(creator), self.ids(others))
        if not isinstance(made, Refusal):
            for client in self.clients.values():
                if client.is_online and client.user_id in made[0].member_ids:
                    await client.catches_up(self.store, 500)
        return made

    async def say(self, asked: Sequence[tuple[int, str, str, str]]) -> object:
        messages = [NewMessage(self.id(room), self.id(who), client, body) for room, who, client, body in asked]
        return [await self.told(outcome) for outcome in await self.store.append(messages)]

    async def delete(self, room: int, who: str, seq: int) -> object:
        return await self.told(await self.store.delete_message(self.id(room), self.id(who), seq))

    async def add(self, room: int, who: str, others: Sequence[str]) -> object:
        return await self.told(await self.store.add_members(self.id(room), self.id(who), self.ids(others)))

    async def leave(self, room: int, who: str) -> object:
        outcome = await self.told(await self.store.leave(self.id(room), self.id(who)))
        if isinstance(outcome, StoredEntry) and self.clients[who].is_online:
            await self.clients[who].catches_up(self.store, 500)
        return outcome

    async def join(self, room: int, who: str) -> object:
        outcome = await self.told(await self.store.join(self.id(room), self.id(who)))
        if isinstance(outcome, StoredEntry) and self.clients[who].is_online:
            await self.clients[who].catches_up(self.store, 500)
        return outcome

    async def block(self, who: str, whom: str, on: bool) -> object:
        return await self.store.block(self.id(who), self.id(whom), on)

    async def read(self, room: int, who: str, seq: int) -> object:
        marked = await self.store.mark_read(self.id(room), self.id(who), seq)
        if not isinstance(marked, Refusal) and marked[1]:
            conversation = await self.store.conversation(self.id(room), self.id(who))
            assert isinstance(conversation, Conversation)
            for client in self.clients.values():
                if client.is_online and client.user_id in conversation.visible_ids:
                    client.reads[conversation.id][self.id(who)] = marked[0]
        return marked

    async def list(self, who: str, limit: int) -> object:
        pages, cursor = [], None
        while True:
            listed = await self.store.list_conversations(self.id(who), cursor, limit)
            assert not isinstance(listed, Refusal)
            pages.append(list(listed[0]))
            if (cursor := listed[1]) is None:
                return pages

    async def history(self, room: int, who: str, after: int | None, before: int | None, limit: int) -> object:
        return await self.store.history(self.id(room), self.id(who), after=after, before=before, limit=limit)

    async def messages(self, room: int, who: str, before: int | None, limit: int) -> object:
        return await self.store.messages_before(self.id(room), self.id(who), before, limit)

    async def blocked(self, who: str) -> object:
        return await self.store.blocked_users(self.id(who), "", 2)

    async def delete_account(self, who: str) -> object:
        return await self.store.delete_user(self.id(who), 100)

    async def come_back(self, who: str) -> None:
        await self.store.restore_user(self.id(who))

    async def profile(self, who: str, display_name: str | None) -> object:
        return await self.store.update_profile(self.id(who), display_name, None)

    async def account(self, who: str) -> object:
        store, user_id = self.store, self.id(who)
        known = await store.users([user_id])
        return [known, await store.groups(user_id), await store.partners(user_id), await store.join_states([user_id])]

    async def only(self, who: str, rooms: Sequence[int], limit: int) -> object:
        cursors = {room: len(known) for room, known in self.clients[who].rooms.items()}
        return await self.store.sync(self.id(who), cursors, limit, [self.id(room) for room in rooms])

    async def offline(self, who: str, is_offline: bool) -> None:
        self.clients[who].is_online = not is_offline
        if not is_offline:
            await self.clients[who].catches_up(self.store, 500)

    async def sync(self, who: str, limit: int) -> object:
        return await self.clients[who].catches_up(self.store, limit)


def plain(answer: object) -> object:
    """An answer without ids of entries and times, which differ between two stores."""
    if isinstance(answer, Entry):
        return replace(answer, id="", created_at=NOON)
    if isinstance(answer, SyncResult):
        answer = replace(answer, at=SyncPosition(0.0))
    if isinstance(answer, (list, tuple)):
        return [plain(each) for each in answer]
    if isinstance(answer, Struct):
        return [type(answer).__name__, *map(plain, astuple(answer))]
    return answer


names = (f"play-{n}" for n in itertools.count())


async def both_answer_alike(postgres: Store, commands: Sequence[Any]) -> None:
    name = next(names)
    one = await Play(memory_store(), name).run(commands)
    other = await Play(postgres, name).run(commands)
    for asked, here, there in itertools.zip_longest(commands, one, other):
        assert plain(here) == plain(there), asked


@pytest.fixture(autouse=True)
def without_lag(monkeypatch: pytest.MonkeyPatch) -> None:
    """One command follows another here, so a `sync` may be dated without the time that a change under way takes."""
    for module in (memory, postgres_module):
        monkeypatch.setattr(module, "SYNC_LAG_SECONDS", 0.0)


@pytest.fixture
def postgres(open_store: Callable[[], Awaitable[PostgresStore]], runner: asyncio.Runner) -> PostgresStore:
    return runner.run(open_store())  # type: ignore[arg-type]


@settings(
    max_examples=40,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(commands=st.lists(command, max_size=30))
def test_both_stores_answer_alike_and_every_client_knows_a_fresh_fetch(
    commands: Sequence[Any], postgres: PostgresStore, runner: asyncio.Runner
) -> None:
    runner.run(both_answer_alike(postgres, commands))


@pytest.mark.parametrize("seed", range(8))
async def test_a_long_history_holds_the_same_laws(seed: int, postgres: PostgresStore) -> None:
    """Four hundred commands, most of which succeed: conversations exist, and people write."""
    chance = random.Random(seed)

    def who() -> str:
        return chance.choice(PEOPLE)

    def where() -> int:
        return chance.randrange(ROOMS)

    def said() -> tuple[int, str, str, str]:
        return (where(), who(), f"c{chance.randrange(60)}", chance.choice(["hi", "there", "nul\0"]))

    moves: list[Callable[[], Any]] = [
        lambda: ("say", [said()]),
        lambda: ("say", [said() for _ in range(chance.randrange(1, 9))]),
        lambda: ("say", [said() for _ in range(chance.randrange(1, 9))]),
        lambda: ("delete", where(), who(), chance.randrange(1, 60)),
        lambda: ("add", where(), who(), [who(), who()]),
        lambda: ("leave", where(), who()),
        lambda: ("join", where(), who()),
        lambda: ("join", where(), who()),
        lambda: ("block", who(), who(), chance.random() < 0.3),
        lambda: ("read", where(), who(), chance.randrange(60)),
        lambda: ("list", who(), chance.randrange(1, 4)),
        lambda: ("history", where(), who(), chance.choice([None, 3]), chance.choice([None, 9]), 5),
        lambda: ("messages", where(), who(), chance.choice([None, 9]), 5),
        lambda: ("blocked", who()),
        lambda: ("delete_account" if chance.random() < 0.2 else "come_back", who()),
        lambda: ("come_back", who()),
        lambda: ("profile", who(), chance.choice([None, "", "Ada"])),
        lambda: ("account", who()),
        lambda: ("only", who(), [where(), where()], chance.randrange(1, 9)),
        lambda: ("offline", who(), chance.random() < 0.5),
        lambda: ("sync", who(), chance.randrange(1, 9)),
        lambda: ("create", where(), who(), [who()]),
    ]
    start = [("create", n, "ada", PEOPLE[1:]) for n in range(3)] + [("create", 3, "ada", ["bob"])]
    await both_answer_alike(postgres, start + [chance.choice(moves)() for _ in range(400)])
