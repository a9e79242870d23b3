"""
What each resource type means for a bill: free, or known and unpriced with the reason (resource_types.toml).

Priced types are not listed there: families have READERS for them.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

FREE = "free"
BY_USE = "by_use"
"""Charged by use alone, of which no price is held: on a bill that is usage, not a gap."""
IN_CLUSTER = "in_cluster"
AWS_PROVIDERS = ("aws", "awscc")
"""Providers whose resources are AWS's."""

OWN = ("terraform_data",)
"""Types of Terraform itself, which stand for nothing outside its state."""

VERSION = re.compile(r"_v\d+(?:(?:alpha|beta)\d+)?$")
"""The Kubernetes provider has each of its types once for each version of an interface."""


@dataclass(frozen=True)
class _Lists:
    meanings: Mapping[str, str]
    services: Mapping[str, str]
    beginnings: Mapping[str, str]
    because: Mapping[str, str]
    free_only: Mapping[str, Mapping[str, tuple[str, ...]]]
    providers: Mapping[str, frozenset[str]]


@cache
def _lists() -> _Lists:
    """The file, read when it is first asked for."""
    path = files("glimpse.planner.outside.terraform_files") / "resource_types.toml"
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    meanings: dict[str, str] = {}
    services: dict[str, str] = {}
    for meaning, by_service in ((FREE, held["free"]), *held["unpriced"].items()):
        for service, names in by_service.items():
            types = names.split()
            meanings.update(dict.fromkeys(types, meaning))
            services.update(dict.fromkeys(types, service))
    return _Lists(
        MappingProxyType(meanings),
        MappingProxyType(services),
        MappingProxyType({name: service for service, names in held["services"].items() for name in names.split()}),
        MappingProxyType(held["free_because"]),
        MappingProxyType(
            {
                type_: {argument: tuple(values) for argument, values in arguments.items()}
                for type_, arguments in held["free_only"].items()
            }
        ),
        MappingProxyType({meaning: frozenset(names.split()) for meaning, names in held["providers"].items()}),
    )


def _meaning(type_: str) -> str | None:
    """FREE, the code of a reason, or None for a type that nobody knows."""
    lists, provider = _lists(), provider_of(type_)
    if provider in lists.providers[IN_CLUSTER]:
        return lists.meanings.get(VERSION.sub("", type_), IN_CLUSTER)
    if provider in lists.providers[FREE] or type_ in OWN:
        return FREE
    return lists.meanings.get(type_)


def is_free(type_: str) -> bool:
    """
    Whether resources of a type cost nothing, however many there are.

    A few do only while some argument is left as it is: `free_only`.
    """
    return _meaning(type_) == FREE


def unpriced_reason(type_: str) -> str | None:
    """Why a known type is not priced: a code whose sentence is `unpriced_CODE`. None for free and unknown types."""
    meaning = _meaning(type_)
    return None if meaning == FREE else meaning


def free_only(type_: str) -> Mapping[str, tuple[str, ...]]:
    """For each argument that can make a free type cost something, the values with which it stays free. Often empty."""
    return _lists().free_only.get(type_, {})


def free_because(type_: str) -> str:
    """Why a type is free where that is not plain, with who says so; else nothing."""
    return _lists().because.get(type_, "")


def service_of(type_: str) -> str:
    """
    The AWS service of a type, as AWS names it; the provider where it is not known.

    A type that is not listed, for it is priced, is of the service that most types are of whose names begin as its does.
    """
    lists = _lists()
    if type_ in lists.services:
        return lists.services[type_]
    parts = type_.split("_")
    beginnings = ["_".join(parts[:length]) for length in range(len(parts), 1, -1)]
    for begin in beginnings:
        if begin in lists.beginnings:
            return lists.beginnings[begin]
    for begin in beginnings:
        alike = Counter(service for name, service in lists.services.items() if f"{name}_".startswith(f"{begin}_"))
        if alike:
            return alike.most_common(1)[0][0]
    return provider_of(type_)


def provider_of(type_: str) -> str:
    """The provider's name in a type: what stands before the first underscore."""
    return type_.partition("_")[0]


def is_of_another_cloud(type_: str) -> bool:
    """Whether a type belongs to a provider that is not AWS's and can be charged for by somebody else."""
    return provider_of(type_) not in AWS_PROVIDERS and _meaning(type_) is None


def listed() -> Mapping[str, str]:
    """Every listed type with what it means: FREE, or the code of the reason why it is not priced."""
    return _lists().meanings


def providers(meaning: str) -> frozenset[str]:
    """The other providers whose resources are FREE, or IN_CLUSTER but for the types that are listed."""
    return _lists().providers[meaning]
