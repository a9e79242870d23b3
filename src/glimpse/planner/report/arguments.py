"""What Terraform calls the fields of resources: reports show the arguments that people have to edit."""

from __future__ import annotations

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


def argument_of(field: str) -> str | None:
    """Terraform's name of a field, given by its path in the resource; None where no argument states the field."""
    head, _, last = field.rpartition(".")
    name = ARGUMENTS.get(last, last)
    if name is None or not head:
        return name
    # `disks[1].kind` is the type of the second disk: the number tells which.
    number = head[head.find("[") :] if "[" in head else ""
    return f"disk{number} {name}" if number and number != "[0]" else name
