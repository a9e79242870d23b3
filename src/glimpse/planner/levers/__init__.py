"""
The levers: named changes of a stack. Each file of this folder holds those of one subject in its `LEVERS`.

A lever is a function Stack → Stack; where it has nothing to change it gives the same stack back.
`docs/how-to/add-a-lever.md` says what a new one needs.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from glimpse.planner.levers.lever import GROUPS, Lever


def _found() -> list[Lever]:
    """
    What asks least of the owner first. What mends a risk comes after all that may decide how: a pool of connections
    has to fit the tasks that another lever leaves.
    """
    names = sorted(entry.name for entry in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    levers = [lever for module in modules for lever in getattr(module, "LEVERS", ())]
    return sorted(levers, key=lambda lever: (lever.mends, GROUPS.index(lever.group)))


LEVERS: Mapping[str, Lever] = {lever.name: lever for lever in _found()}
