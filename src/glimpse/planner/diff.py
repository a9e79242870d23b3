"""
The wiring of `glimpse diff`: two sources → two bills → what differs → text.

A source is a Terraform folder, the JSON of a plan, a state or a bill, or a git revision (`outside/diff_sources.py`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from glimpse.planner.app import DONE, NOT_ACCEPTED, Options, collector_off, input_errors, read, terminal_text, write
from glimpse.planner.differences.bill_json import BILL, PLAN, is_bill, snapshot_in
from glimpse.planner.differences.causes import Difference, difference_of
from glimpse.planner.differences.limits import KEPT, Limit, limits_of
from glimpse.planner.differences.snapshots import Snapshot, snapshot_of
from glimpse.planner.estimate import Estimator
from glimpse.planner.finding import Finding, InputError
from glimpse.planner.outside import clock, workload_files
from glimpse.planner.outside.diff_sources import Source, Sources
from glimpse.planner.outside.file_trees import MAX_INPUT_BYTES, STANDARD_INPUT
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Stack
from glimpse.planner.terraform.folders import is_terraform_file
from glimpse.planner.workload import Workload

PAST_LIMIT = 1


@dataclass(frozen=True)
class DiffOptions:
    """
    The options of `diff`. `default` is the stack where neither side names one. The limits are USD a month, None where
    they are not given. `common` are the options that both sides are read with.
    """

    before: str
    after: str | None
    default: Path
    common: Options
    max_usd: Fraction | None = None
    max_increase: Fraction | None = None


@dataclass(frozen=True)
class Priced:
    """One side with its bill. `stack` and `estimator` are None for a bill that was made before."""

    snapshot: Snapshot
    stack: Stack | None = None
    estimator: Estimator | None = None


def run(options: DiffOptions) -> int:
    """Compare, print or write the report, and return the exit code. Raises InputError."""
    with collector_off():
        return _run(options)


def _run(options: DiffOptions) -> int:
    with input_errors(), ExitStack() as closing:
        before_source, after_source, notes = Sources(options.default, closing).both(options.before, options.after)
        if before_source.is_absent and after_source.is_absent:
            raise InputError(say("diff_not_in_revision", text=before_source.name))
        _check_options(before_source, after_source, options.common)
        after, before = _both_priced(before_source, after_source, options.common)
        notes += tuple(
            Finding(say("diff_absent", name=source.name))
            for source in (before_source, after_source)
            if source.is_absent
        )
        difference = _difference(before, after)
        difference = replace(difference, warnings=(*notes, *difference.warnings))
    limits = limits_of(difference, options.max_usd, options.max_increase)
    write(options.common, _report(options.common, difference, limits))
    words = options.common.words
    failed = [limit for limit in limits if limit.verdict != KEPT]
    for limit in failed:
        print(words("diff_failed", option=limit.option, why=words.render(limit.why)), file=sys.stderr)
    if failed:
        return PAST_LIMIT
    refused = [gap for gap in difference.after.gaps if not difference.after.accepts(gap)]
    if options.common.strict and refused:
        print(words("ui_strict", count=len(refused)), file=sys.stderr)
        return NOT_ACCEPTED
    return DONE


# ---- The two bills


def _check_options(before: Source, after: Source, options: Options) -> None:
    """Raises InputError for an option that neither side is read with."""
    sides = [source for source in (before, after) if not source.is_absent]
    if options.values and not any(map(_is_folder, sides)):
        raise InputError(say("diff_variables_unused"))
    given = {"--region": options.region, "--usage": options.usage, "--project": options.project}
    idle = [option for option, value in given.items() if value]
    if idle and all(_bill_in(source) is not None for source in sides):
        raise InputError(say("diff_option_unused", option=idle[0]))


def _both_priced(before: Source, after: Source, options: Options) -> tuple[Priced, Priced]:
    """The side after first: what a variable option means is decided there."""
    priced, unknown_after = _with_known_variables(after, options)
    other, unknown_before = _with_known_variables(before, options)
    # A change may add a variable or remove one, but one that no folder declares is a mistake.
    sides = ((after, unknown_after), (before, unknown_before))
    refused = [unknown for source, unknown in sides if _is_folder(source) and not source.is_absent]
    if refused and (names := refused[0].keys() & refused[-1].keys()):
        raise refused[0][min(names)]
    return priced, other


def _with_known_variables(source: Source, options: Options) -> tuple[Priced, dict[str, InputError]]:
    """A side with those variable options that it declares, and the refusals of the others by name."""
    refused: dict[str, InputError] = {}
    while True:
        values = tuple(
            (kind, text)
            for kind, text in options.values
            if kind == "file" or text.partition("=")[0].strip() not in refused
        )
        try:
            return _priced(source, replace(options, values=values)), refused
        except InputError as wrong:
            name = str(wrong.why.params.get("name", ""))
            if not wrong.why.code.startswith("variable_undeclared") or name in refused:
                raise
            refused[name] = wrong


def _priced(source: Source, options: Options) -> Priced:
    if source.is_absent:
        nothing = Snapshot(source.name, "", "", options.free_tier, (), (), False, Fraction(0), commit=source.commit)
        return Priced(nothing)
    with _named(source, options), input_errors():
        document = _bill_in(source)
        if document is not None:
            snapshot = snapshot_in(document, source.name)
            if snapshot.free_tier != options.free_tier:
                tier = "always" if snapshot.free_tier else "none"
                raise InputError(say("diff_free_tier", path=source.name, tier=tier))
            accepted = workload_files.workload_beside(Path(), options.workload).accepted if options.workload else ()
            return Priced(replace(snapshot, accepted=tuple(row.address for row in accepted)))
        # A plan has its variables in it.
        if not _is_folder(source):
            options = replace(options, values=())
        stack, estimator = read(replace(options, path=source.path), tree=source.tree)
        return Priced(snapshot_of(estimator.bill(stack), source.name, source.commit), stack, estimator)


@contextmanager
def _named(source: Source, options: Options) -> Iterator[None]:
    """
    In errors a file of a revision has the revision's name, not the path where it would stand on the disk; and what to
    do is said in terms of `diff`.
    """
    try:
        yield
    except InputError as found:
        wrong, top = _without_stack(found), source.tree.top
        if top is None:
            raise wrong from None
        revision = source.name.partition(":")[0]

        def named(text: str) -> str:
            return text.replace(f"{top}/", f"{revision}:").replace(str(top), revision)

        def renamed(sentence: Sentence) -> Sentence:
            params = {
                name: named(value) if isinstance(value, str) else value for name, value in sentence.params.items()
            }
            return Sentence(sentence.code, params)

        because = [Finding(renamed(row.what), named(row.file) if row.file else None, row.line) for row in wrong.because]
        file = named(wrong.file) if wrong.file else None
        named_error = InputError(renamed(wrong.why), file, wrong.line, because=because)
        is_workload = wrong.why.code == "workload_unreadable" or Path(wrong.file or "").name == workload_files.NAME
        if is_workload and options.workload is None:
            # Nobody can mend what was committed.
            because.append(Finding(named_error.why, file, wrong.line))
            named_error = InputError(say("diff_workload_of_revision", revision=revision), because=because)
        raise named_error from None


def _without_stack(wrong: InputError) -> InputError:
    """The error of a folder without Terraform, with the command that compares one; any other as it is."""
    if wrong.why.code.startswith("no_terraform"):
        return InputError(say(f"diff_{wrong.why.code}", **wrong.why.params))
    return wrong


def _is_folder(source: Source) -> bool:
    """Whether a side is a folder of Terraform's files, or one file that stands for its folder."""
    return source.tree.is_folder(source.path) or is_terraform_file(source.path.name)


def _bill_in(source: Source) -> Mapping[str, Any] | None:
    """The JSON of a bill or plan of ours that a file holds; None for anything else."""
    is_standard_input = str(source.path) == STANDARD_INPUT
    if not is_standard_input and (is_terraform_file(source.path.name) or not source.tree.is_file(source.path)):
        return None
    try:
        content = source.tree.read(source.path, MAX_INPUT_BYTES)
    except OSError as error:
        raise InputError(say("path_unreadable", path=source.name, detail=error.strerror or "")) from None
    if not any(f'"{schema}"'.encode() in content for schema in (BILL, PLAN)):
        return None
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if is_bill(document) else None


def _difference(before: Priced, after: Priced) -> Difference:
    between = None
    if not before.snapshot.charges:
        # Where all of a stack is new, nothing of it is the workload's doing.
        between = before.snapshot
    if before.stack and before.estimator and after.estimator:
        between = before.snapshot
        if _stated(before.estimator.workload) != _stated(after.estimator.workload):
            new = after.estimator
            estimator = replace(before.estimator, workload=new.workload, capacities=new.capacities)
            between = snapshot_of(estimator.bill(before.stack), before.snapshot.name)
    return difference_of(before.snapshot, after.snapshot, between)


def _stated(workload: Workload) -> object:
    """What a workload states that decides a bill, wherever it stands."""
    usage = [(row.pattern, row.is_type, row.values) for row in workload.usage.rows]
    return workload.numbers, workload.has_people, workload.hours, workload.runs, workload.commitments, usage


# ---- The report


def _report(options: Options, difference: Difference, limits: tuple[Limit, ...]) -> str:
    if options.format == "json":
        from glimpse.planner.differences.json_report import difference_as_json

        return json.dumps(difference_as_json(difference, limits, options.words), ensure_ascii=False, indent=1)
    if options.format == "markdown":
        from glimpse.planner.differences.markdown import difference_markdown

        return difference_markdown(difference, limits, options.words)
    if options.format == "junit":
        from glimpse.planner.differences.junit import difference_junit

        return difference_junit(difference, limits, options.words)
    if options.format == "infracost-json":
        from glimpse.planner.report.infracost import diff_as_infracost

        return json.dumps(diff_as_infracost(difference, options.words, clock.now()), ensure_ascii=False, indent=1)
    from glimpse.planner.differences.terminal import DifferenceReport

    return terminal_text(options, DifferenceReport, lambda report: report.diff(difference, limits))
