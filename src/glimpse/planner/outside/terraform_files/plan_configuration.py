"""The `configuration` of a plan: the expressions of the files, as far as Terraform writes them into its JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

INDEX = re.compile(r"\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\]")
MODULE = re.compile(r"module\.([^.\[]+)")
STEP = re.compile(r"\.([^.\[]+)|\[\"((?:[^\"\\]|\\.)*)\"\]|\[(\d+)\]")
DEEPEST_REFERENCE = 20

Path = tuple[str, ...]
"""The names of the modules on the way to a module; none for the root."""


class PlanConfiguration:
    """
    What the files of a plan say. Its parts are those of Terraform's JSON format.

    `values` are the root variables as they were planned.
    """

    def __init__(self, plan: Mapping[str, Any]) -> None:
        configuration = plan.get("configuration", {})
        self.root: Mapping[str, Any] = configuration.get("root_module", {})
        self.providers: Mapping[str, Mapping[str, Any]] = configuration.get("provider_config", {})
        self.values = {name: entry.get("value") for name, entry in plan.get("variables", {}).items()}
        self._modules: dict[Path, Mapping[str, Any]] = {(): self.root}
        self._resources: dict[Path, dict[tuple[str, ...], Mapping[str, Any]]] = {}

    def module(self, path: Path) -> Mapping[str, Any]:
        if path not in self._modules:
            self._modules[path] = self.call(path).get("module", {})
        return self._modules[path]

    def call(self, path: Path) -> Mapping[str, Any]:
        """The `module` block by which the last module of a path is called."""
        found: Mapping[str, Any] = self.module(path[:-1]).get("module_calls", {}).get(path[-1], {})
        return found

    def resource(self, path: Path, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The block of a planned resource, or of a data source; None where the files hold none."""
        if path not in self._resources:
            configs = self.module(path).get("resources", ())
            self._resources[path] = {_key(config): config for config in configs}
        return self._resources[path].get(_key(row))

    def declared(self, path: Path = (), repeated: bool = False) -> Iterator[tuple[str, str, bool]]:
        """
        The address and type of each resource block, and whether `count` or `for_each`, its own or a module's, could
        leave none of it.
        """
        prefix = "".join(f"module.{name}." for name in path)
        for config in self.module(path).get("resources", ()):
            if config.get("mode", "managed") == "managed":
                yield f"{prefix}{config['type']}.{config['name']}", config["type"], repeated or _is_repeated(config)
        for name, call in self.module(path).get("module_calls", {}).items():
            yield from self.declared((*path, name), repeated or _is_repeated(call))

    # ---- What the files settle

    def is_settled(self, path: Path, config: Mapping[str, Any], expression: Any, depth: int = 0) -> bool:
        """
        Whether the files alone give an expression its value: nothing below it is made by `apply` or read by a plan.

        A plan does not show locals, so what leads to one is not settled.
        """
        if depth > DEEPEST_REFERENCE:
            return False
        names = (INDEX.sub("", reference).split(".") for reference in references_in(expression))
        return all(self._is_settled_name(path, config, name, depth + 1) for name in names)

    def _is_settled_name(self, path: Path, config: Mapping[str, Any], names: Sequence[str], depth: int) -> bool:
        if names[0] == "each" and names[1:2] == ["value"]:
            return self.is_settled(path, {}, config.get("for_each_expression"), depth)
        if names[0] == "module":
            inner = (*path, *names[1:2])
            outputs = self.module(inner).get("outputs", {})
            # A module named whole could be any of its outputs.
            chosen = [outputs.get(names[2])] if len(names) > 2 else list(outputs.values())
            return all(output and self.is_settled(inner, {}, output.get("expression"), depth) for output in chosen)
        if names[0] != "var" or not path:
            return names[0] in ("var", "each", "count", "path", "terraform")
        call, name = self.call(path), names[1] if len(names) > 1 else ""
        given = call.get("expressions", {}).get(name)
        if given is None:
            return "default" in self.module(path).get("variables", {}).get(name, {})
        return self.is_settled(path[:-1], call, given, depth)

    # ---- What variables are

    def constants(self, path: Path, expression: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
        """
        What each reference of an expression leads to, as far as that is a value of a variable or a constant: pairs of
        the reference and its value, None where that is something else.
        """
        if isinstance(expression, Mapping) and "constant_value" in expression:
            yield "", expression["constant_value"]
            return
        for reference in longest(list(references_in(expression))):
            name, rest = _split(reference)
            if not reference.startswith("var.") or depth > DEEPEST_REFERENCE:
                yield reference, None
            elif not path:
                default = self.root.get("variables", {}).get(name, {}).get("default")
                yield reference, _stepped(self.values.get(name, default), rest)
            else:
                given = self.call(path).get("expressions", {}).get(name)
                if given is None:
                    default = self.module(path).get("variables", {}).get(name, {}).get("default")
                    yield reference, _stepped(default, rest)
                else:
                    outer = self.constants(path[:-1], given, depth + 1)
                    yield from ((other or reference, _stepped(value, rest)) for other, value in outer)


def _split(reference: str) -> tuple[str, str]:
    """The name of a variable, and the steps into its value."""
    name = re.match(r"var\.([^.\[]+)", reference)
    return (name[1], reference[name.end() :]) if name else ("", "")


def _stepped(value: Any, steps: str) -> Any:
    for attribute, key, place in STEP.findall(steps):
        if isinstance(value, Mapping):
            value = value.get(attribute or key or place)
        elif isinstance(value, list) and place.isdigit() and int(place) < len(value):
            value = value[int(place)]
        else:
            return None
    return value


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return row.get("mode", "managed"), row["type"], row.get("name", "")


def _is_repeated(block: Mapping[str, Any]) -> bool:
    return "count_expression" in block or "for_each_expression" in block


def references_in(expression: Any) -> Iterator[str]:
    """Every reference at any depth of an expression, or of nested blocks."""
    if isinstance(expression, Mapping):
        yield from expression.get("references", ())
        for name, nested in expression.items():
            if name not in ("references", "constant_value"):
                yield from references_in(nested)
    elif isinstance(expression, list):
        for nested in expression:
            yield from references_in(nested)


def longest(references: list[str]) -> list[str]:
    """A plan lists `a.b["x"].arn`, `a.b["x"]` and `a.b`; only the first says which instance is meant."""
    return [name for name in references if not any(other.startswith((f"{name}.", f"{name}[")) for other in references)]
