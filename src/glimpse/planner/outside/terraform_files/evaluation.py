"""What a directory's outputs and resources are, for whoever compares them with Terraform's own."""

from __future__ import annotations

from pathlib import Path

from glimpse.planner.outside.terraform_files.directory import Directory
from glimpse.planner.terraform.instances import Arguments, Instance
from glimpse.planner.terraform.values import PLAIN, Lazy, Unknown, Value
from glimpse.planner.terraform.worlds import World


def outputs_of(folder: Path) -> dict[str, Value]:
    root = Directory(folder, None, (), {}).configuration(World()).root
    return {name: _whole(root.output(name)) for name in root.folder.outputs}


def instances_of(folder: Path) -> dict[str, dict[str, Value]]:
    configuration = Directory(folder, None, (), {}).configuration(World())
    return {found.address: _arguments(found) for found in configuration.instances() if isinstance(found, Instance)}


def _arguments(found: Arguments) -> dict[str, Value]:
    values = {name: found.get(name) for name in found.names()}
    return {name: _whole(value) for name, value in values.items() if value is not None}


def _whole(value: Value) -> Value:
    if isinstance(value, (*PLAIN, Unknown)):
        return value
    if isinstance(value, tuple):
        return type(value)(map(_whole, value)) if type(value) is tuple else value
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    if isinstance(value, Instance):
        return value.whole()
    if isinstance(value, Arguments):
        return _arguments(value)
    return value.whole() if isinstance(value, Lazy) else value
