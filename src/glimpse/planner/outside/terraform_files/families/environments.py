"""The environment that a resource says it belongs to: by a tag, or without one by a part of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glimpse.planner.environment import environment_in
from glimpse.planner.outside.terraform_files.block import Block
from glimpse.planner.terraform.values import Unknown

TAGS = ("glimpse:environment", "Environment", "environment", "Env", "env", "Stage", "stage")
NAMES = ("name", "identifier", "cluster_id", "replication_group_id")


def environment_of(block: Block) -> str | None:
    """
    The environment of a resource, as its tag has it, or its provider's for all of its resources; None where nothing
    says it, or nobody knows what the tag says.

    A group of instances has its tags in blocks of their own.
    """
    values = block.values
    tags: dict[Any, Any] = {}
    for name in ("tags_all", "tags"):
        if values.is_unknown(name):
            if name == "tags":
                return None
        elif values.has(name):
            tags = {**tags, **values.known.mapping(name)}
    if not values.is_unknown("tag"):
        tags |= {row.text("key"): row.text("value") for row in values.known.blocks("tag")}
    tag = next((name for name in TAGS if name in tags), None)
    if tag is None:
        given = block.default_tags()
        if isinstance(given, Unknown):
            return None
        tags = {**(given if isinstance(given, Mapping) else {}), **tags}
        tag = next((name for name in TAGS if name in tags), None)
    if tag:
        said = tags[tag]
        return said.lower() if isinstance(said, str) and said else None
    names = [tags.get("Name"), *(values.known.text(name) for name in NAMES if not values.is_unknown(name))]
    return environment_in(name for name in names if isinstance(name, str))
