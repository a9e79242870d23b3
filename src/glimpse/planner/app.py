"""
The wiring of the planner: files → values → functions over them → text. `cli.py` hands in what was asked for; what is
wrong with it is raised as InputError.
"""

from __future__ import annotations

import argparse
import difflib
import gc
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from glimpse.planner.bill import Bill
from glimpse.planner.commitments import idle_commitments
from glimpse.planner.estimate import Estimator, least
from glimpse.planner.finding import Finding, InputError
from glimpse.planner.given_usage import unused
from glimpse.planner.measured_usage import measured
from glimpse.planner.outside import clock, price_files, workload_files
from glimpse.planner.outside.terraform_files.reading import read_stack
from glimpse.planner.paid import Comparison, compared
from glimpse.planner.regions import elsewhere
from glimpse.planner.report.documents import bill_document, plan_document
from glimpse.planner.report.markdown import bill_markdown, plan_markdown
from glimpse.planner.scenarios import plan_of
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack
from glimpse.planner.usage import asked_keys
from glimpse.planner.verdict import BROKEN
from glimpse.planner.words import Words
from glimpse.planner.workload import WorkloadError

DONE, PROMISE_BROKEN, NOT_ACCEPTED = 0, 1, 3
PATIENCE_SECONDS = 1.0

ILLUSTRATION = "us-east-1"
"""Where most prices are known: a scenario that the stack's own region cannot price is shown there."""


@dataclass(frozen=True)
class Asked:
    """What was asked for: the options as given, and the language to answer in."""

    given: argparse.Namespace
    words: Words

    @property
    def path(self) -> Path:
        return Path(self.given.path)


def run(command: str, given: argparse.Namespace, words: Words) -> int:
    """The exit code of one of COMMANDS; what it answers is printed or written. Raises InputError."""
    collecting = gc.isenabled()
    # A command is over in a second, and its values end with the process: the collector would only walk through them.
    gc.disable()
    try:
        with _legible():
            return COMMANDS[command](Asked(given, words))
    finally:
        if collecting:
            gc.enable()


def _plan(asked: Asked) -> int:
    stack, estimator = _read(asked)
    plan = plan_of(stack, estimator, lambda: replace(estimator, catalogue=price_files.catalogue(ILLUSTRATION)))
    other = {scenario.name: _otherwise(scenario.bill, estimator) for scenario in plan.scenarios}
    if asked.given.format == "json":
        _write(asked, _json(plan_document(plan, other, asked.words, _paid(plan.today.bill, estimator))))
    elif asked.given.format == "markdown":
        _write(asked, plan_markdown(plan, other["today"], asked.words, _paid(plan.today.bill, estimator)))
    else:
        _write(asked, _text(asked, "plan", plan, other["today"], _paid(plan.today.bill, estimator)))
    broken = [row.promise for row in plan.today.verdicts if row.verdict == BROKEN]
    if broken:
        names = ", ".join(asked.words(f"promise_{name}") for name in broken)
        print(asked.words("ui_promise_broken", promises=names), file=sys.stderr)
        return _strict(asked, plan.today.bill) or PROMISE_BROKEN
    return _strict(asked, plan.today.bill)


def _bill(asked: Asked) -> int:
    stack, estimator = _read(asked)
    bill = estimator.bill(stack)
    other = _otherwise(bill, estimator)
    named = (asked.given.compare_regions or "").split(",")
    there = elsewhere(bill, estimator, [price_files.catalogue(name.strip()) for name in named if name.strip()])
    if asked.given.format == "json":
        _write(asked, _json(bill_document(bill, other, asked.words, there, _paid(bill, estimator))))
    elif asked.given.format == "markdown":
        _write(asked, bill_markdown(bill, other, asked.words, there, _paid(bill, estimator)))
    else:
        _write(asked, _text(asked, "bill", bill, other, there, _paid(bill, estimator)))
    return _strict(asked, bill)


def _otherwise(bill: Bill, estimator: Estimator) -> Bill:
    """The same stack with the other answer to --free-tier: both totals are always shown."""
    return estimator.bill(bill.stack, free_tier=not bill.free_tier)


def _prices(asked: Asked) -> int:
    from glimpse.planner.report.prices import Kinds, prices_document, prices_text

    name, held = price_files.manifest()
    known = {entry.region for entry in held}
    if asked.given.region is not None and asked.given.region not in known:
        raise price_files.RegionUnknown(asked.given.region)
    sources: Mapping[str, int] = {}
    if asked.given.region:
        counts, sources = price_files.holdings(asked.given.region)
        kinds = Kinds(counts, price_files.elsewhere(asked.given.region))
    else:
        stacks = set(price_files.regions())
        kinds = Kinds({kind: len(stacks.intersection(where)) for kind, where in price_files.kinds().items()})
    chosen = [entry for entry in held if asked.given.region in (None, entry.region)]
    if asked.given.format == "json":
        print(_json(prices_document(name, chosen, kinds, sources, clock.today())))
    else:
        print(prices_text(name, chosen, kinds, sources, clock.today(), asked.words), end="")
    return DONE


@contextmanager
def _legible() -> Iterator[None]:
    """What is wrong with a workload or a region, as sentences like any other."""
    try:
        yield
    except WorkloadError as wrong:
        *before, last = [Finding(problem, wrong.source) for problem in wrong.problems]
        raise InputError(last.what, last.file, because=before) from None
    except price_files.RegionUnknown as wrong:
        held = price_files.regions()
        near = next(iter(difflib.get_close_matches(wrong.region, held, n=1)), held[0])
        raise InputError(say("region_not_held", region=wrong.region, near=near)) from None


def _read(asked: Asked) -> tuple[Stack, Estimator]:
    """The stack, and what prices it."""
    given = asked.given
    with _patience(asked):
        workload = workload_files.workload_beside(asked.path, Path(given.workload) if given.workload else None)
        if given.usage:
            from glimpse.planner.outside import usage_files

            # Of two statements as near the team's own, in glimpse.toml, wins.
            usage = usage_files.read_usage_file(Path(given.usage)).overridden_by(workload.usage)
            workload = replace(workload, usage=usage)
        capacity = workload_files.capacity_of(workload)
        project = Path(given.project) if given.project else None
        stack = read_stack(
            asked.path,
            given.region,
            given=given.values,
            project=project,
            environment=dict(os.environ),
            with_names=bool(given.actual),
        )
    catalogue = price_files.catalogue(stack.region)
    estimator = Estimator(catalogue, workload, capacity, clock.today(), given.free_tier == "always")
    stack = least(stack, estimator)
    if given.actual:
        estimator = _measuring(asked, stack, estimator)
        stack = least(stack, estimator)
    return replace(stack, warnings=(*stack.warnings, *_without_effect(stack, estimator))), estimator


def _without_effect(stack: Stack, estimator: Estimator) -> tuple[Finding, ...]:
    """What `glimpse.toml` or a usage file states and no line of the bill depends on."""
    workload = estimator.workload
    if not (workload.usage.rows or workload.usage.warnings or workload.commitments):
        return ()
    usage = estimator.usage(stack)
    idle = idle_commitments(workload, stack.addresses(), usage.meters, estimator.today)
    return (*unused(workload.usage, asked_keys(stack, usage)), *idle)


def _measuring(asked: Asked, stack: Stack, estimator: Estimator) -> Estimator:
    """The estimator with what an export of AWS's bills tells of the stack."""
    from glimpse.planner.outside.actual_files import read_actual

    with _patience(asked):
        actual = read_actual(Path(asked.given.actual), estimator.today)
    meters = estimator.usage(stack).meters
    return replace(estimator, measured=measured(actual, stack.region, meters, estimator.workload.usage, stack.names_of))


def _paid(bill: Bill, estimator: Estimator) -> Comparison | None:
    """What was paid beside a bill, where an export tells it."""
    told = estimator.measured
    return compared(bill, told.actual, bill.stack.names_of) if told else None


@contextmanager
def _patience(asked: Asked) -> Iterator[None]:
    """Say what is being waited for, to people, once it takes longer than a second."""
    text = asked.words("ui_reading", path=str(asked.path))
    timer = threading.Timer(PATIENCE_SECONDS, lambda: print(text, file=sys.stderr))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _text(asked: Asked, method: str, *arguments: object) -> str:
    from glimpse.planner.report.terminal import text_of

    colour = asked.given.output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return text_of(asked.words, method, *arguments, colour=colour)


def _write(asked: Asked, text: str) -> None:
    text = text if text.endswith("\n") else text + "\n"
    output: str | None = asked.given.output
    if output is None:
        print(text, end="")
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(say("output_unwritable", path=output, detail=error.strerror or "")) from None
    print(asked.words("ui_written", path=output), file=sys.stderr)


def _strict(asked: Asked, bill: Bill) -> int:
    if not asked.given.strict or not (left := bill.not_accepted()):
        return DONE
    print(asked.words("ui_strict", count=len(left)), file=sys.stderr)
    return NOT_ACCEPTED


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


COMMANDS: Mapping[str, Callable[[Asked], int]] = {"plan": _plan, "bill": _bill, "prices": _prices}
