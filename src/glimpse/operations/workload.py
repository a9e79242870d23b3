"""`glimpse workload from-cloudwatch`: a month of metrics → the values of `glimpse.toml`."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Deployment
from glimpse.operations.monitoring.measured import Measured, derive
from glimpse.operations.monitoring.progress import Progress, silent
from glimpse.operations.monitoring.terminal import terminal_text
from glimpse.operations.monitoring.workload_edit import edited, stated_in, value_in
from glimpse.operations.monitoring.workload_report import Change, MeasuredWorkload, report, value_text
from glimpse.operations.options import MeasureOptions, Say

MAX_DAYS = 455
"""CloudWatch keeps datapoints of an hour for 15 months (CloudWatch user guide, metrics retention)."""

INTERRUPTED = 130


def run(options: MeasureOptions, say: Say, progress: Progress = silent) -> int:
    """Raises Failure where nothing can be read or written; the file is then as it was."""
    if not 1 <= options.days <= MAX_DAYS:
        raise Failure("watch_days", days=options.days, most=MAX_DAYS)
    try:
        return asyncio.run(_run(options, say, progress))
    except KeyboardInterrupt:
        return INTERRUPTED


async def _run(options: MeasureOptions, say: Say, progress: Progress) -> int:
    from glimpse.operations.outside.aws.calls import WATCH_POLICY
    from glimpse.operations.outside.aws.observations import observe
    from glimpse.operations.outside.aws.workload_metrics import MetricReader
    from glimpse.operations.outside.plan import read_bill, read_plan
    from glimpse.operations.outside.watching import check_credentials

    path, text = _base(options)
    stated = stated_in(text, str(path))
    with progress("ui_reading", path=options.arguments[0]):
        deployment = (await read_plan(options.arguments)).deployment
    if deployment is None:
        raise Failure("verify_no_deployment")
    with progress("workload_asking", region=options.region or deployment.region, days=options.days):
        observations = await observe(deployment, options.region, WATCH_POLICY)
        await check_credentials(observations.calls)
        reader = MetricReader(observations.calls, observations.session, deployment, datetime.now(UTC), options.days)
        measured = derive(await asyncio.to_thread(reader.read), stated)
    # What is written into files is English, whatever language the report is in.
    facts = [fact.text(say.in_language("en")) for fact in measured.facts]
    new = edited(text, measured.values, facts, str(path)) if measured.values else text
    # The planner reads the new text before a file has it, so that no file ever holds one that it cannot read.
    with progress("progress_pricing"):
        before, after = await asyncio.gather(
            read_bill(options.arguments, workload=text), read_bill(options.arguments, workload=new)
        )
    if options.output and measured.values:
        _replace(options.output, new)
    found = MeasuredWorkload(
        measured=measured,
        changes=_changes(measured, text),
        metrics=reader.metrics,
        before=before.monthly_usd,
        after=after.monthly_usd,
        written=str(options.output) if options.output and measured.values else None,
    )
    _print(found, deployment, options, say)
    return 0


def _base(options: MeasureOptions) -> tuple[Path, str]:
    """The file whose values are measured: the one to edit, else the one beside the stack."""
    from glimpse.operations.outside.costs import workload_beside

    path = options.output if options.output and options.output.exists() else workload_beside(options.arguments)
    if path is None:
        raise Failure("workload_not_beside", path=options.arguments[0])
    try:
        return path, path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise Failure("workload_file_unreadable", path=str(path), detail=detail[:200]) from None


def _changes(measured: Measured, text: str) -> list[Change]:
    return [
        Change(
            f"{value.section}.{value.key}",
            value_text(value_in(text, value.section, value.key)),
            value_text(value.value),
            value.source.partition(",")[0],
        )
        for value in measured.values
    ]


def _replace(path: Path, text: str) -> None:
    """At once: whoever reads the file meanwhile has the old one or the new one, whole."""
    target = path.resolve()
    temporary: str | None = None
    try:
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = file.name
            file.write(text.encode())
        if target.exists():
            shutil.copymode(target, temporary)
        else:
            os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise Failure("workload_unwritable", path=str(path), detail=error.strerror or str(error)) from None


def _print(found: MeasuredWorkload, deployment: Deployment, options: MeasureOptions, say: Say) -> None:
    is_coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    width = min(120, shutil.get_terminal_size((100, 24)).columns)
    region = options.region or deployment.region
    sys.stdout.write(terminal_text(report(found, region, options.days, say), width, is_coloured))
