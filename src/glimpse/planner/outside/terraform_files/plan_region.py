"""The regions of a plan's providers, and of the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from glimpse.planner.outside.terraform_files.plan_configuration import MODULE, PlanConfiguration
from glimpse.planner.outside.terraform_files.read_result import OTHER_REGION
from glimpse.planner.outside.terraform_files.regions import (
    Evidence,
    LocatedRegion,
    is_region,
    located,
    own_region,
    regions_in,
)
from glimpse.planner.sentence import say

AWS = "aws"


PlannedRow = tuple[Mapping[str, Any], str, Mapping[str, Any] | None]
"""A resource with the key of its provider and its block; None where the files hold none."""


class PlanRegions:
    """`rows` are the planned resources, `data` the data sources that were read (of which some tell the region)."""

    def __init__(
        self, configuration: PlanConfiguration, rows: Sequence[PlannedRow], data: Sequence[PlannedRow] = ()
    ) -> None:
        self._configuration = configuration
        self._rows = [row for row in rows if str(row[0]["type"]).startswith("aws_")]
        self._data = [row for row in data if str(row[0]["type"]).startswith("aws_")]
        self._places: dict[str, LocatedRegion] = {}
        self.default = self._default()

    def _default(self) -> str:
        """The key of the provider without an alias; where there is none, of that which most resources have."""
        providers = self._configuration.providers
        if AWS in providers:
            return AWS
        for key, config in providers.items():
            if str(config.get("full_name", "")).endswith("/hashicorp/aws") and not (
                "alias" in config or "module_address" in config
            ):
                return key
        used = Counter(key for _, key, _ in self._rows)
        return min(used, key=lambda key: (-used[key], key)) if used else AWS

    def of_provider(self, key: str) -> LocatedRegion:
        """What a provider says of its region: a constant, a variable's value, or what its expression could give."""
        if key not in self._places:
            self._places[key] = self._of_provider(self._configuration.providers.get(key, {}))
        return self._places[key]

    def _of_provider(self, config: Mapping[str, Any]) -> LocatedRegion:
        expression = config.get("expressions", {}).get("region", {})
        if isinstance(constant := expression.get("constant_value"), str):
            return LocatedRegion(constant)
        path = tuple(MODULE.findall(config.get("module_address", "")))
        found = list(self._configuration.constants(path, expression))
        if len(found) == 1 and is_region(found[0][1]):
            reference, region = found[0]
            return LocatedRegion(
                region, say("region_from_variable", region=region, variable=reference) if reference else None
            )
        return LocatedRegion(None, None, frozenset(region for _, value in found for region in regions_in(value)))

    def of_resource(self, row: Mapping[str, Any], key: str) -> str | None:
        """The region of a resource that does not have the default provider, or says its own; None for the default."""
        values = row.get("values", {})
        if is_region(region := values.get("region")):
            return str(region)
        if not self._configuration.providers and not self._configuration.root:
            return own_region(values)  # a state
        if key == self.default or not str(row["type"]).startswith("aws_"):
            return None
        return self.of_provider(key).region or own_region(values) or OTHER_REGION

    def of_plan(self, files: Callable[[], str | None], environment: Mapping[str, str]) -> LocatedRegion:
        """Where the plan stands."""
        provider = self.of_provider(self.default)
        if provider.region:
            return provider
        evidence, candidates, by_files = self._evidence(), provider.candidates, cache(files)
        if candidates and not evidence.own and evidence.region not in candidates:
            evidence = Evidence()  # ARNs of what stands elsewhere
        if len(candidates) == 1 and not evidence.region and not by_files():
            # An expression of several parts, of which one alone is a region's name.
            region = next(iter(candidates))
            return LocatedRegion(region, say("region_from_reference", region=region))
        if not self._configuration.root and len(evidence.own) > 1:
            # Each resource of a state says its own region: where most are, the stack is.
            region = min(evidence.own, key=lambda name: (-evidence.own[name], name))
            return LocatedRegion(region, say("region_from_most", region=region))
        return located(evidence, by_files, environment, candidates)

    def _evidence(self) -> Evidence:
        evidence = Evidence()
        for values in self._of_default():
            evidence.add(values)
        return evidence

    def _of_default(self) -> Iterable[Mapping[str, Any]]:
        """The values of the resources and data sources that stand where the default provider does."""
        for row, key, config in (*self._rows, *self._data):
            if key == self.default and "region" not in (config or {}).get("expressions", {}):
                yield row.get("values", {})
