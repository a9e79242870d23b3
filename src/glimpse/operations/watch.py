"""`glimpse watch`: options → what was paid and seen → a report, and an exit code."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable

from glimpse.chat.failure import Failure
from glimpse.operations.monitoring.html_page import html_text
from glimpse.operations.monitoring.markdown import markdown_text, slack_text
from glimpse.operations.monitoring.progress import Progress, silent
from glimpse.operations.monitoring.report import report
from glimpse.operations.monitoring.report_json import json_text
from glimpse.operations.monitoring.terminal import terminal_text
from glimpse.operations.monitoring.watch import Watched
from glimpse.operations.options import Say, WatchOptions
from glimpse.operations.outside.text_file import write_report

MAX_DAYS = 365
"""Cost Explorer keeps the days of 14 months (Cost Management user guide)."""

SNS, SLACK = "sns:", "slack"
NOT_SENT = 2
INTERRUPTED = 130


def run(options: WatchOptions, say: Say, progress: Progress = silent) -> int:
    """1 where something needs a person, 2 where the report was not sent. Raises Failure where nothing can be seen."""
    if not 1 <= options.days <= MAX_DAYS:
        raise Failure("watch_days", days=options.days, most=MAX_DAYS)
    try:
        return asyncio.run(_run(options, say, progress))
    except KeyboardInterrupt:
        return INTERRUPTED


async def _run(options: WatchOptions, say: Say, progress: Progress) -> int:
    from glimpse.operations.outside.aws.calls import WATCH_POLICY
    from glimpse.operations.outside.aws.observations import observe
    from glimpse.operations.outside.notifications import SLACK_VARIABLE, check_slack_url, post_to_slack, publish
    from glimpse.operations.outside.plan import read_plan
    from glimpse.operations.outside.watching import check_credentials, watch_stack

    topic, webhook = None, None
    if options.send == SLACK:
        webhook = check_slack_url(os.environ.get(SLACK_VARIABLE))
    elif options.send:
        topic = options.send.removeprefix(SNS)
        if not options.send.startswith(SNS) or not topic.startswith("arn:"):
            raise Failure("watch_send", given=options.send)
    with progress("ui_reading", path=options.arguments[0]):
        deployment = (await read_plan(options.arguments)).deployment
    if deployment is None:
        raise Failure("verify_no_deployment")
    with progress("watch_asking", region=options.region or deployment.region):
        calls = (await observe(deployment, options.region, WATCH_POLICY)).calls
        await check_credentials(calls)
        watched = await watch_stack(calls, deployment, options.arguments, options.days)
    write_report(_text(options, watched, say), options.output)
    found = report(watched, say)
    try:
        if topic:
            await asyncio.to_thread(publish, calls, topic, _subject(watched, say), markdown_text(found))
            print(say("watch_sent", where=topic), file=sys.stderr)
        if webhook:
            await asyncio.to_thread(post_to_slack, webhook, slack_text(found))
            print(say("watch_sent", where="Slack"), file=sys.stderr)
    except Failure as failure:
        # The report stands on standard output already, and JSON must stay one document.
        print(say(failure.code, **failure.values), file=sys.stderr)
        return NOT_SENT
    return watched.exit_code


def _subject(watched: Watched, say: Say) -> str:
    """In English: SNS takes ASCII only."""
    code = "watch_subject_attention" if watched.attention else "watch_subject_good"
    return say.in_language("en")(code, name=watched.name, count=len(watched.attention), day=watched.at[:10])


def _text(options: WatchOptions, watched: Watched, say: Say) -> str:
    is_terminal = sys.stdout.isatty() and options.output is None
    width = min(120, shutil.get_terminal_size((100, 24)).columns)
    texts: dict[str, Callable[[], str]] = {
        "terminal": lambda: terminal_text(report(watched, say), width, is_terminal and "NO_COLOR" not in os.environ),
        "json": lambda: json_text(watched, say),
        "markdown": lambda: markdown_text(report(watched, say)),
        "html": lambda: html_text(report(watched, say)),
    }
    return texts[options.format]()
