"""Users: created on first use, found by handle, blocked and unblocked."""

from __future__ import annotations

import pytest

from glimpse.chat import users as users_module
from glimpse.chat.memory import MemoryStore
from glimpse.chat.refusals import INVALID, NOT_FOUND, Refusal
from glimpse.chat.users import Users
from glimpse.chat.values import NewMessage, User
from tests.chat.conftest import memory_store


@pytest.fixture
def store() -> MemoryStore:
    return memory_store()


@pytest.fixture
def users(store: MemoryStore) -> Users:
    return Users(store)


async def test_a_user_of_another_issuers_token_exists_from_their_first_request(
    store: MemoryStore, users: Users
) -> None:
    assert await users.ensure("ada") == User("ada")
    assert await users.update_profile("bob", "Bob", None) == User("bob", display_name="Bob")
    assert await users.block("cy", "ada", on=True) is None
    assert [user.id for user in await store.users(["ada", "bob", "cy"])] == ["ada", "bob", "cy"]


async def test_an_omitted_field_of_a_profile_stays_as_it_was(users: Users) -> None:
    await users.update_profile("ada", "Ada", None)
    assert await users.update_profile("ada", None, None) == User("ada", display_name="Ada")


async def test_a_user_is_found_by_their_handle_in_any_case(store: MemoryStore, users: Users) -> None:
    await store.sign_up("u1", "Ada", "hash")
    assert await users.by_handle("aDA") == User("u1", "Ada")
    assert await users.by_handle("bob") == NOT_FOUND


async def test_a_blocked_user_is_refused_until_they_are_unblocked(store: MemoryStore, users: Users) -> None:
    await users.ensure("ada")
    await users.ensure("bob")
    await store.create_conversation("c1", "ada", ["bob"])
    codes = []
    for on in (True, False):
        await users.block("bob", "ada", on)
        [outcome] = await store.append([NewMessage("c1", "ada", f"blocked: {on}", "hello")])
        codes.append(outcome.code if isinstance(outcome, Refusal) else "stored")
    assert codes == ["blocked", "stored"]


async def test_nobody_blocks_themselves_or_a_user_who_does_not_exist(users: Users) -> None:
    assert await users.block("ada", "ada", on=True) == INVALID
    assert await users.block("ada", "nobody", on=True) == NOT_FOUND


async def test_a_user_who_reconnects_costs_the_store_nothing(
    store: MemoryStore, users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensured: list[str] = []
    ensure_user = store.ensure_user

    async def counted(user_id: str) -> User | Refusal:
        ensured.append(user_id)
        return await ensure_user(user_id)

    monkeypatch.setattr(store, "ensure_user", counted)
    monkeypatch.setattr(users_module, "MAX_KNOWN_USERS", 2)
    for user_id in ("ada", "ada", "bob", "ada", "bob"):
        assert await users.ensure_known(user_id) is None
    assert ensured == ["ada", "bob"]
    await users.ensure_known("cy")
    await users.ensure_known("ada")
    assert ensured == ["ada", "bob", "cy", "ada"], "a full memory starts again"


async def test_an_id_that_no_store_can_hold_is_refused_each_time(users: Users) -> None:
    assert await users.ensure_known("\0") == INVALID
    assert await users.ensure_known("\0") == INVALID
