"""
How each family is read from Terraform. Every file here holds READERS, by type of resource; it may hold CARRIERS, what
a resource of a type would be that carries a share of what people do, also where it could not be read; and EVERYWHERE,
types that cost the same whichever region their provider names.

To add a family: its reader in a file here, what it is in `resources/`, its sentences in `words/families/`, and a case
folder in `tests/cases/`. Nothing else names it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from glimpse.planner.outside.terraform_files.families.found import Reader
from glimpse.planner.stack import Resource


def modules() -> Iterator[ModuleType]:
    """Every file of this folder."""
    for found in pkgutil.iter_modules(__path__):
        yield import_module(f"{__name__}.{found.name}")


READERS: dict[str, Reader] = {}
CARRIERS: dict[str, tuple[type[Resource], ...]] = {}
EVERYWHERE: set[str] = set()

for _family in modules():
    READERS |= getattr(_family, "READERS", {})
    CARRIERS |= getattr(_family, "CARRIERS", {})
    EVERYWHERE |= getattr(_family, "EVERYWHERE", set())
