"""
Accounts: sign-up, log-in and passwords, where the chat issues its own tokens; and, whoever issues them, the end of all
sessions of a user and of the account.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from msgspec.structs import replace

from glimpse.chat import names
from glimpse.chat.attempts import Attempt, Attempts
from glimpse.chat.authentication import Authentication
from glimpse.chat.changes import await_change
from glimpse.chat.conversations import Conversations
from glimpse.chat.names import attempts_key, handle_keys
from glimpse.chat.ports import Store
from glimpse.chat.publisher import Publisher
from glimpse.chat.refusals import (
    FORBIDDEN,
    NOT_FOUND,
    RATE_LIMITED,
    SIGNUP_OFF,
    UNAUTHORIZED,
    WRONG_CREDENTIALS,
    WRONG_PASSWORD,
    Refusal,
)
from glimpse.chat.tokens import LEEWAY_SECONDS, Identity, Tokens
from glimpse.chat.values import Credentials, User

T = TypeVar("T")


class Passwords(Protocol):
    """
    Hashing is slow on purpose, so calls are queued, each network in its turn. Both methods are refused `busy` where the
    queue is full. `network`: the client's.
    """

    async def hash(self, password: str, network: str) -> str | Refusal: ...

    async def matches(
        self, password_hash: str | None, password: str, network: str, is_usual_network: bool
    ) -> bool | Refusal:
        """
        False where there is no hash, after the same time, so that the duration does not reveal whether a handle exists.
        `is_usual_network` as in Attempt.
        """
        ...


@dataclass(frozen=True, slots=True)
class IssuedToken:
    token: str
    lifetime_seconds: int
    user: User


class Accounts:
    """
    `keeps_accounts`: people sign up and log in here; otherwise another issuer has the accounts. `now` in seconds since
    1970. A `network` is where a client is, as `client_network` says.
    """

    def __init__(
        self,
        store: Store,
        passwords: Passwords,
        attempts: Attempts,
        tokens: Tokens,
        authentication: Authentication,
        conversations: Conversations,
        publisher: Publisher,
        keeps_accounts: bool,
        now: Callable[[], float],
        make_id: Callable[[], str],
    ) -> None:
        self._store, self._passwords, self._attempts, self._tokens = store, passwords, attempts, tokens
        self._authentication, self._conversations, self._publisher = authentication, conversations, publisher
        self._keeps_accounts, self._now, self._make_id = keeps_accounts, now, make_id

    async def sign_up(self, handle: str, password: str, network: str) -> IssuedToken | Refusal:
        """Refused `handle_taken`, `invalid`, `rate_limited`, `busy`, `signup_off`."""
        if not self._keeps_accounts:
            return SIGNUP_OFF
        shown, accepted = names.new_handle(handle), names.new_password(password)
        if isinstance(shown, Refusal):
            return shown
        if isinstance(accepted, Refusal):
            return accepted
        if wait := self._attempts.begin_sign_up(network, self._now()):
            return RATE_LIMITED.after(wait)
        hashed = await self._passwords.hash(accepted, network)
        if isinstance(hashed, Refusal):
            self._attempts.sign_up_abandoned(network)
            return hashed
        user = await self._store.sign_up(self._make_id(), shown, hashed)
        if isinstance(user, Refusal):
            return user
        await self._store.remember_login(user.id, network)
        now = self._now()
        return self._issue_token(user, now, now)

    async def log_in(self, handle: str, password: str, network: str) -> IssuedToken | Refusal:
        """
        Refused `rate_limited`, `busy`, and `unauthorized`: the same for a wrong handle and a wrong password;
        `signup_off` where no accounts are kept.
        """
        if not self._keeps_accounts:
            return SIGNUP_OFF
        candidates = [await self._store.credentials(key) for key in handle_keys(handle)]
        found = await self._account_of(attempts_key(handle), candidates, password, network)
        if isinstance(found, Refusal):
            return found
        # Read again: while the password was compared, it may have been changed, and the tokens revoked.
        now = self._now()
        account = await self._store.credentials_of(found.user.id) if found else None
        if found is None or account is None or account.password_hash != found.password_hash:
            return WRONG_CREDENTIALS
        if account.login_network != network:
            await self._store.remember_login(account.user.id, network)
        return self._issue_token(account.user, now, now, account.valid_after)

    async def refresh(self, identity: Identity) -> IssuedToken | Refusal:
        """
        A new token of the same session. Refused `unauthorized` for a token that was not issued here or was revoked, and
        after the end of the session; `signup_off`.
        """
        if not self._keeps_accounts:
            return SIGNUP_OFF
        now, started = self._now(), identity.session_started_at
        if started is None:
            return UNAUTHORIZED.because("only a token that was issued here can be renewed")
        if self._tokens.expires_at(now, started) <= now:
            return UNAUTHORIZED.because("the session has ended; log in again")
        checked = await self._authentication.check(identity)
        if isinstance(checked, Refusal):
            return checked
        user = await self._store.ensure_user(identity.user_id)
        return user if isinstance(user, Refusal) else self._issue_token(user, now, started, int(identity.issued_at))

    async def change_password(
        self, identity: Identity, password: str, new_password: str, network: str
    ) -> IssuedToken | Refusal:
        """
        Replace the password, and end all sessions but one that begins with the returned token. Refused as by `log_in`,
        `forbidden` for a wrong password, `invalid` for the new one.
        """
        if not self._keeps_accounts:
            return SIGNUP_OFF
        accepted = names.new_password(new_password)
        if isinstance(accepted, Refusal):
            return replace(accepted, field="newPassword")
        account = await self._confirmed(identity, password, network)
        if isinstance(account, Refusal):
            return account
        new_hash = await self._passwords.hash(accepted, network)
        if isinstance(new_hash, Refusal):
            return new_hash
        user, now = account.user, self._now()
        changing = self._store.change_password(user.id, account.password_hash, new_hash, self._next_second(identity))
        valid_after = await self._revoke(user.id, changing)
        return WRONG_PASSWORD if valid_after is None else self._issue_token(user, now, now, valid_after)

    async def log_out_everywhere(self, identity: Identity) -> Refusal | None:
        """Revoke all tokens of the user, whoever issued them, and close the sockets. Refused `unauthorized`."""
        checked = await self._authentication.check(identity)
        if isinstance(checked, Refusal):
            return checked
        revoking = self._store.revoke(identity.user_id, self._next_second(identity))
        revoked = await self._revoke(identity.user_id, revoking)
        return revoked if isinstance(revoked, Refusal) else None

    async def delete(self, identity: Identity, password: str | None, network: str) -> Refusal | None:
        """
        Delete the user's account. Messages stay, and conversations of two; groups are left. An account that is kept
        here needs its password. Another issuer's user can come back with a new token, to an empty account. Refused as
        by `change_password`.
        """
        checked = await self._authentication.check(identity)
        if isinstance(checked, Refusal):
            return checked
        if self._keeps_accounts and await self._store.credentials_of(identity.user_id):
            account = await self._confirmed(identity, password or "", network)
            if isinstance(account, Refusal):
                return account
        # Left first: where something fails, the user still has a token, and can ask for the rest.
        if refused := await self._leave_groups(identity.user_id):
            return refused
        await self._store.ensure_user(identity.user_id)
        deleting = self._store.delete_user(identity.user_id, self._next_second(identity))
        deleted = await self._revoke(identity.user_id, deleting)
        if isinstance(deleted, Refusal):
            return deleted
        # Somebody may have added the user to another group meanwhile.
        return await self._leave_groups(identity.user_id)

    # ---- Steps of the above

    async def _account_of(
        self, account: str, candidates: Sequence[Credentials | None], password: str, network: str
    ) -> Credentials | Refusal | None:
        """
        Which of these accounts has this password, counted as one attempt on `account`. A candidate that is None takes
        as long as one that exists. Refused `rate_limited`, `busy`.
        """
        is_usual_network = any(each and each.login_network == network for each in candidates)
        attempt = self._attempts.begin(account, network, is_usual_network, self._now())
        if not isinstance(attempt, Attempt):
            return RATE_LIMITED.after(attempt)
        # The release before hashed passwords as they were typed.
        enforced = names.enforced_password(password)
        texts = dict.fromkeys([password] if enforced is None else [enforced, password])
        compared = 0
        for candidate in candidates:
            for text in texts:
                password_hash = candidate.password_hash if candidate else None
                matches = await self._passwords.matches(password_hash, text, network, is_usual_network)
                if isinstance(matches, Refusal):
                    if not compared:
                        self._attempts.abandoned(attempt)
                    return matches
                compared += 1
                if matches:
                    self._attempts.succeeded(attempt)
                    return candidate
        return None

    async def _confirmed(self, identity: Identity, password: str, network: str) -> Credentials | Refusal:
        """
        The account of a user who repeats the password. Refused `forbidden` for a wrong one, and for another issuer's
        user; `rate_limited`, `busy`.
        """
        account = await self._store.credentials_of(identity.user_id)
        if account is None or account.user.handle is None:
            return FORBIDDEN.because("this account has no password here")
        found = await self._account_of(attempts_key(account.user.handle), [account], password, network)
        return found or WRONG_PASSWORD

    def _next_second(self, identity: Identity) -> int:
        """
        The first second of which no token was issued yet: tokens have whole seconds. The user's token may be from a
        clock that is a little ahead.
        """
        now = self._now()
        return int(min(max(now, identity.issued_at), now + LEEWAY_SECONDS - 1)) + 1

    async def _revoke(self, user_id: str, revoking: Awaitable[T]) -> T:
        """Revoke tokens in the store, then on every task."""
        revoked = await await_change(revoking, self._publisher)
        self._authentication.forget(user_id)
        if isinstance(revoked, int):
            self._publisher.revoked(user_id, revoked)
        return revoked

    async def _leave_groups(self, user_id: str) -> Refusal | None:
        for conversation_id in await self._store.groups(user_id):
            left = await self._conversations.leave(user_id, conversation_id)
            if isinstance(left, Refusal) and left.code != NOT_FOUND.code:
                return left
        return None

    def _issue_token(self, user: User, now: float, started: float, valid_after: int = 0) -> IssuedToken:
        token = self._tokens.issue(user.id, now, started, valid_after)
        return IssuedToken(token, self._tokens.expires_at(now, started) - int(now), user)
