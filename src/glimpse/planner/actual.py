"""
What was really used and paid in one month, as an export of AWS tells it, and the quantities that this gives a bill.

A charge knows what it may be the price of (`Bought`); what the stack has of that decides. A quantity goes to the
resource that the export names where Terraform's values name it, too, else evenly to everything that is charged alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from glimpse.planner.catalogue import SPOT, Sku
from glimpse.planner.given_usage import GivenUsage
from glimpse.planner.meter import Meter
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import Sentence, say

BY_LINE_ITEM, BY_USAGE_TYPE, BY_SERVICE = "line_item", "usage_type", "service"
"""What each row of an export is about; only line items are everything that an account used."""

USAGE = frozenset(("", "Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"))
"""Types of line items whose amount is what was used (Cost and Usage Report user guide, lineItem/LineItemType)."""

Names = Callable[[str], Iterable[str]]
"""By what names, ids and ARNs the values of Terraform know the resource at an address."""

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Bought:
    """
    What a usage type is the charge for: `per` of AWS's units are one unit of the price. An attribute with an empty
    value must be left out. `is_spot` None: both; `everywhere`: charged without a region.
    """

    service: str
    kind: str
    attributes: Mapping[str, str]
    per: int = 1
    is_spot: bool | None = None
    everywhere: bool = False

    def is_of(self, sku: Sku) -> bool:
        """Whether what the SKU names is charged so."""
        if (sku.service, sku.kind) != (self.service, self.kind):
            return False
        if self.is_spot is not None and self.is_spot != (sku.term == SPOT):
            return False
        return all(sku.attributes.get(name, "") == value for name, value in self.attributes.items())


@dataclass(frozen=True, slots=True)
class Charge:
    """
    What was charged alike in the month, summed up. `service` is AWS's product code, empty where the export has none;
    `quantity` is in AWS's unit, None where the export has money only; `list_usd` is what it would have been without a
    commitment; `tagged` is None where the export has no tags.
    """

    service: str
    usage_type: str
    usd: Fraction
    quantity: Fraction | None = None
    operation: str = ""
    resource: str = ""
    line_type: str = ""
    region: str | None = None
    list_usd: Fraction | None = None
    tagged: bool | None = None
    bought: tuple[Bought, ...] = ()

    @property
    def is_usage(self) -> bool:
        return self.line_type in USAGE


@dataclass(frozen=True, slots=True)
class Period:
    """A month, `2026-10`, empty where the export does not say; and on how many of its days something was charged."""

    month: str
    days: int = 0
    of: int = 0

    @property
    def is_whole(self) -> bool:
        return self.days >= self.of


@dataclass(frozen=True)
class Actual:
    """One month of an export. `comparable` are the services and kinds whose usage types are known."""

    source: str
    period: Period
    charges: tuple[Charge, ...]
    grouped_by: str = BY_LINE_ITEM
    comparable: frozenset[tuple[str, str]] = frozenset()
    products: Mapping[tuple[str, str], frozenset[str]] | None = None

    @cached_property
    def services(self) -> frozenset[str]:
        return frozenset(charge.service for charge in self.charges)


UsageTypeRow = tuple[str, str, str, str, str, Mapping[str, str], int, str]
"""Product codes, usage type, operation, service, kind, attributes, units in one of the price's, and the source."""

CLOUDFRONT = "AmazonCloudFront"
EDGES = frozenset(("US", "EU", "AP", "JP", "AU", "IN", "SA", "ZA", "ME", "CA"))
"""Where people were, in CloudFront's usage types (CloudFront developer guide, usage reports)."""

ELSEWHERE_CHARGED = frozenset((CLOUDFRONT, "AmazonLightsail", "AWSGlobalAccelerator", "AWSDirectConnect"))
"""Products whose transfer has prices of its own."""

WHOLE_REGION = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)-(.+)", re.DOTALL)
SHORT_SIZE = re.compile(r"(?<=\.)(\d*)xl$")
"""RDS shortens sizes: `db.r5d.2xl` is a db.r5d.2xlarge."""

VIRGINIA = "us-east-1"
"""Where a usage type without a region is charged, if nothing else says where (S3 user guide, usage reports)."""


class UsageTypes:
    """The table of usage types: which prices each may be charged by."""

    def __init__(
        self,
        rows: Iterable[UsageTypeRow],
        regions: Mapping[str, str],
        services: Mapping[str, str],
        everywhere: Mapping[str, Sequence[str]],
    ) -> None:
        """`services` are product codes by the names of Cost Explorer; `everywhere` kinds by service, none for all."""
        self._regions = regions
        self._services = {name.lower(): code for name, code in services.items()}
        self._exact: dict[str, list[UsageTypeRow]] = defaultdict(list)
        self._patterns: list[tuple[str, str, UsageTypeRow]] = []
        self._everywhere = everywhere
        self.products: dict[tuple[str, str], frozenset[str]] = {}
        for row in rows:
            if "*" in row[1]:
                start, _, end = row[1].partition("*")
                self._patterns.append((start, end, row))
            else:
                self._exact[row[1]].append(row)
            key = row[3], row[4]
            self.products[key] = self.products.get(key, frozenset()) | frozenset(row[0].split("|"))

    @property
    def comparable(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.products)

    def product(self, name: str) -> str:
        """The product code of what Cost Explorer calls a service; the name itself where it is not known."""
        return self._services.get(name.strip().lower(), name.strip())

    def region_of(self, usage_type: str) -> str | None:
        """The region that a usage type begins with."""
        if whole := WHOLE_REGION.fullmatch(usage_type):
            return whole[1]
        return self._regions.get(usage_type.partition("-")[0])

    def bought(self, product: str, usage_type: str, operation: str) -> tuple[Bought, ...]:
        """What the usage type may be the charge for; nothing where it is not known."""
        prefix, _, rest = usage_type.partition("-")
        found: list[tuple[UsageTypeRow, str]] = []
        if product in ("", CLOUDFRONT) and prefix in EDGES:
            found += [match for match in self._rows(rest) if match[0][0] == CLOUDFRONT]
        if whole := WHOLE_REGION.fullmatch(usage_type):
            usage_type = whole[2]
        elif prefix in self._regions:
            usage_type = rest
        in_region = self._rows(usage_type)
        if not found or product != CLOUDFRONT:
            found += [match for match in in_region if match[0][0] != CLOUDFRONT or product == CLOUDFRONT]
        if product:
            own = [match for match in found if product in match[0][0].split("|")]
            any_ = [] if product in ELSEWHERE_CHARGED else [match for match in found if not match[0][0]]
            found = own or any_
        if operation:
            exact = [match for match in found if match[0][2] == operation]
            found = exact or [match for match in found if not match[0][2]]
        return tuple(self._bought(row, name) for row, name in found)

    def _rows(self, usage_type: str) -> Iterable[tuple[UsageTypeRow, str]]:
        """The rows of a usage type without its region, each with what stands for its `*`."""
        if usage_type in self._exact:
            return [(row, "") for row in self._exact[usage_type]]
        found = [
            (row, usage_type[len(start) : len(usage_type) - len(end)])
            for start, end, row in self._patterns
            if len(usage_type) >= len(start) + len(end) and usage_type.startswith(start) and usage_type.endswith(end)
        ]
        longest = max((len(row[1]) for row, _ in found), default=0)
        return [(row, name) for row, name in found if len(row[1]) == longest]

    def _bought(self, row: UsageTypeRow, name: str) -> Bought:
        _, _, _, service, kind, attributes, per, _ = row
        name = SHORT_SIZE.sub(r"\1xlarge", name)
        named = {key: value.replace("*", name) for key, value in attributes.items()}
        term = named.pop("term", None)
        kinds = self._everywhere.get(service)
        everywhere = kinds is not None and (not kinds or kind in kinds)
        return Bought(service, kind, named, per, None if term is None else term == "spot", everywhere)


@dataclass(frozen=True, slots=True)
class Entry:
    """What of a stack may have been charged: a meter's or a line's place and SKU."""

    address: str
    sku: Sku
    region: str


@dataclass(frozen=True, slots=True)
class _Alike:
    """Entries that are charged alike: all of them, by the names of their resources, and those that no charge names."""

    positions: tuple[int, ...]
    by_name: Mapping[str, frozenset[int]]
    unnamed: tuple[int, ...]


class Matching:
    """Which of the entries each charge is for."""

    def __init__(self, actual: Actual, entries: Sequence[Entry], names: Names) -> None:
        self._actual = actual
        self._entries = entries
        self._names = names
        self._by_kind: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_service: dict[str, list[int]] = defaultdict(list)
        for at, entry in enumerate(entries):
            self._by_kind[entry.sku.service, entry.sku.kind].append(at)
            self._by_service[entry.sku.service].append(at)
        # An export has a charge for each resource and usage type: what is alike for them is looked up once.
        self._alike: dict[tuple[str, str, str, str | None], _Alike] = {}
        self._paid_for: dict[tuple[str, str], set[str]] = defaultdict(set)
        for charge in actual.charges:
            if charge.resource:
                for bought in charge.bought:
                    self._paid_for[bought.service, bought.kind] |= tokens_of(charge.resource)

    def entries_of(self, charge: Charge) -> tuple[int, ...]:
        """
        Positions of the entries. Where the export and Terraform both name resources, a charge for one that Terraform
        does not name is not this stack's.
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


@dataclass(frozen=True)
class Measured:
    """The month's quantities of what people's use decides, by meter; with what each is assumed to be."""

    actual: Actual
    quantities: Mapping[Key, tuple[Fraction, Sentence]]

    def fill(self, meter: Meter) -> Meter:
        """The meter with what was measured: it wins over a workload's estimate, and gives way to what people state."""
        if not meter.usage_based or (found := self.quantities.get(_key(meter))) is None:
            return meter
        return replace(meter, quantity=certain(found[0]), assumes=(found[1],), needs=None)


def measured(
    actual: Actual, region: str, meters: Sequence[Meter], given: GivenUsage, names: Names = lambda address: ()
) -> Measured:
    """
    What the export tells of a stack's meters.

    Usage that no line item names was none: a report lists whatever was used, even what was free. Other exports, and
    services that a report lacks, tell nothing of it.
    """
    matching = Matching(actual, entries_of(meters, region), names)
    open_ = [at for at, meter in enumerate(meters) if meter.usage_based and not _is_given(meter, given)]
    is_open = frozenset(open_)
    found: dict[int, Fraction] = defaultdict(Fraction)
    pools: dict[tuple[int, ...], Fraction] = defaultdict(Fraction)
    for charge in actual.charges:
        if charge.quantity is None or not charge.is_usage or actual.grouped_by == BY_SERVICE:
            continue
        alike = matching.entries_of(charge)
        kinds = {(meters[at].sku.service, meters[at].sku.kind) for at in alike}
        if len(kinds) == 1 and any(at in is_open for at in alike):
            pools[alike] += charge.quantity / _per(charge, meters[alike[0]].sku)
    sharing: dict[int, int] = {}
    for alike, quantity in pools.items():
        sharers = [at for at in alike if at in is_open]
        known = sum((_expected(meters[at]) for at in alike if at not in is_open), Fraction(0))
        for at in sharers:
            found[at] += max(Fraction(0), quantity - known) / len(sharers)
            sharing[at] = max(sharing.get(at, 1), len(sharers))
    quantities: dict[Key, tuple[Fraction, Sentence]] = {}
    for at in open_:
        if at in found:
            count = sharing[at]
            why = (
                say("actual_quantity", period=actual.period.month)
                if count == 1
                else say("actual_shared", period=actual.period.month, count=count)
            )
            quantities[_key(meters[at])] = found[at], why
        elif _is_none(actual, meters[at].sku):
            quantities[_key(meters[at])] = Fraction(0), say("actual_none", period=actual.period.month)
    return Measured(actual, quantities)


def entries_of(meters: Iterable[Meter], region: str) -> tuple[Entry, ...]:
    """Meters, as what may have been charged; `region` is the stack's own."""
    return tuple(Entry(meter.origin.address, meter.sku, meter.origin.region or region) for meter in meters)


def _is_given(meter: Meter, given: GivenUsage) -> bool:
    return bool(given.of(meter.origin.address).keys() & set(meter.usage_keys))


def _expected(meter: Meter) -> Fraction:
    return meter.quantity.expected if meter.quantity else Fraction(0)


def _per(charge: Charge, sku: Sku) -> int:
    return next(bought.per for bought in charge.bought if bought.is_of(sku))


def _is_none(actual: Actual, sku: Sku) -> bool:
    products = (actual.products or {}).get((sku.service, sku.kind), frozenset())
    return actual.grouped_by == BY_LINE_ITEM and ("" in products or not products.isdisjoint(actual.services))


def _key(meter: Meter) -> Key:
    return meter.origin.address, meter.component, meter.sku.service, meter.sku.kind
