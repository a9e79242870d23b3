"""Which price a row of an offer file is: AWS's usage type and operation become a service, a kind and attributes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from glimpse.planner.price_updates.snapshot import Key

EVERYWHERE = "aws-other"
"""What AWS's region index calls the file of prices that belong to no region."""

FROM_COLUMN = "@"
ON_DEMAND, RESERVED = "OnDemand", "Reserved"


class Meter(NamedTuple):
    """
    A usage type and the price it stands for. A `*` in the usage type stands for the rest of it. An attribute's `*` is
    that rest, and `@Column` the cell of a column. `per` of AWS's units are one of the price's. `term` is AWS's term
    type, empty for any. `edges`: the usage type begins with CloudFront's name of where people are.
    """

    offer: str
    usage_type: str
    operation: str
    term: str
    service: str
    kind: str
    attributes: Mapping[str, str]
    per: int
    edges: bool = False


class Offered(NamedTuple):
    """One offer of AWS: the columns that say where a row is charged, and whether it has a file for every region."""

    code: str
    location: str = "Location Type"
    region: str = "Region Code"
    is_regional: bool = True


class Meters:
    """The meters of one offer."""

    def __init__(self, offered: Offered, meters: Iterable[Meter], where: Mapping[str, Mapping[str, list[str]]]) -> None:
        """`where`: by service/kind, the cells that a row must have; an empty cell among them is also no such column."""
        self.offered = offered
        self.all = tuple(meter for meter in meters if meter.offer == offered.code)
        self.where = {name: columns for name, columns in where.items() if name in {_name(meter) for meter in self.all}}
        self._exact: dict[str, list[Meter]] = defaultdict(list)
        self._starts: list[tuple[str, str, Meter]] = []
        self._of_kind: dict[tuple[str, str], list[Meter]] = defaultdict(list)
        for meter in self.all:
            self._of_kind[meter.service, meter.kind].append(meter)
            start, star, end = meter.usage_type.partition("*")
            if star:
                self._starts.append((start, end, meter))
            else:
                self._exact[meter.usage_type].append(meter)

    def of(self, usage_type: str, operation: str, term: str) -> list[tuple[Meter, str]]:
        """The meters of a row, each with what stands for its `*`; one that names the operation wins."""
        found = [(meter, "") for meter in self._exact.get(usage_type, ())]
        if not found:
            found = [
                (meter, usage_type[len(start) : len(usage_type) - len(end)])
                for start, end, meter in self._starts
                if usage_type.startswith(start) and usage_type.endswith(end)
            ]
        found = [match for match in found if match[0].term in ("", term)]
        exact = [match for match in found if match[0].operation == operation and operation]
        return exact or [match for match in found if not match[0].operation]

    def condition(self, meter: Meter) -> Mapping[str, list[str]]:
        return self.where.get(_name(meter), {})

    def covers(self, key: Key) -> bool:
        """Whether a row of this offer can be the price of a key."""
        service, kind, attributes, term = key
        if (meters := self._of_kind.get((service, kind))) is None:
            return False
        terms = {"on_demand": ON_DEMAND}.get(term, RESERVED if term.startswith("reserved_") else "none")
        named = dict(attributes)
        return any(
            meter.term in ("", terms)
            and meter.attributes.keys() == named.keys()
            and all(_open(value) or named[name] == value for name, value in meter.attributes.items())
            for meter in meters
        )


def _open(value: str) -> bool:
    return "*" in value or value.startswith(FROM_COLUMN)


def _name(meter: Meter) -> str:
    return f"{meter.service}/{meter.kind}"
