"""A lever: one named change of a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from glimpse.planner.meter import Origin
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.stack import Resource, Stack

EFFORTS = ("none", "variable", "config", "code", "migration")
"""
What a change asks for, least first: a value; a value and something to prepare, move or build; code of the service
or its clients; another architecture.
"""

TERRAFORM, BOTH, PURCHASE, PLANNED = "terraform", "both", "purchase", "planned"
"""Both: Terraform sets it and our service reads it. A purchase changes no file: it is a row of `glimpse.toml`."""


@dataclass(frozen=True, slots=True, eq=False)
class Lever:
    """
    `part`: what of a stack it decides; levers of one part exclude each other.

    `implemented`: terraform, service, both, purchase or planned — what makes the change real today.
    `edit`: the variables of `startup-prod` that it sets, and their values there.
    `priced` False: it changes no meter, so a search for the cheapest leaves it out.
    """

    name: str
    part: str
    change: Callable[[Stack], Stack]
    implemented: str
    effort: str
    edit: Mapping[str, str | int] = field(default_factory=dict)
    priced: bool = True

    @property
    def is_planned(self) -> bool:
        return self.implemented == PLANNED


def applied(stack: Stack, levers: Sequence[Lever]) -> Stack:
    for lever in levers:
        stack = lever.change(stack)
    return stack


def each_service(change: Callable[[Stack, FargateService], FargateService]) -> Callable[[Stack], Stack]:
    return lambda stack: stack.each(FargateService, lambda service: change(stack, service))


def new(name: str) -> Origin:
    """Where something stands that a lever adds: no file has an address for it yet."""
    return Origin(f"new.{name}")


def without(stack: Stack, gone: Callable[[Resource], bool]) -> Stack:
    kept = tuple(resource for resource in stack.resources if not gone(resource))
    return stack if len(kept) == len(stack.resources) else replace(stack, resources=kept)


def with_more(stack: Stack, *added: Resource) -> Stack:
    return replace(stack, resources=(*stack.resources, *added))
