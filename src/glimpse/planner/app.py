"""
The wiring of the planner: files → values → functions over them → text. `cli.py` hands in what was asked for; what is
wrong with it is raised as InputError.
"""

from __future__ import annotations

import difflib
import gc
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from glimpse.planner.bill import Bill
from glimpse.planner.commitments import idle_commitments
from glimpse.planner.estimate import Estimator, least
from glimpse.planner.finding import Finding, InputError
from glimpse.planner.given_usage import unused
from glimpse.planner.outside import clock, price_files, workload_files
from glimpse.planner.outside.file_trees import DISK, FileTree
from glimpse.planner.outside.progress import Progress
from glimpse.planner.outside.terraform_files.reading import read_stack
from glimpse.planner.regions import compare_regions
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack
from glimpse.planner.usage import asked_keys
from glimpse.planner.workload import unstated
from glimpse.planner.workload_checks import WorkloadError
from glimpse.words import Words

if TYPE_CHECKING:
    from glimpse.planner.paid import Comparison
    from glimpse.planner.report.terminal import Report

# Only what a command needs is imported: a bill has no levers, and one report is written in one format.

R = TypeVar("R", bound="Report")

DONE, PROMISE_BROKEN, NOT_ACCEPTED = 0, 1, 3

REFERENCE_REGION = "us-east-1"
"""Where most prices are known: a scenario that the stack's own region cannot price is shown there."""


@dataclass(frozen=True)
class Options:
    """
    The options of a command. One that a command does not have keeps its default.

    `values`: --var ("option") and --var-file ("file"), in the order given. `output`: None is the terminal. `free_tier`:
    the monthly free grants count. `asks`: `init` may ask questions if a person is there. `full`: the plan's whole
    report. `show`: only these sections of it, in this order (`report.sections.SECTIONS`). `is_own`: `path` is the stack
    that is meant where none is named.
    """

    words: Words
    path: Path = Path()
    region: str | None = None
    format: str = "terminal"
    workload: Path | None = None
    usage: Path | None = None
    actual: Path | None = None
    project: Path | None = None
    values: tuple[tuple[str, str], ...] = ()
    free_tier: bool = False
    compare_regions: tuple[str, ...] = ()
    output: str | None = None
    strict: bool = False
    asks: bool = True
    full: bool = False
    show: tuple[str, ...] = ()
    is_own: bool = False

    @cached_property
    def progress(self) -> Progress:
        """Tells a person at a terminal what the command is working at."""
        return Progress(self.words)


def run(command: str, options: Options) -> int:
    """Run one of COMMANDS, print or write its report, and return the exit code. Raises InputError."""
    with collector_off(), input_errors():
        return COMMANDS[command](options)


@contextmanager
def collector_off() -> Iterator[None]:
    """Without the garbage collector: a command is over in a second, and its values end with the process."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _plan(options: Options) -> int:
    from glimpse.planner.report.sections import sections_asked
    from glimpse.planner.scenarios import plan_of

    sections = sections_asked(options.full, options.show, options.format)
    stack, estimator = read(options, with_deployment=options.format == "json")
    with options.progress("progress_comparing"):
        plan = plan_of(stack, estimator, lambda: replace(estimator, catalogue=price_files.catalogue(REFERENCE_REGION)))
    today, paid = plan.today, _paid(plan.today.bill, estimator)
    if options.format == "json":
        from glimpse.planner.report.plan_json import plan_as_json

        write(options, _json(plan_as_json(plan, options.words, paid)))
    elif options.format == "markdown" and sections:
        from glimpse.planner.report.plan_markdown import plan_markdown

        write(options, plan_markdown(plan, today.with_other_free_tier, options.words, paid, sections))
    elif options.format == "markdown":
        from glimpse.planner.report.short_markdown import short_markdown

        write(options, short_markdown(plan, _command(options), options.words, paid))
    elif options.format == "html":
        from glimpse.planner.report.html.page import plan_html

        write(options, plan_html(plan, today.with_other_free_tier, options.words, clock.today(), paid))
    elif sections:
        from glimpse.planner.report.plan_terminal import PlanReport

        free = today.with_other_free_tier
        write(options, terminal_text(options, PlanReport, lambda report: report.plan(plan, free, paid, sections)))
    else:
        from glimpse.planner.report.short_terminal import ShortReport

        command = _command(options)
        write(options, terminal_text(options, ShortReport, lambda report: report.short(plan, command, paid)))
    if plan.broken:
        names = ", ".join(options.words(f"promise_{name}") for name in plan.broken)
        print(options.words("ui_promise_broken", promises=names), file=sys.stderr)
        return _strict(options, today.bill) or PROMISE_BROKEN
    return _strict(options, today.bill)


def _command(options: Options) -> str:
    """The command that plans the same stack with the same options, to which those of a report can be added."""
    arguments = ["glimpse", "plan", *([] if options.is_own else [str(options.path)])]
    for name in ("region", "workload", "usage", "actual", "project"):
        if value := getattr(options, name):
            arguments += [f"--{name}", str(value)]
    for kind, value in options.values:
        arguments += ["--var-file" if kind == "file" else "--var", value]
    return shlex.join([*arguments, *(["--free-tier", "always"] if options.free_tier else [])])


def _bill(options: Options) -> int:
    stack, estimator = read(options)
    with options.progress("progress_pricing"):
        bill = estimator.bill(stack)
        with_other_free_tier = _with_other_free_tier(bill, estimator)
        there = compare_regions(bill, estimator, [price_files.catalogue(name) for name in options.compare_regions])
    paid = _paid(bill, estimator)
    if options.format == "json":
        from glimpse.planner.report.bill_json import bill_as_json

        write(options, _json(bill_as_json(bill, with_other_free_tier, options.words, there, paid)))
    elif options.format == "infracost-json":
        from glimpse.planner.report.infracost import bill_as_infracost

        write(options, _json(bill_as_infracost(bill, str(options.path), options.words, clock.now())))
    elif options.format == "markdown":
        from glimpse.planner.report.markdown import bill_markdown

        write(options, bill_markdown(bill, with_other_free_tier, options.words, there, paid))
    elif options.format == "html":
        from glimpse.planner.report.html.page import bill_html

        write(options, bill_html(bill, with_other_free_tier, options.words, clock.today(), there, paid))
    else:
        from glimpse.planner.report.bill_terminal import BillReport

        free = with_other_free_tier
        write(options, terminal_text(options, BillReport, lambda report: report.bill(bill, free, there, paid)))
    return _strict(options, bill)


def _with_other_free_tier(bill: Bill, estimator: Estimator) -> Fraction:
    """The stack's total with the other answer to --free-tier: reports always show both."""
    return estimator.bill(bill.stack, free_tier=not bill.free_tier).monthly


def _prices(options: Options) -> int:
    from glimpse.planner.report.prices import Kinds, prices_as_json, prices_text

    name, held = price_files.manifest()
    known = {entry.region for entry in held}
    if options.region is not None and options.region not in known:
        raise price_files.RegionUnknown(options.region)
    sources: Mapping[str, int] = {}
    if options.region:
        counts, sources = price_files.holdings(options.region)
        kinds = Kinds(counts, price_files.kinds_of_other_regions(options.region))
    else:
        stacks = set(price_files.regions())
        kinds = Kinds({kind: len(stacks.intersection(where)) for kind, where in price_files.kinds().items()})
    chosen = [entry for entry in held if options.region in (None, entry.region)]
    cached = [entry.region for entry in chosen if entry.region in price_files.cached_regions()]
    if problem := price_files.cache_problem():
        print(options.words.render(problem), file=sys.stderr)
    if options.format == "json":
        print(_json(prices_as_json(name, chosen, kinds, sources, cached, clock.today())))
    else:
        width = _width(sys.stdout.isatty())
        print(prices_text(name, chosen, kinds, sources, clock.today(), options.words, width), end="")
        if cached:
            path = str(price_files.price_cache().folder)
            print(options.words("ui_prices_cached", path=path, regions=", ".join(cached)))
    return DONE


def _init(options: Options) -> int:
    from glimpse.planner.initial_workload import InitialWorkload
    from glimpse.planner.outside import questions

    beside = (options.path if options.path.is_dir() else options.path.parent) / workload_files.NAME
    target = Path(options.output) if options.output else beside
    prints = options.output == "-"
    if not prints and os.path.lexists(target):
        raise InputError(say("init_exists", path=str(target)))
    with options.progress("ui_reading", path=str(options.path)):
        stack = _stack(options)
    capacities, today = workload_files.capacities(), clock.today()
    # Priced without a workload: what an existing file states must not hide a key that the new one may have.
    estimator = Estimator(price_files.catalogue(stack.region), unstated(), capacities, today)
    initial = InitialWorkload(estimator.bill(least(stack, estimator)), today, capacities)
    asks = options.asks and not prints and questions.somebody_is_there()
    answers = questions.answers_to(initial.questions(), options.words) if asks else {}
    text = initial.text(options.words, answers)
    if prints:
        print(text, end="")
        return DONE
    try:
        # Mode x never overwrites a file that was made since the check above.
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(say("init_exists", path=str(target))) from None
    except OSError as error:
        raise InputError(say("output_unwritable", path=str(target), detail=error.strerror or "")) from None
    other = "" if target == beside else f" --workload {target}"
    print(options.words("init_written", path=str(target), command=f"glimpse plan {options.path}{other}"))
    return DONE


@contextmanager
def input_errors() -> Iterator[None]:
    """Turn errors of a workload or a region into an InputError."""
    try:
        yield
    except WorkloadError as wrong:
        *before, last = [Finding(problem, wrong.source) for problem in wrong.problems]
        raise InputError(last.what, last.file, because=before) from None
    except price_files.RegionUnknown as wrong:
        held = price_files.regions()
        near = next(iter(difflib.get_close_matches(wrong.region, held, n=1)), held[0])
        raise InputError(say("region_not_held", region=wrong.region, near=near)) from None


def read(options: Options, with_deployment: bool = False, tree: FileTree = DISK) -> tuple[Stack, Estimator]:
    """The stack, and what prices it. `with_deployment` and `tree` as of `read_stack`."""
    with options.progress("ui_reading", path=str(options.path)):
        workload = workload_files.workload_beside(options.path, options.workload, tree)
        if options.usage:
            from glimpse.planner.outside import usage_files

            # Where both state the usage of one address, glimpse.toml wins over the usage file.
            usage = usage_files.read_usage_file(options.usage).overridden_by(workload.usage)
            workload = replace(workload, usage=usage)
        capacities = workload_files.capacities_of(workload)
        stack = _stack(options, with_deployment, tree)
    catalogue = price_files.catalogue(stack.region)
    estimator = Estimator(catalogue, workload, capacities, clock.today(), options.free_tier)
    stack = least(stack, estimator)
    if options.actual is not None:
        estimator = _measuring(options, options.actual, stack, estimator)
        stack = least(stack, estimator)
    problem = price_files.cache_problem()
    cache = (Finding(problem),) if problem else ()
    return replace(stack, warnings=(*stack.warnings, *_without_effect(stack, estimator), *cache)), estimator


def _stack(options: Options, with_deployment: bool = False, tree: FileTree = DISK) -> Stack:
    return read_stack(
        options.path,
        options.region,
        given=options.values,
        project=options.project,
        environment=dict(os.environ),
        with_names=options.actual is not None,
        with_deployment=with_deployment,
        tree=tree,
    )


def _without_effect(stack: Stack, estimator: Estimator) -> tuple[Finding, ...]:
    """A warning for each statement of `glimpse.toml` or a usage file on which no line of the bill depends."""
    workload = estimator.workload
    if not (workload.usage.rows or workload.usage.warnings or workload.commitments):
        return ()
    usage = estimator.usage(stack)
    idle = idle_commitments(workload, stack.addresses(), usage.meters, estimator.today)
    return (*unused(workload.usage, asked_keys(stack, usage)), *idle)


def _measuring(options: Options, path: Path, stack: Stack, estimator: Estimator) -> Estimator:
    """The estimator with what an export of AWS's bills tells of the stack."""
    from glimpse.planner.measured_usage import measured
    from glimpse.planner.outside.actual_files import read_actual

    with options.progress("ui_reading", path=str(path)):
        actual = read_actual(path, estimator.today)
    meters = estimator.usage(stack).meters
    return replace(estimator, measured=measured(actual, stack.region, meters, estimator.workload.usage, stack.names_of))


def _paid(bill: Bill, estimator: Estimator) -> Comparison | None:
    """The bill compared with what was paid; None without an export of AWS's bills."""
    if (told := estimator.measured) is None:
        return None
    from glimpse.planner.paid import compared

    return compared(bill, told.actual, bill.stack.names_of)


def terminal_text(options: Options, kind: type[R], write: Callable[[R], None]) -> str:
    """A report for people, as wide as the terminal, in colour where it has colour."""
    from glimpse.planner.report.terminal import report_text

    is_terminal = options.output is None and sys.stdout.isatty()
    colour = is_terminal and "NO_COLOR" not in os.environ
    return report_text(options.words, kind, write, colour, _width(is_terminal))


def _width(is_terminal: bool) -> int:
    """The width of a report: from COLUMNS if that is set, as for `rich`, else the terminal's, else the least."""
    from glimpse.planner.report.terminal import report_width

    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and len(stated) < 6:
        return report_width(int(stated))
    return report_width(os.get_terminal_size(sys.stdout.fileno()).columns if is_terminal else None)


def write(options: Options, text: str) -> None:
    text = text if text.endswith("\n") else text + "\n"
    output = options.output
    if output is None or output == "-":
        print(text, end="")
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(say("output_unwritable", path=output, detail=error.strerror or "")) from None
    print(options.words("ui_written", path=output), file=sys.stderr)


def _strict(options: Options, bill: Bill) -> int:
    if not options.strict or not (left := bill.not_accepted()):
        return DONE
    print(options.words("ui_strict", count=len(left)), file=sys.stderr)
    return NOT_ACCEPTED


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


COMMANDS: Mapping[str, Callable[[Options], int]] = {"plan": _plan, "bill": _bill, "prices": _prices, "init": _init}
