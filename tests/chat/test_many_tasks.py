"""
Two or three tasks are one chat: on a store and a bus without a world, which loses, repeats, shuffles and delays as a
seed says; with handed-in time.
"""

from __future__ import annotations

import asyncio
import datetime
import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from glimpse.chat.bus import SILENCE_SECONDS
from glimpse.chat.commit import GroupCommit
from glimpse.chat.memory import MemoryStore
from glimpse.chat.ports import Store, StoreDown
from glimpse.chat.relay import Relay
from glimpse.chat.service import Limits, Service, landed_of
from glimpse.chat.sockets import Socket, Sockets
from glimpse.chat.tokens import Tokens
from glimpse.chat.values import Refused
from tests.chat.test_service import SECRET, Counting, Ears, into

TICK = 0.025


class Weather:
    """A bus that is as bad as it is told to be. Every end hears everything that is not lost, its own included."""

    most_bytes = 7_999

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._ends: list[Callable[[str], None]] = []
        self._under_way: list[tuple[float, int, Callable[[str], None], str]] = []
        self._numbers = itertools.count()
        self.now = 0.0
        self.loses = self.repeats = 0.0
        self.delays = 0.0
        self.is_down = False
        self.deaf: set[int] = set()
        self.dumb: set[str] = set()

    def listen(self, heard: Callable[[str], None]) -> None:
        self._ends.append(heard)

    def send(self, text: str) -> None:
        for number, heard in enumerate(self._ends):
            is_heard = not (self.is_down or number in self.deaf or any(name in text for name in self.dumb))
            if not is_heard or self._chance.random() < self.loses:
                continue
            for _ in range(2 if self._chance.random() < self.repeats else 1):
                at = self.now + self._chance.uniform(0, self.delays)
                self._under_way.append((at, next(self._numbers), heard, text))

    def arrive(self) -> None:
        due = sorted(each for each in self._under_way if each[0] <= self.now)
        self._under_way = [each for each in self._under_way if each[0] > self.now]
        for _, _, heard, text in due:
            heard(text)


class Town:
    """So many tasks, one store, and the weather between them."""

    def __init__(
        self, tasks: int, seed: int = 0, through: Callable[[MemoryStore], Store] = lambda store: store
    ) -> None:
        """Each task asks the store `through` something of its own."""
        self.now = 1_800_000_000.0
        numbers = itertools.count(1)
        self._ids = lambda: f"id-{next(numbers)}"
        clock = lambda: datetime.datetime.fromtimestamp(self.now, datetime.UTC)  # noqa: E731
        self.store, self._through = MemoryStore(clock, self._ids), through
        self.tokens = Tokens([SECRET], 3600)
        self.weather = Weather(seed)
        self.witness = Counting()
        self.services: list[Service] = []
        self.relays: list[Relay] = []
        for _ in range(tasks):
            self.adds_task()

    def adds_task(self) -> int:
        """Its number."""
        number, sockets, store = len(self.services), Sockets(20), self._through(self.store)
        now = lambda: self.now  # noqa: E731
        relay = Relay(f"<{number}>", self.weather, store, sockets, landed_of, now, self.witness.failed)
        commits, limits = GroupCommit(store), Limits(4000, 10_000, 20)
        service = Service(store, commits, self.tokens, limits, self.witness, now, self._ids, sockets, relay)
        relay.neighbours = service.company
        self.services.append(service)
        self.relays.append(relay)
        return number

    async def goes_on(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now = self.weather.now = self.now + TICK
            self.weather.arrive()
            for relay, service in zip(self.relays, self.services, strict=True):
                relay.tick()
                service.sweep()
                await service.finished()
                await relay.finished()

    async def enters(self, task: int, user_id: str) -> tuple[Socket, Ears]:
        ears = Ears()
        socket = await self.services[task].join(ears, {"token": self.tokens.issued(user_id, self.now)})
        assert isinstance(socket, Socket)
        self.services[task].joined(socket)
        await self.services[task].finished()
        return socket, ears

    async def room(self, *user_ids: str) -> str:
        for user_id in user_ids:
            await self.store.ensure_user(user_id)
        made = await self.services[0].create_conversation(user_ids[0], user_ids[1:])
        assert not isinstance(made, Refused)
        return made[0].id

    def says(self, task: int, socket: Socket, room: str, client_id: str) -> list[dict[str, object]]:
        """Where the answer will be."""
        answers: list[dict[str, object]] = []
        asked = {"conversationId": room, "clientId": client_id, "body": "hello"}
        self.services[task].said(socket, "message", [asked], into(answers))
        return answers


async def ada_here_and_bob_there() -> tuple[Town, str, Socket, Ears]:
    """Two tasks, a conversation of two, the socket of the one and what the other hears."""
    town = Town(2)
    room = await town.room("ada", "bob")
    ada, _ = await town.enters(0, "ada")
    _, bobs = await town.enters(1, "bob")
    return town, room, ada, bobs


def seqs(ears: Ears) -> list[int]:
    return [document["seq"] for document in ears.of("message")]


async def test_who_is_on_another_task_hears_it_and_hears_it_in_order() -> None:
    town = Town(2)
    room = await town.room("ada", "bob")
    ada, adas = await town.enters(0, "ada")
    bob, bobs = await town.enters(1, "bob")
    for number in range(5):
        town.says(0, ada, room, f"a{number}")
        town.says(1, bob, room, f"b{number}")
        await town.goes_on(0.1)
    assert seqs(adas) == seqs(bobs) == list(range(1, 11))


async def test_receipts_and_typing_reach_the_other_task() -> None:
    town, room, ada, bobs = await ada_here_and_bob_there()
    town.says(0, ada, room, "1")
    await town.goes_on(0.1)
    answers: list[dict[str, object]] = []
    town.services[0].said(ada, "read", [{"conversationId": room, "seq": 1}], into(answers))
    town.services[0].said(ada, "typing", [{"conversationId": room}], into(answers))
    await town.goes_on(0.1)
    assert bobs.of("read") == [{"conversationId": room, "userId": "ada", "seq": 1}]
    assert bobs.of("typing") == [{"conversationId": room, "userId": "ada"}]


async def test_the_sender_hears_the_event_before_the_answer_also_where_something_before_it_is_missing() -> None:
    town = Town(2)
    room = await town.room("ada", "bob")
    ada, adas = await town.enters(0, "ada")
    bob, _ = await town.enters(1, "bob")
    town.says(0, ada, room, "first")
    await town.goes_on(0.1)
    town.weather.is_down = True
    town.says(1, bob, room, "lost")
    await town.services[1].finished()
    await asyncio.sleep(0)
    town.weather.is_down = False
    answers = town.says(0, ada, room, "behind")
    while town.services[0]._messages:
        await asyncio.sleep(0)
    assert (answers, seqs(adas)) == ([], [1]), "neither the event nor the answer, while seq 2 is missing"
    await town.goes_on(0.1)
    assert seqs(adas) == [1, 2, 3]
    assert answers[0]["seq"] == 3


async def test_who_asks_again_on_another_task_hears_the_event_before_the_answer_there_too() -> None:
    town = Town(2)
    room = await town.room("ada", "bob")
    here, _ = await town.enters(0, "ada")
    there, heard = await town.enters(1, "ada")
    town.says(0, here, room, "first")
    await town.goes_on(0.1)
    town.weather.delays = 0.5
    town.says(0, here, room, "same")
    await town.services[0].finished()
    answers = town.says(1, there, room, "same")
    while not answers:
        await asyncio.sleep(0)
    assert seqs(heard) == [1, 2]
    await town.goes_on(1)
    assert seqs(heard) == [1, 2]


async def test_who_says_again_what_was_said_before_they_came_wakes_nobody() -> None:
    town = Town(2)
    room = await town.room("ada", "bob")
    ada, _ = await town.enters(0, "ada")
    for number in range(30):
        town.says(0, ada, room, f"m{number}")
        await town.goes_on(0.1)
    await town.goes_on(20)
    again, heard = await town.enters(1, "ada")
    _, bobs = await town.enters(1, "bob")
    answers = town.says(1, again, room, "m0")
    await town.goes_on(1)
    assert answers[0]["seq"] == 1
    assert seqs(heard) == seqs(bobs) == []
    town.says(0, ada, room, "new")
    await town.goes_on(1)
    assert seqs(heard) == seqs(bobs) == [31]


async def test_what_a_task_said_that_was_not_heard_for_minutes_is_heard_when_it_is() -> None:
    town, room, ada, bobs = await ada_here_and_bob_there()
    town.says(0, ada, room, "1")
    await town.goes_on(1)
    town.weather.dumb = {'["<0>",'}
    await town.goes_on(70)
    town.says(0, ada, room, "2")
    await town.goes_on(70)
    town.weather.dumb = set()
    await town.goes_on(2)
    assert seqs(bobs) == [1, 2]


async def test_what_the_bus_lost_is_heard_within_two_seconds_where_nothing_else_is_said() -> None:
    town, room, ada, bobs = await ada_here_and_bob_there()
    town.says(0, ada, room, "1")
    await town.goes_on(0.1)
    town.weather.deaf = {1}
    town.says(0, ada, room, "2")
    await town.goes_on(0.05)
    town.weather.deaf = set()
    assert seqs(bobs) == [1]
    await town.goes_on(2)
    assert seqs(bobs) == [1, 2]


async def test_while_the_bus_is_gone_an_event_is_at_most_so_late() -> None:
    town, room, ada, bobs = await ada_here_and_bob_there()
    await town.goes_on(1)
    town.weather.is_down = True
    await town.goes_on(SILENCE_SECONDS + 0.6)
    assert town.relays[1].age() > SILENCE_SECONDS
    for number in range(1, 4):
        town.says(0, ada, room, str(number))
        await town.goes_on(2)
        assert seqs(bobs) == list(range(1, number + 1))


async def test_a_bus_that_is_gone_for_minutes_makes_nothing_later_than_that() -> None:
    town, room, ada, bobs = await ada_here_and_bob_there()
    town.weather.is_down = True
    await town.goes_on(130)
    town.says(0, ada, room, "1")
    await town.goes_on(2)
    assert seqs(bobs) == [1]


async def test_what_was_said_while_a_task_was_frozen_is_heard_when_it_goes_on() -> None:
    town, room, ada, bobs = await ada_here_and_bob_there()
    await town.goes_on(1)
    town.weather.deaf = {1}
    frozen = town.relays.pop(), town.services.pop()
    town.says(0, ada, room, "1")
    await town.goes_on(40)
    town.weather.deaf = set()
    town.relays.append(frozen[0])
    town.services.append(frozen[1])
    await town.goes_on(2)
    assert seqs(bobs) == [1]


async def test_a_receipt_and_a_new_conversation_that_the_bus_lost_are_told() -> None:
    town, room, ada, bobs = await ada_here_and_bob_there()
    await town.store.ensure_user("cy")
    town.says(0, ada, room, "1")
    await town.goes_on(0.1)
    town.weather.is_down = True
    answers: list[dict[str, object]] = []
    town.services[0].said(ada, "read", [{"conversationId": room, "seq": 1}], into(answers))
    made = await town.services[0].create_conversation("ada", ["bob", "cy"])
    assert not isinstance(made, Refused)
    sent = town.says(0, ada, made[0].id, "2")
    await town.goes_on(6)
    assert sent[0]["seq"] == 1
    assert bobs.of("read") == [{"conversationId": room, "userId": "ada", "seq": 1}]
    assert bobs.of("conversation")[-1:] == [{"id": made[0].id, "memberIds": ["ada", "bob", "cy"], "lastSeq": 0}]
    assert seqs(bobs) == [1, 1], "and what was said in it"
    town.weather.is_down = False
    await town.goes_on(20)
    assert len(bobs.of("read")) == 1


async def test_a_change_that_is_too_long_for_the_bus_is_read_from_the_store() -> None:
    town, room, ada, bobs = await ada_here_and_bob_there()
    answers: list[dict[str, object]] = []
    asked = {"conversationId": room, "clientId": "long", "body": "가" * 4000}
    town.services[0].said(ada, "message", [asked], into(answers))
    await town.goes_on(0.1)
    assert [document["body"] for document in bobs.of("message")] == ["가" * 4000]


async def test_a_crowd_that_is_too_long_for_the_bus_hears_its_first_message_too() -> None:
    town = Town(2)
    crowd = [f"{number:03d}-{'x' * 60}" for number in range(150)]
    room = await town.room(*crowd)
    first, _ = await town.enters(0, crowd[0])
    _, theirs = await town.enters(1, crowd[1])
    town.says(0, first, room, "1")
    town.says(0, first, room, "2")
    await town.goes_on(0.2)
    assert seqs(theirs) == [1, 2]
    town.says(0, first, room, "3")
    await town.goes_on(0.2)
    _, late = await town.enters(1, crowd[2])
    town.relays[1]._order.forget(lambda user_ids: False)
    await town.goes_on(20)
    town.says(0, first, room, "4")
    await town.goes_on(0.2)
    assert seqs(theirs)[-1] == 4
    assert seqs(late)[-1] == 4


async def test_while_the_store_cannot_be_asked_nothing_is_lost() -> None:
    town, room, ada, bobs = await ada_here_and_bob_there()
    town.says(0, ada, room, "1")
    await town.goes_on(0.1)
    changes, is_down = town.store.changes, [True]

    async def sometimes(*asked: object) -> object:
        if is_down[0]:
            raise StoreDown
        return await changes(*asked)  # type: ignore[arg-type]

    town.store.changes = sometimes  # type: ignore[method-assign, assignment]
    town.weather.deaf = {1}
    town.says(0, ada, room, "2")
    await town.goes_on(0.05)
    town.weather.deaf = set()
    town.says(0, ada, room, "3")
    await town.goes_on(3)
    assert seqs(bobs) == [1]
    is_down[0] = False
    await town.goes_on(2)
    assert seqs(bobs) == [1, 2, 3]


# ---- Who is online


def presence(ears: Ears) -> list[tuple[object, object]]:
    return [(document["userId"], document["online"]) for document in ears.of("presence")]


def presence_in_turn(ears: Ears) -> list[tuple[object, object]]:
    """Without what was told again, as it may be after the bus was away."""
    return [told for told, _ in itertools.groupby(presence(ears))]


async def test_who_is_on_another_task_is_online_and_offline_fifteen_seconds_after_they_left() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    bob, bobs = await town.enters(1, "bob")
    await town.goes_on(0.2)
    assert presence(adas) == [("bob", True)]
    assert presence(bobs) == [("ada", True)]
    town.services[1].left(bob, "transport close")
    await town.goes_on(14)
    assert presence(adas) == [("bob", True)]
    await town.goes_on(2)
    assert presence(adas) == [("bob", True), ("bob", False)]


async def test_who_is_on_two_tasks_is_online_until_both_are_left_and_nobody_hears_it_twice() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    first, _ = await town.enters(0, "bob")
    second, _ = await town.enters(1, "bob")
    await town.goes_on(0.2)
    town.services[0].left(first, "transport close")
    await town.goes_on(20)
    assert presence(adas) == [("bob", True)]
    town.services[1].left(second, "transport close")
    await town.goes_on(20)
    assert presence(adas) == [("bob", True), ("bob", False)]


async def test_two_who_share_a_new_conversation_learn_that_they_are_online_whatever_the_bus_lost() -> None:
    town = Town(2)
    for name in ("ada", "bob"):
        await town.store.ensure_user(name)
    _, adas = await town.enters(0, "ada")
    _, bobs = await town.enters(1, "bob")
    await town.goes_on(0.2)
    town.weather.is_down = True
    await town.room("ada", "bob")
    await town.goes_on(4)
    assert presence_in_turn(adas) == [("bob", True)]
    assert presence_in_turn(bobs) == [("ada", True)]


async def test_who_changes_the_task_was_never_away() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    bob, _ = await town.enters(0, "bob")
    await town.goes_on(1)
    town.services[0].left(bob, "transport close")
    await town.goes_on(3)
    await town.enters(1, "bob")
    await town.goes_on(20)
    assert presence(adas) == [("bob", True)]


async def test_the_people_of_a_task_that_died_are_offline_when_its_lease_has_lapsed() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    await town.enters(1, "bob")
    await town.goes_on(1)
    town.relays.pop()
    town.services.pop()
    await town.goes_on(20)
    assert presence_in_turn(adas) == [("bob", True)]
    await town.goes_on(8)
    assert presence_in_turn(adas) == [("bob", True), ("bob", False)]


async def test_who_was_on_a_task_that_died_while_the_bus_was_gone_is_offline_after_it_is_back() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    await town.enters(1, "bob")
    await town.goes_on(1)
    town.weather.is_down = True
    await town.goes_on(5)
    town.relays.pop()
    town.services.pop()
    await town.goes_on(130)
    town.weather.is_down = False
    await town.goes_on(30)
    assert presence_in_turn(adas) == [("bob", True), ("bob", False)]


async def test_of_a_task_that_said_that_it_ended_nothing_is_waited_for() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    await town.enters(1, "bob")
    await town.goes_on(1)
    town.relays.pop().end(is_certain=True)
    town.services.pop()
    asked, changed_since = [], town.store.changed_since

    async def counted(*values: Any) -> Any:
        asked.append(values)
        return await changed_since(*values)

    town.store.changed_since = counted  # type: ignore[method-assign]
    await town.goes_on(17)
    assert presence(adas) == [("bob", True), ("bob", False)], "a grace, and no lease"
    assert not asked, "nobody looks for what it might have said"


async def test_a_task_that_does_not_hear_itself_calls_nobody_offline() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    await town.enters(1, "bob")
    await town.goes_on(1)
    town.weather.is_down = True
    await town.goes_on(40)
    town.weather.is_down = False
    await town.goes_on(5)
    assert presence_in_turn(adas) == [("bob", True)]


async def test_a_task_that_was_deaf_for_long_calls_nobody_offline_who_is_there() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    await town.enters(1, "bob")
    await town.goes_on(29)
    town.weather.deaf = {0}
    await town.goes_on(15)
    town.weather.deaf, town.weather.dumb = set(), {'["<1>",'}
    await town.goes_on(0.5)
    town.weather.dumb = set()
    await town.goes_on(40)
    assert presence(adas) == [("bob", True)]


async def test_a_task_that_was_dumb_for_long_says_at_once_who_is_there() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    await town.enters(1, "bob")
    await town.goes_on(29)
    town.weather.dumb = {'["<1>",'}
    await town.goes_on(35)
    assert presence(adas) == [("bob", True), ("bob", False)]
    town.weather.dumb = set()
    await town.goes_on(1)
    assert presence(adas)[2:] == [("bob", True)]


async def test_a_task_that_comes_later_learns_who_is_there() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    late = (town.relays.pop(), town.services.pop())
    town.weather.deaf = {1}
    await town.enters(0, "bob")
    await town.goes_on(5)
    town.weather.deaf = set()
    town.relays.append(late[0])
    town.services.append(late[1])
    _, adas = await town.enters(1, "ada")
    await town.goes_on(1)
    assert presence(adas) == [("bob", True)]


async def test_what_was_lost_of_who_is_there_is_made_good_at_once() -> None:
    town = Town(2)
    await town.room("ada", "bob")
    _, adas = await town.enters(0, "ada")
    await town.goes_on(1)
    town.weather.deaf = {0}
    await town.enters(1, "bob")
    await town.goes_on(0.2)
    town.weather.deaf = set()
    await town.goes_on(2)
    assert presence(adas) == [("bob", True)]


@pytest.mark.parametrize("seed", range(25))
async def test_in_any_weather_every_socket_hears_everything_once_and_in_order(seed: int) -> None:
    chance = random.Random(seed)
    tasks = chance.choice([2, 3])
    town = Town(tasks, seed)
    names = ["ada", "bob", "cy", "dora"]
    rooms = [await town.room(*chance.sample(names, chance.choice([2, 3, 4]))) for _ in range(4)]
    town.weather.loses, town.weather.repeats = chance.choice([0, 0.1, 0.5]), chance.choice([0, 0.3])
    town.weather.delays = chance.choice([0, 0.03, 0.2])
    present: list[tuple[int, Socket, Ears, dict[str, int]]] = []
    for step in range(40):
        if len(present) < 2 or chance.random() < 0.15:
            task, name = chance.randrange(tasks), chance.choice(names)
            socket, ears = await town.enters(task, name)
            listed = await town.store.sync(name, {}, 500)
            present.append((task, socket, ears, {each.id: each.last_seq for each in listed.conversations}))
        task, socket, _, known = chance.choice(present)
        if known:
            town.says(task, socket, chance.choice(sorted(known)), f"{step}")
        if chance.random() < 0.1:
            town.weather.is_down = not town.weather.is_down
        await town.goes_on(chance.choice([0.025, 0.1, 0.5]))
    town.weather.is_down, town.weather.loses = False, 0.0
    await town.goes_on(5)
    for _, socket, ears, known in present:
        for room in rooms:
            stored = (await town.store.sync(socket.user_id, {}, 500)).conversations
            last = {each.id: each.last_seq for each in stored}.get(room)
            if last is None:
                continue
            heard = [document["seq"] for name, document in ears.heard if document.get("conversationId") == room]
            assert heard == list(range(heard[0], last + 1)) if heard else known[room] == last, (room, heard, last)
            if heard:
                assert heard[0] <= known[room] + 1
    assert town.witness.failures == []
