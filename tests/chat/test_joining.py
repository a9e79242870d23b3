"""What happens while the store is asked about a user who joins, and how tokens that are revoked end on every task."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from glimpse.chat.memory import MemoryStore
from glimpse.chat.ports import StoreDown
from glimpse.chat.protocol.socketio import ROOT, Peer
from glimpse.chat.refusals import Refusal
from tests.chat.harness import RecordingSocket, ServiceHarness
from tests.chat.test_many_tasks import Cluster, partners_apart, presence

Step = Callable[[], Awaitable[Any]]


@pytest.fixture
def harness() -> ServiceHarness:
    return ServiceHarness()


def while_joining(store: MemoryStore, monkeypatch: pytest.MonkeyPatch, step: Step, after_the_read: bool = True) -> None:
    """Do one step while the store is asked about the next user who joins: before or after it read its answer."""
    join_states = store.join_states

    async def interrupted(user_ids: Sequence[str]) -> Any:
        monkeypatch.setattr(store, "join_states", join_states)
        if not after_the_read:
            await step()
        answer = await join_states(user_ids)
        if after_the_read:
            await step()
        return answer

    monkeypatch.setattr(store, "join_states", interrupted)


async def test_a_join_costs_the_store_one_call(harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    await harness.room("ada", "bob")
    await harness.enters("bob")
    called: list[str] = []
    for name in [name for name in dir(MemoryStore) if not name.startswith("_")]:
        monkeypatch.setattr(harness.store, name, counted(getattr(harness.store, name), name, called))
    _, socket = await harness.enters("ada")
    assert presence(socket) == [("bob", True)]
    # The store in memory calls others of its own methods for an answer.
    assert called[0] == "join_states"
    assert set(called) <= {"join_states", "ensure_user", "validity", "partners"}
    assert called.count("partners") == 1


def counted(call: Callable[..., Any], name: str, called: list[str]) -> Callable[..., Any]:
    def counting(*values: Any, **more: Any) -> Any:
        called.append(name)
        return call(*values, **more)

    return counting


@pytest.mark.parametrize("after_the_read", [True, False])
async def test_a_conversation_that_is_created_meanwhile_shows_its_partner_online(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, after_the_read: bool
) -> None:
    await harness.store.ensure_user("ada")
    _, bob = await harness.enters("bob")
    while_joining(harness.store, monkeypatch, lambda: harness.conversations.create("bob", ["ada"]), after_the_read)
    _, ada = await harness.enters("ada")
    assert presence(ada) == [("bob", True)]
    assert presence(bob) == [("ada", True)]


@pytest.mark.parametrize("after_the_read", [True, False])
async def test_a_partner_who_comes_meanwhile_is_online_and_hears_that_the_other_is(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, after_the_read: bool
) -> None:
    await harness.room("ada", "bob")
    came: list[RecordingSocket] = []

    async def bob_comes() -> None:
        socket = RecordingSocket()
        came.append(socket)
        peer = Peer(harness.service, socket, lambda: 0.0)  # type: ignore[arg-type]
        harness.service.on_connect(peer, ROOT, {"token": harness.tokens.issue("bob", harness.time)})
        for _ in range(5):
            await asyncio.sleep(0)
        assert peer.joined == (ROOT,)

    while_joining(harness.store, monkeypatch, bob_comes, after_the_read)
    _, ada = await harness.enters("ada")
    assert presence(ada) == [("bob", True)]
    assert presence(came[0]) == [("ada", True)]


async def test_a_token_that_is_revoked_meanwhile_does_not_join(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def revoke() -> None:
        valid_after = await harness.store.revoke("ada", int(harness.time) + 1)
        assert not isinstance(valid_after, Refusal)
        harness.service.publisher.revoked("ada", valid_after)

    while_joining(harness.store, monkeypatch, revoke)
    peer, socket = await harness.connects({"token": harness.tokens.issue("ada", harness.time)})
    assert socket.refused is not None
    assert socket.refused["data"] == {"code": "unauthorized"}
    assert not peer.joined
    newer = harness.tokens.issue("ada", harness.time, valid_after=int(harness.time) + 1)
    assert (await harness.connects({"token": newer}))[1].refused is None


async def test_a_store_that_is_down_closes_the_transport_so_that_the_client_comes_back(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(user_ids: Sequence[str]) -> Any:
        raise StoreDown

    monkeypatch.setattr(harness.store, "join_states", down)
    _, socket = await harness.connects({"token": harness.tokens.issue("ada", harness.time)})
    assert (socket.closed, socket.refused) == ("unavailable", None)


async def test_a_socket_that_renews_its_token_asks_the_store_whether_it_was_revoked(harness: ServiceHarness) -> None:
    peer, socket = await harness.enters("ada")
    token = harness.tokens.issue("ada", harness.time)
    assert await harness.asks(peer, "auth", {"token": token}) == {}
    # Another task revokes it, and the bus is late.
    await harness.store.revoke("ada", int(harness.time) + 1)
    assert (await harness.asks(peer, "auth", {"token": token}))["error"]["code"] == "unauthorized"
    newer = harness.tokens.issue("ada", harness.time, valid_after=int(harness.time) + 1)
    assert await harness.asks(peer, "auth", {"token": newer}) == {}
    harness.service.publisher.revoked("ada", int(harness.time) + 1)
    assert socket.closed is None, "its token is a newer one by now"


# ---- Several tasks


async def revoke(cluster: Cluster, task: int, user_id: str) -> int:
    valid_after = await cluster.store.revoke(user_id, int(cluster.now) + 1)
    assert not isinstance(valid_after, Refusal)
    cluster.relays[task].revoked(user_id, valid_after)
    return valid_after


async def test_a_revocation_closes_the_users_sockets_on_every_task_and_nobody_elses() -> None:
    cluster, ada = await partners_apart()
    _, bob = await cluster.enters(1, "bob")
    _, other = await cluster.enters(1, "ada")
    valid_after = await revoke(cluster, 0, "ada")
    newer = cluster.tokens.issue("ada", cluster.now, valid_after=valid_after)
    _, new = await cluster.tasks[1].connects({"token": newer})
    await cluster.goes_on(1.0)
    assert [socket.closed for socket in (ada, other, bob, new)] == ["token revoked", "token revoked", None, None]


async def test_a_request_at_another_task_is_refused_as_soon_as_the_bus_told_of_the_revocation() -> None:
    cluster, _ = await partners_apart()
    token, other = cluster.tokens.issue("ada", cluster.now), cluster.tasks[1].service.authentication
    assert not isinstance(await other.identify(token), Refusal)
    await revoke(cluster, 0, "ada")
    await cluster.goes_on(1.0)
    assert isinstance(await other.identify(token), Refusal)


async def test_a_revocation_that_the_bus_lost_closes_the_sockets_all_the_same() -> None:
    cluster, _ = await partners_apart()
    _, ada = await cluster.enters(1, "ada")
    await cluster.goes_on(1.0)
    cluster.bus.is_down = True
    await revoke(cluster, 0, "ada")
    assert ada.closed is None
    await cluster.goes_on(2.0)
    assert ada.closed == "token revoked"


async def test_a_revocation_that_the_bus_lost_while_the_user_joined_closes_the_new_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster, _ = await partners_apart()
    await cluster.goes_on(1.0)

    async def is_revoked_and_lost() -> None:
        cluster.bus.is_down = True
        await revoke(cluster, 0, "ada")
        relay = cluster.relays[1]
        while not relay._catch_up._is_reading:
            cluster.now = cluster.bus.now = cluster.now + 0.1
            cluster.bus.arrive()
            relay.tick()
        await relay.wait_until_idle()

    while_joining(cluster.store, monkeypatch, is_revoked_and_lost)
    _, ada = await cluster.tasks[1].connects({"token": cluster.tokens.issue("ada", cluster.now)})
    assert ada.refused is not None
    assert ada.refused["data"] == {"code": "unauthorized"}
