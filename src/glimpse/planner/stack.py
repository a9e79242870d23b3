"""A stack: what one Terraform tree describes, joined, in the planner's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from glimpse.planner.catalogue import Sku
from glimpse.planner.finding import Finding
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import CostCases
from glimpse.planner.sentence import Sentence
from glimpse.planner.traffic import Traffic
from glimpse.planner.workload import Commitment

if TYPE_CHECKING:
    from glimpse.planner.deployment import DeploymentFacts


class Resource(Protocol):
    """Anything that AWS may charge for. Each family's file in `resources/` holds some."""

    @property
    def origin(self) -> Origin: ...

    def meters(self, traffic: Traffic) -> Iterable[Meter]: ...


R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Unpriced:
    """
    A resource, or a part of one, that the planner knows and cannot price; its quantity and SKU where they are known.
    `may_be` are the families that an unreadable resource may be of.
    """

    origin: Origin
    component: str
    why: Sentence
    quantity: CostCases | None = None
    sku: Sku | None = None
    may_be: tuple[type[Resource], ...] = ()


@dataclass(frozen=True, slots=True)
class MissingVariable:
    """A root variable that has neither a value nor a default; `decides` whether a figure depends on it."""

    name: str
    file: str
    line: int
    decides: bool


@dataclass(frozen=True)
class PricedWorld:
    """
    What a stack is where certain variables have certain values. `when` pairs each variable with its value, an empty
    text for any value that no other world has. `monthly` is USD, `at_least` whether more is missing, once priced.
    """

    when: tuple[tuple[str, str], ...]
    stack: Stack
    monthly: Fraction = Fraction(0)
    at_least: bool = False


@dataclass(frozen=True)
class Choice:
    """What depends on values that nobody gave, where only a few make a difference: a world for each."""

    variables: tuple[str, ...]
    expression: str
    file: str
    line: int
    worlds: tuple[PricedWorld, ...]


@dataclass(frozen=True)
class Stack:
    """
    `free`: resources that cost nothing themselves. `unresolved`: what the files hold and the reader could not
    see whole; any entry makes every total "at least". `commitments` are proposed; `bought` holds the addresses of
    those that the workload has already. `variables` are those that the root of the tree declares, where that is
    known; `missing` are those of them without a value, and `choice` is what those decide. `region_from` says where the
    region was found, where neither an option nor the provider names it. `runs`: the service that its tasks run, and
    `environment`: production, development, …; both as `glimpse.toml` states them.
    """

    name: str
    region: str
    resources: tuple[Resource, ...] = ()
    free: tuple[Origin, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    unresolved: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    bought: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    missing: tuple[MissingVariable, ...] = ()
    choice: Choice | None = None
    region_from: Sentence | None = None
    runs: str | None = None
    environment: str | None = None
    moves: tuple[tuple[str, str], ...] = ()
    """The old and the new address of each `moved` block: of a resource, or of a module with all that is in it."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    """By what names, ids and ARNs the files know the resource at each address, where that was asked for."""

    deployment: DeploymentFacts | None = field(default=None, compare=False, repr=False)
    """What the files tell of the running service, where that was asked for."""

    def names_of(self, address: str) -> tuple[str, ...]:
        """By what names, ids and ARNs the files know the resource at an address."""
        return self.names.get(address, ())

    @cached_property
    def _by_kind(self) -> Mapping[type, tuple[Resource, ...]]:
        found: dict[type, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(type(resource), []).append(resource)
        return {kind: tuple(resources) for kind, resources in found.items()}

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """Every resource of a family; families have no families of their own."""
        return cast("tuple[R, ...]", self._by_kind.get(kind, ()))

    def has(self, *kinds: type[Resource]) -> bool:
        return any(kind in self._by_kind for kind in kinds)

    def count(self, kind: type[Resource]) -> int:
        """Among how many of a kind something is shared: 1 where there is none."""
        return max(1, len(self._by_kind.get(kind, ())))

    def changed(self, old: Resource, new: Resource) -> Stack:
        return replace(self, resources=tuple(new if resource is old else resource for resource in self.resources))

    def each(self, kind: type[R], change: Callable[[R], Resource]) -> Stack:
        """Every resource of a kind, changed; the same stack, and the same resources, where nothing is different."""
        if kind not in self._by_kind:
            return self

        def changed(entry: R) -> Resource:
            made = change(entry)
            return entry if made == entry else made

        resources = tuple(changed(entry) if isinstance(entry, kind) else entry for entry in self.resources)
        is_same = all(made is entry for made, entry in zip(resources, self.resources, strict=True))
        return self if is_same else replace(self, resources=resources)

    def addresses(self) -> Iterator[str]:
        yield from (resource.origin.address for resource in self.resources)
        yield from (origin.address for origin in self.free)
        yield from (entry.origin.address for entry in self.unpriced)
