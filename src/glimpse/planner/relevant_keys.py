"""
The keys of people's use that matter to a stack: those on which some quantity of its bill depends.

They are found by trying each key with a value far above and far below its built-in one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from glimpse.planner.capacity import Capacity
from glimpse.planner.meter import Origin
from glimpse.planner.quantities import CostCases
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.usage import usage_of
from glimpse.planner.workload import Workload, unstated
from glimpse.planner.workload_keys import BUILT_IN_HOURS, KEYS, NumberKey

PROBE = 10**6
"""The factor of a trial, up and down: large enough to show a quantity that counts only where it is the largest."""

PEOPLE = replace(unstated(), has_people=True)
"""People with the built-in figures."""

FLAT = replace(PEOPLE, hours=(Fraction(1),) * len(BUILT_IN_HOURS))
"""The same people through a day without a busiest hour."""

NOWHERE = Origin("")

Quantity = tuple[str, str, CostCases | None]
"""An address, a component, and how much of it."""


@dataclass(frozen=True)
class RelevantKeys:
    """The relevant keys of one stack. `capacities` are the measured services by name."""

    stack: Stack
    capacities: Mapping[str, Capacity]
    today: datetime.date

    @cached_property
    def keys(self) -> tuple[NumberKey, ...]:
        """The numbers of people's use on which some quantity depends; empty if no quantity follows from people."""
        found: set[str] = set()
        for capacity in self._services:
            before = self._quantities(PEOPLE, capacity)
            if before == self._quantities(unstated(), capacity):
                continue
            found |= {
                key.name
                for key in KEYS
                if key.name not in found
                and any(self._quantities(people, capacity) != before for people in _probes(key))
            }
        return tuple(key for key in KEYS if found and key.name in found | {"users"})

    @property
    def _services(self) -> tuple[Capacity | None, ...]:
        """The services that may run in this stack; the same people make each service use different quantities."""
        return (None, *self.capacities.values()) if self.stack.has(FargateService) else (None,)

    @cached_property
    def _different(self) -> Stack:
        """The stack with one of all resources that differ only in their origin: all of them depend on the same keys."""
        first: dict[str, Resource] = {}
        for resource in self.stack.resources:
            first.setdefault(repr(replace(resource, origin=NOWHERE)), resource)  # type: ignore[type-var]
        return replace(self.stack, resources=tuple(first.values()))

    def _quantities(self, workload: Workload, capacity: Capacity | None, stack: Stack | None = None) -> list[Quantity]:
        """Every quantity of `stack`, without one of the stack whose resources all differ."""
        meters = usage_of(stack or self._different, workload, capacity, self.today).meters
        return [(meter.origin.address, meter.component, meter.quantity) for meter in meters]

    @property
    def depends_on_hours(self) -> bool:
        """Whether some quantity depends on when in the day people are there."""
        return any(self._quantities(FLAT, each) != self._quantities(PEOPLE, each) for each in self._services)

    @cached_property
    def filled_lines(self) -> frozenset[tuple[str, str]]:
        """The lines that get a quantity from people's use, by address and component."""
        rows = self._quantities(PEOPLE, None, self.stack)
        return frozenset((address, component) for address, component, quantity in rows if quantity is not None)


def _probes(key: NumberKey) -> Iterator[Workload]:
    """People with one number far from its built-in value, up and down."""
    value = Fraction(key.built_in)
    for probe in ((value or Fraction(1)) * PROBE, value / PROBE):
        yield replace(PEOPLE, numbers={**PEOPLE.numbers, key.name: probe})
