"""The usage types of AWS's reports, and the prices that each of them may be charged by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from glimpse.planner.actual import ChargedSku

CLOUDFRONT = "AmazonCloudFront"
EDGES = frozenset(("US", "EU", "AP", "JP", "AU", "IN", "SA", "ZA", "ME", "CA"))
"""Where people were, in CloudFront's usage types (CloudFront developer guide, usage reports)."""

ELSEWHERE_CHARGED = frozenset((CLOUDFRONT, "AmazonLightsail", "AWSGlobalAccelerator", "AWSDirectConnect"))
"""Products whose transfer has prices of its own."""

WHOLE_REGION = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)-(.+)", re.DOTALL)
SHORT_SIZE = re.compile(r"(?<=\.)(\d*)xl$")
"""RDS shortens sizes: `db.r5d.2xl` is a db.r5d.2xlarge."""


class UsageType(NamedTuple):
    """
    One usage type of AWS's reports: `products` are codes between bars, `per` of AWS's units are one of the price's, and
    a `*` in `usage_type` stands for what `attributes` name.
    """

    products: str
    usage_type: str
    operation: str
    service: str
    kind: str
    attributes: Mapping[str, str]
    per: int
    source: str


class UsageTypes:
    """The table of usage types: which prices each may be charged by."""

    def __init__(
        self,
        rows: Iterable[UsageType],
        regions: Mapping[str, str],
        services: Mapping[str, str],
        everywhere: Mapping[str, Sequence[str]],
    ) -> None:
        """`services` are product codes by the names of Cost Explorer; `everywhere` kinds by service, none for all."""
        self._regions = regions
        self._services = {name.lower(): code for name, code in services.items()}
        self._exact: dict[str, list[UsageType]] = defaultdict(list)
        self._patterns: list[tuple[str, str, UsageType]] = []
        self._everywhere = everywhere
        self.products: dict[tuple[str, str], frozenset[str]] = {}
        for row in rows:
            if "*" in row.usage_type:
                start, _, end = row.usage_type.partition("*")
                self._patterns.append((start, end, row))
            else:
                self._exact[row.usage_type].append(row)
            key = row.service, row.kind
            self.products[key] = self.products.get(key, frozenset()) | frozenset(row.products.split("|"))

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

    def bought(self, product: str, usage_type: str, operation: str) -> tuple[ChargedSku, ...]:
        """What the usage type may be the charge for; nothing where it is not known."""
        prefix, _, rest = usage_type.partition("-")
        found: list[tuple[UsageType, str]] = []
        if product in ("", CLOUDFRONT) and prefix in EDGES:
            found += [match for match in self._rows(rest) if match[0].products == CLOUDFRONT]
        if whole := WHOLE_REGION.fullmatch(usage_type):
            usage_type = whole[2]
        elif prefix in self._regions:
            usage_type = rest
        in_region = self._rows(usage_type)
        if not found or product != CLOUDFRONT:
            found += [match for match in in_region if match[0].products != CLOUDFRONT or product == CLOUDFRONT]
        if product:
            own = [match for match in found if product in match[0].products.split("|")]
            any_ = [] if product in ELSEWHERE_CHARGED else [match for match in found if not match[0].products]
            found = own or any_
        if operation:
            exact = [match for match in found if match[0].operation == operation]
            found = exact or [match for match in found if not match[0].operation]
        return tuple(self._bought(row, name) for row, name in found)

    def _rows(self, usage_type: str) -> Iterable[tuple[UsageType, str]]:
        """The rows of a usage type without its region, each with what stands for its `*`."""
        if usage_type in self._exact:
            return [(row, "") for row in self._exact[usage_type]]
        found = [
            (row, usage_type[len(start) : len(usage_type) - len(end)])
            for start, end, row in self._patterns
            if len(usage_type) >= len(start) + len(end) and usage_type.startswith(start) and usage_type.endswith(end)
        ]
        longest = max((len(row.usage_type) for row, _ in found), default=0)
        return [(row, name) for row, name in found if len(row.usage_type) == longest]

    def _bought(self, row: UsageType, name: str) -> ChargedSku:
        name = SHORT_SIZE.sub(r"\1xlarge", name)
        named = {key: value.replace("*", name) for key, value in row.attributes.items()}
        term = named.pop("term", None)
        kinds = self._everywhere.get(row.service)
        everywhere = kinds is not None and (not kinds or row.kind in kinds)
        return ChargedSku(row.service, row.kind, named, row.per, None if term is None else term == "spot", everywhere)
