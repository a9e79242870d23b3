"""`glimpse drill`: on the stack that runs, or on one of its own."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from glimpse.chat.failure import Failure
from glimpse.operations.drills.chart import specification
from glimpse.operations.drills.html import page
from glimpse.operations.drills.result import Drill, DrillRequest
from glimpse.operations.drills.terminal import event_line, lines, verdict
from glimpse.operations.drills.validation import validate_request
from glimpse.operations.options import DrillOptions, Say, StackOptions
from glimpse.operations.outside import drill_on_page, running_stack
from glimpse.operations.outside.text_file import write_report
from glimpse.operations.ports import OnEvent
from glimpse.operations.state import TimelineEvent
from glimpse.operations.up import validate_options

KEPT, BROKEN = 0, 1

INTERRUPTED = 130
"""As a shell reports the end by Ctrl-C."""


def run(options: DrillOptions, say: Say) -> int:
    """The exit code. Raises Failure where the drill could not run."""
    try:
        result = asyncio.run(_drill(options, say))
    except (KeyboardInterrupt, asyncio.CancelledError):
        _tell(say("drill_interrupted"))
        return INTERRUPTED
    text = _rendered(result, options.format, say)
    write_report(text, options.output)
    if options.output is not None:
        _tell(verdict(result, say))
        _tell(say("drill_written", file=str(options.output)))
    return KEPT if result.is_kept else BROKEN


async def _drill(options: DrillOptions, say: Say) -> Drill:
    main = asyncio.current_task()
    if main:
        # SIGTERM ends the drill as Ctrl-C does, so that no process of its stack stays.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, main.cancel)
    request = DrillRequest(options.name, options.clients, options.seed, options.environment)
    validate_request(request)
    on_event = _progress(say)
    if addresses := running_stack.find(options.stack.data):
        if ignored := _options_of_a_start(options.stack):
            raise Failure("drill_stack_runs", options=", ".join(ignored), page=addresses.page)
        _tell(say("drill_on_running_stack", page=addresses.page))
        try:
            return await drill_on_page.run_drill(addresses.page, request, options.speed, on_event)
        except asyncio.CancelledError:
            _tell(say("drill_goes_on", page=addresses.page))
            raise
    _tell(say("drill_on_own_stack"))
    with tempfile.TemporaryDirectory(prefix="glimpse-drill-") as folder:
        Path(folder).chmod(running_stack.FOLDER_MODE)
        speed = 1.0 if options.speed is None else options.speed
        stack = msgspec.structs.replace(options.stack, data=Path(folder), speed=speed)
        validate_options(stack)
        return await _on_own_stack(stack, request, on_event, say)


def _options_of_a_start(options: StackOptions) -> Sequence[str]:
    """The options that decide how a stack starts, and would do nothing to one that runs."""
    chosen = {"--bus": options.bus is not None, "--tasks": options.tasks is not None}
    told = [name for name in ("--region", "--project", "--var-file", "--var") if name in options.arguments]
    return [*(name for name, is_given in chosen.items() if is_given), *told]


async def _on_own_stack(options: StackOptions, request: DrillRequest, on_event: OnEvent, say: Say) -> Drill:
    from glimpse.operations.outside.drill_runner import run_drill
    from glimpse.operations.outside.local_stack import local_stack
    from glimpse.operations.outside.plan import read_plan

    plan = await read_plan(options.arguments)
    async with local_stack(options, plan, lambda code, **values: _tell(say(code, **values))) as stack:
        stack.subscribers.add(on_event)
        stack.drill = request.name
        try:
            return await run_drill(stack, request)
        finally:
            stack.subscribers.discard(on_event)
            _tell(say("drill_stopping_own_stack"))


def _progress(say: Say) -> Callable[[TimelineEvent], None]:
    """Tells each event as it happens, with the seconds since the first one."""
    first: list[float] = []

    def on_event(event: TimelineEvent) -> None:
        first.append(event.at)
        _tell(event_line(event, first[0], say))

    return on_event


def _tell(text: str) -> None:
    """Progress goes to standard error; the report alone to standard output."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _rendered(drill: Drill, format: str, say: Say) -> str:
    if format == "json":
        return msgspec.json.format(msgspec.json.encode(drill), indent=1).decode() + "\n"
    if format == "html":
        import vl_convert

        svgs = [vl_convert.vegalite_to_svg(dict(specification(drill, say, is_dark))) for is_dark in (False, True)]
        return page(drill, say, *svgs)
    return "\n".join(lines(drill, say)) + "\n"
