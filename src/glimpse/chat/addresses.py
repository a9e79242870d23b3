"""From which network a request comes: what limits for people without a token count by."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import lru_cache

IPV6_PREFIX = 64
"""A subscriber gets a /64 at least (RFC 6177), so the 2**64 addresses of one are one client."""

MAX_ADDRESS = 45
"""Characters of the longest address: IPv6 with an IPv4 address at its end."""

MAX_REMEMBERED_ADDRESSES = 4_096
"""Addresses whose network is cached: to parse one took 7 % of a connect (py-spy, 2026-11-30)."""

UNKNOWN_PEER = "unknown"
"""The network of clients whose address the transport does not know, as on a Unix socket: they share one limit."""


class ClientNetworks:
    """
    The networks of clients behind `trusted_proxies` proxies. `on_unexpected_proxy` is called once, with the first
    request that has X-Forwarded-For although no proxy is trusted: behind a proxy, all clients then share its limit.
    """

    def __init__(self, trusted_proxies: int, on_unexpected_proxy: Callable[[], None]) -> None:
        self._trusted_proxies = trusted_proxies
        self._on_unexpected_proxy: Callable[[], None] | None = None if trusted_proxies else on_unexpected_proxy

    def network_of(self, peer: str | None, forwarded_for: str) -> str:
        """As `client_network`."""
        if forwarded_for and (report := self._on_unexpected_proxy):
            self._on_unexpected_proxy = None
            report()
        return client_network(peer, forwarded_for, self._trusted_proxies)


def client_network(peer: str | None, forwarded_for: str, trusted_proxies: int) -> str:
    """
    The IPv4 address of a client, or the /64 of its IPv6 address.

    `peer` is the address of the other end of the connection. `forwarded_for` has all lines of X-Forwarded-For, joined
    by commas (RFC 9110, section 5.3); it is empty where there is none.

    Each proxy appends the address that it was connected from. So with n trusted proxies the outermost of them wrote the
    n-th entry from the right; the client may have invented what stands before it. A request with fewer entries did not
    come through all of the proxies. It may come from inside the network with a header of its own, so no entry can be
    trusted, and the peer counts. The peer also counts where the entry is no address.
    """
    if trusted_proxies and forwarded_for:
        entries = forwarded_for.split(",")
        if len(entries) >= trusted_proxies and (network := _network(_bare(entries[-trusted_proxies]))):
            return network
    return _network(peer or "") or UNKNOWN_PEER


def _bare(entry: str) -> str:
    """The address in an entry, without what proxies put around it: `for=`, quotes, parameters, brackets, a port."""
    text = entry.partition(";")[0].strip()
    if text[:4].lower() == "for=":
        text = text[4:]
    text = text.strip().strip('"')
    if text.startswith("["):
        return text[1:].partition("]")[0]
    # One colon separates a port from an IPv4 address. An IPv6 address has two or more.
    return text.partition(":")[0] if text.count(":") == 1 else text


def _network(address: str) -> str | None:
    """None where the text is no address."""
    # A zone id names an interface of the machine that wrote the address.
    bare = address.partition("%")[0]
    return _network_of_address(bare) if len(bare) <= MAX_ADDRESS else None


@lru_cache(MAX_REMEMBERED_ADDRESSES)
def _network_of_address(address: str) -> str | None:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(known, ipaddress.IPv6Address):
        # A socket that accepts both families shows IPv4 peers so.
        if known.ipv4_mapped is None:
            return str(ipaddress.ip_network((known, IPV6_PREFIX), strict=False))
        known = known.ipv4_mapped
    return str(known)
