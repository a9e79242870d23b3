"""A lever: one named change of a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from glimpse.planner.meter import Origin
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.stack import Resource, Stack

SAME_FOR_LESS, GIVES_UP, COMMITMENT, BY_HAND = "same_for_less", "gives_up", "commitment", "by_hand"
GROUPS = (SAME_FOR_LESS, GIVES_UP, COMMITMENT, BY_HAND)
"""
What a change asks of its owner, least first: nothing that the stack has today; something that it has; a promise to AWS
to pay for a year or more; a check by a person that the resource is not used.
"""

EFFORTS = ("none", "variable", "config", "code", "migration")
"""
The work that a change is, least first: a value; a value and something to prepare, move or build; code of the service
or its clients; another architecture.
"""

TERRAFORM, SERVICE, BOTH, PURCHASE, HAND, PLANNED = "terraform", "service", "both", "purchase", "hand", "planned"
"""Both: Terraform sets it and our service reads it. A purchase changes no file: it is a row of `glimpse.toml`."""

GLIMPSE = "glimpse"
"""The service that some levers require, as `[service] runs` of `glimpse.toml` names it."""


Edit = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, eq=False)
class Lever:
    """
    A named change of a stack.

    `slot` is what of a stack it decides; of the levers of one slot at most one is taken. `change` gives the same stack
    back if there is nothing to change, and keeps the address of what it changes.

    `gives_up` is the name of the promise that the stack has today and has no longer; None if nothing is lost. `lowers`
    are other promises of which the stack keeps less through what it gives up. `implemented` is what makes the change
    real today: terraform, service, both, purchase, hand or planned. `edit` are the variables of this repository's own
    environment that it sets, with their values; a function if the changed stack decides them. `requires` is the service
    that must run in the stack. `mends`: it is made for a risk, and costs nothing.
    """

    name: str
    slot: str
    group: str
    change: Callable[[Stack], Stack]
    implemented: str
    effort: str
    gives_up: str | None = None
    lowers: tuple[str, ...] = ()
    edit: Edit | Callable[[Stack], Edit] = field(default_factory=dict)
    requires: str | None = None
    mends: bool = False

    def edit_in(self, changed: Stack) -> Edit:
        """The variables to set for this lever in a stack that was changed by it."""
        return self.edit(changed) if callable(self.edit) else self.edit

    @property
    def is_planned(self) -> bool:
        return self.implemented == PLANNED


R = TypeVar("R")


def each(kind: type[R], change: Callable[[R], R]) -> Callable[[Stack], Stack]:
    """A change of every resource of a kind by itself."""
    return lambda stack: stack.each(kind, change)  # type: ignore[arg-type]


def each_service(change: Callable[[Stack, FargateService], FargateService]) -> Callable[[Stack], Stack]:
    return lambda stack: stack.each(FargateService, lambda service: change(stack, service))


def in_turn(*changes: Callable[[Stack], Stack]) -> Callable[[Stack], Stack]:
    """One change that is made of several."""

    def change(stack: Stack) -> Stack:
        for step in changes:
            stack = step(stack)
        return stack

    return change


def applied(stack: Stack, levers: Sequence[Lever]) -> Stack:
    for lever in levers:
        stack = lever.change(stack)
    return stack


def new(name: str) -> Origin:
    """Where something stands that a lever adds: no file has an address for it yet."""
    return Origin(f"new.{name}")


def without(stack: Stack, gone: Callable[[Resource], bool]) -> Stack:
    kept = tuple(resource for resource in stack.resources if not gone(resource))
    return stack if len(kept) == len(stack.resources) else replace(stack, resources=kept)


def with_more(stack: Stack, *added: Resource) -> Stack:
    return replace(stack, resources=(*stack.resources, *added))
