"""
Data sources. Most ask the account, so what they answer is unknown, by name.

Those that need no account are answered here, and each answer is a printed assumption: a region's zones are facts of
ZONES_AS_OF, a default VPC is as AWS makes it, the rest follows from the region.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from glimpse.planner.terraform.instances import TEXTS, Arguments
from glimpse.planner.terraform.types import ANY, STRING
from glimpse.planner.terraform.values import Cause, List, Unknown, Value

ZONES = {
    "af-south-1": "abc",
    "ap-east-1": "abc",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": "abc",
    "ap-south-1": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "ap-southeast-3": "abc",
    "ca-central-1": "abd",
    "eu-central-1": "abc",
    "eu-central-2": "abc",
    "eu-north-1": "abc",
    "eu-south-1": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abc",
    "eu-west-3": "abc",
    "me-south-1": "abc",
    "sa-east-1": "abc",
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-gov-east-1": "abc",
    "us-gov-west-1": "abc",
    "us-west-2": "abcd",
}
"""
Letters of the zones of a region that an account gets today (AWS, "AWS Regions and Availability Zones", the page "AWS
Availability Zones", as known on ZONES_AS_OF). Zones of other regions are unknown: in us-west-1 accounts differ.
"""

ZONES_AS_OF = "2026-11-28"
DEFAULT_VPC = "default_vpc"
"""
The kind of a cause by which an id is that of a default VPC, or of a subnet in it: unknown, but known to be public. AWS
makes one default subnet in each zone, and what is launched there gets a public IPv4 (VPC user guide, "Default VPC
components").
"""

IS_DEFAULT = {"isDefault", "is-default"}
ASKING_FOR_DEFAULT = {"vpc-id", "default-for-az", "defaultForAz"}
"""Filters by which a default VPC, or its subnets, are looked for (EC2 API, DescribeVpcs and DescribeSubnets)."""

SUBNET_OF_DEFAULT = {"id", "vpc_id", "default_for_az", "filter", "availability_zone", "availability_zone_id", "region"}

IMAGE = "image of "
"""How the kind of a cause begins by which an id is that of an image of another system than Linux, named behind it."""

SYSTEMS = {
    "Windows": re.compile(r"windows", re.IGNORECASE),
    "RHEL": re.compile(r"\bRHEL|\bred ?hat", re.IGNORECASE),
    "SUSE": re.compile(r"\bsuse\b|\bsles\b", re.IGNORECASE),
}
"""Systems that EC2 charges for beside Linux, by how Amazon, Red Hat and SUSE name their images and parameters."""

NO_OPT_IN = ("opt-in-status", "opt-in-not-required")
PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("", "aws", "amazonaws.com"),
)
"""How a region begins, its partition, and the ending of names in it."""


class DataSource(Arguments):
    """One instance of a data source. `region` is that of its provider; `assume` notes an assumption, to be printed."""

    type: str
    region: Value
    assume: Callable[..., None]

    def attribute(self, name: str) -> Value:
        if isinstance(self.region, str) and self.type in ANSWERS:
            answer = ANSWERS[self.type](self, name)
            if answer is not None:
                return answer
        return Unknown(STRING if name in TEXTS else ANY, frozenset((self._cause(name),)))

    def whole(self) -> Unknown:
        return Unknown(ANY, frozenset((self._cause(""),)))

    def _cause(self, name: str) -> Cause:
        file, line = self.place
        return Cause("data", f"{self.owner}.{name}".rstrip("."), file, line)


def _region(source: DataSource, name: str) -> Value | None:
    return source.region if name in ("name", "id", "region") else None


def _partition(source: DataSource, name: str) -> Value | None:
    partition, suffix = next(row[1:] for row in PARTITIONS if str(source.region).startswith(row[0]))
    return {"partition": partition, "id": partition, "dns_suffix": suffix}.get(name)


def _zones(source: DataSource, name: str) -> Value | None:
    """The names of a region's zones, unless a filter asks what only the account knows."""
    letters = ZONES.get(str(source.region))
    if name != "names" or letters is None or set(source.names()) - {"state", "filter", "exclude_names", "region"}:
        return None
    for row in source.get("filter") or ():
        if not isinstance(row, Arguments) or row.get("name") != NO_OPT_IN[0] or row.get("values") != (NO_OPT_IN[1],):
            return None
    excluded = source.get("exclude_names") or ()
    if not isinstance(excluded, tuple) or source.get("state") not in (None, "available"):
        return None
    source.assume("zones_assumed", region=str(source.region), count=len(letters), date=ZONES_AS_OF)
    names = (f"{source.region}{letter}" for letter in letters)
    return List([zone for zone in names if zone not in excluded], STRING)


def _vpc(source: DataSource, name: str) -> Value | None:
    """The id of the region's default VPC, where that is what is looked for."""
    asked = _filters(source)
    if name != "id" or asked is None or asked.keys() - IS_DEFAULT:
        return None
    flags = [value for values in asked.values() for value in values]
    is_default = source.get("default") is True or (flags and all(flag in (True, "true") for flag in flags))
    return _of_default_vpc(source, name) if is_default else None


def _subnet(source: DataSource, name: str) -> Value | None:
    """The id of a subnet of the default VPC, where nothing else is said of it than its zone."""
    asked = _filters(source)
    if name != "id" or asked is None or set(source.names()) - SUBNET_OF_DEFAULT:
        return None
    asked.pop("availability-zone", None)
    if asked and not _asks_for_default(asked):
        return None
    inside = source.get("default_for_az") is True or any(map(_is_of_default_vpc, map(source.get, ("id", "vpc_id"))))
    return _of_default_vpc(source, name) if inside or asked else None


def _subnets(source: DataSource, name: str) -> Value | None:
    """The ids of subnets of the default VPC: one in each zone, or in each that is asked for."""
    asked = _filters(source)
    if name != "ids" or asked is None or set(source.names()) - {"filter", "vpc_id", "region"}:
        return None
    letters = ZONES.get(str(source.region))
    zones = asked.pop("availability-zone", letters)
    if asked.keys() - ASKING_FOR_DEFAULT or not (_is_of_default_vpc(source.get("vpc_id")) or _asks_for_default(asked)):
        return None
    id_ = _of_default_vpc(source, name)
    if letters is None or zones is None or not set(zones) <= {*letters, *(f"{source.region}{it}" for it in letters)}:
        return Unknown(ANY, id_.causes)
    source.assume("default_vpc_assumed", region=str(source.region), count=len(letters), date=ZONES_AS_OF)
    return List([id_] * len(set(zones)), STRING)


def _filters(source: DataSource) -> dict[Value | None, tuple[Value, ...]] | None:
    """The values that each filter asks for; None where a filter is not known."""
    rows = source.get("filter") or ()
    found: dict[Value | None, tuple[Value, ...]] = {}
    for row in rows if isinstance(rows, tuple) else (None,):
        values = row.get("values") if isinstance(row, Arguments) else None
        if not isinstance(row, Arguments) or not isinstance(values, tuple):
            return None
        found[row.get("name")] = tuple(values)
    return found


def _asks_for_default(asked: Mapping[Value | None, tuple[Value, ...]] | None) -> bool:
    """Whether filters ask for subnets of the default VPC, and for nothing that only some of them are."""
    if not asked or asked.keys() - ASKING_FOR_DEFAULT:
        return False
    vpcs = asked.get("vpc-id", ())
    flags = [value for name, values in asked.items() if name != "vpc-id" for value in values]
    return all(map(_is_of_default_vpc, vpcs)) and all(flag in (True, "true") for flag in flags)


def _is_of_default_vpc(value: Value | None) -> bool:
    return isinstance(value, Unknown) and is_of_default_vpc(value)


def _of_default_vpc(source: DataSource, name: str) -> Unknown:
    return Unknown(STRING, frozenset((Cause(DEFAULT_VPC, f"{source.owner}.{name}", *source.place),)))


def is_of_default_vpc(unknown: Unknown) -> bool:
    """Whether an id that nobody knows is certainly that of a default VPC, or of a subnet in it."""
    return bool(unknown.causes) and all(cause.kind == DEFAULT_VPC for cause in unknown.causes)


def _image(source: DataSource, name: str) -> Value | None:
    """The id of an image, with the system that its name is looked for by."""
    if name not in ("id", "image_id"):
        return None
    rows = source.get("filter")
    asked: list[Value | None] = [source.get("name_regex")]
    for row in rows if isinstance(rows, tuple) else ():
        if isinstance(row, Arguments) and row.get("name") in ("name", "platform", "platform-details", "description"):
            values = row.get("values")
            asked += values if isinstance(values, tuple) else ()
    return _image_of(source, name, asked)


def _parameter(source: DataSource, name: str) -> Value | None:
    """The value of a public parameter that holds the id of an image."""
    return _image_of(source, name, [source.get("name")]) if name in ("value", "insecure_value") else None


def _image_of(source: DataSource, name: str, texts: Iterable[Value | None]) -> Value | None:
    system = system_in(" ".join(text for text in texts if isinstance(text, str)))
    if system is None:
        return None
    return Unknown(STRING, frozenset((Cause(IMAGE + system, f"{source.owner}.{name}", *source.place),)))


def system_in(text: str) -> str | None:
    """The system other than Linux that the name of an image says."""
    return next((system for system, pattern in SYSTEMS.items() if pattern.search(text)), None)


def system_of(unknown: Unknown) -> str | None:
    """The system other than Linux that an image runs whose id nobody knows."""
    found = (cause.kind.removeprefix(IMAGE) for cause in unknown.causes if cause.kind.startswith(IMAGE))
    return next(found, None)


ANSWERS: Mapping[str, Callable[[DataSource, str], Value | None]] = {
    "aws_region": _region,
    "aws_partition": _partition,
    "aws_availability_zones": _zones,
    "aws_ami": _image,
    "aws_ssm_parameter": _parameter,
    "aws_vpc": _vpc,
    "aws_subnet": _subnet,
    "aws_subnets": _subnets,
    "aws_subnet_ids": _subnets,
}
