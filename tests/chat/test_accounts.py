"""Accounts: which passwords let whom in, when a session ends, and what is left of a deleted account."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from glimpse.chat.accounts import Accounts, IssuedToken
from glimpse.chat.attempts import Attempts
from glimpse.chat.authentication import REVOKED_TOKEN, VALIDITY_SECONDS
from glimpse.chat.names import handle_keys
from glimpse.chat.ports import StoreDown
from glimpse.chat.refusals import (
    HANDLE_TAKEN,
    INVALID,
    SIGNUP_OFF,
    UNAUTHORIZED,
    WRONG_CREDENTIALS,
    WRONG_PASSWORD,
    Refusal,
)
from glimpse.chat.tokens import Identity, Tokens
from glimpse.chat.values import User, Validity
from tests.chat.harness import SECRET, RecordingSocket, ServiceHarness

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"
PASSWORD, NEW_PASSWORD = "a long password", "another long password"
SESSION_SECONDS = 10_000.0


class PlainPasswords:
    """Hashes that can be read; `compared` are the hash and the password of each comparison."""

    def __init__(self) -> None:
        self.compared: list[tuple[str | None, str]] = []
        self.before_matching: Callable[[], Awaitable[Any]] | None = None

    async def hash(self, password: str, network: str) -> str:
        return f"hash of {password}"

    async def matches(self, password_hash: str | None, password: str, network: str, is_usual_network: bool) -> bool:
        if self.before_matching:
            before, self.before_matching = self.before_matching, None
            await before()
        self.compared.append((password_hash, password))
        return password_hash == f"hash of {password}"


class Chat(ServiceHarness):
    """A task with accounts, whose time a test sets."""

    def __init__(self, keeps_accounts: bool = True) -> None:
        super().__init__(tokens=Tokens([SECRET], 3600, SESSION_SECONDS))
        self.authentication = self.service.authentication
        self.passwords = PlainPasswords()
        numbers = iter(range(1, 1000))
        self.accounts = Accounts(
            self.store, self.passwords, Attempts(), self.tokens, self.authentication, self.conversations,
            self.service.publisher, keeps_accounts, self.now, lambda: f"user-{next(numbers)}",
        )  # fmt: skip

    async def signs_up(self, handle: str = "Ada") -> IssuedToken:
        return issued(await self.accounts.sign_up(handle, PASSWORD, HOME))

    async def logs_in(self, handle: str = "ada", password: str = PASSWORD) -> IssuedToken | Refusal:
        return await self.accounts.log_in(handle, password, HOME)

    def identity(self, token: str | IssuedToken) -> Identity:
        found = self.tokens.verify(token.token if isinstance(token, IssuedToken) else token, self.time)
        assert isinstance(found, Identity), found
        return found

    async def requests(self, token: str | IssuedToken) -> str:
        """What a REST request with this token gets: the user's id, or the code of the refusal."""
        found = await self.authentication.identify(token.token if isinstance(token, IssuedToken) else token)
        return found.code if isinstance(found, Refusal) else found.user_id

    async def joins(self, token: str | IssuedToken) -> RecordingSocket:
        return (await self.connects({"token": token.token if isinstance(token, IssuedToken) else token}))[1]


def issued(outcome: IssuedToken | Refusal) -> IssuedToken:
    assert isinstance(outcome, IssuedToken), outcome
    return outcome


@pytest.fixture
def chat() -> Chat:
    return Chat()


# ---- Log-in


async def test_a_password_lets_in_and_another_does_not(chat: Chat) -> None:
    ada = await chat.signs_up()
    chat.time += 5
    again = issued(await chat.logs_in())
    assert (again.user, again.lifetime_seconds) == (ada.user, 3600)
    assert await chat.requests(again) == ada.user.id
    assert await chat.logs_in(password="not this one") == WRONG_CREDENTIALS
    assert await chat.logs_in("nobody") == WRONG_CREDENTIALS


async def test_an_account_of_the_release_before_keeps_its_handle_and_its_password(chat: Chat) -> None:
    # The old release folded case only, and hashed what was typed.
    fullwidth, typed = "\uff21da", "\uff21 long\u3000password"
    chat.store._handles[handle_keys(fullwidth)[-1]] = ("old", f"hash of {typed}")
    chat.store._users["old"] = User("old", fullwidth)
    assert issued(await chat.logs_in(fullwidth, typed)).user.id == "old"


async def test_of_two_accounts_that_are_one_handle_by_todays_rules_each_is_let_in_by_its_password(chat: Chat) -> None:
    fullwidth = "\uff21da"
    ada = await chat.signs_up("ada")
    chat.store._handles[handle_keys(fullwidth)[-1]] = ("old", "hash of old password")
    chat.store._users["old"] = User("old", fullwidth)
    assert issued(await chat.logs_in(fullwidth, "old password")).user.id == "old"
    assert issued(await chat.logs_in(fullwidth, PASSWORD)).user == ada.user
    assert issued(await chat.logs_in("ada", PASSWORD)).user == ada.user


@pytest.mark.parametrize("password", ["wrong password", "\uff37rong\u3000password"])
@pytest.mark.parametrize(("known", "unknown"), [("Ada", "bob"), ("\uff21da", "\uff22ob")])
async def test_an_unknown_handle_takes_as_many_hashes_as_a_known_one(
    chat: Chat, known: str, unknown: str, password: str
) -> None:
    await chat.signs_up()
    counts = []
    for handle in (known, unknown):
        chat.passwords.compared.clear()
        assert await chat.logs_in(handle, password) == WRONG_CREDENTIALS
        counts.append([text for _, text in chat.passwords.compared])
    assert counts[0] == counts[1] != []


async def test_a_log_in_that_was_under_way_while_the_password_changed_is_refused(chat: Chat) -> None:
    ada = await chat.signs_up()

    async def change() -> None:
        issued(await chat.accounts.change_password(chat.identity(ada), PASSWORD, NEW_PASSWORD, HOME))
        chat.time += 5

    chat.passwords.before_matching = change
    assert await chat.logs_in() == WRONG_CREDENTIALS


async def test_a_log_in_that_was_under_way_while_the_account_was_deleted_is_refused(chat: Chat) -> None:
    ada = await chat.signs_up()

    async def delete() -> None:
        assert await chat.accounts.delete(chat.identity(ada), PASSWORD, HOME) is None
        chat.time += 5

    chat.passwords.before_matching = delete
    assert await chat.logs_in() == WRONG_CREDENTIALS


async def test_where_no_accounts_are_kept_there_is_no_way_in_but_the_other_issuers() -> None:
    chat = Chat(keeps_accounts=False)
    ada = chat.identity(chat.tokens.issue("ada", chat.time))
    for refused in (
        await chat.accounts.sign_up("ada", PASSWORD, HOME),
        await chat.logs_in(),
        await chat.accounts.refresh(ada),
        await chat.accounts.change_password(ada, PASSWORD, NEW_PASSWORD, HOME),
    ):
        assert refused == SIGNUP_OFF
    assert not chat.passwords.compared


# ---- Sessions


async def test_a_session_is_renewed_until_it_ends_and_no_longer(chat: Chat) -> None:
    token, began = (await chat.signs_up()).token, chat.time
    while chat.time < began + SESSION_SECONDS - 3000:
        chat.time += 3000
        renewed = issued(await chat.accounts.refresh(chat.identity(token)))
        token = renewed.token
    assert chat.identity(token).expires_at == began + SESSION_SECONDS
    assert renewed.lifetime_seconds == began + SESSION_SECONDS - chat.time
    chat.time = began + SESSION_SECONDS - 1
    assert issued(await chat.accounts.refresh(chat.identity(token))).lifetime_seconds == 1
    at_the_end = chat.identity(token)
    chat.time += 1
    refused = await chat.accounts.refresh(at_the_end)
    assert isinstance(refused, Refusal)
    assert (refused.code, "log in again" in refused.detail) == (UNAUTHORIZED.code, True)


async def test_a_token_of_two_seconds_from_elsewhere_cannot_be_renewed(chat: Chat) -> None:
    elsewhere = Identity("ada", chat.time + 2, chat.time)
    refused = await chat.accounts.refresh(elsewhere)
    assert isinstance(refused, Refusal)
    assert refused.code == UNAUTHORIZED.code


async def test_log_out_everywhere_ends_what_was_issued_before_and_nothing_that_is_issued_after(chat: Chat) -> None:
    first, second = await chat.signs_up(), issued(await chat.logs_in())
    socket = await chat.joins(first)
    other = await chat.joins(chat.tokens.issue("bob", chat.time))
    assert await chat.requests(second) == first.user.id
    assert await chat.accounts.log_out_everywhere(chat.identity(second)) is None
    assert (socket.closed, other.closed) == ("token revoked", None)
    for token in (first, second):
        assert await chat.requests(token) == UNAUTHORIZED.code
        assert await chat.accounts.refresh(chat.identity(token)) == REVOKED_TOKEN
        assert await chat.accounts.log_out_everywhere(chat.identity(token)) == REVOKED_TOKEN
        refused = (await chat.joins(token)).refused
        assert refused
        assert refused["data"] == {"code": "unauthorized"}, "a retry would not help"
    # in the same second
    new = issued(await chat.logs_in())
    assert await chat.requests(new) == first.user.id
    assert (await chat.joins(new)).refused is None
    assert await chat.accounts.log_out_everywhere(chat.identity(new)) is None
    assert await chat.requests(new) == UNAUTHORIZED.code


async def test_log_out_everywhere_ends_the_tokens_of_other_issuers_too(chat: Chat) -> None:
    undated = Identity("ada", chat.time + 100)
    assert await chat.authentication.check(undated) == undated
    dated = Identity("ada", chat.time + 100, chat.time + 30)
    assert await chat.accounts.log_out_everywhere(dated) is None
    assert await chat.authentication.check(undated) == REVOKED_TOKEN
    assert await chat.authentication.check(dated) == REVOKED_TOKEN, "although its issuer's clock is ahead"
    later = Identity("ada", chat.time + 100, chat.time + 31)
    assert await chat.authentication.check(later) == later


async def test_a_request_goes_by_what_was_read_up_to_a_minute_ago(chat: Chat) -> None:
    token = chat.tokens.issue("ada", chat.time)
    assert await chat.requests(token) == "ada"
    # Another task revokes it.
    await chat.store.revoke("ada", int(chat.time) + 1)
    chat.time += VALIDITY_SECONDS - 1
    assert await chat.requests(token) == "ada"
    chat.time += 1
    assert await chat.requests(token) == UNAUTHORIZED.code


async def test_whoever_goes_on_to_use_a_revoked_token_does_not_make_the_store_work(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, asked, validity = chat.tokens.issue("ada", chat.time), [], chat.store.validity
    await chat.store.revoke("ada", int(chat.time) + 1)

    async def counted(user_id: str) -> Validity:
        asked.append(user_id)
        return await validity(user_id)

    monkeypatch.setattr(chat.store, "validity", counted)
    assert {await chat.requests(token) for _ in range(100)} == {UNAUTHORIZED.code}
    assert asked == ["ada"]


async def test_where_the_outcome_of_a_revocation_is_unknown_the_task_looks_for_it(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, told = chat.identity(chat.tokens.issue("ada", chat.time)), []

    async def down(*_: object) -> int:
        raise StoreDown

    monkeypatch.setattr(chat.store, "revoke", down)
    monkeypatch.setattr(chat.service.publisher, "outcome_unknown", lambda: told.append(True))
    with pytest.raises(StoreDown):
        await chat.accounts.log_out_everywhere(ada)
    assert told == [True]


# ---- Passwords


async def test_a_new_password_ends_every_other_session(chat: Chat) -> None:
    ada = await chat.signs_up()
    socket = await chat.joins(ada)
    changed = issued(await chat.accounts.change_password(chat.identity(ada), PASSWORD, NEW_PASSWORD, HOME))
    assert await chat.requests(changed) == ada.user.id
    assert await chat.requests(ada) == UNAUTHORIZED.code
    assert socket.closed == "token revoked"
    assert await chat.logs_in() == WRONG_CREDENTIALS
    assert issued(await chat.logs_in(password=NEW_PASSWORD)).user == ada.user


async def test_a_password_is_changed_by_whoever_knows_it_to_one_that_is_accepted(chat: Chat) -> None:
    ada = chat.identity(await chat.signs_up())
    assert await chat.accounts.change_password(ada, "not this one", NEW_PASSWORD, HOME) == WRONG_PASSWORD
    short = await chat.accounts.change_password(ada, PASSWORD, "short", HOME)
    assert isinstance(short, Refusal)
    assert (short.code, short.field) == (INVALID.code, "newPassword")
    other = chat.identity(chat.tokens.issue("another issuer's", chat.time))
    refused = await chat.accounts.change_password(other, PASSWORD, NEW_PASSWORD, HOME)
    assert isinstance(refused, Refusal)
    assert refused.status == 403
    assert issued(await chat.logs_in()).user.id == ada.user_id


async def test_of_two_changes_at_once_one_is_made(chat: Chat) -> None:
    ada = chat.identity(await chat.signs_up())
    changes = [chat.accounts.change_password(ada, PASSWORD, f"{NEW_PASSWORD} {n}", HOME) for n in (1, 2)]
    outcomes = await asyncio.gather(*changes)
    assert [isinstance(outcome, IssuedToken) for outcome in outcomes].count(True) == 1
    assert WRONG_PASSWORD in outcomes


async def test_guessing_the_password_of_a_session_is_limited_as_at_log_in(chat: Chat) -> None:
    ada = chat.identity(await chat.signs_up())
    for _ in range(20):
        refused = await chat.accounts.change_password(ada, "a guess", NEW_PASSWORD, ELSEWHERE)
    assert isinstance(refused, Refusal)
    assert refused.code == "rate_limited"
    assert len(chat.passwords.compared) < 20
    # The owner, on the usual network, is not kept out.
    assert issued(await chat.logs_in()).user.id == ada.user_id


@pytest.mark.parametrize("way_in", ["refresh", "log-in"])
async def test_a_token_that_is_issued_while_all_are_revoked_is_revoked_too(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, way_in: str
) -> None:
    ada = await chat.signs_up()
    began = int(chat.time)
    chat.time += 1.01
    read = "validity" if way_in == "refresh" else "credentials_of"
    found = getattr(chat.store, read)

    async def revoked_after_it_was_read(user_id: str) -> Any:
        answer = await found(user_id)
        # By another task, where the call began in the second before.
        await chat.store.revoke(user_id, began + 1)
        return answer

    monkeypatch.setattr(chat.store, read, revoked_after_it_was_read)
    new = await (chat.accounts.refresh(chat.identity(ada)) if way_in == "refresh" else chat.logs_in())
    monkeypatch.undo()
    chat.time += VALIDITY_SECONDS
    assert await chat.requests(issued(new)) == UNAUTHORIZED.code
    assert (await chat.joins(issued(new))).refused is not None
    assert await chat.requests(issued(await chat.logs_in())) == ada.user.id


# ---- Deletion


async def test_of_a_deleted_account_the_messages_stay_and_the_groups_are_left(chat: Chat) -> None:
    ada = await chat.signs_up()
    pair, group = await chat.room(ada.user.id, "bob"), await chat.room(ada.user.id, "bob", "cy")
    _, bob = await chat.enters("bob")
    socket = await chat.joins(ada)
    assert await chat.accounts.delete(chat.identity(ada), "not this one", HOME) == WRONG_PASSWORD
    assert await chat.accounts.delete(chat.identity(ada), None, HOME) == WRONG_PASSWORD
    assert await chat.accounts.delete(chat.identity(ada), PASSWORD, HOME) is None
    assert socket.closed == "token revoked"
    assert [each["memberIds"] for each in bob.of("conversation")] == [["bob", "cy"]]
    assert bob.of("conversation")[0]["id"] == group
    found = await chat.store.conversation(pair, "bob")
    assert not isinstance(found, Refusal)
    assert set(found.member_ids) == {ada.user.id, "bob"}
    assert await chat.store.users([ada.user.id]) == [User(ada.user.id, is_deleted=True)]
    assert await chat.logs_in() == WRONG_CREDENTIALS
    assert await chat.requests(ada) == UNAUTHORIZED.code
    assert (await chat.signs_up("ADA")).user.id != ada.user.id, "the handle is free"


async def test_who_changes_the_password_while_the_account_is_deleted_does_not_keep_it(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await chat.signs_up()
    delete = chat.store.delete_user
    intruder: list[IssuedToken] = []

    async def changed_before(user_id: str, valid_after: int) -> int | Refusal:
        intruder.append(issued(await chat.accounts.change_password(chat.identity(ada), PASSWORD, NEW_PASSWORD, HOME)))
        return await delete(user_id, valid_after)

    monkeypatch.setattr(chat.store, "delete_user", changed_before)
    assert await chat.accounts.delete(chat.identity(ada), PASSWORD, HOME) is None
    assert await chat.requests(intruder[0]) == UNAUTHORIZED.code
    assert await chat.store.users([ada.user.id]) == [User(ada.user.id, is_deleted=True)]


async def test_a_group_that_somebody_added_meanwhile_is_left_too(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await chat.signs_up()
    group, delete = await chat.room("bob", "cy", "dora"), chat.store.delete_user

    async def added_before(user_id: str, valid_after: int) -> int | Refusal:
        await chat.store.add_members(group, "bob", [user_id])
        return await delete(user_id, valid_after)

    monkeypatch.setattr(chat.store, "delete_user", added_before)
    assert await chat.accounts.delete(chat.identity(ada), PASSWORD, HOME) is None
    assert await chat.store.groups(ada.user.id) == []


async def test_another_issuers_user_comes_back_with_a_newer_token_to_an_empty_account() -> None:
    chat = Chat(keeps_accounts=False)
    old = chat.tokens.issue("ada", chat.time)
    await chat.users.update_profile("ada", "Ada", None)
    assert await chat.accounts.delete(chat.identity(old), None, HOME) is None
    assert await chat.store.users(["ada"]) == [User("ada", is_deleted=True)]
    for way_back in (chat.requests, chat.joins):
        await way_back(old)
        assert await chat.store.users(["ada"]) == [User("ada", is_deleted=True)]
        chat.time += 1
        new = chat.tokens.issue("ada", chat.time)
        await way_back(new)
        assert await chat.store.users(["ada"]) == [User("ada")]
        assert await chat.accounts.delete(chat.identity(new), None, HOME) is None


async def test_a_task_that_still_trusts_what_it_read_lets_a_user_come_back_at_once() -> None:
    chat = Chat(keeps_accounts=False)
    await chat.users.ensure("ada")
    await chat.requests(chat.tokens.issue("ada", chat.time))
    # Another task deletes the account, and this one does not hear of it.
    await chat.store.delete_user("ada", int(chat.time) + 1)
    chat.time += 1
    assert await chat.requests(chat.tokens.issue("ada", chat.time)) == "ada"
    assert await chat.store.users(["ada"]) == [User("ada")]


async def test_who_was_never_here_deletes_an_empty_account(chat: Chat) -> None:
    assert await chat.accounts.delete(Identity("ada", chat.time + 1, chat.time), None, HOME) is None
    assert await chat.store.users(["ada"]) == [User("ada", is_deleted=True)]


async def test_a_new_account_has_a_handle_and_a_password_that_everybody_can_type_again(chat: Chat) -> None:
    assert (await chat.signs_up("\uff21da")).user.handle == "Ada", "the wide letter is the letter"
    for handle in ("\u2800", "ad\u200ba", "a\u0430"):
        refused = await chat.accounts.sign_up(handle, PASSWORD, HOME)
        assert isinstance(refused, Refusal)
        assert refused.code == INVALID.code
    fullwidth_space = issued(await chat.accounts.sign_up("bob", "a\u3000long password", HOME))
    assert issued(await chat.logs_in("BOB", PASSWORD)).user == fullwidth_space.user


async def test_a_handle_is_taken_by_an_account_of_the_release_before(chat: Chat) -> None:
    chat.store._handles["strasse"] = ("old", "hash")
    chat.store._users["old"] = User("old", "Stra\u00dfe")
    assert await chat.accounts.sign_up("stra\u00dfe", PASSWORD, HOME) == HANDLE_TAKEN
    assert (
        await chat.users.by_handle("STRASSE") == await chat.users.by_handle("stra\u00dfe") == User("old", "Stra\u00dfe")
    )
