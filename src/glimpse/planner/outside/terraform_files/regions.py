"""
Where a stack stands, when its provider does not say it: what its resources, its files and the environment say.

`--region` comes first, and then the provider; what follows is asked in the order of `located`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from glimpse.planner.outside.terraform_files.block import Block
from glimpse.planner.outside.terraform_files.families import is_everywhere
from glimpse.planner.outside.terraform_files.read_result import OTHER_REGION, ReadResult
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.instances import Arguments

NAME = r"[a-z]{2,4}(?:-gov|-iso[a-z]?|-de)?-(?:central|(?:north|south)?(?:east|west)|north|south)-[1-9]"
REGION = re.compile(rf"{NAME}$")
BARE = re.compile(rf"({NAME})$")
ZONE = re.compile(rf"({NAME})(?:[a-z]|-[a-z0-9-]+-\d[a-z]?)$")
"""A zone (`us-east-1a`), or a local or wavelength zone (`us-west-2-lax-1a`)."""

ARN = re.compile(rf"arn:aws[a-z-]*:[a-z0-9-]+:({NAME}):")
SERVICE = re.compile(rf"(?:cn\.)?com\.amazonaws\.({NAME})\.")
"""What a VPC endpoint leads to, which is always in its own region."""

VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""As the provider's documentation has it ("Environment Variables"), in its order."""

OWN = ("arn", "id")


def is_region(value: Any) -> bool:
    """Whether a text is a region's name, as far as that can be told without a list of them."""
    return isinstance(value, str) and bool(REGION.match(value))


def regions_in(value: Any) -> Iterator[str]:
    """Every region's name at any depth of a value of JSON."""
    if isinstance(value, str):
        if REGION.match(value):
            yield value
    else:
        for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
            yield from regions_in(item)


@dataclass
class Evidence:
    """
    Regions that resources name, and how many times: in what is their own (region, zones, ARNs), and in the ARNs of what
    they refer to, which may stand elsewhere.
    """

    own: Counter[str] = field(default_factory=Counter)
    referred: Counter[str] = field(default_factory=Counter)

    def add(self, values: Any) -> None:
        """Take in the values of one resource."""
        if isinstance(values, Mapping):
            if isinstance(region := values.get("region"), str) and is_region(region):
                self.own[region] += 1
            for name in OWN:
                # The id of the data source aws_region is the region's name.
                if isinstance(text := values.get(name), str) and (found := ARN.match(text) or BARE.match(text)):
                    self.own[found[1]] += 1
        for text in _texts(values):
            if found := ZONE.match(text) or SERVICE.match(text):
                self.own[found[1]] += 1
            elif found := ARN.match(text):
                self.referred[found[1]] += 1

    @property
    def region(self) -> str | None:
        """The one region that they say; None where they say none, or several."""
        said = self.own or self.referred
        return next(iter(said)) if len(said) == 1 else None

    @property
    def candidates(self) -> frozenset[str]:
        return frozenset(self.own or self.referred)


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for value in values.values():
            yield from _texts(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _texts(value)


def own_region(values: Mapping[str, Any]) -> str | None:
    """The region that a resource's values say of itself."""
    evidence = Evidence()
    evidence.add(values)
    return evidence.region if evidence.own else None


@dataclass(frozen=True)
class LocatedRegion:
    """A region with where it was found; `candidates` are those that were seen where it is None."""

    region: str | None
    origin: Sentence | None = None
    candidates: frozenset[str] = frozenset()


def located(
    evidence: Evidence, files: Callable[[], str | None], environment: Mapping[str, str], seen: Iterable[str] = ()
) -> LocatedRegion:
    """
    The region by what the resources say, by the files beside a plan, or by the environment. `seen` are regions that
    the provider's expression could give.
    """
    if region := evidence.region:
        return LocatedRegion(region, say("region_from_resources", region=region))
    if region := files():
        return LocatedRegion(region, say("region_from_files", region=region))
    for name in VARIABLES:
        if region := environment.get(name):
            return LocatedRegion(region, say("region_from_environment", region=region, variable=name))
    return LocatedRegion(None, None, frozenset(seen) | evidence.candidates)


def with_region(read: ReadResult, environment: Mapping[str, str]) -> ReadResult:
    """What a directory gave, with its region where its provider does not tell it."""
    if isinstance(read.region, str):
        return read
    stated = Counter(block.region for block in read.blocks if block.region not in (None, OTHER_REGION))
    if stated and not any(block.region is None for block in read.blocks if block.type.startswith("aws_")):
        # Every resource has a provider of its own that says its region: where most are, the stack is.
        region = min(stated, key=lambda name: (-stated[name], name or ""))
        return replace(read, region=region, region_from=say("region_from_providers", region=region or ""))
    evidence = Evidence()
    for block in read.blocks:
        # What is the same everywhere names regions of its own, as a distribution its certificate's.
        if block.region is None and not is_everywhere(block.type):
            evidence.add(_plain(block))
    place = located(evidence, lambda: None, environment)
    if place.region is None:
        return replace(read, candidates=place.candidates)
    return replace(read, region=place.region, region_from=place.origin)


def _plain(block: Block) -> dict[str, Any]:
    """The texts that stand in a block's arguments. An argument that cannot be evaluated is named when it is needed."""
    return _texts_of(block.values.arguments)


def _texts_of(arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in arguments.names() if isinstance(arguments, Arguments) else ():
        try:
            value = arguments.get(name)
        except EvaluationError:
            continue
        items = value if isinstance(value, tuple) else (value,)
        found[name] = [
            _texts_of(item) if isinstance(item, Arguments) else item
            for item in items
            if isinstance(item, str | Arguments)
        ]
    return found
