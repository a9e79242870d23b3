"""Levers on secrets."""

from __future__ import annotations

from glimpse.planner.levers.lever import GIVES_UP, TERRAFORM, Lever, without
from glimpse.planner.resources.secret import Secret
from glimpse.planner.stack import Stack


def parameters(stack: Stack) -> Stack:
    """Standard parameters, which cost nothing, instead of secrets that nothing needs in Secrets Manager."""
    return without(stack, lambda resource: isinstance(resource, Secret) and resource.must_stay is False)


LEVERS = (
    Lever(
        "parameters", "secrets", GIVES_UP, parameters, TERRAFORM, "config",
        gives_up="secrets_manager", edit={"secret_store": "parameter_store"},
    ),
)  # fmt: skip
