"""The network of a client behind any number of proxies."""

from __future__ import annotations

import pytest

from glimpse.chat.addresses import UNKNOWN_PEER, ClientNetworks, client_network
from glimpse.chat.app import Task
from glimpse.chat.protocol.engineio import HANDSHAKE, Timing
from glimpse.chat.settings import read_settings
from tests.chat.conftest import memory_store

PEER = "10.0.0.7"
CLIENTS = 1_250
NEVER_SECONDS = 100_000.0


@pytest.mark.parametrize(
    ("trusted_proxies", "forwarded_for", "network"),
    [
        # Nobody's header counts where no proxy is trusted.
        (0, "", PEER),
        (0, "192.0.2.1", PEER),
        # A balancer appends the address that it was connected from.
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "198.51.100.1, 192.0.2.1", "192.0.2.1"),
        (1, "198.51.100.1,192.0.2.1", "192.0.2.1"),
        # Behind CloudFront and a balancer, the last entry is an edge of CloudFront.
        (2, "192.0.2.1, 203.0.113.9", "192.0.2.1"),
        (2, "198.51.100.1, 192.0.2.1, 203.0.113.9", "192.0.2.1"),
        # A request with too few entries did not come through all proxies, so its entries may be invented.
        (1, "", PEER),
        (2, "192.0.2.1", PEER),
        (3, "198.51.100.1, 203.0.113.9", PEER),
        # An entry that is no address counts as an entry, and the one before it is not trusted instead.
        (1, "192.0.2.1, ", PEER),
        (1, "192.0.2.1, unknown", PEER),
        (2, "192.0.2.1, _hidden, 203.0.113.9", PEER),
    ],
)
def test_the_address_counts_that_the_outermost_trusted_proxy_saw(
    trusted_proxies: int, forwarded_for: str, network: str
) -> None:
    assert client_network(PEER, forwarded_for, trusted_proxies) == network


@pytest.mark.parametrize(
    "entry",
    ["192.0.2.1", " 192.0.2.1 ", "192.0.2.1:5000", "::ffff:192.0.2.1", "[::ffff:c000:201]:5000", "for=192.0.2.1",
     'For="192.0.2.1:5000";proto=https'],
)  # fmt: skip
def test_an_ipv4_address_is_one_network_however_a_proxy_writes_it(entry: str) -> None:
    assert client_network(PEER, entry, 1) == "192.0.2.1"


@pytest.mark.parametrize(
    "entry",
    ["2001:db8::1", "2001:DB8:0:0:ffff::1", "[2001:db8::2]", "[2001:db8::2]:5000", "2001:db8::3%eth0",
     'for="[2001:db8::4]:5000"'],
)  # fmt: skip
def test_all_addresses_of_an_ipv6_subscriber_are_one_network(entry: str) -> None:
    assert client_network(PEER, entry, 1) == "2001:db8::/64"
    assert client_network(PEER, "2001:db8:0:1::1", 1) == "2001:db8:0:1::/64"


def test_a_peer_is_written_like_an_entry() -> None:
    assert client_network("::ffff:192.0.2.1", "", 0) == "192.0.2.1"
    assert client_network("fe80::1%2", "", 0) == "fe80::/64"
    assert client_network(None, "", 0) == client_network("", "192.0.2.1", 0) == UNKNOWN_PEER


def test_a_proxy_that_nobody_expected_is_reported_once() -> None:
    reports: list[str] = []
    networks = ClientNetworks(0, lambda: reports.append("unexpected"))
    assert networks.network_of(PEER, "") == PEER
    assert reports == []
    assert [networks.network_of(PEER, "192.0.2.1") for _ in range(3)] == [PEER] * 3
    assert reports == ["unexpected"]


def test_an_expected_proxy_is_not_reported() -> None:
    reports: list[str] = []
    networks = ClientNetworks(1, lambda: reports.append("unexpected"))
    assert networks.network_of(PEER, "192.0.2.1") == "192.0.2.1"
    assert reports == []


async def test_behind_cloudfront_and_a_balancer_everybody_gets_in() -> None:
    """All clients come within one moment, through the same edge of CloudFront and the same balancer."""

    async def let_in(trusted_proxies: str) -> int:
        settings = read_settings({"GLIMPSE_JWT_SECRETS": "s" * 32, "GLIMPSE_TRUSTED_PROXIES": trusted_proxies})
        task = Task(memory_store(), settings, timing=Timing(NEVER_SECONDS, NEVER_SECONDS), now=lambda: 1_000.0)
        parts = task.build()
        handshake = {"EIO": "4", "transport": "polling"}
        answers = [
            parts.engine.classify("GET", handshake, False, PEER, f"10.1.{n // 250}.{n % 250}, 203.0.113.9")
            for n in range(CLIENTS)
        ]
        parts.engine.close()
        parts.passwords.close()
        return answers.count(HANDSHAKE)

    assert await let_in("2") == CLIENTS
    assert await let_in("1") == await let_in("0") == 50
