"""
Functions on IP addresses. Sources: Terraform's documentation, "IP Network Functions"; go-cidr; Terraform's
internal/ipaddr, which reads addresses as Go 1.16 did: with leading zeros, as decimal numbers.
"""

from __future__ import annotations

from typing import NamedTuple

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.numbers import whole
from glimpse.planner.terraform.functions.table import Table, function
from glimpse.planner.terraform.numbers import Number
from glimpse.planner.terraform.types import NUMBER, STRING, list_of
from glimpse.planner.terraform.values import List

ADDRESSES: Table = {}


class Network(NamedTuple):
    """`address` is the first one; `prefix` counts bits of the `bits` (32 or 128) that an address has."""

    address: int
    prefix: int
    bits: int


def _number(text: str, digits: str, base: int, maximum: int) -> int:
    if not text or text.lower().strip(digits) or int(text, base) > maximum:
        raise EvaluationError("invalid CIDR expression")
    return int(text, base)


def _ipv4(text: str) -> int:
    parts = text.split(".")
    if len(parts) != 4:
        raise EvaluationError("invalid CIDR expression")
    return int.from_bytes(_number(part, "0123456789", 10, 255) for part in parts)


def _groups(text: str) -> list[int]:
    """Groups of 16 bits of a part of an IPv6 address, which may end in an IPv4 address."""
    *parts, last = text.split(":")
    if "." in last:
        mapped = _ipv4(last)
        ending = [mapped >> 16, mapped & 0xFFFF]
    else:
        ending = [_number(last, "0123456789abcdef", 16, 0xFFFF)]
    return [_number(part, "0123456789abcdef", 16, 0xFFFF) for part in parts] + ending


def _ipv6(text: str) -> int:
    left, gap, right = text.partition("::")
    before, after = (_groups(part) if part else [] for part in (left, right))
    missing = 8 - len(before) - len(after)
    if (missing < 1 or "." in left) if gap else missing:
        raise EvaluationError("invalid CIDR expression")
    groups = [*before, *[0] * missing, *after]
    return sum(group << 16 * (7 - place) for place, group in enumerate(groups))


def _network(text: str) -> Network:
    address, slash, prefix = text.rpartition("/")
    bits = 128 if ":" in address else 32
    if not slash:
        raise EvaluationError("invalid CIDR expression")
    length = _number(prefix, "0123456789", 10, bits)
    first = _ipv6(address) if bits == 128 else _ipv4(address)
    return Network(first >> (bits - length) << (bits - length), length, bits)


def _mapped(address: int, bits: int) -> bool:
    """Whether this is an IPv6 address that stands for an IPv4 address, and is shown as one (::ffff:0:0/96)."""
    return bits == 128 and address >> 32 == 0xFFFF


def _shown(address: int, bits: int) -> str:
    import ipaddress

    if bits == 128 and not _mapped(address, bits):
        return str(ipaddress.IPv6Address(address))
    return str(ipaddress.IPv4Address(address & 0xFFFFFFFF))


def _inserted(network: Network, number: int, prefix: int) -> int:
    """The address with a number where `prefix` ends. Go cuts off no sign and no bits: it fails, or shows the result."""
    made = abs(network.address | number << (network.bits - prefix))
    if made >> network.bits:
        raise EvaluationError("the number does not fit into an address")
    return made


@function(
    ADDRESSES,
    "cidrhost",
    STRING,
    NUMBER,
    returns=STRING,
    examples=[
        'cidrhost("10.12.112.0/20", 268) == "10.12.113.12"',
        'cidrhost("10.0.0.0/24", -1) == "10.0.0.255"',
        'cidrhost("fd00:fd12:3456:7890:00a2::/72", 34) == "fd00:fd12:3456:7890::22"',
        'cidrhost("010.0.0.0/8", 1) == "10.0.0.1"',
        'can(cidrhost("10.0.0.0/24", 256)) == false',
    ],
)
def _cidrhost(prefix: str, number: Number) -> str:
    network = _network(prefix)
    if not isinstance(number, int):
        raise EvaluationError("a whole number is required")
    last = (1 << (network.bits - network.prefix)) - 1
    # go-cidr compares only the lower 64 bits of a number, as a signed one.
    low = number % (1 << 64)
    if (-number - 1 if number < 0 else low - (low >> 63 << 64)) > last:
        raise EvaluationError("the prefix does not accommodate this host")
    host = last + number + 1 if number < 0 else number
    prefix_bits = 32 if _mapped(network.address, network.bits) else network.bits
    return _shown(_inserted(network, host, prefix_bits), network.bits)


@function(
    ADDRESSES,
    "cidrnetmask",
    STRING,
    returns=STRING,
    examples=[
        'cidrnetmask("172.16.0.0/12") == "255.240.0.0"',
        'cidrnetmask("0.0.0.0/0") == "0.0.0.0"',
        'can(cidrnetmask("fd00::/64")) == false',
        'can(cidrnetmask("10.0.0.0")) == false',
    ],
)
def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if network.bits == 128 and not _mapped(network.address, network.bits):
        raise EvaluationError("IPv6 addresses have no netmask")
    return _shown((1 << network.bits) - (1 << (network.bits - network.prefix)), network.bits)


@function(
    ADDRESSES,
    "cidrsubnet",
    STRING,
    NUMBER,
    NUMBER,
    returns=STRING,
    examples=[
        'cidrsubnet("172.16.0.0/12", 4, 2) == "172.18.0.0/16"',
        'cidrsubnet("10.1.2.240/28", 1, 1) == "10.1.2.248/29"',
        'cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162) == "fd00:fd12:3456:7800:a200::/72"',
        'can(cidrsubnet("10.0.0.0/16", 8, 256)) == false',
        'can(cidrsubnet("10.0.0.0/16", 17, 0)) == false',
    ],
)
def _cidrsubnet(prefix: str, newbits: Number, number: Number) -> str:
    network, more = _network(prefix), whole(newbits)
    if not isinstance(number, int):
        raise EvaluationError("a whole number is required")
    length = network.prefix + more
    # Go shifts 1 out of 64 bits where the prefix grows by more, or shrinks: then any number is accepted.
    accepted = (1 << more) if 0 <= more < 64 else 1 << 64
    if length > network.bits or abs(number) % (1 << 64) >= accepted:
        raise EvaluationError("the prefix does not accommodate this subnet")
    address = _inserted(network, number, length)
    return _subnet_shown(address, length, network.bits) if length >= 0 else "<nil>"


def _subnet_shown(address: int, prefix: int, bits: int) -> str:
    return f"{_shown(address, bits)}/{max(prefix - 96, 0) if _mapped(address, bits) else prefix}"


@function(
    ADDRESSES,
    "cidrsubnets",
    STRING,
    rest=NUMBER,
    returns=list_of(STRING),
    examples=[
        'cidrsubnets("10.1.0.0/16", 4, 8) == tolist(["10.1.0.0/20", "10.1.16.0/24"])',
        'cidrsubnets("fd00::/56", 8, 9) == tolist(["fd00::/64", "fd00:0:0:1::/65"])',
        'length(cidrsubnets("10.0.0.0/16")) == 0',
        'can(cidrsubnets("10.0.0.0/8", 1, 1, 1)) == false',
        'can(cidrsubnets("10.0.0.0/8", 0)) == false',
    ],
)
def _cidrsubnets(prefix: str, *newbits: Number) -> List:
    """One behind another, each at the next multiple of its own size. Nothing fits into a network that begins at 0."""
    network, found = _network(prefix), []
    free, end = network.address, network.address + (1 << (network.bits - network.prefix))
    for more in newbits:
        length = network.prefix + whole(more)
        if not 1 <= more <= 32 or length > network.bits or _mapped(network.address, network.bits):
            raise EvaluationError("a prefix can be extended by 1 to 32 bits, and not beyond an address")
        size = 1 << (network.bits - length)
        first = -(-free // size) * size
        if first >= end or first == 0:
            raise EvaluationError("not enough remaining address space for a subnet")
        found.append(_subnet_shown(first, length, network.bits))
        free = first + size
    return List(found, STRING)
