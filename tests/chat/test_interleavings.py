"""
Tasks, people, and a store whose answers a seed delays and replaces by errors, before or after the store did its work:
in every order of events every promise is kept. No real time and no network; `benchmarks/faults` has the checker.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, assert_never

import msgspec
import pytest

from benchmarks.faults.checker import Bounds, DatabaseState, EntryRow, Note, violations
from glimpse.chat.documents import synced_document
from glimpse.chat.memory import MemoryStore
from glimpse.chat.ports import StoreDown
from glimpse.chat.protocol.session import CLOSED
from glimpse.chat.protocol.socketio import ROOT, Peer
from glimpse.chat.refusals import Refusal
from glimpse.chat.values import Deletion, Entry, MembershipChange, Message, UnknownEntry
from tests.chat.harness import RecordingSocket, TaskUnderTest
from tests.chat.test_many_tasks import TICK, Cluster

ACK_SECONDS = 3.0
LONGEST = 400
NAMES = ("ada", "bob", "cy", "dora")


class UnsteadyStore:
    """A store whose calls take a random number of turns of the event loop. `fails`: the share with an unknown outcome."""

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
            # The task that called is dead: nobody is waiting for an answer.
            await asyncio.Future()
        if self._chance.random() < self.fails:
            raise StoreDown


class Person:
    """Two sockets, on whatever tasks; what they see goes to the notes."""

    def __init__(self, name: str, crowd: Crowd) -> None:
        self.name, self.crowd = name, crowd
        self.known: dict[str, set[int]] = {}
        self.connections: dict[int, Connection] = {}

    def note(self, what: str, **more: object) -> None:
        self.crowd.notes.append({"p": self.name, "at": self.crowd.cluster.now * 1000, "what": what, **more})

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
        while s not in self.connections:
            connection = Connection(self, s, self.crowd.a_task())
            connection.connects()
            await self.crowd.until(connection.is_settled, ACK_SECONDS)
            if self.is_on(s, connection):
                await self.syncs(s, connection)
                continue
            connection.ends()
            await self.crowd.pause(0.2)

    def joined(self, connection: Connection) -> None:
        s = connection.s
        if connection.task in self.crowd.alive and s not in self.connections:
            self.connections[s] = connection
            self.note("connect", s=s)

    async def syncs(self, s: int, connection: Connection) -> None:
        more = True
        while more and self.is_on(s, connection):
            answer = await self.asks(s, "sync", {"cursors": self.cursors()})
            if answer is None or "error" in answer:
                await self.crowd.pause(0.1)
                continue
            if not self.is_on(s, connection):
                return
            self.note("synced", s=s, answer=answer)
            for each in answer["conversations"]:
                self.known.setdefault(each["id"], set())
            for entry in answer["messages"]:
                self.known[entry["conversationId"]].add(entry["seq"])
            more = answer["more"]

    def is_on(self, s: int, connection: Connection) -> bool:
        return self.connections.get(s) is connection

    def goes(self, s: int) -> None:
        if s in self.connections:
            connection = self.connections.pop(s)
            self.note("disconnect", s=s, reason="test")
            connection.ends()

    async def asks(self, s: int, name: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None if it did not come in time, or its socket is closed."""
        connection = self.connections.get(s)
        if connection is None:
            return None
        answers: list[dict[str, Any]] = []
        self.crowd.cluster.tasks[connection.task].emits(connection.peer, name, asked, answer=answers.append)
        await self.crowd.until(lambda: bool(answers) or not self.is_on(s, connection), ACK_SECONDS)
        return answers[0] if answers and self.is_on(s, connection) else None

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
            members = chance.sample(NAMES, 2)
            await self.crowd.asks_a_task(lambda task: task.conversations.create(self.name, members))
        elif conversation and kind < 0.25:
            await self.asks(0, "read", {"conversationId": conversation, "seq": self.cursors()[conversation]})
        elif conversation and kind < 0.28 and (last := self.cursors()[conversation]):
            seq = chance.randint(1, last)
            await self.crowd.asks_a_task(lambda task: task.messages.delete(self.name, conversation, seq))
        elif conversation:
            await self.sends(conversation, number)


class Connection(RecordingSocket):
    """Of a person's socket `s` to a task."""

    def __init__(self, person: Person, s: int, task: int) -> None:
        super().__init__()
        self._person, self.s, self.task = person, s, task
        self.peer = Peer(person.crowd.cluster.tasks[task].service, self, lambda: 0.0)  # type: ignore[arg-type]
        self.is_joined = False

    def connects(self) -> None:
        cluster = self._person.crowd.cluster
        auth = {"token": cluster.tokens.issue(self._person.name, cluster.now)}
        cluster.tasks[self.task].service.on_connect(self.peer, ROOT, auth)

    def is_settled(self) -> bool:
        return self.is_joined or self.closed is not None

    def ends(self) -> None:
        """Not noted for a task that was killed: its clients hear nothing from it."""
        self.state = CLOSED
        if self.task in self._person.crowd.alive:
            self.peer.on_close("transport close")

    def send(self, messages: Any) -> None:
        before = len(self.heard)
        super().send(messages)
        if self.peer.joined and not self.is_joined:
            self.is_joined = True
            self._person.joined(self)
        for name, data in self.heard[before:]:
            if self._person.is_on(self.s, self):
                self._person.note("heard", s=self.s, name=name, data=data)
                if name == "conversation":
                    self._person.known.setdefault(data["id"], set()).add(data["lastSeq"])
                elif name in ("message", "deleted") and data["conversationId"] in self._person.known:
                    # With a cursor for a conversation that this client was not told of, sync would not tell of it.
                    self._person.known[data["conversationId"]].add(data["seq"])

    def close(self, reason: str) -> None:
        super().close(reason)
        if self._person.is_on(self.s, self):
            self._person.goes(self.s)
            self._person.crowd.later(self._person.comes(self.s))


class Crowd:
    """People who use a cluster in memory. A seed says in which order everything happens."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.stores: list[UnsteadyStore] = []

        def unsteady(store: MemoryStore) -> Any:
            self.stores.append(UnsteadyStore(store, self.chance))
            return self.stores[-1]

        self.cluster = Cluster(2, seed, unsteady)
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
        end = self.cluster.now + seconds
        while self.cluster.now < end and not is_so():
            await asyncio.sleep(0)

    async def goes_on(self, seconds: float) -> None:
        cluster, end = self.cluster, self.cluster.now + seconds
        while cluster.now < end:
            cluster.now = cluster.bus.now = cluster.now + TICK
            cluster.bus.arrive()
            for task in self.alive:
                cluster.tick(task)
            if self.chance.random() < TICK:
                for task in self.alive:
                    cluster.tasks[task].service.sweep()
            for _ in range(self.chance.randrange(1, 12)):
                await asyncio.sleep(0)

    async def asks_a_task(self, request: Callable[[TaskUnderTest], Coroutine[Any, Any, Any]]) -> None:
        """By REST. The answer does not matter: everybody hears whether it was done."""
        task = self.a_task()
        self.requests[task] += 1
        await self.answered(request(self.cluster.tasks[task]))
        self.requests[task] -= 1

    async def answered(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Wait for a request; it may fail, and its task may end meanwhile."""
        asked = asyncio.get_running_loop().create_task(work)
        await self.until(asked.done, ACK_SECONDS)
        asked.cancel()
        with contextlib.suppress(StoreDown, asyncio.CancelledError):
            return await asked

    def a_task(self) -> int:
        return self.chance.choice(sorted(self.alive))

    def kills(self) -> None:
        """Kill one of two tasks; another one starts at once."""
        gone = self.leaves()
        self.stores[gone].is_dead = True
        self.cluster.bus.dumb.add(f'["<{gone}>",')

    async def sends_away(self) -> None:
        """Drain a task: it finishes its requests, then tells the others that it ends."""
        gone = self.leaves()
        service, relay = self.cluster.tasks[gone].service, self.cluster.relays[gone]
        await self.until(lambda: not self.requests[gone], ACK_SECONDS)
        await self.answered(service.wait_until_idle())
        await self.answered(relay.wait_until_idle())
        relay.end(is_certain=True)

    def leaves(self) -> int:
        """Close all sockets of a task; its users connect to others, and another task starts."""
        gone = self.a_task()
        self.alive.remove(gone)
        self.alive.add(self.cluster.adds_task())
        for person in self.people:
            for s, connection in list(person.connections.items()):
                if connection.task == gone:
                    person.goes(s)
                    self.later(person.comes(s))
        return gone


@pytest.mark.parametrize("seed", range(60))
async def test_in_any_order_of_things_every_promise_is_kept(seed: int) -> None:
    crowd = Crowd(seed)
    cluster, chance = crowd.cluster, crowd.chance
    for circle in (("ada", "bob"), ("cy", "dora"), ("ada", "cy", "dora"), NAMES):
        await cluster.room(*circle)
    for person in crowd.people:
        for s in (0, 1):
            crowd.later(person.comes(s))
    await crowd.goes_on(1)
    cluster.bus.loses, cluster.bus.repeats = chance.choice([0, 0, 0.2]), chance.choice([0, 0.3])
    cluster.bus.delays = chance.choice([0, 0.03, 0.3])
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
            cluster.bus.is_down = not cluster.bus.is_down
        await crowd.goes_on(chance.choice([TICK, TICK, 0.1, 0.5]))
    cluster.bus.is_down, cluster.bus.loses = False, 0.0
    for store in crowd.stores:
        store.fails = 0.0
    for _ in range(LONGEST):
        if not crowd.under_way and all(len(person.connections) == 2 for person in crowd.people):
            break
        await crowd.goes_on(0.1)
    assert not crowd.under_way, "somebody waits for ever"
    # The longest that an event may take, and the lease of a dead task.
    await crowd.goes_on(12)
    found = violations(*await judged(crowd), Bounds(max_reconnect_ms=float("inf")))
    assert not found, "\n".join(found)
    assert cluster.failures == []


def row_of(entry: Entry) -> EntryRow:
    """The entry as a row of the database."""
    client_id, body, of = None, None, None
    match entry:
        case Message():
            entry_type, client_id, body = "message", entry.client_id, entry.body
        case Deletion():
            entry_type, of = "deleted", entry.of
        case MembershipChange():
            entry_type = "members"
        case UnknownEntry():
            entry_type = "unknown"
        case _:
            assert_never(entry)
    return EntryRow(entry.conversation_id, entry.seq, entry.id, entry_type, entry.sender_id, client_id, body, of)


async def judged(crowd: Crowd) -> tuple[list[Note], DatabaseState]:
    entries: dict[tuple[str, int], EntryRow] = {}
    members, reads = {}, {}
    for person in crowd.people:
        synced = await crowd.cluster.store.sync(person.name, {}, 10_000)
        assert not isinstance(synced, Refusal)
        person.note("left")
        person.note("fresh", answer=msgspec.json.decode(msgspec.json.encode(synced_document(synced))))
        for each in synced.conversations:
            members[each.id] = list(each.member_ids)
            reads.update({(each.id, reader): seq for reader, seq in each.reads.items()})
        for entry in synced.entries:
            entries[entry.conversation_id, entry.seq] = row_of(entry)
    return crowd.notes, DatabaseState(list(entries.values()), members, reads)
