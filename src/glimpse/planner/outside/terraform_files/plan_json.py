"""The JSON of a plan (`terraform show -json PLAN`) or of a state: everything evaluated by Terraform itself."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from glimpse.planner.finding import InputError
from glimpse.planner.outside.terraform_files.block import AT_APPLY, Block, UnknownsIn, Values
from glimpse.planner.outside.terraform_files.directory import Read
from glimpse.planner.sentence import say
from glimpse.planner.terraform.values import Cause, Unknown

MOST_BYTES = 200_000_000
INDEX = re.compile(r"\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\]")
MODULE = re.compile(r"module\.([^.\[]+)")
REGION = re.compile(r"^[a-z]{2,}(-[a-z]+)+-\d+$")
LINK = re.compile(r"(^|_)(ids?|arns?|identifier)$")
DEEPEST_REFERENCE = 20


def read_plan(path: Path) -> Read:
    """Raises InputError when the file is not the JSON of a plan or a state."""
    name = str(path)
    if path.stat().st_size > MOST_BYTES:
        raise InputError(say("too_large_file", path=name, limit=MOST_BYTES))
    try:
        plan = json.loads(path.read_bytes())
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise InputError(say("not_json", detail=getattr(error, "msg", "not UTF-8")), name, line) from None
    except RecursionError:
        raise InputError(say("not_a_plan", path=name)) from None
    values = plan.get("planned_values", plan.get("values")) if isinstance(plan, dict) else None
    if not isinstance(values, dict) or not isinstance(values.get("root_module"), dict):
        raise InputError(say("not_a_plan", path=name))
    try:
        return _Plan(plan, values["root_module"]).read()
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(say("not_a_plan", path=name)) from None


class _Plan:
    def __init__(self, plan: Mapping[str, Any], root: Mapping[str, Any]) -> None:
        self.configuration = plan.get("configuration", {})
        self.variables = {name: entry.get("value") for name, entry in plan.get("variables", {}).items()}
        self.unknown = {
            entry["address"]: entry.get("change", {}).get("after_unknown") for entry in plan.get("resource_changes", ())
        }
        self.rows = [row for row in _resources(root) if row.get("mode", "managed") == "managed"]
        self.instances: dict[str, list[str]] = defaultdict(list)
        for row in self.rows:
            self.instances[INDEX.sub("", row["address"])].append(row["address"])

    def read(self) -> Read:
        default = self._region("aws")
        blocks = []
        for row in self.rows:
            modules = tuple(MODULE.findall(INDEX.sub("", row["address"])))
            config = self._resource(modules, row)
            provider = config.get("provider_config_key", "aws")
            after_apply = Unknown(causes=frozenset((Cause(AT_APPLY, row["address"]),)))
            values = _marked(row.get("values", {}), self.unknown.get(row["address"]), after_apply)
            if "expressions" in config:
                values = _stated(values, [config["expressions"]], partial(self._is_settled, modules, config))
            region = values.get("region") if isinstance(values.get("region"), str) else None
            blocks.append(
                Block(
                    address=row["address"],
                    type=row["type"],
                    values=Values(values),
                    unknowns=_unknowns_by(dict(self._links(config, modules, row["address"]))),
                    region=region or (self._region(provider) if provider != "aws" else None),
                )
            )
        return Read(tuple(blocks), default, ())

    def _module(self, modules: Sequence[str]) -> Mapping[str, Any]:
        module: Mapping[str, Any] = self.configuration.get("root_module", {})
        for name in modules:
            module = module.get("module_calls", {}).get(name, {}).get("module", {})
        return module

    def _resource(self, modules: Sequence[str], row: Mapping[str, Any]) -> Mapping[str, Any]:
        for config in self._module(modules).get("resources", ()):
            if (config.get("type"), config.get("name")) == (row["type"], row.get("name")):
                found: Mapping[str, Any] = config
                return found
        return {}

    def _links(
        self, config: Mapping[str, Any], modules: tuple[str, ...], source: str
    ) -> Iterator[tuple[str, frozenset[str]]]:
        """Arguments, and those of nested blocks as `block.argument`, with what they refer to."""
        each = _each(config)
        for name, expression in config.get("expressions", {}).items():
            if found := self._targets(expression, modules, source, each):
                yield name, found
            merged: dict[str, frozenset[str]] = {}
            for part in expression if isinstance(expression, list) else [expression]:
                if isinstance(part, Mapping) and "references" not in part:
                    for key, nested in part.items():
                        target = self._targets(nested, modules, source, each)
                        merged[f"{name}.{key}"] = merged.get(f"{name}.{key}", frozenset()) | target
            yield from ((key, found) for key, found in merged.items() if found)

    def _targets(self, expression: Any, modules: tuple[str, ...], source: str, each: Sequence[str]) -> frozenset[str]:
        """
        The instances that all references below an expression lead to, as seen from one resource instance.

        `each` is what its for_each refers to: `each.value` leads there.
        """
        references = _with_each(list(_references(expression)), each)
        found = [pair for reference in _longest(references) for pair in self._resolved(reference, modules, 0)]
        keyed = any(reference.startswith(("each.", "count.")) for reference in references)
        return _nearest(source, {address for address, _ in found}, keyed or any(by_key for _, by_key in found))

    def _resolved(self, reference: str, modules: tuple[str, ...], depth: int) -> Iterator[tuple[str, bool]]:
        """
        The resource instances that one reference may lead to, through module inputs and outputs.

        With each goes whether an index by `each` or `count` was met on the way.
        """
        if depth > DEEPEST_REFERENCE:
            return
        parts = INDEX.sub("", reference).split(".")
        if parts[0] == "var" and modules and len(parts) > 1:
            call = self._module(modules[:-1]).get("module_calls", {}).get(modules[-1], {})
            outer = _with_each(list(_references(call.get("expressions", {}).get(parts[1], {}))), _each(call))
            keyed = any(name.startswith(("each.", "count.")) for name in outer)
            for name in _longest(outer):
                yield from (
                    (address, keyed or by_key) for address, by_key in self._resolved(name, modules[:-1], depth + 1)
                )
        elif parts[0] == "module" and len(parts) > 2:
            inner = (*modules, parts[1])
            output = self._module(inner).get("outputs", {}).get(parts[2], {})
            for name in _longest(list(_references(output.get("expression", {})))):
                yield from self._resolved(name, inner, depth + 1)
        elif len(parts) > 1:
            prefix = "".join(f"module.{name}." for name in modules)
            instances = self.instances.get(f"{prefix}{parts[0]}.{parts[1]}", ())
            index = INDEX.match(reference, len(f"{parts[0]}.{parts[1]}"))
            exact = [address for address in instances if index and address.endswith(index[0])]
            yield from ((address, False) for address in exact or instances)

    def _is_settled(self, modules: tuple[str, ...], config: Mapping[str, Any], expression: Any, depth: int = 0) -> bool:
        """
        Whether the files alone give an expression its value: nothing below it is made by `apply` or read by a plan.

        A plan does not show locals, so what leads to one is not settled.
        """
        references = list(_references(expression))
        return all(self._is_settled_name(modules, config, name.split("."), depth + 1) for name in references)

    def _is_settled_name(
        self, modules: tuple[str, ...], config: Mapping[str, Any], names: Sequence[str], depth: int
    ) -> bool:
        if names[0] == "each" and names[1:2] == ["value"]:
            return depth < DEEPEST_REFERENCE and self._is_settled(modules, {}, config.get("for_each_expression"), depth)
        if names[0] != "var" or not modules:
            return names[0] in ("var", "each", "count", "path", "terraform")
        call = self._module(modules[:-1]).get("module_calls", {}).get(modules[-1], {})
        name = names[1] if len(names) > 1 else ""
        given = call.get("expressions", {}).get(name)
        if given is None:
            return "default" in self._module(modules).get("variables", {}).get(name, {})
        return depth < DEEPEST_REFERENCE and self._is_settled(modules[:-1], call, given, depth)

    def _region(self, provider: str) -> str | None:
        """The region of a provider; None where its expression could have others than that of a single variable."""
        config = self.configuration.get("provider_config", {}).get(provider, {})
        expression = config.get("expressions", {}).get("region", {})
        if isinstance(constant := expression.get("constant_value"), str):
            return constant
        references = _longest(list(_references(expression)))
        value = self.variables.get(references[0].removeprefix("var.")) if len(references) == 1 else None
        return value if isinstance(value, str) and REGION.match(value) else None


def _references(expression: Any) -> Iterator[str]:
    if isinstance(expression, Mapping):
        yield from expression.get("references", ())
        for name, nested in expression.items():
            if name not in ("references", "constant_value"):
                yield from _references(nested)
    elif isinstance(expression, list):
        for nested in expression:
            yield from _references(nested)


def _each(config: Mapping[str, Any]) -> list[str]:
    """What the for_each of a resource or of a module call refers to."""
    return list(_references(config.get("for_each_expression")))


def _with_each(references: list[str], each: Sequence[str]) -> list[str]:
    return [*references, *(each if any(name.startswith("each.value") for name in references) else ())]


def _longest(references: list[str]) -> list[str]:
    """A plan lists `a.b["x"].arn`, `a.b["x"]` and `a.b`; only the first says which instance is meant."""
    return [name for name in references if not any(other.startswith((f"{name}.", f"{name}[")) for other in references)]


def _nearest(source: str, found: set[str], keyed: bool) -> frozenset[str]:
    """
    Of the instances that share a name, those that the source means.

    Those in the same instances of modules come first; then, where the files index by `each` or `count`,
    those with a key that the source's own address has.
    """

    def shared(address: str) -> int:
        ours, theirs = _steps(source), _steps(address)
        return next(
            (n for n, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]),
            min(len(ours), len(theirs)),
        )

    bare = {INDEX.sub("", address) for address in found}
    nearest: set[str] = set()
    for name in bare:
        same = [address for address in found if INDEX.sub("", address) == name]
        best = max(shared(address) for address in same)
        nearest |= {address for address in same if shared(address) == best}
    if keyed and (keys := set(INDEX.findall(source))):
        with_key = {address for address in nearest if keys & set(INDEX.findall(address))}
        nearest = with_key or nearest
    return frozenset(nearest)


def _steps(address: str) -> list[str]:
    """The modules on the way to a resource, each with its key."""
    return re.findall(r"module\.[^.\[]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\])?", address)


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _marked(values: Any, unknown: Any, after_apply: Unknown) -> Any:
    """Put `after_apply` wherever the plan says that a value is only known then."""
    if unknown is True:
        return after_apply
    if isinstance(values, dict) and isinstance(unknown, dict):
        names = {*values, *unknown}
        return {name: _marked(values.get(name), unknown.get(name), after_apply) for name in sorted(names)}
    if isinstance(values, list) and isinstance(unknown, list):
        padded = [*unknown, *[False] * (len(values) - len(unknown))]
        return [_marked(value, flag, after_apply) for value, flag in zip(values, padded, strict=False)]
    if values is None and isinstance(unknown, list) and unknown:
        return after_apply
    return values


def _stated(
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
    return _stated(item, possible, is_settled) if possible else _made_by_dynamic(item)


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


def _unknowns_by(found: Mapping[str, frozenset[str]]) -> UnknownsIn:
    """A plan tells what an argument refers to, also where its value is known."""
    cause = frozenset((Cause(AT_APPLY, ""),))
    return lambda argument: (Unknown(causes=cause, references=found[argument]),) if argument in found else ()
