"""What a directory's outputs and resources are to the product, in the shape in which Terraform's are compared."""

from __future__ import annotations

from pathlib import Path

from glimpse.planner.outside.terraform_files.directory import Directory
from glimpse.planner.terraform.instances import Arguments, Instance
from glimpse.planner.terraform.values import Map, Value, resolved
from glimpse.planner.terraform.worlds import World


def outputs_of(folder: Path) -> dict[str, Value]:
    root = Directory(folder, None, (), {}).configuration(World()).root
    return {name: whole(root.output(name)) for name in root.folder.outputs}


def instances_of(folder: Path) -> dict[str, dict[str, Value]]:
    configuration = Directory(folder, None, (), {}).configuration(World())
    return {found.address: arguments(found) for found in configuration.instances() if isinstance(found, Instance)}


def arguments(found: Arguments) -> dict[str, Value]:
    """Every argument that is set; nested blocks are tuples of such."""
    values = {name: found.get(name) for name in found.names()}
    return {name: whole(value) for name, value in values.items() if value is not None}


def whole(value: Value) -> Value:
    """A value without anything that is looked up later."""
    if type(value) is tuple:
        return tuple(map(whole, value))
    if isinstance(value, dict):
        inside = {name: whole(item) for name, item in value.items()}
        return Map(inside, value.of) if isinstance(value, Map) else inside
    if isinstance(value, Arguments) and not isinstance(value, Instance):
        return arguments(value)
    return resolved(value)
