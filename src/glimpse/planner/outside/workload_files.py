"""`glimpse.toml`, and the measured capacities that it may name."""

from __future__ import annotations

import json
import math
import tomllib
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

from glimpse.planner.capacity import Capacity
from glimpse.planner.claims import DOCUMENTS
from glimpse.planner.finding import InputError
from glimpse.planner.sentence import say
from glimpse.planner.workload import Workload, WorkloadError, unstated, workload_from

NAME = "glimpse.toml"
MOST_BYTES = 1_000_000
CAPACITIES = files("glimpse.capacity")


def workload_beside(path: Path, given: Path | None) -> Workload:
    """
    The workload of the given file, else of the one beside the stack, else one that states nothing.

    Raises InputError where the file cannot be read, WorkloadError where it says what cannot be used.
    """
    beside = (path if path.is_dir() else path.parent) / NAME
    if given is None and not beside.is_file():
        return unstated()
    chosen = given or beside
    if not chosen.is_file():
        raise InputError(say("workload_missing", path=str(chosen)))
    try:
        with chosen.open("rb") as file:
            text = file.read(MOST_BYTES).decode("utf-8")
        table = tomllib.loads(text, parse_float=_number)
    except (OSError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, not TOML, too many digits
        raise InputError(say("workload_unreadable", path=str(chosen), detail=str(error)[:200])) from None
    workload = workload_from(table, str(chosen))
    if workload.document is not None and workload.document not in DOCUMENTS:
        held = ", ".join(str(name) for name in DOCUMENTS)
        raise WorkloadError([say("document_not_held", name=workload.document, held=held)], workload.source)
    return workload


def capacity_of(workload: Workload) -> Capacity | None:
    """Raises WorkloadError where the workload names a service that nobody measured."""
    if workload.capacity is None:
        return None
    held = sorted(entry.name.removesuffix(".json") for entry in CAPACITIES.iterdir() if entry.name.endswith(".json"))
    if workload.capacity not in held:
        raise WorkloadError([say("capacity_not_held", name=workload.capacity, held=", ".join(held))], workload.source)
    read = json.loads((CAPACITIES / f"{workload.capacity}.json").read_text(encoding="utf-8"), parse_float=Fraction)
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
    )


def _fraction(number: int | Fraction | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def _number(text: str) -> Fraction | float:
    """As written; where a float holds it as 0, nan or inf, that float: the digits of 1e99999999 would fill memory."""
    number = float(text)
    return Fraction(text) if number and math.isfinite(number) else number
