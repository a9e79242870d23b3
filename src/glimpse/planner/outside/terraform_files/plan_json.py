"""The JSON of a plan (`terraform show -json PLAN`) or of a state: everything evaluated by Terraform itself."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from glimpse.planner.outside.terraform_files.block import UNKNOWN, Block, Values
from glimpse.planner.outside.terraform_files.directory import INDEX, Read
from glimpse.planner.outside.terraform_files.evaluation import NotRead
from glimpse.planner.sentence import say

MOST_BYTES = 200_000_000
MODULE = re.compile(r"module\.([^.\[]+)")


def read_plan(path: Path) -> Read:
    """Raises NotRead when the file is not the JSON of a plan or a state."""
    name = str(path)
    if path.stat().st_size > MOST_BYTES:
        raise NotRead(say("too_large_file", path=name, limit=MOST_BYTES))
    try:
        plan = json.loads(path.read_bytes())
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise NotRead(say("not_json", path=name, detail=getattr(error, "msg", "not UTF-8")), name, line) from None
    except RecursionError:
        raise NotRead(say("not_a_plan", path=name)) from None
    values = plan.get("planned_values", plan.get("values")) if isinstance(plan, dict) else None
    if not isinstance(values, dict) or not isinstance(values.get("root_module"), dict):
        raise NotRead(say("not_a_plan", path=name))
    try:
        return _Plan(plan, values["root_module"]).read()
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise NotRead(say("not_a_plan", path=name)) from None


class _Plan:
    def __init__(self, plan: Mapping[str, Any], root: Mapping[str, Any]) -> None:
        self.configuration = plan.get("configuration", {})
        self.variables = {name: entry.get("value") for name, entry in plan.get("variables", {}).items()}
        self.unknown = {
            entry["address"]: entry.get("change", {}).get("after_unknown") for entry in plan.get("resource_changes", ())
        }
        self.rows = [row for row in _resources(root) if row.get("mode", "managed") == "managed"]
        self.instances: dict[str, list[str]] = defaultdict(list)
        for row in self.rows:
            self.instances[INDEX.sub("", row["address"])].append(row["address"])

    def read(self) -> Read:
        default = self._region("aws")
        blocks = []
        for row in self.rows:
            modules = tuple(MODULE.findall(INDEX.sub("", row["address"])))
            config = self._resource(modules, row)
            provider = config.get("provider_config_key", "aws")
            values = _marked(row.get("values", {}), self.unknown.get(row["address"]))
            region = values.get("region") if isinstance(values.get("region"), str) else None
            blocks.append(
                Block(
                    address=row["address"],
                    type=row["type"],
                    values=Values(values),
                    links=dict(self._links(config.get("expressions", {}), modules)),
                    region=region or (self._region(provider) if provider != "aws" else None),
                )
            )
        return Read(tuple(blocks), default, ())

    def _module(self, modules: Sequence[str]) -> Mapping[str, Any]:
        module: Mapping[str, Any] = self.configuration.get("root_module", {})
        for name in modules:
            module = module.get("module_calls", {}).get(name, {}).get("module", {})
        return module

    def _resource(self, modules: Sequence[str], row: Mapping[str, Any]) -> Mapping[str, Any]:
        for config in self._module(modules).get("resources", ()):
            if (config.get("type"), config.get("name")) == (row["type"], row.get("name")):
                found: Mapping[str, Any] = config
                return found
        return {}

    def _links(
        self, expressions: Mapping[str, Any], modules: tuple[str, ...], prefix: str = ""
    ) -> Iterator[tuple[str, frozenset[str]]]:
        for name, expression in expressions.items():
            merged: dict[str, frozenset[str]] = {}
            for part in expression if isinstance(expression, list) else [expression]:
                if not isinstance(part, Mapping):
                    continue
                if "references" in part:
                    found = frozenset(
                        address
                        for reference in part["references"]
                        for address in self._resolved(reference, modules, depth=0)
                    )
                    merged[prefix + name] = merged.get(prefix + name, frozenset()) | found
                elif not prefix and "constant_value" not in part:
                    for key, found in self._links(part, modules, f"{name}."):
                        merged[key] = merged.get(key, frozenset()) | found
            yield from ((key, found) for key, found in merged.items() if found)

    def _resolved(self, reference: str, modules: tuple[str, ...], depth: int) -> Iterator[str]:
        """The resource instances that one reference leads to, through module inputs and outputs."""
        if depth > 20:
            return
        parts = INDEX.sub("", reference).split(".")
        if parts[0] == "var" and modules and len(parts) > 1:
            call = self._module(modules[:-1]).get("module_calls", {}).get(modules[-1], {})
            expression = call.get("expressions", {}).get(parts[1], {})
            for outer in expression.get("references", ()) if isinstance(expression, Mapping) else ():
                yield from self._resolved(outer, modules[:-1], depth + 1)
        elif parts[0] == "module" and len(parts) > 2:
            inner = (*modules, parts[1])
            output = self._module(inner).get("outputs", {}).get(parts[2], {})
            for reference in output.get("expression", {}).get("references", ()):
                yield from self._resolved(reference, inner, depth + 1)
        elif len(parts) > 1:
            prefix = "".join(f"module.{name}." for name in modules)
            yield from self.instances.get(f"{prefix}{parts[0]}.{parts[1]}", ())

    def _region(self, provider: str) -> str | None:
        config = self.configuration.get("provider_config", {}).get(provider, {})
        expression = config.get("expressions", {}).get("region", {})
        if isinstance(constant := expression.get("constant_value"), str):
            return constant
        for reference in expression.get("references", ()):
            value = self.variables.get(reference.removeprefix("var."))
            if isinstance(value, str):
                return value
        return None


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _marked(values: Any, unknown: Any) -> Any:
    """Put UNKNOWN wherever the plan says that a value is only known after apply."""
    if unknown is True:
        return UNKNOWN
    if isinstance(values, dict) and isinstance(unknown, dict):
        names = {*values, *unknown}
        return {name: _marked(values.get(name), unknown.get(name)) for name in sorted(names)}
    if isinstance(values, list) and isinstance(unknown, list):
        padded = [*unknown, *[False] * (len(values) - len(unknown))]
        return [_marked(value, flag) for value, flag in zip(values, padded, strict=False)]
    if values is None and isinstance(unknown, list) and unknown:
        return UNKNOWN
    return values
