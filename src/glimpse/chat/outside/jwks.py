"""
Fetches the keys of another issuer of tokens from its JWKS URL, in a thread beside the event loop.

Redirects are not followed: the issuer's configuration names the final URL, and a redirect could lead to plain HTTP or
into the network of this service.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
import ssl
import threading
from urllib.parse import urlsplit

from glimpse.chat.authentication import IssuerDown
from glimpse.chat.issuer_keys import IssuerKeys, read_keys

FETCH_SECONDS = 5.0
"""For everything: the name, the connection, TLS, the response."""

MAX_DOCUMENT_BYTES = 256 * 1024
"""Documents of issuers have 1 to 20 kB."""


async def fetch_keys(url: str, seconds: float = FETCH_SECONDS) -> IssuerKeys:
    """Raises IssuerDown, whose text names the host but no other part of the URL."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[IssuerKeys] = loop.create_future()
    request = _Request(url, seconds)

    def settle(keys: IssuerKeys | None, problem: str) -> None:
        if answer.done():
            return
        if keys is None:
            answer.set_exception(IssuerDown(problem))
        else:
            answer.set_result(keys)

    def work() -> None:
        keys, problem = request.run()
        # The loop may be closed by now.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, keys, problem)

    # A thread of its own, and a daemon: looking up a name cannot be interrupted, and must not delay the end.
    threading.Thread(target=work, name="jwks", daemon=True).start()
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError:
        raise IssuerDown(f"{request.host} did not answer within {seconds:g} s") from None
    finally:
        request.stop()


class _Request:
    """One GET request. `run` is called in a thread, `stop` in any other."""

    def __init__(self, url: str, seconds: float) -> None:
        try:
            self._url = urlsplit(url)
            self.host = self._url.hostname or ""
        except ValueError:
            raise IssuerDown("the URL has no valid host") from None
        self._seconds = seconds
        self._socket: socket.socket | None = None

    def run(self) -> tuple[IssuerKeys | None, str]:
        """The keys, or why there are none."""
        try:
            connection = self._made()
            connection.connect()
            self._socket = connection.sock
            connection.request(
                "GET", self._url.path or "/", headers={"Accept": "application/json", "Accept-Encoding": "identity"}
            )
            response = connection.getresponse()
            if response.status != http.client.OK:
                return None, f"{self.host} answered {response.status}"
            document = response.read(MAX_DOCUMENT_BYTES + 1)
            if len(document) > MAX_DOCUMENT_BYTES:
                return None, f"{self.host} answered with more than {MAX_DOCUMENT_BYTES} bytes"
            return read_keys(document), ""
        except OSError as error:
            return None, f"{self.host}: {type(error).__name__}: {error}"
        except Exception as error:
            # Its text may contain a piece of the URL or of the response.
            reason = str(error) if type(error) is ValueError else type(error).__name__
            return None, f"{self.host} answered with no usable keys: {reason}"
        finally:
            self.stop()

    def stop(self) -> None:
        """Interrupt what is being read, and close the connection."""
        with contextlib.suppress(OSError, ValueError):
            if self._socket:
                self._socket.shutdown(socket.SHUT_RDWR)
                self._socket.close()

    def _made(self) -> http.client.HTTPConnection:
        # Without a port, the end of an IPv6 address would be taken for one.
        if self._url.scheme == "https":
            port, context = self._url.port or http.client.HTTPS_PORT, ssl.create_default_context()
            return http.client.HTTPSConnection(self.host, port, timeout=self._seconds, context=context)
        port = self._url.port or http.client.HTTP_PORT
        return http.client.HTTPConnection(self.host, port, timeout=self._seconds)
