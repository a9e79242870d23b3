"""
Tasks, people and a store that answers when a seed says, perhaps with an error, perhaps after it did what was asked:
whatever the order, every promise is kept. No real time, no network; what people saw is judged as in `benchmarks/faults`.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest

from benchmarks.faults.checker import Bounds, Entry, Kept, Note, broken
from glimpse.chat.documents import Document, synced_document
from glimpse.chat.memory import MemoryStore
from glimpse.chat.ports import StoreDown
from glimpse.chat.sockets import Socket
from glimpse.chat.values import Refusal
from tests.chat.test_many_tasks import TICK, Cluster
from tests.chat.test_service import RecordingSocket

ACK_SECONDS = 3.0
LONGEST = 400
NAMES = ("ada", "bob", "cy", "dora")


def read(document: Document) -> dict[str, Any]:
    """As a client gets it."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    return found


class Unsteady:
    """A store whose every call takes some turns of the loop; `fails` is how often its outcome is unknown."""

    def __init__(self, store: MemoryStore, chance: random.Random) -> None:
        self._store, self._chance = store, chance
        self.fails = 0.0
        self.is_dead = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._store, name)

        async def asked(*values: Any, **more: Any) -> Any:
            await self._turns()
            answer = await call(*values, **more)
            await self._turns()
            return answer

        return asked

    async def _turns(self) -> None:
        for _ in range(self._chance.randrange(8)):
            await asyncio.sleep(0)
        if self.is_dead:
            # Whoever asked is gone.
            await asyncio.Future()
        if self._chance.random() < self.fails:
            raise StoreDown


class Person:
    """Two sockets, on whatever tasks; what they see goes to the notes."""

    def __init__(self, name: str, crowd: Crowd) -> None:
        self.name, self.crowd = name, crowd
        self.known: dict[str, set[int]] = {}
        self.lines: dict[int, tuple[int, Socket, Listening]] = {}

    def note(self, what: str, **more: object) -> None:
        self.crowd.notes.append({"p": self.name, "at": self.crowd.town.now * 1000, "what": what, **more})

    def cursors(self) -> dict[str, int]:
        found = {}
        for conversation, seqs in self.known.items():
            cursor = 0
            while cursor + 1 in seqs:
                cursor += 1
            found[conversation] = cursor
        return found

    async def comes(self, s: int) -> None:
        """Until this socket is in and has fetched what it missed, or is gone again."""
        while s not in self.lines:
            task = self.crowd.a_task()
            service = self.crowd.town.services[task]
            ears = Listening(self, s)
            token = self.crowd.town.tokens.issued(self.name, self.crowd.town.now)
            socket = await self.crowd.answered(service.join(ears, {"token": token}))
            if socket is None:
                await self.crowd.pause(0.2)
                continue
            assert isinstance(socket, Socket)
            if task in self.crowd.alive and s not in self.lines:
                self.lines[s] = (task, socket, ears)
                self.note("connect", s=s)
                service.joined(socket)
                await self.syncs(s, ears)

    async def syncs(self, s: int, ears: Listening) -> None:
        more = True
        while more and self.is_on(s, ears):
            answer = await self.asks(s, "sync", {"cursors": self.cursors()})
            if answer is None or "error" in answer:
                await self.crowd.pause(0.1)
                continue
            if not self.is_on(s, ears):
                return
            self.note("synced", s=s, answer=answer)
            for each in answer["conversations"]:
                self.known.setdefault(each["id"], set())
            for entry in answer["messages"]:
                self.known[entry["conversationId"]].add(entry["seq"])
            more = answer["more"]

    def is_on(self, s: int, ears: Listening) -> bool:
        return s in self.lines and self.lines[s][2] is ears

    def goes(self, s: int) -> None:
        if s in self.lines:
            task, socket, _ = self.lines.pop(s)
            self.note("disconnect", s=s, reason="test")
            if task in self.crowd.alive:
                self.crowd.town.services[task].left(socket, "transport close")

    async def asks(self, s: int, name: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        """None where the answer did not come in time, or on no living socket."""
        if s not in self.lines:
            return None
        task, socket, ears = self.lines[s]
        answers: list[dict[str, Any]] = []
        self.crowd.town.services[task].said(socket, name, [asked], lambda document: answers.append(read(document)))
        await self.crowd.until(lambda: bool(answers) or not self.is_on(s, ears), ACK_SECONDS)
        return answers[0] if answers and self.is_on(s, ears) else None

    async def sends(self, conversation: str, number: int) -> None:
        client_id, body = f"{self.name}-{number}", f"message {number}"
        self.note("sent", conversationId=conversation, clientId=client_id)
        while True:
            s = self.crowd.chance.randrange(2)
            answer = await self.asks(
                s, "message", {"conversationId": conversation, "clientId": client_id, "body": body}
            )
            if answer and "error" not in answer:
                # An answer that comes later than that is one, too; it is the same.
                self.note("acknowledged", s=s, conversationId=conversation, clientId=client_id, answer=answer)
                return
            assert answer is None or answer["error"]["retry"], answer
            await self.crowd.pause(0.1)

    async def does_something(self, number: int) -> None:
        chance = self.crowd.chance
        conversation = chance.choice(sorted(self.known)) if self.known else None
        kind = chance.random()
        if kind < 0.1:
            s = chance.randrange(2)
            self.goes(s)
            await self.comes(s)
        elif kind < 0.13:
            await self.crowd.asks_a_task("create_conversation", self.name, chance.sample(NAMES, 2))
        elif conversation and kind < 0.25:
            await self.asks(0, "read", {"conversationId": conversation, "seq": self.cursors()[conversation]})
        elif conversation and kind < 0.28 and (last := self.cursors()[conversation]):
            await self.crowd.asks_a_task("delete_message", self.name, conversation, chance.randint(1, last))
        elif conversation:
            await self.sends(conversation, number)


class Listening(RecordingSocket):
    def __init__(self, person: Person, s: int) -> None:
        super().__init__()
        self._person, self._s = person, s

    def send(self, messages: Any) -> None:
        before = len(self.heard)
        super().send(messages)
        for name, data in self.heard[before:]:
            if self._person.is_on(self._s, self):
                self._person.note("heard", s=self._s, name=name, data=data)
                if name == "conversation":
                    self._person.known.setdefault(data["id"], set()).add(data["lastSeq"])
                elif name in ("message", "deleted"):
                    self._person.known.setdefault(data["conversationId"], set()).add(data["seq"])

    def close(self, reason: str) -> None:
        super().close(reason)
        if self._person.is_on(self._s, self):
            self._person.goes(self._s)
            self._person.crowd.later(self._person.comes(self._s))


class Crowd:
    """A town whose loop turns as a seed says."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.stores: list[Unsteady] = []

        def unsteady(store: MemoryStore) -> Any:
            self.stores.append(Unsteady(store, self.chance))
            return self.stores[-1]

        self.town = Cluster(2, seed, unsteady)
        self.alive = {0, 1}
        self.requests: Counter[int] = Counter()
        self.notes: list[Note] = []
        self.people = [Person(name, self) for name in NAMES]
        self.under_way: set[asyncio.Task[None]] = set()

    def later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def pause(self, seconds: float) -> None:
        await self.until(lambda: False, seconds)

    async def until(self, is_so: Callable[[], bool], seconds: float) -> None:
        end = self.town.now + seconds
        while self.town.now < end and not is_so():
            await asyncio.sleep(0)

    async def goes_on(self, seconds: float) -> None:
        town, end = self.town, self.town.now + seconds
        while town.now < end:
            town.now = town.weather.now = town.now + TICK
            town.weather.arrive()
            for task in self.alive:
                town.relays[task].tick()
            if self.chance.random() < TICK:
                for task in self.alive:
                    town.services[task].sweep()
            for _ in range(self.chance.randrange(1, 12)):
                await asyncio.sleep(0)

    async def asks_a_task(self, name: str, *values: Any) -> None:
        """By REST; whether it was done, everybody will hear."""
        task = self.a_task()
        self.requests[task] += 1
        await self.answered(getattr(self.town.services[task], name)(*values))
        self.requests[task] -= 1

    async def answered(self, work: Coroutine[Any, Any, Any]) -> Any:
        """None where the store is down, or the task is not there any more."""
        asked = asyncio.get_running_loop().create_task(work)
        await self.until(asked.done, ACK_SECONDS)
        asked.cancel()
        with contextlib.suppress(StoreDown, asyncio.CancelledError):
            return await asked

    def a_task(self) -> int:
        return self.chance.choice(sorted(self.alive))

    def kills(self) -> None:
        """One of two tasks; another one starts at once."""
        gone = self.leaves()
        self.stores[gone].is_dead = True
        self.town.weather.dumb.add(f'["<{gone}>",')

    async def sends_away(self) -> None:
        """As a drain ends: what is under way is finished, and then it says that it ends."""
        gone = self.leaves()
        service, relay = self.town.services[gone], self.town.relays[gone]
        await self.answered(service.finished())
        await self.until(lambda: not service._messages and not self.requests[gone], ACK_SECONDS)
        await self.answered(relay.finished())
        relay.end(is_certain=True)

    def leaves(self) -> int:
        """A task that serves nobody any more; its people go to others, and another one starts."""
        gone = self.a_task()
        self.alive.remove(gone)
        self.alive.add(self.town.adds_task())
        for person in self.people:
            for s, (task, _, _) in list(person.lines.items()):
                if task == gone:
                    person.goes(s)
                    self.later(person.comes(s))
        return gone


@pytest.mark.parametrize("seed", range(60))
async def test_in_any_order_of_things_every_promise_is_kept(seed: int) -> None:
    crowd = Crowd(seed)
    town, chance = crowd.town, crowd.chance
    for circle in (("ada", "bob"), ("cy", "dora"), ("ada", "cy", "dora"), NAMES):
        await town.room(*circle)
    for person in crowd.people:
        for s in (0, 1):
            crowd.later(person.comes(s))
    await crowd.goes_on(1)
    town.weather.loses, town.weather.repeats = chance.choice([0, 0, 0.2]), chance.choice([0, 0.3])
    town.weather.delays = chance.choice([0, 0.03, 0.3])
    fails = chance.choice([0, 0, 0.05])
    for step in range(60):
        for store in crowd.stores:
            store.fails = fails
        crowd.later(chance.choice(crowd.people).does_something(step))
        if chance.random() < 0.03:
            crowd.kills()
        elif chance.random() < 0.03:
            crowd.later(crowd.sends_away())
        if chance.random() < 0.05:
            town.weather.is_down = not town.weather.is_down
        await crowd.goes_on(chance.choice([TICK, TICK, 0.1, 0.5]))
    town.weather.is_down, town.weather.loses = False, 0.0
    for store in crowd.stores:
        store.fails = 0.0
    for _ in range(LONGEST):
        if not crowd.under_way and all(len(person.lines) == 2 for person in crowd.people):
            break
        await crowd.goes_on(0.1)
    assert not crowd.under_way, "somebody waits for ever"
    # As late as an event may be, and a lease.
    await crowd.goes_on(12)
    found = broken(*await judged(crowd), Bounds(back=float("inf")))
    assert not found, "\n".join(found)
    assert town.witness.failures == []


async def judged(crowd: Crowd) -> tuple[list[Note], Kept]:
    entries: dict[tuple[str, int], Entry] = {}
    members, reads = {}, {}
    for person in crowd.people:
        synced = await crowd.town.store.sync(person.name, {}, 10_000)
        assert not isinstance(synced, Refusal)
        person.note("left")
        person.note("fresh", answer=read(synced_document(synced)))
        for each in synced.conversations:
            members[each.id] = list(each.member_ids)
            reads.update({(each.id, reader): seq for reader, seq in each.reads.items()})
        for e in synced.entries:
            row = Entry(e.conversation_id, e.seq, e.id, e.type, e.sender_id, e.client_id, e.body, e.of)
            entries[e.conversation_id, e.seq] = row
    return crowd.notes, Kept(list(entries.values()), members, reads)
