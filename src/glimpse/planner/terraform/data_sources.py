"""
Data sources. Most ask the account, so what they answer is unknown, by name.

Those that need no account are answered here, and each answer is a printed assumption: a region's zones are facts of
ZONES_AS_OF, a default VPC is as AWS makes it, the rest follows from the region.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
Letters of the zones of a region that an account gets today (AWS, "AWS Regions and Availability Zones", "AWS Availability
Zones", as known on ZONES_AS_OF). Zones of other regions are unknown: in us-west-1 accounts differ in their number.
"""

ZONES_AS_OF = "2026-11-28"
DEFAULT_VPC = "default_vpc"
"""
The kind of a cause by which an id is that of a default VPC, or of a subnet in it: unknown, but known to be public. AWS
makes one default subnet in each zone, and what is launched there gets a public IPv4 (VPC user guide, "Default VPC
components").
"""

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
    if name == "id" and source.get("default") is True:
        return _of_default_vpc(source, name)
    return None


def _subnet(source: DataSource, name: str) -> Value | None:
    """The id of a subnet of the default VPC."""
    if name != "id":
        return None
    inside = source.get("default_for_az") is True or _is_of_default_vpc(source.get("vpc_id"))
    return _of_default_vpc(source, name) if inside or _is_filtered_to_default(source) else None


def _subnets(source: DataSource, name: str) -> Value | None:
    """The ids of all subnets of the default VPC: one in each zone, as far as the region's zones are known."""
    everything = set(source.names()) <= {"filter", "vpc_id", "region"} and name == "ids"
    if not everything or not (_is_of_default_vpc(source.get("vpc_id")) or _is_filtered_to_default(source)):
        return None
    id_ = _of_default_vpc(source, name)
    letters = ZONES.get(str(source.region))
    if letters is None:
        return Unknown(ANY, id_.causes)
    source.assume("default_vpc_assumed", region=str(source.region), count=len(letters), date=ZONES_AS_OF)
    return List([id_] * len(letters), STRING)


def _is_filtered_to_default(source: DataSource) -> bool:
    """Whether filters ask for subnets of the default VPC, and for nothing that only some of them are."""
    rows = source.get("filter")
    if not isinstance(rows, tuple) or not rows:
        return False
    return all(_asks_for_default(row) for row in rows)


def _asks_for_default(row: Value) -> bool:
    if not isinstance(row, Arguments):
        return False
    name, values = row.get("name"), row.get("values")
    if not isinstance(values, tuple) or len(values) != 1:
        return False
    if name in ("default-for-az", "defaultForAz"):
        return values[0] in (True, "true")
    return name == "vpc-id" and _is_of_default_vpc(values[0])


def _is_of_default_vpc(value: Value | None) -> bool:
    return isinstance(value, Unknown) and is_of_default_vpc(value)


def _of_default_vpc(source: DataSource, name: str) -> Unknown:
    return Unknown(STRING, frozenset((Cause(DEFAULT_VPC, f"{source.owner}.{name}", *source.place),)))


def is_of_default_vpc(unknown: Unknown) -> bool:
    """Whether an id that nobody knows is certainly that of a default VPC, or of a subnet in it."""
    return bool(unknown.causes) and all(cause.kind == DEFAULT_VPC for cause in unknown.causes)


ANSWERS: Mapping[str, Callable[[DataSource, str], Value | None]] = {
    "aws_region": _region,
    "aws_partition": _partition,
    "aws_availability_zones": _zones,
    "aws_vpc": _vpc,
    "aws_subnet": _subnet,
    "aws_subnets": _subnets,
    "aws_subnet_ids": _subnets,
}
