"""What a block changes for sockets: presence at once, and no typing or receipts, whichever task they are on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest

from glimpse.chat.ports import StoreDown
from glimpse.chat.refusals import NOT_FOUND
from tests.chat.harness import RecordingSocket, ServiceHarness, code
from tests.chat.test_interleavings import NAMES, Crowd
from tests.chat.test_many_tasks import Cluster, presence, presence_in_turn


async def block(harness: ServiceHarness, blocker: str, blocked: str, on: bool = True) -> None:
    assert await harness.users.block(blocker, blocked, on) is None
    await harness.service.wait_until_idle()


async def two_online() -> tuple[ServiceHarness, RecordingSocket, RecordingSocket]:
    """ada and bob share a conversation of two, and are online."""
    harness = ServiceHarness()
    await harness.room("ada", "bob")
    _, adas = await harness.enters("ada")
    _, bobs = await harness.enters("bob")
    return harness, adas, bobs


# ---- Presence


@pytest.mark.parametrize(("blocker", "blocked"), [("ada", "bob"), ("bob", "ada")])
async def test_both_are_offline_for_each_other_at_once_and_online_again_when_the_block_ends(
    blocker: str, blocked: str
) -> None:
    harness, adas, bobs = await two_online()
    await block(harness, blocker, blocked)
    assert (presence(adas), presence(bobs)) == ([("bob", True), ("bob", False)], [("ada", True), ("ada", False)])
    await block(harness, blocker, blocked, on=False)
    assert (presence(adas)[2:], presence(bobs)[2:]) == ([("bob", True)], [("ada", True)])


async def test_a_block_that_was_there_already_tells_nobody() -> None:
    harness, adas, bobs = await two_online()
    await block(harness, "ada", "bob", on=False)
    await block(harness, "ada", "bob")
    heard = len(adas.heard), len(bobs.heard)
    await block(harness, "ada", "bob")
    assert (len(adas.heard), len(bobs.heard)) == heard
    assert await harness.users.block("ada", "nobody", True) == NOT_FOUND


async def test_while_the_other_blocks_as_well_unblocking_brings_nobody_back() -> None:
    harness, adas, bobs = await two_online()
    await block(harness, "ada", "bob")
    await block(harness, "bob", "ada")
    await block(harness, "ada", "bob", on=False)
    assert presence(adas)[-1] == ("bob", False)
    assert presence(bobs)[-1] == ("ada", False)
    await block(harness, "bob", "ada", on=False)
    assert (presence(adas)[-1], presence(bobs)[-1]) == (("bob", True), ("ada", True))


async def test_who_shares_no_conversation_of_two_does_not_learn_of_a_block() -> None:
    harness = ServiceHarness()
    await harness.room("ada", "bob", "cy")
    _, adas = await harness.enters("ada")
    _, bobs = await harness.enters("bob")
    for on in (True, False):
        await block(harness, "ada", "bob", on)
    assert presence(adas) == presence(bobs) == []


async def test_the_end_of_a_block_does_not_make_online_who_is_away() -> None:
    harness, adas, _ = await two_online()
    await block(harness, "ada", "bob")
    for socket in list(harness.service.sockets.of("bob")):
        harness.disconnects(socket.peer)
    harness.time += 60
    harness.service.sweep()
    await harness.service.wait_until_idle()
    await block(harness, "ada", "bob", on=False)
    assert presence(adas) == [("bob", True), ("bob", False)]


async def test_who_joins_while_they_are_blocked_is_told_nothing_and_nobody_of_them() -> None:
    harness, adas, _ = await two_online()
    await block(harness, "bob", "ada")
    _, again = await harness.enters("ada")
    _, bobs = await harness.enters("bob")
    assert presence(again) == presence(bobs) == []
    assert presence(adas)[-1] == ("bob", False)


@pytest.mark.parametrize("comes_here", [True, False])
async def test_partners_that_were_read_before_a_block_do_not_undo_it(comes_here: bool) -> None:
    """bob comes online, here or on another task; while the store is asked for his partners, he blocks ada."""
    harness = ServiceHarness()
    await harness.room("ada", "bob")
    _, adas = await harness.enters("ada")
    name = "join_states" if comes_here else "partners"
    read, asked, goes_on = getattr(harness.store, name), asyncio.Event(), asyncio.Event()

    async def slow(who: Any) -> Any:
        found = await read(who)
        asked.set()
        await goes_on.wait()
        return found

    setattr(harness.store, name, slow)
    if comes_here:
        entering = asyncio.ensure_future(harness.enters("bob"))
    else:
        harness.notifier.remote_changed("elsewhere", "bob", True)
    await asked.wait()
    await harness.users.block("bob", "ada", True)
    while len(harness.service.background.running) > (not comes_here):
        await asyncio.sleep(0)
    goes_on.set()
    if comes_here:
        assert presence((await entering)[1]) in ([], [("ada", False)])
    await harness.service.wait_until_idle()
    assert not dict(presence(adas)).get("bob")


async def test_a_block_is_told_as_soon_as_the_store_answers_again() -> None:
    harness, adas, _ = await two_online()
    pair_is_open = harness.store.pair_is_open

    async def down(*user_ids: str) -> bool | None:
        raise StoreDown

    harness.store.pair_is_open = down  # type: ignore[method-assign]
    await block(harness, "bob", "ada")
    assert presence(adas) == [("bob", True)]
    harness.store.pair_is_open = pair_is_open  # type: ignore[method-assign]
    harness.service.sweep()
    await harness.service.wait_until_idle()
    assert presence(adas) == [("bob", True), ("bob", False)]
    assert harness.failures == []


async def test_a_block_that_was_made_without_an_answer_is_told() -> None:
    harness, adas, _ = await two_online()
    made = harness.store.block

    async def without_an_answer(*asked: Any) -> Any:
        await made(*asked)
        raise StoreDown

    harness.store.block = without_an_answer  # type: ignore[method-assign]
    with pytest.raises(StoreDown):
        await harness.users.block("bob", "ada", True)
    await harness.service.wait_until_idle()
    assert presence(adas) == [("bob", True), ("bob", False)]


# ---- Messages, typing and receipts


def heard(socket: RecordingSocket, *names: str) -> list[tuple[str, str]]:
    """The events of these names: each with the user who caused it."""
    return [
        (name, document.get("userId", document.get("senderId"))) for name, document in socket.heard if name in names
    ]


@pytest.mark.parametrize(("blocker", "blocked"), [("ada", "bob"), ("bob", "ada")])
async def test_in_a_pair_nothing_passes_and_in_a_group_messages_alone(blocker: str, blocked: str) -> None:
    harness = ServiceHarness()
    rooms = {"pair": await harness.room("ada", "bob"), "group": await harness.room("ada", "bob", "cy")}
    peers, sockets = {}, {}
    for name in ("ada", "bob", "cy"):
        peers[name], sockets[name] = await harness.enters(name)
    for room in rooms.values():
        await harness.says(peers["ada"], room, "before")
    await block(harness, blocker, blocked)
    for socket in sockets.values():
        socket.heard.clear()
    for place, room in rooms.items():
        for name in ("ada", "bob"):
            answer = await harness.says(peers[name], room, f"{name} {place}")
            assert ("error" in answer) == (place == "pair")
            await harness.asks(peers[name], "typing", {"conversationId": room})
            assert (await harness.asks(peers[name], "read", {"conversationId": room, "seq": 1}))["seq"] == 1
    names = ("message", "typing", "read")
    assert heard(sockets["cy"], *names) == [(what, who) for who in ("ada", "bob") for what in names]
    # Of the other, only what is said in the group; of oneself, messages there, and receipts on one's other devices.
    for name, other in (("ada", "bob"), ("bob", "ada")):
        assert {each for each in heard(sockets[name], *names) if each[1] == other} == {("message", other)}
        assert heard(sockets[name], "read") == [("read", name), ("read", name)]
    synced = await harness.asks(peers["ada"], "sync", {"cursors": {}})
    assert {each["id"]: sorted(each["reads"]) for each in synced["conversations"]} == {
        rooms["pair"]: ["ada"],
        rooms["group"]: ["ada", "cy"],
    }


async def test_a_client_learns_from_sync_what_a_block_hid_and_what_its_end_shows_again() -> None:
    harness = ServiceHarness()
    room = await harness.room("ada", "bob", "cy")
    ada, _ = await harness.enters("ada")
    bob, _ = await harness.enters("bob")
    await harness.says(ada, room, "1")
    await harness.asks(bob, "read", {"conversationId": room, "seq": 1})
    known = await harness.asks(ada, "sync", {"cursors": {}})
    for on, reads in ((True, {"ada": 0, "cy": 0}), (False, {"ada": 0, "bob": 1, "cy": 0})):
        await block(harness, "bob", "ada", on)
        since = await harness.asks(ada, "sync", {"cursors": {room: 1}, "since": known["at"]})
        assert [each["reads"] for each in since["conversations"]] == [reads]
        assert since["messages"] == []
    without = await harness.asks(ada, "sync", {"cursors": {room: 1}})
    assert without["conversations"] == [], "clients that know no `since` are answered as before"


@pytest.mark.parametrize(
    "wrong",
    [{"since": "yesterday"}, {"since": 17}, {"since": "-1"}, {"since": "9" * 15}, {"only": "room"}, {"only": [1]}],
)
async def test_a_sync_with_a_malformed_since_or_only_is_invalid(wrong: dict[str, object]) -> None:
    harness = ServiceHarness()
    ada, _ = await harness.enters("ada")
    assert code(await harness.asks(ada, "sync", {"cursors": {}, **wrong})) == "invalid"


async def test_a_sync_names_the_conversations_that_it_wants() -> None:
    harness = ServiceHarness()
    rooms = [await harness.room("ada", other) for other in ("bob", "cy")]
    ada, _ = await harness.enters("ada")
    answer = await harness.asks(ada, "sync", {"cursors": {"x": 1}, "only": [rooms[1], "not mine"]})
    assert ([each["id"] for each in answer["conversations"]], answer["gone"]) == ([rooms[1]], ["not mine"])
    future = await harness.asks(ada, "sync", {"cursors": {}, "since": "9" * 14})
    assert len(future["conversations"]) == 2


# ---- Many tasks


async def on_two_tasks() -> tuple[Cluster, str, Any, RecordingSocket, RecordingSocket]:
    cluster = Cluster(2)
    room = await cluster.room("ada", "bob")
    ada, adas = await cluster.enters(0, "ada")
    _, bobs = await cluster.enters(1, "bob")
    await cluster.goes_on(1)
    return cluster, room, ada, adas, bobs


async def test_a_block_and_its_end_are_told_on_every_task_at_once() -> None:
    cluster, _, _, adas, bobs = await on_two_tasks()
    for on in (True, False):
        await cluster.tasks[0].users.block("ada", "bob", on)
        await cluster.goes_on(0.1)
        assert (presence(adas)[-1], presence(bobs)[-1]) == (("bob", not on), ("ada", not on))


@pytest.mark.parametrize("on", [True, False])
async def test_a_block_that_the_bus_lost_is_told_within_two_seconds(on: bool) -> None:
    cluster, _, _, adas, bobs = await on_two_tasks()
    if not on:
        await cluster.tasks[0].users.block("ada", "bob", True)
        await cluster.goes_on(0.1)
    cluster.bus.deaf = {1}
    await cluster.tasks[0].users.block("ada", "bob", on)
    await cluster.goes_on(0.05)
    cluster.bus.deaf = set()
    assert presence(bobs)[-1] == ("ada", on)
    await cluster.goes_on(2)
    assert (presence(adas)[-1], presence(bobs)[-1]) == (("bob", not on), ("ada", not on))


async def test_a_new_pair_that_the_bus_lost_and_that_is_blocked_by_now_brings_nobody_online() -> None:
    cluster = Cluster(2)
    for name in ("ada", "bob"):
        await cluster.store.ensure_user(name)
    _, adas = await cluster.enters(0, "ada")
    _, bobs = await cluster.enters(1, "bob")
    await cluster.goes_on(0.2)
    cluster.bus.is_down = True
    await cluster.store.create_conversation("pair", "ada", ["bob"])
    await cluster.store.block("bob", "ada", True)
    await cluster.goes_on(4)
    assert [len(socket.of("conversation")) for socket in (adas, bobs)] == [1, 1]
    assert ("bob", True) not in presence(adas)
    assert ("ada", True) not in presence(bobs)


async def test_receipts_that_the_bus_lost_are_not_told_across_a_block() -> None:
    cluster = Cluster(2)
    room = await cluster.room("ada", "bob", "cy")
    ada, _ = await cluster.enters(0, "ada")
    _, bobs = await cluster.enters(1, "bob")
    _, cys = await cluster.enters(1, "cy")
    cluster.says(0, ada, room, "1")
    await cluster.goes_on(1)
    await cluster.tasks[0].users.block("bob", "ada", True)
    await cluster.goes_on(1)
    cluster.bus.is_down = True
    cluster.tasks[0].emits(ada, "read", {"conversationId": room, "seq": 1})
    await cluster.goes_on(4)
    assert [each["userId"] for each in cys.of("read")] == ["ada"]
    assert bobs.of("read") == []


async def test_what_the_bus_brings_late_is_judged_by_what_the_store_says_then() -> None:
    """bob blocks and unblocks; the first message comes last."""
    cluster, _, _, adas, _ = await on_two_tasks()
    texts: list[str] = []
    send, cluster.bus.send = cluster.bus.send, texts.append  # type: ignore[method-assign]
    for on in (True, False):
        await cluster.tasks[1].users.block("bob", "ada", on)
        await cluster.goes_on(0.05)
    cluster.bus.send = send  # type: ignore[method-assign]
    for text in reversed([each for each in texts if '"block"' in each]):
        cluster.bus.send(text)
        await cluster.goes_on(0.05)
    assert presence_in_turn(adas) == [("bob", True)]


@pytest.mark.parametrize("seed", range(30))
async def test_in_any_order_of_blocks_and_connections_everybody_ends_with_the_right_presence(seed: int) -> None:
    crowd = Crowd(seed)
    cluster, chance = crowd.cluster, crowd.chance
    pairs = [("ada", "bob"), ("ada", "cy"), ("bob", "cy"), ("cy", "dora")]
    for pair in pairs:
        await cluster.room(*pair)
    await cluster.room(*NAMES)
    for person in crowd.people:
        for s in (0, 1):
            crowd.later(person.comes(s))
    await crowd.goes_on(1)
    cluster.bus.loses, cluster.bus.repeats = chance.choice([0, 0, 0.2]), chance.choice([0, 0.3])
    cluster.bus.delays = chance.choice([0, 0.03, 0.3])
    for _ in range(40):
        crowd.later(toggles_or_reconnects(crowd, chance))
        if chance.random() < 0.05:
            cluster.bus.is_down = not cluster.bus.is_down
        await crowd.goes_on(chance.choice([0.025, 0.1, 0.5]))
    cluster.bus.is_down, cluster.bus.loses = False, 0.0
    while crowd.under_way or any(len(person.connections) < 2 for person in crowd.people):
        await crowd.goes_on(0.1)
    await crowd.goes_on(12)
    for person in crowd.people:
        for connection in person.connections.values():
            last = dict(presence(connection))
            for pair in pairs:
                if person.name in pair:
                    other = pair[person.name == pair[0]]
                    is_open = await cluster.store.pair_is_open(*pair)
                    assert last.get(other, False) == is_open, (person.name, other)
    assert cluster.failures == []


async def toggles_or_reconnects(crowd: Crowd, chance: random.Random) -> None:
    person = chance.choice(crowd.people)
    if chance.random() < 0.3:
        s = chance.randrange(2)
        person.goes(s)
        await person.comes(s)
        return
    other: Sequence[str] = [name for name in NAMES if name != person.name]
    whom, on = chance.choice(other), chance.random() < 0.5
    await crowd.asks_a_task(lambda task: task.users.block(person.name, whom, on))
