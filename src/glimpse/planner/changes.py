"""What a lever changes about one resource, field by field: `instance_type: m4.large → m5.large`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from glimpse.planner.stack import Resource

LEFT_OUT = frozenset({"origin", "assumes", "assumed", "needs", "address_assumes"})
"""Fields that are no change: where a resource is declared, and what the reader assumed about it."""

Plain = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Change:
    """One field, by its path in the resource (`disks[0].kind`), with what it holds before and after."""

    field: str
    before: Plain
    after: Plain


def changes_between(before: Resource, after: Resource) -> tuple[Change, ...]:
    """
    The plain fields in which two versions of a resource differ. Values nested deeper than a list are not compared.
    """
    return tuple(_changes("", before, after))


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before is after or before == after:
        return
    if is_dataclass(before) and type(before) is type(after):
        for field in fields(before):
            if field.name not in LEFT_OUT:
                name = f"{path}.{field.name}" if path else field.name
                yield from _changes(name, getattr(before, field.name), getattr(after, field.name))
    elif isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _changes(f"{path}[{number}]", one, other)
    elif isinstance(before, Plain) and isinstance(after, Plain):
        yield Change(path, before, after)
