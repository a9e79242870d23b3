"""Users: created on first use, found by handle, blocked and unblocked."""

from __future__ import annotations

import pytest

from glimpse.chat.ports import Store
from glimpse.chat.refusals import INVALID, NOT_FOUND, Refusal
from glimpse.chat.users import Users
from glimpse.chat.values import NewMessage, User
from tests.chat.use_cases import UseCases


@pytest.fixture
def use_cases() -> UseCases:
    return UseCases()


@pytest.fixture
def store(use_cases: UseCases) -> Store:
    return use_cases.store


@pytest.fixture
def users(use_cases: UseCases) -> Users:
    return use_cases.users


async def test_a_user_of_another_issuers_token_exists_from_their_first_request(store: Store, users: Users) -> None:
    assert await users.ensure("ada") == User("ada")
    assert await users.update_profile("bob", "Bob", None) == User("bob", display_name="Bob")
    assert await users.block("cy", "ada", on=True) is None
    assert [user.id for user in await store.users(["ada", "bob", "cy"])] == ["ada", "bob", "cy"]


async def test_an_omitted_field_of_a_profile_stays_as_it_was(users: Users) -> None:
    await users.update_profile("ada", "Ada", None)
    assert await users.update_profile("ada", None, None) == User("ada", display_name="Ada")


async def test_a_display_name_is_stored_in_its_normal_form_kept_and_removed(users: Users) -> None:
    assert await users.update_profile("ada", " Ada  L. ", None) == User("ada", display_name="Ada L.")
    refused = await users.update_profile("ada", "\u2800", None)
    assert isinstance(refused, Refusal)
    assert refused.code == "invalid"
    assert await users.ensure("ada") == User("ada", display_name="Ada L.")
    assert await users.update_profile("ada", "", None) == User("ada")


async def test_a_user_is_found_by_their_handle_in_any_case(store: Store, users: Users) -> None:
    await store.sign_up("u1", "Ada", "hash")
    assert await users.by_handle("aDA") == User("u1", "Ada")
    assert await users.by_handle("bob") == NOT_FOUND


async def test_a_blocked_user_is_refused_until_they_are_unblocked(store: Store, users: Users) -> None:
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


async def test_the_users_whom_one_blocks_are_read_page_by_page(users: Users) -> None:
    for user_id in ("ada", "bob", "cy", "dan"):
        await users.ensure(user_id)
    for user_id in ("dan", "bob", "cy"):
        await users.block("ada", user_id, on=True)
    assert await users.blocked("ada", "", 2) == ([User("bob"), User("cy")], "cy")
    assert await users.blocked("ada", "cy", 2) == ([User("dan")], None)
    assert await users.blocked("ada", "", 3) == ([User("bob"), User("cy"), User("dan")], None)
