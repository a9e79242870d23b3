"""Asks the planner, in a process of its own: its prices take 100 MB, which a stack that runs for days would keep."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Plan, PlanProblem, PlanRefused, plan_of
from glimpse.operations.monitoring.bills import Bill, bill_of

STANDARD_INPUT = "-"
NOT_READ = 2
"""The exit code for input that the planner cannot read. 1 is a promise that the stack breaks: that is a plan, too."""

MAX_UNRESOLVED = 3
"""So many of the parts that the planner could not read are named where a deployment is missing."""


async def read_plan(arguments: Sequence[str], workload: str | None = None, *, needs_deployment: bool = True) -> Plan:
    """
    What `glimpse plan` says of a stack. `arguments` are a path and its options; `workload` is the text of a
    `glimpse.toml` that counts instead of the one beside the stack.

    Raises PlanRefused with the planner's own errors, or, where a deployment is needed and there is none, with what the
    planner could not read and `deployment_missing` or `deployment_tasks_unknown`. Raises Failure: `planner_failed`,
    `plan_unreadable`.
    """
    if workload is None:
        document = await _printed(arguments)
    else:
        with tempfile.TemporaryDirectory(prefix="glimpse-") as folder:
            file = Path(folder) / "glimpse.toml"
            file.write_text(workload, encoding="utf-8")
            document = await _printed([*arguments, "--workload", str(file)])
    plan = plan_of(document)
    if needs_deployment and plan.why_no_deployment:
        why = PlanProblem(plan.why_no_deployment, {"path": arguments[0] if arguments else "."})
        raise PlanRefused([*plan.unresolved[:MAX_UNRESOLVED], why])
    return plan


async def read_bill(arguments: Sequence[str], actual: str | None = None, workload: str | None = None) -> Bill:
    """
    What `glimpse bill` says of a stack. `actual` is the text of a Cost and Usage Report that it is compared with,
    `workload` that of a `glimpse.toml` that counts instead of the one beside the stack. Raises as `read_plan` does.
    """
    with tempfile.TemporaryDirectory(prefix="glimpse-") as folder:
        options: list[str] = []
        for option, name, text in (("--actual", "paid.csv", actual), ("--workload", "glimpse.toml", workload)):
            if text is not None:
                file = Path(folder) / name
                file.write_text(text, encoding="utf-8")
                options += [option, str(file)]
        return bill_of(await _printed([*arguments, *options], "bill"))


async def _printed(arguments: Sequence[str], command: str = "plan") -> bytes:
    """What the planner prints. Raises Failure (`planner_failed`) where that is nothing that can be read."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "glimpse", command, "--format", "json", *arguments),
        stdin=None if STANDARD_INPUT in arguments else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        printed, errors = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        # A loop that closes before it has seen the end of a child complains on standard error.
        await process.wait()
    if process.returncode not in (0, 1, NOT_READ) or not printed:
        last = errors.decode(errors="replace").strip().rpartition("\n")[2]
        raise Failure("planner_failed", status=process.returncode or 0, detail=last[:200])
    return printed
