"""
How each family is read from Terraform: every file here holds READERS, a reader for each type of resource.

A file may also hold CARRIERS: for a type whose resources carry a share of what people do, the family that they would be
of, even if they cannot be read. EVERYWHERE are types that cost the same whichever region their provider names. BY_USE
are types that cost nothing themselves, however many there are.

To add a family: its reader in a file here, what it is in `resources/`, its messages in `words/LANGUAGE/families/`, and
a case folder in `tests/cases/`. Nothing else names it.

A file is imported when a type that it names is first met: importing all of them takes longer than a bill.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.abc import InspectLoader
from types import ModuleType

from glimpse.planner.outside.terraform_files.families.reader import Reader
from glimpse.planner.stack import Resource

TYPE = re.compile(r'"(aws_\w+)"')


def reader_of(type_: str) -> Reader | None:
    """The reader of a type; None if no family reads it."""
    family = _family_of(type_)
    return family.READERS[type_] if family else None


def carried_by(type_: str) -> tuple[type[Resource], ...]:
    """The families that a resource of a type would be of, if such resources carry a share of what people do."""
    found: tuple[type[Resource], ...] = getattr(_family_of(type_), "CARRIERS", {}).get(type_, ())
    return found


def is_everywhere(type_: str) -> bool:
    """Whether a type costs the same whichever region its provider names."""
    return type_ in getattr(_family_of(type_), "EVERYWHERE", ())


def is_by_use(type_: str) -> bool:
    """Whether resources of a type cost nothing themselves, only what is done with them."""
    return type_ in getattr(_family_of(type_), "BY_USE", ())


def file_of(type_: str) -> str:
    """The name of the module that reads a type; empty where none does."""
    return getattr(_family_of(type_), "__name__", "")


def readers() -> Mapping[str, Reader]:
    """Every type that is read, with its reader: for the documentation and for tests."""
    return {type_: reader for name in _sources() for type_, reader in getattr(_imported(name), "READERS", {}).items()}


@cache
def _family_of(type_: str) -> ModuleType | None:
    """The file that reads a type, among those that name it."""
    named = (_imported(name) for name in _naming().get(type_, ()))
    return next((module for module in named if type_ in getattr(module, "READERS", {})), None)


@cache
def _naming() -> Mapping[str, list[str]]:
    """The files that name each type."""
    found: dict[str, list[str]] = {}
    for name, source in _sources().items():
        for type_ in set(TYPE.findall(source)):
            found.setdefault(type_, []).append(name)
    return found


@cache
def _sources() -> Mapping[str, str]:
    """The text of every file of this folder, by the name of its module."""
    return dict(_read())


def _read() -> Iterator[tuple[str, str]]:
    for found in pkgutil.iter_modules(__path__):
        spec = found.module_finder.find_spec(found.name, None)
        loader = spec.loader if spec else None
        if isinstance(loader, InspectLoader):
            yield found.name, loader.get_source(found.name) or ""


def _imported(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")
