"""
Finds the part of a stack that each charge of an export is for.

A charge goes to the resource that the export names, if Terraform's values name it too; otherwise it is shared by
everything that is charged alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from glimpse.planner.actual import BY_SERVICE, Actual, Charge
from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter

NamesOf = Callable[[str], Iterable[str]]
"""Gives the names, ids and ARNs under which Terraform's values know the resource at an address."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A meter or a line that AWS may have charged."""

    address: str
    sku: Sku
    region: str


@dataclass(frozen=True, slots=True)
class _Alike:
    """
    Entries that are charged alike: all of them, those of each resource name, and those without a name in any charge.
    """

    positions: tuple[int, ...]
    by_name: Mapping[str, frozenset[int]]
    unnamed: tuple[int, ...]


class Matching:
    """Which of the entries each charge is for."""

    def __init__(self, actual: Actual, entries: Sequence[Entry], names: NamesOf) -> None:
        self._actual = actual
        self._entries = entries
        self._names = names
        self._by_kind: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_service: dict[str, list[int]] = defaultdict(list)
        for at, entry in enumerate(entries):
            self._by_kind[entry.sku.service, entry.sku.kind].append(at)
            self._by_service[entry.sku.service].append(at)
        # An export has a charge for each pair of resource and usage type: what they have in common is looked up once.
        self._alike: dict[tuple[str, str, str, str | None], _Alike] = {}
        self._paid_for: dict[tuple[str, str], set[str]] = defaultdict(set)
        for charge in actual.charges:
            if charge.resource:
                for bought in charge.bought:
                    self._paid_for[bought.service, bought.kind] |= tokens_of(charge.resource)

    def entries_of(self, charge: Charge) -> tuple[int, ...]:
        """
        Positions of the entries that a charge is for.

        If the export and Terraform both name resources, a charge for one that Terraform does not name is not this
        stack's.
        """
        if self._actual.grouped_by == BY_SERVICE:
            # EC2's own name in Cost Explorer holds what it transfers.
            also = self._by_service.get("AWSDataTransfer", []) if charge.service == "AmazonEC2" else []
            return (*self._by_service.get(charge.service, ()), *also)
        key = charge.service, charge.usage_type, charge.operation, charge.region
        if key not in self._alike:
            self._alike[key] = self._alike_of(charge)
        alike = self._alike[key]
        if not charge.resource or not alike.positions:
            return alike.positions
        own: set[int] = set()
        for token in tokens_of(charge.resource):
            own |= alike.by_name.get(token, frozenset())
        return tuple(sorted(own)) if own else alike.unnamed

    def _alike_of(self, charge: Charge) -> _Alike:
        positions = {
            at
            for bought in charge.bought
            for at in self._by_kind.get((bought.service, bought.kind), ())
            if bought.is_of(self._entries[at].sku)
            and (bought.everywhere or charge.region in (None, self._entries[at].region))
        }
        by_name: dict[str, set[int]] = defaultdict(set)
        unnamed = []
        for at in sorted(positions):
            entry = self._entries[at]
            names = set(filter(None, self._names(entry.address)))
            for name in names:
                by_name[name].add(at)
            if names.isdisjoint(self._paid_for.get((entry.sku.service, entry.sku.kind), ())):
                unnamed.append(at)
        held = {name: frozenset(found) for name, found in by_name.items()}
        return _Alike(tuple(sorted(positions)), held, tuple(unnamed))


def tokens_of(resource: str) -> frozenset[str]:
    """
    The names that a resource's id in an export may stand for: itself, and of an ARN what follows the type.

    >>> sorted(tokens_of("arn:aws:rds:eu-west-1:123456789012:db:main"))
    ['arn:aws:rds:eu-west-1:123456789012:db:main', 'db:main', 'main']
    """
    found = {resource}
    parts = resource.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn":
        rest = parts[5].removesuffix(":*")
        found |= {rest, re.split("[:/]", rest, maxsplit=1)[-1]}
        # Secrets Manager and ElastiCache end ids by characters of their own.
        found |= {re.sub(r"^(secret:.*)-[A-Za-z0-9]{6}$|^(cluster:.*)-\d{3}$", r"\1\2", rest).split(":", 1)[-1]}
        segments = rest.split("/")
        if segments[0] == "loadbalancer" and len(segments) == 4:
            found.add(segments[2])
    return frozenset(found)


def entries_of(meters: Iterable[Meter], region: str) -> tuple[Entry, ...]:
    """Meters, as what may have been charged; `region` is the stack's own."""
    return tuple(Entry(meter.origin.address, meter.sku, meter.origin.region or region) for meter in meters)
