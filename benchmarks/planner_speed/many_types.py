"""A plan with many resources of all priced types: each test case becomes a module, repeated until there are enough."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from glimpse.planner.outside.terraform_files.directory import Directory
from glimpse.planner.terraform.instances import Arguments, Instance
from glimpse.planner.terraform.values import Null, Unknown, resolved
from glimpse.planner.terraform.worlds import World

CASES = Path(__file__).resolve().parents[2] / "tests/cases"


def plan_of_many_types(min_resources: int) -> dict[str, Any]:
    """A plan JSON with at least this many resource instances."""
    parts = [list(_rows(case)) for case in sorted(CASES.glob("*/main.tf"))]
    modules: list[dict[str, Any]] = []
    calls: dict[str, Any] = {}
    count = 0
    while count < min_resources:
        for rows in parts:
            name = f"part{len(modules)}"
            resources = [
                {**identity, "address": f"module.{name}.{address}", "mode": "managed", "values": values}
                for address, identity, values, _ in rows
            ]
            modules.append({"address": f"module.{name}", "resources": resources})
            configs = [{**identity, "expressions": references} for _, identity, _, references in rows]
            calls[name] = {"module": {"resources": configs}}
            count += len(rows)
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"child_modules": modules}},
        "configuration": {
            "provider_config": {"aws": {"expressions": {"region": {"constant_value": "us-east-1"}}}},
            "root_module": {"module_calls": calls},
        },
    }


def _rows(main: Path) -> Iterator[tuple[str, dict[str, str], dict[str, Any], dict[str, Any]]]:
    """The address, type and name, known values, and references of unknown ones, of each instance in a root module."""
    configuration = Directory(main.parent, main.parent, (), {}).configuration(World())
    for instance in configuration.instances():
        if not isinstance(instance, Instance) or instance.address.startswith("module."):
            continue
        values: dict[str, Any] = {}
        references: dict[str, Any] = {}
        for name in instance.names():
            value = instance.get(name)
            if isinstance(value, Unknown):
                if value.references:
                    references[name] = {"references": sorted(value.references)}
            elif value is not None:
                values[name] = _json(value)
        name = instance.address.split(".")[1].partition("[")[0]
        yield instance.address, {"type": instance.type, "name": name}, values, references


def _json(value: Any) -> Any:
    value = resolved(value)
    if isinstance(value, Arguments):
        return {name: _json(value.get(name)) for name in value.names()}
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {name: _json(item) for name, item in value.items()}
    if isinstance(value, Unknown | Null) or value is None:
        return None
    return float(value) if isinstance(value, Fraction) else value
