"""What Terraform calls the fields of resources: reports show the arguments that people have to edit."""

from __future__ import annotations

import re
from collections.abc import Mapping

ARGUMENTS: Mapping[str, str | None] = {
    "kind": "type",
    "mibps": "throughput",
    "grows_to_gib": "max_allocated_storage",
    "monitored": "monitoring",
    "kept_days": "retention_in_days",
    "arch": "architecture",
    "credits": "cpu_credits",
    "aborts_uploads": None,
    "kind_assumed": None,
    "version_known": None,
    "retention_known": None,
    "grows_known": None,
    "stopped": None,
}
"""Terraform's argument for each field of a resource whose name is another one; None where there is no argument."""


LISTS: Mapping[str, str] = {"disks": "disk", "nodes": "node", "indexes": "index"}
"""One item of a list of a resource, where the list has a plural for a name."""

ITEM = re.compile(r"(\w+)\[(\d+)\]")


def argument_of(field: str) -> str | None:
    """
    Terraform's name of a field, given by its path in the resource; None where no argument states the field.

    `type` is of the first disk (`disks[0].kind`), `disk[1] type` of the second.
    """
    head, _, last = field.rpartition(".")
    name, item = ARGUMENTS.get(last, last), ITEM.search(head)
    if name is None or item is None or item[2] == "0":
        return name
    return f"{LISTS.get(item[1], item[1])}[{item[2]}] {name}"
