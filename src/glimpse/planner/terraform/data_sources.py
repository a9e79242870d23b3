"""
Data sources. Most ask the account, so what they answer is unknown, by name.

Those that need no account are answered here, and each answer is a printed assumption: a region's zones are facts of
ZONES_AS_OF, the rest follows from the region.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from glimpse.planner.terraform.instances import TEXTS, Arguments
from glimpse.planner.terraform.types import ANY, STRING
from glimpse.planner.terraform.values import Cause, List, Unknown, Value

ZONES = {"ap-northeast-2": "abcd", "us-east-1": "abcdef"}
"""Letters of the zones of a region (AWS, "Regions and Availability Zones"). Other regions' zones are unknown."""

ZONES_AS_OF = "2026-11-28"
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


ANSWERS: Mapping[str, Callable[[DataSource, str], Value | None]] = {
    "aws_region": _region,
    "aws_partition": _partition,
    "aws_availability_zones": _zones,
}
