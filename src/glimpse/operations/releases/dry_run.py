"""What a deploy would call, step by step, with the right of each call and its resources. It needs no account."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping

from glimpse.operations.options import Say
from glimpse.operations.releases.calls import CALLS
from glimpse.operations.releases.rights import BOOTSTRAP_RULES, RULES, Grant, grants_of
from glimpse.operations.releases.steps import STEPS
from glimpse.operations.releases.terraform_rights import (
    BACKEND,
    BOOTSTRAP_DATA,
    BOOTSTRAP_TYPES,
    DATA,
    ONLY_BOOTSTRAP,
    RESOURCES,
    TypeRights,
)

WIDTH = 110
INDENT, DEEPER = "  ", "      "


def dry_run(name: str, say: Say) -> Iterator[str]:
    """The lines. `name`: of the environment."""
    yield say("deploy_dry_run", name=name)
    for number, step in enumerate(STEPS, start=1):
        yield ""
        yield " ".join(say(f"deploy_step_{step}", number=number, count=len(STEPS), time="").split())
        rules = BOOTSTRAP_RULES if step in ("preflight", "bootstrap", "delegation") else RULES
        for call in CALLS[step]:
            yield f"{INDENT}{call.service} {call.operation}"
            yield from _rights((call.right,), rules, name)
        if step in TERRAFORM:
            yield from TERRAFORM[step](say, name)
    yield ""
    yield say("deploy_dry_run_policies")


def _bootstrap(say: Say, name: str) -> Iterator[str]:
    yield INDENT + say("deploy_dry_run_terraform", command="init, plan, apply", root="bootstrap")
    types: Mapping[str, TypeRights] = {kind: RESOURCES[kind] for kind in BOOTSTRAP_TYPES}
    data = {f"data.{kind}": DATA[kind] for kind in BOOTSTRAP_DATA}
    for kind, rights in {"backend.s3": BACKEND, **types, **data}.items():
        yield from _of_type(kind, (*rights.read, *rights.write))


def _plan(say: Say, name: str) -> Iterator[str]:
    yield INDENT + say("deploy_dry_run_terraform", command="init, plan", root="environment")
    data = {f"data.{kind}": rights for kind, rights in DATA.items()}
    for kind, rights in {"backend.s3": BACKEND, **_of_environment(), **data}.items():
        yield from _of_type(kind, (*rights.read, *(rights.write if kind == "backend.s3" else ())))


def _prepare(say: Say, name: str) -> Iterator[str]:
    yield INDENT + say("deploy_dry_run_part")


def _apply(say: Say, name: str) -> Iterator[str]:
    yield INDENT + say("deploy_dry_run_terraform", command="plan, apply", root="environment")
    for kind, rights in _of_environment().items():
        yield from _of_type(kind, rights.write)


TERRAFORM: Mapping[str, Callable[[Say, str], Iterator[str]]] = {
    "bootstrap": _bootstrap,
    "plan": _plan,
    "prepare": _prepare,
    "apply": _apply,
}


def _of_environment() -> Mapping[str, TypeRights]:
    return {kind: rights for kind, rights in RESOURCES.items() if kind not in ONLY_BOOTSTRAP}


def _of_type(kind: str, actions: Iterable[str]) -> Iterator[str]:
    if names := sorted(set(actions)):
        yield INDENT + kind
        yield from textwrap.wrap(", ".join(names), WIDTH, initial_indent=DEEPER, subsequent_indent=DEEPER)


def _rights(actions: Iterable[str], rules: Mapping[str, tuple[Grant, ...]], name: str) -> Iterator[str]:
    for action in actions:
        resources = dict.fromkeys(resource for grant in grants_of(action, rules) for resource in grant.resources)
        yield f"{DEEPER}{action}  {', '.join(resources)}".replace("glimpse-prod", name)
