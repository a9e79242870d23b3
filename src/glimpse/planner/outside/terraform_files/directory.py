"""A Terraform directory, evaluated: blocks with their links, and an honest list of what is missing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from glimpse.planner.finding import Finding
from glimpse.planner.outside.terraform_files.block import UNKNOWN, Block, Values
from glimpse.planner.outside.terraform_files.sandbox import MOST_INSTANCES, PROBE
from glimpse.planner.sentence import say

META = "__tfmeta"
UNKNOWN_COUNTS = ("count_unknown", "for_each_unknown")
REFERENCE = "__attribute__"
INDEX = re.compile(r"\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\]")
SHORT = 80


@dataclass(frozen=True)
class Read:
    """What either reader gives: blocks, the provider's region, and what could not be resolved."""

    blocks: tuple[Block, ...]
    region: str | None
    unresolved: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()


def read_answer(answer: Mapping[str, Any]) -> Read:
    """Turn the worker's answer into blocks and findings."""
    shown = _Names(answer["stack"], answer["directories"])
    evaluated = answer["evaluated"]
    entries = [
        (kind, entry)
        for kind, rows in evaluated.items()
        for entry in rows
        if isinstance(entry, Mapping) and entry.get(META, {}).get("type") == "resource"
    ]
    addresses = {entry["id"]: entry[META]["path"] for _, entry in entries if "id" in entry}
    regions = _regions(evaluated.get("provider", ()))
    moved = _moved_modules(answer, regions, shown)
    blocks = tuple(
        Block(
            address=entry[META]["path"],
            type=kind,
            values=Values(_known(entry)),
            file=shown.evaluated(entry[META]["filename"]),
            line=entry[META]["line_start"],
            links=dict(_links(entry, addresses)),
            region=_own_region(entry, regions, moved),
            refers=frozenset(_referred(entry, addresses)),
        )
        for kind, entry in sorted(entries, key=lambda pair: _order(pair[1]))
    )
    unresolved = [
        Finding(say(code, **_short(params)), shown.in_tree(file), line)
        for code, params, file, line in answer["unresolved"]
    ]
    missing = list(_missing(answer, shown))
    unresolved += missing
    # How often these stand is unknown, so "at least" must not count them at all.
    unknown = {str(found.what.params["address"]) for found in missing if found.what.code in UNKNOWN_COUNTS}
    blocks = tuple(block for block in blocks if not _stands_in(block.address, unknown))
    warnings = tuple(
        Finding(say(code, **_short(params)), shown.in_tree(file), line)
        for code, params, file, line in answer["warnings"]
    )
    return Read(blocks, regions.get(None), tuple(unresolved), warnings)


def _stands_in(address: str, unknown: set[str]) -> bool:
    """Whether an address is one of these resources, or lies in one of these modules."""
    bare = INDEX.sub("", address)
    return any(bare == name or bare.startswith(f"{name}.") for name in unknown)


class _Names:
    """File names as people should see them: relative to the folder that holds all that was read."""

    def __init__(self, stack: str, directories: list[str]) -> None:
        self.stack = stack
        self.base = os.path.commonpath([os.path.normpath(name) for name in directories]) if directories else stack

    def in_tree(self, name: str) -> str:
        return os.path.relpath(name, self.base)

    def evaluated(self, name: str) -> str:
        """The evaluator names files relative to the stack."""
        return self.in_tree(os.path.normpath(os.path.join(self.stack, name)))


def _order(entry: Mapping[str, Any]) -> list[str | int]:
    """By address, the numbers in it as numbers: text and number take turns."""
    parts = re.split(r"(\d+)", entry[META]["path"])
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


def _known(value: Any) -> Any:
    """The evaluated value with what could not be known marked as such, at every depth."""
    if isinstance(value, Mapping):
        if REFERENCE in value:
            return UNKNOWN
        return {name: _known(item) for name, item in value.items() if name != META}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return value


def _links(
    entry: Mapping[str, Any], addresses: Mapping[str, str], prefix: str = ""
) -> Iterator[tuple[str, frozenset[str]]]:
    """Arguments whose value is, or holds, the id the evaluator gave another resource."""
    for name, value in entry.items():
        if name == META or (name == "id" and not prefix):
            continue
        found = frozenset(_ids(value, addresses))
        if found:
            yield prefix + name, found
        nested = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, Mapping)]
        if not prefix:
            merged: dict[str, frozenset[str]] = {}
            for item in nested:
                # The evaluator gives every nested block an id of its own, which hides an argument named `id`
                # (launch_template.id); what the block refers to tells it all the same.
                referred = frozenset(_referred(item, addresses))
                own = [(f"{name}.id", referred)] if referred else []
                for key, linked in (*own, *_links(item, addresses, f"{name}.")):
                    merged[key] = merged.get(key, frozenset()) | linked
            yield from merged.items()


def _referred(entry: Mapping[str, Any], addresses: Mapping[str, str]) -> Iterator[str]:
    """What a block refers to anywhere, where its values do not show it."""
    references = entry.get(META, {}).get("references", ())
    return (addresses[row["id"]] for row in references if row["id"] in addresses)


UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _ids(value: Any, addresses: Mapping[str, str]) -> Iterator[str]:
    if isinstance(value, str):
        yield from (addresses[found] for found in UUID.findall(value) if found in addresses)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if name != META:
                yield from _ids(item, addresses)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item, addresses)


def _regions(providers: Any) -> dict[str | None, str]:
    """Region by provider alias; the default provider's under None."""
    regions: dict[str | None, str] = {}
    for entry in providers:
        region = entry.get("region")
        if entry.get(META, {}).get("label") == "aws" and isinstance(region, str):
            regions.setdefault(entry.get("alias"), region)
    return regions


def _own_region(entry: Mapping[str, Any], regions: Mapping[str | None, str], moved: Mapping[str, str]) -> str | None:
    """The region of a resource that does not stand in the default provider's; `?` where it cannot be told."""
    if isinstance(region := entry.get("region"), str):
        return region
    provider = entry.get("provider")
    alias = provider.get(REFERENCE, "") if isinstance(provider, Mapping) else str(provider or "")
    if alias:
        return regions.get(alias.removeprefix("aws."), "?")
    modules = [name for name in moved if entry[META]["path"].startswith(f"{name}.")]
    return moved[max(modules, key=len)] if modules else None


def _moved_modules(answer: Mapping[str, Any], regions: Mapping[str | None, str], shown: _Names) -> dict[str, str]:
    """Modules that are handed another default provider, with its region; the evaluator does not show the alias."""
    handed = {
        (shown.in_tree(entry["file"]), entry["block"]["line"]): entry["block"]["provider"]
        for entry in answer["expected"]
        if entry["block"]["provider"]
    }
    calls = ((entry[META]["path"], entry[META]) for entry in answer["evaluated"].get("module", ()))
    return {
        path: regions.get(handed[place], "?")
        for path, meta in calls
        if (place := (shown.evaluated(meta["filename"]), meta["line_start"])) in handed
    }


def _missing(answer: Mapping[str, Any], shown: _Names) -> Iterator[Finding]:
    """Compare what the files hold with what was evaluated."""
    probes: dict[str, list[Any]] = {}
    for entry in answer["evaluated"].get("locals", ()):
        for name, value in entry.items():
            if name.startswith(PROBE):
                probes.setdefault(name, []).append(value)
    present: dict[tuple[str, int], list[str]] = {}
    modules_seen = set()
    for rows in answer["evaluated"].values():
        for entry in rows:
            meta = entry.get(META, {})
            path = meta.get("path", "")
            if meta.get("type") == "resource" or path.startswith("module."):
                file = shown.evaluated(meta["filename"])
                present.setdefault((file, meta["line_start"]), []).append(path)
                modules_seen.add(os.path.dirname(file) or ".")
    for entry in answer["expected"]:
        block, file = entry["block"], shown.in_tree(entry["file"])
        if block["kind"] != "resource":
            if entry["probe"]:
                called = present.get((file, block["line"]), [f"module.{block['labels'][0]}"])
                yield from _unknown_many(block, file, probes.get(entry["probe"], []), INDEX.sub("", called[0]))
            continue
        address = ".".join(block["labels"])
        instances = present.get((file, block["line"]), [])
        if entry["probe"]:
            values = probes.get(entry["probe"], [])
            if any(isinstance(value, int) and value > MOST_INSTANCES for value in values):
                yield Finding(say("count_too_large", address=address, limit=MOST_INSTANCES), file, block["line"])
                continue
            if any(_is_unknown(value) for value in values):
                found = INDEX.sub("", instances[0]) if instances else address
                yield from _unknown_many(block, file, values, found)
                continue
            if values and all(value in (0, [], {}, "0") for value in values):
                continue
        if not instances and (os.path.dirname(file) or ".") in modules_seen | {shown.in_tree(answer["stack"])}:
            yield Finding(say("block_lost", address=address), file, block["line"])


def _unknown_many(block: Mapping[str, Any], file: str, values: list[Any], address: str) -> Iterator[Finding]:
    if any(_is_unknown(value) for value in values):
        word = "count_unknown" if block["many_word"] == "count" else "for_each_unknown"
        params = _short({"address": address, "expression": " ".join(str(block["many"]).split())})
        yield Finding(say(word, **params), file, block["line"])


def _is_unknown(value: Any) -> bool:
    if value is None or (isinstance(value, Mapping) and REFERENCE in value):
        return True
    return isinstance(value, list) and any(item is None for item in value)


def _short(params: Mapping[str, Any]) -> dict[str, Any]:
    """Expressions and calls may be long; an address is kept whole, for others look things up by it."""
    return {
        name: value[: SHORT - 1] + "…" if name != "address" and isinstance(value, str) and len(value) > SHORT else value
        for name, value in params.items()
    }
