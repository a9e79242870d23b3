"""`glimpse.toml`, and the measured capacities that it may name."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

from glimpse.planner.capacity import Capacity
from glimpse.planner.finding import InputError
from glimpse.planner.outside.file_trees import DISK, FileTree
from glimpse.planner.quantities import CostCases
from glimpse.planner.sentence import say
from glimpse.planner.workload import Workload, unstated
from glimpse.planner.workload_checks import WorkloadError, workload_from

NAME = "glimpse.toml"
MAX_BYTES = 1_000_000
CAPACITIES = files("glimpse.capacity")


def workload_beside(path: Path, given: Path | None, tree: FileTree = DISK) -> Workload:
    """
    The workload of the given file, else of the file beside the stack in `tree`, else one that states nothing.

    Raises InputError if the file cannot be read, and WorkloadError if something in it cannot be used.
    """
    beside = (path if tree.is_folder(path) else path.parent) / NAME
    if given is not None:
        tree = DISK
    elif not tree.is_file(beside):
        return unstated()
    chosen = given or beside
    if not tree.is_file(chosen):
        raise InputError(say("workload_missing", path=str(chosen)))
    try:
        text = tree.read(chosen, MAX_BYTES).decode("utf-8")
        table = tomllib.loads(text, parse_float=_number)
    except (OSError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, not TOML, too many digits
        raise InputError(say("workload_unreadable", path=str(chosen), detail=str(error)[:200])) from None
    workload = workload_from(table, str(chosen))
    if workload.document is not None:
        _check_document(workload.document, workload.source)
    return workload


def _check_document(name: str, source: str) -> None:
    """
    Raises WorkloadError for a plan document that does not exist. Only a workload that names one imports its package.
    """
    from glimpse.planner.plan_document import DOCUMENTS

    if name not in DOCUMENTS:
        raise WorkloadError([say("document_not_held", name=name, held=", ".join(DOCUMENTS))], source)


def capacities_of(workload: Workload) -> Mapping[str, Capacity]:
    """
    What each service was measured to need, by its name; nothing where the workload names no service.

    Raises WorkloadError where it names one that nobody measured.
    """
    if workload.runs is None:
        return {}
    held = capacities()
    if workload.runs not in held:
        raise WorkloadError([say("capacity_not_held", name=workload.runs, held=", ".join(held))], workload.source)
    return held


def capacities() -> Mapping[str, Capacity]:
    """What each measured service needs, by its name."""
    held = sorted(entry.name.removesuffix(".json") for entry in CAPACITIES.iterdir() if entry.name.endswith(".json"))
    return {name: _capacity(name) for name in held}


def _capacity(name: str) -> Capacity:
    read = json.loads((CAPACITIES / f"{name}.json").read_text(encoding="utf-8"), parse_float=Fraction)
    cpu, memory, measured = read.get("cpu_us", {}), read.get("memory", {}), read["measured"]
    return Capacity(
        service=read["service"],
        source=f"{measured.get('source') or measured['command']}, {measured['date']}",
        message_us=_fraction(cpu.get("message")),
        connect_us=_fraction(cpu.get("connect")),
        upload_mb_us=_fraction(cpu.get("upload_mb_through_api")),
        base_mib=_fraction(memory.get("base_mib")),
        bytes_per_socket=_fraction(memory.get("bytes_per_socket")),
        limit_sockets=read.get("limits", {}).get("sockets"),
        bytes_per_message=_cases(read.get("database", {}).get("bytes_per_message")),
        log_bytes_per_event=_fraction(read.get("logs", {}).get("bytes_per_event")),
    )


def _cases(spread: Mapping[str, int | Fraction] | None) -> CostCases | None:
    return None if spread is None else CostCases(*(Fraction(spread[name]) for name in ("low", "expected", "high")))


def _fraction(number: int | Fraction | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def _number(text: str) -> Fraction | float:
    """As written; where a float holds it as 0, nan or inf, that float: the digits of 1e99999999 would fill memory."""
    number = float(text)
    return Fraction(text) if number and math.isfinite(number) else number
