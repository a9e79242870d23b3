"""
What the checks need of a running chat, and what they learn of it: each method of `Service` returns what was seen, and
pure functions (service_checks.py) judge it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct


class Answer(Struct, frozen=True):
    """Of one request. The names of `headers` are in lower case."""

    status: int
    milliseconds: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def is_health(self) -> bool:
        """Whether this is what /health of a Glimpse chat answers, as one that serves or one that drains."""
        try:
            return json.loads(self.body)["status"] in ("ok", "draining")
        except (ValueError, KeyError, TypeError):
            return False


class Tls(Struct, frozen=True):
    """
    `version` is as in "TLSv1.3", None where the address is plain HTTP. `problem`: why the certificate was not
    accepted. `plain_status` and `plain_location`: what port 80 answers, None where nothing answers there.
    """

    version: str | None
    days_left: int | None = None
    problem: str | None = None
    plain_status: int | None = None
    plain_location: str | None = None


class RoundTrip(Struct, frozen=True):
    """
    One message from one user to the other over one transport. `by_receiver` and `by_sender`: how often each of them
    heard it; once is right for both.
    """

    transport: str
    milliseconds: int | None
    by_receiver: int = 0
    by_sender: int = 0
    problem: str = ""


class Polling(Struct, frozen=True):
    """
    Statuses of the requests of one polling session. `cookie`: the name of the balancer's, None where it set none.
    `without_cookie`: of further requests without that cookie, until one was refused; empty where that was not tried.
    """

    statuses: Sequence[int]
    cookie: str | None
    without_cookie: Sequence[int] = ()


class IdleConnection(Struct, frozen=True):
    """A connection that was held idle for `seconds`; `is_alive`: it still worked at the end."""

    seconds: float
    is_alive: bool


class PresignedUpload(Struct, frozen=True):
    """`signed`: the headers that the signature covers. `lives_seconds`: as the address itself says."""

    status: int
    service_host: str = ""
    store_host: str = ""
    signed: Sequence[str] = ()
    lives_seconds: int | None = None


class Upload(Struct, frozen=True):
    """An upload straight to the store. The statuses are those of the PUT, of the completion and of the download."""

    service_host: str
    store_host: str
    put: int
    complete: int
    download: int
    is_same: bool


class SecondPut(Struct, frozen=True):
    """A second PUT of other bytes to the same address. `is_unchanged`: people still get the bytes that were checked."""

    status: int
    is_unchanged: bool


class PublicRead(Struct, frozen=True):
    """Statuses without any signature or token: of the object, of the bucket's listing, of the service's own address."""

    object: int
    listing: int
    file: int


class Loss(Struct, frozen=True):
    """
    What two users saw while a task was taken away. `lost`: messages that were acknowledged and are not stored;
    `unheard`: those that the receiver neither heard nor fetched; `duplicates`: those stored or heard twice.
    `back_seconds`: for each cut socket from its close to its return, None where it did not return. `recovered_seconds`:
    until the tasks were complete again.
    """

    task: str
    acknowledged: int
    lost: int
    unheard: int
    duplicates: int
    back_seconds: Sequence[float | None] = ()
    recovered_seconds: float | None = None


class Service(Protocol):
    """
    A chat at an address, and two users of it. Methods raise NotObservable where they need users and nobody can sign up,
    and errors of the network as they come.
    """

    async def health(self) -> Answer: ...

    async def page(self) -> Answer: ...

    async def tls(self) -> Tls: ...

    async def round_trip(self, transport: str) -> RoundTrip:
        """`transport`: "websocket" or "polling"."""
        ...

    async def polling(self, is_without_cookie_too: bool) -> Polling: ...

    async def hold_socket(self, seconds: float) -> IdleConnection: ...

    async def hold_connection(self, address: str, seconds: float) -> IdleConnection:
        """A keep-alive connection to this address, which need not be that of the service."""
        ...

    async def presigned_upload(self) -> PresignedUpload: ...

    async def upload(self) -> Upload: ...

    async def put_wrong_size(self) -> int: ...

    async def put_wrong_type(self) -> int: ...

    async def put_wrong_checksum(self) -> int: ...

    async def put_twice(self) -> SecondPut: ...

    async def put_expired(self) -> tuple[int, int]:
        """The status, and how many seconds the address lived. Takes that long."""
        ...

    async def public_read(self) -> PublicRead: ...

    async def lose_task(
        self, reclaim: Callable[[], Awaitable[str]], is_recovered: Callable[[str], Awaitable[bool]]
    ) -> Loss: ...
