"""The Service of `glimpse verify`: health, TLS, sockets and polling. Files are in upload_probe.py."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import socketio
from msgspec.structs import replace

from glimpse.operations.checks.service import Answer, IdleConnection, Loss, Polling, RoundTrip, Tls
from glimpse.operations.outside.loss_probe import lose_task
from glimpse.operations.outside.probe_session import ANSWER_SECONDS, USER_AGENT, new_session
from glimpse.operations.outside.probe_users import CLIENT_ID_START, ProbeUsers
from glimpse.operations.outside.upload_probe import UploadProbe

HEARD_SECONDS = 5.0
"""How long a message may take to reach the other user: twice the 2 s that the contract allows without the bus."""

SETTLE_SECONDS = 0.5
"""How long a message that was heard may still come a second time."""

POLLING_ROUNDS = 3
MAX_TRIES_WITHOUT_COOKIE = 12
"""With two tasks, each request without the cookie reaches the wrong one every second time."""

SOCKET_PATH = "/socket.io/?EIO=4&transport=polling"


class ServiceProbe(UploadProbe):
    """Implements Service. `plain_port` is where plain HTTP would be answered beside TLS."""

    def __init__(self, users: ProbeUsers, plain_port: int = 80) -> None:
        super().__init__(users)
        self._plain_port = plain_port

    async def health(self) -> Answer:
        return await self._page_of("/health")

    async def page(self) -> Answer:
        return await self._page_of("/")

    async def _page_of(self, path: str) -> Answer:
        self._users.count_request()
        began = time.monotonic()
        async with self._users.session.get(self._users.url + path, allow_redirects=False) as answer:
            body = await answer.read()
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, round((time.monotonic() - began) * 1000), headers, body)

    # ---- TLS

    async def tls(self) -> Tls:
        address = urlsplit(self._users.url)
        if address.scheme != "https":
            return Tls(None)
        host = address.hostname or ""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                _, writer = await asyncio.open_connection(host, address.port or 443, ssl=ssl.create_default_context())
        except ssl.SSLCertVerificationError as error:
            return Tls(None, problem=error.verify_message)
        except ssl.SSLError as error:
            return Tls(None, problem=error.reason or str(error))
        tls = writer.get_extra_info("ssl_object")
        version, ends = tls.version(), ssl.cert_time_to_seconds(tls.getpeercert()["notAfter"])
        writer.transport.abort()
        days = (datetime.datetime.fromtimestamp(ends, datetime.UTC) - datetime.datetime.now(datetime.UTC)).days
        return Tls(version, days, None, *await self._plain(host))

    async def _plain(self, host: str) -> tuple[int | None, str | None]:
        """What plain HTTP answers: its status and where it sends people."""
        self._users.count_request()
        try:
            named = f"[{host}]" if ":" in host else host
            async with self._users.session.get(f"http://{named}:{self._plain_port}/", allow_redirects=False) as answer:
                return answer.status, answer.headers.get("location")
        except (aiohttp.ClientError, TimeoutError):
            return None, None

    # ---- Sockets

    async def round_trip(self, transport: str) -> RoundTrip:
        sender, receiver = await self._users.pair()
        await self._users.conversation()
        client_id = CLIENT_ID_START + secrets.token_hex(8)
        heard = {sender.id: 0, receiver.id: 0}
        arrived = asyncio.Event()

        def listen(user_id: str) -> Callable[..., None]:
            def on_event(event: str, document: Mapping[str, Any] | None) -> None:
                if event == "message" and document and document.get("clientId") == client_id:
                    heard[user_id] += 1
                    if all(heard.values()):
                        arrived.set()

            return on_event

        users = self._users
        try:
            async with (
                users.socket(sender, transport, listen(sender.id)) as socket,
                users.socket(receiver, transport, listen(receiver.id)),
            ):
                began = time.monotonic()
                answer = await users.send(socket, client_id)
                if not isinstance(answer, dict) or "seq" not in answer:
                    return RoundTrip(transport, None, problem=json.dumps(answer)[:200])
                milliseconds = round((time.monotonic() - began) * 1000)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(arrived.wait(), HEARD_SECONDS)
                    await asyncio.sleep(SETTLE_SECONDS)
        except socketio.exceptions.SocketIOError as error:
            # The transport does not connect, or nobody acknowledges.
            return RoundTrip(transport, None, problem=f"{type(error).__name__}: {error}")
        return RoundTrip(transport, milliseconds, heard[receiver.id], heard[sender.id])

    async def hold_socket(self, seconds: float) -> IdleConnection:
        user, _ = await self._users.pair()
        await self._users.conversation()
        is_cut = asyncio.Event()

        def on_event(event: str, document: Any) -> None:
            if event == "disconnect":
                is_cut.set()

        async with self._users.socket(user, "websocket", on_event) as socket:
            began = time.monotonic()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(is_cut.wait(), seconds)
                return IdleConnection(time.monotonic() - began, False)
            answer = await self._users.send(socket, CLIENT_ID_START + secrets.token_hex(8))
            return IdleConnection(time.monotonic() - began, isinstance(answer, dict) and "seq" in answer)

    async def hold_connection(self, address: str, seconds: float) -> IdleConnection:
        target = urlsplit(address)
        request = f"GET /health HTTP/1.1\r\nHost: {target.netloc}\r\nUser-Agent: {USER_AGENT}\r\n\r\n".encode()
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        try:
            await _answer(reader, writer, request)
            began = time.monotonic()
            try:
                # A server that closes the connection ends the stream.
                await asyncio.wait_for(reader.read(1), seconds)
                return IdleConnection(time.monotonic() - began, False)
            except (TimeoutError, ConnectionError) as error:
                if isinstance(error, ConnectionError):
                    return IdleConnection(time.monotonic() - began, False)
            held = time.monotonic() - began
            try:
                return IdleConnection(held, await _answer(reader, writer, request))
            except (OSError, EOFError):
                return IdleConnection(held, False)
        finally:
            writer.transport.abort()

    async def polling(self, is_without_cookie_too: bool) -> Polling:
        user, _ = await self._users.pair()
        async with new_session(aiohttp.CookieJar(unsafe=True)) as session:
            statuses: list[int] = []

            async def ask(method: str, sid: str, body: str | None = None) -> str:
                self._users.count_request()
                url = f"{self._users.url}{SOCKET_PATH}{sid}"
                async with session.request(method, url, data=body, allow_redirects=False) as answer:
                    statuses.append(answer.status)
                    return await answer.text()

            opened = await ask("GET", "")
            cookie = min((each.key for each in session.cookie_jar), default=None)
            if statuses != [200]:
                return Polling(statuses, cookie)
            sid = f"&sid={json.loads(opened[1:])['sid']}"
            packets = ["40" + json.dumps({"token": user.token})]
            # Each asks for an acknowledgement, so that the poll after it ends at once.
            packets += [f'42{number}["sync",{{"cursors":{{}}}}]' for number in range(POLLING_ROUNDS)]
            for packet in packets:
                for method, body in (("POST", packet), ("GET", None)):
                    await ask(method, sid, body)
                    if statuses[-1] != 200:
                        # A poll after it would wait in vain.
                        return Polling(statuses, cookie)
            seen = Polling(tuple(statuses), cookie)
            if is_without_cookie_too and cookie:
                seen = replace(seen, without_cookie=await self._without_cookie(sid))
            await ask("POST", sid, "41")
            return seen

    async def _without_cookie(self, sid: str) -> list[int]:
        """Statuses until the first one that is refused."""
        statuses: list[int] = []
        while len(statuses) < MAX_TRIES_WITHOUT_COOKIE and all(status == 200 for status in statuses):
            self._users.count_request()
            url, body = f"{self._users.url}{SOCKET_PATH}{sid}", '429["sync",{"cursors":{}}]'
            async with self._users.session.post(url, data=body, allow_redirects=False) as answer:
                statuses.append(answer.status)
        return statuses

    async def lose_task(
        self, reclaim: Callable[[], Awaitable[str]], is_recovered: Callable[[str], Awaitable[bool]]
    ) -> Loss:
        return await lose_task(self._users, reclaim, is_recovered)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bool:
    """Send a request and read its whole answer; whether there was one. Raises OSError and EOFError."""
    writer.write(request)
    async with asyncio.timeout(ANSWER_SECONDS):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next((line[15:] for line in head.split("\r\n") if line.startswith("content-length:")), "0")
        await reader.readexactly(int(length))
    return head.startswith("http/1.1 ")
