"""The values of a plan's resources: what is planned, what only `apply` will tell, and what the files leave out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from glimpse.planner.terraform.data_sources import DEFAULT_VPC, IMAGE, system_in
from glimpse.planner.terraform.values import Cause, Unknown

LINK = re.compile(r"(^|_)(ids?|arns?|identifier)$")


def resources_of(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every resource of `root_module`, those of its modules included."""
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from resources_of(child)


def marked(values: Any, unknown: Any, after_apply: Unknown) -> Any:
    """The values with `after_apply` wherever the plan says (`after_unknown`) that a value is only known then."""
    if unknown is True:
        return after_apply
    if isinstance(values, dict) and isinstance(unknown, dict):
        names = {*values, *unknown}
        return {name: marked(values.get(name), unknown.get(name), after_apply) for name in sorted(names)}
    if isinstance(values, list) and isinstance(unknown, list):
        padded = [*unknown, *[False] * (len(values) - len(unknown))]
        return [marked(value, flag, after_apply) for value, flag in zip(values, padded, strict=False)]
    if values is None and isinstance(unknown, list) and unknown:
        return after_apply
    return values


def stated(
    values: Mapping[str, Any], expressions: Sequence[Mapping[str, Any]], is_settled: Callable[[Any], bool]
) -> dict[str, Any]:
    """
    The values without what AWS decides because the files do not set it, or set it to null: that is left out, not
    unknown. Null is all that an expression can have been which the files settle and which the plan does not know.

    `expressions` are those of the block, or of all blocks of its type that it could be.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        said = [part[name] for part in expressions if name in part]
        blocks = [block for part in said if isinstance(part, list) for block in part if isinstance(block, Mapping)]
        if value is None or (isinstance(value, Unknown) and all(map(is_settled, said))):
            continue
        if isinstance(value, list) and (blocks or not said):
            value = [_stated_block(item, blocks, is_settled) if isinstance(item, Mapping) else item for item in value]
        found[name] = value
    return found


def _stated_block(
    item: Mapping[str, Any], blocks: Sequence[Mapping[str, Any]], is_settled: Callable[[Any], bool]
) -> dict[str, Any]:
    possible = [block for block in blocks if _could_be(item, block)]
    return stated(item, possible, is_settled) if possible else _made_by_dynamic(item)


def _could_be(item: Mapping[str, Any], block: Mapping[str, Any]) -> bool:
    """Whether a block's constants are those of a planned one."""
    constants = {
        name: expression["constant_value"]
        for name, expression in block.items()
        if isinstance(expression, Mapping) and "constant_value" in expression
    }
    return all(str(item.get(name)) == str(value) for name, value in constants.items())


def _made_by_dynamic(item: Mapping[str, Any]) -> dict[str, Any]:
    """
    A block of a `dynamic`, whose expressions no plan shows. What is unknown in it and no link was left to AWS, such as
    the IOPS of a disk; a link could be to something that is only made by `apply`.
    """
    found: dict[str, Any] = {}
    for name, value in item.items():
        if value is None or (isinstance(value, Unknown) and not LINK.search(name)):
            continue
        if isinstance(value, list):
            value = [_made_by_dynamic(inner) if isinstance(inner, Mapping) else inner for inner in value]
        found[name] = value
    return found


def values_at(values: Any, argument: str) -> Iterator[Any]:
    """What stands at an argument, nested ones as `block.argument`: the elements of lists one by one."""
    if isinstance(values, list):
        for item in values:
            yield from values_at(item, argument)
    elif not argument:
        yield values
    elif isinstance(values, Mapping):
        name, _, rest = argument.partition(".")
        yield from values_at(values.get(name), rest)


def known_ids(data: Sequence[Mapping[str, Any]]) -> Mapping[str, Cause]:
    """What data sources tell about the ids they found: a subnet of a default VPC, the system that an image runs."""
    vpcs = {row["values"].get("id") for row in data if row["type"] == "aws_vpc" and row["values"].get("default")}
    found: dict[Any, Cause] = {}
    for row in data:
        values = row["values"]
        kind, ids = DEFAULT_VPC, []
        if row["type"] == "aws_subnet" and values.get("map_public_ip_on_launch") is not False:
            if values.get("default_for_az") or values.get("vpc_id") in vpcs:
                ids = [values.get("id")]
        elif row["type"] in ("aws_subnets", "aws_subnet_ids"):
            asked = [rule.get("values") for rule in values.get("filter") or () if rule.get("name") == "vpc-id"]
            if values.get("vpc_id") in vpcs or any(wanted and set(wanted) <= vpcs for wanted in asked):
                ids = list(values.get("ids") or ())
        elif row["type"] == "aws_ami" and (system := system_in(str(values.get("platform_details") or ""))):
            kind, ids = IMAGE + system, [values.get("id"), values.get("image_id")]
        found |= dict.fromkeys(ids, Cause(kind, row["address"]))
    return {id_: cause for id_, cause in found.items() if isinstance(id_, str)}
